/* SPDX-License-Identifier: Apache-2.0 */
/* admins: who may log in, and as what. The key material is in the keyset, by the same id. Same rules as store.h. */
#pragma once

#include "scope.h"

G_BEGIN_DECLS

typedef struct
{
  char *id; /* UUID */
  char *name;
  char *role;                   /* chief | clerk | auditor | client */
  char *created;                /* RFC 3339 */
  char *departments, *purposes; /* as of Scope */
} Admin;

void admin_free (Admin *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Admin, admin_free)

/** admins_insert: the name must not be another admin's. @scope: (nullable): everything */
gboolean admins_insert (Store *store, const char *id, const char *name, const char *role, const char *created,
                        const Scope *scope, GError **error);
gboolean admins_set_scope (Store *store, const char *id, const Scope *scope, GError **error);
/** admins_list: (transfer full) (element-type Admin): who was not removed, oldest first. */
GPtrArray *admins_list (Store *store, GError **error);
/** admins_find: @name "" finds the only admin. %NULL with NOT_ALLOWED when there is no such admin. */
Admin *admins_find (Store *store, const char *name, GError **error);
/** admins_find_of_before: @ret_row: (out) (transfer full): who logged in under that name and role at the machine from which this one took over
 * last; %NULL when nobody did. */
gboolean admins_find_of_before (Store *store, const char *name, const char *role, Admin **ret_row, GError **error);
/** admins_get: %NULL with NO_SUCH_ADMIN, also for one who was removed. */
Admin *admins_get (Store *store, const char *id, GError **error);
/** admins_dup_name: (transfer full): also of somebody who was removed; "" when nobody here had that id, %NULL with an error. */
char *admins_dup_name (Store *store, const char *id, GError **error);
gboolean admins_set_removed (Store *store, const char *id, const char *removed, GError **error);

G_END_DECLS

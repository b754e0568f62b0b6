/* SPDX-License-Identifier: Apache-2.0 */
/* last-import: SQL of what it takes to undo the last import of a roster; until the next one. Same rules as store.h. */
#pragma once

#include "store.h"

G_BEGIN_DECLS

typedef struct
{
  char *time;  /* RFC 3339 */
  char *admin; /* id of who imported */
  guint added, changed;
  GPtrArray *parts; /* of GBytes, each at most LAST_IMPORT_PART_MAX: what was changed, as vault-undo.c has it */
} LastImport;

#define LAST_IMPORT_PART_MAX (128 * 1024)

void last_import_free (LastImport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LastImport, last_import_free)

/** last_import_put: it takes the place of the one before. */
gboolean last_import_put (Store *store, const LastImport *last, GError **error);
/** last_import_get: @ret_last: (out) (nullable): %NULL when there is none */
gboolean last_import_get (Store *store, LastImport **ret_last, GError **error);
/** last_import_forget: nothing of it stays. */
gboolean last_import_forget (Store *store, GError **error);

G_END_DECLS

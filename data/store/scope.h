/* SPDX-License-Identifier: Apache-2.0 */
/* scope: the part of the people and of the numbers that somebody may handle: some departments, some purposes (利用目的), or all.
 * Same rules as store.h. */
#pragma once

#include "store.h"

G_BEGIN_DECLS

/* "" is everything. */
typedef struct
{
  char *
      departments; /* each with a line feed behind it; the one of no name is people without a department. A dependant's is their
                        employee's */
  char *purposes; /* codes, space between */
  char *kinds;    /* of people who are asked for one of @purposes, space between */
} Scope;

/* The purpose of who may handle nothing, until a 責任者 says what: no number is agreed to for it, and nobody is asked for it. */
#define SCOPE_NOTHING "none"

void scope_clear (Scope *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scope, scope_clear)
/** scope_is_all: also for %NULL. */
gboolean scope_is_all (const Scope *self);

/** scope_is_nothing: nobody and no number is in it. */
gboolean scope_is_nothing (const Scope *self);
/** scope_meet: (out): what is in @a and in @b; its kinds are %NULL. */
void scope_meet (const Scope *a, const Scope *b, Scope *ret_scope);

/** scope_has_kind_in: people of @kind in @department, which is the employee's for a dependant. */
gboolean scope_has_kind_in (const Scope *self, const char *kind, const char *department);
/** scope_has_purpose: is one of @purposes (space between) in it? */
gboolean scope_has_purpose (const Scope *self, const char *purposes);
/** scope_has_person: FALSE with NO_SUCH_PERSON. */
gboolean scope_has_person (const Scope *self, Store *store, const char *person_id, gboolean *ret_has, GError **error);
/** scope_has_record: the person and the number's purposes. FALSE with NO_SUCH_RECORD. */
gboolean scope_has_record (const Scope *self, Store *store, const char *record_id, gboolean *ret_has, GError **error);

G_END_DECLS

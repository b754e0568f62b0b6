/* SPDX-License-Identifier: Apache-2.0 */
/* numbers: numbers in custody, sealed, and their story. Same rules as store.h. */
#pragma once

#include "scope.h"

G_BEGIN_DECLS

typedef struct
{
  char *id;       /* UUID; also inside what is sealed */
  char *person;   /* id */
  GBytes *sealed; /* NULL when the number was destroyed */
  char *state;    /* collected | approved | replaced | asked-again | disposed */
  char *document;
  char *identity;
  char *purposes; /* codes, space between */
  char *text_version;
  char *language;
  char *evidence; /* "key=value" lines of codes */
  double confidence;
  char *collected; /* RFC 3339 */
  char *decided;
  char *decided_by; /* admin id */
  char *reason;
  /* of the person and of the admin who decided, as they are called now; only from numbers_list_page (), else NULL */
  char *name, *code, *kind, *decider;
} Number;

Number *number_new (void);
void number_free (Number *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Number, number_free)

/** numbers_list: (transfer full) (element-type Number): @state "" means all; oldest first. */
GPtrArray *numbers_list (Store *store, const char *state, GError **error);
/**
 * numbers_list_page: (transfer full) (element-type Number): as numbers_list (), those of @scope, with whose they are.
 * @limit: 0 for all
 */
GPtrArray *
numbers_list_page (Store *store, const Scope *scope, const char *state, guint from, guint limit, GError **error);
/** numbers_get: %NULL with NO_SUCH_RECORD. */
Number *numbers_get (Store *store, const char *id, GError **error);
/** numbers_find_live: the person's number in custody; %NULL without an error when there is none. */
gboolean numbers_find_live (Store *store, const char *person, Number **ret_number, GError **error);
gboolean numbers_insert (Store *store, const Number *number, GError **error);
/** numbers_destroy: the sealed bytes are overwritten; @state says why. */
gboolean numbers_destroy (Store *store, const char *id, const char *state, const char *decided, const char *decided_by,
                          const char *reason, GError **error);
/** numbers_reseal: the same number, sealed to another key. */
gboolean numbers_reseal (Store *store, const char *id, GBytes *sealed, GError **error);
gboolean numbers_approve (Store *store, const char *id, const char *identity, const char *decided,
                          const char *decided_by, GError **error);

typedef struct
{
  const char *id, *time, *admin, *format, *purpose, *destination, *sha256;
  guint64 rows, bytes;
} ExportRow;

gboolean exports_insert (Store *store, const ExportRow *row, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* numbers: numbers in custody, sealed, and their story. Same rules as store.h. */
#pragma once

#include "people.h"
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
  gboolean indexed;              /* its digest is there, so what the next two say of it is known */
  gboolean is_duplicate;         /* somebody else has the same number */
  gboolean duplicates_elsewhere; /* of those, one at least is not in the scope that was asked for */
  GPtrArray *duplicates; /* of Person: those of them who are in the scope that was asked for; only where is_duplicate */
} Number;

/* What waits for somebody's decision: what was collected, and what was approved before it was found to be another person's too. */
#define NUMBERS_WAITING "waiting"
#define NUMBERS_DIGEST_BYTES 32

Number *number_new (void);
void number_free (Number *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Number, number_free)

/** numbers_list: (transfer full) (element-type Number): @state "" means all; oldest first. */
GPtrArray *numbers_list (Store *store, const char *state, GError **error);
/**
 * numbers_list_page: (transfer full) (element-type Number): as numbers_list (), those of @scope, with whose they are, and who has the same.
 * @state: also NUMBERS_WAITING
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
/** numbers_list_people: (transfer full) (element-type utf8): a set of ids: those of whom a number is there, or was. */
GHashTable *numbers_list_people (Store *store, GError **error);
/**
 * numbers_index_people: within a transaction: numbers are found by person while @on. For removing many people, of each of whom the database
 *   asks whether a number is theirs.
 */
gboolean numbers_index_people (Store *store, gboolean on, GError **error);
/** numbers_reseal: the same number, sealed to another key. */
gboolean numbers_reseal (Store *store, const char *id, GBytes *sealed, GError **error);
/**
 * numbers_is_duplicate: has somebody else the same number?
 *
 * Two rows of one human being (their name but for spaces, and no other birth date) are nobody else: who works here may also be an
 * employee's dependant, or come back as a contractor.
 */
gboolean numbers_is_duplicate (Store *store, const char *id, gboolean *ret_is, GError **error);
/** numbers_list_unindexed: (transfer full) (element-type Number): live ones without a digest, by id, after @after ("" for the first). */
GPtrArray *numbers_list_unindexed (Store *store, const char *after, guint limit, GError **error);
/** numbers_is_indexed: its digest is there, or the number is gone. */
gboolean numbers_is_indexed (Store *store, const char *id, gboolean *ret_is, GError **error);
/** numbers_set_digest: nothing where the number is gone, or has one. */
gboolean numbers_set_digest (Store *store, const char *id, const guint8 digest[NUMBERS_DIGEST_BYTES], GError **error);
/** numbers_forget_digests: they were made by another TPM, or may have been. @id: (nullable): of one number only. */
gboolean numbers_forget_digests (Store *store, const char *id, GError **error);
gboolean numbers_approve (Store *store, const char *id, const char *identity, const char *decided,
                          const char *decided_by, GError **error);

typedef struct
{
  const char *id, *time, *admin, *format, *purpose, *destination, *sha256;
  guint64 rows, bytes;
} ExportRow;

gboolean exports_insert (Store *store, const ExportRow *row, GError **error);

/* @row is gone when it returns. FALSE, with the error set, to stop. */
typedef gboolean (*ExportFunc) (const ExportRow *row, gpointer user_data, GError **error);

/** exports_foreach: in the order in which they were made. */
gboolean exports_foreach (Store *store, ExportFunc func, gpointer user_data, GError **error);

G_END_DECLS

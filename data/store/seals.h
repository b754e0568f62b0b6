/* SPDX-License-Identifier: Apache-2.0 */
/* seals: which rows an entry of the record stands for, so that a row which somebody edits, adds or removes past the record is found.
 *
 * SQLite itself tells of each change (triggers of the connection), so whoever writes SQL need not think of it. When an entry is
 * appended, each row that changed before it in the transaction is sealed: its digest, keyed with a random key of its own, is kept in
 * seal_log, and one digest over all of the entry's goes into the entry. A changed row gets another key, and a removed one takes its
 * key with it: what the record says of it then tells nothing to whoever tries names and birth dates.
 *
 * Every table is covered but the record's own two, which are chained and signed, and the few settings that the record and the state
 * counter keep (seals_setting_is_free ()). Same rules as store.h. */
#pragma once

#include "store.h"

G_BEGIN_DECLS

#define SEALS_DIGEST_BYTES 32

/** seals_setting_is_free: is this key of meta guarded otherwise? */
gboolean seals_setting_is_free (const char *key);

/** seals_exist: has any row a seal? */
gboolean seals_exist (Store *store, gboolean *ret_exist, GError **error);

/** seals_row_is_fine: is the row of @key in @table as its last entry has it? */
gboolean seals_row_is_fine (Store *store, const char *table, const char *key);

/** seals_row_was_removed: past the record: its seal is there, and it is not. */
gboolean seals_row_was_removed (Store *store, const char *table, const char *key);

/** seals_are_due: has a row changed since the last seals_take () of this transaction? */
gboolean seals_are_due (const Store *store);

typedef struct
{
  guint8 digest[SEALS_DIGEST_BYTES]; /* over the rows, when there are any */
  guint rows;                        /* how many were sealed */
  gboolean all;                      /* every row of the database: what entries before say of rows no longer counts */
  guint64 state;                     /* the state that was staged, 0: none */
} SealsTaken;

/**
 * seals_take:
 * @seq: the entry that will stand for them
 *
 * Seals the rows that changed. A row that was not as its last entry had it is an error, TAMPERED, naming table and row; after
 * seals_keep_tampered () it stays unsealed, so that it is still found.
 */
gboolean seals_take (Store *store, guint64 seq, SealsTaken *ret_taken, GError **error);
/** seals_adopt: within a transaction: a later schema's own tables came with rows; the next entry stands for them. */
gboolean seals_adopt (Store *store, GError **error);
/** seals_renew: for this transaction: the next entry seals every row as it stands, and the story of the ones before is dropped. */
void seals_renew (Store *store);
/** seals_stage_state: for this transaction: the next entry names the state of the TPM's counter that will confirm it. */
void seals_stage_state (Store *store, guint64 state);
/** seals_get_state_entry: the entry that took it; 0: none yet. */
guint64 seals_get_state_entry (const Store *store);
/** seals_keep_tampered: for this transaction: changing a row that was tampered with is no error, and hides nothing. */
void seals_keep_tampered (Store *store);
/** seals_replace_tampered: for this transaction: what is written now comes from a source that is trusted more, as a backup. */
void seals_replace_tampered (Store *store);

/* What an entry says. */
typedef struct
{
  guint64 seq;
  guint8 digest[SEALS_DIGEST_BYTES];
} SealsEntry;

/* What became of a table's rows. */
typedef struct
{
  char *table;
  guint rows;
  guint edited, added, removed; /* past the record */
  guint64 forged;               /* an entry that tells otherwise of its rows than the database; 0: none */
  char *first;                  /* (nullable): the key of the first row that is not as it should be */
} SealsTable;

void seals_table_free (SealsTable *self);

/**
 * seals_check:
 * @entries: (element-type SealsEntry): what the entries say, in order, from the last seals_take_all () on
 *
 * Returns: (transfer full) (element-type SealsTable): every table, by name; %NULL with an error.
 */
GPtrArray *seals_check (Store *store, GArray *entries, GError **error);
/** seals_table_is_fine: nothing was edited, added, removed or forged. */
gboolean seals_table_is_fine (const SealsTable *self);

G_END_DECLS

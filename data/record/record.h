/* SPDX-License-Identifier: Apache-2.0 */
/* record: 取扱記録, the chain of everything that was done in a vault.
 *
 * An entry holds ids and codes: never a number, a name or free text. Its hash covers it and the hash before it, so an entry
 * that is edited, removed, added or moved breaks the chain; head and length stand in the settings, so a cut-off end
 * shows too. record_append () works inside the caller's transaction: what cannot be recorded does not happen.
 *
 * At its end an entry says for which rows it stands (RECORD_ROWS, a digest: seals.h) and which state of the TPM's counter confirms
 * it (RECORD_STATE). A row that no entry stands for is thus found, and so is a record that was cut off, head, length and all. */
#pragma once

#include "audit.h"
#include "entries.h"
#include "seals.h"
#include "store.h"

G_BEGIN_DECLS

/* Where the settings keep the last hash and the number of entries. */
#define RECORD_META_HEAD "record-head"
#define RECORD_META_LENGTH "record-length"
#define RECORD_ROWS "seal"
#define RECORD_ALL_ROWS "seal-all" /* of every row: those of entries before no longer count */
#define RECORD_STATE "state"

/** record_now: (transfer full): the time as entries have it, UTC, seconds. */
char *record_now (void);

/** record_start: the empty chain, in the transaction that makes the vault. */
gboolean record_start (Store *store, GError **error);

/**
 * record_append:
 * @actor: "system", "kiosk" or an admin's id
 * @action: a code
 * @subject: an id or ""
 * @...: pairs of key and value (const char *), keys in alphabetical order, closed by %NULL; a value is a code, an id,
 *   a count or a digest: at most 128 of A-Z a-z 0-9 and . _ : / + - ,
 *
 * Returns: %FALSE with FAILED also for a value that does not look like a code: better no action than a name in the record.
 */
gboolean record_append (Store *store, GError **error, const char *actor, const char *action, const char *subject,
                        ...) G_GNUC_NULL_TERMINATED;

/** record_get_length: number of entries. */
gboolean record_get_length (Store *store, guint64 *ret_length, GError **error);

/** record_get_head: the hash of the last entry; zeros before the first. */
gboolean record_get_head (Store *store, guint8 ret_head[ENTRY_HASH_BYTES], GError **error);

/**
 * record_verify:
 * @key: of the vault's TPM
 *
 * Walks the whole chain from its start, and checks the attestations in it.
 *
 * Returns: %FALSE with TAMPERED, naming the first entry that does not fit.
 */
gboolean record_verify (Store *store, const guint8 key[ATTESTATION_KEY_BYTES], Audit *ret_audit, GError **error);

/* What the entries say about rows and states. */
typedef struct
{
  Audit audit;
  GArray *rows;        /* owned: of SealsEntry, from the last one that stands for every row on */
  gboolean is_covered; /* there is such a one */
  guint64 state;       /* the last one; 0: none */
  guint64 state_entry; /* where it stands */
  gboolean is_whole;   /* the chain holds from the first to the last entry that is there, whatever the settings say */
} RecordFacts;

void record_facts_clear (RecordFacts *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RecordFacts, record_facts_clear)

/** record_set_end: the settings say that the record ends so. */
gboolean record_set_end (Store *store, const guint8 head[ENTRY_HASH_BYTES], guint64 length, GError **error);

/** record_read: as record_verify (); @ret_facts: (out caller-allocates): record_facts_clear () it, on failure too. */
gboolean record_read (Store *store, const guint8 key[ATTESTATION_KEY_BYTES], RecordFacts *ret_facts, GError **error);

/**
 * record_check_end:
 * @state: what the settings say
 * @state_entry: since which entry
 *
 * A look at the last entries, for the start: do they fit each other and the settings? The whole is record_verify ()'s.
 */
gboolean record_check_end (Store *store, guint64 state, guint64 state_entry, GError **error);

G_END_DECLS

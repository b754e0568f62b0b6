/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: a backup read back as hostile: every digest, the record's chain, and what the TPM attests of it. */
#include "vault-backup-private.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#include "audit.h"
#include "custody-error.h"
#include "record.h"
#include "tables.h"

#define CHECKPOINTS_MAX 100000

/* Columns by their places in @record and @checkpoints, as every schema so far has them. */
static const char *const record_columns[] = { "seq", "time", "actor", "action", "subject", "detail", "hash", NULL };
static const char *const checkpoint_columns[] = { "seq", "attestation", "signature", NULL };
static const char *const meta_columns[] = { "key", "value", NULL };

typedef struct
{
  const char *vault_id;
  const guint8 *attest_key;
  ContainerReader *container;
  BackupFacts *facts;
  Audit audit;
  GHashTable *checkpoints; /* owned: guint64 * -> Attestation * */
  gboolean saw_record, saw_people, saw_head, saw_length, saw_public;
  enum
  {
    OTHER,
    META,
    CHECKPOINTS,
    RECORD,
    PEOPLE
  } table;
  /* when a database is made; the filler is of the table that is being read, NULL for one that is left out */
  Store *store;
  TableFiller *filler;
  gboolean whole;
} Reading;

void
backup_facts_clear (BackupFacts *self)
{
  g_clear_pointer (&self->digests, g_hash_table_unref);
}

static gboolean
set_damaged (const char *what, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_DAMAGED, "backup: %s", what);
  return FALSE;
}

/* --- the record ------------------------------------------------------------------------------------------------------ */

static gboolean
take_checkpoint (Reading *self, const Cell *cells, GError **error)
{
  Attestation *attestation;
  guint64 seq;

  if (cells[0].type != CELL_INTEGER || cells[1].type != CELL_BLOB || cells[2].type != CELL_BLOB || cells[1].n_bytes == 0
      || cells[1].n_bytes > ATTESTATION_MAX_BYTES || cells[2].n_bytes != ATTESTATION_SIGNATURE_BYTES
      || g_hash_table_size (self->checkpoints) >= CHECKPOINTS_MAX)
    return set_damaged ("a checkpoint is none", error);
  attestation = g_malloc0 (sizeof *attestation);
  memcpy (attestation->bytes, cells[1].bytes, cells[1].n_bytes);
  attestation->n_bytes = cells[1].n_bytes;
  memcpy (attestation->signature, cells[2].bytes, ATTESTATION_SIGNATURE_BYTES);
  seq = (guint64) cells[0].integer;
  g_hash_table_insert (self->checkpoints, g_memdup2 (&seq, sizeof seq), attestation);
  return TRUE;
}

static char *
dup_text (const Cell *cell)
{
  return g_strndup ((const char *) cell->bytes, cell->n_bytes);
}

static gboolean
take_entry (Reading *self, const Cell *cells, GError **error)
{
  g_auto (Entry) entry = { 0 };
  const Attestation *attestation;

  for (guint i = 1; i <= 5; i++)
    if (cells[i].type != CELL_TEXT)
      return set_damaged ("an entry is none", error);
  if (cells[0].type != CELL_INTEGER || cells[6].type != CELL_BLOB || cells[6].n_bytes != ENTRY_HASH_BYTES)
    return set_damaged ("an entry is none", error);
  entry.seq = (guint64) cells[0].integer;
  entry.time = dup_text (&cells[1]);
  entry.actor = dup_text (&cells[2]);
  entry.action = dup_text (&cells[3]);
  entry.subject = dup_text (&cells[4]);
  entry.detail = dup_text (&cells[5]);
  memcpy (entry.hash, cells[6].bytes, ENTRY_HASH_BYTES);
  if (!audit_add (&self->audit, &entry, error))
    return FALSE;
  if (!g_str_equal (entry.action, AUDIT_CHECKPOINT))
    return TRUE;
  attestation = g_hash_table_lookup (self->checkpoints, &entry.seq);
  /* One that is missing is named by the audit. */
  return attestation == NULL || audit_add_checkpoint (&self->audit, attestation, error);
}

/* --- settings -------------------------------------------------------------------------------------------------------- */

static gboolean
is_key (const Cell *cell, const char *key)
{
  return cell->type == CELL_TEXT && cell->n_bytes == strlen (key) && memcmp (cell->bytes, key, cell->n_bytes) == 0;
}

static gboolean
take_blob (const Cell *cell, guint8 *place, gsize n_bytes)
{
  if (cell->type != CELL_BLOB || cell->n_bytes != n_bytes)
    return FALSE;
  memcpy (place, cell->bytes, n_bytes);
  return TRUE;
}

static void
take_meta (Reading *self, const Cell *cells)
{
  if (is_key (&cells[0], RECORD_META_HEAD))
    self->saw_head = take_blob (&cells[1], self->facts->record_head, ENTRY_HASH_BYTES);
  else if (is_key (&cells[0], RECORD_META_LENGTH) && cells[1].type == CELL_INTEGER)
    {
      self->saw_length = TRUE;
      self->facts->entries = (guint64) cells[1].integer;
    }
  else if (is_key (&cells[0], VAULT_META_PUBLIC))
    self->saw_public = take_blob (&cells[1], self->facts->sealed_to, KEYS_VAULT_BYTES);
}

/* --- tables ---------------------------------------------------------------------------------------------------------- */

static gboolean
begin_table (Reading *self, const DumpState *dump, GError **error)
{
  static const struct
  {
    const char *name;
    const char *const *columns;
    int table;
  } known[] = { { "meta", meta_columns, META },
                { "checkpoints", checkpoint_columns, CHECKPOINTS },
                { "record", record_columns, RECORD },
                { "people", NULL, PEOPLE } };

  self->table = OTHER;
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (dump->name, known[i].name))
      {
        if (known[i].columns != NULL && !g_strv_equal (dump->columns, known[i].columns))
          return set_damaged ("the record has other columns than a record", error);
        self->table = known[i].table;
      }
  /* The attestations are needed while the record is read. */
  if (self->table == CHECKPOINTS && self->saw_record)
    return set_damaged ("its tables are out of order", error);
  self->saw_record = self->saw_record || self->table == RECORD;
  self->saw_people = self->saw_people || self->table == PEOPLE;
  if (self->store == NULL || (!self->whole && (self->table == CHECKPOINTS || self->table == RECORD)))
    return TRUE;
  /* The schema's history puts rows into some. */
  self->filler = table_filler_new (self->store, dump->name, dump->columns, error);
  return self->filler != NULL && tables_clear (self->store, dump->name, error);
}

static gboolean
take_row (Reading *self, const DumpState *dump, GError **error)
{
  if (self->table == META)
    take_meta (self, dump->cells);
  if ((self->table == CHECKPOINTS && !take_checkpoint (self, dump->cells, error))
      || (self->table == RECORD && !take_entry (self, dump->cells, error)))
    return FALSE;
  return self->filler == NULL || table_filler_add (self->filler, dump->cells, dump->n_columns, error);
}

static void
end_table (Reading *self, const DumpState *dump)
{
  g_clear_pointer (&self->filler, table_filler_free);
  if (self->table == PEOPLE)
    self->facts->people = dump->n_rows;
  g_hash_table_insert (self->facts->digests, g_strdup (dump->name),
                       g_bytes_new (dump->table_digest, DUMP_DIGEST_BYTES));
}

/* --- the whole ------------------------------------------------------------------------------------------------------- */

static gboolean
check_seal (Reading *self, const DumpState *dump, GError **error)
{
  Attestation attestation = { .n_bytes = dump->n_attestation };
  AttestationFacts facts;
  guint8 head[DUMP_DIGEST_BYTES];

  if (dump->n_attestation > sizeof attestation.bytes || dump->n_signature != ATTESTATION_SIGNATURE_BYTES)
    return set_damaged ("no TPM attests it", error);
  memcpy (attestation.bytes, dump->attestation, dump->n_attestation);
  memcpy (attestation.signature, dump->signature, ATTESTATION_SIGNATURE_BYTES);
  dump_seal_head (dump->digest, head);
  return attestation_check (&attestation, self->attest_key, head, &facts, error);
}

static gboolean
check_whole (Reading *self, const DumpState *dump, GError **error)
{
  if (!self->saw_record || !self->saw_people || !self->saw_head || !self->saw_length || !self->saw_public)
    return set_damaged ("a part of it is missing", error);
  if (!audit_end (&self->audit, error))
    return FALSE;
  if (self->audit.length != self->facts->entries
      || memcmp (self->audit.head, self->facts->record_head, ENTRY_HASH_BYTES) != 0
      || self->audit.n_checkpoints != g_hash_table_size (self->checkpoints))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "backup: the record in it is not whole");
      return FALSE;
    }
  return check_seal (self, dump, error);
}

static gboolean
from_container (void *bytes, gsize n_bytes, gpointer user_data, GError **error)
{
  return container_reader_take (user_data, bytes, n_bytes, error);
}

static Secret *
agree (const guint8 ephemeral[CONTAINER_POINT_BYTES], gpointer user_data, GError **error)
{
  Vault *vault = user_data;
  g_autoptr (GError) own_error = NULL;
  Secret *shared = keys_transport_agree (vault->keys, ephemeral, &own_error);

  /* The key was read before: it is the backup's point that is none. */
  if (g_error_matches (own_error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED))
    own_error->code = CUSTODY_ERROR_BACKUP_DAMAGED;
  if (own_error != NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return shared;
}

/* The database that the rows go to, at the schema that they are of, in one transaction. */
static gboolean
open_store (Reading *self, const char *path, const Secret *key, gint64 schema, GError **error)
{
  if (path == NULL)
    return TRUE;
  self->store = store_create_at (path, key, (int) schema, error);
  return self->store != NULL && store_begin (self->store, error) && tables_defer_references (self->store, error);
}

static gboolean
read_dump (Reading *self, const char *path, const Secret *key, GError **error)
{
  g_autoptr (DumpReader) reader = dump_reader_new (from_container, self->container, error);
  const DumpState *dump;
  guint8 sha256[32];
  DumpEvent event = DUMP_TABLE;

  if (reader == NULL)
    return FALSE;
  dump = dump_reader_get_state (reader);
  self->facts->head = dump->head;
  if (!g_str_equal (dump->head.vault_id, self->vault_id))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_FOREIGN, "backup: it is another vault's");
      return FALSE;
    }
  audit_begin (&self->audit, self->attest_key);
  if (!open_store (self, path, key, dump->head.schema, error))
    return FALSE;
  while (event != DUMP_END)
    {
      if (!dump_reader_next (reader, &event, error) || (event == DUMP_TABLE && !begin_table (self, dump, error))
          || (event == DUMP_ROW && !take_row (self, dump, error)))
        return FALSE;
      if (event == DUMP_TABLE_END)
        end_table (self, dump);
    }
  if (!container_reader_finish (self->container, sha256, &self->facts->bytes, error)
      || !check_whole (self, dump, error))
    return FALSE;
  sodium_bin2hex (self->facts->sha256, sizeof self->facts->sha256, sha256, sizeof sha256);
  return self->store == NULL || (store_commit (self->store, error) && store_migrate_now (self->store, error));
}

gboolean
vault_backup_read_of (Vault *self, const char *vault_id, const guint8 attest_key[ATTESTATION_KEY_BYTES], int fd,
                      const char *path, const Secret *key, gboolean whole, BackupFacts *ret_facts, GError **error)
{
  BackupFacts facts = { .bytes = 0 };
  Reading reading = { .vault_id = vault_id, .attest_key = attest_key, .facts = &facts, .whole = whole };
  guint8 point[CONTAINER_POINT_BYTES];
  gboolean ok = keys_get_transport_point (self->keys, point);

  if (!ok)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED, "the transport key cannot be read");
  else
    {
      reading.container = container_reader_new (fd, VAULT_BACKUP_PURPOSE, point, agree, self, error);
      ok = reading.container != NULL;
    }
  facts.digests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  reading.checkpoints = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  ok = ok && read_dump (&reading, path, key, error);
  g_clear_pointer (&reading.filler, table_filler_free);
  if (reading.store != NULL && !ok)
    {
      g_autofree char *journal = g_strconcat (path, "-journal", NULL);

      g_clear_pointer (&reading.store, store_close);
      (void) g_unlink (path);
      (void) g_unlink (journal);
    }
  g_clear_pointer (&reading.store, store_close);
  g_clear_pointer (&reading.container, container_reader_free);
  g_hash_table_unref (reading.checkpoints);
  if (ok)
    *ret_facts = facts;
  else
    backup_facts_clear (&facts);
  return ok;
}

gboolean
vault_backup_read (Vault *self, int fd, const char *path, const Secret *key, gboolean whole, BackupFacts *ret_facts,
                   GError **error)
{
  guint8 attest_key[ATTESTATION_KEY_BYTES] = { 0 };

  (void) keys_get_attest_key (self->keys, attest_key);
  return vault_backup_read_of (self, keys_get_vault_id (self->keys), attest_key, fd, path, key, whole, ret_facts,
                               error);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* old-vaults: rows of old_vaults, old_record and old_checkpoints. */
#include "old-vaults.h"

#include <string.h>

#include "checkpoints-private.h"
#include "custody-error.h"
#include "entries-private.h"
#include "store-private.h"

/* A machine that was enrolled twice has two rows; the newer one's name is the one that people know. */
#define SELECT                                                                                                         \
  "SELECT v.id, v.company, v.provider, v.taken, v.entries, v.head, v.attest, "                                         \
  "coalesce ((SELECT m.name FROM machines m WHERE m.id = v.id ORDER BY m.rowid DESC LIMIT 1), ''), "                   \
  "coalesce ((SELECT time FROM old_record WHERE vault = v.id ORDER BY seq LIMIT 1), ''), "                             \
  "coalesce ((SELECT time FROM old_record WHERE vault = v.id ORDER BY seq DESC LIMIT 1), ''), "                        \
  "(SELECT count (*) FROM old_checkpoints WHERE vault = v.id), "                                                       \
  "coalesce ((SELECT max (seq) FROM old_checkpoints WHERE vault = v.id), 0) FROM old_vaults v "

void
old_vault_free (OldVault *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->company);
  g_free (self->provider);
  g_free (self->taken);
  g_free (self->machine);
  g_free (self->first);
  g_free (self->last);
  g_free (self);
}

gboolean
old_vaults_insert (Store *store, const char *id, const char *company, const char *provider,
                   const guint8 attest_key[ATTESTATION_KEY_BYTES], guint64 entries, const guint8 head[ENTRY_HASH_BYTES],
                   const char *taken, GError **error)
{
  return store_run (store, error,
                    "INSERT INTO old_vaults (id, company, provider, attest, entries, head, taken) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    "sssztzs", id, company, provider, attest_key, (gsize) ATTESTATION_KEY_BYTES, (gint64) entries, head,
                    (gsize) ENTRY_HASH_BYTES, taken);
}

static OldVault *
from_row (sqlite3_stmt *statement, GError **error)
{
  g_autoptr (OldVault) old = NULL;

  if (sqlite3_column_bytes (statement, 5) != ENTRY_HASH_BYTES
      || sqlite3_column_bytes (statement, 6) != ATTESTATION_KEY_BYTES)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED,
                   "a record's head or the key to check it with has the wrong size");
      return NULL;
    }
  old = g_new0 (OldVault, 1);
  old->id = store_column_dup (statement, 0);
  old->company = store_column_dup (statement, 1);
  old->provider = store_column_dup (statement, 2);
  old->taken = store_column_dup (statement, 3);
  old->entries = (guint64) sqlite3_column_int64 (statement, 4);
  memcpy (old->head, sqlite3_column_blob (statement, 5), ENTRY_HASH_BYTES);
  memcpy (old->attest_key, sqlite3_column_blob (statement, 6), ATTESTATION_KEY_BYTES);
  old->machine = store_column_dup (statement, 7);
  old->first = store_column_dup (statement, 8);
  old->last = store_column_dup (statement, 9);
  old->checkpoints = (guint64) sqlite3_column_int64 (statement, 10);
  old->attested = (guint64) sqlite3_column_int64 (statement, 11);
  return g_steal_pointer (&old);
}

GPtrArray *
old_vaults_list (Store *store, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (store, error, SELECT "ORDER BY v.rowid", "");
  g_autoptr (GPtrArray) vaults = g_ptr_array_new_with_free_func ((GDestroyNotify) old_vault_free);
  int more = -1;

  while (statement != NULL && (more = store_step (store, statement, error)) == 1)
    {
      OldVault *old = from_row (statement, error);

      if (old == NULL)
        return NULL;
      g_ptr_array_add (vaults, old);
    }
  return more == 0 ? g_steal_pointer (&vaults) : NULL;
}

static OldVault *
take_one (Store *store, sqlite3_stmt *take_statement, const char *none, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = take_statement;
  int more = statement != NULL ? store_step (store, statement, error) : -1;

  if (more == 0)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_MACHINE, "%s", none);
  return more == 1 ? from_row (statement, error) : NULL;
}

OldVault *
old_vaults_get (Store *store, const char *id, GError **error)
{
  return take_one (store, store_prepare (store, error, SELECT "WHERE v.id = ?", "s", id),
                   "no vault of that id has moved here", error);
}

OldVault *
old_vaults_get_last (Store *store, GError **error)
{
  return take_one (store, store_prepare (store, error, SELECT "ORDER BY v.rowid DESC LIMIT 1", ""),
                   "no vault has moved here", error);
}

/* --- their records --------------------------------------------------------------------------------------------------- */

gboolean
old_entries_foreach (Store *store, const char *id, EntryFunc func, gpointer user_data, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (
      store, error,
      "SELECT seq, time, actor, action, subject, detail, hash FROM old_record WHERE vault = ? ORDER BY seq", "s", id);

  return statement != NULL && entries_walk (store, statement, func, user_data, error);
}

gboolean
old_checkpoints_get (Store *store, const char *id, guint64 seq, Attestation *ret_attestation, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error, "SELECT attestation, signature FROM old_checkpoints WHERE vault = ? AND seq = ?",
                     "st", id, (gint64) MIN (seq, G_MAXINT64));

  return statement != NULL && checkpoints_take (store, statement, seq, ret_attestation, error);
}

gboolean
old_vaults_dup_taking (Store *store, const char *id, char **ret_detail, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (
      store, error,
      "SELECT detail FROM record WHERE action IN ('took-over', 'recovered') AND subject = ?1 UNION ALL "
      "SELECT detail FROM old_record WHERE action IN ('took-over', 'recovered') AND subject = ?1 LIMIT 1",
      "s", id);
  int more = statement != NULL ? store_step (store, statement, error) : -1;

  if (more < 0)
    return FALSE;
  *ret_detail = more == 1 ? store_column_dup (statement, 0) : NULL;
  return TRUE;
}

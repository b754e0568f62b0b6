/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the restore drill: does the newest backup open, and is it of this vault as it stands? */
#include "vault-backup-private.h"

#include <string.h>
#include <unistd.h>

#include "backups.h"
#include "custody-error.h"
#include "record.h"

static gboolean
keep_hash (const Entry *entry, gpointer user_data, GError **error)
{
  memcpy (user_data, entry->hash, ENTRY_HASH_BYTES);
  return TRUE;
}

/* Is the backup's record the beginning of the vault's? */
static gboolean
record_goes_on (Vault *self, const BackupFacts *facts, GError **error)
{
  guint8 hash[ENTRY_HASH_BYTES] = { 0 };

  if (!entries_foreach (self->store, facts->entries, facts->entries, 1, keep_hash, hash, error))
    return FALSE;
  if (memcmp (hash, facts->record_head, ENTRY_HASH_BYTES) == 0)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "the record in it is not the beginning of the vault's");
  return FALSE;
}

static char *
describe (Vault *self, const BackupFacts *facts, GHashTable *digests)
{
  GString *text = g_string_new (NULL);
  guint64 length = 0;
  GHashTableIter iter;
  gpointer table, digest;
  guint n_same = 0;

  (void) record_get_length (self->store, &length, NULL);
  g_hash_table_iter_init (&iter, digests);
  while (g_hash_table_iter_next (&iter, &table, &digest))
    {
      GBytes *then = g_hash_table_lookup (facts->digests, table);

      n_same += then != NULL && g_bytes_equal (then, digest);
    }
  g_string_append_printf (text,
                          "of %s: %" G_GUINT64_FORMAT " people, %" G_GUINT64_FORMAT " entries; %" G_GUINT64_FORMAT
                          " entries since; %u of %u tables as they are now",
                          facts->head.made, facts->people, facts->entries, length - facts->entries, n_same,
                          g_hash_table_size (digests));
  return g_string_free (text, FALSE);
}

static gboolean
drill_one (Vault *self, const Backup *backup, char **ret_detail, GError **error)
{
  int fd = vault_backup_open (self, backup->place, backup->generation, error);
  g_auto (BackupFacts) facts = { .bytes = 0 };
  g_autoptr (GHashTable) digests = NULL;
  gboolean ok;

  if (fd < 0)
    return FALSE;
  ok = vault_backup_read (self, fd, NULL, NULL, FALSE, &facts, error);
  close (fd);
  if (!ok)
    return FALSE;
  if (!g_str_equal (facts.sha256, backup->sha256))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_DAMAGED, "it is another file than was written there");
      return FALSE;
    }
  digests = vault_backup_digest_tables (self, error);
  if (digests == NULL || !record_goes_on (self, &facts, error))
    return FALSE;
  *ret_detail = describe (self, &facts, digests);
  return TRUE;
}

static gboolean
note_drill (Vault *self, const char *actor, const Backup *backup, const GError *problem, GError **error)
{
  return vault_begin (self, error)
         && vault_end (self,
                       record_append (self->store, error, actor, "backup-drill", backup->place, "digest",
                                      backup->sha256, "result",
                                      problem == NULL ? "ok" : custody_error_get_name (problem), NULL),
                       error);
}

GPtrArray *
vault_backup_drill (Vault *self, const char *actor, GError **error)
{
  g_autoptr (GPtrArray) backups = vault_backup_list (self, error);
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) finding_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  if (backups == NULL)
    return NULL;
  if (backups->len == 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_BACKUP, "no backup was made yet");
      return NULL;
    }
  for (guint i = 0; i < backups->len; i++)
    {
      const Backup *backup = g_ptr_array_index (backups, i);
      g_autoptr (GError) problem = NULL;
      g_autofree char *detail = NULL, *check = NULL;

      if (!g_hash_table_add (seen, backup->place))
        continue;
      if (!drill_one (self, backup, &detail, &problem))
        detail = g_strdup_printf ("%s: %s", custody_error_get_name (problem), problem->message);
      if (!note_drill (self, actor, backup, problem, error))
        return NULL;
      check = g_strconcat ("backup-", backup->place, "-", backup->generation, NULL);
      g_ptr_array_add (findings, finding_new (check, problem == NULL, detail));
    }
  return g_steal_pointer (&findings);
}

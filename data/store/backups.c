/* SPDX-License-Identifier: Apache-2.0 */
/* backups: SQL of backups, their places and old keys. */
#include "backups.h"

#include "store-private.h"

void
backup_place_free (BackupPlace *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->path);
  g_free (self->relative);
  g_free (self->added);
  g_free (self);
}

gboolean
backup_places_insert (Store *store, const BackupPlace *place, GError **error)
{
  return store_run (store, error,
                    "INSERT INTO backup_places (id, path, relative, keep_days, added) VALUES (?, ?, ?, ?, ?)", "sssts",
                    place->id, place->path, place->relative, (gint64) place->keep_days, place->added);
}

static GPtrArray *
take_places (Store *store, sqlite3_stmt *take_statement, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = take_statement;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) backup_place_free);
  int more;

  if (statement == NULL)
    return NULL;
  while ((more = store_step (store, statement, error)) == 1)
    {
      BackupPlace *place = g_new0 (BackupPlace, 1);

      place->id = store_column_dup (statement, 0);
      place->path = store_column_dup (statement, 1);
      place->relative = g_strdup ((const char *) sqlite3_column_text (statement, 2));
      place->keep_days = (guint) sqlite3_column_int (statement, 3);
      place->added = store_column_dup (statement, 4);
      g_ptr_array_add (list, place);
    }
  return more == 0 ? g_steal_pointer (&list) : NULL;
}

GPtrArray *
backup_places_list (Store *store, GError **error)
{
  return take_places (store,
                      store_prepare (store, error,
                                     "SELECT id, path, relative, keep_days, added FROM backup_places "
                                     "WHERE removed IS NULL ORDER BY added, rowid",
                                     ""),
                      error);
}

GPtrArray *
backup_places_list_removed (Store *store, GError **error)
{
  return take_places (store,
                      store_prepare (store, error,
                                     "SELECT id, path, relative, keep_days, added FROM backup_places "
                                     "WHERE removed IS NOT NULL ORDER BY removed DESC, rowid DESC",
                                     ""),
                      error);
}

gboolean
backup_places_set_removed (Store *store, const char *id, const char *removed, GError **error)
{
  return store_run (store, error, "DELETE FROM backups WHERE place = ?", "s", id)
         && store_run (store, error, "UPDATE backup_places SET removed = ? WHERE id = ?", "ss", removed, id);
}

void
backup_free (Backup *self)
{
  if (self == NULL)
    return;
  g_free (self->place);
  g_free (self->generation);
  g_free (self->made);
  g_free (self->sha256);
  g_clear_pointer (&self->sealed_to, g_bytes_unref);
  g_free (self);
}

gboolean
backups_put (Store *store, const Backup *backup, GError **error)
{
  gsize n_sealed_to;
  const void *sealed_to = g_bytes_get_data (backup->sealed_to, &n_sealed_to);

  return store_run (
      store, error,
      "INSERT OR REPLACE INTO backups (place, generation, made, sha256, bytes, entries, people, sealed_to) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      "sssstttz", backup->place, backup->generation, backup->made, backup->sha256, (gint64) backup->bytes,
      (gint64) backup->entries, (gint64) backup->people, sealed_to, n_sealed_to);
}

GPtrArray *
backups_list (Store *store, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error,
                     "SELECT place, generation, made, sha256, bytes, entries, people, sealed_to FROM backups "
                     "ORDER BY made DESC, rowid DESC",
                     "");
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) backup_free);
  int more;

  if (statement == NULL)
    return NULL;
  while ((more = store_step (store, statement, error)) == 1)
    {
      Backup *backup = g_new0 (Backup, 1);

      backup->place = store_column_dup (statement, 0);
      backup->generation = store_column_dup (statement, 1);
      backup->made = store_column_dup (statement, 2);
      backup->sha256 = store_column_dup (statement, 3);
      backup->bytes = (guint64) sqlite3_column_int64 (statement, 4);
      backup->entries = (guint64) sqlite3_column_int64 (statement, 5);
      backup->people = (guint64) sqlite3_column_int64 (statement, 6);
      backup->sealed_to = g_bytes_new (sqlite3_column_blob (statement, 7), (gsize) sqlite3_column_bytes (statement, 7));
      g_ptr_array_add (list, backup);
    }
  return more == 0 ? g_steal_pointer (&list) : NULL;
}

gboolean
backups_remove (Store *store, const char *place, const char *generation, GError **error)
{
  return store_run (store, error, "DELETE FROM backups WHERE place = ? AND generation = ?", "ss", place, generation);
}

/* --- old keys -------------------------------------------------------------------------------------------------------- */

gboolean
old_keys_put (Store *store, const guint8 *public, gsize n_public, GBytes *sealed, const char *retired, GError **error)
{
  gsize n_sealed;
  const void *bytes = g_bytes_get_data (sealed, &n_sealed);

  return store_run (store, error,
                    "INSERT INTO old_keys (public, sealed, retired) VALUES (?, ?, ?) "
                    "ON CONFLICT (public) DO UPDATE SET sealed = excluded.sealed",
                    "zzs", public, n_public, bytes, n_sealed, retired);
}

typedef struct
{
  GBytes *public, *sealed;
  char *retired;
} OldKey;

static void
old_key_free (gpointer data)
{
  OldKey *self = data;

  g_bytes_unref (self->public);
  g_bytes_unref (self->sealed);
  g_free (self->retired);
  g_free (self);
}

gboolean
old_keys_foreach (Store *store, OldKeyFunc func, gpointer user_data, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error, "SELECT public, sealed, retired FROM old_keys ORDER BY rowid", "");
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (old_key_free);
  int more;

  if (statement == NULL)
    return FALSE;
  while ((more = store_step (store, statement, error)) == 1)
    {
      OldKey *key = g_new0 (OldKey, 1);

      key->public = g_bytes_new (sqlite3_column_blob (statement, 0), (gsize) sqlite3_column_bytes (statement, 0));
      key->sealed = g_bytes_new (sqlite3_column_blob (statement, 1), (gsize) sqlite3_column_bytes (statement, 1));
      key->retired = store_column_dup (statement, 2);
      g_ptr_array_add (list, key);
    }
  if (more != 0)
    return FALSE;
  for (guint i = 0; i < list->len; i++)
    {
      const OldKey *key = g_ptr_array_index (list, i);

      if (!func (key->public, key->sealed, key->retired, user_data, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
old_keys_clear (Store *store, GError **error)
{
  return store_run (store, error, "DELETE FROM old_keys", "");
}

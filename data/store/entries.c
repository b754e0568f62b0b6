/* SPDX-License-Identifier: Apache-2.0 */
/* entries: SQL of the record. */
#include "entries.h"

#include <string.h>

#include "custody-error.h"
#include "entries-private.h"

void
entry_clear (Entry *self)
{
  g_clear_pointer (&self->time, g_free);
  g_clear_pointer (&self->actor, g_free);
  g_clear_pointer (&self->action, g_free);
  g_clear_pointer (&self->subject, g_free);
  g_clear_pointer (&self->detail, g_free);
}

gboolean
entries_insert (Store *store, const Entry *entry, GError **error)
{
  return store_run (store, error,
                    "INSERT INTO record (seq, time, actor, action, subject, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    "tsssssz", (gint64) entry->seq, entry->time, entry->actor, entry->action, entry->subject,
                    entry->detail, entry->hash, (gsize) ENTRY_HASH_BYTES);
}

static char *
dup_first (Store *store, sqlite3_stmt *take_statement, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = take_statement;
  int found = statement != NULL ? store_step (store, statement, error) : -1;

  if (found < 0)
    return NULL;
  return found == 1 ? store_column_dup (statement, 0) : g_strdup ("");
}

char *
entries_dup_last_detail (Store *store, const char *action, GError **error)
{
  return dup_first (
      store,
      store_prepare (store, error, "SELECT detail FROM record WHERE action = ? ORDER BY seq DESC LIMIT 1", "s", action),
      error);
}

char *
entries_dup_actor (Store *store, const char *action, const char *subject, GError **error)
{
  return dup_first (
      store,
      store_prepare (store, error,
                     "SELECT actor FROM record WHERE action = ? AND subject = ? ORDER BY seq DESC LIMIT 1", "ss",
                     action, subject),
      error);
}

gboolean
entries_walk (Store *store, sqlite3_stmt *statement, EntryFunc func, gpointer user_data, GError **error)
{
  int more;

  while ((more = store_step (store, statement, error)) == 1)
    {
      g_auto (Entry) entry = { .seq = sqlite3_column_int64 (statement, 0) };

      entry.time = store_column_dup (statement, 1);
      entry.actor = store_column_dup (statement, 2);
      entry.action = store_column_dup (statement, 3);
      entry.subject = store_column_dup (statement, 4);
      entry.detail = store_column_dup (statement, 5);
      if (sqlite3_column_bytes (statement, 6) != ENTRY_HASH_BYTES)
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "record: entry %" G_GUINT64_FORMAT " has no hash",
                       entry.seq);
          return FALSE;
        }
      memcpy (entry.hash, sqlite3_column_blob (statement, 6), ENTRY_HASH_BYTES);
      if (!func (&entry, user_data, error))
        return FALSE;
    }
  return more == 0;
}

gboolean
entries_foreach (Store *store, guint64 from, guint64 to, guint limit, EntryFunc func, gpointer user_data,
                 GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error,
                     "SELECT seq, time, actor, action, subject, detail, hash FROM record WHERE seq >= ? AND seq <= ? "
                     "ORDER BY seq LIMIT ?",
                     "ttt", (gint64) MIN (from, G_MAXINT64), (gint64) MIN (to, G_MAXINT64), (gint64) limit);

  return statement != NULL && entries_walk (store, statement, func, user_data, error);
}

gboolean
entries_foreach_of (Store *store, const char *action, const char *other, EntryFunc func, gpointer user_data,
                    GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error,
                     "SELECT seq, time, actor, action, subject, detail, hash FROM record WHERE action IN (?, ?) "
                     "ORDER BY seq",
                     "ss", action, other);

  return statement != NULL && entries_walk (store, statement, func, user_data, error);
}

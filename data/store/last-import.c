/* SPDX-License-Identifier: Apache-2.0 */
/* last-import: one row about it, and its parts, each as large as a dump takes. */
#include "last-import.h"

#include "store-private.h"

void
last_import_free (LastImport *self)
{
  if (self == NULL)
    return;
  g_free (self->time);
  g_free (self->admin);
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_free (self);
}

gboolean
last_import_put (Store *store, const LastImport *last, GError **error)
{
  if (!last_import_forget (store, error)
      || !store_run (store, error, "INSERT INTO last_import (one, time, admin, added, changed) VALUES (1, ?, ?, ?, ?)",
                     "sstt", last->time, last->admin, (gint64) last->added, (gint64) last->changed))
    return FALSE;
  for (guint i = 0; i < last->parts->len; i++)
    {
      gsize size;
      const void *bytes = g_bytes_get_data (g_ptr_array_index (last->parts, i), &size);

      if (!store_run (store, error, "INSERT INTO last_import_parts (part, people) VALUES (?, ?)", "tz", (gint64) i,
                      bytes, size))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_parts (Store *store, LastImport *last, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error, "SELECT people FROM last_import_parts ORDER BY part", "");
  int more = -1;

  last->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  while (statement != NULL && (more = store_step (store, statement, error)) == 1)
    g_ptr_array_add (last->parts,
                     g_bytes_new (sqlite3_column_blob (statement, 0), (gsize) sqlite3_column_bytes (statement, 0)));
  return more == 0;
}

gboolean
last_import_get (Store *store, LastImport **ret_last, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error, "SELECT time, admin, added, changed FROM last_import", "");
  g_autoptr (LastImport) last = NULL;
  int more = statement != NULL ? store_step (store, statement, error) : -1;

  if (more < 0)
    return FALSE;
  *ret_last = NULL;
  if (more == 0)
    return TRUE;
  last = g_new0 (LastImport, 1);
  last->time = store_column_dup (statement, 0);
  last->admin = store_column_dup (statement, 1);
  last->added = (guint) sqlite3_column_int (statement, 2);
  last->changed = (guint) sqlite3_column_int (statement, 3);
  if (!read_parts (store, last, error))
    return FALSE;
  *ret_last = g_steal_pointer (&last);
  return TRUE;
}

gboolean
last_import_forget (Store *store, GError **error)
{
  return store_run (store, error, "DELETE FROM last_import_parts", "")
         && store_run (store, error, "DELETE FROM last_import", "");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* disposals: SQL of the disposals. */
#include "disposals.h"

#include "custody-error.h"
#include "store-private.h"

void
disposal_free (Disposal *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->time);
  g_free (self->text);
  g_free (self);
}

gboolean
disposals_insert (Store *store, const Disposal *disposal, GError **error)
{
  return store_run (store, error, "INSERT INTO disposals (id, time, numbers, certified, text) VALUES (?, ?, ?, ?, ?)",
                    "sstts", disposal->id, disposal->time, (gint64) disposal->numbers, (gint64) disposal->certified,
                    disposal->text);
}

gboolean
disposals_certify (Store *store, const char *id, const char *text, GError **error)
{
  return store_run (store, error, "UPDATE disposals SET certified = 1, text = ? WHERE id = ?", "ss", text, id);
}

static Disposal *
row_disposal (sqlite3_stmt *row)
{
  Disposal *self = g_new0 (Disposal, 1);

  self->id = store_column_dup (row, 0);
  self->time = store_column_dup (row, 1);
  self->numbers = (guint) sqlite3_column_int (row, 2);
  self->certified = sqlite3_column_int (row, 3) != 0;
  self->text = store_column_dup (row, 4);
  return self;
}

static gboolean
find (Store *store, sqlite3_stmt *take_statement, Disposal **ret_disposal, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = take_statement;
  int more = statement != NULL ? store_step (store, statement, error) : -1;

  if (more < 0)
    return FALSE;
  *ret_disposal = more == 1 ? row_disposal (statement) : NULL;
  return TRUE;
}

Disposal *
disposals_get (Store *store, const char *id, GError **error)
{
  Disposal *disposal = NULL;

  if (!find (store,
             store_prepare (store, error, "SELECT id, time, numbers, certified, text FROM disposals WHERE id = ?", "s",
                            id),
             &disposal, error))
    return NULL;
  if (disposal == NULL)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_RECORD, "no such disposal");
  return disposal;
}

GPtrArray *
disposals_list (Store *store, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error, "SELECT id, time, numbers, certified, '' FROM disposals ORDER BY time, id", "");
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) disposal_free);
  int more;

  if (statement == NULL)
    return NULL;
  while ((more = store_step (store, statement, error)) == 1)
    g_ptr_array_add (list, row_disposal (statement));
  return more == 0 ? g_steal_pointer (&list) : NULL;
}

gboolean
disposals_find_open (Store *store, Disposal **ret_disposal, GError **error)
{
  return find (store,
               store_prepare (store, error,
                              "SELECT id, time, numbers, certified, text FROM disposals WHERE NOT certified "
                              "ORDER BY time, id LIMIT 1",
                              ""),
               ret_disposal, error);
}

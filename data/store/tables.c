/* SPDX-License-Identifier: Apache-2.0 */
/* tables: SQL over any table. The names in it come from the schema itself, never from a caller or a file. */
#include "tables.h"

#include <string.h>

#include "custody-error.h"
#include "store-private.h"

/* --- what there is --------------------------------------------------------------------------------------------------- */

static GPtrArray *
take_texts (Store *store, sqlite3_stmt *take_statement, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = take_statement;
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  int more;

  if (statement == NULL)
    return NULL;
  while ((more = store_step (store, statement, error)) == 1)
    g_ptr_array_add (texts, store_column_dup (statement, 0));
  return more == 0 ? g_steal_pointer (&texts) : NULL;
}

GPtrArray *
tables_list (Store *store, GError **error)
{
  return take_texts (
      store,
      store_prepare (store, error,
                     "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
                     "ESCAPE '\\' ORDER BY name",
                     ""),
      error);
}

char **
tables_list_columns (Store *store, const char *table, GError **error)
{
  g_autoptr (GPtrArray) columns = take_texts (
      store,
      store_prepare (
          store, error,
          "SELECT c.name FROM sqlite_schema t, pragma_table_info (t.name) c "
          "WHERE t.type = 'table' AND t.name = ? AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY c.cid",
          "s", table),
      error);

  if (columns == NULL)
    return NULL;
  if (columns->len == 0 || columns->len > CELL_MAX_COLUMNS)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_RECORD, "there is no such table");
      return NULL;
    }
  g_ptr_array_add (columns, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&columns), FALSE);
}

/* "a", "b": names of the schema, quoted. */
static char *
join_columns (char **columns)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; columns[i] != NULL; i++)
    g_string_append_printf (list, "%s\"%s\"", i > 0 ? ", " : "", columns[i]);
  return g_string_free (list, FALSE);
}

/* --- reading --------------------------------------------------------------------------------------------------------- */

static Cell
column_cell (sqlite3_stmt *statement, int column)
{
  Cell cell = { .type = CELL_NULL };

  switch (sqlite3_column_type (statement, column))
    {
    case SQLITE_INTEGER:
      cell.type = CELL_INTEGER;
      cell.integer = sqlite3_column_int64 (statement, column);
      break;
    case SQLITE_FLOAT:
      cell.type = CELL_REAL;
      cell.real = sqlite3_column_double (statement, column);
      break;
    case SQLITE_TEXT:
      cell.type = CELL_TEXT;
      cell.bytes = sqlite3_column_text (statement, column);
      cell.n_bytes = (gsize) sqlite3_column_bytes (statement, column);
      break;
    case SQLITE_BLOB:
      cell.type = CELL_BLOB;
      cell.bytes = sqlite3_column_blob (statement, column);
      cell.n_bytes = (gsize) sqlite3_column_bytes (statement, column);
      break;
    default:
      break;
    }
  return cell;
}

gboolean
tables_foreach (Store *store, const char *table, const char *id, TableRowFunc func, gpointer user_data, GError **error)
{
  g_auto (GStrv) columns = tables_list_columns (store, table, error);
  guint n_columns = columns != NULL ? g_strv_length (columns) : 0;
  g_autofree char *list = columns != NULL ? join_columns (columns) : NULL;
  g_autofree char *sql = NULL;
  g_autoptr (sqlite3_stmt) statement = NULL;
  int more;

  if (columns == NULL)
    return FALSE;
  /* The table itself is walked, not an index: rows come as they lie. */
  sql = g_strconcat ("SELECT ", list, " FROM \"", table, id != NULL ? "\" WHERE \"id\" = ?" : "\" NOT INDEXED", NULL);
  statement = store_prepare (store, error, sql, id != NULL ? "s" : "", id);
  if (statement == NULL)
    return FALSE;
  while ((more = store_step (store, statement, error)) == 1)
    {
      Cell cells[CELL_MAX_COLUMNS];

      for (guint i = 0; i < n_columns; i++)
        cells[i] = column_cell (statement, (int) i);
      if (!func (cells, n_columns, user_data, error))
        return FALSE;
    }
  return more == 0;
}

/* --- writing --------------------------------------------------------------------------------------------------------- */

struct _TableFiller
{
  Store *store;            /* borrowed */
  sqlite3_stmt *statement; /* owned */
  guint n_columns;
};

TableFiller *
table_filler_new (Store *store, const char *table, const char *const *columns, GError **error)
{
  g_autoptr (TableFiller) self = g_new0 (TableFiller, 1);
  g_autoptr (GError) problem = NULL;
  g_auto (GStrv) own = tables_list_columns (store, table, &problem);
  g_autofree char *list = NULL, *sql = NULL;
  g_autoptr (GString) places = g_string_new ("?");

  if (own == NULL && !g_error_matches (problem, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_RECORD))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if (own == NULL || !g_strv_equal ((const char *const *) own, columns))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_DAMAGED, "dump: a table that its schema does not have");
      return NULL;
    }
  self->store = store;
  self->n_columns = g_strv_length (own);
  list = join_columns (own);
  for (guint i = 1; i < self->n_columns; i++)
    g_string_append (places, ", ?");
  sql = g_strdup_printf ("INSERT INTO \"%s\" (%s) VALUES (%s)", table, list, places->str);
  self->statement = store_prepare (store, error, sql, "");
  return self->statement != NULL ? g_steal_pointer (&self) : NULL;
}

static int
bind (sqlite3_stmt *statement, int place, const Cell *cell)
{
  switch (cell->type)
    {
    case CELL_NULL:
      return sqlite3_bind_null (statement, place);
    case CELL_INTEGER:
      return sqlite3_bind_int64 (statement, place, cell->integer);
    case CELL_REAL:
      return sqlite3_bind_double (statement, place, cell->real);
    case CELL_TEXT:
      return sqlite3_bind_text64 (statement, place, (const char *) cell->bytes, cell->n_bytes, SQLITE_STATIC,
                                  SQLITE_UTF8);
    case CELL_BLOB:
      return cell->n_bytes > 0 ? sqlite3_bind_blob64 (statement, place, cell->bytes, cell->n_bytes, SQLITE_STATIC)
                               : sqlite3_bind_zeroblob (statement, place, 0);
    default:
      g_assert_not_reached ();
    }
}

gboolean
table_filler_add (TableFiller *self, const Cell *cells, guint n_cells, GError **error)
{
  int rc = n_cells == self->n_columns ? SQLITE_OK : SQLITE_MISMATCH;

  for (guint i = 0; rc == SQLITE_OK && i < n_cells; i++)
    rc = bind (self->statement, (int) i + 1, &cells[i]);
  if (rc == SQLITE_OK && sqlite3_step (self->statement) != SQLITE_DONE)
    rc = sqlite3_extended_errcode (self->store->db);
  (void) sqlite3_reset (self->statement);
  (void) sqlite3_clear_bindings (self->statement);
  if (rc == SQLITE_OK)
    return TRUE;
  if ((rc & 0xff) != SQLITE_CONSTRAINT && (rc & 0xff) != SQLITE_MISMATCH && (rc & 0xff) != SQLITE_TOOBIG)
    return store_fail (self->store, rc, "fill", error);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_DAMAGED, "dump: a row that its table does not take");
  return FALSE;
}

void
table_filler_free (TableFiller *self)
{
  if (self == NULL)
    return;
  sqlite3_finalize (self->statement);
  g_free (self);
}

gboolean
tables_defer_references (Store *store, GError **error)
{
  g_return_val_if_fail (store->in_transaction, FALSE);

  return store_exec (store, "PRAGMA defer_foreign_keys = ON", error);
}

gboolean
tables_clear (Store *store, const char *table, GError **error)
{
  g_auto (GStrv) columns = tables_list_columns (store, table, error);
  g_autofree char *sql = columns != NULL ? g_strdup_printf ("DELETE FROM \"%s\"", table) : NULL;

  return sql != NULL && store_exec (store, sql, error);
}

gboolean
tables_remove (Store *store, const char *table, const char *id, GError **error)
{
  g_auto (GStrv) columns = tables_list_columns (store, table, error);
  g_autofree char *sql = columns != NULL ? g_strconcat ("DELETE FROM \"", table, "\" WHERE \"id\" = ?", NULL) : NULL;

  return sql != NULL && store_run (store, error, sql, "s", id);
}

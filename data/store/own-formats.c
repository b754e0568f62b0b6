/* SPDX-License-Identifier: Apache-2.0 */
/* own-formats: rows of the formats table. */
#include "own-formats.h"

#include "custody-error.h"
#include "store-private.h"

#define SELECT "SELECT id, text, added, added_by FROM " OWN_FORMATS_TABLE " WHERE removed IS NULL"

void
own_format_free (OwnFormat *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->text);
  g_free (self->added);
  g_free (self->added_by);
  g_free (self);
}

static OwnFormat *
from_row (sqlite3_stmt *statement)
{
  OwnFormat *self = g_new0 (OwnFormat, 1);

  self->id = store_column_dup (statement, 0);
  self->text = store_column_dup (statement, 1);
  self->added = store_column_dup (statement, 2);
  self->added_by = store_column_dup (statement, 3);
  return self;
}

gboolean
own_formats_insert (Store *store, const OwnFormat *format, GError **error)
{
  return store_run (store, error, "INSERT INTO " OWN_FORMATS_TABLE " (id, text, added, added_by) VALUES (?, ?, ?, ?)",
                    "ssss", format->id, format->text, format->added, format->added_by);
}

GPtrArray *
own_formats_list (Store *store, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (store, error, SELECT " ORDER BY id", "");
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) own_format_free);
  int more = -1;

  while (statement != NULL && (more = store_step (store, statement, error)) == 1)
    g_ptr_array_add (list, from_row (statement));
  return more == 0 ? g_steal_pointer (&list) : NULL;
}

OwnFormat *
own_formats_get (Store *store, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (store, error, SELECT " AND id = ?", "s", id);
  int more = statement != NULL ? store_step (store, statement, error) : -1;

  if (more == 0)
    g_set_error_literal (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_FORMAT, "no format of this id");
  return more == 1 ? from_row (statement) : NULL;
}

gboolean
own_formats_set_removed (Store *store, const char *id, const char *removed, GError **error)
{
  return store_run (store, error, "UPDATE " OWN_FORMATS_TABLE " SET removed = ? WHERE id = ?", "ss", removed, id);
}

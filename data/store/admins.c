/* SPDX-License-Identifier: Apache-2.0 */
/* admins: rows of the admins table. */
#include "admins.h"

#include "custody-error.h"
#include "scope-private.h"

#define COLUMNS "id, name, role, created, departments, purposes"

void
admin_free (Admin *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->name);
  g_free (self->role);
  g_free (self->created);
  g_free (self->departments);
  g_free (self->purposes);
  g_free (self);
}

static Admin *
admin_from_row (sqlite3_stmt *statement)
{
  Admin *self = g_new0 (Admin, 1);

  self->id = store_column_dup (statement, 0);
  self->name = store_column_dup (statement, 1);
  self->role = store_column_dup (statement, 2);
  self->created = store_column_dup (statement, 3);
  self->departments = store_column_dup (statement, 4);
  self->purposes = store_column_dup (statement, 5);
  return self;
}

gboolean
admins_insert (Store *store, const char *id, const char *name, const char *role, const char *created,
               const Scope *scope, GError **error)
{
  return store_run (store, error, "INSERT INTO admins (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?)", "ssssss", id, name,
                    role, created, scope_text (scope != NULL ? scope->departments : NULL),
                    scope_text (scope != NULL ? scope->purposes : NULL));
}

gboolean
admins_set_scope (Store *store, const char *id, const Scope *scope, GError **error)
{
  return store_run (store, error, "UPDATE admins SET departments = ?, purposes = ? WHERE id = ?", "sss",
                    scope_text (scope->departments), scope_text (scope->purposes), id);
}

GPtrArray *
admins_list (Store *store, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error, "SELECT " COLUMNS " FROM admins WHERE removed IS NULL ORDER BY created, rowid", "");
  g_autoptr (GPtrArray) admins = g_ptr_array_new_with_free_func ((GDestroyNotify) admin_free);
  int more = -1;

  while (statement != NULL && (more = store_step (store, statement, error)) == 1)
    g_ptr_array_add (admins, admin_from_row (statement));
  return more == 0 ? g_steal_pointer (&admins) : NULL;
}

Admin *
admins_find (Store *store, const char *name, GError **error)
{
  g_autoptr (GPtrArray) admins = admins_list (store, error);
  guint found = 0, n_found = 0;

  if (admins == NULL)
    return NULL;
  for (guint i = 0; i < admins->len; i++)
    if (name[0] == '\0' || g_str_equal (((const Admin *) g_ptr_array_index (admins, i))->name, name))
      {
        found = i;
        n_found++;
      }
  if (n_found == 1)
    return g_ptr_array_steal_index (admins, found);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_ALLOWED,
               n_found == 0 ? "no such admin" : "there are several admins: name one");
  return NULL;
}

gboolean
admins_find_of_before (Store *store, const char *name, const char *role, Admin **ret_row, GError **error)
{
  /* Whoever could log in there was removed by the taking over itself. */
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error,
                     "SELECT " COLUMNS " FROM admins WHERE name = ? AND role = ? AND removed = "
                     "(SELECT taken FROM old_vaults ORDER BY rowid DESC LIMIT 1) ORDER BY rowid DESC LIMIT 1",
                     "ss", name, role);
  int more = statement != NULL ? store_step (store, statement, error) : -1;

  *ret_row = more == 1 ? admin_from_row (statement) : NULL;
  return more >= 0;
}

Admin *
admins_get (Store *store, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error, "SELECT " COLUMNS " FROM admins WHERE id = ? AND removed IS NULL", "s", id);
  int more = statement != NULL ? store_step (store, statement, error) : -1;

  if (more == 1)
    return admin_from_row (statement);
  if (more == 0)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_ADMIN, "no such admin");
  return NULL;
}

char *
admins_dup_name (Store *store, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (store, error, "SELECT name FROM admins WHERE id = ?", "s", id);
  int more = statement != NULL ? store_step (store, statement, error) : -1;

  if (more < 0)
    return NULL;
  return more == 1 ? store_column_dup (statement, 0) : g_strdup ("");
}

gboolean
admins_set_removed (Store *store, const char *id, const char *removed, GError **error)
{
  return store_run (store, error, "UPDATE admins SET removed = ? WHERE id = ?", "ss", removed, id);
}

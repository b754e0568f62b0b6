/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: what a 事務取扱担当者 may handle, where a database takes the place of another: a move, a backup, a state that was set back. Nobody
 * comes out of it with more than they had; where that cannot be told, with nothing, until a 責任者 says what. */
#include "vault-scope.h"

#include <string.h>

#include "custody-error.h"
#include "record.h"
#include "vault-private.h"

#define CLERK "clerk"

static char *
dup_text (const char *departments, const char *purposes)
{
  return g_strconcat (departments, "\1", purposes, NULL);
}

/* Borrowed from @row. */
static Scope
scope_of (const Admin *row)
{
  return (Scope){ .departments = row->departments, .purposes = row->purposes };
}

/* --- the digest beside the database ---------------------------------------------------------------------------------- */

void
vault_settle_scopes (Vault *self)
{
  g_autoptr (GPtrArray) admins = self->state == VAULT_OPEN ? admins_list (self->store, NULL) : NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; admins != NULL && i < admins->len; i++)
    {
      const Admin *row = g_ptr_array_index (admins, i);
      g_autofree char *text = dup_text (row->departments, row->purposes);

      if (seals_row_is_fine (self->store, "admins", row->id))
        keys_set_scope (self->keys, row->id, text);
    }
  /* Without it they would come out of a backup with nothing, which harms nobody. */
  if (admins != NULL && !keys_keep_scopes (self->keys, &error))
    g_warning ("scopes: %s", error->message);
}

void
vault_know_scope (Vault *self, const char *admin_id, const Scope *scope)
{
  g_autofree char *text = dup_text (scope != NULL && scope->departments != NULL ? scope->departments : "",
                                    scope != NULL && scope->purposes != NULL ? scope->purposes : "");

  keys_set_scope (self->keys, admin_id, text);
}

gboolean
vault_keep_scope (Vault *self, const char *admin_id, const Scope *scope, GError **error)
{
  vault_know_scope (self, admin_id, scope);
  return keys_keep_scopes (self->keys, error);
}

/* --- another database ------------------------------------------------------------------------------------------------ */

static gboolean
set_scope (Store *store, const char *by, const Admin *row, const Scope *scope, GError **error)
{
  if (g_str_equal (row->departments, scope->departments) && g_str_equal (row->purposes, scope->purposes))
    return TRUE;
  return admins_set_scope (store, row->id, scope, error)
         && vault_record_scope (store, by, "admin-scope-changed", row->id, scope, CLERK, error);
}

static gboolean
set_nothing (Store *store, const char *by, const Admin *row, GError **error)
{
  const Scope nothing = { .departments = (char *) "", .purposes = (char *) SCOPE_NOTHING };

  return set_scope (store, by, row, &nothing, error);
}

gboolean
vault_scopes_withdraw (Vault *self, Store *store, const char *by, GError **error)
{
  g_autoptr (GPtrArray) admins = admins_list (store, error);

  for (guint i = 0; admins != NULL && i < admins->len; i++)
    {
      const Admin *row = g_ptr_array_index (admins, i);
      g_autofree char *text = dup_text (row->departments, row->purposes);

      if (g_str_equal (row->role, CLERK) && !keys_has_scope (self->keys, row->id, text)
          && !set_nothing (store, by, row, error))
        return FALSE;
    }
  return admins != NULL;
}

static const Admin *
find_name (GPtrArray *admins, const char *name)
{
  for (guint i = 0; i < admins->len; i++)
    if (g_str_equal (((const Admin *) g_ptr_array_index (admins, i))->name, name))
      return g_ptr_array_index (admins, i);
  return NULL;
}

static gboolean
has_limits (GPtrArray *admins)
{
  for (guint i = 0; i < admins->len; i++)
    {
      const Admin *row = g_ptr_array_index (admins, i);
      const Scope scope = scope_of (row);

      if (g_str_equal (row->role, CLERK) && !scope_is_all (&scope))
        return TRUE;
    }
  return FALSE;
}

gboolean
vault_scopes_carry (Store *from, Store *next, const char *by, GError **error)
{
  g_autoptr (GPtrArray) before = admins_list (from, error);
  g_autoptr (GPtrArray) here = before != NULL ? admins_list (next, error) : NULL;
  const gboolean limits = here != NULL && has_limits (before);

  for (guint i = 0; here != NULL && i < here->len; i++)
    {
      const Admin *row = g_ptr_array_index (here, i);
      const Admin *then = find_name (before, row->name);
      const Scope own = scope_of (row);
      g_auto (Scope) met = { NULL, NULL, NULL };

      if (!g_str_equal (row->role, CLERK))
        continue;
      if (then != NULL)
        {
          const Scope theirs = scope_of (then);

          scope_meet (&theirs, &own, &met);
          if (!set_scope (next, by, row, &met, error))
            return FALSE;
        }
      /* Somebody whom the first machine did not know, where people are limited: who they are is for a 責任者 to say. */
      else if (limits && scope_is_all (&own) && !set_nothing (next, by, row, error))
        return FALSE;
    }
  return here != NULL;
}

gboolean
vault_scope_of_before (Vault *self, const char *name, Scope *ret_scope, GError **error)
{
  g_autoptr (Admin) row = NULL;

  if (!vault_require_open (self, error) || !admins_find_of_before (self->store, name, CLERK, &row, error))
    return FALSE;
  if (row == NULL)
    return TRUE;
  scope_clear (ret_scope);
  ret_scope->departments = g_steal_pointer (&row->departments);
  ret_scope->purposes = g_steal_pointer (&row->purposes);
  return TRUE;
}

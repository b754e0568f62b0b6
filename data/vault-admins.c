/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: who may log in, as what, and with which PIN. */
#include "vault-private.h"

#include <string.h>

#include "custody-error.h"
#include "record.h"

static const struct
{
  VaultRole role;
  const char *name;
} roles[] = {
  { VAULT_CHIEF, "chief" }, { VAULT_CLERK, "clerk" }, { VAULT_AUDITOR, "auditor" }, { VAULT_CLIENT, "client" }
};

const char *
vault_role_get_name (VaultRole role)
{
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (roles[i].role == role)
      return roles[i].name;
  g_return_val_if_reached ("");
}

gboolean
vault_role_from_name (const char *name, VaultRole *ret_role)
{
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (g_str_equal (roles[i].name, name))
      {
        *ret_role = roles[i].role;
        return TRUE;
      }
  return FALSE;
}

/* --- PINs ------------------------------------------------------------------------------------------------------------ */

gboolean
vault_require_pin (const char *company, const char *name, const Secret *pin, GError **error)
{
  PinFault fault = pin_check (secret_get_data (pin, NULL), secret_get_size (pin), company, name);

  if (fault == PIN_FINE)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_WEAK_PIN, "the PIN is too easy to guess why=%s",
               pin_fault_get_name (fault));
  return FALSE;
}

PinFault
vault_check_pin (Vault *self, const char *name, const Secret *pin)
{
  const char *company = self->state == VAULT_OPEN ? self->company : "";

  return pin_check (secret_get_data (pin, NULL), secret_get_size (pin), company, name);
}

/* --- the record ------------------------------------------------------------------------------------------------------ */

void
vault_note_attempt (Vault *self, const char *actor, const char *action, const char *subject, const GError *why)
{
  if (vault_begin (self, NULL))
    (void) vault_end (
        self, record_append (self->store, NULL, actor, action, subject, "reason", custody_error_get_name (why), NULL),
        NULL);
}

gboolean
vault_note_refused (Vault *self, const char *admin_id, const char *verb, GError **error)
{
  return vault_begin (self, error)
         && vault_end (self, record_append (self->store, error, admin_id, "refused", "", "verb", verb, NULL), error);
}

/* --- adding ---------------------------------------------------------------------------------------------------------- */

GPtrArray *
vault_list_admins (Vault *self, GError **error)
{
  return vault_require_open (self, error) ? admins_list (self->store, error) : NULL;
}

void
vault_settle_admins (Vault *self)
{
  g_autoptr (GPtrArray) admins = admins_list (self->store, NULL);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; admins != NULL && i < admins->len; i++)
    {
      const Admin *admin = g_ptr_array_index (admins, i);

      g_ptr_array_add (ids, admin->id);
      /* What the record does not stand for goes into no wrap. */
      if (seals_row_is_fine (self->store, "admins", admin->id))
        keys_set_role (self->keys, admin->id, admin->role);
    }
  g_ptr_array_add (ids, NULL);
  /* Nobody logs in whom the database does not know, so it can wait for a disk that takes it. */
  if (ids->len > 1)
    (void) keys_keep_admins (self->keys, (const char *const *) ids->pdata, NULL);
}

gboolean
vault_require_chief (const VaultAdmin *by, GError **error)
{
  if (by->role == VAULT_CHIEF && by->master != NULL)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE, "only a chief adds and removes admins");
  return FALSE;
}

static gboolean
require_new_name (Vault *self, const char *name, GError **error)
{
  g_autoptr (GPtrArray) admins = NULL;

  if (name[0] == '\0' || !vault_text_is_valid (name))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "the admin needs a name");
      return FALSE;
    }
  admins = admins_list (self->store, error);
  if (admins == NULL)
    return FALSE;
  for (guint i = 0; i < admins->len; i++)
    if (g_str_equal (((const Admin *) g_ptr_array_index (admins, i))->name, name))
      {
        g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ADMIN_EXISTS, "another admin has that name");
        return FALSE;
      }
  return TRUE;
}

static gboolean
add_in_transaction (Vault *self, const char *by, const char *id, const char *name, VaultRole role, const Scope *scope,
                    GError **error)
{
  g_autofree char *now = record_now ();
  const char *role_name = vault_role_get_name (role);

  if (!admins_insert (self->store, id, name, role_name, now, scope, error)
      || (role == VAULT_CLIENT && !vault_client_has_come (self->store, error)))
    return FALSE;
  return scope_is_all (scope) ? record_append (self->store, error, by, "admin-added", id, "role", role_name, NULL)
                              : vault_record_scope (self->store, by, "admin-added", id, scope, role_name, error);
}

/* The keyset first: a key that nobody may use yet. The database's commit is what makes it an admin's. */
static gboolean
add (Vault *self, const VaultAdmin *by, const char *id, const char *name, VaultRole role, const Scope *scope,
     const Secret *pin, GError **error)
{
  if (!vault_require_chief (by, error) || !vault_scope_fits (role, scope, error)
      || !require_new_name (self, name, error) || (role == VAULT_CLIENT && !vault_require_no_client (self, error))
      || !vault_require_pin (self->company, name, pin, error))
    return FALSE;
  keys_set_role (self->keys, id, vault_role_get_name (role));
  vault_know_scope (self, id, scope);
  if (!keys_add_admin (self->keys, by->master, id, pin, error))
    return FALSE;
  if (vault_begin (self, error)
      && vault_end (self, add_in_transaction (self, by->id, id, name, role, scope, error), error))
    return TRUE;
  vault_settle_admins (self);
  return FALSE;
}

char *
vault_add_admin (Vault *self, const VaultAdmin *by, const char *name, VaultRole role, const Scope *scope,
                 const Secret *pin, GError **error)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autoptr (GError) problem = NULL;

  if (!vault_require_open (self, error))
    return NULL;
  if (add (self, by, id, name, role, scope, pin, &problem))
    return g_steal_pointer (&id);
  vault_note_attempt (self, by->id, "admin-add-refused", "", problem);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

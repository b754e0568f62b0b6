/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: bound to how the machine boots, or not; and opening it with a PIN when it has booted otherwise. */
#include "vault-private.h"

#include "custody-error.h"
#include "record.h"

typedef struct
{
  const char *actor;
  gboolean bound;
} BootStep;

static gboolean
boot_step (Store *next, gpointer data, GError **error)
{
  const BootStep *step = data;

  return record_append (next, error, step->actor, step->bound ? "boot-bound" : "boot-unbound", "", NULL);
}

gboolean
vault_bind_boot (Vault *self, VaultAdmin *by, gboolean bound, GError **error)
{
  BootStep step = { by->id, bound };
  const VaultEpochChange change = { .keys.boot = bound ? KEYS_BOOT_BIND : KEYS_BOOT_UNBIND,
                                    .step = boot_step,
                                    .data = &step };
  g_autoptr (GError) problem = NULL;
  g_autoptr (Secret) master = NULL;

  if (!vault_require_open (self, error))
    return FALSE;
  if (vault_require_chief (by, &problem))
    master = vault_change_epoch (self, by->master, &change, &problem);
  if (master == NULL)
    {
      vault_note_attempt (self, by->id, "boot-bind-refused", "", problem);
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  vault_refresh_session (by, master);
  return TRUE;
}

/* With the database open by @master's word alone: was it a chief's, and is the state kept as the right one? */
static gboolean
accept_as (Vault *self, const char *admin_id, const Secret *master, const Secret *key, GError **error)
{
  g_autoptr (Admin) admin = admins_get (self->store, admin_id, error);

  if (admin == NULL)
    return FALSE;
  if (!g_str_equal (admin->role, vault_role_get_name (VAULT_CHIEF)))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE, "only a chief accepts how the machine boots");
      vault_note_attempt (self, admin_id, "boot-accept-refused", "", *error);
      return FALSE;
    }
  /* On the record before it counts. */
  return vault_record_alone (self, admin_id, "boot-accepted", "", error)
         && keys_boot_accept (self->keys, master, key, error);
}

gboolean
vault_accept_boot (Vault *self, guint number, const Secret *pin, guint *ret_tries_left, GError **error)
{
  g_autoptr (Secret) vault_secret = NULL, master = NULL, key = NULL;
  g_autofree char *admin_id = NULL;
  GError *problem = NULL;

  if (!vault_boot_has_changed (self))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "there is no other boot to accept");
      return FALSE;
    }
  admin_id = keys_dup_admin (self->keys, number);
  if (admin_id == NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_ADMIN, "the vault has fewer admins");
      return FALSE;
    }
  if (!keys_login (self->keys, admin_id, pin, &vault_secret, &master, ret_tries_left, error))
    return FALSE;
  key = keys_boot_unseal (self->keys, master, error);
  if (key == NULL)
    return FALSE;
  if (!vault_open_store (self, key, &problem))
    {
      vault_seal (self, g_error_copy (problem));
      g_propagate_error (error, problem);
      return FALSE;
    }
  if (accept_as (self, admin_id, master, key, error))
    return TRUE;
  vault_seal_for_boot (self);
  return FALSE;
}

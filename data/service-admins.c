/* SPDX-License-Identifier: Apache-2.0 */
/* Service: the handlers of vault.xml that concern admins. */
#include "service-private.h"

#include "custody-error.h"
#include "vault-scope.h"

static gboolean
admin_list_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) admins = NULL;

  if (service_require_role (self, service_get_client (self, invocation),
                            VAULT_CHIEF | VAULT_CLERK | VAULT_AUDITOR | VAULT_CLIENT, "AdminList", &error))
    admins = vault_list_admins (self->vault, &error);
  if (admins == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_admin_list (object, invocation, value_admins (admins));
  return TRUE;
}

static gboolean
take_list (GVariant *options, const char *key, const char ***ret_list, GError **error)
{
  g_autoptr (GVariant) value = NULL;

  if (!value_take (options, key, "as", &value, error))
    return FALSE;
  /* Borrowed from the message. */
  *ret_list = value != NULL ? g_variant_get_strv (value, NULL) : NULL;
  return TRUE;
}

static char *
add_admin (Service *self, const Client *client, GVariant *options, const Secret *pin, GError **error)
{
  g_autofree const char **departments = NULL, **purposes = NULL;
  g_auto (Scope) scope = { NULL, NULL, NULL };
  const char *name, *role_name;
  VaultRole role;

  if (!service_require_role (self, client, VAULT_CHIEF, "AdminAdd", error)
      || !value_take_text (options, "name", VAULT_TEXT_MAX, &name, error)
      || !value_take_text (options, "role", ID_MAX, &role_name, error)
      || !take_list (options, "departments", &departments, error) || !take_list (options, "purposes", &purposes, error)
      || !vault_scope_make (departments, purposes, &scope, error))
    return NULL;
  if (!vault_role_from_name (role_name, &role))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "role is chief, clerk, auditor or client");
      return NULL;
    }
  /* On a machine that took over, who is added anew handles what they did before, unless it is said otherwise. */
  if (role == VAULT_CLERK && departments == NULL && purposes == NULL
      && !vault_scope_of_before (self->vault, name, &scope, error))
    return NULL;
  return vault_add_admin (self->vault, client->admin, name, role, &scope, pin, error);
}

static gboolean
admin_add_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *options, GVariant *pin_bytes,
              gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (Secret) pin = value_take_secret (pin_bytes, PIN_MAX_BYTES, &error);
  g_autofree char *id = pin != NULL ? add_admin (self, client, options, pin, &error) : NULL;

  if (id == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_admin_add (object, invocation, id);
  service_changed (self, "admins");
  return TRUE;
}

static gboolean
set_scope (Service *self, Client *client, const char *id, GVariant *options, GError **error)
{
  g_autofree const char **departments = NULL, **purposes = NULL;

  return service_require_role (self, client, VAULT_CHIEF, "AdminScope", error) && service_check_text (id, ID_MAX, error)
         && take_list (options, "departments", &departments, error) && take_list (options, "purposes", &purposes, error)
         && vault_set_scope (self->vault, client->admin, id, departments, purposes, error);
}

static gboolean
admin_scope_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *id, GVariant *options,
                gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;

  if (!set_scope (self, service_get_client (self, invocation), id, options, &error))
    return service_fail (invocation, error);
  service_drop_admins (self, id);
  azukari_vault1_complete_admin_scope (object, invocation);
  service_changed (self, "admins");
  return TRUE;
}

static gboolean
remove_admin (Service *self, Client *client, const char *id, GError **error)
{
  if (!service_require_role (self, client, VAULT_CHIEF, "AdminRemove", error) || !service_check_text (id, ID_MAX, error)
      || !vault_remove_admin (self->vault, client->admin, id, error))
    return FALSE;
  service_drop_others (self, client);
  /* One chief of several may have removed themself. */
  if (g_str_equal (client->admin->id, id))
    service_drop_admin (self, client, FALSE);
  return TRUE;
}

static gboolean
admin_remove_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *id, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;

  if (!remove_admin (self, service_get_client (self, invocation), id, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_admin_remove (object, invocation);
  service_changed (self, "admins");
  return TRUE;
}

static gboolean
pin_change_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *old_bytes, GVariant *new_bytes,
               gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (Secret) old_pin = value_take_secret (old_bytes, PIN_MAX_BYTES, &error);
  g_autoptr (Secret) new_pin = old_pin != NULL ? value_take_secret (new_bytes, PIN_MAX_BYTES, &error) : NULL;
  guint tries_left = 0;

  if (new_pin == NULL
      || !service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK | VAULT_AUDITOR | VAULT_CLIENT, "PinChange",
                                &error)
      || !vault_change_pin (self->vault, client->admin, old_pin, new_pin, &tries_left, &error))
    return service_fail_login (invocation, error, tries_left);
  service_drop_others (self, client);
  azukari_vault1_complete_pin_change (object, invocation);
  service_changed (self, "admins");
  return TRUE;
}

/* Says nothing that was not put in: needs no rights. */
static gboolean
pin_check_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *name, GVariant *pin_bytes,
              gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autoptr (Secret) pin = NULL;
  PinFault fault;
  PinStrength strength = PIN_WEAK;

  (void) service_get_client (self, invocation);
  if (service_check_text (name, VAULT_TEXT_MAX, &error))
    pin = value_take_secret (pin_bytes, PIN_MAX_BYTES, &error);
  if (pin == NULL)
    return service_fail (invocation, error);
  fault = vault_check_pin (self->vault, name, pin);
  if (fault == PIN_FINE)
    strength = pin_get_strength (secret_get_data (pin, NULL), secret_get_size (pin));
  azukari_vault1_complete_pin_check (object, invocation, pin_fault_get_name (fault), pin_strength_get_name (strength));
  return TRUE;
}

void
service_connect_admins (Service *self)
{
  g_signal_connect (self->object, "handle-admin-list", G_CALLBACK (admin_list_cb), self);
  g_signal_connect (self->object, "handle-admin-add", G_CALLBACK (admin_add_cb), self);
  g_signal_connect (self->object, "handle-admin-scope", G_CALLBACK (admin_scope_cb), self);
  g_signal_connect (self->object, "handle-admin-remove", G_CALLBACK (admin_remove_cb), self);
  g_signal_connect (self->object, "handle-pin-change", G_CALLBACK (pin_change_cb), self);
  g_signal_connect (self->object, "handle-pin-check", G_CALLBACK (pin_check_cb), self);
}

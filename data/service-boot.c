/* SPDX-License-Identifier: Apache-2.0 */
/* Service: the handlers of vault.xml that concern how the machine boots. */
#include "service-private.h"

static gboolean
boot_bind_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gboolean bound, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF, "BootBind", &error)
      || !vault_bind_boot (self->vault, client->admin, bound, &error))
    return service_fail (invocation, error);
  service_drop_others (self, client);
  azukari_vault1_complete_boot_bind (object, invocation);
  return TRUE;
}

/* Needs no log-in: nobody can log in, and the TPM counts the tries. */
static gboolean
boot_accept_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, guint number, GVariant *pin_bytes,
                gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autoptr (Secret) pin = NULL;
  guint tries_left = 0;

  (void) service_get_client (self, invocation);
  pin = value_take_secret (pin_bytes, PIN_MAX_BYTES, &error);
  if (pin == NULL || !vault_accept_boot (self->vault, number, pin, &tries_left, &error))
    return service_fail_login (invocation, error, tries_left);
  azukari_vault1_complete_boot_accept (object, invocation);
  service_changed (self, "session");
  return TRUE;
}

void
service_connect_boot (Service *self)
{
  g_signal_connect (self->object, "handle-boot-bind", G_CALLBACK (boot_bind_cb), self);
  g_signal_connect (self->object, "handle-boot-accept", G_CALLBACK (boot_accept_cb), self);
}

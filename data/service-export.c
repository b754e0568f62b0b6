/* SPDX-License-Identifier: Apache-2.0 */
/* Service: the handlers of vault.xml about what was exported. Exporting itself is service.c's. */
#include "service-private.h"

static gboolean
export_list_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  const Client *client = service_get_client (self, invocation);
  g_autoptr (GPtrArray) exports = NULL;
  GError *error = NULL;

  if (service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "ExportList", &error))
    exports = vault_list_exports (self->vault, client->admin, &error);
  if (exports == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_export_list (object, invocation, value_exports (exports));
  return TRUE;
}

static gboolean
export_receipt_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *export_id, const char *what,
                   gpointer user_data)
{
  Service *self = user_data;
  const Client *client = service_get_client (self, invocation);
  GError *error = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "ExportReceipt", &error)
      || !service_check_text (export_id, ID_MAX, &error) || !service_check_text (what, ID_MAX, &error)
      || !vault_add_receipt (self->vault, client->admin, export_id, what, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_export_receipt (object, invocation);
  return TRUE;
}

static gboolean
plain_rule_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *who, gpointer user_data)
{
  Service *self = user_data;
  const Client *client = service_get_client (self, invocation);
  GError *error = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF, "PlainRule", &error)
      || !service_check_text (who, ID_MAX, &error) || !vault_set_plain_rule (self->vault, client->admin, who, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_plain_rule (object, invocation);
  service_changed (self, "settings");
  return TRUE;
}

void
service_connect_export (Service *self)
{
  g_signal_connect (self->object, "handle-export-list", G_CALLBACK (export_list_cb), self);
  g_signal_connect (self->object, "handle-export-receipt", G_CALLBACK (export_receipt_cb), self);
  g_signal_connect (self->object, "handle-plain-rule", G_CALLBACK (plain_rule_cb), self);
}

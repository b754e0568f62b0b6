/* SPDX-License-Identifier: Apache-2.0 */
/* Service: what a sealed vault still does. */
#include "service-private.h"

#include "custody-error.h"
#include "vault-safe.h"
#include "vault-scope.h"

/* --- what a status says of a sealed vault ---------------------------------------------------------------------------- */

static GVariant *
value_damage (const VaultDamage *damage)
{
  GVariantBuilder dict, can;

  g_variant_builder_init (&can, G_VARIANT_TYPE_STRING_ARRAY);
  if (damage->log_in)
    g_variant_builder_add (&can, "s", "login");
  if (damage->export)
    g_variant_builder_add (&can, "s", "log-export");
  if (damage->accept)
    g_variant_builder_add (&can, "s", "accept");
  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&dict, "{sv}", "file", g_variant_new_string (damage->file));
  g_variant_builder_add (&dict, "{sv}", "detail", g_variant_new_string (damage->detail));
  g_variant_builder_add (&dict, "{sv}", "since", g_variant_new_string (damage->since));
  g_variant_builder_add (&dict, "{sv}", "entries", g_variant_new_uint64 (damage->entries));
  g_variant_builder_add (&dict, "{sv}", "can", g_variant_builder_end (&can));
  return g_variant_builder_end (&dict);
}

/* Whoever may try: by name, or by the beginning of an id where no name can be read. */
static GPtrArray *
list_admins (Service *self)
{
  g_auto (GStrv) names = vault_list_safe_admins (self->vault);
  GPtrArray *admins = g_ptr_array_new_with_free_func ((GDestroyNotify) admin_free);

  for (guint i = 0; names[i] != NULL; i++)
    {
      Admin *admin = g_new0 (Admin, 1);

      admin->name = g_strdup (names[i]);
      g_ptr_array_add (admins, admin);
    }
  return admins;
}

GVariant *
service_status_for (Service *self, const Client *client)
{
  VaultStatus status;
  VaultDamage damage;
  GVariantDict dict;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GPtrArray) admins = NULL;

  vault_get_status (self->vault, &status);
  if (!vault_get_damage (self->vault, &damage))
    {
      if (client->admin != NULL)
        vault_narrow_status (self->vault, client->admin, &status);
      if (status.state == VAULT_OPEN)
        admins = vault_list_admins (self->vault, NULL);
      return value_status (&status, admins, client->admin);
    }
  admins = list_admins (self);
  value = g_variant_ref_sink (value_status (&status, admins, client->admin));
  g_variant_dict_init (&dict, value);
  g_variant_dict_insert_value (&dict, "damage", value_damage (&damage));
  return g_variant_dict_end (&dict);
}

/* --- going on -------------------------------------------------------------------------------------------------------- */

static gboolean
accept_state_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF, "AcceptState", &error)
      || !vault_accept_state (self->vault, client->admin, &error))
    return service_fail (invocation, error);
  /* A log-in to the safe state opens no numbers: everybody begins anew. */
  service_drop_others (self, NULL);
  azukari_vault1_complete_accept_state (object, invocation, service_status_for (self, client));
  service_changed (self, "session");
  return TRUE;
}

void
service_connect_safe (Service *self)
{
  g_signal_connect (self->object, "handle-accept-state", G_CALLBACK (accept_state_cb), self);
}

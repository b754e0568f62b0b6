/* SPDX-License-Identifier: Apache-2.0 */
/* Service: the handlers of vault.xml that concern the term and the client. */
#include "service-private.h"

#include "vault-term.h"

/* Who else is there: a chief or a clerk who is logged in on another connection. */
static const char *
find_witness (Service *self, const Client *client)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Client *other = value;

      if (other != client && other->admin != NULL && (other->admin->role & (VAULT_CHIEF | VAULT_CLERK)) != 0)
        return other->admin->id;
    }
  return NULL;
}

static gboolean
set_term (Service *self, Client *client, const char *last_day, GVariant *options, GError **error)
{
  VaultTermChange change = { .last_day = last_day, .witness = find_witness (self, client) };

  return service_require_role (self, client, VAULT_CHIEF | VAULT_CLIENT, "TermSet", error)
         && service_check_text (last_day, ID_MAX, error)
         && value_take_bool (options, "accept-clock", &change.accept_clock, error)
         && service_require_token (self, client, VAULT_ASK_RENEWAL, error)
         && vault_set_term (self->vault, client->admin, &change, error);
}

static gboolean
term_set_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *last_day, GVariant *options,
             gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;

  if (!set_term (self, service_get_client (self, invocation), last_day, options, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_term_set (object, invocation);
  service_changed (self, "term");
  return TRUE;
}

static gboolean
client_release_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;

  if (!service_require_role (self, client, VAULT_CLIENT, "ClientRelease", &error)
      || !service_require_token (self, client, VAULT_ASK_RENEWAL, &error)
      || !vault_release (self->vault, client->admin, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_client_release (object, invocation);
  service_changed (self, "term");
  return TRUE;
}

void
service_connect_term (Service *self)
{
  g_signal_connect (self->object, "handle-term-set", G_CALLBACK (term_set_cb), self);
  g_signal_connect (self->object, "handle-client-release", G_CALLBACK (client_release_cb), self);
}

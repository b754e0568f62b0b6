/* SPDX-License-Identifier: Apache-2.0 */
/* Service: the handlers of vault.xml that concern the term and the client. */
#include "service-private.h"

#include <unistd.h>

#include "vault-handback.h"
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

/* --- handing back ---------------------------------------------------------------------------------------------------- */

static GVariant *
value_report (const VaultHandBackReport *report)
{
  return g_variant_new_parsed ("{'rows': <%u>, 'sha256': <%s>, 'record-sha256': <%s>}", report->rows, report->sha256,
                               report->record_sha256);
}

static char *
hand_back (Service *self, Client *client, VaultHandBack *what, GUnixFDList *fds, GVariant *numbers, GVariant *record,
           VaultHandBackReport *ret_report, guint *ret_tries_left, GError **error)
{
  char *text = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF | VAULT_CLIENT, "HandBack", error)
      || !service_check_text (what->company, VAULT_TEXT_MAX, error)
      || !service_require_token (self, client, VAULT_ASK_EXPORT, error))
    return NULL;
  what->numbers_fd = value_take_fd (numbers, fds, error);
  if (what->numbers_fd < 0)
    return NULL;
  what->record_fd = value_take_fd (record, fds, error);
  if (what->record_fd >= 0)
    {
      text = vault_hand_back (self->vault, client->admin, what, ret_report, ret_tries_left, error);
      close (what->record_fd);
    }
  close (what->numbers_fd);
  return text;
}

static gboolean
hand_back_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, const char *company,
              GVariant *pin_bytes, GVariant *numbers, GVariant *record, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (Secret) pin = value_take_secret (pin_bytes, PIN_MAX_BYTES, &error);
  VaultHandBack what = { .company = company, .pin = pin };
  VaultHandBackReport report;
  g_autofree char *text = NULL;
  guint tries_left = 0;

  if (pin != NULL)
    text = hand_back (self, client, &what, fds, numbers, record, &report, &tries_left, &error);
  if (text == NULL)
    return service_fail_login (invocation, error, tries_left);
  service_drop_others (self, NULL);
  azukari_vault1_complete_hand_back (object, invocation, NULL, text, value_report (&report));
  service_changed (self, "session");
  return TRUE;
}

void
service_connect_term (Service *self)
{
  g_signal_connect (self->object, "handle-term-set", G_CALLBACK (term_set_cb), self);
  g_signal_connect (self->object, "handle-client-release", G_CALLBACK (client_release_cb), self);
  g_signal_connect (self->object, "handle-hand-back", G_CALLBACK (hand_back_cb), self);
}

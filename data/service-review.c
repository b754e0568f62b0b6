/* SPDX-License-Identifier: Apache-2.0 */
/* Service: the handlers of vault.xml that concern one number under review, and the digests that are made meanwhile. */
#include "service-private.h"

#include <string.h>

#include "custody-error.h"
#include "my-number.h"
#include "vault-index.h"
#include "vault-reveal.h"
#include "vault-scope.h"

/* Nobody waits for digests: not while there are calls, and not for long. A chip makes one in that time. */
#define INDEX_EVERY_MS 1000
#define INDEX_QUIET_US (500 * 1000)
#define INDEX_BUDGET_US (200 * 1000)

/* After a number was taken in: when nobody has called for so long, or after so many looks at the latest, as its digits wait meanwhile. */
#define INDEX_SOON_MS 200
#define INDEX_SOON_TRIES 10

/* --- digests --------------------------------------------------------------------------------------------------------- */

/* Somebody is logged in who opens numbers, and nobody has called just now. */
static const VaultAdmin *
find_opener (Service *self, gint64 quiet_us, gboolean *ret_quiet)
{
  const VaultAdmin *admin = NULL;
  GHashTableIter iter;
  gpointer value;

  *ret_quiet = TRUE;
  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Client *client = value;

      if (client->admin != NULL && client->admin->vault_secret != NULL)
        admin = client->admin;
      if (service_now_us (self) - client->last_call_us < quiet_us)
        *ret_quiet = FALSE;
    }
  return admin;
}

static gboolean
index_cb (gpointer user_data)
{
  Service *self = user_data;
  gboolean quiet;
  const VaultAdmin *admin = find_opener (self, INDEX_QUIET_US, &quiet);

  if (admin != NULL && !quiet)
    return G_SOURCE_CONTINUE;
  if (admin != NULL && vault_index_more (self->vault, admin, INDEX_BUDGET_US))
    {
      self->index_found = TRUE;
      return G_SOURCE_CONTINUE;
    }
  self->index_source = 0;
  vault_index_keep (self->vault);
  if (admin != NULL && self->index_found)
    service_changed (self, "records");
  return G_SOURCE_REMOVE;
}

static gboolean
index_soon_cb (gpointer user_data)
{
  Service *self = user_data;
  gboolean quiet;

  (void) find_opener (self, INDEX_SOON_MS * 1000, &quiet);
  if (!quiet && ++self->index_soon_tries < INDEX_SOON_TRIES)
    return G_SOURCE_CONTINUE;
  self->index_soon_source = 0;
  vault_index_make (self->vault);
  return G_SOURCE_REMOVE;
}

void
service_index_soon (Service *self)
{
  if (self->index_soon_source != 0 || self->closing || !vault_index_waits (self->vault))
    return;
  self->index_soon_tries = 0;
  self->index_soon_source = g_timeout_add (INDEX_SOON_MS, index_soon_cb, self);
}

void
service_index (Service *self)
{
  vault_index_begin (self->vault);
  self->index_found = FALSE;
  if (self->index_source == 0 && !self->closing)
    self->index_source = g_timeout_add (INDEX_EVERY_MS, index_cb, self);
}

/* --- handlers -------------------------------------------------------------------------------------------------------- */

static gboolean
record_list_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *filter, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (GPtrArray) numbers = NULL;
  const char *state;
  guint from, limit;

  if (service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "RecordList", &error)
      && value_take_text (filter, "state", ID_MAX, &state, &error) && value_take_count (filter, "from", &from, &error)
      && value_take_count (filter, "limit", &limit, &error))
    numbers = vault_list_records (self->vault, &client->admin->scope, state, from, limit, &error);
  if (numbers == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_record_list (object, invocation, value_records (numbers));
  return TRUE;
}

static gboolean
approve_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *record_id, const char *identity,
            gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "Approve", &error)
      || !service_check_text (record_id, ID_MAX, &error)
      || !vault_require_record (self->vault, client->admin, record_id, "Approve", &error)
      || !vault_index_record (self->vault, client->admin, record_id, &error)
      || !vault_approve (self->vault, client->admin->id, record_id, identity, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_approve (object, invocation);
  service_changed (self, "records");
  return TRUE;
}

static gboolean
ask_again_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *record_id, const char *reason,
              gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "AskAgain", &error)
      || !service_check_text (record_id, ID_MAX, &error)
      || !vault_require_record (self->vault, client->admin, record_id, "AskAgain", &error)
      || !vault_ask_again (self->vault, client->admin->id, record_id, reason, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_ask_again (object, invocation);
  service_changed (self, "records");
  return TRUE;
}

static Secret *
reveal (Service *self, Client *client, const char *record_id, const char *purpose, GError **error)
{
  if (!service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "Reveal", error)
      || !service_check_text (record_id, ID_MAX, error) || !service_check_text (purpose, ID_MAX, error)
      || !vault_require_record (self->vault, client->admin, record_id, "Reveal", error)
      || !vault_require_purpose (self->vault, client->admin, purpose, "Reveal", error)
      || !service_require_token (self, client, VAULT_ASK_EXPORT, error))
    return NULL;
  return vault_reveal (self->vault, client->admin, record_id, purpose, error);
}

static gboolean
reveal_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *record_id, const char *purpose,
           gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  Secret *number = reveal (self, client, record_id, purpose, &error);

  if (number == NULL)
    return service_fail (invocation, error);
  /* What GDBus makes of it is overwritten when it is freed (heap.c). */
  azukari_vault1_complete_reveal (object, invocation,
                                  g_variant_new_from_data (G_VARIANT_TYPE_BYTESTRING, secret_get_data (number, NULL),
                                                           secret_get_size (number), TRUE, (GDestroyNotify) secret_free,
                                                           number));
  return TRUE;
}

void
service_connect_review (Service *self)
{
  g_signal_connect (self->object, "handle-record-list", G_CALLBACK (record_list_cb), self);
  g_signal_connect (self->object, "handle-approve", G_CALLBACK (approve_cb), self);
  g_signal_connect (self->object, "handle-ask-again", G_CALLBACK (ask_again_cb), self);
  g_signal_connect (self->object, "handle-reveal", G_CALLBACK (reveal_cb), self);
}

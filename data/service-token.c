/* SPDX-License-Identifier: Apache-2.0 */
/* Service: the handlers of vault.xml that concern tokens, and what a connection may do before it has shown one. */
#include "service-private.h"

#include <string.h>

#include "custody-error.h"

static const char *const purposes[] = { VAULT_ASK_ADMIN, VAULT_ASK_EXPORT, VAULT_ASK_RENEWAL, VAULT_ASK_ENROL,
                                        VAULT_ASK_UNLOCK };

/* --- rights ---------------------------------------------------------------------------------------------------------- */

void
service_forget_token (Client *client)
{
  g_clear_pointer (&client->asked, token_asked_free);
  client->token_shown_us = 0;
  client->fresh_purpose = NULL;
}

static gboolean
fail_missing (VaultTokenDuty duty, GError **error)
{
  if (duty == VAULT_TOKEN_MISSING)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TOKEN_MISSING, "no token is registered for this admin");
  else
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TOKEN_NEEDED, "the token has to be shown");
  return FALSE;
}

gboolean
service_require_token (Service *self, Client *client, const char *purpose, GError **error)
{
  VaultTokenDuty duty = vault_get_token_duty (self->vault, client->admin);
  gint64 now = service_now_us (self);
  gboolean fresh;

  if (duty == VAULT_TOKEN_FREE)
    return TRUE;
  if (g_str_equal (purpose, VAULT_ASK_ADMIN))
    return (duty == VAULT_TOKEN_NEEDED && client->token_shown_us != 0
            && now - client->token_shown_us < SERVICE_TOKEN_AGE_US)
           || fail_missing (duty, error);
  fresh = g_strcmp0 (client->fresh_purpose, purpose) == 0 && now - client->fresh_us < SERVICE_TOKEN_FRESH_US;
  /* Each answer is good for one thing. */
  client->fresh_purpose = NULL;
  return (duty == VAULT_TOKEN_NEEDED && fresh) || fail_missing (duty, error);
}

const char *
service_get_token_duty_name (Service *self, const Client *client)
{
  switch (vault_get_token_duty (self->vault, client->admin))
    {
    case VAULT_TOKEN_NEEDED:
      return "needed";
    case VAULT_TOKEN_MISSING:
      return "missing";
    default:
      return "";
    }
}

/* A chief or a client who has no token yet may come this far by their PIN, to register one for themself and for nobody else. */
static gboolean
require_enrolling (Service *self, const Client *client, const char *admin_id, const char *verb, GError **error)
{
  if (!service_require_pin (self, client, VAULT_CHIEF | VAULT_CLIENT, verb, error))
    return FALSE;
  if (vault_get_token_duty (self->vault, client->admin) == VAULT_TOKEN_MISSING
      && (admin_id[0] == '\0' || g_str_equal (admin_id, client->admin->id)))
    return TRUE;
  return service_require_role (self, client, VAULT_CHIEF | VAULT_CLIENT, verb, error);
}

/* --- questions ------------------------------------------------------------------------------------------------------- */

static gboolean
require_asking (Service *self, Client *client, const char *purpose, GError **error)
{
  gboolean known = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (purposes); i++)
    known = known || g_str_equal (purpose, purposes[i]);
  if (!known)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "no such purpose of a token");
      return FALSE;
    }
  if (service_is_throttled (self, client))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_ALLOWED, "too many answers that did not fit");
      return FALSE;
    }
  /* With the PINs locked nobody can be logged in. */
  return g_str_equal (purpose, VAULT_ASK_UNLOCK)
         || service_require_pin (self, client, VAULT_CHIEF | VAULT_CLERK | VAULT_CLIENT, "TokenAsk", error);
}

static GVariant *
bytes_variant (const guint8 *bytes, gsize n_bytes)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, n_bytes, 1);
}

/* In the very form in which azukari-token takes it (talk.h). */
static GVariant *
value_question (const TokenAsked *asked, GPtrArray *tokens)
{
  const TokenQuestion *question = token_asked_get_question (asked);
  const gboolean unlocks = g_str_equal (question->purpose, VAULT_ASK_UNLOCK);
  GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sayay)"));
  GVariantDict dict;

  for (guint i = 0; tokens != NULL && i < tokens->len; i++)
    {
      const Token *token = g_ptr_array_index (tokens, i);

      if (!unlocks || token->has_wrap)
        g_variant_builder_add (&rows, "(s@ay@ay)", token->id, bytes_variant (token->point, sizeof token->point),
                               bytes_variant (token->wrap.ephemeral, unlocks ? sizeof token->wrap.ephemeral : 0));
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "vault-id", "s", question->vault_id);
  g_variant_dict_insert (&dict, "purpose", "s", question->purpose);
  g_variant_dict_insert_value (&dict, "nonce", bytes_variant (question->nonce, sizeof question->nonce));
  g_variant_dict_insert_value (&dict, "ephemeral", bytes_variant (question->ephemeral, sizeof question->ephemeral));
  g_variant_dict_insert_value (&dict, "tokens", g_variant_builder_end (&rows));
  return g_variant_dict_end (&dict);
}

static gboolean
token_ask_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *purpose, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  g_autoptr (GPtrArray) tokens = NULL;
  GError *error = NULL;

  g_clear_pointer (&client->asked, token_asked_free);
  if (require_asking (self, client, purpose, &error))
    client->asked = vault_ask_token (self->vault, purpose, &error);
  if (client->asked != NULL && !g_str_equal (purpose, VAULT_ASK_ENROL))
    {
      tokens =
          vault_list_tokens (self->vault, g_str_equal (purpose, VAULT_ASK_UNLOCK) ? "" : client->admin->id, &error);
      if (tokens == NULL)
        g_clear_pointer (&client->asked, token_asked_free);
    }
  if (client->asked == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_token_ask (object, invocation, value_question (client->asked, tokens));
  return TRUE;
}

/* --- answers --------------------------------------------------------------------------------------------------------- */

static gboolean
take_bytes (GVariant *dict, const char *key, guint8 *out, gsize n_bytes, GError **error)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dict, key, G_VARIANT_TYPE_BYTESTRING);

  if (value == NULL || g_variant_get_size (value) != n_bytes)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "%s has %" G_GSIZE_FORMAT " bytes", key, n_bytes);
      return FALSE;
    }
  memcpy (out, g_variant_get_data (value), n_bytes);
  return TRUE;
}

/* The question under way, which is over with this. */
static TokenAsked *
steal_asked (Client *client, gboolean enrols, GError **error)
{
  g_autoptr (TokenAsked) asked = g_steal_pointer (&client->asked);

  if (asked != NULL && g_str_equal (token_asked_get_purpose (asked), VAULT_ASK_ENROL) == enrols)
    return g_steal_pointer (&asked);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TOKEN_REFUSED, "nothing was asked of a token on this connection");
  return NULL;
}

static void
count_refusal (Service *self, Client *client, const GError *error)
{
  if (g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_TOKEN_REFUSED))
    service_count_failure (self, client);
}

static void
keep_answer (Service *self, Client *client, const char *purpose)
{
  client->n_failures = 0;
  if (g_str_equal (purpose, VAULT_ASK_ADMIN))
    client->token_shown_us = service_now_us (self);
  for (guint i = 0; i < G_N_ELEMENTS (purposes); i++)
    if (g_str_equal (purpose, purposes[i]))
      client->fresh_purpose = purposes[i];
  client->fresh_us = service_now_us (self);
}

static gboolean
take_answer (Service *self, Client *client, GVariant *answer, GError **error)
{
  g_autoptr (TokenAsked) asked = steal_asked (client, FALSE, error);
  guint8 proof[TOKEN_PROOF_BYTES], sealed[TOKEN_SEALED_BYTES];
  const char *token_id;

  if (asked == NULL || !value_take_text (answer, "token", ID_MAX, &token_id, error)
      || !take_bytes (answer, "proof", proof, sizeof proof, error))
    return FALSE;
  if (g_str_equal (token_asked_get_purpose (asked), VAULT_ASK_UNLOCK))
    return take_bytes (answer, "key", sealed, sizeof sealed, error)
           && vault_undo_lock (self->vault, asked, token_id, proof, sealed, error);
  if (!service_require_pin (self, client, VAULT_CHIEF | VAULT_CLERK | VAULT_CLIENT, "TokenAnswer", error)
      || !vault_check_token (self->vault, client->admin, asked, token_id, proof, error))
    return FALSE;
  keep_answer (self, client, token_asked_get_purpose (asked));
  return TRUE;
}

static gboolean
token_answer_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *answer, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;

  if (!take_answer (self, client, answer, &error))
    {
      count_refusal (self, client, error);
      return service_fail (invocation, error);
    }
  azukari_vault1_complete_token_answer (object, invocation);
  return TRUE;
}

/* --- tokens ---------------------------------------------------------------------------------------------------------- */

static const char *
get_admin_name (GPtrArray *admins, const char *id)
{
  for (guint i = 0; i < admins->len; i++)
    {
      const Admin *admin = g_ptr_array_index (admins, i);

      if (g_str_equal (admin->id, id))
        return admin->name;
    }
  return "";
}

static GVariant *
value_tokens (GPtrArray *admins, GPtrArray *tokens)
{
  GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < tokens->len; i++)
    {
      const Token *token = g_ptr_array_index (tokens, i);

      g_variant_builder_add_value (
          &rows, g_variant_new_parsed ("{'id': <%s>, 'label': <%s>, 'admin': <%s>, 'admin-id': <%s>, 'added': <%s>, "
                                       "'undoes-lock': <%b>}",
                                       token->id, token->label, get_admin_name (admins, token->admin), token->admin,
                                       token->added, token->has_wrap));
    }
  return g_variant_builder_end (&rows);
}

static gboolean
token_list_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) admins = NULL, tokens = NULL;

  if (service_require_role (self, service_get_client (self, invocation),
                            VAULT_CHIEF | VAULT_CLERK | VAULT_AUDITOR | VAULT_CLIENT, "TokenList", &error))
    admins = vault_list_admins (self->vault, &error);
  if (admins != NULL)
    tokens = vault_list_tokens (self->vault, "", &error);
  if (tokens == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_token_list (object, invocation, value_tokens (admins, tokens));
  return TRUE;
}

static char *
add_token (Service *self, Client *client, GVariant *options, GError **error)
{
  g_autoptr (TokenAsked) asked = steal_asked (client, TRUE, error);
  guint8 point[TOKEN_POINT_BYTES], proof[TOKEN_PROOF_BYTES];
  const char *admin_id, *label;

  if (asked == NULL || !value_take_text (options, "admin", ID_MAX, &admin_id, error)
      || !value_take_text (options, "label", VAULT_TEXT_MAX, &label, error)
      || !take_bytes (options, "point", point, sizeof point, error)
      || !take_bytes (options, "proof", proof, sizeof proof, error)
      || !require_enrolling (self, client, admin_id, "TokenAdd", error))
    return NULL;
  return vault_add_token (self->vault, client->admin, admin_id, label, asked, point, proof, error);
}

static gboolean
token_add_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autofree char *id = add_token (self, client, options, &error);

  if (id == NULL)
    {
      count_refusal (self, client, error);
      return service_fail (invocation, error);
    }
  azukari_vault1_complete_token_add (object, invocation, id);
  service_changed (self, "tokens");
  return TRUE;
}

static gboolean
token_remove_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *id, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF, "TokenRemove", &error)
      || !service_check_text (id, ID_MAX, &error) || !vault_remove_token (self->vault, client->admin, id, &error))
    return service_fail (invocation, error);
  service_drop_others (self, client);
  azukari_vault1_complete_token_remove (object, invocation);
  service_changed (self, "tokens");
  return TRUE;
}

static gboolean
set_policy (Service *self, Client *client, const char *policy, GError **error)
{
  const gboolean required = g_str_equal (policy, "required");

  if (!service_require_role (self, client, VAULT_CHIEF, "TokenPolicy", error))
    return FALSE;
  if (!required && !g_str_equal (policy, "off"))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "policy is off or required");
      return FALSE;
    }
  /* Whoever asks it of everybody has shown that their own works. */
  if (required
      && (client->token_shown_us == 0 || service_now_us (self) - client->token_shown_us > SERVICE_TOKEN_AGE_US))
    return fail_missing (VAULT_TOKEN_NEEDED, error);
  return vault_set_token_policy (self->vault, client->admin, required, error);
}

static gboolean
token_policy_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *policy, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;

  if (!set_policy (self, service_get_client (self, invocation), policy, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_token_policy (object, invocation);
  service_changed (self, "tokens");
  return TRUE;
}

void
service_connect_token (Service *self)
{
  g_signal_connect (self->object, "handle-token-ask", G_CALLBACK (token_ask_cb), self);
  g_signal_connect (self->object, "handle-token-answer", G_CALLBACK (token_answer_cb), self);
  g_signal_connect (self->object, "handle-token-list", G_CALLBACK (token_list_cb), self);
  g_signal_connect (self->object, "handle-token-add", G_CALLBACK (token_add_cb), self);
  g_signal_connect (self->object, "handle-token-remove", G_CALLBACK (token_remove_cb), self);
  g_signal_connect (self->object, "handle-token-policy", G_CALLBACK (token_policy_cb), self);
}

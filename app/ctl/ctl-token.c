/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens for the verbs of azukarictl. */
#include "config.h"

#include "answer.h"
#include "ctl-token.h"

#include <glib/gi18n.h>

static GVariant *
wait_for (TokenClient *client, GAsyncResult **result, GError **error)
{
  GVariant *answer;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answer = token_client_finish (client, *result, error);
  g_clear_object (result);
  return answer;
}

static GVariant *
list_tokens (TokenClient *client, GError **error)
{
  GAsyncResult *result = NULL;
  g_autoptr (GVariant) answer = NULL;

  token_client_list_async (client, ctl_keep_result_cb, &result);
  answer = wait_for (client, &result, error);
  if (answer == NULL)
    return NULL;
  return g_variant_lookup_value (answer, "tokens", G_VARIANT_TYPE ("aa{sv}"));
}

GVariant *
ctl_token_list (const char *module, GError **error)
{
  g_autoptr (TokenClient) client = token_client_new (module, error);

  return client != NULL ? list_tokens (client, error) : NULL;
}

/* *@ret_slot is that of the one token named @label, or of the only one. *@ret_has_pin_pad: it takes its PIN itself. */
static gboolean
find_slot (TokenClient *client, const char *label, guint64 *ret_slot, gboolean *ret_has_pin_pad, GError **error)
{
  g_autoptr (GVariant) tokens = list_tokens (client, error);
  guint n_found = 0;

  if (tokens == NULL)
    return FALSE;
  for (gsize i = 0; i < g_variant_n_children (tokens); i++)
    {
      g_autoptr (GVariant) token = g_variant_get_child_value (tokens, i);

      if (label != NULL && g_strcmp0 (answer_text (token, "label"), label) != 0)
        continue;
      n_found++;
      g_variant_lookup (token, "slot", "t", ret_slot);
      *ret_has_pin_pad = FALSE;
      g_variant_lookup (token, "pin-pad", "b", ret_has_pin_pad);
    }
  if (n_found == 1)
    return TRUE;
  g_set_error_literal (error, TOKEN_CLIENT_ERROR,
                       n_found == 0 ? TOKEN_CLIENT_ERROR_NO_TOKEN : TOKEN_CLIENT_ERROR_SEVERAL_TOKENS,
                       "not one token of that name");
  return FALSE;
}

TokenClient *
ctl_token_open (const CtlToken *token, GError **error)
{
  g_autoptr (TokenClient) client = token_client_new (token->module, error);
  g_autoptr (GVariant) pin = NULL, answer = NULL;
  GAsyncResult *result = NULL;
  guint64 slot = 0;
  gboolean has_pin_pad = FALSE;

  if (client == NULL || !find_slot (client, token->label, &slot, &has_pin_pad, error))
    return NULL;
  if (has_pin_pad)
    {
      g_printerr ("%s\n", _ ("Please type the token's PIN at the token's own keypad."));
      pin = g_variant_ref_sink (vault_client_secret_bytes ("", 0));
    }
  else
    pin = ctl_read_pin (token->pin_file, _ ("PIN of the token: "), FALSE, error);
  if (pin == NULL)
    return NULL;
  token_client_open_async (client, &slot, pin, ctl_keep_result_cb, &result);
  answer = wait_for (client, &result, error);
  return answer != NULL ? g_steal_pointer (&client) : NULL;
}

static GVariant *
prove (TokenClient *client, GVariant *question, GError **error)
{
  GAsyncResult *result = NULL;

  token_client_prove_async (client, question, ctl_keep_result_cb, &result);
  return wait_for (client, &result, error);
}

gboolean
ctl_token_show (TokenClient *client, AzukariVault1 *vault, const char *purpose, GError **error)
{
  g_autoptr (GVariant) question = NULL, answer = NULL;

  if (!azukari_vault1_call_token_ask_sync (vault, purpose, &question, NULL, error))
    return FALSE;
  answer = prove (client, question, error);
  return answer != NULL && azukari_vault1_call_token_answer_sync (vault, answer, NULL, error);
}

GVariant *
ctl_token_enrol (TokenClient *client, AzukariVault1 *vault, GError **error)
{
  g_autoptr (GVariant) key = NULL, point = NULL, question = NULL, answer = NULL, proof = NULL;
  g_autoptr (GVariantDict) asked = NULL;
  GVariantBuilder tokens = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sayay)"));
  GAsyncResult *result = NULL;
  GVariantDict dict;

  token_client_find_key_async (client, TRUE, ctl_keep_result_cb, &result);
  key = wait_for (client, &result, error);
  if (key == NULL || !azukari_vault1_call_token_ask_sync (vault, "enrol", &question, NULL, error))
    return NULL;
  /* The vault does not know it yet. */
  point = g_variant_lookup_value (key, "point", G_VARIANT_TYPE_BYTESTRING);
  g_variant_builder_add (&tokens, "(s@ay@ay)", "new", point, g_variant_new ("ay", NULL));
  asked = g_variant_dict_new (question);
  g_variant_dict_insert_value (asked, "tokens", g_variant_builder_end (&tokens));
  answer = prove (client, g_variant_dict_end (asked), error);
  if (answer == NULL)
    return NULL;
  proof = g_variant_lookup_value (answer, "proof", G_VARIANT_TYPE_BYTESTRING);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "point", point);
  g_variant_dict_insert_value (&dict, "proof", proof);
  return g_variant_dict_end (&dict);
}

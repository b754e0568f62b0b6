/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl token add|list|inserted|remove|policy|unlock: the second factor. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "ctl-token.h"
#include "messages-vault.h"

/* The id of the row of @rows whose @key is @value. "": none, or several. */
static char *
find_id (GVariant *rows, const char *key, const char *value)
{
  g_autofree char *id = g_strdup ("");
  guint n_found = 0;

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      if (strcmp (answer_text (row, key), value) != 0)
        continue;
      n_found++;
      g_free (id);
      id = g_strdup (answer_text (row, "id"));
    }
  return n_found == 1 ? g_steal_pointer (&id) : g_strdup ("");
}

static char *
find_admin (AzukariVault1 *vault, const char *name, GError **error)
{
  g_autoptr (GVariant) rows = NULL;
  g_autofree char *id = NULL;

  if (name == NULL)
    return g_strdup ("");
  if (!azukari_vault1_call_admin_list_sync (vault, &rows, NULL, error))
    return NULL;
  id = find_id (rows, "name", name);
  if (*id != '\0')
    return g_steal_pointer (&id);
  g_set_error_literal (error, VAULT_ERROR, VAULT_ERROR_NO_SUCH_ADMIN, "no such admin");
  return NULL;
}

static int
token_add (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *label = NULL, *owner = NULL, *new_token = NULL, *new_pin_file = NULL, *owner_id = NULL, *id = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "label", 0, 0, G_OPTION_ARG_STRING, &label, N_ ("What the token is called here"), N_ ("NAME") },
    { "for", 0, 0, G_OPTION_ARG_STRING, &owner, N_ ("Whose it is (default: your own)"), N_ ("NAME") },
    { "new-token", 0, 0, G_OPTION_ARG_STRING, &new_token,
      N_ ("The token's own name, where several are inserted (“token inserted” shows it)"), N_ ("NAME") },
    { "new-token-pin-file", 0, 0, G_OPTION_ARG_FILENAME, &new_pin_file,
      N_ ("File whose first line is the new token's PIN; - reads standard input"), N_ ("FILE") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (TokenClient) client = NULL;
  g_autoptr (GVariant) proof = NULL;
  g_autoptr (GVariantDict) options = NULL;
  g_autoptr (GError) error = NULL;
  CtlToken token;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL,
                  _ ("Registers the inserted token. A key is made on it where there is none.")))
    return CTL_USAGE;
  if (label == NULL)
    return ctl_usage ("token add", _ ("--label is needed."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  token = (CtlToken){ admin.token_module, new_token, new_pin_file };
  owner_id = find_admin (vault, owner, &error);
  client = owner_id != NULL ? ctl_token_open (&token, &error) : NULL;
  proof = client != NULL ? ctl_token_enrol (client, vault, &error) : NULL;
  if (proof == NULL)
    return ctl_fail (ctx, error);
  g_variant_ref_sink (proof);
  options = g_variant_dict_new (proof);
  g_variant_dict_insert (options, "label", "s", label);
  g_variant_dict_insert (options, "admin", "s", owner_id);
  if (!azukari_vault1_call_token_add_sync (vault, g_variant_dict_end (options), &id, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    ctl_print_json (g_variant_new_parsed ("{'id': <%s>}", id));
  else
    g_print (_ ("The token “%s” is registered. Please register a second one, and keep it in another place.\n"), label);
  return CTL_DONE;
}

static int
token_list (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) rows = NULL, status = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, NULL, _ ("Lists the registered tokens.")))
    return CTL_USAGE;
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_token_list_sync (vault, &rows, NULL, &error)
      || !azukari_vault1_call_get_status_sync (vault, &status, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      ctl_print_json_lines (rows);
      return CTL_DONE;
    }
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      g_print ("%s  %s  %s\n", answer_text (row, "added"), answer_text (row, "label"), answer_text (row, "admin"));
    }
  g_print ("%s\n", strcmp (answer_text (status, "token-policy"), "required") == 0
                       ? _ ("A token is asked for at each log-in and each export.")
                       : _ ("No token is asked for (“azukarictl token policy required” changes that)."));
  return CTL_DONE;
}

static int
token_inserted (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GError) error = NULL;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, NULL, _ ("Lists the tokens that are inserted now.")))
    return CTL_USAGE;
  rows = ctl_token_list (admin.token_module, &error);
  if (rows == NULL)
    return ctl_fail (ctx, error);
  if (ctx->json)
    ctl_print_json_lines (rows);
  else if (g_variant_n_children (rows) == 0)
    g_print ("%s\n", _ ("No token is inserted."));
  for (gsize i = 0; !ctx->json && i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      g_print ("%s  %s  %s\n", answer_text (row, "label"), answer_text (row, "model"), answer_text (row, "serial"));
    }
  return CTL_DONE;
}

static int
token_remove (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *label = NULL, *wanted = NULL, *id = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "label", 0, 0, G_OPTION_ARG_STRING, &label, N_ ("What the token is called here"), N_ ("NAME") },
    { "id", 0, 0, G_OPTION_ARG_STRING, &wanted, N_ ("Its id, where two have one name"), N_ ("ID") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL,
                  _ ("Removes a token, for example one that was lost. It opens nothing any more.")))
    return CTL_USAGE;
  if ((label == NULL) == (wanted == NULL))
    return ctl_usage ("token remove", _ ("--label or --id is needed."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_token_list_sync (vault, &rows, NULL, &error))
    return ctl_fail (ctx, error);
  id = label != NULL ? find_id (rows, "label", label) : g_strdup (wanted);
  if (!azukari_vault1_call_token_remove_sync (vault, id, NULL, &error))
    return ctl_fail (ctx, error);
  if (!ctx->json)
    g_print ("%s\n", _ ("Removed. Everybody else who was logged in has to log in again."));
  return CTL_DONE;
}

/* Whoever asks it of everybody shows that their own works. */
static gboolean
show_own (CtlContext *ctx, AzukariVault1 *vault, const CtlAdmin *admin, GError **error)
{
  const CtlToken token = { admin->token_module, admin->token, admin->token_pin_file };

  if (ctx->token != NULL)
    return TRUE;
  ctx->token = G_OBJECT (ctl_token_open (&token, error));
  return ctx->token != NULL && ctl_token_show (TOKEN_CLIENT (ctx->token), vault, "admin", error);
}

static int
token_policy (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, "off|required",
                  _ ("Says whether responsible persons and persons in charge need their token beside the PIN.")))
    return CTL_USAGE;
  if (argc != 2 || (strcmp (argv[1], "off") != 0 && strcmp (argv[1], "required") != 0))
    return ctl_usage ("token policy", _ ("say off or required."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if ((strcmp (argv[1], "required") == 0 && !show_own (ctx, vault, &admin, &error))
      || !azukari_vault1_call_token_policy_sync (vault, argv[1], NULL, &error))
    return ctl_fail (ctx, error);
  if (!ctx->json)
    g_print ("%s\n", strcmp (argv[1], "required") == 0 ? _ ("From now on a token is asked for beside the PIN.")
                                                       : _ ("From now on the PIN alone is asked for."));
  return CTL_DONE;
}

static int
token_unlock (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (TokenClient) client = NULL;
  g_autoptr (GError) error = NULL;
  CtlToken token;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, NULL,
                  _ ("After too many wrong PINs: lets the vault take PINs again, by a registered token.")))
    return CTL_USAGE;
  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  token = (CtlToken){ admin.token_module, admin.token, admin.token_pin_file };
  client = ctl_token_open (&token, &error);
  if (client == NULL || !ctl_token_show (client, vault, "unlock", &error))
    return ctl_fail (ctx, error);
  if (!ctx->json)
    g_print ("%s\n", _ ("The vault takes PINs again."));
  return CTL_DONE;
}

int
cmd_token (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = { { "add", token_add },           { "list", token_list },
                                      { "inserted", token_inserted }, { "remove", token_remove },
                                      { "policy", token_policy },     { "unlock", token_unlock } };

  return ctl_run_sub_verb (ctx, argc, argv, verbs, G_N_ELEMENTS (verbs),
                           _ ("say “token add”, “token list”, “token inserted”, “token remove”, “token policy” or "
                              "“token unlock”."));
}

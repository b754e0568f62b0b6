/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl admins list|add|remove|change-pin: who may log in, and as what. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ctl-common.h"
#include "messages-vault.h"

#define NEW_PIN_PROMPT N_ ("New PIN (6 digits or more, 8 are better): ")

static const char *
role_title (const char *role)
{
  if (strcmp (role, "chief") == 0)
    return _ ("responsible person");
  if (strcmp (role, "clerk") == 0)
    return _ ("person in charge");
  return _ ("auditor");
}

static int
admins_list (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GError) error = NULL;
  GVariantIter iter;
  GVariant *row;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, NULL, _ ("Lists who may log in, and their roles.")))
    return CTL_USAGE;
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_admin_list_sync (vault, &rows, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      ctl_print_json_lines (rows);
      return CTL_DONE;
    }
  g_variant_iter_init (&iter, rows);
  while ((row = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_print ("%s  %s  %s\n", ctl_get_string (row, "since"), role_title (ctl_get_string (row, "role")),
               ctl_get_string (row, "name"));
      g_variant_unref (row);
    }
  return CTL_DONE;
}

/* A sentence on how good @pin is; the vault refuses by itself what is no PIN at all. */
static void
tell_strength (AzukariVault1 *vault, const char *name, GVariant *pin)
{
  g_autofree char *fault = NULL, *strength = NULL;

  if (!azukari_vault1_call_pin_check_sync (vault, name, pin, &fault, &strength, NULL, NULL)
      || strcmp (fault, "fine") != 0)
    return;
  if (strcmp (strength, "weak") == 0)
    g_printerr ("%s\n", _ ("This PIN is weak. 8 digits or a passphrase are better."));
  else if (strcmp (strength, "fair") == 0)
    g_printerr ("%s\n", _ ("This PIN is fair."));
  else
    g_printerr ("%s\n", _ ("This PIN is good."));
}

static int
admins_add (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *name = NULL, *role = NULL, *new_pin_file = NULL, *id = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "name", 0, 0, G_OPTION_ARG_STRING, &name, N_ ("Who is added"), N_ ("NAME") },
                                   { "role", 0, 0, G_OPTION_ARG_STRING, &role,
                                     N_ ("chief (responsible person), clerk (person in charge) or auditor"),
                                     N_ ("ROLE") },
                                   { "new-pin-file", 0, 0, G_OPTION_ARG_FILENAME, &new_pin_file,
                                     N_ ("File whose first line is the new PIN; - reads standard input"), N_ ("FILE") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) pin = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict options;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL,
                  _ ("Adds somebody who may log in. They type their own PIN; nobody else needs to know it.")))
    return CTL_USAGE;
  if (name == NULL || role == NULL)
    return ctl_usage ("admins add", _ ("--name and --role are needed."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  pin = ctl_read_pin (new_pin_file, _ (NEW_PIN_PROMPT), TRUE, &error);
  if (pin == NULL)
    return ctl_fail (ctx, error);
  tell_strength (vault, name, pin);

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "name", "s", name);
  g_variant_dict_insert (&options, "role", "s", role);
  if (!azukari_vault1_call_admin_add_sync (vault, g_variant_dict_end (&options), pin, &id, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "id", "s", id);
      ctl_print_json (g_variant_dict_end (&dict));
    }
  else
    g_print (_ ("%s was added as %s.\n"), name, role_title (role));
  return CTL_DONE;
}

/* The id of the admin of that name, or NULL with VAULT_ERROR_NO_SUCH_ADMIN. */
static char *
find_id (AzukariVault1 *vault, const char *name, GError **error)
{
  g_autoptr (GVariant) rows = NULL;
  GVariantIter iter;
  GVariant *row;
  char *id = NULL;

  if (!azukari_vault1_call_admin_list_sync (vault, &rows, NULL, error))
    return NULL;
  g_variant_iter_init (&iter, rows);
  while ((row = g_variant_iter_next_value (&iter)) != NULL)
    {
      if (id == NULL && strcmp (ctl_get_string (row, "name"), name) == 0)
        id = g_strdup (ctl_get_string (row, "id"));
      g_variant_unref (row);
    }
  if (id == NULL)
    g_set_error_literal (error, VAULT_ERROR, VAULT_ERROR_NO_SUCH_ADMIN, "no such admin");
  return id;
}

static void
print_done (CtlContext *ctx, const char *sentence)
{
  if (!ctx->json)
    g_print ("%s\n", sentence);
}

static int
admins_remove (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *name = NULL, *id = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "name", 0, 0, G_OPTION_ARG_STRING, &name, N_ ("Who is removed"), N_ ("NAME") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL,
                  _ ("Removes somebody who may log in. Their PIN opens nothing any more, with a copy of the old files "
                     "neither.")))
    return CTL_USAGE;
  if (name == NULL)
    return ctl_usage ("admins remove", _ ("--name is needed."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  id = find_id (vault, name, &error);
  if (id == NULL || !azukari_vault1_call_admin_remove_sync (vault, id, NULL, &error))
    return ctl_fail (ctx, error);
  print_done (ctx, _ ("Removed. Everybody else who was logged in has to log in again."));
  return CTL_DONE;
}

static int
admins_change_pin (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *new_pin_file = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "new-pin-file", 0, 0, G_OPTION_ARG_FILENAME, &new_pin_file,
                                     N_ ("File whose first line is the new PIN; - reads standard input"), N_ ("FILE") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) old_pin = NULL, new_pin = NULL, session = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (
          ctx, &argc, &argv, entries, &admin, NULL,
          _ ("Changes your own PIN. The old one opens nothing any more, with a copy of the old files neither.")))
    return CTL_USAGE;
  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  old_pin = ctl_read_pin (admin.pin_file, _ ("PIN: "), FALSE, &error);
  if (old_pin == NULL
      || !azukari_vault1_call_login_sync (vault, admin.admin != NULL ? admin.admin : "", old_pin, &session, NULL,
                                          &error))
    return ctl_fail (ctx, error);
  if (!ctl_take_session (ctx, vault, &admin, session, &code))
    return code;
  new_pin = ctl_read_pin (new_pin_file, _ (NEW_PIN_PROMPT), TRUE, &error);
  if (new_pin == NULL)
    return ctl_fail (ctx, error);
  tell_strength (vault, ctl_get_string (session, "admin"), new_pin);
  if (!azukari_vault1_call_pin_change_sync (vault, old_pin, new_pin, NULL, &error))
    return ctl_fail (ctx, error);
  print_done (ctx, _ ("The PIN was changed. The old one opens nothing any more."));
  return CTL_DONE;
}

int
cmd_admins (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = {
    { "list", admins_list }, { "add", admins_add }, { "remove", admins_remove }, { "change-pin", admins_change_pin }
  };

  return ctl_run_sub_verb (ctx, argc, argv, verbs, G_N_ELEMENTS (verbs), _ ("say list, add, remove or change-pin."));
}

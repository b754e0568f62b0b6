/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl admins list|add|scope|remove|change-pin: who may log in, as what, and for whom. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "ctl-common.h"
#include "messages-vault.h"
#include "purposes.h"

#define DEPARTMENTS_HELP N_ ("A person in charge: only these departments; - is people without one")
#define PURPOSES_HELP                                                                                                  \
  N_ ("A person in charge: only these purposes (tax, social-insurance, employment-insurance, accident-insurance, "     \
      "payment-record)")
#define NEW_PIN_PROMPT N_ ("New PIN (6 digits or more, 8 are better): ")

static const char *
role_title (const char *role)
{
  if (strcmp (role, "chief") == 0)
    return _ ("responsible person");
  if (strcmp (role, "clerk") == 0)
    return _ ("person in charge");
  if (strcmp (role, "client") == 0)
    return _ ("client");
  return _ ("auditor");
}

/* --- scopes ---------------------------------------------------------------------------------------------------------- */

#define NO_PURPOSE "none"
#define NO_DEPARTMENT "-" /* no department's name begins like that, as a spreadsheet would reckon with it */

static gboolean
has_values (GVariant *row, const char *key)
{
  g_autoptr (GVariant) values = g_variant_lookup_value (row, key, G_VARIANT_TYPE_STRING_ARRAY);

  return values != NULL && g_variant_n_children (values) > 0;
}

/* They handle nothing, until somebody says what. */
static gboolean
is_left_out (GVariant *purposes)
{
  const char *code = "";

  if (purposes != NULL && g_variant_n_children (purposes) == 1)
    g_variant_get_child (purposes, 0, "&s", &code);
  return strcmp (code, NO_PURPOSE) == 0;
}

/* "" when it is not limited, else the part after the name. */
static char *
describe_scope (GVariant *row)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GVariant) departments = g_variant_lookup_value (row, "departments", G_VARIANT_TYPE_STRING_ARRAY);
  g_autoptr (GVariant) purposes = g_variant_lookup_value (row, "purposes", G_VARIANT_TYPE_STRING_ARRAY);

  if (is_left_out (purposes))
    return g_strdup (_ ("  (nothing: say with “admins scope” which departments and purposes)"));
  for (gsize i = 0; departments != NULL && i < g_variant_n_children (departments); i++)
    {
      const char *name;

      g_variant_get_child (departments, i, "&s", &name);
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", name[0] != '\0' ? name : _ ("no department"));
    }
  if (has_values (row, "departments") && has_values (row, "purposes"))
    g_string_append (text, "; ");
  for (gsize i = 0; purposes != NULL && i < g_variant_n_children (purposes); i++)
    {
      const char *code;

      g_variant_get_child (purposes, i, "&s", &code);
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", purposes_get_short_title (code));
    }
  if (text->len == 0)
    return g_strdup ("");
  /* Translators: %s lists departments and purposes. */
  return g_strdup_printf (_ ("  (only %s)"), text->str);
}

/* --departments and --purposes: words with commas between, each option as often as wanted. */
static void
insert_words (GVariantDict *options, const char *key, char **texts)
{
  GVariantBuilder words;

  if (texts == NULL)
    return;
  g_variant_builder_init (&words, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (texts[i], ",", -1);

      for (guint j = 0; parts[j] != NULL; j++)
        {
          const char *word = g_strstrip (parts[j]);

          if (word[0] != '\0')
            g_variant_builder_add (&words, "s", strcmp (word, NO_DEPARTMENT) == 0 ? "" : word);
        }
    }
  g_variant_dict_insert_value (options, key, g_variant_builder_end (&words));
}

/* What @id handles, where the vault knows it from the machine before. */
static char *
dup_scope_of (AzukariVault1 *vault, const char *id)
{
  g_autoptr (GVariant) rows = NULL;
  char *scope = NULL;

  if (!azukari_vault1_call_admin_list_sync (vault, &rows, NULL, NULL))
    return g_strdup ("");
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      if (scope == NULL && strcmp (answer_text (row, "id"), id) == 0)
        scope = describe_scope (row);
    }
  return scope != NULL ? scope : g_strdup ("");
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
      g_autofree char *scope = describe_scope (row);

      g_print ("%s  %s  %s%s\n", answer_text (row, "since"), role_title (answer_text (row, "role")),
               answer_text (row, "name"), scope);
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
  g_auto (GStrv) departments = NULL, purposes = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, N_ ("Who is added"), N_ ("NAME") },
    { "role", 0, 0, G_OPTION_ARG_STRING, &role,
      N_ ("chief (responsible person), clerk (person in charge), auditor, or client (whose numbers these are)"),
      N_ ("ROLE") },
    { "departments", 0, 0, G_OPTION_ARG_STRING_ARRAY, &departments, DEPARTMENTS_HELP, N_ ("NAME,…") },
    { "purposes", 0, 0, G_OPTION_ARG_STRING_ARRAY, &purposes, PURPOSES_HELP, N_ ("CODE,…") },
    { "new-pin-file", 0, 0, G_OPTION_ARG_FILENAME, &new_pin_file,
      N_ ("File whose first line is the new PIN; - reads standard input"), N_ ("FILE") },
    G_OPTION_ENTRY_NULL
  };
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
  insert_words (&options, "departments", departments);
  insert_words (&options, "purposes", purposes);
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
    {
      g_autofree char *scope = dup_scope_of (vault, id);

      g_print (_ ("%s was added as %s.\n"), name, role_title (role));
      if (departments == NULL && purposes == NULL && scope[0] != '\0')
        g_print (_ ("As on the machine before%s. “admins scope” changes it.\n"), scope);
    }
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
      if (id == NULL && strcmp (answer_text (row, "name"), name) == 0)
        id = g_strdup (answer_text (row, "id"));
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
admins_scope (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *name = NULL, *id = NULL;
  g_auto (GStrv) departments = NULL, purposes = NULL;
  gboolean all_departments = FALSE, all_purposes = FALSE;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, N_ ("Whose part it is"), N_ ("NAME") },
    { "departments", 0, 0, G_OPTION_ARG_STRING_ARRAY, &departments, DEPARTMENTS_HELP, N_ ("NAME,…") },
    { "purposes", 0, 0, G_OPTION_ARG_STRING_ARRAY, &purposes, PURPOSES_HELP, N_ ("CODE,…") },
    { "all-departments", 0, 0, G_OPTION_ARG_NONE, &all_departments, N_ ("All departments"), NULL },
    { "all-purposes", 0, 0, G_OPTION_ARG_NONE, &all_purposes, N_ ("All purposes"), NULL },
    G_OPTION_ENTRY_NULL
  };
  static const char *const nothing[] = { NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict options;
  int code;

  if (!ctl_parse (
          ctx, &argc, &argv, entries, &admin, NULL,
          _ ("Limits a person in charge to some departments or purposes, or to none. What is not named stays.")))
    return CTL_USAGE;
  if (name == NULL || (departments == NULL && purposes == NULL && !all_departments && !all_purposes)
      || (departments != NULL && all_departments) || (purposes != NULL && all_purposes))
    return ctl_usage ("admins scope", _ ("--name and what they handle are needed: --departments or --all-departments, "
                                         "--purposes or --all-purposes."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  id = find_id (vault, name, &error);
  if (id == NULL)
    return ctl_fail (ctx, error);
  g_variant_dict_init (&options, NULL);
  insert_words (&options, "departments", all_departments ? (char **) nothing : departments);
  insert_words (&options, "purposes", all_purposes ? (char **) nothing : purposes);
  if (!azukari_vault1_call_admin_scope_sync (vault, id, g_variant_dict_end (&options), NULL, &error))
    return ctl_fail (ctx, error);
  print_done (ctx, _ ("Noted. If they were logged in, they have to log in again."));
  return CTL_DONE;
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
  tell_strength (vault, answer_text (session, "admin"), new_pin);
  if (!azukari_vault1_call_pin_change_sync (vault, old_pin, new_pin, NULL, &error))
    return ctl_fail (ctx, error);
  print_done (ctx, _ ("The PIN was changed. The old one opens nothing any more."));
  return CTL_DONE;
}

int
cmd_admins (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = { { "list", admins_list },
                                      { "add", admins_add },
                                      { "scope", admins_scope },
                                      { "remove", admins_remove },
                                      { "change-pin", admins_change_pin } };

  return ctl_run_sub_verb (ctx, argc, argv, verbs, G_N_ELEMENTS (verbs),
                           _ ("say list, add, scope, remove or change-pin."));
}

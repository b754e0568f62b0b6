/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl training add|list: training and pledges (教育・誓約) of those who may log in, kept in the record. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "ctl-common.h"

/* (transfer full) (nullable): the id of whoever has that name */
static char *
find_admin (AzukariVault1 *vault, const char *name, GError **error)
{
  g_autoptr (GVariant) rows = NULL;

  if (!azukari_vault1_call_admin_list_sync (vault, &rows, NULL, error))
    return NULL;
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      if (strcmp (answer_text (row, "name"), name) == 0)
        return g_strdup (answer_text (row, "id"));
    }
  g_set_error (error, VAULT_ERROR, VAULT_ERROR_NO_SUCH_ADMIN, "no such admin");
  return NULL;
}

static gboolean
add (AzukariVault1 *vault, const char *name, const char *what, const char *topic, const char *on, GError **error)
{
  g_autofree char *id = find_admin (vault, name, error);
  GVariantDict options;

  if (id == NULL)
    return FALSE;
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "admin", "s", id);
  g_variant_dict_insert (&options, "what", "s", what);
  g_variant_dict_insert (&options, "topic", "s", topic);
  g_variant_dict_insert (&options, "on", "s", on);
  return azukari_vault1_call_training_add_sync (vault, g_variant_dict_end (&options), NULL, error);
}

static int
training_add (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *topic = NULL, *on = NULL;
  gboolean pledge = FALSE;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "topic", 0, 0, G_OPTION_ARG_STRING, &topic, N_ ("introduction, yearly (default), change, incident or other"),
      N_ ("TOPIC") },
    { "pledge", 0, 0, G_OPTION_ARG_NONE, &pledge, N_ ("They signed a pledge of secrecy (誓約)"), NULL },
    { "on", 0, 0, G_OPTION_ARG_STRING, &on, N_ ("The day, YYYY-MM-DD (default: today)"), N_ ("DATE") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, _ ("NAME…"),
                  _ ("Notes in the record that people who may log in were taught, or signed a pledge. It cannot be "
                     "taken back.")))
    return CTL_USAGE;
  if (argc < 2)
    return ctl_usage ("training add",
                      _ ("name at least one person who may log in; “azukarictl admins list” shows them."));
  if (pledge && topic != NULL)
    return ctl_usage ("training add", _ ("a pledge has no topic."));
  if (on == NULL)
    {
      g_autoptr (GDateTime) now = g_date_time_new_now_local ();

      on = g_date_time_format (now, "%Y-%m-%d");
    }
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!add (vault, argv[i], pledge ? "pledge" : "training",
                pledge          ? ""
                : topic != NULL ? topic
                                : "yearly",
                on, &error))
        return ctl_fail (ctx, error);
    }
  if (!ctx->json)
    g_print (g_dngettext (GETTEXT_PACKAGE, "Noted for %d person.\n", "Noted for %d people.\n", (gulong) (argc - 1)),
             argc - 1);
  return CTL_DONE;
}

static int
training_list (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, NULL, _ ("Lists training and pledges, as the record has them.")))
    return CTL_USAGE;
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_training_list_sync (vault, &rows, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      ctl_print_json_lines (rows);
      return CTL_DONE;
    }
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      g_print ("%s  %-8s  %-12s  %s\n", answer_text (row, "on"), answer_text (row, "what"), answer_text (row, "topic"),
               answer_text (row, "admin"));
    }
  return CTL_DONE;
}

int
cmd_training (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = { { "add", training_add }, { "list", training_list } };

  return ctl_run_sub_verb (ctx, argc, argv, verbs, G_N_ELEMENTS (verbs), _ ("say “training add” or “training list”."));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl clients: the vaults of several companies in one folder, each with keys, admins and a daemon of its own. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "client-survey.h"
#include "ctl-common.h"
#include "ctl-init.h"
#include "messages-vault.h"

/* What a client's folder comes to, beside GetStatus's "state": of these the list speaks. */
#define CONDITION_OPEN "open"
#define CONDITION_EXPIRED "expired"
#define CONDITION_SEALED "sealed"
#define CONDITION_OTHER_MACHINE "other-machine"
#define CONDITION_UNINITIALISED "uninitialised"
#define CONDITION_NO_ANSWER "no-answer"

typedef struct
{
  GMainLoop *loop;
  GHashTable *answers; /* ClientFolder → a{sv} */
} Listing;

static const char *
condition_of (GVariant *status)
{
  const char *state = answer_text (status, "state");
  gboolean is_expired = FALSE;

  (void) g_variant_lookup (status, "expired", "b", &is_expired);
  if (strcmp (answer_text (status, "reason"), "OtherTpm") == 0)
    return CONDITION_OTHER_MACHINE;
  return strcmp (state, "open") == 0            ? (is_expired ? CONDITION_EXPIRED : CONDITION_OPEN)
         : strcmp (state, "uninitialised") == 0 ? CONDITION_UNINITIALISED
                                                : CONDITION_SEALED;
}

/* --- asking all of them ------------------------------------------------------------------------------------------- */

/* @status and @error may both be NULL: there is no vault yet. */
static GVariant *
describe (const ClientFolder *client, GVariant *status, const GError *error)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, status);
  g_variant_dict_insert (&dict, "client", "s", client->name);
  g_variant_dict_insert (&dict, "folder", "s", client->dir);
  if (status != NULL)
    g_variant_dict_insert (&dict, "condition", "s", condition_of (status));
  else if (error == NULL)
    {
      g_variant_dict_insert (&dict, "state", "s", "uninitialised");
      g_variant_dict_insert (&dict, "condition", "s", CONDITION_UNINITIALISED);
    }
  else
    {
      g_autofree char *name = vault_error_dup_name (error);
      g_autofree char *sentence = messages_for_error (error);

      g_variant_dict_insert (&dict, "state", "s", "");
      g_variant_dict_insert (&dict, "condition", "s", CONDITION_NO_ANSWER);
      g_variant_dict_insert (&dict, "reason", "s", name);
      g_variant_dict_insert (&dict, "message", "s", sentence);
    }
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
answered_cb (const ClientFolder *client, GVariant *status, const GError *error, gpointer data)
{
  Listing *listing = data;

  g_hash_table_insert (listing->answers, (gpointer) client, describe (client, status, error));
}

static void
done_cb (gpointer data)
{
  Listing *listing = data;

  g_main_loop_quit (listing->loop);
}

/* (transfer full): a row for each client, in their order. */
static GPtrArray *
ask_all (const ClientList *list)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  Listing listing = { .loop = g_main_loop_new (NULL, FALSE), .answers = g_hash_table_new (NULL, NULL) };
  ClientSurvey *survey = client_survey_new (list, CLIENT_SURVEY_AT_ONCE, FALSE, answered_cb, done_cb, &listing);

  g_main_loop_run (listing.loop);
  client_survey_free (survey);
  for (guint i = 0; i < list->clients->len; i++)
    {
      const ClientFolder *client = g_ptr_array_index (list->clients, i);
      GVariant *row = g_hash_table_lookup (listing.answers, client);

      g_ptr_array_add (rows, row != NULL ? row : describe (client, NULL, NULL));
    }
  g_hash_table_unref (listing.answers);
  g_main_loop_unref (listing.loop);
  return rows;
}

/* --- telling ------------------------------------------------------------------------------------------------------ */

static void
print_counts (GVariant *row)
{
  guint32 people = 0, submitted = 0, approved = 0;

  (void) g_variant_lookup (row, "people", "u", &people);
  (void) g_variant_lookup (row, "submitted", "u", &submitted);
  (void) g_variant_lookup (row, "approved", "u", &approved);
  g_print ("    ");
  g_print (_ ("People on the roster: %u. Submitted: %u. Approved: %u.\n"), people, submitted, approved);
}

static void
print_row (GVariant *row)
{
  const char *condition = answer_text (row, "condition"), *company = answer_text (row, "company");
  g_autofree char *sentence = NULL, *alarm = NULL, *term = messages_for_term (row), *clock = messages_for_clock (row);
  gboolean software_tpm = FALSE;
  gint64 backup_made_s = 0;

  g_print ("%s  %s\n", answer_text (row, "client"), company);
  if (strcmp (condition, CONDITION_OPEN) == 0 || strcmp (condition, CONDITION_EXPIRED) == 0)
    print_counts (row);
  else if (strcmp (condition, CONDITION_UNINITIALISED) == 0)
    g_print ("    %s\n", _ ("There is no vault here yet. “azukarictl clients add” sets one up."));
  else if (strcmp (condition, CONDITION_NO_ANSWER) == 0)
    g_print (_ ("    No answer: %s\n"), answer_text (row, "message"));
  else
    {
      sentence = messages_for_vault_error_name (answer_text (row, "reason"));
      g_print ("    ");
      g_print (_ ("The vault is closed. %s\n"), sentence);
    }
  if (term != NULL)
    g_print ("    %s\n", term);
  if (clock != NULL)
    g_print ("    %s\n", clock);
  (void) g_variant_lookup (row, "backup-made", "x", &backup_made_s);
  alarm = messages_for_backup_alarm (answer_text (row, "backup-alarm"), backup_made_s);
  if (alarm != NULL)
    g_print ("    %s\n", alarm);
  (void) g_variant_lookup (row, "software-tpm", "b", &software_tpm);
  if (software_tpm)
    g_print ("    %s\n", _ ("Software TPM: for trying out only. Whoever copies its state file has the key."));
}

static const char *
why_left_out (const char *why)
{
  static const struct
  {
    const char *why, *sentence;
  } sentences[] = {
    { "link", N_ ("it is a link, and links are not followed") },
    { "name", N_ ("a client's folder cannot be called so") },
    { "owner", N_ ("it belongs to another user") },
    { "mode", N_ ("others may enter it (chmod 700 makes it yours alone)") },
    { "too-many", N_ ("there are more than one kiosk serves") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (strcmp (sentences[i].why, why) == 0)
      return _ (sentences[i].sentence);
  return _ ("it cannot be read");
}

/* Beside the list, as it is in none of its lines. */
static void
warn_of_left_out (const ClientList *list)
{
  for (guint i = 0; i < list->left_out->len; i++)
    {
      const ClientLeftOut *entry = g_ptr_array_index (list->left_out, i);

      g_printerr (_ ("azukarictl clients: “%s” is left out: %s.\n"), entry->name, why_left_out (entry->why));
    }
}

static int
exit_code_for_row (GVariant *row)
{
  const char *reason = answer_text (row, "reason");

  if (strcmp (reason, "Tampered") == 0 || strcmp (reason, "RolledBack") == 0)
    return CTL_TAMPERED;
  return strcmp (answer_text (row, "condition"), CONDITION_OPEN) == 0 ? CTL_DONE : CTL_WORLD;
}

static int
list_clients (CtlContext *ctx)
{
  g_autoptr (ClientList) list = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  int code = CTL_DONE;

  list = client_list_new (ctx->vaults_dir, &error);
  if (list == NULL)
    return ctl_fail (ctx, error);
  rows = ask_all (list);
  for (guint i = 0; i < rows->len; i++)
    {
      GVariant *row = g_ptr_array_index (rows, i);

      if (ctx->json)
        ctl_print_json (row);
      else
        print_row (row);
      code = MAX (code, exit_code_for_row (row));
    }
  if (rows->len == 0 && !ctx->json)
    g_print (_ ("There is no client in %s yet. “azukarictl clients add” sets one up.\n"), ctx->vaults_dir);
  warn_of_left_out (list);
  return code;
}

/* --- verbs -------------------------------------------------------------------------------------------------------- */

static int
clients_add (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlInit) init = { NULL };
  const GOptionEntry entries[] = { CTL_INIT_ENTRIES (&init), G_OPTION_ENTRY_NULL };
  g_autofree char *dir = NULL;
  g_autoptr (GError) error = NULL;

  if (!ctl_parse (
          ctx, &argc, &argv, entries, &init.admin, "NAME",
          _ ("Sets up a vault for one more client: NAME is what its folder is called. It shares nothing with the "
             "others.")))
    return CTL_USAGE;
  if (argc != 2 || !ctl_init_is_complete (&init))
    return ctl_usage ("clients add",
                      _ ("NAME, --company and --admin are needed: what the folder is called, whose vault it "
                         "is, and who answers for it."));
  dir = client_folder_make (ctx->vaults_dir, argv[1], &error);
  if (dir == NULL)
    return ctl_fail (ctx, error);
  ctx->vault_dir = dir;
  return ctl_init_run (ctx, &init);
}

int
cmd_clients (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = { { "add", clients_add } };

  if (argc > 1 && strcmp (argv[1], verbs[0].word) == 0)
    return verbs[0].run (ctx, argc - 1, argv + 1);
  ctl_offer_verbs (ctx, verbs, G_N_ELEMENTS (verbs));
  if (!ctl_parse (ctx, &argc, &argv, NULL, NULL, "[add NAME]",
                  _ ("Lists the clients whose vaults are in the folder of vaults, and how each of them is.")))
    return CTL_USAGE;
  if (argc > 1)
    return ctl_usage ("clients", _ ("“clients” lists them; “clients add NAME” sets one up."));
  return list_clients (ctx);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl enroll request|answer|finish|list|remove: a second machine that can go on when this one breaks. */
#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "ctl-common.h"
#include "ctl-files.h"
#include "messages-vault.h"

/* What a file of an enrolment begins with; it says itself which one it is. */
#define ANSWER_TITLE "Azukari machine answer "
#define PROOF_TITLE "Azukari machine proof "

static gboolean
has_title (GBytes *file, const char *title)
{
  gsize size;
  const char *data = g_bytes_get_data (file, &size);

  return size > strlen (title) && memcmp (data, title, strlen (title)) == 0;
}

static GVariant *
file_variant (GBytes *file)
{
  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, file, TRUE);
}

static GVariant *
options_for (const char *name, gboolean allow_software)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "name", "s", name != NULL ? name : g_get_host_name ());
  g_variant_dict_insert (&options, "allow-software-tpm", "b", allow_software);
  return g_variant_dict_end (&options);
}

/* One line of the report, with the file's path. */
static int
print_report (CtlContext *ctx, GVariant *report, const char *path)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, report);
  if (path != NULL)
    g_variant_dict_insert (&dict, "file", "s", path);
  ctl_print_json (g_variant_dict_end (&dict));
  return CTL_DONE;
}

static void
print_other (GVariant *report)
{
  gboolean software = FALSE;

  (void) g_variant_lookup (report, "software-tpm", "b", &software);
  g_print (_ ("The other machine: %s, vault of %s\n"), answer_text (report, "name"), answer_text (report, "company"));
  if (software)
    g_printerr ("%s\n",
                _ ("Warning: its TPM is a software one. Whoever copies that TPM's file can read every backup made for "
                   "it. For trying out only."));
}

/* (transfer full): the words with spaces between, or "". */
static char *
join_words (GVariant *report, const char *key)
{
  g_autofree const char **words = NULL;
  g_autoptr (GVariant) value = g_variant_lookup_value (report, key, G_VARIANT_TYPE_STRING_ARRAY);

  words = value != NULL ? g_variant_get_strv (value, NULL) : NULL;
  return words != NULL ? g_strjoinv (" ", (char **) words) : g_strdup ("");
}

static void
print_words (GVariant *report)
{
  g_autofree char *words = join_words (report, "words");
  g_autofree char *latin = join_words (report, "latin");

  g_print ("\n    %s\n    %s\n\n", words, latin);
}

/* --- request, answer ------------------------------------------------------------------------------------------------- */

static int
enroll_request (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *name = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "name", 0, 0, G_OPTION_ARG_STRING, &name,
                                     N_ ("What people call this machine (default: its host name)"), N_ ("NAME") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) file = NULL, report = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, "FILE",
                  _ ("On the second machine: writes the request to be enrolled, for the first machine.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("enroll request", _ ("name the file to write."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_enroll_request_sync (vault, options_for (name, FALSE), &file, &report, NULL, &error)
      || !ctl_write_file (argv[1], file, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    return print_report (ctx, report, argv[1]);
  g_print (_ ("The request was written to %s. Take it to the first machine, and there: azukarictl enroll answer\n"),
           argv[1]);
  return CTL_DONE;
}

static int
enroll_answer (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *name = NULL;
  gboolean allow_software = FALSE;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "name", 0, 0, G_OPTION_ARG_STRING, &name,
                                     N_ ("What people call this machine (default: its host name)"), N_ ("NAME") },
                                   { "allow-software-tpm", 0, 0, G_OPTION_ARG_NONE, &allow_software,
                                     N_ ("Enrol a machine that has only a software TPM, for trying out"), NULL },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GBytes) request = NULL;
  g_autoptr (GVariant) file = NULL, report = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, "REQUEST FILE",
                  _ ("On the first machine: answers the second machine's request.")))
    return CTL_USAGE;
  if (argc != 3)
    return ctl_usage ("enroll answer", _ ("name the request and the file to write."));
  request = ctl_read_file (argv[1], &error);
  if (request == NULL)
    return ctl_fail (ctx, error);
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_enroll_answer_sync (vault, file_variant (request), options_for (name, allow_software), &file,
                                               &report, NULL, &error)
      || !ctl_write_file (argv[2], file, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    return print_report (ctx, report, argv[2]);
  print_other (report);
  g_print (_ ("The answer was written to %s. Take it to the second machine, and there: azukarictl enroll finish\n"),
           argv[2]);
  return CTL_DONE;
}

/* --- finish ---------------------------------------------------------------------------------------------------------- */

/* On the second machine. */
static int
finish_second (CtlContext *ctx, AzukariVault1 *vault, GBytes *answer, const char *path, gboolean allow_software)
{
  g_autoptr (GVariant) file = NULL, report = NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return ctl_usage ("enroll finish", _ ("name the file to write, too."));
  if (!azukari_vault1_call_enroll_prove_sync (vault, file_variant (answer), options_for (NULL, allow_software), &file,
                                              &report, NULL, &error)
      || !ctl_write_file (path, file, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    return print_report (ctx, report, path);
  print_other (report);
  g_print (_ ("The proof was written to %s. Take it to the first machine, and there: azukarictl enroll finish\n"
              "It must show these six words:\n"),
           path);
  print_words (report);
  g_print ("%s\n",
           _ ("If it shows others, somebody stands between the machines: begin again, and take the files by hand."));
  return CTL_DONE;
}

/* TRUE when somebody at the terminal says that both screens show the same. */
static gboolean
ask_same (void)
{
  char line[16] = "";

  g_print ("%s ", _ ("Does the second machine show the same six words? Type yes to enrol it:"));
  fflush (stdout);
  if (!isatty (STDIN_FILENO) || fgets (line, sizeof line, stdin) == NULL)
    return FALSE;
  g_strchomp (line);
  return strcmp (line, "yes") == 0 || strcmp (line, _ ("yes")) == 0;
}

/* (transfer full): what the person read on the second machine, or %NULL when they did not say. */
static char **
words_to_confirm (GVariant *report, const char *typed)
{
  g_autofree char *shown = join_words (report, "words");

  if (typed != NULL)
    {
      g_autofree char *text = g_strstrip (g_strdup (typed));
      g_autofree char *latin = join_words (report, "latin");

      /* Written either way. */
      return g_strsplit (strcmp (text, latin) == 0 ? shown : text, " ", -1);
    }
  return ask_same () ? g_strsplit (shown, " ", -1) : NULL;
}

/* On the first machine. */
static int
finish_first (CtlContext *ctx, AzukariVault1 *vault, GBytes *proof, const char *typed, GVariant *pin)
{
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;

  if (!azukari_vault1_call_enroll_check_sync (vault, file_variant (proof), &report, NULL, &error))
    return ctl_fail (ctx, error);
  if (!ctx->json)
    {
      print_other (report);
      print_words (report);
    }
  words = words_to_confirm (report, typed);
  if (words == NULL)
    {
      if (ctx->json)
        (void) print_report (ctx, report, NULL);
      g_printerr ("%s\n",
                  _ ("Nothing was enrolled: compare the words on both screens, then say so, or give those of the "
                     "second machine with --words."));
      return CTL_USAGE;
    }
  if (!azukari_vault1_call_enroll_confirm_sync (vault, file_variant (proof), (const char *const *) words, pin, NULL,
                                                &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    return print_report (ctx, report, NULL);
  g_print (_ ("%s is enrolled. Backups from now on can be opened there, by its responsible person's PIN. Make one now: "
              "azukarictl backup now\n"),
           answer_text (report, "name"));
  return CTL_DONE;
}

static int
enroll_finish (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *words = NULL;
  gboolean allow_software = FALSE;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "words", 0, 0, G_OPTION_ARG_STRING, &words,
      N_ ("The six words that the second machine shows (first machine; else they are asked about)"), N_ ("WORDS") },
    { "allow-software-tpm", 0, 0, G_OPTION_ARG_NONE, &allow_software,
      N_ ("Go on with a machine that has only a software TPM, for trying out"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (GVariant) pin = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (
          ctx, &argc, &argv, entries, &admin, "ANSWER FILE | PROOF",
          _ ("On the second machine: proves which keys are in its TPM, and shows six words. On the first: shows "
             "them too, and enrols the second machine when they are the same.")))
    return CTL_USAGE;
  if (argc != 2 && argc != 3)
    return ctl_usage ("enroll finish", _ ("name the answer and the file to write, or the proof."));
  file = ctl_read_file (argv[1], &error);
  if (file != NULL && !has_title (file, ANSWER_TITLE) && !has_title (file, PROOF_TITLE))
    g_set_error_literal (&error, VAULT_ERROR, VAULT_ERROR_ENROLMENT_FILE, "neither an answer nor a proof");
  if (error != NULL)
    return ctl_fail (ctx, error);
  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  pin = ctl_read_pin (admin.pin_file, _ ("PIN: "), FALSE, &error);
  if (pin == NULL
      || !azukari_vault1_call_login_sync (vault, admin.admin != NULL ? admin.admin : "", pin, NULL, NULL, &error))
    return ctl_fail (ctx, error);
  return has_title (file, PROOF_TITLE) ? finish_first (ctx, vault, file, words, pin)
                                       : finish_second (ctx, vault, file, argc == 3 ? argv[2] : NULL, allow_software);
}

/* --- the list -------------------------------------------------------------------------------------------------------- */

static int
enroll_list (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GError) error = NULL;
  GVariantIter iter;
  GVariant *row;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, NULL, _ ("Lists the machines that belong together with this one.")))
    return CTL_USAGE;
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_machine_list_sync (vault, &rows, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      ctl_print_json_lines (rows);
      return CTL_DONE;
    }
  if (g_variant_n_children (rows) == 0)
    g_print ("%s\n", _ ("No other machine is enrolled. If this one breaks, its numbers are lost."));
  g_variant_iter_init (&iter, rows);
  while ((row = g_variant_iter_next_value (&iter)) != NULL)
    {
      gboolean second = strcmp (answer_text (row, "role"), "second") == 0;

      g_print ("%s  %s  %s%s\n", answer_text (row, "enrolled"), answer_text (row, "name"),
               second ? _ ("second machine: can open the backups made here")
                      : _ ("first machine: this one waits to take over from it"),
               strcmp (answer_text (row, "provider"), "swtpm") == 0 ? _ (" (software TPM)") : "");
      g_variant_unref (row);
    }
  return CTL_DONE;
}

void
ctl_print_lease (GVariant *status)
{
  const char *lease = answer_text (status, "lease");

  if (strcmp (lease, "standby") == 0)
    g_print ("%s\n", _ ("This is the second machine: it waits to take over, and collects nothing until then."));
  else if (strcmp (lease, "moving") == 0)
    g_print ("%s\n",
             _ ("This vault is moving to another machine and collects nothing any more. Take the bundle there, and "
                "bring its receipt back: azukarictl move finish"));
  else if (strcmp (lease, "gone") == 0)
    g_print ("%s\n", _ ("This vault has moved to another machine. Its keys here are dead."));
  else if (strcmp (answer_text (status, "danger"), "no-second") == 0)
    g_print ("%s\n", _ ("Not yet safe: if this PC breaks, everything is lost. Set up a second machine and enrol it: "
                        "azukarictl enroll"));
}

char *
ctl_find_machine (AzukariVault1 *vault, const char *name, const char *role, GError **error)
{
  g_autoptr (GVariant) rows = NULL;
  GVariantIter iter;
  GVariant *row;
  char *id = NULL;
  guint n_found = 0;

  if (!azukari_vault1_call_machine_list_sync (vault, &rows, NULL, error))
    return NULL;
  g_variant_iter_init (&iter, rows);
  while ((row = g_variant_iter_next_value (&iter)) != NULL)
    {
      if ((name == NULL || strcmp (answer_text (row, "name"), name) == 0 || strcmp (answer_text (row, "id"), name) == 0)
          && (role == NULL || strcmp (answer_text (row, "role"), role) == 0) && n_found++ == 0)
        id = g_strdup (answer_text (row, "id"));
      g_variant_unref (row);
    }
  if (n_found == 1)
    return id;
  g_free (id);
  g_set_error_literal (error, VAULT_ERROR, VAULT_ERROR_NO_SUCH_MACHINE, "no such machine, or several");
  return NULL;
}

static int
enroll_remove (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, "NAME",
                  _ ("Removes an enrolled machine: what is backed up from now on opens there no more.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("enroll remove", _ ("name the machine; “azukarictl enroll list” shows them."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  id = ctl_find_machine (vault, argv[1], NULL, &error);
  if (id == NULL || !azukari_vault1_call_machine_remove_sync (vault, id, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "id", "s", id);
      ctl_print_json (g_variant_dict_end (&dict));
    }
  else
    g_print ("%s\n", _ ("Removed. Backups from now on cannot be opened there. Copies that machine has already stay "
                        "readable there: if it is not in your hands any more, treat what they hold as known."));
  return CTL_DONE;
}

int
cmd_enroll (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = { { "request", enroll_request },
                                      { "answer", enroll_answer },
                                      { "finish", enroll_finish },
                                      { "list", enroll_list },
                                      { "remove", enroll_remove } };

  return ctl_run_sub_verb (ctx, argc, argv, verbs, G_N_ELEMENTS (verbs),
                           _ ("say request, answer, finish, list or remove."));
}

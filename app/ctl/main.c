/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl: Azukari's verbs on the command line, for set-up, scripts, head-less use and tests. */
#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "client-folder.h"
#include "commands.h"
#include "ctl-common.h"
#include "programs.h"

#define DEFAULT_VAULT_DIR "/var/lib/azukari/vault"

typedef struct
{
  const char *verb;
  int (*run) (CtlContext *ctx, int argc, char **argv);
  const char *summary;
} Command;

static const Command commands[] = {
  { "read", cmd_read, N_ ("read the number in pictures of cards; nothing is stored") },
  { "scanners", cmd_scanners, N_ ("list the scanners, or the options of one") },
  { "scan-test", cmd_scan_test, N_ ("scan one page and throw it away") },
  { "init", cmd_init, N_ ("set up a vault on this machine") },
  { "clients", cmd_clients, N_ ("list the vaults of several companies, or set up one more") },
  { "status", cmd_status, N_ ("the vault's state") },
  { "verify", cmd_verify, N_ ("check the record, the counters and the database") },
  { "accept", cmd_accept, N_ ("go on with a vault that was closed because it was set back or altered") },
  { "prove", cmd_prove, N_ ("show that a copy of the vault opens nowhere else") },
  { "admins", cmd_admins, N_ ("list, add or remove those who may log in; what they handle; change a PIN") },
  { "boot", cmd_boot, N_ ("whether the vault opens by itself however this PC boots") },
  { "training", cmd_training, N_ ("note training and pledges of those who may log in") },
  { "token", cmd_token, N_ ("register tokens, ask for them beside the PIN, undo the lock after wrong PINs") },
  { "people", cmd_people, N_ ("import, list or add people on the roster") },
  { "paper", cmd_paper,
    N_ ("papers: who has not handed in a number, slips, receipts, the register of files, the control map, drafts of "
        "rules, training, a leak") },
  { "collect", cmd_collect, N_ ("scan one person's card and take the number into custody") },
  { "review", cmd_review, N_ ("list, approve or ask again for what was collected") },
  { "reveal", cmd_reveal, N_ ("show one number, for a purpose that the record keeps") },
  { "export", cmd_export, N_ ("write approved numbers to a file for payroll") },
  { "merge", cmd_merge, N_ ("put approved numbers into a file that payroll made") },
  { "format", cmd_format, N_ ("list the formats; make one for any file with a header") },
  { "term", cmd_term, N_ ("until when the vault collects and exports; the client extends it") },
  { "dispose", cmd_dispose, N_ ("what need not be kept any more; dispose of it; certificates") },
  { "verify-certificate", cmd_verify_certificate, N_ ("check a certificate of disposal, without vault and TPM") },
  { "backup", cmd_backup, N_ ("make backups, try them out, restore from one") },
  { "enroll", cmd_enroll, N_ ("a second machine that can go on when this one breaks") },
  { "move", cmd_move, N_ ("move the vault to its second machine") },
  { "recover", cmd_recover, N_ ("go on on the second machine after the first one died") },
  { "hand-back", cmd_hand_back, N_ ("give everything back to the client, then destroy the vault") },
  { "retire", cmd_retire, N_ ("destroy every key of the vault on this machine") },
  { "log", cmd_log, N_ ("show the record of everything done") },
};

static void
print_help (void)
{
  g_print ("%s\n  azukarictl [--vault DIR | --client NAME] [--json] VERB [OPTION…]\n\n", _ ("Usage:"));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-18s %s\n", commands[i].verb, _ (commands[i].summary));
  g_print ("\n%s\n", _ ("“azukarictl VERB --help” lists a verb's options. azukarictl(1) is the whole reference."));
}

/* What may come first, for a shell's completion. */
static void
print_words (void)
{
  g_print ("--help\n--version\n--json\n--vault=\n--vaults=\n--client=\n");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("%s\n", commands[i].verb);
}

static const Command *
find_command (const char *verb)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].verb, verb) == 0)
      return &commands[i];
  return NULL;
}

static void
set_up_process (void)
{
  g_autofree char *locale_dir = programs_find_locale_dir ();
  const struct rlimit none = { 0, 0 };

  /* Numbers and PINs pass through this process: no core file, no debugger of the same user, no file for others. */
  (void) setrlimit (RLIMIT_CORE, &none);
  (void) prctl (PR_SET_DUMPABLE, 0);
  (void) umask (077);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

/* The value of a global option, as “--name VALUE” or “--name=VALUE”; NULL when argv[*at] is another one. */
static const char *
take_value (const char *name, int argc, char **argv, int *at)
{
  gsize n = strlen (name);

  if (strncmp (argv[*at], name, n) != 0)
    return NULL;
  if (argv[*at][n] == '=')
    return argv[*at] + n + 1;
  return argv[*at][n] == '\0' && *at + 1 < argc ? argv[++*at] : NULL;
}

static const char *
get_from_environment (const char *variable, const char *otherwise)
{
  const char *named = g_getenv (variable);

  return named != NULL && *named != '\0' ? named : otherwise;
}

/* What stands before the verb. Returns its place in argv; -1 when @ret_code is all there is to say. */
static int
parse_global (CtlContext *ctx, int argc, char **argv, const char **ret_client, int *ret_code)
{
  gboolean has_vault = FALSE;
  int at = 1;

  *ret_code = CTL_USAGE;
  for (; at < argc && argv[at][0] == '-'; at++)
    {
      const char *value;

      if (strcmp (argv[at], "--help") == 0 || strcmp (argv[at], "-h") == 0)
        {
          print_help ();
          *ret_code = CTL_DONE;
          return -1;
        }
      if (strcmp (argv[at], "--version") == 0)
        {
          g_print ("azukarictl %s\n", AZUKARI_VERSION);
          *ret_code = CTL_DONE;
          return -1;
        }
      if (strcmp (argv[at], "--json") == 0)
        ctx->json = TRUE;
      else if (strcmp (argv[at], "--words") == 0)
        ctx->words = TRUE;
      else if ((value = take_value ("--vaults", argc, argv, &at)) != NULL)
        ctx->vaults_dir = value;
      else if ((value = take_value ("--vault", argc, argv, &at)) != NULL)
        {
          ctx->vault_dir = value;
          has_vault = TRUE;
        }
      else if ((value = take_value ("--client", argc, argv, &at)) != NULL)
        *ret_client = value;
      else
        {
          g_printerr (_ ("azukarictl: unknown option %s. “azukarictl --help” lists the verbs.\n"), argv[at]);
          return -1;
        }
    }
  if (has_vault && *ret_client != NULL)
    {
      g_printerr ("%s\n", _ ("azukarictl: --vault and --client both say which vault; use one of them."));
      return -1;
    }
  if (at < argc)
    return at;
  if (ctx->words)
    {
      print_words ();
      *ret_code = CTL_DONE;
      return -1;
    }
  g_printerr ("%s\n", _ ("azukarictl: say what to do. “azukarictl --help” lists the verbs."));
  return -1;
}

int
main (int argc, char **argv)
{
  CtlContext ctx = { .json = FALSE,
                     .vault_dir = get_from_environment ("AZUKARI_VAULT", DEFAULT_VAULT_DIR),
                     .vaults_dir = get_from_environment (CLIENT_FOLDER_VARIABLE, CLIENT_FOLDER_DEFAULT) };
  g_autofree char *client_dir = NULL;
  const char *client = NULL;
  const Command *command;
  int first, code;

  set_up_process ();
  first = parse_global (&ctx, argc, argv, &client, &code);
  if (first < 0)
    return code;
  command = find_command (argv[first]);
  if (command == NULL)
    {
      g_printerr (_ ("azukarictl: there is no verb “%s”. “azukarictl --help” lists the verbs.\n"), argv[first]);
      return CTL_USAGE;
    }
  if (client != NULL)
    {
      g_autoptr (GError) error = NULL;

      client_dir = client_folder_find (ctx.vaults_dir, client, &error);
      if (client_dir == NULL)
        return ctl_fail (&ctx, error);
      ctx.vault_dir = client_dir;
    }
  code = command->run (&ctx, argc - first, argv + first);
  g_clear_object (&ctx.token);
  return code;
}

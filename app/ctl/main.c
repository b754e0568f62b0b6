/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl: Azukari's verbs on the command line, for set-up, scripts, head-less use and tests. */
#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

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
  { "status", cmd_status, N_ ("the vault's state") },
  { "verify", cmd_verify, N_ ("check the record, the counters and the database") },
  { "accept", cmd_accept, N_ ("go on with a vault that was closed because it was set back or altered") },
  { "prove", cmd_prove, N_ ("show that a copy of the vault opens nowhere else") },
  { "admins", cmd_admins, N_ ("list, add or remove those who may log in; change a PIN") },
  { "boot", cmd_boot, N_ ("whether the vault opens by itself however this PC boots") },
  { "token", cmd_token, N_ ("register tokens, ask for them beside the PIN, undo the lock after wrong PINs") },
  { "people", cmd_people, N_ ("import, list or add people on the roster") },
  { "collect", cmd_collect, N_ ("scan one person's card and take the number into custody") },
  { "review", cmd_review, N_ ("list, approve or ask again for what was collected") },
  { "export", cmd_export, N_ ("write approved numbers to a file for payroll") },
  { "dispose", cmd_dispose, N_ ("what need not be kept any more; dispose of it; certificates") },
  { "verify-certificate", cmd_verify_certificate, N_ ("check a certificate of disposal, without vault and TPM") },
  { "backup", cmd_backup, N_ ("make backups, try them out, restore from one") },
  { "enroll", cmd_enroll, N_ ("a second machine that can go on when this one breaks") },
  { "move", cmd_move, N_ ("move the vault to its second machine") },
  { "recover", cmd_recover, N_ ("go on on the second machine after the first one died") },
  { "retire", cmd_retire, N_ ("destroy every key of the vault on this machine") },
  { "log", cmd_log, N_ ("show the record of everything done") },
};

static void
print_help (void)
{
  g_print ("%s\n  azukarictl [--vault DIR] [--json] VERB [OPTION…]\n\n", _ ("Usage:"));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-18s %s\n", commands[i].verb, _ (commands[i].summary));
  g_print ("\n%s\n", _ ("“azukarictl VERB --help” lists a verb's options. azukarictl(1) is the whole reference."));
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

int
main (int argc, char **argv)
{
  CtlContext ctx = { .json = FALSE, .vault_dir = g_getenv ("AZUKARI_VAULT") };
  const Command *command;
  int first = 1, code;

  set_up_process ();
  if (ctx.vault_dir == NULL || *ctx.vault_dir == '\0')
    ctx.vault_dir = DEFAULT_VAULT_DIR;

  for (; first < argc && argv[first][0] == '-'; first++)
    {
      if (strcmp (argv[first], "--help") == 0 || strcmp (argv[first], "-h") == 0)
        {
          print_help ();
          return CTL_DONE;
        }
      if (strcmp (argv[first], "--version") == 0)
        {
          g_print ("azukarictl %s\n", AZUKARI_VERSION);
          return CTL_DONE;
        }
      if (strcmp (argv[first], "--json") == 0)
        ctx.json = TRUE;
      else if (g_str_has_prefix (argv[first], "--vault="))
        ctx.vault_dir = argv[first] + strlen ("--vault=");
      else if (strcmp (argv[first], "--vault") == 0 && first + 1 < argc)
        ctx.vault_dir = argv[++first];
      else
        {
          g_printerr (_ ("azukarictl: unknown option %s. “azukarictl --help” lists the verbs.\n"), argv[first]);
          return CTL_USAGE;
        }
    }
  if (first >= argc)
    {
      g_printerr ("%s\n", _ ("azukarictl: say what to do. “azukarictl --help” lists the verbs."));
      return CTL_USAGE;
    }
  command = find_command (argv[first]);
  if (command == NULL)
    {
      g_printerr (_ ("azukarictl: there is no verb “%s”. “azukarictl --help” lists the verbs.\n"), argv[first]);
      return CTL_USAGE;
    }
  code = command->run (&ctx, argc - first, argv + first);
  g_clear_object (&ctx.token);
  return code;
}

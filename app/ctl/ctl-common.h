/* SPDX-License-Identifier: Apache-2.0 */
/* ctl-common: what the verbs of azukarictl share: options, PINs, the vault's connection, JSON, exit codes. */
#pragma once

#include <gio/gio.h>

#include "commands.h"
#include "vault-client.h"

/* Exit codes, a stable contract (azukarictl(1)). */
enum
{
  CTL_DONE = 0,
  CTL_USAGE = 1,
  CTL_WORLD = 2,       /* scanner, file or vault refused; the message says which and what to do */
  CTL_NO_NUMBER = 3,   /* read, collect: the verdict is in the output */
  CTL_NOT_ALLOWED = 4, /* PIN, rights, expiry */
  CTL_TAMPERED = 5,
};

/* Who acts: filled in by the options of ctl_admin_entries (). */
typedef struct
{
  char *admin;    /* NULL: the only one */
  char *pin_file; /* NULL: ask at the terminal; "-": first line of standard input */
  /* where the vault asks for a token beside the PIN: */
  char *token;          /* its name; NULL: the only one that is inserted */
  char *token_pin_file; /* as pin_file */
  char *token_module;   /* PKCS#11 module; NULL: what this machine has */
} CtlAdmin;

void ctl_admin_clear (CtlAdmin *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CtlAdmin, ctl_admin_clear)

/**
 * ctl_parse:
 * @entries: options of the verb, %NULL-terminated, or %NULL
 * @admin: (nullable): adds --admin, --pin-file and the token's options and fills them in
 * @parameters: what follows the options in the usage line, e.g. "FILE…", or %NULL
 * @summary: one translated sentence for --help
 *
 * Parses argv of one verb (argv[0] is the verb), with --json for every verb. --help, and --words before the verb, print and exit 0:
 * verbs do nothing before it.
 *
 * Returns: %FALSE after a sentence on standard error; the verb then returns CTL_USAGE. What is left in argv are the parameters.
 */
gboolean ctl_parse (CtlContext *ctx, int *argc, char ***argv, const GOptionEntry *entries, CtlAdmin *admin,
                    const char *parameters, const char *summary);

/* The second word of a verb such as “people list”. */
typedef struct
{
  const char *word;
  int (*run) (CtlContext *ctx, int argc, char **argv);
} CtlSubVerb;

/* Runs the one that argv[1] names, with argv beginning at it; else prints @sentence, which names them all. */
int
ctl_run_sub_verb (CtlContext *ctx, int argc, char **argv, const CtlSubVerb *verbs, gsize n_verbs, const char *sentence);

/* With --words, the second words there are: for verbs that may go without one. */
void ctl_offer_verbs (CtlContext *ctx, const CtlSubVerb *verbs, gsize n_verbs);

/* A usage mistake found after parsing: one sentence on standard error. Returns CTL_USAGE. */
int ctl_usage (const char *verb, const char *sentence);

/* (transfer full): %NULL after a sentence on standard error; *ret_code is then the exit code. */
AzukariVault1 *ctl_connect (CtlContext *ctx, int *ret_code);

/* Prints what went wrong as a sentence (with --json also {"error": …} on standard output). Returns the exit code. */
int ctl_fail (CtlContext *ctx, const GError *error);

/* Logs in, by PIN and, where the vault asks for it, by token: ctx->token then holds it. %FALSE after a sentence; *ret_code is then the
 * exit code. A chief who has no token yet is logged in as far as registering one. */
gboolean ctl_login (CtlContext *ctx, AzukariVault1 *vault, const CtlAdmin *admin, int *ret_code);

/* What follows on a Login that was called elsewhere. */
gboolean
ctl_take_session (CtlContext *ctx, AzukariVault1 *vault, const CtlAdmin *admin, GVariant *session, int *ret_code);

/* The token that the log-in was shown answers for @purpose too; nothing where none was asked for. */
gboolean ctl_show_token (CtlContext *ctx, AzukariVault1 *vault, const char *purpose, int *ret_code);

/* Both: ctl_connect (), then ctl_login (). */
AzukariVault1 *ctl_connect_as (CtlContext *ctx, const CtlAdmin *admin, int *ret_code);

/**
 * ctl_read_pin:
 * @file: see CtlAdmin
 * @prompt: asked at the terminal, without echo
 * @twice: ask again and compare (for a new PIN)
 *
 * Returns: (transfer full): a floating-free `ay`, wiped when freed; %NULL with a %G_IO_ERROR.
 */
GVariant *ctl_read_pin (const char *file, const char *prompt, gboolean twice, GError **error);

/* One JSON object, on one line of standard output. @value is consumed when floating. */
void ctl_print_json (GVariant *value);
/* One line each for an aa{sv}. */
void ctl_print_json_lines (GVariant *rows);

/* The rows of verify and prove (aa{sv} with "check", "ok", "detail"), then @good or @bad. Returns the exit code. */
int ctl_print_findings (CtlContext *ctx, gboolean ok, GVariant *findings, const char *good, const char *bad);

/* A GAsyncReadyCallback whose data is a GAsyncResult **: the verbs have nothing else to do than wait for it. */
void ctl_keep_result_cb (GObject *source, GAsyncResult *result, gpointer data);

/**
 * ctl_find_person:
 *
 * Returns: (transfer full): the id of the employee or contractor with that code; %NULL with VAULT_ERROR_NO_SUCH_PERSON ...
 */
char *ctl_find_person (AzukariVault1 *vault, const char *code, GError **error);
/** ctl_find_of_person: the same, with what PeopleList has under @key ("record": of their number in custody, or "") instead of the id. */
char *ctl_find_of_person (AzukariVault1 *vault, const char *code, const char *key, GError **error);

/* Words of --option as a{ss}, (transfer full); %NULL when one of them is not NAME=VALUE. */
GVariant *ctl_parse_device_options (char **words);

/* The formats of the vault, and how far each was verified. Returns the exit code. */
int ctl_list_formats (CtlContext *ctx, AzukariVault1 *vault);

/** ctl_print_handed_over: what Export or Merge wrote, and what to do with it. A passphrase is on standard output once, and nowhere afterwards. */
void ctl_print_handed_over (GVariant *report, gboolean masked);

/* SPDX-License-Identifier: Apache-2.0 */
/* What the verbs of azukarictl share. */
#include "config.h"

#include "answer.h"
#include "ctl-common.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "ctl-token.h"
#include "messages-vault.h"
#include "purposes.h"
#include "record-words.h"

#define PIN_MAX_BYTES 128

typedef char PinLine[PIN_MAX_BYTES + 2]; /* with the newline and the end */

void
ctl_admin_clear (CtlAdmin *self)
{
  g_clear_pointer (&self->admin, g_free);
  g_clear_pointer (&self->pin_file, g_free);
  g_clear_pointer (&self->token, g_free);
  g_clear_pointer (&self->token_pin_file, g_free);
  g_clear_pointer (&self->token_module, g_free);
}

/* For --words: each option on a line, one that takes a value with "=", and each value that is known with it. */
static void
print_options (const GOptionEntry *entries)
{
  static const char *const kinds[] = { "employee", "contractor" };

  for (const GOptionEntry *entry = entries; entry != NULL && entry->long_name != NULL; entry++)
    {
      const gboolean purpose = strcmp (entry->long_name, "purpose") == 0;

      g_print ("--%s%s\n", entry->long_name, entry->arg != G_OPTION_ARG_NONE ? "=" : "");
      for (guint i = 0; purpose && i < G_N_ELEMENTS (kinds); i++)
        for (const Purpose *one = purposes_for_kind (kinds[i]); one->code != NULL; one++)
          g_print ("--%s=%s\n", entry->long_name, one->code);
    }
}

gboolean
ctl_parse (CtlContext *ctx, int *argc, char ***argv, const GOptionEntry *entries, CtlAdmin *admin,
           const char *parameters, const char *summary)
{
  const GOptionEntry common[] = { { "json", 0, 0, G_OPTION_ARG_NONE, &ctx->json, N_ ("Print JSON"), NULL },
                                  G_OPTION_ENTRY_NULL };
  CtlAdmin unused = { NULL, NULL };
  CtlAdmin *target = admin != NULL ? admin : &unused;
  const GOptionEntry rights[] = {
    { "admin", 0, 0, G_OPTION_ARG_STRING, &target->admin, N_ ("Who acts (not needed while there is one admin)"),
      N_ ("NAME") },
    { "pin-file", 0, 0, G_OPTION_ARG_FILENAME, &target->pin_file,
      N_ ("File whose first line is the PIN; - reads standard input"), N_ ("FILE") },
    { "token", 0, 0, G_OPTION_ARG_STRING, &target->token, N_ ("Name of your token, where several are inserted"),
      N_ ("NAME") },
    { "token-pin-file", 0, 0, G_OPTION_ARG_FILENAME, &target->token_pin_file,
      N_ ("File whose first line is your token's PIN; - reads standard input"), N_ ("FILE") },
    { "token-module", 0, 0, G_OPTION_ARG_FILENAME, &target->token_module,
      N_ ("PKCS#11 module of the token (default: $AZUKARI_TOKEN_MODULE, or what this machine has)"), N_ ("FILE") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) options = g_option_context_new (parameters);
  g_autoptr (GError) error = NULL;
  g_autofree char *program = g_strconcat ("azukarictl ", (*argv)[0], NULL);

  if (ctx->words)
    {
      print_options (common);
      print_options (entries);
      print_options (admin != NULL ? rights : NULL);
      exit (CTL_DONE);
    }
  g_set_prgname (program);
  g_option_context_set_translation_domain (options, GETTEXT_PACKAGE);
  g_option_context_set_summary (options, summary);
  g_option_context_add_main_entries (options, common, GETTEXT_PACKAGE);
  if (entries != NULL)
    g_option_context_add_main_entries (options, entries, GETTEXT_PACKAGE);
  if (admin != NULL)
    g_option_context_add_main_entries (options, rights, GETTEXT_PACKAGE);
  if (!g_option_context_parse (options, argc, argv, &error))
    g_printerr ("%s: %s\n", program, error->message);
  else if (parameters == NULL && *argc > 1)
    g_printerr (_ ("%s: “%s” is too much: everything is said by options here.\n"), program, (*argv)[1]);
  else
    return TRUE;
  g_printerr (_ ("“%s --help” lists the options.\n"), program);
  return FALSE;
}

int
ctl_usage (const char *verb, const char *sentence)
{
  g_printerr ("azukarictl %s: %s\n", verb, sentence);
  return CTL_USAGE;
}

int
ctl_run_sub_verb (CtlContext *ctx, int argc, char **argv, const CtlSubVerb *verbs, gsize n_verbs, const char *sentence)
{
  for (gsize i = 0; argc > 1 && i < n_verbs; i++)
    if (strcmp (argv[1], verbs[i].word) == 0)
      return verbs[i].run (ctx, argc - 1, argv + 1);
  if (!ctx->words)
    return ctl_usage (argv[0], sentence);
  ctl_offer_verbs (ctx, verbs, n_verbs);
  return CTL_DONE;
}

void
ctl_offer_verbs (CtlContext *ctx, const CtlSubVerb *verbs, gsize n_verbs)
{
  for (gsize i = 0; ctx->words && i < n_verbs; i++)
    g_print ("%s\n", verbs[i].word);
}

static int
exit_code_for_token (const GError *error)
{
  switch (error->code)
    {
    case TOKEN_CLIENT_ERROR_WRONG_PIN:
    case TOKEN_CLIENT_ERROR_PIN_LOCKED:
    case TOKEN_CLIENT_ERROR_OTHER_TOKEN:
      return CTL_NOT_ALLOWED;
    default:
      return CTL_WORLD;
    }
}

static int
exit_code_for (const GError *error)
{
  if (error->domain == TOKEN_CLIENT_ERROR)
    return exit_code_for_token (error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME))
    return CTL_USAGE;
  if (error->domain != VAULT_ERROR)
    return CTL_WORLD;
  switch (error->code)
    {
    case VAULT_ERROR_USAGE:
    case VAULT_ERROR_WEAK_PIN:
      return CTL_USAGE;
    case VAULT_ERROR_WRONG_PIN:
    case VAULT_ERROR_LOCKED_OUT:
    case VAULT_ERROR_NOT_ALLOWED:
    case VAULT_ERROR_NOT_YOUR_ROLE:
    case VAULT_ERROR_OUT_OF_SCOPE:
    case VAULT_ERROR_STANDBY:
    case VAULT_ERROR_MOVED_OUT:
    case VAULT_ERROR_SOFTWARE_TPM:
    case VAULT_ERROR_TOKEN_NEEDED:
    case VAULT_ERROR_TOKEN_MISSING:
    case VAULT_ERROR_TOKEN_REFUSED:
    case VAULT_ERROR_EXPIRED:
    case VAULT_ERROR_CLIENTS_ONLY:
    case VAULT_ERROR_OTHER_PURPOSE:
      return CTL_NOT_ALLOWED;
    case VAULT_ERROR_TAMPERED:
    case VAULT_ERROR_ROLLED_BACK:
      return CTL_TAMPERED;
    default:
      return CTL_WORLD;
    }
}

int
ctl_fail (CtlContext *ctx, const GError *error)
{
  g_autofree char *sentence = messages_for_error (error);

  if (ctx->json)
    {
      g_autofree char *name = error->domain == TOKEN_CLIENT_ERROR ? g_strdup (token_client_error_get_name (error))
                                                                  : vault_error_dup_name (error);
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "error", "s", name);
      ctl_print_json (g_variant_dict_end (&dict));
    }
  g_printerr ("azukarictl: %s\n", sentence);
  return exit_code_for (error);
}

AzukariVault1 *
ctl_connect (CtlContext *ctx, int *ret_code)
{
  g_autoptr (GError) error = NULL;
  AzukariVault1 *vault = vault_client_connect (ctx->vault_dir, NULL, &error);

  if (vault == NULL)
    *ret_code = ctl_fail (ctx, error);
  return vault;
}

gboolean
ctl_login (CtlContext *ctx, AzukariVault1 *vault, const CtlAdmin *admin, int *ret_code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) pin = ctl_read_pin (admin->pin_file, _ ("PIN: "), FALSE, &error);
  g_autoptr (GVariant) session = NULL;

  if (pin == NULL
      || !azukari_vault1_call_login_sync (vault, admin->admin != NULL ? admin->admin : "", pin, &session, NULL, &error))
    {
      *ret_code = ctl_fail (ctx, error);
      return FALSE;
    }
  return ctl_take_session (ctx, vault, admin, session, ret_code);
}

gboolean
ctl_take_session (CtlContext *ctx, AzukariVault1 *vault, const CtlAdmin *admin, GVariant *session, int *ret_code)
{
  const CtlToken token = { admin->token_module, admin->token, admin->token_pin_file };
  g_autoptr (GError) error = NULL;

  if (strcmp (answer_text (session, "token"), "needed") != 0)
    return TRUE;
  ctx->token = G_OBJECT (ctl_token_open (&token, &error));
  if (ctx->token == NULL)
    {
      *ret_code = ctl_fail (ctx, error);
      return FALSE;
    }
  return ctl_show_token (ctx, vault, "admin", ret_code);
}

gboolean
ctl_show_token (CtlContext *ctx, AzukariVault1 *vault, const char *purpose, int *ret_code)
{
  g_autoptr (GError) error = NULL;

  if (ctx->token == NULL || ctl_token_show (TOKEN_CLIENT (ctx->token), vault, purpose, &error))
    return TRUE;
  *ret_code = ctl_fail (ctx, error);
  return FALSE;
}

AzukariVault1 *
ctl_connect_as (CtlContext *ctx, const CtlAdmin *admin, int *ret_code)
{
  g_autoptr (AzukariVault1) vault = ctl_connect (ctx, ret_code);

  return vault != NULL && ctl_login (ctx, vault, admin, ret_code) ? g_steal_pointer (&vault) : NULL;
}

/* Bytes one at a time and unbuffered, so that no other copy of the PIN stays in a stdio buffer. */
static gboolean
read_line (int fd, PinLine line, GError **error)
{
  gsize n_bytes = 0;

  for (;;)
    {
      gssize n_read = read (fd, line + n_bytes, 1);

      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read < 0)
        {
          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _ ("the PIN cannot be read: %s"),
                       g_strerror (errno));
          return FALSE;
        }
      if (n_read == 0 || line[n_bytes] == '\n')
        break;
      if (++n_bytes > PIN_MAX_BYTES)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("a PIN has at most %d bytes"), PIN_MAX_BYTES);
          return FALSE;
        }
    }
  if (n_bytes > 0 && line[n_bytes - 1] == '\r')
    n_bytes--;
  line[n_bytes] = '\0';
  if (n_bytes == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("the PIN is empty"));
      return FALSE;
    }
  return TRUE;
}

static gboolean
ask_at_terminal (int tty, const char *prompt, PinLine line, GError **error)
{
  struct termios shown, hidden;
  gboolean ok;

  (void) !write (tty, prompt, strlen (prompt));
  if (tcgetattr (tty, &shown) != 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                           _ ("the terminal cannot hide the PIN; use --pin-file"));
      return FALSE;
    }
  hidden = shown;
  hidden.c_lflag &= (tcflag_t) ~ECHO;
  (void) tcsetattr (tty, TCSAFLUSH, &hidden);
  ok = read_line (tty, line, error);
  (void) tcsetattr (tty, TCSAFLUSH, &shown);
  (void) !write (tty, "\n", 1);
  return ok;
}

GVariant *
ctl_read_pin (const char *file, const char *prompt, gboolean twice, GError **error)
{
  PinLine pin = "", again = "";
  GVariant *result = NULL;
  gboolean ok;
  int fd;

  if (g_strcmp0 (file, "-") == 0)
    ok = read_line (STDIN_FILENO, pin, error);
  else
    {
      const char *path = file != NULL ? file : "/dev/tty";

      fd = open (path, file != NULL ? O_RDONLY | O_CLOEXEC | O_NOCTTY : O_RDWR | O_CLOEXEC);
      if (fd < 0)
        {
          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                       file != NULL ? _ ("the PIN file cannot be opened: %s")
                                    : _ ("there is no terminal to ask for the PIN (%s); use --pin-file"),
                       g_strerror (errno));
          return NULL;
        }
      if (file != NULL)
        ok = read_line (fd, pin, error);
      else
        {
          ok = ask_at_terminal (fd, prompt, pin, error);
          if (ok && twice)
            {
              ok = ask_at_terminal (fd, _ ("The same PIN again: "), again, error);
              if (ok && strcmp (pin, again) != 0)
                {
                  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("the two PINs differ"));
                  ok = FALSE;
                }
            }
        }
      close (fd);
    }

  if (ok)
    result = g_variant_ref_sink (vault_client_secret_bytes (pin, strlen (pin)));
  explicit_bzero (pin, sizeof pin);
  explicit_bzero (again, sizeof again);
  return result;
}

void
ctl_print_json (GVariant *value)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  g_autoptr (JsonNode) node = json_gvariant_serialize (owned);
  g_autofree char *text = json_to_string (node, FALSE);

  g_print ("%s\n", text);
}

void
ctl_print_json_lines (GVariant *rows)
{
  GVariantIter iter;
  GVariant *row;

  g_variant_iter_init (&iter, rows);
  while ((row = g_variant_iter_next_value (&iter)) != NULL)
    {
      ctl_print_json (row);
      g_variant_unref (row);
    }
}

void
ctl_keep_result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

char *
ctl_find_of_person (AzukariVault1 *vault, const char *code, const char *key, GError **error)
{
  g_autoptr (GVariant) people = NULL;
  GVariantDict filter;
  GVariantIter iter;
  GVariant *person;
  char *found = NULL;

  g_variant_dict_init (&filter, NULL);
  g_variant_dict_insert (&filter, "search", "s", code);
  if (!azukari_vault1_call_people_list_sync (vault, g_variant_dict_end (&filter), &people, NULL, error))
    return NULL;
  g_variant_iter_init (&iter, people);
  while ((person = g_variant_iter_next_value (&iter)) != NULL)
    {
      if (found == NULL && strcmp (answer_text (person, "code"), code) == 0
          && strcmp (answer_text (person, "kind"), "dependant") != 0)
        found = g_strdup (answer_text (person, key));
      g_variant_unref (person);
    }
  if (found == NULL)
    g_set_error_literal (error, VAULT_ERROR, VAULT_ERROR_NO_SUCH_PERSON, "nobody has that code");
  return found;
}

char *
ctl_find_person (AzukariVault1 *vault, const char *code, GError **error)
{
  return ctl_find_of_person (vault, code, "id", error);
}

GVariant *
ctl_parse_device_options (char **words)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));

  for (; words != NULL && *words != NULL; words++)
    {
      g_auto (GStrv) parts = g_strsplit (*words, "=", 2);

      if (g_strv_length (parts) != 2 || parts[0][0] == '\0')
        {
          g_variant_builder_clear (&builder);
          return NULL;
        }
      g_variant_builder_add (&builder, "{ss}", parts[0], parts[1]);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

int
ctl_print_findings (CtlContext *ctx, gboolean ok, GVariant *findings, const char *good, const char *bad)
{
  const gboolean only_unchecked = record_words_only_unchecked (findings);
  const int code = ok ? CTL_DONE : only_unchecked ? CTL_WORLD : CTL_TAMPERED;
  GVariantIter iter;
  GVariant *row;

  if (ctx->json)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "ok", "b", ok);
      g_variant_dict_insert_value (&dict, "findings", findings);
      ctl_print_json (g_variant_dict_end (&dict));
      return code;
    }
  g_variant_iter_init (&iter, findings);
  while ((row = g_variant_iter_next_value (&iter)) != NULL)
    {
      gboolean row_ok = FALSE, passing = FALSE;

      (void) g_variant_lookup (row, "ok", "b", &row_ok);
      (void) g_variant_lookup (row, "passing", "b", &passing);
      g_print ("  %s  %-28s %s\n",
               row_ok    ? _ ("ok  ")
               : passing ? "?   "
                         : _ ("FAIL"),
               answer_text (row, "check"), answer_text (row, "detail"));
      g_variant_unref (row);
    }
  if (only_unchecked)
    g_print ("%s\n",
             _ ("Not everything could be checked: the TPM or the disk did not answer. Please try again in a moment."));
  else
    g_print ("%s\n", ok ? good : bad);
  return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl reveal: one number, to somebody who looks at a terminal. */
#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "ctl-common.h"

#define N_DIGITS 12

/* Past stdio, whose buffer nobody wipes. */
static gboolean
write_digits (GVariant *number)
{
  char line[N_DIGITS + 3] = { 0 };
  gsize size, n = 0;
  const char *digits = g_variant_get_fixed_array (number, &size, 1);
  gboolean ok = size == N_DIGITS;

  for (gsize i = 0; ok && i < N_DIGITS; i++)
    {
      if (i > 0 && i % 4 == 0)
        line[n++] = ' ';
      line[n++] = digits[i];
    }
  line[n++] = '\n';
  fflush (stdout);
  ok = ok && write (STDOUT_FILENO, line, n) == (gssize) n;
  explicit_bzero (line, sizeof line);
  if (size > 0)
    explicit_bzero ((gpointer) digits, size);
  return ok;
}

static int
reveal (CtlContext *ctx, AzukariVault1 *vault, const char *code, const char *record, const char *purpose)
{
  g_autofree char *record_id = NULL;
  g_autoptr (GVariant) number = NULL;
  g_autoptr (GError) error = NULL;
  int exit_code;

  record_id = record != NULL ? g_strdup (record) : ctl_find_of_person (vault, code, "record", &error);
  if (record_id == NULL)
    return ctl_fail (ctx, error);
  if (!ctl_show_token (ctx, vault, "export", &exit_code))
    return exit_code;
  if (!azukari_vault1_call_reveal_sync (vault, record_id, purpose, &number, NULL, &error))
    return ctl_fail (ctx, error);
  return write_digits (number) ? CTL_DONE : CTL_WORLD;
}

int
cmd_reveal (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *code = NULL, *record = NULL, *purpose = NULL;
  gboolean to_stdout = FALSE;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "code", 0, 0, G_OPTION_ARG_STRING, &code, N_ ("Whose number, by their code"), N_ ("CODE") },
    { "record", 0, 0, G_OPTION_ARG_STRING, &record, N_ ("Which number, by its id in “review list”"), N_ ("ID") },
    { "purpose", 0, 0, G_OPTION_ARG_STRING, &purpose,
      N_ ("What the number is needed for: tax, social-insurance, employment-insurance, accident-insurance or "
          "payment-record"),
      N_ ("CODE") },
    { "to-stdout", 0, 0, G_OPTION_ARG_NONE, &to_stdout,
      N_ ("Print it even where standard output is no terminal; whoever reads that has the number"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  int exit_code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL,
                  _ ("Shows one number. That it was shown, and what for, goes into the record.")))
    return CTL_USAGE;
  if ((code != NULL) == (record != NULL) || purpose == NULL)
    return ctl_usage ("reveal", _ ("say whose number by --code or --record, and what it is needed for by --purpose."));
  if (ctx->json)
    return ctl_usage ("reveal", _ ("a number is not printed as JSON."));
  /* A pipe ends in a file or a log more often than one thinks. */
  if (!to_stdout && isatty (STDOUT_FILENO) == 0)
    return ctl_usage ("reveal", _ ("standard output is no terminal, so nothing was shown. Please run this at a "
                                   "terminal, or add --to-stdout if no log keeps what is printed."));
  vault = ctl_connect_as (ctx, &admin, &exit_code);
  return vault != NULL ? reveal (ctx, vault, code, record, purpose) : exit_code;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl init, status, verify, prove, log: the vault itself. */
#include "config.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "ctl-common.h"
#include "messages-vault.h"

static void
print_status (GVariant *status)
{
  const char *state = ctl_get_string (status, "state");
  gboolean software_tpm = FALSE;
  guint32 people = 0, submitted = 0, approved = 0, tries_left = 0;
  guint64 entries = 0;

  (void) g_variant_lookup (status, "software-tpm", "b", &software_tpm);
  (void) g_variant_lookup (status, "people", "u", &people);
  (void) g_variant_lookup (status, "submitted", "u", &submitted);
  (void) g_variant_lookup (status, "approved", "u", &approved);
  (void) g_variant_lookup (status, "record-entries", "t", &entries);
  (void) g_variant_lookup (status, "tries-left", "u", &tries_left);

  if (strcmp (state, "open") == 0)
    {
      g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, entries);

      g_print (_ ("The vault of %s is open.\n"), ctl_get_string (status, "company"));
      g_print (_ ("People on the roster: %u. Submitted: %u. Approved: %u.\n"), people, submitted, approved);
      g_print (_ ("Entries in the record: %s. PIN tries left: %u.\n"), count, tries_left);
    }
  else if (strcmp (state, "uninitialised") == 0)
    g_print ("%s\n", _ ("There is no vault here yet. “azukarictl init” sets one up."));
  else
    {
      g_autofree char *sentence = messages_for_vault_error_name (ctl_get_string (status, "reason"));

      g_print (_ ("The vault is closed. %s\n"), sentence);
    }
  if (software_tpm)
    g_print ("%s\n", _ ("Software TPM: for trying out only. Whoever copies its state file has the key."));
}

static int
status_exit_code (GVariant *status)
{
  const char *reason = ctl_get_string (status, "reason");

  if (strcmp (ctl_get_string (status, "state"), "open") == 0)
    return CTL_DONE;
  if (strcmp (reason, "Tampered") == 0 || strcmp (reason, "RolledBack") == 0)
    return CTL_TAMPERED;
  return CTL_WORLD;
}

int
cmd_status (CtlContext *ctx, int argc, char **argv)
{
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, NULL, NULL, _ ("Shows the vault's state.")))
    return CTL_USAGE;
  if (!g_file_test (ctx->vault_dir, G_FILE_TEST_IS_DIR))
    {
      g_set_error (&error, VAULT_ERROR, VAULT_ERROR_NOT_INITIALISED, "no folder %s", ctx->vault_dir);
      return ctl_fail (ctx, error);
    }
  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_get_status_sync (vault, &status, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    ctl_print_json (status);
  else
    print_status (status);
  return status_exit_code (status);
}

int
cmd_init (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *provider = NULL;
  g_autofree char *company = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "provider", 0, 0, G_OPTION_ARG_STRING, &provider,
      N_ ("tpm2 (default): this machine's TPM; swtpm: a software TPM, for trying out only"), N_ ("NAME") },
    { "company", 0, 0, G_OPTION_ARG_STRING, &company, N_ ("The company whose vault it is"), N_ ("NAME") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) pin = NULL;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict options;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL,
                  _ ("Sets up a new vault: its keys are sealed to this machine's TPM.")))
    return CTL_USAGE;
  if (company == NULL || admin.admin == NULL)
    return ctl_usage ("init", _ ("--company and --admin are needed: whose vault it is, and who answers for it."));

  if (g_mkdir_with_parents (ctx->vault_dir, 0700) != 0)
    {
      g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("the vault's folder %s cannot be made"), ctx->vault_dir);
      return ctl_fail (ctx, error);
    }
  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  pin = ctl_read_pin (admin.pin_file, _ ("New PIN (6 digits or more, 8 are better): "), TRUE, &error);
  if (pin == NULL)
    return ctl_fail (ctx, error);

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "provider", "s", provider != NULL ? provider : "tpm2");
  g_variant_dict_insert (&options, "company", "s", company);
  g_variant_dict_insert (&options, "admin", "s", admin.admin);
  if (!azukari_vault1_call_init_sync (vault, g_variant_dict_end (&options), pin, &status, NULL, &error))
    {
      code = ctl_fail (ctx, error);
      if (g_error_matches (error, VAULT_ERROR, VAULT_ERROR_NO_TPM))
        g_printerr ("%s\n",
                    _ ("To try Azukari out on this machine, add --provider=swtpm. It protects nothing: the software "
                       "TPM's state file is the key."));
      return code;
    }
  if (ctx->json)
    ctl_print_json (status);
  else
    print_status (status);
  return CTL_DONE;
}

/* verify and prove give the same kind of rows. */
static int
print_findings (CtlContext *ctx, gboolean ok, GVariant *findings, const char *good, const char *bad)
{
  GVariantIter iter;
  GVariant *row;

  if (ctx->json)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "ok", "b", ok);
      g_variant_dict_insert_value (&dict, "findings", findings);
      ctl_print_json (g_variant_dict_end (&dict));
      return ok ? CTL_DONE : CTL_TAMPERED;
    }
  g_variant_iter_init (&iter, findings);
  while ((row = g_variant_iter_next_value (&iter)) != NULL)
    {
      gboolean row_ok = FALSE;

      (void) g_variant_lookup (row, "ok", "b", &row_ok);
      g_print ("  %s  %-28s %s\n", row_ok ? _ ("ok  ") : _ ("FAIL"), ctl_get_string (row, "check"),
               ctl_get_string (row, "detail"));
      g_variant_unref (row);
    }
  g_print ("%s\n", ok ? good : bad);
  return ok ? CTL_DONE : CTL_TAMPERED;
}

int
cmd_verify (CtlContext *ctx, int argc, char **argv)
{
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) findings = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok = FALSE;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, NULL, NULL, _ ("Checks the record's chain, the counters and the database.")))
    return CTL_USAGE;
  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_verify_sync (vault, &ok, &findings, NULL, &error))
    return ctl_fail (ctx, error);
  return print_findings (
      ctx, ok, findings, _ ("Nothing was altered, removed or set back."),
      _ ("Something was altered, removed or set back. Stop collecting and inform the responsible person."));
}

int
cmd_prove (CtlContext *ctx, int argc, char **argv)
{
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) findings = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok = FALSE;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, NULL, NULL,
                  _ ("Copies the vault and shows that the copy opens on no other machine.")))
    return CTL_USAGE;
  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_prove_sync (vault, &ok, &findings, NULL, &error))
    return ctl_fail (ctx, error);
  return print_findings (ctx, ok, findings, _ ("The copy opens nowhere else."),
                         _ ("A copy of this vault can be opened elsewhere. Do not use it before this is understood."));
}

static void
print_log_entry (GVariant *entry)
{
  guint64 seq = 0;
  g_autoptr (GVariant) detail = NULL;
  GVariantIter iter;
  const char *key, *value;

  (void) g_variant_lookup (entry, "seq", "t", &seq);
  g_print ("%6" G_GUINT64_FORMAT "  %s  %-14s %-16s %s", seq, ctl_get_string (entry, "time"),
           ctl_get_string (entry, "actor"), ctl_get_string (entry, "action"), ctl_get_string (entry, "subject"));
  detail = g_variant_lookup_value (entry, "detail", G_VARIANT_TYPE ("a{ss}"));
  if (detail != NULL)
    {
      g_variant_iter_init (&iter, detail);
      while (g_variant_iter_next (&iter, "{&s&s}", &key, &value))
        g_print ("  %s=%s", key, value);
    }
  g_print ("\n");
}

int
cmd_log (CtlContext *ctx, int argc, char **argv)
{
  gint64 from = 0, to = 0;
  int limit = 0;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry options[] = {
    { "from", 0, 0, G_OPTION_ARG_INT64, &from, N_ ("First entry, by its number"), N_ ("N") },
    { "to", 0, 0, G_OPTION_ARG_INT64, &to, N_ ("Last entry, by its number"), N_ ("N") },
    { "limit", 0, 0, G_OPTION_ARG_INT, &limit, N_ ("At most so many, the newest"), N_ ("N") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) entries = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict filter;
  GVariantIter iter;
  GVariant *entry;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, options, &admin, NULL, _ ("Shows the record (取扱記録).")))
    return CTL_USAGE;
  if (from < 0 || to < 0 || limit < 0)
    return ctl_usage ("log", _ ("--from, --to and --limit take numbers from 0."));
  vault = ctl_connect (ctx, &code);
  if (vault == NULL || !ctl_login (ctx, vault, &admin, &code))
    return code;

  g_variant_dict_init (&filter, NULL);
  if (from > 0)
    g_variant_dict_insert (&filter, "from", "t", (guint64) from);
  if (to > 0)
    g_variant_dict_insert (&filter, "to", "t", (guint64) to);
  if (limit > 0)
    g_variant_dict_insert (&filter, "limit", "u", (guint32) limit);
  if (!azukari_vault1_call_log_list_sync (vault, g_variant_dict_end (&filter), &entries, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      ctl_print_json_lines (entries);
      return CTL_DONE;
    }
  g_variant_iter_init (&iter, entries);
  while ((entry = g_variant_iter_next_value (&iter)) != NULL)
    {
      print_log_entry (entry);
      g_variant_unref (entry);
    }
  return CTL_DONE;
}

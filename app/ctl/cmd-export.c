/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl export [list|receipt|plain]: approved numbers into a file for payroll, and what became of the files. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "ctl-common.h"
#include "export-file.h"

void
ctl_print_handed_over (GVariant *report, gboolean masked)
{
  const char *passphrase = answer_text (report, "passphrase");

  g_print ("SHA-256 %s\n", answer_text (report, "sha256"));
  if (masked)
    return;
  g_print (_ ("Export %s. When it was taken in, and when it is deleted, say so: azukarictl export receipt.\n"),
           answer_text (report, "export-id"));
  if (*passphrase == '\0')
    {
      g_print ("%s\n", _ ("This file holds numbers in the clear. Hand it over, import it, then delete it."));
      return;
    }
  g_print (_ ("Passphrase: %s\n"), passphrase);
  g_print (
      "%s\n",
      _ ("It is shown this once and kept nowhere. Pass it on by another way than the file: by telephone or on paper, "
         "never in the same mail. 7-Zip and programs like it open the file."));
}

static int
write_export (CtlContext *ctx, AzukariVault1 *vault, GVariant *options, const char *path, gboolean masked)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (options);
  g_autoptr (ExportFile) file = NULL;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  guint32 rows = 0, skipped = 0, other_purpose = 0;

  file = export_file_new (path, &error);
  if (file == NULL
      || !azukari_vault1_call_export_sync (vault, owned, export_file_get_handle (file), export_file_get_fd_list (file),
                                           &report, NULL, NULL, &error)
      || !export_file_commit (file, &error))
    {
      g_autofree char *left = file != NULL ? export_file_discard (file) : NULL;

      if (left != NULL)
        g_printerr ("%s\n", left);
      return ctl_fail (ctx, error);
    }
  if (ctx->json)
    {
      ctl_print_json (report);
      return CTL_DONE;
    }
  (void) g_variant_lookup (report, "rows", "u", &rows);
  (void) g_variant_lookup (report, "skipped", "u", &skipped);
  (void) g_variant_lookup (report, "other-purpose", "u", &other_purpose);
  g_print (_ ("%u rows written to %s.\n"), rows, path);
  if (skipped > 0)
    g_print (_ ("People without an approved number, left out: %u.\n"), skipped);
  if (other_purpose > 0)
    g_print (_ ("People who did not agree to this purpose, left out: %u.\n"), other_purpose);
  ctl_print_handed_over (report, masked);
  return CTL_DONE;
}

static int
export_numbers (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *format = NULL;
  g_autofree char *out = NULL;
  g_autofree char *purpose = NULL;
  g_autofree char *destination = NULL;
  g_autofree char *kind = NULL;
  gboolean dry_run = FALSE, list = FALSE, plain = FALSE;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &format, N_ ("The format's id, see --list"), N_ ("ID") },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, N_ ("The new file; an existing one is never replaced"), N_ ("FILE") },
    { "purpose", 0, 0, G_OPTION_ARG_STRING, &purpose,
      N_ ("What the numbers are for: tax, social-insurance, employment-insurance, accident-insurance or "
          "payment-record"),
      N_ ("CODE") },
    { "destination", 0, 0, G_OPTION_ARG_STRING, &destination, N_ ("Where the file goes, for the record"), N_ ("TEXT") },
    { "kind", 0, 0, G_OPTION_ARG_STRING, &kind, N_ ("employee, contractor or all (default)"), N_ ("KIND") },
    { "plain", 0, 0, G_OPTION_ARG_NONE, &plain,
      N_ ("Write the numbers in the clear, not into a zip with a passphrase; the record says so"), NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, N_ ("Write the rows with masked numbers"), NULL },
    { "list", 0, 0, G_OPTION_ARG_NONE, &list, N_ ("List the formats and how far each was verified"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  GVariantDict options;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL, _ ("Exports approved numbers to a file.")))
    return CTL_USAGE;
  if (!list && (format == NULL || out == NULL || purpose == NULL || destination == NULL))
    return ctl_usage (
        "export",
        _ ("--format, --out, --purpose and --destination are needed; purpose and destination go into the record."));
  if (!list && !plain && !dry_run && !g_str_has_suffix (out, ".zip"))
    return ctl_usage (
        "export", _ ("the file is a zip with a passphrase: please give it a name that ends in .zip, or say --plain."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (list)
    return ctl_list_formats (ctx, vault);
  if (!dry_run && !ctl_show_token (ctx, vault, "export", &code))
    return code;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "format", "s", format);
  g_variant_dict_insert (&options, "purpose", "s", purpose);
  g_variant_dict_insert (&options, "destination", "s", destination);
  g_variant_dict_insert (&options, "kind", "s", kind != NULL ? kind : "all");
  g_variant_dict_insert (&options, "dry-run", "b", dry_run);
  g_variant_dict_insert (&options, "container", "s", plain || dry_run ? "plain" : "zip");
  return write_export (ctx, vault, g_variant_dict_end (&options), out, dry_run);
}

/* --- what became of the files ---------------------------------------------------------------------------------------- */

static const char *
get_state (GVariant *row)
{
  gboolean failed = FALSE, overdue = FALSE;

  (void) g_variant_lookup (row, "failed", "b", &failed);
  (void) g_variant_lookup (row, "overdue", "b", &overdue);
  if (failed)
    return _ ("failed: nothing was written");
  if (*answer_text (row, "deleted") != '\0')
    return *answer_text (row, "imported") != '\0' ? _ ("taken in and deleted") : _ ("deleted");
  if (overdue)
    return _ ("older than 7 days, and nobody has said that it is deleted");
  return *answer_text (row, "imported") != '\0' ? _ ("taken in, not deleted yet") : _ ("no receipt yet");
}

static int
export_list (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, NULL, _ ("Lists what was exported, and what became of it.")))
    return CTL_USAGE;
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_export_list_sync (vault, &rows, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      ctl_print_json_lines (rows);
      return CTL_DONE;
    }
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      g_print ("%s  %s  %s  %s  %s  %s\n    %s\n", answer_text (row, "id"), answer_text (row, "time"),
               answer_text (row, "format"), answer_text (row, "purpose"), answer_text (row, "container"),
               answer_text (row, "destination"), get_state (row));
    }
  return CTL_DONE;
}

static int
export_receipt (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, _ ("ID imported|deleted"),
                  _ ("Notes in the record that an exported file was taken in, or is deleted wherever it was.")))
    return CTL_USAGE;
  if (argc != 3 || (strcmp (argv[2], "imported") != 0 && strcmp (argv[2], "deleted") != 0))
    return ctl_usage ("export receipt", _ ("name an export, as “export list” shows it, and say imported or deleted."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_export_receipt_sync (vault, argv[1], argv[2], NULL, &error))
    return ctl_fail (ctx, error);
  if (!ctx->json)
    g_print ("%s\n", _ ("Noted in the record."));
  return CTL_DONE;
}

static int
export_plain (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, "chiefs|clerks",
                  _ ("Decides who may export numbers in the clear: responsible persons only, or clerks too.")))
    return CTL_USAGE;
  if (argc != 2 || (strcmp (argv[1], "chiefs") != 0 && strcmp (argv[1], "clerks") != 0))
    return ctl_usage ("export plain", _ ("say chiefs or clerks."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_plain_rule_sync (vault, argv[1], NULL, &error))
    return ctl_fail (ctx, error);
  if (!ctx->json)
    g_print ("%s\n", strcmp (argv[1], "clerks") == 0 ? _ ("Clerks may export numbers in the clear too.")
                                                     : _ ("Only responsible persons may export numbers in the clear."));
  return CTL_DONE;
}

int
cmd_export (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = { { "list", export_list },
                                      { "receipt", export_receipt },
                                      { "plain", export_plain } };

  if (argc < 2 || argv[1][0] == '-')
    {
      ctl_offer_verbs (ctx, verbs, G_N_ELEMENTS (verbs));
      return export_numbers (ctx, argc, argv);
    }
  return ctl_run_sub_verb (
      ctx, argc, argv, verbs, G_N_ELEMENTS (verbs),
      _ ("with options alone it writes a file; “export list”, “export receipt” and “export plain” are the others."));
}

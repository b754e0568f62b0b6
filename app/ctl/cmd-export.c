/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl export, formats: approved numbers into a file for payroll. */
#include "config.h"

#include <glib/gi18n.h>

#include "answer.h"
#include "ctl-common.h"
#include "export-file.h"

static int
list_formats (CtlContext *ctx, AzukariVault1 *vault)
{
  g_autoptr (GVariant) formats = NULL;
  g_autoptr (GError) error = NULL;
  GVariantIter iter;
  GVariant *format;

  if (!azukari_vault1_call_format_list_sync (vault, &formats, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      ctl_print_json_lines (formats);
      return CTL_DONE;
    }
  g_variant_iter_init (&iter, formats);
  while ((format = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_print ("%-18s %-8s %s (%s)\n", answer_text (format, "id"), answer_text (format, "encoding"),
               answer_text (format, "title"), answer_text (format, "verified"));
      g_variant_unref (format);
    }
  return CTL_DONE;
}

static int
write_export (CtlContext *ctx, AzukariVault1 *vault, GVariant *options, const char *path)
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
  g_print ("SHA-256 %s\n", answer_text (report, "sha256"));
  if (skipped > 0)
    g_print (_ ("People without an approved number, left out: %u.\n"), skipped);
  if (other_purpose > 0)
    g_print (_ ("People who did not agree to this purpose, left out: %u.\n"), other_purpose);
  g_print ("%s\n", _ ("This file holds numbers in the clear. Hand it over, import it, then delete it."));
  return CTL_DONE;
}

int
cmd_export (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *format = NULL;
  g_autofree char *out = NULL;
  g_autofree char *purpose = NULL;
  g_autofree char *destination = NULL;
  g_autofree char *kind = NULL;
  gboolean dry_run = FALSE, list = FALSE;
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
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (list)
    return list_formats (ctx, vault);
  if (!dry_run && !ctl_show_token (ctx, vault, "export", &code))
    return code;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "format", "s", format);
  g_variant_dict_insert (&options, "purpose", "s", purpose);
  g_variant_dict_insert (&options, "destination", "s", destination);
  g_variant_dict_insert (&options, "kind", "s", kind != NULL ? kind : "all");
  g_variant_dict_insert (&options, "dry-run", "b", dry_run);
  return write_export (ctx, vault, g_variant_dict_end (&options), out);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl log [machines|export|print|key|review|sign-off]: the record (取扱記録). */
#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "ctl-common.h"
#include "ctl-log.h"
#include "export-file.h"
#include "new-file.h"
#include "record-paper.h"
#include "record-words.h"

static void
print_log_entry (GVariant *entry)
{
  guint64 seq = 0;
  g_autoptr (GVariant) detail = NULL;
  GVariantIter iter;
  const char *key, *value;

  (void) g_variant_lookup (entry, "seq", "t", &seq);
  g_print ("%6" G_GUINT64_FORMAT "  %s  %-14s %-16s %s", seq, answer_text (entry, "time"), answer_text (entry, "actor"),
           answer_text (entry, "action"), answer_text (entry, "subject"));
  detail = g_variant_lookup_value (entry, "detail", G_VARIANT_TYPE ("a{ss}"));
  if (detail != NULL)
    {
      g_variant_iter_init (&iter, detail);
      /* Digests of rows tell a reader nothing; --json has them. */
      while (g_variant_iter_next (&iter, "{&s&s}", &key, &value))
        if (!g_str_has_prefix (key, "seal"))
          g_print ("  %s=%s", key, value);
    }
  g_print ("\n");
}

static int
log_list (CtlContext *ctx, int argc, char **argv)
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
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
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

/* --- machines that the vault was on before ---------------------------------------------------------------------------- */

static void
print_machine (GVariant *row)
{
  const char *name = answer_text (row, "name");
  guint64 entries = 0, attested = 0;
  g_autofree char *count = NULL, *signed_to = NULL;

  (void) g_variant_lookup (row, "entries", "t", &entries);
  (void) g_variant_lookup (row, "attested", "t", &attested);
  count = g_strdup_printf ("%" G_GUINT64_FORMAT, entries);
  signed_to = g_strdup_printf ("%" G_GUINT64_FORMAT, attested);
  g_print ("%s  %s\n", answer_text (row, "id"), name[0] != '\0' ? name : _ ("(machine before that)"));
  g_print (_ ("  %s to %s, %s entries; came here %s\n"), answer_text (row, "first"), answer_text (row, "last"), count,
           answer_text (row, "taken"));
  if (attested < entries)
    g_print (_ ("  Its TPM signed the entries up to %s; the rest came along without its signature.\n"), signed_to);
}

static int
log_machines (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) machines = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, NULL,
                  _ ("Lists the machines that this vault was on before, whose records came along with it.")))
    return CTL_USAGE;
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_log_earlier_sync (vault, &machines, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    ctl_print_json_lines (machines);
  else if (g_variant_n_children (machines) == 0)
    g_print ("%s\n", _ ("This vault has always been on this machine."));
  else
    {
      for (gsize i = 0; i < g_variant_n_children (machines); i++)
        {
          g_autoptr (GVariant) row = g_variant_get_child_value (machines, i);

          print_machine (row);
        }
      g_print ("%s\n", _ ("To hand one out: azukarictl log export --earlier ID FILE"));
    }
  return CTL_DONE;
}

static gboolean
export_to (AzukariVault1 *vault, const char *earlier, ExportFile *file, GVariant **ret_report, GError **error)
{
  GVariant *handle = export_file_get_handle (file);
  GUnixFDList *fds = export_file_get_fd_list (file);

  return earlier == NULL
             ? azukari_vault1_call_log_export_sync (vault, handle, fds, ret_report, NULL, NULL, error)
             : azukari_vault1_call_log_export_earlier_sync (vault, earlier, handle, fds, ret_report, NULL, NULL, error);
}

static int
log_export (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *earlier = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry options[] = { { "earlier", 0, 0, G_OPTION_ARG_STRING, &earlier,
                                     N_ ("Of a machine that the vault was on before, as “log machines” lists it"),
                                     N_ ("ID") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (ExportFile) file = NULL;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *count = NULL;
  guint64 entries = 0;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, options, &admin, _ ("FILE"),
                  _ ("Writes the whole record to a new file, signed by the TPM. It holds no names and no numbers.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("log export", _ ("name one new file to write the record to."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  file = export_file_new (argv[1], &error);
  if (file == NULL || !export_to (vault, earlier, file, &report, &error) || !export_file_commit (file, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      ctl_print_json (report);
      return CTL_DONE;
    }
  (void) g_variant_lookup (report, "entries", "t", &entries);
  count = g_strdup_printf ("%" G_GUINT64_FORMAT, entries);
  g_print (_ ("%s entries written to %s.\n"), count, argv[1]);
  g_print ("SHA-256 %s\n", answer_text (report, "sha256"));
  if (earlier == NULL)
    g_print ("%s\n", _ ("Anybody can check it: azukarictl verify --record FILE --key KEY"));
  else
    g_print (_ ("Anybody can check it with that machine's key: azukarictl log key --earlier %s\n"), earlier);
  return CTL_DONE;
}

/* --- printing -------------------------------------------------------------------------------------------------------- */

#define PRINT_STEP 5000

void
ctl_log_span_clear (CtlLogSpan *self)
{
  g_clear_pointer (&self->entries, g_ptr_array_unref);
}

gboolean
ctl_log_parse_day (const char *text, gboolean after, gint64 *ret_s)
{
  g_autoptr (GDateTime) day = NULL, next = NULL;
  int year, month, date, end = 0;

  if (strlen (text) != strlen ("YYYY-MM-DD") || sscanf (text, "%4d-%2d-%2d%n", &year, &month, &date, &end) != 3
      || (gsize) end != strlen (text))
    return FALSE;
  day = g_date_time_new_local (year, month, date, 0, 0, 0);
  next = day != NULL && after ? g_date_time_add_days (day, 1) : NULL;
  if (day != NULL)
    *ret_s = g_date_time_to_unix (next != NULL ? next : day);
  return day != NULL;
}

static void
keep_entry (CtlLogSpan *self, GVariant *entry)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (answer_text (entry, "time"), NULL);
  gint64 time_s = time != NULL ? g_date_time_to_unix (time) : 0;
  guint64 seq = 0;

  (void) g_variant_lookup (entry, "seq", "t", &seq);
  self->next = seq + 1;
  if (time_s < self->from_s || time_s >= self->before_s)
    return;
  if (self->first == 0)
    self->first = seq;
  self->last = seq;
  g_ptr_array_add (self->entries, g_variant_ref (entry));
}

gboolean
ctl_log_fetch (CtlLogSpan *self, AzukariVault1 *vault, GError **error)
{
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  for (self->next = 1;;)
    {
      g_autoptr (GVariant) rows = NULL;
      GVariantDict filter;

      g_variant_dict_init (&filter, NULL);
      g_variant_dict_insert (&filter, "from", "t", self->next);
      g_variant_dict_insert (&filter, "limit", "u", (guint32) PRINT_STEP);
      if (!azukari_vault1_call_log_list_sync (vault, g_variant_dict_end (&filter), &rows, NULL, error))
        return FALSE;
      for (gsize i = 0; i < g_variant_n_children (rows); i++)
        {
          g_autoptr (GVariant) entry = g_variant_get_child_value (rows, i);

          keep_entry (self, entry);
        }
      if (g_variant_n_children (rows) < PRINT_STEP)
        return TRUE;
    }
}

/* (transfer full): the PDF. That it was printed stands in the record before there is one. */
static GBytes *
make_paper (const CtlLogSpan *self, AzukariVault1 *vault, const char *from, const char *to, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GVariant) checkpoint = NULL, status = NULL;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "what", "s", "record");
  g_variant_dict_insert (&options, "from", "t", self->first);
  g_variant_dict_insert (&options, "to", "t", self->last);
  if (!azukari_vault1_call_log_print_sync (vault, g_variant_dict_end (&options), &checkpoint, NULL, error)
      || !azukari_vault1_call_get_status_sync (vault, &status, NULL, error))
    return NULL;
  return record_paper_make (status, self->entries, from, to, checkpoint, now, error);
}

static int
log_print (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *from = NULL, *to = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry options[] = { { "from", 0, 0, G_OPTION_ARG_STRING, &from, N_ ("First day: YYYY-MM-DD"),
                                     N_ ("DATE") },
                                   { "to", 0, 0, G_OPTION_ARG_STRING, &to, N_ ("Last day: YYYY-MM-DD"), N_ ("DATE") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GBytes) pdf = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (CtlLogSpan) printing = { .from_s = G_MININT64, .before_s = G_MAXINT64 };
  int code;

  if (!ctl_parse (ctx, &argc, &argv, options, &admin, _ ("FILE.pdf"),
                  _ ("Writes the record to a new PDF for a binder, with a checkpoint of the TPM as a QR code.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("log print", _ ("name one new file to write the PDF to."));
  if ((from != NULL && !ctl_log_parse_day (from, FALSE, &printing.from_s))
      || (to != NULL && !ctl_log_parse_day (to, TRUE, &printing.before_s)))
    return ctl_usage ("log print", _ ("--from and --to take days, YYYY-MM-DD."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  pdf = ctl_log_fetch (&printing, vault, &error) ? make_paper (&printing, vault, from, to, &error) : NULL;
  if (pdf == NULL || !new_file_write (argv[1], g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "entries", "u", printing.entries->len);
      ctl_print_json (g_variant_dict_end (&dict));
    }
  else
    g_print (g_dngettext (GETTEXT_PACKAGE, "%u entry written to %s.\n", "%u entries written to %s.\n",
                          printing.entries->len),
             printing.entries->len, argv[1]);
  return CTL_DONE;
}

static int
log_key (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *earlier = NULL;
  const GOptionEntry options[] = { { "earlier", 0, 0, G_OPTION_ARG_STRING, &earlier,
                                     N_ ("Of a machine that the vault was on before, as “log machines” lists it"),
                                     N_ ("ID") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *key = NULL;
  GVariantDict dict;
  int code;

  if (!ctl_parse (
          ctx, &argc, &argv, options, NULL, NULL,
          _ ("Prints the public key that the record's checkpoints are checked with. Keep it outside this machine.")))
    return CTL_USAGE;
  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  if (!(earlier == NULL ? azukari_vault1_call_log_key_sync (vault, &key, NULL, &error)
                        : azukari_vault1_call_log_earlier_key_sync (vault, earlier, &key, NULL, &error)))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "key", "s", key);
      ctl_print_json (g_variant_dict_end (&dict));
    }
  else
    g_print ("%s", key);
  return CTL_DONE;
}

static void
print_flag (GVariant *row)
{
  const char *text = record_words_flag (answer_text (row, "flag"));
  guint64 first = 0, last = 0;
  guint32 count = 0;
  g_autofree char *from = NULL, *to = NULL;

  (void) g_variant_lookup (row, "count", "u", &count);
  (void) g_variant_lookup (row, "first", "t", &first);
  (void) g_variant_lookup (row, "last", "t", &last);
  from = g_strdup_printf ("%" G_GUINT64_FORMAT, first);
  to = g_strdup_printf ("%" G_GUINT64_FORMAT, last);
  g_print (_ ("  %s: %u, entries %s to %s\n"), text, count, from, to);
}

static void
print_review (GVariant *report)
{
  g_autoptr (GVariant) rows = g_variant_lookup_value (report, "flags", G_VARIANT_TYPE ("aa{sv}"));
  g_autofree char *from = NULL, *to = NULL;
  guint64 first = 0, last = 0;
  GVariantIter iter;
  GVariant *row;

  (void) g_variant_lookup (report, "from", "t", &first);
  (void) g_variant_lookup (report, "to", "t", &last);
  from = g_strdup_printf ("%" G_GUINT64_FORMAT, first);
  to = g_strdup_printf ("%" G_GUINT64_FORMAT, last);
  g_print (_ ("Entries %s to %s have not been reviewed.\n"), from, to);
  if (rows == NULL || g_variant_n_children (rows) == 0)
    g_print ("%s\n", _ ("None of them stands out."));
  else
    {
      g_variant_iter_init (&iter, rows);
      while ((row = g_variant_iter_next_value (&iter)) != NULL)
        {
          print_flag (row);
          g_variant_unref (row);
        }
    }
  g_print (_ ("When you have seen them: azukarictl log sign-off --to %s\n"), to);
}

static int
log_review (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, NULL,
                  _ ("Shows what to look at among the entries that nobody has reviewed.")))
    return CTL_USAGE;
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_log_review_sync (vault, &report, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    ctl_print_json (report);
  else
    print_review (report);
  return CTL_DONE;
}

static int
log_sign_off (CtlContext *ctx, int argc, char **argv)
{
  gint64 to = 0;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry options[] = { { "to", 0, 0, G_OPTION_ARG_INT64, &to,
                                     N_ ("Seen up to this entry (default: the newest)"), N_ ("N") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *number = NULL;
  guint64 up_to;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, options, &admin, NULL,
                  _ ("Notes that the responsible person has reviewed the record.")))
    return CTL_USAGE;
  if (to < 0)
    return ctl_usage ("log sign-off", _ ("--to takes an entry's number."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  up_to = (guint64) to;
  if (up_to == 0)
    {
      if (!azukari_vault1_call_get_status_sync (vault, &status, NULL, &error))
        return ctl_fail (ctx, error);
      (void) g_variant_lookup (status, "record-entries", "t", &up_to);
    }
  if (!azukari_vault1_call_log_sign_off_sync (vault, up_to, NULL, &error))
    return ctl_fail (ctx, error);
  number = g_strdup_printf ("%" G_GUINT64_FORMAT, up_to);
  if (!ctx->json)
    g_print (_ ("Noted in the record: seen up to entry %s.\n"), number);
  return CTL_DONE;
}

int
cmd_log (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = { { "machines", log_machines }, { "export", log_export },
                                      { "print", log_print },       { "key", log_key },
                                      { "review", log_review },     { "sign-off", log_sign_off } };

  if (argc < 2 || argv[1][0] == '-')
    {
      ctl_offer_verbs (ctx, verbs, G_N_ELEMENTS (verbs));
      return log_list (ctx, argc, argv);
    }
  return ctl_run_sub_verb (
      ctx, argc, argv, verbs, G_N_ELEMENTS (verbs),
      _ ("without a word it shows the record; “log machines”, “log export”, “log print”, “log key”, “log review” "
         "and “log sign-off” are the others."));
}

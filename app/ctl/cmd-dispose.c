/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl dispose due|preview|run|rules|certificates: what need not be kept any more, and how it goes. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "ctl-certificate.h"
#include "ctl-common.h"
#include "purposes.h"

/* --- what is due ----------------------------------------------------------------------------------------------------- */

static void
print_numbers (GVariant *numbers)
{
  GVariantIter iter;
  GVariant *row;

  g_variant_iter_init (&iter, numbers);
  while ((row = g_variant_iter_next_value (&iter)) != NULL)
    {
      const char *due = answer_text (row, "due");

      g_print ("%-10s  %-12s %-10s %s  %s  %s\n", due[0] != '\0' ? due : "-", answer_text (row, "code"),
               answer_text (row, "kind"), answer_text (row, "name"), answer_text (row, "purposes"),
               answer_text (row, "person"));
      g_variant_unref (row);
    }
}

static void
print_due (CtlContext *ctx, GVariant *numbers)
{
  if (ctx->json)
    ctl_print_json_lines (numbers);
  else if (g_variant_n_children (numbers) == 0)
    g_print ("%s\n", _ ("Nothing is due."));
  else
    print_numbers (numbers);
}

static int
dispose_due (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *until = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "until", 0, 0, G_OPTION_ARG_STRING, &until,
                                     N_ ("Those that may go by this day: YYYY-MM-DD (today when left out)"),
                                     N_ ("DATE") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) numbers = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL,
                  _ ("Lists the numbers that need not be kept any more, the longest waiting first. Shows no numbers.")))
    return CTL_USAGE;
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_dispose_due_sync (vault, until != NULL ? until : "", &numbers, NULL, &error))
    return ctl_fail (ctx, error);
  print_due (ctx, numbers);
  return CTL_DONE;
}

/* --- disposing ------------------------------------------------------------------------------------------------------- */

typedef struct
{
  gboolean all_due;
  char **codes;
  char **people;
  char *reason;
  gboolean erase;
  gboolean dry_run;
  char *paper;
  CtlAdmin admin;
} Asked;

static void
asked_clear (Asked *self)
{
  g_strfreev (self->codes);
  g_strfreev (self->people);
  g_free (self->reason);
  g_free (self->paper);
  ctl_admin_clear (&self->admin);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asked, asked_clear)

static gboolean
add_people (AzukariVault1 *vault, const Asked *asked, GVariantDict *options, GError **error)
{
  GVariantBuilder ids = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);

  for (char **code = asked->codes; code != NULL && *code != NULL; code++)
    {
      g_autofree char *id = ctl_find_person (vault, *code, error);

      if (id == NULL)
        {
          g_variant_builder_clear (&ids);
          return FALSE;
        }
      g_variant_builder_add (&ids, "s", id);
    }
  for (char **id = asked->people; id != NULL && *id != NULL; id++)
    g_variant_builder_add (&ids, "s", *id);
  g_variant_dict_insert_value (options, "people", g_variant_builder_end (&ids));
  return TRUE;
}

static gboolean
call (AzukariVault1 *vault, const Asked *asked, GVariant **ret_report, GVariant **ret_numbers, GError **error)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  if (!asked->all_due && !add_people (vault, asked, &options, error))
    {
      g_variant_dict_clear (&options);
      return FALSE;
    }
  g_variant_dict_insert (&options, "reason", "s", asked->reason != NULL ? asked->reason : "retention-over");
  g_variant_dict_insert (&options, "erase-people", "b", asked->erase);
  g_variant_dict_insert (&options, "dry-run", "b", asked->dry_run);
  return azukari_vault1_call_dispose_sync (vault, g_variant_dict_end (&options), ret_report, ret_numbers, NULL, error);
}

static void
print_report (const Asked *asked, GVariant *report, GVariant *numbers)
{
  guint32 n = 0, erased = 0, left_over = 0;

  (void) g_variant_lookup (report, "numbers", "u", &n);
  (void) g_variant_lookup (report, "erased", "u", &erased);
  (void) g_variant_lookup (report, "left-over", "u", &left_over);
  if (asked->dry_run)
    {
      print_numbers (numbers);
      g_print (g_dngettext (GETTEXT_PACKAGE, "Trial run, nothing was changed. %u number would be disposed of.\n",
                            "Trial run, nothing was changed. %u numbers would be disposed of.\n", n),
               n);
    }
  else
    {
      g_print (g_dngettext (GETTEXT_PACKAGE, "%u number was disposed of.\n", "%u numbers were disposed of.\n", n), n);
      if (erased > 0)
        g_print (_ ("People whose name and birth date were removed as well: %u.\n"), erased);
      g_print (_ ("Certificate: %s\n"), answer_text (report, "id"));
    }
  if (left_over > 0)
    g_print (_ ("More are due than one certificate holds: %u. Please run this again.\n"), left_over);
}

static int
run (CtlContext *ctx, Asked *asked)
{
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) report = NULL, numbers = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (asked->all_due == (asked->codes != NULL || asked->people != NULL))
    return ctl_usage ("dispose", _ ("say --all-due, or name people by --code or --person."));
  vault = ctl_connect_as (ctx, &asked->admin, &code);
  if (vault == NULL)
    return code;
  if (!call (vault, asked, &report, &numbers, &error))
    return ctl_fail (ctx, error);
  if (ctx->json && asked->dry_run)
    ctl_print_json_lines (numbers);
  else if (ctx->json)
    ctl_print_json (report);
  else
    print_report (asked, report, numbers);
  if (asked->paper == NULL)
    return CTL_DONE;
  return ctl_certificate_fetch (ctx, vault, answer_text (report, "id"), asked->paper);
}

static int
dispose_preview (CtlContext *ctx, int argc, char **argv)
{
  g_auto (Asked) asked = { .dry_run = TRUE };
  const GOptionEntry entries[] = {
    { "all-due", 0, 0, G_OPTION_ARG_NONE, &asked.all_due, N_ ("All that need not be kept any more"), NULL },
    { "code", 0, 0, G_OPTION_ARG_STRING_ARRAY, &asked.codes, N_ ("This person's number; may be given again"),
      N_ ("CODE") },
    { "person", 0, 0, G_OPTION_ARG_STRING_ARRAY, &asked.people, N_ ("The same by id, for family members"), N_ ("ID") },
    { "reason", 0, 0, G_OPTION_ARG_STRING, &asked.reason,
      N_ ("retention-over (default), not-needed, collected-in-error or requested"), N_ ("WHY") },
    G_OPTION_ENTRY_NULL
  };

  if (!ctl_parse (ctx, &argc, &argv, entries, &asked.admin, NULL, _ ("Shows what “dispose run” would destroy.")))
    return CTL_USAGE;
  return run (ctx, &asked);
}

static int
dispose_run (CtlContext *ctx, int argc, char **argv)
{
  g_auto (Asked) asked = { .dry_run = FALSE };
  const GOptionEntry entries[] = {
    { "all-due", 0, 0, G_OPTION_ARG_NONE, &asked.all_due, N_ ("All that need not be kept any more"), NULL },
    { "code", 0, 0, G_OPTION_ARG_STRING_ARRAY, &asked.codes, N_ ("This person's number; may be given again"),
      N_ ("CODE") },
    { "person", 0, 0, G_OPTION_ARG_STRING_ARRAY, &asked.people, N_ ("The same by id, for family members"), N_ ("ID") },
    { "reason", 0, 0, G_OPTION_ARG_STRING, &asked.reason,
      N_ ("retention-over (default), not-needed, collected-in-error or requested"), N_ ("WHY") },
    { "erase-people", 0, 0, G_OPTION_ARG_NONE, &asked.erase,
      N_ ("Remove name, kana and birth date too, of those who have left"), NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &asked.dry_run, N_ ("Only show what would go"), NULL },
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &asked.paper,
      N_ ("New file for the certificate: FILE.pdf (and FILE.azc beside it), or another name for the signed text alone"),
      N_ ("FILE") },
    G_OPTION_ENTRY_NULL
  };

  if (!ctl_parse (ctx, &argc, &argv, entries, &asked.admin, NULL,
                  _ ("Disposes of numbers, for good: copies of the vault's files from before open nothing any more.")))
    return CTL_USAGE;
  if (asked.dry_run && asked.paper != NULL)
    return ctl_usage ("dispose run", _ ("a trial run has no certificate."));
  return run (ctx, &asked);
}

/* --- rules ----------------------------------------------------------------------------------------------------------- */

static const char *
anchor_title (const char *anchor)
{
  if (strcmp (anchor, "leaving") == 0)
    return _ ("years from the day of leaving");
  if (strcmp (anchor, "year-end") == 0)
    return _ ("years from the end of the year of leaving");
  if (strcmp (anchor, "january-10") == 0)
    return _ ("years from 10 January after the year of leaving");
  return anchor;
}

static int
list_rules (CtlContext *ctx, AzukariVault1 *vault)
{
  g_autoptr (GVariant) rules = NULL;
  g_autoptr (GError) error = NULL;
  GVariantIter iter;
  GVariant *rule;

  if (!azukari_vault1_call_retention_list_sync (vault, &rules, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      ctl_print_json_lines (rules);
      return CTL_DONE;
    }
  g_variant_iter_init (&iter, rules);
  while ((rule = g_variant_iter_next_value (&iter)) != NULL)
    {
      guint32 years = 0;

      (void) g_variant_lookup (rule, "years", "u", &years);
      g_print ("%-22s %2u %s  (%s)\n", answer_text (rule, "purpose"), years,
               anchor_title (answer_text (rule, "anchor")), purposes_get_short_title (answer_text (rule, "purpose")));
      g_variant_unref (rule);
    }
  return CTL_DONE;
}

static int
try_rule (CtlContext *ctx, AzukariVault1 *vault, const char *purpose, const char *anchor, guint years)
{
  g_autoptr (GVariant) numbers = NULL;
  g_autoptr (GError) error = NULL;

  if (!azukari_vault1_call_retention_try_sync (vault, purpose, anchor, years, &numbers, NULL, &error))
    return ctl_fail (ctx, error);
  print_due (ctx, numbers);
  return CTL_DONE;
}

static int
dispose_rules (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *purpose = NULL, *anchor = NULL;
  gboolean dry_run = FALSE;
  int years = -1, code;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "set", 0, 0, G_OPTION_ARG_STRING, &purpose, N_ ("Change the rule of this purpose"), N_ ("PURPOSE") },
    { "years", 0, 0, G_OPTION_ARG_INT, &years, N_ ("For so many years, 0 to 50"), N_ ("N") },
    { "from", 0, 0, G_OPTION_ARG_STRING, &anchor, N_ ("leaving, year-end or january-10"), N_ ("DAY") },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, N_ ("Only list what would be due today"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL, _ ("Shows how long numbers are kept, or changes it.")))
    return CTL_USAGE;
  if ((purpose != NULL) != (years >= 0) || (purpose != NULL) != (anchor != NULL) || (dry_run && purpose == NULL))
    return ctl_usage ("dispose rules", _ ("--set, --years and --from belong together."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (dry_run)
    return try_rule (ctx, vault, purpose, anchor, (guint) years);
  if (purpose != NULL && !azukari_vault1_call_retention_set_sync (vault, purpose, anchor, (guint) years, NULL, &error))
    return ctl_fail (ctx, error);
  return list_rules (ctx, vault);
}

/* --- certificates ---------------------------------------------------------------------------------------------------- */

static int
list_certificates (CtlContext *ctx, AzukariVault1 *vault)
{
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GError) error = NULL;
  GVariantIter iter;
  GVariant *row;

  if (!azukari_vault1_call_certificate_list_sync (vault, &rows, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      ctl_print_json_lines (rows);
      return CTL_DONE;
    }
  g_variant_iter_init (&iter, rows);
  while ((row = g_variant_iter_next_value (&iter)) != NULL)
    {
      guint32 n = 0;

      (void) g_variant_lookup (row, "numbers", "u", &n);
      g_print ("%s  %4u  %s\n", answer_text (row, "time"), n, answer_text (row, "id"));
      g_variant_unref (row);
    }
  return CTL_DONE;
}

static int
dispose_certificates (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *id = NULL, *out = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "id", 0, 0, G_OPTION_ARG_STRING, &id, N_ ("Write this one to --out"), N_ ("ID") },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out,
      N_ ("New file for the certificate: FILE.pdf (and FILE.azc beside it), or another name for the signed text alone"),
      N_ ("FILE") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL,
                  _ ("Lists the certificates of disposal (削除・廃棄証明書), or writes one of them to a file again.")))
    return CTL_USAGE;
  if ((id == NULL) != (out == NULL))
    return ctl_usage ("dispose certificates", _ ("--id and --out belong together."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  return id != NULL ? ctl_certificate_fetch (ctx, vault, id, out) : list_certificates (ctx, vault);
}

int
cmd_dispose (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = { { "due", dispose_due },
                                      { "preview", dispose_preview },
                                      { "run", dispose_run },
                                      { "rules", dispose_rules },
                                      { "certificates", dispose_certificates } };

  return ctl_run_sub_verb (ctx, argc, argv, verbs, G_N_ELEMENTS (verbs),
                           _ ("say due, preview, run, rules or certificates."));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl paper register|…: papers about the vault as a whole; paper receipt: one person's. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "company-paper.h"
#include "ctl-log.h"
#include "ctl-paper.h"
#include "leak-paper.h"
#include "new-file.h"
#include "receipt-paper.h"

gboolean
ctl_paper_is_free (const char *path, GError **error)
{
  if (!g_file_test (path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _ ("%s is there already; please name a new file"), path);
  return FALSE;
}

gboolean
ctl_paper_write (const char *path, GBytes *pdf, GError **error)
{
  return pdf != NULL && new_file_write (path, g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), error);
}

static int
report (CtlContext *ctx, const char *path)
{
  GVariantDict dict;

  if (!ctx->json)
    {
      g_print (_ ("Written to %s.\n"), path);
      return CTL_DONE;
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "file", "s", path);
  ctl_print_json (g_variant_dict_end (&dict));
  return CTL_DONE;
}

/* --- the vault as a whole -------------------------------------------------------------------------------------------- */

static const struct
{
  const char *what;
  const char *summary; /* untranslated */
  GBytes *(*make) (const CompanyPaper *about, GError **error);
} papers[] = {
  { "register",
    N_ ("Writes the register of files of specific personal information (特定個人情報ファイル管理簿) to a new PDF, "
        "as the vault has it now."),
    company_paper_make_register },
  { "controls",
    N_ ("Writes the map of security controls (安全管理措置) to a new PDF: what the guideline asks for, what answers it "
        "in "
        "this vault now, what is not met, and what remains for the company."),
    company_paper_make_controls },
  { "policy",
    N_ ("Writes a draft of the basic policy (基本方針) to a new PDF, filled with this vault's facts, for the company "
        "to "
        "check and decide."),
    company_paper_make_policy },
  { "rules",
    N_ ("Writes a draft of the handling rules (取扱規程) to a new PDF, filled with this vault's facts, for the company "
        "to "
        "check and decide."),
    company_paper_make_rules },
  { "training", N_ ("Writes the list of training and pledges (教育・誓約記録) to a new PDF, as the record has them."),
    company_paper_make_training },
};

static guint
find_paper (const char *what)
{
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (papers) && strcmp (papers[i].what, what) != 0)
    i++;
  return i;
}

static GBytes *
make (const CtlContext *ctx, AzukariVault1 *vault, guint paper, GError **error)
{
  g_autoptr (GVariant) status = NULL, facts = NULL, checkpoint = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "what", "s", papers[paper].what);
  if (!azukari_vault1_call_vault_print_sync (vault, g_variant_dict_end (&options), &facts, &checkpoint, NULL, error)
      || !azukari_vault1_call_get_status_sync (vault, &status, NULL, error))
    return NULL;
  {
    const CompanyPaper about = { status, facts, checkpoint, now, g_get_host_name (), ctx->vault_dir };

    return papers[paper].make (&about, error);
  }
}

int
ctl_paper_company (CtlContext *ctx, int argc, char **argv)
{
  const guint paper = find_paper (argv[0]);
  g_autofree char *verb = g_strconcat ("paper ", papers[paper].what, NULL);
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GBytes) pdf = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, _ ("FILE.pdf"), _ (papers[paper].summary)))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage (verb, _ ("name one new file to write the PDF to."));
  if (!ctl_paper_is_free (argv[1], &error))
    return ctl_fail (ctx, error);
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  pdf = make (ctx, vault, paper, &error);
  return ctl_paper_write (argv[1], pdf, &error) ? report (ctx, argv[1]) : ctl_fail (ctx, error);
}

/* --- a leak ---------------------------------------------------------------------------------------------------------- */

static GBytes *
make_leak (const CtlContext *ctx, AzukariVault1 *vault, CtlLogSpan *log, const char *from, const char *to,
           GError **error)
{
  g_autoptr (GVariant) status = NULL, facts = NULL, checkpoint = NULL, exports = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "what", "s", "leak");
  if (!azukari_vault1_call_vault_print_sync (vault, g_variant_dict_end (&options), &facts, &checkpoint, NULL, error)
      || !azukari_vault1_call_get_status_sync (vault, &status, NULL, error)
      || !azukari_vault1_call_export_list_sync (vault, &exports, NULL, error) || !ctl_log_fetch (log, vault, error))
    return NULL;
  {
    const CompanyPaper about = { status, facts, checkpoint, now, g_get_host_name (), ctx->vault_dir };
    const LeakSpan span = { from, to, log->entries, exports };

    return leak_paper_make (&about, &span, error);
  }
}

int
ctl_paper_leak (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *from = NULL, *to = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "from", 0, 0, G_OPTION_ARG_STRING, &from, N_ ("First day: YYYY-MM-DD"),
                                     N_ ("DATE") },
                                   { "to", 0, 0, G_OPTION_ARG_STRING, &to, N_ ("Last day: YYYY-MM-DD"), N_ ("DATE") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GBytes) pdf = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (CtlLogSpan) log = { .from_s = G_MININT64, .before_s = G_MAXINT64 };
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, _ ("FILE.pdf"),
                  _ ("Writes a draft of the report of a leak (漏えい等報告) to a new PDF, filled with what the record "
                     "has of some days: "
                     "who had access, what was exported, what was done.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("paper leak", _ ("name one new file to write the PDF to."));
  if ((from != NULL && !ctl_log_parse_day (from, FALSE, &log.from_s))
      || (to != NULL && !ctl_log_parse_day (to, TRUE, &log.before_s)))
    return ctl_usage ("paper leak", _ ("--from and --to take days, YYYY-MM-DD."));
  if (!ctl_paper_is_free (argv[1], &error))
    return ctl_fail (ctx, error);
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  pdf = make_leak (ctx, vault, &log, from, to, &error);
  return ctl_paper_write (argv[1], pdf, &error) ? report (ctx, argv[1]) : ctl_fail (ctx, error);
}

/* --- one person ------------------------------------------------------------------------------------------------------ */

static GBytes *
make_receipt (AzukariVault1 *vault, const char *person, const char *contact, GError **error)
{
  g_autoptr (GVariant) receipt = NULL, status = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GError) problem = NULL;

  if (azukari_vault1_call_receipt_print_sync (vault, person, &receipt, NULL, &problem)
      && azukari_vault1_call_get_status_sync (vault, &status, NULL, &problem))
    return receipt_paper_make (status, receipt, contact, now, error);
  if (g_error_matches (problem, VAULT_ERROR, VAULT_ERROR_NO_SUCH_RECORD))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _ ("No number of theirs is in custody, so there is nothing to give a receipt for."));
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

int
ctl_paper_receipt (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *person_code = NULL, *person = NULL, *contact = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "code", 0, 0, G_OPTION_ARG_STRING, &person_code, N_ ("Whose"), N_ ("CODE") },
                                   { "person", 0, 0, G_OPTION_ARG_STRING, &person,
                                     N_ ("The same by id, as for a dependant"), N_ ("ID") },
                                   { "contact", 0, 0, G_OPTION_ARG_STRING, &contact, N_ ("Whom to ask"), N_ ("TEXT") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GBytes) pdf = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (
          ctx, &argc, &argv, entries, &admin, _ ("FILE.pdf"),
          _ ("Writes a receipt for somebody's number to a new PDF: what for, until when, to whom. The number does not "
             "stand on it.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("paper receipt", _ ("name one new file to write the PDF to."));
  if ((person_code != NULL) == (person != NULL))
    return ctl_usage ("paper receipt", _ ("say whose, by --code or --person."));
  if (!ctl_paper_is_free (argv[1], &error))
    return ctl_fail (ctx, error);
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (person == NULL)
    person = ctl_find_person (vault, person_code, &error);
  pdf = person != NULL ? make_receipt (vault, person, contact, &error) : NULL;
  return ctl_paper_write (argv[1], pdf, &error) ? report (ctx, argv[1]) : ctl_fail (ctx, error);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* company-paper: 特定個人情報ファイル管理簿. */
#include "config.h"

#include "company-paper-private.h"

#include <glib/gi18n.h>

#include "answer.h"
#include "paper-words.h"

/* (transfer full): of those who belong to one, and whether some do not */
static char *
dup_departments (const CompanyPaper *about)
{
  g_autoptr (GVariant) rows = company_paper_rows (about, "departments");
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      g_ptr_array_add (names, g_strdup (paper_words_department (answer_text (row, "department"))));
    }
  return paper_words_join (names, _ ("nobody is on the roster yet"));
}

/* (transfer full): other machines that hold, or could open, what is kept here */
static char *
dup_machines (const CompanyPaper *about)
{
  g_autoptr (GVariant) rows = company_paper_rows (about, "machines");
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      g_ptr_array_add (names, g_strdup (answer_text (row, "name")));
    }
  return paper_words_join (names, _ ("none"));
}

static void
add_file (const CompanyPaper *about, Paper *paper)
{
  g_autoptr (GVariant) admins = company_paper_rows (about, "admins");
  g_autofree char *chiefs = paper_words_admins (admins, "chief", ""), *departments = dup_departments (about),
                  *place = company_paper_place (about), *machines = dup_machines (about);
  const char *const facts[] = { _ ("Name of the file"),
                                _ ("My Numbers in custody (個人番号保管ファイル)"),
                                _ ("Company"),
                                answer_text (about->status, "company"),
                                _ ("Responsible persons"),
                                chiefs,
                                _ ("What is in it"),
                                _ ("My Number (個人番号), code, name and its reading, date of birth, department, "
                                   "relationship of dependants, the document shown and how identity was confirmed, "
                                   "purposes agreed to. No picture of a document is kept."),
                                _ ("Whose numbers"),
                                departments,
                                _ ("Where it is kept"),
                                place,
                                _ ("Second machine"),
                                machines,
                                _ ("Vault"),
                                answer_text (about->status, "vault-id"),
                                NULL };

  paper_add_facts (paper, facts);
}

static void
add_people (const CompanyPaper *about, Paper *paper)
{
  const PaperColumn columns[] = { { _ ("Kind of people"), 0.4, FALSE },
                                  { _ ("On the roster"), 0.3, FALSE },
                                  { _ ("Numbers in custody"), 0.3, FALSE } };
  g_autoptr (GVariant) kinds = company_paper_rows (about, "kinds");
  g_autoptr (GPtrArray) rows = paper_words_rows ();
  guint64 people = 0, numbers = 0;

  for (gsize i = 0; i < g_variant_n_children (kinds); i++)
    {
      g_autoptr (GVariant) kind = g_variant_get_child_value (kinds, i);

      people += answer_u32 (kind, "people");
      numbers += answer_u32 (kind, "numbers");
      paper_words_add_row (rows, g_strdup (paper_words_kind (answer_text (kind, "what"))),
                           paper_words_count (answer_u32 (kind, "people")),
                           paper_words_count (answer_u32 (kind, "numbers")), NULL);
    }
  paper_words_add_row (rows, g_strdup (_ ("Total")), paper_words_count (people), paper_words_count (numbers), NULL);
  paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
}

static void
add_disposal (const CompanyPaper *about, Paper *paper)
{
  g_autofree char *last = NULL, *so_far = NULL;
  const guint due = answer_u32 (about->status, "disposal-due"), disposals = answer_u32 (about->facts, "disposals");
  g_autofree char *waiting =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u number need not be kept any more and waits for disposal",
                                    "%u numbers need not be kept any more and wait for disposal", due),
                       due);

  (void) company_paper_count (about, "disposed", &last);
  so_far = last != NULL ? g_strdup_printf (
               g_dngettext (GETTEXT_PACKAGE, "%u time, on %s", "%u times, last on %s", disposals), disposals, last)
                        : g_strdup (_ ("never so far"));
  {
    const char *const facts[] = {
      _ ("Disposed of (廃棄)"),
      so_far,
      _ ("Now"),
      due > 0 ? waiting : _ ("no number is kept longer than its purposes need"),
      _ ("How"),
      _ ("Rows are overwritten and the keys are replaced, so that copies and backups from "
         "before open nothing any more; each disposal has a certificate signed by the TPM."),
      NULL
    };

    paper_add_facts (paper, facts);
  }
}

GBytes *
company_paper_make_register (const CompanyPaper *about, GError **error)
{
  g_autoptr (Paper) paper = company_paper_begin (
      about, _ ("Register of files of specific personal information (特定個人情報ファイル管理簿)"));

  add_file (about, paper);
  paper_add_heading (paper, _ ("What the numbers are used for, and how long they are kept"));
  company_paper_add_purposes (about, paper, TRUE);
  paper_add_heading (paper, _ ("How many there are"));
  add_people (about, paper);
  paper_add_heading (paper, _ ("Who may use it"));
  company_paper_add_admins (about, paper);
  paper_add_heading (paper, _ ("Backups"));
  company_paper_add_backups (about, paper);
  paper_add_heading (paper, _ ("Disposal"));
  add_disposal (about, paper);
  paper_add_note (paper, _ ("As of the time above, as the vault itself has it. This register names nobody whose number "
                            "is kept, and holds no number."));
  return company_paper_end (about, paper, _ ("Responsible person (責任者)"), error);
}

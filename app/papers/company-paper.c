/* SPDX-License-Identifier: Apache-2.0 */
/* company-paper: what they share. */
#include "config.h"

#include "company-paper-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "paper-words.h"
#include "purposes.h"
#include "record-paper.h"
#include "record-words.h"

/* --- beginning and end ----------------------------------------------------------------------------------------------- */

Paper *
company_paper_begin (const CompanyPaper *about, const char *title)
{
  g_autofree char *time = g_date_time_format (about->when, _ ("%B %-d, %Y, %H:%M (UTC%:z)"));
  g_autofree char *foot = g_strdup_printf (_ ("%s, %s"), title, time);
  Paper *paper = paper_new (title, foot, C_ ("language of the text", "en"));

  paper_words_add_trial (paper, about->status);
  paper_add_title (paper, title);
  paper_add_aside (paper, time);
  return paper;
}

GBytes *
company_paper_end (const CompanyPaper *about, Paper *paper, const char *who, GError **error)
{
  paper_add_signature (paper, _ ("Date"), _ ("Address"), answer_text (about->status, "company"), who, _ ("Seal"));
  record_paper_add_checkpoint (paper, about->checkpoint);
  return paper_finish (paper, error);
}

/* --- facts ----------------------------------------------------------------------------------------------------------- */

GVariant *
company_paper_rows (const CompanyPaper *about, const char *key)
{
  GVariant *rows = g_variant_lookup_value (about->facts, key, G_VARIANT_TYPE ("aa{sv}"));

  return rows != NULL ? rows : g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0));
}

/* (transfer full) (nullable) */
static GVariant *
find_action (const CompanyPaper *about, const char *action)
{
  g_autoptr (GVariant) rows = company_paper_rows (about, "actions");

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      if (strcmp (answer_text (row, "action"), action) == 0)
        return g_steal_pointer (&row);
    }
  return NULL;
}

guint64
company_paper_count (const CompanyPaper *about, const char *action, char **ret_last)
{
  g_autoptr (GVariant) row = find_action (about, action);
  guint64 count = 0;

  if (ret_last != NULL)
    *ret_last = row != NULL ? paper_words_day (answer_text (row, "last")) : NULL;
  if (row != NULL)
    (void) g_variant_lookup (row, "count", "t", &count);
  return count;
}

gint64
company_paper_age_days (const CompanyPaper *about, const char *action)
{
  g_autoptr (GVariant) row = find_action (about, action);
  g_autoptr (GDateTime) last = row != NULL ? g_date_time_new_from_iso8601 (answer_text (row, "last"), NULL) : NULL;

  return last != NULL ? MAX (g_date_time_difference (about->when, last) / G_TIME_SPAN_DAY, 0) : -1;
}

char *
company_paper_last_training (const CompanyPaper *about, const char *admin_id, const char *what)
{
  g_autoptr (GVariant) rows = company_paper_rows (about, "training");
  g_autofree char *last = NULL;

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      const char *on = answer_text (row, "on");

      if (strcmp (answer_text (row, "admin-id"), admin_id) != 0 || strcmp (answer_text (row, "what"), what) != 0
          || (last != NULL && strcmp (on, last) <= 0))
        continue;
      g_free (last);
      last = g_strdup (on);
    }
  return g_steal_pointer (&last);
}

/* --- parts ----------------------------------------------------------------------------------------------------------- */

char *
company_paper_place (const CompanyPaper *about)
{
  return g_strdup_printf (
      answer_bool (about->status, "software-tpm")
          ? _ ("In an encrypted database (SQLCipher, AES-256) on the PC “%s”, folder %s. FOR TRYING OUT: its key is "
               "sealed to a software TPM that lies beside it.")
          : _ ("In an encrypted database (SQLCipher, AES-256) on the PC “%s”, folder %s. Its key is sealed to the TPM "
               "2.0 chip of this PC, and each number once more to what only a PIN opens."),
      about->host, about->folder);
}

static void
add_purpose (GPtrArray *rows, GVariant *rules, const char *code, guint numbers)
{
  paper_words_add_row (rows, g_strdup (purposes_get_title (code)), g_strdup (purposes_get_basis (code)),
                       paper_words_kept_for (rules, code), paper_words_count (numbers), NULL);
}

static GPtrArray *
list_purposes (const CompanyPaper *about)
{
  g_autoptr (GVariant) tallies = company_paper_rows (about, "purposes"), rules = company_paper_rows (about, "rules");
  GPtrArray *rows = paper_words_rows ();

  for (const char *const *code = purposes_get_all_codes (); *code != NULL; code++)
    for (gsize i = 0; i < g_variant_n_children (tallies); i++)
      {
        g_autoptr (GVariant) tally = g_variant_get_child_value (tallies, i);

        if (strcmp (answer_text (tally, "what"), *code) == 0)
          add_purpose (rows, rules, *code, answer_u32 (tally, "numbers"));
      }
  /* Before the first number: what people will be asked to agree to. */
  if (rows->len == 0)
    for (const char *const *code = purposes_get_all_codes (); *code != NULL; code++)
      add_purpose (rows, rules, *code, 0);
  return rows;
}

void
company_paper_add_purposes (const CompanyPaper *about, Paper *paper, gboolean counted)
{
  const double kept = counted ? 0.28 : 0.37;
  /* the count last, so that a table without it has the same cells */
  const PaperColumn columns[] = { { _ ("Purpose of use (利用目的)"), 0.34, FALSE },
                                  { _ ("Legal basis"), 0.29, FALSE },
                                  { _ ("Kept"), kept, FALSE },
                                  { _ ("Numbers"), 0.09, FALSE } };
  g_autoptr (GPtrArray) rows = list_purposes (about);

  paper_add_table (paper, columns, counted ? 4 : 3, rows);
}

void
company_paper_add_admins (const CompanyPaper *about, Paper *paper)
{
  const PaperColumn columns[] = { { _ ("Name"), 0.22, FALSE },
                                  { _ ("Role"), 0.18, FALSE },
                                  { _ ("Departments"), 0.27, FALSE },
                                  { _ ("Purposes"), 0.33, FALSE } };
  g_autoptr (GVariant) admins = company_paper_rows (about, "admins");
  g_autoptr (GPtrArray) rows = paper_words_rows ();

  for (gsize i = 0; i < g_variant_n_children (admins); i++)
    {
      g_autoptr (GVariant) admin = g_variant_get_child_value (admins, i);
      g_autoptr (GVariant) departments = g_variant_lookup_value (admin, "departments", G_VARIANT_TYPE_STRING_ARRAY);
      g_autoptr (GVariant) purposes = g_variant_lookup_value (admin, "purposes", G_VARIANT_TYPE_STRING_ARRAY);
      const char *role = answer_text (admin, "role");
      gboolean handles = strcmp (role, "chief") == 0 || strcmp (role, "clerk") == 0;

      paper_words_add_row (
          rows, g_strdup (answer_text (admin, "name")), g_strdup (record_words_value ("role", role)),
          handles ? paper_words_list (departments, paper_words_department, _ ("all")) : g_strdup (_ ("no numbers")),
          handles ? paper_words_list (purposes, purposes_get_short_title, _ ("all")) : g_strdup (_ ("no numbers")),
          NULL);
    }
  paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
}

/* (transfer full): the day of the newest one at the place @id */
static char *
dup_newest (GVariant *backups, const char *id)
{
  for (gsize i = 0; i < g_variant_n_children (backups); i++)
    {
      g_autoptr (GVariant) backup = g_variant_get_child_value (backups, i);

      if (strcmp (answer_text (backup, "place"), id) == 0)
        return paper_words_time (answer_text (backup, "made"));
    }
  return g_strdup (_ ("none yet"));
}

void
company_paper_add_backups (const CompanyPaper *about, Paper *paper)
{
  const PaperColumn columns[] = { { _ ("Place"), 0.46, FALSE },
                                  { _ ("Newest backup"), 0.34, FALSE },
                                  { _ ("Kept"), 0.2, FALSE } };
  g_autoptr (GVariant) places = company_paper_rows (about, "places"), backups = company_paper_rows (about, "backups");
  g_autoptr (GPtrArray) rows = paper_words_rows ();

  for (gsize i = 0; i < g_variant_n_children (places); i++)
    {
      g_autoptr (GVariant) place = g_variant_get_child_value (places, i);

      paper_words_add_row (
          rows, g_strdup (answer_text (place, "path")), dup_newest (backups, answer_text (place, "id")),
          g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u day", "%u days", answer_u32 (place, "keep-days")),
                           answer_u32 (place, "keep-days")),
          NULL);
    }
  if (rows->len > 0)
    paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
  else
    paper_add_text (paper,
                    _ ("No place for backups is registered. If this machine were lost, so would be all numbers."));
}

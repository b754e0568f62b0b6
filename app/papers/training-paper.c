/* SPDX-License-Identifier: Apache-2.0 */
/* company-paper: training and pledges (教育・誓約). */
#include "config.h"

#include "company-paper-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "paper-words.h"
#include "record-words.h"

static const char *
topic_title (GVariant *row)
{
  static const struct
  {
    const char *topic;
    const char *title; /* untranslated */
  } topics[] = {
    { "introduction", N_ ("on appointment") }, { "yearly", N_ ("yearly") },
    { "change", N_ ("changed law or rules") }, { "incident", N_ ("after an incident") },
    { "other", N_ ("other training") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (topics); i++)
    if (strcmp (topics[i].topic, answer_text (row, "topic")) == 0)
      return _ (topics[i].title);
  return "";
}

static void
add_rows (const CompanyPaper *about, Paper *paper)
{
  const PaperColumn columns[] = { { _ ("Day"), 0.14, FALSE },           { _ ("Who"), 0.2, FALSE },
                                  { _ ("What was done"), 0.24, FALSE }, { _ ("Noted by"), 0.17, FALSE },
                                  { _ ("Entry"), 0.07, FALSE },         { _ ("Signature"), 0.18, FALSE } };
  g_autoptr (GVariant) training = company_paper_rows (about, "training");
  g_autoptr (GPtrArray) rows = paper_words_rows ();

  for (gsize i = 0; i < g_variant_n_children (training); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (training, i);
      const gboolean is_pledge = strcmp (answer_text (row, "what"), "pledge") == 0;

      paper_words_add_row (rows, g_strdup (answer_text (row, "on")), g_strdup (answer_text (row, "admin")),
                           is_pledge ? g_strdup (_ ("Pledge of secrecy (誓約)"))
                                     : g_strdup_printf (_ ("Training (教育): %s"), topic_title (row)),
                           g_strdup (answer_text (row, "by")), answer_dup_u64 (row, "seq"), g_strdup (""), NULL);
    }
  paper_add_heading (paper, _ ("Training and pledges so far"));
  if (rows->len == 0)
    paper_add_text (paper, _ ("Neither training nor a pledge has been noted yet: azukarictl training add"));
  else
    {
      paper_set_row_height (paper, 24);
      paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
      paper_set_row_height (paper, 0);
    }
}

static void
add_people (const CompanyPaper *about, Paper *paper)
{
  const PaperColumn columns[] = { { _ ("Name"), 0.28, FALSE },
                                  { _ ("Role"), 0.24, FALSE },
                                  { _ ("Last training"), 0.24, FALSE },
                                  { _ ("Pledge"), 0.24, FALSE } };
  g_autoptr (GVariant) admins = company_paper_rows (about, "admins");
  g_autoptr (GPtrArray) rows = paper_words_rows ();

  for (gsize i = 0; i < g_variant_n_children (admins); i++)
    {
      g_autoptr (GVariant) admin = g_variant_get_child_value (admins, i);
      const char *id = answer_text (admin, "id");
      g_autofree char *taught = company_paper_last_training (about, id, "training"),
                      *pledged = company_paper_last_training (about, id, "pledge");

      paper_words_add_row (rows, g_strdup (answer_text (admin, "name")),
                           g_strdup (record_words_value ("role", answer_text (admin, "role"))),
                           g_strdup (taught != NULL ? taught : _ ("none")),
                           g_strdup (pledged != NULL ? pledged : _ ("none")), NULL);
    }
  paper_add_heading (paper, _ ("Those who may log in now"));
  paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
}

GBytes *
company_paper_make_training (const CompanyPaper *about, GError **error)
{
  g_autoptr (Paper) paper = company_paper_begin (about, _ ("Training and pledges (教育・誓約記録)"));
  const char *const facts[] = { _ ("Company"), answer_text (about->status, "company"), _ ("Vault"),
                                answer_text (about->status, "vault-id"), NULL };

  paper_add_facts (paper, facts);
  add_people (about, paper);
  add_rows (about, paper);
  paper_add_note (
      paper,
      _ ("Each line stands in the record of handling (取扱記録) under the number of its entry, which the TPM has "
         "signed; it cannot be taken back."));
  return company_paper_end (about, paper, _ ("Responsible person (責任者)"), error);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* leak-paper: the items of the report, in the order in which the commission asks for them. */
#include "config.h"

#include "leak-paper.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "company-paper-private.h"
#include "paper-words.h"
#include "purposes.h"
#include "record-words.h"

#define ROOM "\n\n\n"

/* --- what the record has --------------------------------------------------------------------------------------------- */

/* (transfer full): a name where somebody with that id may log in now, else the id as it is */
static char *
dup_who (GVariant *admins, const char *id)
{
  for (gsize i = 0; i < g_variant_n_children (admins); i++)
    {
      g_autoptr (GVariant) admin = g_variant_get_child_value (admins, i);

      if (strcmp (answer_text (admin, "id"), id) == 0)
        return g_strdup (answer_text (admin, "name"));
    }
  if (strcmp (id, "system") == 0)
    return g_strdup (_ ("(the vault by itself)"));
  return g_strdup (strcmp (id, "kiosk") == 0 ? _ ("(at the kiosk)") : id);
}

typedef struct
{
  guint count;
  GVariant *first, *last; /* borrowed */
  GPtrArray *who;         /* owned: of ids, each once */
} Done;

static void
done_free (gpointer data)
{
  Done *self = data;

  g_ptr_array_unref (self->who);
  g_free (self);
}

/* (transfer full): of each action, how often, when and by whom, in the order of their first time */
static GPtrArray *
sum_up (const LeakSpan *span, GHashTable *by_action)
{
  GPtrArray *order = g_ptr_array_new ();

  for (guint i = 0; i < span->entries->len; i++)
    {
      GVariant *entry = g_ptr_array_index (span->entries, i);
      const char *action = answer_text (entry, "action"), *actor = answer_text (entry, "actor");
      Done *done = g_hash_table_lookup (by_action, action);

      if (done == NULL)
        {
          done = g_new0 (Done, 1);
          done->first = entry;
          done->who = g_ptr_array_new_with_free_func (g_free);
          g_hash_table_insert (by_action, (gpointer) action, done);
          g_ptr_array_add (order, (gpointer) action);
        }
      done->count++;
      done->last = entry;
      if (!g_ptr_array_find_with_equal_func (done->who, actor, g_str_equal, NULL))
        g_ptr_array_add (done->who, g_strdup (actor));
    }
  return order;
}

static char *
dup_all (GVariant *admins, const Done *done)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < done->who->len; i++)
    g_ptr_array_add (names, dup_who (admins, g_ptr_array_index (done->who, i)));
  return paper_words_join (names, "");
}

static void
add_done (const CompanyPaper *about, const LeakSpan *span, Paper *paper)
{
  const PaperColumn columns[] = { { _ ("What was done"), 0.36, FALSE },
                                  { _ ("Times"), 0.08, FALSE },
                                  { _ ("First time"), 0.15, FALSE },
                                  { _ ("Last time"), 0.15, FALSE },
                                  { _ ("By whom"), 0.26, FALSE } };
  g_autoptr (GHashTable) by_action = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, done_free);
  g_autoptr (GPtrArray) order = sum_up (span, by_action), rows = paper_words_rows ();
  g_autoptr (GVariant) admins = company_paper_rows (about, "admins");

  for (guint i = 0; i < order->len; i++)
    {
      const char *action = g_ptr_array_index (order, i);
      const Done *done = g_hash_table_lookup (by_action, action);

      paper_words_add_row (rows, g_strdup (record_words_action (action)), paper_words_count (done->count),
                           paper_words_day (answer_text (done->first, "time")),
                           paper_words_day (answer_text (done->last, "time")), dup_all (admins, done), NULL);
    }
  if (rows->len > 0)
    paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
  else
    paper_add_text (paper, _ ("Nothing was done on these days."));
}

/* Was it made in the span? Its entry is there then. */
static gboolean
is_in_span (const LeakSpan *span, const char *export_id)
{
  for (guint i = 0; i < span->entries->len; i++)
    {
      GVariant *entry = g_ptr_array_index (span->entries, i);

      if (strcmp (answer_text (entry, "action"), "exported") == 0
          && strcmp (answer_text (entry, "subject"), export_id) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
add_exports (const LeakSpan *span, Paper *paper)
{
  const PaperColumn columns[] = { { _ ("When"), 0.2, FALSE },     { _ ("By whom"), 0.16, FALSE },
                                  { _ ("For"), 0.19, FALSE },     { _ ("Handed to"), 0.18, FALSE },
                                  { _ ("Numbers"), 0.08, FALSE }, { _ ("As"), 0.19, FALSE } };
  g_autoptr (GPtrArray) rows = paper_words_rows ();

  for (gsize i = 0; i < g_variant_n_children (span->exports); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (span->exports, i);

      if (!is_in_span (span, answer_text (row, "id")))
        continue;
      paper_words_add_row (rows, paper_words_time (answer_text (row, "time")), g_strdup (answer_text (row, "admin")),
                           g_strdup (purposes_get_short_title (answer_text (row, "purpose"))),
                           g_strdup (answer_text (row, "destination")), answer_dup_u64 (row, "rows"),
                           g_strdup_printf ("%s%s%s", record_words_value ("container", answer_text (row, "container")),
                                            answer_text (row, "deleted")[0] != '\0' ? "\n" : "",
                                            answer_text (row, "deleted")[0] != '\0' ? _ ("said to be deleted") : ""),
                           NULL);
    }
  if (rows->len > 0)
    paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
  else
    paper_add_text (paper, _ ("No number was exported on these days."));
}

/* --- the items ------------------------------------------------------------------------------------------------------- */

/* (transfer full): how many people it can be about at most */
static char *
dup_people (const CompanyPaper *about)
{
  g_autoptr (GVariant) kinds = company_paper_rows (about, "kinds");
  guint numbers = 0;

  for (gsize i = 0; i < g_variant_n_children (kinds); i++)
    {
      g_autoptr (GVariant) kind = g_variant_get_child_value (kinds, i);

      numbers += answer_u32 (kind, "numbers");
    }
  return g_strdup_printf (_ ("____ people. (In custody now: %u numbers; exported on these days: see below.)"), numbers);
}

static void
add_items (const CompanyPaper *about, const LeakSpan *span, Paper *paper)
{
  g_autofree char *people = dup_people (about), *days = NULL;

  days = g_strdup_printf (_ ("%s to %s"), span->from != NULL ? span->from : "…", span->to != NULL ? span->to : "…");
  {
    const char *const facts[] = {
      _ ("Company"),
      answer_text (about->status, "company"),
      _ ("Days looked at"),
      days,
      _ ("Kind of report"),
      _ ("□ first report (速報)  □ final report (確報)"),
      _ ("Noticed on"),
      " ",
      _ ("1. What happened"),
      _ ("□ leak  □ loss  □ damage  □ suspicion of one\nHow and when it happened, how it was noticed:\n\n\n"),
      _ ("2. What it was about"),
      _ ("□ My Number (個人番号)  □ name and its reading  □ date of birth  □ department, relationship  □ other:"),
      _ ("3. How many people"),
      people,
      _ ("4. Why"),
      ROOM,
      _ ("5. Harm that followed, or may"),
      ROOM,
      _ ("6. What was said to the people"),
      ROOM,
      _ ("7. What was made public"),
      ROOM,
      _ ("8. So that it does not happen again"),
      ROOM,
      _ ("9. Other"),
      ROOM,
      NULL,
    };

    paper_add_facts (paper, facts);
  }
}

static void
add_protection (const CompanyPaper *about, Paper *paper)
{
  g_autofree char *place = company_paper_place (about);

  paper_add_heading (paper, _ ("How what is kept is protected"));
  paper_add_text (paper, place);
  if (!answer_bool (about->status, "software-tpm"))
    paper_add_text (
        paper,
        _ ("Where only the machine, its disk or a backup went missing, what is on it opens neither elsewhere nor "
           "without a PIN. Whether that counts as encrypted well enough not to be reported is for the "
           "company to judge: azukarictl prove --pdf has the evidence."));
}

GBytes *
leak_paper_make (const CompanyPaper *about, const LeakSpan *span, GError **error)
{
  g_autoptr (Paper) paper =
      company_paper_begin (about, _ ("Report of a leak of specific personal information (漏えい等報告), draft"));

  paper_add_banner (
      paper,
      _ ("DRAFT. What the record has is filled in; the rest is for the company. First report promptly, within about "
         "three to five days; final report within 30 days, or 60 where somebody acted with wrongful "
         "intent. Please check the commission's present form."));
  add_items (about, span, paper);
  paper_add_heading (paper, _ ("Who may use the numbers now"));
  company_paper_add_admins (about, paper);
  paper_add_heading (paper, _ ("What was exported on these days"));
  add_exports (span, paper);
  paper_add_heading (paper, _ ("What the record has of these days"));
  add_done (about, span, paper);
  add_protection (about, paper);
  paper_add_note (paper, _ ("Numbers do not stand on this paper, nor the names of those whose numbers they are. "
                            "Whoever may not log in any "
                            "more stands here by id."));
  return company_paper_end (about, paper, _ ("Responsible person (責任者)"), error);
}

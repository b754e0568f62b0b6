/* SPDX-License-Identifier: Apache-2.0 */
/* people-paper: what stands on them. */
#include "config.h"

#include "answer.h"
#include "people-paper.h"

#include <glib/gi18n.h>
#include <string.h>

#include "paper.h"
#include "purposes.h"

#define ROW_HEIGHT 30 /* points: somebody signs in it */

static GPtrArray *
rows_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
}

/* (nullable): here */
static char *
dup_day (const char *rfc3339)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_iso8601 (rfc3339, NULL);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? g_date_time_format (local, "%Y-%m-%d") : NULL;
}

static gboolean
is_dependant (GVariant *person)
{
  return strcmp (answer_text (person, "kind"), "dependant") == 0;
}

const char *
people_paper_department (const char *department)
{
  return department[0] != '\0' ? department : _ ("(no department)");
}

/* --- 未提出者一覧 ---------------------------------------------------------------------------------------------------- */

/* A row, read once: each look-up walks all of it. Borrowed from it. */
typedef struct
{
  const char *kind, *code, *name, *kana, *employee, *employee_code, *belongs, *state, *asked, *not_agreed;
  guint n_asked;
} Listed;

static void
read_listed (GVariant *person, Listed *ret)
{
  const struct
  {
    const char *key;
    const char **text;
  } texts[] = { { "kind", &ret->kind },         { "code", &ret->code },
                { "name", &ret->name },         { "kana", &ret->kana },
                { "employee", &ret->employee }, { "employee-code", &ret->employee_code },
                { "belongs", &ret->belongs },   { "state", &ret->state },
                { "asked", &ret->asked },       { "not-agreed", &ret->not_agreed } };
  GVariantIter iter;
  const char *key;
  GVariant *value;

  ret->n_asked = 0;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    *texts[i].text = "";
  g_variant_iter_init (&iter, person);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      if (strcmp (key, "asked-count") == 0 && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
        ret->n_asked = g_variant_get_uint32 (value);
      for (guint i = 0; i < G_N_ELEMENTS (texts) && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING); i++)
        if (strcmp (key, texts[i].key) == 0)
          *texts[i].text = g_variant_get_string (value, NULL);
    }
}

static char *
dup_name (const Listed *person)
{
  if (strcmp (person->kind, "dependant") == 0)
    /* Translators: a family member's name, then the employee's */
    return g_strdup_printf (_ ("%s\n(family of %s)"), person->name, person->employee);
  return person->kana[0] != '\0' ? g_strconcat (person->name, "\n", person->kana, NULL) : g_strdup (person->name);
}

/* Everything that says when somebody was asked, and when they did not agree. */
static char *
dup_asked (const Listed *person)
{
  g_autofree char *asked = person->asked[0] != '\0' ? dup_day (person->asked) : NULL, *refused = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (asked == NULL)
    g_string_append (text, _ ("not asked yet"));
  else
    /* Translators: how often somebody was asked, and the last day of it */
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "%u time\n%s", "%u times, last\n%s", person->n_asked),
                            person->n_asked, asked);
  if (strcmp (person->state, "refused") == 0)
    refused = dup_day (person->not_agreed);
  if (refused != NULL)
    g_string_append_printf (text, _ ("\ndid not agree: %s"), refused);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_person (GPtrArray *rows, const Listed *person)
{
  g_autofree char *name = dup_name (person), *asked = dup_asked (person);
  const char *const cells[] = {
    strcmp (person->kind, "dependant") == 0 ? person->employee_code : person->code, name, asked, "", "", NULL
  };

  g_ptr_array_add (rows, g_strdupv ((char **) cells));
}

static void
add_department (Paper *paper, const char *department, GPtrArray *rows)
{
  const PaperColumn columns[] = { { _ ("Code"), 0.13, FALSE },
                                  { _ ("Name"), 0.27, FALSE },
                                  { _ ("Asked"), 0.2, FALSE },
                                  /* Translators: a column in which each person signs that they were asked */
                                  { _ ("Signature"), 0.2, FALSE },
                                  { _ ("Remarks"), 0.2, FALSE } };
  g_autofree char *heading =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s: %u person", "%s: %u people", rows->len),
                       people_paper_department (department), rows->len);

  if (rows->len == 0)
    return;
  paper_add_heading (paper, heading);
  paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
  g_ptr_array_set_size (rows, 0);
}

static void
add_people (Paper *paper, GVariant *people)
{
  g_autoptr (GPtrArray) rows = rows_new ();
  g_autofree char *department = NULL;

  paper_set_row_height (paper, ROW_HEIGHT);
  for (gsize i = 0; i < g_variant_n_children (people); i++)
    {
      g_autoptr (GVariant) person = g_variant_get_child_value (people, i);
      Listed listed;
      const char *its;

      read_listed (person, &listed);
      its = listed.belongs;
      if (department != NULL && strcmp (department, its) != 0)
        add_department (paper, department, rows);
      if (g_strcmp0 (department, its) != 0)
        {
          g_free (department);
          department = g_strdup (its);
        }
      add_person (rows, &listed);
    }
  if (department != NULL)
    add_department (paper, department, rows);
}

static guint
count_asked (GVariant *people)
{
  guint n = 0;

  for (gsize i = 0; i < g_variant_n_children (people); i++)
    {
      g_autoptr (GVariant) person = g_variant_get_child_value (people, i);

      n += answer_u32 (person, "asked-count") > 0;
    }
  return n;
}

GBytes *
people_paper_make_outstanding (GVariant *status, const char *department, GVariant *people, GDateTime *when,
                               GError **error)
{
  const char *title = _ ("Numbers not handed in (未提出者一覧)");
  const guint n_people = (guint) g_variant_n_children (people), n_asked = count_asked (people);
  g_autofree char *time = g_date_time_format (when, _ ("%B %-d, %Y, %H:%M (UTC%:z)"));
  g_autofree char *foot = g_strdup_printf (_ ("%s, %s"), title, time);
  g_autofree char *count =
      /* Translators: how many people stand on a list, and how many of them were asked before */
      g_strdup_printf (_ ("%u, of whom %u were asked and %u were not"), n_people, n_asked, n_people - n_asked);
  g_autoptr (Paper) paper = paper_new (title, foot, C_ ("language of the text", "en"));
  const char *const facts[] = { _ ("Company"),
                                answer_text (status, "company"),
                                _ ("Department"),
                                department != NULL ? people_paper_department (department) : _ ("all"),
                                _ ("On this list"),
                                count,
                                NULL };

  paper_add_title (paper, title);
  paper_add_aside (paper, time);
  paper_add_facts (paper, facts);
  paper_add_text (paper, _ ("These people are on the roster and had not handed in their number when this was printed. "
                            "Asking them stands in the record of handling (取扱記録); this list holds no numbers."));
  if (n_people == 0)
    paper_add_text (paper, _ ("Everybody has handed in their number."));
  else
    add_people (paper, people);
  paper_add_signature (paper, _ ("Date"), _ ("Department"), answer_text (status, "company"), _ ("Checked by"),
                       _ ("Seal"));
  return paper_finish (paper, error);
}

/* --- 提出のお願い ---------------------------------------------------------------------------------------------------- */

static char *
dup_purposes (GVariant *person)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *kind = answer_text (person, "kind");

  for (const Purpose *purpose = purposes_for_kind (kind); purpose->code != NULL; purpose++)
    g_string_append_printf (text, _ ("%s- %s"), text->len > 0 ? "\n" : "", _ (purpose->title));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
dup_addressee (GVariant *person)
{
  if (is_dependant (person))
    /* Translators: an employee's name, then that of a member of their family */
    return g_strdup_printf (_ ("To %s (for %s of your family)"), answer_text (person, "employee"),
                            answer_text (person, "name"));
  /* Translators: who a letter is for */
  return g_strdup_printf (_ ("To %s"), answer_text (person, "name"));
}

static const char *
how_to_hand_in (GVariant *person)
{
  if (strcmp (answer_text (person, "kind"), "contractor") == 0)
    return _ (
        "At the kiosk, with somebody in charge beside you. It reads the number from the card; nothing is copied or "
        "kept but the number.");
  return _ (
      "At the kiosk: type in your code and your birth date, then follow what it shows. It reads the number from the "
      "card; nothing is copied or kept but the number.");
}

static const char *
what_to_bring (GVariant *person)
{
  if (strcmp (answer_text (person, "kind"), "contractor") == 0)
    return _ (
        "- your My Number card (個人番号カード), out of its sleeve and in date\n"
        "- or your notification card (通知カード), if name and address on it are still right, and with it a document "
        "with a photo such as a driving licence, or two without");
  return _ ("- the My Number card (個人番号カード), out of its sleeve and in date\n"
            "- or the notification card (通知カード), if name and address on it are still right");
}

static void
add_slip (Paper *paper, GVariant *status, const PeopleSlip *slip, GVariant *person, const char *date)
{
  g_autofree char *purposes = dup_purposes (person), *to = dup_addressee (person), *head = NULL, *how = NULL;
  const char *code = answer_text (person, is_dependant (person) ? "employee-code" : "code");
  const char *belongs = answer_text (person, "belongs");
  g_autoptr (GPtrArray) facts = g_ptr_array_new ();

  head = belongs[0] != '\0' ? g_strdup_printf ("%s\n%s", belongs, to) : g_strdup (to);
  paper_add_aside (paper, date);
  paper_add_heading (paper, head);
  paper_add_aside (paper, answer_text (status, "company"));
  paper_add_title (paper, _ ("Please hand in your My Number"));
  paper_add_text (paper,
                  _ ("The law has us ask for your My Number (個人番号) for the work named below. We use it for nothing "
                     "else. Please hand it in as follows."));
  how = slip->place != NULL ? g_strdup_printf ("%s\n%s", slip->place, how_to_hand_in (person))
                            : g_strdup (how_to_hand_in (person));
  g_ptr_array_add (facts, (gpointer) _ ("Code"));
  g_ptr_array_add (facts, (gpointer) code);
  g_ptr_array_add (facts, (gpointer) _ ("Until"));
  g_ptr_array_add (facts, (gpointer) (slip->deadline != NULL ? slip->deadline : _ ("as soon as you can")));
  g_ptr_array_add (facts, (gpointer) _ ("What it is used for"));
  g_ptr_array_add (facts, purposes);
  g_ptr_array_add (facts, (gpointer) _ ("Please bring"));
  g_ptr_array_add (facts, (gpointer) what_to_bring (person));
  g_ptr_array_add (facts, (gpointer) _ ("Where and how"));
  g_ptr_array_add (facts, how);
  g_ptr_array_add (facts, (gpointer) _ ("Questions to"));
  g_ptr_array_add (facts, (gpointer) (slip->contact != NULL ? slip->contact : " "));
  g_ptr_array_add (facts, NULL);
  paper_add_facts (paper, (const char *const *) facts->pdata);
  paper_add_note (
      paper, _ ("A notice of the individual number (個人番号通知書, a sheet sent since 2020) cannot be used. If you "
                "have none of these cards, please ask. Do not write your number on this sheet."));
}

GBytes *
people_paper_make_slips (GVariant *status, const PeopleSlip *slip, GVariant *people, GDateTime *when, GError **error)
{
  g_autofree char *date = g_date_time_format (when, _ ("%B %-d, %Y"));
  g_autoptr (Paper) paper = paper_new_a5 (_ ("Please hand in your My Number"), C_ ("language of the text", "en"));

  for (gsize i = 0; i < g_variant_n_children (people); i++)
    {
      g_autoptr (GVariant) person = g_variant_get_child_value (people, i);

      if (i > 0)
        paper_begin_page (paper);
      add_slip (paper, status, slip, person, date);
    }
  return paper_finish (paper, error);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* paper-words: the words. */
#include "config.h"

#include "paper-words.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"

typedef struct
{
  const char *code;
  const char *title; /* untranslated */
} Word;

static const char *
word_for (const Word *words, gsize n_words, const char *code)
{
  for (gsize i = 0; i < n_words; i++)
    if (strcmp (words[i].code, code) == 0)
      return _ (words[i].title);
  return code;
}

/* --- rows ------------------------------------------------------------------------------------------------------------ */

GPtrArray *
paper_words_rows (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
}

void
paper_words_add_row (GPtrArray *rows, ...)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new ();
  va_list more;
  char *cell;

  va_start (more, rows);
  while ((cell = va_arg (more, char *)) != NULL)
    g_ptr_array_add (cells, cell);
  va_end (more);
  g_ptr_array_add (cells, NULL);
  g_ptr_array_add (rows, g_ptr_array_free (g_steal_pointer (&cells), FALSE));
}

/* --- days and numbers ------------------------------------------------------------------------------------------------ */

static char *
dup_local (const char *rfc3339, const char *format)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_iso8601 (rfc3339, NULL);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? g_date_time_format (local, format) : g_strdup (rfc3339);
}

char *
paper_words_time (const char *rfc3339)
{
  return dup_local (rfc3339, _ ("%B %-d, %Y, %H:%M (UTC%:z)"));
}

char *
paper_words_day (const char *rfc3339)
{
  return dup_local (rfc3339, _ ("%B %-d, %Y"));
}

char *
paper_words_count (guint64 count)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, count);
}

/* --- lists ----------------------------------------------------------------------------------------------------------- */

char *
paper_words_join (GPtrArray *texts, const char *none)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < texts->len; i++)
    /* Translators: stands between the items of a list */
    g_string_append_printf (text, "%s%s", i > 0 ? _ (", ") : "", (const char *) g_ptr_array_index (texts, i));
  return texts->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : g_strdup (none);
}

char *
paper_words_list (GVariant *list, const char *(*word) (const char *code), const char *none)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  GVariantIter iter;
  const char *code;

  if (list != NULL)
    {
      g_variant_iter_init (&iter, list);
      while (g_variant_iter_next (&iter, "&s", &code))
        g_ptr_array_add (texts, (gpointer) (word != NULL ? word (code) : code));
    }
  return paper_words_join (texts, none);
}

char *
paper_words_admins (GVariant *admins, const char *role, const char *none)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < g_variant_n_children (admins); i++)
    {
      g_autoptr (GVariant) admin = g_variant_get_child_value (admins, i);

      if (strcmp (answer_text (admin, "role"), role) == 0)
        g_ptr_array_add (names, g_strdup (answer_text (admin, "name")));
    }
  return paper_words_join (names, none);
}

/* --- codes ----------------------------------------------------------------------------------------------------------- */

static const char *
kept_format (const char *anchor)
{
  if (strcmp (anchor, "leaving") == 0)
    return _ ("%u years from the day of leaving");
  if (strcmp (anchor, "year-end") == 0)
    return _ ("%u years from the end of the year of leaving");
  return _ ("%u years from 10 January after the year of leaving");
}

char *
paper_words_kept (GVariant *rule)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  return g_strdup_printf (kept_format (answer_text (rule, "anchor")), answer_u32 (rule, "years"));
#pragma GCC diagnostic pop
}

char *
paper_words_kept_for (GVariant *rules, const char *purpose)
{
  for (gsize i = 0; i < g_variant_n_children (rules); i++)
    {
      g_autoptr (GVariant) rule = g_variant_get_child_value (rules, i);

      if (strcmp (answer_text (rule, "purpose"), purpose) == 0)
        return paper_words_kept (rule);
    }
  return g_strdup ("");
}

const char *
paper_words_kind (const char *kind)
{
  static const Word words[] = { { "employee", N_ ("Employee") },
                                { "contractor", N_ ("Contractor") },
                                { "dependant", N_ ("Dependant") } };

  return word_for (words, G_N_ELEMENTS (words), kind);
}

const char *
paper_words_document (const char *document)
{
  static const Word words[] = { { "my-number-card-back", N_ ("My Number card (個人番号カード)") },
                                { "notification-card", N_ ("notification card (通知カード)") },
                                { "special-residence-card", N_ ("special residence card (特定在留カード)") },
                                { "resident-record", N_ ("resident record with the number (住民票)") } };

  return word_for (words, G_N_ELEMENTS (words), document);
}

const char *
paper_words_identity (const char *identity)
{
  static const Word words[] = { { "employment-known", N_ ("employment: the person is known") },
                                { "photo-document", N_ ("one document with a photo") },
                                { "two-documents", N_ ("two documents without a photo") },
                                { "attendant-statement", N_ ("the attendant's statement") } };

  return word_for (words, G_N_ELEMENTS (words), identity);
}

const char *
paper_words_department (const char *department)
{
  return department[0] != '\0' ? department : _ ("(no department)");
}

/* --- parts ----------------------------------------------------------------------------------------------------------- */

void
paper_words_add_trial (Paper *paper, GVariant *status)
{
  if (answer_bool (status, "software-tpm"))
    paper_add_banner (paper, _ ("Made with a software TPM, for trying out only: whoever copies its state file can sign "
                                "anything. This paper proves nothing."));
}

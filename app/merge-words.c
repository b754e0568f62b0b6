/* SPDX-License-Identifier: Apache-2.0 */
/* merge-words: the codes of Merge as words. */
#include "config.h"

#include "merge-words.h"

#include <glib/gi18n.h>

char *
merge_words_why (const char *why, const char *text)
{
  static const struct
  {
    const char *why;
    const char *sentence;
  } sentences[] = {
    { "unknown", N_ ("nobody on the roster is as this row says") },
    { "ambiguous", N_ ("several people are as this row says") },
    { "contradicted", N_ ("somebody is found, but the row says something else of them as well") },
    { "repeated", N_ ("the same person has a row before this one") },
    { "no-number", N_ ("this person has no approved number") },
    { "other-purpose", N_ ("this person did not agree to this purpose") },
    { "filled", N_ ("the cell holds something that is not this person's number") },
    { "cells", N_ ("the row has more or fewer cells than the format") },
    { "control", N_ ("a tab or another control character is in the cell") },
    { "quote", N_ ("a quotation mark stands where none may") },
    { "too-big", N_ ("the file is too big: at most 32 MiB and 100000 rows") },
    { "no-rows", N_ ("no row is of this format: is it the right file, and the right format?") },
  };

  if (g_str_equal (why, "character"))
    return *text != '\0'
               ? g_strdup_printf (_ ("the format's characters have no “%s”: payroll has to write it another way"), text)
               : g_strdup (_ ("the cell holds what is no text in the format's encoding"));
  if (g_str_equal (why, "begin"))
    return g_strdup_printf (_ ("the line “%s” after which the rows begin is not there: is it the right file?"), text);
  if (g_str_equal (why, "header"))
    return g_strdup_printf (_ ("not exactly one column has the header “%s”"), text);
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (g_str_equal (why, sentences[i].why))
      return g_strdup (_ (sentences[i].sentence));
  return g_strdup (why);
}

char *
merge_words_place (guint32 line, guint32 column)
{
  if (line == 0)
    return g_strdup ("");
  return column == 0 ? g_strdup_printf (_ ("line %u"), line) : g_strdup_printf (_ ("line %u, column %u"), line, column);
}

gboolean
merge_words_can_be_left (const char *why)
{
  static const char *const words[] = { "unknown",   "ambiguous",     "contradicted", "repeated",
                                       "no-number", "other-purpose", "filled",       NULL };

  return g_strv_contains (words, why);
}

/* @line: taken; only where there is something to count. */
static void
add_line (GString *text, guint32 count, char *line)
{
  if (count > 0)
    g_string_append_printf (text, "\n%s", line);
  g_free (line);
}

char *
merge_words_done (GVariant *report, const char *path, gboolean masked)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint32 filled = 0, same = 0, left = 0, emptied = 0;

  (void) g_variant_lookup (report, "filled", "u", &filled);
  (void) g_variant_lookup (report, "same", "u", &same);
  (void) g_variant_lookup (report, "left", "u", &left);
  (void) g_variant_lookup (report, "emptied", "u", &emptied);
  g_string_append_printf (
      text, masked ? _ ("%u cells would be filled; %s shows where, masked.") : _ ("%u numbers were put into %s."),
      filled, path);
  add_line (text, same, g_strdup_printf (_ ("Cells that held their number already: %u."), same));
  add_line (text, left, g_strdup_printf (_ ("Cells left as they were: %u."), left));
  add_line (text, emptied,
            g_strdup_printf (_ ("Cells emptied, as the agency wants nothing in them beside a number: %u."), emptied));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

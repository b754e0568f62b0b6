/* SPDX-License-Identifier: Apache-2.0 */
/* admin-texts-people: what a roster would change, as words. */
#include "config.h"

#include <glib/gi18n.h>

#include "admin-texts.h"
#include "answer.h"
#include "messages-vault.h"

static void
add_part (GString *text, const char *part)
{
  if (part[0] != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part);
}

UiRow *
admin_texts_import_change (GVariant *person)
{
  static const struct
  {
    const char *change, *badge, *tone;
  } changes[] = { { "added", N_ ("New"), "good" },
                  { "changed", N_ ("Changed"), "wait" },
                  { "missing", N_ ("Not in the file"), "plain" } };
  const char *change = answer_text (person, "change"), *badge = "", *tone = "plain";
  g_autoptr (GVariant) fields = g_variant_lookup_value (person, "fields", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    if (g_str_equal (changes[i].change, change))
      badge = _ (changes[i].badge), tone = changes[i].tone;
  add_part (text, admin_texts_kind (answer_text (person, "kind")));
  add_part (text, answer_text (person, "code"));
  add_part (text, answer_text (person, "employee-code"));
  add_part (text, answer_text (person, "employee"));
  if (fields == NULL)
    add_part (text, answer_text (person, "department"));
  for (gsize i = 0; fields != NULL && i < g_variant_n_children (fields); i++)
    {
      g_autoptr (GVariant) field = g_variant_get_child_value (fields, i);
      g_autofree char *words = messages_for_field_change (answer_text (field, "field"), answer_text (field, "before"),
                                                          answer_text (field, "after"));

      g_string_append_printf (text, "\n%s", words);
    }
  return ui_row_new (answer_text (person, "id"), answer_text (person, "name"), text->str, badge, tone, change);
}

UiRow *
admin_texts_roster_mistake (GVariant *mistake)
{
  g_autofree char *what = messages_for_roster_error (answer_text (mistake, "what")), *title = NULL;
  const char *column = answer_text (mistake, "column");
  guint32 row = 0;

  (void) g_variant_lookup (mistake, "row", "u", &row);
  if (column[0] != '\0')
    /* Translators: a place in a file: 1: number of a row, 2: name of a column */
    title = g_strdup_printf (_ ("Row %1$u, %2$s"), row, column);
  else if (row > 0)
    title = g_strdup_printf (_ ("Row %u"), row);
  else
    title = g_strdup (_ ("The file"));
  return ui_row_new ("", title, what, "", "plain", "mistake");
}

static guint
count_of (GVariant *report, const char *key)
{
  guint32 count = 0;

  (void) g_variant_lookup (report, key, "u", &count);
  return count;
}

char *
admin_texts_import_counts (GVariant *report)
{
  const guint missing = count_of (report, "missing");
  g_autofree char *counts =
      g_strdup_printf (_ ("Rows: %u. Would be added: %u, changed: %u, unchanged: %u."), count_of (report, "rows"),
                       count_of (report, "added"), count_of (report, "changed"), count_of (report, "unchanged"));
  g_autofree char *others = NULL;

  if (missing == 0)
    return g_steal_pointer (&counts);
  others = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                         "%u person on the roster is not in the file, and stays as they are.",
                                         "%u people on the roster are not in the file, and stay as they are.", missing),
                            missing);
  /* Translators: two sentences, one after the other. */
  return g_strdup_printf (_ ("%s %s"), counts, others);
}

char *
admin_texts_imported (GVariant *report)
{
  return g_strdup_printf (_ ("Rows: %u. Added: %u, changed: %u, unchanged: %u."), count_of (report, "rows"),
                          count_of (report, "added"), count_of (report, "changed"), count_of (report, "unchanged"));
}

char *
admin_texts_undo (GVariant *report)
{
  g_autofree char *time = admin_texts_time (answer_text (report, "time"));
  /* Translators: 1: date and time, 2: somebody's name */
  g_autofree char *when = g_strdup_printf (_ ("Imported on %1$s by %2$s."), time, answer_text (report, "by"));

  return g_strdup_printf (_ ("%s\nPeople who would be removed again: %u, who would be as they were before: %u."), when,
                          count_of (report, "removed"), count_of (report, "restored"));
}

UiRow *
admin_texts_undo_obstacle (GVariant *obstacle)
{
  const char *name = answer_text (obstacle, "name"), *code = answer_text (obstacle, "code");
  g_autoptr (GString) text = g_string_new (NULL);

  if (name[0] != '\0')
    add_part (text, code);
  add_part (text, messages_for_undo_obstacle (answer_text (obstacle, "why")));
  return ui_row_new (answer_text (obstacle, "id"),
                     name[0] != '\0'   ? name
                     : code[0] != '\0' ? code
                                       : answer_text (obstacle, "id"),
                     text->str, "", "plain", "obstacle");
}

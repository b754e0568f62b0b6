/* SPDX-License-Identifier: Apache-2.0 */
/* admin-texts: what the vault says about disposal. */
#include "config.h"

#include <glib/gi18n.h>

#include "admin-texts.h"
#include "purposes.h"

char *
admin_texts_rule (const char *rule)
{
  g_auto (GStrv) parts = g_strsplit (rule, ":", 3);
  guint years;

  if (g_strv_length (parts) != 3)
    return g_strdup ("");
  years = (guint) g_ascii_strtoull (parts[2], NULL, 10);
  /* Translators: 1: what a number is used for, 2: for how long it is kept */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%1$s: %2$u year", "%1$s: %2$u years", years),
                          purposes_get_short_title (parts[0]), years);
}

/* 1: purpose, 2: years */
static const char *
rule_format (const char *anchor)
{
  if (g_str_equal (anchor, "leaving"))
    return _ ("%1$s: %2$u years from the day of leaving");
  if (g_str_equal (anchor, "year-end"))
    return _ ("%1$s: %2$u years from the end of the year of leaving");
  return _ ("%1$s: %2$u years from 10 January after the year of leaving");
}

char *
admin_texts_retention_rule (const char *purpose, const char *anchor, guint years)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  return g_strdup_printf (rule_format (anchor), purposes_get_short_title (purpose), years);
#pragma GCC diagnostic pop
}

UiRow *
admin_texts_retention (GVariant *rule)
{
  const char *purpose = "", *anchor = "";
  g_autofree char *text = NULL, *key = NULL;
  guint32 years = 0;

  (void) g_variant_lookup (rule, "purpose", "&s", &purpose);
  (void) g_variant_lookup (rule, "anchor", "&s", &anchor);
  (void) g_variant_lookup (rule, "years", "u", &years);
  text = admin_texts_retention_rule (purpose, anchor, years);
  key = g_strdup_printf ("%s:%u", anchor, years);
  return ui_row_new (purpose, purposes_get_short_title (purpose), text, "", "plain", key);
}

UiRow *
admin_texts_retention_change (GVariant *number, gboolean is_due)
{
  const char *id = "", *name = "", *code = "", *left = "";
  g_autofree char *gone = NULL;

  (void) g_variant_lookup (number, "person", "&s", &id);
  (void) g_variant_lookup (number, "name", "&s", &name);
  (void) g_variant_lookup (number, "code", "&s", &code);
  (void) g_variant_lookup (number, "left", "&s", &left);
  gone = g_strdup_printf (_ ("left on %s"), left);
  /* Translators: badges: what another time for keeping it does to a number */
  return ui_row_new (id, *name != '\0' ? name : code, gone, is_due ? _ ("becomes due") : _ ("is kept on"),
                     is_due ? "wait" : "good", "fixed");
}

char *
admin_texts_retention_counts (guint n_due, guint n_kept)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (n_due == 0 && n_kept == 0)
    return g_strdup (_ ("As of today this changes nothing for any number."));
  if (n_due > 0)
    g_string_append_printf (
        text, g_dngettext (GETTEXT_PACKAGE, "%u number becomes due at once.", "%u numbers become due at once.", n_due),
        n_due);
  if (n_kept > 0)
    g_string_append_printf (text,
                            g_dngettext (GETTEXT_PACKAGE, "%s%u number that is due today is kept on.",
                                         "%s%u numbers that are due today are kept on.", n_kept),
                            text->len > 0 ? "\n" : "", n_kept);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
admin_texts_rules (GVariant *rules)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (rules); i++)
    {
      g_autoptr (GVariant) rule = g_variant_get_child_value (rules, i);
      const char *purpose = "", *anchor = "";
      guint32 years = 0;

      (void) g_variant_lookup (rule, "purpose", "&s", &purpose);
      (void) g_variant_lookup (rule, "anchor", "&s", &anchor);
      (void) g_variant_lookup (rule, "years", "u", &years);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
      g_string_append_printf (text, rule_format (anchor), purposes_get_short_title (purpose), years);
#pragma GCC diagnostic pop
      g_string_append_c (text, '\n');
    }
  g_string_append (
      text, _ ("A number goes when the longest of them is over. A number that has to go earlier: “azukarictl dispose "
               "run --reason”."));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
admin_texts_disposal_places (GVariant *places, gboolean *ret_all_there)
{
  g_autoptr (GString) there = g_string_new (NULL), away = g_string_new (NULL), text = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (places); i++)
    {
      g_autoptr (GVariant) place = g_variant_get_child_value (places, i);
      const char *path = "";
      gboolean is_there = FALSE;

      (void) g_variant_lookup (place, "path", "&s", &path);
      (void) g_variant_lookup (place, "there", "b", &is_there);
      g_string_append_printf (is_there ? there : away, "\n  %s", path);
    }
  *ret_all_there = away->len == 0;
  if (g_variant_n_children (places) == 0)
    return g_strdup (_ ("No place for backups is registered, so there are no backups to write anew."));
  if (there->len > 0)
    /* Translators: %s: paths, each in a line of its own */
    g_string_append_printf (text, _ ("The backups here are written anew without these numbers:%s"), there->str);
  if (away->len > 0)
    {
      if (text->len > 0)
        g_string_append_c (text, '\n');
      g_string_append_printf (
          text,
          _ ("These places cannot be reached now:%s\nPlease plug the disk or stick in first. Else the "
             "backups there keep these numbers, have to be destroyed by hand, and are named in the "
             "certificate."),
          away->str);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
admin_texts_disposed (GVariant *report)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint32 n = 0, erased = 0, left_over = 0;

  (void) g_variant_lookup (report, "numbers", "u", &n);
  (void) g_variant_lookup (report, "erased", "u", &erased);
  (void) g_variant_lookup (report, "left-over", "u", &left_over);
  g_string_append_printf (
      text, g_dngettext (GETTEXT_PACKAGE, "%u number was disposed of.", "%u numbers were disposed of.", n), n);
  if (erased > 0)
    {
      g_string_append_c (text, '\n');
      g_string_append_printf (text, _ ("People whose name and birth date were removed as well: %u."), erased);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

UiRow *
admin_texts_certificate (GVariant *certificate)
{
  const char *id = "", *time = "";
  g_autofree char *title = NULL, *subtitle = NULL;
  guint32 n = 0;
  gboolean certified = FALSE;

  (void) g_variant_lookup (certificate, "id", "&s", &id);
  (void) g_variant_lookup (certificate, "time", "&s", &time);
  (void) g_variant_lookup (certificate, "numbers", "u", &n);
  (void) g_variant_lookup (certificate, "certified", "b", &certified);
  title = admin_texts_time (time);
  subtitle = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u number was disposed of.", "%u numbers were disposed of.", n), n);
  return ui_row_new (id, title, subtitle, certified ? _ ("signed by the TPM") : _ ("not signed yet"),
                     certified ? "good" : "wait", "");
}

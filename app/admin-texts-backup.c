/* SPDX-License-Identifier: Apache-2.0 */
/* admin-texts: what the vault says about backups. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "admin-texts.h"
#include "answer.h"
#include "messages-vault.h"
#include "record-words.h"

UiRow *
admin_texts_place (GVariant *place)
{
  const guint32 days = answer_u32 (place, "keep-days");
  g_autofree char *kept = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "Backups are kept for %u day.", "Backups are kept for %u days.", days), days);
  gboolean is_there = FALSE;

  (void) g_variant_lookup (place, "there", "b", &is_there);
  /* Translators: badges of a place for backups: it can be reached, or its disk is not plugged in */
  return ui_row_new (answer_text (place, "id"), answer_text (place, "path"), kept,
                     is_there ? _ ("Reachable") : _ ("Not there"), is_there ? "good" : "wait", "");
}

char *
admin_texts_backup_id (GVariant *backup)
{
  return g_strconcat (answer_text (backup, "place"), "/", answer_text (backup, "generation"), NULL);
}

UiRow *
admin_texts_backup (GVariant *backup, const char *tried)
{
  g_autofree char *id = admin_texts_backup_id (backup), *made = admin_texts_time (answer_text (backup, "made"));
  g_autofree char *people = answer_dup_u64 (backup, "people"), *entries = answer_dup_u64 (backup, "entries");
  g_autofree char *folder = g_path_get_dirname (answer_text (backup, "path")), *text = NULL, *why = NULL;

  if (tried != NULL && *tried != '\0')
    why = messages_for_vault_error_name (tried);
  else
    /* Translators: 1: people, 2: entries of the record, 3: a folder */
    text = g_strdup_printf (_ ("%1$s people, %2$s entries · %3$s"), people, entries, folder);
  if (tried == NULL)
    /* Translators: badge of a backup */
    return ui_row_new (id, made, text, _ ("Checked when made"), "plain", "");
  if (why == NULL)
    /* Translators: badge of a backup that was tried out */
    return ui_row_new (id, made, text, _ ("Opens"), "good", "");
  /* Translators: badge of a backup that was tried out */
  return ui_row_new (id, made, why, _ ("Does not open"), "bad", "");
}

char *
admin_texts_backed_up (GVariant *backups, gboolean *ret_is_bad)
{
  g_autoptr (GString) text = g_string_new (NULL);

  *ret_is_bad = FALSE;
  for (gsize i = 0; i < g_variant_n_children (backups); i++)
    {
      g_autoptr (GVariant) backup = g_variant_get_child_value (backups, i);
      g_autofree char *why = NULL;
      gboolean ok = FALSE;

      (void) g_variant_lookup (backup, "ok", "b", &ok);
      why = ok ? NULL : messages_for_vault_error_name (answer_text (backup, "reason"));
      *ret_is_bad = *ret_is_bad || !ok;
      if (text->len > 0)
        g_string_append_c (text, '\n');
      /* Translators: 1: a folder, 2: what came of the backup there */
      g_string_append_printf (text, _ ("%1$s: %2$s"), answer_text (backup, "path"),
                              ok ? _ ("The backup was made, read back and checked.") : why);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* --- what a restore does --------------------------------------------------------------------------------------------- */

static const char *
number_words (const char *code)
{
  if (g_str_equal (code, "back"))
    return _ ("the number comes back");
  if (g_str_equal (code, "gone"))
    return _ ("the number goes");
  return g_str_equal (code, "other") ? _ ("another number takes its place") : "";
}

UiRow *
admin_texts_restored_person (GVariant *row, gboolean is_alone)
{
  const char *change = answer_text (row, "change"), *name = answer_text (row, "name"),
             *code = answer_text (row, "code");
  const char *number = number_words (answer_text (row, "number"));
  g_autofree char *subtitle = g_strjoin (*code != '\0' && *number != '\0' ? " · " : "", code, number, NULL);
  const char *badge = _ ("changes"), *tone = "wait";
  gboolean is_gone = g_str_equal (change, "removed");

  if (g_str_equal (change, "added"))
    badge = _ ("comes back"), tone = "good";
  else if (is_gone)
    badge = _ ("goes"), tone = "bad";
  /* Who is not in the backup cannot be brought back from it. */
  return ui_row_new (answer_text (row, "id"), *name != '\0' ? name : code, subtitle, badge, tone,
                     is_alone || is_gone ? "fixed" : "");
}

char *
admin_texts_restore (GVariant *report)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const guint32 disposed = answer_u32 (report, "disposed");

  g_string_append_printf (
      text, _ ("People: %u come back, %u change, %u go, %u stay as they are. Numbers: %u come back, %u go.\n"),
      answer_u32 (report, "added"), answer_u32 (report, "changed"), answer_u32 (report, "removed"),
      answer_u32 (report, "same"), answer_u32 (report, "numbers-back"), answer_u32 (report, "numbers-gone"));
  if (disposed > 0)
    g_string_append_printf (text, _ ("%u numbers in it were disposed of since. They stay so.\n"), disposed);
  g_strchomp (text->str);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

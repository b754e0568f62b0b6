/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl people import|undo: a roster from payroll, and what it would change; and back. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "ctl-people.h"
#include "messages-vault.h"

#define ROSTER_MAX_BYTES (4u * 1024u * 1024u)

static GVariant *
read_roster (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = NULL;
  char *text = NULL;
  gsize n_bytes = 0;

  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, error);
  if (info == NULL)
    return NULL;
  if (g_file_info_get_size (info) > ROSTER_MAX_BYTES)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           _ ("a roster has at most 4 MiB; is this the right file?"));
      return NULL;
    }
  if (!g_file_load_contents (file, NULL, &text, &n_bytes, NULL, error))
    return NULL;
  return g_variant_new_from_data (G_VARIANT_TYPE_BYTESTRING, text, n_bytes, TRUE, g_free, text);
}

static void
print_mistakes (GVariant *mistakes)
{
  GVariantIter iter;
  GVariant *row;

  g_variant_iter_init (&iter, mistakes);
  while ((row = g_variant_iter_next_value (&iter)) != NULL)
    {
      guint32 line = 0;
      g_autofree char *what = messages_for_roster_error (answer_text (row, "what"));

      (void) g_variant_lookup (row, "row", "u", &line);
      if (answer_text (row, "column")[0] != '\0')
        g_printerr (_ ("  row %u, %s: %s\n"), line, answer_text (row, "column"), what);
      else if (line > 0)
        g_printerr (_ ("  row %u: %s\n"), line, what);
      else
        g_printerr ("  %s\n", what);
      g_variant_unref (row);
    }
  g_printerr (g_dngettext (GETTEXT_PACKAGE,
                           "Nothing was imported: %u mistake in the file. Please correct it and import again.\n",
                           "Nothing was imported: %u mistakes in the file. Please correct them and import again.\n",
                           g_variant_n_children (mistakes)),
              (guint) g_variant_n_children (mistakes));
}

/* "department: 総務部 → 営業部; …" */
static char *
fields_to_words (GVariant *person)
{
  g_autoptr (GVariant) fields = g_variant_lookup_value (person, "fields", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; fields != NULL && i < g_variant_n_children (fields); i++)
    {
      g_autoptr (GVariant) field = g_variant_get_child_value (fields, i);
      g_autofree char *words = messages_for_field_change (answer_text (field, "field"), answer_text (field, "before"),
                                                          answer_text (field, "after"));

      g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "", words);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* + who comes, ~ who changes, - who is not in the file */
static void
print_people (GVariant *people)
{
  for (gsize i = 0; i < g_variant_n_children (people); i++)
    {
      g_autoptr (GVariant) person = g_variant_get_child_value (people, i);
      const char *change = answer_text (person, "change"), *code = answer_text (person, "code");
      g_autofree char *fields = fields_to_words (person);

      if (code[0] == '\0')
        code = answer_text (person, "employee-code");
      g_print ("%s %-12s %s%s%s\n",
               g_str_equal (change, "added")     ? "+"
               : g_str_equal (change, "changed") ? "~"
                                                 : "-",
               code, answer_text (person, "name"), fields[0] != '\0' ? "  " : "", fields);
    }
}

static void
print_import_report (GVariant *report, gboolean dry_run)
{
  guint32 rows = 0, added = 0, changed = 0, unchanged = 0, missing = 0;
  g_autoptr (GVariant) mistakes = g_variant_lookup_value (report, "errors", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GVariant) people = g_variant_lookup_value (report, "people", G_VARIANT_TYPE ("aa{sv}"));

  if (mistakes != NULL && g_variant_n_children (mistakes) > 0)
    {
      print_mistakes (mistakes);
      return;
    }
  (void) g_variant_lookup (report, "rows", "u", &rows);
  (void) g_variant_lookup (report, "added", "u", &added);
  (void) g_variant_lookup (report, "changed", "u", &changed);
  (void) g_variant_lookup (report, "unchanged", "u", &unchanged);
  (void) g_variant_lookup (report, "missing", "u", &missing);
  if (people != NULL)
    print_people (people);
  if (dry_run)
    g_print (_ ("Trial run, nothing was changed. Rows: %u. Would be added: %u, changed: %u, unchanged: %u.\n"), rows,
             added, changed, unchanged);
  else
    g_print (_ ("Rows: %u. Added: %u, changed: %u, unchanged: %u.\n"), rows, added, changed, unchanged);
  if (missing > 0)
    g_print (g_dngettext (GETTEXT_PACKAGE, "%u person on the roster is not in the file, and stays as they are.\n",
                          "%u people on the roster are not in the file, and stay as they are.\n", missing),
             missing);
}

int
ctl_people_import (CtlContext *ctx, int argc, char **argv)
{
  gboolean dry_run = FALSE;
  g_autofree char *encoding = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, N_ ("Show what would change, change nothing"), NULL },
    { "encoding", 0, 0, G_OPTION_ARG_STRING, &encoding, N_ ("auto (default), utf8 or cp932"), N_ ("NAME") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) csv = NULL;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GVariant) errors = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict options;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, _ ("FILE"),
                  _ ("Imports the roster from a CSV file, all of it or nothing.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("people import", _ ("name the roster's CSV file."));
  csv = read_roster (argv[1], &error);
  if (csv == NULL)
    return ctl_fail (ctx, error);
  g_variant_ref_sink (csv);
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "dry-run", "b", dry_run);
  g_variant_dict_insert (&options, "encoding", "s", encoding != NULL ? encoding : "auto");
  if (!azukari_vault1_call_people_import_sync (vault, csv, g_variant_dict_end (&options), &report, NULL, &error))
    return ctl_fail (ctx, error);

  errors = g_variant_lookup_value (report, "errors", G_VARIANT_TYPE ("aa{sv}"));
  if (ctx->json)
    ctl_print_json (report);
  else
    print_import_report (report, dry_run);
  return errors != NULL && g_variant_n_children (errors) > 0 ? CTL_WORLD : CTL_DONE;
}

/* --- taking it back -------------------------------------------------------------------------------------------------- */

static int
print_undo (CtlContext *ctx, GVariant *report, gboolean dry_run)
{
  g_autoptr (GVariant) obstacles = g_variant_lookup_value (report, "obstacles", G_VARIANT_TYPE ("aa{sv}"));
  const gsize n_obstacles = obstacles != NULL ? g_variant_n_children (obstacles) : 0;
  const gboolean is_there = answer_text (report, "time")[0] != '\0';
  guint32 removed = 0, restored = 0;

  (void) g_variant_lookup (report, "removed", "u", &removed);
  (void) g_variant_lookup (report, "restored", "u", &restored);
  if (ctx->json)
    {
      ctl_print_json (report);
      return is_there && n_obstacles == 0 ? CTL_DONE : CTL_WORLD;
    }
  if (!is_there)
    {
      g_printerr ("%s\n", _ ("There is no import that you can take back."));
      return CTL_WORLD;
    }
  for (gsize i = 0; i < n_obstacles; i++)
    {
      g_autoptr (GVariant) obstacle = g_variant_get_child_value (obstacles, i);
      const char *code = answer_text (obstacle, "code");

      g_printerr ("  %s %s: %s\n", code[0] != '\0' ? code : answer_text (obstacle, "id"),
                  answer_text (obstacle, "name"), messages_for_undo_obstacle (answer_text (obstacle, "why")));
    }
  if (n_obstacles > 0)
    {
      g_printerr ("%s\n", _ ("Nothing was taken back, as something was done with these people since the import. Please "
                             "put right what is wrong one by one."));
      return CTL_WORLD;
    }
  if (dry_run)
    g_print (_ ("Trial run, nothing was changed. People who would be removed: %u, as they were before: %u.\n"), removed,
             restored);
  else
    g_print (_ ("The import was taken back. People removed: %u, as they were before: %u.\n"), removed, restored);
  return CTL_DONE;
}

int
ctl_people_undo (CtlContext *ctx, int argc, char **argv)
{
  gboolean dry_run = FALSE;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run,
                                     N_ ("Show what would change, change nothing"), NULL },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict options;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL, _ ("Takes the last import of a roster back, all of it.")))
    return CTL_USAGE;
  if (argc != 1)
    return ctl_usage ("people undo", _ ("it takes no file: it is the last import that is taken back."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "dry-run", "b", dry_run);
  if (!azukari_vault1_call_people_undo_sync (vault, g_variant_dict_end (&options), &report, NULL, &error))
    return ctl_fail (ctx, error);
  return print_undo (ctx, report, dry_run);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl merge: numbers into the file that payroll made without them. */
#include "config.h"

#include <glib/gi18n.h>

#include "answer.h"
#include "ctl-common.h"
#include "export-file.h"
#include "merge-words.h"

typedef struct
{
  char *format, *in, *out, *purpose, *destination;
  char **leave, **decide;
  gboolean dry_run, plain;
  CtlAdmin admin;
} Asked;

static void
asked_clear (Asked *self)
{
  g_free (self->format);
  g_free (self->in);
  g_free (self->out);
  g_free (self->purpose);
  g_free (self->destination);
  g_strfreev (self->leave);
  g_strfreev (self->decide);
  ctl_admin_clear (&self->admin);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asked, asked_clear)

/* (transfer full): id -> "CODE NAME", of everybody whom the admin handles. */
static GHashTable *
fetch_names (AzukariVault1 *vault)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GVariant) people = NULL;
  GVariantIter iter;
  GVariant *person;

  if (!azukari_vault1_call_people_list_sync (vault, g_variant_new ("a{sv}", NULL), &people, NULL, NULL))
    return names;
  g_variant_iter_init (&iter, people);
  while ((person = g_variant_iter_next_value (&iter)) != NULL)
    {
      const char *code = answer_text (person, "code");

      g_hash_table_insert (names, g_strdup (answer_text (person, "id")),
                           g_strconcat (code, *code != '\0' ? " " : "", answer_text (person, "name"), NULL));
      g_variant_unref (person);
    }
  return names;
}

static void
print_issues (AzukariVault1 *vault, GVariant *report)
{
  g_autoptr (GVariant) issues = g_variant_lookup_value (report, "issues", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GHashTable) names = fetch_names (vault);
  guint32 count = 0, line = 0, column = 0;
  GVariantIter iter;
  GVariant *issue;

  (void) g_variant_lookup (report, "issue-count", "u", &count);
  g_variant_iter_init (&iter, issues);
  while ((issue = g_variant_iter_next_value (&iter)) != NULL)
    {
      const char *name = g_hash_table_lookup (names, answer_text (issue, "person"));
      g_autofree char *words = merge_words_why (answer_text (issue, "why"), answer_text (issue, "text"));
      g_autofree char *place = NULL;

      (void) g_variant_lookup (issue, "line", "u", &line);
      (void) g_variant_lookup (issue, "column", "u", &column);
      place = merge_words_place (line, column);
      g_printerr ("%s%s%s", place, *place != '\0' ? ": " : "", words);
      if (name != NULL)
        g_printerr (" (%s)", name);
      g_printerr (" [%s]\n", answer_text (issue, "why"));
      g_variant_unref (issue);
    }
  if (count > g_variant_n_children (issues))
    {
      g_printerr (_ ("and %u more."), count - (guint32) g_variant_n_children (issues));
      g_printerr ("\n");
    }
  g_printerr ("%s\n", _ ("Nothing was written. Have payroll make the file again; or say whose number belongs there, "
                         "--decide LINE:COLUMN=CODE; or "
                         "leave such cells as they are, --leave and the word in brackets."));
}

static int
print_done (CtlContext *ctx, GVariant *report, const char *path, gboolean dry_run)
{
  g_autofree char *words = NULL;

  if (ctx->json)
    {
      ctl_print_json (report);
      return CTL_DONE;
    }
  words = merge_words_done (report, path, dry_run);
  g_print ("%s\n", words);
  ctl_print_handed_over (report, dry_run);
  return CTL_DONE;
}

/* "LINE:COLUMN=CODE", "LINE:COLUMN=ID", or "LINE:COLUMN=" for nobody's. */
static gboolean
add_decision (AzukariVault1 *vault, GVariantBuilder *decisions, const char *text, GError **error)
{
  g_auto (GStrv) sides = g_strsplit (text, "=", 2);
  g_auto (GStrv) place = g_strsplit (sides[0] != NULL ? sides[0] : "", ":", 2);
  g_autofree char *person = NULL;
  guint64 line, column;

  if (g_strv_length (sides) != 2 || g_strv_length (place) != 2
      || !g_ascii_string_to_unsigned (place[0], 10, 1, G_MAXUINT32, &line, NULL)
      || !g_ascii_string_to_unsigned (place[1], 10, 1, G_MAXUINT32, &column, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("--decide takes LINE:COLUMN=CODE, not “%s”."),
                   text);
      return FALSE;
    }
  if (*sides[1] != '\0' && !g_uuid_string_is_valid (sides[1]))
    {
      person = ctl_find_person (vault, sides[1], error);
      if (person == NULL)
        return FALSE;
    }
  g_variant_builder_add (decisions, "(uus)", (guint32) line, (guint32) column, person != NULL ? person : sides[1]);
  return TRUE;
}

/* (transfer full): or %NULL with an error. */
static GVariant *
options_of (AzukariVault1 *vault, const Asked *asked, GError **error)
{
  g_auto (GVariantBuilder) decisions = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(uus)"));
  GVariantDict options;

  for (guint i = 0; asked->decide != NULL && asked->decide[i] != NULL; i++)
    if (!add_decision (vault, &decisions, asked->decide[i], error))
      return NULL;
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "format", "s", asked->format);
  g_variant_dict_insert (&options, "purpose", "s", asked->purpose);
  g_variant_dict_insert (&options, "destination", "s", asked->destination);
  g_variant_dict_insert (&options, "dry-run", "b", asked->dry_run);
  g_variant_dict_insert (&options, "container", "s", asked->plain || asked->dry_run ? "plain" : "zip");
  if (asked->leave != NULL)
    g_variant_dict_insert_value (&options, "leave", g_variant_new_strv ((const char *const *) asked->leave, -1));
  g_variant_dict_insert_value (&options, "decisions", g_variant_builder_end (&decisions));
  return g_variant_ref_sink (g_variant_dict_end (&options));
}

static int
merge (CtlContext *ctx, AzukariVault1 *vault, const Asked *asked)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) options = options_of (vault, asked, &error);
  g_autoptr (ExportFile) file = options != NULL ? export_file_new (asked->out, &error) : NULL;
  g_autoptr (GVariant) report = NULL;
  guint32 n_issues = 0;
  int source;

  if (file == NULL)
    return ctl_fail (ctx, error);
  source = export_file_add_source (export_file_get_fd_list (file), asked->in, &error);
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (vault), G_MAXINT);
  if (source >= 0
      && azukari_vault1_call_merge_sync (vault, options, g_variant_new_handle (source), export_file_get_handle (file),
                                         export_file_get_fd_list (file), &report, NULL, NULL, &error)
      && g_variant_lookup (report, "issue-count", "u", &n_issues) && n_issues > 0)
    {
      if (ctx->json)
        ctl_print_json (report);
      else
        print_issues (vault, report);
      return CTL_WORLD;
    }
  if (report == NULL || !export_file_commit (file, &error))
    {
      g_autofree char *left = export_file_discard (file);

      if (left != NULL)
        g_printerr ("%s\n", left);
      return ctl_fail (ctx, error);
    }
  return print_done (ctx, report, asked->out, asked->dry_run);
}

int
cmd_merge (CtlContext *ctx, int argc, char **argv)
{
  g_auto (Asked) asked = { NULL };
  const GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &asked.format, N_ ("The format's id, see “format list”"), N_ ("ID") },
    { "in", 0, 0, G_OPTION_ARG_FILENAME, &asked.in, N_ ("The file that payroll made without numbers"), N_ ("FILE") },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &asked.out, N_ ("The new file; an existing one is never replaced"),
      N_ ("FILE") },
    { "purpose", 0, 0, G_OPTION_ARG_STRING, &asked.purpose,
      N_ ("What the numbers are for: tax, social-insurance, employment-insurance, accident-insurance or "
          "payment-record"),
      N_ ("CODE") },
    { "destination", 0, 0, G_OPTION_ARG_STRING, &asked.destination, N_ ("Where the file goes, for the record"),
      N_ ("TEXT") },
    { "leave", 0, 0, G_OPTION_ARG_STRING_ARRAY, &asked.leave,
      N_ ("Leave such cells as they are: unknown, ambiguous, contradicted, repeated, no-number, other-purpose or "
          "filled; "
          "may be repeated"),
      N_ ("WHY") },
    { "decide", 0, 0, G_OPTION_ARG_STRING_ARRAY, &asked.decide,
      N_ ("Whose number belongs there, LINE:COLUMN=CODE (or =ID, or = for nobody's); may be repeated"),
      N_ ("DECISION") },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &asked.dry_run, N_ ("Write the rows with masked numbers"), NULL },
    { "plain", 0, 0, G_OPTION_ARG_NONE, &asked.plain,
      N_ ("Write the numbers in the clear, not into a zip with a passphrase; the record says so"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &asked.admin, NULL,
                  _ ("Puts approved numbers into a file that payroll made without them. Nothing else in it changes.")))
    return CTL_USAGE;
  if (asked.format == NULL || asked.in == NULL || asked.out == NULL || asked.purpose == NULL
      || asked.destination == NULL)
    return ctl_usage (
        "merge",
        _ ("--format, --in, --out, --purpose and --destination are needed; purpose and destination go into the "
           "record."));
  if (!asked.plain && !asked.dry_run && !g_str_has_suffix (asked.out, ".zip"))
    return ctl_usage (
        "merge", _ ("the file is a zip with a passphrase: please give it a name that ends in .zip, or say --plain."));
  vault = ctl_connect_as (ctx, &asked.admin, &code);
  if (vault == NULL)
    return code;
  if (!asked.dry_run && !ctl_show_token (ctx, vault, "export", &code))
    return code;
  return merge (ctx, vault, &asked);
}

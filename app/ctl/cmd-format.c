/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl format list|show|look|add|remove: what files look like; any file with a header, once, by an admin's choice. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "ctl-common.h"
#include "export-file.h"

/* --- what there is --------------------------------------------------------------------------------------------------- */

/* In Japanese where that is spoken. */
static const char *
text_of (GVariant *format, const char *key, const char *key_ja)
{
  const char *text = g_str_has_prefix (g_get_language_names ()[0], "ja") ? answer_text (format, key_ja) : "";

  return *text != '\0' ? text : answer_text (format, key);
}

int
ctl_list_formats (CtlContext *ctx, AzukariVault1 *vault)
{
  g_autoptr (GVariant) formats = NULL;
  g_autoptr (GError) error = NULL;
  GVariantIter iter;
  GVariant *format;

  if (!azukari_vault1_call_format_list_sync (vault, &formats, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      ctl_print_json_lines (formats);
      return CTL_DONE;
    }
  g_variant_iter_init (&iter, formats);
  while ((format = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_print ("%-18s %-8s %s (%s)\n", answer_text (format, "id"), answer_text (format, "encoding"),
               text_of (format, "title", "title-ja"), text_of (format, "verified", "verified-ja"));
      g_variant_unref (format);
    }
  return CTL_DONE;
}

static int
format_list (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, NULL, _ ("Lists the formats, and how far each was verified.")))
    return CTL_USAGE;
  vault = ctl_connect_as (ctx, &admin, &code);
  return vault != NULL ? ctl_list_formats (ctx, vault) : code;
}

static int
format_show (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, _ ("ID"), _ ("Shows the file that describes a format.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("format show", _ ("name a format, as “format list” shows it."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_format_get_sync (vault, argv[1], &text, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "id", "s", argv[1]);
      g_variant_dict_insert (&dict, "text", "s", text);
      ctl_print_json (g_variant_dict_end (&dict));
    }
  else
    g_print ("%s", text);
  return CTL_DONE;
}

/* --- a file's header ------------------------------------------------------------------------------------------------- */

static char *
issue_in_words (const char *why, const char *header)
{
  static const struct
  {
    const char *why;
    const char *sentence;
  } of_file[] = {
    { "encoding",
      N_ ("the file is neither UTF-8 nor Shift_JIS, or not what --encoding says: save it as CSV once more") },
    { "encoding-unclear", N_ ("the file may be UTF-8 or Shift_JIS: say which, --encoding utf8 or --encoding cp932") },
    { "too-big", N_ ("the file is too big: at most 32 MiB") },
    { "no-header", N_ ("the first line does not name two columns or more, with commas between them: is it a CSV file "
                       "with a header?") },
    { "quote", N_ ("a quotation mark stands where none may, in the first line") },
    { "number", N_ ("the first line has twelve digits in it, so it is somebody's row: a header is needed") },
  };
  static const struct
  {
    const char *why;
    const char *sentence;
  } of_header[] = {
    { "missing", N_ ("no column is called “%s”") },
    { "ambiguous", N_ ("several columns are called “%s”: have payroll name each one otherwise") },
    { "letters", N_ ("“%s” cannot stand in a format: it is too long, or has a line break, a comma or | in it") },
    { "twice", N_ ("“%s” was chosen for two things") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (of_file); i++)
    if (strcmp (why, of_file[i].why) == 0)
      return g_strdup (_ (of_file[i].sentence));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  for (guint i = 0; i < G_N_ELEMENTS (of_header); i++)
    if (strcmp (why, of_header[i].why) == 0)
      return g_strdup_printf (_ (of_header[i].sentence), header);
#pragma GCC diagnostic pop
  return g_strdup (why);
}

/* Returns: CTL_DONE when there are none; else they are printed. */
static int
print_issues (CtlContext *ctx, GVariant *report)
{
  g_autoptr (GVariant) issues = g_variant_lookup_value (report, "issues", G_VARIANT_TYPE ("aa{sv}"));

  if (issues == NULL || g_variant_n_children (issues) == 0)
    return CTL_DONE;
  if (ctx->json)
    {
      ctl_print_json (report);
      return CTL_WORLD;
    }
  for (gsize i = 0; i < g_variant_n_children (issues); i++)
    {
      g_autoptr (GVariant) issue = g_variant_get_child_value (issues, i);
      g_autofree char *words = issue_in_words (answer_text (issue, "why"), answer_text (issue, "header"));

      g_printerr ("%s [%s]\n", words, answer_text (issue, "why"));
    }
  return CTL_WORLD;
}

static int
format_look (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *encoding = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "encoding", 0, 0, G_OPTION_ARG_STRING, &encoding,
                                     N_ ("utf8 or cp932 (Shift_JIS); found out by itself in most files"), N_ ("NAME") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GVariant) options = NULL, report = NULL, columns = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict dict;
  int code, handle;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, _ ("FILE"),
                  _ ("Shows the names in the first line of a file, to choose from. Nothing is kept.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("format look", _ ("name a file."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  g_variant_dict_init (&dict, NULL);
  if (encoding != NULL)
    g_variant_dict_insert (&dict, "encoding", "s", encoding);
  options = g_variant_ref_sink (g_variant_dict_end (&dict));
  handle = export_file_add_source (fds, argv[1], &error);
  if (handle < 0
      || !azukari_vault1_call_format_look_sync (vault, options, g_variant_new_handle (handle), fds, &report, NULL, NULL,
                                                &error))
    return ctl_fail (ctx, error);
  code = print_issues (ctx, report);
  if (code != CTL_DONE)
    return code;
  if (ctx->json)
    {
      ctl_print_json (report);
      return CTL_DONE;
    }
  columns = g_variant_lookup_value (report, "columns", G_VARIANT_TYPE_STRING_ARRAY);
  for (gsize i = 0; i < g_variant_n_children (columns); i++)
    {
      g_autoptr (GVariant) name = g_variant_get_child_value (columns, i);

      g_print ("%3" G_GSIZE_FORMAT "  %s\n", i + 1, g_variant_get_string (name, NULL));
    }
  g_print (_ ("Characters: %s.\n"), answer_text (report, "encoding"));
  return CTL_DONE;
}

/* --- making one ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  char *title, *number, *encoding;
  char **dependants, **by;
  CtlAdmin admin;
} Asked;

static void
asked_clear (Asked *self)
{
  g_free (self->title);
  g_free (self->number);
  g_free (self->encoding);
  g_strfreev (self->dependants);
  g_strfreev (self->by);
  ctl_admin_clear (&self->admin);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asked, asked_clear)

/* "A=B" each, into a(ss). %FALSE for one without. */
static gboolean
add_pairs (GVariantBuilder *pairs, char **words)
{
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    {
      const char *equals = strchr (words[i], '=');
      g_autofree char *first = equals != NULL ? g_strndup (words[i], (gsize) (equals - words[i])) : NULL;

      if (first == NULL || *first == '\0' || equals[1] == '\0')
        return FALSE;
      g_variant_builder_add (pairs, "(ss)", first, equals + 1);
    }
  return TRUE;
}

/* (transfer full): or %NULL where a word is not as it must be. */
static GVariant *
options_of (const Asked *asked)
{
  g_auto (GVariantBuilder) numbers = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));
  g_auto (GVariantBuilder) by = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));
  GVariantDict options;

  if (asked->number != NULL)
    g_variant_builder_add (&numbers, "(ss)", asked->number, "");
  if (!add_pairs (&numbers, asked->dependants) || !add_pairs (&by, asked->by))
    return NULL;
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "title", "s", asked->title);
  if (asked->encoding != NULL)
    g_variant_dict_insert (&options, "encoding", "s", asked->encoding);
  g_variant_dict_insert_value (&options, "numbers", g_variant_builder_end (&numbers));
  g_variant_dict_insert_value (&options, "by", g_variant_builder_end (&by));
  return g_variant_ref_sink (g_variant_dict_end (&options));
}

static int
add (CtlContext *ctx, const Asked *asked, GVariant *options, const char *path)
{
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  int code, handle;

  vault = ctl_connect_as (ctx, &asked->admin, &code);
  if (vault == NULL)
    return code;
  handle = export_file_add_source (fds, path, &error);
  if (handle < 0
      || !azukari_vault1_call_format_add_sync (vault, options, g_variant_new_handle (handle), fds, &report, NULL, NULL,
                                               &error))
    return ctl_fail (ctx, error);
  code = print_issues (ctx, report);
  if (code != CTL_DONE)
    {
      if (!ctx->json)
        g_printerr ("%s\n", _ ("No format was made. “azukarictl format look” shows what the columns are called."));
      return code;
    }
  if (ctx->json)
    ctl_print_json (report);
  else
    {
      g_print (_ ("The format is %s. Put numbers into files of this shape with azukarictl merge --format %s.\n"),
               answer_text (report, "id"), answer_text (report, "id"));
      g_print ("%s\n", _ ("Please try it with --dry-run first, and one dummy row in the program that takes the file."));
    }
  return CTL_DONE;
}

static int
format_add (CtlContext *ctx, int argc, char **argv)
{
  g_auto (Asked) asked = { NULL };
  const GOptionEntry entries[] = {
    { "title", 0, 0, G_OPTION_ARG_STRING, &asked.title, N_ ("What the format is called in lists"), N_ ("TEXT") },
    { "number", 0, 0, G_OPTION_ARG_STRING, &asked.number, N_ ("The column for the number of the row's own person"),
      N_ ("HEADER") },
    { "dependant", 0, 0, G_OPTION_ARG_STRING_ARRAY, &asked.dependants,
      N_ ("The column for a family member's number, and the one with their name; may be repeated"),
      N_ ("NUMBERHEADER=NAMEHEADER") },
    { "by", 0, 0, G_OPTION_ARG_STRING_ARRAY, &asked.by,
      N_ ("By which column a row's person is found: code, name, kana or birth, or employee-code in files with rows of "
          "family members; may be repeated"),
      N_ ("WHAT=HEADER") },
    { "encoding", 0, 0, G_OPTION_ARG_STRING, &asked.encoding,
      N_ ("utf8 or cp932 (Shift_JIS); found out by itself in most files"), N_ ("NAME") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GVariant) options = NULL;

  if (!ctl_parse (
          ctx, &argc, &argv, entries, &asked.admin, _ ("FILE"),
          _ ("Makes a format for “merge” of any CSV file with a header: by its columns' names, as a responsible "
             "person.")))
    return CTL_USAGE;
  if (argc != 2 || asked.title == NULL || (asked.number == NULL && asked.dependants == NULL) || asked.by == NULL)
    return ctl_usage ("format add",
                      _ ("a file, --title, --number or --dependant, and --by are needed, for example --number 個人番号 "
                         "--by code=社員番号."));
  options = options_of (&asked);
  if (options == NULL)
    return ctl_usage ("format add", _ ("--by takes WHAT=HEADER, and --dependant NUMBERHEADER=NAMEHEADER."));
  return add (ctx, &asked, options, argv[1]);
}

static int
format_remove (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, _ ("ID"), _ ("Removes a format that was made here.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("format remove", _ ("name a format, as “format list” shows it."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_format_remove_sync (vault, argv[1], NULL, &error))
    return ctl_fail (ctx, error);
  if (!ctx->json)
    g_print ("%s\n", _ ("The format was removed. The record says so."));
  return CTL_DONE;
}

int
cmd_format (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = { { "list", format_list },
                                      { "show", format_show },
                                      { "look", format_look },
                                      { "add", format_add },
                                      { "remove", format_remove } };

  return ctl_run_sub_verb (
      ctx, argc, argv, verbs, G_N_ELEMENTS (verbs),
      _ ("say “format list”, “format show ID”, “format look FILE”, “format add FILE” or “format remove "
         "ID”."));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* template: a file's header and a choice make a format, or say why not; whatever the header says, nothing else comes of it. */
#include <glib.h>
#include <string.h>

#include "custody-error.h"
#include "template.h"

#define NUMBER "012345678901" /* made up; that its check digit fits is not seen to here */

static Secret *
encoded (Charset charset, const char *text)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  charset_append_bom (charset, bytes);
  g_assert_true (
      charset_encode (charset == CHARSET_UTF8_BOM ? CHARSET_UTF8 : charset, text, strlen (text), bytes, NULL));
  return secret_new_copy (bytes->data, bytes->len);
}

static TemplateHeader *
look (const Secret *file, const char *encoding)
{
  g_autoptr (GError) error = NULL;
  TemplateHeader *header = template_look (file, encoding, &error);

  g_assert_no_error (error);
  return header;
}

/* (transfer full): the names, "|" between, or "!" and why not */
static char *
looked (const Secret *file, const char *encoding)
{
  g_autoptr (TemplateHeader) header = look (file, encoding);

  if (header->issues->len > 0)
    {
      g_assert_cmpuint (header->names->len, ==, 0);
      return g_strconcat ("!", template_why_get_name (((TemplateIssue *) g_ptr_array_index (header->issues, 0))->why),
                          NULL);
    }
  g_ptr_array_add (header->names, NULL);
  return g_strjoinv ("|", (char **) header->names->pdata);
}

static void
test_looks (void)
{
  static const struct
  {
    Charset charset;
    const char *text;
    const char *encoding;
    const char *seen;
  } cases[] = {
    { CHARSET_UTF8, "社員番号,氏名\r\n1,\r\n", "", "社員番号|氏名" },
    { CHARSET_UTF8_BOM, "社員番号,氏名\n", "", "社員番号|氏名" },
    { CHARSET_CP932, "社員番号,髙橋の氏名\r\n", "", "社員番号|髙橋の氏名" },
    { CHARSET_CP932, "社員番号,氏名", "cp932", "社員番号|氏名" },
    { CHARSET_CP932, "社員番号,氏名", "utf8", "!encoding" },
    { CHARSET_UTF8, "社員番号,氏名", "cp932", "!encoding" },
    { CHARSET_UTF8, "code,name\r\n", "", "code|name" },
    { CHARSET_UTF8, "code,name\r\n", "cp932", "code|name" },
    { CHARSET_UTF8, "\"a, \"\"b\"\"\", c ,,c\r\n", "", "a, \"b\"|c||c" },
    { CHARSET_UTF8, "", "", "!no-header" },
    { CHARSET_UTF8, "\r\n社員番号,氏名\r\n", "", "!no-header" },
    { CHARSET_UTF8, "社員番号\t氏名\r\n", "", "!no-header" },
    { CHARSET_UTF8, ",,,\r\n", "", "!no-header" },
    { CHARSET_UTF8, "\"社員番号,氏名\r\n", "", "!quote" },
    { CHARSET_UTF8, "社員\"番号,氏名\r\n", "", "!quote" },
    /* a row, however it writes the number */
    { CHARSET_UTF8, "E001,見本 太郎," NUMBER "\r\n", "", "!number" },
    { CHARSET_CP932, "E001,見本 太郎,０１２３ ４５６７ ８９０１\r\n", "", "!number" },
    { CHARSET_UTF8, "E001,見本 太郎,番号0123-4567-8901です\r\n", "", "!number" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Secret) file = encoded (cases[i].charset, cases[i].text);
      g_autofree char *seen = looked (file, cases[i].encoding);

      g_assert_cmpstr (seen, ==, cases[i].seen);
    }
}

static void
test_looks_at_bytes (void)
{
  static const guint8 utf16[] = { 0xff, 0xfe, 'a', 0, ',', 0, 'b', 0 }, zero[] = "a,b\0c", half[] = { 'a', ',', 0x81 },
                      kana[] = { 0xc4, 0xb1, ',', 'b', '\n' }; /* ﾄｱ, or ı */
  g_autoptr (Secret) wide = secret_new_copy (utf16, sizeof utf16), binary = secret_new_copy (zero, sizeof zero),
                     cut = secret_new_copy (half, sizeof half), unclear = secret_new_copy (kana, sizeof kana),
                     big = secret_new (MERGE_MAX_BYTES + 1);
  g_autofree char *of_wide = looked (wide, ""), *of_binary = looked (binary, ""), *of_cut = looked (cut, ""),
                  *of_unclear = looked (unclear, ""), *of_kana = looked (unclear, "cp932"),
                  *of_latin = looked (unclear, "utf8"), *of_big = looked (big, "");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (of_wide, ==, "!encoding");
  g_assert_cmpstr (of_binary, ==, "!encoding");
  g_assert_cmpstr (of_cut, ==, "!encoding");
  g_assert_cmpstr (of_unclear, ==, "!encoding-unclear");
  g_assert_cmpstr (of_kana, ==, "ﾄｱ|b");
  g_assert_cmpstr (of_latin, ==, "ı|b");
  g_assert_cmpstr (of_big, ==, "!too-big");
  g_assert_null (template_look (cut, "utf16", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
}

/* --- making ---------------------------------------------------------------------------------------------------------- */

typedef struct
{
  GArray *numbers, *by;
} Choice;

static void
set_up (Choice *c, gconstpointer data)
{
  c->numbers = g_array_new (FALSE, FALSE, sizeof (TemplateNumber));
  c->by = g_array_new (FALSE, FALSE, sizeof (TemplateBy));
}

static void
tear_down (Choice *c, gconstpointer data)
{
  g_array_unref (c->numbers);
  g_array_unref (c->by);
}

static void
choose_number (Choice *c, const char *header, const char *name)
{
  const TemplateNumber number = { header, name };

  g_array_append_val (c->numbers, number);
}

static void
choose_by (Choice *c, FormatBy field, const char *header)
{
  const TemplateBy by = { field, header };

  g_array_append_val (c->by, by);
}

static Template
template_of (const Choice *c)
{
  return (Template){ .id = "own-abc234",
                     .title = "見本; の=労務[ソフト]",
                     .verified = "By the test.",
                     .verified_ja = "テストで確認。",
                     .numbers = c->numbers,
                     .by = c->by };
}

/* (transfer full) */
static Format *
make_ok (const Choice *c, const Secret *file)
{
  const Template template = template_of (c);
  g_autoptr (TemplateHeader) header = look (file, "");
  g_autoptr (GPtrArray) issues = NULL;
  g_autoptr (Format) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  Format *format = template_make (&template, header, file, &text, &issues, &error);

  g_assert_no_error (error);
  g_assert_nonnull (format);
  g_assert_cmpuint (issues->len, ==, 0);
  again = format_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->sha256, ==, format->sha256);
  g_assert_cmpstr (format->title, ==, template.title);
  g_assert_cmpstr (format->certainty, ==, TEMPLATE_CERTAINTY);
  return format;
}

/* "WHY header, …", or "" */
static char *
issues_of (const Choice *c, const char *text)
{
  const Template template = template_of (c);
  g_autoptr (Secret) file = encoded (CHARSET_UTF8, text);
  g_autoptr (TemplateHeader) header = look (file, "");
  g_autoptr (GPtrArray) issues = NULL;
  g_autoptr (Format) format = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *made = NULL;
  GString *list = g_string_new (NULL);

  format = template_make (&template, header, file, &made, &issues, &error);
  g_assert_no_error (error);
  g_assert_true ((issues->len == 0) == (format != NULL && made != NULL));
  for (guint i = 0; i < issues->len; i++)
    {
      const TemplateIssue *issue = g_ptr_array_index (issues, i);

      g_string_append_printf (list, "%s%s %s", i > 0 ? ", " : "", template_why_get_name (issue->why), issue->header);
    }
  return g_string_free (list, FALSE);
}

static const MergePerson staff[] = {
  { "p1", "employee", "0012", "見本 太郎", "ミホン タロウ", "1985-03-07", "", "", MERGE_READY },
  { "p2", "employee", "0013", "見本 花子", "ミホン ハナコ", "1990-12-24", "", "", MERGE_READY },
  { "d1", "dependant", "", "見本 月子", "ミホン ツキコ", "2010-04-05", "p1", "0012", MERGE_READY },
};
static const char *const digits[] = { "012345678901", "222222222222", "333333333333" };

/* (transfer full): the file with the numbers of @staff, as UTF-8; issues as "LINE:COLUMN why" after "!" */
static char *
merged (const Format *format, const Secret *file)
{
  g_autoptr (GPtrArray) people = g_ptr_array_new ();
  g_autoptr (GHashTable) numbers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) secret_free);
  g_autoptr (Secret) content = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Merge) merge = NULL;
  GString *list = g_string_new ("!");
  MergeCounts counts;
  char sha256[65];
  gsize n_text;

  for (guint i = 0; i < G_N_ELEMENTS (staff); i++)
    {
      g_ptr_array_add (people, (gpointer) &staff[i]);
      g_hash_table_insert (numbers, (gpointer) staff[i].person, secret_new_copy (digits[i], 12));
    }
  merge = merge_plan (format, file, people, NULL, 0, &error);
  g_assert_no_error (error);
  if (merge_fill (merge, numbers, &content, sha256, &counts, &error))
    {
      g_string_free (list, TRUE);
      return charset_decode (format->charset, secret_get_data (content, NULL), secret_get_size (content), &n_text,
                             NULL);
    }
  for (guint i = 0; i < merge_get_issues (merge)->len; i++)
    {
      const MergeIssue *issue = g_ptr_array_index (merge_get_issues (merge), i);

      g_string_append_printf (list, "%s%u:%u %s", i > 0 ? ", " : "", issue->line, issue->column,
                              merge_why_get_name (issue->why));
    }
  return g_string_free (list, FALSE);
}

/* Employees and their families in one row each, in Shift_JIS: the header has what a key file would take for its own. */
static void
test_makes (Choice *c, gconstpointer data)
{
  static const char header[] = "コード;[file],氏名=名,\"個人番号（12桁）\",家族 氏名,\\n家族番号,#備考\r\n";
  g_autofree char *before =
      g_strconcat (header, "0012,見本　太郎,\"\",見本 月子,,\"髙,\r\n\"\r\n\r\n0013,見本花子,,,,\r\n", NULL);
  g_autofree char *after = g_strconcat (
      header,
      "0012,見本　太郎,\"012345678901\",見本 月子,333333333333,\"髙,\r\n\"\r\n\r\n0013,見本花子,222222222222,,,\r\n",
      NULL);
  g_autoptr (Secret) file = encoded (CHARSET_CP932, before);
  g_autoptr (Format) format = NULL;
  g_autofree char *text = NULL;

  choose_number (c, "個人番号（12桁）", "");
  choose_number (c, "\\n家族番号", "家族 氏名");
  choose_by (c, FORMAT_BY_CODE, "コード;[file]");
  choose_by (c, FORMAT_BY_NAME, "氏名=名");
  format = make_ok (c, file);
  g_assert_cmpint (format->charset, ==, CHARSET_CP932);
  g_assert_cmpuint (format->merge->n_ways, ==, 1);
  g_assert_cmpint (format->merge->ways[0], ==, FORMAT_BY_CODE);
  text = merged (format, file);
  g_assert_cmpstr (text, ==, after);
}

/* A code finds, and what else was chosen must not say otherwise; without a code everything together finds. */
static void
test_finds (Choice *c, gconstpointer data)
{
  g_autoptr (Secret) other = encoded (CHARSET_UTF8, "番,名,生,個\n0012,見本 花子,,\n"),
                     right = encoded (CHARSET_UTF8, "番,名,生,個\n,見本 太郎,昭和60年3月7日,\n"),
                     wrong = encoded (CHARSET_UTF8, "番,名,生,個\n,見本 太郎,1985/03/08,\n");
  g_autoptr (GArray) by = g_array_new (FALSE, FALSE, sizeof (TemplateBy));
  const TemplateBy name = { FORMAT_BY_NAME, "名" }, birth = { FORMAT_BY_BIRTH, "生" };
  g_autoptr (Format) by_code = NULL, by_name = NULL;
  g_autofree char *contradicted = NULL, *found = NULL, *unknown = NULL, *uncoded = NULL;
  const Choice named = { c->numbers, by };

  choose_number (c, "個", "");
  choose_by (c, FORMAT_BY_CODE, "番");
  choose_by (c, FORMAT_BY_NAME, "名");
  by_code = make_ok (c, other);
  contradicted = merged (by_code, other);
  g_assert_cmpstr (contradicted, ==, "!2:4 contradicted");
  uncoded = merged (by_code, right);
  g_assert_cmpstr (uncoded, ==, "!2:4 unknown");
  g_array_append_val (by, name);
  g_array_append_val (by, birth);
  by_name = make_ok (&named, other);
  found = merged (by_name, right);
  g_assert_cmpstr (found, ==, "番,名,生,個\n,見本 太郎,昭和60年3月7日,012345678901\n");
  unknown = merged (by_name, wrong);
  g_assert_cmpstr (unknown, ==, "!2:4 unknown");
}

/* A file in which each family member has a row, with the employee's code. */
static void
test_rows_of_families (Choice *c, gconstpointer data)
{
  g_autoptr (Secret) file = encoded (CHARSET_UTF8, "社員番号,家族氏名,番号\n0012,見本 月子,\n0012,見本 太郎,\n");
  g_autoptr (Format) format = NULL;
  g_autofree char *text = NULL;

  choose_number (c, "番号", "");
  choose_by (c, FORMAT_BY_EMPLOYEE_CODE, "社員番号");
  choose_by (c, FORMAT_BY_NAME, "家族氏名");
  format = make_ok (c, file);
  g_assert_true (format_has_kind (format, "dependant"));
  text = merged (format, file);
  g_assert_cmpstr (text, ==, "社員番号,家族氏名,番号\n0012,見本 月子,333333333333\n0012,見本 太郎,012345678901\n");
}

static void
test_names_what_does_not_fit (Choice *c, gconstpointer data)
{
  static const char file[] = "社員番号,氏名,氏名,\"個人\n番号\",番号|12桁,\"a,b\",個人番号\n";
  g_autofree char *issues = NULL;

  choose_number (c, "個人番号", "氏名");
  choose_number (c, "個人\n番号", "");
  choose_number (c, "番号|12桁", "");
  choose_number (c, "個人番号", "");
  choose_number (c, NUMBER, "");
  choose_by (c, FORMAT_BY_CODE, "社員コード");
  choose_by (c, FORMAT_BY_BIRTH, "a,b");
  issues = issues_of (c, file);
  g_assert_cmpstr (issues, ==,
                   "ambiguous 氏名, letters 個人\n番号, letters 番号|12桁, twice 個人番号, missing , "
                   "missing 社員コード, letters a,b");
}

static void
assert_refused (const Choice *c, const char *title)
{
  Template template = template_of (c);
  g_autoptr (Secret) file = encoded (CHARSET_UTF8, "番,名,個\n");
  g_autoptr (TemplateHeader) header = look (file, "");
  g_autoptr (GPtrArray) issues = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  template.title = title != NULL ? title : template.title;
  g_assert_null (template_make (&template, header, file, &text, &issues, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
  g_assert_null (text);
  g_assert_null (issues);
}

static void
test_refuses (Choice *c, gconstpointer data)
{
  g_autofree char *long_title = g_strnfill (TEMPLATE_MAX_TITLE + 1, 'x');

  choose_by (c, FORMAT_BY_CODE, "番");
  assert_refused (c, NULL); /* no number */
  choose_number (c, "個", "");
  assert_refused (c, "");
  assert_refused (c, "a\nb");
  assert_refused (c, long_title);
  assert_refused (c, "番号 " NUMBER);
  choose_by (c, FORMAT_BY_CODE, "名");
  assert_refused (c, NULL); /* twice a code */
  g_array_set_size (c->by, 1);
  choose_by (c, FORMAT_BY_EMPLOYEE_CODE, "名");
  assert_refused (c, NULL);
  g_array_set_size (c->by, 0);
  assert_refused (c, NULL); /* nobody is found */
  choose_by (c, FORMAT_BY_BIRTH, "番");
  assert_refused (c, NULL);
  choose_by (c, FORMAT_BY_EMPLOYEE_CODE, "名");
  assert_refused (c, NULL);
  g_array_set_size (c->by, 0);
  choose_by (c, FORMAT_BY_NAME, "名");
  while (c->numbers->len <= FORMAT_MAX_NUMBERS)
    choose_number (c, "個", "");
  assert_refused (c, NULL);
}

/* Headers of every kind of mark: each is either refused, or fills exactly the column that it names. */
static void
test_any_header (Choice *c, gconstpointer data)
{
  static const char *const pieces[] = {
    "|",  "self", "header:", ":", ";", "\\", "\\n", "\\s",   "\n[numbers]\n1=header:a|self",
    "[",  "]",    "=",       "#", " ", "　", "\"",  ",",     "番号",
    "\t", "\r",   "%s",      "+", "a", "é",  "\\t", "date:", "1"
  };
  guint n_made = 0;

  choose_by (c, FORMAT_BY_CODE, "番");
  for (guint n = 0; n < 3000; n++)
    {
      g_autoptr (GString) name = g_string_new (NULL), cell = g_string_new (NULL);
      g_autofree char *text = NULL, *issues = NULL, *after = NULL, *expected = NULL;
      g_autoptr (Secret) file = NULL;
      g_autoptr (Format) format = NULL;

      for (int i = g_test_rand_int_range (1, 5); i > 0; i--)
        g_string_append (name, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
      g_strstrip (name->str);
      g_string_truncate (name, strlen (name->str));
      if (name->len == 0 || g_str_equal (name->str, "番") || g_str_equal (name->str, "a"))
        continue;
      g_assert_true (csv_append_field (name->str, CSV_QUOTE_ALWAYS, cell));
      text = g_strdup_printf ("番,a,%s,備\n0012,,,\n", cell->str);
      g_array_set_size (c->numbers, 0);
      choose_number (c, name->str, "");
      issues = issues_of (c, text);
      if (*issues != '\0')
        {
          g_assert_true (g_str_has_prefix (issues, "letters "));
          continue;
        }
      file = encoded (CHARSET_UTF8, text);
      format = make_ok (c, file);
      g_assert_cmpuint (format->merge->numbers->len, ==, 1);
      g_assert_cmpstr (g_array_index (format->merge->numbers, FormatNumber, 0).place.header, ==, name->str);
      after = merged (format, file);
      expected = g_strdup_printf ("番,a,%s,備\n0012,,012345678901,\n", cell->str);
      g_assert_cmpstr (after, ==, expected);
      n_made++;
    }
  g_assert_cmpuint (n_made, >, 500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  g_test_add_func ("/export/template/looks", test_looks);
  g_test_add_func ("/export/template/looks-at-bytes", test_looks_at_bytes);
#define ADD(path, func) g_test_add ("/export/template/" path, Choice, NULL, set_up, func, tear_down)
  ADD ("makes", test_makes);
  ADD ("finds", test_finds);
  ADD ("rows-of-families", test_rows_of_families);
  ADD ("names-what-does-not-fit", test_names_what_does_not_fit);
  ADD ("refuses", test_refuses);
  ADD ("any-header", test_any_header);
  return g_test_run ();
}

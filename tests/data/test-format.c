/* SPDX-License-Identifier: Apache-2.0 */
/* format: the built-in format files, and that a file outside the vocabulary is refused. */
#include <glib.h>
#include <string.h>

#include "custody-error.h"
#include "format.h"

static const char good[] = "# a comment\n"
                           "[format]\n"
                           "id=sample-1\n"
                           "mode=generate\n"
                           "title=A sample\n"
                           "title[ja]=見本\n"
                           "source=nowhere\n"
                           "certainty=A'\n"
                           "verified=By the test.\n"
                           "verified[ja]=テストで確認。\n"
                           "kinds=employee;contractor\n"
                           "\n"
                           "[file]\n"
                           "encoding=cp932\n"
                           "eol=lf\n"
                           "header=no\n"
                           "quote=always\n"
                           "number-width=12\n"
                           "unique=1;3\n"
                           "[columns]\n"
                           "1=氏名=employee_name|required|drop-spaces|max-bytes:20\n"
                           "2=番号=number\n"
                           "3=種=const:3=7\n"
                           "4=空=empty\n";

static void
test_reads_everything (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Format) format = format_parse (good, sizeof good - 1, &error);
  const FormatColumn *columns;

  g_assert_no_error (error);
  g_assert_cmpstr (format->id, ==, "sample-1");
  g_assert_cmpstr (format->title, ==, "A sample");
  g_assert_cmpstr (format->title_ja, ==, "見本");
  g_assert_cmpstr (format->source, ==, "nowhere");
  g_assert_cmpstr (format->certainty, ==, "A'");
  g_assert_cmpstr (format->verified, ==, "By the test.");
  g_assert_cmpstr (format->verified_ja, ==, "テストで確認。");
  g_assert_true (format_has_kind (format, "employee"));
  g_assert_true (format_has_kind (format, "contractor"));
  g_assert_false (format_has_kind (format, "dependant"));
  g_assert_cmpint (format->charset, ==, CHARSET_CP932);
  g_assert_false (format->crlf);
  g_assert_false (format->header);
  g_assert_cmpint (format->quote, ==, CSV_QUOTE_ALWAYS);
  g_assert_cmpuint (format->columns->len, ==, 4);
  columns = &g_array_index (format->columns, FormatColumn, 0);
  g_assert_cmpstr (columns[0].name, ==, "氏名");
  g_assert_cmpint (columns[0].field, ==, FORMAT_EMPLOYEE_NAME);
  g_assert_true (columns[0].required && columns[0].drop_spaces && columns[0].unique);
  g_assert_cmpuint (columns[0].max_bytes, ==, 20);
  g_assert_cmpint (columns[1].field, ==, FORMAT_NUMBER);
  g_assert_false (columns[1].required || columns[1].drop_spaces || columns[1].unique);
  g_assert_cmpint (columns[2].field, ==, FORMAT_CONST);
  g_assert_cmpstr (columns[2].text, ==, "3=7");
  g_assert_true (columns[2].unique);
  g_assert_cmpint (columns[3].field, ==, FORMAT_EMPTY);
  g_assert_cmpuint (strlen (format->sha256), ==, 64);
}

/* Each replaces the first text by the second in the good file. */
static void
test_refuses (void)
{
  static const struct
  {
    const char *what;
    const char *by;
  } cases[] = {
    { "[format]\n", "" },
    { "[file]\n", "" },
    { "[columns]\n", "" },
    { "[file]\n", "[file]\n[extra]\n[file]\n" },
    { "[file]\n", "[File]\n" },
    { "[columns]\n", "[columns]\n[file]\n[columns]\n" },
    { "id=sample-1\n", "" },
    { "id=sample-1\n", "id=\n" },
    { "id=sample-1\n", "id=sample-1\nid=sample-1\n" }, /* twice */
    { "id=sample-1\n", "id=sample-1\nid = sample-2\n" },
    { "id=sample-1\n", "id=sample-1\nexec=/bin/sh\n" }, /* outside the vocabulary */
    { "id=sample-1\n", "id=sample-1\ntitle[en]=x\n" },
    { "id=sample-1", "id=Sample" },
    { "id=sample-1", "id=../x" },
    { "id=sample-1", "id=1x" },
    { "id=sample-1", "id=abcdefghijklmnopqrstuvwxyzabcdefghijklmno" },
    { "title=A sample", "title=" },
    { "title=A sample", "title=A\\nsample" },
    { "title[ja]=見本\n", "" },
    { "source=nowhere\n", "" },
    { "certainty=A'", "certainty=E" },
    { "certainty=A'", "certainty=a" },
    { "verified=By the test.\n", "" },
    { "kinds=employee;contractor", "kinds=" },
    { "kinds=employee;contractor", "kinds=employee;pensioner" },
    { "kinds=employee;contractor", "kinds=employee;employee" },
    { "encoding=cp932", "encoding=utf16" },
    { "encoding=cp932", "encoding=CP932" },
    { "encoding=cp932", "encoding=xlsx" }, /* a workbook has no quotes */
    { "eol=lf", "eol=cr" },
    { "header=no", "header=false" },
    { "quote=always", "quote=sometimes" },
    { "number-width=12", "number-width=13" },
    { "number-width=12\n", "" },
    { "unique=1;3", "unique=0" },
    { "unique=1;3", "unique=5" },
    { "unique=1;3", "unique=1;1" },
    { "unique=1;3", "unique=2" }, /* the number is no key */
    { "unique=1;3", "unique=x" },
    { "2=番号=number", "3=番号=number" },
    { "2=番号=number", "02=番号=number" },
    { "2=番号=number", "2=番号" },
    { "2=番号=number", "2==number" },
    { "2=番号=number", "2=番号=Number" },
    { "2=番号=number", "2=番号=kana" }, /* no number at all */
    { "4=空=empty", "4=空=number" },    /* two of them */
    { "4=空=empty", "5=空=empty" },
    { "4=空=empty", "4=空=salary" },
    { "4=空=empty", "4=空=empty|required|required" },
    { "4=空=empty", "4=空=empty|upper" },
    { "4=空=empty", "4=空=empty|" },
    { "4=空=empty", "4=空=empty|max-bytes:0" },
    { "4=空=empty", "4=空=empty|max-bytes:-1" },
    { "4=空=empty", "4=空=empty|max-bytes:99999999999999999999" },
    { "4=空=empty", "4==1+1=empty" },
    { "4=空=empty", "4=+空=empty" },
    { "4=空=empty", "4=𠮷=empty" }, /* not in CP932 */
    { "3=種=const:3=7", "3=種=const:𠮷" },
    { "3=種=const:3=7", "3=種=const:=7" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *at = strstr (good, cases[i].what);
      g_autofree char *text =
          g_strdup_printf ("%.*s%s%s", (int) (at - good), good, cases[i].by, at + strlen (cases[i].what));
      g_autoptr (GError) error = NULL;

      g_test_message ("case %u: %s", i, cases[i].by);
      g_assert_null (format_parse (text, strlen (text), &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_FORMAT);
    }
}

static void
test_refuses_bytes (void)
{
  g_autofree char *big = g_strnfill (FORMAT_MAX_BYTES + 1, '#');
  g_autoptr (GString) wide = g_string_new (NULL);

  g_assert_null (format_parse ("", 0, NULL));
  g_assert_null (format_parse ("x", 1, NULL));
  g_assert_null (format_parse ("\xff\n", 2, NULL));
  g_assert_null (format_parse (good, sizeof good, NULL)); /* with the final zero */
  g_assert_null (format_parse (big, FORMAT_MAX_BYTES + 1, NULL));
  g_string_append (wide, good);
  for (guint i = 5; i <= FORMAT_MAX_COLUMNS + 1; i++)
    {
      g_autoptr (Format) format = format_parse (wide->str, wide->len, NULL);

      g_assert_nonnull (format);
      g_string_append_printf (wide, "%u=x=empty\n", i);
    }
  g_assert_null (format_parse (wide->str, wide->len, NULL));
}

static void
test_comma_without_quotes (void)
{
  g_autoptr (GString) text = g_string_new (good);

  g_string_replace (text, "4=空=empty", "4=a,b=empty", 1);
  g_autoptr (Format) quoted = format_parse (text->str, text->len, NULL);
  g_assert_nonnull (quoted);
  g_string_replace (text, "quote=always", "quote=never", 1);
  g_assert_null (format_parse (text->str, text->len, NULL));
}

static void
test_built_in (void)
{
  g_autoptr (GPtrArray) list = format_list ();
  g_autoptr (GError) error = NULL;
  static const char *const ids[] = { "eltax-315",       "eltax-315-utf8", "hellowork-10101",
                                     "hellowork-10191", "keyed-csv",      "keyed-csv-cp932",
                                     "keyed-xlsx",      "nenkin-2200700", "nenkin-2201700",
                                     "nenkin-2202700",  "nta-309",        "nta-313",
                                     "nta-316",         "nta-375",        "yayoi" };

  g_assert_cmpuint (list->len, ==, G_N_ELEMENTS (ids));
  for (guint i = 0; i < list->len; i++)
    {
      const Format *listed = g_ptr_array_index (list, i);
      g_autoptr (Format) found = format_find (ids[i], &error);

      g_assert_no_error (error);
      g_assert_cmpstr (listed->id, ==, ids[i]);
      g_assert_cmpstr (found->id, ==, ids[i]); /* the file's name is its id */
      g_assert_cmpstr (listed->sha256, ==, found->sha256);
      /* those are of formats that are made in a vault */
      g_assert_false (g_str_has_prefix (listed->id, "own-"));
      g_assert_cmpstr (listed->certainty, !=, "own");
    }
  g_assert_null (format_find ("keyed", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_FORMAT);
  g_assert_null (format_find (NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export/format/reads-everything", test_reads_everything);
  g_test_add_func ("/export/format/refuses-what-is-outside-the-vocabulary", test_refuses);
  g_test_add_func ("/export/format/refuses-bytes", test_refuses_bytes);
  g_test_add_func ("/export/format/comma-without-quotes", test_comma_without_quotes);
  g_test_add_func ("/export/format/built-in", test_built_in);
  return g_test_run ();
}

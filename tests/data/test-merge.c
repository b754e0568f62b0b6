/* SPDX-License-Identifier: Apache-2.0 */
/* merge: numbers into somebody else's file, every other byte as it was, and nobody guessed. */
#include <glib.h>
#include <string.h>

#include "charset.h"
#include "custody-error.h"
#include "merge.h"

/* Made up; their check digits are the vault's business, not seen to here. One begins with a zero. */
static const char *const digits[] = { "012345678901", "222222222222", "333333333333", "444444444444",
                                      "555555555555", "666666666666", "777777777777" };

typedef struct
{
  GPtrArray *people;
  GHashTable *numbers;
} Fixture;

static const MergePerson staff[] = {
  { "p1", "employee", "0012", "見本 太郎", "ミホン タロウ", "1985-03-07", "", "", MERGE_READY },
  { "p2", "employee", "0013", "見本 花子", "ミホン ハナコ", "1990-12-24", "", "", MERGE_READY },
  /* of one name, apart by their day of birth */
  { "p3", "employee", "0014", "見本 次郎", "ミホン ジロウ", "2001-01-02", "", "", MERGE_READY },
  { "p4", "employee", "0015", "見本 次郎", "ミホン ジロウ", "1961-05-06", "", "", MERGE_READY },
  { "p5", "employee", "0016", "見本 三郎", "ミホン サブロウ", "1970-07-08", "", "", MERGE_WITHOUT },
  { "p6", "employee", "0017", "見本 四郎", "ミホン シロウ", "1971-07-08", "", "", MERGE_FOR_OTHERS },
  { "c1", "contractor", "", "試験 一郎", "シケン イチロウ", "", "", "", MERGE_READY },
  { "c2", "contractor", "", "試験 重", "シケン カサネ", "", "", "", MERGE_READY },
  { "c3", "contractor", "", "試験 重", "シケン カサネ", "", "", "", MERGE_READY },
  { "d1", "dependant", "", "見本 月子", "ミホン ツキコ", "1986-04-05", "p1", "0012", MERGE_READY },
  { "d2", "dependant", "", "見本 星子", "ミホン ホシコ", "2010-04-05", "p1", "0012", MERGE_READY },
  { "d3", "dependant", "", "見本 月子", "ミホン ツキコ", "1991-04-05", "p2", "0013", MERGE_READY },
};

static void
set_up (Fixture *f, gconstpointer data)
{
  f->people = g_ptr_array_new ();
  f->numbers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) secret_free);
  for (guint i = 0; i < G_N_ELEMENTS (staff); i++)
    {
      g_ptr_array_add (f->people, (gpointer) &staff[i]);
      g_hash_table_insert (f->numbers, (gpointer) staff[i].person,
                           secret_new_copy (digits[i % G_N_ELEMENTS (digits)], 12));
    }
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_hash_table_unref (f->numbers);
  g_ptr_array_unref (f->people);
}

static const char *
number_of (const char *person)
{
  for (guint i = 0; i < G_N_ELEMENTS (staff); i++)
    if (g_str_equal (staff[i].person, person))
      return digits[i % G_N_ELEMENTS (digits)];
  g_assert_not_reached ();
}

/* (transfer full): @text in the format's encoding */
static Secret *
encoded (const Format *format, const char *text)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_assert_true (charset_encode (format->charset == CHARSET_JISX0208 ? CHARSET_CP932 : format->charset, text,
                                 strlen (text), bytes, NULL));
  return secret_new_copy (bytes->data, bytes->len);
}

static char *
decoded (const Format *format, const Secret *content)
{
  gsize n_bytes;
  gsize n_text;
  const guint8 *bytes = secret_get_data (content, &n_bytes);
  char *text = charset_decode (format->charset, bytes, n_bytes, &n_text, NULL);

  g_assert_nonnull (text);
  return text;
}

/* The issues as "LINE:COLUMN why person[ text]" in one text. */
static char *
issues_of (const Merge *merge)
{
  const GPtrArray *issues = merge_get_issues (merge);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < issues->len; i++)
    {
      const MergeIssue *issue = g_ptr_array_index (issues, i);

      g_string_append_printf (text, "%s%u:%u %s %s%s%s", i > 0 ? ", " : "", issue->line, issue->column,
                              merge_why_get_name (issue->why), issue->person, *issue->text != '\0' ? " " : "",
                              issue->text);
    }
  return g_string_free (text, FALSE);
}

/* (transfer full): the file with its numbers, or the issues after "!" */
static char *
merged (Fixture *f, const Format *format, const char *text, const GArray *decisions, guint leave)
{
  g_autoptr (Secret) file = encoded (format, text);
  g_autoptr (Secret) content = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Merge) merge = merge_plan (format, file, f->people, decisions, leave, &error);
  g_autofree char *issues = NULL;
  char sha256[65] = "";
  MergeCounts counts;

  g_assert_no_error (error);
  if (merge_fill (merge, f->numbers, &content, sha256, &counts, &error))
    {
      g_assert_cmpuint (strlen (sha256), ==, 64);
      return decoded (format, content);
    }
  issues = issues_of (merge);
  return g_strconcat ("!", issues, *issues == '\0' ? error->message : "", NULL);
}

/* (transfer full): @n cells, those of @set ("COLUMN=TEXT", …, NULL) filled */
static char *
row (guint n, ...)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  const char *set;
  va_list sets;
  char *text;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (cells, g_strdup (""));
  va_start (sets, n);
  while ((set = va_arg (sets, const char *)) != NULL)
    {
      char *value;
      const guint64 column = g_ascii_strtoull (set, &value, 10);

      g_assert_true (*value == '=' && column >= 1 && column <= n);
      g_free (cells->pdata[column - 1]);
      cells->pdata[column - 1] = g_strdup (value + 1);
    }
  va_end (sets);
  g_ptr_array_add (cells, NULL);
  text = g_strjoinv (",", (char **) cells->pdata);
  return text;
}

static char *
with (const char *column, const char *person)
{
  return g_strconcat (column, "=", number_of (person), NULL);
}

/* --- the agencies' formats ------------------------------------------------------------------------------------------- */

static void
test_375 (Fixture *f, gconstpointer data)
{
  g_autoptr (Format) format = format_find ("nta-375", NULL);
  g_autofree char *before1 =
      row (135, "1=375", "5=見本商事", "14=見本　太郎", "44=1", "45=60", "46=03", "47=07", "96=ミホン　ツキコ",
           "97=見本　月子", "99=", "101=見本　星子", "115=", "132=ミホン　タロウ", "135=0", NULL);
  g_autofree char *before2 = row (135, "1=375", "14=見本　次郎", "44=5", "45=13", "46=1", "47=2", NULL);
  g_autofree char *before3 = row (135, "1=375", "14=見本　次郎", "44=4", "45=13", "46=1", "47=2", NULL);
  g_autofree char *n1 = with ("95", "p1"), *n2 = with ("99", "d1"), *n3 = with ("103", "d2"), *n4 = with ("95", "p3");
  g_autofree char *after1 =
      row (135, "1=375", "5=見本商事", "14=見本　太郎", "44=1", "45=60", "46=03", "47=07", "96=ミホン　ツキコ",
           "97=見本　月子", n1, n2, "101=見本　星子", n3, "132=ミホン　タロウ", "135=0", NULL);
  g_autofree char *after3 = row (135, "1=375", "14=見本　次郎", "44=4", "45=13", "46=1", "47=2", n4, NULL);
  g_autofree char *good = g_strconcat (before1, "\r\n999,other\r\n", before3, "\r\n", NULL);
  g_autofree char *expected = g_strconcat (after1, "\r\n999,other\r\n", after3, "\r\n", NULL);
  g_autofree char *got = merged (f, format, good, NULL, 0);
  g_autofree char *wrong_day = merged (f, format, before2, NULL, 0);

  g_assert_cmpstr (got, ==, expected);
  /* a zero at the beginning stays */
  g_assert_true (g_str_has_prefix (n1, "95=0"));
  /* 令和13年 is no day that has been: nobody, rather than the one of that name */
  g_assert_cmpstr (wrong_day, ==, "!1:95 unknown ");
}

static void
test_309 (Fixture *f, gconstpointer data)
{
  g_autoptr (Format) format = format_find ("nta-309", NULL);
  g_autofree char *number = with ("53", "c1");
  g_autofree char *before = row (53, "1=309", "14=試験一郎", "53= ", NULL);
  g_autofree char *after = row (53, "1=309", "14=試験一郎", number, NULL);
  g_autofree char *twins = row (53, "1=309", "14=試験　重", "53= ", NULL);
  g_autofree char *employee = row (53, "1=309", "14=見本　太郎", "53= ", NULL);
  g_autofree char *short_row = row (52, "1=309", "14=試験一郎", NULL);
  g_autofree char *nobody = row (53, "1=309", "53= ", NULL);
  g_autofree char *high = row (53, "1=309", "14=試験一郎", "12=髙山市", "53= ", NULL);
  g_autofree char *all = g_strjoin ("\r\n", before, twins, employee, short_row, nobody, high, before, "309,a\tb", NULL);
  g_autofree char *got = merged (f, format, before, NULL, 0);
  g_autofree char *issues = merged (f, format, all, NULL, 0);
  g_autofree char *left = NULL;
  g_autofree char *two = g_strjoin ("\r\n", before, twins, employee, NULL);
  g_autofree char *two_after = g_strjoin ("\r\n", after, twins, employee, NULL);

  g_assert_cmpstr (got, ==, after);
  g_assert_true (g_str_has_suffix (before, ", "));
  g_assert_cmpstr (
      issues, ==,
      "!2:53 ambiguous , 3:53 unknown , 4:0 cells , 5:53 unknown , 6:12 character c1 髙, 7:53 repeated c1, 8:0 cells ");
  left = merged (f, format, two, NULL, 1u << MERGE_AMBIGUOUS | 1u << MERGE_UNKNOWN);
  g_assert_cmpstr (left, ==, two_after);
}

static void
test_nenkin (Fixture *f, gconstpointer data)
{
  static const char head[] = "21,01,ｹｲﾄ,001,20261101,22223\r\n[kanri]\r\n,001\r\n21,01,ｹｲﾄ,123\r\n[data]\r\n";
  g_autoptr (Format) joining = format_find ("nenkin-2200700", NULL);
  g_autoptr (Format) leaving = format_find ("nenkin-2201700", NULL);
  g_autoptr (Format) family = format_find ("nenkin-2202700", NULL);
  g_autofree char *n1 = with ("13", "p2"), *n2 = with ("11", "p4"), *n3 = with ("14", "p1"), *n4 = with ("29", "d1"),
                  *n5 = with ("78", "d2");
  g_autofree char *before1 = row (34, "1=2200700", "7=ﾐﾎﾝ ﾊﾅｺ", "9=7", "10=021224", "14=1", "29=100", "30=0001",
                                  "31=ﾄｳｷﾖｳ", "32=東京", "34=1", NULL);
  g_autofree char *after1 = row (34, "1=2200700", "7=ﾐﾎﾝ ﾊﾅｺ", "9=7", "10=021224", n1, "34=1", NULL);
  g_autofree char *before2 = row (27, "1=2201700", "8=見本　次郎", "9=5", "10=360506", "27=1", NULL);
  g_autofree char *after2 = row (27, "1=2201700", "8=見本　次郎", "9=5", "10=360506", n2, "27=1", NULL);
  g_autofree char *before3 = row (139, "1=2202700", "9=ﾐﾎﾝ ﾀﾛｳ", "11=5", "12=600307", "18=100", "24=ﾐﾎﾝ ﾂｷｺ", "26=5",
                                  "27=610405", "37=100", "72=見本　星子", NULL);
  g_autofree char *after3 = row (139, "1=2202700", "9=ﾐﾎﾝ ﾀﾛｳ", "11=5", "12=600307", n3, "24=ﾐﾎﾝ ﾂｷｺ", "26=5",
                                 "27=610405", n4, "37=100", "72=見本　星子", n5, NULL);
  g_autofree char *file = g_strconcat (head, before1, "\r\n", before2, "\r\n", before3, "\r\n", NULL);
  g_autofree char *step1 = merged (f, joining, file, NULL, 0);
  g_autofree char *step2 = merged (f, leaving, step1, NULL, 0);
  g_autofree char *step3 = merged (f, family, step2, NULL, 0);
  g_autofree char *expected = g_strconcat (head, after1, "\r\n", after2, "\r\n", after3, "\r\n", NULL);
  g_autofree char *no_data = merged (f, joining, before1, NULL, 0);
  g_autofree char *wrong_wife =
      row (139, "1=2202700", "9=ﾐﾎﾝ ﾀﾛｳ", "11=5", "12=600307", "24=ﾐﾎﾝ ﾂｷｺ", "26=5", "27=610406", NULL);
  g_autofree char *wrong_file = g_strconcat (head, wrong_wife, "\r\n", NULL);
  g_autofree char *contradicted = merged (f, family, wrong_file, NULL, 0);

  g_assert_cmpstr (step3, ==, expected);
  g_assert_cmpstr (no_data, ==, "!0:0 begin  [data]");
  g_assert_cmpstr (contradicted, ==, "!6:29 contradicted d1");
}

static void
test_hellowork (Fixture *f, gconstpointer data)
{
  g_autoptr (Format) format = format_find ("hellowork-10191", NULL);
  static const char head[] = "郡市区符号,事業所記号\r\n01,ｹｲﾄ\r\n[kanri]\r\n,001\r\n[data]\r\n";
  g_autofree char *header =
      row (55, "1=帳票種別", "3=個人番号", "20=被保険者氏名フリガナ（カタカナ）", "21=被保険者氏名", NULL);
  g_autofree char *number = with ("3", "p1");
  g_autofree char *before = row (55, "1=10191", "20=ミホン　タロウ", "21=見本　太郎", NULL);
  g_autofree char *after = row (55, "1=10191", number, "20=ミホン　タロウ", "21=見本　太郎", NULL);
  g_autofree char *file = g_strconcat (head, header, "\r\n", before, "\r\n", NULL);
  g_autofree char *expected = g_strconcat (head, header, "\r\n", after, "\r\n", NULL);
  g_autofree char *got = merged (f, format, file, NULL, 0);
  g_autofree char *twice_header =
      row (55, "3=個人番号", "4=個人番号", "20=被保険者氏名フリガナ（カタカナ）", "21=被保険者氏名", NULL);
  g_autofree char *twice_file = g_strconcat (head, twice_header, "\r\n", before, "\r\n", NULL);
  g_autofree char *twice = merged (f, format, twice_file, NULL, 0);

  g_assert_cmpstr (got, ==, expected);
  g_assert_cmpstr (twice, ==, "!6:0 header  個人番号");
}

/* --- anybody's template ---------------------------------------------------------------------------------------------- */

#define TEMPLATE(quote, numbers)                                                                                       \
  "[format]\nid=t\nmode=merge\ntitle=t\ntitle[ja]=t\nsource=t\ncertainty=D\nverified=t\nverified[ja]=t\n"              \
  "kinds=employee;dependant\n[file]\nencoding=utf8\nquote=" quote "\nbegin=first\nheader=yes\nrows=all\n"              \
  "columns=as-header\npad=none\n[match]\nby=employee_code+name\ncode=\nemployee_code=header:社員番号\n"            \
  "name=header:氏名\nkana=\nbirth=date:header:生年月日\n[numbers]\n" numbers

static const char template_text[] = TEMPLATE ("minimal", "1=header:マイナンバー|self\n");

static void
test_template (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Format) format = format_parse (template_text, strlen (template_text), &error);
  static const char before[] = "\xef\xbb\xbf社員番号,氏名,マイナンバー,生年月日,\"メモ\"\r\n"
                               "0012,\"見本 太郎\",\"\",1985/3/7,\"a,\"\"b\"\"\r\nc\"\n"
                               "0012,見本月子,,,\r\n"
                               "\r\n"
                               "0013,見本　花子,222222222222,H2.12.24,";
  static const char after[] = "\xef\xbb\xbf社員番号,氏名,マイナンバー,生年月日,\"メモ\"\r\n"
                              "0012,\"見本 太郎\",\"012345678901\",1985/3/7,\"a,\"\"b\"\"\r\nc\"\n"
                              "0012,見本月子,333333333333,,\r\n"
                              "\r\n"
                              "0013,見本　花子,222222222222,H2.12.24,";
  g_autoptr (Secret) file = secret_new_copy (before, sizeof before - 1);
  g_autoptr (Secret) content = NULL;
  g_autoptr (Secret) masked = NULL;
  g_autoptr (Merge) merge = NULL;
  g_autoptr (Merge) preview = NULL;
  g_autofree char *shown = NULL;
  MergeCounts counts;
  char sha256[65];

  g_assert_no_error (error);
  merge = merge_plan (format, file, f->people, NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (merge_get_people (merge)->len, ==, 3);
  g_assert_true (merge_fill (merge, f->numbers, &content, sha256, &counts, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (secret_get_data (content, NULL), secret_get_size (content), after, sizeof after - 1);
  g_assert_cmpuint (counts.rows, ==, 3);
  g_assert_cmpuint (counts.filled, ==, 2);
  g_assert_cmpuint (counts.same, ==, 1);

  /* without the numbers what is filled already cannot be compared */
  preview = merge_plan (format, file, f->people, NULL, 0, NULL);
  g_assert_false (merge_fill (preview, NULL, &masked, sha256, &counts, NULL));
  shown = issues_of (preview);
  g_assert_cmpstr (shown, ==, "6:3 filled p2");
  g_clear_pointer (&preview, merge_free);
  preview = merge_plan (format, file, f->people, NULL, 1u << MERGE_FILLED, NULL);
  g_assert_true (merge_fill (preview, NULL, &masked, sha256, &counts, NULL));
  g_assert_cmpuint (counts.left, ==, 1);
  g_assert_null (
      g_strstr_len ((const char *) secret_get_data (masked, NULL), (gssize) secret_get_size (masked), digits[0]));
  g_assert_nonnull (g_strstr_len ((const char *) secret_get_data (masked, NULL), (gssize) secret_get_size (masked),
                                  "\"************\""));
}

static void
test_what_is_listed (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *rows;
    const char *issues;
  } cases[] = {
    { "12,見本太郎,,", "!2:3 unknown " },   /* zeros before it belong to a code */
    { "0012,見本花子,,", "!2:3 unknown " }, /* somebody else's name */
    { "0012,見本太郎,,1985-03-08", "!2:3 contradicted p1" },
    { "0012,見本太郎,,someday", "!2:3 contradicted p1" },
    { "0012,,,", "!2:3 unknown " },
    { "0012,見本太郎,123456789012,", "!2:3 filled p1" },
    { "0012,見本太郎,0,", "!2:3 filled p1" },
    { "0016,見本三郎,,", "!2:3 no-number p5" },
    { "0017,見本四郎,,", "!2:3 other-purpose p6" },
    { "0012,見本太郎,,\n0012,見本 太郎,,", "!3:3 repeated p1" },
    { "0012,見本太郎,", "!2:0 cells " },
    { "0012,見本太郎,,,", "!2:0 cells " },
    { "0012,見本\t太郎,,", "!2:2 control p1" },
    { "0012,見本太郎,\r,", "!2:3 control p1" },
    { "0012,見\"本太郎,,", "!2:4 quote " },
    { "0012,\"見本太郎\"x,,", "!2:2 quote " },
    { "0012,\"見本太郎,,", "!2:2 quote " },
    { "0012,\"", "!2:2 quote " },
    { "", "!0:0 no-rows " },
    { "\n\n", "!0:0 no-rows " },
  };
  g_autoptr (Format) format = format_parse (template_text, strlen (template_text), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strconcat ("社員番号,氏名,マイナンバー,生年月日\n", cases[i].rows, NULL);
      g_autofree char *got = merged (f, format, text, NULL, 0);

      g_test_message ("case %u", i);
      g_assert_cmpstr (got, ==, cases[i].issues);
    }
  {
    g_autofree char *no_column = merged (f, format, "社員番号,氏名,番号,生年月日\n0012,見本太郎,,\n", NULL, 0);
    g_autofree char *open_header = merged (f, format, "\"", NULL, 0);
    g_autofree char *nothing = merged (f, format, "", NULL, 0);
    g_autofree char *same =
        merged (f, format, "社員番号,氏名,マイナンバー,生年月日\n0012,見本太郎,012345678901,\n", NULL, 0);

    g_assert_cmpstr (no_column, ==, "!1:0 header  マイナンバー");
    g_assert_cmpstr (open_header, ==, "!1:1 quote ");
    g_assert_cmpstr (nothing, ==, "!0:0 no-rows ");
    g_assert_cmpstr (same, ==, "!no cell of the file would be filled");
  }
}

/* What a person decided is done, and nothing that nobody may decide. */
static void
test_decisions (Fixture *f, gconstpointer data)
{
  static const char before[] = "社員番号,氏名,マイナンバー,生年月日\n0012,髙本太郎,,\n9,x,,\n";
  static const char after[] = "社員番号,氏名,マイナンバー,生年月日\n0012,髙本太郎,012345678901,\n9,x,,\n";
  static const MergeDecision good[] = { { 2, 3, "p1" }, { 3, 3, "" } };
  static const MergeDecision contractor[] = { { 2, 3, "c1" }, { 3, 3, "" } };
  static const MergeDecision bad[][2] = { { { 2, 3, "p99" }, { 3, 3, "" } },
                                          { { 2, 3, "p1" }, { 2, 3, "" } },
                                          { { 0, 3, "p1" }, { 3, 3, "" } },
                                          { { 2, 0, "p1" }, { 3, 3, "" } } };
  g_autoptr (Format) format = format_parse (template_text, strlen (template_text), NULL);
  g_autoptr (Secret) file = encoded (format, before);
  g_autoptr (GArray) decisions = g_array_new (FALSE, FALSE, sizeof (MergeDecision));
  g_autofree char *got = NULL;
  g_autofree char *refused = NULL;

  g_array_append_vals (decisions, good, 2);
  got = merged (f, format, before, decisions, 0);
  g_assert_cmpstr (got, ==, after);
  g_array_set_size (decisions, 0);
  g_array_append_vals (decisions, contractor, 2);
  refused = merged (f, format, before, decisions, 0);
  g_assert_cmpstr (refused, ==, "!2:3 contradicted c1");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_array_set_size (decisions, 0);
      g_array_append_vals (decisions, bad[i], 2);
      g_assert_null (merge_plan (format, file, f->people, decisions, 0, &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
    }
  {
    g_autoptr (GError) error = NULL;

    g_assert_null (merge_plan (format, file, f->people, NULL, 1u << MERGE_CELLS, &error));
    g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
  }
  {
    g_autoptr (Format) generate = format_find ("keyed-csv", NULL);
    g_autoptr (GError) error = NULL;

    g_assert_null (merge_plan (generate, file, f->people, NULL, 0, &error));
    g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
  }
}

/* --- every other byte ------------------------------------------------------------------------------------------------ */

typedef struct
{
  GString *before;
  GString *after;
} Pair;

static void
both (Pair *pair, const char *text)
{
  g_string_append (pair->before, text);
  g_string_append (pair->after, text);
}

static const char *
any (const char *const *of, guint n)
{
  return of[g_test_rand_int_range (0, (gint) n)];
}

/* A cell that is nobody's business, as wild as the way of quoting allows. */
static void
append_wild (Pair *pair, gboolean may_quote)
{
  static const char *const bits[] = {
    "", "0", "あ", "表", "ソ", "能", "ﾎﾟ", "￥", "\\", " ", "　", "=", "'", ";", "|"
  };
  static const char *const quoted_bits[] = { ",", "\"\"", "\r\n", "\n" };
  const gboolean quoted = may_quote && g_test_rand_bit ();
  const guint n = (guint) g_test_rand_int_range (0, 6);

  both (pair, quoted ? "\"" : "");
  for (guint i = 0; i < n; i++)
    both (pair, quoted && g_test_rand_bit () ? any (quoted_bits, G_N_ELEMENTS (quoted_bits))
                                             : any (bits, G_N_ELEMENTS (bits)));
  both (pair, quoted ? "\"" : "");
}

/* A file of random cells in random encodings, ways of quoting and ends of lines, made together with what has to come out of it. */
static void
test_every_other_byte (Fixture *f, gconstpointer data)
{
  static const char *const eols[] = { "\n", "\r\n" };
  static const char *const encodings[] = { "utf8", "cp932", "jisx0208" };

  for (guint round = 0; round < 400; round++)
    {
      const gboolean may_quote = g_test_rand_bit ();
      const char *encoding = any (encodings, G_N_ELEMENTS (encodings));
      const guint n_columns = (guint) g_test_rand_int_range (3, 12);
      const guint n_rows = (guint) g_test_rand_int_range (1, 9);
      guint code_column = (guint) g_test_rand_int_range (0, (gint) n_columns);
      guint number_column = (guint) g_test_rand_int_range (0, (gint) n_columns);
      guint order[6] = { 0, 1, 2, 3, 4, 5 }; /* of staff: each at most once */
      guint n_used = 0;
      Pair pair = { g_string_new (NULL), g_string_new (NULL) };
      g_autofree char *text = NULL;
      g_autofree char *got = NULL;
      g_autoptr (Format) format = NULL;
      g_autoptr (GError) error = NULL;

      if (code_column == number_column)
        number_column = (number_column + 1) % n_columns;
      text =
          g_strdup_printf ("[format]\nid=t\nmode=merge\ntitle=t\ntitle[ja]=t\nsource=t\ncertainty=D\nverified=t\n"
                           "verified[ja]=t\nkinds=employee\n[file]\nencoding=%s\nquote=%s\nbegin=first\nheader=no\n"
                           "rows=all\ncolumns=%u\npad=none\n[match]\nby=code\ncode=%u\nemployee_code=\nname=\nkana=\n"
                           "birth=\n[numbers]\n1=%u|self\n",
                           encoding, may_quote ? "minimal" : "never", n_columns, code_column + 1, number_column + 1);
      format = format_parse (text, strlen (text), &error);
      g_assert_no_error (error);
      for (guint i = 0; i < n_rows; i++)
        {
          const gboolean somebody = n_used < 4 && (i == 0 || g_test_rand_bit ());
          const MergePerson *person = &staff[order[n_used]];
          const gboolean in_quotes = may_quote && g_test_rand_bit ();

          n_used += somebody;
          for (guint c = 0; c < n_columns; c++)
            {
              both (&pair, c > 0 ? "," : "");
              if (c == code_column)
                both (&pair, somebody ? person->code : "");
              else if (c == number_column && somebody)
                {
                  g_string_append (pair.before, in_quotes ? "\"\"" : g_test_rand_bit () ? " " : "");
                  g_string_append_printf (pair.after, in_quotes ? "\"%s\"" : "%s", number_of (person->person));
                }
              else
                append_wild (&pair, may_quote);
            }
          both (&pair, i + 1 < n_rows || g_test_rand_bit () ? any (eols, 2) : "");
        }
      got = merged (f, format, pair.before->str, NULL, 1u << MERGE_UNKNOWN);
      g_assert_cmpstr (got, ==, pair.after->str);
      g_string_free (pair.before, TRUE);
      g_string_free (pair.after, TRUE);
    }
}

/* Any bytes: no crash, and where something comes out, cutting the numbers out again gives what went in. */
static void
test_any_bytes (Fixture *f, gconstpointer data)
{
  static const char alphabet[] = "0012,見本太郎\"\r\n\t ,,\x83\x00";
  g_autoptr (Format) format = format_parse (template_text, strlen (template_text), NULL);
  static const char header[] = "社員番号,氏名,マイナンバー,生年月日\n";

  for (guint round = 0; round < 3000; round++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (Secret) file = NULL;
      g_autoptr (Secret) content = NULL;
      g_autoptr (Merge) merge = NULL;
      MergeCounts counts;
      char sha256[65];
      const guint n = (guint) g_test_rand_int_range (0, 60);

      g_byte_array_append (bytes, (const guint8 *) header, g_test_rand_bit () ? sizeof header - 1 : 0);
      for (guint i = 0; i < n; i++)
        g_byte_array_append (bytes, (const guint8 *) &alphabet[g_test_rand_int_range (0, sizeof alphabet)], 1);
      file = secret_new_copy (bytes->data, bytes->len);
      merge = merge_plan (format, file, f->people, NULL, 1u << MERGE_UNKNOWN, NULL);
      if (merge_fill (merge, f->numbers, &content, sha256, &counts, NULL))
        g_assert_cmpuint (secret_get_size (content), >=, bytes->len + 12 * counts.filled - 64);
      else
        g_assert_null (content);
    }
}

#define ADD(name, function) g_test_add ("/export/merge/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  ADD ("375", test_375);
  ADD ("309", test_309);
  ADD ("nenkin", test_nenkin);
  ADD ("hellowork", test_hellowork);
  ADD ("template", test_template);
  ADD ("what-is-listed", test_what_is_listed);
  ADD ("decisions", test_decisions);
  ADD ("every-other-byte", test_every_other_byte);
  ADD ("any-bytes", test_any_bytes);
  return g_test_run ();
}

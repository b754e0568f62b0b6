/* SPDX-License-Identifier: Apache-2.0 */
/* roster: people out of a CSV file, and every mistake by row, column and code. */
#include <glib.h>
#include <string.h>

#include "roster.h"

static gboolean
knows_cb (const char *code, gpointer data)
{
  return g_strcmp0 (code, data) == 0;
}

static gboolean
parse (const char *text, gsize n_bytes, RosterEncoding encoding, GPtrArray **people, RosterReport **report)
{
  GDate today;

  g_date_clear (&today, 1);
  g_date_set_dmy (&today, 22, G_DATE_NOVEMBER, 2026);
  return roster_parse ((const guint8 *) text, n_bytes, encoding, knows_cb, (gpointer) "K9", &today, people, report);
}

/* "row column what" of each mistake, with spaces between. */
static char *
list (const RosterReport *report)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < report->mistakes->len; i++)
    {
      const RosterMistake *mistake = &g_array_index (report->mistakes, RosterMistake, i);

      g_string_append_printf (all, "%s%u %s %s", i > 0 ? "; " : "", mistake->row, mistake->column,
                              roster_what_get_name (mistake->what));
    }
  return g_string_free (all, FALSE);
}

static void
assert_mistakes (const char *text, gsize n_bytes, RosterEncoding encoding, const char *expected)
{
  g_autoptr (RosterReport) report = NULL;
  g_autofree char *found = NULL;
  GPtrArray *people = NULL;

  g_assert_false (parse (text, n_bytes, encoding, &people, &report));
  g_assert_null (people);
  found = list (report);
  g_assert_cmpstr (found, ==, expected);
}

static void
test_whole_roster (void)
{
  static const char text[] = "社員番号,氏名,フリガナ,生年月日,部署,区分,続柄,本人社員番号,メモ\r\n"
                             "E002-1,試験 一郎,シケン イチロウ,2015-05-05,,家族,子,E002,x\r\n"
                             "0001,　見本 太郎 ,ミホン タロウ,昭和60年1月2日,\"総務,人事\",社員,本人,,\r\n"
                             ",,,,,,,,\r\n"
                             "\r\n"
                             "E002,試験 花子,シケン ハナコ,19851224,部,従業員,,,\r\n"
                             ",例示 次郎,,,,外部協力者,,,\r\n"
                             ",例示 三子,,,,扶養親族,妻,K9,\r\n";
  static const RosterPerson expected[] = {
    { 2, ROSTER_DEPENDANT, "E002-1", "試験 一郎", "シケン イチロウ", "2015-05-05", "", "E002", "子" },
    { 3, ROSTER_EMPLOYEE, "0001", "見本 太郎", "ミホン タロウ", "1985-01-02", "総務,人事", "", "" },
    { 6, ROSTER_EMPLOYEE, "E002", "試験 花子", "シケン ハナコ", "1985-12-24", "部", "", "" },
    { 7, ROSTER_CONTRACTOR, "", "例示 次郎", "", "", "", "", "" },
    { 8, ROSTER_DEPENDANT, "", "例示 三子", "", "", "", "K9", "妻" },
  };
  g_autoptr (GPtrArray) people = NULL;
  g_autoptr (RosterReport) report = NULL;

  g_assert_true (parse (text, sizeof text - 1, ROSTER_ENCODING_IS_AUTO, &people, &report));
  g_assert_cmpuint (report->mistakes->len, ==, 0);
  g_assert_cmpstr (report->encoding, ==, "utf8");
  g_assert_cmpuint (report->n_rows, ==, 5);
  g_assert_cmpuint (report->n_ignored_columns, ==, 1);
  g_assert_cmpuint (people->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < people->len; i++)
    {
      const RosterPerson *person = g_ptr_array_index (people, i);

      g_assert_cmpuint (person->row, ==, expected[i].row);
      g_assert_cmpint (person->kind, ==, expected[i].kind);
      g_assert_cmpstr (person->code, ==, expected[i].code);
      g_assert_cmpstr (person->name, ==, expected[i].name);
      g_assert_cmpstr (person->kana, ==, expected[i].kana);
      g_assert_cmpstr (person->birth_date, ==, expected[i].birth_date);
      g_assert_cmpstr (person->department, ==, expected[i].department);
      g_assert_cmpstr (person->parent_code, ==, expected[i].parent_code);
      g_assert_cmpstr (person->relationship, ==, expected[i].relationship);
    }
}

static void
test_headers (void)
{
  static const char *const headers[] = {
    "社員番号,氏名,生年月日",
    "従業員番号,名前,生年月日",
    "code,name,birth_date",
    "Code,NAME,Birth Date",
    "ＣＯＤＥ,ｎａｍｅ,birth-date",
    "employee_code,full name,Date of Birth",
    "ｺｰﾄﾞ,氏 名,誕生日",
    "\"社員 番号\",\"氏名\",\"生年月日\"",
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autofree char *text = g_strconcat (headers[i], "\n007,見本 太郎,1985/1/2\n", NULL);
      g_autoptr (GPtrArray) people = NULL;
      g_autoptr (RosterReport) report = NULL;
      const RosterPerson *person;

      g_test_message ("case %u", i);
      g_assert_true (parse (text, strlen (text), ROSTER_ENCODING_IS_AUTO, &people, &report));
      person = g_ptr_array_index (people, 0);
      g_assert_cmpstr (person->code, ==, "007");
      g_assert_cmpstr (person->name, ==, "見本 太郎");
      g_assert_cmpstr (person->birth_date, ==, "1985-01-02");
      g_assert_cmpint (person->kind, ==, ROSTER_EMPLOYEE);
    }
}

static void
test_encodings (void)
{
  /* 社員番号,氏名,生年月日 / 1,髙﨑,S60.1.2 in CP932 */
  static const char cp932[] = "\x8e\xd0\x88\xf5\x94\xd4\x8d\x86,\x8e\x81\x96\xbc,\x90\xb6\x94\x4e\x8c\x8e\x93\xfa\r\n"
                              "1,\xfb\xfc\xfa\xb1,S60.1.2\r\n";
  static const char bom[] = "\xef\xbb\xbf社員番号,氏名,生年月日\n1,髙﨑,S60.1.2\n";
  static const char unclear[] = "code,name,birth_date\n1,\xc3\xb1,S60.1.2\n";
  static const struct
  {
    const char *text;
    gsize n_bytes;
    RosterEncoding encoding;
    const char *found;
    const char *name;
  } cases[] = {
    { cp932, sizeof cp932 - 1, ROSTER_ENCODING_IS_AUTO, "cp932", "髙﨑" },
    { cp932, sizeof cp932 - 1, ROSTER_ENCODING_IS_CP932, "cp932", "髙﨑" },
    { bom, sizeof bom - 1, ROSTER_ENCODING_IS_AUTO, "utf8bom", "髙﨑" },
    { bom, sizeof bom - 1, ROSTER_ENCODING_IS_UTF8, "utf8bom", "髙﨑" },
    { bom + 3, sizeof bom - 4, ROSTER_ENCODING_IS_UTF8, "utf8", "髙﨑" },
    { unclear, sizeof unclear - 1, ROSTER_ENCODING_IS_UTF8, "utf8", "ñ" },
    { unclear, sizeof unclear - 1, ROSTER_ENCODING_IS_CP932, "cp932", "ﾃｱ" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) people = NULL;
      g_autoptr (RosterReport) report = NULL;

      g_test_message ("case %u", i);
      g_assert_true (parse (cases[i].text, cases[i].n_bytes, cases[i].encoding, &people, &report));
      g_assert_cmpstr (report->encoding, ==, cases[i].found);
      g_assert_cmpstr (((RosterPerson *) g_ptr_array_index (people, 0))->name, ==, cases[i].name);
    }
  assert_mistakes (cp932, sizeof cp932 - 1, ROSTER_ENCODING_IS_UTF8, "0  encoding");
  assert_mistakes (bom + 3, sizeof bom - 4, ROSTER_ENCODING_IS_CP932, "0  encoding");
  assert_mistakes (unclear, sizeof unclear - 1, ROSTER_ENCODING_IS_AUTO, "0  encoding-unclear");
  assert_mistakes ("\xff\xfe"
                   "c\0",
                   4, ROSTER_ENCODING_IS_AUTO, "0  encoding-utf16");
  assert_mistakes ("c\0o\0", 4, ROSTER_ENCODING_IS_CP932, "0  encoding-utf16");
  assert_mistakes ("PK\3\4\0\0", 6, ROSTER_ENCODING_IS_AUTO, "0  not-text");
  assert_mistakes ("\x80\xff", 2, ROSTER_ENCODING_IS_AUTO, "0  encoding");
}

static void
test_whole_file_mistakes (void)
{
  static const struct
  {
    const char *text;
    const char *mistakes;
  } cases[] = {
    { "", "0  empty" },
    { "\n\n", "0  empty" },
    { "社員番号,氏名\n", "0  empty" },
    { "社員番号,氏名\n,\n", "0  empty" },
    { "見本 太郎,1985-01-02\n", "1  no-header" },
    { "\xef\xbb\xbf", "0  empty" },
    { "社員番号,生年月日\n1,1985-01-02\n", "1 氏名 missing-column" },
    { "社員番号,従業員番号,氏名\n1,1,x\n", "1 従業員番号 duplicate-column" },
    { "社員番号,氏名\r1,x\r", "1  lone-cr" },
    { "社員番号,氏名\n1,x\"y\n", "2  stray-quote" },
    { "社員番号,氏名\n1,\"x\n", "2  unclosed-quote" },
    /* numbers: nothing of the rows is looked at */
    { "社員番号,氏名,個人番号\n1,,x\n", "1 個人番号 has-numbers" },
    { "name,本人のマイナンバー（12桁）\n", "1 マイナンバー has-numbers" },
    { "name,My Number\n", "1 my_number has-numbers" },
    { "name,ﾏｲﾅﾝﾊﾞｰ,個人番号2\n", "1 マイナンバー has-numbers; 1 個人番号 has-numbers" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("case %u", i);
      assert_mistakes (cases[i].text, strlen (cases[i].text), ROSTER_ENCODING_IS_AUTO, cases[i].mistakes);
    }
}

static void
test_row_mistakes (void)
{
  static const struct
  {
    const char *rows; /* code, name, birth date, kind, parent, relationship, department */
    const char *mistakes;
  } cases[] = {
    { "1,見本,1985-01-02,,,", "2  cell-count" },
    { "1,見本,1985-01-02,,,,,", "2  cell-count" },
    { ",見本,1985-01-02,,,,", "2 社員番号 missing-code" },
    { "1,,1985-01-02,,,,", "2 氏名 missing-name" },
    { "1,　,1985-01-02,,,,", "2 氏名 missing-name" },
    { "1,見本,,,,,", "2 生年月日 missing-birth-date" },
    { "1,見本,1985-02-29,,,,", "2 生年月日 bad-birth-date" },
    { "1,見本,2026-11-23,,,,", "2 生年月日 future-birth-date" },
    { "1,見本,1985-01-02,役員,,,", "2 区分 unknown-kind" },
    { "１,見本,1985-01-02,,,,", "2 社員番号 bad-code" },
    { "1 2,見本,1985-01-02,,,,", "2 社員番号 bad-code" },
    { "_1,見本,1985-01-02,,,,", "2 社員番号 bad-code" },
    { "-1,見本,1985-01-02,,,,", "2 社員番号 formula" },
    { "123456789012345678901234567890123,見本,1985-01-02,,,,", "2 社員番号 too-long" },
    { "1,見本,1985-01-02,,,,\n2,見本,1985-01-02,,,,\n1,見本,1985-01-02,,,,\n1,見本,1985-01-02,,,,",
      "4 社員番号 duplicate-code; 5 社員番号 duplicate-code" },
    { "1,見本,1985-01-02,家族,,子,", "2 本人社員番号 missing-parent" },
    { "1,見本,1985-01-02,家族,2,子,", "2 本人社員番号 unknown-parent" },
    { "1,見本,1985-01-02,家族,1,子,", "2 本人社員番号 unknown-parent" }, /* oneself */
    { "1,見本,,外部協力者,,,\n2,試験,,家族,1,子,", "3 本人社員番号 unknown-parent" },
    { "1,見本,1985-01-02,社員,K9,,", "2 本人社員番号 unexpected-parent" },
    { "1,見本,1985-01-02,社員,,子,", "2 続柄 unexpected-relationship" },
    { ",見本,,業務委託,,,\n,見本,,業務委託,,,", "3 氏名 duplicate-person" },
    { ",見本,,家族,K9,子,\n,見本,,家族,K9,子,", "3 氏名 duplicate-person" },
    { "1,=HYPERLINK(1),1985-01-02,,,,", "2 氏名 formula" },
    { "1,見本,1985-01-02,,,,＋部", "2 部署 formula" },
    { "1,見\t本,1985-01-02,,,,", "2 氏名 control-character" },
    { "1,\"見\n本\",1985-01-02,,,,", "2 氏名 control-character" },
    { "1,見\u200b本,1985-01-02,,,,", "2 氏名 control-character" },
    { "1,見\u202e本,1985-01-02,,,,", "2 氏名 control-character" },
    { "1,見\u2028本,1985-01-02,,,,", "2 氏名 control-character" },
    { "1,見\xc2\x85本,1985-01-02,,,,", "2 氏名 control-character" },
    { "1,見\uffff本,1985-01-02,,,,", "2 氏名 control-character" },
    { "1,見\ue000本,1985-01-02,,,,", "2 氏名 private-character" },
    { "1,見?本,1985-01-02,,,,", "2 氏名 lost-character" },
    { "1,見〓本,1985-01-02,,,,", "2 氏名 lost-character" },
    { "1,見\ufffd本,1985-01-02,,,,", "2 氏名 lost-character" },
    { "1,1234 5678 9018,1985-01-02,,,,", "2 氏名 has-numbers" },
    { "1,見本,1985-01-02,,,,部１２３４５６７８９０１８", "2 部署 has-numbers" },
    { "1,見本,1985-01-02,家族,K9,一二三四五六七八九十一二三四五六七八九十子,", "2 続柄 too-long" },
    { ",,9999,,,,\n2,見本,x,役員,,,", "2 社員番号 missing-code; 2 氏名 missing-name; 2 生年月日 bad-birth-date; 3 区分 "
                                      "unknown-kind; 3 生年月日 bad-birth-date" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text =
          g_strconcat ("社員番号,氏名,生年月日,区分,本人社員番号,続柄,部署\n", cases[i].rows, "\n", NULL);

      g_test_message ("case %u", i);
      assert_mistakes (text, strlen (text), ROSTER_ENCODING_IS_AUTO, cases[i].mistakes);
    }
}

/* What is odd but right. */
static void
test_row_subtleties (void)
{
  static const char *const rows[] = {
    "1,葛󠄀城 太郎,1985-01-02,,,,", /* a variation selector belongs to the name */
    "1,𠮷田,1985-01-02,,,,",
    "1,MIHON O'TARO-SMITH,1985-01-02,,,,",
    "1,見本,2026-11-22,,,,",            /* born today */
    "123456789018,見本,1985-01-02,,,,", /* a long code is a code */
    "A-1/b_2.c,見本,1985-01-02,,,,",
    ",見本,,,K9,子,", /* a parent makes a dependant */
    ",見本,,家族,K9,子,\n,見本,2015-05-05,家族,K9,子,",
    "1,見本,1985-01-02,,,,部12345678901",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strconcat ("社員番号,氏名,生年月日,区分,本人社員番号,続柄,部署\n", rows[i], NULL);
      g_autoptr (GPtrArray) people = NULL;
      g_autoptr (RosterReport) report = NULL;

      g_test_message ("case %u", i);
      g_assert_true (parse (text, strlen (text), ROSTER_ENCODING_IS_AUTO, &people, &report));
    }
}

static void
test_dates (void)
{
  static const struct
  {
    const char *text;
    const char *date; /* %NULL: refused */
  } cases[] = {
    { "1985-01-02", "1985-01-02" },
    { "1985-1-2", "1985-01-02" },
    { "1985/1/2", "1985-01-02" },
    { "1985/01/02", "1985-01-02" },
    { "1985.1.2", "1985-01-02" },
    { "19850102", "1985-01-02" },
    { "1985年1月2日", "1985-01-02" },
    { "１９８５年１月２日", "1985-01-02" },
    { "昭和60年1月2日", "1985-01-02" },
    { "昭和60年 1月 2日", "1985-01-02" },
    { "㍼60年1月2日", "1985-01-02" },
    { "昭和60/1/2", "1985-01-02" },
    { "S60.1.2", "1985-01-02" },
    { "s60/01/02", "1985-01-02" },
    { "S60-1-2", "1985-01-02" },
    { "S600102", "1985-01-02" },
    { "昭和元年12月25日", "1926-12-25" },
    { "大正15年12月25日", "1926-12-25" },
    { "大正元年7月30日", "1912-07-30" },
    { "明治45年7月30日", "1912-07-30" },
    { "昭和64年1月7日", "1989-01-07" },
    { "平成元年1月8日", "1989-01-08" },
    { "H1.1.8", "1989-01-08" },
    { "平成31年4月30日", "2019-04-30" },
    { "令和元年5月1日", "2019-05-01" },
    { "R010501", "2019-05-01" },
    { "2000-02-29", "2000-02-29" },
    { "1900-01-01", "1900-01-01" },
    { "1899-12-31", NULL },
    { "明治32年12月31日", NULL },
    { "1900-02-29", NULL },
    { "2001-02-29", NULL },
    { "昭和64年1月8日", NULL },
    { "平成元年1月7日", NULL },
    { "平成31年5月1日", NULL },
    { "令和元年4月30日", NULL },
    { "昭和元年12月24日", NULL },
    { "昭和0年1月2日", NULL },
    { "昭和60年13月2日", NULL },
    { "1985-00-02", NULL },
    { "1985-01-00", NULL },
    { "1985-1-2x", NULL },
    { "1985-1/2", NULL },
    { "1985年1月2", NULL },
    { "1985-001-2", NULL },
    { "85-01-02", NULL },
    { "60/1/2", NULL },
    { "1/2/1985", NULL },
    { "31049", NULL },
    { "850102", NULL },
    { "198501022", NULL },
    { "19850102-1-2", NULL },
    { "S60", NULL },
    { "S", NULL },
    { "昭和", NULL },
    { "昭和年1月2日", NULL },
    { "S6001021", NULL },
    { "X60.1.2", NULL },
    { "1985-01-02 0:00", NULL },
    { "99999999999999999999-1-1", NULL },
    { "1985--1-2", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strconcat ("社員番号,氏名,生年月日\n1,見本,", cases[i].text, "\n", NULL);
      g_autoptr (GPtrArray) people = NULL;
      g_autoptr (RosterReport) report = NULL;

      g_test_message ("%s", cases[i].text);
      if (cases[i].date == NULL)
        assert_mistakes (text, strlen (text), ROSTER_ENCODING_IS_AUTO, "2 生年月日 bad-birth-date");
      else
        {
          g_assert_true (parse (text, strlen (text), ROSTER_ENCODING_IS_AUTO, &people, &report));
          g_assert_cmpstr (((RosterPerson *) g_ptr_array_index (people, 0))->birth_date, ==, cases[i].date);
        }
    }
}

static char *
many_rows (guint n_rows, const char *format)
{
  GString *text = g_string_new ("社員番号,氏名,生年月日\n");

  for (guint i = 0; i < n_rows; i++)
    {
      g_string_append_printf (text, "%u", i);
      g_string_append (text, format);
    }
  return g_string_free (text, FALSE);
}

static void
test_limits (void)
{
  g_autofree char *full = many_rows (ROSTER_MAX_PEOPLE, ",見本,1985-01-02\n");
  g_autofree char *over = many_rows (ROSTER_MAX_PEOPLE + 1, ",見本,1985-01-02\n");
  g_autofree char *wrong = many_rows (ROSTER_MAX_MISTAKES + 1, ",,1985-01-02\n");
  g_autofree char *just = many_rows (ROSTER_MAX_MISTAKES, ",,1985-01-02\n");
  g_autofree char *big = g_malloc (ROSTER_MAX_BYTES + 1);
  g_autoptr (GPtrArray) people = NULL;
  g_autoptr (RosterReport) full_report = NULL;
  g_autoptr (RosterReport) wrong_report = NULL;
  g_autoptr (RosterReport) just_report = NULL;
  GPtrArray *none = NULL;

  g_assert_true (parse (full, strlen (full), ROSTER_ENCODING_IS_AUTO, &people, &full_report));
  g_assert_cmpuint (people->len, ==, ROSTER_MAX_PEOPLE);
  assert_mistakes (over, strlen (over), ROSTER_ENCODING_IS_AUTO, "20002  too-many-rows");

  g_assert_false (parse (wrong, strlen (wrong), ROSTER_ENCODING_IS_AUTO, &none, &wrong_report));
  g_assert_cmpuint (wrong_report->mistakes->len, ==, ROSTER_MAX_MISTAKES);
  g_assert_true (wrong_report->more_mistakes);
  g_assert_false (parse (just, strlen (just), ROSTER_ENCODING_IS_AUTO, &none, &just_report));
  g_assert_false (just_report->more_mistakes);

  memset (big, 'x', ROSTER_MAX_BYTES + 1);
  assert_mistakes (big, ROSTER_MAX_BYTES + 1, ROSTER_ENCODING_IS_AUTO, "0  too-big");
  assert_mistakes (big, ROSTER_MAX_BYTES, ROSTER_ENCODING_IS_AUTO, "1  cell-too-long");
  memset (big, '"', ROSTER_MAX_BYTES);
  assert_mistakes (big, ROSTER_MAX_BYTES, ROSTER_ENCODING_IS_AUTO, "1  cell-too-long");
  memset (big, ',', ROSTER_MAX_BYTES);
  assert_mistakes (big, 100000, ROSTER_ENCODING_IS_AUTO, "1  too-many-columns");
  memset (big, '\n', ROSTER_MAX_BYTES);
  assert_mistakes (big, ROSTER_MAX_BYTES, ROSTER_ENCODING_IS_AUTO, "0  empty");
  memset (big, 0xb1, ROSTER_MAX_BYTES); /* half-width kana: three times the size in UTF-8 */
  assert_mistakes (big, ROSTER_MAX_BYTES, ROSTER_ENCODING_IS_AUTO, "1  cell-too-long");
}

/* Codes are kebab-case, all different: clients key their sentences on them. */
static void
test_codes (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < ROSTER_N_WHATS; i++)
    {
      const char *name = roster_what_get_name (i);

      g_assert_nonnull (name);
      g_assert_cmpuint (strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-"), ==, strlen (name));
      g_assert_true (g_hash_table_add (seen, (gpointer) name));
    }
}

/* The same rules for people who are added one by one. */
static void
test_single_cells (void)
{
  char iso[11] = "unchanged";

  g_assert_true (roster_text_is_valid ("見本 太郎"));
  g_assert_true (roster_text_is_valid (""));
  g_assert_false (roster_text_is_valid ("=1"));
  g_assert_false (roster_text_is_valid ("見\n本"));
  g_assert_false (roster_text_is_valid ("\xe8\xa6"));
  g_assert_true (roster_code_is_valid ("0001"));
  g_assert_false (roster_code_is_valid (""));
  g_assert_false (roster_code_is_valid ("０００１"));
  g_assert_false (roster_date_to_iso ("昭和64年1月8日", iso));
  g_assert_false (roster_date_to_iso ("\xff", iso));
  g_assert_cmpstr (iso, ==, "unchanged");
  g_assert_true (roster_date_to_iso ("平成元年1月8日", iso));
  g_assert_cmpstr (iso, ==, "1989-01-08");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/roster/whole-roster", test_whole_roster);
  g_test_add_func ("/roster/headers", test_headers);
  g_test_add_func ("/roster/encodings", test_encodings);
  g_test_add_func ("/roster/whole-file-mistakes", test_whole_file_mistakes);
  g_test_add_func ("/roster/row-mistakes", test_row_mistakes);
  g_test_add_func ("/roster/row-subtleties", test_row_subtleties);
  g_test_add_func ("/roster/dates", test_dates);
  g_test_add_func ("/roster/limits", test_limits);
  g_test_add_func ("/roster/single-cells", test_single_cells);
  g_test_add_func ("/roster/codes", test_codes);
  return g_test_run ();
}

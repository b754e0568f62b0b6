/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl people status, people asked, paper: who has not handed in a number, and when they were asked for it; as papers too. */
#include "ctl-fixture.h"
#include "pdf-text.h"

#include <json-glib/json-glib.h>

#define ROSTER                                                                                                         \
  "社員番号,氏名,フリガナ,生年月日,部署,区分,続柄,本人社員番号,退職日\n"                  \
  "E001,見本 太郎,ミホン タロウ,1990-04-01,営業部,社員,,,\n"                                            \
  "E002,見本 花子,ミホン ハナコ,1991-04-01,総務部,社員,,,\n"                                            \
  "E003,見本 三郎,ミホン サブロウ,1992-04-01,総務部,社員,,,2020-03-31\n"                               \
  "E004,見本 四郎,ミホン シロウ,1993-04-01,,社員,,,\n"                                                     \
  ",見本 次郎,ミホン ジロウ,2015-04-01,,家族,子,E002,\n"

static void
set_up_people (Fixture *f, gconstpointer data)
{
  g_autofree char *roster = NULL;

  set_up (f, data);
  roster = g_build_filename (f->dir, "roster.csv", NULL);
  write_file (roster, ROSTER);
  run (f, 0, "people", "import", roster, "--pin-file", f->pin_file, NULL);
}

static void
test_status (Fixture *f, gconstpointer data)
{
  run (f, 0, "people", "status", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "営業部: 1 on the roster, 0 handed in (0 approved), 0 did not agree, 1 still to hand in (0 of "
                       "them were asked)");
  assert_said (f->out, "総務部: 3 on the roster, 0 handed in (0 approved), 0 did not agree, 2 still to hand in");
  assert_said (f->out, "(no department): 1 on the roster");
  assert_said (f->out, "見本 三郎  not handed in\n");
  run (f, 0, "people", "asked", "E001", "E002", "--how", "mail", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "Noted for 2 people.");
  run (f, 0, "people", "asked", "E002", "--pin-file", f->pin_file, NULL);
  run (f, 0, "people", "asked", "E001", "--refused", "--pin-file", f->pin_file, NULL);
  run (f, 0, "people", "status", "--state", "outstanding", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "営業部: 1 on the roster, 0 handed in (0 approved), 1 did not agree, 1 still to hand in (1 of ");
  assert_said (f->out, "見本 太郎  did not agree (");
  assert_said (f->out, "見本 花子  not handed in; asked 2 times, last on ");
  assert_said (f->out, "見本 次郎  not handed in\n");
  assert_not_said (f->out, "見本 三郎");
  run (f, 0, "people", "status", "--department", "営業部", "--pin-file", f->pin_file, NULL);
  assert_not_said (f->out, "総務部");
  assert_not_said (f->out, "花子");
  run (f, 0, "people", "status", "--search", "ﾊﾅｺ", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "花子");
  assert_not_said (f->out, "太郎");
}

static void
test_status_json (Fixture *f, gconstpointer data)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object, *row;

  run (f, 0, "people", "asked", "E002", "--pin-file", f->pin_file, NULL);
  run (f, 0, "--json", "people", "status", "--department", "総務部", "--state", "outstanding", "--pin-file",
       f->pin_file, NULL);
  g_assert_true (json_parser_load_from_data (parser, f->out, -1, NULL));
  object = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "departments")), ==, 1);
  row = json_array_get_object_element (json_object_get_array_member (object, "departments"), 0);
  g_assert_cmpint (json_object_get_int_member (row, "outstanding"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (row, "asked"), ==, 1);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "people")), ==, 2);
  row = json_array_get_object_element (json_object_get_array_member (object, "people"), 0);
  g_assert_cmpint (json_object_get_int_member (row, "asked-count"), ==, 1);
  g_assert_true (g_str_has_prefix (json_object_get_string_member (row, "asked"), "20"));
}

static void
test_mistakes (Fixture *f, gconstpointer data)
{
  run (f, 1, "people", "status", "--state", "waiting", "--pin-file", f->pin_file, NULL);
  run (f, 1, "people", "asked", "--pin-file", f->pin_file, NULL);
  run (f, 2, "people", "asked", "E999", "--pin-file", f->pin_file, NULL);
  run (f, 1, "people", "asked", "E001", "--how", "彼は急いでいた", "--pin-file", f->pin_file, NULL);
  run (f, 0, "people", "status", "--department", "見本部", "--pin-file", f->pin_file, NULL);
  g_assert_cmpstr (f->out, ==, "");
}

/* --- papers ---------------------------------------------------------------------------------------------------------- */

/* (transfer full): the text of a sound PDF of that many pages, in which no number stands */
static char *
read_pdf (const char *path, guint n_pages)
{
  char *text = pdf_read (path, n_pages);

  g_assert_false (g_regex_match_simple ("[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}", text, 0, 0));
  return text;
}

static void
test_outstanding (Fixture *f, gconstpointer data)
{
  g_autofree char *all = g_build_filename (f->dir, "all.pdf", NULL), *one = g_build_filename (f->dir, "one.pdf", NULL),
                  *text = NULL, *text_of_one = NULL;

  run (f, 0, "people", "asked", "E001", "--pin-file", f->pin_file, NULL);
  run (f, 0, "paper", "outstanding", all, "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "4 people, written to ");
  text = read_pdf (all, 1);
  assert_said (text, "未提出者一覧");
  assert_said (text, "見本商事");
  assert_said (text, "営業部: 1 person");
  assert_said (text, "見本 太郎");
  assert_said (text, "ミホン ハナコ");
  assert_said (text, "family of 見本 花子");
  assert_said (text, "not asked yet");
  assert_said (text, "1 time");
  assert_not_said (text, "見本 三郎");
  run (f, 0, "--json", "paper", "outstanding", one, "--department", "", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "\"people\":1");
  text_of_one = read_pdf (one, 1);
  assert_said (text_of_one, "見本 四郎");
  assert_not_said (text_of_one, "見本 太郎");
  run (f, 0, "log", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "outstanding-printed   departments=all  people=4");
  assert_said (f->out, "outstanding-printed   departments=1  people=1");
  run (f, 0, "verify", NULL);
}

static void
test_slips (Fixture *f, gconstpointer data)
{
  g_autofree char *all = g_build_filename (f->dir, "all.pdf", NULL), *one = g_build_filename (f->dir, "one.pdf", NULL),
                  *text = NULL, *text_of_one = NULL;

  run (f, 0, "paper", "slips", one, "--code", "E001", "--until", "2026-12-18", "--contact", "総務部 見本", "--pin-file",
       f->pin_file, NULL);
  text_of_one = read_pdf (one, 1);
  assert_said (text_of_one, "To 見本 太郎");
  assert_said (text_of_one, "E001");
  assert_said (text_of_one, "December 18, 2026");
  assert_said (text_of_one, "総務部 見本");
  assert_said (text_of_one, "個人番号カード");
  run (f, 0, "paper", "slips", all, "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "4 people, written to ");
  text = read_pdf (all, 4);
  assert_said (text, "To 見本 花子 (for 見本 次郎 of your family)");
  /* Whoever gets one was asked. */
  run (f, 0, "people", "status", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "見本 太郎  not handed in; asked 2 times");
  assert_said (f->out, "見本 次郎  not handed in; asked 1 time");
  assert_said (f->out, "見本 三郎  not handed in\n");
  run (f, 0, "log", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "slips-printed");
  run (f, 0, "verify", NULL);
}

static void
test_paper_mistakes (Fixture *f, gconstpointer data)
{
  g_autofree char *paper = g_build_filename (f->dir, "paper.pdf", NULL);

  run (f, 1, "paper", NULL);
  run (f, 1, "paper", "outstanding", NULL);
  run (f, 1, "paper", "slips", paper, "--until", "tomorrow", NULL);
  run (f, 1, "paper", "slips", paper, "--code", "E001", "--department", "営業部", NULL);
  run (f, 2, "paper", "slips", paper, "--code", "E999", "--pin-file", f->pin_file, NULL);
  /* Who has left is asked for nothing. */
  run (f, 1, "paper", "slips", paper, "--code", "E003", "--pin-file", f->pin_file, NULL);
  run (f, 0, "paper", "slips", paper, "--department", "見本部", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "nobody to ask");
  g_assert_false (g_file_test (paper, G_FILE_TEST_EXISTS));
  /* Nobody was asked by a slip that cannot be there. */
  write_file (paper, "x");
  run (f, 2, "paper", "slips", paper, "--pin-file", f->pin_file, NULL);
  run (f, 0, "log", "--pin-file", f->pin_file, NULL);
  assert_not_said (f->out, "slips-printed");
  assert_not_said (f->out, "number-asked");
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up_people, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_unsetenv ("LANGUAGE");
  ADD ("/ctl/papers/status", test_status);
  ADD ("/ctl/papers/status-json", test_status_json);
  ADD ("/ctl/papers/mistakes", test_mistakes);
  ADD ("/ctl/papers/outstanding", test_outstanding);
  ADD ("/ctl/papers/slips", test_slips);
  ADD ("/ctl/papers/paper-mistakes", test_paper_mistakes);
  return g_test_run ();
}

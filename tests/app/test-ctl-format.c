/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl format: any file with a header becomes a format, once, and numbers are put into files of that shape. */
#include "ctl-fixture.h"

#include "ctl-collect.h"

#define NUMBER "023456789013" /* made up; its check digit fits, and it begins with a zero */
#define CHILDS_NUMBER "923456789014"

#define HEADER "従業員コード,氏名,マイナンバー,扶養家族１,扶養家族１の番号,髙度な備考\r\n"
#define PIN_FILE "--pin-file", f->pin_file, NULL
#define TO "--plain", "--purpose", "tax", "--destination", "見本労務", PIN_FILE

typedef struct
{
  Fixture f;
  char *sample, *in, *out;
} World;

static void
collect_approved (AzukariVault1 *vault, const char *search, const char *number)
{
  g_autofree char *record = collect (vault, search, number, "tax");
  g_autoptr (GError) error = NULL;

  azukari_vault1_call_approve_sync (vault, record, "", NULL, &error);
  g_assert_no_error (error);
}

static void
set_up_world (World *w, gconstpointer data)
{
  Fixture *f = &w->f;
  g_autofree char *roster = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;

  set_up_empty (f, data);
  init (f);
  roster = g_build_filename (f->dir, "roster.csv", NULL);
  w->sample = g_build_filename (f->dir, "sample.csv", NULL);
  w->in = g_build_filename (f->dir, "payroll.csv", NULL);
  w->out = g_build_filename (f->dir, "filled.csv", NULL);
  write_file (roster, "社員番号,氏名,フリガナ,生年月日,区分,続柄,本人社員番号\n"
                      "E001,見本 太郎,ミホン タロウ,1990-04-01,社員,,\n"
                      ",見本 月子,ミホン ツキコ,2015-04-01,家族,子,E001\n");
  run (f, 0, "people", "import", roster, PIN_FILE);
  vault = vault_client_connect (f->vault, &connection, &error);
  g_assert_no_error (error);
  azukari_vault1_call_login_sync (vault, "", secret (PIN), NULL, NULL, &error);
  g_assert_no_error (error);
  collect_approved (vault, "太郎", NUMBER);
  collect_approved (vault, "月子", CHILDS_NUMBER);
  (void) g_dbus_connection_close_sync (connection, NULL, NULL);
}

static void
clear_world (World *w, gconstpointer data)
{
  g_free (w->sample);
  g_free (w->in);
  g_free (w->out);
  tear_down (&w->f, data);
}

static char *
in_cp932 (const char *text, gsize *ret_n_bytes)
{
  char *cp932 = g_convert (text, -1, "CP932", "UTF-8", NULL, ret_n_bytes, NULL);

  g_assert_nonnull (cp932);
  return cp932;
}

static void
write_cp932 (const char *path, const char *text)
{
  gsize n_bytes;
  g_autofree char *cp932 = in_cp932 (text, &n_bytes);

  g_assert_true (g_file_set_contents (path, cp932, (gssize) n_bytes, NULL));
}

/* (transfer full): the format's id */
static char *
add (World *w, const char *first, const char *second)
{
  Fixture *f = &w->f;
  const char *start;

  run (f, 0, "--json", "format", "add", w->sample, "--title", "見本労務クラウド", "--number", "マイナンバー",
       "--dependant", "扶養家族１の番号=扶養家族１", "--by", first, "--by", second, PIN_FILE);
  start = strstr (f->out, "\"own-");
  g_assert_nonnull (start);
  return g_strndup (start + 1, strlen ("own-abc234"));
}

/* Every byte but those of the two cells is as payroll wrote it, among them letters that Shift_JIS has twice. */
static void
test_fills (World *w, gconstpointer data)
{
  Fixture *f = &w->f;
  g_autofree char *id = NULL, *content = NULL, *expected = NULL, *zip = NULL;
  gsize n_bytes, n_expected;

  write_cp932 (w->sample, HEADER);
  run (f, 0, "format", "look", w->sample, PIN_FILE);
  assert_said (f->out, "  1  従業員コード\n");
  assert_said (f->out, "  6  髙度な備考\n");
  assert_said (f->out, "Characters: cp932.");
  run (f, 0, "--json", "format", "look", w->sample, PIN_FILE);
  assert_said (f->out, "\"columns\":[\"従業員コード\",\"氏名\",");
  id = add (w, "code=従業員コード", "name=氏名");
  run (f, 0, "format", "list", PIN_FILE);
  assert_said (f->out, id);
  assert_said (f->out, "cp932    見本労務クラウド (Chosen here by 見本管理者 on 2");
  assert_said (f->out, "nta-375");
  run (f, 0, "format", "show", id, PIN_FILE);
  assert_said (f->out, "1=header:マイナンバー|self\n");
  run (f, 0, "format", "show", "nta-375", PIN_FILE);
  assert_said (f->out, "rows=1:375\n");
  run (f, 0, "--json", "format", "show", id, PIN_FILE);
  assert_said (f->out, "\"text\":\"[format]\\n");

  write_cp932 (w->in, HEADER "E001,見本　太郎,,見本月子,,\"髙橋,\"\"①\"\"\r\n２行目\"\r\n");
  run (f, 0, "merge", "--format", id, "--in", w->in, "--out", w->out, TO);
  assert_said (f->out, "2 numbers were put into");
  g_assert_true (g_file_get_contents (w->out, &content, &n_bytes, NULL));
  expected = in_cp932 (HEADER "E001,見本　太郎," NUMBER ",見本月子," CHILDS_NUMBER ",\"髙橋,\"\"①\"\"\r\n２行目\"\r\n",
                       &n_expected);
  g_assert_cmpmem (content, n_bytes, expected, n_expected);
  zip = g_build_filename (f->dir, "filled.zip", NULL);
  run (f, 0, "merge", "--format", id, "--in", w->in, "--out", zip, "--purpose", "tax", "--destination", "x", PIN_FILE);

  /* a file of another shape, and one that the chosen characters cannot be */
  write_cp932 (w->in, "従業員コード,氏名,個人番号\r\nE001,見本太郎,\r\n");
  run (f, 2, "merge", "--format", id, "--in", w->in, "--out", zip, "--purpose", "tax", "--destination", "x", PIN_FILE);
  g_assert_cmpint (g_unlink (zip), ==, 0);
  run (f, 2, "merge", "--format", id, "--in", w->in, "--out", zip, "--purpose", "tax", "--destination", "x", PIN_FILE);
  assert_said (f->err, "not exactly one column has the header “マイナンバー”");

  run (f, 0, "format", "remove", id, PIN_FILE);
  run (f, 2, "merge", "--format", id, "--in", w->in, "--out", zip, "--purpose", "tax", "--destination", "x", PIN_FILE);
  run (f, 2, "format", "remove", id, PIN_FILE);
  run (f, 2, "format", "remove", "nta-375", PIN_FILE);
  run (f, 0, "log", PIN_FILE);
  assert_said (f->out, "format-added");
  assert_said (f->out, "format-removed");
  g_assert_null (strstr (f->out, "見本労務クラウド"));
  run (f, 0, "verify", NULL);
}

static void
test_refuses (World *w, gconstpointer data)
{
  Fixture *f = &w->f;

  write_file (w->sample, "コード,氏名,氏名,番号\n");
  run (f, 2, "format", "add", w->sample, "--title", "見本", "--number", "個人番号", "--by", "name=氏名", "--by",
       "code=コード", PIN_FILE);
  assert_said (f->err, "no column is called “個人番号” [missing]");
  assert_said (f->err, "several columns are called “氏名”");
  assert_said (f->err, "No format was made.");
  run (f, 2, "--json", "format", "add", w->sample, "--title", "見本", "--number", "番号", "--by", "name=氏名",
       PIN_FILE);
  assert_said (f->out, "\"why\":\"ambiguous\"");
  assert_said (f->out, "\"id\":\"\"");
  run (f, 1, "format", "add", w->sample, "--title", "見本", "--number", "番号", "--by", "birth=コード", PIN_FILE);
  run (f, 1, "format", "add", w->sample, "--title", "見本", "--number", "番号", "--by", "salary=コード", PIN_FILE);
  run (f, 1, "format", "add", w->sample, "--title", "見本", "--number", "番号", "--by", "コード", PIN_FILE);
  run (f, 1, "format", "add", w->sample, "--title", "見本", "--by", "code=コード", PIN_FILE);
  run (f, 1, "format", "add", w->sample, "--number", "番号", "--by", "code=コード", PIN_FILE);
  run (f, 1, "format", "add", "--title", "見本", "--number", "番号", "--by", "code=コード", PIN_FILE);
  run (f, 1, "format", "look", w->sample, "--encoding", "sjis", PIN_FILE);
  run (f, 1, "format", "look", f->dir, PIN_FILE);
  run (f, 2, "format", "look", "/nonexistent", PIN_FILE);
  run (f, 1, "format", "make", PIN_FILE);

  /* somebody's row in the first line: it is neither shown nor kept */
  write_file (w->sample, "E001,見本 太郎," NUMBER "\n");
  run (f, 2, "format", "look", w->sample, PIN_FILE);
  assert_said (f->err, "the first line has twelve digits in it");
  g_assert_null (strstr (f->out, "太郎"));
  run (f, 2, "--json", "format", "look", w->sample, PIN_FILE);
  g_assert_null (strstr (f->out, NUMBER));
  g_assert_null (strstr (f->out, "太郎"));
  run (f, 0, "verify", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ctl/format/fills", World, NULL, set_up_world, test_fills, clear_world);
  g_test_add ("/ctl/format/refuses", World, NULL, set_up_world, test_refuses, clear_world);
  return g_test_run ();
}

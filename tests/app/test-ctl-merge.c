/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl merge: a file that payroll made, with the numbers in it; what it says when it cannot. */
#include "ctl-fixture.h"

#include "ctl-collect.h"

#define NUMBER "023456789013" /* made up; its check digit fits, and it begins with a zero */
#define OTHER_NUMBER "923456789014"

#define TO "--plain", "--purpose", "tax", "--destination", "見本税務署", "--pin-file", f->pin_file, NULL

typedef struct
{
  Fixture f;
  char *in, *out;
} World;

static void
collect_approved (AzukariVault1 *vault, const char *code, const char *number, const char *purpose)
{
  g_autofree char *record = collect (vault, code, number, purpose);
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
  w->in = g_build_filename (f->dir, "payroll.csv", NULL);
  w->out = g_build_filename (f->dir, "filed.csv", NULL);
  write_file (roster, "社員番号,氏名,フリガナ,生年月日,区分\nE001,見本 太郎,ミホン タロウ,1990-04-01,社員\n"
                      "E002,見本 花子,ミホン ハナコ,1991-04-01,社員\nC001,試験 一郎,シケン イチロウ,,個人支払先\n");
  run (f, 0, "people", "import", roster, "--pin-file", f->pin_file, NULL);
  vault = vault_client_connect (f->vault, &connection, &error);
  g_assert_no_error (error);
  azukari_vault1_call_login_sync (vault, "", secret (PIN), NULL, NULL, &error);
  g_assert_no_error (error);
  collect_approved (vault, "E001", NUMBER, "tax");
  collect_approved (vault, "C001", OTHER_NUMBER, "payment-record");
  (void) g_dbus_connection_close_sync (connection, NULL, NULL);
}

static void
clear_world (World *w, gconstpointer data)
{
  g_free (w->in);
  g_free (w->out);
  tear_down (&w->f, data);
}

/* A row of 375 in CP932; its number's cell is the 95th of 135. */
static void
write_payroll (World *w, const char *rows)
{
  g_autofree char *cp932 = NULL;
  gsize n_bytes;

  cp932 = g_convert (rows, -1, "CP932", "UTF-8", NULL, &n_bytes, NULL);
  g_assert_nonnull (cp932);
  g_assert_true (g_file_set_contents (w->in, cp932, (gssize) n_bytes, NULL));
}

static char *
row_375 (const char *name, const char *birth, const char *number)
{
  g_autofree char *to_name = g_strnfill (13, ','), *to_birth = g_strnfill (30, ','), *to_number = g_strnfill (48, ','),
                  *to_end = g_strnfill (40, ',');

  return g_strconcat ("375", to_name, name, to_birth, birth, to_number, number, to_end, " \r\n", NULL);
}

static void
test_merges (World *w, gconstpointer data)
{
  Fixture *f = &w->f;
  g_autofree char *before = row_375 ("見本　太郎", "4,02,04,01", "");
  g_autofree char *after = row_375 ("見本　太郎", "4,02,04,01", NUMBER);
  g_autofree char *content = NULL, *utf8 = NULL;
  gsize n_bytes;

  write_payroll (w, before);
  run (f, 0, "merge", "--format", "nta-375", "--in", w->in, "--out", w->out, "--dry-run", TO);
  assert_said (f->out, "1 cells would be filled");
  g_assert_true (g_file_get_contents (w->out, &content, &n_bytes, NULL));
  g_assert_nonnull (strstr (content, ",************,"));
  g_assert_null (strstr (content, NUMBER));
  g_clear_pointer (&content, g_free);
  g_assert_cmpint (g_unlink (w->out), ==, 0);

  run (f, 0, "merge", "--format", "nta-375", "--in", w->in, "--out", w->out, TO);
  assert_said (f->out, "1 numbers were put into");
  g_assert_null (strstr (f->out, NUMBER));
  g_assert_true (g_file_get_contents (w->out, &content, &n_bytes, NULL));
  utf8 = g_convert (content, (gssize) n_bytes, "UTF-8", "CP932", NULL, NULL, NULL);
  g_assert_cmpstr (utf8, ==, after);
  run (f, 2, "merge", "--format", "nta-375", "--in", w->in, "--out", w->out, TO); /* never replaced */
  {
    g_autofree char *zip = g_build_filename (f->dir, "filed.zip", NULL), *bytes = NULL;

    run (f, 1, "merge", "--format", "nta-375", "--in", w->in, "--out", w->in, "--purpose", "tax", "--destination", "x",
         "--pin-file", f->pin_file, NULL);
    run (f, 0, "merge", "--format", "nta-375", "--in", w->in, "--out", zip, "--purpose", "tax", "--destination", "x",
         "--pin-file", f->pin_file, NULL);
    assert_said (f->out, "Passphrase: ");
    g_assert_true (g_file_get_contents (zip, &bytes, &n_bytes, NULL));
    g_assert_cmpint (memcmp (bytes, "PK", 2), ==, 0);
    g_assert_null (memmem (bytes, n_bytes, NUMBER, strlen (NUMBER)));
  }
  run (f, 0, "log", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "exported");
  assert_said (f->out, "source-sha256");
  g_assert_null (strstr (f->out, NUMBER));
  run (f, 0, "verify", NULL);
}

static void
test_stops (World *w, gconstpointer data)
{
  Fixture *f = &w->f;
  g_autofree char *taro = row_375 ("見本　太郎", "4,02,04,01", ""), *hanako = row_375 ("見本　花子", "4,03,04,01", ""),
                  *nobody = row_375 ("見本　三郎", "4,03,04,01", ""), *high = row_375 ("髙本　太郎", "4,02,04,01", "");
  g_autofree char *all = g_strconcat (taro, hanako, nobody, high, NULL), *two = g_strconcat (taro, nobody, NULL),
                  *part = g_strconcat (w->out, ".part", NULL);

  write_payroll (w, all);
  run (f, 2, "merge", "--format", "nta-375", "--in", w->in, "--out", w->out, TO);
  assert_said (f->err, "line 2, column 95: this person has no approved number (E002 見本 花子) [no-number]");
  assert_said (f->err, "line 3, column 95: nobody on the roster is as this row says [unknown]");
  assert_said (f->err, "line 4, column 14: the format's characters have no “髙”");
  assert_said (f->err, "Nothing was written.");
  g_assert_false (g_file_test (w->out, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
  run (f, 2, "--json", "merge", "--format", "nta-375", "--in", w->in, "--out", w->out, TO);
  assert_said (f->out, "\"why\":\"no-number\"");

  write_payroll (w, two);
  run (f, 1, "merge", "--format", "nta-375", "--in", w->in, "--out", w->out, "--leave", "cells", TO);
  run (f, 2, "merge", "--format", "nta-375", "--in", w->in, "--out", w->out, "--decide", "2:95", TO);
  run (f, 2, "merge", "--format", "nta-375", "--in", w->in, "--out", w->out, "--decide", "2:95=E009", TO);
  run (f, 2, "merge", "--format", "nta-375", "--in", w->in, "--out", w->out, "--decide", "2:95=C001", TO);
  run (f, 0, "merge", "--format", "nta-375", "--in", w->in, "--out", w->out, "--leave", "unknown", TO);
  assert_said (f->out, "Cells left as they were: 1.");
  g_assert_cmpint (g_unlink (w->out), ==, 0);
  run (f, 0, "merge", "--format", "nta-375", "--in", w->in, "--out", w->out, "--decide", "2:95=", TO);

  /* for another purpose than they agreed to, no number is opened */
  run (f, 2, "merge", "--format", "nta-375", "--in", w->in, "--out", w->out, "--plain", "--purpose", "social-insurance",
       "--destination", "x", "--pin-file", f->pin_file, NULL);
  run (f, 1, "merge", "--format", "yayoi", "--in", w->in, "--out", part, TO);
  run (f, 1, "merge", "--format", "nta-375", "--in", w->in, TO);
  run (f, 2, "merge", "--format", "nta-375", "--in", "/nonexistent", "--out", part, TO);
  run (f, 1, "merge", "--format", "nta-375", "--in", f->dir, "--out", part, TO);
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
  run (f, 0, "verify", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ctl/merge/merges", World, NULL, set_up_world, test_merges, clear_world);
  g_test_add ("/ctl/merge/stops", World, NULL, set_up_world, test_stops, clear_world);
  return g_test_run ();
}

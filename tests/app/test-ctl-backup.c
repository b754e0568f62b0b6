/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl backup: what it answers, and that a person who was lost comes back. */
#include "ctl-fixture.h"

static char *
in_dir (Fixture *f, const char *name)
{
  return g_build_filename (f->dir, name, NULL);
}

static void
set_up_people (Fixture *f, gconstpointer data)
{
  g_autofree char *roster = NULL, *place = NULL;

  set_up (f, data);
  roster = in_dir (f, "roster.csv");
  place = in_dir (f, "place");
  g_assert_cmpint (g_mkdir (place, 0700), ==, 0);
  write_file (roster, "社員番号,氏名,生年月日\nE001,見本 太郎,1990-04-01\n");
  run (f, 0, "people", "import", roster, "--pin-file", f->pin_file, NULL);
}

static void
test_mistakes (Fixture *f, gconstpointer data)
{
  run (f, 1, "backup", NULL);
  run (f, 1, "backup", "places", NULL);
  run (f, 1, "backup", "places", "add", "--pin-file", f->pin_file, NULL);
  run (f, 1, "backup", "places", "remove", "--pin-file", f->pin_file, NULL);
  run (f, 1, "backup", "restore", "--file", "x", "--as-of", "2026-01-01", "--pin-file", f->pin_file, NULL);
  run (f, 1, "backup", "preview", "--as-of", "yesterday", "--pin-file", f->pin_file, NULL);
  run (f, 2, "backup", "places", "add", "/nowhere/at/all", "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "The place for backups cannot be found");
  run (f, 2, "backup", "places", "remove", "x", "--pin-file", f->pin_file, NULL);
  run (f, 2, "backup", "now", NULL);
  assert_said (f->err, "There is no such backup, or no place for one.");
  run (f, 2, "backup", "drill", NULL);
  run (f, 2, "backup", "preview", "--pin-file", f->pin_file, NULL);
  run (f, 2, "backup", "preview", "--file", f->pin_file, "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "This backup is damaged or incomplete.");
}

static void
test_round (Fixture *f, gconstpointer data)
{
  g_autofree char *place = in_dir (f, "place"), *aside = in_dir (f, "aside"), *roster = in_dir (f, "more.csv");

  run (f, 0, "status", NULL);
  assert_said (f->out, "Nothing is backed up");
  run (f, 0, "backup", "places", "add", place, "--keep-days", "40", "--pin-file", f->pin_file, NULL);
  run (f, 0, "status", NULL);
  assert_said (f->out, "There is no backup yet.");
  run (f, 0, "backup", "now", "--if-due", NULL);
  assert_said (f->out, "backup “full” made and checked: 1 people");
  run (f, 0, "backup", "now", "--if-due", NULL);
  assert_said (f->out, "Every place has its backup already.");
  run (f, 0, "--json", "status", NULL);
  assert_said (f->out, "\"backup-alarm\":\"\"");
  run (f, 0, "--json", "backup", "list", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "\"generation\":\"full\"");
  run (f, 0, "--json", "backup", "places", "list", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "\"keep-days\":40");
  run (f, 0, "backup", "drill", NULL);
  assert_said (f->out, "The newest backup opens on this machine and fits this vault.");
  /* Somebody came since: a restore of everybody takes them away again, and only when it is told to. */
  write_file (roster, "社員番号,氏名,生年月日\nE002,見本 花子,1991-04-01\n");
  run (f, 0, "people", "import", roster, "--pin-file", f->pin_file, NULL);
  run (f, 0, "backup", "preview", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "0 come back, 0 change, 1 go, 1 stay as they are.");
  run (f, 2, "backup", "preview", "--as-of", "2020-01-01", "--pin-file", f->pin_file, NULL);
  run (f, 1, "backup", "restore", "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "nothing was changed");
  run (f, 0, "backup", "restore", "--dry-run", "--pin-file", f->pin_file, NULL);
  run (f, 2, "backup", "restore", "--person", "E002", "--yes", "--pin-file", f->pin_file, NULL);
  run (f, 0, "backup", "restore", "--yes", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "Restored.");
  run (f, 0, "backup", "preview", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "0 come back, 0 change, 0 go, 1 stay as they are.");
  run (f, 0, "verify", NULL);
  /* The stick is taken out. */
  g_assert_cmpint (g_rename (place, aside), ==, 0);
  run (f, 2, "backup", "now", NULL);
  assert_said (f->err, "The place for backups cannot be found");
  run (f, 2, "backup", "drill", NULL);
  g_assert_cmpint (g_rename (aside, place), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ctl/backup/mistakes", Fixture, NULL, set_up_people, test_mistakes, tear_down);
  g_test_add ("/ctl/backup/round", Fixture, NULL, set_up_people, test_round, tear_down);
  return g_test_run ();
}

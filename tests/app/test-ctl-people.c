/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl people: a roster from payroll, looked at before it is taken in. */
#include "ctl-fixture.h"

#define CHIEF "--pin-file", f->pin_file

/* (transfer full) */
static char *
roster (Fixture *f, const char *rows)
{
  char *path = g_build_filename (f->dir, "next.csv", NULL);
  g_autofree char *text = g_strconcat ("社員番号,氏名,フリガナ,生年月日,部署,区分,続柄,本人社員番号\n", rows, NULL);

  (void) g_unlink (path);
  write_file (path, text);
  return path;
}

static void
test_import_dry_run (Fixture *f, gconstpointer data)
{
  g_autofree char *path = NULL;

  import_roster (f);
  path = roster (f, "E001,見本 太郎,,1990-04-01,総務部,社員,,\nE002,見本 花子,,1991-04-01,総務部,社員,,\n");
  run (f, 0, "people", "import", path, "--dry-run", CHIEF, NULL);
  assert_said (f->out, "~ E001         見本 太郎  Department: 見本部 → 総務部\n");
  assert_said (f->out, "+ E002         見本 花子\n");
  assert_said (f->out, "Would be added: 1, changed: 1, unchanged: 0.");
  run (f, 0, "people", "import", path, "--dry-run", "--json", CHIEF, NULL);
  assert_said (f->out, "{\"field\":\"department\",\"before\":\"見本部\",\"after\":\"総務部\"}");
  assert_said (f->out, "\"change\":\"added\"");
  run (f, 0, "people", "list", "--json", CHIEF, NULL);
  g_assert_null (strstr (f->out, "E002"));
  run (f, 0, "people", "import", path, CHIEF, NULL);
  g_free (roster (f, "E002,見本 花子,,1991-04-01,総務部,社員,,\n"));
  run (f, 0, "people", "import", path, "--dry-run", CHIEF, NULL);
  assert_said (f->out, "- E001         見本 太郎\n");
  assert_said (f->out, "1 person on the roster is not in the file");
  run (f, 0, "people", "list", "--json", CHIEF, NULL);
  assert_said (f->out, "E001");
}

static void
test_undo (Fixture *f, gconstpointer data)
{
  g_autofree char *path = NULL;

  import_roster (f);
  path = roster (f, "E001,見本 太郎,,1990-04-01,総務部,社員,,\nE002,見本 花子,,1991-04-01,総務部,社員,,\n");
  run (f, 0, "people", "import", path, CHIEF, NULL);
  run (f, 0, "people", "undo", "--dry-run", CHIEF, NULL);
  assert_said (f->out, "would be removed: 1, as they were before: 1.");
  run (f, 0, "people", "edit", "--code", "E002", "--joined", "2020-04-01", "--employment", "正社員", CHIEF, NULL);
  run (f, 2, "people", "undo", CHIEF, NULL);
  assert_said (f->err, "E002 見本 花子: was changed since the import");
  run (f, 0, "people", "list", "--json", CHIEF, NULL);
  assert_said (f->out, "\"joined\":\"2020-04-01\",\"employment\":\"正社員\"");
  run (f, 0, "log", CHIEF, NULL);
  assert_said (f->out, "fields=joined,employment");
  assert_said (f->out, "import-undo-refused");
  g_assert_null (strstr (f->out, "正社員"));
  /* As it was imported: nothing stands against it any more. */
  run (f, 0, "people", "edit", "--code", "E002", "--joined", "", "--employment", "", CHIEF, NULL);
  run (f, 0, "people", "undo", CHIEF, NULL);
  assert_said (f->out, "People removed: 1, as they were before: 1.");
  run (f, 0, "people", "list", "--json", CHIEF, NULL);
  g_assert_null (strstr (f->out, "E002"));
  assert_said (f->out, "見本部");
  run (f, 2, "people", "undo", CHIEF, NULL);
  assert_said (f->err, "no import that can be taken back");
  run (f, 2, "people", "undo", "--dry-run", CHIEF, NULL);
  run (f, 0, "verify", NULL);
}

static void
test_edit_usage (Fixture *f, gconstpointer data)
{
  import_roster (f);
  /* A number where a name belongs; with full-width digits and spaces too. */
  run (f, 1, "people", "add", "--kind", "contractor", "--name", "123456789018", CHIEF, NULL);
  run (f, 1, "people", "add", "--kind", "contractor", "--name", "見本", "--kana", "１２３４ ５６７８ ９０１８", CHIEF,
       NULL);
  run (f, 1, "people", "edit", "--code", "E001", CHIEF, NULL);
  run (f, 1, "people", "edit", "--name", "見本", CHIEF, NULL);
  run (f, 1, "people", "edit", "--code", "E001", "--pension", "category-3", CHIEF, NULL);
  run (f, 2, "people", "edit", "--code", "E009", "--name", "見本", CHIEF, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ctl/people/import-dry-run", Fixture, NULL, set_up, test_import_dry_run, tear_down);
  g_test_add ("/ctl/people/undo", Fixture, NULL, set_up, test_undo, tear_down);
  g_test_add ("/ctl/people/edit-usage", Fixture, NULL, set_up, test_edit_usage, tear_down);
  return g_test_run ();
}

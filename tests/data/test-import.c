/* SPDX-License-Identifier: Apache-2.0 */
/* import: what a roster would change is told before it is done, to who may know it, and is what is done then. */
#include "vault-fixture.h"

#define HEAD "社員番号,氏名,フリガナ,生年月日,部署,区分,本人社員番号,続柄,退職日\n"
#define SALES "営業部"
#define OFFICE "総務部"
#define FIRST                                                                                                          \
  HEAD "S1,見本 太郎,ミホン タロウ,1980-01-02," SALES ",社員,,,\n"                                                   \
       "S2,見本 花子,ミホン ハナコ,1985-01-02," SALES ",社員,,,\n"                                                   \
       "O1,見本 三郎,ミホン サブロウ,1981-01-02," OFFICE ",社員,,,\n"                                                \
       "O2,見本 六郎,ミホン ロクロウ,1983-01-02," OFFICE ",社員,,,2020-03-31\n"                                      \
       "C1,見本 四郎,ミホン シロウ,1982-01-02,,外部協力者,,,\n"                                         \
       ",見本 五郎,ミホン ゴロウ,2011-03-04,,家族,O1,子,\n"                                               \
       ",見本 七郎,ミホン ナナロウ,2012-03-04,,家族,O2,子,\n"

static void
set_up_roster (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultImport) first = NULL;

  set_up (f, data);
  first = import (f, FIRST, FALSE);
  g_assert_cmpuint (first->added, ==, 7);
}

/* "added 2 X1, changed 3 S1 department=a>b name=…, missing 0 O1": the rows, without names. */
static char *
describe (const VaultImport *result)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < result->changes->len; i++)
    {
      const VaultImportChange *change = g_ptr_array_index (result->changes, i);

      g_string_append_printf (text, "%s%s %u %s%s", i > 0 ? ", " : "", vault_import_what_get_name (change->what),
                              change->row, change->person->code,
                              change->employee != NULL ? change->employee->code : "");
      for (guint j = 0; change->fields != NULL && j < change->fields->len; j++)
        {
          const VaultImportField *field = g_ptr_array_index (change->fields, j);

          g_string_append_printf (text, " %s=%s>%s", field->name, field->before, field->after);
        }
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static VaultImport *
import_as (Fixture *f, const Scope *scope, const char *csv, const VaultImportOptions *options, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (csv, strlen (csv));

  return vault_import_people (f->vault, "system", scope, bytes, options, error);
}

static void
test_differences (Fixture *f, gconstpointer data)
{
  static const char next[] = HEAD "S1,見本 太郎,ミホン タロウ,1980-01-02," OFFICE ",社員,,,\n"
                                  "S2,見本 はな子,ミホン ハナコ,1985-01-02," SALES ",社員,,,2026-03-31\n"
                                  "X1,見本 八郎,,1990-01-02,,社員,,,\n"
                                  ",見本 九郎,,2020-03-04,,家族,S1,子,\n";
  g_autoptr (VaultImport) dry = import (f, next, TRUE), done = NULL, again = NULL;
  g_autofree char *told = describe (dry), *told_again = NULL, *nothing = NULL;

  /* O2 and theirs have left, and the file is not about contractors. */
  g_assert_cmpstr (told, ==,
                   "changed 2 S1 department=" SALES ">" OFFICE
                   ", changed 3 S2 name=見本 花子>見本 はな子 left=>2026-03-31, "
                   "added 4 X1, added 5 S1, missing 0 O1, missing 0 O1");
  g_assert_cmpuint (dry->missing, ==, 2);
  done = import (f, next, FALSE);
  told_again = describe (done);
  g_assert_cmpstr (told_again, ==, told);
  g_assert_cmpstr (done->digest, ==, dry->digest);
  again = import (f, next, TRUE);
  nothing = describe (again);
  g_assert_cmpstr (nothing, ==, "missing 0 O1, missing 0 O1");
  g_assert_cmpuint (again->unchanged, ==, 4);
}

static void
test_empty_cells_keep (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultImport) dry = import (f, "社員番号,氏名,生年月日,部署\nS1,見本 太郎,1980-01-02,\n", TRUE);

  g_assert_cmpuint (dry->unchanged, ==, 1);
  g_assert_cmpuint (dry->changed, ==, 0);
}

static void
test_mistakes_tell_nothing (Fixture *f, gconstpointer data)
{
  /* C1 is known as another kind of person. */
  g_autoptr (VaultImport) bad =
      import (f, HEAD "S1,見本 太郎,,1980-01-02," OFFICE ",社員,,,\nC1,見本 四郎,,1982-01-02,,社員,,,\n", TRUE);

  g_assert_cmpuint (bad->roster->mistakes->len, ==, 1);
  g_assert_cmpuint (bad->changes->len, ==, 0);
  g_assert_cmpuint (bad->missing + bad->changed, ==, 0);
  g_assert_cmpstr (bad->digest, ==, "");
}

static void
test_scope (Fixture *f, gconstpointer data)
{
  g_auto (Scope) scope = { g_strdup (SALES "\n"), g_strdup (""), g_strdup ("") };
  const VaultImportOptions options = { .dry_run = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (VaultImport) mine =
      import_as (f, &scope, HEAD "S1,見本 太郎,ミホン タロウ,1980-01-02," SALES ",社員,,,\n", &options, &error);
  g_autofree char *told = NULL;
  g_autoptr (VaultImport) theirs = NULL;

  g_assert_no_error (error);
  told = describe (mine);
  /* Nobody else's department, though they are not in the file either. */
  g_assert_cmpstr (told, ==, "missing 0 S2");
  theirs = import_as (f, &scope, HEAD "S1,見本 太郎,,1980-01-02," SALES ",社員,,,\nO1,見本 三郎,,1981-01-02,,社員,,,\n",
                      &options, &error);
  g_assert_no_error (error);
  g_assert_true (roster_report_has (theirs->roster, ROSTER_OUT_OF_SCOPE));
  g_assert_cmpuint (theirs->changes->len, ==, 0);
}

/* What was looked at is what is done, or nothing. */
static void
test_outdated (Fixture *f, gconstpointer data)
{
  static const char next[] = "社員番号,氏名,生年月日,部署\nS1,見本 太郎,1980-01-02," OFFICE "\n";
  g_autoptr (VaultImport) dry = import (f, next, TRUE), other = NULL, done = NULL;
  VaultImportOptions options = { .expected = dry->digest };
  g_autoptr (GError) error = NULL;
  g_autoptr (Person) person = NULL;

  other = import (f, "社員番号,氏名,生年月日,部署\nS1,見本 太郎,1980-01-02,開発部\n", FALSE);
  g_assert_null (import_as (f, NULL, next, &options, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_OUTDATED);
  g_clear_error (&error);
  person = people_find_by_code (f->vault->store, "S1", NULL);
  g_assert_cmpstr (person->department, ==, "開発部");
  /* Another file with the same effect is not what was looked at either. */
  g_clear_pointer (&dry, vault_import_free);
  dry = import (f, next, TRUE);
  options.expected = dry->digest;
  g_assert_null (
      import_as (f, NULL, "社員番号,氏名,生年月日,部署\n\nS1,見本 太郎,1980-01-02," OFFICE "\n", &options, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_OUTDATED);
  g_clear_error (&error);
  done = import_as (f, NULL, next, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (done->changed, ==, 1);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up_roster, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  ADD ("/import/differences", test_differences);
  ADD ("/import/empty-cells-keep", test_empty_cells_keep);
  ADD ("/import/mistakes-tell-nothing", test_mistakes_tell_nothing);
  ADD ("/import/scope", test_scope);
  ADD ("/import/outdated", test_outdated);
  return g_test_run ();
}

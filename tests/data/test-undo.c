/* SPDX-License-Identifier: Apache-2.0 */
/* undo: the last import of a roster is taken back as a whole, by who may, while nothing was built on it; and what is known of people by hand. */
#include "vault-undo.h"

#include "vault-fixture.h"

#include "last-import.h"
#include "vault-dispose.h"
#include "vault-scope.h"

#define SALES "営業部"
#define OFFICE "総務部"
#define HEAD "社員番号,氏名,フリガナ,生年月日,部署,区分,本人社員番号,続柄,入社日,雇用形態,第3号被保険者\n"
#define FIRST                                                                                                          \
  HEAD "S1,見本 太郎,ミホン タロウ,1980-01-02," SALES ",社員,,,2001-04-01,正社員,\n"                              \
       "S2,見本 花子,,1985-01-02," SALES ",社員,,,,,\n"                                                              \
       ",見本 五郎,,2011-03-04,,家族,S1,子,,,\n"
#define SECOND                                                                                                         \
  HEAD "S1,見本 太郎,,1980-01-02," OFFICE ",社員,,,2002-04-01,パート,\n"                                          \
       "S2,見本 花子,,1985-01-02," SALES ",社員,,,,,\n"                                                              \
       "X1,見本 八郎,,1990-01-02,,社員,,,,,\n"                                                                   \
       ",見本 九郎,,1991-03-04,,家族,X1,夫,,,○\n"

/* A chief and a clerk, each by their log-in's id. */
typedef struct
{
  Fixture vault;
  VaultAdmin *chief;
  VaultAdmin clerk;
} World;

static VaultImport *
import_as (World *w, const VaultAdmin *by, const char *csv)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (csv, strlen (csv));
  g_autoptr (GError) error = NULL;
  VaultImport *result =
      vault_import_people (w->vault.vault, by->id, &by->scope, bytes, &(VaultImportOptions){ 0 }, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (result->roster->mistakes->len, ==, 0);
  return result;
}

static void
set_up_world (World *w, gconstpointer data)
{
  g_autoptr (VaultImport) first = NULL, second = NULL;

  set_up (&w->vault, data);
  w->chief = login (&w->vault);
  w->clerk = (VaultAdmin){ .id = (char *) "0f0f0f0f-0000-4000-8000-000000000001",
                           .name = (char *) "見本 事務",
                           .role = VAULT_CLERK };
  first = import_as (w, w->chief, FIRST);
  second = import_as (w, &w->clerk, SECOND);
  g_assert_cmpuint (second->added, ==, 2);
  g_assert_cmpuint (second->changed, ==, 1);
}

static void
tear_down_world (World *w, gconstpointer data)
{
  vault_admin_free (w->chief);
  tear_down (&w->vault, data);
}

/* (transfer full) */
static Person *
by_code (World *w, const char *code)
{
  return people_find_by_code (w->vault.vault->store, code, NULL);
}

static guint
count_people (World *w)
{
  g_autoptr (GPtrArray) people = vault_list_people (w->vault.vault, NULL);

  return people->len;
}

/* In the record's latest entries. */
static guint
count_actions (World *w, const char *action)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (w->vault.vault->store, NULL, "SELECT count (*) FROM record WHERE action = ?", "s", action);

  g_assert_cmpint (store_step (w->vault.vault->store, statement, NULL), ==, 1);
  return (guint) sqlite3_column_int (statement, 0);
}

static void
assert_verifies (World *w)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) findings = vault_verify (w->vault.vault, &error);

  g_assert_no_error (error);
  assert_findings (findings, NULL);
}

static VaultUndo *
undo_ok (World *w, const VaultAdmin *by, gboolean dry_run)
{
  g_autoptr (GError) error = NULL;
  VaultUndo *undo = vault_undo_import (w->vault.vault, by, dry_run, &error);

  g_assert_no_error (error);
  return undo;
}

static void
assert_refused (World *w, const VaultAdmin *by, CustodyError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (vault_undo_import (w->vault.vault, by, FALSE, &error));
  g_assert_error (error, CUSTODY_ERROR, (int) code);
}

/* One obstacle, of that reason; nothing has changed, and the record has the refusal without a name. */
static void
assert_obstacle (World *w, const char *code, const char *why)
{
  const guint n_people = count_people (w), n_refused = count_actions (w, "import-undo-refused");
  g_autoptr (VaultUndo) undo = undo_ok (w, w->chief, FALSE);
  const VaultObstacle *obstacle;
  g_autoptr (Person) person = NULL;

  g_assert_cmpuint (undo->obstacles->len, ==, 1);
  obstacle = g_ptr_array_index (undo->obstacles, 0);
  g_assert_cmpstr (obstacle->code, ==, code);
  g_assert_cmpstr (obstacle->why, ==, why);
  g_assert_cmpuint (count_people (w), ==, n_people);
  g_assert_cmpuint (count_actions (w, "import-undo-refused"), ==, n_refused + 1);
  g_assert_cmpuint (count_actions (w, "people-import-undone"), ==, 0);
}

static void
test_all_of_it (World *w, gconstpointer data)
{
  g_autoptr (VaultUndo) dry = undo_ok (w, w->chief, TRUE), undo = NULL;
  g_autoptr (Person) changed = NULL, gone = NULL;

  g_assert_cmpuint (dry->removed, ==, 2);
  g_assert_cmpuint (dry->restored, ==, 1);
  g_assert_cmpuint (count_people (w), ==, 5);
  undo = undo_ok (w, w->chief, FALSE);
  g_assert_cmpuint (undo->obstacles->len, ==, 0);
  changed = by_code (w, "S1");
  g_assert_cmpstr (changed->department, ==, SALES);
  g_assert_cmpstr (changed->joined, ==, "2001-04-01");
  g_assert_cmpstr (changed->employment, ==, "正社員");
  /* The second file left it empty. */
  g_assert_cmpstr (changed->kana, ==, "ミホン タロウ");
  gone = by_code (w, "X1");
  g_assert_null (gone);
  g_assert_cmpuint (count_people (w), ==, 3);
  g_assert_cmpuint (count_actions (w, "people-import-undone"), ==, 1);
  /* Once, and the one before is not kept. */
  assert_refused (w, w->chief, CUSTODY_ERROR_NOTHING_TO_UNDO);
  assert_verifies (w);
}

/* The vault keeps it, sealed, through a restart. */
static void
test_after_a_restart (World *w, gconstpointer data)
{
  g_autoptr (VaultUndo) undo = NULL;

  reopen (&w->vault);
  assert_open (&w->vault);
  vault_admin_free (w->chief);
  w->chief = login (&w->vault);
  assert_verifies (w);
  undo = undo_ok (w, w->chief, FALSE);
  g_assert_cmpuint (undo->obstacles->len, ==, 0);
  g_assert_cmpuint (count_people (w), ==, 3);
}

static void
test_who_may (World *w, gconstpointer data)
{
  VaultAdmin other = { .id = (char *) "0f0f0f0f-0000-4000-8000-000000000002",
                       .name = (char *) "見本",
                       .role = VAULT_CLERK };
  g_autoptr (VaultUndo) theirs = NULL, mine = NULL;

  assert_refused (w, &other, CUSTODY_ERROR_NOT_YOUR_ROLE);
  g_assert_cmpuint (count_actions (w, "import-undo-refused"), ==, 1);
  theirs = undo_ok (w, &other, TRUE);
  g_assert_cmpstr (theirs->time, ==, "");
  g_assert_cmpuint (theirs->removed + theirs->restored, ==, 0);
  g_assert_cmpuint (count_actions (w, "import-undo-refused"), ==, 1);
  /* Who made it, but not once they no longer handle what is in it. */
  w->clerk.scope.departments = g_strdup (SALES "\n");
  assert_refused (w, &w->clerk, CUSTODY_ERROR_OUT_OF_SCOPE);
  scope_clear (&w->clerk.scope);
  mine = undo_ok (w, &w->clerk, FALSE);
  g_assert_cmpuint (mine->obstacles->len, ==, 0);
  g_assert_cmpuint (count_people (w), ==, 3);
}

static void
test_somebody_was_changed (World *w, gconstpointer data)
{
  static const char *const names[] = { "kana", NULL }, *const values[] = { "ミホン タロ", NULL };
  g_autoptr (Person) person = by_code (w, "S1");
  g_autoptr (GError) error = NULL;

  /* Within the second in which it was imported. */
  g_assert_true (vault_edit_person (w->vault.vault, w->chief, person->id, names, values, &error));
  g_assert_no_error (error);
  assert_obstacle (w, "S1", "changed");
}

static void
test_somebody_left (World *w, gconstpointer data)
{
  g_autoptr (Person) person = by_code (w, "X1");

  g_assert_true (vault_set_left (w->vault.vault, w->chief->id, person->id, "2026-03-31", NULL));
  assert_obstacle (w, "X1", "changed");
}

static void
test_a_number_was_collected (World *w, gconstpointer data)
{
  g_autoptr (Person) person = by_code (w, "X1");
  g_autofree char *record = collect_ok (&w->vault, person->id, NUMBER);

  assert_obstacle (w, "X1", "number");
  /* Its row, and what was done with it, stays when it was destroyed. */
  g_assert_true (vault_ask_again (w->vault.vault, w->chief->id, record, "unclear", NULL));
  assert_obstacle (w, "X1", "number");
}

/* Of those who were there before, a number is no matter of the import's. */
static void
test_a_number_of_before (World *w, gconstpointer data)
{
  g_autoptr (Person) person = by_code (w, "S1"), after = NULL;
  g_autofree char *record = collect_ok (&w->vault, person->id, NUMBER);
  g_autoptr (VaultUndo) undo = undo_ok (w, w->chief, FALSE);

  g_assert_cmpuint (undo->obstacles->len, ==, 0);
  after = by_code (w, "S1");
  g_assert_cmpstr (after->department, ==, SALES);
  g_assert_cmpstr (after->state, ==, "collected");
  g_assert_cmpstr (after->record, ==, record);
  assert_verifies (w);
}

static void
test_a_family_grew (World *w, gconstpointer data)
{
  g_autoptr (Person) person = by_code (w, "X1");

  g_free (add_person (&w->vault, "dependant", "", "見本 十郎", person->id));
  assert_obstacle (w, "X1", "family");
}

static void
test_the_next_import_takes_its_place (World *w, gconstpointer data)
{
  g_autoptr (VaultImport) nothing = import_as (w, w->chief, SECOND), third = NULL;
  g_autoptr (VaultUndo) undo = NULL;

  /* Nothing was imported: the last one is still the last one. */
  g_assert_cmpuint (nothing->added + nothing->changed, ==, 0);
  third = import_as (w, w->chief, "社員番号,氏名,生年月日\nX2,見本 十郎,1990-01-02\n");
  assert_refused (w, &w->clerk, CUSTODY_ERROR_NOT_YOUR_ROLE);
  undo = undo_ok (w, w->chief, FALSE);
  g_assert_cmpuint (undo->removed, ==, 1);
  g_assert_cmpuint (count_people (w), ==, 5);
}

/* What it keeps are names: none outlives the people that a disposal takes them from. */
static void
test_disposal_forgets_it (World *w, gconstpointer data)
{
  g_autoptr (Person) person = by_code (w, "S1");
  g_autofree char *record = collect_ok (&w->vault, person->id, NUMBER);
  const char *people[] = { person->id, NULL };
  const VaultDisposal disposal = { .people = people, .reason = "not-needed", .erase_people = TRUE };
  VaultDisposalReport report;
  g_autoptr (LastImport) last = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (vault_dispose (w->vault.vault, w->chief, &disposal, &report, &error));
  g_assert_no_error (error);
  g_assert_true (last_import_get (w->vault.vault->store, &last, NULL));
  g_assert_null (last);
  assert_refused (w, w->chief, CUSTODY_ERROR_NOTHING_TO_UNDO);
  assert_verifies (w);
}

/* 625 changed people fill a part. */
#define N_MANY 1250
/* So many that they go in parts, each of which a dump takes; also where the last row fills one. */
static void
test_many (World *w, gconstpointer data)
{
  g_autoptr (GString) csv = g_string_new ("社員番号,氏名,フリガナ,生年月日,部署\n");
  g_autoptr (VaultImport) many = NULL, changed = NULL;
  g_autoptr (VaultUndo) back = NULL;
  g_autoptr (LastImport) last = NULL;
  g_autoptr (VaultUndo) undo = NULL;

  for (guint i = 0; i < N_MANY; i++)
    g_string_append_printf (csv, "M%05u,見本 %05u番,ミホン,1980-01-02,見本07課\n", i, i);
  many = import_as (w, w->chief, csv->str);
  g_assert_true (last_import_get (w->vault.vault->store, &last, NULL));
  g_assert_cmpuint (last->parts->len, >, 1);
  for (guint i = 0; i < last->parts->len; i++)
    g_assert_cmpuint (g_bytes_get_size (g_ptr_array_index (last->parts, i)), <=, LAST_IMPORT_PART_MAX);
  g_string_replace (csv, "課", "部", 0);
  changed = import_as (w, w->chief, csv->str);
  g_assert_cmpuint (changed->changed, ==, N_MANY);
  back = undo_ok (w, w->chief, FALSE);
  g_assert_cmpuint (back->restored, ==, N_MANY);
  g_string_replace (csv, "部", "課", 0);
  g_string_replace (csv, "課署", "部署", 0);
  g_clear_pointer (&many, vault_import_free);
  many = import_as (w, w->chief, csv->str);
  g_assert_cmpuint (many->unchanged, ==, N_MANY);
  g_string_append (csv, "Z,見本 最後,ミホン,1980-01-02,\n");
  g_clear_pointer (&many, vault_import_free);
  many = import_as (w, w->chief, csv->str);
  undo = undo_ok (w, w->chief, FALSE);
  g_assert_cmpuint (undo->removed, ==, 1);
  g_assert_cmpuint (count_people (w), ==, N_MANY + 5);
}

/* Somebody who writes to the database past the record is found out by the first touch. */
static void
test_tampered (World *w, gconstpointer data)
{
  with_database (&w->vault, "UPDATE last_import_parts SET people = x'00'");
  reopen (&w->vault);
  vault_admin_free (w->chief);
  w->chief = login (&w->vault);
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (VaultUndo) undo = vault_undo_import (w->vault.vault, w->chief, FALSE, &error);

    g_assert_null (undo);
    g_assert_nonnull (error);
  }
  {
    g_autoptr (GPtrArray) findings = vault_verify (w->vault.vault, NULL);

    assert_findings (findings, "last_import_parts");
  }
}

/* --- by hand --------------------------------------------------------------------------------------------------------- */

static gboolean
edit (World *w, const VaultAdmin *by, const char *person, const char *name, const char *value, GError **error)
{
  const char *const names[] = { name, NULL }, *const values[] = { value, NULL };

  return vault_edit_person (w->vault.vault, by, person, names, values, error);
}

static void
test_edit (World *w, gconstpointer data)
{
  static const char *const refused[][2] = { { "name", "" },
                                            { "birth-date", "1980-02-30" },
                                            { "birth-date", "" },
                                            { "joined", "1979-01-01" },
                                            { "joined", "soon" },
                                            { "pension", "category-3" },
                                            { "employment", "一二三四五六七八九十一二三四五六七八九十一" },
                                            { "kana", "1234 5678 9018" },
                                            { "left", "2026-01-01" },
                                            { "code", "S9" },
                                            { "state", "approved" } };
  g_autoptr (Person) person = by_code (w, "S1"), after = NULL;
  g_autoptr (GError) error = NULL;
  guint n;

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_test_message ("%s", refused[i][0]);
      g_assert_false (edit (w, w->chief, person->id, refused[i][0], refused[i][1], &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
      g_clear_error (&error);
    }
  g_assert_cmpuint (count_actions (w, "person-edited"), ==, 0);
  g_assert_true (edit (w, w->chief, person->id, "joined", "2003-04-01", &error));
  g_assert_true (edit (w, w->chief, person->id, "employment", "契約社員", &error));
  g_assert_no_error (error);
  n = count_actions (w, "person-edited");
  g_assert_cmpuint (n, ==, 2);
  /* Nothing is done, and nothing recorded. */
  g_assert_true (edit (w, w->chief, person->id, "employment", "契約社員", &error));
  g_assert_cmpuint (count_actions (w, "person-edited"), ==, n);
  after = by_code (w, "S1");
  g_assert_cmpstr (after->joined, ==, "2003-04-01");
  g_assert_cmpstr (after->employment, ==, "契約社員");
  assert_verifies (w);
}

static void
test_edit_scope (World *w, gconstpointer data)
{
  g_autoptr (Person) theirs = by_code (w, "S1"), mine = by_code (w, "S2"), after = NULL;
  g_autoptr (GError) error = NULL;

  w->clerk.scope.departments = g_strdup (SALES "\n");
  g_assert_false (edit (w, &w->clerk, theirs->id, "kana", "ミホン", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_OUT_OF_SCOPE);
  g_clear_error (&error);
  /* Nor out of their part. */
  g_assert_false (edit (w, &w->clerk, mine->id, "department", OFFICE, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_OUT_OF_SCOPE);
  g_clear_error (&error);
  g_assert_true (edit (w, &w->clerk, mine->id, "kana", "ミホン", &error));
  after = by_code (w, "S2");
  g_assert_cmpstr (after->kana, ==, "ミホン");
  g_assert_cmpstr (after->department, ==, SALES);
  scope_clear (&w->clerk.scope);
}

static void
test_pension (World *w, gconstpointer data)
{
  g_autoptr (GPtrArray) people = vault_list_people (w->vault.vault, NULL);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  for (guint i = 0; i < people->len; i++)
    {
      const Person *person = g_ptr_array_index (people, i);
      gboolean is_spouse = g_str_equal (person->relationship, "夫");

      g_assert_cmpstr (person->pension, ==, is_spouse ? "category-3" : "");
      n += is_spouse;
      if (!g_str_equal (person->relationship, "子"))
        continue;
      g_assert_false (edit (w, w->chief, person->id, "pension", "category-3", &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
      g_clear_error (&error);
      g_assert_true (edit (w, w->chief, person->id, "pension", "none", &error));
    }
  g_assert_cmpuint (n, ==, 1);
}

#define ADD(path, test) g_test_add (path, World, NULL, set_up_world, test, tear_down_world)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  ADD ("/undo/all-of-it", test_all_of_it);
  ADD ("/undo/after-a-restart", test_after_a_restart);
  ADD ("/undo/who-may", test_who_may);
  ADD ("/undo/somebody-was-changed", test_somebody_was_changed);
  ADD ("/undo/somebody-left", test_somebody_left);
  ADD ("/undo/a-number-was-collected", test_a_number_was_collected);
  ADD ("/undo/a-number-of-before", test_a_number_of_before);
  ADD ("/undo/a-family-grew", test_a_family_grew);
  ADD ("/undo/the-next-import-takes-its-place", test_the_next_import_takes_its_place);
  ADD ("/undo/disposal-forgets-it", test_disposal_forgets_it);
  ADD ("/undo/many", test_many);
  ADD ("/undo/tampered", test_tampered);
  ADD ("/people/edit", test_edit);
  ADD ("/people/edit-scope", test_edit_scope);
  ADD ("/people/pension", test_pension);
  return g_test_run ();
}

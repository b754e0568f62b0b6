/* SPDX-License-Identifier: Apache-2.0 */
/* seals: what somebody who holds the database's key does to rows is found, and named, whatever they do to the seals. */
#include "vault-fixture.h"

#include "record.h"
#include "seals.h"

#define PEOPLE "people"
#define NUMBERS "numbers"

static void
set_up_filled (Fixture *f, gconstpointer data)
{
  g_autofree char *taro = NULL, *hanako = NULL, *first = NULL, *second = NULL;
  g_autoptr (VaultAdmin) admin = NULL;

  set_up (f, data);
  taro = add_person (f, "employee", "0001", NAME, "");
  hanako = add_person (f, "employee", "0002", "見本 花子", "");
  first = collect_ok (f, taro, NUMBER);
  second = collect_ok (f, hanako, OTHER_NUMBER);
  admin = login (f);
  g_assert_true (vault_approve (f->vault, admin->id, second, "", NULL));
}

static void
assert_verified (Fixture *f, const char *bad_check)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) findings = vault_verify (f->vault, &error);

  g_assert_no_error (error);
  assert_findings (findings, bad_check);
}

typedef struct
{
  const char *path, *check, *sql;
} Trick;

/* The vault opens, as nobody reads all of it at the start; the check says whose row it is. */
static void
test_trick (Fixture *f, gconstpointer data)
{
  const Trick *trick = data;

  assert_verified (f, NULL);
  with_database (f, trick->sql);
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
  assert_verified (f, trick->check);
}

/* Found at the start already: the seals that tell of all rows are not there. */
static void
test_seals_removed (Fixture *f, gconstpointer data)
{
  with_database (f, "DELETE FROM seals; DELETE FROM seal_log; UPDATE people SET code = '0009' WHERE code = '0001'");
  f->vault = vault_new (f->folder, NULL);
  assert_sealed (f, "Tampered");
}

/* Head and length fit again, and the counter is as it was: the last entry names another state. */
static void
test_cut_off_end (Fixture *f, gconstpointer data)
{
  g_assert_true (vault_note_throttle (f->vault, NULL));
  with_database (f, "DELETE FROM record WHERE seq = (SELECT max (seq) FROM record);"
                    "UPDATE meta SET value = (SELECT max (seq) FROM record) WHERE key = 'record-length';"
                    "UPDATE meta SET value = (SELECT hash FROM record ORDER BY seq DESC LIMIT 1) "
                    "WHERE key = 'record-head';");
  f->vault = vault_new (f->folder, NULL);
  assert_sealed (f, "Tampered");
}

/* An honest change would hide the dishonest one before it. */
static void
test_tampered_row_is_not_changed (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) people = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL, *record = NULL;

  with_database (f, "UPDATE people SET name = '見本 次郎' WHERE code = '0001'");
  f->vault = vault_new (f->folder, NULL);
  people = vault_list_people (f->vault, NULL);
  id = g_strdup (((const Person *) g_ptr_array_index (people, 0))->id);
  record = collect (f, id, OTHER_NUMBER, &error);
  g_assert_null (record);
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
  g_assert_nonnull (strstr (error->message, id));
  g_assert_nonnull (strstr (error->message, PEOPLE));
  assert_verified (f, PEOPLE);
}

/* Nor does a new epoch, which writes every row anew. */
static void
test_epoch_hides_nothing (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) admin = NULL;
  g_autoptr (Secret) old = secret_new_copy (PIN, strlen (PIN)), new = secret_new_copy ("hokano-5937", 11);
  g_autoptr (GError) error = NULL;
  guint tries;

  with_database (f, "UPDATE numbers SET purposes = 'payment-record' WHERE state = 'approved'");
  f->vault = vault_new (f->folder, NULL);
  admin = login (f);
  g_assert_true (vault_change_pin (f->vault, admin, old, new, &tries, &error));
  g_assert_no_error (error);
  assert_verified (f, NUMBERS);
}

static gboolean
count_bytes (const Entry *entry, gpointer user_data, GError **error)
{
  *(gsize *) user_data += strlen (entry->detail);
  return TRUE;
}

/* After a clean new epoch one entry stands for all rows, and nothing is left of the ones before. */
static void
test_epoch_renews (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) admin = login (f);
  g_autoptr (Secret) old = secret_new_copy (PIN, strlen (PIN)), new = secret_new_copy ("hokano-5937", 11);
  gsize n_bytes = 0;
  guint tries;

  g_assert_true (vault_change_pin (f->vault, admin, old, new, &tries, NULL));
  g_assert_true (vault_list_log (f->vault, 0, G_MAXINT64, 1000, count_bytes, &n_bytes, NULL));
  g_assert_cmpuint (n_bytes, >, 0);
  assert_verified (f, NULL);
  with_database (f, "DELETE FROM seal_log WHERE seq < (SELECT max (seq) FROM seal_log WHERE tbl = 'admins')");
  f->vault = vault_new (f->folder, NULL);
  assert_verified (f, NULL);
}

int
main (int argc, char **argv)
{
  /* Each does to the seals what would be needed to hide it, and the record is what tells. */
  static const Trick tricks[] = {
    { "name", PEOPLE, "UPDATE people SET name = '見本 次郎' WHERE code = '0001'" },
    { "birth-date", PEOPLE, "UPDATE people SET birth_date = '1990-01-02' WHERE code = '0002'" },
    { "added-person", PEOPLE,
      "INSERT INTO people SELECT '00000000-0000-4000-8000-00000000000b', kind, '0003', name, kana, birth_date, "
      "department, "
      "parent, relationship, 'none', updated, left_on, joined_on, employment, pension FROM people WHERE code = "
      "'0001'" },
    { "swapped-names", PEOPLE, "UPDATE people SET name = CASE code WHEN '0001' THEN '見本 花子' ELSE '見本 太郎' END" },
    { "purposes", NUMBERS, "UPDATE numbers SET purposes = 'payment-record' WHERE state = 'approved'" },
    { "state", NUMBERS, "UPDATE numbers SET state = 'approved' WHERE state = 'collected'" },
    { "removed-number", NUMBERS, "DELETE FROM numbers WHERE state = 'collected'" },
    { "role", "admins", "UPDATE admins SET role = 'auditor'" },
    { "added-admin", "admins",
      "INSERT INTO admins VALUES ('00000000-0000-4000-8000-00000000000a', 'x', 'chief', '2026-01-01T00:00:00Z', "
      "NULL, '', '')" },
    { "scope", "admins", "UPDATE admins SET departments = '総務部' || char (10)" },
    { "company", "settings", "UPDATE meta SET value = '別商事' WHERE key = 'company'" },
    { "setting-added", "settings", "INSERT INTO meta VALUES ('anything', 1)" },
    { "seal-of-a-row", PEOPLE, "UPDATE seals SET blind = zeroblob (16) WHERE tbl = 'people'" },
    { "forged-digest", PEOPLE, "UPDATE seal_log SET digest = zeroblob (32) WHERE seq = 2" },
    { "seal-moved", NUMBERS, "UPDATE seals SET seq = seq - 1 WHERE tbl = 'numbers'" },
    { "retention", "retention", "UPDATE retention SET years = 0 WHERE purpose = 'tax'" },
  };

  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  for (guint i = 0; i < G_N_ELEMENTS (tricks); i++)
    {
      g_autofree char *path = g_strdup_printf ("/seals/trick/%s", tricks[i].path);

      g_test_add (path, Fixture, &tricks[i], set_up_filled, test_trick, tear_down);
    }
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up_filled, func, tear_down)
  ADD ("/seals/start/seals-removed", test_seals_removed);
  ADD ("/seals/start/cut-off-end", test_cut_off_end);
  ADD ("/seals/change/tampered-row-is-refused", test_tampered_row_is_not_changed);
  ADD ("/seals/epoch/hides-nothing", test_epoch_hides_nothing);
  ADD ("/seals/epoch/renews", test_epoch_renews);
  return g_test_run ();
}

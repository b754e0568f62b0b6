/* SPDX-License-Identifier: Apache-2.0 */
/* vault: its admins, their roles and PINs. */
#include "admins-fixture.h"
#include "keyset-earlier.h"

/* --- adding ---------------------------------------------------------------------------------------------------------- */

static void
test_first_is_chief (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) admins = vault_list_admins (f->vault, NULL);
  g_autoptr (VaultAdmin) admin = login (f);
  const Admin *row;

  g_assert_cmpuint (admins->len, ==, 1);
  row = g_ptr_array_index (admins, 0);
  g_assert_cmpstr (row->name, ==, "見本 管理");
  g_assert_cmpstr (row->role, ==, "chief");
  g_assert_cmpuint (strlen (row->created), >=, 20);
  g_assert_cmpint (admin->role, ==, VAULT_CHIEF);
}

/* The keyset as the first program wrote it, which knew no attestation key. */
static void
make_first_keyset (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->folder, KEYS_FILE, NULL);
  g_autoptr (Keyset) keyset = keyset_load (path, NULL);
  g_autoptr (GBytes) file = keyset_earlier_file (keyset, 1);
  gsize size;
  const char *content = g_bytes_get_data (file, &size);

  g_assert_true (g_file_set_contents_full (path, content, size, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
}

static gboolean
hash_without_seal (const Entry *entry, gpointer user_data, GError **error)
{
  const guint8 nothing[ENTRY_HASH_BYTES] = { 0 };
  Entry first = *entry;

  first.detail = (char *) "provider=swtpm\n";
  chain_hash (nothing, &first, user_data);
  return TRUE;
}

/* The first entry as it was made before entries stood for rows. */
static void
make_first_entry (Fixture *f)
{
  g_autoptr (Secret) key = NULL;
  g_autoptr (Keys) keys = keys_open (f->folder, NULL, &key, NULL);
  g_autoptr (Store) store = store_open (f->db_path, key, NULL);
  guint8 hash[ENTRY_HASH_BYTES];

  g_assert_true (entries_foreach (store, 1, 1, 1, hash_without_seal, hash, NULL));
  g_assert_true (store_run (store, NULL, "UPDATE record SET detail = ?, hash = ? WHERE seq = 1", "sz",
                            "provider=swtpm\n", hash, sizeof hash));
  g_assert_true (store_set_meta_bytes (store, "record-head", hash, sizeof hash, NULL));
}

/* A vault of the first program: its one admin is the 責任者, with the PIN they had; it gets its attestation key. */
static void
test_admin_of_an_older_vault (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) admin = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  g_autofree char *key = NULL, *key_later = NULL;

  close_vault (f);
  make_first_entry (f);
  with_database (
      f, "DROP INDEX numbers_by_state; DROP INDEX numbers_by_digest; ALTER TABLE numbers DROP COLUMN digest; ALTER "
         "TABLE people DROP COLUMN left_on; DROP TABLE retention; DROP TABLE disposals;"
         "DROP TABLE checkpoints; DROP TABLE seals; DROP TABLE seal_log; DROP TABLE backups; DROP TABLE backup_places;"
         "DROP TABLE old_keys; DROP TABLE machines; DROP TABLE enrolments; DROP TABLE machine_key; DROP TABLE lease;"
         "DROP TABLE old_checkpoints; DROP TABLE old_record; DROP TABLE old_vaults; DROP TABLE tokens; DROP TABLE "
         "formats; DROP TABLE last_import; DROP TABLE last_import_parts; ALTER TABLE people DROP COLUMN joined_on; "
         "ALTER TABLE people DROP COLUMN employment; ALTER TABLE people DROP COLUMN pension;"
         "DELETE FROM meta WHERE key IN ('attest-public', 'transport-public'); "
         "DELETE FROM record WHERE seq = 2;"
         "UPDATE meta SET value = 1 WHERE key = 'record-length';"
         "CREATE TABLE old (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created TEXT NOT NULL) STRICT;"
         "INSERT INTO old SELECT id, name, created FROM admins; DROP TABLE admins;"
         "ALTER TABLE old RENAME TO admins; PRAGMA user_version = 1;");
  make_first_keyset (f);
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
  admin = login (f);
  g_assert_cmpint (admin->role, ==, VAULT_CHIEF);
  g_free (add_ok (f, admin, CLERK, VAULT_CLERK, CLERK_PIN));
  g_assert_true (vault_checkpoint (f->vault, NULL));
  findings = vault_verify (f->vault, NULL);
  assert_findings (findings, NULL);
  key = vault_dup_record_key (f->vault, NULL);
  reopen (f);
  key_later = vault_dup_record_key (f->vault, NULL);
  g_assert_cmpstr (key, ==, key_later);
}

static void
test_each_has_an_own_pin (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login (f);
  g_autofree char *clerk_id = add_ok (f, chief, CLERK, VAULT_CLERK, CLERK_PIN);
  g_autofree char *auditor_id = add_ok (f, chief, AUDITOR, VAULT_AUDITOR, AUDITOR_PIN);
  g_autoptr (VaultAdmin) clerk = NULL, auditor = NULL, again = NULL;
  g_autoptr (GPtrArray) admins = vault_list_admins (f->vault, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (admins->len, ==, 3);
  reopen (f);
  clerk = login_as (f, CLERK, CLERK_PIN, NULL);
  auditor = login_as (f, AUDITOR, AUDITOR_PIN, NULL);
  again = login_as (f, "見本 管理", PIN, NULL);
  g_assert_cmpstr (clerk->id, ==, clerk_id);
  g_assert_cmpint (clerk->role, ==, VAULT_CLERK);
  g_assert_cmpint (auditor->role, ==, VAULT_AUDITOR);
  g_assert_true (secret_equal (clerk->vault_secret, again->vault_secret));
  g_assert_nonnull (again->master);
  g_assert_null (clerk->master);
  g_assert_null (auditor->master);
  g_assert_null (auditor->vault_secret);
  /* One's PIN is not the other's, and with several of them a name is needed. */
  g_assert_null (login_as (f, CLERK, AUDITOR_PIN, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_WRONG_PIN);
  g_clear_error (&error);
  g_assert_null (login_as (f, "", PIN, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_ALLOWED);
}

static void
test_who_may_add (Fixture *f, gconstpointer data)
{
  static const VaultRole roles[] = { VAULT_CLERK, VAULT_AUDITOR };
  static const char *const names[] = { CLERK, AUDITOR };
  static const char *const pins[] = { CLERK_PIN, AUDITOR_PIN };
  g_autoptr (VaultAdmin) chief = login (f);

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      g_autofree char *id = add_ok (f, chief, names[i], roles[i], pins[i]);
      g_autoptr (VaultAdmin) admin = login_as (f, names[i], pins[i], NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (add (f, admin, "見本 次郎", VAULT_CHIEF, "738216", &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
      assert_last_entry (f, id, "admin-add-refused", "reason=NotYourRole");
    }
  g_assert_cmpuint (count_admins (f), ==, 3);
}

static void
test_refused_additions (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *name, *pin;
    CustodyError code;
    const char *why;
  } cases[] = {
    { "", CLERK_PIN, CUSTODY_ERROR_USAGE, NULL },
    { "=1+1", CLERK_PIN, CUSTODY_ERROR_USAGE, NULL },
    { "見本 管理", CLERK_PIN, CUSTODY_ERROR_ADMIN_EXISTS, NULL },
    { CLERK, "123456", CUSTODY_ERROR_WEAK_PIN, "why=run" },
    { CLERK, "19800102", CUSTODY_ERROR_WEAK_PIN, "why=birth-date" },
    { CLERK, "見本商事2026", CUSTODY_ERROR_WEAK_PIN, "why=company" },
    { CLERK, "事務さんの鍵", CUSTODY_ERROR_WEAK_PIN, "why=own-name" },
  };
  g_autoptr (VaultAdmin) chief = login (f);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (add (f, chief, cases[i].name, VAULT_CLERK, cases[i].pin, &error));
      g_assert_error (error, CUSTODY_ERROR, (int) cases[i].code);
      g_assert_true (cases[i].why == NULL || g_str_has_suffix (error->message, cases[i].why));
      g_assert_null (strstr (error->message, cases[i].pin));
      assert_last_entry (f, chief->id, "admin-add-refused", NULL);
    }
  g_assert_cmpuint (count_admins (f), ==, 1);
}

static void
test_addition_is_recorded (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login (f);
  g_autofree char *id = add_ok (f, chief, AUDITOR, VAULT_AUDITOR, AUDITOR_PIN);
  Recorded last = last_entry (f);

  g_assert_cmpstr (last.actor, ==, chief->id);
  g_assert_cmpstr (last.action, ==, "admin-added");
  g_assert_cmpstr (last.subject, ==, id);
  g_assert_cmpstr (last.detail, ==, "role=auditor");
  recorded_clear (&last);
  g_assert_false (test_folder_holds (f->folder, AUDITOR_PIN, strlen (AUDITOR_PIN)));
}

/* Cut off between keyset and database: the key that nobody may use is dropped at the next start. */
static void
test_addition_cut_off (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login (f);
  g_autofree char *path = g_build_filename (f->folder, KEYS_FILE, NULL);
  g_autofree char *before = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;
  gsize size, size_after;

  g_assert_true (g_file_get_contents (path, &before, &size, NULL));
  id = add_ok (f, chief, CLERK, VAULT_CLERK, CLERK_PIN);
  with_database (f, "DELETE FROM admins WHERE role = 'clerk'");
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
  {
    g_autofree char *after = NULL;

    g_assert_true (g_file_get_contents (path, &after, &size_after, NULL));
    g_assert_cmpuint (size_after, ==, size);
  }
  g_assert_null (login_as (f, CLERK, CLERK_PIN, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_ALLOWED);
  g_clear_pointer (&chief, vault_admin_free);
  chief = login (f);
  g_free (add_ok (f, chief, CLERK, VAULT_CLERK, CLERK_PIN));
}

static void
test_auditor_opens_no_number (Fixture *f, gconstpointer data)
{
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *record = collect_ok (f, person, NUMBER);
  VaultExport options = { .format = "keyed-csv", .purpose = "tax", .destination = "x", .kind = "all", .plain = TRUE };
  g_autoptr (VaultAdmin) chief = login (f), auditor = NULL;
  g_autoptr (GError) error = NULL;

  g_free (add_ok (f, chief, AUDITOR, VAULT_AUDITOR, AUDITOR_PIN));
  g_assert_true (vault_approve (f->vault, chief->id, record, "", NULL));
  auditor = login_as (f, AUDITOR, AUDITOR_PIN, NULL);
  g_assert_null (export_text (f, auditor, &options, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/admins/first-is-chief", test_first_is_chief);
  ADD ("/admins/of-an-older-vault", test_admin_of_an_older_vault);
  ADD ("/admins/each-has-an-own-pin", test_each_has_an_own_pin);
  ADD ("/admins/add/chief-only", test_who_may_add);
  ADD ("/admins/add/refused", test_refused_additions);
  ADD ("/admins/add/recorded", test_addition_is_recorded);
  ADD ("/admins/add/cut-off", test_addition_cut_off);
  ADD ("/admins/auditor/opens-no-number", test_auditor_opens_no_number);
  return g_test_run ();
}

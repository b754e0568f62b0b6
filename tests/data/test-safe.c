/* SPDX-License-Identifier: Apache-2.0 */
/* vault: the safe state: who may log in, what they can do, and what becomes of it. */
#include "admins-fixture.h"

#include <sys/mman.h>

#include "record-file.h"
#include "vault-private.h"
#include "vault-safe.h"
#include "vault-scope.h"

static void
roll_back (Fixture *f)
{
  g_autofree char *old = test_folder_new ();

  reopen (f);
  close_vault (f);
  test_file_copy (f->folder, old, STORE_FILE);
  f->vault = vault_new (f->folder, NULL);
  g_assert_true (vault_note_throttle (f->vault, NULL));
  close_vault (f);
  test_file_copy (old, f->folder, STORE_FILE);
  f->vault = vault_new (f->folder, NULL);
  assert_sealed (f, "RolledBack");
  test_folder_remove (old);
}

static VaultDamage
get_damage (Fixture *f)
{
  VaultDamage damage;

  g_assert_true (vault_get_damage (f->vault, &damage));
  return damage;
}

static void
spoil (Fixture *f, goffset at)
{
  g_autofree char *content = NULL;
  gsize size;

  close_vault (f);
  g_assert_true (g_file_get_contents (f->db_path, &content, &size, NULL));
  content[at] ^= 1;
  g_assert_true (g_file_set_contents_full (f->db_path, content, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  f->vault = vault_new (f->folder, NULL);
}

static gboolean
check_exported (Fixture *f, const VaultAdmin *admin, RecordFile *ret_file)
{
  int fd = memfd_create ("record", MFD_CLOEXEC);
  VaultRecordReport report = { 0 };
  guint8 key[ATTESTATION_KEY_BYTES];
  g_autoptr (GError) error = NULL;
  char *text;
  off_t size;
  gboolean ok;

  g_assert_true (vault_export_record (f->vault, admin, fd, &report, &error));
  g_assert_no_error (error);
  size = lseek (fd, 0, SEEK_END);
  text = mmap (NULL, (gsize) size, PROT_READ, MAP_PRIVATE, fd, 0);
  g_assert_true (text != MAP_FAILED);
  g_assert_true (keys_get_attest_key (f->vault->keys, key));
  ok = record_file_check (text, (gsize) size, key, NULL, ret_file, &error);
  if (!ok)
    g_test_message ("%s", error->message);
  g_assert_cmpuint (ret_file->audit.length, ==, report.entries);
  munmap (text, (gsize) size);
  close (fd);
  return ok;
}

/* The chief gets in, the numbers do not get out, the record does. */
static void
test_rolled_back (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  VaultExport options = { .format = "keyed-csv", .purpose = "tax", .destination = "", .kind = "all", .plain = TRUE };
  VaultDamage damage;
  RecordFile file;

  roll_back (f);
  damage = get_damage (f);
  g_assert_cmpstr (damage.file, ==, STORE_FILE);
  g_assert_true (damage.log_in && damage.export && damage.accept);
  g_assert_cmpuint (strlen (damage.since), ==, 20);
  findings = vault_verify (f->vault, NULL);
  g_assert_false (find_check (findings, STORE_FILE)->ok);
  g_assert_true (find_check (findings, "database")->ok);
  chief = login (f);
  g_assert_null (chief->vault_secret);
  g_assert_null (export_text (f, chief, &options, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ROLLED_BACK);
  g_assert_true (check_exported (f, chief, &file));
  g_assert_cmpstr (file.sealed, ==, "RolledBack");
}

static void
test_wrong_pin_and_role (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login (f), none = NULL;
  g_autofree char *clerk = add_ok (f, chief, CLERK, VAULT_CLERK, CLERK_PIN);
  g_autoptr (Secret) wrong = secret_new_copy ("000000", 6), clerks = secret_new_copy (CLERK_PIN, strlen (CLERK_PIN));
  g_autoptr (GError) error = NULL, role = NULL;
  guint tries = 0;

  roll_back (f);
  none = vault_login (f->vault, CHIEF, wrong, &tries, &error);
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_WRONG_PIN);
  g_assert_cmpuint (tries, ==, KEYS_MAX_TRIES - 1);
  none = vault_login (f->vault, CLERK, clerks, &tries, &role);
  g_assert_null (none);
  g_assert_error (role, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
}

/* The keyset alone knows who is a chief, whatever the database says. */
static void
test_role_raised (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login (f);
  g_autofree char *clerk = add_ok (f, chief, CLERK, VAULT_CLERK, CLERK_PIN);
  g_autoptr (Secret) pin = secret_new_copy (CLERK_PIN, strlen (CLERK_PIN));
  g_autoptr (GError) error = NULL, sealed = NULL;
  guint tries;

  with_database (f, "UPDATE admins SET role = 'chief'");
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
  g_assert_null (vault_login (f->vault, CLERK, pin, &tries, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
  with_database (f, "UPDATE meta SET value = value + 9 WHERE key = 'counter'");
  f->vault = vault_new (f->folder, NULL);
  assert_sealed (f, "Tampered");
  g_assert_null (vault_login (f->vault, CLERK, pin, &tries, &sealed));
  g_assert_error (sealed, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
}

/* A vault that opens again by itself takes up what was noted meanwhile, and nothing that somebody else wrote there. */
static void
test_notes_are_taken_up (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, VAULT_SAFE_FILE, NULL), *detail = NULL, *forged = NULL;
  g_autofree char *content = NULL, *more = NULL;
  g_autoptr (VaultAdmin) chief = login (f);
  guint64 before = get_status (f).record_entries;

  vault_seal (f->vault, g_error_new (CUSTODY_ERROR, CUSTODY_ERROR_NO_TPM, "the TPM fell silent"));
  g_assert_true (vault_note_logout (f->vault, chief->id, TRUE, NULL));
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  more = g_strdup_printf ("%s2026-01-01T00:00:00Z\t%s\texported\nnothing\n", content, chief->id);
  g_assert_true (g_file_set_contents (path, more, -1, NULL));
  vault_end_sessions (f->vault);
  assert_open (f);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (get_status (f).record_entries, ==, before + 1);
  assert_last_entry (f, chief->id, "session-expired", NULL);
  detail = entries_dup_last_detail (f->vault->store, "session-expired", NULL);
  g_assert_true (g_str_has_prefix (detail, "at"));
  forged = entries_dup_last_detail (f->vault->store, "exported", NULL);
  g_assert_cmpstr (forged, ==, "");
}

/* No page of the database can be read: the keys are enough, and the admin has no name. */
static void
test_database_gone (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = NULL;
  g_auto (GStrv) names = NULL;
  g_autoptr (GError) error = NULL;
  VaultDamage damage;

  spoil (f, 100);
  assert_sealed (f, "StoreDamaged");
  damage = get_damage (f);
  g_assert_cmpstr (damage.file, ==, STORE_FILE);
  g_assert_true (damage.log_in && !damage.export && !damage.accept);
  names = vault_list_safe_admins (f->vault);
  g_assert_cmpuint (g_strv_length (names), ==, 1);
  g_assert_cmpuint (strlen (names[0]), ==, 8);
  chief = login (f);
  g_assert_cmpstr (chief->name, ==, names[0]);
  g_assert_nonnull (chief->master);
  g_assert_false (vault_accept_state (f->vault, chief, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED);
}

static void
assert_accepted (Fixture *f, const char *reason)
{
  g_autoptr (VaultAdmin) chief = login (f);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  g_autofree char *detail = NULL;
  RecordFile file;

  g_assert_true (vault_accept_state (f->vault, chief, &error));
  g_assert_no_error (error);
  assert_open (f);
  detail = entries_dup_last_detail (f->vault->store, VAULT_STATE_ACCEPTED, NULL);
  g_assert_nonnull (strstr (detail, reason));
  findings = vault_verify (f->vault, NULL);
  assert_findings (findings, NULL);
  g_assert_true (find_check (findings, "accepted")->ok);
  g_clear_pointer (&chief, vault_admin_free);
  chief = login (f);
  g_assert_nonnull (chief->vault_secret);
  g_assert_true (check_exported (f, chief, &file));
  g_assert_cmpstr (file.sealed, ==, "");
  g_assert_cmpuint (file.audit.n_accepted, ==, 1);
  reopen (f);
  assert_open (f);
}

/* The gap stands in the record for ever, with whoever declared it, and what they did before. */
static void
test_accept_rolled_back (Fixture *f, gconstpointer data)
{
  g_autofree char *log = g_build_filename (f->folder, VAULT_SAFE_FILE, NULL);
  g_autofree char *noted = NULL;

  g_assert_true (vault_checkpoint (f->vault, NULL));
  roll_back (f);
  assert_accepted (f, "reason=RolledBack");
  noted = entries_dup_last_detail (f->vault->store, "safe-login", NULL);
  g_assert_true (g_str_has_prefix (noted, "at="));
  g_assert_false (g_file_test (log, G_FILE_TEST_EXISTS));
}

static void
test_accept_rolled_back_tpm (Fixture *f, gconstpointer data)
{
  g_autofree char *tpm = g_build_filename (f->folder, KEYS_SWTPM_FOLDER, NULL);
  g_autofree char *old = test_folder_new ();

  close_vault (f);
  test_folder_copy (tpm, old);
  for (guint i = 0; i < 3; i++)
    {
      f->vault = vault_new (f->folder, NULL);
      g_assert_true (vault_note_throttle (f->vault, NULL));
      g_assert_true (vault_checkpoint (f->vault, NULL));
      close_vault (f);
    }
  test_folder_copy (old, tpm);
  f->vault = vault_new (f->folder, NULL);
  assert_sealed (f, "Tampered");
  g_assert_cmpstr (get_damage (f).file, ==, KEYS_SWTPM_FOLDER);
  assert_accepted (f, "reason=Tampered");
  test_folder_remove (old);
}

static void
test_accept_cut_off_end (Fixture *f, gconstpointer data)
{
  g_assert_true (vault_checkpoint (f->vault, NULL));
  with_database (f, "DELETE FROM record WHERE seq = (SELECT max (seq) FROM record)");
  f->vault = vault_new (f->folder, NULL);
  assert_sealed (f, "Tampered");
  assert_accepted (f, "attested=");
}

/* Who was limited since does not come out of an older state unlimited. */
static void
test_accept_keeps_limits (Fixture *f, gconstpointer data)
{
  static const char *const sales[] = { "営業", NULL };
  g_autoptr (VaultAdmin) chief = login (f);
  g_autofree char *narrowed = add_clerk_of (f, chief, "見本 営業", NULL, CLERK_PIN);
  g_autofree char *same = add_clerk_of (f, chief, "見本 総務", "総務\n", CLERK_PIN);
  g_autofree char *old = test_folder_new ();
  g_autoptr (Secret) pin = secret_new_copy (PIN, strlen (PIN));
  g_autoptr (GError) error = NULL;
  guint tries;

  g_assert_true (vault_checkpoint (f->vault, NULL));
  close_vault (f);
  test_file_copy (f->folder, old, STORE_FILE);
  f->vault = vault_new (f->folder, NULL);
  g_assert_true (vault_set_scope (f->vault, chief, narrowed, sales, NULL, &error));
  for (guint i = 0; i < 40; i++)
    g_assert_true (vault_note_throttle (f->vault, NULL));
  close_vault (f);
  test_file_copy (old, f->folder, STORE_FILE);
  f->vault = vault_new (f->folder, NULL);
  assert_sealed (f, "RolledBack");
  g_clear_pointer (&chief, vault_admin_free);
  chief = vault_login (f->vault, CHIEF, pin, &tries, &error);
  g_assert_no_error (error);
  g_assert_true (vault_accept_state (f->vault, chief, &error));
  g_assert_no_error (error);
  assert_scope (f, "見本 営業", CLERK_PIN, "", SCOPE_NOTHING);
  assert_scope (f, "見本 総務", CLERK_PIN, "総務\n", "");
  test_folder_remove (old);
}

/* A check of everything seals, at the next start too, and what was found is not lost from sight. */
static void
test_found_by_check (Fixture *f, gconstpointer data)
{
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError) error = NULL;

  with_database (f, "UPDATE people SET name = '見本 次郎'");
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
  findings = vault_verify (f->vault, NULL);
  g_assert_false (find_check (findings, "people")->ok);
  assert_sealed (f, "Tampered");
  g_assert_null (vault_identify (f->vault, "0001", "1980-01-02", &error));
  reopen (f);
  assert_sealed (f, "Tampered");
  assert_accepted (f, "rows=1");
}

/* What an open vault refuses: there is nothing to accept. */
static void
test_nothing_to_accept (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login (f);
  g_autoptr (GError) error = NULL;
  VaultDamage damage;

  g_assert_false (vault_get_damage (f->vault, &damage));
  g_assert_false (vault_accept_state (f->vault, chief, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
}

/* An edited entry cannot be declared true. */
static void
test_broken_chain_is_not_accepted (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (vault_note_throttle (f->vault, NULL));
  with_database (f, "UPDATE record SET actor = 'kiosk' WHERE seq = 1");
  f->vault = vault_new (f->folder, NULL);
  findings = vault_verify (f->vault, NULL);
  g_assert_false (find_check (findings, "record")->ok);
  assert_sealed (f, "Tampered");
  chief = login (f);
  g_assert_false (vault_accept_state (f->vault, chief, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
  {
    int fd = memfd_create ("record", MFD_CLOEXEC);
    VaultRecordReport report;

    g_assert_true (vault_export_record (f->vault, chief, fd, &report, NULL));
    g_assert_cmpuint (report.entries, >, 2);
    close (fd);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, func) g_test_add ("/safe/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("rolled-back", test_rolled_back);
  ADD ("wrong-pin-and-role", test_wrong_pin_and_role);
  ADD ("role-raised", test_role_raised);
  ADD ("notes-are-taken-up", test_notes_are_taken_up);
  ADD ("database-gone", test_database_gone);
  ADD ("accept/rolled-back", test_accept_rolled_back);
  ADD ("accept/keeps-limits", test_accept_keeps_limits);
  ADD ("accept/rolled-back-tpm", test_accept_rolled_back_tpm);
  ADD ("accept/cut-off-end", test_accept_cut_off_end);
  ADD ("accept/nothing", test_nothing_to_accept);
  ADD ("accept/broken-chain", test_broken_chain_is_not_accepted);
  ADD ("found-by-check", test_found_by_check);
  return g_test_run ();
}

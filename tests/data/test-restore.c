/* SPDX-License-Identifier: Apache-2.0 */
/* vault: what comes back out of a backup: one person, everybody, the whole database. */
#include "admins-fixture.h"

#include <sys/stat.h>

#include "backups.h"
#include "own-format.h"
#include "vault-backup.h"
#include "vault-index.h"
#include "vault-private.h"
#include "vault-scope.h"

#define NEW_PIN "829461"
#define SECOND_NAME "見本 花子"

typedef struct
{
  Fixture vault;
  char *place_path, *place, *person;
  VaultAdmin *chief;
} Restoring;

/* One employee whose number was approved, and a place for backups. */
static void
set_up_restoring (Restoring *r, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *record = NULL;

  set_up (&r->vault, NULL);
  r->place_path = test_folder_new ();
  r->chief = login (&r->vault);
  r->person = add_person (&r->vault, "employee", "0001", NAME, "");
  record = collect_ok (&r->vault, r->person, NUMBER);
  g_assert_true (vault_approve (r->vault.vault, r->chief->id, record, "", &error));
  g_assert_no_error (error);
  r->place = vault_backup_add_place (r->vault.vault, r->chief, r->place_path, VAULT_BACKUP_KEEP_DAYS, &error);
  g_assert_no_error (error);
}

static void
tear_down_restoring (Restoring *r, gconstpointer data)
{
  vault_admin_free (r->chief);
  tear_down (&r->vault, NULL);
  test_folder_remove (r->place_path);
  g_free (r->place_path);
  g_free (r->place);
  g_free (r->person);
}

/* A descriptor of a new backup. */
static int
back_up (Restoring *r)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) outcomes = vault_backup (r->vault.vault, "system", FALSE, &error);
  const VaultBackupOutcome *outcome;
  int fd;

  g_assert_no_error (error);
  outcome = g_ptr_array_index (outcomes, 0);
  g_assert_cmpstr (outcome->reason, ==, NULL);
  fd = vault_backup_open (r->vault.vault, r->place, outcome->generation, &error);
  g_assert_no_error (error);
  return fd;
}

static RestoreReport *
run (Restoring *r, int fd, const char *person, gboolean really, GError **error)
{
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  return really ? vault_restore (r->vault.vault, r->chief, fd, person, error)
                : vault_restore_preview (r->vault.vault, r->chief, fd, person, error);
}

static RestoreReport *
run_ok (Restoring *r, int fd, const char *person, gboolean really)
{
  g_autoptr (GError) error = NULL;
  RestoreReport *report = run (r, fd, person, really, &error);

  g_assert_no_error (error);
  return report;
}

static void
assert_leftovers (Restoring *r)
{
  g_autofree char *path = g_build_filename (r->vault.folder, "vault.restore", NULL);

  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
assert_whole (Restoring *r)
{
  g_autoptr (GPtrArray) findings = vault_verify (r->vault.vault, NULL);

  assert_findings (findings, NULL);
  assert_leftovers (r);
}

/* The number can be opened and is the one that was collected. */
static void
assert_number (Restoring *r, const char *digits)
{
  const VaultExport options = {
    .format = "keyed-csv", .purpose = "tax", .destination = "test", .kind = "all", .plain = TRUE
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = export_text (&r->vault, r->chief, &options, &error);

  if (digits == NULL)
    {
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOTHING_TO_EXPORT);
      return;
    }
  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, digits));
}

static void
destroy_number (Restoring *r)
{
  g_autoptr (GPtrArray) records = vault_list_records (r->vault.vault, NULL, "", 0, 0, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < records->len; i++)
    {
      const Number *number = g_ptr_array_index (records, i);

      if (number->sealed != NULL)
        g_assert_true (vault_ask_again (r->vault.vault, r->chief->id, number->id, "unclear", &error));
    }
  g_assert_no_error (error);
}

static void
assert_counts (const RestoreReport *report, guint added, guint changed, guint removed, guint back, guint gone)
{
  g_assert_cmpuint (report->added, ==, added);
  g_assert_cmpuint (report->changed, ==, changed);
  g_assert_cmpuint (report->removed, ==, removed);
  g_assert_cmpuint (report->numbers_back, ==, back);
  g_assert_cmpuint (report->numbers_gone, ==, gone);
  g_assert_cmpuint (report->rows->len, ==, added + changed + removed);
}

/* Without a change nothing would change; a preview writes nothing, into the record either. */
static void
test_preview (Restoring *r, gconstpointer data)
{
  int fd = back_up (r);
  guint64 before = get_status (&r->vault).record_entries;
  g_autoptr (RestoreReport) same = run_ok (r, fd, "", FALSE), lost = NULL;

  assert_counts (same, 0, 0, 0, 0, 0);
  g_assert_cmpuint (same->same, ==, 1);
  g_assert_cmpuint (get_status (&r->vault).record_entries, ==, before);
  destroy_number (r);
  lost = run_ok (r, fd, "", FALSE);
  assert_counts (lost, 0, 1, 0, 1, 0);
  g_assert_cmpstr (((const RestoreRow *) g_ptr_array_index (lost->rows, 0))->code, ==, "0001");
  assert_number (r, NULL);
  assert_leftovers (r);
  close (fd);
}

static void
test_one_person (Restoring *r, gconstpointer data)
{
  int fd = back_up (r);
  g_autofree char *second = add_person (&r->vault, "employee", "0002", SECOND_NAME, "");
  g_autoptr (RestoreReport) report = NULL;
  g_autoptr (GError) error = NULL;

  destroy_number (r);
  report = run_ok (r, fd, "0001", TRUE);
  assert_counts (report, 0, 1, 0, 1, 0);
  assert_last_entry (&r->vault, r->chief->id, "restored", NULL);
  assert_person_state (&r->vault, r->person, "approved");
  assert_person_state (&r->vault, second, "none");
  assert_number (r, NUMBER);
  assert_whole (r);
  /* Somebody who was not there yet. */
  g_assert_null (run (r, fd, "0002", TRUE, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_PERSON);
  assert_last_entry (&r->vault, r->chief->id, "restore-refused", "reason=NoSuchPerson");
  close (fd);
}

/* A number that was handed in since stays, when the backup has none; where it has another, that one comes back. */
static void
test_one_persons_newer_number (Restoring *r, gconstpointer data)
{
  int with_number = back_up (r), without;
  g_autofree char *record = NULL;
  g_autoptr (RestoreReport) kept = NULL, replaced = NULL;
  g_autoptr (GError) error = NULL;

  destroy_number (r);
  without = back_up (r);
  record = collect_ok (&r->vault, r->person, OTHER_NUMBER);
  g_assert_true (vault_approve (r->vault.vault, r->chief->id, record, "", &error));
  kept = run_ok (r, without, "0001", TRUE);
  g_assert_cmpuint (kept->numbers_gone, ==, 0);
  assert_number (r, OTHER_NUMBER);
  replaced = run_ok (r, with_number, "0001", TRUE);
  assert_counts (replaced, 0, 1, 0, 1, 1);
  assert_number (r, NUMBER);
  assert_whole (r);
  close (with_number);
  close (without);
}

/* Everybody as they were: who came since goes, who was there is as then. The record keeps all of its entries. */
static void
test_everybody (Restoring *r, gconstpointer data)
{
  int fd = back_up (r);
  g_autofree char *second = add_person (&r->vault, "employee", "0002", SECOND_NAME, ""), *record = NULL;
  g_autoptr (RestoreReport) report = NULL;
  guint64 before;

  record = collect_ok (&r->vault, second, OTHER_NUMBER);
  destroy_number (r);
  before = get_status (&r->vault).record_entries;
  report = run_ok (r, fd, "", TRUE);
  assert_counts (report, 0, 1, 1, 1, 0);
  g_assert_cmpuint (get_status (&r->vault).record_entries, >, before);
  g_assert_cmpuint (get_status (&r->vault).people, ==, 1);
  g_assert_cmpuint (get_status (&r->vault).approved, ==, 1);
  assert_number (r, NUMBER);
  assert_whole (r);
  reopen (&r->vault);
  assert_open (&r->vault);
  close (fd);
}

/* Of which TPM the backup's digests are is not known: what comes back has none, until somebody is there who opens numbers. */
static void
test_digests (Restoring *r, gconstpointer data)
{
  g_autoptr (GPtrArray) records = vault_list_records (r->vault.vault, NULL, "", 0, 0, NULL);
  g_autoptr (RestoreReport) one = NULL, all = NULL;
  int fd;

  g_assert_cmpuint (count_digests (&r->vault), ==, 1);
  fd = back_up (r);
  one = run_ok (r, fd, "0001", TRUE);
  g_assert_cmpuint (count_digests (&r->vault), ==, 0);
  while (vault_index_more (r->vault.vault, r->chief, G_USEC_PER_SEC))
    ;
  g_assert_cmpuint (count_digests (&r->vault), ==, 1);
  all = run_ok (r, fd, "", TRUE);
  g_assert_cmpuint (count_digests (&r->vault), ==, 0);
  assert_whole (r);
  close (fd);
}

static void
change_pin (Restoring *r, const char *from, const char *to)
{
  g_autoptr (Secret) old_pin = secret_new_copy (from, strlen (from)), new_pin = secret_new_copy (to, strlen (to));
  g_autoptr (GError) error = NULL;
  guint tries;

  g_assert_true (vault_change_pin (r->vault.vault, r->chief, old_pin, new_pin, &tries, &error));
  g_assert_no_error (error);
}

/* A backup of two epochs ago: its numbers are sealed to a key that only the ring of old keys has. */
static void
test_after_new_epochs (Restoring *r, gconstpointer data)
{
  int fd = back_up (r);
  g_autoptr (RestoreReport) report = NULL;

  change_pin (r, PIN, NEW_PIN);
  g_assert_true (vault_backup_is_due (r->vault.vault));
  change_pin (r, NEW_PIN, PIN);
  destroy_number (r);
  report = run_ok (r, fd, "", TRUE);
  assert_counts (report, 0, 1, 0, 1, 0);
  assert_number (r, NUMBER);
  assert_whole (r);
  close (fd);
}

/* Only who may: a clerk is refused, and a chief whose session opens no numbers. */
static void
test_roles (Restoring *r, gconstpointer data)
{
  int fd = back_up (r);
  g_autofree char *id = add_ok (&r->vault, r->chief, CLERK, VAULT_CLERK, CLERK_PIN);
  g_autoptr (VaultAdmin) clerk = login_as (&r->vault, CLERK, CLERK_PIN, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (vault_restore_preview (r->vault.vault, clerk, fd, "", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
  g_clear_error (&error);
  g_assert_null (vault_restore (r->vault.vault, clerk, fd, "", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
  assert_last_entry (&r->vault, id, "restore-refused", "reason=NotYourRole");
  close (fd);
}

/* --- the whole database ---------------------------------------------------------------------------------------------- */

/* The keys open and the database not: what a vault is that was found damaged. */
static void
lose_database (Restoring *r)
{
  g_autoptr (Secret) key = NULL;
  g_autoptr (GError) error = NULL;

  close_vault (&r->vault);
  g_assert_true (g_file_set_contents (r->vault.db_path, "not a database", -1, NULL));
  r->vault.vault = vault_new (r->vault.folder, NULL);
  assert_sealed (&r->vault, "StoreDamaged");
  if (r->vault.vault->keys == NULL)
    r->vault.vault->keys = keys_open (r->vault.folder, NULL, &key, &error);
  g_assert_no_error (error);
}

/* The chief's session by the keys alone. */
static void
log_in_by_keys (Restoring *r, const char *text)
{
  g_autoptr (Secret) pin = secret_new_copy (text, strlen (text));
  g_autoptr (GError) error = NULL;
  guint tries;

  g_clear_pointer (&r->chief->vault_secret, secret_free);
  g_clear_pointer (&r->chief->master, secret_free);
  g_assert_true (
      keys_login (r->vault.vault->keys, r->chief->id, pin, &r->chief->vault_secret, &r->chief->master, &tries, &error));
  g_assert_no_error (error);
}

static gboolean
restore_store (Restoring *r, int fd, GError **error)
{
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  return vault_restore_store (r->vault.vault, r->chief, fd, error);
}

static void
test_whole_database (Restoring *r, gconstpointer data)
{
  g_autofree char *clerk = add_ok (&r->vault, r->chief, CLERK, VAULT_CLERK, CLERK_PIN);
  int fd = back_up (r);
  g_autofree char *late = add_ok (&r->vault, r->chief, AUDITOR, VAULT_AUDITOR, AUDITOR_PIN);
  g_autoptr (GError) error = NULL;
  g_autoptr (VaultAdmin) again = NULL;

  lose_database (r);
  log_in_by_keys (r, PIN);
  g_assert_true (restore_store (r, fd, &error));
  g_assert_no_error (error);
  assert_open (&r->vault);
  assert_whole (r);
  assert_number (r, NUMBER);
  reopen (&r->vault);
  assert_open (&r->vault);
  assert_whole (r);
  again = login_as (&r->vault, CLERK, CLERK_PIN, &error);
  g_assert_no_error (error);
  /* Whom the backup does not know must be added again. */
  g_assert_null (login_as (&r->vault, AUDITOR, AUDITOR_PIN, &error));
  g_assert_nonnull (error);
  g_assert_cmpstr (late, !=, clerk);
  close (fd);
}

/* What was chosen in a vault comes back with its database; into an open one a backup brings people and numbers alone. */
static void
test_formats (Restoring *r, gconstpointer data)
{
  g_autofree char *kept = add_own_format (r->vault.vault, r->chief), *late = NULL;
  int fd = back_up (r);
  g_autoptr (RestoreReport) report = NULL;
  g_autoptr (GError) error = NULL;

  late = add_own_format (r->vault.vault, r->chief);
  report = run_ok (r, fd, "", TRUE);
  assert_has_format (r->vault.vault, kept);
  assert_has_format (r->vault.vault, late);
  lose_database (r);
  log_in_by_keys (r, PIN);
  g_assert_true (restore_store (r, fd, &error));
  g_assert_no_error (error);
  assert_has_format (r->vault.vault, kept);
  g_assert_null (vault_find_format (r->vault.vault, late, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_FORMAT);
  assert_whole (r);
  close (fd);
}

/* Everything is as before when the backup is no good: the next one can be tried. */
static void
test_whole_database_refused (Restoring *r, gconstpointer data)
{
  int fd = back_up (r), bad;
  g_autofree char *path = g_build_filename (r->place_path, "bad", NULL), *content = NULL;
  g_autoptr (GError) error = NULL;
  struct stat st;
  gssize n;

  g_assert_cmpint (fstat (fd, &st), ==, 0);
  content = g_malloc ((gsize) st.st_size);
  n = pread (fd, content, (gsize) st.st_size, 0);
  g_assert_cmpint (n, ==, st.st_size);
  content[n - 40] ^= 1;
  g_assert_true (g_file_set_contents (path, content, n, NULL));
  bad = open (path, O_RDONLY | O_CLOEXEC);
  lose_database (r);
  log_in_by_keys (r, PIN);
  g_assert_false (restore_store (r, bad, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_DAMAGED);
  g_clear_error (&error);
  g_assert_true (restore_store (r, fd, &error));
  g_assert_no_error (error);
  assert_whole (r);
  /* An open vault has its database. */
  g_assert_false (restore_store (r, fd, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_ALLOWED);
  close (bad);
  close (fd);
}

/* What a clerk may handle comes along with the database; one who was limited after the backup was made handles nothing. */
static void
test_scopes (Restoring *r, gconstpointer data)
{
  static const char *const sales[] = { "営業", NULL }, *const all[] = { NULL };
  g_autofree char *limited = add_clerk_of (&r->vault, r->chief, "見本 営業", "営業\n", CLERK_PIN);
  g_autofree char *free_one = add_clerk_of (&r->vault, r->chief, "見本 全部", NULL, CLERK_PIN);
  g_autofree char *narrowed = add_clerk_of (&r->vault, r->chief, CLERK, NULL, CLERK_PIN);
  g_autofree char *other = add_clerk_of (&r->vault, r->chief, "見本 総務", "総務\n", CLERK_PIN);
  int fd = back_up (r);
  g_autoptr (GError) error = NULL;
  g_autoptr (VaultAdmin) clerk = NULL;
  guint n_people = 9, submitted, approved;

  g_assert_true (vault_set_scope (r->vault.vault, r->chief, narrowed, sales, NULL, &error));
  g_assert_true (vault_set_scope (r->vault.vault, r->chief, other, sales, NULL, &error));
  lose_database (r);
  log_in_by_keys (r, PIN);
  g_assert_true (restore_store (r, fd, &error));
  g_assert_no_error (error);
  assert_whole (r);
  assert_scope (&r->vault, "見本 営業", CLERK_PIN, "営業\n", "");
  assert_scope (&r->vault, "見本 全部", CLERK_PIN, "", "");
  assert_scope (&r->vault, CLERK, CLERK_PIN, "", SCOPE_NOTHING);
  assert_scope (&r->vault, "見本 総務", CLERK_PIN, "", SCOPE_NOTHING);
  clerk = login_as (&r->vault, CLERK, CLERK_PIN, &error);
  g_assert_no_error (error);
  g_assert_false (vault_require_person (r->vault.vault, clerk, r->person, "Attend", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_OUT_OF_SCOPE);
  g_clear_error (&error);
  g_assert_false (vault_require_purpose (r->vault.vault, clerk, "tax", "Export", &error));
  g_clear_error (&error);
  g_assert_false (vault_require_purpose (r->vault.vault, clerk, SCOPE_NOTHING, "Export", &error));
  g_clear_error (&error);
  g_assert_true (people_count (r->vault.vault->store, &clerk->scope, &n_people, &submitted, &approved, &error));
  g_assert_cmpuint (n_people, ==, 0);
  /* until a chief says both */
  g_assert_false (vault_set_scope (r->vault.vault, r->chief, narrowed, sales, NULL, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_true (vault_set_scope (r->vault.vault, r->chief, narrowed, sales, all, &error));
  assert_scope (&r->vault, CLERK, CLERK_PIN, "営業\n", "");
  close (fd);
}

#define ADD(path, func)                                                                                                \
  g_test_add ("/vault/restore/" path, Restoring, NULL, set_up_restoring, func, tear_down_restoring)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  ADD ("preview", test_preview);
  ADD ("one-person", test_one_person);
  ADD ("one-persons-newer-number", test_one_persons_newer_number);
  ADD ("everybody", test_everybody);
  ADD ("digests", test_digests);
  ADD ("after-new-epochs", test_after_new_epochs);
  ADD ("roles", test_roles);
  ADD ("whole-database", test_whole_database);
  ADD ("scopes", test_scopes);
  ADD ("formats", test_formats);
  ADD ("whole-database-refused", test_whole_database_refused);
  return g_test_run ();
}

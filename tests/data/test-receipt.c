/* SPDX-License-Identifier: Apache-2.0 */
/* What is exported is a zip; who has it in the clear; what became of the files. */
#include "cut-off.h"

#include <sys/wait.h>

#include "admins-fixture.h"
#include "chain.h"
#include "set-clock.h"
#include "seven-zip.h"
#include "vault-receipt.h"

#define OTHER_CLERK "事務 二郎"

static const VaultExport zipped = { .format = "keyed-csv", .purpose = "tax", .destination = "給与", .kind = "all" };
static const VaultExport plain = {
  .format = "keyed-csv", .purpose = "tax", .destination = "給与", .kind = "all", .plain = TRUE
};

static void
set_up_approved (Fixture *f, gconstpointer data)
{
  g_autofree char *person = NULL, *record = NULL;
  g_autoptr (VaultAdmin) admin = NULL;

  set_up (f, data);
  person = add_person (f, "employee", "0001", NAME, "");
  record = collect_ok (f, person, NUMBER);
  admin = login (f);
  g_assert_true (vault_approve (f->vault, admin->id, record, "", NULL));
}

static char *
path_of (Fixture *f)
{
  return g_build_filename (f->folder, "out.zip", NULL);
}

static gboolean
export_as (Fixture *f, const VaultAdmin *admin, const VaultExport *options, VaultExportReport *report, GError **error)
{
  g_autofree char *path = path_of (f);
  int fd = open (path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  gboolean ok = vault_export (f->vault, admin, options, fd, report, error);

  close (fd);
  return ok;
}

static char *
export_ok (Fixture *f, const VaultAdmin *admin, const VaultExport *options)
{
  g_auto (VaultExportReport) report = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (export_as (f, admin, options, &report, &error));
  g_assert_no_error (error);
  return g_steal_pointer (&report.export_id);
}

static VaultAdmin *
add_clerk (Fixture *f, const VaultAdmin *by, const char *name)
{
  g_autoptr (Secret) pin = secret_new_copy (CLERK_PIN, strlen (CLERK_PIN));
  g_autoptr (GError) error = NULL;
  g_autofree char *id = vault_add_admin (f->vault, by, name, VAULT_CLERK, NULL, pin, &error);

  g_assert_no_error (error);
  return login_as (f, name, CLERK_PIN, NULL);
}

typedef struct
{
  const char *subject;
  GString *said;
} Told;

static gboolean
tell (const Entry *entry, gpointer user_data, GError **error)
{
  Told *told = user_data;

  if (g_str_equal (entry->subject, told->subject))
    g_string_append_printf (told->said, "%s\n%s\n", entry->action, entry->detail);
  return TRUE;
}

/* The entries about @subject. The vault is closed for it. */
static char *
dup_told (Fixture *f, const char *subject)
{
  Told told = { subject, g_string_new ("") };
  g_autoptr (Secret) key = NULL;
  g_autoptr (Keys) keys = NULL;
  g_autoptr (Store) store = NULL;

  close_vault (f);
  keys = keys_open (f->folder, NULL, &key, NULL);
  store = store_open (f->db_path, key, NULL);
  g_assert_nonnull (store);
  g_assert_true (entries_foreach (store, 1, G_MAXINT64, G_MAXUINT, tell, &told, NULL));
  return g_string_free (told.said, FALSE);
}

/* --- the file -------------------------------------------------------------------------------------------------------- */

static char *
sha256_of (const char *path)
{
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guint8 *) bytes, size);
}

/* Without a word about it, it is a zip; the record has its digest, and nothing that tells of the rows. */
static void
test_zip (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) admin = login (f);
  g_auto (VaultExportReport) report = { 0 };
  g_autofree char *path = path_of (f), *passphrase = NULL, *text = NULL, *sha256 = NULL, *told = NULL;
  g_autofree char *content_sha256 = NULL, *bytes = NULL;
  gsize size;

  g_assert_true (export_as (f, admin, &zipped, &report, NULL));
  passphrase =
      g_strndup ((const char *) secret_get_data (report.passphrase, NULL), secret_get_size (report.passphrase));
  text = seven_zip_text (path, passphrase);
  g_assert_nonnull (text);
  g_assert_nonnull (strstr (text, NUMBER));
  content_sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_assert_cmpstr (report.content_sha256, ==, content_sha256);
  sha256 = sha256_of (path);
  g_assert_cmpstr (report.sha256, ==, sha256);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_assert_cmpuint (report.bytes, ==, size);
  g_assert_null (memmem (bytes, size, NUMBER, 6));
  told = dup_told (f, report.export_id);
  g_assert_nonnull (strstr (told, "container=zip"));
  g_assert_nonnull (strstr (told, sha256));
  g_assert_null (strstr (told, content_sha256));
  g_assert_null (strstr (told, passphrase));
  /* Nor anywhere in the vault. */
  for (guint i = 0; i + 5 <= strlen (passphrase); i += 6)
    g_assert_false (test_folder_holds (f->folder, passphrase + i, 5));
}

static void
test_chiefs_have_it_plain (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) admin = login (f);
  g_auto (VaultExportReport) report = { 0 };
  g_autofree char *path = path_of (f), *text = NULL, *told = NULL;

  g_assert_true (export_as (f, admin, &plain, &report, NULL));
  g_assert_null (report.passphrase);
  g_assert_cmpstr (report.sha256, ==, report.content_sha256);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, NUMBER));
  told = dup_told (f, report.export_id);
  g_assert_nonnull (strstr (told, "container=plain"));
}

static void
assert_refused (Fixture *f, const VaultAdmin *clerk)
{
  g_auto (VaultExportReport) report = { 0 };
  g_autofree char *path = path_of (f);
  g_autoptr (GError) error = NULL;
  GStatBuf st;

  g_assert_false (export_as (f, clerk, &plain, &report, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
  g_assert_cmpint (g_stat (path, &st), ==, 0);
  g_assert_cmpint (st.st_size, ==, 0);
}

/* A clerk's file is a zip until a chief has said otherwise, and again when the chief takes it back. */
static void
test_clerks_need_leave (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login (f);
  g_autoptr (VaultAdmin) clerk = add_clerk (f, chief, CLERK);
  VaultExport masked = plain;
  g_autoptr (GError) error = NULL;
  g_autofree char *told = NULL;

  masked.dry_run = TRUE;
  g_assert_cmpstr (get_status (f).plain_exports, ==, "chiefs");
  assert_refused (f, clerk);
  g_free (export_ok (f, clerk, &zipped));
  g_free (export_ok (f, clerk, &masked));
  g_assert_false (vault_set_plain_rule (f->vault, clerk, "clerks", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
  g_clear_error (&error);
  g_assert_false (vault_set_plain_rule (f->vault, chief, "everybody", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
  g_assert_true (vault_set_plain_rule (f->vault, chief, "clerks", NULL));
  g_assert_cmpstr (get_status (f).plain_exports, ==, "clerks");
  g_free (export_ok (f, clerk, &plain));
  reopen (f);
  g_assert_cmpstr (get_status (f).plain_exports, ==, "clerks");
  g_assert_true (vault_set_plain_rule (f->vault, chief, "chiefs", NULL));
  assert_refused (f, clerk);
  told = dup_told (f, "");
  g_assert_nonnull (strstr (told, "refused\nverb=Export"));
  g_assert_nonnull (strstr (told, "plain-rule\n"));
  g_assert_nonnull (strstr (told, "who=clerks"));
}

/* --- receipts -------------------------------------------------------------------------------------------------------- */

static const VaultExported *
get_export (GPtrArray *list, const char *id)
{
  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (((const VaultExported *) g_ptr_array_index (list, i))->id, id))
      return g_ptr_array_index (list, i);
  return NULL;
}

static void
assert_receipt_refused (Fixture *f, const VaultAdmin *by, const char *id, const char *what, CustodyError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (vault_add_receipt (f->vault, by, id, what, &error));
  g_assert_error (error, CUSTODY_ERROR, (int) code);
}

static void
test_receipts (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login (f);
  g_autofree char *first = export_ok (f, chief, &zipped), *second = export_ok (f, chief, &plain);
  g_autofree char *told = NULL;
  g_autoptr (GPtrArray) list = NULL;
  const VaultExported *one, *two;

  assert_receipt_refused (f, chief, first, "lost", CUSTODY_ERROR_USAGE);
  assert_receipt_refused (f, chief, "x", "imported", CUSTODY_ERROR_NO_SUCH_RECORD);
  g_assert_true (vault_add_receipt (f->vault, chief, first, "imported", NULL));
  g_assert_true (vault_add_receipt (f->vault, chief, first, "deleted", NULL));
  assert_receipt_refused (f, chief, first, "deleted", CUSTODY_ERROR_USAGE);
  assert_receipt_refused (f, chief, first, "imported", CUSTODY_ERROR_USAGE);
  list = vault_list_exports (f->vault, chief, NULL);
  g_assert_cmpuint (list->len, ==, 2);
  one = get_export (list, first);
  two = get_export (list, second);
  g_assert_cmpstr (one->container, ==, "zip");
  g_assert_cmpstr (one->destination, ==, "給与");
  g_assert_cmpstr (one->admin_name, ==, chief->name);
  g_assert_true (one->imported != NULL && one->deleted != NULL && !one->overdue && !one->failed);
  g_assert_cmpstr (two->container, ==, "plain");
  g_assert_true (two->imported == NULL && two->deleted == NULL && !two->overdue);
  told = dup_told (f, first);
  g_assert_nonnull (strstr (told, "export-imported\n"));
  g_assert_nonnull (strstr (told, "export-deleted\n"));
}

/* A clerk sees and signs for their own exports. */
static void
test_receipts_of_others (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login (f);
  g_autoptr (VaultAdmin) clerk = add_clerk (f, chief, CLERK);
  g_autoptr (VaultAdmin) other = add_clerk (f, chief, OTHER_CLERK);
  g_autofree char *chiefs = export_ok (f, chief, &zipped), *clerks = export_ok (f, clerk, &zipped);
  g_autoptr (GPtrArray) all = vault_list_exports (f->vault, chief, NULL),
                        own = vault_list_exports (f->vault, clerk, NULL),
                        none = vault_list_exports (f->vault, other, NULL);

  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpuint (own->len, ==, 1);
  g_assert_nonnull (get_export (own, clerks));
  g_assert_cmpuint (none->len, ==, 0);
  assert_receipt_refused (f, clerk, chiefs, "deleted", CUSTODY_ERROR_NO_SUCH_RECORD);
  assert_receipt_refused (f, other, clerks, "deleted", CUSTODY_ERROR_NO_SUCH_RECORD);
  g_assert_true (vault_add_receipt (f->vault, clerk, clerks, "deleted", NULL));
  g_assert_true (vault_add_receipt (f->vault, chief, chiefs, "deleted", NULL));
}

static guint
count_overdue (Fixture *f)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  Review review;
  guint count;

  g_assert_true (vault_review_record (f->vault, zone, &review, NULL));
  count = review.findings[REVIEW_NO_RECEIPT].count;
  g_assert_true (count == 0 || review.findings[REVIEW_NO_RECEIPT].first > 0);
  review_clear (&review);
  return count;
}

/* Told until somebody says that the file is gone: that it was taken in is not enough, nor that the record was reviewed. */
static void
test_overdue (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login (f);
  g_autofree char *id = export_ok (f, chief, &zipped);
  VaultExport masked = zipped;

  masked.dry_run = TRUE;
  g_free (export_ok (f, chief, &masked));
  clock_set_s = VAULT_RECEIPT_DAYS * DAY_S - 60;
  g_assert_cmpuint (count_overdue (f), ==, 0);
  clock_set_s = VAULT_RECEIPT_DAYS * DAY_S + 60;
  g_assert_cmpuint (count_overdue (f), ==, 1);
  g_assert_true (vault_sign_off_record (f->vault, chief, get_status (f).record_entries, NULL));
  g_assert_cmpuint (count_overdue (f), ==, 1);
  g_assert_true (vault_add_receipt (f->vault, chief, id, "imported", NULL));
  g_assert_cmpuint (count_overdue (f), ==, 1);
  g_assert_true (vault_add_receipt (f->vault, chief, id, "deleted", NULL));
  g_assert_cmpuint (count_overdue (f), ==, 0);
  clock_set_s = 0;
}

/* --- cut off --------------------------------------------------------------------------------------------------------- */

typedef struct
{
  int how, what;
  guint step; /* every so many calls; with -m slow every one */
} Cut;

static const Cut killed = { DIE, SYNC | WRITE | TPM, 3 }, disk_full = { FAIL, SYNC | WRITE, 4 };

/* In a process of its own: the passphrase goes to @pipe when it was told. */
static int
cut_off_in_child (Fixture *f, const Cut *kind, guint at, int pipe)
{
  g_autoptr (VaultAdmin) chief = NULL;
  g_auto (VaultExportReport) report = { 0 };
  gboolean ok;

  (void) g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  f->vault = vault_new (f->folder, NULL);
  chief = login (f);
  cut_at = at;
  counted = kind->what;
  armed = kind->how;
  ok = export_as (f, chief, &zipped, &report, NULL);
  armed = PASS;
  if (ok && REAL (write) (pipe, secret_get_data (report.passphrase, NULL), secret_get_size (report.passphrase)) <= 0)
    return 3;
  vault_free (f->vault);
  return n_calls < at ? 2 : ok ? 0 : 1;
}

/* TRUE: a whole zip; FALSE: an empty file or none. */
static gboolean
assert_whole_or_none (Fixture *f, const char *passphrase)
{
  g_autofree char *path = path_of (f), *bytes = NULL, *text = NULL;
  gsize size = 0;

  if (!g_file_get_contents (path, &bytes, &size, NULL) || size == 0)
    return FALSE;
  /* It ends as zips do, and without the passphrase nobody reads it. */
  g_assert_cmpuint (size, >, 22);
  g_assert_cmpmem (bytes + size - 22, 4, "PK\5\6", 4);
  g_assert_null (memmem (bytes, size, NUMBER, 6));
  text = seven_zip_text (path, passphrase);
  g_assert_cmpint (text != NULL && strstr (text, NUMBER) != NULL, ==, passphrase[0] != '\0');
  return TRUE;
}

static void
test_cut_off (Fixture *f, gconstpointer data)
{
  const Cut *kind = data;
  g_autofree char *kept = test_folder_new ();
  g_autofree char *snapshot = g_build_filename (kept, "vault", NULL);
  guint n_none = 0, n_whole = 0, at;

  close_vault (f);
  cut_copy_folder (f->folder, snapshot);
  for (at = 1;; at += g_test_slow () ? 1 : kind->step)
    {
      char passphrase[64] = "";
      int fds[2], status;
      pid_t child;
      gboolean whole, over;

      test_folder_remove (f->folder);
      cut_copy_folder (snapshot, f->folder);
      g_assert_cmpint (pipe (fds), ==, 0);
      child = fork ();
      if (child == 0)
        _exit (cut_off_in_child (f, kind, at, fds[1]));
      close (fds[1]);
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      g_assert_cmpint (read (fds[0], passphrase, sizeof passphrase - 1), >=, 0);
      close (fds[0]);
      over = WIFEXITED (status) && WEXITSTATUS (status) == 2;
      g_assert_true (over || (kind->how == DIE ? WIFSIGNALED (status) : WIFEXITED (status)));
      whole = assert_whole_or_none (f, passphrase);
      /* Told is there, and refused is not. */
      if (kind->how == FAIL || over)
        g_assert_cmpint (whole, ==, passphrase[0] != '\0');
      n_whole += whole;
      n_none += !whole;
      if (over)
        break;
    }
  g_test_message ("cut off up to call %u: %u times none, %u times whole", at, n_none, n_whole);
  g_assert_cmpuint (n_none, >=, 3);
  g_assert_cmpuint (n_whole, >=, 1);
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
  test_folder_remove (kept);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, func) g_test_add ("/receipt/" path, Fixture, NULL, set_up_approved, func, tear_down)
  ADD ("zip", test_zip);
  ADD ("chiefs-have-it-plain", test_chiefs_have_it_plain);
  ADD ("clerks-need-leave", test_clerks_need_leave);
  ADD ("receipts", test_receipts);
  ADD ("receipts-of-others", test_receipts_of_others);
  ADD ("overdue", test_overdue);
#undef ADD
#define ADD(path, kind) g_test_add ("/receipt/cut-off/" path, Fixture, &kind, set_up_approved, test_cut_off, tear_down)
  ADD ("killed", killed);
  ADD ("disk-full", disk_full);
  return g_test_run ();
}

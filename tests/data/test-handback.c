/* SPDX-License-Identifier: Apache-2.0 */
/* vault, handed back (返却): all of it in the client's hands, checked, and only then gone; and what a kill in between leaves. */
#include "term-fixture.h"

#include <sys/wait.h>

#include "certificate.h"
#include "csv.h"
#include "cut-off.h"
#include "record-file.h"
#include "vault-handback.h"
#include "vault-retire.h"

#define COMPANY "見本商事"
#define N_COLUMNS 19

typedef struct
{
  Fixture base;
  char *outside, *numbers, *record; /* the client's folder and files */
  char *person, *waiting, *child;
  guint8 key[ATTESTATION_KEY_BYTES];
} Back;

static void
set_up_back (Back *b, gconstpointer data)
{
  Fixture *f = &b->base;
  g_autoptr (VaultAdmin) chief = NULL;
  g_autofree char *approved = NULL, *pem = NULL, *none = NULL;

  set_up (f, data);
  b->outside = test_folder_new ();
  b->numbers = g_build_filename (b->outside, "numbers.csv", NULL);
  b->record = g_build_filename (b->outside, "record.tsv", NULL);
  b->person = add_person (f, "employee", "0001", NAME, "");
  b->waiting = add_person (f, "contractor", "C1", "見本, \"花\" 子", "");
  b->child = add_person (f, "dependant", "", "見本 次郎", b->person);
  none = add_person (f, "employee", "0009", "見本 未提出", "");
  chief = login (f);
  approved = collect_ok (f, b->person, NUMBER);
  g_free (collect_ok (f, b->waiting, OTHER_NUMBER));
  g_free (collect_ok (f, b->child, OTHER_NUMBER));
  g_assert_true (vault_approve (f->vault, chief->id, approved, "", NULL));
  g_free (add_ok (f, chief, CLERK, VAULT_CLERK, CLERK_PIN));
  g_free (add_ok (f, chief, CLIENT, VAULT_CLIENT, CLIENT_PIN));
  pem = vault_dup_record_key (f->vault, NULL);
  g_assert_true (attestation_key_from_pem (pem, strlen (pem), b->key));
}

static void
tear_down_back (Back *b, gconstpointer data)
{
  test_folder_remove (b->outside);
  g_free (b->outside);
  g_free (b->numbers);
  g_free (b->record);
  g_free (b->person);
  g_free (b->waiting);
  g_free (b->child);
  tear_down (&b->base, data);
}

static char *
hand_back_with (Back *b, VaultAdmin *by, const char *company, const char *pin_text, int flags,
                VaultHandBackReport *report, GError **error)
{
  g_autoptr (Secret) pin = secret_new_copy (pin_text, strlen (pin_text));
  const VaultHandBack what = { .company = company,
                               .pin = pin,
                               .numbers_fd = open (b->numbers, flags | O_CREAT | O_TRUNC | O_CLOEXEC, 0600),
                               .record_fd = open (b->record, flags | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) };
  guint tries;
  char *text = vault_hand_back (b->base.vault, by, &what, report, &tries, error);

  close (what.numbers_fd);
  close (what.record_fd);
  return text;
}

static char *
hand_back (Back *b, VaultAdmin *by, const char *pin_text, VaultHandBackReport *report, GError **error)
{
  return hand_back_with (b, by, COMPANY, pin_text, O_RDWR, report, error);
}

static char *
contents_of (const char *path, gsize *ret_size)
{
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, ret_size, NULL));
  return text;
}

static void
assert_files_are_empty (Back *b)
{
  gsize numbers, record;

  g_free (contents_of (b->numbers, &numbers));
  g_free (contents_of (b->record, &record));
  g_assert_cmpuint (numbers, ==, 0);
  g_assert_cmpuint (record, ==, 0);
}

/* The certificate that the vault's folder holds, and what it names: the very files that the client has. */
static void
assert_handed_back (Back *b)
{
  Fixture *f = &b->base;
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  const char *name = g_dir_read_name (dir);
  g_autofree char *path = g_build_filename (f->folder, name, NULL), *text = NULL, *numbers = NULL, *record = NULL;
  g_autoptr (Certificate) certificate = NULL;
  g_autoptr (GError) error = NULL;
  guint8 sha256[CERTIFICATE_DIGEST_BYTES];
  gsize n_digest = sizeof sha256, size, n_record;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  RecordFile file;

  g_assert_cmpint (get_status (f).state, ==, VAULT_UNINITIALISED);
  g_assert_true (g_str_has_prefix (name, VAULT_CERTIFICATE_PREFIX));
  g_assert_null (g_dir_read_name (dir));
  text = contents_of (path, &size);
  certificate = certificate_check (text, size, b->key, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (certificate->is_retirement && certificate->is_handed_back);
  g_assert_cmpstr (certificate->reason, ==, "handed-back");
  g_assert_cmpuint (certificate->n_numbers, ==, 3);
  g_assert_cmpuint (certificate->n_handed, ==, 3);
  numbers = contents_of (b->numbers, &size);
  g_checksum_update (checksum, (const guint8 *) numbers, (gssize) size);
  g_checksum_get_digest (checksum, sha256, &n_digest);
  g_assert_cmpmem (sha256, sizeof sha256, certificate->handed_file, sizeof certificate->handed_file);
  /* the record that was handed out, and the certificate's extract, are one chain */
  record = contents_of (b->record, &n_record);
  g_assert_true (record_file_check (record, n_record, b->key, NULL, &file, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (file.audit.head, sizeof file.audit.head, certificate->before, sizeof certificate->before);
}

/* --- what is in it --------------------------------------------------------------------------------------------------- */

static void
assert_row (CsvReader *reader, const char *code, const char *name, const char *parent_code, const char *number,
            const char *state, const char *person)
{
  g_assert_cmpint (csv_reader_next (reader), ==, CSV_ROW);
  g_assert_cmpuint (csv_reader_get_n_fields (reader), ==, N_COLUMNS);
  g_assert_cmpstr (csv_reader_get_field (reader, 1), ==, code);
  g_assert_cmpstr (csv_reader_get_field (reader, 2), ==, name);
  g_assert_cmpstr (csv_reader_get_field (reader, 3), ==, KANA);
  g_assert_cmpstr (csv_reader_get_field (reader, 4), ==, "1980-01-02");
  g_assert_cmpstr (csv_reader_get_field (reader, 6), ==, parent_code);
  g_assert_true (g_str_equal (csv_reader_get_field (reader, 10), number));
  g_assert_cmpstr (csv_reader_get_field (reader, 11), ==, state);
  g_assert_cmpstr (csv_reader_get_field (reader, 14), ==, "tax social-insurance");
  g_assert_cmpint (csv_reader_get_field (reader, 16)[0] != '\0', ==, g_str_equal (state, "approved"));
  g_assert_cmpstr (csv_reader_get_field (reader, 17), ==, person);
}

/* Everybody's number, approved or waiting; and then nothing any more. By the client, after the term's end. */
static void
test_end (Back *b, gconstpointer data)
{
  static const CsvLimits limits = { 1000000, 100, 100, 4096 };
  Fixture *f = &b->base;
  g_autoptr (VaultAdmin) client = login_as (f, CLIENT, CLIENT_PIN, NULL), chief = login_as (f, CHIEF, PIN, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvReader) reader = NULL;
  g_autofree char *text = NULL, *numbers = NULL, *again = NULL;
  VaultHandBackReport report;
  char *digit;
  gsize size;

  set_term (f, chief, "2020-03-31");
  text = hand_back (b, client, CLIENT_PIN, &report, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report.rows, ==, 3);
  assert_handed_back (b);
  reopen (f);
  assert_handed_back (b);
  numbers = contents_of (b->numbers, &size);
  g_assert_true (g_str_has_prefix (numbers, "\xef\xbb\xbfkind,code,name,"));
  reader = csv_reader_new (numbers + 3, size - 3, &limits);
  g_assert_cmpint (csv_reader_next (reader), ==, CSV_ROW);
  g_assert_cmpstr (csv_reader_get_field (reader, 10), ==, "number");
  assert_row (reader, "0001", NAME, "", NUMBER, "approved", b->person);
  assert_row (reader, "", "見本 次郎", "0001", OTHER_NUMBER, "collected", b->child);
  assert_row (reader, "C1", "見本, \"花\" 子", "", OTHER_NUMBER, "collected", b->waiting);
  g_assert_cmpint (csv_reader_next (reader), ==, CSV_END);
  /* neither numbers nor names of theirs in what anybody may see */
  g_assert_null (strstr (text, NUMBER));
  g_assert_null (strstr (text, NAME));
  /* and the file that it names cannot be exchanged for another */
  again = g_strdup (text);
  digit = strstr (again, "\nhanded-back\t") + strlen ("\nhanded-back\t");
  *digit = *digit == '0' ? '1' : '0';
  g_assert_null (certificate_check (again, strlen (again), b->key, NULL, NULL, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
}

/* Without a client it is the chief's, as long as the term runs. */
static void
test_by_chief (Back *b, gconstpointer data)
{
  Fixture *f = &b->base;
  g_autoptr (VaultAdmin) client = login_as (f, CLIENT, CLIENT_PIN, NULL), chief = login_as (f, CHIEF, PIN, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  VaultHandBackReport report;

  g_assert_null (hand_back (b, chief, PIN, &report, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_CLIENTS_ONLY);
  g_clear_error (&error);
  assert_last_entry (f, chief->id, "hand-back-refused", NULL);
  g_assert_true (vault_release (f->vault, client, NULL));
  g_assert_null (hand_back (b, client, CLIENT_PIN, &report, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
  g_clear_error (&error);
  set_term (f, chief, "2020-03-31");
  g_assert_null (hand_back (b, chief, PIN, &report, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_EXPIRED);
  g_clear_error (&error);
  assert_files_are_empty (b);
  set_term (f, chief, "");
  text = hand_back (b, chief, PIN, &report, &error);
  g_assert_no_error (error);
  assert_handed_back (b);
}

/* --- refusals -------------------------------------------------------------------------------------------------------- */

static void
test_refusals (Back *b, gconstpointer data)
{
  Fixture *f = &b->base;
  g_autoptr (VaultAdmin) client = login_as (f, CLIENT, CLIENT_PIN, NULL), clerk = login_as (f, CLERK, CLERK_PIN, NULL);
  g_autoptr (GPtrArray) findings = NULL;
  const struct
  {
    VaultAdmin *by;
    const char *company, *pin;
    int flags;
    CustodyError error;
  } cases[] = { { clerk, COMPANY, CLERK_PIN, O_RDWR, CUSTODY_ERROR_NOT_YOUR_ROLE },
                { client, "見本商会", CLIENT_PIN, O_RDWR, CUSTODY_ERROR_USAGE },
                { client, COMPANY, PIN, O_RDWR, CUSTODY_ERROR_WRONG_PIN },
                { client, COMPANY, CLIENT_PIN, O_WRONLY, CUSTODY_ERROR_USAGE },
                { client, COMPANY, CLIENT_PIN, O_RDWR | O_APPEND, CUSTODY_ERROR_USAGE } };
  VaultHandBackReport report;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (hand_back_with (b, cases[i].by, cases[i].company, cases[i].pin, cases[i].flags, &report, &error));
      g_assert_error (error, CUSTODY_ERROR, (int) cases[i].error);
      assert_last_entry (f, cases[i].by->id, "hand-back-refused", NULL);
      assert_files_are_empty (b);
    }
  reopen (f);
  assert_open (f);
  findings = vault_verify (f->vault, NULL);
  assert_findings (findings, NULL);
}

/* A number that does not open is not left behind in a vault that is destroyed. */
static void
test_unreadable (Back *b, gconstpointer data)
{
  Fixture *f = &b->base;
  g_autoptr (VaultAdmin) client = NULL;
  g_autoptr (GError) error = NULL;
  VaultHandBackReport report;

  with_database_on_record (f, "UPDATE numbers SET sealed = zeroblob (length (sealed)) WHERE state = 'collected'");
  f->vault = vault_new (f->folder, NULL);
  client = login_as (f, CLIENT, CLIENT_PIN, NULL);
  g_assert_null (hand_back (b, client, CLIENT_PIN, &report, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
  assert_last_entry (f, client->id, "hand-back-failed", NULL);
  assert_files_are_empty (b);
  assert_open (f);
}

static void
test_nothing (Fixture *f, gconstpointer data)
{
  Back b = { .base = *f };
  g_autoptr (VaultAdmin) chief = login (f);
  g_autoptr (GError) error = NULL;
  VaultHandBackReport report;

  b.outside = test_folder_new ();
  b.numbers = g_build_filename (b.outside, "n", NULL);
  b.record = g_build_filename (b.outside, "r", NULL);
  g_assert_null (hand_back (&b, chief, PIN, &report, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOTHING_TO_EXPORT);
  assert_open (f);
  test_folder_remove (b.outside);
  g_free (b.outside);
  g_free (b.numbers);
  g_free (b.record);
}

/* --- cut off at each step -------------------------------------------------------------------------------------------- */

typedef struct
{
  int how, what;
  guint step;
} Cut;

static const Cut killed = { DIE, SYNC | TPM, 4 }, killed_writing = { DIE, WRITE | SYNC, 9 },
                 disk_full = { FAIL, SYNC | WRITE, 7 }, tpm_gone = { FAIL, TPM, 6 };

/* 0 done, 1 refused with the vault alive, 2 over before, 3 begun, and to be gone on with. */
static int
cut_off_in_child (Back *b, const Cut *kind, guint at)
{
  Fixture *f = &b->base;
  g_autoptr (VaultAdmin) client = NULL;
  g_autofree char *text = NULL;
  VaultHandBackReport report;
  gboolean alive;

  (void) g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  f->vault = vault_new (f->folder, NULL);
  client = login_as (f, CLIENT, CLIENT_PIN, NULL);
  cut_at = at;
  counted = kind->what;
  armed = kind->how;
  text = hand_back (b, client, CLIENT_PIN, &report, NULL);
  armed = PASS;
  alive = get_status (f).state == VAULT_OPEN;
  vault_free (f->vault);
  return n_calls < at ? 2 : text != NULL ? 0 : alive ? 1 : 3;
}

/* Whenever it is cut off: the vault lives, or it is gone and the client has all of it. */
static void
test_cut_off (Back *b, gconstpointer data)
{
  Fixture *f = &b->base;
  const Cut *kind = data;
  g_autofree char *kept = test_folder_new ();
  g_autofree char *snapshot = g_build_filename (kept, "vault", NULL);
  guint n_open = 0, n_gone = 0, at;

  close_vault (f);
  cut_copy_folder (f->folder, snapshot);
  for (at = 1;; at += g_test_slow () ? 1 : kind->step)
    {
      gboolean gone;
      pid_t child;
      int status;

      test_folder_remove (f->folder);
      cut_copy_folder (snapshot, f->folder);
      child = fork ();
      if (child == 0)
        _exit (cut_off_in_child (b, kind, at));
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      if (WIFEXITED (status) && WEXITSTATUS (status) == 2)
        break;
      g_assert_true (kind->how == DIE ? WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL : WIFEXITED (status));
      f->vault = vault_new (f->folder, NULL);
      gone = get_status (f).state == VAULT_UNINITIALISED;
      if (gone)
        assert_handed_back (b);
      else
        {
          g_autoptr (GPtrArray) findings = NULL;

          assert_open (f);
          findings = vault_verify (f->vault, NULL);
          assert_findings (findings, NULL);
        }
      if (kind->how == FAIL)
        g_assert_cmpint (gone, ==, WEXITSTATUS (status) != 1);
      n_gone += gone;
      n_open += !gone;
      close_vault (f);
    }
  g_test_message ("cut off %u times, up to call %u: %u times before, %u times after", n_open + n_gone, at - 1, n_open,
                  n_gone);
  g_assert_cmpuint (n_open, >=, 1);
  g_assert_cmpuint (n_gone, >=, 2);
  f->vault = vault_new (f->folder, NULL);
  test_folder_remove (kept);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, func, data) g_test_add (path, Back, data, set_up_back, func, tear_down_back)
  ADD ("/hand-back/end", test_end, NULL);
  ADD ("/hand-back/by-chief", test_by_chief, NULL);
  ADD ("/hand-back/refusals", test_refusals, NULL);
  ADD ("/hand-back/unreadable", test_unreadable, NULL);
  g_test_add ("/hand-back/nothing", Fixture, NULL, set_up, test_nothing, tear_down);
  ADD ("/hand-back/cut-off/killed", test_cut_off, &killed);
  ADD ("/hand-back/cut-off/killed-writing", test_cut_off, &killed_writing);
  ADD ("/hand-back/cut-off/disk-full", test_cut_off, &disk_full);
  ADD ("/hand-back/cut-off/tpm-gone", test_cut_off, &tpm_gone);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vault, the record: checkpoints by a real (software) TPM, handing the record out, what tampering with either leaves behind. */
#include <sys/mman.h>

#include "chain.h"
#include "checkpoints.h"
#include "keyset.h"
#include "record-file.h"
#include "record.h"
#include "vault-fixture.h"

static char *
export_record (Fixture *f, VaultRecordReport *ret_report, GError **error)
{
  g_autofree char *path = g_build_filename (f->folder, "record.tsv", NULL);
  g_autoptr (VaultAdmin) admin = login (f);
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  gboolean ok = vault_export_record (f->vault, admin, fd, ret_report, error);
  char *text = NULL;
  gsize size;

  close (fd);
  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  g_assert_cmpint (g_unlink (path), ==, 0);
  if (!ok)
    {
      g_assert_cmpuint (size, ==, 0);
      g_clear_pointer (&text, g_free);
    }
  return text;
}

static void
get_key (Fixture *f, guint8 key[ATTESTATION_KEY_BYTES])
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pem = vault_dup_record_key (f->vault, &error);

  g_assert_no_error (error);
  g_assert_true (attestation_key_from_pem (pem, strlen (pem), key));
}

static void
make_checkpoint (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (vault_checkpoint (f->vault, &error));
  g_assert_no_error (error);
}

static void
assert_verified (Fixture *f, const char *bad_check)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) findings = vault_verify (f->vault, &error);

  g_assert_no_error (error);
  assert_findings (findings, bad_check);
}

static void
test_export (Fixture *f, gconstpointer data)
{
  VaultRecordReport report;
  RecordFile file;
  guint8 key[ATTESTATION_KEY_BYTES];
  g_autoptr (GError) error = NULL;
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *number = collect_ok (f, person, NUMBER);
  g_autofree char *text = NULL, *again = NULL;

  make_checkpoint (f);
  text = export_record (f, &report, &error);
  g_assert_no_error (error);
  get_key (f, key);
  g_assert_true (record_file_check (text, strlen (text), key, NULL, &file, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (file.audit.length, ==, report.entries);
  g_assert_cmpuint (file.audit.n_checkpoints, ==, 2);
  g_assert_cmpuint (report.checkpoints, ==, 2);
  g_assert_cmpstr (file.vault_id, ==, get_status (f).vault_id);
  /* it names nobody and no number */
  g_assert_null (strstr (text, NAME));
  g_assert_null (strstr (text, NUMBER));
  g_assert_null (strstr (text, "見本"));
  assert_verified (f, NULL);
  /* the key stays the same, and the TPM's counter and clock go on */
  reopen (f);
  again = export_record (f, &report, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (again, "azukari-record\t1\n"));
  g_assert_true (record_file_check (again, strlen (again), key, NULL, &file, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (file.audit.n_checkpoints, ==, 3);
}

static void
test_bad_target (Fixture *f, gconstpointer data)
{
  VaultRecordReport report;
  g_autoptr (VaultAdmin) admin = login (f);
  g_autoptr (GError) error = NULL, late = NULL;
  const guint64 before = get_status (f).record_entries;
  int fd = memfd_create ("record", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  g_assert_false (vault_export_record (f->vault, admin, fd, &report, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
  g_assert_cmpuint (get_status (f).record_entries, ==, before);
  /* fails at the first write, long after it was found fit */
  g_assert_cmpint (ftruncate (fd, 0), ==, 0);
  g_assert_cmpint (fcntl (fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW), ==, 0);
  g_assert_false (vault_export_record (f->vault, admin, fd, &report, &late));
  g_assert_error (late, CUSTODY_ERROR, CUSTODY_ERROR_FAILED);
  close (fd);
  assert_verified (f, NULL);
}

/* A checkpoint whose attestation is gone, exchanged or left over is named. */
static void
test_tampered_checkpoints (Fixture *f, gconstpointer data)
{
  const char *sql = data;

  make_checkpoint (f);
  g_assert_true (vault_note_throttle (f->vault, NULL));
  make_checkpoint (f);
  with_database (f, sql);
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
  assert_verified (f, "record");
}

/* The key of another vault's TPM in the keyset would make its signatures ours. */
static void
test_exchanged_key (Fixture *f, gconstpointer data)
{
  Fixture other = { 0 };
  g_autofree char *path = g_build_filename (f->folder, KEYS_FILE, NULL);
  g_autofree char *other_path = NULL;
  g_autoptr (Keyset) keyset = NULL, other_keyset = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&other, NULL);
  other_path = g_build_filename (other.folder, KEYS_FILE, NULL);
  other_keyset = keyset_load (other_path, &error);
  g_assert_no_error (error);
  close_vault (f);
  keyset = keyset_load (path, &error);
  g_assert_no_error (error);
  g_bytes_unref (keyset->attest_key);
  keyset->attest_key = g_bytes_ref (other_keyset->attest_key);
  g_assert_true (keyset_save (keyset, path, &error));
  f->vault = vault_new (f->folder, NULL);
  assert_sealed (f, "Tampered");
  tear_down (&other, NULL);
}

/* Where the TPM does not take its key, no checkpoint is made, and no entry says that one was. */
static void
test_failed_checkpoint (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, KEYS_FILE, NULL);
  g_autoptr (Keyset) keyset = NULL;
  g_autofree guint8 *blob = NULL;
  g_autoptr (GError) error = NULL;
  guint64 before;
  gsize size;

  close_vault (f);
  keyset = keyset_load (path, &error);
  g_assert_no_error (error);
  blob = g_memdup2 (g_bytes_get_data (keyset->attest_key, &size), g_bytes_get_size (keyset->attest_key));
  blob[size - 1] ^= 1; /* of the private part: only the TPM can tell */
  g_bytes_unref (keyset->attest_key);
  keyset->attest_key = g_bytes_new (blob, size);
  g_assert_true (keyset_save (keyset, path, &error));
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
  before = get_status (f).record_entries;
  g_assert_false (vault_checkpoint (f->vault, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED);
  g_assert_cmpuint (get_status (f).record_entries, ==, before);
  assert_verified (f, "keys");
}

static void
test_due (Fixture *f, gconstpointer data)
{
  g_assert_true (vault_checkpoint_is_due (f->vault));
  make_checkpoint (f);
  g_assert_false (vault_checkpoint_is_due (f->vault));
  for (guint i = 0; i < 999; i++)
    g_assert_true (vault_note_throttle (f->vault, NULL));
  g_assert_false (vault_checkpoint_is_due (f->vault));
  g_assert_true (vault_note_throttle (f->vault, NULL));
  g_assert_true (vault_checkpoint_is_due (f->vault));
  /* closing makes it */
  reopen (f);
  g_assert_false (vault_checkpoint_is_due (f->vault));
  assert_verified (f, NULL);
}

/* An entry of @offset_s from now, as a machine with that clock would have written it. */
static void
append_at (Fixture *f, gint64 offset_s)
{
  g_autoptr (Secret) database_key = NULL;
  g_autoptr (Keys) keys = NULL;
  g_autoptr (Store) store = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = g_date_time_add_seconds (now, (double) offset_s);
  g_auto (Entry) entry = { 0 };
  guint8 head[ENTRY_HASH_BYTES];
  guint64 length;

  close_vault (f);
  keys = keys_open (f->folder, NULL, &database_key, NULL);
  store = store_open (f->db_path, database_key, NULL);
  g_assert_true (record_get_length (store, &length, NULL) && record_get_head (store, head, NULL));
  entry.seq = length + 1;
  entry.time = g_date_time_format (then, "%Y-%m-%dT%H:%M:%SZ");
  entry.actor = g_strdup ("kiosk");
  entry.action = g_strdup ("identify-throttled");
  entry.subject = g_strdup ("");
  entry.detail = g_strdup ("");
  chain_hash (head, &entry, entry.hash);
  g_assert_true (store_begin (store, NULL));
  g_assert_true (entries_insert (store, &entry, NULL)
                 && store_set_meta_bytes (store, "record-head", entry.hash, ENTRY_HASH_BYTES, NULL)
                 && store_set_meta_number (store, "record-length", entry.seq, NULL));
  g_assert_true (store_commit (store, NULL));
}

static void
test_clock_set_back (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) admin = NULL;
  g_autoptr (GError) error = NULL;

  append_at (f, 3600);
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
  /* it stands in the record, and whoever verifies is told until the 責任者 has seen it */
  /* vault-made, the checkpoint of closing, the one from the future, and what was noticed */
  g_assert_cmpuint (get_status (f).record_entries, ==, 4);
  assert_verified (f, "clock");
  admin = login (f);
  g_assert_true (vault_sign_off_record (f->vault, admin, get_status (f).record_entries, &error));
  g_assert_no_error (error);
  assert_verified (f, NULL);
}

static void
test_sign_off (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) admin = login (f);
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  Review review;
  const guint64 bad[] = { 0, get_status (f).record_entries + 1, G_MAXUINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (vault_sign_off_record (f->vault, admin, bad[i], &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
    }
  /* after it, only what came later is to be looked at */
  g_assert_true (vault_review_record (f->vault, zone, &review, NULL));
  g_assert_cmpuint (review.first, ==, 1);
  g_assert_cmpuint (review.last, ==, 2);
  review_clear (&review);
  g_assert_true (vault_sign_off_record (f->vault, admin, 2, NULL));
  g_assert_true (vault_review_record (f->vault, zone, &review, NULL));
  g_assert_cmpuint (review.first, ==, 3);
  g_assert_cmpuint (review.last, ==, 3);
  review_clear (&review);
  admin->role = VAULT_CLERK;
  {
    g_autoptr (GError) error = NULL;

    g_assert_false (vault_sign_off_record (f->vault, admin, 1, &error));
    g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
  }
}

/* A new epoch takes the record and its checkpoints along. */
static void
test_new_epoch (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) admin = login (f);
  g_autoptr (Secret) old_pin = secret_new_copy (PIN, strlen (PIN)), new_pin = secret_new_copy ("mihon-5930", 10);
  guint8 before[ATTESTATION_KEY_BYTES], after[ATTESTATION_KEY_BYTES];
  g_autoptr (GError) error = NULL;
  guint tries;

  make_checkpoint (f);
  get_key (f, before);
  g_assert_true (vault_change_pin (f->vault, admin, old_pin, new_pin, &tries, &error));
  g_assert_no_error (error);
  make_checkpoint (f);
  get_key (f, after);
  g_assert_cmpmem (before, sizeof before, after, sizeof after);
  assert_verified (f, NULL);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path, *sql;
  } tampers[] = {
    { "/vault/record/tampered/attestation-gone", "DELETE FROM checkpoints WHERE seq = 2" },
    { "/vault/record/tampered/last-attestation-gone", "DELETE FROM checkpoints WHERE seq = 4" },
    { "/vault/record/tampered/attestation-of-another-entry",
      "UPDATE checkpoints SET attestation = (SELECT attestation FROM checkpoints WHERE seq = 4), "
      "signature = (SELECT signature FROM checkpoints WHERE seq = 4) WHERE seq = 2" },
    { "/vault/record/tampered/signature", "UPDATE checkpoints SET signature = zeroblob (64) WHERE seq = 2" },
    { "/vault/record/tampered/signature-cut", "UPDATE checkpoints SET signature = substr (signature, 1, 63)" },
    { "/vault/record/tampered/attestation-grown", "UPDATE checkpoints SET attestation = zeroblob (10000)" },
    { "/vault/record/tampered/attestation-of-no-entry",
      "INSERT INTO checkpoints SELECT 99, attestation, signature FROM checkpoints WHERE seq = 4" },
    { "/vault/record/tampered/attestation-of-no-checkpoint", "UPDATE checkpoints SET seq = 3 WHERE seq = 2" },
  };
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/vault/record/export", test_export },
    { "/vault/record/exchanged-key", test_exchanged_key },
    { "/vault/record/due", test_due },
    { "/vault/record/clock-set-back", test_clock_set_back },
    { "/vault/record/sign-off", test_sign_off },
    { "/vault/record/new-epoch", test_new_epoch },
    { "/vault/record/failed-checkpoint", test_failed_checkpoint },
    { "/vault/record/bad-target", test_bad_target },
  };

  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (tampers); i++)
    g_test_add (tampers[i].path, Fixture, tampers[i].sql, set_up, test_tampered_checkpoints, tear_down);
  return g_test_run ();
}

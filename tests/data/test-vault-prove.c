/* SPDX-License-Identifier: Apache-2.0 */
/* vault: the proof, and that it can fail: on a vault that lies open, on seals that bind nothing, on what lies beside. */
#include "admins-fixture.h"

#include <sodium.h>
#include <sqlite3.h>
#include <tss2/tss2_mu.h>

#include "keys-private.h"
#include "prove-private.h"
#include "randomness.h"
#include "tpm-private.h"
#include "vault-backup.h"

/* --- helpers --------------------------------------------------------------------------------------------------------- */

static GPtrArray *
prove_as (Fixture *f, const VaultAdmin *by)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *findings = vault_prove (f->vault, by, &error);

  g_assert_no_error (error);
  return findings;
}

static GPtrArray *
prove (Fixture *f)
{
  g_autoptr (VaultAdmin) admin = login (f);

  return prove_as (f, admin);
}

/* Just these checks, separated by spaces, say that something is wrong. */
static void
assert_bad (GPtrArray *findings, const char *checks)
{
  g_autoptr (GString) bad = g_string_new (NULL);

  for (guint i = 0; i < findings->len; i++)
    {
      const Finding *finding = g_ptr_array_index (findings, i);

      g_assert_nonnull (finding->expected);
      g_assert_nonnull (finding->happened);
      if (!finding->ok)
        g_string_append_printf (bad, "%s%s", bad->len > 0 ? " " : "", finding->check);
      else
        g_assert_cmpstr (finding->happened, ==, finding->expected);
    }
  if (g_strcmp0 (bad->str, checks) != 0)
    for (guint i = 0; i < findings->len; i++)
      g_test_message ("%s: %s", ((Finding *) findings->pdata[i])->check, ((Finding *) findings->pdata[i])->detail);
  g_assert_cmpstr (bad->str, ==, checks);
}

static void
assert_proof (Fixture *f, const char *bad)
{
  g_autoptr (GPtrArray) findings = prove (f);

  assert_bad (findings, bad);
}

/* The same for the half of the proof that starts no TPM. */
static void
assert_files (Fixture *f, const char *bad)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) finding_free);

  g_assert_true (prove_files (f->vault, findings, NULL));
  assert_bad (findings, bad);
}

static gboolean
has_check (GPtrArray *findings, const char *check)
{
  for (guint i = 0; i < findings->len; i++)
    if (g_str_equal (((const Finding *) g_ptr_array_index (findings, i))->check, check))
      return TRUE;
  return FALSE;
}

static void
assert_no_copy (Fixture *f)
{
  g_autofree char *copy = g_build_filename (f->folder, "prove-copy", NULL);

  g_assert_false (g_file_test (copy, G_FILE_TEST_EXISTS));
}

/* --- a vault that is as it should be --------------------------------------------------------------------------------- */

static void
test_stays_closed (Fixture *f, gconstpointer data)
{
  static const char *const checks[] = {
    "no-tpm",
    "database-without-key",
    "control-right-epoch",
    "wrong-epochs",
    "without-epoch",
    "seals",
    "old-copy",
    "old-epoch",
    "forged-epoch",
    "control-copied-tpm",
    "other-tpm",
    "other-tpm-by-force",
    "cleared-tpm",
    "cleared-tpm-by-force",
    "entropy",
    "plain-names",
    "plain-kana",
    "plain-numbers",
    "shape-header",
    "shape-pages",
    "shape-text",
    "shape-padding",
  };
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *record = collect_ok (f, person, NUMBER);
  g_autoptr (GPtrArray) findings = prove (f);
  guint32 tried = 0;

  assert_bad (findings, "");
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    (void) find_check (findings, checks[i]);
  g_assert_cmpuint (findings->len, ==, G_N_ELEMENTS (checks));
  /* Two seals, each earlier and later epoch, two ways. */
  g_assert_true (g_variant_lookup (find_check (findings, "wrong-epochs")->facts, "tried", "u", &tried));
  g_assert_cmpuint (tried, >=, 4 * 8);
  assert_no_copy (f);
  reopen (f);
  assert_open (f);
}

/* An auditor has no master secret: one trial less, and no right to anything more. */
static void
test_auditor (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login (f);
  g_autofree char *id = add_ok (f, chief, AUDITOR, VAULT_AUDITOR, AUDITOR_PIN);
  g_autoptr (VaultAdmin) auditor = login_as (f, AUDITOR, AUDITOR_PIN, NULL);
  g_autoptr (GPtrArray) findings = prove_as (f, auditor);

  assert_bad (findings, "");
  g_assert_false (has_check (findings, "old-epoch"));
  assert_last_entry (f, id, "proved", NULL);
}

/* As with a chip, whose state nobody copies and which nobody clears for a trial. */
static void
test_as_with_a_chip (Fixture *f, gconstpointer data)
{
  Keyset *keyset = f->vault->keys->keyset;
  g_autofree char *path = g_build_filename (f->folder, KEYS_FILE, NULL);
  g_autoptr (GPtrArray) findings = NULL;

  g_free (keyset->provider);
  keyset->provider = g_strdup ("tpm2");
  g_assert_true (keyset_save (keyset, path, NULL));
  findings = prove (f);
  assert_bad (findings, "");
  g_assert_false (has_check (findings, "old-copy"));
  g_assert_true (has_check (findings, "other-tpm-by-force"));
  g_assert_true (keys_retarget_copy (path, "swtpm", NULL));
}

/* A key that also asks how the machine booted: the same trials, by its own way in. */
static void
test_bound_to_boot (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) admin = login (f);
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (f->folder, KEYS_FILE, NULL);
  g_autoptr (Keyset) keyset = NULL;
  guint8 branches[KEYSET_BRANCHES_BYTES];

  vault_bind_boot (f->vault, admin, TRUE, &error);
  g_assert_no_error (error);
  findings = prove_as (f, admin);
  assert_bad (findings, "");
  /* A second way in that is not the gate. */
  keyset = keyset_copy (f->vault->keys->keyset, NULL);
  memcpy (branches, g_bytes_get_data (keyset->boot_branches, NULL), sizeof branches);
  branches[40] ^= 1;
  g_bytes_unref (keyset->boot_branches);
  keyset->boot_branches = g_bytes_new (branches, sizeof branches);
  g_assert_true (keyset_save (keyset, path, NULL));
  g_clear_pointer (&findings, g_ptr_array_unref);
  findings = prove_as (f, admin);
  g_assert_false (find_check (findings, "seals")->ok);
  g_assert_true (keyset_save (f->vault->keys->keyset, path, NULL));
}

/* Backups open here and nowhere else, and bring no old state back. */
static void
test_backups (Fixture *f, gconstpointer data)
{
  static const char *const checks[] = { "control-backup", "backup-elsewhere", "old-backup" };
  g_autofree char *place_path = test_folder_new ();
  g_autofree char *person = add_person (f, "employee", "0001", NAME, ""), *record = collect_ok (f, person, NUMBER);
  g_autofree char *place = NULL, *name = NULL, *path = NULL, *bytes = NULL;
  g_autoptr (VaultAdmin) admin = login (f);
  g_autoptr (GPtrArray) outcomes = NULL, findings = NULL;
  g_autoptr (GError) error = NULL;
  guint32 tried = 0;
  gsize n_bytes = 0;

  place = vault_backup_add_place (f->vault, admin, place_path, VAULT_BACKUP_KEEP_DAYS, &error);
  g_assert_no_error (error);
  findings = prove_as (f, admin);
  g_assert_false (has_check (findings, "control-backup"));
  g_clear_pointer (&findings, g_ptr_array_unref);
  outcomes = vault_backup (f->vault, "system", FALSE, &error);
  g_assert_no_error (error);
  findings = prove_as (f, admin);
  assert_bad (findings, "");
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    (void) find_check (findings, checks[i]);
  g_assert_true (g_variant_lookup (find_check (findings, "backup-elsewhere")->facts, "tried", "u", &tried));
  g_assert_cmpuint (tried, ==, 2);
  assert_no_copy (f);
  g_clear_pointer (&findings, g_ptr_array_unref);
  /* One that lies open: the same file with what can be read behind its header. */
  name = vault_backup_dup_name (f->vault, ((const VaultBackupOutcome *) outcomes->pdata[0])->generation);
  path = g_build_filename (place_path, name, NULL);
  g_assert_true (g_file_get_contents (path, &bytes, &n_bytes, NULL));
  memset (bytes + 2048, 0, n_bytes - 2048);
  memcpy (bytes + 2048, NAME, strlen (NAME));
  g_assert_true (g_file_set_contents (path, bytes, n_bytes, NULL));
  findings = prove_as (f, admin);
  assert_bad (findings, "old-backup control-backup entropy plain-names");
  test_folder_remove (place_path);
}

/* The copy is gone after a proof, after one that failed half-way, and after one that was killed. */
static void
test_leaves_no_copy (Fixture *f, gconstpointer data)
{
  g_autofree char *copy = g_build_filename (f->folder, "prove-copy", NULL);
  g_autofree char *inner = g_build_filename (copy, "cleared", NULL);
  g_autofree char *state = g_build_filename (inner, "tpm2-00.permall", NULL);
  g_autofree char *keyset = g_build_filename (f->folder, KEYS_FILE, NULL);
  g_autofree char *aside = g_strconcat (keyset, ".aside", NULL);
  g_autoptr (VaultAdmin) admin = login (f);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rename (keyset, aside), ==, 0);
  g_assert_null (vault_prove (f->vault, admin, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED);
  assert_no_copy (f);
  g_assert_cmpint (g_rename (aside, keyset), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (inner, 0700), ==, 0);
  g_assert_true (g_file_set_contents (state, "x", 1, NULL));
  reopen (f);
  assert_open (f);
  assert_no_copy (f);
}

/* What cannot be recorded is not copied. */
static void
test_is_recorded_first (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) admin = login (f);
  g_autoptr (GError) error = NULL;

  g_assert_true (store_exec (f->vault->store, "DROP TABLE record", NULL));
  g_assert_null (vault_prove (f->vault, admin, &error));
  g_assert_nonnull (error);
  assert_no_copy (f);
}

/* --- what lies beside ------------------------------------------------------------------------------------------------ */

static void
plant (Fixture *f, const char *name, const void *bytes, gsize n_bytes, const char *bad)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, bytes, n_bytes, NULL));
  assert_files (f, bad);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
test_beside (Fixture *f, gconstpointer data)
{
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *inner = g_build_filename (f->folder, "inner", NULL);
  g_autofree char *utf16 = NULL, *cp932 = NULL;
  gsize n_utf16, n_cp932;

  utf16 = g_convert ("x" NAME, -1, "UTF-16LE", "UTF-8", NULL, &n_utf16, NULL);
  cp932 = g_convert ("x" NAME, -1, "CP932", "UTF-8", NULL, &n_cp932, NULL);
  plant (f, "note.txt", "x" NAME, strlen ("x" NAME), "plain-names");
  plant (f, "note.txt", utf16, n_utf16, "plain-names");
  plant (f, "note.txt", cp932, n_cp932, "plain-names");
  plant (f, NAME, "x", 1, "plain-names");
  plant (f, "note.txt", "1980-01-02", 10, "plain-names");
  plant (f, "note.txt", "ダレカホカノヒト", strlen ("ダレカホカノヒト"), "plain-kana");
  plant (f, "note.txt", "7" NUMBER "7", strlen (NUMBER) + 2, "plain-numbers");
  plant (f, "note-" NUMBER, "x", 1, "plain-numbers");
  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  plant (f, "inner/note.txt", "1234-5678-9018", 14, "plain-numbers");
  g_assert_cmpint (g_rmdir (inner), ==, 0);
  assert_files (f, "");
}

/* --- a database that lies open --------------------------------------------------------------------------------------- */

/* A folder with the vault's keys and another database, which the proof takes for the vault's. */
typedef struct
{
  char *own, *other, *path;
} Swapped;

static Swapped
swap_folder (Fixture *f)
{
  Swapped swapped = { f->folder, test_folder_new (), NULL };
  g_autofree char *from = g_build_filename (f->folder, KEYS_SWTPM_FOLDER, NULL);
  g_autofree char *to = g_build_filename (swapped.other, KEYS_SWTPM_FOLDER, NULL);

  g_assert_cmpint (g_mkdir (to, 0700), ==, 0);
  test_file_copy (from, to, "tpm2-00.permall");
  test_file_copy (f->folder, swapped.other, KEYS_FILE);
  g_free (f->vault->folder);
  f->vault->folder = g_strdup (swapped.other);
  swapped.path = g_build_filename (swapped.other, STORE_FILE, NULL);
  return swapped;
}

static void
swap_back (Fixture *f, Swapped *swapped)
{
  g_free (f->vault->folder);
  f->vault->folder = g_strdup (swapped->own);
  test_folder_remove (swapped->other);
  g_free (swapped->other);
  g_free (swapped->path);
}

static void
test_open_database (Fixture *f, gconstpointer data)
{
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");
  Swapped swapped = swap_folder (f);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (swapped.path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db,
                                 "CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, number TEXT);"
                                 "INSERT INTO person (name, number) VALUES ('" NAME "', '" NUMBER "'), ('" KANA
                                 "', '" OTHER_NUMBER "');"
                                 "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
                                 "INSERT INTO person (name, number) SELECT 'somebody of no name ' || i, 'none' FROM n",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
  assert_proof (
      f, "database-without-key old-copy control-copied-tpm entropy plain-names plain-kana plain-numbers shape-header "
         "shape-pages shape-text shape-padding");
  swap_back (f, &swapped);
}

/* Encrypted, after a fashion: the page's key again and again, and a block cipher without chaining. */
static void
test_weakly_encrypted (Fixture *f, gconstpointer data)
{
  g_autofree guint8 *bytes = g_malloc (64 * 4096);
  Swapped swapped = swap_folder (f);
  guint8 key[4096];

  randombytes_buf (key, sizeof key);
  for (gsize i = 0; i < 64 * 4096; i++)
    bytes[i] = key[i % sizeof key] ^ (i % 4096 == 7 ? i / 4096 : 0);
  g_assert_true (g_file_set_contents (swapped.path, (const char *) bytes, 64 * 4096, NULL));
  assert_proof (f, "old-copy control-copied-tpm entropy");
  randombytes_buf (bytes, 64 * 4096);
  for (guint i = 0; i < 20; i++)
    memcpy (bytes + i * 8192 + 160, bytes, RANDOMNESS_BLOCK_BYTES);
  g_assert_true (g_file_set_contents (swapped.path, (const char *) bytes, 64 * 4096, NULL));
  assert_proof (f, "old-copy control-copied-tpm entropy");
  swap_back (f, &swapped);
}

/* --- seals ----------------------------------------------------------------------------------------------------------- */

static TPM2B_PUBLIC
public_of (GBytes *blob)
{
  TPM2B_PUBLIC public = { .size = 0 };
  gsize size, used = 0;
  const guint8 *bytes = g_bytes_get_data (blob, &size);

  g_assert_cmpuint (Tss2_MU_TPM2B_PUBLIC_Unmarshal (bytes, size, &used, &public), ==, TSS2_RC_SUCCESS);
  return public;
}

/* In the keyset's file the database key is sealed with those attributes, and with the epoch's policy or none. */
static void
seal_otherwise (Fixture *f, TPMA_OBJECT attributes, gboolean with_policy)
{
  Keys *keys = f->vault->keys;
  g_autoptr (Keyset) keyset = keyset_copy (keys->keyset, NULL);
  g_autofree char *path = g_build_filename (f->folder, KEYS_FILE, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) secret =
      tpm_epoch_unseal (keys->tpm, keys->keyset->epoch_index, keys->keyset->epoch, keys->keyset->dek, &error);
  TPM2B_PUBLIC template = public_of (keyset->dek);

  template.publicArea.objectAttributes = attributes;
  memset (&template.publicArea.unique, 0, sizeof template.publicArea.unique);
  if (!with_policy)
    template.publicArea.authPolicy.size = 0;
  g_bytes_unref (keyset->dek);
  keyset->dek = tpm_object_create (keys->tpm, &template, NULL, secret, &error);
  g_assert_no_error (error);
  g_assert_true (keyset_save (keyset, path, NULL));
}

#define FIXED (TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_NODA)

static void
test_loose_seals (Fixture *f, gconstpointer data)
{
  static const struct
  {
    TPMA_OBJECT attributes;
    gboolean with_policy;
    const char *bad;
  } seals[] = {
    { FIXED, TRUE, "" },
    /* sealed without policy: whoever has the TPM, whatever the epoch */
    { FIXED | TPMA_OBJECT_USERWITHAUTH, FALSE, "control-right-epoch without-epoch seals control-copied-tpm" },
    /* with the policy, and a way around it */
    { FIXED | TPMA_OBJECT_USERWITHAUTH, TRUE, "without-epoch seals" },
    /* might be carried to another TPM */
    { TPMA_OBJECT_NODA, TRUE, "seals" },
  };
  g_autofree char *path = g_build_filename (f->folder, KEYS_FILE, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (seals); i++)
    {
      g_test_message ("seal %u", i);
      seal_otherwise (f, seals[i].attributes, seals[i].with_policy);
      assert_proof (f, seals[i].bad);
    }
  g_assert_true (keyset_save (f->vault->keys->keyset, path, NULL));
  assert_proof (f, "");
}

/* A keyset from before a PIN was changed. */
static void
test_earlier_keyset (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, KEYS_FILE, NULL);
  g_autofree char *kept = g_build_filename (f->folder, "keyset.old", NULL);
  g_autofree char *content = NULL;
  g_autoptr (VaultAdmin) admin = login (f);
  g_autoptr (Secret) old_pin = secret_new_copy (PIN, strlen (PIN)), new_pin = secret_new_copy ("betsuno-4829", 12);
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  guint tries;

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  vault_change_pin (f->vault, admin, old_pin, new_pin, &tries, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (kept, content, size, NULL));
  findings = prove_as (f, admin);
  assert_bad (findings, "");
  g_assert_true (has_check (findings, "earlier-keyset"));
  /* The present one under another name is no earlier one: it does open. */
  g_clear_pointer (&content, g_free);
  g_clear_pointer (&findings, g_ptr_array_unref);
  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  g_assert_true (g_file_set_contents (kept, content, size, NULL));
  findings = prove_as (f, admin);
  assert_bad (findings, "earlier-keyset");
}

/* Put back as the vault's own it is no longer this epoch's. */
static void
test_old_keyset_in_place (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, KEYS_FILE, NULL);
  g_autofree char *content = NULL;
  g_autoptr (VaultAdmin) admin = login (f);
  g_autoptr (Secret) old_pin = secret_new_copy (PIN, strlen (PIN)), new_pin = secret_new_copy ("betsuno-4829", 12);
  g_autoptr (GPtrArray) findings = NULL;
  gsize size;
  guint tries;

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  g_assert_true (vault_change_pin (f->vault, admin, old_pin, new_pin, &tries, NULL));
  g_assert_true (g_file_set_contents (path, content, size, NULL));
  findings = prove_as (f, admin);
  assert_bad (findings, "control-right-epoch seals control-copied-tpm");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/vault/prove/stays-closed", test_stays_closed);
  ADD ("/vault/prove/auditor", test_auditor);
  ADD ("/vault/prove/as-with-a-chip", test_as_with_a_chip);
  ADD ("/vault/prove/bound-to-boot", test_bound_to_boot);
  ADD ("/vault/prove/backups", test_backups);
  ADD ("/vault/prove/leaves-no-copy", test_leaves_no_copy);
  ADD ("/vault/prove/is-recorded-first", test_is_recorded_first);
  ADD ("/vault/prove/beside", test_beside);
  ADD ("/vault/prove/open-database", test_open_database);
  ADD ("/vault/prove/weakly-encrypted", test_weakly_encrypted);
  ADD ("/vault/prove/loose-seals", test_loose_seals);
  ADD ("/vault/prove/earlier-keyset", test_earlier_keyset);
  ADD ("/vault/prove/old-keyset-in-place", test_old_keyset_in_place);
  return g_test_run ();
}

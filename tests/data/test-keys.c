/* SPDX-License-Identifier: Apache-2.0 */
/* keys: the keyset's file, and the vault's keys on a real software TPM. */
#include "keys.h"

#include <string.h>

#include "boot-otherwise.h"
#include "custody-error.h"
#include "data-test.h"
#include "keyset-earlier.h"

#define ADMIN "00000000-0000-4000-8000-000000000001"
#define PIN "mihon-4829"

typedef struct
{
  char *folder;
  Keys *keys;
  Secret *database_key, *counter_auth;
} Fixture;

static Secret *
text_secret (const char *text)
{
  return secret_new_copy (text, strlen (text));
}

static void
set_up_folder (Fixture *f, gconstpointer data)
{
  f->folder = test_folder_new ();
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) pin = text_secret (PIN);

  set_up_folder (f, data);
  f->keys = keys_create (f->folder, "swtpm", NULL, ADMIN, pin, &f->database_key, &f->counter_auth, &error);
  g_assert_no_error (error);
  g_assert_true (keys_arm_lock (f->keys, ADMIN, pin, &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->keys, keys_free);
  g_clear_pointer (&f->database_key, secret_free);
  g_clear_pointer (&f->counter_auth, secret_free);
  test_folder_remove (f->folder);
  g_free (f->folder);
}

static void
close_keys (Fixture *f)
{
  g_clear_pointer (&f->keys, keys_free);
}

static gboolean
login (Keys *keys, const char *pin_text, guint *ret_tries, GError **error)
{
  g_autoptr (Secret) pin = text_secret (pin_text);
  g_autoptr (Secret) vault_secret = NULL;

  return keys_login (keys, ADMIN, pin, &vault_secret, NULL, ret_tries, error);
}

static void
assert_open_fails (Fixture *f, const KeysPlaces *places, CustodyError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) key = NULL;
  g_autoptr (Keys) keys = keys_open (f->folder, places, &key, &error);

  g_assert_null (keys);
  g_assert_null (key);
  g_assert_error (error, CUSTODY_ERROR, (int) code);
}

static char *
keyset_path (Fixture *f)
{
  return g_build_filename (f->folder, KEYS_FILE, NULL);
}

/* --- keyset ---------------------------------------------------------------------------------------------------------- */

static void
test_keyset_byte_flips (Fixture *f, gconstpointer data)
{
  g_autofree char *path = keyset_path (f);
  g_autofree char *content = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  for (gsize i = 0; i < size; i++)
    {
      g_autofree char *flipped = g_memdup2 (content, size);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;

      flipped[i] ^= 1 << (i % 8);
      bytes = g_bytes_new (flipped, size);
      g_assert_null (keyset_parse (bytes, &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED);
    }
  for (gsize n = 0; n < size; n++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (content, n);
      g_autoptr (GError) error = NULL;

      g_assert_null (keyset_parse (bytes, &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED);
    }
}

static void
test_keyset_round_trip (Fixture *f, gconstpointer data)
{
  g_autofree char *path = keyset_path (f);
  g_autoptr (Keyset) keyset = keyset_load (path, NULL);
  g_autoptr (GBytes) once = keyset_serialize (keyset);
  g_autoptr (Keyset) again = keyset_parse (once, NULL);
  g_autoptr (GBytes) twice = keyset_serialize (again);
  GStatBuf st;

  g_assert_true (g_bytes_equal (once, twice));
  g_assert_nonnull (keyset_find_admin (again, ADMIN));
  g_assert_cmpint (g_stat (path, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0600);
}

static void
test_keyset_earlier_versions (Fixture *f, gconstpointer data)
{
  g_autofree char *path = keyset_path (f);
  guint8 attest[ATTESTATION_KEY_BYTES], kept[ATTESTATION_KEY_BYTES], point[KEYS_POINT_BYTES], digest[KEYS_INDEX_BYTES];
  g_autoptr (Secret) something = secret_new_random (32);

  g_assert_true (keys_get_attest_key (f->keys, attest));
  close_keys (f);
  for (guint version = 1; version <= 3; version++)
    {
      g_autoptr (Keyset) keyset = keyset_load (path, NULL);
      g_autoptr (GBytes) earlier = keyset_earlier_file (keyset, version);
      g_autoptr (Secret) key = NULL;
      g_autoptr (GError) error = NULL;
      gsize size;
      const char *bytes = g_bytes_get_data (earlier, &size);

      g_assert_true (g_file_set_contents (path, bytes, size, NULL));
      f->keys = keys_open (f->folder, NULL, &key, &error);
      g_assert_no_error (error);
      g_assert_cmpint (keys_get_transport_point (f->keys, point), ==, version == 3);
      g_assert_true (keys_complete (f->keys, &error));
      g_assert_no_error (error);
      g_assert_true (keys_get_transport_point (f->keys, point));
      g_assert_true (keys_index (f->keys, something, digest, &error));
      g_assert_true (keys_get_attest_key (f->keys, kept));
      /* what a version has stays what it was */
      if (version >= 2)
        g_assert_cmpmem (attest, sizeof attest, kept, sizeof kept);
      memcpy (attest, kept, sizeof attest);
      close_keys (f);
    }
}

/* A keyset with a good digest and hostile contents: bounds are the parser's, not the digest's. */
static void
test_keyset_hostile_costs (Fixture *f, gconstpointer data)
{
  g_autofree char *path = keyset_path (f);
  g_autoptr (Keyset) keyset = keyset_load (path, NULL);
  KeysetAdmin *admin = keyset_find_admin (keyset, ADMIN);
  g_autoptr (GBytes) bytes = NULL;

  admin->argon_kib = 64 * 1024 * 1024;
  bytes = keyset_serialize (keyset);
  g_assert_null (keyset_parse (bytes, NULL));
}

static void
test_keyset_missing (Fixture *f, gconstpointer data)
{
  g_autofree char *path = keyset_path (f);

  close_keys (f);
  g_assert_cmpint (g_unlink (path), ==, 0);
  assert_open_fails (f, NULL, CUSTODY_ERROR_KEYSET_MISSING);
}

static void
test_damaged_blob_is_not_another_tpm (Fixture *f, gconstpointer data)
{
  g_autofree char *path = keyset_path (f);
  g_autoptr (Keyset) keyset = keyset_load (path, NULL);
  gsize size;
  g_autofree guint8 *dek = g_memdup2 (g_bytes_get_data (keyset->dek, NULL), g_bytes_get_size (keyset->dek));

  close_keys (f);
  size = g_bytes_get_size (keyset->dek);
  dek[size - 20] ^= 1;
  g_bytes_unref (keyset->dek);
  keyset->dek = g_bytes_new (dek, size);
  g_assert_true (keyset_save (keyset, path, NULL));
  assert_open_fails (f, NULL, CUSTODY_ERROR_KEYSET_DAMAGED);
}

/* --- opening --------------------------------------------------------------------------------------------------------- */

static void
test_reopens_with_the_same_key (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) key = NULL;

  close_keys (f);
  f->keys = keys_open (f->folder, NULL, &key, &error);
  g_assert_no_error (error);
  g_assert_true (secret_equal (key, f->database_key));
  g_assert_true (keys_is_software (f->keys));
}

static void
test_other_tpm (Fixture *f, gconstpointer data)
{
  g_autofree char *other = g_build_filename (f->folder, "other", NULL);
  const KeysPlaces places = { .swtpm_folder = other };

  g_assert_cmpint (g_mkdir (other, 0700), ==, 0);
  assert_open_fails (f, &places, CUSTODY_ERROR_OTHER_TPM);
}

static void
clear_tpm (Fixture *f)
{
  g_autofree char *state = g_build_filename (f->folder, KEYS_SWTPM_FOLDER, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (Tpm) tpm = tpm_new (tpm_channel_new_swtpm (state, NULL), &error);

  g_assert_no_error (error);
  g_assert_true (tpm_clear_software (tpm, &error));
  g_assert_no_error (error);
}

static void
test_cleared_tpm (Fixture *f, gconstpointer data)
{
  close_keys (f);
  clear_tpm (f);
  assert_open_fails (f, NULL, CUSTODY_ERROR_TPM_CLEARED);
  /* Also once somebody else has put a new storage root key there. */
  {
    g_autofree char *state = g_build_filename (f->folder, KEYS_SWTPM_FOLDER, NULL);
    g_autoptr (Tpm) tpm = tpm_new (tpm_channel_new_swtpm (state, NULL), NULL);
    g_autoptr (GBytes) public = NULL, name = NULL;
    gboolean created;

    g_assert_true (tpm_srk_provision (tpm, &public, &name, &created, NULL));
    g_assert_true (created);
  }
  assert_open_fails (f, NULL, CUSTODY_ERROR_TPM_CLEARED);
}

static void
test_evicted_srk_is_made_again (Fixture *f, gconstpointer data)
{
  g_autofree char *state = g_build_filename (f->folder, KEYS_SWTPM_FOLDER, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) key = NULL;

  close_keys (f);
  {
    g_autoptr (Tpm) tpm = tpm_new (tpm_channel_new_swtpm (state, NULL), NULL);
    g_autoptr (GBytes) public = NULL, name = NULL;
    gboolean created;

    g_assert_true (tpm_srk_provision (tpm, &public, &name, &created, NULL));
    g_assert_false (created);
    tpm_srk_evict (tpm);
  }
  f->keys = keys_open (f->folder, NULL, &key, &error);
  g_assert_no_error (error);
  g_assert_true (secret_equal (key, f->database_key));
}

static void
test_no_tpm (Fixture *f, gconstpointer data)
{
  g_autofree char *nowhere = g_build_filename (f->folder, "nowhere", NULL);
  const KeysPlaces places = { .swtpm_folder = nowhere };

  assert_open_fails (f, &places, CUSTODY_ERROR_NO_TPM);
}

/* --- creating -------------------------------------------------------------------------------------------------------- */

static void
test_create_without_tpm_leaves_nothing (Fixture *f, gconstpointer data)
{
  g_autofree char *nowhere = g_build_filename (f->folder, "no-tpm", NULL);
  const KeysPlaces places = { .device = nowhere };
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) pin = text_secret (PIN);
  g_autoptr (GDir) dir = NULL;

  g_assert_null (keys_create (f->folder, "tpm2", &places, ADMIN, pin, &f->database_key, &f->counter_auth, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_TPM);
  dir = g_dir_open (f->folder, 0, NULL);
  g_assert_null (g_dir_read_name (dir));
}

static void
test_create_twice (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) pin = text_secret (PIN);

  g_assert_null (keys_create (f->folder, "swtpm", NULL, ADMIN, pin, NULL, NULL, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ALREADY_INITIALISED);
  g_assert_true (login (f->keys, PIN, &(guint){ 0 }, NULL));
}

/* What a failed set-up must give back to the TPM: its lock, its counters, its storage root key. */
static void
test_undo_gives_the_tpm_back (Fixture *f, gconstpointer data)
{
  g_autoptr (Secret) pin = text_secret (PIN);
  g_autoptr (GError) error = NULL;
  g_autofree char *state = g_build_filename (f->folder, "tpm", NULL);
  const KeysPlaces places = { .swtpm_folder = state };
  g_autoptr (Secret) key = NULL, auth = NULL;
  Keys *keys;
  TpmLockout lockout;
  guint32 index;

  g_assert_cmpint (g_mkdir (state, 0700), ==, 0);
  keys = keys_create (f->folder, "swtpm", &places, ADMIN, pin, &key, &auth, &error);
  g_assert_no_error (error);
  g_assert_true (keys_arm_lock (keys, ADMIN, pin, &error));
  keys_undo_create (keys);
  {
    g_autofree char *path = keyset_path (f);
    g_autoptr (Tpm) tpm = tpm_new (tpm_channel_new_swtpm (state, NULL), &error);
    g_autoptr (GBytes) public = NULL, name = NULL;
    gboolean created;

    g_assert_no_error (error);
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    g_assert_true (tpm_get_lockout (tpm, &lockout, NULL));
    g_assert_false (lockout.auth_is_set);
    g_assert_true (tpm_nv_find_free (tpm, &index, NULL));
    g_assert_cmphex (index, ==, 0x0180F001);
    g_assert_true (tpm_srk_provision (tpm, &public, &name, &created, NULL));
    g_assert_true (created);
  }
}

/* --- log-in ---------------------------------------------------------------------------------------------------------- */

static void
test_wrong_pin_counts_and_right_one_forgives (Fixture *f, gconstpointer data)
{
  guint tries = 0;

  for (guint i = 1; i <= 3; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (login (f->keys, "wrong-pin", &tries, &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_WRONG_PIN);
      g_assert_cmpuint (tries, ==, KEYS_MAX_TRIES - i);
    }
  g_assert_true (login (f->keys, PIN, &tries, NULL));
  g_assert_cmpuint (tries, ==, KEYS_MAX_TRIES);
}

static void
test_lockout_after_ten (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) locked = NULL, still = NULL, error = NULL;
  g_autoptr (Secret) key = NULL;
  guint tries = 0;

  for (guint i = 0; i < KEYS_MAX_TRIES; i++)
    g_assert_false (login (f->keys, "wrong-pin", &tries, NULL));
  g_assert_cmpuint (tries, ==, 0);
  /* Now the right PIN is refused too, and stays refused when the machine starts again. */
  g_assert_false (login (f->keys, PIN, &tries, &locked));
  g_assert_error (locked, CUSTODY_ERROR, CUSTODY_ERROR_LOCKED_OUT);
  close_keys (f);
  /* Collecting goes on: the database key has no PIN. */
  f->keys = keys_open (f->folder, NULL, &key, &error);
  g_assert_no_error (error);
  g_assert_false (login (f->keys, PIN, &tries, &still));
  g_assert_error (still, CUSTODY_ERROR, CUSTODY_ERROR_LOCKED_OUT);
}

static void
test_vault_secret_is_the_other_half (Fixture *f, gconstpointer data)
{
  g_autoptr (Secret) pin = text_secret (PIN);
  g_autoptr (Secret) first = NULL, second = NULL, key = NULL;
  guint tries;

  g_assert_true (keys_login (f->keys, ADMIN, pin, &first, NULL, &tries, NULL));
  close_keys (f);
  f->keys = keys_open (f->folder, NULL, &key, NULL);
  g_assert_true (keys_login (f->keys, ADMIN, pin, &second, NULL, &tries, NULL));
  g_assert_true (secret_equal (first, second));
  g_assert_false (test_folder_holds (f->folder, secret_get_data (first, NULL), KEYS_VAULT_BYTES));
  g_assert_false (test_folder_holds (f->folder, secret_get_data (key, NULL), 32));
}

static void
test_unknown_admin (Fixture *f, gconstpointer data)
{
  g_autoptr (Secret) pin = text_secret (PIN);
  g_autoptr (Secret) secret = NULL;
  g_autoptr (GError) error = NULL;
  guint tries;

  g_assert_false (keys_login (f->keys, "00000000-0000-4000-8000-000000000002", pin, &secret, NULL, &tries, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_ALLOWED);
  g_assert_cmpuint (tries, ==, KEYS_MAX_TRIES);
}

/* An unarmed lock means that anybody may reset the counter: the first log-in mends what a crash left. */
static void
test_login_arms_the_lock (Fixture *f, gconstpointer data)
{
  g_autoptr (Secret) pin = text_secret (PIN);
  g_autoptr (GError) error = NULL;
  g_autofree char *state = NULL;
  TpmLockout lockout;
  guint tries;

  f->keys = keys_create (f->folder, "swtpm", NULL, ADMIN, pin, &f->database_key, &f->counter_auth, &error);
  g_assert_no_error (error);
  g_assert_true (login (f->keys, PIN, &tries, &error));
  g_assert_no_error (error);
  close_keys (f);
  state = g_build_filename (f->folder, KEYS_SWTPM_FOLDER, NULL);
  {
    g_autoptr (Tpm) tpm = tpm_new (tpm_channel_new_swtpm (state, NULL), NULL);

    g_assert_true (tpm_get_lockout (tpm, &lockout, NULL));
  }
  g_assert_true (lockout.auth_is_set);
  g_assert_cmpuint (lockout.max_tries, ==, 10);
  g_assert_cmpuint (lockout.interval_s, ==, 7200);
  g_assert_cmpuint (lockout.lockout_recovery_s, ==, 86400);
}

/* A killed daemon's software TPM takes a moment to let go of its folder. */
static gpointer
let_go_soon (gpointer data)
{
  g_usleep (300000);
  keys_free (data);
  return NULL;
}

static void
test_waits_for_a_dying_swtpm (Fixture *f, gconstpointer data)
{
  GThread *thread = g_thread_new ("holder", let_go_soon, g_steal_pointer (&f->keys));
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) key = NULL;

  f->keys = keys_open (f->folder, NULL, &key, &error);
  g_assert_no_error (error);
  g_assert_true (secret_equal (key, f->database_key));
  g_thread_join (thread);
}

static void
test_lock_is_armed (Fixture *f, gconstpointer data)
{
  g_autoptr (Secret) pin = text_secret (PIN);
  gboolean is_armed;

  f->keys = keys_create (f->folder, "swtpm", NULL, ADMIN, pin, &f->database_key, &f->counter_auth, NULL);
  g_assert_true (keys_lock_is_armed (f->keys, &is_armed, NULL) && !is_armed);
  g_assert_true (keys_arm_lock (f->keys, ADMIN, pin, NULL));
  g_assert_true (keys_lock_is_armed (f->keys, &is_armed, NULL) && is_armed);
}

/* --- all keys at once ------------------------------------------------------------------------------------------------ */

static GBytes *
bytes_flipped (GBytes *bytes, gsize at)
{
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  copy[at] ^= 1;
  return g_bytes_new_take (g_steal_pointer (&copy), g_bytes_get_size (bytes));
}

static void
assert_check_fails (Fixture *f, const char *const *ids)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (keys_check (f->keys, ids, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED);
}

/* What the start does not need is found as well: in the private part of a key, and in how it is written down. */
static void
test_check_finds_each_key (Fixture *f, gconstpointer data)
{
  const char *const ids[] = { ADMIN, NULL }, *const nobody[] = { NULL },
                    *const more[] = { ADMIN, "00000000-0000-4000-8000-000000000009", NULL };
  g_autofree char *path = keyset_path (f);
  g_autoptr (GError) error = NULL;

  keys_check (f->keys, ids, &error);
  g_assert_no_error (error);
  assert_check_fails (f, nobody);
  assert_check_fails (f, more);
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (Keyset) keyset = keyset_load (path, NULL), whole = keyset_load (path, NULL);
      KeysetAdmin *admin = g_ptr_array_index (keyset->admins, 0);
      GBytes **const places[] = { &keyset->gate,      &keyset->epoch_secret,  &keyset->attest_key,
                                  &keyset->index_key, &keyset->transport_key, &admin->key,
                                  &keyset->identity,  &keyset->srk_public };
      GBytes *bytes = *places[i];
      g_autoptr (Secret) key = NULL;

      close_keys (f);
      *places[i] = bytes_flipped (bytes, i % 2 == 0 ? g_bytes_get_size (bytes) - 1 : 0);
      g_bytes_unref (bytes);
      g_assert_true (keyset_save (keyset, path, NULL));
      f->keys = keys_open (f->folder, NULL, &key, &error);
      g_assert_no_error (error);
      assert_check_fails (f, ids);
      close_keys (f);
      g_assert_true (keyset_save (whole, path, NULL));
    }
}

/* Which file to put back: the keyset that names another index, or the database that has another password for it. */
static void
test_counter_that_is_another (Fixture *f, gconstpointer data)
{
  g_autofree char *path = keyset_path (f);
  g_autoptr (Secret) other = secret_new_random (KEYS_COUNTER_AUTH_BYTES), key = NULL;
  g_autoptr (Keyset) keyset = keyset_load (path, NULL);
  g_autoptr (GError) error = NULL;
  guint64 value;

  g_assert_false (keys_counter_read (f->keys, other, &value, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
  g_clear_error (&error);
  close_keys (f);
  keyset->counter_index = keyset->epoch_index;
  g_assert_true (keyset_save (keyset, path, NULL));
  f->keys = keys_open (f->folder, NULL, &key, &error);
  g_assert_no_error (error);
  g_assert_false (keys_counter_read (f->keys, f->counter_auth, &value, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED);
}

/* --- transport and index --------------------------------------------------------------------------------------------- */

static void
test_transport_agrees (Fixture *f, gconstpointer data)
{
  g_autoptr (Keyset) keyset = NULL;
  g_autofree char *path = keyset_path (f), *state = g_build_filename (f->folder, "other-tpm", NULL);
  g_autoptr (Tpm) other = NULL;
  g_autoptr (Secret) sent = NULL, got = NULL, elsewhere = NULL;
  g_autoptr (GBytes) public = NULL, name = NULL;
  g_autoptr (GError) error = NULL;
  guint8 ephemeral[TPM_POINT_BYTES], point[KEYS_POINT_BYTES], blob_point[KEYS_POINT_BYTES];
  gboolean created;

  keyset = keyset_load (path, &error);
  g_assert_no_error (error);
  g_assert_true (keys_get_transport_point (f->keys, point));
  g_assert_true (tpm_blob_get_point (keyset->transport_key, blob_point));
  g_assert_cmpmem (point, sizeof point, blob_point, sizeof blob_point);
  close_keys (f);
  {
    g_autofree char *folder = g_build_filename (f->folder, KEYS_SWTPM_FOLDER, NULL);
    g_autoptr (Tpm) tpm = tpm_new (tpm_channel_new_swtpm (folder, NULL), &error);

    g_assert_no_error (error);
    g_assert_true (tpm_srk_open (tpm, keyset->srk_public, keyset->srk_name, &error));
    sent = tpm_admin_wrap (tpm, keyset->transport_key, ephemeral, &error);
    g_assert_no_error (error);
  }
  {
    g_autoptr (Secret) key = NULL;

    f->keys = keys_open (f->folder, NULL, &key, &error);
    g_assert_no_error (error);
  }
  got = keys_transport_agree (f->keys, ephemeral, &error);
  g_assert_no_error (error);
  g_assert_true (secret_equal (sent, got));
  /* a point off the curve */
  ephemeral[0] ^= 1;
  g_assert_null (keys_transport_agree (f->keys, ephemeral, NULL));
  /* the blob is of no use to another TPM */
  g_assert_cmpint (g_mkdir (state, 0700), ==, 0);
  other = tpm_new (tpm_channel_new_swtpm (state, NULL), &error);
  g_assert_no_error (error);
  g_assert_true (tpm_srk_provision (other, &public, &name, &created, &error));
  ephemeral[0] ^= 1;
  elsewhere = tpm_agree (other, keyset->transport_key, NULL, ephemeral, &error);
  g_assert_null (elsewhere);
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED);
}

static void
test_index_finds_the_same (Fixture *f, gconstpointer data)
{
  g_autoptr (Secret) one = secret_new_random (32);
  g_autoptr (Secret) other = secret_new_random (32);
  guint8 first[KEYS_INDEX_BYTES], again[KEYS_INDEX_BYTES], different[KEYS_INDEX_BYTES];

  g_assert_true (keys_can_index (f->keys));
  g_assert_true (keys_index (f->keys, one, first, NULL));
  g_assert_true (keys_index (f->keys, one, again, NULL));
  g_assert_true (keys_index (f->keys, other, different, NULL));
  g_assert_cmpmem (first, sizeof first, again, sizeof again);
  g_assert_cmpint (memcmp (first, different, sizeof first), !=, 0);
}

/* --- how the machine boots ------------------------------------------------------------------------------------------- */

static Secret *
open_master (Keys *keys)
{
  g_autoptr (Secret) pin = text_secret (PIN);
  g_autoptr (Secret) vault_secret = NULL;
  g_autoptr (GError) error = NULL;
  Secret *master = NULL;
  guint tries;

  g_assert_true (keys_login (keys, ADMIN, pin, &vault_secret, &master, &tries, &error));
  g_assert_no_error (error);
  return master;
}

/* (transfer full): the new database key */
static Secret *
change_boot (Fixture *f, KeysBoot boot)
{
  const KeysEpochChange change = { .boot = boot };
  g_autoptr (Secret) master = open_master (f->keys);
  g_autoptr (GError) error = NULL;
  g_autoptr (KeysEpoch) epoch = keys_epoch_prepare (f->keys, master, &change, &error);
  const Secret *key;
  gboolean unsure;

  g_assert_no_error (error);
  g_assert_true (keys_epoch_save (f->keys, epoch, &error));
  g_assert_true (keys_epoch_commit (f->keys, epoch, &unsure, &error));
  g_assert_true (keys_epoch_finish (f->keys, &error));
  key = keys_epoch_get_database_key (epoch);
  return secret_new_copy (secret_get_data (key, NULL), secret_get_size (key));
}

/* (transfer full) (nullable): what comes out unattended */
static Secret *
reopen_keys (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  Secret *key = NULL;

  close_keys (f);
  f->keys = keys_open (f->folder, NULL, &key, &error);
  g_assert_no_error (error);
  return key;
}

static void
test_boot_profile (Fixture *f, gconstpointer data)
{
  g_autoptr (Secret) key = NULL, unattended = NULL, by_pin = NULL, later = NULL, master = NULL;
  g_autoptr (GError) error = NULL;

  boot_otherwise (f->keys);
  key = change_boot (f, KEYS_BOOT_BIND);
  g_assert_true (keys_boot_is_bound (f->keys));
  unattended = keys_dek_unseal (f->keys, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (secret_equal (key, unattended));
  boot_otherwise (f->keys);
  g_assert_null (keys_dek_unseal (f->keys, NULL, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BOOT_CHANGED);
  g_clear_error (&error);

  /* Another state: nothing comes out without a PIN; with one the state as it is becomes the right one. */
  g_assert_null (reopen_keys (f));
  master = open_master (f->keys);
  by_pin = keys_boot_unseal (f->keys, master, &error);
  g_assert_no_error (error);
  g_assert_true (keys_boot_accept (f->keys, master, by_pin, &error));
  g_assert_no_error (error);
  g_assert_true (secret_equal (key, by_pin));
  later = reopen_keys (f);
  g_assert_nonnull (later);
  g_assert_true (secret_equal (key, later));
  g_assert_true (keys_boot_is_bound (f->keys));
}

static void
test_boot_profile_survives_epochs (Fixture *f, gconstpointer data)
{
  g_autoptr (Secret) bound = NULL, again = NULL, free_key = NULL, found = NULL,
                     wrong = secret_new_random (KEYS_MASTER_BYTES);
  g_autoptr (GError) error = NULL;

  boot_otherwise (f->keys);
  bound = change_boot (f, KEYS_BOOT_BIND);
  again = change_boot (f, KEYS_BOOT_AS_BEFORE);
  g_assert_false (secret_equal (bound, again));
  g_assert_null (reopen_keys (f));
  /* not the gate's auth, and no try of a PIN either */
  g_assert_null (keys_boot_unseal (f->keys, wrong, &error));
  g_assert_nonnull (error);
  keys_count_tries (f->keys);
  g_assert_cmpuint (keys_get_tries_left (f->keys), ==, KEYS_MAX_TRIES);
  free_key = change_boot (f, KEYS_BOOT_UNBIND);
  boot_otherwise (f->keys);
  found = keys_dek_unseal (f->keys, NULL, NULL);
  g_assert_nonnull (found);
  g_assert_true (secret_equal (free_key, found));
  g_assert_false (keys_boot_is_bound (f->keys));
}

/* The keyset from before the binding would open however the machine boots: binding is a new epoch. */
static void
test_boot_profile_kills_the_unbound (Fixture *f, gconstpointer data)
{
  g_autofree char *path = keyset_path (f), *old = NULL;
  g_autoptr (Secret) key = NULL, found = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &old, &size, NULL));
  key = change_boot (f, KEYS_BOOT_BIND);
  close_keys (f);
  g_assert_true (g_file_set_contents (path, old, size, NULL));
  f->keys = keys_open (f->folder, NULL, &found, &error);
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ROLLED_BACK);
  g_assert_null (f->keys);
}

/* --- counters -------------------------------------------------------------------------------------------------------- */

static void
test_counter_only_rises (Fixture *f, gconstpointer data)
{
  guint64 first, second, read;

  g_assert_true (keys_counter_read (f->keys, f->counter_auth, &first, NULL));
  g_assert_true (keys_counter_increment (f->keys, f->counter_auth, &second, NULL));
  g_assert_true (keys_counter_read (f->keys, f->counter_auth, &read, NULL));
  g_assert_cmpuint (second, ==, first + 1);
  g_assert_cmpuint (read, ==, second);
}

static void
test_counter_needs_its_auth (Fixture *f, gconstpointer data)
{
  g_autoptr (Secret) wrong = secret_new_random (KEYS_COUNTER_AUTH_BYTES);
  g_autoptr (GError) error = NULL;
  guint64 value;

  g_assert_false (keys_counter_increment (f->keys, wrong, &value, &error));
  g_assert_nonnull (error);
  /* A guess here must not use up PIN tries. */
  g_assert_cmpuint (keys_get_tries_left (f->keys), ==, KEYS_MAX_TRIES);
}

static void
test_epoch_closes_what_was_sealed (Fixture *f, gconstpointer data)
{
  g_autofree char *state = g_build_filename (f->folder, "epoch-tpm", NULL);
  g_autoptr (Tpm) tpm = NULL;
  g_autoptr (GBytes) public = NULL, name = NULL, gate = NULL, blob = NULL;
  g_autoptr (Secret) gate_auth = secret_new_random (32);
  g_autoptr (Secret) wrong = secret_new_random (32);
  g_autoptr (Secret) data_in = secret_new_random (48);
  g_autoptr (Secret) data_out = NULL;
  g_autoptr (GError) error = NULL;
  gboolean created;
  guint32 index;
  guint64 before, after;

  g_assert_cmpint (g_mkdir (state, 0700), ==, 0);
  tpm = tpm_new (tpm_channel_new_swtpm (state, NULL), &error);
  g_assert_no_error (error);
  secret_get_writable (gate_auth)[31] |= 1;
  g_assert_true (tpm_srk_provision (tpm, &public, &name, &created, &error));
  gate = tpm_gate_create (tpm, gate_auth, &error);
  g_assert_no_error (error);
  g_assert_true (tpm_nv_find_free (tpm, &index, &error));
  g_assert_true (tpm_epoch_create (tpm, index, gate, gate_auth, &before, &error));
  blob = tpm_epoch_seal (tpm, index, before, data_in, &error);
  g_assert_no_error (error);
  data_out = tpm_epoch_unseal (tpm, index, before, blob, &error);
  g_assert_no_error (error);
  g_assert_true (secret_equal (data_in, data_out));

  g_assert_false (tpm_epoch_bump (tpm, index, gate, wrong, &after, NULL));
  g_assert_true (tpm_epoch_bump (tpm, index, gate, gate_auth, &after, &error));
  g_assert_cmpuint (after, ==, before + 1);
  g_assert_null (tpm_epoch_unseal (tpm, index, before, blob, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ROLLED_BACK);
  g_assert_null (tpm_epoch_unseal (tpm, index, after, blob, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, up, func) g_test_add (path, Fixture, NULL, up, func, tear_down)
  ADD ("/keys/keyset/byte-flips", set_up, test_keyset_byte_flips);
  ADD ("/keys/keyset/round-trip", set_up, test_keyset_round_trip);
  ADD ("/keys/keyset/hostile-costs", set_up, test_keyset_hostile_costs);
  ADD ("/keys/keyset/earlier-versions", set_up, test_keyset_earlier_versions);
  ADD ("/keys/keyset/missing", set_up, test_keyset_missing);
  ADD ("/keys/keyset/damaged-blob-is-not-another-tpm", set_up, test_damaged_blob_is_not_another_tpm);
  ADD ("/keys/open/same-key", set_up, test_reopens_with_the_same_key);
  ADD ("/keys/open/other-tpm", set_up, test_other_tpm);
  ADD ("/keys/open/cleared-tpm", set_up, test_cleared_tpm);
  ADD ("/keys/open/evicted-srk-is-made-again", set_up, test_evicted_srk_is_made_again);
  ADD ("/keys/open/no-tpm", set_up, test_no_tpm);
  ADD ("/keys/create/without-tpm-leaves-nothing", set_up_folder, test_create_without_tpm_leaves_nothing);
  ADD ("/keys/create/twice", set_up, test_create_twice);
  ADD ("/keys/create/undo-gives-the-tpm-back", set_up_folder, test_undo_gives_the_tpm_back);
  ADD ("/keys/login/wrong-pin-counts-and-right-one-forgives", set_up, test_wrong_pin_counts_and_right_one_forgives);
  ADD ("/keys/login/lockout-after-ten", set_up, test_lockout_after_ten);
  ADD ("/keys/login/vault-secret-is-the-other-half", set_up, test_vault_secret_is_the_other_half);
  ADD ("/keys/login/unknown-admin", set_up, test_unknown_admin);
  ADD ("/keys/login/arms-the-lock", set_up_folder, test_login_arms_the_lock);
  ADD ("/keys/login/lock-is-armed", set_up_folder, test_lock_is_armed);
  ADD ("/keys/open/waits-for-a-dying-swtpm", set_up, test_waits_for_a_dying_swtpm);
  ADD ("/keys/check/finds-each-key", set_up, test_check_finds_each_key);
  ADD ("/keys/check/counter-that-is-another", set_up, test_counter_that_is_another);
  ADD ("/keys/transport/agrees", set_up, test_transport_agrees);
  ADD ("/keys/index/finds-the-same", set_up, test_index_finds_the_same);
  ADD ("/keys/boot/profile", set_up, test_boot_profile);
  ADD ("/keys/boot/survives-epochs", set_up, test_boot_profile_survives_epochs);
  ADD ("/keys/boot/kills-the-unbound", set_up, test_boot_profile_kills_the_unbound);
  ADD ("/keys/counter/only-rises", set_up, test_counter_only_rises);
  ADD ("/keys/counter/needs-its-auth", set_up, test_counter_needs_its_auth);
  ADD ("/keys/epoch/closes-what-was-sealed", set_up_folder, test_epoch_closes_what_was_sealed);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: provisioning, opening, log-in. */
#include "keys.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "custody-error.h"
#include "keyset.h"
#include "tpm.h"

#define ARGON_OPS 2
#define ARGON_KIB (64 * 1024)
#define AUTH_BYTES 32
#define SWTPM_START_TRIES 20
#define SWTPM_START_WAIT_US 100000
#define WRAP_CONTEXT "azukari vault secrets v1"
/* What a wrap holds: the vault's secret half, the gate's auth, the lock's password ("" when the lock is not ours). */
#define WRAP_PLAIN_BYTES (1 + KEYS_VAULT_BYTES + AUTH_BYTES + AUTH_BYTES)
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES

static const TpmLockout lock_limits = { .max_tries = KEYS_MAX_TRIES, .interval_s = 7200, .lockout_recovery_s = 86400 };

struct _Keys
{
  /* owned */
  char *folder;
  char *swtpm_folder;
  char *path;
  Keyset *keyset;
  Tpm *tpm;
  gboolean software;
  /* for keys_undo_create () */
  gboolean made_srk;
  gboolean made_swtpm_folder;
  Secret *lock_auth; /* of a lock that we armed in this very creation */
};

gboolean
keys_pin_is_acceptable (const guint8 *pin, gsize n_bytes)
{
  gboolean all_digits = TRUE, same = TRUE, rising = TRUE, falling = TRUE;

  if (n_bytes < KEYS_PIN_MIN || n_bytes > KEYS_PIN_MAX || !g_utf8_validate_len ((const char *) pin, n_bytes, NULL))
    return FALSE;
  for (gsize i = 0; i < n_bytes; i++)
    {
      all_digits = all_digits && g_ascii_isdigit (pin[i]);
      if (i > 0)
        {
          same = same && pin[i] == pin[i - 1];
          /* 9 to 0 and 0 to 9 go on the run: 890123 is one. */
          rising = rising && (pin[i] - '0' + 9) % 10 == pin[i - 1] - '0';
          falling = falling && (pin[i] - '0' + 1) % 10 == pin[i - 1] - '0';
        }
    }
  return !same && !(all_digits && (rising || falling));
}

/* --- the TPM of a vault ---------------------------------------------------------------------------------------------- */

static Keys *
keys_new (const char *folder, const KeysPlaces *places)
{
  Keys *self = g_new0 (Keys, 1);

  self->folder = g_strdup (folder);
  self->path = g_build_filename (folder, KEYS_FILE, NULL);
  self->swtpm_folder = places != NULL && places->swtpm_folder != NULL
                           ? g_strdup (places->swtpm_folder)
                           : g_build_filename (folder, KEYS_SWTPM_FOLDER, NULL);
  return self;
}

/* The software TPM of a daemon that was killed a moment ago may still hold its folder's lock. */
static Tpm *
start_swtpm (const char *folder, GError **error)
{
  for (guint tries = 0;; tries++)
    {
      g_autoptr (GError) problem = NULL;
      TpmChannel *channel = tpm_channel_new_swtpm (folder, error);
      Tpm *tpm = channel != NULL ? tpm_new (channel, &problem) : NULL;

      if (channel == NULL || tpm != NULL)
        return tpm;
      if (tries >= SWTPM_START_TRIES || !g_error_matches (problem, CUSTODY_ERROR, CUSTODY_ERROR_NO_TPM))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return NULL;
        }
      g_usleep (SWTPM_START_WAIT_US);
    }
}

static Tpm *
start_device (const char *path, GError **error)
{
  TpmChannel *channel = tpm_channel_new_device (path, error);

  return channel != NULL ? tpm_new (channel, error) : NULL;
}

static gboolean
connect_tpm (Keys *self, const char *provider, const KeysPlaces *places, GError **error)
{
  if (!g_str_equal (provider, "swtpm"))
    self->tpm = start_device (places != NULL && places->device != NULL ? places->device : TPM_CHANNEL_DEVICE, error);
  else if (g_file_test (self->swtpm_folder, G_FILE_TEST_IS_DIR))
    self->tpm = start_swtpm (self->swtpm_folder, error);
  else
    /* swtpm would make a new TPM in an empty folder; a vault whose TPM has vanished must not get one. */
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_TPM, "the software TPM's folder is missing");
  if (self->tpm == NULL)
    return FALSE;
  self->software = tpm_is_software (self->tpm);
  return TRUE;
}

/* --- PINs and wraps -------------------------------------------------------------------------------------------------- */

static Secret *
pin_stretch (const Secret *pin, const KeysetAdmin *admin, GError **error)
{
  g_autoptr (Secret) auth = secret_new (AUTH_BYTES);
  guint8 *bytes = secret_get_writable (auth);

  if (crypto_pwhash (bytes, AUTH_BYTES, (const char *) secret_get_data (pin, NULL), secret_get_size (pin), admin->salt,
                     admin->argon_ops, (gsize) admin->argon_kib * 1024, crypto_pwhash_ALG_ARGON2ID13)
      != 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "no memory to work the PIN");
      return NULL;
    }
  /* A TPM drops trailing zero bytes of an authValue. */
  bytes[AUTH_BYTES - 1] |= 1;
  return g_steal_pointer (&auth);
}

static Secret *
wrap_key (const Keyset *keyset, const KeysetAdmin *admin, const Secret *shared, const Secret *epoch_secret)
{
  Secret *key = secret_new (crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  guint8 name[TPM_NAME_BYTES] = { 0 };
  crypto_generichash_state state;

  (void) tpm_blob_get_name (admin->key, name);
  crypto_generichash_init (&state, secret_get_data (shared, NULL), secret_get_size (shared), secret_get_size (key));
  crypto_generichash_update (&state, (const guint8 *) WRAP_CONTEXT, sizeof WRAP_CONTEXT);
  crypto_generichash_update (&state, (const guint8 *) keyset->vault_id, strlen (keyset->vault_id) + 1);
  crypto_generichash_update (&state, (const guint8 *) admin->id, strlen (admin->id) + 1);
  crypto_generichash_update (&state, admin->ephemeral, sizeof admin->ephemeral);
  crypto_generichash_update (&state, name, sizeof name);
  crypto_generichash_update (&state, secret_get_data (epoch_secret, NULL), secret_get_size (epoch_secret));
  crypto_generichash_final (&state, secret_get_writable (key), secret_get_size (key));
  sodium_memzero (&state, sizeof state);
  return key;
}

static gboolean
wrap_close (Keys *self, KeysetAdmin *admin, const Secret *plain, const Secret *epoch_secret, GError **error)
{
  guint8 sealed[NONCE_BYTES + WRAP_PLAIN_BYTES + TAG_BYTES];
  g_autoptr (Secret) shared = tpm_admin_wrap (self->tpm, admin->key, admin->ephemeral, error);
  g_autoptr (Secret) key = NULL;

  if (shared == NULL)
    return FALSE;
  key = wrap_key (self->keyset, admin, shared, epoch_secret);
  randombytes_buf (sealed, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + NONCE_BYTES, NULL, secret_get_data (plain, NULL),
                                              secret_get_size (plain), self->keyset->vault_public, KEYS_VAULT_BYTES,
                                              NULL, sealed, secret_get_data (key, NULL));
  admin->wrap = g_bytes_new (sealed, sizeof sealed);
  return TRUE;
}

static Secret *
wrap_open (Keys *self, const KeysetAdmin *admin, const Secret *shared, const Secret *epoch_secret, GError **error)
{
  g_autoptr (Secret) key = wrap_key (self->keyset, admin, shared, epoch_secret);
  g_autoptr (Secret) plain = secret_new (WRAP_PLAIN_BYTES);
  gsize size;
  const guint8 *sealed = g_bytes_get_data (admin->wrap, &size);

  if (size != NONCE_BYTES + WRAP_PLAIN_BYTES + TAG_BYTES
      || crypto_aead_xchacha20poly1305_ietf_decrypt (secret_get_writable (plain), NULL, NULL, sealed + NONCE_BYTES,
                                                     size - NONCE_BYTES, self->keyset->vault_public, KEYS_VAULT_BYTES,
                                                     sealed, secret_get_data (key, NULL))
             != 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED,
                   "the wrapped secrets do not open with the right PIN");
      return NULL;
    }
  return g_steal_pointer (&plain);
}

/* --- creating -------------------------------------------------------------------------------------------------------- */

static gboolean
check_lock_is_acceptable (const TpmLockout *lockout, GError **error)
{
  /* Somebody else set the lock's password. Guessing would block it; its limits can still be judged. */
  if (!lockout->auth_is_set
      || (lockout->max_tries >= 1 && lockout->max_tries <= lock_limits.max_tries
          && lockout->interval_s >= lock_limits.interval_s))
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED,
               "the TPM's lock is in other hands and weaker than %u tries and %u s; clear the TPM in the firmware",
               lock_limits.max_tries, lock_limits.interval_s);
  return FALSE;
}

static gboolean
create_counters (Keys *self, const Secret *gate_auth, const Secret *counter_auth, GError **error)
{
  Keyset *keyset = self->keyset;
  guint64 value;

  keyset->gate = tpm_gate_create (self->tpm, gate_auth, error);
  if (keyset->gate == NULL || !tpm_nv_find_free (self->tpm, &keyset->epoch_index, error))
    return FALSE;
  if (!tpm_epoch_create (self->tpm, keyset->epoch_index, keyset->gate, gate_auth, &keyset->epoch, error))
    {
      keyset->epoch_index = 0;
      return FALSE;
    }
  if (!tpm_nv_find_free (self->tpm, &keyset->counter_index, error))
    return FALSE;
  if (!tpm_counter_create (self->tpm, keyset->counter_index, counter_auth, &value, error))
    {
      keyset->counter_index = 0;
      return FALSE;
    }
  return TRUE;
}

static gboolean
create_admin (Keys *self, const char *admin_id, const Secret *pin, const Secret *plain, const Secret *epoch_secret,
              GError **error)
{
  KeysetAdmin *admin = keyset_add_admin (self->keyset);
  g_autoptr (Secret) auth = NULL;

  admin->id = g_strdup (admin_id);
  admin->argon_ops = ARGON_OPS;
  admin->argon_kib = ARGON_KIB;
  randombytes_buf (admin->salt, sizeof admin->salt);
  auth = pin_stretch (pin, admin, error);
  if (auth == NULL)
    return FALSE;
  admin->key = tpm_admin_create (self->tpm, auth, error);
  return admin->key != NULL && wrap_close (self, admin, plain, epoch_secret, error);
}

/* Everything in the TPM and in the keyset; the caller undoes all of it on failure. */
static gboolean
create_objects (Keys *self, const char *admin_id, const Secret *pin, Secret **ret_database_key,
                Secret **ret_counter_auth, GError **error)
{
  g_autoptr (Secret) database_key = secret_new_random (KEYS_DATABASE_KEY_BYTES);
  g_autoptr (Secret) epoch_secret = secret_new_random (AUTH_BYTES);
  g_autoptr (Secret) gate_auth = secret_new_random (AUTH_BYTES);
  g_autoptr (Secret) counter_auth = secret_new_random (KEYS_COUNTER_AUTH_BYTES);
  g_autoptr (Secret) plain = secret_new (WRAP_PLAIN_BYTES);
  guint8 *parts = secret_get_writable (plain);
  Keyset *keyset = self->keyset;
  TpmLockout lockout;

  secret_get_writable (gate_auth)[AUTH_BYTES - 1] |= 1;
  secret_get_writable (counter_auth)[KEYS_COUNTER_AUTH_BYTES - 1] |= 1;
  if (!tpm_get_lockout (self->tpm, &lockout, error) || !check_lock_is_acceptable (&lockout, error))
    return FALSE;
  keyset->identity = tpm_dup_identity (self->tpm);
  if (!tpm_srk_provision (self->tpm, &keyset->srk_public, &keyset->srk_name, &self->made_srk, error)
      || !create_counters (self, gate_auth, counter_auth, error))
    return FALSE;
  keyset->dek = tpm_epoch_seal (self->tpm, keyset->epoch_index, keyset->epoch, database_key, error);
  if (keyset->dek == NULL)
    return FALSE;
  keyset->epoch_secret = tpm_epoch_seal (self->tpm, keyset->epoch_index, keyset->epoch, epoch_secret, error);
  if (keyset->epoch_secret == NULL)
    return FALSE;
  parts[0] = !lockout.auth_is_set;
  crypto_box_keypair (keyset->vault_public, parts + 1);
  memcpy (parts + 1 + KEYS_VAULT_BYTES, secret_get_data (gate_auth, NULL), AUTH_BYTES);
  if (!lockout.auth_is_set)
    {
      randombytes_buf (parts + 1 + KEYS_VAULT_BYTES + AUTH_BYTES, AUTH_BYTES);
      parts[WRAP_PLAIN_BYTES - 1] |= 1;
    }
  if (!create_admin (self, admin_id, pin, plain, epoch_secret, error) || !keyset_save (keyset, self->path, error))
    return FALSE;
  *ret_database_key = g_steal_pointer (&database_key);
  *ret_counter_auth = g_steal_pointer (&counter_auth);
  return TRUE;
}

Keys *
keys_create (const char *folder, const char *provider, const KeysPlaces *places, const char *admin_id,
             const Secret *pin, Secret **ret_database_key, Secret **ret_counter_auth, GError **error)
{
  Keys *self = keys_new (folder, places);

  if (g_file_test (self->path, G_FILE_TEST_EXISTS))
    {
      keys_free (self);
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ALREADY_INITIALISED, "there is a keyset already");
      return NULL;
    }
  self->keyset = keyset_new ();
  self->keyset->provider = g_strdup (provider);
  self->keyset->vault_id = g_uuid_string_random ();
  if (g_str_equal (provider, "swtpm"))
    {
      /* A TPM that was there before is used only where the caller named it. */
      self->made_swtpm_folder = g_mkdir (self->swtpm_folder, 0700) == 0;
      if (!self->made_swtpm_folder && (errno != EEXIST || places == NULL || places->swtpm_folder == NULL))
        {
          custody_error_set_errno (error, errno, "make the software TPM's folder");
          keys_free (self);
          return NULL;
        }
    }
  if (!connect_tpm (self, provider, places, error)
      || !create_objects (self, admin_id, pin, ret_database_key, ret_counter_auth, error))
    {
      keys_undo_create (self);
      return NULL;
    }
  return self;
}

static void
remove_flat_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      (void) g_unlink (file);
    }
  (void) g_rmdir (path);
}

void
keys_undo_create (Keys *self)
{
  if (self == NULL)
    return;
  if (self->tpm != NULL)
    {
      if (self->lock_auth != NULL)
        (void) tpm_lockout_set (self->tpm, self->lock_auth, NULL, &lock_limits, NULL);
      if (self->keyset->counter_index != 0)
        tpm_nv_undefine (self->tpm, self->keyset->counter_index);
      if (self->keyset->epoch_index != 0)
        tpm_nv_undefine (self->tpm, self->keyset->epoch_index);
      if (self->made_srk)
        tpm_srk_evict (self->tpm);
      g_clear_pointer (&self->tpm, tpm_free);
    }
  (void) g_unlink (self->path);
  if (self->made_swtpm_folder)
    remove_flat_folder (self->swtpm_folder);
  keys_free (self);
}

/* --- opening --------------------------------------------------------------------------------------------------------- */

/* The SRK is another one: was this TPM cleared, or is it another TPM? The endorsement seed survives a clear. */
static void
tell_cleared_from_other (Keys *self, GError **error)
{
  g_autoptr (GBytes) identity = NULL;

  if (error == NULL || !g_error_matches (*error, CUSTODY_ERROR, CUSTODY_ERROR_OTHER_TPM)
      || g_bytes_get_size (self->keyset->identity) == 0)
    return;
  identity = tpm_dup_identity (self->tpm);
  if (g_bytes_equal (identity, self->keyset->identity))
    {
      g_clear_error (error);
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TPM_CLEARED, "this is the vault's TPM, but it has been cleared");
    }
}

Keys *
keys_open (const char *folder, const KeysPlaces *places, Secret **ret_database_key, GError **error)
{
  g_autoptr (Keys) self = keys_new (folder, places);
  g_autoptr (GError) problem = NULL;
  Secret *database_key = NULL;

  self->keyset = keyset_load (self->path, error);
  if (self->keyset == NULL || !connect_tpm (self, self->keyset->provider, places, error))
    return NULL;
  if (tpm_srk_open (self->tpm, self->keyset->srk_public, self->keyset->srk_name, &problem))
    database_key =
        tpm_epoch_unseal (self->tpm, self->keyset->epoch_index, self->keyset->epoch, self->keyset->dek, &problem);
  if (database_key == NULL)
    {
      tell_cleared_from_other (self, &problem);
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if (secret_get_size (database_key) != KEYS_DATABASE_KEY_BYTES)
    {
      secret_free (database_key);
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED, "the sealed database key has the wrong size");
      return NULL;
    }
  *ret_database_key = database_key;
  return g_steal_pointer (&self);
}

void
keys_free (Keys *self)
{
  if (self == NULL)
    return;
  tpm_free (self->tpm);
  keyset_free (self->keyset);
  secret_free (self->lock_auth);
  g_free (self->folder);
  g_free (self->swtpm_folder);
  g_free (self->path);
  g_free (self);
}

const char *
keys_get_provider (const Keys *self)
{
  return self->keyset->provider;
}

const char *
keys_get_vault_id (const Keys *self)
{
  return self->keyset->vault_id;
}

gboolean
keys_is_software (const Keys *self)
{
  return self->software;
}

const guint8 *
keys_get_vault_public (const Keys *self)
{
  return self->keyset->vault_public;
}

guint
keys_get_tries_left (Keys *self)
{
  TpmLockout lockout;

  if (!tpm_get_lockout (self->tpm, &lockout, NULL) || lockout.counter >= lockout.max_tries)
    return 0;
  return lockout.max_tries - lockout.counter;
}

gboolean
keys_lock_is_armed (Keys *self)
{
  TpmLockout lockout;

  return tpm_get_lockout (self->tpm, &lockout, NULL) && lockout.auth_is_set
         && check_lock_is_acceptable (&lockout, NULL);
}

/* --- logging in ------------------------------------------------------------------------------------------------------ */

static Secret *
secrets_open (Keys *self, const char *admin_id, const Secret *pin, GError **error)
{
  const Keyset *keyset = self->keyset;
  const KeysetAdmin *admin = keyset_find_admin (keyset, admin_id);
  g_autoptr (Secret) epoch_secret = NULL, auth = NULL, shared = NULL;

  if (admin == NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_ALLOWED, "no such admin");
      return NULL;
    }
  epoch_secret = tpm_epoch_unseal (self->tpm, keyset->epoch_index, keyset->epoch, keyset->epoch_secret, error);
  if (epoch_secret == NULL)
    return NULL;
  auth = pin_stretch (pin, admin, error);
  if (auth == NULL)
    return NULL;
  shared = tpm_admin_agree (self->tpm, admin->key, auth, admin->ephemeral, error);
  if (shared == NULL)
    return NULL;
  return wrap_open (self, admin, shared, epoch_secret, error);
}

static Secret *
lock_auth_of (const Secret *plain)
{
  const guint8 *parts = secret_get_data (plain, NULL);

  return parts[0] ? secret_new_copy (parts + 1 + KEYS_VAULT_BYTES + AUTH_BYTES, AUTH_BYTES) : NULL;
}

static gboolean
arm_lock (Keys *self, const Secret *plain, GError **error)
{
  g_autoptr (Secret) auth = lock_auth_of (plain);
  TpmLockout lockout;

  if (!tpm_get_lockout (self->tpm, &lockout, error))
    return FALSE;
  if (lockout.auth_is_set)
    return check_lock_is_acceptable (&lockout, error);
  if (auth == NULL)
    {
      /* The lock was in other hands when the vault was made, and is in nobody's now. */
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TPM_CLEARED, "the TPM's lock has lost its password");
      return FALSE;
    }
  return tpm_lockout_set (self->tpm, NULL, auth, &lock_limits, error);
}

gboolean
keys_arm_lock (Keys *self, const char *admin_id, const Secret *pin, GError **error)
{
  g_autoptr (Secret) plain = secrets_open (self, admin_id, pin, error);
  TpmLockout before;

  if (plain == NULL || !tpm_get_lockout (self->tpm, &before, error) || !arm_lock (self, plain, error))
    return FALSE;
  if (!before.auth_is_set)
    self->lock_auth = lock_auth_of (plain);
  return TRUE;
}

gboolean
keys_login (Keys *self, const char *admin_id, const Secret *pin, Secret **ret_vault_secret, guint *ret_tries_left,
            GError **error)
{
  g_autoptr (Secret) plain = secrets_open (self, admin_id, pin, error);
  g_autoptr (Secret) lock_auth = NULL;
  TpmLockout lockout;

  if (plain != NULL && !arm_lock (self, plain, error))
    g_clear_pointer (&plain, secret_free);
  if (plain != NULL)
    {
      lock_auth = lock_auth_of (plain);
      /* The PIN was right, so the failures before it are forgiven. Where that fails the log-in still stands: the tries come
       * back with time. */
      if (lock_auth != NULL && tpm_get_lockout (self->tpm, &lockout, NULL) && lockout.counter > 0)
        (void) tpm_lockout_reset (self->tpm, lock_auth, NULL);
      *ret_vault_secret = secret_new_copy (secret_get_data (plain, NULL) + 1, KEYS_VAULT_BYTES);
    }
  *ret_tries_left = keys_get_tries_left (self);
  return plain != NULL;
}

gboolean
keys_retarget_copy (const char *path, const char *provider, GError **error)
{
  g_autoptr (Keyset) keyset = keyset_load (path, error);

  if (keyset == NULL)
    return FALSE;
  g_free (keyset->provider);
  keyset->provider = g_strdup (provider);
  return keyset_save (keyset, path, error);
}

gboolean
keys_counter_read (Keys *self, const Secret *auth, guint64 *ret_value, GError **error)
{
  return tpm_counter_read (self->tpm, self->keyset->counter_index, auth, ret_value, error);
}

gboolean
keys_counter_increment (Keys *self, const Secret *auth, guint64 *ret_value, GError **error)
{
  return tpm_counter_increment (self->tpm, self->keyset->counter_index, auth, ret_value, error);
}

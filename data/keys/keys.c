/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: provisioning, opening, log-in. */
#include "keys-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "custody-error.h"

#define RECONNECT_AFTER_US (1 * G_USEC_PER_SEC)
#define SWTPM_START_TRIES 20
#define SWTPM_START_WAIT_US 100000

/* --- the TPM of a vault ---------------------------------------------------------------------------------------------- */

static Keys *
keys_new (const char *folder, const KeysPlaces *places)
{
  Keys *self = g_new0 (Keys, 1);

  self->roles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->scopes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->folder = g_strdup (folder);
  self->path = g_build_filename (folder, KEYS_FILE, NULL);
  self->next_path = g_build_filename (folder, KEYS_NEXT_FILE, NULL);
  self->device = g_strdup (places != NULL && places->device != NULL ? places->device : TPM_CHANNEL_DEVICE);
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
connect_tpm (Keys *self, const char *provider, GError **error)
{
  if (!g_str_equal (provider, "swtpm"))
    self->tpm = start_device (self->device, error);
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

/* --- creating -------------------------------------------------------------------------------------------------------- */

static gboolean
check_lock_is_acceptable (const TpmLockout *lockout, GError **error)
{
  /* Somebody else set the lock's password. Guessing would block it; its limits can still be judged. */
  if (!lockout->auth_is_set
      || (lockout->max_tries >= 1 && lockout->max_tries <= keys_lock_limits.max_tries
          && lockout->interval_s >= keys_lock_limits.interval_s))
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED,
               "the TPM's lock is in other hands and weaker than %u tries and %u s; clear the TPM in the firmware",
               keys_lock_limits.max_tries, keys_lock_limits.interval_s);
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

/* What keysets of earlier programs have not. */
static gboolean
create_later_keys (Keys *self, Keyset *keyset, GError **error)
{
  static GBytes *(*const create[]) (Tpm *, GError **) = { tpm_attest_key_create, tpm_transport_key_create,
                                                          tpm_index_key_create };
  GBytes **const places[] = { &keyset->attest_key, &keyset->transport_key, &keyset->index_key };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      GBytes *made = *places[i] != NULL && g_bytes_get_size (*places[i]) > 0 ? *places[i] : create[i](self->tpm, error);

      if (made == NULL)
        return FALSE;
      if (made != *places[i])
        g_clear_pointer (places[i], g_bytes_unref);
      *places[i] = made;
    }
  return TRUE;
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
  g_autoptr (Secret) plain = secret_new (KEYS_MASTER_BYTES);
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
  if (!keys_dek_seal (self, keyset, FALSE, gate_auth, database_key, error))
    return FALSE;
  keyset->epoch_secret = tpm_epoch_seal (self->tpm, keyset->epoch_index, keyset->epoch, epoch_secret, error);
  if (keyset->epoch_secret == NULL)
    return FALSE;
  if (!create_later_keys (self, keyset, error))
    return FALSE;
  parts[0] = !lockout.auth_is_set;
  crypto_box_keypair (keyset->vault_public, parts + MASTER_VAULT);
  memcpy (parts + MASTER_GATE, secret_get_data (gate_auth, NULL), AUTH_BYTES);
  if (!lockout.auth_is_set)
    {
      randombytes_buf (parts + MASTER_LOCK, AUTH_BYTES);
      parts[KEYS_MASTER_BYTES - 1] |= 1;
    }
  keys_set_role (self, admin_id, KEYS_ROLE_CHIEF);
  if (!keys_admin_create (self, keyset, admin_id, pin, plain, epoch_secret, error)
      || !keyset_save (keyset, self->path, error))
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
  if (!connect_tpm (self, provider, error)
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
keys_settle_create (Keys *self)
{
  g_clear_pointer (&self->lock_auth, secret_free);
}

void
keys_undo_create (Keys *self)
{
  if (self == NULL)
    return;
  if (self->tpm != NULL)
    {
      if (self->lock_auth != NULL)
        (void) tpm_lockout_set (self->tpm, self->lock_auth, NULL, &keys_lock_limits, NULL);
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
keys_open_to_retire (const char *folder, const KeysPlaces *places, GError **error)
{
  g_autoptr (Keys) self = keys_new (folder, places);

  self->keyset = keyset_load (self->path, error);
  if (self->keyset == NULL || !connect_tpm (self, self->keyset->provider, error)
      || !tpm_srk_open (self->tpm, self->keyset->srk_public, self->keyset->srk_name, error))
    return NULL;
  return g_steal_pointer (&self);
}

Keys *
keys_open (const char *folder, const KeysPlaces *places, Secret **ret_database_key, GError **error)
{
  g_autoptr (Keys) self = keys_new (folder, places);
  g_autoptr (GError) problem = NULL;
  Secret *database_key = NULL;

  self->keyset = keyset_load (self->path, error);
  if (self->keyset == NULL || !connect_tpm (self, self->keyset->provider, error))
    return NULL;
  if (tpm_srk_open (self->tpm, self->keyset->srk_public, self->keyset->srk_name, &problem)
      && keys_epoch_choose (self, &problem))
    database_key = keys_dek_unseal (self, NULL, &problem);
  if (database_key == NULL && !g_error_matches (problem, CUSTODY_ERROR, CUSTODY_ERROR_BOOT_CHANGED))
    {
      tell_cleared_from_other (self, &problem);
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  *ret_database_key = database_key;
  return g_steal_pointer (&self);
}

/* self->tpm's successor in its place, or itself. */
static gboolean
look_for_tpm (Keys *self, GError **error)
{
  Tpm *dead = g_steal_pointer (&self->tpm);

  if (connect_tpm (self, self->keyset->provider, error)
      && tpm_srk_open (self->tpm, self->keyset->srk_public, self->keyset->srk_name, error))
    {
      tpm_free (dead);
      return TRUE;
    }
  if (self->tpm != NULL)
    tell_cleared_from_other (self, error);
  tpm_free (self->tpm);
  self->tpm = dead;
  return FALSE;
}

gboolean
keys_reconnect (Keys *self, GError **error)
{
  gint64 began = g_get_monotonic_time (), ended;
  gboolean ok;

  if (!tpm_is_dead (self->tpm))
    return TRUE;
  if (began < self->connect_after_us)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_TPM, "the TPM has fallen silent");
      return FALSE;
    }
  ok = look_for_tpm (self, error);
  /* Looking may take as long as a start; most of the time is for whoever needs no TPM. */
  ended = g_get_monotonic_time ();
  self->connect_after_us = ended + MAX (RECONNECT_AFTER_US, 2 * (ended - began));
  return ok;
}

gboolean
keys_complete (Keys *self, GError **error)
{
  g_autoptr (Keyset) next = NULL;

  /* Not the index key, which some TPMs cannot have. */
  if (g_bytes_get_size (self->keyset->attest_key) > 0 && g_bytes_get_size (self->keyset->transport_key) > 0)
    return TRUE;
  next = keyset_copy (self->keyset, error);
  if (next == NULL || !create_later_keys (self, next, error) || !keyset_save (next, self->path, error))
    return FALSE;
  keyset_free (self->keyset);
  self->keyset = g_steal_pointer (&next);
  return TRUE;
}

void
keys_free (Keys *self)
{
  if (self == NULL)
    return;
  tpm_free (self->tpm);
  keyset_free (self->keyset);
  g_hash_table_unref (self->roles);
  g_hash_table_unref (self->scopes);
  secret_free (self->lock_auth);
  secret_free (self->epoch_secret);
  g_free (self->folder);
  g_free (self->swtpm_folder);
  g_free (self->path);
  g_free (self->next_path);
  g_free (self->device);
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

void
keys_count_tries (Keys *self)
{
  TpmLockout lockout;

  self->tries_left = 0;
  self->tries_are_known = tpm_get_lockout (self->tpm, &lockout, NULL);
  if (self->tries_are_known && lockout.counter < lockout.max_tries)
    self->tries_left = lockout.max_tries - lockout.counter;
}

guint
keys_get_tries_left (Keys *self)
{
  if (!self->tries_are_known)
    keys_count_tries (self);
  return self->tries_left;
}

void
keys_warm (Keys *self)
{
  (void) keys_get_epoch_secret (self, NULL);
  (void) keys_get_tries_left (self);
  tpm_forget_auth (self->tpm);
}

gboolean
keys_lock_is_armed (Keys *self, gboolean *ret_armed, GError **error)
{
  TpmLockout lockout;

  if (!tpm_get_lockout (self->tpm, &lockout, error))
    return FALSE;
  *ret_armed = lockout.auth_is_set && check_lock_is_acceptable (&lockout, NULL);
  return TRUE;
}

/* --- logging in ------------------------------------------------------------------------------------------------------ */

/* @ret_before: the lock as it was found */
static gboolean
arm_lock (Keys *self, const Secret *plain, TpmLockout *ret_before, GError **error)
{
  g_autoptr (Secret) auth = keys_master_dup_lock (plain);

  if (!tpm_get_lockout (self->tpm, ret_before, error))
    return FALSE;
  if (ret_before->auth_is_set)
    return check_lock_is_acceptable (ret_before, error);
  if (auth == NULL)
    {
      /* The lock was in other hands when the vault was made, and is in nobody's now. */
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TPM_CLEARED, "the TPM's lock has lost its password");
      return FALSE;
    }
  return tpm_lockout_set (self->tpm, NULL, auth, &keys_lock_limits, error);
}

gboolean
keys_arm_lock (Keys *self, const char *admin_id, const Secret *pin, GError **error)
{
  g_autoptr (Secret) plain = keys_secrets_open (self, admin_id, pin, error);
  TpmLockout before;

  if (plain == NULL || !arm_lock (self, plain, &before, error))
    return FALSE;
  if (!before.auth_is_set)
    self->lock_auth = keys_master_dup_lock (plain);
  return TRUE;
}

/* The PIN was right, so the failures before it are forgiven. Where that fails the log-in still stands: the tries come back with
 * time. */
static void
forgive (Keys *self, const Secret *plain, const TpmLockout *before)
{
  g_autoptr (Secret) lock_auth = keys_master_dup_lock (plain);

  if (before->counter > 0 && lock_auth != NULL && !self->lock_is_unsettled)
    (void) tpm_lockout_reset (self->tpm, lock_auth, NULL);
}

gboolean
keys_login (Keys *self, const char *admin_id, const Secret *pin, Secret **ret_vault_secret, Secret **ret_master,
            guint *ret_tries_left, GError **error)
{
  g_autoptr (Secret) plain = keys_secrets_open (self, admin_id, pin, error);
  TpmLockout before;

  if (plain != NULL && !arm_lock (self, plain, &before, error))
    g_clear_pointer (&plain, secret_free);
  if (plain != NULL)
    {
      forgive (self, plain, &before);
      *ret_vault_secret = secret_new_copy (secret_get_data (plain, NULL) + MASTER_VAULT, KEYS_VAULT_BYTES);
    }
  keys_count_tries (self);
  *ret_tries_left = self->tries_left;
  if (plain == NULL)
    return FALSE;
  if (ret_master != NULL)
    *ret_master = g_steal_pointer (&plain);
  return TRUE;
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

gboolean
keys_get_attest_key (const Keys *self, guint8 ret_key[ATTESTATION_KEY_BYTES])
{
  return tpm_blob_get_point (self->keyset->attest_key, ret_key);
}

gboolean
keys_certify (Keys *self, const Secret *counter_auth, const guint8 head[ATTESTATION_HEAD_BYTES],
              Attestation *ret_attestation, GError **error)
{
  return tpm_counter_certify (self->tpm, self->keyset->counter_index, counter_auth, self->keyset->attest_key, head,
                              ret_attestation, error);
}

gboolean
keys_clock_read (Keys *self, KeysClock *ret_clock, GError **error)
{
  TpmClock clock;

  if (!tpm_clock_read (self->tpm, &clock, error))
    return FALSE;
  *ret_clock =
      (KeysClock){ .ms = clock.ms, .resets = clock.resets, .restarts = clock.restarts, .is_safe = clock.is_safe };
  return TRUE;
}

gboolean
keys_get_transport_point (const Keys *self, guint8 ret_point[KEYS_POINT_BYTES])
{
  return tpm_blob_get_point (self->keyset->transport_key, ret_point);
}

Secret *
keys_transport_agree (Keys *self, const guint8 ephemeral[KEYS_POINT_BYTES], GError **error)
{
  return tpm_agree (self->tpm, self->keyset->transport_key, NULL, ephemeral, error);
}

gboolean
keys_can_index (const Keys *self)
{
  return g_bytes_get_size (self->keyset->index_key) > 0;
}

gboolean
keys_index (Keys *self, const Secret *data, guint8 ret_digest[KEYS_INDEX_BYTES], GError **error)
{
  return tpm_hmac (self->tpm, self->keyset->index_key, data, ret_digest, error);
}

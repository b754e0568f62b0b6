/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: the password of the TPM's lock, in the hands of whoever is not an admin's PIN. */
#include "keys-private.h"

#include <sodium.h>
#include <string.h>

#define TAG_CONTEXT "azukari lock tag v1"
#define BEFORE_CONTEXT "azukari lock before v1"
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

G_STATIC_ASSERT (KEYS_LOCK_BYTES == AUTH_BYTES);
G_STATIC_ASSERT (KEYS_LOCK_SEALED_BYTES == NONCE_BYTES + KEYS_LOCK_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES);

const TpmLockout keys_lock_limits = { .max_tries = KEYS_MAX_TRIES, .interval_s = 7200, .lockout_recovery_s = 86400 };

Secret *
keys_master_dup_lock (const Secret *master)
{
  const guint8 *parts = secret_get_data (master, NULL);

  return parts[0] ? secret_new_copy (parts + MASTER_LOCK, AUTH_BYTES) : NULL;
}

Secret *
keys_lock_new (void)
{
  Secret *lock = secret_new_random (AUTH_BYTES);

  /* A TPM drops trailing zero bytes of an authValue. */
  secret_get_writable (lock)[AUTH_BYTES - 1] |= 1;
  return lock;
}

gboolean
keys_lock_reset (Keys *self, const Secret *lock, GError **error)
{
  const gboolean ok = tpm_lockout_reset (self->tpm, lock, error);

  keys_count_tries (self);
  return ok;
}

gboolean
keys_lock_replace (Keys *self, const Secret *lock, const Secret *next, GError **error)
{
  return tpm_lockout_set (self->tpm, lock, next, &keys_lock_limits, error);
}

void
keys_lock_set_unsettled (Keys *self, gboolean unsettled)
{
  self->lock_is_unsettled = unsettled;
}

static void
hash (const Secret *lock, const char *context, guint8 *out, gsize n_bytes)
{
  crypto_generichash (out, n_bytes, (const guint8 *) context, strlen (context), secret_get_data (lock, NULL),
                      secret_get_size (lock));
}

void
keys_lock_tag (const Secret *lock, guint8 *ret_tag, gsize n_bytes)
{
  hash (lock, TAG_CONTEXT, ret_tag, n_bytes);
}

static Secret *
before_key (const Secret *lock)
{
  Secret *key = secret_new (crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

  hash (lock, BEFORE_CONTEXT, secret_get_writable (key), secret_get_size (key));
  return key;
}

void
keys_lock_seal (const Secret *lock, const Secret *before, guint8 ret_sealed[KEYS_LOCK_SEALED_BYTES])
{
  g_autoptr (Secret) key = before_key (lock);

  randombytes_buf (ret_sealed, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (ret_sealed + NONCE_BYTES, NULL, secret_get_data (before, NULL),
                                              KEYS_LOCK_BYTES, NULL, 0, NULL, ret_sealed, secret_get_data (key, NULL));
}

Secret *
keys_lock_open (const Secret *lock, const Secret *sealed)
{
  g_autoptr (Secret) key = before_key (lock);
  g_autoptr (Secret) before = secret_new (KEYS_LOCK_BYTES);
  gsize size;
  const guint8 *bytes = secret_get_data (sealed, &size);

  if (size != KEYS_LOCK_SEALED_BYTES
      || crypto_aead_xchacha20poly1305_ietf_decrypt (secret_get_writable (before), NULL, NULL, bytes + NONCE_BYTES,
                                                     size - NONCE_BYTES, NULL, 0, bytes, secret_get_data (key, NULL))
             != 0)
    return NULL;
  return g_steal_pointer (&before);
}

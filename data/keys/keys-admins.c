/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: admins, their PINs and what is wrapped for them. */
#include "keys-private.h"

#include <sodium.h>
#include <string.h>

#include "custody-error.h"

#define ARGON_OPS 2
#define ARGON_KIB (64 * 1024)
#define WRAP_CONTEXT "azukari vault secrets v2"
/* of wraps that were made before the role was part of their key */
#define WRAP_CONTEXT_ROLELESS "azukari vault secrets v1"
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define WRAP_BYTES (NONCE_BYTES + KEYS_MASTER_BYTES + TAG_BYTES)

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

/* @role: NULL for a wrap of before */
static Secret *
wrap_key (const Keyset *keyset, const KeysetAdmin *admin, const char *role, const Secret *shared,
          const Secret *epoch_secret)
{
  const char *context = role != NULL ? WRAP_CONTEXT : WRAP_CONTEXT_ROLELESS;
  Secret *key = secret_new (crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  guint8 name[TPM_NAME_BYTES] = { 0 };
  crypto_generichash_state state;

  (void) tpm_blob_get_name (admin->key, name);
  crypto_generichash_init (&state, secret_get_data (shared, NULL), secret_get_size (shared), secret_get_size (key));
  crypto_generichash_update (&state, (const guint8 *) context, strlen (context) + 1);
  if (role != NULL)
    crypto_generichash_update (&state, (const guint8 *) role, strlen (role) + 1);
  crypto_generichash_update (&state, (const guint8 *) keyset->vault_id, strlen (keyset->vault_id) + 1);
  crypto_generichash_update (&state, (const guint8 *) admin->id, strlen (admin->id) + 1);
  crypto_generichash_update (&state, admin->ephemeral, sizeof admin->ephemeral);
  crypto_generichash_update (&state, name, sizeof name);
  crypto_generichash_update (&state, secret_get_data (epoch_secret, NULL), secret_get_size (epoch_secret));
  crypto_generichash_final (&state, secret_get_writable (key), secret_get_size (key));
  sodium_memzero (&state, sizeof state);
  return key;
}

gboolean
keys_admin_wrap (Keys *self, const Keyset *keyset, KeysetAdmin *admin, const Secret *plain, const Secret *epoch_secret,
                 GError **error)
{
  guint8 sealed[WRAP_BYTES];
  g_autoptr (Secret) shared = tpm_admin_wrap (self->tpm, admin->key, admin->ephemeral, error);
  g_autoptr (Secret) key = NULL;

  if (shared == NULL)
    return FALSE;
  key = wrap_key (keyset, admin, g_hash_table_lookup (self->roles, admin->id), shared, epoch_secret);
  randombytes_buf (sealed, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + NONCE_BYTES, NULL, secret_get_data (plain, NULL),
                                              secret_get_size (plain), keyset->vault_public, KEYS_VAULT_BYTES, NULL,
                                              sealed, secret_get_data (key, NULL));
  g_clear_pointer (&admin->wrap, g_bytes_unref);
  admin->wrap = g_bytes_new (sealed, sizeof sealed);
  keys_scope_tag (self, keyset, admin, epoch_secret);
  return TRUE;
}

static Secret *
try_role (Keys *self, const KeysetAdmin *admin, const char *role, const Secret *shared, const Secret *epoch_secret)
{
  g_autoptr (Secret) key = wrap_key (self->keyset, admin, role, shared, epoch_secret);
  g_autoptr (Secret) plain = secret_new (KEYS_MASTER_BYTES);
  gsize size;
  const guint8 *sealed = g_bytes_get_data (admin->wrap, &size);

  if (size != WRAP_BYTES
      || crypto_aead_xchacha20poly1305_ietf_decrypt (secret_get_writable (plain), NULL, NULL, sealed + NONCE_BYTES,
                                                     size - NONCE_BYTES, self->keyset->vault_public, KEYS_VAULT_BYTES,
                                                     sealed, secret_get_data (key, NULL))
             != 0)
    return NULL;
  return g_steal_pointer (&plain);
}

/* Which role it was made for, nobody can change without the PIN and the TPM. */
static Secret *
wrap_open (Keys *self, const KeysetAdmin *admin, const Secret *shared, const Secret *epoch_secret, GError **error)
{
  static const char *const roles[] = { KEYS_ROLE_CHIEF, "clerk", "auditor", "client", NULL };
  const char *expected = g_hash_table_lookup (self->roles, admin->id);

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      Secret *plain = try_role (self, admin, roles[i], shared, epoch_secret);

      if (plain == NULL)
        continue;
      self->opened_role = roles[i];
      if (expected == NULL || roles[i] == NULL || g_str_equal (expected, roles[i]))
        return plain;
      secret_free (plain);
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED,
                   "admins: %s is a %s by the keyset and a %s by the database", admin->id, roles[i], expected);
      return NULL;
    }
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED,
               "the wrapped secrets do not open with the right PIN");
  return NULL;
}

void
keys_set_role (Keys *self, const char *admin_id, const char *role)
{
  g_hash_table_replace (self->roles, g_strdup (admin_id), g_strdup (role));
}

const char *
keys_get_opened_role (const Keys *self)
{
  return self->opened_role;
}

GStrv
keys_dup_admins (const Keys *self)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; i < self->keyset->admins->len; i++)
    g_ptr_array_add (ids, g_strdup (((const KeysetAdmin *) g_ptr_array_index (self->keyset->admins, i))->id));
  g_ptr_array_add (ids, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&ids), FALSE);
}

/* --- admins ---------------------------------------------------------------------------------------------------------- */

gboolean
keys_admin_create (Keys *self, Keyset *keyset, const char *admin_id, const Secret *pin, const Secret *master,
                   const Secret *epoch_secret, GError **error)
{
  KeysetAdmin *admin = keyset_add_admin (keyset);
  g_autoptr (Secret) auth = NULL;

  admin->id = g_strdup (admin_id);
  admin->argon_ops = ARGON_OPS;
  admin->argon_kib = ARGON_KIB;
  randombytes_buf (admin->salt, sizeof admin->salt);
  auth = pin_stretch (pin, admin, error);
  if (auth == NULL)
    return FALSE;
  admin->key = tpm_admin_create (self->tpm, auth, error);
  return admin->key != NULL && keys_admin_wrap (self, keyset, admin, master, epoch_secret, error);
}

const Secret *
keys_get_epoch_secret (Keys *self, GError **error)
{
  const Keyset *keyset = self->keyset;

  if (self->epoch_secret == NULL)
    self->epoch_secret = tpm_epoch_unseal (self->tpm, keyset->epoch_index, keyset->epoch, keyset->epoch_secret, error);
  return self->epoch_secret;
}

Secret *
keys_secrets_open (Keys *self, const char *admin_id, const Secret *pin, GError **error)
{
  const Keyset *keyset = self->keyset;
  const KeysetAdmin *admin = keyset_find_admin (keyset, admin_id);
  g_autoptr (Secret) auth = NULL, shared = NULL;
  const Secret *epoch_secret;

  if (admin == NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_ALLOWED, "no such admin");
      return NULL;
    }
  epoch_secret = keys_get_epoch_secret (self, error);
  if (epoch_secret == NULL)
    return NULL;
  auth = pin_stretch (pin, admin, error);
  if (auth == NULL)
    return NULL;
  shared = tpm_agree (self->tpm, admin->key, auth, admin->ephemeral, error);
  if (shared == NULL)
    return NULL;
  return wrap_open (self, admin, shared, epoch_secret, error);
}

gboolean
keys_replace_keyset (Keys *self, Keyset **next, GError **error)
{
  if (!keyset_save (*next, self->path, error))
    return FALSE;
  keyset_free (self->keyset);
  self->keyset = g_steal_pointer (next);
  return TRUE;
}

gboolean
keys_add_admin (Keys *self, const Secret *master, const char *admin_id, const Secret *pin, GError **error)
{
  g_autoptr (Keyset) next = NULL;
  const Secret *epoch_secret;

  if (self->keyset->admins->len >= KEYSET_MAX_ADMINS)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "a vault has at most %d admins", KEYSET_MAX_ADMINS);
      return FALSE;
    }
  next = keyset_copy (self->keyset, error);
  if (next == NULL)
    return FALSE;
  epoch_secret = keys_get_epoch_secret (self, error);
  return epoch_secret != NULL && keys_admin_create (self, next, admin_id, pin, master, epoch_secret, error)
         && keys_replace_keyset (self, &next, error);
}

static gboolean
is_one_of (const char *id, const char *const *ids)
{
  for (; *ids != NULL; ids++)
    if (g_str_equal (id, *ids))
      return TRUE;
  return FALSE;
}

gboolean
keys_keep_admins (Keys *self, const char *const *ids, GError **error)
{
  g_autoptr (Keyset) next = keyset_copy (self->keyset, error);

  if (next == NULL)
    return FALSE;
  for (guint i = next->admins->len; i-- > 0;)
    {
      const KeysetAdmin *admin = g_ptr_array_index (next->admins, i);

      if (!is_one_of (admin->id, ids))
        keyset_remove_admin (next, admin->id);
    }
  return next->admins->len == self->keyset->admins->len || keys_replace_keyset (self, &next, error);
}

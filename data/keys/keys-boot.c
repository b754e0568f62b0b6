/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: the database key and how the machine boots. */
#include "keys-private.h"

#include "custody-error.h"

G_STATIC_ASSERT (KEYSET_BRANCHES_BYTES == TPM_BOOT_BRANCHES_BYTES);

static TpmEpoch
epoch_of (const Keyset *keyset)
{
  const TpmEpoch epoch = { .index = keyset->epoch_index, .value = keyset->epoch, .gate = keyset->gate };

  return epoch;
}

static gboolean
is_bound (const Keyset *keyset)
{
  return g_bytes_get_size (keyset->boot_branches) > 0;
}

Secret *
keys_master_dup_gate_auth (const Secret *master)
{
  return secret_new_copy (secret_get_data (master, NULL) + MASTER_GATE, AUTH_BYTES);
}

gboolean
keys_dek_seal (Keys *self, Keyset *next, gboolean bound, const Secret *gate_auth, const Secret *key, GError **error)
{
  const TpmEpoch epoch = epoch_of (next);
  guint8 branches[TPM_BOOT_BRANCHES_BYTES];
  GBytes *sealed = bound ? tpm_boot_seal (self->tpm, &epoch, gate_auth, key, branches, error)
                         : tpm_epoch_seal (self->tpm, epoch.index, epoch.value, key, error);

  if (sealed == NULL)
    return FALSE;
  g_clear_pointer (&next->dek, g_bytes_unref);
  g_clear_pointer (&next->boot_branches, g_bytes_unref);
  next->dek = sealed;
  next->boot_branches = bound ? g_bytes_new (branches, sizeof branches) : g_bytes_new (NULL, 0);
  return TRUE;
}

Secret *
keys_dek_unseal (Keys *self, const Secret *gate_auth, GError **error)
{
  const Keyset *keyset = self->keyset;
  const TpmEpoch epoch = epoch_of (keyset);
  Secret *key = is_bound (keyset) ? tpm_boot_unseal (self->tpm, &epoch, g_bytes_get_data (keyset->boot_branches, NULL),
                                                     gate_auth, keyset->dek, error)
                                  : tpm_epoch_unseal (self->tpm, epoch.index, epoch.value, keyset->dek, error);

  if (key == NULL || secret_get_size (key) == KEYS_DATABASE_KEY_BYTES)
    return key;
  secret_free (key);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED, "the sealed database key has the wrong size");
  return NULL;
}

gboolean
keys_boot_is_bound (const Keys *self)
{
  return is_bound (self->keyset);
}

Secret *
keys_boot_unseal (Keys *self, const Secret *master, GError **error)
{
  g_autoptr (Secret) gate_auth = keys_master_dup_gate_auth (master);

  return keys_dek_unseal (self, gate_auth, error);
}

gboolean
keys_boot_accept (Keys *self, const Secret *master, const Secret *key, GError **error)
{
  g_autoptr (Secret) gate_auth = keys_master_dup_gate_auth (master);
  g_autoptr (Keyset) next = keyset_copy (self->keyset, error);

  return next != NULL && keys_dek_seal (self, next, is_bound (next), gate_auth, key, error)
         && keys_replace_keyset (self, &next, error);
}

char *
keys_dup_admin (const Keys *self, guint number)
{
  const GPtrArray *admins = self->keyset->admins;

  return number >= 1 && number <= admins->len
             ? g_strdup (((const KeysetAdmin *) g_ptr_array_index (admins, number - 1))->id)
             : NULL;
}

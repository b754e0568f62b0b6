/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: the change of an epoch, after which the files of the one before open nothing on this TPM any more. */
#include "keys-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "custody-error.h"
#include "durable.h"

struct _KeysEpoch
{
  /* owned */
  Keyset *keyset;
  Secret *database_key;
  Secret *master;
};

void
keys_epoch_free (KeysEpoch *self)
{
  if (self == NULL)
    return;
  keyset_free (self->keyset);
  secret_free (self->database_key);
  secret_free (self->master);
  g_free (self);
}

const Secret *
keys_epoch_get_database_key (const KeysEpoch *self)
{
  return self->database_key;
}

const Secret *
keys_epoch_get_master (const KeysEpoch *self)
{
  return self->master;
}

const guint8 *
keys_epoch_get_vault_public (const KeysEpoch *self)
{
  return self->keyset->vault_public;
}

Secret *
keys_master_dup_vault_secret (const Secret *master)
{
  return secret_new_copy (secret_get_data (master, NULL) + MASTER_VAULT, KEYS_VAULT_BYTES);
}

static gboolean
seal_to_next (Keys *self, Keyset *next, const Secret *secret, GBytes **place, GError **error)
{
  g_clear_pointer (place, g_bytes_unref);
  *place = tpm_epoch_seal (self->tpm, next->epoch_index, next->epoch, secret, error);
  return *place != NULL;
}

/* Everybody's wrap anew, by their public keys alone; a new key for whom there is a new PIN. */
static gboolean
wrap_for_all (Keys *self, KeysEpoch *epoch, const Secret *epoch_secret, const KeysEpochChange *change, GError **error)
{
  Keyset *next = epoch->keyset;

  if (change->removed != NULL)
    keyset_remove_admin (next, change->removed);
  if (change->renewed != NULL)
    keyset_remove_admin (next, change->renewed);
  for (guint i = 0; i < next->admins->len; i++)
    if (!keys_admin_wrap (self, next, g_ptr_array_index (next->admins, i), epoch->master, epoch_secret, error))
      return FALSE;
  return change->renewed == NULL
         || keys_admin_create (self, next, change->renewed, change->pin, epoch->master, epoch_secret, error);
}

KeysEpoch *
keys_epoch_prepare (Keys *self, const Secret *master, const KeysEpochChange *change, GError **error)
{
  g_autoptr (KeysEpoch) epoch = g_new0 (KeysEpoch, 1);
  g_autoptr (Secret) epoch_secret = secret_new_random (AUTH_BYTES);
  g_autoptr (Secret) gate_auth = NULL;
  gboolean bound;

  epoch->keyset = keyset_copy (self->keyset, error);
  if (epoch->keyset == NULL)
    return NULL;
  epoch->keyset->epoch++;
  epoch->database_key = secret_new_random (KEYS_DATABASE_KEY_BYTES);
  epoch->master = secret_new_copy (secret_get_data (master, NULL), secret_get_size (master));
  crypto_box_keypair (epoch->keyset->vault_public, secret_get_writable (epoch->master) + MASTER_VAULT);
  if (change->lock != NULL && secret_get_data (master, NULL)[0])
    memcpy (secret_get_writable (epoch->master) + MASTER_LOCK, secret_get_data (change->lock, NULL), AUTH_BYTES);
  gate_auth = keys_master_dup_gate_auth (master);
  bound = change->boot == KEYS_BOOT_AS_BEFORE ? keys_boot_is_bound (self) : change->boot == KEYS_BOOT_BIND;
  if (!keys_dek_seal (self, epoch->keyset, bound, gate_auth, epoch->database_key, error)
      || !seal_to_next (self, epoch->keyset, epoch_secret, &epoch->keyset->epoch_secret, error)
      || !wrap_for_all (self, epoch, epoch_secret, change, error))
    return NULL;
  return g_steal_pointer (&epoch);
}

gboolean
keys_epoch_save (Keys *self, const KeysEpoch *epoch, GError **error)
{
  return keyset_save (epoch->keyset, self->next_path, error);
}

void
keys_epoch_discard (Keys *self)
{
  g_autofree char *unfinished = g_strconcat (self->next_path, KEYSET_UNFINISHED, NULL);

  (void) g_unlink (unfinished);
  (void) g_unlink (self->next_path);
}

gboolean
keys_epoch_commit (Keys *self, KeysEpoch *epoch, gboolean *ret_unsure, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (Secret) gate_auth = keys_master_dup_gate_auth (epoch->master);
  Keyset *next = epoch->keyset;
  guint64 value = 0;

  *ret_unsure = FALSE;
  /* A TPM that failed may have raised it first: the counter itself says what holds. */
  if (!tpm_epoch_bump (self->tpm, next->epoch_index, next->gate, gate_auth, &value, &problem)
      && !tpm_epoch_read (self->tpm, next->epoch_index, &value, NULL))
    *ret_unsure = TRUE;
  else if (value == next->epoch)
    {
      keyset_free (self->keyset);
      self->keyset = g_steal_pointer (&epoch->keyset);
      g_clear_pointer (&self->epoch_secret, secret_free);
      self->next_is_current = TRUE;
      return TRUE;
    }
  else if (value != self->keyset->epoch)
    *ret_unsure = TRUE;
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  else
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "the TPM's epoch was moved by somebody else");
  return FALSE;
}

gboolean
keys_epoch_is_unfinished (const Keys *self)
{
  return self->next_is_current;
}

gboolean
keys_epoch_finish (Keys *self, GError **error)
{
  if (!durable_rename (self->next_path, self->path, error))
    return FALSE;
  self->next_is_current = FALSE;
  return TRUE;
}

gboolean
keys_epoch_choose (Keys *self, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (Keyset) next = keyset_load (self->next_path, &problem);
  g_autofree char *unfinished = g_strconcat (self->path, KEYSET_UNFINISHED, NULL);
  guint64 value;

  /* Of an admin whose adding was cut off: nobody was told that they are one. */
  (void) g_unlink (unfinished);
  if (g_error_matches (problem, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_MISSING))
    {
      keys_epoch_discard (self);
      return TRUE;
    }
  if (!tpm_epoch_read (self->tpm, self->keyset->epoch_index, &value, error))
    return FALSE;
  if (value == self->keyset->epoch)
    keys_epoch_discard (self);
  else if (next == NULL && !g_error_matches (problem, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  else if (next != NULL && value == next->epoch && next->epoch_index == self->keyset->epoch_index
           && g_str_equal (next->vault_id, self->keyset->vault_id))
    {
      keyset_free (self->keyset);
      self->keyset = g_steal_pointer (&next);
      self->next_is_current = TRUE;
    }
  /* Else both are of other epochs, which is what unsealing says. */
  return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the change to a new epoch, after which a copy of the old files opens nothing any more, on this machine either; and what is
 * done to admins by one: removing them, changing a PIN. */
#include "vault-machines-private.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "backups.h"
#include "custody-error.h"
#include "durable.h"
#include "record.h"

static void
remove_in (const Vault *self, const char *name)
{
  g_autofree char *path = vault_path_in (self, name);

  (void) g_unlink (path);
}

static void
remove_between_store (const Vault *self)
{
  remove_in (self, STORE_BETWEEN_FILE);
  remove_in (self, STORE_BETWEEN_FILE "-journal");
}

static void
remove_next_store (const Vault *self)
{
  remove_in (self, STORE_NEXT_FILE);
  remove_in (self, STORE_NEXT_FILE "-journal");
  remove_between_store (self);
}

/* --- the new database ------------------------------------------------------------------------------------------------ */

/* What was sealed for another record stays as it is: it is found when somebody opens it, and must hold no change up. */
static gboolean
reseal_numbers (Store *next, const guint8 *public, const Secret *secret, const guint8 *next_public, GError **error)
{
  g_autoptr (GPtrArray) numbers = numbers_list (next, "", error);
  gboolean ok = numbers != NULL;

  for (guint i = 0; ok && i < numbers->len; i++)
    {
      const Number *number = g_ptr_array_index (numbers, i);
      g_autoptr (Secret) digits = number->sealed != NULL ? vault_number_open_with (public, secret, number, NULL) : NULL;
      g_autoptr (GBytes) sealed = NULL;

      if (digits == NULL)
        continue;
      sealed = vault_number_seal (next_public, number->id, digits);
      if (sealed == NULL)
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "sealing failed");
          ok = FALSE;
        }
      else
        ok = numbers_reseal (next, number->id, sealed, error);
    }
  return ok;
}

/* The key pair that the numbers in @next are sealed to: the present one, or an earlier one when @next comes from a backup. */
static gboolean
find_pair (Vault *self, Store *next, const Secret *master, Secret **ret_public, Secret **ret_secret, GError **error)
{
  g_autoptr (Secret) current = keys_master_dup_vault_secret (master);
  g_autoptr (Secret) public = store_get_meta_bytes (next, VAULT_META_PUBLIC, error);

  if (public == NULL)
    return FALSE;
  if (secret_get_size (public) != KEYS_VAULT_BYTES)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "the vault's public key has the wrong size");
      return FALSE;
    }
  *ret_secret = vault_keyring_find (self->store, keys_get_vault_public (self->keys), current,
                                    secret_get_data (public, NULL), error);
  if (*ret_secret == NULL)
    return FALSE;
  *ret_public = g_steal_pointer (&public);
  return TRUE;
}

static gboolean
change_in_transaction (Vault *self, Store *next, const KeysEpoch *epoch, const Secret *master,
                       const VaultEpochChange *change, GError **error)
{
  const guint8 *next_public = keys_epoch_get_vault_public (epoch);
  g_autoptr (Secret) next_secret = keys_master_dup_vault_secret (keys_epoch_get_master (epoch));
  g_autoptr (Secret) public = NULL, secret = NULL;

  /* A row that was tampered with must not hold a change up either, and is found afterwards as before. */
  seals_keep_tampered (next);
  if (vault_rows_are_fine (self, change->make != NULL ? next : self->store))
    seals_renew (next);
  if (!find_pair (self, next, master, &public, &secret, error)
      || !reseal_numbers (next, secret_get_data (public, NULL), secret, next_public, error))
    return FALSE;
  /* Where something must be gone for good, it must not come back out of a backup. */
  if (!(change->remove != NULL
            ? old_keys_clear (next, error)
            : vault_keyring_carry (next, secret_get_data (public, NULL), secret, next_public, error)))
    return FALSE;
  /* What comes from elsewhere has digests of a TPM that may be another. */
  if (change->make != NULL && !numbers_forget_digests (next, NULL, error))
    return FALSE;
  return store_set_meta_bytes (next, VAULT_META_PUBLIC, next_public, KEYS_VAULT_BYTES, error)
         && change->step (next, change->data, error)
         /* The machines last: the step may have removed one. */
         && vault_machines_carry (self, next, secret_get_data (public, NULL), secret, next_public, next_secret, error);
}

/* What is to be gone must never have stood in the new file, where overwriting it may leave a trace: it goes from a copy in between,
 * whose key nobody keeps. */
static gboolean
copy_without (Vault *self, const KeysEpoch *epoch, const VaultEpochChange *change, const char *path, GError **error)
{
  g_autofree char *between_path = vault_path_in (self, STORE_BETWEEN_FILE);
  g_autoptr (Secret) key = secret_new_random (STORE_KEY_BYTES);
  g_autoptr (Store) between = NULL;
  gboolean ok = FALSE;

  if (store_copy (self->store, between_path, key, error))
    between = store_open (between_path, key, error);
  if (between != NULL && store_begin (between, error))
    {
      ok = change->remove (between, change->data, error);
      if (ok)
        ok = store_commit (between, error) && store_copy (between, path, keys_epoch_get_database_key (epoch), error);
      else
        store_rollback (between);
    }
  g_clear_pointer (&between, store_close);
  remove_between_store (self);
  return ok;
}

static gboolean
fill_next_store (Vault *self, const KeysEpoch *epoch, const VaultEpochChange *change, const char *path, GError **error)
{
  if (change->make != NULL)
    return change->make (self, path, keys_epoch_get_database_key (epoch), change->data, error);
  if (change->remove != NULL)
    return copy_without (self, epoch, change, path, error);
  return store_copy (self->store, path, keys_epoch_get_database_key (epoch), error);
}

static gboolean
make_next_store (Vault *self, const KeysEpoch *epoch, const Secret *master, const VaultEpochChange *change,
                 GError **error)
{
  g_autofree char *path = vault_path_in (self, STORE_NEXT_FILE);
  g_autoptr (Store) next = NULL;

  remove_next_store (self);
  if (!fill_next_store (self, epoch, change, path, error))
    return FALSE;
  next = store_open (path, keys_epoch_get_database_key (epoch), error);
  if (next == NULL || !store_begin (next, error))
    return FALSE;
  if (!change_in_transaction (self, next, epoch, master, change, error)
      || (seals_are_due (next) && !record_append (next, error, "system", VAULT_ROWS_CONFIRMED, "", NULL)))
    {
      store_rollback (next);
      return FALSE;
    }
  return store_commit (next, error);
}

/* --- the change ------------------------------------------------------------------------------------------------------ */

gboolean
vault_settle_epoch (Vault *self, GError **error)
{
  g_autofree char *next = vault_path_in (self, STORE_NEXT_FILE);
  g_autofree char *path = vault_path_in (self, STORE_FILE);
  struct stat st;

  if (!keys_epoch_is_unfinished (self->keys))
    {
      remove_next_store (self);
      return TRUE;
    }
  if (lstat (next, &st) == 0)
    {
      /* A journal of the old database must not be played into the new one. */
      remove_in (self, STORE_FILE "-journal");
      remove_in (self, STORE_NEXT_FILE "-journal");
      if (!durable_rename (next, path, error))
        return FALSE;
    }
  return keys_epoch_finish (self->keys, error);
}

static gboolean
take_place (Vault *self, const KeysEpoch *epoch, GError **error)
{
  g_autofree char *path = vault_path_in (self, STORE_FILE);

  g_clear_pointer (&self->store, store_close);
  if (!vault_settle_epoch (self, error))
    return FALSE;
  self->store = store_open (path, keys_epoch_get_database_key (epoch), error);
  return self->store != NULL;
}

Secret *
vault_change_epoch (Vault *self, const Secret *master, const VaultEpochChange *change, GError **error)
{
  g_autoptr (KeysEpoch) epoch = keys_epoch_prepare (self->keys, master, &change->keys, error);
  g_autoptr (GError) problem = NULL;
  Secret *new_master;
  gboolean unsure = FALSE;

  if (epoch == NULL)
    return NULL;
  if (!make_next_store (self, epoch, master, change, &problem) || !keys_epoch_save (self->keys, epoch, &problem)
      || !keys_epoch_commit (self->keys, epoch, &unsure, &problem))
    {
      if (unsure)
        {
          vault_seal (self, g_error_copy (problem));
          if (!g_error_matches (problem, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED))
            problem->code = CUSTODY_ERROR_UNSURE;
        }
      else
        {
          keys_epoch_discard (self->keys);
          remove_next_store (self);
        }
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  /* It has happened, and both new files are on disk. When they cannot take their places now, the next start does it. */
  new_master = secret_new_copy (secret_get_data (keys_epoch_get_master (epoch), NULL),
                                secret_get_size (keys_epoch_get_master (epoch)));
  if (!take_place (self, epoch, &problem))
    vault_seal (self, g_steal_pointer (&problem));
  return new_master;
}

void
vault_refresh_session (VaultAdmin *admin, const Secret *master)
{
  if (admin->vault_secret != NULL)
    {
      secret_free (admin->vault_secret);
      admin->vault_secret = keys_master_dup_vault_secret (master);
    }
  if (admin->master != NULL)
    {
      secret_free (admin->master);
      admin->master = secret_new_copy (secret_get_data (master, NULL), secret_get_size (master));
    }
}

/* --- admins ----------------------------------------------------------------------------------------------------------- */

typedef struct
{
  const char *actor;
  const char *subject; /* admin's id */
  const char *vault_id;
  const VaultLockChange *lock;
} AdminStep;

static gboolean
require_other_chief (Vault *self, const char *admin_id, GError **error)
{
  g_autoptr (GPtrArray) admins = admins_list (self->store, error);
  gboolean known = FALSE, left = FALSE;

  if (admins == NULL)
    return FALSE;
  for (guint i = 0; i < admins->len; i++)
    {
      const Admin *admin = g_ptr_array_index (admins, i);
      gboolean is_it = g_str_equal (admin->id, admin_id);

      known = known || is_it;
      left = left || (!is_it && g_str_equal (admin->role, vault_role_get_name (VAULT_CHIEF)));
    }
  if (!known)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_ADMIN, "no such admin");
  else if (!left)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_LAST_CHIEF, "the last chief cannot be removed");
  return known && left;
}

static gboolean
remove_admin_step (Store *next, gpointer data, GError **error)
{
  const AdminStep *step = data;
  g_autofree char *now = record_now ();

  return admins_set_removed (next, step->subject, now, error)
         && vault_lock_change_step (next, step->lock, step->vault_id, step->subject, NULL, error)
         && record_append (next, error, step->actor, "admin-removed", step->subject, NULL);
}

gboolean
vault_remove_admin (Vault *self, VaultAdmin *by, const char *admin_id, GError **error)
{
  g_auto (VaultLockChange) lock = { NULL, NULL };
  AdminStep step = { .actor = by->id, .subject = admin_id, .lock = &lock };
  VaultEpochChange change = { .keys.removed = admin_id, .step = remove_admin_step, .data = &step };
  g_autoptr (GError) problem = NULL;
  g_autoptr (Secret) master = NULL;
  g_autoptr (Admin) known = NULL;

  if (!vault_require_open (self, error))
    return FALSE;
  step.vault_id = keys_get_vault_id (self->keys);
  if (vault_require_chief (by, &problem) && require_other_chief (self, admin_id, &problem)
      && vault_require_removable (self, admin_id, &problem)
      && vault_lock_change_for_admin (self, by->master, admin_id, &lock, &problem))
    {
      change.keys.lock = lock.next;
      master = vault_change_epoch (self, by->master, &change, &problem);
    }
  if (master != NULL)
    {
      vault_settle_tokens (self, master);
      vault_refresh_session (by, master);
      return TRUE;
    }
  /* Only an id that is one of ours may stand in the record. */
  known = self->state == VAULT_OPEN ? admins_get (self->store, admin_id, NULL) : NULL;
  vault_note_attempt (self, by->id, "admin-remove-refused", known != NULL ? known->id : "", problem);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* Said only to whoever has shown that they know the old one. */
static gboolean
require_other_pin (const Secret *old_pin, const Secret *new_pin, GError **error)
{
  if (!secret_equal (old_pin, new_pin))
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_WEAK_PIN, "the new PIN is the old one why=unchanged");
  return FALSE;
}

static gboolean
change_pin_step (Store *next, gpointer data, GError **error)
{
  const AdminStep *step = data;

  return record_append (next, error, step->actor, "pin-changed", step->subject, NULL);
}

gboolean
vault_change_pin (Vault *self, VaultAdmin *admin, const Secret *old_pin, const Secret *new_pin, guint *ret_tries_left,
                  GError **error)
{
  AdminStep step = { .actor = admin->id, .subject = admin->id };
  const VaultEpochChange change = { .keys = { .renewed = admin->id, .pin = new_pin },
                                    .step = change_pin_step,
                                    .data = &step };
  g_autoptr (GError) problem = NULL;
  g_autoptr (Secret) vault_secret = NULL, master = NULL, new_master = NULL;

  if (!vault_require_open (self, error))
    return FALSE;
  if (vault_require_pin (self->company, admin->name, new_pin, &problem)
      && keys_login (self->keys, admin->id, old_pin, &vault_secret, &master, ret_tries_left, &problem)
      && require_other_pin (old_pin, new_pin, &problem))
    new_master = vault_change_epoch (self, master, &change, &problem);
  if (new_master != NULL)
    {
      vault_refresh_session (admin, new_master);
      return TRUE;
    }
  vault_note_attempt (self, admin->id, "pin-change-refused", admin->id, problem);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the whole database from a backup, where there is none any more that may be trusted. */
#include "vault-backup-private.h"

#include <string.h>

#include "custody-error.h"
#include "record.h"

typedef struct
{
  Vault *vault;
  const VaultAdmin *by;
  int fd;
  BackupFacts facts;
} Restoring;

static gboolean
make_from_backup (Vault *self, const char *path, const Secret *key, gpointer data, GError **error)
{
  Restoring *restoring = data;

  return vault_backup_read (self, restoring->fd, path, key, TRUE, &restoring->facts, error);
}

static gboolean
keyset_has (Vault *self, const char *id)
{
  g_autofree char *known = NULL;

  for (guint i = 1; (known = keys_dup_admin (self->keys, i)) != NULL; i++)
    {
      if (g_str_equal (known, id))
        return TRUE;
      g_clear_pointer (&known, g_free);
    }
  return FALSE;
}

/* Whom the keyset does not know cannot log in; who restores must be able to, whatever the backup says of them. */
static gboolean
settle_admins (const Restoring *self, Store *next, const char *now, GError **error)
{
  g_autoptr (GPtrArray) admins = admins_list (next, error);
  gboolean found = FALSE;

  for (guint i = 0; admins != NULL && i < admins->len; i++)
    {
      const Admin *admin = g_ptr_array_index (admins, i);
      gboolean is_by = g_str_equal (admin->id, self->by->id);

      found = found || (is_by && g_str_equal (admin->role, vault_role_get_name (VAULT_CHIEF)));
      if (!is_by && !keyset_has (self->vault, admin->id) && !admins_set_removed (next, admin->id, now, error))
        return FALSE;
    }
  if (admins == NULL)
    return FALSE;
  if (found)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE, "the backup does not know this admin as a chief");
  return FALSE;
}

/* One ahead of the TPM's, which follows when the database is opened: whatever stood there before is behind it. */
static gboolean
stage_counter (const Restoring *self, Store *next, guint64 *ret_state, GError **error)
{
  g_autoptr (Secret) auth = store_get_meta_bytes (next, VAULT_META_COUNTER_AUTH, error);
  guint64 value;

  if (auth == NULL || !keys_counter_read (self->vault->keys, auth, &value, error))
    return FALSE;
  *ret_state = value + 1;
  seals_stage_state (next, value + 1);
  return TRUE;
}

static gboolean
settle_counter (Store *next, guint64 state, GError **error)
{
  return store_set_meta_number (next, VAULT_META_COUNTER, state, error)
         && store_set_meta_number (next, VAULT_META_COUNTER_SEQ, seals_get_state_entry (next), error);
}

static gboolean
record_restored (Store *next, gpointer data, GError **error)
{
  const Restoring *self = data;
  g_autofree char *now = record_now (), *entries = g_strdup_printf ("%" G_GUINT64_FORMAT, self->facts.entries);
  guint64 state = 0;

  return settle_admins (self, next, now, error) && store_remove_meta (next, VAULT_META_TAMPERED, error)
         && stage_counter (self, next, &state, error)
         && record_append (next, error, self->by->id, "restored", keys_get_vault_id (self->vault->keys), "digest",
                           self->facts.sha256, "entries", entries, "lost", custody_error_get_name (self->vault->reason),
                           NULL)
         && settle_counter (next, state, error)
         /* The backup may be of before somebody was limited. */
         && vault_scopes_withdraw (self->vault, next, self->by->id, error);
}

gboolean
vault_restore_store (Vault *self, VaultAdmin *by, int fd, GError **error)
{
  Restoring restoring = { .vault = self, .by = by, .fd = fd };
  const VaultEpochChange change = { .make = make_from_backup, .step = record_restored, .data = &restoring };
  g_autoptr (Secret) master = NULL;
  g_autoptr (GError) problem = NULL;

  /* What is there is given up for what the backup has. */
  if (self->state == VAULT_SEALED)
    {
      g_clear_pointer (&self->store, store_close);
      g_clear_pointer (&self->counter_auth, secret_free);
    }
  if (self->state != VAULT_SEALED || self->keys == NULL || by->master == NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_ALLOWED,
                   "this is for a vault without its database, and for who has logged in by its keys");
      return FALSE;
    }
  master = vault_change_epoch (self, by->master, &change, error);
  backup_facts_clear (&restoring.facts);
  if (master == NULL)
    return FALSE;
  vault_refresh_session (by, master);
  if (self->store == NULL)
    {
      /* It has happened; the next start puts the files in their places. */
      g_propagate_error (error, g_error_copy (self->reason));
      return FALSE;
    }
  if (vault_adopt_store (self, &problem))
    return TRUE;
  g_propagate_error (error, g_error_copy (problem));
  vault_seal (self, g_steal_pointer (&problem));
  return FALSE;
}

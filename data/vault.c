/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: making, opening and closing it, the state counter, log-in. */
#include "vault-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "custody-error.h"
#include "durable.h"
#include "vault-backup-private.h"
#include "record.h"
#include "vault-dispose.h"
#include "vault-index.h"
#include "vault-receipt.h"

#define FORMAT 1
#define FOLLOW_ENTRIES 10000
#define OPEN_AGAIN_US (1 * G_USEC_PER_SEC)
#define META_COMPANY "company"
/* Stands while a vault is being made. What is there beside it was never finished and is removed. */
#define INIT_MARKER "init-unfinished"

void
vault_admin_free (VaultAdmin *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->name);
  secret_free (self->vault_secret);
  secret_free (self->master);
  scope_clear (&self->scope);
  g_free (self);
}

Finding *
finding_new (const char *check, gboolean ok, const char *detail)
{
  Finding *self = g_new0 (Finding, 1);

  self->check = g_strdup (check);
  self->ok = ok;
  self->detail = g_strdup (detail);
  return self;
}

void
finding_free (Finding *self)
{
  if (self == NULL)
    return;
  g_free (self->check);
  g_free (self->detail);
  g_clear_pointer (&self->facts, g_variant_unref);
  g_free (self);
}

char *
vault_path_in (const Vault *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static gboolean
exists_in (const Vault *self, const char *name)
{
  g_autofree char *path = vault_path_in (self, name);
  struct stat st;

  return lstat (path, &st) == 0;
}

/* --- the state counter ----------------------------------------------------------------------------------------------- */

/*
 * The database says n; the TPM's counter says v.
 *
 *   n == v        in step
 *   n == v + 1    the power went between commit and NV_Increment: the TPM follows
 *   n <  v        the database is older than the TPM has seen: ROLLBACK
 *   n >  v + 1    the counter is not the one this database knew: tampering
 *
 * n is raised in the very transaction of what is recorded, at the session's first entry, at every 16th, and at the end; the
 * TPM after the commit, by vault_follow (), when whoever waited has their answer. A chip's NV memory wears, so it is not raised for
 * each entry. The entry says n itself, so that a record that was cut off is behind the TPM whatever the settings say.
 */
static gboolean
counter_follow (Vault *self, GError **error)
{
  guint64 value;

  if (!self->counter_behind)
    return TRUE;
  /* A TPM that fell silent may have raised it all the same. */
  if (self->counter_unsure)
    {
      if (!keys_counter_read (self->keys, self->counter_auth, &value, error))
        return FALSE;
      self->counter_unsure = FALSE;
      self->counter_behind = value != self->counter;
      if (!self->counter_behind)
        return TRUE;
    }
  if (!keys_counter_increment (self->keys, self->counter_auth, &value, error))
    {
      self->counter_unsure = TRUE;
      return FALSE;
    }
  self->counter_behind = FALSE;
  if (value != self->counter)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "the TPM's state counter was moved by somebody else");
      return FALSE;
    }
  return TRUE;
}

static gboolean
counter_stage (Vault *self, guint64 entry, GError **error)
{
  return store_set_meta_number (self->store, VAULT_META_COUNTER, self->counter + 1, error)
         && store_set_meta_number (self->store, VAULT_META_COUNTER_SEQ, entry, error);
}

static gboolean
counter_is_due (const Vault *self, guint64 length)
{
  return length > self->counter_seq && (!self->counter_settled || length - self->counter_seq >= VAULT_COUNTER_STRIDE);
}

/*
 * SQLite's commit ends with the journal emptied, and with a sync of that. When the sync fails the journal is empty all the same: what
 * was written stands, for as long as the power does. Then the sync is tried once more, as nothing may be acknowledged without it.
 * *ret_stands: committed, whatever is returned.
 */
static gboolean
commit (Vault *self, guint64 length, gboolean *ret_stands, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *journal = vault_path_in (self, STORE_FILE "-journal");
  guint64 now = 0;

  *ret_stands = TRUE;
  if (store_commit (self->store, &problem))
    return TRUE;
  *ret_stands = length != self->begun_length && record_get_length (self->store, &now, NULL) && now == length;
  if (!*ret_stands)
    g_propagate_error (error, g_steal_pointer (&problem));
  else if (!durable_sync_file (journal, NULL))
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_UNSURE, "%s", problem->message);
  else
    return TRUE;
  return FALSE;
}

gboolean
vault_end (Vault *self, gboolean ok, GError **error)
{
  gboolean stands;
  guint64 length = 0, raised_by = 0;

  /* Whatever changed is on the record, also where nobody thought of an entry. */
  if (ok && seals_are_due (self->store))
    ok = record_append (self->store, error, "system", VAULT_ROWS_CONFIRMED, "", NULL);
  if (ok)
    {
      raised_by = seals_get_state_entry (self->store);
      ok =
          record_get_length (self->store, &length, error) && (raised_by == 0 || counter_stage (self, raised_by, error));
    }
  if (!ok)
    {
      store_rollback (self->store);
      return FALSE;
    }
  ok = commit (self, length, &stands, error);
  if (stands && raised_by > 0)
    {
      self->counter++;
      self->counter_seq = raised_by;
      self->counter_settled = TRUE;
      self->counter_behind = TRUE;
    }
  return ok;
}

/* Where the TPM does not follow now it does so later: the database is one ahead, which every start understands. */
static void
counter_try_follow (Vault *self)
{
  g_autoptr (GError) error = NULL;

  if (!counter_follow (self, &error))
    g_warning ("state counter: %s", error->message);
}

gboolean
vault_follow (Vault *self)
{
  gboolean behind = FALSE;

  if (self->state != VAULT_OPEN)
    return FALSE;
  counter_try_follow (self);
  keys_warm (self->keys);
  return askings_follow (self->store, FOLLOW_ENTRIES, &behind, NULL) && behind;
}

void
vault_forget (Vault *self)
{
  if (self->state == VAULT_OPEN)
    store_forget (self->store);
}

void
vault_tend (Vault *self)
{
  g_autoptr (GError) error = NULL;

  if (vault_checkpoint_is_due (self) && !vault_checkpoint (self, &error))
    g_warning ("checkpoint: %s", error->message);
  vault_index_keep (self);
  if (self->state == VAULT_OPEN && keys_get_tries_left (self->keys) < KEYS_MAX_TRIES)
    keys_count_tries (self->keys);
}

/* The next entry, when one is made in this transaction, says to which state it takes the vault. Never two ahead of the TPM: when it could
 * not follow last time and cannot now, the raise waits. */
static void
counter_announce (Vault *self)
{
  if (counter_is_due (self, self->begun_length + 1) && counter_follow (self, NULL))
    seals_stage_state (self->store, self->counter + 1);
}

/* What was recorded since the counter was raised last is confirmed by it too. */
static void
counter_settle (Vault *self)
{
  guint64 length;

  counter_try_follow (self);
  if (self->counter_behind || !record_get_length (self->store, &length, NULL) || length <= self->counter_seq)
    return;
  self->counter_settled = FALSE;
  (void) vault_record_alone (self, "system", "state-confirmed", "", NULL);
  counter_try_follow (self);
}

static gboolean
counter_check (Vault *self, GError **error)
{
  guint64 value;

  if (!store_get_meta_number (self->store, VAULT_META_COUNTER, &self->counter, error)
      || !store_get_meta_number (self->store, VAULT_META_COUNTER_SEQ, &self->counter_seq, error)
      || !keys_counter_read (self->keys, self->counter_auth, &value, error))
    return FALSE;
  self->counter_behind = self->counter_unsure = FALSE;
  if (self->counter == value)
    return TRUE;
  /* Ahead of the TPM is a TPM that was set back. */
  self->culprit = self->counter < value ? STORE_FILE : keys_is_software (self->keys) ? KEYS_SWTPM_FOLDER : "tpm";
  if (self->counter == value + 1)
    {
      self->culprit = NULL;
      self->counter_behind = TRUE;
      return counter_follow (self, error);
    }
  g_set_error (error, CUSTODY_ERROR, self->counter < value ? CUSTODY_ERROR_ROLLED_BACK : CUSTODY_ERROR_TAMPERED,
               "the database is at state %" G_GUINT64_FORMAT ", the TPM at %" G_GUINT64_FORMAT, self->counter, value);
  return FALSE;
}

gboolean
vault_begin (Vault *self, GError **error)
{
  if (!vault_require_open (self, error) || !store_begin (self->store, error))
    return FALSE;
  if (record_get_length (self->store, &self->begun_length, error))
    {
      counter_announce (self);
      vault_see_clock (self);
      return TRUE;
    }
  store_rollback (self->store);
  return FALSE;
}

/* --- opening --------------------------------------------------------------------------------------------------------- */

void
vault_close_parts (Vault *self)
{
  vault_index_clear (self);
  g_clear_pointer (&self->store, store_close);
  g_clear_pointer (&self->counter_auth, secret_free);
  g_clear_pointer (&self->keys, keys_free);
  g_clear_pointer (&self->company, g_free);
  self->culprit = NULL;
}

static gboolean
is_bytes (const Secret *stored, const guint8 *bytes, gsize n_bytes)
{
  return secret_get_size (stored) == n_bytes && memcmp (secret_get_data (stored, NULL), bytes, n_bytes) == 0;
}

static gboolean
keep_key (Vault *self, const char *meta, const guint8 key[KEYS_POINT_BYTES], GError **error)
{
  if (!store_begin (self->store, error))
    return FALSE;
  if (store_set_meta_bytes (self->store, meta, key, KEYS_POINT_BYTES, error))
    return store_commit (self->store, error);
  store_rollback (self->store);
  return FALSE;
}

/* Is @key the one that the database has as @meta? One that an earlier program did not know is kept from now on. */
static gboolean
is_known_key (Vault *self, const char *meta, const guint8 key[KEYS_POINT_BYTES])
{
  g_autoptr (Secret) known = store_get_meta_bytes (self->store, meta, NULL);
  gboolean is_covered = TRUE;

  if (known != NULL)
    return is_bytes (known, key, KEYS_POINT_BYTES);
  /* Where the record stands for the settings, one that is missing was removed. */
  return seals_exist (self->store, &is_covered, NULL) && !is_covered && keep_key (self, meta, key, NULL);
}

/* Keyset and database must be of one vault: the keyset's digest is no proof against an exchanged public key. */
static gboolean
check_belonging (Vault *self, GError **error)
{
  g_autofree char *vault_id = store_dup_meta_text (self->store, VAULT_META_ID, error);
  g_autoptr (Secret) public = vault_id != NULL ? store_get_meta_bytes (self->store, VAULT_META_PUBLIC, error) : NULL;
  guint8 attest[KEYS_POINT_BYTES], transport[KEYS_POINT_BYTES];

  if (public == NULL)
    return FALSE;
  if (g_str_equal (vault_id, keys_get_vault_id (self->keys))
      && is_bytes (public, keys_get_vault_public (self->keys), KEYS_VAULT_BYTES)
      && keys_get_attest_key (self->keys, attest) && is_known_key (self, VAULT_META_ATTEST, attest)
      && keys_get_transport_point (self->keys, transport) && is_known_key (self, VAULT_META_TRANSPORT, transport))
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "keyset and database are not of one vault");
  return FALSE;
}

gboolean
vault_boot_has_changed (const Vault *self)
{
  return self->state == VAULT_SEALED && self->keys != NULL
         && g_error_matches (self->reason, CUSTODY_ERROR, CUSTODY_ERROR_BOOT_CHANGED);
}

void
vault_seal_for_boot (Vault *self)
{
  Keys *keys = g_steal_pointer (&self->keys);

  vault_seal (self, g_error_new (CUSTODY_ERROR, CUSTODY_ERROR_BOOT_CHANGED, "the machine booted in another state"));
  self->keys = keys;
}

/* A vault of an earlier program: its rows are on the record from now on, as they stand. */
static gboolean
cover_rows (Vault *self, GError **error)
{
  if (!store_begin (self->store, error))
    return FALSE;
  seals_renew (self->store);
  seals_stage_state (self->store, self->counter + 1);
  return vault_end (self, record_append (self->store, error, "system", "rows-covered", "", NULL), error);
}

/* Rows that a later schema brought along. */
static gboolean
adopt_rows (Vault *self, GError **error)
{
  gboolean ok = store_begin (self->store, error);

  if (!ok)
    return FALSE;
  ok = seals_adopt (self->store, error);
  if (ok && seals_are_due (self->store))
    return vault_end (self, record_append (self->store, error, "system", "rows-covered", "", NULL), error);
  store_rollback (self->store);
  return ok;
}

static gboolean
find_cover (const Entry *entry, gpointer user_data, GError **error)
{
  *(gboolean *) user_data = *(gboolean *) user_data || chain_find_detail (entry->detail, RECORD_ALL_ROWS) != NULL;
  return TRUE;
}

/* Is the record's end as it was left? */
static gboolean
check_cover (Vault *self, GError **error)
{
  gboolean has_seals = FALSE, is_covered = FALSE;

  if (!seals_exist (self->store, &has_seals, error))
    return FALSE;
  if (has_seals)
    return record_check_end (self->store, self->counter, self->counter_seq, error) && adopt_rows (self, error);
  if (!entries_foreach (self->store, 0, G_MAXINT64, G_MAXUINT, find_cover, &is_covered, error))
    return FALSE;
  if (!is_covered)
    return cover_rows (self, error);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "database: the seals of its rows were removed");
  return FALSE;
}

/* A check of everything found something, and nobody has dealt with it since. */
static gboolean
check_mark (Vault *self, GError **error)
{
  g_autofree char *what = store_dup_meta_text (self->store, VAULT_META_TAMPERED, NULL);

  if (what == NULL)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "a check found what was not as it was left: %s", what);
  return FALSE;
}

/* With keys and store open: is it the database of these keys, and of this state? */
static gboolean
check_database (Vault *self, GError **error)
{
  if (!check_belonging (self, error))
    return FALSE;
  g_clear_pointer (&self->counter_auth, secret_free);
  g_clear_pointer (&self->company, g_free);
  self->counter_auth = store_get_meta_bytes (self->store, VAULT_META_COUNTER_AUTH, error);
  if (self->counter_auth == NULL || !counter_check (self, error) || !check_cover (self, error)
      || !check_mark (self, error))
    return FALSE;
  self->company = store_dup_meta_text (self->store, META_COMPANY, error);
  if (self->company == NULL)
    return FALSE;
  vault_settle_admins (self);
  vault_watch_lock (self);
  return TRUE;
}

gboolean
vault_adopt_store (Vault *self, GError **error)
{
  if (!check_database (self, error))
    return FALSE;
  g_clear_error (&self->reason);
  self->state = VAULT_OPEN;
  /* Entries of a session that ended without closing. */
  counter_settle (self);
  self->counter_settled = FALSE;
  vault_watch_clock (self);
  vault_settle_disposals (self);
  vault_safe_settle (self);
  return TRUE;
}

gboolean
vault_open_store (Vault *self, const Secret *key, GError **error)
{
  g_autofree char *path = vault_path_in (self, STORE_FILE);

  if (!vault_settle_epoch (self, error) || !keys_complete (self->keys, error))
    return FALSE;
  self->store = store_open (path, key, error);
  return self->store != NULL && vault_adopt_store (self, error);
}

/* Opens what is there, or seals it. */
void
vault_open_parts (Vault *self)
{
  g_autoptr (Secret) key = NULL;
  GError *error = NULL;

  self->keys = keys_open (self->folder, self->places, &key, &error);
  if (self->keys != NULL && key == NULL)
    vault_seal_for_boot (self);
  else if (self->keys == NULL || !vault_open_store (self, key, &error))
    vault_seal_as_found (self, error);
}

void
vault_seal_as_found (Vault *self, GError *take_reason)
{
  g_clear_error (&self->reason);
  self->state = VAULT_SEALED;
  self->reason = take_reason;
}

void
vault_seal (Vault *self, GError *take_reason)
{
  vault_close_parts (self);
  g_clear_error (&self->reason);
  self->state = VAULT_SEALED;
  self->reason = take_reason;
}

static void
remove_in (const Vault *self, const char *name)
{
  g_autofree char *path = vault_path_in (self, name);

  (void) g_remove (path);
}

/* While it is there, what is in the folder is no vault yet. */
static gboolean
set_marker (Vault *self, GError **error)
{
  g_autofree char *path = vault_path_in (self, INIT_MARKER);
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    custody_error_set_errno (error, errno, "write into the vault's folder");
  if (fd >= 0)
    close (fd);
  return ok && durable_sync_folder_of (path, error);
}

/* Gone for good, or nobody may be told that there is a vault: its next start would take it away. */
static gboolean
clear_marker (Vault *self, GError **error)
{
  g_autofree char *path = vault_path_in (self, INIT_MARKER);

  if (g_unlink (path) == 0)
    return durable_sync_folder_of (path, error);
  custody_error_set_errno (error, errno, "write into the vault's folder");
  return FALSE;
}

/* The marker goes last, and only when nothing is left that it stands for. */
static void
remove_unfinished (Vault *self)
{
  static const char *const files[] = { KEYS_FILE,       KEYS_FILE ".new",   KEYS_NEXT_FILE,       STORE_FILE,
                                       STORE_NEXT_FILE, STORE_BETWEEN_FILE, STORE_FILE "-journal" };
  g_autofree char *swtpm = vault_path_in (self, KEYS_SWTPM_FOLDER);
  struct stat st;
  /* A link is removed, not followed. */
  gboolean is_link = lstat (swtpm, &st) == 0 && S_ISLNK (st.st_mode);
  g_autoptr (GDir) dir = is_link ? NULL : g_dir_open (swtpm, 0, NULL);
  const char *name;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    remove_in (self, files[i]);
  if (is_link)
    remove_in (self, KEYS_SWTPM_FOLDER);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (swtpm, name, NULL);

      (void) g_unlink (path);
    }
  (void) g_rmdir (swtpm);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    if (exists_in (self, files[i]))
      return;
  if (!exists_in (self, KEYS_SWTPM_FOLDER))
    remove_in (self, INIT_MARKER);
}

/* What is there: opens it, or says why not. */
static void
look (Vault *self)
{
  GError *error = NULL;

  if (!vault_resume_retirement (self, &error))
    vault_seal (self, error);
  else if (!exists_in (self, KEYS_FILE) && !exists_in (self, STORE_FILE))
    self->state = VAULT_UNINITIALISED;
  else if (!exists_in (self, STORE_FILE) && !exists_in (self, STORE_NEXT_FILE))
    {
      g_autoptr (Secret) key = NULL;

      self->keys = keys_open (self->folder, self->places, &key, NULL);
      vault_seal_as_found (
          self, g_error_new (CUSTODY_ERROR, CUSTODY_ERROR_STORE_MISSING, "there is a keyset but no database"));
    }
  else
    vault_open_parts (self);
}

void
vault_reopen (Vault *self)
{
  vault_close_parts (self);
  g_clear_error (&self->reason);
  look (self);
}

/* A disk that was full, a TPM that was slow to come up: nobody has to start the daemon anew for that. */
gboolean
vault_error_may_pass (const GError *reason)
{
  static const int codes[] = { CUSTODY_ERROR_NO_TPM,      CUSTODY_ERROR_LOCKED_OUT, CUSTODY_ERROR_DISK_FULL,
                               CUSTODY_ERROR_DISK_FAILED, CUSTODY_ERROR_UNSURE,     CUSTODY_ERROR_BUSY,
                               CUSTODY_ERROR_FAILED };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (reason, CUSTODY_ERROR, codes[i]))
      return TRUE;
  return FALSE;
}

static void
open_again (Vault *self)
{
  gint64 began = g_get_monotonic_time (), ended;

  if (!self->sessions_ended || began < self->open_after_us || !vault_error_may_pass (self->reason))
    return;
  vault_close_parts (self);
  g_clear_error (&self->reason);
  look (self);
  self->sessions_ended = self->state == VAULT_SEALED;
  ended = g_get_monotonic_time ();
  self->open_after_us = ended + MAX (OPEN_AGAIN_US, 2 * (ended - began));
}

gboolean
vault_has_closed (Vault *self)
{
  return self->state == VAULT_SEALED && !self->sessions_ended && vault_error_may_pass (self->reason);
}

void
vault_end_sessions (Vault *self)
{
  self->sessions_ended = self->state == VAULT_SEALED;
}

/* Before anything is done: what was lost for a while may be back. */
static void
try_again (Vault *self)
{
  g_autoptr (GError) error = NULL;

  if (self->state == VAULT_SEALED)
    open_again (self);
  else if (self->state == VAULT_OPEN && !keys_reconnect (self->keys, &error)
           && !g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_TPM))
    vault_seal (self, g_steal_pointer (&error));
}

gboolean
vault_require_open (Vault *self, GError **error)
{
  try_again (self);
  if (self->state == VAULT_OPEN)
    return TRUE;
  if (self->state == VAULT_SEALED)
    g_propagate_error (error, g_error_copy (self->reason));
  else
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_INITIALISED, "there is no vault here yet");
  return FALSE;
}

/* A vault that opens was finished all but for its marker, or has been given one: nobody's numbers are thrown away for that. */
static gboolean
is_whole (Vault *self)
{
  gboolean ok;

  if (!exists_in (self, KEYS_FILE) || !exists_in (self, STORE_FILE))
    return FALSE;
  look (self);
  ok = self->state == VAULT_OPEN;
  vault_close_parts (self);
  self->state = VAULT_UNINITIALISED;
  g_clear_error (&self->reason);
  return ok && clear_marker (self, NULL);
}

Vault *
vault_new (const char *folder, const KeysPlaces *places)
{
  Vault *self = g_new0 (Vault, 1);

  self->folder = g_strdup (folder);
  self->places = places;
  if (exists_in (self, INIT_MARKER) && !is_whole (self))
    remove_unfinished (self);
  vault_prove_clean (self);
  vault_restore_clean (self);
  look (self);
  self->sessions_ended = self->state == VAULT_SEALED;
  return self;
}

void
vault_free (Vault *self)
{
  if (self == NULL)
    return;
  if (self->state == VAULT_OPEN)
    {
      vault_index_make (self);
      vault_index_keep (self);
      if (vault_checkpoint_is_due (self))
        (void) vault_checkpoint (self, NULL);
      counter_settle (self);
    }
  vault_close_parts (self);
  g_clear_error (&self->reason);
  g_clear_pointer (&self->backup_failed, g_hash_table_unref);
  g_free (self->folder);
  g_free (self->due_day);
  g_free (self->narrowed.key);
  g_free (self);
}

guint
vault_get_tries_left (Vault *self)
{
  return self->state == VAULT_OPEN ? keys_get_tries_left (self->keys) : 0;
}

void
vault_get_status (Vault *self, VaultStatus *ret_status)
{
  VaultStatus status;

  try_again (self);
  status = (VaultStatus){ .state = self->state,
                          .reason = "",
                          .provider = "",
                          .company = "",
                          .vault_id = "",
                          .backup_alarm = "",
                          .format = FORMAT,
                          .danger = "",
                          .lease = "",
                          .plain_exports = VAULT_PLAIN_CHIEFS };

  if (self->state == VAULT_SEALED)
    status.reason = custody_error_get_name (self->reason);
  if (self->state == VAULT_SEALED && self->keys != NULL)
    {
      status.provider = keys_get_provider (self->keys);
      status.software_tpm = keys_is_software (self->keys);
      status.vault_id = keys_get_vault_id (self->keys);
      status.tries_left = keys_get_tries_left (self->keys);
    }
  if (self->state == VAULT_OPEN)
    {
      status.provider = keys_get_provider (self->keys);
      status.software_tpm = keys_is_software (self->keys);
      status.company = self->company;
      status.vault_id = keys_get_vault_id (self->keys);
      status.tries_left = vault_get_tries_left (self);
      status.token_required = vault_token_is_required (self);
      status.plain_exports = vault_get_plain_rule (self);
      (void) people_count (self->store, NULL, &status.people, &status.submitted, &status.approved, NULL);
      (void) record_get_length (self->store, &status.record_entries, NULL);
      status.disposal_due = vault_count_due (self);
      status.boot_bound = keys_boot_is_bound (self->keys);
      status.backup_alarm = vault_backup_get_alarm (self);
      (void) vault_backup_get_last (self, &status.backup_made_s);
      vault_fill_lease (self, &status);
      vault_fill_term (self, &status);
    }
  *ret_status = status;
}

/* --- making ---------------------------------------------------------------------------------------------------------- */

/* The first entry stands for every row, and for the state that the counter has. */
static gboolean
cover_first (Vault *self)
{
  seals_renew (self->store);
  seals_stage_state (self->store, self->counter);
  return TRUE;
}

static gboolean
fill_store (Vault *self, const char *company, const char *admin_id, const char *admin_name, GError **error)
{
  g_autofree char *now = record_now ();
  guint8 attest[KEYS_POINT_BYTES], transport[KEYS_POINT_BYTES];

  if (!keys_get_attest_key (self->keys, attest) || !keys_get_transport_point (self->keys, transport))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "the TPM made no usable key");
      return FALSE;
    }
  if (!keys_counter_read (self->keys, self->counter_auth, &self->counter, error) || !store_begin (self->store, error))
    return FALSE;
  self->counter_seq = 1;
  if (!store_set_meta_text (self->store, META_COMPANY, company, error)
      || !store_set_meta_text (self->store, VAULT_META_ID, keys_get_vault_id (self->keys), error)
      || !store_set_meta_bytes (self->store, VAULT_META_PUBLIC, keys_get_vault_public (self->keys), KEYS_VAULT_BYTES,
                                error)
      || !store_set_meta_bytes (self->store, VAULT_META_ATTEST, attest, sizeof attest, error)
      || !store_set_meta_bytes (self->store, VAULT_META_TRANSPORT, transport, sizeof transport, error)
      || !store_set_meta_bytes (self->store, VAULT_META_COUNTER_AUTH, secret_get_data (self->counter_auth, NULL),
                                secret_get_size (self->counter_auth), error)
      || !store_set_meta_number (self->store, VAULT_META_COUNTER, self->counter, error)
      || !store_set_meta_number (self->store, VAULT_META_COUNTER_SEQ, self->counter_seq, error)
      || !admins_insert (self->store, admin_id, admin_name, vault_role_get_name (VAULT_CHIEF), now, NULL, error)
      || !record_start (self->store, error) || !cover_first (self)
      || !record_append (self->store, error, admin_id, "vault-made", keys_get_vault_id (self->keys), "provider",
                         keys_get_provider (self->keys), NULL))
    {
      store_rollback (self->store);
      return FALSE;
    }
  return store_commit (self->store, error);
}

gboolean
vault_init (Vault *self, const char *provider, const char *company, const char *admin_name, const Secret *pin,
            GError **error)
{
  g_autofree char *store_path = vault_path_in (self, STORE_FILE);
  g_autofree char *admin_id = g_uuid_string_random ();
  g_autoptr (Secret) key = NULL;
  gboolean ok;

  if (self->state != VAULT_UNINITIALISED)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ALREADY_INITIALISED, "there is a vault here already");
      return FALSE;
    }
  if (!vault_require_pin (company, admin_name, pin, error))
    return FALSE;
  /* Of an attempt whose disk would not even let go of what it had made. */
  if (self->init_failed || exists_in (self, INIT_MARKER))
    remove_unfinished (self);
  if (!set_marker (self, error))
    return FALSE;
  self->keys = keys_create (self->folder, provider, self->places, admin_id, pin, &key, &self->counter_auth, error);
  ok = self->keys != NULL;
  if (ok)
    {
      self->store = store_create (store_path, key, error);
      ok = self->store != NULL && fill_store (self, company, admin_id, admin_name, error);
    }
  /* Last of all: from here only the PIN brings the lock's password out again. A crash before it is mended at the first log-in. */
  ok = ok && clear_marker (self, error) && keys_arm_lock (self->keys, admin_id, pin, error);
  if (!ok)
    {
      keys_undo_create (g_steal_pointer (&self->keys));
      vault_close_parts (self);
      remove_unfinished (self);
      self->init_failed = TRUE;
      return FALSE;
    }
  keys_settle_create (self->keys);
  self->company = g_strdup (company);
  self->state = VAULT_OPEN;
  return TRUE;
}

/* --- logging in ------------------------------------------------------------------------------------------------------ */

VaultAdmin *
vault_login (Vault *self, const char *admin_name, const Secret *pin, guint *ret_tries_left, GError **error)
{
  g_autoptr (VaultAdmin) admin = g_new0 (VaultAdmin, 1);
  g_autoptr (Admin) row = NULL;
  g_autoptr (GError) problem = NULL;

  try_again (self);
  if (self->state == VAULT_SEALED)
    return vault_safe_login (self, admin_name, pin, ret_tries_left, error);
  row = vault_require_open (self, error) ? admins_find (self->store, admin_name, error) : NULL;
  if (row == NULL)
    return NULL;
  if (!seals_row_is_fine (self->store, "admins", row->id))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "database: admins %s is not as the record has it",
                   row->id);
      return NULL;
    }
  if (!vault_role_from_name (row->role, &admin->role))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED, "an admin of an unknown role");
      return NULL;
    }
  admin->id = g_strdup (row->id);
  admin->name = g_strdup (row->name);
  vault_take_scope (admin, row);
  keys_set_role (self->keys, row->id, row->role);
  if (!keys_login (self->keys, admin->id, pin, &admin->vault_secret, &admin->master, ret_tries_left, &problem))
    {
      if (g_error_matches (problem, CUSTODY_ERROR, CUSTODY_ERROR_WRONG_PIN))
        (void) vault_record_alone (self, admin->id, "login-failed", "", NULL);
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  vault_settle_tokens (self, admin->master);
  vault_settle_scopes (self);
  /* Held only by whom it serves. */
  if (admin->role != VAULT_CHIEF)
    g_clear_pointer (&admin->master, secret_free);
  if (admin->role == VAULT_AUDITOR || admin->role == VAULT_CLIENT)
    g_clear_pointer (&admin->vault_secret, secret_free);
  if (!vault_record_alone (self, admin->id, "login", "", error))
    return NULL;
  return g_steal_pointer (&admin);
}

gboolean
vault_note_logout (Vault *self, const char *admin_id, gboolean expired, GError **error)
{
  const char *action = expired ? "session-expired" : "logout";

  return self->state == VAULT_SEALED ? vault_safe_note (self, admin_id, action, error)
                                     : vault_record_alone (self, admin_id, action, "", error);
}

gboolean
vault_note_throttle (Vault *self, GError **error)
{
  return vault_record_alone (self, VAULT_ACTOR_KIOSK, "identify-throttled", "", error);
}

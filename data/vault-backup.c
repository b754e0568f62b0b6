/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: backups: their places, making them by night or when asked, how old the last one is. */
#include "vault-backup-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "backups.h"
#include "custody-error.h"
#include "machines.h"
#include "place.h"
#include "record.h"

#define NIGHT_HOUR 2 /* local time: the first quiet moment after it is the time for a backup */
#define RETRY_S (60 * 60)
#define DAY_S (24 * 60 * 60)
#define FULL "full"
#define ACTOR "system"
#define LEFT_MAX 32
#define NEVER_S (-1)

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static gint64
parse_s (const char *text)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);

  return time != NULL ? g_date_time_to_unix (time) : NEVER_S;
}

/* --- places ---------------------------------------------------------------------------------------------------------- */

static gboolean
require_chief (const VaultAdmin *by, GError **error)
{
  if (by->role == VAULT_CHIEF)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE, "only a chief says where backups go");
  return FALSE;
}

static int
open_place (const BackupPlace *place, GError **error)
{
  return place_open (place->path, place->relative, place->id, error);
}

char *
vault_backup_add_place (Vault *self, const VaultAdmin *by, const char *path, guint keep_days, GError **error)
{
  g_autoptr (GPtrArray) places = vault_require_open (self, error) ? backup_places_list (self->store, error) : NULL;
  g_autofree char *canonical = g_canonicalize_filename (path, "/");
  g_autofree char *id = g_uuid_string_random (), *now = record_now (), *relative = NULL;
  BackupPlace place = { .id = id, .path = canonical, .keep_days = keep_days, .added = now };
  int folder;

  if (places == NULL || !require_chief (by, error))
    return NULL;
  if (!g_path_is_absolute (path) || strlen (path) > PATH_MAX / 2 || !g_utf8_validate (path, -1, NULL)
      || keep_days < VAULT_BACKUP_KEEP_MIN || keep_days > VAULT_BACKUP_KEEP_MAX
      || places->len >= VAULT_BACKUP_PLACES_MAX || g_str_has_prefix (canonical, self->folder))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
                   "a place is an absolute path outside the vault's folder; at most %d, kept for %d to %d days",
                   VAULT_BACKUP_PLACES_MAX, VAULT_BACKUP_KEEP_MIN, VAULT_BACKUP_KEEP_MAX);
      return NULL;
    }
  if (!place_mark (canonical, id, &relative, error))
    return NULL;
  place.relative = relative;
  if (vault_begin (self, error)
      && vault_end (self,
                    backup_places_insert (self->store, &place, error)
                        && record_append (self->store, error, by->id, "backup-place-added", id, NULL),
                    error))
    return g_steal_pointer (&id);
  folder = open_place (&place, NULL);
  if (folder >= 0)
    {
      place_unmark (folder, id);
      close (folder);
    }
  return NULL;
}

static const BackupPlace *
find_place (GPtrArray *places, const char *id)
{
  for (guint i = 0; i < places->len; i++)
    if (g_str_equal (((const BackupPlace *) g_ptr_array_index (places, i))->id, id))
      return g_ptr_array_index (places, i);
  return NULL;
}

gboolean
vault_backup_remove_place (Vault *self, const VaultAdmin *by, const char *id, GError **error)
{
  g_autoptr (GPtrArray) places = vault_require_open (self, error) ? backup_places_list (self->store, error) : NULL;
  g_autofree char *now = record_now ();
  const BackupPlace *place;
  int folder;

  if (places == NULL || !require_chief (by, error))
    return FALSE;
  place = find_place (places, id);
  if (place == NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_BACKUP, "there is no such place");
      return FALSE;
    }
  if (!vault_begin (self, error)
      || !vault_end (self,
                     backup_places_set_removed (self->store, place->id, now, error)
                         && record_append (self->store, error, by->id, "backup-place-removed", place->id, NULL),
                     error))
    return FALSE;
  folder = open_place (place, NULL);
  if (folder >= 0)
    {
      place_unmark (folder, place->id);
      close (folder);
    }
  return TRUE;
}

static void
place_row_free (gpointer data)
{
  VaultBackupPlace *row = data;

  g_free (row->id);
  g_free (row->path);
  g_free (row);
}

GPtrArray *
vault_backup_list_places (Vault *self, GError **error)
{
  g_autoptr (GPtrArray) places = vault_require_open (self, error) ? backup_places_list (self->store, error) : NULL;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (place_row_free);

  for (guint i = 0; places != NULL && i < places->len; i++)
    {
      const BackupPlace *place = g_ptr_array_index (places, i);
      VaultBackupPlace *row = g_new0 (VaultBackupPlace, 1);
      int folder = open_place (place, NULL);

      row->id = g_strdup (place->id);
      row->path = g_strdup (place->path);
      row->keep_days = place->keep_days;
      row->is_there = folder >= 0;
      if (folder >= 0)
        close (folder);
      g_ptr_array_add (rows, row);
    }
  return places != NULL ? g_steal_pointer (&rows) : NULL;
}

GPtrArray *
vault_backup_list (Vault *self, GError **error)
{
  return vault_require_open (self, error) ? backups_list (self->store, error) : NULL;
}

char *
vault_backup_dup_name (Vault *self, const char *generation)
{
  return g_strdup_printf ("azukari-%s-%s.azb", keys_get_vault_id (self->keys), generation);
}

static const char *const generations[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun", FULL };

static gboolean
generation_is_known (const char *generation)
{
  for (guint i = 0; i < G_N_ELEMENTS (generations); i++)
    if (g_str_equal (generations[i], generation))
      return TRUE;
  return FALSE;
}

int
vault_backup_open (Vault *self, const char *place_id, const char *generation, GError **error)
{
  g_autoptr (GPtrArray) places = vault_require_open (self, error) ? backup_places_list (self->store, error) : NULL;
  const BackupPlace *place = places != NULL ? find_place (places, place_id) : NULL;
  g_autofree char *name = NULL;
  int folder, fd;

  if (places == NULL)
    return -1;
  if (place == NULL || !generation_is_known (generation))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_BACKUP, "there is no such backup");
      return -1;
    }
  folder = open_place (place, error);
  if (folder < 0)
    return -1;
  name = vault_backup_dup_name (self, generation);
  fd = place_open_file (folder, name, error);
  close (folder);
  return fd;
}

/* --- when ------------------------------------------------------------------------------------------------------------ */

/* The latest NIGHT_HOUR that has passed. */
static gint64
last_night_s (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) tonight = g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now),
                                                         g_date_time_get_day_of_month (now), NIGHT_HOUR, 0, 0);
  gint64 night_s = tonight != NULL ? g_date_time_to_unix (tonight) : g_date_time_to_unix (now);

  return night_s <= g_date_time_to_unix (now) ? night_s : night_s - DAY_S;
}

/* The newest at @place, or at any for NULL; NULL without one. @backups: newest first. */
static const Backup *
newest_at (GPtrArray *backups, const char *place)
{
  for (guint i = 0; i < backups->len; i++)
    {
      const Backup *backup = g_ptr_array_index (backups, i);

      if (place == NULL || g_str_equal (backup->place, place))
        return backup;
    }
  return NULL;
}

static gboolean
place_is_due (Vault *self, GPtrArray *backups, const BackupPlace *place)
{
  const Backup *last = newest_at (backups, place->id);
  gint64 made_s = last != NULL ? parse_s (last->made) : NEVER_S;
  gsize n;
  const guint8 *sealed_to = last != NULL ? g_bytes_get_data (last->sealed_to, &n) : NULL;

  /* After a new epoch the newest backup must open with the secret of now: it holds what opens those before it. */
  return last == NULL || made_s < last_night_s () || made_s > now_s () + DAY_S || n != KEYS_VAULT_BYTES
         || memcmp (sealed_to, keys_get_vault_public (self->keys), n) != 0;
}

gboolean
vault_backup_is_due (Vault *self)
{
  g_autoptr (GPtrArray) places = NULL, backups = NULL;
  gint64 since_s = now_s () - self->backup_failed_s;

  if (self->state != VAULT_OPEN || (since_s >= 0 && since_s < RETRY_S))
    return FALSE;
  places = backup_places_list (self->store, NULL);
  backups = backups_list (self->store, NULL);
  for (guint i = 0; places != NULL && backups != NULL && i < places->len; i++)
    if (place_is_due (self, backups, g_ptr_array_index (places, i)))
      return TRUE;
  return FALSE;
}

gboolean
vault_backup_get_last (Vault *self, gint64 *ret_made_s)
{
  g_autoptr (GPtrArray) backups = self->state == VAULT_OPEN ? backups_list (self->store, NULL) : NULL;
  const Backup *last = backups != NULL ? newest_at (backups, NULL) : NULL;

  *ret_made_s = last != NULL ? parse_s (last->made) : 0;
  return backups != NULL;
}

static gboolean
is_old (const Backup *last)
{
  gint64 age_s = last != NULL ? now_s () - parse_s (last->made) : G_MAXINT64;

  return age_s > VAULT_BACKUP_ALARM_S || age_s < -DAY_S;
}

const char *
vault_backup_get_alarm (Vault *self)
{
  g_autoptr (GPtrArray) places = self->state == VAULT_OPEN ? backup_places_list (self->store, NULL) : NULL;
  g_autoptr (GPtrArray) backups = places != NULL ? backups_list (self->store, NULL) : NULL;

  if (backups == NULL)
    return "";
  if (places->len == 0)
    return "no-place";
  if (backups->len == 0)
    return "none";
  if (is_old (newest_at (backups, NULL)))
    return "old";
  for (guint i = 0; i < places->len; i++)
    {
      const BackupPlace *place = g_ptr_array_index (places, i);
      const Backup *last = newest_at (backups, place->id);

      /* One that was registered just now has the time that others have. */
      if (last != NULL ? is_old (last) : now_s () - parse_s (place->added) > VAULT_BACKUP_ALARM_S)
        return "place";
    }
  return "";
}

/* --- making one ------------------------------------------------------------------------------------------------------ */

static void
outcome_free (gpointer data)
{
  VaultBackupOutcome *outcome = data;

  g_free (outcome->place);
  g_free (outcome->path);
  g_free (outcome->generation);
  g_free (outcome);
}

/* A full one when there is none, or it would soon be as old as it may become; else that of the weekday. */
static const char *
choose_generation (GPtrArray *backups, const BackupPlace *place)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  gint64 renew_s = (gint64) place->keep_days * DAY_S * 4 / 5;

  for (guint i = 0; i < backups->len; i++)
    {
      const Backup *backup = g_ptr_array_index (backups, i);

      if (g_str_equal (backup->place, place->id) && g_str_equal (backup->generation, FULL)
          && now_s () - parse_s (backup->made) < renew_s)
        return generations[g_date_time_get_day_of_week (now) - 1];
    }
  return FULL;
}

/* From the disk, as far as the kernel can be asked: what it still has in memory proves nothing. */
static gboolean
read_back (Vault *self, int fd, BackupFacts *ret_facts, GError **error)
{
  (void) posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
  if (lseek (fd, 0, SEEK_SET) != 0)
    {
      custody_error_set_errno (error, errno, "read the backup back");
      return FALSE;
    }
  return vault_backup_read (self, fd, NULL, NULL, FALSE, ret_facts, error);
}

static gboolean
put_in_place (Vault *self, const char *actor, PlaceFile *file, const Backup *row, GError **error)
{
  g_autofree char *entries = g_strdup_printf ("%" G_GUINT64_FORMAT, row->entries);

  return backups_put (self->store, row, error)
         && record_append (self->store, error, actor, "backup-made", row->place, "digest", row->sha256, "entries",
                           entries, "generation", row->generation, NULL)
         && place_file_commit (file, error);
}

static gboolean
make_file (Vault *self, const char *actor, PlaceFile *file, const BackupPlace *place, VaultBackupOutcome *outcome,
           GError **error)
{
  g_autoptr (GByteArray) points = vault_machines_points (self, NULL, error);
  g_auto (BackupFacts) facts = { .bytes = 0 };
  Backup row = { .place = place->id, .generation = outcome->generation };
  gboolean ok;

  if (points == NULL || !vault_backup_sign_record (self, error)
      || !vault_backup_write (self, file->fd, VAULT_BACKUP_PURPOSE, points->data, points->len / CONTAINER_POINT_BYTES,
                              error)
      || !read_back (self, file->fd, &facts, error))
    return FALSE;
  memcpy (outcome->sha256, facts.sha256, sizeof outcome->sha256);
  outcome->bytes = row.bytes = facts.bytes;
  outcome->entries = row.entries = facts.entries;
  outcome->people = row.people = facts.people;
  row.sha256 = facts.sha256;
  row.made = facts.head.made;
  row.sealed_to = g_bytes_new (facts.sealed_to, sizeof facts.sealed_to);
  ok = vault_begin (self, error) && vault_end (self, put_in_place (self, actor, file, &row, error), error);
  g_bytes_unref (row.sealed_to);
  return ok;
}

static gboolean
is_overdue (GPtrArray *backups, const BackupPlace *place, const char *generation)
{
  for (guint i = 0; i < backups->len; i++)
    {
      const Backup *backup = g_ptr_array_index (backups, i);

      if (g_str_equal (backup->place, place->id) && g_str_equal (backup->generation, generation)
          && now_s () - parse_s (backup->made) > (gint64) place->keep_days * DAY_S)
        return TRUE;
    }
  return FALSE;
}

/* Those that were not made anew for longer than they are kept, or all but the one of now. */
static gboolean
remove_others (Vault *self, int folder, const BackupPlace *place, const char *generation, GPtrArray *backups,
               gboolean all, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (generations); i++)
    {
      g_autofree char *name = vault_backup_dup_name (self, generations[i]);

      if (g_str_equal (generations[i], generation) || (!all && !is_overdue (backups, place, generations[i])))
        continue;
      if (!place_remove_file (folder, name))
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_PLACE_GONE, "an old backup cannot be removed");
          return FALSE;
        }
      if (!vault_begin (self, error)
          || !vault_end (self, backups_remove (self->store, place->id, generations[i], error), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_at (Vault *self, const char *actor, const BackupPlace *place, GPtrArray *backups, gboolean replace_all,
         VaultBackupOutcome *outcome, GError **error)
{
  int folder = open_place (place, error);
  g_autofree char *name = NULL;
  PlaceFile file = { .fd = -1 };
  gboolean ok;

  if (folder < 0)
    return FALSE;
  name = vault_backup_dup_name (self, outcome->generation);
  ok = place_file_begin (folder, name, &file, error) && make_file (self, actor, &file, place, outcome, error);
  place_file_abandon (&file);
  ok = ok && remove_others (self, folder, place, outcome->generation, backups, replace_all, error);
  close (folder);
  return ok;
}

/* --- making them ----------------------------------------------------------------------------------------------------- */

/* By night the same failure would fill the record: once a day says it. */
static gboolean
must_record (Vault *self, const char *place, gboolean only_due)
{
  gint64 *last;

  if (self->backup_failed == NULL)
    self->backup_failed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  last = g_hash_table_lookup (self->backup_failed, place);
  if (only_due && last != NULL && now_s () - *last < DAY_S && now_s () >= *last)
    return FALSE;
  last = g_new (gint64, 1);
  *last = now_s ();
  g_hash_table_insert (self->backup_failed, g_strdup (place), last);
  return TRUE;
}

static void
note_failure (Vault *self, const char *actor, const char *place, const char *reason, gboolean only_due)
{
  if (must_record (self, place, only_due) && vault_begin (self, NULL))
    (void) vault_end (self, record_append (self->store, NULL, actor, "backup-failed", place, "reason", reason, NULL),
                      NULL);
}

static GPtrArray *
make_all (Vault *self, const char *actor, gboolean only_due, gboolean replace_all, GError **error)
{
  g_autoptr (GPtrArray) places = vault_require_open (self, error) ? backup_places_list (self->store, error) : NULL;
  g_autoptr (GPtrArray) backups = places != NULL ? backups_list (self->store, error) : NULL;
  g_autoptr (GPtrArray) outcomes = g_ptr_array_new_with_free_func (outcome_free);

  if (backups == NULL)
    return NULL;
  if (places->len == 0 && !replace_all)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_BACKUP, "no place for backups is registered");
      return NULL;
    }
  for (guint i = 0; i < places->len && self->state == VAULT_OPEN; i++)
    {
      const BackupPlace *place = g_ptr_array_index (places, i);
      g_autoptr (GError) problem = NULL;
      VaultBackupOutcome *outcome;

      if (only_due && !place_is_due (self, backups, place))
        continue;
      outcome = g_new0 (VaultBackupOutcome, 1);
      g_ptr_array_add (outcomes, outcome);
      outcome->place = g_strdup (place->id);
      outcome->path = g_strdup (place->path);
      outcome->generation = g_strdup (replace_all ? FULL : choose_generation (backups, place));
      if (make_at (self, actor, place, backups, replace_all, outcome, &problem))
        continue;
      outcome->reason = custody_error_get_name (problem);
      /* Paths and names of files are in none of these messages. */
      g_message ("backup: %s", problem->message);
      note_failure (self, actor, place->id, outcome->reason, only_due);
      self->backup_failed_s = now_s ();
    }
  return g_steal_pointer (&outcomes);
}

GPtrArray *
vault_backup (Vault *self, const char *actor, gboolean only_due, GError **error)
{
  return make_all (self, actor, only_due, FALSE, error);
}

GPtrArray *
vault_backup_replace_all (Vault *self, const char *actor, GError **error)
{
  return make_all (self, actor, FALSE, TRUE, error);
}

/* A vault that ends makes none anew. */
static gboolean
remove_all_at (Vault *self, const BackupPlace *place)
{
  int folder = open_place (place, NULL);
  gboolean ok = folder >= 0;

  for (guint i = 0; folder >= 0 && i < G_N_ELEMENTS (generations); i++)
    {
      g_autofree char *name = vault_backup_dup_name (self, generations[i]);

      ok = place_remove_file (folder, name) && ok;
    }
  if (ok)
    place_unmark (folder, place->id);
  if (folder >= 0)
    {
      (void) fsync (folder);
      close (folder);
    }
  return ok;
}

static gboolean
remove_all (Vault *self, Certificate *certificate, GError **error)
{
  g_autoptr (GPtrArray) places = vault_require_open (self, error) ? backup_places_list (self->store, error) : NULL;

  for (guint i = 0; places != NULL && i < places->len; i++)
    {
      const BackupPlace *place = g_ptr_array_index (places, i);

      certificate_add_backup (certificate, remove_all_at (self, place) ? "removed" : "unreached", place->path);
    }
  return places != NULL;
}

static gboolean
replace_all (Vault *self, Certificate *certificate, GError **error)
{
  g_autoptr (GPtrArray) outcomes = vault_backup_replace_all (self, ACTOR, error);

  for (guint i = 0; outcomes != NULL && i < outcomes->len; i++)
    {
      const VaultBackupOutcome *outcome = g_ptr_array_index (outcomes, i);

      certificate_add_backup (certificate, outcome->reason == NULL ? "rewritten" : "unreached", outcome->path);
    }
  return outcomes != NULL;
}

/* A machine has what it was sent, also after it was removed here: only whoever is there can destroy it. */
static gboolean
name_machines (Vault *self, Certificate *certificate, GError **error)
{
  g_autoptr (GPtrArray) enrolled = machines_list (self->store, error);
  g_autoptr (GPtrArray) removed = enrolled != NULL ? machines_list_removed (self->store, error) : NULL;
  guint n_named = removed != NULL ? enrolled->len + MIN (removed->len, LEFT_MAX) : 0;

  for (guint i = 0; i < n_named; i++)
    {
      const gboolean is_enrolled = i < enrolled->len;
      const Machine *machine =
          g_ptr_array_index (is_enrolled ? enrolled : removed, is_enrolled ? i : i - enrolled->len);
      g_autofree char *name = g_strconcat (is_enrolled ? "machine: " : "removed machine: ", machine->name, NULL);

      certificate_add_backup (certificate, "unreached", name);
    }
  return removed != NULL;
}

gboolean
vault_dispose_of_backups (Vault *self, Certificate *certificate, GError **error)
{
  g_autoptr (GPtrArray) left = NULL;

  g_ptr_array_set_size (certificate->backups, 0);
  if (!(certificate->is_retirement ? remove_all : replace_all) (self, certificate, error))
    return FALSE;
  /* What was left where no backups are made any more is out of reach, and must be named. */
  left = backup_places_list_removed (self->store, error);
  for (guint i = 0; left != NULL && i < MIN (left->len, LEFT_MAX); i++)
    certificate_add_backup (certificate, "unreached", ((const BackupPlace *) g_ptr_array_index (left, i))->path);
  return left != NULL && name_machines (self, certificate, error);
}

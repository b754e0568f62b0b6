/* SPDX-License-Identifier: Apache-2.0 */
/* vault-backup: the vault's verbs about backups: making them, by itself at night, and restoring from them. Same rules as vault.h.
 *
 * A backup is a container (container.h) of a dump (dump.h) of the whole database, with the numbers as they are: sealed. It is
 * encrypted to the TPM of this machine and of every enrolled one, and the TPM that made it attests its digest. */
#pragma once

#include "container.h"
#include "vault.h"

G_BEGIN_DECLS

#define VAULT_BACKUP_PURPOSE "backup"
#define VAULT_BACKUP_KEEP_DAYS 35 /* unless a place says otherwise */
#define VAULT_BACKUP_KEEP_MIN 8
#define VAULT_BACKUP_KEEP_MAX 3650
/* Without a good backup for so long GetStatus warns. */
#define VAULT_BACKUP_ALARM_S (3 * 24 * 60 * 60)
#define VAULT_BACKUP_PLACES_MAX 8

/* --- places --- */

/**
 * vault_backup_add_place:
 * @path: absolute; a folder that is there and takes files
 * @keep_days: how long a generation stays that is not made anew
 *
 * Returns: (transfer full): its id; %NULL with NOT_YOUR_ROLE, USAGE, PLACE_GONE ...
 */
char *vault_backup_add_place (Vault *self, const VaultAdmin *by, const char *path, guint keep_days, GError **error);
/** vault_backup_remove_place: the backups there stay; nothing is written there any more. NO_BACKUP for an unknown id. */
gboolean vault_backup_remove_place (Vault *self, const VaultAdmin *by, const char *id, GError **error);

typedef struct
{
  char *id;
  char *path;
  guint keep_days;
  gboolean is_there; /* plugged in, and the one that was registered */
} VaultBackupPlace;

/** vault_backup_list_places: (transfer full) (element-type VaultBackupPlace) */
GPtrArray *vault_backup_list_places (Vault *self, GError **error);
/** vault_backup_list: (transfer full) (element-type Backup): those that were found good when they were made; newest first. */
GPtrArray *vault_backup_list (Vault *self, GError **error);
/** vault_backup_dup_name: (transfer full): the file name of a generation. */
char *vault_backup_dup_name (Vault *self, const char *generation);
/** vault_backup_open: the file of a generation at a place, for reading; the caller's to close. -1 with NO_BACKUP, PLACE_GONE. */
int vault_backup_open (Vault *self, const char *place, const char *generation, GError **error);

/* --- making them --- */

/* What came of it at one place. */
typedef struct
{
  char *place; /* id */
  char *path;  /* of the folder, as it was registered */
  char *generation;
  const char *reason; /* error name; NULL: the backup is there and was read back */
  char sha256[65];
  guint64 bytes, entries, people;
} VaultBackupOutcome;

/**
 * vault_backup:
 * @actor: "system" or an admin's id
 * @only_due: only where the last good one is older than last night; then a failure is recorded once a day
 *
 * One at each place: written beside the old one, synced, read back and checked with all that a restore checks, and only then put in
 * its place. Blocks for seconds.
 *
 * Returns: (transfer full) (element-type VaultBackupOutcome): %NULL with NO_BACKUP when no place is registered.
 */
GPtrArray *vault_backup (Vault *self, const char *actor, gboolean only_due, GError **error);
/** vault_backup_is_due: no more than once an hour %TRUE for a place that fails. Asks no TPM and no place. */
gboolean vault_backup_is_due (Vault *self);
/**
 * vault_backup_replace_all:
 *
 * What old backups hold must go: a new one at each place, and every other generation there removed.
 *
 * Returns: (transfer full) (element-type VaultBackupOutcome): with a reason for every place that could not be reached.
 */
GPtrArray *vault_backup_replace_all (Vault *self, const char *actor, GError **error);

/** vault_backup_get_last: when the last good one was made, 0 for never; %FALSE when the vault is not open. */
gboolean vault_backup_get_last (Vault *self, gint64 *ret_made_s);
/** vault_backup_get_alarm: "" all is well, "no-place", "none" (none was ever made), "old", "place" (one of several places is behind). */
const char *vault_backup_get_alarm (Vault *self);

/**
 * vault_backup_drill:
 *
 * Opens the newest backup at each place, checks it, and compares it with the database. That it was tried stands in the record.
 *
 * Returns: (transfer full) (element-type Finding)
 */
GPtrArray *vault_backup_drill (Vault *self, const char *actor, GError **error);

/* --- restoring --- */

typedef enum
{
  RESTORE_SAME,
  RESTORE_ADDED,
  RESTORE_CHANGED,
  RESTORE_REMOVED,
} RestoreChange;

/* One person. */
typedef struct
{
  char *id, *code, *name;
  RestoreChange change;
  gboolean number_back; /* a number comes back that is not in custody now */
  gboolean number_gone; /* the number in custody now goes */
} RestoreRow;

typedef struct
{
  char *made;      /* RFC 3339 */
  char sha256[65]; /* of the file */
  guint64 entries; /* of the record in it */
  guint added, changed, removed, same, numbers_back, numbers_gone;
  guint disposed;  /* numbers in it that were disposed of since and stay so */
  GPtrArray *rows; /* of RestoreRow: all but the same */
} RestoreReport;

void restore_report_free (RestoreReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RestoreReport, restore_report_free)

/**
 * vault_restore_preview:
 * @fd: the backup, open for reading
 * @person: an id or a code, or "" for everybody
 *
 * Changes nothing.
 *
 * Returns: (transfer full): %NULL with NOT_YOUR_ROLE, BACKUP_DAMAGED, BACKUP_FOREIGN, NO_SUCH_PERSON, TAMPERED (no TPM of this vault
 *   attested it) ...
 */
RestoreReport *vault_restore_preview (Vault *self, const VaultAdmin *by, int fd, const char *person, GError **error);
/**
 * vault_restore:
 *
 * People and their numbers as the backup has them, in one transaction; for one @person, a number that is in custody and not in
 * the backup stays. What was disposed of stays so. The record, the admins and the settings are those of now.
 */
RestoreReport *vault_restore (Vault *self, const VaultAdmin *by, int fd, const char *person, GError **error);
/**
 * vault_restore_store:
 * @by: a 責任者 who has logged in by the keys alone: id, name, vault_secret and master are set
 *
 * For a vault whose database is missing, damaged or rolled back, with its keys open: the whole database from the backup, by a new
 * epoch. Admins whom the keyset does not know are marked as removed. On %TRUE the vault is open and @by's session is good.
 *
 * Returns: %FALSE with nothing changed; where the TPM falls silent at the one command that counts, the next start knows.
 */
gboolean vault_restore_store (Vault *self, VaultAdmin *by, int fd, GError **error);

G_END_DECLS

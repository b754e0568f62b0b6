/* SPDX-License-Identifier: Apache-2.0 */
/* backups: where backups go, which are there, and the vault's earlier secrets. Same rules as store.h. */
#pragma once

#include "store.h"

G_BEGIN_DECLS

typedef struct
{
  char *id;        /* UUID; also in the place's marker file */
  char *path;      /* a folder */
  char *relative;  /* below its mount point, for what is mounted here and there; NULL: only at @path */
  guint keep_days; /* how long a generation stays that is not made anew */
  char *added;     /* RFC 3339 */
} BackupPlace;

void backup_place_free (BackupPlace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BackupPlace, backup_place_free)

gboolean backup_places_insert (Store *store, const BackupPlace *place, GError **error);
/** backup_places_list: (transfer full) (element-type BackupPlace): those that were not removed, oldest first. */
GPtrArray *backup_places_list (Store *store, GError **error);
/** backup_places_list_removed: the latest first. */
GPtrArray *backup_places_list_removed (Store *store, GError **error);
/** backup_places_set_removed: its backups are forgotten too. */
gboolean backup_places_set_removed (Store *store, const char *id, const char *removed, GError **error);

/* The latest good file of one generation at one place. */
typedef struct
{
  char *place;
  char *generation; /* full | mon | tue | wed | thu | fri | sat | sun */
  char *made;       /* RFC 3339 */
  char *sha256;     /* of the file, hex */
  guint64 bytes;
  guint64 entries; /* of the record in it */
  guint64 people;
  GBytes *sealed_to; /* the vault's public key that its numbers are sealed to */
} Backup;

void backup_free (Backup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Backup, backup_free)

/** backups_put: takes the place of what the generation had. */
gboolean backups_put (Store *store, const Backup *backup, GError **error);
/** backups_list: (transfer full) (element-type Backup): newest first. */
GPtrArray *backups_list (Store *store, GError **error);
gboolean backups_remove (Store *store, const char *place, const char *generation, GError **error);

/* @sealed: the secret half, sealed. Returns FALSE, with the error set, to stop. */
typedef gboolean (*OldKeyFunc) (GBytes *public, GBytes *sealed, const char *retired, gpointer user_data,
                                GError **error);

gboolean
old_keys_put (Store *store, const guint8 *public, gsize n_public, GBytes *sealed, const char *retired, GError **error);
/** old_keys_foreach: @func may put, also over the very row. */
gboolean old_keys_foreach (Store *store, OldKeyFunc func, gpointer user_data, GError **error);
/** old_keys_clear: what was sealed to them and is not in the database is then closed for ever, when a new epoch follows. */
gboolean old_keys_clear (Store *store, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* place: a folder that backups go to, known by a marker file in it, so that an empty mount point or another stick is never taken for
 * it. Everything there may be hostile: links are not followed, and what is opened is a regular file.
 *
 * Blocks; any thread. Errors: CUSTODY_ERROR with PLACE_GONE, DISK_FULL, NO_BACKUP, FAILED. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PLACE_MARKER "azukari-place"
#define PLACE_NAME_MAX 120

/**
 * place_mark:
 * @path: absolute, a folder that is there
 * @ret_relative: (out) (transfer full): @path below its mount point, "." for the mount point itself
 *
 * Makes @path a place with @id. One that has a marker already is refused (FAILED), as another vault's or an older one's.
 */
gboolean place_mark (const char *path, const char *id, char **ret_relative, GError **error);
/** place_unmark: removes the marker if it is @id's; the backups stay. */
void place_unmark (int folder, const char *id);

/**
 * place_open:
 * @relative: (nullable): looked for below every mount point when it is not at @path
 *
 * Returns: the folder's descriptor, the caller's to close; -1 with PLACE_GONE.
 */
int place_open (const char *path, const char *relative, const char *id, GError **error);

/* A file that is being written: beside the old one, under another name, until it takes its place. */
typedef struct
{
  int folder; /* borrowed */
  int fd;
  char name[PLACE_NAME_MAX + 1];
  char part[PLACE_NAME_MAX + 8];
} PlaceFile;

/** place_file_begin: @name: without folder. What an earlier attempt left is removed. */
gboolean place_file_begin (int folder, const char *name, PlaceFile *ret_file, GError **error);
/** place_file_commit: on %TRUE it is there under its name, also after a power cut; on %FALSE the old one is. */
gboolean place_file_commit (PlaceFile *self, GError **error);
/** place_file_abandon: closes and removes; nothing after a commit. */
void place_file_abandon (PlaceFile *self);

/** place_open_file: for reading; the caller's to close. -1 with NO_BACKUP when it is not there. */
int place_open_file (int folder, const char *name, GError **error);
gboolean place_remove_file (int folder, const char *name);

G_END_DECLS

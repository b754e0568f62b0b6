/* SPDX-License-Identifier: Apache-2.0 */
/* export-file: the file that an export goes to. The vault writes into it; we only make it, and show it when it is whole. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

typedef struct _ExportFile ExportFile;

/**
 * export_file_new:
 * @path: where the finished file shall be; nothing may be there yet
 *
 * Makes "<path>.part", empty, readable by its owner only.
 *
 * Returns: (transfer full): %NULL with %G_IO_ERROR_EXISTS when something is at @path, or the file system's %G_IO_ERROR.
 */
ExportFile *export_file_new (const char *path, GError **error);

/* For azukari_vault1_call_export (): the list and the index (as `h`) of the file in it. */
GUnixFDList *export_file_get_fd_list (ExportFile *self);
GVariant *export_file_get_handle (ExportFile *self);

/**
 * export_file_add_source: opens a file that the vault is to read, for azukari_vault1_call_merge () and its like.
 *
 * Returns: its index (as `h`) in @fds, or -1 with the file system's %G_IO_ERROR.
 */
int export_file_add_source (GUnixFDList *fds, const char *path, GError **error);

/* Gives the whole file its name, durably, never replacing another. */
gboolean export_file_commit (ExportFile *self, GError **error);

/**
 * export_file_discard: the export failed; "<path>.part" goes.
 *
 * Returns: (transfer full) (nullable): what to say when it cannot be removed.
 */
char *export_file_discard (ExportFile *self);

/* Not committed: removes "<path>.part" (the vault has written nothing there, or the export failed). */
void export_file_free (ExportFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExportFile, export_file_free)

G_END_DECLS

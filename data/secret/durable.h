/* SPDX-License-Identifier: Apache-2.0 */
/* durable: file names that survive a power cut. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** durable_sync_folder_of: what was made, renamed or removed beside @path is on disk. */
gboolean durable_sync_folder_of (const char *path, GError **error);
/** durable_sync_file: what was written to @path is on disk. */
gboolean durable_sync_file (const char *path, GError **error);
/** durable_rename: afterwards @to is the old file or the new one, never a part; on %TRUE also after a power cut. */
gboolean durable_rename (const char *from, const char *to, GError **error);

G_END_DECLS

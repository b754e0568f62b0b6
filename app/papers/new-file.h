/* SPDX-License-Identifier: Apache-2.0 */
/* new-file: papers, and what goes beside them, into files of which there was nothing before. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A file that was not there, 0600, on disk when this returns; nothing is left on %FALSE, with a %G_IO_ERROR. Any thread. */
gboolean new_file_write (const char *path, const void *bytes, gsize n_bytes, GError **error);

G_END_DECLS

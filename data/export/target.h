/* SPDX-License-Identifier: Apache-2.0 */
/* target: the file that the client opened, and how an export gets into it. */
#pragma once

#include "secret.h"

G_BEGIN_DECLS

/** export_check_target: the USAGE part of export_write () alone, before anything is opened. */
gboolean export_check_target (int fd, GError **error);

/**
 * export_write:
 * @fd: an empty regular file, open for writing and not for appending; stays the caller's
 *
 * Writes all and syncs; on failure the file is emptied again. USAGE when @fd is something else, DISK_FULL, DISK_FAILED, FAILED; UNSURE when
 * it cannot be emptied either, as with a disk that was pulled out.
 */
gboolean export_write (int fd, const Secret *content, GError **error);

/** export_empty: nothing is left in @fd, on disk too; %FALSE when that cannot be had. */
gboolean export_empty (int fd);

G_END_DECLS

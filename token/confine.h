/* SPDX-License-Identifier: Apache-2.0 */
/* confine: what azukari-token gives up for good before it loads a PKCS#11 module. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CONFINE_MEMORY_BYTES (1024ull * 1024 * 1024)
#define CONFINE_FILE_BYTES (1024 * 1024)

/**
 * confine:
 * @ret_active: (out) (transfer full): what is in force, as words with commas: nocore, smallfiles, nonewprivs, nocaps, memory, nodump,
 *   parent (ends with its parent), seccomp
 *
 * Call it while there is one thread. From then on the process cannot be read by others of the same user and leaves no core; starts
 * no program and no process; has no sockets but those to services of this machine (pcscd); and cannot trace, mount,
 * load modules or reach io_uring. A module may keep its files: SoftHSM's tokens and some drivers' caches are files, wherever their
 * configuration says, so that neither Landlock nor a read-only limit fits them all; none may grow beyond CONFINE_FILE_BYTES.
 *
 * Returns: %FALSE with a %G_IO_ERROR when one of nodump, nocore or nonewprivs cannot be had.
 */
gboolean confine (char **ret_active, GError **error);

G_END_DECLS

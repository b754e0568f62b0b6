/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox: what the reader's process gives up for good before it looks at outside bytes. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The reader may use this much address space, in bytes: three colour pages of the largest size taken, and the libraries. */
#define SANDBOX_MEMORY_BYTES (3ull * 1024 * 1024 * 1024)

/**
 * sandbox_enter:
 * @ret_active: (out) (transfer full): what is in force, as words with commas: nocore, nofiles, nonewprivs, nocaps,
 *   memory, nodump, parent (ends with its parent), landlock (and the kernel's version of it), seccomp
 *
 * Call it while there is one thread. From then on the process
 *   - cannot be read by others of the same user, and leaves no core file
 *   - cannot make a file longer than 0 bytes, whatever it opens (RLIMIT_FSIZE)
 *   - can open for reading only the system's folders, devices, and the folders of $SANE_CONFIG_DIR (Landlock); for
 *     writing only scanner devices
 *   - cannot start programs, trace, mount, change other files' names or rights, or reach io_uring (seccomp)
 * Sockets stay, for scanners on the network. Landlock and seccomp are left out where the kernel has none; @ret_active tells.
 *
 * Returns: %FALSE with a %G_IO_ERROR when one of nodump, nocore, nofiles or nonewprivs cannot be had.
 */
gboolean sandbox_enter (char **ret_active, GError **error);

/**
 * sandbox_narrow_to_pictures:
 *
 * For a process that will only decode what it was handed: no sockets beyond those open, and no file or device is opened for
 * anything, on any of its threads. Does nothing where the kernel has no seccomp.
 */
void sandbox_narrow_to_pictures (void);

G_END_DECLS

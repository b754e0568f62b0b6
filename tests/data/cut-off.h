/* SPDX-License-Identifier: Apache-2.0 */
/* cut-off: kills the process, or lets a call fail, at the n-th call that leaves something behind. To be included once in a program. */
#pragma once

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "data-test.h"

/* These stand in the way of the C library's: each call of the vault, of SQLCipher and of the TPM's channel that leaves something
 * behind is counted, and at the n-th the process dies or the call fails. */
static enum { PASS, DIE, FAIL } armed;
static guint n_calls, cut_at;
static enum { SYNC = 1 << 0, WRITE = 1 << 1, TPM = 1 << 2 } counted;

static gboolean
cut (int what)
{
  if (armed == PASS || (what & counted) == 0)
    return FALSE;
  if (++n_calls != cut_at)
    return FALSE;
  if (armed == DIE)
    kill (getpid (), SIGKILL);
  errno = what == TPM ? EPIPE : ENOSPC;
  return TRUE;
}

#define REAL(name) ((typeof (&name)) dlsym (RTLD_NEXT, #name))

int
fsync (int fd)
{
  return cut (SYNC) ? -1 : REAL (fsync) (fd);
}

int
fdatasync (int fd)
{
  return cut (SYNC) ? -1 : REAL (fdatasync) (fd);
}

int
rename (const char *from, const char *to)
{
  return cut (SYNC) ? -1 : REAL (rename) (from, to);
}

int
unlink (const char *path)
{
  return cut (SYNC) ? -1 : REAL (unlink) (path);
}

ssize_t
write (int fd, const void *bytes, size_t size)
{
  return cut (WRITE) ? -1 : REAL (write) (fd, bytes, size);
}

ssize_t
pwrite64 (int fd, const void *bytes, size_t size, off64_t offset)
{
  return cut (WRITE) ? -1 : REAL (pwrite64) (fd, bytes, size, offset);
}

/* Only the software TPM's channel sends. */
ssize_t
send (int fd, const void *bytes, size_t size, int flags)
{
  return cut (TPM) ? -1 : REAL (send) (fd, bytes, size, flags);
}

static inline void
cut_copy_folder (const char *from, const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  g_assert_cmpint (g_mkdir (to, 0700), ==, 0);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (from, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        {
          g_autofree char *target = g_build_filename (to, name, NULL);

          cut_copy_folder (child, target);
        }
      else
        test_file_copy (from, to, name);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* durable: rename and fsync. */
#include "durable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "custody-error.h"

static gboolean
sync_path (const char *path, int flags, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | flags);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    custody_error_set_errno (error, errno, "write to the disk");
  if (fd >= 0)
    close (fd);
  return ok;
}

gboolean
durable_sync_folder_of (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return sync_path (folder, O_DIRECTORY, error);
}

gboolean
durable_sync_file (const char *path, GError **error)
{
  return sync_path (path, O_NOFOLLOW, error);
}

gboolean
durable_rename (const char *from, const char *to, GError **error)
{
  if (rename (from, to) == 0)
    return durable_sync_folder_of (to, error);
  custody_error_set_errno (error, errno, "rename a file");
  return FALSE;
}

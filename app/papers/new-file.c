/* SPDX-License-Identifier: Apache-2.0 */
/* new-file: written once, whole or not there. */
#include "config.h"

#include "new-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <unistd.h>

gboolean
new_file_write (const char *path, const void *bytes, gsize n_bytes, GError **error)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  gsize done = 0;
  int problem = fd < 0 ? errno : 0;

  while (problem == 0 && done < n_bytes)
    {
      gssize n = write (fd, (const char *) bytes + done, n_bytes - done);

      if (n > 0)
        done += (gsize) n;
      else if (n == 0 || errno != EINTR)
        problem = n == 0 ? EIO : errno;
    }
  if (problem == 0 && fsync (fd) != 0)
    problem = errno;
  if (fd >= 0)
    close (fd);
  if (problem == 0)
    return TRUE;
  if (fd >= 0)
    (void) unlink (path);
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (problem), _ ("%s cannot be written: %s"), path,
               g_strerror (problem));
  return FALSE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* target: a finished export written once and synced, or nothing left of it. */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "custody-error.h"

gboolean
export_check_target (int fd, GError **error)
{
  struct stat st;
  int flags = fcntl (fd, F_GETFL);

  if (fstat (fd, &st) != 0 || flags < 0 || !S_ISREG (st.st_mode) || st.st_size != 0 || (flags & O_ACCMODE) == O_RDONLY
      || (flags & O_APPEND) != 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
                   "the export goes to an empty regular file that is open for writing");
      return FALSE;
    }
  return TRUE;
}

gboolean
export_empty (int fd)
{
  return ftruncate (fd, 0) == 0 && fsync (fd) == 0;
}

gboolean
export_write (int fd, const Secret *content, GError **error)
{
  gsize size, done = 0;
  const guint8 *data = secret_get_data (content, &size);

  if (!export_check_target (fd, error))
    return FALSE;
  while (done < size)
    {
      gssize n = pwrite (fd, data + done, size - done, done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      done += n;
    }
  if (done < size || ftruncate (fd, size) != 0 || fsync (fd) != 0)
    {
      const int saved_errno = errno;

      if (export_empty (fd))
        custody_error_set_errno (error, saved_errno, "write the export");
      else
        g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_UNSURE,
                     "write the export: %s; what was written cannot be taken back", g_strerror (saved_errno));
      return FALSE;
    }
  return TRUE;
}

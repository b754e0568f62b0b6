/* SPDX-License-Identifier: Apache-2.0 */
/* Small files of the verbs that concern two machines. */
#include "config.h"

#include "ctl-files.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "messages-vault.h"

GBytes *
ctl_read_file (const char *path, GError **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  guint8 buffer[4096];
  gssize n = 1;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  int saved_errno;

  while (fd >= 0 && n > 0 && content->len <= CTL_FILE_MAX_BYTES)
    {
      n = read (fd, buffer, sizeof buffer);
      if (n < 0 && errno == EINTR)
        n = 1;
      else if (n > 0)
        g_byte_array_append (content, buffer, (guint) n);
    }
  saved_errno = errno;
  if (fd < 0 || n < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), _ ("%s cannot be read: %s"), path,
                 g_strerror (saved_errno));
  if (fd >= 0)
    close (fd);
  return fd >= 0 && n >= 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&content)) : NULL;
}

static gboolean
write_all (int fd, const guint8 *data, gsize size)
{
  while (size > 0)
    {
      gssize n = write (fd, data, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      data += n;
      size -= (gsize) n;
    }
  return TRUE;
}

gboolean
ctl_write_file (const char *path, GVariant *content, GError **error)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  gboolean ok =
      fd >= 0 && write_all (fd, g_variant_get_data (content), g_variant_get_size (content)) && fsync (fd) == 0;
  int saved_errno = errno;

  if (fd >= 0 && close (fd) != 0 && ok)
    {
      ok = FALSE;
      saved_errno = errno;
    }
  if (ok)
    return TRUE;
  if (fd >= 0)
    (void) g_unlink (path);
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), _ ("%s cannot be written: %s"), path,
               g_strerror (saved_errno));
  return FALSE;
}

void
ctl_print_term (GVariant *status)
{
  g_autofree char *term = messages_for_term (status), *clock = messages_for_clock (status);

  if (term != NULL)
    g_print ("%s\n", term);
  if (clock != NULL)
    g_print ("%s\n", clock);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the file that the vault writes an export into, and gives it its name when it is whole. */
#include "config.h"

#include "export-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

struct _ExportFile
{
  char *path;
  char *part_path;
  int fd;
  GUnixFDList *fds; /* owned, holds its own duplicate of fd */
};

static void
set_errno_error (GError **error, int saved_errno, const char *path)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "%s: %s", path, g_strerror (saved_errno));
}

ExportFile *
export_file_new (const char *path, GError **error)
{
  g_autoptr (ExportFile) self = g_new0 (ExportFile, 1);

  self->fd = -1;
  self->path = g_strdup (path);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      set_errno_error (error, EEXIST, path);
      return NULL;
    }
  self->part_path = g_strconcat (path, ".part", NULL);
  self->fd = open (self->part_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->fd < 0)
    {
      int saved_errno = errno;

      set_errno_error (error, saved_errno, self->part_path);
      g_clear_pointer (&self->part_path, g_free); /* not ours to remove */
      return NULL;
    }
  self->fds = g_unix_fd_list_new ();
  if (g_unix_fd_list_append (self->fds, self->fd, error) < 0)
    return NULL;
  return g_steal_pointer (&self);
}

GUnixFDList *
export_file_get_fd_list (ExportFile *self)
{
  return self->fds;
}

GVariant *
export_file_get_handle (ExportFile *self)
{
  return g_variant_new_handle (0);
}

int
export_file_add_source (GUnixFDList *fds, const char *path, GError **error)
{
  const int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  int handle;

  if (fd < 0)
    {
      const int saved_errno = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), _ ("%s cannot be read: %s"), path,
                   g_strerror (saved_errno));
      return -1;
    }
  handle = g_unix_fd_list_append (fds, fd, error);
  close (fd);
  return handle;
}

gboolean
export_file_commit (ExportFile *self, GError **error)
{
  g_autofree char *dir = g_path_get_dirname (self->path);
  int dir_fd;

  if (renameat2 (AT_FDCWD, self->part_path, AT_FDCWD, self->path, RENAME_NOREPLACE) != 0)
    {
      set_errno_error (error, errno, self->path);
      return FALSE;
    }
  g_clear_pointer (&self->part_path, g_free);
  dir_fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir_fd >= 0)
    {
      (void) fsync (dir_fd); /* some file systems refuse; the data itself is synced by the vault */
      close (dir_fd);
    }
  return TRUE;
}

char *
export_file_discard (ExportFile *self)
{
  g_autofree char *path = g_steal_pointer (&self->part_path);

  if (path == NULL || unlink (path) == 0 || errno == ENOENT)
    return NULL;
  /* Translators: the path of a file */
  return g_strdup_printf (
      _ ("What was written could not be taken away again. %s may hold numbers in the clear: please destroy it."), path);
}

void
export_file_free (ExportFile *self)
{
  if (self == NULL)
    return;
  if (self->part_path != NULL)
    (void) unlink (self->part_path);
  if (self->fd >= 0)
    close (self->fd);
  g_clear_object (&self->fds);
  g_free (self->part_path);
  g_free (self->path);
  g_free (self);
}

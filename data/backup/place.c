/* SPDX-License-Identifier: Apache-2.0 */
/* place: folders with markers, and files that are whole or not there. */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "custody-error.h"

#define MARKER_LINE "azukari-place 1 "
#define MARKER_MAX_BYTES 128
#define MOUNTS "/proc/self/mounts"
#define MOUNTS_MAX 256
#define PART_SUFFIX ".part"

static gboolean
set_gone (const char *what, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_PLACE_GONE, "backup place: %s", what);
  return FALSE;
}

static int
open_folder (const char *path)
{
  return open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

static int
open_regular (int folder, const char *name)
{
  /* Without O_NONBLOCK a pipe of that name would be waited for. */
  int fd = openat (folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  struct stat st;

  if (fd >= 0 && (fstat (fd, &st) != 0 || !S_ISREG (st.st_mode)))
    {
      close (fd);
      errno = ENOENT;
      return -1;
    }
  return fd;
}

/* --- markers --------------------------------------------------------------------------------------------------------- */

static gboolean
has_marker (int folder, const char *id)
{
  g_autofree char *wanted = g_strconcat (MARKER_LINE, id, "\n", NULL);
  char found[MARKER_MAX_BYTES];
  int fd = open_regular (folder, PLACE_MARKER);
  gssize n;

  if (fd < 0)
    return FALSE;
  n = read (fd, found, sizeof found);
  close (fd);
  return n == (gssize) strlen (wanted) && memcmp (found, wanted, (gsize) n) == 0;
}

/* Where the file system that holds @path begins, by walking up until the device changes. */
static char *
dup_relative (const char *path)
{
  g_autofree char *mount = g_strdup (path);
  struct stat here, above;

  if (stat (mount, &here) != 0)
    return NULL;
  while (!g_str_equal (mount, "/"))
    {
      g_autofree char *parent = g_path_get_dirname (mount);

      if (stat (parent, &above) != 0)
        return NULL;
      if (above.st_dev != here.st_dev)
        break;
      g_free (mount);
      mount = g_steal_pointer (&parent);
    }
  if (g_str_equal (mount, path))
    return g_strdup (".");
  return g_strdup (path + strlen (mount) + (g_str_equal (mount, "/") ? 0 : 1));
}

gboolean
place_mark (const char *path, const char *id, char **ret_relative, GError **error)
{
  g_autofree char *line = g_strconcat (MARKER_LINE, id, "\n", NULL);
  g_autofree char *relative = NULL;
  int folder = open_folder (path), fd;
  gboolean ok;

  if (folder < 0)
    return set_gone ("there is no such folder", error);
  relative = dup_relative (path);
  fd = openat (folder, PLACE_MARKER, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0 && errno == EEXIST)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "backup place: the folder is another place already");
      close (folder);
      return FALSE;
    }
  ok = fd >= 0 && write (fd, line, strlen (line)) == (gssize) strlen (line) && fsync (fd) == 0 && fsync (folder) == 0;
  if (!ok)
    {
      int problem = errno;

      if (fd >= 0)
        (void) unlinkat (folder, PLACE_MARKER, 0);
      if (problem == ENOSPC || problem == EDQUOT)
        custody_error_set_errno (error, problem, "mark the place");
      else
        set_gone ("it cannot be written to", error);
    }
  if (fd >= 0)
    close (fd);
  close (folder);
  if (ok)
    *ret_relative = g_steal_pointer (&relative);
  return ok;
}

void
place_unmark (int folder, const char *id)
{
  if (has_marker (folder, id))
    (void) unlinkat (folder, PLACE_MARKER, 0);
}

static int
open_marked (const char *path, const char *id)
{
  int folder = open_folder (path);

  if (folder >= 0 && !has_marker (folder, id))
    {
      close (folder);
      return -1;
    }
  return folder;
}

static int
search_mounts (const char *relative, const char *id)
{
  FILE *mounts = setmntent (MOUNTS, "re");
  struct mntent entry;
  char buffer[4096];
  int folder = -1;

  for (guint i = 0; mounts != NULL && folder < 0 && i < MOUNTS_MAX; i++)
    {
      g_autofree char *path = NULL;

      if (getmntent_r (mounts, &entry, buffer, sizeof buffer) == NULL)
        break;
      /* Only disks: a network's file system may keep us waiting. */
      if (!g_str_has_prefix (entry.mnt_fsname, "/dev/"))
        continue;
      path = g_str_equal (relative, ".") ? g_strdup (entry.mnt_dir) : g_build_filename (entry.mnt_dir, relative, NULL);
      folder = open_marked (path, id);
    }
  if (mounts != NULL)
    endmntent (mounts);
  return folder;
}

int
place_open (const char *path, const char *relative, const char *id, GError **error)
{
  int folder = open_marked (path, id);

  if (folder < 0 && relative != NULL)
    folder = search_mounts (relative, id);
  if (folder < 0)
    set_gone ("it is not where it was, and on no other disk that is plugged in", error);
  return folder;
}

/* --- files ----------------------------------------------------------------------------------------------------------- */

gboolean
place_file_begin (int folder, const char *name, PlaceFile *ret_file, GError **error)
{
  PlaceFile file = { .folder = folder, .fd = -1 };

  g_return_val_if_fail (strlen (name) <= PLACE_NAME_MAX, FALSE);

  g_strlcpy (file.name, name, sizeof file.name);
  g_snprintf (file.part, sizeof file.part, "%s" PART_SUFFIX, name);
  (void) unlinkat (folder, file.part, 0);
  file.fd = openat (folder, file.part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file.fd < 0)
    {
      if (errno == ENOSPC || errno == EDQUOT)
        custody_error_set_errno (error, errno, "make the backup's file");
      else
        set_gone ("it takes no file", error);
      return FALSE;
    }
  *ret_file = file;
  return TRUE;
}

gboolean
place_file_commit (PlaceFile *self, GError **error)
{
  if (renameat (self->folder, self->part, self->folder, self->name) != 0)
    {
      custody_error_set_errno (error, errno, "put the backup in its place");
      return FALSE;
    }
  close (self->fd);
  self->fd = -1;
  /* From here it is there; that the name outlives a power cut is what remains to be made sure. */
  if (fsync (self->folder) == 0)
    return TRUE;
  custody_error_set_errno (error, errno, "put the backup in its place");
  return FALSE;
}

void
place_file_abandon (PlaceFile *self)
{
  if (self->fd < 0)
    return;
  close (self->fd);
  self->fd = -1;
  (void) unlinkat (self->folder, self->part, 0);
}

int
place_open_file (int folder, const char *name, GError **error)
{
  int fd = open_regular (folder, name);

  if (fd < 0)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_BACKUP, "there is no such backup");
  return fd;
}

gboolean
place_remove_file (int folder, const char *name)
{
  return unlinkat (folder, name, 0) == 0 || errno == ENOENT;
}

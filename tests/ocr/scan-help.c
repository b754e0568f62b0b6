/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of scan drivers share. */
#include "scan-help.h"

#include <glib/gstdio.h>
#include <sys/mman.h>
#include <unistd.h>

void
page_free (Page *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->samples);
  g_free (self);
}

int
memory_file (const void *bytes, gsize n_bytes)
{
  int fd = memfd_create ("test", MFD_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, bytes, n_bytes), ==, (gssize) n_bytes);
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  return fd;
}

Page *
scan_started_page (const ScanDriver *driver, gpointer device, guint step, GCancellable *cancellable, GError **error)
{
  g_autoptr (Page) page = g_new0 (Page, 1);
  g_autofree guint8 *rows = NULL;
  gsize row_bytes;
  gssize n;
  guint n_rows = 0;

  page->samples = g_byte_array_new ();
  if (!driver->start (device, &page->format, cancellable, error))
    return NULL;
  row_bytes = (gsize) page->format.width_px * page->format.n_channels;
  rows = g_malloc (row_bytes * step);
  while ((n = driver->read_rows (device, rows, step, cancellable, error)) > 0)
    {
      g_assert_cmpint (n, <=, step);
      g_byte_array_append (page->samples, rows, (guint) ((gsize) n * row_bytes));
      n_rows += (guint) n;
    }
  if (n < 0)
    return NULL;
  if (page->format.height_px > 0)
    g_assert_cmpuint (n_rows, ==, page->format.height_px);
  page->format.height_px = n_rows;
  return g_steal_pointer (&page);
}

Page *
scan_one_page (const ScanDriver *driver, const char *name, int fd, const ScanRequest *request, guint step,
               GCancellable *cancellable, GError **error)
{
  gpointer device = driver->open (name, fd, error);
  Page *page = NULL;

  if (device == NULL)
    return NULL;
  if (driver->set_up (device, request, error))
    {
      page = scan_started_page (driver, device, step, cancellable, error);
      driver->cancel (device);
    }
  driver->close (device);
  return page;
}

static void
write_file (const char *dir, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

char *
sane_config_new (const char *backend, const char *conf)
{
  g_autoptr (GError) error = NULL;
  char *dir = g_dir_make_tmp ("azukari-sane-XXXXXX", &error);

  g_assert_no_error (error);
  write_file (dir, "dll.conf", backend);
  if (conf != NULL)
    {
      g_autofree char *name = g_strconcat (backend, ".conf", NULL);

      write_file (dir, name, conf);
    }
  g_setenv ("SANE_CONFIG_DIR", dir, TRUE); /* without a colon at its end: nothing else is looked at */
  return dir;
}

void
sane_config_free (char *dir)
{
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  const char *name;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);

      (void) g_unlink (path);
    }
  (void) g_rmdir (dir);
  g_free (dir);
}

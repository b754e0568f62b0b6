/* SPDX-License-Identifier: Apache-2.0 */
/* export-file: an export has its name only when it is whole, and never replaces anything. */
#include "export-file.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *dir, *path, *part_path;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->dir = g_dir_make_tmp ("azukari-export-XXXXXX", NULL);
  f->path = g_build_filename (f->dir, "numbers.csv", NULL);
  f->part_path = g_strconcat (f->path, ".part", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  (void) g_unlink (f->path);
  (void) g_unlink (f->part_path);
  g_assert_cmpint (g_rmdir (f->dir), ==, 0);
  g_free (f->dir);
  g_free (f->path);
  g_free (f->part_path);
}

/* As the vault does: through the descriptor of the list. */
static void
write_through_list (ExportFile *file, const char *text)
{
  int fd = g_unix_fd_list_get (export_file_get_fd_list (file), 0, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, text, strlen (text)), ==, (gssize) strlen (text));
  close (fd);
}

static void
test_commit_gives_the_name (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ExportFile) file = export_file_new (f->path, &error);
  g_autofree char *text = NULL;
  struct stat status;

  g_assert_no_error (error);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_stat (f->part_path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  write_through_list (file, "whole");
  g_assert_true (export_file_commit (file, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (f->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "whole");
  g_assert_false (g_file_test (f->part_path, G_FILE_TEST_EXISTS));
}

static void
test_failed_export_leaves_nothing (Fixture *f, gconstpointer data)
{
  ExportFile *file = export_file_new (f->path, NULL);

  write_through_list (file, "half");
  export_file_free (file);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (f->part_path, G_FILE_TEST_EXISTS));
}

static void
test_existing_file_is_kept (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (f->path, "older", -1, NULL));
  g_assert_null (export_file_new (f->path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_true (g_file_get_contents (f->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "older");
}

static void
test_file_that_appears_meanwhile_is_kept (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ExportFile) file = export_file_new (f->path, &error);
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (f->path, "meanwhile", -1, NULL));
  g_assert_false (export_file_commit (file, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_true (g_file_get_contents (f->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "meanwhile");
}

static void
test_other_ones_part_file_is_kept (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (f->part_path, "not ours", -1, NULL));
  g_assert_null (export_file_new (f->path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_true (g_file_test (f->part_path, G_FILE_TEST_EXISTS));
}

static void
test_missing_folder_is_an_error (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (f->dir, "no", "such", "folder.csv", NULL);

  g_assert_null (export_file_new (path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/export-file/commit/gives-the-name", test_commit_gives_the_name);
  ADD ("/export-file/failure/leaves-nothing", test_failed_export_leaves_nothing);
  ADD ("/export-file/existing/is-kept", test_existing_file_is_kept);
  ADD ("/export-file/meanwhile/is-kept", test_file_that_appears_meanwhile_is_kept);
  ADD ("/export-file/part/of-another-is-kept", test_other_ones_part_file_is_kept);
  ADD ("/export-file/folder/missing-is-an-error", test_missing_folder_is_an_error);
  return g_test_run ();
}

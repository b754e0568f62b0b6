/* SPDX-License-Identifier: Apache-2.0 */
/* data-test: temporary folders and files for the vault's tests. */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>

static inline char *
test_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("azukari-test-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static inline void
test_folder_remove (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        test_folder_remove (child);
      else
        g_assert_cmpint (g_unlink (child), ==, 0);
    }
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

static inline void
test_file_copy (const char *from_folder, const char *to_folder, const char *name)
{
  g_autofree char *from = g_build_filename (from_folder, name, NULL);
  g_autofree char *to = g_build_filename (to_folder, name, NULL);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_file_get_contents (from, &content, &size, &error);
  g_assert_no_error (error);
  g_file_set_contents_full (to, content, size, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

/* The files of @from over those of @to, both flat. */
static inline void
test_folder_copy (const char *from, const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (from, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        test_file_copy (from, to, name);
    }
}

/* Does any file under @folder hold those bytes? */
static inline gboolean
test_folder_holds (const char *folder, const void *bytes, gsize n_bytes)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (folder, name, NULL);
      g_autofree char *content = NULL;
      gsize size = 0;

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        {
          if (test_folder_holds (child, bytes, n_bytes))
            return TRUE;
        }
      else if (g_file_test (child, G_FILE_TEST_IS_REGULAR) && g_file_get_contents (child, &content, &size, NULL)
               && memmem (content, size, bytes, n_bytes) != NULL)
        return TRUE;
    }
  return FALSE;
}

/* A number that nobody has, another one for each @n: 11 digits and their check digit. */
static inline void
test_number (guint n, char ret_number[13])
{
  guint sum = 0, rest;

  g_snprintf (ret_number, 13, "%011" G_GUINT64_FORMAT, G_GUINT64_CONSTANT (27182818000) + n);
  for (guint i = 1; i <= 11; i++)
    sum += (guint) (ret_number[11 - i] - '0') * (i <= 6 ? i + 1 : i - 5);
  rest = sum % 11;
  ret_number[11] = rest <= 1 ? '0' : (char) ('0' + 11 - rest);
  ret_number[12] = '\0';
}

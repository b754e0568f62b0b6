/* SPDX-License-Identifier: Apache-2.0 */
/* Secret: copies, takes, grows, compares, and is locked. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "custody-error.h"
#include "secret.h"

static void
test_take_wipes_source (void)
{
  char source[] = "very secret";
  g_autoptr (Secret) secret = secret_new_take (source, sizeof source);
  const char zeros[sizeof source] = { 0 };
  gsize size;

  g_assert_cmpstr ((const char *) secret_get_data (secret, &size), ==, "very secret");
  g_assert_cmpuint (size, ==, sizeof source);
  g_assert_cmpmem (source, sizeof source, zeros, sizeof zeros);
}

static void
test_append_keeps_content (void)
{
  g_autoptr (Secret) secret = secret_new (0);
  const guint8 *data;
  gsize size;

  for (guint i = 0; i < 10000; i++)
    {
      guint8 byte = i & 0xff;

      secret_append (secret, &byte, 1);
    }
  data = secret_get_data (secret, &size);
  g_assert_cmpuint (size, ==, 10000);
  for (guint i = 0; i < size; i++)
    g_assert_cmpuint (data[i], ==, i & 0xff);
}

static void
test_equal (void)
{
  g_autoptr (Secret) a = secret_new_copy ("abcdef", 6);
  g_autoptr (Secret) same = secret_new_copy ("abcdef", 6);
  g_autoptr (Secret) other = secret_new_copy ("abcdeg", 6);
  g_autoptr (Secret) shorter = secret_new_copy ("abcde", 5);

  g_assert_true (secret_equal (a, same));
  g_assert_false (secret_equal (a, other));
  g_assert_false (secret_equal (a, shorter));
}

static void
test_random_differs (void)
{
  g_autoptr (Secret) a = secret_new_random (32);
  g_autoptr (Secret) b = secret_new_random (32);

  g_assert_false (secret_equal (a, b));
}

static void
test_memory_is_out_of_core_dumps (void)
{
  g_autoptr (Secret) secret = secret_new (32);
  g_autofree char *maps = NULL;
  g_auto (GStrv) lines = NULL;
  guint64 address = GPOINTER_TO_SIZE (secret_get_data (secret, NULL));
  gboolean inside = FALSE, found = FALSE;

  g_assert_true (g_file_get_contents ("/proc/self/smaps", &maps, NULL, NULL));
  lines = g_strsplit (maps, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      guint64 from, to;

      if (sscanf (lines[i], "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x ", &from, &to) == 2)
        inside = from <= address && address < to;
      else if (inside && g_str_has_prefix (lines[i], "VmFlags:"))
        {
          found = TRUE;
          g_assert_nonnull (strstr (lines[i], " dd"));
        }
    }
  g_assert_true (found);
}

static void
test_full_disk_has_its_own_code (void)
{
  const int full[] = { ENOSPC, EDQUOT, EFBIG };

  for (guint i = 0; i < G_N_ELEMENTS (full); i++)
    {
      g_autoptr (GError) error = NULL;

      custody_error_set_errno (&error, full[i], "write");
      g_assert_cmpstr (custody_error_get_name (error), ==, "DiskFull");
    }
}

static void
test_foreign_error_is_failed (void)
{
  g_autoptr (GError) error = g_error_new (G_FILE_ERROR, G_FILE_ERROR_NOENT, "x");

  g_assert_cmpstr (custody_error_get_name (error), ==, "Failed");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  g_test_add_func ("/secret/secret/take-wipes-source", test_take_wipes_source);
  g_test_add_func ("/secret/secret/append-keeps-content", test_append_keeps_content);
  g_test_add_func ("/secret/secret/equal", test_equal);
  g_test_add_func ("/secret/secret/random-differs", test_random_differs);
  g_test_add_func ("/secret/secret/memory-is-out-of-core-dumps", test_memory_is_out_of_core_dumps);
  g_test_add_func ("/secret/error/full-disk-has-its-own-code", test_full_disk_has_its_own_code);
  g_test_add_func ("/secret/error/foreign-error-is-failed", test_foreign_error_is_failed);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* seven-zip: 7-Zip as the judge of what an export is handed over in. */
#pragma once

#include <gio/gio.h>
#include <string.h>

/* What 7-Zip writes to its standard output: the file in @path ("x") or the list ("l"); NULL when it ends with an error. */
static inline GBytes *
seven_zip (const char *path, const char *what, const char *passphrase)
{
  g_autofree char *password = g_strconcat ("-p", passphrase, NULL);
  const gboolean list = g_str_equal (what, "l");
  const char *argv[] = { "7z", what, list ? "-slt" : "-so", list ? "-bb0" : "-bso0", "-bse0", "-bd", password,
                         path, NULL };
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *out = NULL;

  process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate (process, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_successful (process))
    g_clear_pointer (&out, g_bytes_unref);
  return out;
}

/* (transfer full): the file in the zip at @path as text; NULL when it does not open. */
static inline char *
seven_zip_text (const char *path, const char *passphrase)
{
  g_autoptr (GBytes) out = seven_zip (path, "x", passphrase);

  return out != NULL ? g_strndup (g_bytes_get_data (out, NULL), g_bytes_get_size (out)) : NULL;
}

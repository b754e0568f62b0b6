/* SPDX-License-Identifier: Apache-2.0 */
/* programs: where the other two programs are, installed or in a build folder. */
#pragma once

#include <glib.h>

/**
 * programs_find:
 * @variable: environment variable that names the program outright, for tests and unusual installations
 * @folder: its folder in the build tree ("ocr", "data")
 * @name: its file name
 *
 * Order: @variable; beside this program's own build folder, when this program runs from one; the libexec folder.
 *
 * Returns: (transfer full): an absolute path, or %NULL with %G_FILE_ERROR_NOENT.
 */
char *programs_find (const char *variable, const char *folder, const char *name, GError **error);

/* Where the translations are: in this program's own build folder, else installed. (transfer full) */
char *programs_find_locale_dir (void);

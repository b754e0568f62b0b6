/* SPDX-License-Identifier: Apache-2.0 */
/* Finds azukari-reader and azukari-vaultd, installed or in a build folder. */
#include "config.h"

#include "programs.h"

#define LEVELS_UP 3 /* build/app/ctl/azukarictl is the deepest of our programs, build/tests/... the same */

/* The build folder that this program runs from, or NULL when it is installed. */
static char *
find_build_dir (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  char *dir = self != NULL ? g_path_get_dirname (self) : NULL;

  for (int level = 0; dir != NULL && level < LEVELS_UP; level++)
    {
      g_autofree char *marker = g_build_filename (dir, "build.ninja", NULL);
      char *parent;

      if (g_file_test (marker, G_FILE_TEST_EXISTS))
        return dir;
      parent = g_path_get_dirname (dir);
      g_free (dir);
      dir = parent;
    }
  g_free (dir);
  return NULL;
}

char *
programs_find (const char *variable, const char *folder, const char *name, GError **error)
{
  const char *named = g_getenv (variable);
  g_autofree char *build_dir = find_build_dir ();
  g_autofree char *program = NULL;

  if (named != NULL && *named != '\0')
    return g_canonicalize_filename (named, NULL);
  program = build_dir != NULL ? g_build_filename (build_dir, folder, name, NULL)
                              : g_build_filename (AZUKARI_LIBEXECDIR, name, NULL);
  if (!g_file_test (program, G_FILE_TEST_IS_EXECUTABLE))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "%s is missing; please install Azukari again", program);
      return NULL;
    }
  return g_steal_pointer (&program);
}

char *
programs_find_locale_dir (void)
{
  g_autofree char *build_dir = find_build_dir ();

  return build_dir != NULL ? g_build_filename (build_dir, "po", NULL) : g_strdup (AZUKARI_LOCALEDIR);
}

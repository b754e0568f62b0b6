/* SPDX-License-Identifier: Apache-2.0 */
/* softhsm: real PKCS#11 tokens without hardware (SoftHSM2), in a folder of their own. */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>

#define SOFTHSM_MODULE "/usr/lib/softhsm/libsofthsm2.so"
#define TOKEN_PIN "kagi-7261"

/* Two folders of tokens in @folder, "first" and "second"; none is in there yet. */
static inline void
softhsm_write_conf (const char *folder, const char *drawer)
{
  g_autofree char *tokens = g_build_filename (folder, drawer, NULL);
  g_autofree char *name = g_strconcat (drawer, ".conf", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text =
      g_strdup_printf ("directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", tokens);

  g_assert_cmpint (g_mkdir_with_parents (tokens, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* From now on processes see the tokens of that drawer. */
static inline void
softhsm_insert (const char *folder, const char *drawer)
{
  g_autofree char *name = g_strconcat (drawer, ".conf", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_setenv ("SOFTHSM2_CONF", path, TRUE);
}

/* A token that is set up and has TOKEN_PIN, and no key yet. */
static inline void
softhsm_make_token (const char *folder, const char *drawer, const char *label)
{
  g_autoptr (GError) error = NULL;
  const char *const argv[] = { "softhsm2-util", "--init-token", "--free", "--label", label,
                               "--so-pin",      "so-pin-1234",  "--pin",  TOKEN_PIN, NULL };
  int status = 1;

  softhsm_write_conf (folder, drawer);
  softhsm_insert (folder, drawer);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

/* What can happen to a token in files: they are taken away. */
static inline void
softhsm_take_away (const char *folder, const char *drawer)
{
  g_autofree char *from = g_build_filename (folder, drawer, NULL);
  g_autofree char *to = g_strconcat (from, ".away", NULL);

  g_assert_cmpint (g_rename (from, to), ==, 0);
}

static inline void
softhsm_bring_back (const char *folder, const char *drawer)
{
  g_autofree char *to = g_build_filename (folder, drawer, NULL);
  g_autofree char *from = g_strconcat (to, ".away", NULL);

  g_assert_cmpint (g_rename (from, to), ==, 0);
}

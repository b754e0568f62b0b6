/* SPDX-License-Identifier: Apache-2.0 */
/* client-choice and settings: which vaults a kiosk serves, and what they are called. No daemon is started here. */
#include "client-choice.h"

#include <glib/gstdio.h>
#include <string.h>

#include "row.h"

typedef struct
{
  char *dir, *vaults, *single;
  Settings settings;
  ClientChoice *choice;
} Fixture;

static void
make (const char *parent, const char *name, gboolean has_vault)
{
  g_autofree char *path = g_build_filename (parent, name, NULL), *file = g_build_filename (path, "keyset.bin", NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  if (has_vault)
    g_assert_true (g_file_set_contents_full (file, "", 0, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->dir = g_dir_make_tmp ("azukari-choice-XXXXXX", NULL);
  g_assert_nonnull (f->dir);
  f->vaults = g_build_filename (f->dir, "vaults", NULL);
  f->single = g_build_filename (f->dir, "vault", NULL);
  g_assert_cmpint (g_mkdir (f->vaults, 0700), ==, 0);
  f->settings.vaults_dir = f->vaults;
  f->choice = client_choice_new ();
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  const char *argv[] = { "rm", "-rf", f->dir, NULL };

  g_object_unref (f->choice);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
  g_free (f->dir);
  g_free (f->vaults);
  g_free (f->single);
}

static int
look (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  int n = client_choice_look (f->choice, &f->settings, &error);

  g_assert_no_error (error);
  return n;
}

static void
tell (Fixture *f, const char *name, const char *company, const char *state, gboolean expired)
{
  g_autofree char *dir = g_build_filename (f->vaults, name, NULL);
  g_autoptr (GVariant) status = NULL;

  if (state != NULL)
    status = g_variant_ref_sink (
        g_variant_new_parsed ("{'company': <%s>, 'state': <%s>, 'expired': <%b>}", company, state, expired));
  client_choice_tell (f->choice, dir, status);
}

static void
assert_row (Fixture *f, guint place, const char *title, const char *subtitle, gboolean is_available)
{
  g_autoptr (UiRow) row = g_list_model_get_item (client_choice_get_rows (f->choice), place);
  g_autoptr (UiRow) expected = NULL;

  g_assert_nonnull (row);
  expected = ui_row_new (ui_row_get_id (row), title, subtitle, is_available ? "" : "Not available now", "bad", "");
  g_test_message ("row %u: %s", place, ui_row_get_title (row));
  g_assert_true (ui_row_equal (row, expected));
}

static guint
count_rows (Fixture *f)
{
  return g_list_model_get_n_items (client_choice_get_rows (f->choice));
}

static void
test_rows (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (look (f), ==, 0);
  g_assert_null (client_choice_get_only (f->choice));
  make (f->vaults, "b", TRUE);
  make (f->vaults, "a", FALSE);
  g_assert_cmpint (look (f), ==, 1);
  g_assert_true (g_str_has_suffix (client_choice_get_only (f->choice), "/vaults/b"));
  make (f->vaults, "a", TRUE);
  make (f->vaults, "c", TRUE);
  g_assert_cmpint (look (f), ==, 3);
  g_assert_false (client_choice_is_known (f->choice));
  /* called by their folders until they tell */
  assert_row (f, 0, "a", "", TRUE);
  tell (f, "a", "見本商事", "open", FALSE);
  tell (f, "b", "例示産業", "open", FALSE);
  tell (f, "c", "", "sealed", FALSE);
  g_assert_true (client_choice_is_known (f->choice));
  look (f);
  assert_row (f, 0, "見本商事", "", TRUE);
  assert_row (f, 1, "例示産業", "", TRUE);
  assert_row (f, 2, "c", "", FALSE);
}

/* A closed vault keeps the name that it had, one that is over its term is as good as closed, and both come back. */
static void
test_closed (Fixture *f, gconstpointer data)
{
  make (f->vaults, "a", TRUE);
  make (f->vaults, "b", TRUE);
  make (f->vaults, "c", TRUE);
  tell (f, "a", "見本商事", "open", FALSE);
  tell (f, "b", "例示産業", "open", TRUE);
  tell (f, "c", "雛形工業", "open", FALSE);
  tell (f, "a", "", "sealed", FALSE);
  tell (f, "c", NULL, NULL, FALSE);
  look (f);
  assert_row (f, 0, "見本商事", "", FALSE);
  assert_row (f, 1, "例示産業", "", FALSE);
  assert_row (f, 2, "雛形工業", "", FALSE);
  tell (f, "a", "見本商事", "open", FALSE);
  tell (f, "b", "例示産業", "open", FALSE);
  look (f);
  assert_row (f, 0, "見本商事", "", TRUE);
  assert_row (f, 1, "例示産業", "", TRUE);
}

static void
test_twins (Fixture *f, gconstpointer data)
{
  make (f->vaults, "a", TRUE);
  make (f->vaults, "b", TRUE);
  make (f->vaults, "c", TRUE);
  tell (f, "a", "見本商事", "open", FALSE);
  tell (f, "b", "例示産業", "open", FALSE);
  tell (f, "c", "見本商事", "open", FALSE);
  look (f);
  assert_row (f, 0, "見本商事", "a", TRUE);
  assert_row (f, 1, "例示産業", "", TRUE);
  assert_row (f, 2, "見本商事", "c", TRUE);
}

/* Those that went are offered no more, and cannot be chosen by an old button. */
static void
test_gone (Fixture *f, gconstpointer data)
{
  g_autofree char *b = g_build_filename (f->vaults, "b", NULL), *aside = g_build_filename (f->dir, "b", NULL);
  const char *name;

  make (f->vaults, "a", TRUE);
  make (f->vaults, "b", TRUE);
  g_assert_cmpint (look (f), ==, 2);
  g_assert_true (client_choice_find (f->choice, b, &name));
  g_assert_cmpstr (name, ==, "b");
  g_assert_cmpint (g_rename (b, aside), ==, 0);
  g_assert_cmpint (look (f), ==, 1);
  g_assert_cmpuint (count_rows (f), ==, 1);
  g_assert_false (client_choice_find (f->choice, b, &name));
  g_assert_false (client_choice_find (f->choice, aside, &name));
  g_assert_false (client_choice_find (f->choice, "", &name));
}

/* The default vault is offered with those of the default folder beside it. */
static void
test_single_beside (Fixture *f, gconstpointer data)
{
  f->settings.single_dir = f->single;
  g_assert_cmpint (look (f), ==, 0);
  make (f->dir, "vault", TRUE);
  g_assert_cmpint (look (f), ==, 0);
  make (f->vaults, "a", TRUE);
  g_assert_cmpint (look (f), ==, 2);
  assert_row (f, 0, "vault", "", TRUE);
  assert_row (f, 1, "a", "", TRUE);
}

static void
test_settings (void)
{
  static const struct
  {
    const char *argument, *vault_variable, *vaults_variable;
    const char *vault, *vaults, *single;
  } cases[] = {
    { NULL, NULL, NULL, "/var/lib/azukari/vault", "/var/lib/azukari/vaults", "/var/lib/azukari/vault" },
    { NULL, "", "", "/var/lib/azukari/vault", "/var/lib/azukari/vaults", "/var/lib/azukari/vault" },
    { "--vault=/a", NULL, NULL, "/a", NULL, NULL },
    { "--vault=/a", "/b", "/c", "/a", NULL, NULL },
    { "--vaults=/a", "/b", "/c", "/var/lib/azukari/vault", "/a", NULL },
    { NULL, "/b", NULL, "/b", NULL, NULL },
    { NULL, "/b", "/c", "/var/lib/azukari/vault", "/c", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *const argv[] = { "azukari", cases[i].argument, NULL };
      g_auto (GStrv) args = g_strdupv ((char **) argv);
      g_autoptr (Settings) settings = NULL;
      g_autoptr (GError) error = NULL;

      g_unsetenv ("AZUKARI_VAULT");
      g_unsetenv (CLIENT_FOLDER_VARIABLE);
      if (cases[i].vault_variable != NULL)
        g_setenv ("AZUKARI_VAULT", cases[i].vault_variable, TRUE);
      if (cases[i].vaults_variable != NULL)
        g_setenv (CLIENT_FOLDER_VARIABLE, cases[i].vaults_variable, TRUE);
      settings = settings_new_from_args (&args, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (settings->vault_dir, ==, cases[i].vault);
      g_assert_cmpstr (settings->vaults_dir, ==, cases[i].vaults);
      g_assert_cmpstr (settings->single_dir, ==, cases[i].single);
    }
}

static void
test_both_named (void)
{
  const char *const argv[] = { "azukari", "--vault=/a", "--vaults=/b", NULL };
  g_auto (GStrv) args = g_strdupv ((char **) argv);
  g_autoptr (GError) error = NULL;

  g_assert_null (settings_new_from_args (&args, &error));
  g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
}

#define ADD(path, test) g_test_add ("/client-choice/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("rows", test_rows);
  ADD ("closed", test_closed);
  ADD ("twins", test_twins);
  ADD ("gone", test_gone);
  ADD ("single-beside", test_single_beside);
  g_test_add_func ("/client-choice/settings", test_settings);
  g_test_add_func ("/client-choice/both-named", test_both_named);
  return g_test_run ();
}

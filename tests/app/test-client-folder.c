/* SPDX-License-Identifier: Apache-2.0 */
/* client-folder: what counts as a client's folder, and what somebody could put there instead. */
#include "client-folder.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *dir;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->dir = g_dir_make_tmp ("azukari-vaults-XXXXXX", NULL);
  g_assert_nonnull (f->dir);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  const char *argv[] = { "rm", "-rf", f->dir, NULL };

  (void) g_chmod (f->dir, 0700);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
  g_free (f->dir);
}

static char *
in_dir (Fixture *f, const char *name)
{
  return g_build_filename (f->dir, name, NULL);
}

static void
make_file (const char *path)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
}

static void
make (Fixture *f, const char *name, const char *file)
{
  g_autofree char *path = in_dir (f, name);

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  if (file != NULL)
    {
      g_autofree char *inside = g_build_filename (path, file, NULL);

      make_file (inside);
    }
}

static ClientList *
list (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  ClientList *clients = client_list_new (f->dir, &error);

  g_assert_no_error (error);
  return clients;
}

static void
assert_client (const ClientList *clients, guint place, const char *name, gboolean has_vault)
{
  const ClientFolder *client;

  g_assert_cmpuint (place, <, clients->clients->len);
  client = g_ptr_array_index (clients->clients, place);
  g_assert_cmpstr (client->name, ==, name);
  g_assert_cmpint (client->has_vault, ==, has_vault);
  g_assert_true (g_path_is_absolute (client->dir));
  g_assert_true (g_str_has_suffix (client->dir, name));
}

static void
assert_left_out (const ClientList *clients, const char *name, const char *why)
{
  for (guint i = 0; i < clients->left_out->len; i++)
    {
      const ClientLeftOut *entry = g_ptr_array_index (clients->left_out, i);

      if (strcmp (entry->name, name) == 0)
        {
          g_assert_cmpstr (entry->why, ==, why);
          return;
        }
    }
  g_test_message ("“%s” is not among what was left out", name);
  g_assert_not_reached ();
}

static void
assert_refused (Fixture *f, GIOErrorEnum code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (client_list_new (f->dir, &error));
  g_assert_error (error, G_IO_ERROR, (int) code);
}

static void
test_names (void)
{
  static const char *const good[] = { "a", "mihon-shoji", "A.1_b", "見本商事", "ミホン-2号店", "0" };
  static const char *const bad[] = { "",         ".",    "..",           ".hidden",
                                     "-rf",      "_x",   "a/b",          "../x",
                                     "a b",      "a\nb", "a\033[2J",     "見本\xE2\x80\xAE商事",
                                     "\xFF\xFE", "a\\b", "café\xCC\x81", "か\xE3\x82\x99",
                                     "a:b",      "a%s" };
  g_autofree char *longest = g_strnfill (CLIENT_NAME_MAX_BYTES, 'a'), *longer = g_strconcat (longest, "a", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (client_name_is_valid (good[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("case %zu", i);
      g_assert_false (client_name_is_valid (bad[i]));
    }
  g_assert_true (client_name_is_valid (longest));
  g_assert_false (client_name_is_valid (longer));
}

static void
test_sorted (Fixture *f, gconstpointer data)
{
  g_autoptr (ClientList) clients = NULL;
  g_autofree char *file = in_dir (f, "README");

  make (f, "b", "vault.db");
  make (f, "c", NULL);
  make (f, "a", "keyset.bin");
  make (f, "見本", "keyset.bin");
  make (f, ".hidden", "keyset.bin");
  make_file (file);
  clients = list (f);
  g_assert_cmpuint (clients->clients->len, ==, 4);
  assert_client (clients, 0, "a", TRUE);
  assert_client (clients, 1, "b", TRUE);
  assert_client (clients, 2, "c", FALSE);
  assert_client (clients, 3, "見本", TRUE);
  g_assert_cmpuint (clients->left_out->len, ==, 0);
}

/* A link would let one company's vault stand under another's name. */
static void
test_links (Fixture *f, gconstpointer data)
{
  g_autoptr (ClientList) clients = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *target = in_dir (f, "a"), *link = in_dir (f, "b");

  make (f, "a", "keyset.bin");
  g_assert_cmpint (symlink (target, link), ==, 0);
  clients = list (f);
  g_assert_cmpuint (clients->clients->len, ==, 1);
  assert_client (clients, 0, "a", TRUE);
  assert_left_out (clients, "b", "link");
  g_assert_null (client_folder_find (f->dir, "b", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_bad_names (Fixture *f, gconstpointer data)
{
  g_autoptr (ClientList) clients = NULL;

  make (f, "a\033[2J", "keyset.bin");
  make (f, "-rf", "keyset.bin");
  make (f, "x\xFF", "keyset.bin");
  make (f, "good", "keyset.bin");
  clients = list (f);
  g_assert_cmpuint (clients->clients->len, ==, 1);
  assert_client (clients, 0, "good", TRUE);
  /* fit to be printed */
  assert_left_out (clients, "a?[2J", "name");
  assert_left_out (clients, "-rf", "name");
  assert_left_out (clients, "x\xEF\xBF\xBD", "name");
}

static void
test_open_to_others (Fixture *f, gconstpointer data)
{
  g_autoptr (ClientList) clients = NULL, again = NULL;
  g_autofree char *path = in_dir (f, "a");

  make (f, "a", "keyset.bin");
  make (f, "b", "keyset.bin");
  g_assert_cmpint (g_chmod (path, 0750), ==, 0);
  clients = list (f);
  g_assert_cmpuint (clients->clients->len, ==, 1);
  assert_left_out (clients, "a", "mode");
  /* the folder itself: who writes there exchanges vaults */
  g_assert_cmpint (g_chmod (f->dir, 0770), ==, 0);
  assert_refused (f, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_cmpint (g_chmod (f->dir, 0702), ==, 0);
  assert_refused (f, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_cmpint (g_chmod (f->dir, 0755), ==, 0);
  again = list (f);
  g_assert_cmpuint (again->clients->len, ==, 1);
}

static void
test_another_users (Fixture *f, gconstpointer data)
{
  g_autoptr (ClientList) clients = NULL;
  g_autofree char *path = in_dir (f, "a");

  if (geteuid () != 0)
    {
      g_test_skip ("only root can give a folder away");
      return;
    }
  make (f, "a", "keyset.bin");
  g_assert_cmpint (chown (path, 12345, 12345), ==, 0);
  clients = list (f);
  g_assert_cmpuint (clients->clients->len, ==, 0);
  assert_left_out (clients, "a", "owner");
  g_assert_cmpint (chown (f->dir, 12345, 12345), ==, 0);
  assert_refused (f, G_IO_ERROR_PERMISSION_DENIED);
}

static void
test_unreadable (Fixture *f, gconstpointer data)
{
  g_autofree char *dir = g_strdup (f->dir);
  g_autofree char *file = in_dir (f, "file");

  g_free (f->dir);
  f->dir = g_build_filename (dir, "nothing", NULL);
  assert_refused (f, G_IO_ERROR_NOT_FOUND);
  g_free (f->dir);
  f->dir = g_strdup (file);
  make_file (file);
  assert_refused (f, G_IO_ERROR_NOT_DIRECTORY);
  g_free (f->dir);
  f->dir = g_steal_pointer (&dir);
  if (geteuid () == 0)
    {
      g_test_skip ("root reads everything");
      return;
    }
  g_assert_cmpint (g_chmod (f->dir, 0), ==, 0);
  assert_refused (f, G_IO_ERROR_PERMISSION_DENIED);
}

static void
test_too_many (Fixture *f, gconstpointer data)
{
  g_autoptr (ClientList) clients = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= CLIENT_FOLDER_MAX; i++)
    {
      g_autofree char *name = g_strdup_printf ("c%04u", i);

      make (f, name, "keyset.bin");
    }
  clients = list (f);
  g_assert_cmpuint (clients->clients->len, ==, CLIENT_FOLDER_MAX);
  assert_client (clients, 0, "c0000", TRUE);
  assert_left_out (clients, "c0200", "too-many");
  g_assert_null (client_folder_make (f->dir, "new", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

/* More than anybody serves: not all of it is looked at, and that is told. */
static void
test_flooded (Fixture *f, gconstpointer data)
{
  g_autoptr (ClientList) clients = NULL;

  for (guint i = 0; i < CLIENT_FOLDER_MAX_ENTRIES + 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("f%05u", i);
      g_autofree char *path = in_dir (f, name);

      make_file (path);
    }
  clients = list (f);
  g_assert_cmpuint (clients->clients->len, ==, 0);
  assert_left_out (clients, "…", "too-many");
}

static void
test_make (Fixture *f, gconstpointer data)
{
  g_autofree char *dir = in_dir (f, "vaults"), *made = NULL, *again = NULL, *found = NULL, *file = NULL;
  g_autoptr (GError) error = NULL;
  struct stat st;

  made = client_folder_make (dir, "見本", &error);
  g_assert_no_error (error);
  g_assert_cmpint (stat (dir, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0777, ==, 0700);
  g_assert_cmpint (stat (made, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0777, ==, 0700);
  found = client_folder_find (dir, "見本", &error);
  g_assert_cmpstr (found, ==, made);
  /* set-up did not get through the first time */
  again = client_folder_make (dir, "見本", &error);
  g_assert_cmpstr (again, ==, made);
  g_assert_false (client_folder_has_vault (made));
  file = g_build_filename (made, "keyset.bin", NULL);
  make_file (file);
  g_assert_true (client_folder_has_vault (made));
  g_assert_null (client_folder_make (dir, "見本", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_null (client_folder_make (dir, "../x", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME);
  g_clear_error (&error);
  g_assert_null (client_folder_find (dir, "..", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME);
}

#define ADD(path, test) g_test_add ("/client-folder/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client-folder/names", test_names);
  ADD ("sorted", test_sorted);
  ADD ("links", test_links);
  ADD ("bad-names", test_bad_names);
  ADD ("open-to-others", test_open_to_others);
  ADD ("another-users", test_another_users);
  ADD ("unreadable", test_unreadable);
  ADD ("too-many", test_too_many);
  ADD ("flooded", test_flooded);
  ADD ("make", test_make);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* client-folder: lists what is there and trusts none of it. */
#include "config.h"

#include "client-folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Without either there is no vault; azukari-vaultd goes by the same two. */
static const char *const vault_files[] = { "keyset.bin", "vault.db" };

static void
client_free (gpointer data)
{
  ClientFolder *client = data;

  g_free (client->name);
  g_free (client->dir);
  g_free (client);
}

static void
left_out_free (gpointer data)
{
  ClientLeftOut *entry = data;

  g_free (entry->name);
  g_free (entry);
}

void
client_list_free (ClientList *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->clients);
  g_ptr_array_unref (self->left_out);
  g_free (self);
}

gboolean
client_name_is_valid (const char *name)
{
  g_autofree char *composed = NULL;
  gsize n_bytes = strlen (name);

  if (n_bytes == 0 || n_bytes > CLIENT_NAME_MAX_BYTES || !g_utf8_validate (name, (gssize) n_bytes, NULL)
      || !g_unichar_isalnum (g_utf8_get_char (name)))
    return FALSE;
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    if (!g_unichar_isalnum (g_utf8_get_char (at)) && strchr ("-_.", *at) == NULL)
      return FALSE;
  composed = g_utf8_normalize (name, -1, G_NORMALIZE_NFC);
  return g_strcmp0 (composed, name) == 0;
}

/* --- one folder --------------------------------------------------------------------------------------------------- */

static gboolean
holds_vault (int fd)
{
  struct stat st;

  for (gsize i = 0; i < G_N_ELEMENTS (vault_files); i++)
    if (fstatat (fd, vault_files[i], &st, AT_SYMLINK_NOFOLLOW) == 0)
      return TRUE;
  return FALSE;
}

gboolean
client_folder_has_vault (const char *dir)
{
  int fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean has_vault = fd >= 0 && holds_vault (fd);

  if (fd >= 0)
    close (fd);
  return has_vault;
}

/* Opens the folder of vaults, which nobody else may change. */
static int
open_vaults (const char *dir, GError **error)
{
  int fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), problem = errno;
  struct stat st;

  if (fd >= 0 && fstat (fd, &st) == 0 && (st.st_uid == geteuid () || st.st_uid == 0) && (st.st_mode & 022) == 0)
    return fd;
  if (fd < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (problem), _ ("the folder of vaults %s cannot be opened: %s"),
                 dir, g_strerror (problem));
  else
    {
      close (fd);
      g_set_error (
          error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
          _ ("others may change the folder of vaults %s, and so exchange one company's vault for another's; make "
             "it yours alone (chmod 700)"),
          dir);
    }
  return -1;
}

/* NULL, or why it is not a client's folder; "" for what nobody took for one. *ret_has_vault only with NULL. */
static const char *
judge (int vaults_fd, const char *name, gboolean *ret_has_vault)
{
  struct stat st;
  int fd;

  if (fstatat (vaults_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    return "unreadable";
  if (S_ISLNK (st.st_mode))
    return "link";
  if (!S_ISDIR (st.st_mode))
    return "";
  if (!client_name_is_valid (name))
    return "name";
  /* As azukari-vaultd wants it. Looked at once more through the descriptor, as that is what is used. */
  fd = openat (vaults_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 || fstat (fd, &st) != 0)
    {
      if (fd >= 0)
        close (fd);
      return "unreadable";
    }
  *ret_has_vault = holds_vault (fd);
  close (fd);
  if (st.st_uid != geteuid ())
    return "owner";
  return (st.st_mode & 077) != 0 ? "mode" : NULL;
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

static void
leave_out (ClientList *self, const char *name, const char *why)
{
  ClientLeftOut *entry = g_new0 (ClientLeftOut, 1);
  g_autofree char *valid = g_utf8_make_valid (name, -1);

  /* a name may hold what moves a terminal's cursor */
  for (char *at = valid; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = '?';
  entry->name = g_steal_pointer (&valid);
  entry->why = why;
  g_ptr_array_add (self->left_out, entry);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Of everything that does not begin with a dot, up to the limit. */
static GPtrArray *
read_names (int fd, gboolean *ret_all, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  DIR *dir = fdopendir (fd);
  const struct dirent *entry;

  if (dir == NULL)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _ ("the folder of vaults cannot be read: %s"),
                   g_strerror (errno));
      close (fd);
      return NULL;
    }
  *ret_all = TRUE;
  while ((entry = readdir (dir)) != NULL && *ret_all)
    if (entry->d_name[0] != '.')
      {
        *ret_all = names->len < CLIENT_FOLDER_MAX_ENTRIES;
        if (*ret_all)
          g_ptr_array_add (names, g_strdup (entry->d_name));
      }
  closedir (dir);
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

static void
take (ClientList *self, int fd, const char *absolute, const char *name)
{
  gboolean has_vault = FALSE;
  const char *why = judge (fd, name, &has_vault);
  ClientFolder *client;

  if (why == NULL && self->clients->len >= CLIENT_FOLDER_MAX)
    why = "too-many";
  if (why != NULL)
    {
      if (*why != '\0')
        leave_out (self, name, why);
      return;
    }
  client = g_new0 (ClientFolder, 1);
  client->name = g_strdup (name);
  client->dir = g_build_filename (absolute, name, NULL);
  client->has_vault = has_vault;
  g_ptr_array_add (self->clients, client);
}

ClientList *
client_list_new (const char *dir, GError **error)
{
  g_autoptr (ClientList) self = NULL;
  g_autoptr (GPtrArray) names = NULL;
  g_autofree char *absolute = g_canonicalize_filename (dir, NULL);
  gboolean all = TRUE;
  int fd = open_vaults (absolute, error), again;

  if (fd < 0)
    return NULL;
  again = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  names = again >= 0 ? read_names (again, &all, error) : NULL;
  if (names == NULL)
    {
      if (again < 0)
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, g_strerror (errno));
      close (fd);
      return NULL;
    }
  self = g_new0 (ClientList, 1);
  self->clients = g_ptr_array_new_with_free_func (client_free);
  self->left_out = g_ptr_array_new_with_free_func (left_out_free);
  for (guint i = 0; i < names->len; i++)
    take (self, fd, absolute, g_ptr_array_index (names, i));
  if (!all)
    leave_out (self, "…", "too-many");
  close (fd);
  return g_steal_pointer (&self);
}

void
client_list_prepend (ClientList *self, const char *dir)
{
  ClientFolder *client = g_new0 (ClientFolder, 1);

  client->name = g_strdup ("");
  client->dir = g_canonicalize_filename (dir, NULL);
  client->has_vault = client_folder_has_vault (client->dir);
  g_ptr_array_insert (self->clients, 0, client);
}

/* --- by name ------------------------------------------------------------------------------------------------------ */

static gboolean
check_name (const char *name, GError **error)
{
  if (client_name_is_valid (name))
    return TRUE;
  g_set_error (
      error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME,
      _ ("a client's folder cannot be called so: letters and digits, with “-”, “_” or “.” between them, at most "
         "%d bytes"),
      CLIENT_NAME_MAX_BYTES);
  return FALSE;
}

static char *
find (const ClientList *list, const char *name, gboolean *ret_has_vault)
{
  for (guint i = 0; i < list->clients->len; i++)
    {
      const ClientFolder *client = g_ptr_array_index (list->clients, i);

      if (strcmp (client->name, name) != 0)
        continue;
      *ret_has_vault = client->has_vault;
      return g_strdup (client->dir);
    }
  return NULL;
}

char *
client_folder_find (const char *dir, const char *name, GError **error)
{
  g_autoptr (ClientList) list = NULL;
  gboolean has_vault;
  char *found;

  if (!check_name (name, error))
    return NULL;
  list = client_list_new (dir, error);
  if (list == NULL)
    return NULL;
  found = find (list, name, &has_vault);
  if (found == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _ ("there is no client “%s” in %s; “azukarictl clients” lists them"), name, dir);
  return found;
}

char *
client_folder_make (const char *dir, const char *name, GError **error)
{
  g_autoptr (ClientList) list = NULL;
  g_autofree char *absolute = g_canonicalize_filename (dir, NULL);
  g_autofree char *path = g_build_filename (absolute, name, NULL);
  g_autofree char *found = NULL;
  gboolean has_vault = FALSE;

  if (!check_name (name, error))
    return NULL;
  if (g_mkdir_with_parents (absolute, 0700) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _ ("the folder of vaults %s cannot be made: %s"),
                   absolute, g_strerror (errno));
      return NULL;
    }
  list = client_list_new (absolute, error);
  if (list == NULL)
    return NULL;
  found = find (list, name, &has_vault);
  if (found != NULL && !has_vault)
    return g_steal_pointer (&found);
  if (found == NULL && list->clients->len >= CLIENT_FOLDER_MAX)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                   _ ("there are %u clients in this folder already, as many as one kiosk serves; choose another folder "
                      "with --vaults"),
                   CLIENT_FOLDER_MAX);
      return NULL;
    }
  if (found == NULL && mkdir (path, 0700) == 0)
    return g_steal_pointer (&path);
  if (found != NULL || errno == EEXIST)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _ ("there is something called “%s” in %s already"), name,
                 absolute);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _ ("the client's folder %s cannot be made: %s"),
                 path, g_strerror (errno));
  return NULL;
}

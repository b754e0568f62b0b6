/* SPDX-License-Identifier: Apache-2.0 */
/* client-folder: one folder with the vaults of several companies (clients of one office), each in a folder of its own. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CLIENT_FOLDER_DEFAULT "/var/lib/azukari/vaults"
#define CLIENT_FOLDER_VARIABLE "AZUKARI_VAULTS"
/* So many are served; more entries than this are not even looked at. */
#define CLIENT_FOLDER_MAX 200u
#define CLIENT_FOLDER_MAX_ENTRIES 4096u
#define CLIENT_NAME_MAX_BYTES 48

typedef struct
{
  char *name; /* of its folder, checked */
  char *dir;  /* absolute */
  gboolean has_vault;
} ClientFolder;

/* An entry that is not used, and why: name, link, mode (others may enter it), owner, unreadable or too-many. */
typedef struct
{
  char *name; /* fit to be printed */
  const char *why;
} ClientLeftOut;

typedef struct
{
  GPtrArray *clients;  /* of ClientFolder, by name */
  GPtrArray *left_out; /* of ClientLeftOut */
} ClientList;

/**
 * client_list_new:
 * @dir: the folder of vaults
 *
 * What is no folder is passed over; links are not followed. A folder that anybody else may write to is refused, as they could
 * exchange one company's vault for another's. Any thread; blocks for as long as the disk does.
 *
 * Returns: (transfer full): %NULL with a %G_IO_ERROR whose message is for people: NOT_FOUND, PERMISSION_DENIED ...
 */
ClientList *client_list_new (const char *dir, GError **error);
void client_list_free (ClientList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ClientList, client_list_free)

/* One more, first of all, which lies elsewhere and is called nothing. */
void client_list_prepend (ClientList *self, const char *dir);

/* Whether a client's folder may be called so: letters and digits of any script, and “-”, “_”, “.” inside; NFC, so that no two
 * names look alike and differ. */
gboolean client_name_is_valid (const char *name);

/**
 * client_folder_find:
 *
 * Returns: (transfer full): the folder of the one client of that name; %NULL with a %G_IO_ERROR: INVALID_FILENAME, NOT_FOUND ...
 */
char *client_folder_find (const char *dir, const char *name, GError **error);

/**
 * client_folder_make:
 *
 * Makes the folder of vaults where it is missing, and in it a folder for a new client, for us alone. One that is there and has no vault
 * yet will do.
 *
 * Returns: (transfer full): the client's folder; %NULL with a %G_IO_ERROR: INVALID_FILENAME, EXISTS, NO_SPACE (as many as are served) ...
 */
char *client_folder_make (const char *dir, const char *name, GError **error);

/* Whether there is a vault in that folder, open or not. */
gboolean client_folder_has_vault (const char *dir);

G_END_DECLS

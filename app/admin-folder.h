/* SPDX-License-Identifier: Apache-2.0 */
/* admin-folder: asks the admin where files shall go, or which one is meant. */
#pragma once

#include "admin-part.h"

G_BEGIN_DECLS

#define ADMIN_TYPE_FOLDER (admin_folder_get_type ())
G_DECLARE_FINAL_TYPE (AdminFolder, admin_folder, ADMIN, FOLDER, GObject)

/**
 * admin_folder_new:
 * @part: borrowed, whose view asks
 * @title: (nullable): what the folder is for, translated; %NULL: for the session's files
 *
 * Signal ::chosen (string path): the session's folder is another one, unless it was asked for something else.
 */
AdminFolder *admin_folder_new (AdminPart *part, const char *title);
/* The same for a file that is there already. @title: what it is, translated */
AdminFolder *admin_folder_new_for_file (AdminPart *part, const char *title);
void admin_folder_choose (AdminFolder *self);
/* Takes the question from the screen. */
void admin_folder_close (AdminFolder *self);

G_END_DECLS

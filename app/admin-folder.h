/* SPDX-License-Identifier: Apache-2.0 */
/* admin-folder: asks the admin where files shall go. */
#pragma once

#include "admin-part.h"

G_BEGIN_DECLS

#define ADMIN_TYPE_FOLDER (admin_folder_get_type ())
G_DECLARE_FINAL_TYPE (AdminFolder, admin_folder, ADMIN, FOLDER, GObject)

/* @part: borrowed, whose view asks. Signal ::chosen: the session has another folder. */
AdminFolder *admin_folder_new (AdminPart *part);
void admin_folder_choose (AdminFolder *self);
/* Takes the question from the screen. */
void admin_folder_close (AdminFolder *self);

G_END_DECLS

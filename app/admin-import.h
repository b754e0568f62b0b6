/* SPDX-License-Identifier: Apache-2.0 */
/* admin-import: a roster's file is chosen, what it would change is shown, and it is done or not; and the last one is taken back. */
#pragma once

#include "admin-part.h"
#include "people-view.h"

G_BEGIN_DECLS

#define ADMIN_TYPE_IMPORT (admin_import_get_type ())
G_DECLARE_FINAL_TYPE (AdminImport, admin_import, ADMIN, IMPORT, GObject)

/** admin_import_new: @part: borrowed; @view: borrowed: of @part */
AdminImport *admin_import_new (AdminPart *part, UiPeopleView *view);
/* Asks anew whether the last import can be taken back by who is in. */
void admin_import_refresh (AdminImport *self);
/* Back to the list; nothing of the file stays. */
void admin_import_forget (AdminImport *self);

G_END_DECLS

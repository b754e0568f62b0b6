/* SPDX-License-Identifier: Apache-2.0 */
/* admin-retention: 保存期間, changed by a 責任者 after a look at what becomes due. */
#pragma once

#include "admin-part.h"
#include "retention-view.h"

G_BEGIN_DECLS

#define ADMIN_TYPE_RETENTION (admin_retention_get_type ())
G_DECLARE_FINAL_TYPE (AdminRetention, admin_retention, ADMIN, RETENTION, GObject)

/* @part, @view: borrowed. Signal ::leave: the rules are not wanted any more. */
AdminRetention *admin_retention_new (AdminPart *part, UiRetentionView *view);
/* Asks for the rules. */
void admin_retention_refresh (AdminRetention *self);
void admin_retention_forget (AdminRetention *self);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* admin-receipts: what became of exported files, as whoever took them in says. */
#pragma once

#include "admin-part.h"
#include "handed-view.h"

G_BEGIN_DECLS

#define ADMIN_TYPE_RECEIPTS (admin_receipts_get_type ())
G_DECLARE_FINAL_TYPE (AdminReceipts, admin_receipts, ADMIN, RECEIPTS, GObject)

/* @part, @view: borrowed. Signal ::overdue (guint): of how many files nobody has said for a week that they are deleted. */
AdminReceipts *admin_receipts_new (AdminPart *part, UiHandedView *view);
/* Asks for the list. */
void admin_receipts_refresh (AdminReceipts *self);
void admin_receipts_forget (AdminReceipts *self);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* UiFamilyPage: the person and their dependants: whose card next? */
#pragma once

#include "page.h"

G_BEGIN_DECLS

#define UI_TYPE_FAMILY_PAGE (ui_family_page_get_type ())
G_DECLARE_FINAL_TYPE (UiFamilyPage, ui_family_page, UI, FAMILY_PAGE, UiPage)

/*
 * Signals: ::chosen (uint: place in the list), ::finished.
 */

/* @rows: (transfer none): of UiRow; one whose key is "open" gets a button to scan that card. */
void ui_family_page_set_rows (UiFamilyPage *self, GListModel *rows);

G_END_DECLS

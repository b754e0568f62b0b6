/* SPDX-License-Identifier: Apache-2.0 */
/* UiContractorPage: the attendant picks a contractor, or adds one. */
#pragma once

#include "page.h"

G_BEGIN_DECLS

#define UI_TYPE_CONTRACTOR_PAGE (ui_contractor_page_get_type ())
G_DECLARE_FINAL_TYPE (UiContractorPage, ui_contractor_page, UI, CONTRACTOR_PAGE, UiPage)

/*
 * Signals: ::chosen (string id); ::added (string name, string kana, string birth date as YYYY-MM-DD).
 */

/* @rows: (transfer none): of UiRow */
void ui_contractor_page_set_rows (UiContractorPage *self, GListModel *rows);
void ui_contractor_page_set_message (UiContractorPage *self, const char *message);
void ui_contractor_page_set_busy (UiContractorPage *self, gboolean busy);

G_END_DECLS

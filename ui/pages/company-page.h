/* SPDX-License-Identifier: Apache-2.0 */
/* UiCompanyPage: which company is it for? The first page of a kiosk that serves several. */
#pragma once

#include "page.h"

G_BEGIN_DECLS

#define UI_TYPE_COMPANY_PAGE (ui_company_page_get_type ())
G_DECLARE_FINAL_TYPE (UiCompanyPage, ui_company_page, UI, COMPANY_PAGE, UiPage)

/* From so many on there is a field to search them. */
#define UI_COMPANY_PAGE_SEARCH_FROM 9u

/*
 * Signals: ::chosen (string id), ::language (string code).
 */

/* @rows: of UiRow: the company's name is its title; may change while it is shown */
void ui_company_page_set_rows (UiCompanyPage *self, GListModel *rows);
/* @code: "ja" or "en" */
void ui_company_page_set_language (UiCompanyPage *self, const char *code);

G_END_DECLS

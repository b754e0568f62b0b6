/* SPDX-License-Identifier: Apache-2.0 */
/* UiWelcomePage: the start: employee, contractor, language, and a small door for admins. */
#pragma once

#include "page.h"

G_BEGIN_DECLS

#define UI_TYPE_WELCOME_PAGE (ui_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (UiWelcomePage, ui_welcome_page, UI, WELCOME_PAGE, UiPage)

/*
 * Signals: ::employee, ::contractor, ::admin, ::language (string code), ::leave (another company).
 */

/* @code: the language shown now, "ja" or "en". */
void ui_welcome_page_set_language (UiWelcomePage *self, const char *code);

/* @company: whose kiosk this is at the moment, with a way to another one; %NULL where there is only one. */
void ui_welcome_page_set_company (UiWelcomePage *self, const char *company);

/* @notice: why nobody can begin, though admins can work; %NULL when all is well. */
void ui_welcome_page_set_notice (UiWelcomePage *self, const char *notice);

G_END_DECLS

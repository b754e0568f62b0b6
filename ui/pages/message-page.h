/* SPDX-License-Identifier: Apache-2.0 */
/* UiMessagePage: a full page that says what is wrong with the kiosk and what to do. */
#pragma once

#include "page.h"

G_BEGIN_DECLS

#define UI_TYPE_MESSAGE_PAGE (ui_message_page_get_type ())
G_DECLARE_FINAL_TYPE (UiMessagePage, ui_message_page, UI, MESSAGE_PAGE, UiPage)

/*
 * Signals: ::retry, ::admin: a responsible person has come.
 */

void ui_message_page_set_message (UiMessagePage *self, const char *title, const char *what, const char *todo);
/* Whether a responsible person can do something here; not after ui_page_clear (). */
void ui_message_page_set_admin (UiMessagePage *self, gboolean is_offered);
/* While the vault is being opened: a calm waiting page. */
void ui_message_page_set_waiting (UiMessagePage *self, gboolean waiting);

G_END_DECLS

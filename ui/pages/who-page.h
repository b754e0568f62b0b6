/* SPDX-License-Identifier: Apache-2.0 */
/* UiWhoPage: an employee types their code and birth date. */
#pragma once

#include "page.h"

G_BEGIN_DECLS

#define UI_TYPE_WHO_PAGE (ui_who_page_get_type ())
G_DECLARE_FINAL_TYPE (UiWhoPage, ui_who_page, UI, WHO_PAGE, UiPage)

/*
 * Signal: ::identified (string code, string birth date as YYYY-MM-DD), only with a code and a date that exists.
 */

/* @message: one sentence, or %NULL for none. */
void ui_who_page_set_message (UiWhoPage *self, const char *message);
void ui_who_page_set_busy (UiWhoPage *self, gboolean busy);

G_END_DECLS

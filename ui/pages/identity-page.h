/* SPDX-License-Identifier: Apache-2.0 */
/* UiIdentityPage: the attendant says which identity documents they have seen. */
#pragma once

#include "page.h"

G_BEGIN_DECLS

#define UI_TYPE_IDENTITY_PAGE (ui_identity_page_get_type ())
G_DECLARE_FINAL_TYPE (UiIdentityPage, ui_identity_page, UI, IDENTITY_PAGE, UiPage)

/*
 * Signal: ::confirmed (string identity: photo-document or two-documents).
 */

void ui_identity_page_set_message (UiIdentityPage *self, const char *message);
void ui_identity_page_set_busy (UiIdentityPage *self, gboolean busy);

G_END_DECLS

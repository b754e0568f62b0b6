/* SPDX-License-Identifier: Apache-2.0 */
/* UiDonePage: thank you; take your card. */
#pragma once

#include "page.h"

G_BEGIN_DECLS

#define UI_TYPE_DONE_PAGE (ui_done_page_get_type ())
G_DECLARE_FINAL_TYPE (UiDonePage, ui_done_page, UI, DONE_PAGE, UiPage)

/*
 * Signal: ::closed.
 */

/* All translated. @scene: of UiIllustration. */
void ui_done_page_set_outcome (UiDonePage *self, const char *title, const char *text, const char *scene);

G_END_DECLS

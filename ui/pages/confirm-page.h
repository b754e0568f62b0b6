/* SPDX-License-Identifier: Apache-2.0 */
/* UiConfirmPage: the number line of the card above the digits that were read. */
#pragma once

#include "page.h"

G_BEGIN_DECLS

#define UI_TYPE_CONFIRM_PAGE (ui_confirm_page_get_type ())
G_DECLARE_FINAL_TYPE (UiConfirmPage, ui_confirm_page, UI, CONFIRM_PAGE, UiPage)

/*
 * Signals: ::accepted, ::again.
 */

/* @samples: grey, or %NULL when there is no picture. @digits: 12 ASCII digits. @document: translated name. */
void ui_confirm_page_set_reading (UiConfirmPage *self, guint width_px, guint height_px, GBytes *samples,
                                  const char *digits, const char *document);
/* While it is being saved: nothing can be pressed. */
void ui_confirm_page_set_busy (UiConfirmPage *self, gboolean busy);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* UiPlacePage: how to put the card on the scanner. */
#pragma once

#include "page.h"

G_BEGIN_DECLS

#define UI_TYPE_PLACE_PAGE (ui_place_page_get_type ())
G_DECLARE_FINAL_TYPE (UiPlacePage, ui_place_page, UI, PLACE_PAGE, UiPage)

/*
 * Signal: ::scan.
 */

/* @whose: a translated line about whose card is wanted, "" = none */
void ui_place_page_set_whose (UiPlacePage *self, const char *whose);

G_END_DECLS

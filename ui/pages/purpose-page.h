/* SPDX-License-Identifier: Apache-2.0 */
/* UiPurposePage: what the number is for; the person agrees or does not. */
#pragma once

#include "page.h"

G_BEGIN_DECLS

#define UI_TYPE_PURPOSE_PAGE (ui_purpose_page_get_type ())
G_DECLARE_FINAL_TYPE (UiPurposePage, ui_purpose_page, UI, PURPOSE_PAGE, UiPage)

/*
 * Signals: ::agreed, ::refused.
 */

/* @name: for the greeting. @purposes: translated, ends with %NULL. @note: a translated line below them.
 * @version: of the wording. */
void ui_purpose_page_set_person (UiPurposePage *self, const char *name, const char *const *purposes, const char *note,
                                 const char *version);

G_END_DECLS

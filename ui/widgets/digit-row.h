/* SPDX-License-Identifier: Apache-2.0 */
/* UiDigitRow: twelve digits in three groups of four, large enough to compare with a card. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_DIGIT_ROW (ui_digit_row_get_type ())
G_DECLARE_FINAL_TYPE (UiDigitRow, ui_digit_row, UI, DIGIT_ROW, GtkWidget)

/* @digits: 12 ASCII digits; anything else clears. Nothing is kept but the three labels.
 * Limit: what Pango has laid out is freed, not overwritten, when the labels change. */
void ui_digit_row_set_digits (UiDigitRow *self, const char *digits);
void ui_digit_row_clear (UiDigitRow *self);

G_END_DECLS

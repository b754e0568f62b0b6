/* SPDX-License-Identifier: Apache-2.0 */
/* UiKeypad: keys on the screen that type into the entry that has the focus. For machines without a keyboard. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_KEYPAD (ui_keypad_get_type ())
G_DECLARE_FINAL_TYPE (UiKeypad, ui_keypad, UI, KEYPAD, GtkWidget)

/*
 * Property "layouts" (string): which sets of keys it offers, first one shown first: any of "digits", "letters" and "kana",
 * separated by commas. The keys take no focus: a keyboard types into the entries directly.
 */

/* @editable: borrowed; typing goes to whichever attached entry had the focus last, at first to the first one. */
void ui_keypad_attach (UiKeypad *self, GtkEditable *editable);
void ui_keypad_show_layout (UiKeypad *self, const char *layout);

G_END_DECLS

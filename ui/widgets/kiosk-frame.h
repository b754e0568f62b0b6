/* SPDX-License-Identifier: Apache-2.0 */
/* UiKioskFrame: what surrounds every page: head, steps, back, cancel, help, the last seconds. */
#pragma once

#include "page.h"

G_BEGIN_DECLS

#define UI_TYPE_KIOSK_FRAME (ui_kiosk_frame_get_type ())
G_DECLARE_FINAL_TYPE (UiKioskFrame, ui_kiosk_frame, UI, KIOSK_FRAME, AdwBin)

/*
 * Signals: ::back, ::cancel. Help is the frame's own: it shows the page's text over the page.
 */

/* @page: a UiPage that becomes the frame's */
void ui_kiosk_frame_add_page (UiKioskFrame *self, const char *name, UiPage *page);
/* Shows the page and moves the focus into it; the page shown before is cleared when @clear_last. */
void ui_kiosk_frame_show_page (UiKioskFrame *self, const char *name, gboolean clear_last);
const char *ui_kiosk_frame_get_page (UiKioskFrame *self);
void ui_kiosk_frame_set_company (UiKioskFrame *self, const char *company);
void ui_kiosk_frame_set_buttons (UiKioskFrame *self, gboolean can_go_back, gboolean can_cancel);
/* Somebody waits for the page that is shown; said after a moment. */
void ui_kiosk_frame_set_waiting (UiKioskFrame *self, gboolean waiting);
/* @seconds: until everything is wiped; negative = not shown */
void ui_kiosk_frame_set_countdown (UiKioskFrame *self, int seconds);
/* Closes the help when it is open: Returns: whether it was. */
gboolean ui_kiosk_frame_close_help (UiKioskFrame *self);

G_END_DECLS

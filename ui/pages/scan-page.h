/* SPDX-License-Identifier: Apache-2.0 */
/* UiScanPage: the page growing on the screen while it is scanned. */
#pragma once

#include "page.h"

G_BEGIN_DECLS

#define UI_TYPE_SCAN_PAGE (ui_scan_page_get_type ())
G_DECLARE_FINAL_TYPE (UiScanPage, ui_scan_page, UI, SCAN_PAGE, UiPage)

/*
 * Signal: ::stop.
 */

void ui_scan_page_add_rows (UiScanPage *self, guint width_px, guint height_px, guint first_row, guint n_rows,
                            GBytes *samples);
/* @rows_total: 0 = unknown */
void ui_scan_page_set_progress (UiScanPage *self, guint rows, guint rows_total);

G_END_DECLS

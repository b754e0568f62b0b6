/* SPDX-License-Identifier: Apache-2.0 */
/* UiPicture: a grey picture that may arrive row by row: the page while it is scanned, the number line of a card. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_PICTURE (ui_picture_get_type ())
G_DECLARE_FINAL_TYPE (UiPicture, ui_picture, UI, PICTURE, GtkWidget)

/**
 * ui_picture_add_rows:
 * @width_px, @height_px: of the whole picture; height 0 = not known yet. A change begins a new picture.
 * @samples: (transfer none): n_rows * width_px grey samples, 0 black; ignored when that does not fit
 *
 * The picture is scaled to the widget, keeping its shape.
 */
void
ui_picture_add_rows (UiPicture *self, guint width_px, guint height_px, guint first_row, guint n_rows, GBytes *samples);

/* How far the scan has come, 0 to 1: a line is drawn there; negative = no line. */
void ui_picture_set_scan_line (UiPicture *self, double fraction);

/* Overwrites the samples and shows nothing. */
void ui_picture_clear (UiPicture *self);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* Preview: the page reduced to a small grey picture, in rows as they come. */
#pragma once

#include "scan-driver.h"

G_BEGIN_DECLS

typedef struct _Preview Preview;

/**
 * preview_new:
 * @format: of the page; height_px may be 0 (unknown)
 * @width_px: wanted width, cut down to the page's own; at least 1
 */
Preview *preview_new (const ScanFormat *format, guint width_px);
/* Wipes. %NULL is fine. */
void preview_free (Preview *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Preview, preview_free)

guint preview_get_width_px (const Preview *self);
/* Of the whole preview; 0 while the page's height is unknown. */
guint preview_get_height_px (const Preview *self);

/* Takes @n_rows rows in the page's format. */
void preview_add_rows (Preview *self, const guint8 *rows, guint n_rows);

/* No more rows will come: a started row is finished with what there is. */
void preview_finish (Preview *self);

/**
 * preview_take_rows:
 * @ret_first_row: (out): number of the first of them
 * @ret_n_rows: (out)
 *
 * Hands out the rows finished since the last call, each once. Mean of the page's samples; colour by its luminance
 * (ITU-R BT.601).
 *
 * Returns: (transfer full) (nullable): width_px * *@ret_n_rows samples to wipe and g_free (), or %NULL when there are none.
 */
guint8 *preview_take_rows (Preview *self, guint *ret_first_row, guint *ret_n_rows);

G_END_DECLS

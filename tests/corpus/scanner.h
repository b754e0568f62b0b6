/* SPDX-License-Identifier: Apache-2.0 */
/* scanner: what optics, sensor and firmware do to a drawn page. */
#pragma once

#include <cairo.h>

#include "level.h"

/**
 * scanner_scan:
 * @surface: CAIRO_FORMAT_RGB24, all of the page
 * @document: the part of the page, in pixels, where anything but lid lies; only it is blurred and compressed
 * @color: three channels, else grey (Rec. 601)
 *
 * Returns the samples in @ret_image, which the caller clears.
 */
void scanner_scan (cairo_surface_t *surface, const cairo_rectangle_int_t *document, guint dpi, gboolean color,
                   const Degradation *degradation, Dice *dice, CorpusImage *ret_image);

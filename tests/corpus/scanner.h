/* SPDX-License-Identifier: Apache-2.0 */
/* scanner: what optics, sensor and firmware do to a drawn page. */
#pragma once

#include <cairo.h>

#include "lens.h"

/* A page before it is scanned: a lid of one colour, and on one part of it what was drawn. */
typedef struct
{
  guint width_px, height_px, dpi;
  double lid[3];              /* red, green, blue, 0..1 */
  cairo_surface_t *drawn;     /* borrowed: CAIRO_FORMAT_RGB24, as large as @area */
  cairo_rectangle_int_t area; /* where it lies on the page */
} ScannerPage;

/**
 * scanner_scan:
 * @lens: for the drawn part; what is outside is lid and has nothing to blur
 * @color: three channels, else grey (Rec. 601)
 *
 * Returns the samples in @ret_image, which the caller clears.
 */
void scanner_scan (const ScannerPage *page, const Lens *lens, gboolean color, const Degradation *degradation,
                   Dice *dice, CorpusImage *ret_image);

/* SPDX-License-Identifier: Apache-2.0 */
/* jpeg: what the compression inside many scanners leaves behind. */
#pragma once

#include <cairo.h>

#include "corpus.h"

/** jpeg_round: what JPEG's rounding at @quality (1..100) does to the luminance of @area; colours keep their difference from it. */
void jpeg_round (CorpusImage *image, const cairo_rectangle_int_t *area, double quality);

/* SPDX-License-Identifier: Apache-2.0 */
/* glyph: one printed character as the ink picture of fixed size that the networks see. */
#pragma once

#include "grey.h"

#define GLYPH_MAX_VALUES (24 * 24)

/* The two pictures: a digit is scaled by its height, so that 1 stays narrow; a kanji by its longer side. */
#define GLYPH_DIGIT_WIDTH 18
#define GLYPH_DIGIT_HEIGHT 24
#define GLYPH_DIGIT_INK 20
#define GLYPH_KANJI_SIDE 24
#define GLYPH_KANJI_INK 20

/**
 * glyph_digit_ink, glyph_kanji_ink:
 * @x0, @y0, @x1, @y1: the box of the character's ink, pixels
 * @ret_ink: GLYPH_DIGIT_WIDTH * GLYPH_DIGIT_HEIGHT, or GLYPH_KANJI_SIDE * GLYPH_KANJI_SIDE values, 0 paper to 1 ink;
 *   brightness is stretched between the patch's own paper and ink
 */
void glyph_digit_ink (const CardGrey *grey, double x0, double y0, double x1, double y1, float *ret_ink);
void glyph_kanji_ink (const CardGrey *grey, double x0, double y0, double x1, double y1, float *ret_ink);

/** glyph_kanji_set: the characters that the kanji network names, in the order of its classes; one more class is "other". */
const char *glyph_kanji_set (void);

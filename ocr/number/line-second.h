/* SPDX-License-Identifier: Apache-2.0 */
/* line-second: the second recogniser: own cutting of the grey line into glyphs, own network. Shares nothing with the first. */
#pragma once

#include "card/grey.h"
#include "number/digit-net.h"
#include "number/verdict.h"

/*
 * The strip that line_second_read takes: the line upright, its digits this high, with this much paper above and below
 * them, and to the left and right so much that one digit more, or the tail of a label, is seen. A locator may be off by
 * an eighth of the height in size and in either direction, and by 1.2 degrees.
 */
#define LINE_SECOND_DIGIT_PX 24
#define LINE_SECOND_MARGIN_PX 8
#define LINE_SECOND_SIDE_PX 56

typedef DigitNet LineSecond;

/** line_second_new: (transfer full): %NULL when the stored model is damaged. */
LineSecond *line_second_new (void);
void line_second_free (LineSecond *self);

/**
 * line_second_read:
 * @strip: the upright line as above, 2 * LINE_SECOND_MARGIN_PX + LINE_SECOND_DIGIT_PX high
 *
 * @ret_reading is empty unless the whole line holds exactly 12 digits, in 4-4-4 groups.
 */
void line_second_read (const LineSecond *self, const CardGrey *strip, VerdictReading *ret_reading);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line-second: the second recogniser. Our own convolutional network on the grey levels of the whole line; it shares neither
 * model, nor black-and-white picture, nor cutting into glyphs with the first.
 */
#pragma once

#include "card/grey.h"
#include "number/verdict.h"

/*
 * The strip that line_second_read takes: the line upright, its digits this high, with this much paper above and below
 * them, and to the left and right so much that a thirteenth digit, in the run or one group further, is seen. A locator
 * may be off by an eighth of the height in size and in either direction, and by 1.2 degrees.
 */
#define LINE_SECOND_DIGIT_PX 24
#define LINE_SECOND_MARGIN_PX 8
#define LINE_SECOND_SIDE_PX 84

#define LINE_SECOND_MAX_WIDTH_PX 1600

typedef struct _LineSecond LineSecond;

/** line_second_new: (transfer full): %NULL when the stored model is damaged. */
LineSecond *line_second_new (void);
void line_second_free (LineSecond *self);

/**
 * line_second_read:
 * @strip: the upright line as above, 2 * LINE_SECOND_MARGIN_PX + LINE_SECOND_DIGIT_PX high; of any other height, or wider
 *   than LINE_SECOND_MAX_WIDTH_PX, it is not read
 *
 * @ret_reading is empty unless the strip holds exactly 12 digits, in groups of 4-4-4, and shows enough paper at both ends
 * to tell that they are all of the run. Never a part of a longer run. May run on any thread.
 */
void line_second_read (const LineSecond *self, const CardGrey *strip, VerdictReading *ret_reading);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LineSecond, line_second_free)

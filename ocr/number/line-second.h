/* SPDX-License-Identifier: Apache-2.0 */
/* line-second: the second recogniser: own cutting of the grey line into glyphs, own network. Shares nothing with the first. */
#pragma once

#include "card/grey.h"
#include "number/digit-net.h"
#include "number/verdict.h"

#define LINE_SECOND_DIGIT_PX 40
#define LINE_SECOND_MARGIN_PX 16

/**
 * line_second_read:
 * @strip: the upright line, digits LINE_SECOND_DIGIT_PX high, LINE_SECOND_MARGIN_PX of paper on each side
 *
 * @ret_reading is empty unless the line falls into exactly 12 glyphs in 4-4-4 groups and each looks like a digit.
 */
void line_second_read (const DigitNet *net, const CardGrey *strip, VerdictReading *ret_reading);

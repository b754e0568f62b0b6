/* SPDX-License-Identifier: Apache-2.0 */
/* rules: the frame around a number, or the rule below it, taken off the picture of its line. */
#pragma once

#include "card/grey.h"

/**
 * rules_erase:
 * @strip: a line of digits, level, in the middle of its rows
 * @digit_px: how high the digits are, about
 *
 * Paints paper over what runs on along the line for longer than four digits without a gap, and over what stands between two
 * such rules from one to the other, or to the strip's edge. What crosses the digits stays: they are not to be read then.
 */
void rules_erase (CardGrey *strip, int digit_px);

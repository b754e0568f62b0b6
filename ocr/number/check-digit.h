/* SPDX-License-Identifier: Apache-2.0 */
/* check-digit: the 検査用数字 of a 個人番号. A witness, never a repair tool. */
#pragma once

#include <glib.h>

/**
 * check_digit_is_valid:
 * @digits: any string
 *
 * 平成26年総務省令第85号 art. 5: with the 11 digits before the last, counted from the right as P1..P11, weights
 * Q = 2..7 for P1..P6 and 2..6 for P7..P11, the check digit is 11 - (sum mod 11), and 0 where (sum mod 11) <= 1.
 *
 * Returns: %TRUE for exactly 12 ASCII digits whose last one fits. 000000000000 fits the formula but is no number that
 *   anybody holds: %FALSE.
 */
gboolean check_digit_is_valid (const char *digits);

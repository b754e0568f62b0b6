/* SPDX-License-Identifier: Apache-2.0 */
/* digits: numbers to print on drawn cards. Apart from ocr/ on purpose: what judges must not share code with the judged. */
#pragma once

#include <glib.h>

#include "dice.h"

#define DIGITS_LENGTH 12

/** digits_check: the check digit, 0 to 9, of the first eleven characters of @payload, all of them digits. */
int digits_check (const char *payload);

/** digits_is_valid: %TRUE for twelve digits, the last of them right, that are not all zero. */
gboolean digits_is_valid (const char *text);

/** digits_are_twelve: %TRUE for twelve ASCII digits, whatever they say. */
gboolean digits_are_twelve (const char *text);

/** digits_draw: a random number whose check digit is right if @valid, else wrong. */
void digits_draw (Dice *dice, gboolean valid, char ret_digits[DIGITS_LENGTH + 1]);

/** digits_run: @n_digits random digits and a closing 0 byte. */
void digits_run (Dice *dice, guint n_digits, char *ret_digits);

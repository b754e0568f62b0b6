/* SPDX-License-Identifier: Apache-2.0 */
/* digits: the check digit of ordinance 85 of 2014 (平成26年総務省令第85号), article 5, and numbers made with it. */
#include "digits.h"

#include <string.h>

int
digits_check (const char *payload)
{
  int sum = 0, rest;

  /* P1 is the lowest of the eleven digits: Q = n + 1 for n up to 6, n - 5 beyond. */
  for (int n = 1; n <= 11; n++)
    sum += (payload[11 - n] - '0') * (n <= 6 ? n + 1 : n - 5);
  rest = sum % 11;
  return rest <= 1 ? 0 : 11 - rest;
}

gboolean
digits_are_twelve (const char *text)
{
  return strlen (text) == DIGITS_LENGTH && strspn (text, "0123456789") == DIGITS_LENGTH;
}

gboolean
digits_is_valid (const char *text)
{
  return digits_are_twelve (text) && strspn (text, "0") < DIGITS_LENGTH && text[11] - '0' == digits_check (text);
}

void
digits_run (Dice *dice, guint n_digits, char *ret_digits)
{
  for (guint i = 0; i < n_digits; i++)
    ret_digits[i] = (char) ('0' + dice_int (dice, 0, 9));
  ret_digits[n_digits] = '\0';
}

void
digits_draw (Dice *dice, gboolean valid, char ret_digits[DIGITS_LENGTH + 1])
{
  int check;

  digits_run (dice, DIGITS_LENGTH, ret_digits);
  if (strspn (ret_digits, "0") >= 11)
    ret_digits[0] = '1';
  check = digits_check (ret_digits);
  if (!valid)
    check = (check + dice_int (dice, 1, 9)) % 10;
  ret_digits[11] = (char) ('0' + check);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* check-digit: the 検査用数字 of a 個人番号. */
#include "check-digit.h"

#define N_DIGITS 12

gboolean
check_digit_is_valid (const char *digits)
{
  /* Q11 first, so that it runs along the number from the left */
  static const guint weights[N_DIGITS - 1] = { 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2 };
  guint sum = 0;
  guint remainder, expected;
  gboolean all_zero = TRUE;

  if (digits == NULL)
    return FALSE;
  for (guint i = 0; i < N_DIGITS; i++)
    {
      if (!g_ascii_isdigit (digits[i]))
        return FALSE;
      all_zero = all_zero && digits[i] == '0';
      if (i < N_DIGITS - 1)
        sum += weights[i] * (guint) (digits[i] - '0');
    }
  if (digits[N_DIGITS] != '\0' || all_zero)
    return FALSE;

  /* it is the remainder that is compared with 1, not the result */
  remainder = sum % 11;
  expected = remainder <= 1 ? 0 : 11 - remainder;
  return expected == (guint) (digits[N_DIGITS - 1] - '0');
}

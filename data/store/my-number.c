/* SPDX-License-Identifier: Apache-2.0 */
/* my-number: the check digit. */
#include "my-number.h"

gboolean
my_number_is_valid (const guint8 *digits, gsize n_digits)
{
  guint sum = 0, remainder, any = 0;

  if (digits == NULL || n_digits != MY_NUMBER_DIGITS)
    return FALSE;
  for (guint i = 0; i < MY_NUMBER_DIGITS; i++)
    {
      if (digits[i] < '0' || digits[i] > '9')
        return FALSE;
      any |= digits[i] - '0';
    }
  /* Art. 5: Pn is the n-th digit from the right, not counting the check digit; Qn = n + 1 for n <= 6, n - 5 above. */
  for (guint n = 1; n <= 11; n++)
    sum += (digits[11 - n] - '0') * (n <= 6 ? n + 1 : n - 5);
  remainder = sum % 11;
  return any != 0 && (guint) (digits[11] - '0') == (remainder <= 1 ? 0 : 11 - remainder);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The check digit: every published vector, every residue, and the traps that other programs fell into. */
#include <glib.h>
#include <string.h>

#include "number/check-digit.h"

static void
test_vectors (void)
{
  const char *path = g_getenv ("AZUKARI_CHECK_DIGITS");
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n_valid = 0, n_invalid = 0;

  g_assert_nonnull (path);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], ",", 3);
      gboolean valid = g_str_equal (fields[1], "1");

      g_assert_cmpint (check_digit_is_valid (fields[0]), ==, valid);
      n_valid += valid;
      n_invalid += !valid;
    }
  g_assert_cmpuint (n_valid, >, 40);
  g_assert_cmpuint (n_invalid, >, 20);
}

static void
test_one_fits (void)
{
  char digits[13] = "12345678901?";
  guint n = 0;

  for (char c = '0'; c <= '9'; c++)
    {
      digits[11] = c;
      n += check_digit_is_valid (digits);
    }
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (check_digit_is_valid ("123456789018"));
}

static void
test_shape (void)
{
  g_assert_false (check_digit_is_valid (NULL));
  g_assert_false (check_digit_is_valid (""));
  g_assert_false (check_digit_is_valid ("12345678901"));
  g_assert_false (check_digit_is_valid ("1234567890180"));
  g_assert_false (check_digit_is_valid ("12345678901a"));
  g_assert_false (check_digit_is_valid ("1234 5678 9018"));
  g_assert_false (check_digit_is_valid ("１２３４５６７８９０１８"));
}

static void
test_zeros (void)
{
  g_assert_false (check_digit_is_valid ("000000000000"));
}

/* A digit wrong anywhere is caught whenever the check digit is not 0. */
static void
test_single_errors (void)
{
  char digits[13] = "123456789018";

  for (guint i = 0; i < 12; i++)
    for (char c = '0'; c <= '9'; c++)
      {
        char right = digits[i];

        if (c == right)
          continue;
        digits[i] = c;
        g_assert_false (check_digit_is_valid (digits));
        digits[i] = right;
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/number/check-digit/agrees-with-published-vectors", test_vectors);
  g_test_add_func ("/number/check-digit/exactly-one-digit-fits", test_one_fits);
  g_test_add_func ("/number/check-digit/takes-twelve-ascii-digits-only", test_shape);
  g_test_add_func ("/number/check-digit/refuses-all-zeros", test_zeros);
  g_test_add_func ("/number/check-digit/catches-each-single-error", test_single_errors);
  return g_test_run ();
}

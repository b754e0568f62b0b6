/* SPDX-License-Identifier: Apache-2.0 */
/* my-number: the vault's check digit against published vectors, and against the statute's formula said another way. */
#include "my-number.h"

#include <stdlib.h>
#include <string.h>

static gboolean
is_valid (const char *digits)
{
  return my_number_is_valid ((const guint8 *) digits, strlen (digits));
}

static void
test_vectors (void)
{
  g_autofree char *content = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  guint n_valid = 0, n_invalid = 0;

  g_file_get_contents (g_getenv ("AZUKARI_VECTORS"), &content, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (content, "\n", -1);
  for (guint i = 1; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], ",", 3);
      gboolean expected = g_str_equal (fields[1], "1");

      if (is_valid (fields[0]) != expected)
        g_error ("line %u", i + 1);
      n_valid += expected;
      n_invalid += !expected;
    }
  g_assert_cmpuint (n_valid, >=, 49);
  g_assert_cmpuint (n_invalid, >=, 29);
}

/* For each of the 11 digits exactly one check digit fits, whatever the remainder. */
static void
test_one_check_digit_each (void)
{
  guint64 body = 7;

  for (guint i = 0; i < 2000; i++)
    {
      char digits[13];
      guint n = 0;

      body = (body * G_GUINT64_CONSTANT (6364136223846793005) + G_GUINT64_CONSTANT (1442695040888963407));
      for (guint c = 0; c < 10; c++)
        {
          g_snprintf (digits, sizeof digits, "%011" G_GUINT64_FORMAT "%u",
                      (body >> 20) % G_GUINT64_CONSTANT (99999999999) + 1, c);
          n += is_valid (digits);
        }
      g_assert_cmpuint (n, ==, 1);
    }
}

static void
test_refuses (void)
{
  static const char *const wrong[] = { "",
                                       "000000000000",
                                       "12345678901",
                                       "1234567890188",
                                       "12345678901 ",
                                       "12345678901x",
                                       "-23456789018",
                                       "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93\xef\xbc\x94" };

  g_assert_true (is_valid ("123456789018"));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (is_valid (wrong[i]));
  g_assert_false (my_number_is_valid (NULL, 12));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/my-number/vectors", test_vectors);
  g_test_add_func ("/store/my-number/one-check-digit-each", test_one_check_digit_each);
  g_test_add_func ("/store/my-number/refuses", test_refuses);
  return g_test_run ();
}

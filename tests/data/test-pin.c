/* SPDX-License-Identifier: Apache-2.0 */
/* pin: what is refused, and how strong the rest is called. */
#include "pin.h"

#include <string.h>

#define COMPANY "株式会社 見本商事"
#define NAME "見本 花子"

static void
test_faults (void)
{
  static const struct
  {
    const char *pin, *fault;
  } cases[] = {
    { "", "too-short" },
    { "48291", "too-short" },
    { "見本の鍵", "too-short" },
    { "482913", "fine" },
    { "135792468", "fine" },
    { "mihon-4829", "fine" },
    { "1\xff"
      "3456",
      "not-text" },
    { "000000", "same" },
    { "77777777", "same" },
    { "aaaaaaaa", "same" },
    { "ああああああ", "same" },
    { "112233", "fine" },
    { "123456", "run" },
    { "987654", "run" },
    { "890123", "run" },
    { "210987", "run" },
    { "１２３４５６", "run" },
    { "123457", "fine" },
    { "abcdef", "fine" },
    { "19800102", "birth-date" },
    { "20240229", "birth-date" },
    { "20230229", "fine" },
    { "18000101", "fine" },
    { "19801302", "fine" },
    { "800102", "birth-date" },
    { "880229", "birth-date" },
    { "801302", "fine" },
    { "800132", "fine" },
    { "１９８００１０２", "birth-date" },
    { "見本商事2026", "company" },
    { "見本 商事 26", "company" },
    { "株式会社見本商事", "company" },
    { "鍵は花子です", "own-name" },
    { "見本花子です", "own-name" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PinFault fault = pin_check ((const guint8 *) cases[i].pin, strlen (cases[i].pin), COMPANY, NAME);

      g_test_message ("case %u", i);
      g_assert_cmpstr (pin_fault_get_name (fault), ==, cases[i].fault);
    }
}

static void
test_latin_names (void)
{
  static const struct
  {
    const char *pin, *fault;
  } cases[] = {
    { "Mihon-Shoji!", "company" }, { "ＭＩＨＯＮ-shoji", "company" }, { "xx-hanako-9", "own-name" },
    { "HANAKO12", "own-name" },    { "ann-482913", "fine" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (pin_fault_get_name (
                         pin_check ((const guint8 *) cases[i].pin, strlen (cases[i].pin), "Mihon-Shoji", "Hanako Ann")),
                     ==, cases[i].fault);
  g_assert_cmpint (pin_check ((const guint8 *) "482913", 6, "", ""), ==, PIN_FINE);
  g_assert_cmpint (pin_check ((const guint8 *) "correct-horse", 13, "", ""), ==, PIN_FINE);
}

static void
test_length_is_bounded (void)
{
  g_autofree char *longest = g_strnfill (128, 'x');
  g_autofree char *too_long = g_strnfill (129, 'x');

  longest[5] = too_long[5] = 'y';
  g_assert_cmpint (pin_check ((const guint8 *) longest, 128, "", ""), ==, PIN_FINE);
  g_assert_cmpint (pin_check ((const guint8 *) too_long, 129, "", ""), ==, PIN_TOO_LONG);
}

static void
test_strength (void)
{
  static const struct
  {
    const char *pin, *strength;
  } cases[] = { { "482913", "weak" },
                { "4829137", "weak" },
                { "48291375", "fair" },
                { "12345678", "weak" },
                { "48888888", "weak" },
                { "482913750682", "fair" },
                { "mihon-4829", "good" },
                { "4829137506824", "good" },
                { "correct horse battery", "good" },
                { "aaaaaaaab", "weak" },
                { "さくらさくちるころに", "good" },
                { "\xff\xff\xff", "weak" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("case %u", i);
      g_assert_cmpstr (pin_strength_get_name (pin_get_strength ((const guint8 *) cases[i].pin, strlen (cases[i].pin))),
                       ==, cases[i].strength);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pin/refused", test_faults);
  g_test_add_func ("/pin/refused-names-in-letters", test_latin_names);
  g_test_add_func ("/pin/refused-length", test_length_is_bounded);
  g_test_add_func ("/pin/strength", test_strength);
  return g_test_run ();
}

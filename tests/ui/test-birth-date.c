/* SPDX-License-Identifier: Apache-2.0 */
/* birth-date: what people type, and what is no date. */
#include "birth-date.h"

typedef struct
{
  const char *typed, *iso;
} Case;

static void
test_parse (void)
{
  static const Case cases[] = {
    { "19800401", "1980-04-01" },     { "1980-04-01", "1980-04-01" },   { "1980/4/1", "1980-04-01" },
    { "1980.04.01", "1980-04-01" },   { " 1980 04 01 ", "1980-04-01" }, { "１９８００４０１", "1980-04-01" },
    { "1980年4月1日", "1980-04-01" }, { "20000229", "2000-02-29" },     { "1980 0401", "1980-04-01" },
    { "-1980-04-01-", "1980-04-01" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *iso = ui_birth_date_parse (cases[i].typed);

      g_assert_cmpstr (iso, ==, cases[i].iso);
    }
}

static void
test_refuse (void)
{
  static const char *const cases[] = {
    NULL,           "",
    "1980",         "1980040",
    "198004011",    "19800431",
    "19010229",     "18790101",
    "29990101",     "00000000",
    "1980-13-01",   "1980-00-10",
    "abc",          "1980-04-01-01",
    "19800401\xff", "99999999999999999999999999999999999999999999",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *iso = ui_birth_date_parse (cases[i]);

      g_assert_null (iso);
    }
}

static void
test_words_name_the_era (void)
{
  static const Case cases[] = {
    { "1926-12-24", "1926-12-24 (Taisho 15)" }, { "1926-12-25", "1926-12-25 (Showa 1)" },
    { "1989-01-07", "1989-01-07 (Showa 64)" },  { "1989-01-08", "1989-01-08 (Heisei 1)" },
    { "2019-04-30", "2019-04-30 (Heisei 31)" }, { "2019-05-01", "2019-05-01 (Reiwa 1)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = ui_birth_date_to_words (cases[i].typed);

      g_assert_cmpstr (words, ==, cases[i].iso);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/birth-date/parse/as-people-type-it", test_parse);
  g_test_add_func ("/birth-date/parse/refuses-what-is-no-date", test_refuse);
  g_test_add_func ("/birth-date/words/name-the-era", test_words_name_the_era);
  return g_test_run ();
}

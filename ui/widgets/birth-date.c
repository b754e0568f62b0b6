/* SPDX-License-Identifier: Apache-2.0 */
/* birth-date: parses what is typed and says it back, so that the person can compare. */
#include "birth-date.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#define OLDEST_YEAR 1880

/* First day of each era (元号), newest first: 元号法 and the imperial edicts before it. */
static const struct
{
  const char *name;
  int year, month, day;
} eras[] = {
  { N_ ("Reiwa"), 2019, 5, 1 },   { N_ ("Heisei"), 1989, 1, 8 }, { N_ ("Showa"), 1926, 12, 25 },
  { N_ ("Taisho"), 1912, 7, 30 }, { N_ ("Meiji"), 1868, 1, 25 },
};

/* Digits of full width, as an input method may send them, count as digits. */
static gboolean
to_ascii (const char *text, char *digits, gsize size)
{
  gsize n = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (n + 2 > size)
        return FALSE;
      if (g_unichar_isdigit (c))
        digits[n++] = (char) ('0' + g_unichar_digit_value (c));
      else if (n > 0 && digits[n - 1] != ' ')
        digits[n++] = ' ';
    }
  digits[n] = '\0';
  return TRUE;
}

char *
ui_birth_date_parse (const char *text)
{
  char digits[32];
  int year, month, day, used = 0;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *iso = NULL;
  g_autofree char *today = g_date_time_format (now, "%Y-%m-%d");

  if (text == NULL || !g_utf8_validate (text, -1, NULL) || !to_ascii (text, digits, sizeof digits))
    return NULL;
  g_strchomp (digits);
  if (strchr (digits, ' ') == NULL)
    {
      if (strlen (digits) != 8 || sscanf (digits, "%4d%2d%2d", &year, &month, &day) != 3)
        return NULL;
    }
  else if (sscanf (digits, "%4d %2d %2d%n", &year, &month, &day, &used) != 3 || digits[used] != '\0')
    return NULL;
  if (year < OLDEST_YEAR || !g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year))
    return NULL;
  iso = g_strdup_printf ("%04d-%02d-%02d", year, month, day);
  if (strcmp (iso, today) > 0)
    return NULL;
  return g_steal_pointer (&iso);
}

char *
ui_birth_date_to_words (const char *iso)
{
  int year, month, day;
  const char *era = NULL;
  int era_year = 0;
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *words = NULL;

  if (sscanf (iso, "%4d-%2d-%2d", &year, &month, &day) != 3)
    return g_strdup ("");
  for (gsize i = 0; era == NULL && i < G_N_ELEMENTS (eras); i++)
    if (year * 10000 + month * 100 + day >= eras[i].year * 10000 + eras[i].month * 100 + eras[i].day)
      {
        era = _ (eras[i].name);
        era_year = year - eras[i].year + 1;
      }
  date = g_date_time_new_utc (year, month, day, 0, 0, 0);
  if (date == NULL)
    return g_strdup ("");
  /* Translators: a birth date in words, for g_date_time_format () */
  words = g_date_time_format (date, _ ("%Y-%m-%d"));
  if (era == NULL)
    return g_steal_pointer (&words);
  /* Translators: 1: a date in words, 2: name of the Japanese era, 3: year of that era */
  return g_strdup_printf (_ ("%1$s (%2$s %3$d)"), words, era, era_year);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* roster-date: the ways in which Japanese offices write a day. */
#include "roster-private.h"

#include <string.h>

#define FIRST_YEAR 1900

/* The day of a change belongs to the old and to the new era. 明治 counts by the present calendar from its 6th year on, which
 * FIRST_YEAR is far behind of. */
static const struct
{
  const char *name;
  char letter;
  guint year_before; /* the first year is year_before + 1 */
  guint first;       /* yyyymmdd */
  guint last;
} eras[] = {
  { "明治", 'm', 1867, 18680125, 19120730 }, { "大正", 't', 1911, 19120730, 19261225 },
  { "昭和", 's', 1925, 19261225, 19890107 }, { "平成", 'h', 1988, 19890108, 20190430 },
  { "令和", 'r', 2018, 20190501, 99991231 },
};

/* One to @max_digits ASCII digits; moves @at behind them. */
static gboolean
take_number (const char **at, guint max_digits, guint *ret_number)
{
  guint number = 0;
  guint n = 0;

  for (; n < max_digits && g_ascii_isdigit (**at); n++, (*at)++)
    number = number * 10 + (guint) g_ascii_digit_value (**at);
  *ret_number = number;
  return n > 0;
}

static gboolean
take (const char **at, const char *what)
{
  if (!g_str_has_prefix (*at, what))
    return FALSE;
  *at += strlen (what);
  return TRUE;
}

static gboolean
is_digits (const char *text, gsize n_digits)
{
  return strlen (text) == n_digits && strspn (text, "0123456789") == n_digits;
}

/* "年1月2日", "/1/2", ".1.2", "-1-2": the same sign both times, and nothing behind. */
static gboolean
take_month_and_day (const char **at, guint *ret_month, guint *ret_day)
{
  static const struct
  {
    const char *after_year;
    const char *after_month;
    const char *after_day;
  } signs[] = { { "年", "月", "日" }, { "-", "-", "" }, { "/", "/", "" }, { ".", ".", "" } };

  for (gsize i = 0; i < G_N_ELEMENTS (signs); i++)
    if (take (at, signs[i].after_year))
      return take_number (at, 2, ret_month) && take (at, signs[i].after_month) && take_number (at, 2, ret_day)
             && take (at, signs[i].after_day) && **at == '\0';
  return FALSE;
}

static gboolean
parse_era (const char *text, guint *ret_year, guint *ret_month, guint *ret_day)
{
  for (gsize i = 0; i < G_N_ELEMENTS (eras); i++)
    {
      const char *at = text;
      guint date;

      if (!take (&at, eras[i].name))
        {
          if (g_ascii_tolower (*at) != eras[i].letter)
            continue;
          at++;
        }
      if (is_digits (at, 6))
        {
          (void) take_number (&at, 2, ret_year);
          (void) take_number (&at, 2, ret_month);
          (void) take_number (&at, 2, ret_day);
        }
      else
        {
          if (take (&at, "元"))
            *ret_year = 1;
          else if (!take_number (&at, 2, ret_year))
            return FALSE;
          if (!take_month_and_day (&at, ret_month, ret_day))
            return FALSE;
        }
      if (*ret_year == 0)
        return FALSE;
      *ret_year += eras[i].year_before;
      date = (*ret_year * 100 + *ret_month) * 100 + *ret_day;
      return date >= eras[i].first && date <= eras[i].last;
    }
  return FALSE;
}

static gboolean
parse_western (const char *text, guint *ret_year, guint *ret_month, guint *ret_day)
{
  const char *at = text;

  if (strspn (text, "0123456789") < 4 || !take_number (&at, 4, ret_year))
    return FALSE;
  if (is_digits (text, 8))
    return take_number (&at, 2, ret_month) && take_number (&at, 2, ret_day);
  return take_month_and_day (&at, ret_month, ret_day);
}

gboolean
roster_date_parse (const char *text, GDate *ret_date)
{
  g_autofree char *plain = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *tight = NULL;
  g_auto (GStrv) parts = NULL;
  guint year;
  guint month;
  guint day;

  if (plain == NULL)
    return FALSE;
  /* "昭和60年 1月 2日": forms pad with spaces. */
  parts = g_strsplit (plain, " ", -1);
  tight = g_strjoinv ("", parts);
  if (!parse_western (tight, &year, &month, &day) && !parse_era (tight, &year, &month, &day))
    return FALSE;
  if (year < FIRST_YEAR || year > 9999 || !g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year))
    return FALSE;
  g_date_clear (ret_date, 1);
  g_date_set_dmy (ret_date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  return TRUE;
}

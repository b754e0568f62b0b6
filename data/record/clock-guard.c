/* SPDX-License-Identifier: Apache-2.0 */
/* clock-guard: marks as text, what they say of the present, days. */
#include "clock-guard.h"

#include <string.h>

#define N_FIELDS 6

/* --- marks ----------------------------------------------------------------------------------------------------------- */

char *
clock_mark_to_text (const ClockMark *self)
{
  return g_strdup_printf (
      "%" G_GINT64_FORMAT ":%" G_GUINT64_FORMAT ":%d:%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
      self->seen_s, self->entry, self->tpm.is_known, self->tpm.ms, self->tpm.resets, self->tpm.restarts);
}

gboolean
clock_mark_from_text (const char *text, ClockMark *ret_mark)
{
  g_auto (GStrv) fields = g_strsplit (text, ":", N_FIELDS + 1);
  guint64 values[N_FIELDS];

  if (g_strv_length (fields) != N_FIELDS)
    return FALSE;
  for (guint i = 0; i < N_FIELDS; i++)
    if (!g_ascii_string_to_unsigned (fields[i], 10, 0, G_MAXINT64, &values[i], NULL))
      return FALSE;
  *ret_mark =
      (ClockMark){ .seen_s = (gint64) values[0],
                   .entry = values[1],
                   .tpm = { .is_known = values[2] == 1, .ms = values[3], .resets = values[4], .restarts = values[5] } };
  return TRUE;
}

gint64
clock_mark_get_earliest (const ClockMark *self, const ClockTpm *now)
{
  const ClockTpm *then = &self->tpm;

  if (!then->is_known || !now->is_known || now->ms <= then->ms || now->resets < then->resets
      || (now->resets == then->resets && now->restarts < then->restarts))
    return self->seen_s;
  return self->seen_s + (gint64) (CLOCK_GUARD_TPM_SHARE * (double) (now->ms - then->ms) / 1000.0);
}

/* --- days ------------------------------------------------------------------------------------------------------------ */

void
clock_get_day (gint64 time_s, GTimeZone *zone, char ret_day[CLOCK_GUARD_DAY_BYTES])
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time_s);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
  g_autofree char *day = local != NULL ? g_date_time_format (local, "%Y-%m-%d") : NULL;

  /* A time that no calendar has is the end of all. */
  g_strlcpy (ret_day, day != NULL ? day : "9999-12-31", CLOCK_GUARD_DAY_BYTES);
}

static gboolean
parse_day (const char *text, GDate *ret_date)
{
  guint64 year, month, day;
  g_auto (GStrv) fields = g_strsplit (text, "-", 4);

  if (strlen (text) != CLOCK_GUARD_DAY_BYTES - 1 || g_strv_length (fields) != 3 || strlen (fields[0]) != 4
      || strlen (fields[1]) != 2 || !g_ascii_string_to_unsigned (fields[0], 10, 1, 9999, &year, NULL)
      || !g_ascii_string_to_unsigned (fields[1], 10, 1, 12, &month, NULL)
      || !g_ascii_string_to_unsigned (fields[2], 10, 1, 31, &day, NULL)
      || !g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year))
    return FALSE;
  g_date_clear (ret_date, 1);
  g_date_set_dmy (ret_date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  return TRUE;
}

gboolean
term_day_is_valid (const char *text)
{
  GDate date;

  return parse_day (text, &date) && g_date_get_year (&date) >= 2000 && g_date_get_year (&date) < 3000;
}

int
term_get_days_left (const char *last_day, const char *today)
{
  GDate last, now;

  g_return_val_if_fail (parse_day (last_day, &last) && parse_day (today, &now), -1);
  return g_date_days_between (&now, &last);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* clock-guard: which day it is at least, whatever the machine's clock says; and terms (使用期限), whose last day is over by it.
 *
 * The present is never earlier than what the vault has seen, plus what the TPM's own clock says has passed since. Whoever sets the
 * machine's clock back gains nothing; who also keeps the machine switched off gains that time, as the TPM's clock stands still then.
 *
 * Pure; any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A TPM's clock may run this much too fast (its specification allows 15 %). */
#define CLOCK_GUARD_TPM_SHARE 0.8
#define CLOCK_GUARD_DAY_BYTES 11 /* YYYY-MM-DD */
/* So far the machine's clock may be behind without a word. */
#define CLOCK_GUARD_SLACK_S 300

/* What a TPM's clock said. */
typedef struct
{
  gboolean is_known;
  guint64 ms;
  guint64 resets, restarts; /* both only rise */
} ClockTpm;

/* A moment that the vault has seen. */
typedef struct
{
  gint64 seen_s; /* Unix time, as it was judged then */
  ClockTpm tpm;  /* at that moment */
  guint64 entry; /* how many entries the record had; the times of later ones were seen, too */
} ClockMark;

/** clock_mark_to_text: (transfer full): digits and ":"; and back, %FALSE for any other text. */
char *clock_mark_to_text (const ClockMark *self);
gboolean clock_mark_from_text (const char *text, ClockMark *ret_mark);

/**
 * clock_mark_get_earliest:
 *
 * Returns: the Unix time that it is at least, when the TPM's clock says @now. A clock that is behind the mark's (after a loss of power,
 *   or of another TPM), or counts fewer starts, tells nothing: then it is the mark's own time.
 */
gint64 clock_mark_get_earliest (const ClockMark *self, const ClockTpm *now);

/** clock_get_day: YYYY-MM-DD of @time_s in @zone. */
void clock_get_day (gint64 time_s, GTimeZone *zone, char ret_day[CLOCK_GUARD_DAY_BYTES]);

/** term_day_is_valid: is @text a day, YYYY-MM-DD, from 2000 to 2999? */
gboolean term_day_is_valid (const char *text);
/** term_get_days_left: 0 on @last_day itself, less than 0 when it is over. Both valid days. */
int term_get_days_left (const char *last_day, const char *today);

G_END_DECLS

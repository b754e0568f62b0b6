/* SPDX-License-Identifier: Apache-2.0 */
/* review: what a 責任者 should look at among the entries that nobody has reviewed yet (点検). Simple rules, no judgement. */
#pragma once

#include "entry.h"

G_BEGIN_DECLS

/* Office hours, local time: whoever works outside them is asked about. */
#define REVIEW_FIRST_HOUR 6
#define REVIEW_LAST_HOUR 22

typedef enum
{
  REVIEW_WRONG_PINS,   /* three wrong PINs and more */
  REVIEW_REFUSALS,     /* three attempts and more that a role does not allow, or that were refused otherwise */
  REVIEW_THROTTLED,    /* somebody tried birth dates at the kiosk */
  REVIEW_ODD_HOURS,    /* an admin was at work outside office hours */
  REVIEW_MANY_EXPORTS, /* three exports and more on one day */
  REVIEW_MANY_REVEALS, /* three single numbers and more shown on one day */
  REVIEW_ADMINS,       /* admins were added or removed, what they handle or their PINs changed */
  REVIEW_CLOCK,        /* the machine's clock was set back */
  REVIEW_STATE,        /* tampering was found, or a chief went on with a state that was set back or altered */
  REVIEW_MANY_AT_ONCE, /* one person exported, tried an export, had a number shown or printed five times and more within an hour */
  REVIEW_NO_RECEIPT, /* nobody has said that an exported file is deleted; of all exports, also where the entries were reviewed */
  REVIEW_N_FLAGS,
} ReviewFlag;

typedef struct
{
  guint64 first, last; /* the entries that belong to it */
  guint count;         /* 0: nothing to look at */
} ReviewFinding;

typedef struct
{
  GTimeZone *zone;                        /* owned */
  guint64 first, last;                    /* the entries that were looked at; 0: none */
  ReviewFinding findings[REVIEW_N_FLAGS]; /* after review_end () */
  /* private */
  gint64 day;
  ReviewFinding exports_of_day, reveals_of_day;
  GHashTable *taken_out; /* owned: actor -> GArray of Taken, the last hour's */
} Review;

/** review_begin: @zone: where the office is. */
void review_begin (Review *self, GTimeZone *zone);
/** review_add: the next entry that nobody has reviewed. */
void review_add (Review *self, const Entry *entry);
/** review_end: drops what stays below its rule's number. */
void review_end (Review *self);
void review_clear (Review *self);

/** review_flag_get_name: "wrong-pins" and so on. */
const char *review_flag_get_name (ReviewFlag flag);

G_END_DECLS

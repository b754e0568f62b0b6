/* SPDX-License-Identifier: Apache-2.0 */
/* review: the rules. */
#include "review.h"

#define FEW 3
#define MANY 5
#define HOUR_S (60 * 60)

/* Something left the vault, or was looked at as it would leave it. */
typedef struct
{
  gint64 time_s;
  guint64 seq;
} Taken;

static const char *const names[REVIEW_N_FLAGS] = {
  [REVIEW_WRONG_PINS] = "wrong-pins",     [REVIEW_REFUSALS] = "refusals",         [REVIEW_THROTTLED] = "throttled",
  [REVIEW_ODD_HOURS] = "odd-hours",       [REVIEW_MANY_EXPORTS] = "many-exports", [REVIEW_ADMINS] = "admins",
  [REVIEW_MANY_REVEALS] = "many-reveals", [REVIEW_CLOCK] = "clock-set-back",      [REVIEW_STATE] = "state-accepted",
  [REVIEW_MANY_AT_ONCE] = "many-at-once",
  [REVIEW_NO_RECEIPT] = "no-receipt",
};

static const struct
{
  const char *action;
  ReviewFlag flag;
} flagged[] = {
  { "login-failed", REVIEW_WRONG_PINS },      { "refused", REVIEW_REFUSALS },
  { "admin-add-refused", REVIEW_REFUSALS },   { "admin-remove-refused", REVIEW_REFUSALS },
  { "pin-change-refused", REVIEW_REFUSALS },  { "identify-throttled", REVIEW_THROTTLED },
  { "admin-added", REVIEW_ADMINS },           { "admin-removed", REVIEW_ADMINS },
  { "pin-changed", REVIEW_ADMINS },           { "admin-scope-changed", REVIEW_ADMINS },
  { "admin-scope-refused", REVIEW_REFUSALS }, { "clock-set-back", REVIEW_CLOCK },
  { "clock-accepted", REVIEW_CLOCK },         { "term-refused", REVIEW_REFUSALS },
  { "hand-back-refused", REVIEW_REFUSALS },   { "client-released", REVIEW_ADMINS },
  { "reveal-refused", REVIEW_REFUSALS },      { "tampering-found", REVIEW_STATE },
  { "state-accepted", REVIEW_STATE },
};

static void
count (ReviewFinding *self, guint64 seq)
{
  if (self->count == 0)
    self->first = seq;
  self->last = seq;
  self->count++;
}

void
review_begin (Review *self, GTimeZone *zone)
{
  *self = (Review){ .zone = g_time_zone_ref (zone), .day = G_MININT64 };
  self->taken_out = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
}

/* The most of one day. */
static void
count_of_day (ReviewFinding *of_day, ReviewFinding *most, guint64 seq)
{
  count (of_day, seq);
  if (of_day->count > most->count)
    *most = *of_day;
}

static void
look_at_day (Review *self, const Entry *entry, GDateTime *time)
{
  gint64 day = g_date_time_get_year (time) * 1000 + g_date_time_get_day_of_year (time);

  if (day != self->day)
    self->exports_of_day = self->reveals_of_day = (ReviewFinding){ 0 };
  self->day = day;
  if (g_str_equal (entry->action, "exported"))
    count_of_day (&self->exports_of_day, &self->findings[REVIEW_MANY_EXPORTS], entry->seq);
  if (g_str_equal (entry->action, "revealed"))
    count_of_day (&self->reveals_of_day, &self->findings[REVIEW_MANY_REVEALS], entry->seq);
}

static gboolean
takes_out (const char *action)
{
  static const char *const actions[] = { "exported",
                                         "export-tried",
                                         "record-exported",
                                         "record-printed",
                                         "proof-printed",
                                         "revealed",
                                         "outstanding-printed",
                                         "slips-printed",
                                         NULL };

  return g_strv_contains (actions, action);
}

/* By one person within an hour, the most of the time that is looked at. */
static void
count_at_once (Review *self, const Entry *entry, gint64 time_s)
{
  ReviewFinding *most = &self->findings[REVIEW_MANY_AT_ONCE];
  GArray *of_actor = g_hash_table_lookup (self->taken_out, entry->actor);
  const Taken taken = { time_s, entry->seq };

  if (of_actor == NULL)
    {
      of_actor = g_array_new (FALSE, FALSE, sizeof (Taken));
      g_hash_table_insert (self->taken_out, g_strdup (entry->actor), of_actor);
    }
  /* A clock that was set back makes nothing of before older. */
  while (of_actor->len > 0 && time_s - g_array_index (of_actor, Taken, 0).time_s >= HOUR_S)
    g_array_remove_index (of_actor, 0);
  g_array_append_val (of_actor, taken);
  if (of_actor->len >= MANY && of_actor->len > most->count)
    *most = (ReviewFinding){ g_array_index (of_actor, Taken, 0).seq, entry->seq, of_actor->len };
}

static void
look_at_time (Review *self, const Entry *entry)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_iso8601 (entry->time, NULL);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, self->zone) : NULL;
  int hour = local != NULL ? g_date_time_get_hour (local) : REVIEW_FIRST_HOUR;

  /* admins are named by ids; the kiosk and the system work at any hour */
  if ((hour < REVIEW_FIRST_HOUR || hour >= REVIEW_LAST_HOUR) && g_uuid_string_is_valid (entry->actor))
    count (&self->findings[REVIEW_ODD_HOURS], entry->seq);
  if (local != NULL && takes_out (entry->action))
    count_at_once (self, entry, g_date_time_to_unix (local));
  if (local != NULL)
    look_at_day (self, entry, local);
}

void
review_add (Review *self, const Entry *entry)
{
  if (self->first == 0)
    self->first = entry->seq;
  self->last = entry->seq;
  look_at_time (self, entry);
  for (guint i = 0; i < G_N_ELEMENTS (flagged); i++)
    if (g_str_equal (entry->action, flagged[i].action))
      count (&self->findings[flagged[i].flag], entry->seq);
}

void
review_end (Review *self)
{
  static const ReviewFlag few[] = { REVIEW_WRONG_PINS, REVIEW_REFUSALS, REVIEW_MANY_EXPORTS, REVIEW_MANY_REVEALS };

  for (guint i = 0; i < G_N_ELEMENTS (few); i++)
    if (self->findings[few[i]].count < FEW)
      self->findings[few[i]] = (ReviewFinding){ 0 };
}

void
review_clear (Review *self)
{
  g_clear_pointer (&self->zone, g_time_zone_unref);
  g_clear_pointer (&self->taken_out, g_hash_table_unref);
}

const char *
review_flag_get_name (ReviewFlag flag)
{
  g_return_val_if_fail (flag >= 0 && flag < REVIEW_N_FLAGS, "");

  return names[flag];
}

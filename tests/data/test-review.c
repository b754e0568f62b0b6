/* SPDX-License-Identifier: Apache-2.0 */
/* review: each rule speaks at its number and not before it. */
#include "review.h"

#define ADMIN "79ad5c31-2832-453f-982a-6001676a00ff"
#define OTHER "8b7f2f0e-6f0c-4a55-9d0e-5f3b1c2d4e6f"
#define NOON "2026-04-01T03:00:00Z" /* in Tokyo */

typedef struct
{
  const char *time, *actor, *action;
} Row;

static void
assert_flags (const Row *rows, guint n_rows, int wanted, guint count)
{
  g_autoptr (GTimeZone) tokyo = g_time_zone_new_offset (9 * 60 * 60);
  Review review;

  review_begin (&review, tokyo);
  for (guint i = 0; i < n_rows; i++)
    {
      const Entry entry = { .seq = i + 5,
                            .time = (char *) rows[i].time,
                            .actor = (char *) rows[i].actor,
                            .action = (char *) rows[i].action,
                            .subject = (char *) "",
                            .detail = (char *) "" };

      review_add (&review, &entry);
    }
  review_end (&review);
  g_assert_cmpuint (review.first, ==, n_rows > 0 ? 5 : 0);
  g_assert_cmpuint (review.last, ==, n_rows > 0 ? n_rows + 4 : 0);
  for (int i = 0; i < REVIEW_N_FLAGS; i++)
    {
      g_test_message ("%s: %u", review_flag_get_name (i), review.findings[i].count);
      g_assert_cmpuint (review.findings[i].count, ==, i == wanted ? count : 0);
    }
  review_clear (&review);
}

static void
test_quiet_day (void)
{
  const Row rows[] = { { NOON, ADMIN, "login" },
                       { NOON, ADMIN, "exported" },
                       { NOON, ADMIN, "logout" },
                       { "2026-04-01T15:00:00Z", "system", "checkpoint" },
                       { "2026-04-01T15:00:00Z", "kiosk", "number-collected" } };

  assert_flags (NULL, 0, -1, 0);
  assert_flags (rows, G_N_ELEMENTS (rows), -1, 0);
}

/* Rules that count to three. */
static void
test_three (void)
{
  static const struct
  {
    const char *action;
    ReviewFlag flag;
  } cases[] = { { "login-failed", REVIEW_WRONG_PINS },       { "refused", REVIEW_REFUSALS },
                { "admin-remove-refused", REVIEW_REFUSALS }, { "admin-scope-refused", REVIEW_REFUSALS },
                { "exported", REVIEW_MANY_EXPORTS },         { "reveal-refused", REVIEW_REFUSALS },
                { "revealed", REVIEW_MANY_REVEALS } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Row row = { NOON, ADMIN, cases[i].action };
      const Row rows[] = { row, row, row, row };

      assert_flags (rows, 2, -1, 0);
      assert_flags (rows, 3, (int) cases[i].flag, 3);
      assert_flags (rows, 4, (int) cases[i].flag, 4);
    }
}

static void
test_one_is_enough (void)
{
  static const struct
  {
    const char *actor, *action;
    ReviewFlag flag;
  } cases[] = { { "kiosk", "identify-throttled", REVIEW_THROTTLED }, { ADMIN, "admin-added", REVIEW_ADMINS },
                { ADMIN, "admin-removed", REVIEW_ADMINS },           { ADMIN, "pin-changed", REVIEW_ADMINS },
                { ADMIN, "admin-scope-changed", REVIEW_ADMINS },     { ADMIN, "client-released", REVIEW_ADMINS },
                { ADMIN, "clock-accepted", REVIEW_CLOCK },           { "system", "clock-set-back", REVIEW_CLOCK } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Row row = { NOON, cases[i].actor, cases[i].action };

      assert_flags (&row, 1, (int) cases[i].flag, 1);
    }
}

static void
test_hours (void)
{
  static const struct
  {
    const char *time;
    gboolean odd;
  } cases[] = { { "2026-04-01T12:59:59Z", FALSE }, /* 21:59:59 in Tokyo */
                { "2026-04-01T13:00:00Z", TRUE },
                { "2026-04-01T20:59:59Z", TRUE }, /* 5:59:59 of the next day */
                { "2026-04-01T21:00:00Z", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Row row = { cases[i].time, ADMIN, "login" };

      assert_flags (&row, 1, cases[i].odd ? REVIEW_ODD_HOURS : -1, cases[i].odd);
    }
}

/* Two and two on two days are not many; three of one day are, whatever comes after. */
static void
test_exports_by_day (void)
{
  const Row first = { "2026-04-01T03:00:00Z", ADMIN, "exported" },
            second = { "2026-04-02T03:00:00Z", ADMIN, "exported" };
  const Row few[] = { first, first, second, second },
            many[] = { first, second, second, second, { NOON, ADMIN, "logout" } };

  assert_flags (few, G_N_ELEMENTS (few), -1, 0);
  assert_flags (many, G_N_ELEMENTS (many), REVIEW_MANY_EXPORTS, 3);
}

/* Five by one person within an hour, whatever leaves the vault or is looked at; not by two, and not over an afternoon. */
static void
test_many_at_once (void)
{
#define AT(minute, who, what)                                                                                          \
  {                                                                                                                    \
    "2026-04-01T03:" minute ":00Z", who, what                                                                          \
  }
  const Row much[] = { AT ("00", ADMIN, "export-tried"),    AT ("10", ADMIN, "record-printed"),
                       AT ("20", ADMIN, "record-exported"), AT ("21", OTHER, "record-printed"),
                       AT ("30", ADMIN, "proof-printed"),   AT ("59", ADMIN, "exported") };
  const Row of_two[] = { AT ("00", ADMIN, "export-tried"), AT ("10", ADMIN, "record-printed"),
                         AT ("20", OTHER, "record-exported"), AT ("30", OTHER, "proof-printed"),
                         AT ("59", ADMIN, "export-tried") };
  const Row slowly[] = { AT ("00", ADMIN, "export-tried"),
                         AT ("20", ADMIN, "record-printed"),
                         AT ("40", ADMIN, "record-exported"),
                         AT ("59", ADMIN, "proof-printed"),
                         { "2026-04-01T04:00:00Z", ADMIN, "exported" } };

  assert_flags (much, G_N_ELEMENTS (much), REVIEW_MANY_AT_ONCE, 5);
  assert_flags (much, G_N_ELEMENTS (much) - 1, -1, 0);
  assert_flags (of_two, G_N_ELEMENTS (of_two), -1, 0);
  assert_flags (slowly, G_N_ELEMENTS (slowly), -1, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/review/quiet-day", test_quiet_day);
  g_test_add_func ("/review/three", test_three);
  g_test_add_func ("/review/one-is-enough", test_one_is_enough);
  g_test_add_func ("/review/hours", test_hours);
  g_test_add_func ("/review/exports-by-day", test_exports_by_day);
  g_test_add_func ("/review/many-at-once", test_many_at_once);
  return g_test_run ();
}

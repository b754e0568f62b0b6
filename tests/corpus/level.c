/* SPDX-License-Identifier: Apache-2.0 */
/*
 * level: the one table of faults. A page has each fault with a probability of its own, as a real page does, and never all
 * of them at their worst; without the fault it is as good there as an easy page. How bad the faults of one page are goes
 * together in part: half of it is the page's own.
 *
 * Calibrated on card backs of tuning seeds with a good QR code, by how many of the codes zbar reads: about all of easy, 92 to
 * 96 % of medium and 65 to 75 % of hard pages.
 */
#include "level.h"

#include <math.h>

typedef struct
{
  gsize offset;   /* of the field in Degradation */
  double easy[2]; /* and of a page without the fault */
  struct
  {
    double probability, mild, severe;
  } fault[2]; /* medium, hard */
  gboolean either_sign;
} Step;

#define STEP(field, ...)                                                                                               \
  {                                                                                                                    \
    G_STRUCT_OFFSET (Degradation, field), __VA_ARGS__                                                                  \
  }

/* clang-format off */
static const Step steps[] = {
  /*                    easy             medium                  hard */
  STEP (ink,          { 1.00, 0.85 }, { { 0.55, 0.80, 0.40 }, { 0.60, 0.66, 0.36 } }, FALSE),
  STEP (lightness,    { 0.05, 0.16 }, { { 0.45, 0.15, 0.38 }, { 0.50, 0.20, 0.42 } }, FALSE),
  STEP (ground,       { 0.40, 1.00 }, { { 0.50, 0.80, 1.40 }, { 0.60, 1.20, 2.00 } }, FALSE),
  STEP (screen,       { 0.00, 0.04 }, { { 0.40, 0.05, 0.18 }, { 0.50, 0.12, 0.35 } }, FALSE),
  STEP (latent,       { 0.03, 0.08 }, { { 0.50, 0.06, 0.14 }, { 0.60, 0.12, 0.24 } }, FALSE),
  STEP (scratches,    { 0.00, 2.00 }, { { 0.50, 2.00, 14.0 }, { 0.50, 5.00, 18.0 } }, FALSE),
  STEP (worn_print,   { 0.00, 0.00 }, { { 0.35, 0.03, 0.12 }, { 0.40, 0.04, 0.14 } }, FALSE),
  STEP (worn_mm,      { 0.00, 0.00 }, { { 0.30, 0.20, 1.50 }, { 0.40, 0.50, 3.50 } }, FALSE),
  STEP (glare,        { 0.00, 0.00 }, { { 0.25, 0.05, 0.40 }, { 0.35, 0.15, 0.60 } }, FALSE),
  STEP (pen_marks,    { 0.00, 0.00 }, { { 0.12, 1.00, 2.00 }, { 0.20, 1.00, 4.00 } }, FALSE),
  STEP (dust,         { 0.00, 6.00 }, { { 0.50, 4.00, 20.0 }, { 0.60, 15.0, 60.0 } }, FALSE),
  STEP (see_through,  { 0.00, 0.02 }, { { 0.50, 0.02, 0.06 }, { 0.60, 0.04, 0.12 } }, FALSE),
  STEP (lift_mm,      { 0.00, 0.00 }, { { 0.35, 0.20, 1.50 }, { 0.40, 0.40, 1.80 } }, FALSE),
  STEP (blur_mm,      { 0.02, 0.05 }, { { 0.55, 0.045, 0.10 }, { 0.55, 0.07, 0.12 } }, FALSE),
  STEP (brightness,   { 0.00, 0.03 }, { { 0.50, 0.03, 0.07 }, { 0.50, 0.05, 0.10 } }, TRUE),
  STEP (contrast,     { 1.03, 0.94 }, { { 0.55, 1.00, 0.70 }, { 0.50, 0.90, 0.62 } }, FALSE),
  STEP (log_gamma,    { 0.00, 0.08 }, { { 0.50, 0.05, 0.22 }, { 0.50, 0.10, 0.35 } }, TRUE),
  STEP (gradient,     { 0.00, 0.02 }, { { 0.50, 0.02, 0.10 }, { 0.50, 0.05, 0.20 } }, FALSE),
  STEP (noise,        { 0.50, 3.00 }, { { 0.55, 3.00, 9.50 }, { 0.55, 7.00, 13.5 } }, FALSE),
  STEP (streaks,      { 0.00, 0.00 }, { { 0.25, 1.00, 8.00 }, { 0.40, 2.00, 20.0 } }, FALSE),
  STEP (streak_depth, { 0.00, 0.00 }, { { 1.00, 4.00, 20.0 }, { 1.00, 10.0, 45.0 } }, FALSE),
  STEP (banding,      { 0.00, 0.00 }, { { 0.25, 1.00, 5.00 }, { 0.35, 3.00, 12.0 } }, FALSE),
  STEP (sway_mm,      { 0.00, 0.00 }, { { 0.20, 0.01, 0.05 }, { 0.30, 0.03, 0.12 } }, FALSE),
  STEP (jpeg_quality, { 0.00, 0.00 }, { { 0.55, 90.0, 50.0 }, { 0.60, 75.0, 30.0 } }, FALSE),
};
/* clang-format on */

void
level_pick (CorpusLevel level, Dice *dice, Degradation *ret_degradation)
{
  double page = dice_unit (dice);

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      const Step *step = &steps[i];
      double present = dice_unit (dice), bad = 0.5 * page + dice_range (dice, 0, 0.5), sign = dice_unit (dice), value;

      if (level == LEVEL_EASY || present >= step->fault[level - LEVEL_MEDIUM].probability)
        value = step->easy[0] + (step->easy[1] - step->easy[0]) * bad;
      else
        value = step->fault[level - LEVEL_MEDIUM].mild
                + (step->fault[level - LEVEL_MEDIUM].severe - step->fault[level - LEVEL_MEDIUM].mild) * bad;
      G_STRUCT_MEMBER (double, ret_degradation, step->offset) = step->either_sign && sign < 0.5 ? -value : value;
    }
}

guint
level_pick_dpi (CorpusLevel level, Dice *dice)
{
  static const guint dpis[] = { 200, 300, 400, 600 };
  static const double weights[N_LEVELS][G_N_ELEMENTS (dpis)] = {
    [LEVEL_EASY] = { 12, 62, 16, 10 },
    [LEVEL_MEDIUM] = { 20, 60, 14, 6 },
    [LEVEL_HARD] = { 45, 45, 7, 3 },
  };

  return dpis[dice_weighted (dice, weights[level], G_N_ELEMENTS (dpis))];
}

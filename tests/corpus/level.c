/* SPDX-License-Identifier: Apache-2.0 */
/* level: the one table of degradation. Each step is drawn evenly between its two bounds. */
#include "level.h"

typedef struct
{
  gsize offset; /* of the field in Degradation */
  double bounds[N_LEVELS][2];
} Step;

#define STEP(field, ...)                                                                                               \
  {                                                                                                                    \
    G_STRUCT_OFFSET (Degradation, field),                                                                              \
    {                                                                                                                  \
      __VA_ARGS__                                                                                                      \
    }                                                                                                                  \
  }

static const Step steps[] = {
  /*                   easy             medium           hard */
  STEP (ink, { 0.85, 1.00 }, { 0.50, 0.70 }, { 0.30, 0.50 }),
  STEP (ground, { 0.40, 1.00 }, { 0.80, 1.40 }, { 1.20, 2.00 }),
  STEP (latent, { 0.03, 0.08 }, { 0.06, 0.14 }, { 0.12, 0.24 }),
  STEP (scratches, { 0.0, 2.0 }, { 1.0, 6.0 }, { 6.0, 18.0 }),
  STEP (worn_mm, { 0.0, 0.0 }, { 0.0, 1.5 }, { 0.5, 3.5 }),
  STEP (glare, { -1.0, 0.0 }, { -0.3, 0.2 }, { -0.2, 0.6 }),
  STEP (dust, { 0.0, 6.0 }, { 4.0, 20.0 }, { 15.0, 60.0 }),
  STEP (see_through, { 0.00, 0.02 }, { 0.01, 0.05 }, { 0.03, 0.09 }),
  STEP (blur_mm, { 0.020, 0.050 }, { 0.040, 0.085 }, { 0.070, 0.120 }),
  STEP (brightness, { -0.03, 0.03 }, { -0.07, 0.07 }, { -0.10, 0.10 }),
  STEP (contrast, { 0.92, 1.05 }, { 0.75, 1.05 }, { 0.60, 1.00 }),
  STEP (gamma, { 0.92, 1.10 }, { 0.80, 1.25 }, { 0.70, 1.40 }),
  STEP (gradient, { 0.00, 0.02 }, { 0.02, 0.10 }, { 0.05, 0.20 }),
  STEP (noise, { 0.5, 3.0 }, { 3.0, 7.0 }, { 7.0, 14.0 }),
  STEP (streaks, { 0.0, 0.0 }, { 0.0, 8.0 }, { 2.0, 20.0 }),
  STEP (streak_depth, { 0.0, 0.0 }, { 4.0, 20.0 }, { 10.0, 45.0 }),
  STEP (jpeg_quality, { 0.0, 0.0 }, { 60.0, 90.0 }, { 30.0, 75.0 }),
};

void
level_pick (CorpusLevel level, Dice *dice, Degradation *ret_degradation)
{
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      const double *bounds = steps[i].bounds[level];

      G_STRUCT_MEMBER (double, ret_degradation, steps[i].offset) = dice_range (dice, bounds[0], bounds[1]);
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

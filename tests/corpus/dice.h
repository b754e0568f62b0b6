/* SPDX-License-Identifier: Apache-2.0 */
/* dice: a fast random stream that gives the same numbers on every machine. Not for secrets. */
#pragma once

#include <glib.h>

/* xoshiro256**; copying the struct copies the stream. */
typedef struct
{
  guint64 state[4];
} Dice;

/** dice_init: starts the stream that belongs to @seed (spread with splitmix64, so that near seeds give unlike streams). */
void dice_init (Dice *self, guint64 seed);

/**
 * dice_fork:
 * @name: what the new stream is for
 *
 * Returns: a stream of its own, set by @self's present state and @name. @self does not move, so that a later change in
 *   how much one part draws does not shift every other part.
 */
Dice dice_fork (const Dice *self, const char *name);

guint64 dice_next (Dice *self);
/** dice_unit: 0 <= x < 1 */
double dice_unit (Dice *self);
/** dice_range: @low <= x < @high */
double dice_range (Dice *self, double low, double high);
/** dice_int: @low <= x <= @high */
int dice_int (Dice *self, int low, int high);
gboolean dice_chance (Dice *self, double probability);
/** dice_normal: mean 0, standard deviation 1, within about -3.5 to 3.5 (sum of twelve) */
double dice_normal (Dice *self);
/** dice_weighted: an index below @n_weights, as often as its weight says. At least one weight is above 0. */
guint dice_weighted (Dice *self, const double *weights, guint n_weights);

#define dice_pick(self, array) ((array)[dice_int ((self), 0, (int) G_N_ELEMENTS (array) - 1)])

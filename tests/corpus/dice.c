/* SPDX-License-Identifier: Apache-2.0 */
/* dice: xoshiro256** by Blackman and Vigna, seeded with splitmix64. */
#include "dice.h"

static guint64
splitmix (guint64 *x)
{
  guint64 z = (*x += 0x9e3779b97f4a7c15u);

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static inline guint64
rotate_left (guint64 x, int n)
{
  return (x << n) | (x >> (64 - n));
}

void
dice_init (Dice *self, guint64 seed)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->state); i++)
    self->state[i] = splitmix (&seed);
}

Dice
dice_fork (const Dice *self, const char *name)
{
  Dice fork;
  guint64 hash = 0xcbf29ce484222325u; /* FNV-1a */

  for (const char *p = name; *p != '\0'; p++)
    hash = (hash ^ (guint8) *p) * 0x100000001b3u;
  dice_init (&fork, hash ^ self->state[0] ^ rotate_left (self->state[3], 17));
  return fork;
}

guint64
dice_next (Dice *self)
{
  guint64 *s = self->state;
  guint64 result = rotate_left (s[1] * 5, 7) * 9;
  guint64 t = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left (s[3], 45);
  return result;
}

double
dice_unit (Dice *self)
{
  return (double) (dice_next (self) >> 11) * 0x1.0p-53;
}

double
dice_range (Dice *self, double low, double high)
{
  return low + (high - low) * dice_unit (self);
}

int
dice_int (Dice *self, int low, int high)
{
  return low + (int) (dice_next (self) % (guint64) (high - low + 1));
}

gboolean
dice_chance (Dice *self, double probability)
{
  return dice_unit (self) < probability;
}

double
dice_normal (Dice *self)
{
  double sum = 0;

  for (int i = 0; i < 12; i++)
    sum += dice_unit (self);
  return sum - 6;
}

guint
dice_weighted (Dice *self, const double *weights, guint n_weights)
{
  double total = 0, at;

  for (guint i = 0; i < n_weights; i++)
    total += weights[i];
  at = dice_range (self, 0, total);
  for (guint i = 0; i < n_weights; i++)
    {
      if (weights[i] > 0 && at < weights[i])
        return i;
      at -= weights[i];
    }
  for (guint i = n_weights; i > 0; i--)
    if (weights[i - 1] > 0)
      return i - 1;
  g_assert_not_reached ();
}

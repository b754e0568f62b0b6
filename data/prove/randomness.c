/* SPDX-License-Identifier: Apache-2.0 */
/* randomness: chi-square and Shannon's entropy of bytes, with the bounds that random ones keep to. */
#include "randomness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N_VALUES 256
#define FREEDOM (N_VALUES - 1)
#define FALSE_ALARM 1e-9

/* --- measuring ------------------------------------------------------------------------------------------------------- */

static double
chi_square_of (const guint64 counts[N_VALUES], gsize n_bytes)
{
  const double expected = (double) n_bytes / N_VALUES;
  double sum = 0;

  for (guint i = 0; i < N_VALUES; i++)
    sum += ((double) counts[i] - expected) * ((double) counts[i] - expected) / expected;
  return sum;
}

static double
shannon_of (const guint64 counts[N_VALUES], gsize n_bytes)
{
  double bits = 0;

  for (guint i = 0; i < N_VALUES; i++)
    if (counts[i] > 0)
      bits -= (double) counts[i] / n_bytes * log2 ((double) counts[i] / n_bytes);
  return bits;
}

static void
measure_window (const guint8 *bytes, gsize n_bytes, guint64 totals[N_VALUES], Randomness *measured)
{
  guint64 counts[N_VALUES] = { 0 };

  for (gsize i = 0; i < n_bytes; i++)
    counts[bytes[i]]++;
  for (guint i = 0; i < N_VALUES; i++)
    totals[i] += counts[i];
  measured->chi_square_max = MAX (measured->chi_square_max, chi_square_of (counts, n_bytes));
  measured->shannon_min = MIN (measured->shannon_min, shannon_of (counts, n_bytes));
  measured->n_windows++;
}

static int
compare_heads (const void *a, const void *b)
{
  guint64 one = *(const guint64 *) a, other = *(const guint64 *) b;

  return one < other ? -1 : one > other;
}

/* Eight bytes stand for a block of 16: in 2²⁰ random blocks (16 MiB) two share them once in 3 · 10⁷ times. */
static guint64
count_repeated (const guint8 *bytes, gsize n_bytes)
{
  const gsize n_blocks = n_bytes / RANDOMNESS_BLOCK_BYTES;
  g_autofree guint64 *heads = g_new (guint64, MAX (n_blocks, 1));
  guint64 n_repeated = 0;

  for (gsize i = 0; i < n_blocks; i++)
    memcpy (&heads[i], bytes + i * RANDOMNESS_BLOCK_BYTES, sizeof heads[i]);
  qsort (heads, n_blocks, sizeof *heads, compare_heads);
  for (gsize i = 1; i < n_blocks; i++)
    n_repeated += heads[i] == heads[i - 1];
  return n_repeated;
}

static guint
n_windows_of (gsize n_bytes)
{
  return n_bytes < RANDOMNESS_LEAST_BYTES ? 0 : MAX (n_bytes / RANDOMNESS_WINDOW_BYTES, 1);
}

void
randomness_measure (const guint8 *bytes, gsize n_bytes, Randomness *ret_measured)
{
  Randomness measured = { .n_bytes = n_bytes, .shannon_min = 8 };
  guint64 totals[N_VALUES] = { 0 };
  const guint n_windows = n_windows_of (n_bytes);

  for (guint i = 0; i < n_windows; i++)
    {
      gsize from = (gsize) i * RANDOMNESS_WINDOW_BYTES;

      measure_window (bytes + from, i + 1 < n_windows ? RANDOMNESS_WINDOW_BYTES : n_bytes - from, totals, &measured);
    }
  if (n_windows > 0)
    {
      measured.chi_square = chi_square_of (totals, n_bytes);
      measured.shannon_bits = shannon_of (totals, n_bytes);
    }
  measured.n_repeated = count_repeated (bytes, n_bytes);
  *ret_measured = measured;
}

/* --- bounds ---------------------------------------------------------------------------------------------------------- */

/* The deviation that a normal variable exceeds with probability @p. */
static double
deviation_for (double p)
{
  double low = 0, high = 40;

  for (guint i = 0; i < 100; i++)
    {
      double middle = (low + high) / 2;

      if (erfc (middle / G_SQRT2) / 2 > p)
        low = middle;
      else
        high = middle;
    }
  return high;
}

/* Wilson and Hilferty, The distribution of chi-square, PNAS 17 (1931): its cube root is nearly normal. */
static double
chi_square_at (double deviation)
{
  const double part = 2.0 / (9 * FREEDOM);
  const double root = 1 - part + deviation * sqrt (part);

  return FREEDOM * root * root * root;
}

void
randomness_bound (gsize n_bytes, RandomnessBound *ret_bound)
{
  const guint n_windows = MAX (n_windows_of (n_bytes), 1);
  const double whole = deviation_for (FALSE_ALARM / 4);
  const double each = deviation_for (FALSE_ALARM / 4 / n_windows);
  const double n_least = n_bytes < RANDOMNESS_WINDOW_BYTES ? n_bytes : RANDOMNESS_WINDOW_BYTES;

  ret_bound->chi_square_low = chi_square_at (-whole);
  ret_bound->chi_square_high = chi_square_at (whole);
  ret_bound->window_high = chi_square_at (each);
  /* 8 - H = chi-square / (2 n ln 2) to the second order; a tenth more covers the rest at 16 and at 5 of each byte. */
  ret_bound->shannon_low = 8 - 1.1 * ret_bound->window_high / (2 * n_least * G_LN2);
}

gboolean
randomness_is_plausible (const Randomness *measured)
{
  RandomnessBound bound;

  if (measured->n_repeated > 0)
    return FALSE;
  if (measured->n_windows == 0)
    return TRUE;
  randomness_bound (measured->n_bytes, &bound);
  return measured->chi_square >= bound.chi_square_low && measured->chi_square <= bound.chi_square_high
         && measured->chi_square_max <= bound.window_high && measured->shannon_min >= bound.shannon_low;
}

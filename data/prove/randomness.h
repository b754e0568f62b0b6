/* SPDX-License-Identifier: Apache-2.0 */
/* randomness: can these bytes be told from random ones? Byte frequencies in windows and as a whole, and blocks that are there twice.
 *
 * It finds what lies open, what is packed, and what was encrypted block by block under one key without chaining. It cannot find a
 * weak key: a file encrypted under a key that everybody knows looks just as random. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define RANDOMNESS_WINDOW_BYTES 4096 /* as SQLite's page; the last window is longer where the size is no multiple */
#define RANDOMNESS_LEAST_BYTES 1280  /* five of each byte: below that chi-square says nothing */
#define RANDOMNESS_BLOCK_BYTES 16    /* of AES */

typedef struct
{
  guint64 n_bytes;
  guint n_windows;       /* 0: too short to be measured */
  double chi_square;     /* of the whole, 255 degrees of freedom: about 255 for random bytes */
  double chi_square_max; /* of any window */
  double shannon_bits;   /* per byte, of the whole */
  double shannon_min;    /* of any window; about 7.954 for 4096 random bytes */
  guint64 n_repeated;    /* aligned blocks that begin with the same 8 bytes as another */
} Randomness;

void randomness_measure (const guint8 *bytes, gsize n_bytes, Randomness *ret_measured);

/* What random bytes of that size keep to in all but one of 10⁹ tries, all windows together. */
typedef struct
{
  double chi_square_low, chi_square_high; /* of the whole */
  double window_high;                     /* chi-square of any window */
  double shannon_low;                     /* of any window */
} RandomnessBound;

void randomness_bound (gsize n_bytes, RandomnessBound *ret_bound);

/** randomness_is_plausible: within randomness_bound (), and no block twice. Bytes too short to be measured are. */
gboolean randomness_is_plausible (const Randomness *measured);

G_END_DECLS

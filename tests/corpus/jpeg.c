/* SPDX-License-Identifier: Apache-2.0 */
/* jpeg: the transform there and back with the rounding between; no entropy coding, which loses nothing. */
#include "jpeg.h"

#include <math.h>
#include <string.h>

#define BLOCK 8

typedef float Block[BLOCK][BLOCK];

/* The luminance table of JPEG (ITU-T T.81, annex K), scaled by the usual rule for a quality. */
static void
quantisation (double quality, Block steps, Block inverse)
{
  static const guint8 base[BLOCK * BLOCK] = {
    16, 11,  10,  16, 24, 40, 51, 61, 12,  12,  14,  19,  26, 58, 60, 55,  14,  13,  16,  24, 40, 57,
    69, 56,  14,  17, 22, 29, 51, 87, 80,  62,  18,  22,  37, 56, 68, 109, 103, 77,  24,  35, 55, 64,
    81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98,  112, 100, 103, 99,
  };
  double scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;

  for (int i = 0; i < BLOCK * BLOCK; i++)
    {
      steps[i / BLOCK][i % BLOCK] = (float) MAX (1, floor ((base[i] * scale + 50) / 100));
      inverse[i / BLOCK][i % BLOCK] = 1 / steps[i / BLOCK][i % BLOCK];
    }
}

/* The eight cosines over a block: even ones are the same from both ends, odd ones change their sign, so half is enough. */
typedef struct
{
  float even[BLOCK / 2][BLOCK / 2], odd[BLOCK / 2][BLOCK / 2]; /* [coefficient / 2][sample] */
} Basis;

static void
make_basis (Basis *self)
{
  for (int u = 0; u < BLOCK; u++)
    for (int x = 0; x < BLOCK / 2; x++)
      (u % 2 ? self->odd : self->even)[u / 2][x] =
          (float) (sqrt ((u == 0 ? 1.0 : 2.0) / BLOCK) * cos ((2 * x + 1) * u * G_PI / (2 * BLOCK)));
}

/* Each column's coefficients, and the block turned over; eight columns at a time, which compilers make vectors of. */
static inline void
analyse (const Basis *basis, const Block in, Block out)
{
  float sums[BLOCK / 2][BLOCK], differences[BLOCK / 2][BLOCK], row[BLOCK][BLOCK];

  for (int y = 0; y < BLOCK / 2; y++)
    for (int x = 0; x < BLOCK; x++)
      {
        sums[y][x] = in[y][x] + in[BLOCK - 1 - y][x];
        differences[y][x] = in[y][x] - in[BLOCK - 1 - y][x];
      }
  for (int u = 0; u < BLOCK / 2; u++)
    for (int x = 0; x < BLOCK; x++)
      {
        const float *e = basis->even[u], *o = basis->odd[u];

        row[2 * u][x] = e[0] * sums[0][x] + e[1] * sums[1][x] + e[2] * sums[2][x] + e[3] * sums[3][x];
        row[2 * u + 1][x] =
            o[0] * differences[0][x] + o[1] * differences[1][x] + o[2] * differences[2][x] + o[3] * differences[3][x];
      }
  for (int x = 0; x < BLOCK; x++)
    for (int u = 0; u < BLOCK; u++)
      out[x][u] = row[u][x];
}

/* The way back. */
static inline void
build (const Basis *basis, const Block in, Block out)
{
  float row[BLOCK][BLOCK];

  for (int y = 0; y < BLOCK / 2; y++)
    for (int x = 0; x < BLOCK; x++)
      {
        float even = basis->even[0][y] * in[0][x] + basis->even[1][y] * in[2][x] + basis->even[2][y] * in[4][x]
                     + basis->even[3][y] * in[6][x];
        float odd = basis->odd[0][y] * in[1][x] + basis->odd[1][y] * in[3][x] + basis->odd[2][y] * in[5][x]
                    + basis->odd[3][y] * in[7][x];

        row[y][x] = even + odd;
        row[BLOCK - 1 - y][x] = even - odd;
      }
  for (int x = 0; x < BLOCK; x++)
    for (int u = 0; u < BLOCK; u++)
      out[x][u] = row[u][x];
}

/* To the nearest whole number for up to 2^22: adding this leaves no bits for a fraction. */
static inline float
round_even (float value)
{
  const float magic = 12582912;

  return (value + magic) - magic;
}

static void
load_block (const guint8 *start, gsize row, guint n_channels, Block block)
{
  for (int y = 0; y < BLOCK; y++)
    for (int x = 0; x < BLOCK; x++)
      {
        const guint8 *p = start + (gsize) y * row + (gsize) x * n_channels;

        block[y][x] = (n_channels == 1 ? p[0] : 0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2]) - 128;
      }
}

static void
add_difference (guint8 *start, gsize row, guint n_channels, const Block before, const Block after)
{
  for (int y = 0; y < BLOCK; y++)
    for (int x = 0; x < BLOCK; x++)
      {
        guint8 *p = start + (gsize) y * row + (gsize) x * n_channels;
        int change = (int) round_even (after[y][x] - before[y][x]);

        for (guint channel = 0; channel < n_channels; channel++)
          p[channel] = (guint8) CLAMP (p[channel] + change, 0, 255);
      }
}

void
jpeg_round (CorpusImage *image, const cairo_rectangle_int_t *area, double quality)
{
  Block steps, inverse;
  Basis basis;
  gsize row = (gsize) image->width_px * image->n_channels;

  quantisation (quality, steps, inverse);
  make_basis (&basis);
  for (int top = area->y; top + BLOCK <= area->y + area->height; top += BLOCK)
    for (int left = area->x; left + BLOCK <= area->x + area->width; left += BLOCK)
      {
        guint8 *start = image->samples + (gsize) top * row + (gsize) left * image->n_channels;
        Block before, block, half;

        load_block (start, row, image->n_channels, before);
        analyse (&basis, before, half);
        analyse (&basis, half, block);
        for (int v = 0; v < BLOCK; v++)
          for (int u = 0; u < BLOCK; u++)
            block[v][u] = steps[v][u] * round_even (block[v][u] * inverse[v][u]);
        build (&basis, block, half);
        build (&basis, half, block);
        add_difference (start, row, image->n_channels, before, block);
      }
}

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

/* @out = @matrix times @in, turned over; eight columns at a time, which compilers make vectors of. */
static inline void
multiply (const Block matrix, const Block in, Block out)
{
  for (int u = 0; u < BLOCK; u++)
    {
      float row[BLOCK] = { 0 };

      for (int y = 0; y < BLOCK; y++)
        for (int x = 0; x < BLOCK; x++)
          row[x] += matrix[u][y] * in[y][x];
      for (int x = 0; x < BLOCK; x++)
        out[x][u] = row[x];
    }
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
  Block steps, inverse, basis, turned;
  gsize row = (gsize) image->width_px * image->n_channels;

  quantisation (quality, steps, inverse);
  for (int u = 0; u < BLOCK; u++)
    for (int x = 0; x < BLOCK; x++)
      turned[x][u] = basis[u][x] =
          (float) (sqrt ((u == 0 ? 1.0 : 2.0) / BLOCK) * cos ((2 * x + 1) * u * G_PI / (2 * BLOCK)));
  for (int top = area->y; top + BLOCK <= area->y + area->height; top += BLOCK)
    for (int left = area->x; left + BLOCK <= area->x + area->width; left += BLOCK)
      {
        guint8 *start = image->samples + (gsize) top * row + (gsize) left * image->n_channels;
        Block before, block, half;

        load_block (start, row, image->n_channels, before);
        multiply (basis, before, half);
        multiply (basis, half, block);
        for (int v = 0; v < BLOCK; v++)
          for (int u = 0; u < BLOCK; u++)
            block[v][u] = steps[v][u] * round_even (block[v][u] * inverse[v][u]);
        multiply (turned, block, half);
        multiply (turned, half, block);
        add_difference (start, row, image->n_channels, before, block);
      }
}

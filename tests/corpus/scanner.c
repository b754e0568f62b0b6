/* SPDX-License-Identifier: Apache-2.0 */
/* scanner: blur, light, sensor noise, streaks, compression; in the order in which a real one does them. */
#include "scanner.h"

#include <math.h>
#include <string.h>

#define N_NOISE 65536
#define BLOCK 8 /* of JPEG */
#define KERNEL_BITS 12
#define MAX_RADIUS 24

static void
convert (cairo_surface_t *surface, gboolean color, CorpusImage *image)
{
  const guint8 *data = cairo_image_surface_get_data (surface);
  gsize stride = (gsize) cairo_image_surface_get_stride (surface);

  image->width_px = (guint) cairo_image_surface_get_width (surface);
  image->height_px = (guint) cairo_image_surface_get_height (surface);
  image->n_channels = color ? 3 : 1;
  image->samples = g_malloc ((gsize) image->width_px * image->height_px * image->n_channels);
  for (guint y = 0; y < image->height_px; y++)
    {
      const guint32 *in = (const guint32 *) (gconstpointer) (data + y * stride);
      guint8 *out = image->samples + (gsize) y * image->width_px * image->n_channels;

      for (guint x = 0; x < image->width_px; x++)
        {
          guint32 r = in[x] >> 16 & 255, g = in[x] >> 8 & 255, b = in[x] & 255;

          if (color)
            {
              out[3 * x] = (guint8) r;
              out[3 * x + 1] = (guint8) g;
              out[3 * x + 2] = (guint8) b;
            }
          else
            out[x] = (guint8) ((77 * r + 150 * g + 29 * b + 128) >> 8);
        }
    }
}

/* Adds @weight times each of @n samples to @sums. */
static void
add_weighted (guint32 *sums, const guint8 *samples, gsize n, guint32 weight)
{
  for (gsize i = 0; i < n; i++)
    sums[i] += weight * samples[i];
}

static void
store_sums (const guint32 *sums, gsize n, guint8 *out)
{
  for (gsize i = 0; i < n; i++)
    out[i] = (guint8) (sums[i] >> KERNEL_BITS);
}

static void
start_sums (guint32 *sums, gsize n)
{
  for (gsize i = 0; i < n; i++)
    sums[i] = 1u << (KERNEL_BITS - 1);
}

/* A Gaussian, first along the rows, then along the columns; at the rim the last sample counts on. */
static void
blur (CorpusImage *image, const cairo_rectangle_int_t *area, double sigma_px)
{
  int radius = CLAMP ((int) ceil (2.6 * sigma_px), 1, MAX_RADIUS);
  guint32 kernel[2 * MAX_RADIUS + 1], total = 0;
  double weights[2 * MAX_RADIUS + 1], sum = 0;
  gsize step = image->n_channels, row = (gsize) image->width_px * step, n = (gsize) area->width * step;
  guint8 *start = image->samples + (gsize) area->y * row + (gsize) area->x * step;
  g_autofree guint32 *sums = g_new (guint32, n);
  g_autofree guint8 *padded = g_malloc (n + 2 * (gsize) radius * step);
  g_autofree guint8 *rows = g_malloc (n * (gsize) area->height);

  if (sigma_px < 0.15)
    return;
  for (int k = 0; k <= 2 * radius; k++)
    sum += weights[k] = exp (-0.5 * (k - radius) * (k - radius) / (sigma_px * sigma_px));
  for (int k = 0; k <= 2 * radius; k++)
    total += kernel[k] = (guint32) ((1u << KERNEL_BITS) * weights[k] / sum);
  kernel[radius] += (1u << KERNEL_BITS) - total;

  for (int y = 0; y < area->height; y++)
    {
      const guint8 *in = start + (gsize) y * row;

      memcpy (padded + (gsize) radius * step, in, n);
      for (int k = 0; k < radius; k++)
        {
          memcpy (padded + (gsize) k * step, in, step);
          memcpy (padded + (gsize) (radius + k) * step + n, in + n - step, step);
        }
      start_sums (sums, n);
      for (int k = 0; k <= 2 * radius; k++)
        add_weighted (sums, padded + (gsize) k * step, n, kernel[k]);
      store_sums (sums, n, rows + (gsize) y * n);
    }
  for (int y = 0; y < area->height; y++)
    {
      start_sums (sums, n);
      for (int k = 0; k <= 2 * radius; k++)
        add_weighted (sums, rows + (gsize) CLAMP (y + k - radius, 0, area->height - 1) * n, n, kernel[k]);
      store_sums (sums, n, start + (gsize) y * row);
    }
}

/* Tone, light that falls off over the page, spoilt columns and noise. */
static void
sense (CorpusImage *image, const Degradation *degradation, Dice *dice)
{
  float tone[256];
  gsize row_samples = (gsize) image->width_px * image->n_channels;
  g_autofree float *noise = g_new (float, N_NOISE + row_samples);
  g_autofree float *column = g_new0 (float, image->width_px);
  double across = dice_range (dice, -1, 1) * degradation->gradient, along = degradation->gradient - fabs (across);
  guint n_streaks = (guint) degradation->streaks;

  if (dice_chance (dice, 0.5))
    along = -along;
  for (int v = 0; v < 256; v++)
    {
      double value = pow (v / 255.0, degradation->gamma);

      tone[v] = (float) (255 * ((value - 0.5) * degradation->contrast + 0.5 + degradation->brightness));
    }
  for (gsize i = 0; i < N_NOISE + row_samples; i++)
    noise[i] = i < N_NOISE ? (float) (dice_normal (dice) * degradation->noise + 0.5) : noise[i - N_NOISE];
  for (guint i = 0; i < n_streaks; i++)
    {
      int at = dice_int (dice, 0, (int) image->width_px - 1), width = dice_int (dice, 1, 3);
      double depth = dice_range (dice, -degradation->streak_depth, degradation->streak_depth);

      for (int x = at; x < MIN (at + width, (int) image->width_px); x++)
        column[x] += (float) depth;
    }
  for (guint x = 0; x < image->width_px; x++)
    column[x] += (float) (255 * across * ((double) x / image->width_px - 0.5));
  for (guint y = 0; y < image->height_px; y++)
    {
      guint8 *out = image->samples + y * row_samples;
      float row = (float) (255 * along * ((double) y / image->height_px - 0.5));
      const float *grain = noise + dice_int (dice, 0, N_NOISE - 1);

      for (guint x = 0; x < image->width_px; x++)
        for (guint channel = 0; channel < image->n_channels; channel++, out++, grain++)
          {
            float value = tone[*out] + column[x] + row + *grain;

            *out = (guint8) CLAMP (value, 0.0f, 255.0f);
          }
    }
}

/* The luminance table of JPEG (ITU-T T.81, annex K), scaled by the usual rule for a quality. */
static void
quantisation (double quality, float steps[BLOCK * BLOCK])
{
  static const guint8 base[BLOCK * BLOCK] = {
    16, 11,  10,  16, 24, 40, 51, 61, 12,  12,  14,  19,  26, 58, 60, 55,  14,  13,  16,  24, 40, 57,
    69, 56,  14,  17, 22, 29, 51, 87, 80,  62,  18,  22,  37, 56, 68, 109, 103, 77,  24,  35, 55, 64,
    81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98,  112, 100, 103, 99,
  };
  double scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;

  for (int i = 0; i < BLOCK * BLOCK; i++)
    steps[i] = (float) MAX (1, floor ((base[i] * scale + 50) / 100));
}

static void
transform (const float basis[BLOCK][BLOCK], float block[BLOCK][BLOCK], gboolean inverse)
{
  float half[BLOCK][BLOCK];

  for (int y = 0; y < BLOCK; y++)
    for (int u = 0; u < BLOCK; u++)
      {
        half[y][u] = 0;
        for (int x = 0; x < BLOCK; x++)
          half[y][u] += block[y][x] * (inverse ? basis[x][u] : basis[u][x]);
      }
  for (int v = 0; v < BLOCK; v++)
    for (int u = 0; u < BLOCK; u++)
      {
        block[v][u] = 0;
        for (int y = 0; y < BLOCK; y++)
          block[v][u] += half[y][u] * (inverse ? basis[y][v] : basis[v][y]);
      }
}

/* What JPEG's rounding does to the luminance of @area; colours keep their difference from it. */
static void
compress (CorpusImage *image, const cairo_rectangle_int_t *area, double quality)
{
  float steps[BLOCK * BLOCK], basis[BLOCK][BLOCK], block[BLOCK][BLOCK], before[BLOCK][BLOCK];
  gsize row = (gsize) image->width_px * image->n_channels;

  quantisation (quality, steps);
  for (int u = 0; u < BLOCK; u++)
    for (int x = 0; x < BLOCK; x++)
      basis[u][x] = (float) (sqrt ((u == 0 ? 1.0 : 2.0) / BLOCK) * cos ((2 * x + 1) * u * G_PI / (2 * BLOCK)));
  for (int top = area->y; top + BLOCK <= area->y + area->height; top += BLOCK)
    for (int left = area->x; left + BLOCK <= area->x + area->width; left += BLOCK)
      {
        guint8 *start = image->samples + (gsize) top * row + (gsize) left * image->n_channels;

        for (int y = 0; y < BLOCK; y++)
          for (int x = 0; x < BLOCK; x++)
            {
              const guint8 *p = start + (gsize) y * row + (gsize) x * image->n_channels;

              before[y][x] = image->n_channels == 1 ? p[0] : 0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2];
              block[y][x] = before[y][x] - 128;
            }
        transform (basis, block, FALSE);
        for (int i = 0; i < BLOCK * BLOCK; i++)
          block[i / BLOCK][i % BLOCK] = steps[i] * rintf (block[i / BLOCK][i % BLOCK] / steps[i]);
        transform (basis, block, TRUE);
        for (int y = 0; y < BLOCK; y++)
          for (int x = 0; x < BLOCK; x++)
            for (guint channel = 0; channel < image->n_channels; channel++)
              {
                guint8 *p = start + (gsize) y * row + (gsize) x * image->n_channels + channel;
                float value = *p + block[y][x] + 128 - before[y][x];

                *p = (guint8) CLAMP (value + 0.5f, 0.0f, 255.0f);
              }
      }
}

void
scanner_scan (cairo_surface_t *surface, const cairo_rectangle_int_t *document, guint dpi, gboolean color,
              const Degradation *degradation, Dice *dice, CorpusImage *ret_image)
{
  convert (surface, color, ret_image);
  if (document->width > 0 && document->height > 0)
    blur (ret_image, document, degradation->blur_mm * dpi / 25.4);
  sense (ret_image, degradation, dice);
  if (degradation->jpeg_quality > 0)
    compress (ret_image, document, degradation->jpeg_quality);
}

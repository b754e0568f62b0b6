/* SPDX-License-Identifier: Apache-2.0 */
/* lens: displacement first, then two blurs that are mixed by how far each place is lifted. */
#include "lens.h"

#include <math.h>
#include <string.h>

#define MM_PER_INCH 25.4
#define KERNEL_BITS 8 /* so that sums of 8-bit samples fit 16 bits */
#define MAX_RADIUS 40

static double
lift_here (const Lens *self, double x, double y)
{
  double way = (x - self->middle_x) * self->along_x + (y - self->middle_y) * self->along_y;

  return self->lift_mm[CLAMP ((int) ((way + 1) * 0.5 * LENS_STEPS), 0, LENS_STEPS - 1)];
}

/* A shape over -1..1 whose highest place is 1: an edge held up, a bow, edges curled up, or a fold. */
static void
plan_lift (Lens *self, double height_mm, Dice *dice)
{
  int shape = dice_int (dice, 0, 3);
  double fold = dice_range (dice, -0.6, 0.6), flat = dice_range (dice, 0.2, 0.9), power = dice_range (dice, 1, 2.5);

  for (int i = 0; i < LENS_STEPS; i++)
    {
      double way = 2 * (i + 0.5) / LENS_STEPS - 1, lift = 0;

      switch (shape)
        {
        case 0:
          lift = pow ((way + 1) / 2, power);
          break;
        case 1:
          lift = 1 - way * way;
          break;
        case 2:
          lift = fabs (way) > flat ? pow ((fabs (way) - flat) / (1 - flat), power) : 0;
          break;
        default:
          lift = MAX (0, 1 - fabs (way - fold) / flat);
          break;
        }
      self->lift_mm[i] = height_mm * lift;
      self->highest_mm = MAX (self->highest_mm, self->lift_mm[i]);
    }
}

void
lens_plan (Lens *self, const Degradation *degradation, const cairo_rectangle_int_t *area, double page_width, guint dpi,
           Dice *dice)
{
  double angle = dice_range (dice, 0, 2 * G_PI), half;
  gboolean contact =
      dice_chance (dice, 0.5); /* a contact sensor: little depth of field, light close by, no perspective */

  *self = (Lens){ .area = *area, .dpi = dpi, .sigma_px = degradation->blur_mm * dpi / MM_PER_INCH };
  half = 0.5 * (fabs (cos (angle)) * area->width + fabs (sin (angle)) * area->height);
  self->middle_x = area->x + 0.5 * area->width;
  self->middle_y = area->y + 0.5 * area->height;
  self->along_x = cos (angle) / MAX (half, 1);
  self->along_y = sin (angle) / MAX (half, 1);
  self->axis_x = page_width / 2;
  self->draw_together = contact ? 0 : 1.0 / dice_range (dice, 220, 350);
  self->spread = contact ? dice_range (dice, 0.06, 0.12) : dice_range (dice, 0.015, 0.04);
  self->dimming = contact ? dice_range (dice, 0.06, 0.14) : dice_range (dice, 0.02, 0.06);
  plan_lift (self, degradation->lift_mm, dice);
  self->lifted = self->highest_mm > 0;
  self->sway_px = degradation->sway_mm * dpi / MM_PER_INCH;
  self->sway_turns = MM_PER_INCH / (dpi * dice_range (dice, 1.5, 12));
  self->sway0 = dice_unit (dice);
}

static double
sway_here (const Lens *self, double y)
{
  return self->sway_px * sin (2 * G_PI * (y * self->sway_turns + self->sway0));
}

/* What is seen at @x, @y of the page was drawn this much to the right of it. */
static double
pull_here (const Lens *self, double x, double y)
{
  return (x - self->axis_x) * lift_here (self, x, y) * self->draw_together;
}

void
lens_move_point (const Lens *self, CorpusPoint *point)
{
  CorpusPoint seen = *point;

  if (self->area.width == 0)
    return;
  for (int i = 0; i < 3; i++)
    {
      double x = seen.x, y = seen.y;

      seen.x = point->x - (self->lifted ? pull_here (self, x, y) : 0);
      seen.y = point->y - sway_here (self, y);
    }
  *point = seen;
}

/* @out: @n samples between @a and @b, @part of 256 of the way */
static void
mix_rows (const guint8 *a, const guint8 *b, gsize n, guint part, guint8 *out)
{
  guint16 of_b = (guint16) part, of_a = (guint16) (256 - part);

  for (gsize i = 0; i < n; i++)
    out[i] = (guint8) ((guint16) (a[i] * of_a + b[i] * of_b) >> 8);
}

static void
pull_row (const Lens *self, const guint8 *in, int row, guint n_channels, guint8 *out)
{
  int width = self->area.width, y = self->area.y + row;

  for (int column = 0; column < width; column++)
    {
      int x = self->area.x + column;
      double from = CLAMP (column + pull_here (self, x, y), 0, width - 1.001);
      gsize left = (gsize) from;
      guint part = (guint) (256 * (from - (double) left));

      for (guint channel = 0; channel < n_channels; channel++)
        {
          const guint8 *p = in + left * n_channels + channel;

          *out++ = (guint8) ((p[0] * (256 - part) + p[n_channels] * part) >> 8);
        }
    }
}

static void
displace (const Lens *self, guint8 *tile, guint n_channels)
{
  gsize row_samples = (gsize) self->area.width * n_channels;
  int height = self->area.height;
  g_autofree guint8 *drawn = g_memdup2 (tile, row_samples * (gsize) height);
  g_autofree guint8 *mixed = g_malloc (row_samples);
  gboolean pulled = self->lifted && self->draw_together > 0 && self->area.width > 1;

  for (int row = 0; row < height; row++)
    {
      double from = CLAMP (row + sway_here (self, self->area.y + row), 0, MAX (height - 1.001, 0));
      gsize above = (gsize) from, below = MIN (above + 1, (gsize) height - 1);
      guint8 *out = tile + (gsize) row * row_samples;

      mix_rows (drawn + above * row_samples, drawn + below * row_samples, row_samples,
                (guint) (256 * (from - (double) above)), pulled ? mixed : out);
      if (pulled)
        pull_row (self, mixed, row, n_channels, out);
    }
}

/* A kernel's one half, the middle first; all of it sums up to 1 << KERNEL_BITS. */
static int
make_kernel (double sigma, guint16 kernel[MAX_RADIUS + 1])
{
  int radius = CLAMP ((int) ceil (2.6 * sigma), 1, MAX_RADIUS);
  double weights[MAX_RADIUS + 1], sum = 0;
  guint total = 0;

  for (int k = 0; k <= radius; k++)
    {
      weights[k] = exp (-0.5 * k * k / (sigma * sigma));
      sum += k == 0 ? weights[k] : 2 * weights[k];
    }
  for (int k = 1; k <= radius; k++)
    {
      kernel[k] = (guint16) lround ((1 << KERNEL_BITS) * weights[k] / sum);
      total += 2u * kernel[k];
    }
  kernel[0] = (guint16) ((1u << KERNEL_BITS) - total);
  while (radius > 1 && kernel[radius] == 0)
    radius--;
  return radius;
}

static void
start_sums (guint16 *restrict sums, const guint8 *restrict samples, gsize n, guint16 weight)
{
  for (gsize i = 0; i < n; i++)
    sums[i] = (guint16) ((1u << (KERNEL_BITS - 1)) + (guint) weight * samples[i]);
}

static void
add_pair (guint16 *restrict sums, const guint8 *restrict a, const guint8 *restrict b, gsize n, guint16 weight)
{
  for (gsize i = 0; i < n; i++)
    sums[i] = (guint16) (sums[i] + weight * (guint16) (a[i] + b[i]));
}

static void
store_sums (const guint16 *restrict sums, gsize n, guint8 *restrict out)
{
  for (gsize i = 0; i < n; i++)
    out[i] = (guint8) (sums[i] >> KERNEL_BITS);
}

/* A Gaussian, first along the rows, then along the columns; at the rim the last sample counts on. In place. */
static void
blur (guint8 *tile, int width, int height, guint n_channels, double sigma)
{
  guint16 kernel[MAX_RADIUS + 1];
  int radius = make_kernel (MAX (sigma, 0.1), kernel);
  gsize n = (gsize) width * n_channels, step = n_channels, rim = (gsize) radius * step;
  g_autofree guint16 *sums = g_new (guint16, n);
  g_autofree guint8 *padded = g_malloc (n + 2 * rim);
  g_autofree guint8 *rows = NULL;

  if (sigma < 0.15)
    return;
  rows = g_malloc (n * (gsize) height);
  for (int y = 0; y < height; y++)
    {
      const guint8 *in = tile + (gsize) y * n;

      memcpy (padded + rim, in, n);
      for (int k = 0; k < radius; k++)
        {
          memcpy (padded + (gsize) k * step, in, step);
          memcpy (padded + rim + n + (gsize) k * step, in + n - step, step);
        }
      start_sums (sums, padded + rim, n, kernel[0]);
      for (int k = 1; k <= radius; k++)
        add_pair (sums, padded + rim - (gsize) k * step, padded + rim + (gsize) k * step, n, kernel[k]);
      store_sums (sums, n, rows + (gsize) y * n);
    }
  for (int y = 0; y < height; y++)
    {
      start_sums (sums, rows + (gsize) y * n, n, kernel[0]);
      for (int k = 1; k <= radius; k++)
        add_pair (sums, rows + (gsize) MAX (y - k, 0) * n, rows + (gsize) MIN (y + k, height - 1) * n, n, kernel[k]);
      store_sums (sums, n, tile + (gsize) y * n);
    }
}

/* From where to where a row of the page lies on the document with this convex outline; an empty range if it does not. */
static void
row_in_outline (const CorpusPoint outline[4], double y, double *ret_from, double *ret_to)
{
  *ret_from = G_MAXDOUBLE;
  *ret_to = -G_MAXDOUBLE;
  for (int i = 0; i < 4; i++)
    {
      CorpusPoint a = outline[i], b = outline[(i + 1) % 4];

      if ((a.y <= y) != (b.y <= y))
        {
          double x = a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y);

          *ret_from = MIN (*ret_from, x);
          *ret_to = MAX (*ret_to, x);
        }
    }
}

/* Mixes the sharp @tile with what is blurred as much as at the highest place, by variance, and takes light away. */
static void
mix_by_lift (const Lens *self, guint8 *tile, const guint8 *blurred, guint n_channels)
{
  guint16 of_blurred[LENS_STEPS], light[LENS_STEPS];
  int step_x = (int) (self->along_x * 0.5 * LENS_STEPS * 65536);

  for (int i = 0; i < LENS_STEPS; i++)
    {
      double part = self->lift_mm[i] / self->highest_mm;

      of_blurred[i] = (guint16) (256 * part * part);
      light[i] = (guint16) (256 * MAX (0.4, 1 - self->dimming * self->lift_mm[i]));
    }
  for (guint k = 0; k < self->n_outlines; k++)
    for (int row = 0; row < self->area.height; row++)
      {
        double y = self->area.y + row + 0.5, from, to, way;
        int column, end, at;
        gsize start;

        row_in_outline (self->outlines[k], y, &from, &to);
        column = CLAMP ((int) (from - self->area.x), 0, self->area.width);
        end = CLAMP ((int) (to - self->area.x), 0, self->area.width);
        way = (self->area.x + column - self->middle_x) * self->along_x + (y - self->middle_y) * self->along_y;
        at = (int) ((way + 1) * 0.5 * LENS_STEPS * 65536);
        start = ((gsize) row * (gsize) self->area.width + (gsize) column) * n_channels;
        for (; column < end; column++, at += step_x)
          {
            int i = CLAMP (at >> 16, 0, LENS_STEPS - 1);
            guint b = of_blurred[i], a = 256 - b, l = light[i];

            for (guint channel = 0; channel < n_channels; channel++, start++)
              tile[start] = (guint8) (((tile[start] * a + blurred[start] * b) * l + 32768) >> 16);
          }
      }
}

void
lens_focus (const Lens *self, guint8 *tile, guint n_channels)
{
  gsize n_bytes = (gsize) self->area.width * (gsize) self->area.height * n_channels;

  if (n_bytes == 0)
    return;
  if (self->sway_px > 0 || self->lifted)
    displace (self, tile, n_channels);
  blur (tile, self->area.width, self->area.height, n_channels, self->sigma_px);
  if (self->lifted)
    {
      g_autofree guint8 *blurred = g_memdup2 (tile, n_bytes);

      blur (blurred, self->area.width, self->area.height, n_channels,
            MIN (self->highest_mm * self->spread * self->dpi / MM_PER_INCH, MAX_RADIUS / 2.6));
      mix_by_lift (self, tile, blurred, n_channels);
    }
}

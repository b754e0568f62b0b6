/* SPDX-License-Identifier: Apache-2.0 */
/* grey: small grey pictures cut from the page. */
#include "grey.h"

#include <math.h>
#include <string.h>

/* brightness in 1/256: the eye's weights, so that pastel ground patterns stay pale and red or blue ink stays dark */
#define RED_WEIGHT 77
#define GREEN_WEIGHT 150
#define BLUE_WEIGHT 29

static inline guint
brightness_at (const CardPage *page, int x, int y)
{
  const guint8 *p = page->samples + (gsize) y * page->stride + (gsize) x * page->n_channels;

  if (page->n_channels == 1)
    return p[0];
  return (RED_WEIGHT * p[0] + GREEN_WEIGHT * p[1] + BLUE_WEIGHT * p[2]) >> 8;
}

static double
bilinear_at (const CardPage *page, double x, double y)
{
  int max_x = (int) page->width_px - 1, max_y = (int) page->height_px - 1;
  double fx, fy;
  int x0, y0, x1, y1;

  x = CLAMP (x - 0.5, 0.0, (double) max_x);
  y = CLAMP (y - 0.5, 0.0, (double) max_y);
  x0 = (int) x;
  y0 = (int) y;
  x1 = MIN (x0 + 1, max_x);
  y1 = MIN (y0 + 1, max_y);
  fx = x - x0;
  fy = y - y0;
  return (1 - fy) * ((1 - fx) * brightness_at (page, x0, y0) + fx * brightness_at (page, x1, y0))
         + fy * ((1 - fx) * brightness_at (page, x0, y1) + fx * brightness_at (page, x1, y1));
}

CardGrey *
card_grey_new (int width, int height)
{
  CardGrey *self;

  g_return_val_if_fail (width > 0 && height > 0, NULL);

  self = g_new0 (CardGrey, 1);
  self->width = width;
  self->height = height;
  self->samples = g_malloc0 ((gsize) width * height);
  return self;
}

void
card_grey_free (CardGrey *self)
{
  if (self == NULL)
    return;
  explicit_bzero (self->samples, (gsize) self->width * self->height);
  g_free (self->samples);
  g_free (self);
}

CardGrey *
card_grey_reduce (const CardPage *page, guint factor)
{
  CardGrey *self;
  g_autofree guint32 *sums = NULL;
  int width, height;

  factor = CLAMP (factor, 1, MIN (page->width_px, page->height_px));
  width = (int) (page->width_px / factor);
  height = (int) (page->height_px / factor);
  self = card_grey_new (width, height);
  sums = g_new (guint32, width);

  for (int y = 0; y < height; y++)
    {
      memset (sums, 0, sizeof *sums * (gsize) width);
      for (guint j = 0; j < factor; j++)
        {
          const guint8 *p = page->samples + ((gsize) y * factor + j) * page->stride;

          if (page->n_channels == 1)
            for (int x = 0; x < width; x++)
              for (guint i = 0; i < factor; i++)
                sums[x] += *p++;
          else
            for (int x = 0; x < width; x++)
              {
                guint red = 0, green = 0, blue = 0;

                for (guint i = 0; i < factor; i++, p += 3)
                  {
                    red += p[0];
                    green += p[1];
                    blue += p[2];
                  }
                sums[x] += (RED_WEIGHT * red + GREEN_WEIGHT * green + BLUE_WEIGHT * blue) >> 8;
              }
        }
      for (int x = 0; x < width; x++)
        self->samples[(gsize) y * width + x] = (guint8) MIN (sums[x] / (factor * factor), 255);
    }
  explicit_bzero (sums, sizeof *sums * (gsize) width);
  return self;
}

CardGrey *
card_grey_cut (const CardPage *page, const CardFrame *frame, int width, int height)
{
  CardGrey *self = card_grey_new (width, height);
  double step = hypot (frame->ux, frame->uy);
  int n_sub = CLAMP ((int) lround (step), 1, 4);
  double weight = 1.0 / (n_sub * n_sub);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        double sum = 0.0;

        for (int j = 0; j < n_sub; j++)
          for (int i = 0; i < n_sub; i++)
            {
              double px, py;

              card_frame_map (frame, x + (i + 0.5) / n_sub, y + (j + 0.5) / n_sub, &px, &py);
              sum += bilinear_at (page, px, py);
            }
        self->samples[(gsize) y * width + x] = (guint8) (sum * weight + 0.5);
      }
  return self;
}

CardGrey *
card_grey_turned (const CardGrey *self, gboolean half_turn, gboolean quarter_turn)
{
  int width = self->width, height = self->height;
  gsize n = (gsize) width * height;
  CardGrey *turned = quarter_turn ? card_grey_new (height, width) : card_grey_new (width, height);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        gsize from = (gsize) y * width + x;
        guint8 value = self->samples[half_turn ? n - 1 - from : from];

        if (quarter_turn)
          turned->samples[(gsize) x * height + (height - 1 - y)] = value;
        else
          turned->samples[from] = value;
      }
  return turned;
}

CardGrey *
card_grey_dark_mask (const CardGrey *self, int radius, double min_contrast, double spread_share)
{
  int width = self->width, height = self->height;
  CardGrey *mask = card_grey_new (width, height);
  /* column sums of the rows in the window, updated row by row: no table of the picture's own size is needed */
  g_autofree guint32 *sums = g_new0 (guint32, width);
  g_autofree guint32 *squares = g_new0 (guint32, width);
  int top = 0, bottom = 0;

  for (int y = 0; y < height; y++)
    {
      int want_top = MAX (y - radius, 0), want_bottom = MIN (y + radius + 1, height);
      guint64 sum = 0, square = 0;
      int left = 0, right = 0;

      for (; bottom < want_bottom; bottom++)
        for (int x = 0; x < width; x++)
          {
            guint32 v = self->samples[(gsize) bottom * width + x];

            sums[x] += v;
            squares[x] += v * v;
          }
      for (; top < want_top; top++)
        for (int x = 0; x < width; x++)
          {
            guint32 v = self->samples[(gsize) top * width + x];

            sums[x] -= v;
            squares[x] -= v * v;
          }
      for (int x = 0; x < width; x++)
        {
          int want_left = MAX (x - radius, 0), want_right = MIN (x + radius + 1, width);
          double n, mean, spread;

          for (; right < want_right; right++)
            {
              sum += sums[right];
              square += squares[right];
            }
          for (; left < want_left; left++)
            {
              sum -= sums[left];
              square -= squares[left];
            }
          n = (double) (want_bottom - want_top) * (want_right - want_left);
          mean = (double) sum / n;
          spread = sqrt (MAX ((double) square / n - mean * mean, 0.0));
          mask->samples[(gsize) y * width + x] =
              self->samples[(gsize) y * width + x] < mean - MAX (min_contrast, spread_share * spread);
        }
    }
  explicit_bzero (sums, sizeof *sums * (gsize) width);
  explicit_bzero (squares, sizeof *squares * (gsize) width);
  return mask;
}

CardFrame
card_frame_part (const CardFrame *frame, double x, double y, double angle_rad, double scale)
{
  double c = cos (angle_rad) * scale, s = sin (angle_rad) * scale;
  CardFrame part;

  card_frame_map (frame, x, y, &part.x0, &part.y0);
  part.ux = frame->ux * c - frame->uy * s;
  part.uy = frame->ux * s + frame->uy * c;
  return part;
}

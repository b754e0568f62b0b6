/* SPDX-License-Identifier: Apache-2.0 */
/* grey: small grey pictures cut from the page. */
#include "grey.h"

#include <math.h>
#include <string.h>

/* brightness in 1/256: the eye's weights, so that pastel ground patterns stay pale and red or blue ink stays dark */
#define RED_WEIGHT 77
#define GREEN_WEIGHT 150
#define BLUE_WEIGHT 29

#define TILE 48

static inline guint
brightness_at (const CardPage *page, int x, int y)
{
  const guint8 *p = page->samples + (gsize) y * page->stride + (gsize) x * page->n_channels;

  if (page->n_channels == 1)
    return p[0];
  return (RED_WEIGHT * p[0] + GREEN_WEIGHT * p[1] + BLUE_WEIGHT * p[2]) >> 8;
}

/* positions on the page in 1/65536 of a pixel; the page's sides keep within 31 bits and a sign */
#define FIX_BITS 16
#define FIX_ONE (1 << FIX_BITS)

/* Brightness between four pixels, 256 times too large. @x and @y count from pixel centres and lie on the page. */
static inline guint
bilinear_at (const CardPage *page, int x, int y)
{
  int x0 = x >> FIX_BITS, y0 = y >> FIX_BITS;
  int x1 = MIN (x0 + 1, (int) page->width_px - 1), y1 = MIN (y0 + 1, (int) page->height_px - 1);
  guint fx = (guint) (x & (FIX_ONE - 1)) >> 8, fy = (guint) (y & (FIX_ONE - 1)) >> 8;
  guint top = (256 - fx) * brightness_at (page, x0, y0) + fx * brightness_at (page, x1, y0);
  guint bottom = (256 - fx) * brightness_at (page, x0, y1) + fx * brightness_at (page, x1, y1);

  return ((256 - fy) * top + fy * bottom) >> 8;
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

/* Where the points lie that a cut averages: steps and the first one's place on the page, in 1/2^32 of a pixel. */
typedef struct
{
  gint64 x0;
  gint64 y0;
  gint64 ux;
  gint64 uy;
  int n_sub;
} CutGrid;

#define GRID_ONE 4294967296.0

static CutGrid
cut_grid (const CardFrame *frame)
{
  int n_sub = CLAMP ((int) (hypot (frame->ux, frame->uy) + 0.35), 1, 4);
  double ux = frame->ux / n_sub, uy = frame->uy / n_sub;

  return (CutGrid){
    .x0 = llrint ((frame->x0 - 0.5 + (ux - uy) / 2) * GRID_ONE),
    .y0 = llrint ((frame->y0 - 0.5 + (ux + uy) / 2) * GRID_ONE),
    .ux = llrint (ux * GRID_ONE),
    .uy = llrint (uy * GRID_ONE),
    .n_sub = n_sub,
  };
}

/* One sample: the mean of n_sub * n_sub points of its square. */
static inline guint8
cut_sample (const CardPage *page, const CutGrid *grid, int x, int y)
{
  const gint64 max_x = ((gint64) page->width_px - 1) << FIX_BITS, max_y = ((gint64) page->height_px - 1) << FIX_BITS;
  const int n_sub = grid->n_sub;
  guint sum = 0;

  for (int j = 0; j < n_sub; j++)
    for (int i = 0; i < n_sub; i++)
      {
        gint64 across = (gint64) x * n_sub + i, down = (gint64) y * n_sub + j;
        gint64 px = (grid->x0 + across * grid->ux - down * grid->uy) >> (32 - FIX_BITS);
        gint64 py = (grid->y0 + across * grid->uy + down * grid->ux) >> (32 - FIX_BITS);

        sum += bilinear_at (page, (int) CLAMP (px, 0, max_x), (int) CLAMP (py, 0, max_y));
      }
  return (guint8) ((sum / (guint) (n_sub * n_sub) + 128) >> 8);
}

CardGrey *
card_grey_cut (const CardPage *page, const CardFrame *frame, int width, int height)
{
  CardGrey *self = card_grey_new (width, height);
  const CutGrid grid = cut_grid (frame);

  /* tile by tile: a row of the picture may run down the page's columns, and would touch a new cache line at each step */
  for (int top = 0; top < height; top += TILE)
    for (int left = 0; left < width; left += TILE)
      for (int y = top; y < MIN (top + TILE, height); y++)
        for (int x = left; x < MIN (left + TILE, width); x++)
          self->samples[(gsize) y * width + x] = cut_sample (page, &grid, x, y);
  return self;
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

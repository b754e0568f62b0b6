/* SPDX-License-Identifier: Apache-2.0 */
/* grey: small grey pictures cut from the page. */
#include "grey.h"

#include <math.h>
#include <string.h>

#define TILE 48

/* Over two samples, so many levels are an edge; what is less may be a ground pattern or noise. */
#define LEAST_EDGE 24.0

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
  gsize n_columns;

  g_return_val_if_fail (page->n_channels == 1, NULL);

  factor = CLAMP (factor, 1, MIN (page->width_px, page->height_px));
  self = card_grey_new ((int) (page->width_px / factor), (int) (page->height_px / factor));
  n_columns = (gsize) self->width * factor;
  sums = g_new (guint32, n_columns);

  for (int y = 0; y < self->height; y++)
    {
      guint8 *samples = self->samples + (gsize) y * (gsize) self->width;

      memset (sums, 0, sizeof *sums * n_columns);
      for (guint j = 0; j < factor; j++)
        {
          const guint8 *row = page->samples + ((gsize) y * factor + j) * page->stride;

          for (gsize x = 0; x < n_columns; x++)
            sums[x] += row[x];
        }
      for (int x = 0; x < self->width; x++)
        {
          guint64 sum = 0;

          for (guint i = 0; i < factor; i++)
            sum += sums[(gsize) x * factor + i];
          samples[x] = (guint8) (sum / ((guint64) factor * factor));
        }
    }
  explicit_bzero (sums, sizeof *sums * n_columns);
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

#define GRID_BITS 32
#define GRID_ONE 4294967296.0
#define PART_BITS 8 /* of a pixel, between four of them */
#define PART_ONE (1 << PART_BITS)

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

/* The page as a cut sees it. The functions below are compiled anew for each case that their constants make. */
typedef struct
{
  const guint8 *samples;
  gsize stride;
  int max_x;
  int max_y;
} CutPage;

static inline guint
brightness_at (const CutPage *page, int x, int y)
{
  return page->samples[(gsize) y * page->stride + (gsize) x];
}

/* Brightness between four pixels. @px and @py count from pixel centres. */
static inline guint
between_at (const CutPage *page, gint64 px, gint64 py, gboolean inside)
{
  int x0 = (int) (px >> GRID_BITS), y0 = (int) (py >> GRID_BITS), x1 = x0 + 1, y1 = y0 + 1;
  guint fx = (guint) (px >> (GRID_BITS - PART_BITS)) & (PART_ONE - 1);
  guint fy = (guint) (py >> (GRID_BITS - PART_BITS)) & (PART_ONE - 1), top, bottom;

  if (!inside)
    {
      x0 = CLAMP (x0, 0, page->max_x);
      y0 = CLAMP (y0, 0, page->max_y);
      x1 = CLAMP (x1, 0, page->max_x);
      y1 = CLAMP (y1, 0, page->max_y);
    }
  top = (PART_ONE - fx) * brightness_at (page, x0, y0) + fx * brightness_at (page, x1, y0);
  bottom = (PART_ONE - fx) * brightness_at (page, x0, y1) + fx * brightness_at (page, x1, y1);
  return ((PART_ONE - fy) * top + fy * bottom + (PART_ONE * PART_ONE / 2)) >> (2 * PART_BITS);
}

/* One sample: between four pixels where a step is about one, else the mean of the n_sub * n_sub pixels nearest to its points. */
static inline guint8
cut_sample (const CutPage *page, const CutGrid *grid, gint64 px, gint64 py, int n_sub, gboolean inside)
{
  const gint64 half = (gint64) 1 << (GRID_BITS - 1);
  guint sum = 0;

  if (n_sub == 1)
    return (guint8) between_at (page, px, py, inside);
  px += half;
  py += half;
  for (int j = 0; j < n_sub; j++, px -= grid->uy, py += grid->ux)
    {
      gint64 qx = px, qy = py;

      for (int i = 0; i < n_sub; i++, qx += grid->ux, qy += grid->uy)
        {
          int x = (int) (qx >> GRID_BITS), y = (int) (qy >> GRID_BITS);

          if (!inside)
            {
              x = CLAMP (x, 0, page->max_x);
              y = CLAMP (y, 0, page->max_y);
            }
          sum += brightness_at (page, x, y);
        }
    }
  return (guint8) ((sum + (guint) (n_sub * n_sub) / 2) / (guint) (n_sub * n_sub));
}

typedef struct
{
  int left;
  int top;
  int right;
  int bottom;
} CutTile;

static inline void
cut_tile_as (const CutPage *page, const CutGrid *grid, CardGrey *out, const CutTile *tile, int n_sub, gboolean inside)
{
  const gint64 step_x = grid->ux * n_sub, step_y = grid->uy * n_sub;

  for (int y = tile->top; y < tile->bottom; y++)
    {
      gint64 px = grid->x0 + tile->left * step_x - y * step_y, py = grid->y0 + tile->left * step_y + y * step_x;
      guint8 *samples = out->samples + (gsize) y * (gsize) out->width;

      for (int x = tile->left; x < tile->right; x++, px += step_x, py += step_y)
        samples[x] = cut_sample (page, grid, px, py, n_sub, inside);
    }
}

static inline void
cut_tile_sub (const CutPage *page, const CutGrid *grid, CardGrey *out, const CutTile *tile, gboolean inside)
{
  switch (grid->n_sub)
    {
    case 1:
      cut_tile_as (page, grid, out, tile, 1, inside);
      break;
    case 2:
      cut_tile_as (page, grid, out, tile, 2, inside);
      break;
    case 3:
      cut_tile_as (page, grid, out, tile, 3, inside);
      break;
    default:
      cut_tile_as (page, grid, out, tile, 4, inside);
      break;
    }
}

/* Whether all points of the tile, and the pixels around them, lie on the page. */
static gboolean
tile_is_inside (const CutPage *page, const CutGrid *grid, const CutTile *tile)
{
  for (int k = 0; k < 4; k++)
    {
      gint64 x = (gint64) (k % 2 ? tile->right : tile->left) * grid->n_sub;
      gint64 y = (gint64) (k / 2 ? tile->bottom : tile->top) * grid->n_sub;
      gint64 px = (grid->x0 + x * grid->ux - y * grid->uy) >> GRID_BITS;
      gint64 py = (grid->y0 + x * grid->uy + y * grid->ux) >> GRID_BITS;

      if (px < 0 || py < 0 || px + 2 > page->max_x || py + 2 > page->max_y)
        return FALSE;
    }
  return TRUE;
}

CardGrey *
card_grey_cut (const CardPage *page, const CardFrame *frame, int width, int height)
{
  const CutGrid grid = cut_grid (frame);
  const CutPage cut_page = { page->samples, page->stride, (int) page->width_px - 1, (int) page->height_px - 1 };
  CardGrey *self;

  g_return_val_if_fail (page->n_channels == 1, NULL);

  self = card_grey_new (width, height);
  /* tile by tile: a row of the picture may run down the page's columns, and would touch a new cache line at each step */
  for (int top = 0; top < height; top += TILE)
    for (int left = 0; left < width; left += TILE)
      {
        const CutTile tile = { left, top, MIN (left + TILE, width), MIN (top + TILE, height) };

        if (tile_is_inside (&cut_page, &grid, &tile))
          cut_tile_sub (&cut_page, &grid, self, &tile, TRUE);
        else
          cut_tile_sub (&cut_page, &grid, self, &tile, FALSE);
      }
  return self;
}

void
card_grey_count (const CardGrey *self, guint ret_histogram[256])
{
  const gsize n = (gsize) self->width * (gsize) self->height;

  memset (ret_histogram, 0, 256 * sizeof *ret_histogram);
  for (gsize i = 0; i < n; i++)
    ret_histogram[self->samples[i]]++;
}

int
card_grey_level (const guint histogram[256], guint n, double share)
{
  guint sum = 0;

  for (int level = 0; level < 256; level++)
    {
      sum += histogram[level];
      if (sum >= share * n)
        return level;
    }
  return 255;
}

/* Brightness from one side of a sample to the other, the same for an edge of any direction; @along: to the next one beside it. */
static double
change_at (const guint8 *p, gssize across, gssize along)
{
  return (3 * (p[across - along] - p[-across - along]) + 10 * (p[across] - p[-across])
          + 3 * (p[across + along] - p[-across + along]))
         / 16.0;
}

double
card_grey_lean (const CardGrey *self)
{
  double real = 0.0, imaginary = 0.0;

  for (int y = 1; y + 1 < self->height; y++)
    for (int x = 1; x + 1 < self->width; x++)
      {
        const guint8 *p = self->samples + (gsize) y * (gsize) self->width + x;
        double across = change_at (p, 1, self->width), down = change_at (p, self->width, 1);
        double strength = across * across + down * down;
        /* of the direction's angle doubled twice, so that quarter turns count as none */
        double c = across * across - down * down, s = 2 * across * down;

        if (strength < LEAST_EDGE * LEAST_EDGE)
          continue;
        real += (c * c - s * s) / strength;
        imaginary += 2 * c * s / strength;
      }
  return real == 0.0 && imaginary == 0.0 ? 0.0 : atan2 (imaginary, real) / 4;
}

int
card_compare_doubles (gconstpointer a, gconstpointer b)
{
  const double p = *(const double *) a, q = *(const double *) b;

  return p < q ? -1 : p > q;
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

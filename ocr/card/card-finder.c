/* SPDX-License-Identifier: Apache-2.0 */
/* card-finder: where documents lie on the page, on a reduced copy. */
#include "card-finder.h"

#include <math.h>
#include <string.h>

#include "blobs.h"

#define WORK_DPI 100.0
#define MAX_WORK_SIDE 1700
#define MAX_GROUPS 4096

#define LEAST_SIDE_MM 18.0 /* of the longer side of anything taken for a document */
#define LEAST_BREADTH_MM 2.5
#define ID1_TOLERANCE 0.055 /* of either side */
/* A piece counts as a card of its own from this share of a card's sides on. */
#define CARD_LIKE 0.75

#define A4_LONG_INCH 11.69

/* A page is at most this long (A3 with some room), at least as long as most of a card, and not coarser than this. */
#define MOST_PAGE_INCH 17.5
#define LEAST_PAGE_INCH 2.8
#define LEAST_DPI 60.0
/* What a file says below this is a default (72, 96) rather than a scan's: no number could be read from one. */
#define LEAST_TOLD_DPI 120.0
/* A whole sheet has at least this many pixels to its length, or nothing on it could be read. */
#define LEAST_SHEET_PX 1500

/* An edge is this many grey levels per pixel, at least, and this many times the page's own unrest. */
#define LEAST_EDGE 7
#define EDGE_PER_UNREST 4
#define LEAST_SPECK_PX 6

#define MAX_FIT_POINTS 8000
#define BIN_WEIGHT 16
#define NEAR_RANGE_DEG 6.0
#define FULL_RANGE_DEG 45.0
#define EDGE_RIM 0.15   /* of a side's length: what a line along it must hold to be the card's edge */
#define PRINT_RIM 0.012 /* or to be print rather than a speck */

typedef struct
{
  double x;
  double y;
} Point;

/* --- edges ------------------------------------------------------------------------------------------------ */

static inline int
edge_at (const CardGrey *grey, int x, int y)
{
  const guint8 *p = grey->samples + (gsize) y * grey->width + x;

  return abs (p[1] - p[-1]) + abs (p[grey->width] - p[-grey->width]);
}

/* Below what value @share of all lie, to a part of a bin: whole levels are too coarse for a page without noise. */
static double
histogram_share (const guint *histogram, int n_bins, guint n, double share)
{
  double sum = 0.0, want = share * n;

  for (int i = 0; i < n_bins; i++)
    {
      if (sum + histogram[i] >= want && histogram[i] > 0)
        return i + (want - sum) / histogram[i];
      sum += histogram[i];
    }
  return n_bins;
}

static CardGrey *
edge_mask (const CardGrey *grey)
{
  CardGrey *mask = card_grey_new (grey->width, grey->height);
  guint histogram[511] = { 0 };
  guint n = 0;
  int edge;

  if (grey->width < 3 || grey->height < 3)
    return mask;
  for (int y = 1; y < grey->height - 1; y++)
    for (int x = 1; x < grey->width - 1; x++, n++)
      histogram[edge_at (grey, x, y)]++;
  edge = MAX (LEAST_EDGE, (int) ceil (histogram_share (histogram, 511, n, 0.4) * EDGE_PER_UNREST));
  for (int y = 1; y < grey->height - 1; y++)
    for (int x = 1; x < grey->width - 1; x++)
      mask->samples[(gsize) y * grey->width + x] = edge_at (grey, x, y) > edge;
  return mask;
}

/* Drops what stands alone, or nearly so: noise, not an edge. */
static void
drop_specks (CardGrey *mask)
{
  g_autoptr (GArray) blobs = card_blobs_find (mask, G_MAXUINT);

  for (guint i = 0; i < blobs->len; i++)
    {
      const CardBlob *blob = &g_array_index (blobs, CardBlob, i);

      if (blob->n_pixels >= LEAST_SPECK_PX)
        continue;
      for (int y = blob->y0; y < blob->y1; y++)
        memset (mask->samples + (gsize) y * mask->width + blob->x0, 0, (gsize) card_blob_width (blob));
    }
}

/* Sets every pixel within @radius (a square) of a set one. */
static CardGrey *
grown (const CardGrey *mask, int radius)
{
  g_autoptr (CardGrey) across = card_grey_new (mask->width, mask->height);
  CardGrey *result = card_grey_new (mask->width, mask->height);
  g_autofree int *last = g_new (int, mask->width);

  for (int y = 0; y < mask->height; y++)
    {
      const guint8 *from = mask->samples + (gsize) y * mask->width;
      guint8 *to = across->samples + (gsize) y * mask->width;
      int reach = -1;

      for (int x = 0; x < mask->width; x++)
        if (from[x])
          {
            int start = MAX (reach + 1, x - radius);

            reach = MIN (x + radius, mask->width - 1);
            for (int i = start; i <= reach; i++)
              to[i] = 1;
          }
    }
  for (int x = 0; x < mask->width; x++)
    last[x] = -1;
  for (int y = 0; y < mask->height; y++)
    for (int x = 0; x < mask->width; x++)
      if (across->samples[(gsize) y * mask->width + x])
        {
          int start = MAX (last[x] + 1, y - radius);

          last[x] = MIN (y + radius, mask->height - 1);
          for (int i = start; i <= last[x]; i++)
            result->samples[(gsize) i * mask->width + x] = 1;
        }
  return result;
}

/* --- smallest rectangle --------------------------------------------------------------------------------------------- */

static int
compare_points (gconstpointer a, gconstpointer b)
{
  const Point *p = a, *q = b;

  if (p->x != q->x)
    return p->x < q->x ? -1 : 1;
  return p->y < q->y ? -1 : p->y > q->y;
}

static double
turn_of (const Point *a, const Point *b, const Point *c)
{
  return (b->x - a->x) * (c->y - a->y) - (b->y - a->y) * (c->x - a->x);
}

/* Andrew's monotone chain. */
static GArray *
hull_of (GArray *points)
{
  GArray *hull = g_array_new (FALSE, FALSE, sizeof (Point));

  g_array_sort (points, compare_points);
  for (int pass = 0; pass < 2; pass++)
    {
      guint start = hull->len;

      for (guint i = 0; i < points->len; i++)
        {
          const Point *point = &g_array_index (points, Point, pass == 0 ? i : points->len - 1 - i);

          while (hull->len >= start + 2
                 && turn_of (&g_array_index (hull, Point, hull->len - 2), &g_array_index (hull, Point, hull->len - 1),
                             point)
                        <= 0)
            g_array_set_size (hull, hull->len - 1);
          g_array_append_val (hull, *point);
        }
      if (hull->len > start)
        g_array_set_size (hull, hull->len - 1);
    }
  return hull;
}

/* The width is the longer side, and the angle within a quarter turn of the page's rows. */
static void
set_longer_side (CardPlace *place)
{
  if (place->width < place->height)
    {
      double width = place->width;

      place->width = place->height;
      place->height = width;
      place->angle_rad += G_PI / 2;
    }
  while (place->angle_rad > G_PI / 2)
    place->angle_rad -= G_PI;
  while (place->angle_rad <= -G_PI / 2)
    place->angle_rad += G_PI;
}

static gboolean
smallest_rectangle (const GArray *hull, CardPlace *ret_place)
{
  double least = INFINITY;

  for (guint i = 0; i < hull->len; i++)
    {
      const Point *a = &g_array_index (hull, Point, i), *b = &g_array_index (hull, Point, (i + 1) % hull->len);
      double length = hypot (b->x - a->x, b->y - a->y), c, s;
      double low_u = INFINITY, high_u = -INFINITY, low_v = INFINITY, high_v = -INFINITY;

      if (length < 1e-9)
        continue;
      c = (b->x - a->x) / length;
      s = (b->y - a->y) / length;
      for (guint j = 0; j < hull->len; j++)
        {
          const Point *p = &g_array_index (hull, Point, j);
          double u = p->x * c + p->y * s, v = -p->x * s + p->y * c;

          low_u = MIN (low_u, u);
          high_u = MAX (high_u, u);
          low_v = MIN (low_v, v);
          high_v = MAX (high_v, v);
        }
      if ((high_u - low_u) * (high_v - low_v) < least)
        {
          double u = (low_u + high_u) / 2, v = (low_v + high_v) / 2;

          least = (high_u - low_u) * (high_v - low_v);
          ret_place->x = u * c - v * s;
          ret_place->y = u * s + v * c;
          ret_place->width = high_u - low_u;
          ret_place->height = high_v - low_v;
          ret_place->angle_rad = atan2 (s, c);
        }
    }
  set_longer_side (ret_place);
  return isfinite (least);
}

/* --- groups ---------------------------------------------------------------------------------------------------------- */

/* The outermost set pixels of each row and column of the group are all that the hull can touch. */
static GArray *
rim_points (const CardGrey *mask, const CardGrey *grown_mask, const CardBlob *box)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (Point));

  for (int y = box->y0; y < box->y1; y++)
    {
      const guint8 *row = mask->samples + (gsize) y * mask->width, *of = grown_mask->samples + (gsize) y * mask->width;
      int first = box->x0, last = box->x1 - 1;

      while (first <= last && !(row[first] && of[first] == 2))
        first++;
      while (last > first && !(row[last] && of[last] == 2))
        last--;
      if (first > last)
        continue;
      for (int j = 0; j < 2; j++)
        {
          Point left = { first, y + j }, right = { last + 1, y + j };

          g_array_append_val (points, left);
          g_array_append_val (points, right);
        }
    }
  return points;
}

/* Marks with 2 the connected piece of the grown mask that holds the pixel (x, y). */
static void
mark_piece (CardGrey *mask, int x, int y)
{
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (gsize));
  gsize at = (gsize) y * mask->width + x, width = (gsize) mask->width;

  mask->samples[at] = 2;
  g_array_append_val (stack, at);
  while (stack->len > 0)
    {
      gsize from = g_array_index (stack, gsize, stack->len - 1);
      int fx = (int) (from % width), fy = (int) (from / width);

      g_array_set_size (stack, stack->len - 1);
      for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++)
          {
            int nx = fx + dx, ny = fy + dy;

            if (nx < 0 || ny < 0 || nx >= mask->width || ny >= mask->height)
              continue;
            at = (gsize) ny * width + (gsize) nx;
            if (mask->samples[at] == 1)
              {
                mask->samples[at] = 2;
                g_array_append_val (stack, at);
              }
          }
    }
}

static void
unmark (CardGrey *mask, const CardBlob *box)
{
  for (int y = box->y0; y < box->y1; y++)
    for (int x = box->x0; x < box->x1; x++)
      if (mask->samples[(gsize) y * mask->width + x] == 2)
        mask->samples[(gsize) y * mask->width + x] = 0;
}

/* --- straightening ---------------------------------------------------------------------------------------------------- */

/* Every edge pixel of the marked group, thinned evenly to at most MAX_FIT_POINTS; @ret_share is what is left of one. */
static GArray *
edge_points (const CardGrey *mask, const CardGrey *grown_mask, const CardBlob *box, double *ret_share)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (Point));
  guint n = 0, every = 1;

  for (int pass = 0; pass < 2; pass++)
    {
      for (int y = box->y0; y < box->y1; y++)
        for (int x = box->x0; x < box->x1; x++)
          {
            gsize at = (gsize) y * mask->width + x;
            Point point = { x + 0.5, y + 0.5 };

            if (!mask->samples[at] || grown_mask->samples[at] != 2)
              continue;
            if (pass == 1 && n % every == 0)
              g_array_append_val (points, point);
            n++;
          }
      every = n / MAX_FIT_POINTS + 1;
      n = 0;
    }
  *ret_share = 1.0 / every;
  return points;
}

/*
 * Counts the points' coordinates along (c, s) from @low on, BIN_WEIGHT for each, shared between the two nearest units:
 * whole counts would beat with the pixel grid. Points outside are left out.
 */
static void
project (const GArray *points, double c, double s, double low, guint n_bins, guint *ret_bins)
{
  memset (ret_bins, 0, sizeof *ret_bins * n_bins);
  for (guint i = 0; i < points->len; i++)
    {
      const Point *point = &g_array_index (points, Point, i);
      double at = point->x * c + point->y * s - low;

      if (at >= 0 && at < n_bins - 1)
        {
          guint bin = (guint) at, share = (guint) ((at - bin) * BIN_WEIGHT);

          ret_bins[bin] += BIN_WEIGHT - share;
          ret_bins[bin + 1] += share;
        }
    }
}

/* High when the edges line up along or across the angle: those of the card, and those of its lines of text. */
static double
sharpness (const GArray *points, double angle_rad, double reach, guint *bins)
{
  const Point *first = &g_array_index (points, Point, 0);
  double c = cos (angle_rad), s = sin (angle_rad), sum = 0.0;
  guint n_bins = (guint) (2 * reach);

  for (int pass = 0; pass < 2; pass++)
    {
      double u = pass == 0 ? c : -s, v = pass == 0 ? s : c;

      project (points, u, v, first->x * u + first->y * v - reach, n_bins, bins);
      for (guint i = 0; i < n_bins; i++)
        sum += (double) bins[i] * bins[i];
    }
  return sum;
}

static double
sharpest_angle (const GArray *points, double from_rad, double half_range_rad, double step_rad, double reach,
                guint *bins)
{
  double best = from_rad, most = -1.0;

  for (double angle = from_rad - half_range_rad; angle <= from_rad + half_range_rad + 1e-9; angle += step_rad)
    {
      double value = sharpness (points, angle, reach, bins);

      if (value > most)
        {
          most = value;
          best = angle;
        }
    }
  return best;
}

/* The outermost bins that hold at least @least points. */
static void
trim (const guint *bins, guint n_bins, double least, guint *ret_first, guint *ret_last)
{
  guint first = 0, last = n_bins - 1;

  while (first < last && bins[first] < least)
    first++;
  while (last > first && bins[last] < least)
    last--;
  *ret_first = first;
  *ret_last = last;
}

/* The rectangle at @angle_rad around the group's lines of at least @rim of a side's length. */
static CardPlace
trimmed (const GArray *points, double share, double rim, double angle_rad, const CardPlace *around)
{
  double reach = hypot (around->width, around->height) + 4, c = cos (angle_rad), s = sin (angle_rad);
  double u = around->x * c + around->y * s - reach, v = -around->x * s + around->y * c - reach;
  guint n_bins = (guint) (2 * reach) + 1, first, last;
  g_autofree guint *bins = g_new0 (guint, n_bins);
  CardPlace place = *around;

  project (points, c, s, u, n_bins, bins);
  trim (bins, n_bins, BIN_WEIGHT * MAX (share * around->height * rim, 1), &first, &last);
  u += (first + last + 1) / 2.0;
  place.width = last + 1 - first;
  project (points, -s, c, v, n_bins, bins);
  trim (bins, n_bins, BIN_WEIGHT * MAX (share * around->width * rim, 1), &first, &last);
  v += (first + last + 1) / 2.0;
  place.height = last + 1 - first;
  place.x = u * c - v * s;
  place.y = u * s + v * c;
  place.angle_rad = angle_rad;
  return place;
}

static gboolean
has_card_aspect (const CardPlace *place)
{
  return place->height > 0
         && fabs (place->width / place->height / (CARD_ID1_WIDTH_MM / CARD_ID1_HEIGHT_MM) - 1) < ID1_TOLERANCE;
}

/*
 * Turns the rectangle so that edges and text are level, then pulls its sides in past dust and hairs: as far as a card's
 * own edges where that leaves a card, else only past single specks, because print that runs out thinly is not an edge.
 */
static void
straighten (const GArray *points, double share, CardPlace *place)
{
  double reach = hypot (place->width, place->height) + 4;
  g_autofree guint *bins = g_new0 (guint, (gsize) (2 * reach) + 1);
  CardPlace inside = *place;

  if (points->len < 16)
    return;
  /* the smallest rectangle around a card lies as the card does; around mere print it may lie in any way */
  for (int pass = 0; pass < 2; pass++)
    {
      double range = (pass == 0 ? NEAR_RANGE_DEG : FULL_RANGE_DEG) * G_PI / 180;
      double angle = sharpest_angle (points, place->angle_rad, range, 0.5 * G_PI / 180, reach, bins);

      angle = sharpest_angle (points, angle, 0.5 * G_PI / 180, 0.1 * G_PI / 180, reach, bins);
      inside = trimmed (points, share, EDGE_RIM, angle, place);
      if (has_card_aspect (&inside) && inside.width >= 0.8 * place->width)
        break;
      inside = trimmed (points, share, PRINT_RIM, angle, place);
    }
  set_longer_side (&inside);
  *place = inside;
}

static int
compare_area (gconstpointer a, gconstpointer b)
{
  const CardPlace *p = a, *q = b;
  double difference = q->width * q->height - p->width * p->height;

  return difference > 0 ? 1 : difference < 0 ? -1 : 0;
}

/*
 * Pieces are taken for one document whose own edge does not show: the rectangle around all of them, as the largest lies.
 */
static void
join_fragments (GArray *places)
{
  CardPlace whole = g_array_index (places, CardPlace, 0);
  double c = cos (whole.angle_rad), s = sin (whole.angle_rad);
  double low_u = INFINITY, high_u = -INFINITY, low_v = INFINITY, high_v = -INFINITY;

  for (guint i = 0; i < places->len; i++)
    {
      const CardPlace *place = &g_array_index (places, CardPlace, i);
      double turn = place->angle_rad - whole.angle_rad;
      double half_u = (place->width * fabs (cos (turn)) + place->height * fabs (sin (turn))) / 2;
      double half_v = (place->width * fabs (sin (turn)) + place->height * fabs (cos (turn))) / 2;
      double u = place->x * c + place->y * s, v = -place->x * s + place->y * c;

      low_u = MIN (low_u, u - half_u);
      high_u = MAX (high_u, u + half_u);
      low_v = MIN (low_v, v - half_v);
      high_v = MAX (high_v, v + half_v);
    }
  whole.x = (low_u + high_u) / 2 * c - (low_v + high_v) / 2 * s;
  whole.y = (low_u + high_u) / 2 * s + (low_v + high_v) / 2 * c;
  whole.width = high_u - low_u;
  whole.height = high_v - low_v;
  set_longer_side (&whole);
  g_array_set_size (places, 0);
  g_array_append_val (places, whole);
}

static gboolean
is_id1 (double width_mm, double height_mm)
{
  return fabs (width_mm / CARD_ID1_WIDTH_MM - 1) < ID1_TOLERANCE
         && fabs (height_mm / CARD_ID1_HEIGHT_MM - 1) < ID1_TOLERANCE;
}

/* Whether a page of these pixels may have this resolution: everything that is cut from it later is bounded by this. */
static gboolean
is_possible_dpi (const CardPage *page, double dpi)
{
  double inches = MAX (page->width_px, page->height_px) / dpi;

  return dpi >= LEAST_DPI && dpi <= CARD_PAGE_MAX_DPI && inches <= MOST_PAGE_INCH && inches >= LEAST_PAGE_INCH;
}

/* 0 when none is told, or one that cannot be: too coarse, or the page would be larger than any scanner's glass. */
static double
told_dpi_of (const CardPage *page)
{
  double inches = page->dpi > 0 ? MAX (page->width_px, page->height_px) / page->dpi : 0.0;

  return page->dpi >= LEAST_TOLD_DPI && inches <= MOST_PAGE_INCH ? page->dpi : 0.0;
}

static double
guess_dpi (const GArray *places, const CardPage *page)
{
  double longer = MAX (page->width_px, page->height_px), shorter = MIN (page->width_px, page->height_px);
  double id1 = CARD_ID1_WIDTH_MM / CARD_ID1_HEIGHT_MM, guess;

  for (guint i = 0; i < places->len; i++)
    {
      const CardPlace *place = &g_array_index (places, CardPlace, i);

      guess = place->width * CARD_MM_PER_INCH / CARD_ID1_WIDTH_MM;
      if (place->height > 0 && fabs (place->width / place->height / id1 - 1) < 0.03 && is_possible_dpi (page, guess))
        return guess;
    }
  if (longer >= LEAST_SHEET_PX && longer / shorter > 1.25 && longer / shorter < 1.48)
    guess = longer / A4_LONG_INCH;
  else
    guess = longer * CARD_MM_PER_INCH / (CARD_ID1_WIDTH_MM + 4);
  return CLAMP (guess, LEAST_DPI, CARD_PAGE_MAX_DPI);
}

static CardShape
shape_of (const CardPlace *place, double mm)
{
  double width_mm = place->width * mm, height_mm = place->height * mm;

  if (is_id1 (width_mm, height_mm))
    return CARD_SHAPE_ID1;
  if (width_mm < CARD_ID1_WIDTH_MM * (1 + ID1_TOLERANCE) && height_mm < CARD_ID1_HEIGHT_MM * (1 + ID1_TOLERANCE))
    return CARD_SHAPE_SMALL;
  return CARD_SHAPE_SHEET;
}

static gboolean
holds_middle_of (const CardPlace *place, const CardPlace *other)
{
  double c = cos (place->angle_rad), s = sin (place->angle_rad), dx = other->x - place->x, dy = other->y - place->y;

  return fabs (dx * c + dy * s) < place->width / 2 && fabs (-dx * s + dy * c) < place->height / 2;
}

/* What lies on a card or a sheet is part of it. Larger places come first. */
static void
drop_nested (GArray *places)
{
  for (guint i = 0; i < places->len; i++)
    {
      const CardPlace *place = &g_array_index (places, CardPlace, i);

      for (guint j = i + 1; place->shape != CARD_SHAPE_SMALL && j < places->len;)
        if (holds_middle_of (place, &g_array_index (places, CardPlace, j)))
          g_array_remove_index (places, j);
        else
          j++;
    }
}

static gboolean
is_card_sized (const CardPlace *place, double mm)
{
  return place->shape == CARD_SHAPE_ID1
         || (place->shape == CARD_SHAPE_SMALL && place->width * mm > CARD_LIKE * CARD_ID1_WIDTH_MM
             && place->height * mm > CARD_LIKE * CARD_ID1_HEIGHT_MM);
}

static void
name_shapes (CardScene *scene)
{
  double mm = CARD_MM_PER_INCH / scene->dpi;

  for (guint i = 0; i < scene->places->len;)
    {
      CardPlace *place = &g_array_index (scene->places, CardPlace, i);

      place->shape = shape_of (place, mm);
      if (place->width * mm < LEAST_SIDE_MM || place->height * mm < LEAST_BREADTH_MM)
        g_array_remove_index (scene->places, i);
      else
        i++;
    }
  drop_nested (scene->places);
  for (guint i = 0; i < scene->places->len; i++)
    scene->n_cards += is_card_sized (&g_array_index (scene->places, CardPlace, i), mm);
  /* one card and something else may be a sheet with a card's outline on it: judged as the sheet */
  if (scene->places->len > 1 && scene->n_cards < 2)
    {
      join_fragments (scene->places);
      g_array_index (scene->places, CardPlace, 0).shape = shape_of (&g_array_index (scene->places, CardPlace, 0), mm);
    }
}

CardScene *
card_finder_find (const CardPage *page)
{
  CardScene *scene = g_new0 (CardScene, 1);
  guint longer = MAX (page->width_px, page->height_px);
  double told_dpi = told_dpi_of (page);
  guint factor = (guint) MAX (lround (told_dpi / WORK_DPI), 1);
  g_autoptr (CardGrey) grey = NULL;
  g_autoptr (CardGrey) mask = NULL;
  g_autoptr (CardGrey) groups = NULL;
  g_autoptr (GArray) blobs = NULL;
  int radius;

  factor = MAX (factor, (longer + MAX_WORK_SIDE - 1) / MAX_WORK_SIDE);
  scene->places = g_array_new (FALSE, TRUE, sizeof (CardPlace));
  grey = card_grey_reduce (page, factor);
  mask = edge_mask (grey);
  drop_specks (mask);
  radius = told_dpi > 0 ? (int) MAX (lround (told_dpi / factor * 2.2 / CARD_MM_PER_INCH), 1) : 8;
  groups = grown (mask, radius);
  blobs = card_blobs_find (groups, MAX_GROUPS);

  for (guint i = 0; i < blobs->len; i++)
    {
      const CardBlob *box = &g_array_index (blobs, CardBlob, i);
      CardPlace place = { 0 };

      if (MAX (card_blob_width (box), card_blob_height (box)) < 4 * radius)
        continue;
      mark_piece (groups, box->seed_x, box->y0);
      {
        g_autoptr (GArray) points = rim_points (mask, groups, box);
        g_autoptr (GArray) hull = hull_of (points);

        if (smallest_rectangle (hull, &place) && place.height > 2 * radius)
          {
            double share;
            g_autoptr (GArray) edges = edge_points (mask, groups, box, &share);

            straighten (edges, share, &place);
            place.x *= factor;
            place.y *= factor;
            place.width *= factor;
            place.height *= factor;
            g_array_append_val (scene->places, place);
          }
      }
      unmark (groups, box);
    }
  g_array_sort (scene->places, compare_area);
  scene->dpi = told_dpi > 0 ? told_dpi : guess_dpi (scene->places, page);
  name_shapes (scene);
  return scene;
}

void
card_scene_free (CardScene *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->places);
  g_free (self);
}

CardFrame
card_place_frame (const CardPlace *self, double page_dpi, double dpi, double margin_mm, int *ret_width, int *ret_height)
{
  double step = page_dpi / dpi, margin = 2 * margin_mm * page_dpi / CARD_MM_PER_INCH;
  double width = self->width + margin, height = self->height + margin;
  CardFrame frame = { .ux = cos (self->angle_rad) * step, .uy = sin (self->angle_rad) * step };

  *ret_width = (int) MAX (lround (width / step), 1);
  *ret_height = (int) MAX (lround (height / step), 1);
  frame.x0 = self->x - (*ret_width * frame.ux - *ret_height * frame.uy) / 2;
  frame.y0 = self->y - (*ret_width * frame.uy + *ret_height * frame.ux) / 2;
  return frame;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* card-finder: where documents lie on the page, on a reduced copy. */
#include "card-finder.h"

#include <math.h>
#include <string.h>

#include "grey-net.h"
#include "mask.h"

/* What the network was trained on: pixels of its picture to the inch, and its picture's pixels to one cell of its answer. */
#define WORK_DPI 50.0
#define STRIDE 4
#define PADDED_TO 16

/* A cell is the card's from this share on. */
#define LEAST_SHARE 0.5f

#define MAX_WORK_SIDE 1700

/*
 * So far beyond the rim of the only card found, cells of this share and more that make up so much of a card's area are another
 * one (at least 0.19 of it on tuning pages with two cards, at most 0.04 on those with one). So is on a plainly different lid
 * what is nearer to the card's brightness than to the lid's.
 */
#define OTHER_OFF_MM 6.0
#define LEAST_LENGTH 0.8 /* of a card's longer side: what is shorter may lie either way */
#define FAINT_SHARE 0.2f
#define FAINT_LEAST_AREA 0.1
#define BRIGHT_LEAST_CONTRAST 50
#define BRIGHT_SHARE 0.6
#define BRIGHT_LEAST_AREA 0.35

#define ID1_TOLERANCE 0.15 /* of either side: the mask's rim is no finer */
/* A piece counts as a card of its own from this share of a card's area on, and as two from the other one on. */
#define LEAST_CARD_AREA 0.45
#define TWO_CARDS_AREA 1.55

/* A page is at most this long (A3 with some room), at least as long as most of a card, and not coarser than this. */
#define MOST_PAGE_INCH 17.5
#define LEAST_PAGE_INCH 2.8
#define LEAST_DPI 60.0
/* What a file says below this is a default (72, 96) rather than a scan's: no number could be read from one. */
#define LEAST_TOLD_DPI 120.0
#define USUAL_DPI_TOLERANCE 0.1
/* Pages whose resolution is not told are a sheet or glass this long, or a card with this much around it. */
#define A4_LONG_INCH 11.69
#define CARD_PAGE_LONG_INCH 3.62
/* What a feeder makes of one card, laid askew, is not longer than this. */
#define CARD_PAGE_MOST_MM 112.0
/* A whole sheet has at least this many pixels to its length, or nothing on it could be read. */
#define LEAST_SHEET_PX 1500

/*
 * Edges: from so many grey levels on one is as good as any other, be it a magnetic stripe's. A millimetre off a card's size
 * weighs so much of that, and so does this way from where the card seemed.
 */
#define EDGE_PLAIN_LEVELS 3.0
#define EDGE_SIZE_WEIGHT 0.15
#define EDGE_PLACE_WEIGHT 0.35
#define EDGE_PLACE_MM 4.0
#define EDGE_SPARE_MM 2.0

struct _CardFinder
{
  Net *net;
};

/* One hypothesis about the page's resolution, looked at. */
typedef struct
{
  double dpi;
  guint factor;
  CardGrey *reduced; /* owned: the page by factor */
  NetPlanes *planes; /* owned: shares, 0 to 1 */
  GArray *cards;     /* owned, of CardPlace */
  guint n_cards;
} Sight;

static void
sight_clear (Sight *sight)
{
  g_clear_pointer (&sight->reduced, card_grey_free);
  g_clear_pointer (&sight->planes, net_planes_free);
  g_clear_pointer (&sight->cards, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sight, sight_clear)

/* --- the mask ----------------------------------------------------------------------------------------------------- */

/* The network's answer for the reduced page, as shares. */
static NetPlanes *
mask_of (const Net *net, const CardGrey *grey)
{
  NetPlanes *planes = grey_net_run (net, grey, PADDED_TO);

  for (gsize i = 0; planes != NULL && i < (gsize) planes->n_planes * planes->width * planes->height; i++)
    planes->values[i] = grey_net_share (planes->values[i]);
  return planes;
}

/* How far from (@x, @y) along (@ux, @uy) the piece goes on, at most @most. */
static double
reach_at (const float *plane, int width, int height, double x, double y, double ux, double uy, double most)
{
  const double step = 0.25;
  double at = most;

  while (at > 0.0 && mask_share_at (plane, width, height, x + ux * at, y + uy * at) < LEAST_SHARE)
    at -= step;
  return at;
}

#define N_REACHES 9

/*
 * One side of the rectangle around (@x, @y), in the direction (@ux, @uy) and twice @half long: how far away it is, and by how
 * much it leans. Single places may be off: a corner torn, a thumb's shadow.
 */
static double
measure_side (const float *plane, int width, int height, double x, double y, double ux, double uy, double half,
              double most, double *ret_slope)
{
  double reaches[N_REACHES], sorted[N_REACHES], middle, sum_s = 0.0, sum_ss = 0.0, sum_d = 0.0, sum_sd = 0.0;
  int n = 0;

  for (int i = 0; i < N_REACHES; i++)
    {
      double along = 0.8 * half * (2.0 * i / (N_REACHES - 1) - 1);

      reaches[i] = sorted[i] = reach_at (plane, width, height, x - uy * along, y + ux * along, ux, uy, most);
    }
  qsort (sorted, N_REACHES, sizeof *sorted, card_compare_doubles);
  middle = sorted[N_REACHES / 2];
  for (int i = 0; i < N_REACHES; i++)
    {
      double along = 0.8 * half * (2.0 * i / (N_REACHES - 1) - 1);

      if (fabs (reaches[i] - middle) > 1.5)
        continue;
      n++;
      sum_s += along;
      sum_ss += along * along;
      sum_d += reaches[i];
      sum_sd += along * reaches[i];
    }
  *ret_slope = n * sum_ss - sum_s * sum_s > 1e-6 ? (n * sum_sd - sum_s * sum_d) / (n * sum_ss - sum_s * sum_s) : 0.0;
  return n > 0 ? sum_d / n : middle;
}

/* The rectangle of a piece, in cells: roughly by its moments, then by its four sides. */
static CardPlace
fit_rectangle (const float *plane, int width, int height, const MaskMoments *m)
{
  double x = m->x / m->n, y = m->y / m->n;
  double xx = m->xx / m->n - x * x, yy = m->yy / m->n - y * y, xy = m->xy / m->n - x * y;
  double spread = hypot (xx - yy, 2 * xy);
  double half_u = sqrt (3 * MAX ((xx + yy + spread) / 2, 0.01)), half_v = sqrt (3 * MAX ((xx + yy - spread) / 2, 0.01));
  CardPlace place = { .x = x, .y = y, .angle_rad = 0.5 * atan2 (2 * xy, xx - yy) };

  for (int pass = 0; pass < 3; pass++)
    {
      double c = cos (place.angle_rad), s = sin (place.angle_rad), slopes[4];
      double most_u = 1.3 * half_u + 2, most_v = 1.3 * half_v + 2;
      double right = measure_side (plane, width, height, place.x, place.y, c, s, half_v, most_u, &slopes[0]);
      double left = measure_side (plane, width, height, place.x, place.y, -c, -s, half_v, most_u, &slopes[1]);
      double down = measure_side (plane, width, height, place.x, place.y, -s, c, half_u, most_v, &slopes[2]);
      double up = measure_side (plane, width, height, place.x, place.y, s, -c, half_u, most_v, &slopes[3]);

      place.x += (right - left) / 2 * c - (down - up) / 2 * s;
      place.y += (right - left) / 2 * s + (down - up) / 2 * c;
      half_u = place.width = (left + right) / 2;
      half_v = place.height = (up + down) / 2;
      /* the longer a side, the more its lean says */
      if (half_u > 1 && half_v > 1)
        place.angle_rad -= (half_v * half_v * (slopes[0] + slopes[1]) + half_u * half_u * (slopes[2] + slopes[3]))
                           / (2 * (half_u * half_u + half_v * half_v));
    }
  place.width *= 2;
  place.height *= 2;
  return place;
}

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

/* Every piece of at least @least_cells, as rectangles in page pixels. */
static GArray *
pieces_of (const NetPlanes *planes, double least_cells, double cell_px)
{
  const int width = planes->width, height = planes->height;
  const float *plane = planes->values;
  GArray *places = g_array_new (FALSE, TRUE, sizeof (CardPlace));
  g_autoptr (GArray) cells = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autofree guint8 *seen = g_malloc0 ((gsize) width * height);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        CardPlace place;
        MaskMoments m;

        if (seen[y * width + x] || plane[y * width + x] < LEAST_SHARE)
          continue;
        mask_take_piece (plane, width, height, LEAST_SHARE, x, y, seen, cells);
        m = mask_moments (plane, width, (const gint32 *) cells->data, cells->len);
        if (m.n < least_cells)
          continue;
        place = fit_rectangle (plane, width, height, &m);
        place.x *= cell_px;
        place.y *= cell_px;
        place.width *= cell_px;
        place.height *= cell_px;
        set_longer_side (&place);
        g_array_append_val (places, place);
      }
  return places;
}

/* --- the page ----------------------------------------------------------------------------------------------------- */

static gboolean
is_id1 (double width_mm, double height_mm)
{
  return fabs (width_mm / CARD_ID1_WIDTH_MM - 1) < ID1_TOLERANCE
         && fabs (height_mm / CARD_ID1_HEIGHT_MM - 1) < ID1_TOLERANCE;
}

/* 0 when none is told, or one that cannot be: too coarse, or the page would be larger than any scanner's glass. */
static double
told_dpi_of (const CardPage *page)
{
  double inches = page->dpi > 0 ? MAX (page->width_px, page->height_px) / page->dpi : 0.0;

  return page->dpi >= LEAST_TOLD_DPI && inches <= MOST_PAGE_INCH ? page->dpi : 0.0;
}

static int
compare_area (gconstpointer a, gconstpointer b)
{
  const CardPlace *p = a, *q = b;
  double difference = q->width * q->height - p->width * p->height;

  return difference > 0 ? 1 : difference < 0 ? -1 : 0;
}

/* Looks at the page as one of @dpi. FALSE when that cannot be. */
static gboolean
look (const CardFinder *self, const CardPage *page, double dpi, Sight *ret_sight)
{
  Sight sight = { .dpi = dpi };
  guint longer = MAX (page->width_px, page->height_px);
  g_autoptr (CardGrey) grey = NULL;
  double cell_mm, id1_cells;

  sight.factor = (guint) MAX (lround (dpi / WORK_DPI), 1);
  sight.factor = MAX (sight.factor, (longer + MAX_WORK_SIDE - 1) / MAX_WORK_SIDE);
  grey = card_grey_reduce (page, sight.factor);
  sight.planes = mask_of (self->net, grey);
  if (sight.planes == NULL)
    return FALSE;
  sight.reduced = g_steal_pointer (&grey);
  cell_mm = STRIDE * sight.factor * CARD_MM_PER_INCH / dpi;
  id1_cells = CARD_ID1_WIDTH_MM * CARD_ID1_HEIGHT_MM / (cell_mm * cell_mm);
  sight.cards = pieces_of (sight.planes, LEAST_CARD_AREA * id1_cells, STRIDE * sight.factor);
  for (guint i = 0; i < sight.cards->len; i++)
    {
      CardPlace *place = &g_array_index (sight.cards, CardPlace, i);
      double mm = CARD_MM_PER_INCH / dpi;

      place->shape = is_id1 (place->width * mm, place->height * mm) ? CARD_SHAPE_ID1 : CARD_SHAPE_SMALL;
      sight.n_cards +=
          place->width * place->height * mm * mm > TWO_CARDS_AREA * CARD_ID1_WIDTH_MM * CARD_ID1_HEIGHT_MM ? 2 : 1;
    }
  g_array_sort (sight.cards, compare_area);
  *ret_sight = sight;
  return TRUE;
}

/* The resolution at which the one card seen has a card's size; 0 when it has not a card's proportions. */
static double
dpi_by_card (const CardPage *page, const Sight *sight)
{
  const CardPlace *place = sight->cards->len > 0 ? &g_array_index (sight->cards, CardPlace, 0) : NULL;
  double aspect = CARD_ID1_WIDTH_MM / CARD_ID1_HEIGHT_MM, inches, dpi;

  if (place == NULL || fabs (place->width / place->height / aspect - 1) > ID1_TOLERANCE)
    return 0.0;
  dpi = sqrt (place->width * place->height / (CARD_ID1_WIDTH_MM * CARD_ID1_HEIGHT_MM)) * CARD_MM_PER_INCH;
  inches = MAX (page->width_px, page->height_px) / dpi;
  return dpi >= LEAST_DPI && dpi <= CARD_PAGE_MAX_DPI && inches <= MOST_PAGE_INCH && inches >= LEAST_PAGE_INCH ? dpi
                                                                                                               : 0.0;
}

/* The resolution of scanners that is as good as @dpi, as far as a card's rim tells; or @dpi. */
static double
usual_dpi (double dpi)
{
  static const double usual[] = { 100, 150, 200, 240, 300, 400, 600, 1200 };

  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    if (fabs (dpi / usual[i] - 1) < USUAL_DPI_TOLERANCE)
      return usual[i];
  return dpi;
}

/* Without a resolution the page is looked at as a sheet or glass and as a card's page, the likelier first. */
static gboolean
look_without_dpi (const CardFinder *self, const CardPage *page, Sight *ret_sight)
{
  double longer = MAX (page->width_px, page->height_px), shorter = MIN (page->width_px, page->height_px);
  const double guesses[] = { longer / A4_LONG_INCH, longer / CARD_PAGE_LONG_INCH };
  gboolean sheet_first = longer >= LEAST_SHEET_PX && longer / shorter > 1.25 && longer / shorter < 1.48;
  gboolean seen = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (guesses); i++)
    {
      gboolean as_sheet = (i == 0) == sheet_first;
      double dpi = CLAMP (guesses[as_sheet ? 0 : 1], LEAST_DPI, CARD_PAGE_MAX_DPI), by_card;
      g_auto (Sight) sight = { 0 };

      if ((as_sheet && longer < LEAST_SHEET_PX) || !look (self, page, dpi, &sight))
        continue;
      by_card = dpi_by_card (page, &sight);
      if (by_card > 0 && fabs (by_card / dpi - 1) < 0.3)
        {
          sight_clear (ret_sight);
          *ret_sight = sight;
          sight = (Sight){ 0 };
          by_card = ret_sight->dpi = usual_dpi (by_card);
          for (guint k = 0; k < ret_sight->cards->len; k++)
            {
              CardPlace *place = &g_array_index (ret_sight->cards, CardPlace, k);
              double mm = CARD_MM_PER_INCH / by_card;

              place->shape = is_id1 (place->width * mm, place->height * mm) ? CARD_SHAPE_ID1 : CARD_SHAPE_SMALL;
            }
          return TRUE;
        }
      if (!seen)
        {
          *ret_sight = sight;
          sight = (Sight){ 0 };
          seen = TRUE;
        }
    }
  return seen;
}

/* The only card found, of which perhaps a part was seen, and where all of it may lie, with OTHER_OFF_MM around it. */
typedef struct
{
  CardPlace card;
  CardPlace reach;
  double c, s;
} Reach;

static Reach
reach_of (const CardPlace *place, double mm)
{
  const double width = CARD_ID1_WIDTH_MM * mm, height = CARD_ID1_HEIGHT_MM * mm;
  /* of a piece shorter than a card either side may be the longer one */
  double across = place->width < LEAST_LENGTH * width ? width : height;
  Reach reach = { .card = *place, .reach = *place, .c = cos (place->angle_rad), .s = sin (place->angle_rad) };

  reach.reach.width += 2 * (MAX (width - place->width, 0.0) + OTHER_OFF_MM * mm);
  reach.reach.height += 2 * (MAX (across - place->height, 0.0) + OTHER_OFF_MM * mm);
  return reach;
}

static gboolean
is_beyond (const Reach *reach, double x, double y)
{
  return card_place_off (&reach->reach, reach->c, reach->s, x, y) > 0.0;
}

static gboolean
is_within (const Reach *reach, double x, double y)
{
  return card_place_off (&reach->card, reach->c, reach->s, x, y) < 0.0;
}

/* What the network thinks a card, if hardly, beyond the only one found: so many cards' areas. */
static double
faint_cards (const Sight *sight, const Reach *card)
{
  const NetPlanes *planes = sight->planes;
  const double mm = sight->dpi / CARD_MM_PER_INCH, cell_px = STRIDE * (double) sight->factor, cell_mm = cell_px / mm;
  int n = 0;

  for (int y = 0; y < planes->height; y++)
    for (int x = 0; x < planes->width; x++)
      n += planes->values[(gsize) y * planes->width + x] >= FAINT_SHARE
           && is_beyond (card, (x + 0.5) * cell_px, (y + 0.5) * cell_px);
  return n * cell_mm * cell_mm / (CARD_ID1_WIDTH_MM * CARD_ID1_HEIGHT_MM);
}

/* What is as bright as the only card found rather than as the lid, where the two are plainly different, beyond it: so many cards' areas. */
static double
bright_cards (const Sight *sight, const Reach *card)
{
  const CardGrey *grey = sight->reduced;
  const double mm = sight->dpi / CARD_MM_PER_INCH, cell_mm = sight->factor / mm;
  guint around[256] = { 0 }, within[256] = { 0 }, n_around = 0, n_within = 0, n_like = 0;
  int lid, paper;

  for (int y = 0; y < grey->height; y++)
    for (int x = 0; x < grey->width; x++)
      {
        double at_x = (x + 0.5) * sight->factor, at_y = (y + 0.5) * sight->factor;
        gboolean beyond = is_beyond (card, at_x, at_y), within_card = !beyond && is_within (card, at_x, at_y);
        guint8 value = grey->samples[(gsize) y * (gsize) grey->width + (gsize) x];

        around[value] += beyond;
        n_around += beyond;
        within[value] += within_card;
        n_within += within_card;
      }
  if (n_around == 0 || n_within == 0)
    return 0.0;
  lid = card_grey_level (around, n_around, 0.5);
  paper = card_grey_level (within, n_within, 0.5);
  for (int value = 0; value < 256; value++)
    if ((value - lid) * (paper > lid ? 1 : -1) > BRIGHT_SHARE * abs (paper - lid))
      n_like += around[value];
  explicit_bzero (around, sizeof around);
  explicit_bzero (within, sizeof within);
  return abs (paper - lid) < BRIGHT_LEAST_CONTRAST
             ? 0.0
             : n_like * cell_mm * cell_mm / (CARD_ID1_WIDTH_MM * CARD_ID1_HEIGHT_MM);
}

/* Whether beyond the only card found lies another one that was not known for one. */
static gboolean
has_other_card (const Sight *sight)
{
  const Reach card = reach_of (&g_array_index (sight->cards, CardPlace, 0), sight->dpi / CARD_MM_PER_INCH);

  return faint_cards (sight, &card) >= FAINT_LEAST_AREA || bright_cards (sight, &card) >= BRIGHT_LEAST_AREA;
}

CardFinder *
card_finder_new (void)
{
  Net *net = grey_net_load ("/azukari/card/page.azn", 1);
  CardFinder *self = net != NULL ? g_new0 (CardFinder, 1) : NULL;

  if (self != NULL)
    self->net = net;
  return self;
}

void
card_finder_free (CardFinder *self)
{
  if (self == NULL)
    return;
  net_free (self->net);
  g_free (self);
}

CardScene *
card_finder_find (const CardFinder *self, const CardPage *page)
{
  CardScene *scene = g_new0 (CardScene, 1);
  double told_dpi = told_dpi_of (page);
  g_auto (Sight) sight = { 0 };
  gboolean seen;

  scene->places = g_array_new (FALSE, TRUE, sizeof (CardPlace));
  seen = told_dpi > 0 ? look (self, page, told_dpi, &sight) : look_without_dpi (self, page, &sight);
  scene->dpi = seen ? sight.dpi : MAX (told_dpi, LEAST_DPI);
  if (!seen)
    return scene;
  g_array_append_vals (scene->places, sight.cards->data, sight.cards->len);
  scene->n_cards = sight.n_cards == 1 && has_other_card (&sight) ? 2 : sight.n_cards;
  scene->reduced = g_steal_pointer (&sight.reduced);
  scene->factor = sight.factor;
  return scene;
}

void
card_scene_free (CardScene *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->places);
  card_grey_free (self->reduced);
  g_free (self);
}

CardPlace
card_place_page (const CardPage *page, double dpi)
{
  double longer_mm = MAX (page->width_px, page->height_px) * CARD_MM_PER_INCH / dpi;
  CardPlace place = { .shape = longer_mm < CARD_PAGE_MOST_MM ? CARD_SHAPE_SMALL : CARD_SHAPE_SHEET,
                      .x = page->width_px / 2.0,
                      .y = page->height_px / 2.0,
                      .width = page->width_px,
                      .height = page->height_px };

  /* print on a sheet runs along its shorter side, on a card along its longer one */
  if (place.shape != CARD_SHAPE_SHEET)
    set_longer_side (&place);
  return place;
}

double
card_place_off (const CardPlace *self, double c, double s, double x, double y)
{
  double dx = x - self->x, dy = y - self->y;

  return MAX (fabs (dx * c + dy * s) - self->width / 2, fabs (-dx * s + dy * c) - self->height / 2);
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

/* How sharply brightness changes from each column to the next over the middle rows, all rows together; @across: rows for columns. */
static void
edge_profile (const CardGrey *view, gboolean across, double *ret_edges)
{
  int n = across ? view->height : view->width, other = across ? view->width : view->height;
  gsize step = across ? (gsize) view->width : 1, next = across ? 1 : (gsize) view->width;
  int from = other / 5, to = MAX (other - from, from + 1);

  for (int i = 0; i < n; i++)
    {
      int sum = 0;

      ret_edges[i] = 0.0;
      if (i == 0 || i == n - 1)
        continue;
      for (int k = from; k < to; k++)
        {
          const guint8 *p = view->samples + (gsize) i * step + (gsize) k * next;

          sum += p[step] - *(p - step);
        }
      ret_edges[i] = fabs ((double) sum / (to - from));
    }
}

/* Two edges about @size apart and not far from the middle that stand out most. */
static void
find_edges (const double *edges, int n, double size, double mm, double *ret_middle, double *ret_size)
{
  double most = -INFINITY;

  *ret_middle = n / 2.0;
  *ret_size = size;
  for (int first = 1; first < n - 1; first++)
    for (int off = (int) (-EDGE_SPARE_MM * mm); off <= (int) (EDGE_SPARE_MM * mm); off++)
      {
        int last = first + (int) lround (size) + off;
        double away = ((first + last + 1) / 2.0 - n / 2.0) / (EDGE_PLACE_MM * mm), worth;

        if (last >= n - 1)
          break;
        worth = MIN (edges[first] / EDGE_PLAIN_LEVELS, 1.0) + MIN (edges[last] / EDGE_PLAIN_LEVELS, 1.0)
                - EDGE_SIZE_WEIGHT * (off / mm) * (off / mm) - EDGE_PLACE_WEIGHT * away * away;
        if (worth <= most)
          continue;
        most = worth;
        *ret_middle = (first + last + 1) / 2.0;
        *ret_size = last - first;
      }
}

CardPlace
card_place_snap (const CardPlace *self, const CardGrey *view, const CardFrame *frame, double dpi)
{
  double mm = dpi / CARD_MM_PER_INCH, scale = hypot (frame->ux, frame->uy), x, y, width, height;
  g_autofree double *edges = g_new (double, MAX (view->width, view->height));
  CardPlace place = *self;

  edge_profile (view, FALSE, edges);
  find_edges (edges, view->width, CARD_ID1_WIDTH_MM * mm, mm, &x, &width);
  edge_profile (view, TRUE, edges);
  find_edges (edges, view->height, CARD_ID1_HEIGHT_MM * mm, mm, &y, &height);
  card_frame_map (frame, x, y, &place.x, &place.y);
  place.width = width * scale;
  place.height = height * scale;
  place.shape = CARD_SHAPE_ID1;
  return place;
}

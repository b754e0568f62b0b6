/* SPDX-License-Identifier: Apache-2.0 */
/* print: where lines of print run on a document. */
#include "print.h"

#include <math.h>
#include <string.h>

#include "grey-net.h"
#include "mask.h"

/* The network's answer: a cell is so many pixels, and has these values. */
#define STRIDE 4
#define PADDED_TO 8
enum
{
  CORE,
  NUMBER,
  LABEL,
  CODE,
  UP, /* four of them */
  HEIGHT = UP + 4,
  N_OUT
};

/* Of a share: what counts as a line. The number and its label may be faint: what is made of them is read anyway. */
#define LEAST_CORE 0.5f
#define LEAST_NUMBER 0.3f
#define LEAST_LABEL 0.3f
#define LEAST_CODE 0.5f

#define LEAST_CELLS 2.0
#define MAX_LINES 400

/* Lines that say how the document is tilted: so long, in heights, and so many. */
#define TILT_LENGTH 7.0
#define TILT_LINES 3

/* Pieces of one line: in heights, how far apart (groups of a number farther), how far off each other's line; how unlike in height. */
#define JOIN_GAP 0.8
#define JOIN_NUMBER_GAP 4.0
#define JOIN_HEIGHTS 1.25
#define JOIN_OFF 0.45

/* A line whose print is so much higher (ln) on one side of some place than on the other is two; each of at least so many cells. */
#define SPLIT_DIFFERENCE 0.25
#define SPLIT_CELLS 4.0

/* The ends of a number, in heights: what is looked at to see whether it fades, how far it may go on, over what gap. */
#define FADING_HEIGHTS 2.0
#define SURE_END 0.6
#define WHOLE_HEIGHTS 9.0 /* what is shorter is not all of it */
#define MOST_GROWTH_HEIGHTS 12.0
#define GROWTH_GAP_HEIGHTS 1.2

struct _PrintReader
{
  Net *net;
};

static NetPlanes *
answer_of (const Net *net, const CardGrey *view)
{
  NetPlanes *planes = grey_net_run (net, view, PADDED_TO);
  gsize n_cells;

  if (planes == NULL)
    return NULL;
  n_cells = (gsize) planes->width * planes->height;
  for (gsize i = 0; i < n_cells; i++)
    {
      float most = planes->values[UP * n_cells + i], sum = 0.0f;

      for (int k = CORE; k < UP; k++)
        planes->values[k * n_cells + i] = grey_net_share (planes->values[k * n_cells + i]);
      for (int k = 1; k < 4; k++)
        most = MAX (most, planes->values[(UP + k) * n_cells + i]);
      for (int k = 0; k < 4; k++)
        sum += planes->values[(UP + k) * n_cells + i] = expf (planes->values[(UP + k) * n_cells + i] - most);
      for (int k = 0; k < 4; k++)
        planes->values[(UP + k) * n_cells + i] /= sum;
    }
  return planes;
}

static const float *
plane_of (const NetPlanes *planes, int index)
{
  return planes->values + (gsize) index * planes->width * planes->height;
}

/* In which direction the cells run, for one who reads @up; a piece too short to have one lies as the document does. */
static double
angle_of (const MaskMoments *m, int up)
{
  double x = m->x / m->n, y = m->y / m->n;
  double xx = m->xx / m->n - x * x, yy = m->yy / m->n - y * y, xy = m->xy / m->n - x * y;
  double spread = hypot (xx - yy, 2 * xy), longer = (xx + yy + spread) / 2, shorter = (xx + yy - spread) / 2;
  double angle = longer > 6 * MAX (shorter, 0.1) ? 0.5 * atan2 (2 * xy, xx - yy) : up * G_PI / 2;

  return print_angle_towards (angle, up);
}

/* Places of print along a line; the cells' order. */
typedef struct
{
  double along;
  gint32 cell;
} Place;

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const Place *p = a, *q = b;

  return p->along < q->along ? -1 : p->along > q->along;
}

/*
 * Two lines of unlike height that run into each other, a title and the small print beside it: the cell from which on the
 * second one stands, or 0. Sorts the cells along the line.
 */
static guint
find_split (const NetPlanes *planes, const float *plane, gint32 *cells, guint n, int up)
{
  const float *heights = plane_of (planes, HEIGHT);
  const MaskMoments m = mask_moments (plane, planes->width, cells, n);
  const double angle = angle_of (&m, up);
  double c = cos (angle), s = sin (angle), sum = 0.0, all = 0.0, most = SPLIT_DIFFERENCE;
  g_autofree Place *places = g_new (Place, n);
  guint split = 0;

  for (guint i = 0; i < n; i++)
    {
      places[i].cell = cells[i];
      places[i].along = cells[i] % planes->width * c + cells[i] / planes->width * s;
      all += heights[cells[i]];
    }
  qsort (places, n, sizeof *places, compare_places);
  for (guint i = 0; i < n; i++)
    {
      double difference = i > 0 ? fabs (sum / i - (all - sum) / (n - i)) : 0.0;

      cells[i] = places[i].cell;
      if (difference > most && places[i].along - places[0].along >= SPLIT_CELLS
          && places[n - 1].along - places[i].along >= SPLIT_CELLS)
        {
          most = difference;
          split = i;
        }
      sum += heights[places[i].cell];
    }
  return split;
}

static void
add_line (const NetPlanes *planes, const float *plane, const gint32 *cells, guint n, int up, GArray *lines)
{
  const int width = planes->width;
  const float *heights = plane_of (planes, HEIGHT);
  const MaskMoments m = mask_moments (plane, width, cells, n);
  double x = m.x / m.n, y = m.y / m.n, low = INFINITY, high = -INFINITY, log_height = 0.0;
  PrintLine line = { .angle_rad = angle_of (&m, up), .share = m.n / n };
  double c = cos (line.angle_rad), s = sin (line.angle_rad);

  if (m.n < LEAST_CELLS || lines->len >= MAX_LINES)
    return;
  for (guint i = 0; i < n; i++)
    {
      double along = (cells[i] % width + 0.5 - x) * c + (cells[i] / width + 0.5 - y) * s;

      low = MIN (low, along - 0.5);
      high = MAX (high, along + 0.5);
      log_height += plane[cells[i]] * heights[cells[i]];
    }
  line.x = STRIDE * (x + (low + high) / 2 * c);
  line.y = STRIDE * (y + (low + high) / 2 * s);
  line.length = STRIDE * (high - low);
  line.height = 8.0 * exp (CLAMP (log_height / m.n, -2.0, 3.0));
  g_array_append_val (lines, line);
}

static GArray *
lines_of (const NetPlanes *planes, int index, float least, int up)
{
  const int width = planes->width, height = planes->height;
  const float *plane = plane_of (planes, index);
  GArray *lines = g_array_new (FALSE, TRUE, sizeof (PrintLine));
  g_autoptr (GArray) cells = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autofree guint8 *seen = g_malloc0 ((gsize) width * height);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        gint32 *first;
        guint split = 0;

        if (seen[y * width + x] || plane[y * width + x] < least)
          continue;
        mask_take_piece (plane, width, height, least, x, y, seen, cells);
        first = (gint32 *) cells->data;
        if (index == CORE)
          split = find_split (planes, plane, first, cells->len, up);
        if (split > 0)
          add_line (planes, plane, first, split, up, lines);
        add_line (planes, plane, first + split, cells->len - split, up, lines);
      }
  return lines;
}

/* Whether @b goes on where @a ends, or the other way round: neither far off nor far away. */
static gboolean
are_one (const PrintLine *a, const PrintLine *b, double gap)
{
  const PrintLine *longer = a->length >= b->length ? a : b;
  double c = cos (longer->angle_rad), s = sin (longer->angle_rad), dx = b->x - a->x, dy = b->y - a->y;
  double along = fabs (dx * c + dy * s), off = fabs (-dx * s + dy * c), height = (a->height + b->height) / 2;

  return off < JOIN_OFF * height + 0.02 * along && along - (a->length + b->length) / 2 < gap * height
         && MAX (a->height, b->height) < JOIN_HEIGHTS * MIN (a->height, b->height);
}

static PrintLine
joined (const PrintLine *a, const PrintLine *b)
{
  double ax = cos (a->angle_rad) * a->length / 2, ay = sin (a->angle_rad) * a->length / 2;
  double bx = cos (b->angle_rad) * b->length / 2, by = sin (b->angle_rad) * b->length / 2;
  double c = cos (a->angle_rad), s = sin (a->angle_rad);
  gboolean a_first = a->x * c + a->y * s <= b->x * c + b->y * s;
  double x0 = a_first ? a->x - ax : b->x - bx, y0 = a_first ? a->y - ay : b->y - by;
  double x1 = a_first ? b->x + bx : a->x + ax, y1 = a_first ? b->y + by : a->y + ay;
  double sum = a->length + b->length;

  return (PrintLine){ .x = (x0 + x1) / 2,
                      .y = (y0 + y1) / 2,
                      .length = hypot (x1 - x0, y1 - y0),
                      .height = (a->height * a->length + b->height * b->length) / sum,
                      .angle_rad = atan2 (y1 - y0, x1 - x0),
                      .share = (a->share * a->length + b->share * b->length) / sum };
}

/* A number whose groups stand far apart, or a line with a scratch through it, comes in pieces. */
static void
join_pieces (GArray *lines, double gap)
{
  for (guint i = 0; i < lines->len; i++)
    for (guint j = i + 1; j < lines->len;)
      {
        PrintLine *a = &g_array_index (lines, PrintLine, i);
        const PrintLine *b = &g_array_index (lines, PrintLine, j);

        if (!are_one (a, b, gap))
          {
            j++;
            continue;
          }
        *a = joined (a, b);
        g_array_remove_index (lines, j);
        j = i + 1;
      }
}

/*
 * How much further the line of print goes on from one end of a number, pixels. Where the network was sure to the last digit
 * this is the number's end; where it faded, the print that goes on belongs to it, unless that is the label.
 */
static double
growth_at (const NetPlanes *planes, const PrintLine *line, int sign)
{
  const int width = planes->width, height = planes->height;
  double ux = sign * cos (line->angle_rad), uy = sign * sin (line->angle_rad), n = 0.0, sure = 0.0, grown = 0.0;
  double x0 = line->x + ux * line->length / 2, y0 = line->y + uy * line->length / 2;

  for (double at = -FADING_HEIGHTS * line->height; at < 0.0; at += STRIDE / 2.0, n++)
    sure += mask_share_at (plane_of (planes, NUMBER), width, height, (x0 + ux * at) / STRIDE, (y0 + uy * at) / STRIDE);
  if (n < 1.0 || (sure / n >= SURE_END && line->length >= WHOLE_HEIGHTS * line->height))
    return 0.0;
  for (double at = STRIDE / 2.0; at < MOST_GROWTH_HEIGHTS * line->height; at += STRIDE / 2.0)
    {
      double x = (x0 + ux * at) / STRIDE, y = (y0 + uy * at) / STRIDE;

      if (mask_share_at (plane_of (planes, LABEL), width, height, x, y) >= LEAST_LABEL)
        break;
      if (mask_share_at (plane_of (planes, CORE), width, height, x, y) >= LEAST_CORE)
        grown = at;
      else if (at - grown > GROWTH_GAP_HEIGHTS * line->height)
        break;
    }
  return grown;
}

static void
grow_ends (const NetPlanes *planes, GArray *lines)
{
  for (guint i = 0; i < lines->len; i++)
    {
      PrintLine *line = &g_array_index (lines, PrintLine, i);
      double on = growth_at (planes, line, 1), back = growth_at (planes, line, -1);

      line->x += cos (line->angle_rad) * (on - back) / 2;
      line->y += sin (line->angle_rad) * (on - back) / 2;
      line->length += on + back;
    }
}

static void
count_votes (const NetPlanes *planes, PrintMap *map)
{
  const gsize n_cells = (gsize) planes->width * planes->height;
  double sum = 0.0;

  for (gsize i = 0; i < n_cells; i++)
    {
      if (planes->values[i] < LEAST_CORE)
        continue;
      map->n_cells++;
      for (int k = 0; k < 4; k++)
        map->up[k] += planes->values[(UP + k) * n_cells + i];
    }
  for (int k = 0; k < 4; k++)
    sum += map->up[k];
  for (int k = 0; k < 4 && sum > 0; k++)
    map->up[k] /= sum;
}

double
print_angle_towards (double angle_rad, int up)
{
  double want = up * G_PI / 2;

  return remainder (want + remainder (angle_rad - want, G_PI), 2 * G_PI);
}

PrintReader *
print_reader_new (void)
{
  Net *net = grey_net_load ("/azukari/card/text.azn", N_OUT);
  PrintReader *self = net != NULL ? g_new0 (PrintReader, 1) : NULL;

  if (self != NULL)
    self->net = net;
  return self;
}

void
print_reader_free (PrintReader *self)
{
  if (self == NULL)
    return;
  net_free (self->net);
  g_free (self);
}

PrintMap *
print_reader_read (const PrintReader *self, const CardGrey *view)
{
  PrintMap *map = g_new0 (PrintMap, 1);
  g_autoptr (NetPlanes) planes = answer_of (self->net, view);
  int up = 0;

  if (planes == NULL)
    {
      map->lines = g_array_new (FALSE, TRUE, sizeof (PrintLine));
      map->numbers = g_array_new (FALSE, TRUE, sizeof (PrintLine));
      map->labels = g_array_new (FALSE, TRUE, sizeof (PrintLine));
      map->codes = g_array_new (FALSE, TRUE, sizeof (PrintLine));
      return map;
    }
  count_votes (planes, map);
  up = print_map_up (map, NULL);
  map->lines = lines_of (planes, CORE, LEAST_CORE, up);
  map->numbers = lines_of (planes, NUMBER, LEAST_NUMBER, up);
  map->labels = lines_of (planes, LABEL, LEAST_LABEL, up);
  map->codes = lines_of (planes, CODE, LEAST_CODE, up);
  join_pieces (map->lines, JOIN_GAP);
  join_pieces (map->numbers, JOIN_NUMBER_GAP);
  grow_ends (planes, map->numbers);
  return map;
}

void
print_map_free (PrintMap *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->lines);
  g_array_unref (self->numbers);
  g_array_unref (self->labels);
  g_array_unref (self->codes);
  g_free (self);
}

int
print_map_up (const PrintMap *self, double *ret_sureness)
{
  int up = 0;

  for (int k = 1; k < 4; k++)
    if (self->up[k] > self->up[up])
      up = k;
  if (ret_sureness != NULL)
    *ret_sureness = self->up[up];
  return up;
}

static GArray *
tilts_of (const GArray *lines, int up)
{
  GArray *tilts = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < lines->len; i++)
    {
      const PrintLine *line = &g_array_index (lines, PrintLine, i);
      double tilt = remainder (line->angle_rad - up * G_PI / 2, G_PI);

      if (line->length >= TILT_LENGTH * line->height)
        g_array_append_val (tilts, tilt);
    }
  return tilts;
}

void
print_line_beside (const PrintLine *line, const PrintLine *other, double *ret_along, double *ret_below)
{
  double c = cos (line->angle_rad), s = sin (line->angle_rad), dx = other->x - line->x, dy = other->y - line->y;

  *ret_along = dx * c + dy * s;
  *ret_below = -dx * s + dy * c;
}

double
print_map_tilt (const PrintMap *self, int up)
{
  g_autoptr (GArray) tilts = tilts_of (self->lines, up);

  /* with little print around it, the number itself: none is longer */
  if (tilts->len < TILT_LINES)
    {
      g_array_unref (tilts);
      tilts = tilts_of (self->numbers, up);
    }
  if (tilts->len == 0)
    return 0.0;
  g_array_sort (tilts, card_compare_doubles);
  return g_array_index (tilts, double, tilts->len / 2);
}

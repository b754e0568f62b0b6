/* SPDX-License-Identifier: Apache-2.0 */
/* field-locator: the 12-digit field of an upright picture. */
#include "field-locator.h"

#include <math.h>
#include <string.h>

#define MM_PER_INCH 25.4

/* digits from 1.7 to 8 mm high */
#define LEAST_HEIGHT_MM 1.7
#define MOST_HEIGHT_MM 8.0
#define MOST_WIDTH 0.9 /* of the height: the squares of a QR code are no digits */

/* How much of a digit a shape must seem; where that finds no field, faces that the network does not know get a chance. */
static const float least_shares[] = { 0.25f, 0.02f };

/* within a run, in heights of a digit */
#define MOST_GAP 2.4
#define MOST_HEIGHT_RATIO 1.3

#define GROUP 4
#define LEAST_GROUP_PITCH 1.15 /* between groups against the widest within them */

typedef struct
{
  CardBlob blob;
  gboolean used;
} Shape;

static int
compare_left (gconstpointer a, gconstpointer b)
{
  return ((const Shape *) a)->blob.x0 - ((const Shape *) b)->blob.x0;
}

static GArray *
digit_shapes (const DigitNet *net, const CardGrey *grey, const GArray *blobs, double dpi, float least_share)
{
  GArray *shapes = g_array_new (FALSE, FALSE, sizeof (Shape));
  double low = LEAST_HEIGHT_MM * dpi / MM_PER_INCH, high = MOST_HEIGHT_MM * dpi / MM_PER_INCH;

  for (guint i = 0; i < blobs->len; i++)
    {
      Shape shape = { g_array_index (blobs, CardBlob, i), FALSE };
      int width = card_blob_width (&shape.blob), height = card_blob_height (&shape.blob);
      float shares[DIGIT_NET_N_CLASSES];

      if (height < low || height > high || width > MOST_WIDTH * height || width < 0.06 * height)
        continue;
      digit_net_read (net, grey, shape.blob.x0, shape.blob.y0, shape.blob.x1, shape.blob.y1, shares);
      if (1.0f - shares[DIGIT_NET_OTHER] >= least_share)
        g_array_append_val (shapes, shape);
    }
  g_array_sort (shapes, compare_left);
  return shapes;
}

static gboolean
may_follow (const CardBlob *a, const CardBlob *b)
{
  int overlap = MIN (a->y1, b->y1) - MAX (a->y0, b->y0);
  int low = MIN (card_blob_height (a), card_blob_height (b)), high = MAX (card_blob_height (a), card_blob_height (b));

  return b->x0 >= a->x1 - 0.1 * low && b->x0 - a->x1 <= MOST_GAP * high && overlap >= 0.6 * low
         && high <= MOST_HEIGHT_RATIO * low + 1;
}

/* The whole run from the shape at @start on: each is followed by the nearest one that may follow it. */
static void
collect_run (GArray *shapes, guint start, GArray *run)
{
  guint at = start;

  g_array_set_size (run, 0);
  for (;;)
    {
      Shape *shape = &g_array_index (shapes, Shape, at);
      guint next = shapes->len;

      shape->used = TRUE;
      g_array_append_val (run, shape->blob);
      for (guint i = at + 1; i < shapes->len; i++)
        {
          const Shape *other = &g_array_index (shapes, Shape, i);

          if (other->blob.x0 - shape->blob.x1 > MOST_GAP * 2 * card_blob_height (&shape->blob))
            break;
          if (!other->used && may_follow (&shape->blob, &other->blob))
            {
              next = i;
              break;
            }
        }
      if (next == shapes->len)
        return;
      at = next;
    }
}

static gboolean
is_in_groups (const CardBlob *digits)
{
  double within = 0.0, between = INFINITY;

  for (int i = 1; i < FIELD_N_DIGITS; i++)
    {
      double pitch = (digits[i].x0 + digits[i].x1 - digits[i - 1].x0 - digits[i - 1].x1) / 2.0;

      if (i % GROUP == 0)
        between = MIN (between, pitch);
      else
        within = MAX (within, pitch);
    }
  return between >= LEAST_GROUP_PITCH * within;
}

static int
compare_ints (gconstpointer a, gconstpointer b)
{
  return *(const int *) a - *(const int *) b;
}

/* The slope of the feet, by the median of the slopes between digits half the line apart: one odd box does no harm. */
static double
tilt_of (const CardBlob *digits)
{
  double slopes[FIELD_N_DIGITS / 2];
  int n = FIELD_N_DIGITS / 2;

  for (int i = 0; i < n; i++)
    {
      const CardBlob *a = &digits[i], *b = &digits[i + n];
      double slope = ((b->y1 + b->y0) - (a->y1 + a->y0)) / (double) ((b->x0 + b->x1) - (a->x0 + a->x1));
      int at = i;

      for (; at > 0 && slopes[at - 1] > slope; at--)
        slopes[at] = slopes[at - 1];
      slopes[at] = slope;
    }
  return atan ((slopes[n / 2 - 1] + slopes[n / 2]) / 2);
}

static NumberField
field_of (const CardBlob *digits)
{
  NumberField field = { 0 };
  int heights[FIELD_N_DIGITS];

  memcpy (field.digits, digits, sizeof field.digits);
  field.box = digits[0];
  for (int i = 0; i < FIELD_N_DIGITS; i++)
    {
      field.box.x1 = MAX (field.box.x1, digits[i].x1);
      field.box.y0 = MIN (field.box.y0, digits[i].y0);
      field.box.y1 = MAX (field.box.y1, digits[i].y1);
      heights[i] = card_blob_height (&digits[i]);
    }
  qsort (heights, FIELD_N_DIGITS, sizeof *heights, compare_ints);
  field.digit_height = heights[FIELD_N_DIGITS / 2];
  field.tilt_rad = tilt_of (digits);
  return field;
}

/* The middle of the brighter half and of the darkest tenth of all that lies in the field's box. */
static void
measure_ink (const CardGrey *grey, NumberField *field)
{
  guint histogram[256] = { 0 }, n = 0, sum = 0;

  for (int y = field->box.y0; y < field->box.y1; y++)
    for (int x = field->box.x0; x < field->box.x1; x++, n++)
      histogram[grey->samples[(gsize) y * grey->width + x]]++;
  field->ink = field->paper = -1;
  for (int level = 0; level < 256; level++)
    {
      sum += histogram[level];
      if (field->ink < 0 && sum * 20 >= n)
        field->ink = level;
      if (field->paper < 0 && sum * 4 >= n * 3)
        field->paper = level;
    }
}

GArray *
field_locator_find (const DigitNet *net, const CardGrey *grey, const GArray *blobs, double dpi)
{
  GArray *fields = g_array_new (FALSE, TRUE, sizeof (NumberField));
  g_autoptr (GArray) run = g_array_new (FALSE, FALSE, sizeof (CardBlob));

  for (guint pass = 0; pass < G_N_ELEMENTS (least_shares) && fields->len == 0; pass++)
    {
      g_autoptr (GArray) shapes = digit_shapes (net, grey, blobs, dpi, least_shares[pass]);

      for (guint i = 0; i < shapes->len; i++)
        {
          if (g_array_index (shapes, Shape, i).used)
            continue;
          collect_run (shapes, i, run);
          if (run->len == FIELD_N_DIGITS && is_in_groups (&g_array_index (run, CardBlob, 0)))
            {
              NumberField field = field_of (&g_array_index (run, CardBlob, 0));

              measure_ink (grey, &field);
              g_array_append_val (fields, field);
            }
        }
    }
  return fields;
}

gboolean
field_locator_is_beside (const NumberField *field, const CardBlob *box)
{
  double height = field->digit_height;
  int overlap = MIN (field->box.y1, box->y1) - MAX (field->box.y0, box->y0);
  gboolean in_row = overlap >= 0.5 * MIN (card_blob_height (box), height) && box->x0 < field->box.x0;
  gboolean above = box->y1 <= field->box.y0 + 0.3 * height && field->box.y0 - box->y1 <= 1.6 * height
                   && box->x0 < field->box.x1 && box->x1 > field->box.x0 - 3 * height;

  return (in_row && field->box.x0 - box->x1 <= 10 * height) || above;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* number-watch: whether the rows so far of a page that is still coming are enough for its verdict. */
#include "number-watch.h"

#include <math.h>

#include "card/card-finder.h"

#define STEP_MM 5.0
#define LEAST_STEP_MM 1.0
/* Between the card's lowest corner and the last row: a card that goes on, or a sheet around it, would show there. */
#define BELOW_MM 3.0
/* Of either side as the finder sees it, and as the verdict says it. */
#define SIZE_TOLERANCE 0.15
#define READ_SIZE_TOLERANCE 0.04

/* A place that moved by less is the same one: its rim on the mask moves a little with every row. */
#define SAME_MM 4.0
#define SAME_RAD (5.0 * G_PI / 180)
#define SLACK_MM 1.0

struct _NumberWatch
{
  NumberReader *reader; /* borrowed */
  double dpi;
  guint next_rows; /* no look before there are as many */
  CardPlace place; /* of the card that waits to be read */
  CardPlace read;  /* of the one that was read last */
  gboolean has_read;
};

static double
px_of (const NumberWatch *self, double mm)
{
  return mm * self->dpi / CARD_MM_PER_INCH;
}

/* The only document in sight, when it is a card whose outline shows; else NULL. */
static const CardPlace *
only_card (const NumberWatch *self, const CardScene *scene)
{
  const CardPlace *place;

  /* a finder that does not believe the page's resolution measures with another one */
  if (scene->places->len != 1 || scene->n_cards != 1 || fabs (scene->dpi - self->dpi) > 0.5)
    return NULL;
  place = &g_array_index (scene->places, CardPlace, 0);
  if (place->shape != CARD_SHAPE_ID1 || fabs (place->width / px_of (self, CARD_ID1_WIDTH_MM) - 1) > SIZE_TOLERANCE
      || fabs (place->height / px_of (self, CARD_ID1_HEIGHT_MM) - 1) > SIZE_TOLERANCE)
    return NULL;
  return place;
}

/* How far down the page its lowest corner reaches, rows. */
static double
bottom_of (const CardPlace *place)
{
  return place->y + (place->width * fabs (sin (place->angle_rad)) + place->height * fabs (cos (place->angle_rad))) / 2;
}

static gboolean
is_same_place (const NumberWatch *self, const CardPlace *a, const CardPlace *b)
{
  const double same_px = px_of (self, SAME_MM);

  return fabs (a->x - b->x) < same_px && fabs (a->y - b->y) < same_px && fabs (a->width - b->width) < same_px
         && fabs (a->height - b->height) < same_px && fabs (remainder (a->angle_rad - b->angle_rad, G_PI)) < SAME_RAD;
}

/* Whether the verdict speaks of a whole card that lies within the page, with the margin below it. */
static gboolean
is_within (const NumberWatch *self, const Verdict *verdict, guint rows)
{
  const double width = hypot (verdict->box[1][0] - verdict->box[0][0], verdict->box[1][1] - verdict->box[0][1]);
  const double height = hypot (verdict->box[3][0] - verdict->box[0][0], verdict->box[3][1] - verdict->box[0][1]);

  if (!verdict->has_card || fabs (width / px_of (self, CARD_ID1_WIDTH_MM) - 1) > READ_SIZE_TOLERANCE
      || fabs (height / px_of (self, CARD_ID1_HEIGHT_MM) - 1) > READ_SIZE_TOLERANCE)
    return FALSE;
  for (guint i = 0; i < 4; i++)
    if (verdict->box[i][1] + px_of (self, BELOW_MM) > rows + px_of (self, SLACK_MM))
      return FALSE;
  return TRUE;
}

NumberWatch *
number_watch_new (NumberReader *reader, double dpi)
{
  NumberWatch *self = g_new0 (NumberWatch, 1);

  self->reader = reader;
  self->dpi = dpi;
  self->next_rows = (guint) px_of (self, CARD_ID1_HEIGHT_MM * (1 - READ_SIZE_TOLERANCE) + BELOW_MM);
  return self;
}

void
number_watch_free (NumberWatch *self)
{
  g_free (self);
}

gboolean
number_watch_wants (const NumberWatch *self, guint rows)
{
  return self->dpi > 0 && rows >= self->next_rows;
}

gboolean
number_watch_look (NumberWatch *self, const CardPage *page)
{
  g_autoptr (CardScene) scene = NULL;
  const CardPlace *place;
  double enough_rows;

  g_return_val_if_fail (self->dpi > 0, FALSE);

  scene = number_reader_find (self->reader, page);
  place = scene != NULL ? only_card (self, scene) : NULL;
  self->next_rows = page->height_px + (guint) MAX (px_of (self, STEP_MM), 1);
  if (place == NULL)
    return FALSE;
  enough_rows = ceil (bottom_of (place) + px_of (self, BELOW_MM));
  if (enough_rows > page->height_px)
    {
      enough_rows = MAX (enough_rows, page->height_px + px_of (self, LEAST_STEP_MM));
      self->next_rows = MIN (self->next_rows, (guint) enough_rows);
      return FALSE;
    }
  if (self->has_read && is_same_place (self, place, &self->read))
    return FALSE;
  self->place = *place;
  return TRUE;
}

Verdict *
number_watch_read (NumberWatch *self, const CardPage *page, GCancellable *cancellable)
{
  g_autoptr (Verdict) verdict = number_reader_read (self->reader, page, cancellable);

  self->read = self->place;
  /* one whose rim is not wholly in sight yet, seen finely, is worth another reading */
  self->has_read = verdict->kind != VERDICT_ACCEPTED || is_within (self, verdict, page->height_px);
  if (verdict->kind != VERDICT_ACCEPTED || !self->has_read)
    return NULL;
  return g_steal_pointer (&verdict);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* view: one document cut from the page, one side up, with its print as pieces and lines. */
#include "view.h"

#include <math.h>

#define MM_PER_INCH 25.4
#define MAX_BLOBS 12000

/* The window that paper is told from print by, half its side: wider than any stroke, narrower than a shadow. */
#define WINDOW_MM 2.2
#define MIN_CONTRAST 9.0
#define SPREAD_SHARE 0.45

/* heights of pieces that make up text lines */
#define LEAST_TEXT_MM 0.7
#define MOST_TEXT_MM 9.0

/* a ruled table on a card: large, of thin lines, within the card's own outline */
#define LEAST_TABLE_WIDTH_MM 60.0
#define MOST_TABLE_WIDTH_MM 81.0
#define LEAST_TABLE_HEIGHT_MM 18.0
#define MOST_TABLE_HEIGHT_MM 45.0
#define MOST_TABLE_INK 0.4

static gboolean
is_table (const CardBlob *blob, double mm)
{
  int width = card_blob_width (blob), height = card_blob_height (blob);
  double longer = MAX (width, height) / mm, shorter = MIN (width, height) / mm;

  return longer >= LEAST_TABLE_WIDTH_MM && longer <= MOST_TABLE_WIDTH_MM && shorter >= LEAST_TABLE_HEIGHT_MM
         && shorter <= MOST_TABLE_HEIGHT_MM && blob->n_pixels < MOST_TABLE_INK * width * height;
}

static void
find_print (CardView *self)
{
  double mm = self->dpi / MM_PER_INCH;

  self->blobs = card_blobs_find (self->mask, MAX_BLOBS);
  for (guint i = 0; i < self->blobs->len; i++)
    self->has_table |= is_table (&g_array_index (self->blobs, CardBlob, i), mm);
  self->lines = card_lines_find (self->blobs, (int) lround (LEAST_TEXT_MM * mm), (int) lround (MOST_TEXT_MM * mm));
}

CardView *
card_view_new (const CardPage *page, const CardFrame *frame, int width, int height, double dpi)
{
  CardView *self = g_new0 (CardView, 1);

  self->frame = *frame;
  self->dpi = dpi;
  self->grey = card_grey_cut (page, frame, width, height);
  self->mask =
      card_grey_dark_mask (self->grey, (int) lround (WINDOW_MM * dpi / MM_PER_INCH), MIN_CONTRAST, SPREAD_SHARE);
  find_print (self);
  return self;
}

CardView *
card_view_new_turned (const CardView *self, int n_quarters)
{
  CardView *turned = g_new0 (CardView, 1);
  double width = self->grey->width, height = self->grey->height;

  g_return_val_if_fail (n_quarters >= 0 && n_quarters <= 3, NULL);

  turned->dpi = self->dpi;
  turned->grey = card_grey_turned (self->grey, n_quarters >= 2, n_quarters % 2 == 1);
  turned->mask = card_grey_turned (self->mask, n_quarters >= 2, n_quarters % 2 == 1);
  /* the old corner that is now top left; the picture turned clockwise, so its rows run the other way on the page */
  if (n_quarters == 0)
    turned->frame = self->frame;
  else if (n_quarters == 1)
    turned->frame = card_frame_part (&self->frame, 0, height, -G_PI / 2, 1);
  else if (n_quarters == 2)
    turned->frame = card_frame_part (&self->frame, width, height, G_PI, 1);
  else
    turned->frame = card_frame_part (&self->frame, width, 0, G_PI / 2, 1);
  find_print (turned);
  return turned;
}

void
card_view_free (CardView *self)
{
  if (self == NULL)
    return;
  card_grey_free (self->grey);
  card_grey_free (self->mask);
  g_clear_pointer (&self->blobs, g_array_unref);
  g_clear_pointer (&self->lines, g_array_unref);
  g_free (self);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* bed: the glass of a flatbed with a drawn card where a test wants it. */
#include "bed.h"

#include <math.h>
#include <string.h>

#define AROUND_MM 6.0 /* shadow and blur go with the card */
#define MM_PER_INCH 25.4

CardPage *
bed_page (const CardPage *drawn, const CorpusTruth *truth, const double *tops_mm, guint n_tops, guint *ret_bottoms)
{
  const double px = truth->dpi / MM_PER_INCH;
  const gsize row = drawn->stride;
  double top = INFINITY, bottom = 0;
  guint band_first, band_rows, lid_first, lid_rows, around = (guint) (AROUND_MM * px);
  CardPage *page = card_page_new (drawn->width_px, drawn->height_px, drawn->n_channels, drawn->dpi, NULL);

  for (guint i = 0; i < 4; i++)
    {
      top = MIN (top, truth->box[i].y);
      bottom = MAX (bottom, truth->box[i].y);
    }
  band_first = (guint) MAX (floor (top) - around, 0);
  band_rows = MIN ((guint) ceil (bottom) + around, drawn->height_px) - band_first;
  /* the larger part of the lid, to and fro, so that no seam shows */
  lid_rows = drawn->height_px - band_first - band_rows;
  lid_first = band_first + band_rows;
  if (band_first > lid_rows)
    {
      lid_first = 0;
      lid_rows = band_first;
    }
  for (guint y = 0; y < page->height_px; y++)
    {
      const guint turn = y % (2 * lid_rows), from = turn < lid_rows ? turn : 2 * lid_rows - 1 - turn;

      memcpy (page->samples + row * y, drawn->samples + row * (lid_first + from), row);
    }
  for (guint i = 0; i < n_tops; i++)
    {
      const guint at = (guint) (tops_mm[i] * px), above = MIN (at, (guint) floor (top) - band_first);
      const guint first = band_first + ((guint) floor (top) - band_first - above);
      const guint n = MIN (band_rows - (first - band_first), page->height_px - (at - above));

      memcpy (page->samples + row * (at - above), drawn->samples + row * first, row * n);
      ret_bottoms[i] = at + (guint) (ceil (bottom) - floor (top));
    }
  return page;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* view: one document cut from the page, one side up, with its print as pieces and lines. */
#pragma once

#include "blobs.h"
#include "grey.h"

/**
 * CardView:
 * @frame: where @grey lies on the page
 * @dpi: of @grey
 * @grey, @mask: (owned): the picture, and 1 where print is
 * @blobs: (owned) (element-type CardBlob): ordered by line
 * @lines: (owned) (element-type CardLine)
 * @has_table: a ruled table of nearly a card's size stands on it
 */
typedef struct
{
  CardFrame frame;
  double dpi;
  CardGrey *grey;
  CardGrey *mask;
  GArray *blobs;
  GArray *lines;
  gboolean has_table;
} CardView;

/** card_view_new: (transfer full): cuts @width x @height pixels. */
CardView *card_view_new (const CardPage *page, const CardFrame *frame, int width, int height, double dpi);

/** card_view_new_turned: (transfer full): the same cut, turned by @n_quarters (0 to 3) quarter turns clockwise. */
CardView *card_view_new_turned (const CardView *self, int n_quarters);

void card_view_free (CardView *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CardView, card_view_free)

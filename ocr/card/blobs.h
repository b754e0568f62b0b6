/* SPDX-License-Identifier: Apache-2.0 */
/* blobs: connected pieces of print in a mask, and the text lines they form. */
#pragma once

#include "grey.h"

/** CardBlob: a box, left and top inclusive, right and bottom exclusive, and how many pixels of it are set; (@seed_x, @y0) is one. */
typedef struct
{
  int x0;
  int y0;
  int x1;
  int y1;
  int n_pixels;
  int seed_x;
} CardBlob;

/** CardLine: pieces in one row; @first and @n_blobs point into the array that it came with. */
typedef struct
{
  CardBlob box;
  guint first;
  guint n_blobs;
} CardLine;

static inline int
card_blob_width (const CardBlob *self)
{
  return self->x1 - self->x0;
}

static inline int
card_blob_height (const CardBlob *self)
{
  return self->y1 - self->y0;
}

/**
 * card_blobs_find:
 * @mask: 0 or not 0
 * @max_blobs: more than this (noise) and the smallest are dropped
 *
 * Pieces whose pixels touch, corners included.
 *
 * Returns: (transfer full) (element-type CardBlob): in no particular order.
 */
GArray *card_blobs_find (const CardGrey *mask, guint max_blobs);

/**
 * card_lines_find:
 * @blobs: (element-type CardBlob): reordered so that each line's pieces are neighbours, from left to right
 * @min_height, @max_height: of a piece that may carry a line, pixels; larger pieces (frames, stripes) belong to none
 *
 * Pieces belong to one line when they overlap in height and are not farther apart than about one height.
 *
 * Returns: (transfer full) (element-type CardLine): from top to bottom.
 */
GArray *card_lines_find (GArray *blobs, int min_height, int max_height);

/* SPDX-License-Identifier: Apache-2.0 */
/* grey: small grey pictures cut from the page. Personal data like the page itself: wiped when freed. */
#pragma once

#include "page.h"

/**
 * CardGrey:
 * @samples: (owned): height rows of width samples, 0 black, no padding
 */
typedef struct
{
  int width;
  int height;
  guint8 *samples;
} CardGrey;

/**
 * CardFrame: where a rectified picture lies on the page.
 *
 * The picture's pixel (i, j), pixel centres at half integers, lies on the page at
 *   x = x0 + (i * ux - j * uy),  y = y0 + (i * uy + j * ux)
 * with (x0, y0) its top left corner and (ux, uy) the page pixels of one step to the right: a turn and a scale.
 */
typedef struct
{
  double x0;
  double y0;
  double ux;
  double uy;
} CardFrame;

/** card_grey_new: black, @width and @height at least 1. */
CardGrey *card_grey_new (int width, int height);

/** card_grey_free: wipes. %NULL is fine. */
void card_grey_free (CardGrey *self);

/** card_grey_reduce: a grey page averaged over @factor x @factor pixels; left-over columns and rows are dropped. */
CardGrey *card_grey_reduce (const CardPage *page, guint factor);

/**
 * card_grey_cut:
 * @page: of one channel
 * @frame: where to cut; pixels that lie outside the page repeat its edge
 *
 * Between four pixels; where a step is longer than a page pixel, the mean of several pixels.
 */
CardGrey *card_grey_cut (const CardPage *page, const CardFrame *frame, int width, int height);

/** card_grey_count: how many samples have each level. They tell of the picture: wipe them. */
void card_grey_count (const CardGrey *self, guint ret_histogram[256]);

/** card_grey_level: the level that @share of the @n samples in @histogram lie at or below. */
int card_grey_level (const guint histogram[256], guint n, double share);

/**
 * card_grey_lean:
 *
 * How far the straight edges in the picture are off upright and level, by which way brightness changes most on the whole: the
 * rim of a card, strokes of print and codes all agree.
 *
 * Returns: radians clockwise, between -pi/4 and pi/4; 0 in a picture without edges.
 */
double card_grey_lean (const CardGrey *self);

/** card_compare_doubles: a GCompareFunc for doubles, the least first. */
int card_compare_doubles (gconstpointer a, gconstpointer b);

/** card_frame_map: the page position of the picture's point (@x, @y). */
static inline void
card_frame_map (const CardFrame *frame, double x, double y, double *ret_x, double *ret_y)
{
  *ret_x = frame->x0 + x * frame->ux - y * frame->uy;
  *ret_y = frame->y0 + x * frame->uy + y * frame->ux;
}

/** card_frame_part: the frame of a part of a picture: its corner at (@x, @y), turned by @angle_rad and scaled by @scale. */
CardFrame card_frame_part (const CardFrame *frame, double x, double y, double angle_rad, double scale);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CardGrey, card_grey_free)

/* SPDX-License-Identifier: Apache-2.0 */
/* mask: one plane of a network's answer, rows of shares from 0 to 1, and the connected pieces in it. */
#pragma once

#include <glib.h>

/**
 * mask_take_piece:
 * @plane: @width * @height shares
 * @least: a cell belongs to a piece from this share on
 * @at_x, @at_y: a cell of the piece
 * @seen: one byte for each cell, 0 where it is not known yet; set for those of the piece
 * @cells: (element-type gint32): is emptied and filled with the piece's cells, y * width + x
 *
 * The piece around one cell, corners touching.
 */
void mask_take_piece (const float *plane, int width, int height, float least, int at_x, int at_y, guint8 *seen,
                      GArray *cells);

/** MaskMoments: sums over cells, weighted by their shares; places are the middles of cells. */
typedef struct
{
  double n;
  double x;
  double y;
  double xx;
  double yy;
  double xy;
} MaskMoments;

MaskMoments mask_moments (const float *plane, int width, const gint32 *cells, guint n_cells);

/** mask_share_at: the share at (@x, @y), in cells, between four of them; the plane's rim goes on for half a cell, then it is 0. */
double mask_share_at (const float *plane, int width, int height, double x, double y);

/* SPDX-License-Identifier: Apache-2.0 */
/* print: where lines of print run on a document, which way is up, and where number, label and QR code seem to be. */
#pragma once

#include "grey.h"

/* The view that the network knows, pixels to the inch. */
#define PRINT_VIEW_DPI 100.0

/**
 * PrintLine: one line of print, in pixels of the view.
 * @x, @y: its middle
 * @length, @height: of its ink, along and across
 * @angle_rad: in which direction it is read, clockwise from the view's rows, -pi < a <= pi
 * @share: how sure the network is, 0..1
 */
typedef struct
{
  double x;
  double y;
  double length;
  double height;
  double angle_rad;
  double share;
} PrintLine;

/**
 * PrintMap:
 * @up: votes of all print for being read to the right, down, to the left, up; together 1, or all 0 without print
 * @n_cells: how much print there is: cells of 4 x 4 pixels
 * @lines: (owned) (element-type PrintLine): all print
 * @numbers: (owned) (element-type PrintLine): what seems twelve digits in groups
 * @labels: (owned) (element-type PrintLine): what seems its label
 * @codes: (owned) (element-type PrintLine): what seems a QR code
 */
typedef struct
{
  double up[4];
  guint n_cells;
  GArray *lines;
  GArray *numbers;
  GArray *labels;
  GArray *codes;
} PrintMap;

typedef struct _PrintReader PrintReader;

/** print_reader_new: (transfer full): loads the network; %NULL when it is damaged. */
PrintReader *print_reader_new (void);
void print_reader_free (PrintReader *self);

/**
 * print_reader_read:
 * @view: a document at PRINT_VIEW_DPI, level to some 3 degrees, any of its sides up
 *
 * The network says nothing about what is written: that is for those who read the lines. One thread at a time.
 *
 * Returns: (transfer full): never %NULL; without lines when the view is too large or empty.
 */
PrintMap *print_reader_read (const PrintReader *self, const CardGrey *view);
void print_map_free (PrintMap *self);

/** print_map_up: the direction with most votes, 0 to 3 quarter turns clockwise; @ret_sureness: (out): its share of the votes. */
int print_map_up (const PrintMap *self, double *ret_sureness);

/** print_angle_towards: the direction of a line that runs along @angle_rad or against it, for one who reads @up. */
double print_angle_towards (double angle_rad, int up);

/** print_line_beside: where @other stands seen along @line: its middle, @ret_along right of the line's own and @ret_below it. */
void print_line_beside (const PrintLine *line, const PrintLine *other, double *ret_along, double *ret_below);

/**
 * print_map_tilt:
 * @up: quarter turns clockwise in which the document is read
 *
 * Returns: by how much its lines are off that, radians clockwise: the median of the longer ones, or where there are few of
 *   them, of its numbers; 0 when there are none.
 */
double print_map_tilt (const PrintMap *self, int up);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrintReader, print_reader_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrintMap, print_map_free)

/* SPDX-License-Identifier: Apache-2.0 */
/* field-locator: the 12-digit field of an upright picture: exactly 12 digit shapes in 4-4-4 groups, and its label. */
#pragma once

#include "card/blobs.h"
#include "card/words.h"
#include "number/digit-net.h"

#define FIELD_N_DIGITS 12

/**
 * NumberField:
 * @digits: boxes from left to right, pixels of the picture
 * @box: around them
 * @tilt_rad: of the line of their feet, clockwise
 * @digit_height: pixels
 * @paper, @ink: grey levels of the paper around the digits and of their strokes
 * @has_label, @label: 個人番号 stands left of it or above it
 */
typedef struct
{
  CardBlob digits[FIELD_N_DIGITS];
  CardBlob box;
  double tilt_rad;
  double digit_height;
  int paper;
  int ink;
  gboolean has_label;
  CardWord label;
} NumberField;

/**
 * field_locator_find:
 * @blobs: (element-type CardBlob): any order
 * @dpi: of @grey
 *
 * A run is taken whole or not at all: one of 11 or 13 digits is none, and no part of it is looked at.
 *
 * Returns: (transfer full) (element-type NumberField): without labels.
 */
GArray *field_locator_find (const DigitNet *net, const CardGrey *grey, const GArray *blobs, double dpi);

/**
 * field_locator_is_beside:
 *
 * Returns: whether a line at @box stands where the label of @field may stand: in its row, left of it, or close above.
 */
gboolean field_locator_is_beside (const NumberField *field, const CardBlob *box);

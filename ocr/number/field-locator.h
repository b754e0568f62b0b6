/* SPDX-License-Identifier: Apache-2.0 */
/* field-locator: the number's line on a document, and its label 個人番号. */
#pragma once

#include "card/print.h"
#include "card/words.h"

/**
 * CardSight: a document seen once.
 * @page: (borrowed)
 * @frame: of the view on the page
 * @map: (owned): of the view's print
 * @up: quarter turns clockwise in which it is read
 */
typedef struct
{
  const CardPage *page;
  CardFrame frame;
  PrintMap *map;
  int up;
} CardSight;

/**
 * NumberField:
 * @line: of the digits, pixels of the view; @line.height is a digit's
 * @has_label: 個人番号 was read in the row left of it, or close above or below, at @label, with @label_score
 */
typedef struct
{
  PrintLine line;
  gboolean has_label;
  PrintLine label;
  double label_score;
} NumberField;

/**
 * card_sight_cut_line:
 * @ink_px: how high the line's ink shall be
 * @margin_px, @side_px: room above and below it, and on each side
 *
 * Returns: (transfer full): the line cut from the page anew, level and upright.
 */
CardGrey *card_sight_cut_line (const CardSight *self, const PrintLine *line, int ink_px, int margin_px, int side_px);

/**
 * number_line_measure:
 * @line: roughly where the digits stand
 *
 * Measures on the page itself where the digits' ink begins and ends, above and below as well as left and right, and how it
 * is tilted: by how dark rows and columns are on the whole, so that neither single characters nor noise decide.
 */
PrintLine number_line_measure (const CardSight *sight, const PrintLine *line);

/**
 * field_locator_find:
 *
 * What seems a number on @sight, each with its label if one is read there. What the digits say plays no part.
 *
 * Returns: (transfer full) (element-type NumberField)
 */
GArray *field_locator_find (const CardSight *sight, const WordReader *words);

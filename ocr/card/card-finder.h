/* SPDX-License-Identifier: Apache-2.0 */
/* card-finder: where documents lie on the page, on a reduced copy. */
#pragma once

#include "grey.h"

/* ISO/IEC 7810 ID-1 */
#define CARD_ID1_WIDTH_MM 85.60
#define CARD_ID1_HEIGHT_MM 53.98
#define CARD_MM_PER_INCH 25.4

typedef enum
{
  CARD_SHAPE_ID1,   /* the outline of a card was seen */
  CARD_SHAPE_SMALL, /* print on a card's area at most: the card's own edge does not show */
  CARD_SHAPE_SHEET, /* larger than a card */
} CardShape;

/**
 * CardPlace: one document's rectangle on the page.
 * @x, @y: its middle, page pixels
 * @width, @height: its sides, page pixels, @width the longer one
 * @angle_rad: of the longer side against the page's rows, clockwise, -pi/2 < a <= pi/2
 */
typedef struct
{
  CardShape shape;
  double x;
  double y;
  double width;
  double height;
  double angle_rad;
} CardPlace;

/**
 * CardScene:
 * @places: (owned) (element-type CardPlace): one, or all cards where there are several; specks and lines are no documents
 * @n_cards: pieces as large as a card
 * @dpi: the page's own, or worked out from a card's or the page's size
 */
typedef struct
{
  GArray *places;
  guint n_cards;
  double dpi;
} CardScene;

/**
 * card_finder_find:
 *
 * Works on a copy of about 100 dpi: edges, grown together, and the smallest rectangle around each group, levelled by what
 * lines up. Brightness itself plays no part: the lid may be white, black, or open. Any thread.
 *
 * Returns: (transfer full): no places when the page is blank.
 */
CardScene *card_finder_find (const CardPage *page);

void card_scene_free (CardScene *self);

/** card_place_frame: the upright picture of the place at @dpi with @margin_mm around it; its size in pixels. */
CardFrame card_place_frame (const CardPlace *self, double page_dpi, double dpi, double margin_mm, int *ret_width,
                            int *ret_height);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CardScene, card_scene_free)

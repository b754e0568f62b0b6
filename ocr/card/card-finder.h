/* SPDX-License-Identifier: Apache-2.0 */
/* card-finder: where cards lie on the page, on a reduced copy. */
#pragma once

#include "grey.h"

/* ISO/IEC 7810 ID-1 */
#define CARD_ID1_WIDTH_MM 85.60
#define CARD_ID1_HEIGHT_MM 53.98
#define CARD_MM_PER_INCH 25.4

typedef enum
{
  CARD_SHAPE_ID1,   /* a card, of the size of one */
  CARD_SHAPE_SMALL, /* what looks like a card and is not of its size: cut off, covered, or two that touch */
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
 * @places: (owned) (element-type CardPlace): every card, the largest first
 * @n_cards: how many cards lie there; cards that touch may be one place and count as two
 * @dpi: the page's own, or worked out from a card's or the page's size
 * @reduced: (owned) (nullable): the page at some 50 dpi, %NULL when it could not be looked at
 * @factor: so many page pixels are one of @reduced
 */
typedef struct
{
  GArray *places;
  guint n_cards;
  double dpi;
  CardGrey *reduced;
  guint factor;
} CardScene;

typedef struct _CardFinder CardFinder;

/** card_finder_new: (transfer full): loads the network; %NULL when it is damaged. */
CardFinder *card_finder_new (void);
void card_finder_free (CardFinder *self);

/**
 * card_finder_find:
 *
 * Works on a copy of 50 dpi, on which a small network marks what belongs to a card: one whose edge does not show against the
 * lid, or that hangs on its sheet, is found by its whole look. One thread at a time.
 *
 * Returns: (transfer full): no places when there is no card.
 */
CardScene *card_finder_find (const CardFinder *self, const CardPage *page);

void card_scene_free (CardScene *self);

/** card_place_page: all of @page as one document: a sheet, or on a page that has room for nothing else, a card. */
CardPlace card_place_page (const CardPage *page, double dpi);

/** card_place_off: how far outside the place's rim the page's point lies, page pixels; negative within. @c, @s: of the place's angle. */
double card_place_off (const CardPlace *self, double c, double s, double x, double y);

/** card_place_frame: the upright picture of the place at @dpi with @margin_mm around it; its size in pixels. */
CardFrame card_place_frame (const CardPlace *self, double page_dpi, double dpi, double margin_mm, int *ret_width,
                            int *ret_height);

/**
 * card_place_snap:
 * @view: the place cut with card_place_frame () at @dpi with some mm around it, level to half a degree
 * @frame: of @view
 *
 * Moves the place to where straight edges a card's width and height apart stand out most from @view, as far as its margin.
 */
CardPlace card_place_snap (const CardPlace *self, const CardGrey *view, const CardFrame *frame, double dpi);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CardFinder, card_finder_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CardScene, card_scene_free)

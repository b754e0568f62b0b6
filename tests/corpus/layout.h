/* SPDX-License-Identifier: Apache-2.0 */
/* layout: how far each measure of a document may vary. All in mm from the document's top left unless said otherwise. */
#pragma once

#include "dice.h"

#define LAYOUT_ID1_WIDTH_MM 85.60 /* ISO/IEC 7810 ID-1 */
#define LAYOUT_ID1_HEIGHT_MM 53.98
#define LAYOUT_ID1_CORNER_MM 3.18

typedef enum
{
  /* the number, wherever it stands */
  DIGIT_HEIGHT,
  DIGIT_SPACING,
  GROUP_GAP,
  LABEL_EM,
  LABEL_DISTANCE,
  /* back of the card */
  BACK_NUMBER_X,
  BACK_NUMBER_BASE,
  BACK_QR_X,
  BACK_QR_Y,
  BACK_QR_SIZE,
  BACK_NAME_BASE,
  BACK_CHIP_X,
  BACK_CHIP_Y,
  BACK_STRIPE_Y,
  BACK_STRIPE_HEIGHT,
  /* notification card */
  NOTIFICATION_NUMBER_X,
  NOTIFICATION_NUMBER_BASE,
  NOTIFICATION_NAME_BASE,
  NOTIFICATION_SHEET_X,
  NOTIFICATION_SHEET_Y,
  /* notice (refused) */
  NOTICE_NUMBER_X,
  NOTICE_NUMBER_BASE,
  NOTICE_DIGIT_HEIGHT,
  /* licence (refused) */
  LICENCE_NUMBER_X,
  LICENCE_NUMBER_BASE,
  LICENCE_DIGIT_HEIGHT,
  N_LAYOUT
} LayoutMeasure;

typedef struct
{
  LayoutMeasure measure;
  double low, high;
  char certainty; /* V seen in a primary source, D derived from one, K common knowledge, ? a guess */
  const char *source;
} LayoutRange;

const LayoutRange *layout_range (LayoutMeasure measure);
/** layout_pick: somewhere in the range of @measure. */
double layout_pick (Dice *dice, LayoutMeasure measure);

/**
 * layout_digit_font:
 * @held_out_too: also the faces that pages for training and tuning never show
 *
 * Returns: a Pango font description for the number. The true face is not published: many are drawn.
 */
const char *layout_digit_font (Dice *dice, gboolean held_out_too);
/** layout_digit_font_is_held_out: %TRUE for a face that only pages for testing show. */
gboolean layout_digit_font_is_held_out (const char *font);
/** layout_text_font: a Japanese face, mostly gothic, sometimes mincho. */
const char *layout_text_font (Dice *dice);

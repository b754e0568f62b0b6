/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout: the one table of measures. No specimen of these sides is published, so every measure is a range, and a reader
 * that works on all of it does not hang on a detail that may be wrong. Certainty: V seen in a primary source, D derived
 * from one, K common knowledge, ? a guess.
 */
#include "layout.h"

#include <string.h>

static const LayoutRange ranges[N_LAYOUT] = {
  { DIGIT_HEIGHT, 3.0, 4.5, '?', "no source; legible at arm's length, fits the number's box" },
  { DIGIT_SPACING, 0.00, 0.22, '?', "part of a digit's advance" },
  { GROUP_GAP, 0.55, 1.6, '?', "advances between groups; that the groups are 4-4-4 is certain" },
  { LABEL_EM, 1.9, 3.0, '?', "em of 個人番号; that the label is there is certain" },
  { LABEL_DISTANCE, 0.6, 2.2, '?', "between label and digits" },

  /* The number lies within x 27.4..80.5, y 4.3..19.4: a box measured on cards by an open-source masking program, with room to spare. */
  { BACK_NUMBER_X, 28.0, 40.0, 'D', "left of the first digit, pushed left if the line would pass 80.5" },
  { BACK_NUMBER_BASE, 9.5, 16.5, 'D', "foot of the digits" },
  { BACK_QR_X, 4.0, 9.0, 'D', "left of the number" },
  { BACK_QR_Y, 3.5, 8.0, 'D', "level with the number" },
  { BACK_QR_SIZE, 10.0, 14.5, '?', "version 1 with 21 modules is K" },
  { BACK_NAME_BASE, 21.0, 25.5, '?', "below the number" },
  { BACK_CHIP_X, 9.0, 11.0, 'K', "ISO/IEC 7816-2 contacts" },
  { BACK_CHIP_Y, 20.0, 22.0, 'K', "ISO/IEC 7816-2 contacts" },
  { BACK_STRIPE_Y, 37.0, 40.0, 'K', "ISO/IEC 7811, from the far edge" },
  { BACK_STRIPE_HEIGHT, 6.4, 11.0, 'K', "ISO/IEC 7811, two or three tracks" },

  { NOTIFICATION_NUMBER_X, 18.0, 30.0, '?', "near the top edge, above the name is K" },
  { NOTIFICATION_NUMBER_BASE, 8.0, 13.5, '?', "near the top edge is K" },
  { NOTIFICATION_NAME_BASE, 19.0, 23.0, '?', "" },
  { NOTIFICATION_SHEET_X, 8.0, 60.0, '?', "the card on its A4 sheet" },
  { NOTIFICATION_SHEET_Y, 10.0, 40.0, '?', "upper part is V" },

  { NOTICE_NUMBER_X, 40.0, 60.0, '?', "" },
  { NOTICE_NUMBER_BASE, 60.0, 78.0, '?', "" },
  { NOTICE_DIGIT_HEIGHT, 3.0, 5.5, '?', "" },

  { LICENCE_NUMBER_X, 9.0, 13.0, 'K', "lower left" },
  { LICENCE_NUMBER_BASE, 36.0, 39.0, 'K', "" },
  { LICENCE_DIGIT_HEIGHT, 2.6, 3.4, 'K', "" },
};

/*
 * Pages for training and tuning show only the faces that are not held out: a reader that was fitted to them meets the
 * others for the first time when it is judged, as it will meet the true one. A weight of 2 is drawn twice as often.
 */
static const struct
{
  const char *name;
  double weight;
  gboolean held_out;
} digit_fonts[] = {
  { "OCR B", 2, FALSE },
  { "DejaVu Sans", 1, FALSE },
  { "DejaVu Sans Condensed", 1, FALSE },
  { "DejaVu Sans Mono", 1, TRUE },
  { "Liberation Sans", 2, FALSE },
  { "Liberation Sans Bold", 1, TRUE },
  { "Liberation Mono", 1, FALSE },
  { "Noto Sans CJK JP", 2, FALSE },
  { "Noto Sans CJK JP Bold", 1, FALSE },
  { "Noto Sans Mono CJK JP", 1, FALSE },
  { "VL Gothic", 1, FALSE },
  { "VL PGothic", 1, FALSE },
  { "IPAexGothic", 2, TRUE },
};

static const char *const text_fonts[] = {
  "Noto Sans CJK JP", "Noto Sans CJK JP Bold", "VL Gothic",         "VL PGothic",
  "IPAexGothic",      "IPAexGothic",           "Noto Serif CJK JP",
};

const LayoutRange *
layout_range (LayoutMeasure measure)
{
  g_assert (ranges[measure].measure == measure);
  return &ranges[measure];
}

double
layout_pick (Dice *dice, LayoutMeasure measure)
{
  const LayoutRange *range = layout_range (measure);

  return dice_range (dice, range->low, range->high);
}

const char *
layout_digit_font (Dice *dice, gboolean held_out_too)
{
  double weights[G_N_ELEMENTS (digit_fonts)];

  for (guint i = 0; i < G_N_ELEMENTS (digit_fonts); i++)
    weights[i] = held_out_too || !digit_fonts[i].held_out ? digit_fonts[i].weight : 0;
  return digit_fonts[dice_weighted (dice, weights, G_N_ELEMENTS (weights))].name;
}

gboolean
layout_digit_font_is_held_out (const char *font)
{
  for (guint i = 0; i < G_N_ELEMENTS (digit_fonts); i++)
    if (strcmp (digit_fonts[i].name, font) == 0)
      return digit_fonts[i].held_out;
  return FALSE;
}

const char *
layout_text_font (Dice *dice)
{
  return dice_pick (dice, text_fonts);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* level: how far a page is degraded, as one table of faults; and one page's draw from it. */
#pragma once

#include "corpus.h"

typedef struct
{
  /* the document itself */
  double ink;         /* what is left of the contrast of everything printed, 0..1 */
  double lightness;   /* of what is meant to be black, 0 black to 1 white: lasers engrave grey */
  double ground;      /* strength of the ground pattern, 1 = as designed */
  double screen;      /* opacity of a screen too fine for the scanner: moiré */
  double latent;      /* opacity of the hidden word of a copy-proof paper */
  double scratches;   /* hair lines over the document */
  double worn_print;  /* part of the document whose print has been rubbed away */
  double worn_mm;     /* paper or plastic gone at the corners */
  double glare;       /* opacity of a patch or band of light on plastic, 0 none */
  double pen_marks;   /* strokes of a ball pen */
  double dust;        /* specks on document and glass */
  double see_through; /* opacity of the other side of thin paper */
  double lift_mm;     /* how far above the glass the document's farthest part is */
  /* the scanner */
  double blur_mm;      /* standard deviation of the spread of a point that lies on the glass */
  double brightness;   /* added, -1..1 of full scale */
  double contrast;     /* about mid grey, 1 = none */
  double log_gamma;    /* natural logarithm, 0 = none */
  double gradient;     /* change of light over the whole page, part of full scale */
  double noise;        /* standard deviation of a sample, of 255 */
  double streaks;      /* columns that one sensor cell spoils */
  double streak_depth; /* of 255 */
  double banding;      /* of 255: rows brighter and darker with the carriage's speed */
  double sway_mm;      /* rows displaced with it */
  double jpeg_quality; /* 0 none, else 1..100 */
} Degradation;

/** level_pick: draws which faults a page of @level has, and how bad each is. */
void level_pick (CorpusLevel level, Dice *dice, Degradation *ret_degradation);
/** level_pick_dpi: mostly 300. */
guint level_pick_dpi (CorpusLevel level, Dice *dice);

/* SPDX-License-Identifier: Apache-2.0 */
/* level: how far a page is degraded, as one table of ranges; and one page's draw from it. */
#pragma once

#include "corpus.h"

typedef struct
{
  /* the document itself */
  double ink;         /* what is left of the contrast of everything printed, 0..1 */
  double ground;      /* strength of the ground pattern, 1 = as designed */
  double latent;      /* opacity of the hidden word of a copy-proof paper */
  double scratches;   /* hair lines over the document */
  double worn_mm;     /* paper or plastic gone at the corners */
  double glare;       /* opacity of a patch of light on plastic, 0 none */
  double dust;        /* specks on document and glass */
  double see_through; /* opacity of the other side of thin paper */
  /* the scanner */
  double blur_mm;    /* standard deviation of the spread of a point */
  double brightness; /* added, -1..1 of full scale */
  double contrast;   /* about mid grey, 1 = none */
  double gamma;
  double gradient;     /* change of light over the whole page, part of full scale */
  double noise;        /* standard deviation of a sample, of 255 */
  double streaks;      /* columns that one sensor cell spoils */
  double streak_depth; /* of 255 */
  double jpeg_quality; /* 0 none, else 1..100 */
} Degradation;

/** level_pick: draws every step of @level. */
void level_pick (CorpusLevel level, Dice *dice, Degradation *ret_degradation);
/** level_pick_dpi: mostly 300. */
guint level_pick_dpi (CorpusLevel level, Dice *dice);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lens: what lies between a document and the sensor. Only what touches the glass is sharp: a bowed card, a curled or
 * folded sheet is lifted off it, and there it is blurred, darker and drawn together towards the optical axis. The carriage
 * does not run evenly either and displaces rows.
 */
#pragma once

#include <cairo.h>

#include "level.h"

#define LENS_STEPS 256
#define LENS_MAX_OUTLINES 2

typedef struct
{
  cairo_rectangle_int_t area; /* of the page that the lens is for, pixels */
  double dpi;
  double sigma_px; /* spread of a point on the glass */
  CorpusPoint outlines[LENS_MAX_OUTLINES]
                      [4]; /* of the documents, pixels of the page; the lid around them stays as it is */
  guint n_outlines;
  gboolean lifted;           /* anything below is in use */
  double middle_x, middle_y; /* of the document, pixels of the page */
  double along_x, along_y;   /* from there in pixels to -1..1 over the document, the way it is lifted */
  double highest_mm;
  double lift_mm[LENS_STEPS];        /* over that way */
  double axis_x;                     /* the optical axis, pixels of the page */
  double draw_together;              /* per mm of lift */
  double spread, dimming;            /* per mm of lift: of a point, mm; of the light, part */
  double sway_px, sway_turns, sway0; /* rows are displaced by sway_px * sin (2 pi (y * sway_turns + sway0)) */
} Lens;

/**
 * lens_plan:
 * @area: what the lens is for, the documents and a rim
 * @page_width: pixels
 *
 * Draws how the documents lie; the caller adds their outlines.
 */
void lens_plan (Lens *self, const Degradation *degradation, const cairo_rectangle_int_t *area, double page_width,
                guint dpi, Dice *dice);

/** lens_focus: what the sensor gets to see of @tile, the samples of the lens's area; @n_channels each. In place. */
void lens_focus (const Lens *self, guint8 *tile, guint n_channels);

/** lens_move_point: where a point of the drawn page, in pixels, is seen. */
void lens_move_point (const Lens *self, CorpusPoint *point);

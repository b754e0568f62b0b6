/* SPDX-License-Identifier: Apache-2.0 */
/* pen: draws text, numbers, codes and grounds on one document. All lengths in mm in the document's own frame. */
#pragma once

#include <cairo.h>
#include <pango/pango.h>

#include "level.h"
#include "qr.h"
#include "texts.h"

typedef struct
{
  double r, g, b;
} Ink;

typedef struct
{
  cairo_t *cr;                    /* borrowed; user unit 1 mm */
  PangoContext *context;          /* owned */
  Dice *dice;                     /* borrowed */
  const Degradation *degradation; /* borrowed */
  gboolean all_faces;             /* also those held out from training and tuning */
  const CorpusFaces *faces;       /* borrowed, or NULL */
  CorpusTexts *texts;             /* borrowed; takes down what is written, NULL: nobody does */
  TextRole role;                  /* of the text that is drawn now */
  const char *number_font;        /* borrowed: of the last twelve digits drawn, or NULL */
} Pen;

void pen_init (Pen *self, cairo_t *cr, Dice *dice, const Degradation *degradation, gboolean all_faces);
void pen_clear (Pen *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pen, pen_clear)

/** pen_ink: @ink as it comes out of a printer with a little of its own colour each time. */
Ink pen_ink (Pen *self, Ink ink, double spread);
void pen_set_ink (Pen *self, Ink ink, double alpha);

/** pen_digit_font: a face for digits: of the layout table, or half of the time of the faces that were given. */
const char *pen_digit_font (Pen *self);
/** pen_text_font: a face for Japanese, likewise. */
const char *pen_text_font (Pen *self);

/** pen_text: one line from @x with its foot at @base. Returns: its width. */
double pen_text (Pen *self, const char *font, double em, double x, double base, Ink ink, const char *text);
/** pen_text_fit: the same, made smaller where it would be wider than @width. */
double
pen_text_fit (Pen *self, const char *font, double em, double x, double base, double width, Ink ink, const char *text);
/** pen_ghost: text that is no line to read, as grounds have it: @ink lets @alpha of itself be seen, and nobody takes it down. */
void pen_ghost (Pen *self, const char *font, double em, double x, double base, Ink ink, double alpha, const char *text);
/** pen_label: pen_text() for the label beside the number. */
double pen_label (Pen *self, const char *font, double em, double x, double base, Ink ink, const char *text);
/** pen_title: pen_text() for what names the document. */
double pen_title (Pen *self, const char *font, double em, double x, double base, Ink ink, const char *text);
double pen_text_width (Pen *self, const char *font, double em, const char *text);
/** pen_lines: several lines of @em, @leading apart. Returns: the foot of the line after the last. */
double pen_lines (Pen *self, const char *font, double em, double x, double base, double width, double leading, Ink ink,
                  const char *const *lines);

typedef struct
{
  const char *font;
  double height;  /* of a digit's ink */
  double spacing; /* extra room between digits, part of an advance */
  double gap;     /* extra room between groups, advances; 0 draws one run */
} NumberStyle;

/** pen_number_style: a style from the layout table. */
NumberStyle pen_number_style (Pen *self);
double pen_number_width (Pen *self, const NumberStyle *style, const char *digits);
/**
 * pen_number:
 * @role: %TEXT_NUMBER or %TEXT_DECOY
 * @ret_ink: (optional): what the ink covers
 *
 * Draws twelve digits, in groups of four if the style has a gap.
 */
void pen_number (Pen *self, const NumberStyle *style, double x, double base, Ink ink, const char *digits, TextRole role,
                 cairo_rectangle_t *ret_ink);

void pen_box (Pen *self, double x, double y, double width, double height, Ink ink, double alpha);
void pen_frame (Pen *self, double x, double y, double width, double height, double line, Ink ink, double alpha);
void pen_line (Pen *self, double x0, double y0, double x1, double y1, double line, Ink ink, double alpha);
void pen_rounded (Pen *self, double x, double y, double width, double height, double radius);
/**
 * pen_qr: @size over all modules, with a white quiet zone of @quiet around. @of_number: @text is the number. @damaged:
 *   parts of it scratched away.
 */
void pen_qr (Pen *self, double x, double y, double size, double quiet, const char *text, gboolean of_number,
             gboolean damaged);
/** pen_photo: a grey box with a head and shoulders. */
void pen_photo (Pen *self, double x, double y, double width, double height);
/** pen_seal: a red square stamp. */
void pen_seal (Pen *self, double x, double y, double size);
/** pen_handwriting: @text as if written by hand: uneven, slanted. */
void pen_handwriting (Pen *self, double em, double x, double base, Ink ink, const char *text);

/** pen_black: what this page's printer or laser makes of black. */
Ink pen_black (const Pen *self);

/* Grounds. Those without a size fill all that is not clipped away. @strength 1 is as designed; the page's own ground strength comes on top. */
void pen_ground_waves (Pen *self, Ink ink, double strength);
void pen_ground_screen (Pen *self, Ink ink);
void pen_ground_guilloche (Pen *self, double width, double height, Ink ink, double strength);
void pen_ground_rosette (Pen *self, double x, double y, double radius, Ink ink, double strength);
void pen_ground_micro_text (Pen *self, double width, double height, const char *word, Ink ink, double strength);
void pen_ground_latent (Pen *self, double width, double height, const char *word, Ink ink);

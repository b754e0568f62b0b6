/* SPDX-License-Identifier: Apache-2.0 */
/* texts: what stands where on a page: lines of text with the place of each character, and QR codes. In pixels of the page. */
#pragma once

#include <cairo.h>
#include <pango/pango.h>

#include "lens.h"

typedef enum
{
  TEXT_OTHER,
  TEXT_TITLE,
  TEXT_LABEL,  /* the 個人番号 beside the number */
  TEXT_NUMBER, /* twelve digits that are a My Number */
  TEXT_DECOY   /* twelve others */
} TextRole;

/** texts_clear: forgets what was taken down. */
void texts_clear (CorpusTexts *self);

/**
 * texts_begin:
 * @matrix: from the drawing's unit to pixels
 *
 * Starts a line. Its characters follow with texts_add(), and texts_end() closes it; a line without ink is dropped.
 */
void texts_begin (CorpusTexts *self, TextRole role, const cairo_matrix_t *matrix);
/** texts_add: the next character (UTF-8) with its ink in the drawing's unit; %NULL for a space, which has none. */
void texts_add (CorpusTexts *self, const char *character, const cairo_rectangle_t *ink);
/** texts_add_layout: all of a @layout of one line whose top left is at @x, @y. */
void texts_add_layout (CorpusTexts *self, PangoLayout *layout, double x, double y);
void texts_end (CorpusTexts *self);

/** texts_add_qr: the square of a code's modules. @of_number: it holds the number, and nothing else. */
void texts_add_qr (CorpusTexts *self, const cairo_matrix_t *matrix, const cairo_rectangle_t *square, gboolean of_number,
                   gboolean damaged);

/** texts_hide: forgets the lines of which something lies in @box, because it was covered. */
void texts_hide (CorpusTexts *self, const cairo_matrix_t *matrix, const cairo_rectangle_t *box);

/** texts_move: to where @lens shows it. Corners only: within a line the characters keep their parts of the width. */
void texts_move (CorpusTexts *self, const Lens *lens);

/** texts_append_json: adds the members "texts" and "qr_codes" to @json. */
void texts_append_json (const CorpusTexts *self, GString *json);

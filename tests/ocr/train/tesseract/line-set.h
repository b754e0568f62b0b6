/* SPDX-License-Identifier: Apache-2.0 */
/* line-set: drawn number lines as the product cuts them, many in one file. For training and tuning only. */
#pragma once

#include <stdio.h>

#include "card/grey.h"
#include "corpus.h"

/**
 * LineStrip:
 * @digits: what is printed
 * @font: (owned): its face
 * @dpi: of the page it was cut from
 * @strip: (owned): LINE_TESSERACT_DIGIT_PX with its margins, as far as the cut was meant to be right
 */
typedef struct
{
  char digits[DIGITS_LENGTH + 1];
  CorpusLevel level;
  char *font;
  guint dpi;
  CardGrey *strip;
} LineStrip;

void line_strip_clear (LineStrip *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LineStrip, line_strip_clear)

/** line_strip_cut: cuts the number of @page where @truth says it is, wrong by as much as a locator is. */
void line_strip_cut (LineStrip *self, const CardPage *page, const CorpusTruth *truth, Dice *dice);

/** line_strip_write: %FALSE with errno set. */
gboolean line_strip_write (const LineStrip *self, FILE *file);

/** line_strip_read: %FALSE at the file's end; a damaged file ends the program. */
gboolean line_strip_read (LineStrip *self, FILE *file);

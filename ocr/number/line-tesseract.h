/* SPDX-License-Identifier: Apache-2.0 */
/* line-tesseract: the first recogniser, Tesseract's LSTM on the upright number line. */
#pragma once

#include "card/grey.h"
#include "number/verdict.h"

/* The strip that both recognisers get, each cut for itself: digits of this height, with this much paper around. */
#define LINE_TESSERACT_DIGIT_PX 30
#define LINE_TESSERACT_MARGIN_PX 12

typedef struct _LineTesseract LineTesseract;

/** line_tesseract_new: (transfer full): loads the model, some 70 ms; %NULL when it is not installed. */
LineTesseract *line_tesseract_new (void);
void line_tesseract_free (LineTesseract *self);

/** line_tesseract_read: @ret_reading is empty unless it read exactly 12 digits. */
void line_tesseract_read (LineTesseract *self, const CardGrey *strip, VerdictReading *ret_reading);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LineTesseract, line_tesseract_free)

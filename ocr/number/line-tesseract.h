/* SPDX-License-Identifier: Apache-2.0 */
/* line-tesseract: the first recogniser, Tesseract's LSTM with a digit model of our own, on the upright number line. */
#pragma once

#include "card/grey.h"
#include "number/verdict.h"

/*
 * The strip that it gets: digits of this height, with this much above and below them, and so much to the left and right
 * that a line whose ends were seen too short is read all the same. The model learnt from strips whose digits are up to a
 * tenth of their height too high, too low or out of the middle, 1 degree out of level, and whose ends are up to three
 * quarters of a height off, with the label's last character in sight.
 */
#define LINE_TESSERACT_DIGIT_PX 24
#define LINE_TESSERACT_MARGIN_PX 10
#define LINE_TESSERACT_SIDE_PX 22

typedef struct _LineTesseract LineTesseract;

/** line_tesseract_new: (transfer full): loads the model, which is part of the program; %NULL when it is damaged. */
LineTesseract *line_tesseract_new (void);

/** line_tesseract_free: %NULL is fine. */
void line_tesseract_free (LineTesseract *self);

/**
 * line_tesseract_read:
 *
 * @ret_reading is empty unless it read exactly 12 digits. Its confidence is calibrated: of the readings with 0.99, 99 in
 * a hundred are right (see tests/ocr/train/tesseract/evaluate for how far that holds). One thread at a time.
 */
void line_tesseract_read (LineTesseract *self, const CardGrey *strip, VerdictReading *ret_reading);

/** line_tesseract_read_raw: the same with the network's own share for its weakest digit, which calibration starts from. */
void line_tesseract_read_raw (LineTesseract *self, const CardGrey *strip, VerdictReading *ret_reading);

/* Where the calibration is cut off: the network's shares of 0 and 1 have no odds. */
#define LINE_TESSERACT_RAW_EPSILON 1e-5

/**
 * line_tesseract_prepare:
 *
 * Returns: (transfer full): what the model is shown of @strip, and what it has to be trained on: the paper made white and
 *   the ink black, whatever the light, and a ruler in the middle row.
 */
CardGrey *line_tesseract_prepare (const CardGrey *strip);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LineTesseract, line_tesseract_free)

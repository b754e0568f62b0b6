/* SPDX-License-Identifier: Apache-2.0 */
/* qr: the QR code on the back of a 個人番号カード, which holds the 12 digits in plain text and nothing else. */
#pragma once

#include "card/grey.h"
#include "number/verdict.h"

/**
 * QrFinding:
 * @reading: the digits with confidence 1, or empty; what the code says otherwise is not kept
 * @n_codes: QR codes seen, with whatever content
 * @x, @y, @side: centre of the 12-digit code and length of its longer side in pixels of the picture
 */
typedef struct
{
  VerdictReading reading;
  guint n_codes;
  double x;
  double y;
  double side;
} QrFinding;

typedef struct _QrReader QrReader;

QrReader *qr_reader_new (void);
void qr_reader_free (QrReader *self);

/**
 * qr_reader_find:
 * @grey: any size; a module must be at least 2 pixels
 *
 * Two codes with different 12 digits count as none.
 */
void qr_reader_find (QrReader *self, const CardGrey *grey, QrFinding *ret_finding);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QrReader, qr_reader_free)

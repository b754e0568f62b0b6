/* SPDX-License-Identifier: Apache-2.0 */
/* qr: the QR code on the back of a 個人番号カード, which holds the 12 digits in plain text and nothing else. */
#pragma once

#include "card/grey.h"
#include "number/verdict.h"

/* A picture of a code and its quiet zone is best so many pixels wide and high, or so many when the first shows nothing. */
#define QR_CODE_SIDE_PX 200
#define QR_CODE_SMALL_SIDE_PX 140

/**
 * QrFinding:
 * @reading: the digits with confidence 1, or empty; what the code says otherwise is not kept
 * @is_upside_down: it stands on its head
 */
typedef struct
{
  VerdictReading reading;
  gboolean is_upside_down;
} QrFinding;

typedef struct _QrReader QrReader;

QrReader *qr_reader_new (void);
void qr_reader_free (QrReader *self);

/**
 * qr_reader_find:
 * @grey: the code and little else, see above for its size; looked at with its contrasts raised, evened out, and as it is
 *
 * Two codes with different 12 digits count as none.
 */
void qr_reader_find (QrReader *self, const CardGrey *grey, QrFinding *ret_finding);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QrReader, qr_reader_free)

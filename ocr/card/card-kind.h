/* SPDX-License-Identifier: Apache-2.0 */
/* card-kind: which document this is, from what was seen on it and the layouts. Pure. */
#pragma once

#include "layout.h"

/**
 * CardSigns:
 * @words: (element-type utf8): those words of the layouts that were seen, borrowed
 * @has_field: a number field with its label, or with a QR code that says the same
 * @has_table: a ruled table of nearly a card's size
 * @has_number_qr: a QR code with 12 digits and nothing else
 */
typedef struct
{
  CardShape shape;
  gboolean has_field;
  gboolean has_number_qr;
  const GPtrArray *words;
  gboolean has_table;
} CardSigns;

/** card_kind_decide: FRAMES_DOCUMENT_*; FRAMES_DOCUMENT_OTHER when no layout fits. */
const char *card_kind_decide (const CardLayouts *layouts, const CardSigns *signs);

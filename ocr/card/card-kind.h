/* SPDX-License-Identifier: Apache-2.0 */
/* card-kind: which document this is, from what was seen on it and the layouts. Pure. */
#pragma once

#include "card-finder.h"
#include "layout.h"

/**
 * CardSigns:
 * @words: (element-type utf8): those words of the layouts that were seen, borrowed
 * @has_field: a number field with its label, or with a QR code that says the same
 * @has_number_qr: a QR code with 12 digits and nothing else
 */
typedef struct
{
  CardShape shape;
  gboolean has_field;
  gboolean has_number_qr;
  const GPtrArray *words;
} CardSigns;

/**
 * card_kind_find:
 *
 * Whatever the layouts say, on a sheet only a word can tell a document that proves a number, and the word that rules it out
 * counts more than all that speaks for it.
 *
 * Returns: (transfer none) (nullable): the layout that fits best; %NULL when none fits: the document is
 *   FRAMES_DOCUMENT_OTHER and refused with FRAMES_REASON_WRONG_DOCUMENT.
 */
const CardLayout *card_kind_find (const CardLayouts *layouts, const CardSigns *signs);

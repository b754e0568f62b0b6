/* SPDX-License-Identifier: Apache-2.0 */
/* number-reader: from a page to a verdict. The one entry point of card/ and number/. */
#pragma once

#include <gio/gio.h>

#include "card/card-finder.h"
#include "card/page.h"
#include "number/verdict.h"

#define NUMBER_READER_ERROR (number_reader_error_quark ())

typedef enum
{
  NUMBER_READER_ERROR_MODEL, /* a model is missing or damaged: a broken installation */
} NumberReaderError;

typedef struct _NumberReader NumberReader;

GQuark number_reader_error_quark (void);

/**
 * number_reader_new:
 *
 * Loads the models (Tesseract's takes some 70 ms), once per process. The process sets OMP_THREAD_LIMIT=1 before.
 * Layouts that are not built in come from $AZUKARI_LAYOUTS, else from the folder "layouts" of the installed data.
 *
 * Returns: (transfer full): a reader, used by one thread at a time; or %NULL with NUMBER_READER_ERROR_MODEL or
 *   CARD_LAYOUT_ERROR_DAMAGED.
 */
NumberReader *number_reader_new (GError **error);

/** number_reader_free: %NULL is fine. */
void number_reader_free (NumberReader *self);

/** number_reader_find: (transfer full): where cards lie on @page, as number_reader_read () begins; %NULL without memory. */
CardScene *number_reader_find (const NumberReader *self, const CardPage *page);

/**
 * number_reader_read:
 * @page: 8-bit grey or RGB, any content; @dpi 0 is worked out from the card's size. Not changed.
 * @cancellable: (nullable): looked at between the steps
 *
 * Finds the card, turns it upright, says what document it is, and reads the number if the document may yield one.
 * Opens no file and writes nothing.
 *
 * Returns: (transfer full): always a verdict; VERDICT_FAILED with FRAMES_REASON_CANCELLED when cancelled.
 */
Verdict *number_reader_read (NumberReader *self, const CardPage *page, GCancellable *cancellable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NumberReader, number_reader_free)

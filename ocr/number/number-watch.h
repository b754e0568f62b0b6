/* SPDX-License-Identifier: Apache-2.0 */
/* number-watch: whether the rows so far of a page that is still coming are enough for its verdict. */
#pragma once

#include "number/number-reader.h"

typedef struct _NumberWatch NumberWatch;

/**
 * number_watch_new:
 * @reader: borrowed
 * @dpi: of the page, 0 when not known: then nothing is ever wanted, since a card cannot be told from half a sheet
 *
 * Not thread-safe; the clock plays no part, so that the same rows asked for at the same counts give the same answers.
 */
NumberWatch *number_watch_new (NumberReader *reader, double dpi);

/** number_watch_free: %NULL is fine. */
void number_watch_free (NumberWatch *self);

/**
 * number_watch_wants:
 * @rows: how many rows of the page are there
 *
 * Whether so many came that looking is worth it: as many as the shortest way across a card with a margin below it, then
 * every 5 mm, or where the lower edge of a card in sight will have passed. Costs nothing.
 */
gboolean number_watch_wants (const NumberWatch *self, guint rows);

/**
 * number_watch_look:
 * @page: the page so far: height_px is the rows that are there. Not changed.
 *
 * Looks where documents lie; some milliseconds, on a reduced copy.
 *
 * Returns: whether exactly one document is in sight, with the outline and size of an ID-1 card, all of it at least 3 mm
 *   above the last row, and where it lies nothing was read yet. Then number_watch_read () is worth it.
 */
gboolean number_watch_look (NumberWatch *self, const CardPage *page);

/**
 * number_watch_read:
 * @page: as looked at last, after number_watch_look () said %TRUE
 * @cancellable: (nullable): looked at between the steps
 *
 * Reads that card. Only an accepted number is certain: what a refusal or a doubt comes from may change with more rows.
 *
 * Returns: (transfer full) (nullable): the accepted verdict, or %NULL for anything else.
 */
Verdict *number_watch_read (NumberWatch *self, const CardPage *page, GCancellable *cancellable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NumberWatch, number_watch_free)

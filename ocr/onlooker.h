/* SPDX-License-Identifier: Apache-2.0 */
/* onlooker: a thread that looks at a page while its rows come, and says when they are enough. */
#pragma once

#include "number/number-reader.h"

G_BEGIN_DECLS

typedef struct _Onlooker Onlooker;

/**
 * onlooker_new:
 * @reader: borrowed; the thread's alone until onlooker_finish ()
 * @page: copied, its samples borrowed: room for all rows that may come, which stays where it is until onlooker_finish ().
 *   Of its height_px, none are there yet. Its dpi is above 0.
 * @enough: cancelled by the thread when a verdict is certain, to wake whoever waits for more rows
 * @cancellable: ends a reading under way
 *
 * Starts the thread. It works on one look at a time, on the newest rows, and rests after each for as long as it took, so
 * that it never takes more than half of one processor from the rows.
 *
 * Returns: (transfer full) (nullable): %NULL when the system has no thread to give; the page is then read as a whole.
 */
Onlooker *onlooker_new (NumberReader *reader, const CardPage *page, GCancellable *enough, GCancellable *cancellable);

/**
 * onlooker_set_rows:
 * @rows: how many of the page's first rows are there; they do not change any more
 */
void onlooker_set_rows (Onlooker *self, guint rows);

/** onlooker_is_certain: whether there is a verdict. Any thread. */
gboolean onlooker_is_certain (Onlooker *self);

/**
 * onlooker_finish:
 *
 * Ends the thread and frees @self. A reading under way is let end, unless cancelled: on the last millimetres of a page its
 * verdict is there sooner than that of a new one. No other begins.
 *
 * Returns: (transfer full) (nullable): the verdict that is certain, an accepted one; or %NULL.
 */
Verdict *onlooker_finish (Onlooker *self);

G_END_DECLS

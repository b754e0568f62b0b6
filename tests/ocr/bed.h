/* SPDX-License-Identifier: Apache-2.0 */
/* bed: the glass of a flatbed with a drawn card where a test wants it. */
#pragma once

#include "drawn.h"

/**
 * bed_page:
 * @drawn: a page of PAGE_BED with one document, as drawn_page () gives it
 * @truth: of that page
 * @tops_mm: where the highest corner of the card comes to lie, once for each copy of it, from the top of the bed down
 * @ret_bottoms: (out) (array): the row below the lowest corner of each copy
 *
 * (transfer full): as large as @drawn, the same lid all around.
 */
CardPage *
bed_page (const CardPage *drawn, const CorpusTruth *truth, const double *tops_mm, guint n_tops, guint *ret_bottoms);

/* SPDX-License-Identifier: Apache-2.0 */
/* drawn: pages of the corpus as the reader takes them. */
#pragma once

#include "card/page.h"
#include "corpus.h"

/** drawn_page: (transfer full): draws @spec; @known_dpi: whether the page says how fine it is. */
CardPage *drawn_page (const CorpusSpec *spec, gboolean known_dpi, CorpusTruth *ret_truth);

/** drawn_grey_page: (transfer full): the same as the reader's parts take it. */
CardPage *drawn_grey_page (const CorpusSpec *spec, gboolean known_dpi, CorpusTruth *ret_truth);

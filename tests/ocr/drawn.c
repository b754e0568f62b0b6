/* SPDX-License-Identifier: Apache-2.0 */
/* drawn: pages of the corpus as the reader takes them. */
#include "drawn.h"

#include <string.h>

CardPage *
drawn_page (const CorpusSpec *spec, gboolean known_dpi, CorpusTruth *ret_truth)
{
  g_auto (CorpusImage) image = { 0 };
  CardPage *page;

  corpus_draw (spec, &image, ret_truth);
  page = card_page_new (image.width_px, image.height_px, image.n_channels, known_dpi ? ret_truth->dpi : 0, NULL);
  g_assert_nonnull (page);
  memcpy (page->samples, image.samples, page->stride * page->height_px);
  return page;
}

CardPage *
drawn_grey_page (const CorpusSpec *spec, gboolean known_dpi, CorpusTruth *ret_truth)
{
  g_autoptr (CardPage) page = drawn_page (spec, known_dpi, ret_truth);

  return card_page_to_grey (page, NULL);
}

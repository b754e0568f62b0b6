/* SPDX-License-Identifier: Apache-2.0 */
/* page: one scanned page in memory. Personal data: wiped when freed, never written anywhere. */
#pragma once

#include <glib.h>

/* The largest page taken: A3 at 600 dpi (7016 x 9922) with a little room, in either direction, grey or colour. */
#define CARD_PAGE_MAX_SIDE_PX 10400u
#define CARD_PAGE_MAX_PIXELS (72u * 1000u * 1000u)
#define CARD_PAGE_MAX_DPI 1200.0

#define CARD_PAGE_ERROR (card_page_error_quark ())

typedef enum
{
  CARD_PAGE_ERROR_ABSURD_SIZE, /* 0 pixels, or beyond the limits above: FRAMES_REASON_ABSURD_SIZE */
  CARD_PAGE_ERROR_NO_MEMORY,
} CardPageError;

/**
 * CardPage:
 * @n_channels: 1 (grey, 0 black) or 3 (red, green, blue)
 * @stride: bytes from one row to the next, width_px * n_channels
 * @dpi: pixels per inch, the same in both directions; 0 when not known
 * @samples: (owned): height_px rows, 8 bits a sample, top row first
 */
typedef struct
{
  guint width_px;
  guint height_px;
  guint n_channels;
  gsize stride;
  double dpi;
  guint8 *samples;
} CardPage;

GQuark card_page_error_quark (void);

/**
 * card_page_new:
 * @n_channels: 1 or 3
 * @dpi: 0 when not known; values outside 0..CARD_PAGE_MAX_DPI count as not known
 *
 * A page of zero (black) samples for the caller to fill. The size is checked before any memory is taken. Any thread.
 *
 * Returns: (transfer full): a page, or %NULL with a CardPageError.
 */
CardPage *card_page_new (guint width_px, guint height_px, guint n_channels, double dpi, GError **error);

/** card_page_to_grey: (transfer full): a copy of one channel, how bright each pixel is; %NULL with a CardPageError. */
CardPage *card_page_to_grey (const CardPage *self, GError **error);

/** card_page_free: wipes the samples, then frees. %NULL is fine. */
void card_page_free (CardPage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CardPage, card_page_free)

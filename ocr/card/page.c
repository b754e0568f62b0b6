/* SPDX-License-Identifier: Apache-2.0 */
/* page: one scanned page in memory. */
#include "page.h"

#include <string.h>

G_DEFINE_QUARK (card - page - error - quark, card_page_error)

CardPage *
card_page_new (guint width_px, guint height_px, guint n_channels, double dpi, GError **error)
{
  CardPage *self;

  g_return_val_if_fail (n_channels == 1 || n_channels == 3, NULL);

  if (width_px == 0 || height_px == 0 || width_px > CARD_PAGE_MAX_SIDE_PX || height_px > CARD_PAGE_MAX_SIDE_PX
      || (guint64) width_px * height_px > CARD_PAGE_MAX_PIXELS)
    {
      g_set_error (error, CARD_PAGE_ERROR, CARD_PAGE_ERROR_ABSURD_SIZE, "a page of %u x %u pixels is not taken",
                   width_px, height_px);
      return NULL;
    }

  self = g_new0 (CardPage, 1);
  self->width_px = width_px;
  self->height_px = height_px;
  self->n_channels = n_channels;
  self->stride = (gsize) width_px * n_channels;
  self->dpi = dpi >= 0.0 && dpi <= CARD_PAGE_MAX_DPI ? dpi : 0.0;
  self->samples = g_try_malloc0 (self->stride * height_px);
  if (self->samples == NULL)
    {
      g_set_error (error, CARD_PAGE_ERROR, CARD_PAGE_ERROR_NO_MEMORY, "no memory for a page of %u x %u pixels",
                   width_px, height_px);
      g_clear_pointer (&self, card_page_free);
    }
  return self;
}

void
card_page_free (CardPage *self)
{
  if (self == NULL)
    return;
  if (self->samples != NULL)
    explicit_bzero (self->samples, self->stride * self->height_px);
  g_free (self->samples);
  g_free (self);
}

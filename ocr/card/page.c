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

/* Brightness in 1/256: the eye's weights, so that pastel ground patterns stay pale and red or blue ink stays dark. */
#define RED_WEIGHT 77u
#define GREEN_WEIGHT 150u
#define BLUE_WEIGHT 29u

static inline void
grey_samples (const guint8 *colour, gsize n, guint8 *ret_grey)
{
  for (gsize i = 0; i < n; i++)
    ret_grey[i] =
        (guint8) ((RED_WEIGHT * colour[3 * i] + GREEN_WEIGHT * colour[3 * i + 1] + BLUE_WEIGHT * colour[3 * i + 2])
                  >> 8);
}

#if defined(__x86_64__)
/* The same, for a compiler that may shuffle bytes: half the time on any processor of the last fifteen years. */
__attribute__ ((target ("ssse3"))) static void
grey_samples_ssse3 (const guint8 *colour, gsize n, guint8 *ret_grey)
{
  grey_samples (colour, n, ret_grey);
}
#endif

CardPage *
card_page_to_grey (const CardPage *self, GError **error)
{
  CardPage *grey = card_page_new (self->width_px, self->height_px, 1, self->dpi, error);
  gsize n = (gsize) self->width_px * self->height_px;

  if (grey == NULL)
    return NULL;
  if (self->n_channels == 1)
    memcpy (grey->samples, self->samples, n);
#if defined(__x86_64__)
  else if (__builtin_cpu_supports ("ssse3"))
    grey_samples_ssse3 (self->samples, n, grey->samples);
#endif
  else
    grey_samples (self->samples, n, grey->samples);
  return grey;
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

/* SPDX-License-Identifier: Apache-2.0 */
/* digit-net: our own small network that names one digit, or says that it is none. */
#include "digit-net.h"

#include <string.h>

#include "card/glyph.h"
#include "card/mlp.h"
#include "number-resources.h"

struct _DigitNet
{
  Mlp *mlp;
};

DigitNet *
digit_net_new (void)
{
  g_autoptr (GBytes) bytes =
      g_resource_lookup_data (number_get_resource (), "/azukari/number/digits.mlp", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (Mlp) mlp = NULL;
  DigitNet *self;
  const guint8 *data;
  gsize n_bytes;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &n_bytes);
  mlp = mlp_new_from_data (data, n_bytes);
  if (mlp == NULL || mlp_get_width (mlp) != GLYPH_DIGIT_WIDTH || mlp_get_height (mlp) != GLYPH_DIGIT_HEIGHT
      || mlp_get_n_classes (mlp) != DIGIT_NET_N_CLASSES)
    return NULL;
  self = g_new0 (DigitNet, 1);
  self->mlp = g_steal_pointer (&mlp);
  return self;
}

void
digit_net_free (DigitNet *self)
{
  if (self == NULL)
    return;
  mlp_free (self->mlp);
  g_free (self);
}

void
digit_net_read (const DigitNet *self, const CardGrey *grey, double x0, double y0, double x1, double y1,
                float ret_shares[DIGIT_NET_N_CLASSES])
{
  float ink[GLYPH_DIGIT_WIDTH * GLYPH_DIGIT_HEIGHT];

  glyph_digit_ink (grey, x0, y0, x1, y1, ink);
  mlp_run (self->mlp, ink, ret_shares);
  explicit_bzero (ink, sizeof ink);
}

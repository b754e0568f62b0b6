/* SPDX-License-Identifier: Apache-2.0 */
/* grey-net: a network's answer for a whole grey picture. */
#include "grey-net.h"

#include <math.h>
#include <string.h>

#include "card-resources.h"

#define MID_GREY 128.0f

NetPlanes *
grey_net_run (const Net *net, const CardGrey *grey, int padded_to)
{
  int width = (grey->width + padded_to - 1) / padded_to * padded_to;
  int height = (grey->height + padded_to - 1) / padded_to * padded_to;
  gsize n = (gsize) width * height;
  float *input = g_new (float, n);
  NetPlanes *planes;

  for (int y = 0; y < height; y++)
    {
      const guint8 *row = grey->samples + (gsize) MIN (y, grey->height - 1) * grey->width;

      for (int x = 0; x < width; x++)
        input[(gsize) y * width + x] = (float) row[MIN (x, grey->width - 1)] / MID_GREY - 1.0f;
    }
  planes = net_run (net, input, width, height);
  explicit_bzero (input, sizeof *input * n);
  g_free (input);
  return planes;
}

Net *
grey_net_load (const char *path, int n_outputs)
{
  g_autoptr (GBytes) bytes = g_resource_lookup_data (card_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  return net_new_from_bytes (bytes, 1, n_outputs);
}

float
grey_net_share (float value)
{
  return 1.0f / (1.0f + expf (-value));
}

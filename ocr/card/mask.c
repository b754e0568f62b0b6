/* SPDX-License-Identifier: Apache-2.0 */
/* mask: shares, and the pieces in them. */
#include "mask.h"

#include <math.h>

void
mask_take_piece (const float *plane, int width, int height, float least, int at_x, int at_y, guint8 *seen,
                 GArray *cells)
{
  gint32 at = at_y * width + at_x;

  g_array_set_size (cells, 0);
  g_array_append_val (cells, at);
  seen[at] = 1;
  for (guint i = 0; i < cells->len; i++)
    {
      int x = g_array_index (cells, gint32, i) % width, y = g_array_index (cells, gint32, i) / width;

      for (int ny = MAX (y - 1, 0); ny <= MIN (y + 1, height - 1); ny++)
        for (int nx = MAX (x - 1, 0); nx <= MIN (x + 1, width - 1); nx++)
          {
            at = ny * width + nx;
            if (seen[at] || plane[at] < least)
              continue;
            seen[at] = 1;
            g_array_append_val (cells, at);
          }
    }
}

MaskMoments
mask_moments (const float *plane, int width, const gint32 *cells, guint n_cells)
{
  MaskMoments m = { 0 };

  for (guint i = 0; i < n_cells; i++)
    {
      double p = plane[cells[i]], x = cells[i] % width + 0.5, y = cells[i] / width + 0.5;

      m.n += p;
      m.x += p * x;
      m.y += p * y;
      m.xx += p * x * x;
      m.yy += p * y * y;
      m.xy += p * x * y;
    }
  return m;
}

double
mask_share_at (const float *plane, int width, int height, double x, double y)
{
  int x0 = (int) floor (x - 0.5), y0 = (int) floor (y - 0.5);
  double fx = x - 0.5 - x0, fy = y - 0.5 - y0, sum = 0.0;

  if (x < -0.5 || y < -0.5 || x > width + 0.5 || y > height + 0.5)
    return 0.0;
  for (int j = 0; j < 2; j++)
    for (int i = 0; i < 2; i++)
      {
        int cx = CLAMP (x0 + i, 0, width - 1), cy = CLAMP (y0 + j, 0, height - 1);

        sum += (i ? fx : 1 - fx) * (j ? fy : 1 - fy) * plane[cy * width + cx];
      }
  return sum;
}

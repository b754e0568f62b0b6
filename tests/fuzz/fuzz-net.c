/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a network: refused, or run on a small picture, which gives whole planes or a refusal. */
#include <glib.h>

#include "fuzz.h"
#include "net/net-kernels.h"

#define WIDTH 17
#define HEIGHT 6

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (Net) net = net_new_from_data (data, size);
  g_autofree float *input = NULL;
  const NetKernels *kernels;
  gsize n_values;

  if (net == NULL)
    return 0;
  n_values = (gsize) net_get_n_inputs (net) * WIDTH * HEIGHT;
  input = g_new (float, n_values);
  for (gsize i = 0; i < n_values; i++)
    input[i] = (float) (i % 7) - 3.0f;
  for (guint i = 0; (kernels = net_kernels_get (i)) != NULL; i++)
    {
      g_autoptr (NetPlanes) planes = net_run_with (net, kernels, input, WIDTH, HEIGHT);
      volatile float sink;

      if (planes == NULL)
        return 0;
      g_assert_cmpint (planes->n_planes, ==, net_get_n_outputs (net));
      g_assert_cmpint (planes->width, >=, 1);
      g_assert_cmpint (planes->height, >=, 1);
      n_values = (gsize) planes->n_planes * planes->width * planes->height;
      for (gsize k = 0; k < n_values; k++)
        sink = planes->values[k]; /* all of it is there */
      (void) sink;
    }
  return 0;
}

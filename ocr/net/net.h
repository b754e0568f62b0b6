/* SPDX-License-Identifier: Apache-2.0 */
/* net: runs a small convolutional network. Its weights are data, made by tests/ocr/train. */
#pragma once

#include <glib.h>

/*
 * A stored network, little endian:
 *   "AZN1", guint16 number of layers (1 to 64), guint16 input channels (1 to 256), then each layer:
 *     gint16 from      the earlier layer whose output it takes, -1 the network's input
 *     gint16 add       the earlier layer whose output is added before the activation, -1 none
 *     guint16 n_in, n_out (1 to 256), groups (1, or all three the same: every channel by itself)
 *     guint8 kernel_h, kernel_w (odd, up to 7; a kernel of one row up to 31 wide), stride_y, stride_x (1 to 4),
 *            dilation_y, dilation_x (1 to 16), flags, 0
 *              flags: 1 negative values become 0 (ReLU); 2 the input is first doubled in both directions, each value four times
 *     for each output channel: float scale, float bias, then gint8 values in the order [input channel][row][column],
 *            weight = scale * value
 * The input of a convolution is surrounded by dilation * (kernel - 1) / 2 zeros on each side, so a layer of stride s makes
 * (n - 1) / s + 1 values out of n. The output of the last layer is the network's; every other one is used by a later layer.
 * tests/ocr/train/azn.py writes such files.
 */
typedef struct _Net Net;

/**
 * NetPlanes: what a network says of a picture. Derived from a personal picture: wiped when freed.
 * @values: (owned): n_planes planes one after another, each height rows of width values
 */
typedef struct
{
  int n_planes;
  int width;
  int height;
  float *values;
} NetPlanes;

/** net_new_from_data: (transfer full): copies; %NULL when @data is not one whole network within the limits above. */
Net *net_new_from_data (const guint8 *data, gsize n_bytes);

/** net_new_from_bytes: (transfer full): the same; %NULL also without @bytes, and of another number of input or output channels. */
Net *net_new_from_bytes (GBytes *bytes, int n_inputs, int n_outputs);
void net_free (Net *self);

int net_get_n_inputs (const Net *self);
int net_get_n_outputs (const Net *self);

/**
 * net_run:
 * @input: as many planes as the network has input channels, one after another, each @height rows of @width finite values
 *
 * May run on any thread, on several at once with one @self. Holds only those rows of each layer that later ones still need.
 *
 * Returns: (transfer full): the last layer's output; or %NULL when the picture is empty, when it or a layer made of it is
 *   longer than 32768 values on a side or has more than 4 Mi in a plane, when an addition meets two sizes, or when all
 *   takes more than 512 MiB.
 */
NetPlanes *net_run (const Net *self, const float *input, int width, int height);

/** net_planes_free: wipes. %NULL is fine. */
void net_planes_free (NetPlanes *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Net, net_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetPlanes, net_planes_free)

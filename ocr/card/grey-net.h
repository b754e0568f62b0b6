/* SPDX-License-Identifier: Apache-2.0 */
/* grey-net: a network's answer for a whole grey picture. */
#pragma once

#include "grey.h"
#include "net/net.h"

/**
 * grey_net_run:
 * @padded_to: the network's largest stride: the rim is repeated until both sides are multiples of it
 *
 * The network sees 0 for mid grey, -1 for black and 1 for white.
 *
 * Returns: (transfer full): its output, or %NULL as net_run () says.
 */
NetPlanes *grey_net_run (const Net *net, const CardGrey *grey, int padded_to);

/** grey_net_load: (transfer full): the network at @path of this folder's resources; %NULL unless it has one input and @n_outputs. */
Net *grey_net_load (const char *path, int n_outputs);

/** grey_net_share: the share, 0 to 1, that a value of such an answer stands for. */
float grey_net_share (float value);

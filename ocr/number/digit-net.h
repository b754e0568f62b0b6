/* SPDX-License-Identifier: Apache-2.0 */
/* digit-net: our own small network that names one digit, or says that it is none. */
#pragma once

#include "card/grey.h"

#define DIGIT_NET_OTHER 10
#define DIGIT_NET_N_CLASSES 11

typedef struct _DigitNet DigitNet;

/** digit_net_new: (transfer full): %NULL when the stored model is damaged. */
DigitNet *digit_net_new (void);
void digit_net_free (DigitNet *self);

/** digit_net_read: @x0.. is the box of the ink; @ret_shares: 0 to 9 and DIGIT_NET_OTHER, together 1. */
void digit_net_read (const DigitNet *self, const CardGrey *grey, double x0, double y0, double x1, double y1,
                     float ret_shares[DIGIT_NET_N_CLASSES]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DigitNet, digit_net_free)

/* SPDX-License-Identifier: Apache-2.0 */
/* mlp: a small network with one hidden layer that names a glyph. Its weights are data, made by tests/ocr/train. */
#pragma once

#include <glib.h>

/*
 * A stored model, little endian:
 *   "AZM1", guint16 width, height, n_hidden, n_classes, then for each layer (hidden, out) and each of its neurons
 *   float scale, float bias, and one gint8 per input: weight = scale * value.
 * Inputs are ink, 0 none to 1 full, row by row; the hidden layer is rectified, the outer one a softmax.
 */
typedef struct _Mlp Mlp;

/** mlp_new_from_data: (transfer full): copies; %NULL when @data is not one whole model. */
Mlp *mlp_new_from_data (const guint8 *data, gsize n_bytes);
void mlp_free (Mlp *self);

int mlp_get_width (const Mlp *self);
int mlp_get_height (const Mlp *self);
int mlp_get_n_classes (const Mlp *self);

/** mlp_run: @ink holds width * height values; @ret_shares gets one share per class, together 1. */
void mlp_run (const Mlp *self, const float *ink, float *ret_shares);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Mlp, mlp_free)

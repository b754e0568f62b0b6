/* SPDX-License-Identifier: Apache-2.0 */
/* mlp: a small network with one hidden layer that names a glyph. */
#include "mlp.h"

#include <math.h>
#include <string.h>

#define MAX_SIDE 64
#define MAX_NEURONS 512

typedef struct
{
  int n_in;
  int n_out;
  float *weights; /* owned, n_out rows of n_in */
  float *biases;  /* owned */
} Layer;

struct _Mlp
{
  int width;
  int height;
  Layer hidden;
  Layer out;
};

typedef struct
{
  const guint8 *at;
  gsize left;
} Cursor;

static gboolean
take (Cursor *cursor, void *to, gsize n_bytes)
{
  if (cursor->left < n_bytes)
    return FALSE;
  memcpy (to, cursor->at, n_bytes);
  cursor->at += n_bytes;
  cursor->left -= n_bytes;
  return TRUE;
}

static gboolean
take_u16 (Cursor *cursor, int max, int *ret_value)
{
  guint16 value;

  if (!take (cursor, &value, sizeof value))
    return FALSE;
  *ret_value = GUINT16_FROM_LE (value);
  return *ret_value >= 1 && *ret_value <= max;
}

static gboolean
take_float (Cursor *cursor, float *ret_value)
{
  guint32 bits;

  if (!take (cursor, &bits, sizeof bits))
    return FALSE;
  bits = GUINT32_FROM_LE (bits);
  memcpy (ret_value, &bits, sizeof bits);
  return isfinite (*ret_value);
}

static gboolean
take_layer (Cursor *cursor, Layer *layer, int n_in, int n_out)
{
  layer->n_in = n_in;
  layer->n_out = n_out;
  layer->weights = g_new0 (float, (gsize) n_in *n_out);
  layer->biases = g_new0 (float, n_out);
  for (int i = 0; i < n_out; i++)
    {
      float scale;

      if (!take_float (cursor, &scale) || !take_float (cursor, &layer->biases[i]))
        return FALSE;
      for (int j = 0; j < n_in; j++)
        {
          gint8 value;

          if (!take (cursor, &value, sizeof value))
            return FALSE;
          layer->weights[(gsize) i * n_in + j] = scale * value;
        }
    }
  return TRUE;
}

static void
run_layer (const Layer *layer, const float *in, float *out)
{
  for (int i = 0; i < layer->n_out; i++)
    {
      const float *w = layer->weights + (gsize) i * layer->n_in;
      /* eight partial sums: the compiler may not reorder one, and so could not use the vector unit */
      float part[8] = { 0 };
      float sum = layer->biases[i];
      int j = 0;

      for (; j + 8 <= layer->n_in; j += 8)
        for (int k = 0; k < 8; k++)
          part[k] += w[j + k] * in[j + k];
      for (; j < layer->n_in; j++)
        sum += w[j] * in[j];
      for (int k = 0; k < 8; k++)
        sum += part[k];
      out[i] = sum;
    }
}

Mlp *
mlp_new_from_data (const guint8 *data, gsize n_bytes)
{
  g_autoptr (Mlp) self = g_new0 (Mlp, 1);
  Cursor cursor = { data, n_bytes };
  char magic[4];
  int n_hidden, n_classes;

  if (!take (&cursor, magic, sizeof magic) || memcmp (magic, "AZM1", sizeof magic) != 0
      || !take_u16 (&cursor, MAX_SIDE, &self->width) || !take_u16 (&cursor, MAX_SIDE, &self->height)
      || !take_u16 (&cursor, MAX_NEURONS, &n_hidden) || !take_u16 (&cursor, MAX_NEURONS, &n_classes)
      || !take_layer (&cursor, &self->hidden, self->width * self->height, n_hidden)
      || !take_layer (&cursor, &self->out, n_hidden, n_classes) || cursor.left != 0)
    return NULL;
  return g_steal_pointer (&self);
}

void
mlp_free (Mlp *self)
{
  if (self == NULL)
    return;
  g_free (self->hidden.weights);
  g_free (self->hidden.biases);
  g_free (self->out.weights);
  g_free (self->out.biases);
  g_free (self);
}

int
mlp_get_width (const Mlp *self)
{
  return self->width;
}

int
mlp_get_height (const Mlp *self)
{
  return self->height;
}

int
mlp_get_n_classes (const Mlp *self)
{
  return self->out.n_out;
}

void
mlp_run (const Mlp *self, const float *ink, float *ret_shares)
{
  float hidden[MAX_NEURONS];
  float top = -INFINITY, sum = 0.0f;

  run_layer (&self->hidden, ink, hidden);
  for (int i = 0; i < self->hidden.n_out; i++)
    hidden[i] = MAX (hidden[i], 0.0f);
  run_layer (&self->out, hidden, ret_shares);
  for (int i = 0; i < self->out.n_out; i++)
    top = MAX (top, ret_shares[i]);
  for (int i = 0; i < self->out.n_out; i++)
    sum += ret_shares[i] = expf (ret_shares[i] - top);
  for (int i = 0; i < self->out.n_out; i++)
    ret_shares[i] /= sum;
  explicit_bzero (hidden, sizeof hidden);
}

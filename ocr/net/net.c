/* SPDX-License-Identifier: Apache-2.0 */
/* net: runs a small convolutional network. */
#include "net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "net-kernels.h"

#define MAX_BYTES (16 << 20)
#define MAX_LAYERS 64
#define MAX_CHANNELS 256
#define MAX_KERNEL 7
#define MAX_KERNEL_W 31 /* of one row */
#define MAX_STRIDE 4
#define MAX_DILATION 16
#define MAX_PLANE (4 << 20)
#define MAX_VALUES ((512 << 20) / sizeof (float))
#define MAX_WINDOW ((MAX_KERNEL - 1) * MAX_DILATION + 1) /* rows that a kernel spans */
#define ALIGNMENT 64

enum
{
  FLAG_RELU = 1,
  FLAG_DOUBLED = 2,
};

typedef struct
{
  int from;     /* -1: the network's input */
  int add;      /* -1: none */
  int last_use; /* the last layer that takes this one's output */
  int n_in;
  int n_out;
  gboolean by_channel;
  int kernel_h;
  int kernel_w;
  int stride_y;
  int stride_x;
  int dilation_y;
  int dilation_x;
  gboolean relu;
  gboolean doubled;
  /* owned. Dense: for each block of output channels [row][column][input channel][output channel of the block];
   * by channel: [row][column][channel]. Channels are filled up with zeros to NET_PADDED (). */
  float *weights;
  float *biases;
} Layer;

struct _Net
{
  int n_in;
  int n_layers;
  Layer layers[MAX_LAYERS];
};

typedef struct
{
  const guint8 *at;
  gsize left;
} Cursor;

/* Where the output of a layer lies while the network runs. */
typedef struct
{
  int width;
  int height;
  gsize begin; /* in the work memory, in values */
  gsize end;
} Place;

typedef struct
{
  /* borrowed */
  const Net *net;
  const NetKernels *kernels;
  const float *input;
  int width; /* of the input */
  int height;
  float *values; /* the output's planes */
  /* owned: the places of all layers but the last, the window of input rows, a row of the last layer */
  float *work;
  Place places[MAX_LAYERS];
  gsize window; /* in the work memory, in values */
  gsize last_row;
  gsize n_work;
} Run;

/* The input rows under a kernel: the rows that were copied last, each with zeros at both ends. */
typedef struct
{
  float *values;
  int n_slots;
  int n_channels;       /* of a pixel as stored */
  gsize row_step;       /* values from one row to the next */
  int held[MAX_WINDOW]; /* the row in each slot, -1 none */
} Window;

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
take_u8 (Cursor *cursor, int min, int max, int *ret_value)
{
  guint8 value;

  if (!take (cursor, &value, sizeof value))
    return FALSE;
  *ret_value = value;
  return value >= min && value <= max;
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

/* -1, or the index of a layer before @i */
static gboolean
take_layer_index (Cursor *cursor, int i, int *ret_value)
{
  guint16 value;

  if (!take (cursor, &value, sizeof value))
    return FALSE;
  *ret_value = (gint16) GUINT16_FROM_LE (value);
  return *ret_value >= -1 && *ret_value < i;
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

/* Aligned for the vector unit; given back with free (). */
static float *
new_values (gsize n_values)
{
  void *values = NULL;

  if (posix_memalign (&values, ALIGNMENT, MAX (n_values, 1) * sizeof (float)) != 0)
    return NULL;
  return values;
}

static float *
new_zeros (gsize n_values)
{
  float *values = new_values (n_values);

  if (values != NULL)
    memset (values, 0, n_values * sizeof (float));
  return values;
}

/* How many output channels are computed together with @channel, the first of them. */
static int
block_size (const Layer *layer, int channel)
{
  return MIN (NET_BLOCK, NET_PADDED (layer->n_out) - channel);
}

/* Where the weight of @channel for the @k-th value under the kernel is kept. */
static float *
weight_at (const Layer *layer, int channel, int k)
{
  const int n_values = layer->kernel_h * layer->kernel_w * (layer->by_channel ? 1 : layer->n_in);
  const int first = channel / NET_BLOCK * NET_BLOCK;

  if (layer->by_channel)
    return layer->weights + (gsize) k * NET_PADDED (layer->n_out) + channel;
  return layer->weights + (gsize) first * n_values + (gsize) k * block_size (layer, first) + channel - first;
}

static gboolean
take_weights (Cursor *cursor, Layer *layer)
{
  const int n_in = layer->by_channel ? 1 : layer->n_in;
  const int n_taps = layer->kernel_h * layer->kernel_w;

  if (cursor->left / layer->n_out < (gsize) n_in * n_taps + 2 * sizeof (float))
    return FALSE;
  layer->weights = new_zeros ((gsize) NET_PADDED (layer->n_out) * n_in * n_taps);
  layer->biases = new_zeros (NET_PADDED (layer->n_out));
  if (layer->weights == NULL || layer->biases == NULL)
    return FALSE;
  for (int out = 0; out < layer->n_out; out++)
    {
      float scale;

      if (!take_float (cursor, &scale) || !take_float (cursor, &layer->biases[out]) || !isfinite (scale * G_MININT8))
        return FALSE;
      for (int in = 0; in < n_in; in++)
        for (int tap = 0; tap < n_taps; tap++)
          {
            gint8 value;

            if (!take (cursor, &value, sizeof value))
              return FALSE;
            *weight_at (layer, out, tap * n_in + in) = scale * value;
          }
    }
  return TRUE;
}

static gboolean
take_layer (Cursor *cursor, Net *net, int i)
{
  Layer *layer = &net->layers[i];
  int groups, flags, zero;

  if (!take_layer_index (cursor, i, &layer->from) || !take_layer_index (cursor, i, &layer->add)
      || !take_u16 (cursor, MAX_CHANNELS, &layer->n_in) || !take_u16 (cursor, MAX_CHANNELS, &layer->n_out)
      || !take_u16 (cursor, MAX_CHANNELS, &groups) || !take_u8 (cursor, 1, MAX_KERNEL, &layer->kernel_h)
      || !take_u8 (cursor, 1, layer->kernel_h == 1 ? MAX_KERNEL_W : MAX_KERNEL, &layer->kernel_w)
      || !take_u8 (cursor, 1, MAX_STRIDE, &layer->stride_y) || !take_u8 (cursor, 1, MAX_STRIDE, &layer->stride_x)
      || !take_u8 (cursor, 1, MAX_DILATION, &layer->dilation_y)
      || !take_u8 (cursor, 1, MAX_DILATION, &layer->dilation_x)
      || !take_u8 (cursor, 0, FLAG_RELU | FLAG_DOUBLED, &flags) || !take_u8 (cursor, 0, 0, &zero))
    return FALSE;
  if (layer->kernel_h % 2 == 0 || layer->kernel_w % 2 == 0)
    return FALSE;
  if (layer->n_in != (layer->from < 0 ? net->n_in : net->layers[layer->from].n_out))
    return FALSE;
  if (layer->add >= 0 && layer->n_out != net->layers[layer->add].n_out)
    return FALSE;
  if (groups != 1 && (groups != layer->n_in || groups != layer->n_out))
    return FALSE;
  layer->by_channel = groups > 1;
  layer->relu = (flags & FLAG_RELU) != 0;
  layer->doubled = (flags & FLAG_DOUBLED) != 0;
  layer->last_use = i;
  if (layer->from >= 0)
    net->layers[layer->from].last_use = i;
  if (layer->add >= 0)
    net->layers[layer->add].last_use = i;
  return take_weights (cursor, layer);
}

static gboolean
every_layer_is_used (const Net *net)
{
  for (int i = 0; i < net->n_layers - 1; i++)
    if (net->layers[i].last_use == i)
      return FALSE;
  return TRUE;
}

static int
pad (int kernel, int dilation)
{
  return dilation * (kernel - 1) / 2;
}

static void
input_size (const Run *run, const Layer *layer, int *ret_width, int *ret_height)
{
  const int factor = layer->doubled ? 2 : 1;

  *ret_width = factor * (layer->from < 0 ? run->width : run->places[layer->from].width);
  *ret_height = factor * (layer->from < 0 ? run->height : run->places[layer->from].height);
}

/* Whether the layer reads its input where it lies. */
static gboolean
reads_in_place (const Layer *layer)
{
  return layer->from >= 0 && layer->kernel_w == 1 && !layer->doubled;
}

static Window
window_of (const Run *run, const Layer *layer)
{
  Window window;
  int width, height;

  input_size (run, layer, &width, &height);
  window.values = NULL;
  window.n_slots = MIN ((layer->kernel_h - 1) * layer->dilation_y + 1, height);
  window.n_channels = layer->by_channel ? NET_PADDED (layer->n_in) : layer->n_in;
  window.row_step = (gsize) (width + 2 * pad (layer->kernel_w, layer->dilation_x)) * window.n_channels;
  for (int i = 0; i < window.n_slots; i++)
    window.held[i] = -1;
  return window;
}

/* Gives the output of each layer a place that nothing needed later has, as low as possible. */
static void
place_layer (Run *run, int i, gsize n_values)
{
  gsize begin = 0;
  gboolean moved;

  do
    {
      moved = FALSE;
      for (int j = 0; j < i; j++)
        if (run->net->layers[j].last_use >= i && begin < run->places[j].end && run->places[j].begin < begin + n_values)
          {
            begin = run->places[j].end;
            moved = TRUE;
          }
    }
  while (moved);
  run->places[i].begin = begin;
  run->places[i].end = begin + n_values;
}

/* Sizes and places of all layers. FALSE when two sizes do not fit or all would be too large. */
static gboolean
plan (Run *run)
{
  const int last = run->net->n_layers - 1;
  guint64 n_window = 0, n_places = 0, n_row = 0, n_planes = 0;

  for (int i = 0; i <= last; i++)
    {
      const Layer *layer = &run->net->layers[i];
      Place *place = &run->places[i];
      int width, height;
      guint64 n_values;

      input_size (run, layer, &width, &height);
      if ((gint64) width * height > MAX_PLANE)
        return FALSE;
      place->width = (width - 1) / layer->stride_x + 1;
      place->height = (height - 1) / layer->stride_y + 1;
      if (layer->add >= 0
          && (run->places[layer->add].width != place->width || run->places[layer->add].height != place->height))
        return FALSE;
      if (!reads_in_place (layer))
        {
          const Window window = window_of (run, layer);

          n_window = MAX (n_window, (guint64) window.row_step * window.n_slots);
        }
      n_values = (guint64) place->width * place->height * NET_PADDED (layer->n_out);
      if (n_values > MAX_VALUES || n_window > MAX_VALUES)
        return FALSE;
      if (i == last)
        {
          n_row = (guint64) place->width * NET_PADDED (layer->n_out);
          n_planes = (guint64) place->width * place->height * layer->n_out;
        }
      else
        {
          place_layer (run, i, n_values);
          n_places = MAX (n_places, place->end);
        }
    }
  run->window = NET_PADDED (n_places);
  run->last_row = run->window + NET_PADDED (n_window);
  run->n_work = run->last_row + n_row;
  return n_places + n_window + n_row + n_planes <= MAX_VALUES;
}

/* Copies one pixel after another, @n_to values each, the input's channels first and zeros behind them. */
static void
copy_row (const Run *run, const Layer *layer, int row, float *to, int n_to)
{
  const int times = layer->doubled ? 2 : 1;

  if (layer->from < 0)
    {
      const int width = run->width;
      const gsize n_plane = (gsize) width * run->height;
      const float *from = run->input + (gsize) row * width;

      for (int x = 0; x < width; x++)
        for (int i = 0; i < times; i++, to += n_to)
          for (int c = 0; c < n_to; c++)
            to[c] = c < layer->n_in ? from[c * n_plane + x] : 0.0f;
    }
  else
    {
      const Place *place = &run->places[layer->from];
      const int n_from = NET_PADDED (layer->n_in);
      const float *from = run->work + place->begin + (gsize) row * place->width * n_from;

      for (int x = 0; x < place->width; x++, from += n_from)
        for (int i = 0; i < times; i++, to += n_to)
          memcpy (to, from, n_to * sizeof *to);
    }
}

/* The @row-th input row, which begins with the zeros before it. */
static const float *
window_get (Window *window, const Run *run, const Layer *layer, int row)
{
  const int stored = layer->doubled ? row / 2 : row;
  const int slot = stored % window->n_slots;
  const gsize n_pad = (gsize) pad (layer->kernel_w, layer->dilation_x) * window->n_channels;
  float *to = window->values + slot * window->row_step;

  if (window->held[slot] != stored)
    {
      memset (to, 0, n_pad * sizeof *to);
      copy_row (run, layer, stored, to + n_pad, window->n_channels);
      memset (to + window->row_step - n_pad, 0, n_pad * sizeof *to);
      window->held[slot] = stored;
    }
  return to;
}

/* All channels of one output row. @row says where the input is; the first of its rows is the kernel's @first_row. */
static void
run_row (const Run *run, const Layer *layer, NetRow *row, int first_row, const float *add, float *out)
{
  const NetKernels *kernels = run->kernels;
  const float *rows[MAX_KERNEL];

  memcpy (rows, row->rows, row->n_rows * sizeof *rows);
  row->rows = rows;
  for (int channel = 0; channel < layer->n_out; channel += NET_BLOCK)
    {
      const int size = block_size (layer, channel);
      const int k = first_row * layer->kernel_w * (layer->by_channel ? 1 : layer->n_in);

      row->weights = weight_at (layer, channel, k);
      row->bias = layer->biases + channel;
      row->add = add != NULL ? add + channel : NULL;
      row->out = out + channel;
      if (layer->by_channel)
        (size == NET_BLOCK ? kernels->by_channel_16 : kernels->by_channel_8) (row);
      else
        (size == NET_BLOCK ? kernels->dense_16 : kernels->dense_8) (row);
      if (layer->by_channel)
        for (int i = 0; i < row->n_rows; i++)
          rows[i] += size;
    }
}

static void
write_planes (const Run *run, int y, const float *row)
{
  const Layer *layer = &run->net->layers[run->net->n_layers - 1];
  const Place *place = &run->places[run->net->n_layers - 1];

  for (int c = 0; c < layer->n_out; c++)
    {
      float *to = run->values + ((gsize) c * place->height + y) * place->width;

      for (int x = 0; x < place->width; x++)
        to[x] = row[(gsize) x * NET_PADDED (layer->n_out) + c];
    }
}

static void
run_layer (const Run *run, int i)
{
  const Layer *layer = &run->net->layers[i];
  const Place *place = &run->places[i];
  const gboolean last = i == run->net->n_layers - 1;
  const int n_out = NET_PADDED (layer->n_out);
  const float *add = layer->add >= 0 ? run->work + run->places[layer->add].begin : NULL;
  const float *from = reads_in_place (layer) ? run->work + run->places[layer->from].begin : NULL;
  const float *rows[MAX_KERNEL];
  Window window = window_of (run, layer);
  NetRow row = { .rows = rows, .relu = layer->relu, .out_step = n_out, .n_pixels = place->width };
  gsize pixel_step = from != NULL ? NET_PADDED (layer->n_in) : window.n_channels;
  int width, height;

  input_size (run, layer, &width, &height);
  window.values = run->work + run->window;
  row.next_step = layer->stride_x * pixel_step;
  row.weights_step = n_out;
  row.run_step = layer->dilation_x * pixel_step;
  row.run_length = layer->n_in;
  row.n_runs = layer->kernel_w;
  if (!layer->by_channel && layer->dilation_x == 1 && from == NULL)
    {
      row.run_length = layer->n_in * layer->kernel_w; /* the columns follow one another */
      row.n_runs = 1;
    }
  for (int y = 0; y < place->height; y++)
    {
      float *out = run->work + (last ? run->last_row : place->begin + (gsize) y * place->width * n_out);
      int first_row = 0;

      row.rows = rows;
      row.n_rows = 0;
      for (int k = 0; k < layer->kernel_h; k++)
        {
          const int at = y * layer->stride_y + k * layer->dilation_y - pad (layer->kernel_h, layer->dilation_y);

          if (at < 0 || at >= height)
            continue;
          if (row.n_rows == 0)
            first_row = k;
          rows[row.n_rows++] =
              from != NULL ? from + (gsize) at * width * pixel_step : window_get (&window, run, layer, at);
        }
      run_row (run, layer, &row, first_row, add != NULL ? add + (gsize) y * place->width * n_out : NULL, out);
      if (last)
        write_planes (run, y, out);
    }
}

Net *
net_new_from_data (const guint8 *data, gsize n_bytes)
{
  g_autoptr (Net) self = g_new0 (Net, 1);
  Cursor cursor = { data, n_bytes };
  char magic[4];

  if (n_bytes > MAX_BYTES || !take (&cursor, magic, sizeof magic) || memcmp (magic, "AZN1", sizeof magic) != 0
      || !take_u16 (&cursor, MAX_LAYERS, &self->n_layers) || !take_u16 (&cursor, MAX_CHANNELS, &self->n_in))
    return NULL;
  for (int i = 0; i < self->n_layers; i++)
    if (!take_layer (&cursor, self, i))
      return NULL;
  if (cursor.left != 0 || !every_layer_is_used (self))
    return NULL;
  return g_steal_pointer (&self);
}

void
net_free (Net *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < MAX_LAYERS; i++)
    {
      free (self->layers[i].weights);
      free (self->layers[i].biases);
    }
  g_free (self);
}

int
net_get_n_inputs (const Net *self)
{
  return self->n_in;
}

int
net_get_n_outputs (const Net *self)
{
  return self->layers[self->n_layers - 1].n_out;
}

NetPlanes *
net_run_with (const Net *self, const NetKernels *kernels, const float *input, int width, int height)
{
  g_autoptr (NetPlanes) planes = g_new0 (NetPlanes, 1);
  Run run = { .net = self, .kernels = kernels, .input = input, .width = width, .height = height };
  const Place *last = &run.places[self->n_layers - 1];

  if (width < 1 || height < 1 || (gint64) width * height > MAX_PLANE || !plan (&run))
    return NULL;
  planes->n_planes = net_get_n_outputs (self);
  planes->width = last->width;
  planes->height = last->height;
  planes->values = new_values ((gsize) planes->n_planes * last->width * last->height);
  run.values = planes->values;
  run.work = new_values (run.n_work);
  if (planes->values == NULL || run.work == NULL)
    {
      free (run.work);
      return NULL;
    }
  for (int i = 0; i < self->n_layers; i++)
    run_layer (&run, i);
  explicit_bzero (run.work, run.n_work * sizeof (float));
  free (run.work);
  return g_steal_pointer (&planes);
}

NetPlanes *
net_run (const Net *self, const float *input, int width, int height)
{
  return net_run_with (self, net_kernels_get (0), input, width, height);
}

void
net_planes_free (NetPlanes *self)
{
  if (self == NULL)
    return;
  if (self->values != NULL)
    explicit_bzero (self->values, (gsize) self->n_planes * self->width * self->height * sizeof (float));
  free (self->values);
  g_free (self);
}

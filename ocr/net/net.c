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
#define MAX_CLASSES 2
#define MAX_SIDE 32768
#define MAX_PLANE (4 << 20)
#define MAX_VALUES ((512 << 20) / sizeof (float))
/* Rows are computed some at a time: few enough to be still in the cache when the next layer takes them, and enough for a
 * layer's weights to be fetched seldom. */
#define BATCH_VALUES 16384
#define ALIGNMENT 64

enum
{
  FLAG_RELU = 1,
  FLAG_DOUBLED = 2,
};

/* How the outputs of a layer see its input along one axis. Output i of class c, the (i * n_classes + c)-th of all, takes the
 * inputs i * step + at[...]. There are two classes where a doubled input looks different to even and odd outputs. */
typedef struct
{
  int factor; /* n inputs make (n * factor - 1) / stride + 1 outputs */
  int stride;
  int n_classes;
  int step;
  int reach; /* inputs needed before the first and after the last one: zeros */
  int n_taps[MAX_CLASSES];
  int at[MAX_CLASSES][MAX_KERNEL_W];     /* ascending */
  int tap_of[MAX_CLASSES][MAX_KERNEL_W]; /* the tap that a position of the kernel has become */
} Axis;

typedef struct
{
  int from; /* -1: the network's input */
  int add;  /* -1: none */
  int n_in;
  int n_out;
  gboolean by_channel;
  gboolean relu;
  Axis y;
  Axis x;
  /* owned, for each class. Dense: for each block of output channels [row][column][input channel][output channel of the
   * block]; by channel: [row][column][channel]. Channels are filled up with zeros to NET_PADDED (). */
  float *weights[MAX_CLASSES][MAX_CLASSES];
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

/* The input, or the output of a layer, while the network runs: the rows that somebody still needs. */
typedef struct
{
  int width;
  int height;
  int n_channels; /* values of a pixel as stored */
  int reach;      /* zeros at both ends of a row, in pixels */
  int n_batch;    /* rows made at a time */
  int n_done;     /* rows made */
  int n_slots;    /* rows held: row y is in slot y % n_slots */
  gsize row_step; /* values from one slot to the next */
  float *slots;   /* borrowed from the work memory */
} Rows;

typedef struct
{
  /* borrowed */
  const Net *net;
  const NetKernels *kernels;
  const float *input;
  float *output; /* planes */

  gboolean dry;              /* only finds out how many rows have to be held */
  Rows rows[1 + MAX_LAYERS]; /* of the input, then of each layer */
} Run;

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

/* Where the weight of @channel for the @k-th value under the kernel is kept, of @n_values. */
static gsize
weight_index (const Layer *layer, int channel, int k, int n_values)
{
  const int first = channel / NET_BLOCK * NET_BLOCK;

  if (layer->by_channel)
    return (gsize) k * NET_PADDED (layer->n_out) + channel;
  return (gsize) first * n_values + (gsize) k * block_size (layer, first) + channel - first;
}

static int
floor_half (int value)
{
  return (value - (value & 1)) / 2;
}

static void
axis_init (Axis *axis, int kernel, int stride, int dilation, gboolean doubled)
{
  const int reach = dilation * (kernel - 1) / 2;

  axis->factor = doubled ? 2 : 1;
  axis->stride = stride;
  axis->n_classes = doubled && stride % 2 != 0 ? 2 : 1;
  axis->step = doubled && stride % 2 == 0 ? stride / 2 : stride;
  axis->reach = reach;
  for (int c = 0; c < axis->n_classes; c++)
    for (int k = 0, n = 0; k < kernel; k++)
      {
        const int place = c * stride + k * dilation - reach;
        const int at = doubled ? floor_half (place) : place;

        /* two positions that see the same value of a doubled input become one tap with the sum of their weights */
        if (n == 0 || axis->at[c][n - 1] != at)
          axis->at[c][n++] = at;
        axis->tap_of[c][k] = n - 1;
        axis->n_taps[c] = n;
      }
}

static int
axis_n_outputs (const Axis *axis, int n_inputs)
{
  return (n_inputs * axis->factor - 1) / axis->stride + 1;
}

/* Gives the weight at one position of the kernel to every class. */
static void
add_weight (Layer *layer, int out, int in, int row, int column, float weight)
{
  const int n_in = layer->by_channel ? 1 : layer->n_in;

  for (int cy = 0; cy < layer->y.n_classes; cy++)
    for (int cx = 0; cx < layer->x.n_classes; cx++)
      {
        const int n_columns = layer->x.n_taps[cx];
        const int tap = layer->y.tap_of[cy][row] * n_columns + layer->x.tap_of[cx][column];
        const int n_values = layer->y.n_taps[cy] * n_columns * n_in;

        layer->weights[cy][cx][weight_index (layer, out, tap * n_in + in, n_values)] += weight;
      }
}

static gboolean
take_weights (Cursor *cursor, Layer *layer, int kernel_h, int kernel_w)
{
  const int n_in = layer->by_channel ? 1 : layer->n_in;
  const int n_values = n_in * kernel_h * kernel_w;

  if (cursor->left / layer->n_out < n_values + 2 * sizeof (float))
    return FALSE;
  for (int cy = 0; cy < layer->y.n_classes; cy++)
    for (int cx = 0; cx < layer->x.n_classes; cx++)
      {
        layer->weights[cy][cx] =
            new_zeros ((gsize) NET_PADDED (layer->n_out) * n_in * layer->y.n_taps[cy] * layer->x.n_taps[cx]);
        if (layer->weights[cy][cx] == NULL)
          return FALSE;
      }
  layer->biases = new_zeros (NET_PADDED (layer->n_out));
  if (layer->biases == NULL)
    return FALSE;
  for (int out = 0; out < layer->n_out; out++)
    {
      float scale;

      /* four weights may become one */
      if (!take_float (cursor, &scale) || !take_float (cursor, &layer->biases[out])
          || !isfinite (scale * 4 * G_MININT8))
        return FALSE;
      for (int k = 0; k < n_values; k++)
        {
          gint8 value;

          if (!take (cursor, &value, sizeof value))
            return FALSE;
          add_weight (layer, out, k / (kernel_h * kernel_w), k / kernel_w % kernel_h, k % kernel_w, scale * value);
        }
    }
  return TRUE;
}

static gboolean
take_layer (Cursor *cursor, Net *net, int i)
{
  Layer *layer = &net->layers[i];
  int kernel_h, kernel_w, stride_y, stride_x, dilation_y, dilation_x, groups, flags, zero;

  if (!take_layer_index (cursor, i, &layer->from) || !take_layer_index (cursor, i, &layer->add)
      || !take_u16 (cursor, MAX_CHANNELS, &layer->n_in) || !take_u16 (cursor, MAX_CHANNELS, &layer->n_out)
      || !take_u16 (cursor, MAX_CHANNELS, &groups) || !take_u8 (cursor, 1, MAX_KERNEL, &kernel_h)
      || !take_u8 (cursor, 1, kernel_h == 1 ? MAX_KERNEL_W : MAX_KERNEL, &kernel_w)
      || !take_u8 (cursor, 1, MAX_STRIDE, &stride_y) || !take_u8 (cursor, 1, MAX_STRIDE, &stride_x)
      || !take_u8 (cursor, 1, MAX_DILATION, &dilation_y) || !take_u8 (cursor, 1, MAX_DILATION, &dilation_x)
      || !take_u8 (cursor, 0, FLAG_RELU | FLAG_DOUBLED, &flags) || !take_u8 (cursor, 0, 0, &zero))
    return FALSE;
  if (kernel_h % 2 == 0 || kernel_w % 2 == 0)
    return FALSE;
  if (layer->n_in != (layer->from < 0 ? net->n_in : net->layers[layer->from].n_out))
    return FALSE;
  if (layer->add >= 0 && layer->n_out != net->layers[layer->add].n_out)
    return FALSE;
  if (groups != 1 && (groups != layer->n_in || groups != layer->n_out))
    return FALSE;
  layer->by_channel = groups > 1;
  layer->relu = (flags & FLAG_RELU) != 0;
  axis_init (&layer->y, kernel_h, stride_y, dilation_y, (flags & FLAG_DOUBLED) != 0);
  axis_init (&layer->x, kernel_w, stride_x, dilation_x, (flags & FLAG_DOUBLED) != 0);
  return take_weights (cursor, layer, kernel_h, kernel_w);
}

static gboolean
every_layer_is_used (const Net *net)
{
  for (int i = 0; i < net->n_layers - 1; i++)
    {
      gboolean used = FALSE;

      for (int j = i + 1; j < net->n_layers; j++)
        used |= net->layers[j].from == i || net->layers[j].add == i;
      if (!used)
        return FALSE;
    }
  return TRUE;
}

/* The first row that the layer needs for its row @y; the rows for later ones are not before it. */
static int
first_row (const Layer *layer, int y)
{
  const Axis *axis = &layer->y;

  return MAX (y / axis->n_classes * axis->step + axis->at[y % axis->n_classes][0], 0);
}

static int
last_row (const Layer *layer, int y, int height)
{
  const Axis *axis = &layer->y;
  const int c = y % axis->n_classes;

  return MIN (y / axis->n_classes * axis->step + axis->at[c][axis->n_taps[c] - 1], height - 1);
}

/* The first row of layer @i (-1: of the input) that some layer will still take. */
static int
first_row_needed (const Run *run, int i)
{
  int first = G_MAXINT;

  for (int j = i + 1; j < run->net->n_layers; j++)
    {
      const Layer *layer = &run->net->layers[j];
      const int y = run->rows[1 + j].n_done;

      if (y == run->rows[1 + j].height)
        continue;
      if (layer->from == i)
        first = MIN (first, first_row (layer, y));
      if (i >= 0 && layer->add == i)
        first = MIN (first, y);
    }
  return first;
}

/* Where row @y is held, behind the zeros. */
static float *
row_at (const Rows *rows, int y)
{
  return rows->slots + (y % rows->n_slots) * rows->row_step + (gsize) rows->reach * rows->n_channels;
}

static void
read_input (const Run *run, int y)
{
  const Rows *rows = &run->rows[0];
  float *to = row_at (rows, y);

  for (int c = 0; c < rows->n_channels; c++)
    {
      const float *from = run->input + ((gsize) c * rows->height + y) * rows->width;

      for (int x = 0; x < rows->width; x++)
        to[(gsize) x * rows->n_channels + c] = from[x];
    }
}

static void
write_output (const Run *run, int y)
{
  const int n_out = net_get_n_outputs (run->net);
  const Rows *rows = &run->rows[run->net->n_layers];
  const float *from = row_at (rows, y);

  for (int c = 0; c < n_out; c++)
    {
      float *to = run->output + ((gsize) c * rows->height + y) * rows->width;

      for (int x = 0; x < rows->width; x++)
        to[x] = from[(gsize) x * rows->n_channels + c];
    }
}

/* The outputs of one class of columns in row @y. */
static void
compute_columns (const Run *run, int i, int y, int cx)
{
  const Layer *layer = &run->net->layers[i];
  const NetKernels *kernels = run->kernels;
  const Rows *from = &run->rows[1 + layer->from];
  const Rows *to = &run->rows[1 + i];
  const int cy = y % layer->y.n_classes;
  const int n_columns = layer->x.n_taps[cx];
  const int n_in = layer->by_channel ? 1 : layer->n_in;
  const int *columns = layer->x.at[cx];
  const float *rows[MAX_KERNEL];
  gsize run_at[MAX_KERNEL_W];
  NetRow row = {
    .rows = rows,
    .n_runs = n_columns,
    .run_length = layer->n_in,
    .run_at = run_at,
    .next_step = (gsize) layer->x.step * from->n_channels,
    .weights_step = NET_PADDED (layer->n_out),
    .relu = layer->relu,
    .out_step = (gsize) layer->x.n_classes * to->n_channels,
    .n_pixels = (to->width - cx + layer->x.n_classes - 1) / layer->x.n_classes,
  };
  int first_tap = 0;

  for (int k = 0; k < layer->y.n_taps[cy]; k++)
    {
      const int at = y / layer->y.n_classes * layer->y.step + layer->y.at[cy][k];

      if (at < 0 || at >= from->height)
        continue;
      if (row.n_rows == 0)
        first_tap = k;
      rows[row.n_rows++] = row_at (from, at) + (gssize) columns[0] * from->n_channels;
    }
  for (int k = 0; k < n_columns; k++)
    run_at[k] = (gsize) (columns[k] - columns[0]) * from->n_channels;
  if (!layer->by_channel && from->n_channels == layer->n_in && columns[n_columns - 1] - columns[0] == n_columns - 1)
    {
      row.n_runs = 1; /* the columns follow one another */
      row.run_length = n_columns * layer->n_in;
    }
  for (int channel = 0; channel < layer->n_out; channel += NET_BLOCK)
    {
      const gboolean whole = block_size (layer, channel) == NET_BLOCK;

      row.weights =
          layer->weights[cy][cx]
          + weight_index (layer, channel, first_tap * n_columns * n_in, layer->y.n_taps[cy] * n_columns * n_in);
      row.bias = layer->biases + channel;
      row.out = row_at (to, y) + (gsize) cx * to->n_channels + channel;
      row.add = NULL;
      if (layer->add >= 0)
        row.add = row_at (&run->rows[1 + layer->add], y) + (gsize) cx * to->n_channels + channel;
      if (layer->by_channel)
        {
          (whole ? kernels->by_channel_16 : kernels->by_channel_8) (&row);
          for (int k = 0; k < row.n_rows; k++)
            rows[k] += NET_BLOCK;
        }
      else
        (whole ? kernels->dense_16 : kernels->dense_8) (&row);
    }
}

/* Makes the rows of layer @i (-1: of the input) up to @y, and before them those that they are made of. */
static void
make_rows (Run *run, int i, int y)
{
  Rows *rows = &run->rows[1 + i];
  const Layer *layer = i >= 0 ? &run->net->layers[i] : NULL;
  const int end = MIN (MAX (y + 1, rows->n_done + rows->n_batch), rows->height);

  if (y < rows->n_done)
    return;
  if (layer != NULL)
    make_rows (run, layer->from, last_row (layer, end - 1, run->rows[1 + layer->from].height));
  if (layer != NULL && layer->add >= 0)
    make_rows (run, layer->add, end - 1);
  for (; rows->n_done < end; rows->n_done++)
    {
      if (run->dry)
        rows->n_slots = MAX (rows->n_slots, rows->n_done - first_row_needed (run, i) + 1);
      else if (layer == NULL)
        read_input (run, rows->n_done);
      else
        for (int cx = 0; cx < layer->x.n_classes; cx++)
          compute_columns (run, i, rows->n_done, cx);
      if (!run->dry && i == run->net->n_layers - 1)
        write_output (run, rows->n_done);
    }
}

static void
make_all (Run *run)
{
  const int last = run->net->n_layers - 1;

  for (int i = -1; i <= last; i++)
    run->rows[1 + i].n_done = 0;
  for (int y = 0; y < run->rows[1 + last].height; y++)
    make_rows (run, last, y);
}

static gboolean
rows_init (Rows *rows, int width, int height, int n_channels)
{
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE || (gint64) width * height > MAX_PLANE)
    return FALSE;
  rows->width = width;
  rows->height = height;
  rows->n_channels = n_channels;
  rows->n_batch = MAX (BATCH_VALUES / (width * n_channels), 1);
  rows->n_slots = 1;
  return TRUE;
}

/* Sizes of all layers, and how many rows of each have to be held. 0 when two sizes do not fit or all would be too large. */
static gsize
plan (Run *run, int width, int height)
{
  const Net *net = run->net;
  guint64 n_values = 0;

  if (!rows_init (&run->rows[0], width, height, net->n_in))
    return 0;
  for (int i = 0; i < net->n_layers; i++)
    {
      const Layer *layer = &net->layers[i];
      const Rows *add = &run->rows[1 + layer->add];
      Rows *from = &run->rows[1 + layer->from];
      Rows *rows = &run->rows[1 + i];

      if (!rows_init (rows, axis_n_outputs (&layer->x, from->width), axis_n_outputs (&layer->y, from->height),
                      NET_PADDED (layer->n_out))
          || (layer->add >= 0 && (add->width != rows->width || add->height != rows->height)))
        return 0;
      from->reach = MAX (from->reach, layer->x.reach);
    }
  run->dry = TRUE;
  make_all (run);
  run->dry = FALSE;
  for (int i = 0; i <= net->n_layers; i++)
    {
      Rows *rows = &run->rows[i];

      rows->row_step = NET_PADDED ((gsize) (rows->width + 2 * rows->reach) * rows->n_channels);
      n_values += (guint64) rows->row_step * rows->n_slots;
    }
  n_values += NET_BLOCK; /* a kernel by channel reads whole vectors */
  return n_values <= MAX_VALUES ? n_values : 0;
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

Net *
net_new_from_bytes (GBytes *bytes, int n_inputs, int n_outputs)
{
  g_autoptr (Net) self = NULL;
  const guint8 *data;
  gsize n_bytes;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &n_bytes);
  self = net_new_from_data (data, n_bytes);
  if (self == NULL || net_get_n_inputs (self) != n_inputs || net_get_n_outputs (self) != n_outputs)
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
      for (int c = 0; c < MAX_CLASSES * MAX_CLASSES; c++)
        free (self->layers[i].weights[c / MAX_CLASSES][c % MAX_CLASSES]);
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
  Run run = { .net = self, .kernels = kernels, .input = input };
  const Rows *last = &run.rows[self->n_layers];
  const gsize n_work = plan (&run, width, height);
  gsize n_values;
  float *work, *slots;

  if (n_work == 0)
    return NULL;
  n_values = (gsize) net_get_n_outputs (self) * last->width * last->height;
  if (n_work + n_values > MAX_VALUES)
    return NULL;
  planes->values = new_values (n_values);
  work = new_zeros (n_work);
  if (planes->values == NULL || work == NULL)
    {
      free (work);
      return NULL;
    }
  planes->n_planes = net_get_n_outputs (self);
  planes->width = last->width;
  planes->height = last->height;
  run.output = planes->values;
  slots = work;
  for (int i = 0; i <= self->n_layers; i++)
    {
      run.rows[i].slots = slots;
      slots += run.rows[i].row_step * run.rows[i].n_slots;
    }
  make_all (&run);
  explicit_bzero (work, n_work * sizeof *work);
  free (work);
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

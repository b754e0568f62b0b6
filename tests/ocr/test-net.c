/* SPDX-License-Identifier: Apache-2.0 */
/* The networks' engine: against a plain computation of the same network, for each kind of vector unit; damaged files are refused.
 *
 * Beside the tests, for azn.py's test and for measuring:
 *   test-net --run NETWORK WIDTH HEIGHT    planes of floats from standard input, the output's planes to standard output
 *   test-net --speed                       how fast each kind of layer runs here, for each kind of vector unit */
#include "net/net-kernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RELU 1
#define DOUBLED 2

typedef struct
{
  int from, add, n_in, n_out, groups, kernel_h, kernel_w, stride_y, stride_x, dilation_y, dilation_x, flags;
} LayerSpec;

typedef struct
{
  int n_planes, width, height;
  double *values;
} Picture;

static guint32
next_random (guint64 *state)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (guint32) (*state >> 33);
}

static int
random_int (guint64 *state, int min, int max)
{
  return min + (int) (next_random (state) % (guint32) (max - min + 1));
}

static float
random_float (guint64 *state)
{
  return (float) random_int (state, -1000, 1000) / 1000.0f;
}

static void
put_u16 (GByteArray *file, int value)
{
  guint16 bytes = GUINT16_TO_LE ((guint16) value);

  g_byte_array_append (file, (const guint8 *) &bytes, sizeof bytes);
}

static void
put_float (GByteArray *file, float value)
{
  guint32 bytes;

  memcpy (&bytes, &value, sizeof bytes);
  bytes = GUINT32_TO_LE (bytes);
  g_byte_array_append (file, (const guint8 *) &bytes, sizeof bytes);
}

static int
n_weights (const LayerSpec *spec)
{
  return spec->n_in / spec->groups * spec->kernel_h * spec->kernel_w;
}

static GByteArray *
new_file (const LayerSpec *specs, int n_layers, int n_in, guint64 *state)
{
  GByteArray *file = g_byte_array_new ();

  g_byte_array_append (file, (const guint8 *) "AZN1", 4);
  put_u16 (file, n_layers);
  put_u16 (file, n_in);
  for (int i = 0; i < n_layers; i++)
    {
      const LayerSpec *spec = &specs[i];
      const guint8 bytes[] = { spec->kernel_h,   spec->kernel_w,   spec->stride_y, spec->stride_x,
                               spec->dilation_y, spec->dilation_x, spec->flags,    0 };

      put_u16 (file, spec->from);
      put_u16 (file, spec->add);
      put_u16 (file, spec->n_in);
      put_u16 (file, spec->n_out);
      put_u16 (file, spec->groups);
      g_byte_array_append (file, bytes, sizeof bytes);
      for (int out = 0; out < spec->n_out; out++)
        {
          put_float (file, 0.02f / sqrtf ((float) n_weights (spec)));
          put_float (file, random_float (state));
          for (int k = 0; k < n_weights (spec); k++)
            {
              guint8 value = (guint8) random_int (state, 0, 255);

              g_byte_array_append (file, &value, 1);
            }
        }
    }
  return file;
}

static Net *
parse (const GByteArray *file)
{
  return net_new_from_data (file->data, file->len);
}

/* --- the plain computation: reads the file's bytes itself, one value after another, in double -------------------------- */

static double
value_at (const Picture *picture, int plane, int y, int x, int factor)
{
  if (y < 0 || y >= picture->height * factor || x < 0 || x >= picture->width * factor)
    return 0.0;
  return picture->values[((gsize) plane * picture->height + y / factor) * picture->width + x / factor];
}

static const guint8 *
plain_layer (const LayerSpec *spec, const guint8 *bytes, const Picture *in, const Picture *add, Picture *out)
{
  const int factor = (spec->flags & DOUBLED) != 0 ? 2 : 1;
  const int pad_y = spec->dilation_y * (spec->kernel_h / 2), pad_x = spec->dilation_x * (spec->kernel_w / 2);

  out->n_planes = spec->n_out;
  /* torch's formula for the size */
  out->height = (in->height * factor + 2 * pad_y - spec->dilation_y * (spec->kernel_h - 1) - 1) / spec->stride_y + 1;
  out->width = (in->width * factor + 2 * pad_x - spec->dilation_x * (spec->kernel_w - 1) - 1) / spec->stride_x + 1;
  out->values = g_new (double, (gsize) out->n_planes * out->height * out->width);
  for (int o = 0; o < spec->n_out; o++)
    {
      const int first = spec->groups > 1 ? o : 0;
      const int n_in = spec->n_in / spec->groups;
      float scale, bias;

      memcpy (&scale, bytes, sizeof scale);
      memcpy (&bias, bytes + 4, sizeof bias);
      bytes += 8;
      for (int y = 0; y < out->height; y++)
        for (int x = 0; x < out->width; x++)
          {
            const gsize at = ((gsize) o * out->height + y) * out->width + x;
            double sum = 0.0;
            int k = 0;

            for (int i = 0; i < n_in; i++)
              for (int ky = 0; ky < spec->kernel_h; ky++)
                for (int kx = 0; kx < spec->kernel_w; kx++)
                  sum += (gint8) bytes[k++]
                         * value_at (in, first + i, y * spec->stride_y + ky * spec->dilation_y - pad_y,
                                     x * spec->stride_x + kx * spec->dilation_x - pad_x, factor);
            sum = sum * scale + bias + (add != NULL ? add->values[at] : 0.0);
            out->values[at] = (spec->flags & RELU) != 0 && sum < 0.0 ? 0.0 : sum;
          }
      bytes += n_weights (spec);
    }
  return bytes;
}

static Picture
plain_run (const LayerSpec *specs, int n_layers, const GByteArray *file, const Picture *input)
{
  g_autofree Picture *made = g_new0 (Picture, n_layers);
  const guint8 *bytes = file->data + 8;
  Picture last;

  for (int i = 0; i < n_layers; i++)
    bytes = plain_layer (&specs[i], bytes + 18, specs[i].from < 0 ? input : &made[specs[i].from],
                         specs[i].add < 0 ? NULL : &made[specs[i].add], &made[i]);
  g_assert_true (bytes == file->data + file->len);
  for (int i = 0; i < n_layers - 1; i++)
    g_free (made[i].values);
  last = made[n_layers - 1];
  return last;
}

/* Whether every kind of kernel says the same as the plain computation, for one random picture. */
static void
assert_computed (const LayerSpec *specs, int n_layers, int n_in, int width, int height, guint64 *state)
{
  g_autoptr (GByteArray) file = new_file (specs, n_layers, n_in, state);
  g_autoptr (Net) net = parse (file);
  const gsize n_values = (gsize) n_in * width * height;
  g_autofree float *input = g_new (float, n_values);
  g_autofree double *plain_input = g_new (double, n_values);
  const Picture picture = { n_in, width, height, plain_input };
  Picture expected;
  const NetKernels *kernels;

  g_assert_nonnull (net);
  for (gsize i = 0; i < n_values; i++)
    plain_input[i] = input[i] = random_float (state);
  expected = plain_run (specs, n_layers, file, &picture);
  g_assert_cmpint (net_get_n_inputs (net), ==, n_in);
  g_assert_cmpint (net_get_n_outputs (net), ==, expected.n_planes);
  for (guint i = 0; (kernels = net_kernels_get (i)) != NULL; i++)
    {
      g_autoptr (NetPlanes) planes = net_run_with (net, kernels, input, width, height);

      g_assert_nonnull (planes);
      g_assert_cmpint (planes->n_planes, ==, expected.n_planes);
      g_assert_cmpint (planes->width, ==, expected.width);
      g_assert_cmpint (planes->height, ==, expected.height);
      for (gsize k = 0; k < (gsize) planes->n_planes * planes->width * planes->height; k++)
        if (!(fabs (planes->values[k] - expected.values[k]) <= 1e-4 * MAX (1.0, fabs (expected.values[k]))))
          g_error ("%s: value %zu of %d planes of %d x %d is %g, expected %g", kernels->name, k, planes->n_planes,
                   planes->width, planes->height, planes->values[k], expected.values[k]);
    }
  g_free (expected.values);
}

/* --- tests ----------------------------------------------------------------------------------------------------------- */

static LayerSpec
random_layer (guint64 *state, int from, int n_in)
{
  static const int channels[] = { 1, 2, 3, 7, 8, 9, 12, 16, 17, 24, 31, 32, 40 };
  const gboolean by_channel = next_random (state) % 4 == 0;
  LayerSpec spec = {
    .from = from,
    .add = -1,
    .n_in = n_in,
    .n_out = by_channel ? n_in : channels[next_random (state) % G_N_ELEMENTS (channels)],
    .groups = by_channel ? n_in : 1,
    .kernel_h = 2 * random_int (state, 0, 3) + 1,
    .stride_y = random_int (state, 1, 4),
    .stride_x = random_int (state, 1, 4),
    .dilation_y = next_random (state) % 2 == 0 ? 1 : random_int (state, 1, 16),
    .dilation_x = next_random (state) % 2 == 0 ? 1 : random_int (state, 1, 16),
    .flags = random_int (state, 0, RELU | DOUBLED),
  };

  spec.kernel_w = 2 * random_int (state, 0, spec.kernel_h == 1 ? 15 : 3) + 1;
  return spec;
}

static void
test_single_layers (void)
{
  static const int inputs[] = { 1, 2, 3, 8, 11, 16, 20 };
  guint64 state = 1;

  for (int i = 0; i < 400; i++)
    {
      const int n_in = inputs[next_random (&state) % G_N_ELEMENTS (inputs)];
      const LayerSpec spec = random_layer (&state, -1, n_in);

      assert_computed (&spec, 1, n_in, random_int (&state, 1, 30), random_int (&state, 1, 16), &state);
    }
}

static void
test_one_pixel (void)
{
  guint64 state = 2;

  for (int i = 0; i < 50; i++)
    {
      const LayerSpec spec = random_layer (&state, -1, 8);

      assert_computed (&spec, 1, 8, 1, 1, &state);
    }
}

static void
test_most_channels (void)
{
  const LayerSpec specs[] = {
    { -1, -1, 256, 256, 1, 1, 1, 1, 1, 1, 1, RELU },
    { 0, -1, 256, 256, 256, 3, 3, 1, 1, 1, 1, RELU },
    { 1, 0, 256, 256, 1, 1, 3, 1, 1, 1, 16, 0 },
  };
  guint64 state = 3;

  assert_computed (specs, G_N_ELEMENTS (specs), 256, 5, 3, &state);
}

/* Random chains, each layer taking one of the outputs made before; where sizes allow, another one is added. */
static void
test_chains (void)
{
  guint64 state = 4;

  for (int i = 0; i < 150; i++)
    {
      const int n_in = random_int (&state, 1, 9);
      const int n_layers = random_int (&state, 2, 7);
      LayerSpec specs[8];

      for (int k = 0; k < n_layers; k++)
        {
          specs[k] = random_layer (&state, k - 1, k == 0 ? n_in : specs[k - 1].n_out);
          if (k > 0 && next_random (&state) % 3 == 0)
            {
              /* a branch: the one before goes in by addition, and both take the same input */
              specs[k] = specs[k - 1];
              specs[k].from = specs[k - 1].from;
              specs[k].add = k - 1;
            }
          if (specs[k].flags & DOUBLED && k > 2)
            specs[k].flags &= ~DOUBLED; /* stay small */
        }
      for (int k = 1; k < n_layers; k++)
        if (specs[k].add >= 0)
          specs[k].flags = (specs[k].flags & ~DOUBLED) | (specs[k - 1].flags & DOUBLED);
      assert_computed (specs, n_layers, n_in, random_int (&state, 1, 25), random_int (&state, 1, 12), &state);
    }
}

/* The shape of the networks that are really used: down, residual blocks, dilation, up again and joined. */
static void
test_hourglass (void)
{
  const LayerSpec specs[] = {
    { -1, -1, 1, 12, 1, 5, 5, 2, 2, 1, 1, RELU },  { 0, -1, 12, 24, 1, 3, 3, 2, 2, 1, 1, RELU },
    { 1, -1, 24, 24, 24, 3, 3, 1, 1, 1, 1, RELU }, { 2, 1, 24, 24, 1, 1, 1, 1, 1, 1, 1, RELU },
    { 3, -1, 24, 24, 1, 3, 3, 1, 1, 4, 2, RELU },  { 4, 3, 24, 24, 1, 3, 1, 1, 1, 2, 1, RELU },
    { 0, -1, 12, 16, 1, 1, 1, 1, 1, 1, 1, 0 },     { 5, 6, 24, 16, 1, 3, 3, 1, 1, 1, 1, RELU | DOUBLED },
    { 7, -1, 16, 5, 1, 1, 1, 1, 1, 1, 1, 0 },
  };
  guint64 state = 5;

  assert_computed (specs, G_N_ELEMENTS (specs), 1, 64, 48, &state);
  assert_computed (specs, G_N_ELEMENTS (specs), 1, 36, 4, &state);
}

static const LayerSpec small[] = {
  { -1, -1, 2, 3, 1, 3, 3, 1, 1, 1, 1, RELU },
  { 0, 0, 3, 3, 3, 1, 3, 1, 1, 1, 2, 0 },
};

static void
test_refuses_truncated (void)
{
  guint64 state = 6;
  g_autoptr (GByteArray) file = new_file (small, G_N_ELEMENTS (small), 2, &state);
  g_autoptr (Net) whole = parse (file);
  const guint8 more = 0;

  g_assert_nonnull (whole);
  for (guint n = 0; n < file->len; n++)
    {
      g_autofree guint8 *exact = g_memdup2 (file->data, n);
      g_autoptr (Net) net = net_new_from_data (exact, n);

      g_assert_null (net);
    }
  g_byte_array_append (file, &more, 1);
  {
    g_autoptr (Net) net = parse (file);

    g_assert_null (net);
  }
}

/* One field of the file changed to a value of one or two bytes. */
static void
test_refuses_damaged (void)
{
  static const int first = 8;                         /* the first layer's header */
  static const int second = 8 + 18 + 3 * (8 + 2 * 9); /* the second one's */
  const struct
  {
    int at;
    int n_bytes;
    int value;
  } cases[] = {
    { 0, 1, 'a' },
    { 3, 1, '2' },
    { 4, 2, 0 }, /* layers */
    { 4, 2, 1 },
    { 4, 2, 3 },
    { 4, 2, 65 },
    { 4, 2, 65535 },
    { 6, 2, 0 }, /* input channels */
    { 6, 2, 1 },
    { 6, 2, 257 },
    { first, 2, 0 }, /* from */
    { first, 2, 1 },
    { first, 2, -2 },
    { second, 2, 1 },
    { second, 2, 32767 },
    { second, 2, -1 },
    { first + 2, 2, 0 }, /* add */
    { first + 2, 2, -2 },
    { second + 2, 2, 1 },
    { second + 2, 2, 2 },
    { first + 4, 2, 0 }, /* n_in */
    { first + 4, 2, 1 },
    { first + 4, 2, 3 },
    { first + 4, 2, 65535 },
    { first + 6, 2, 0 }, /* n_out */
    { first + 6, 2, 2 },
    { first + 6, 2, 257 },
    { first + 8, 2, 0 }, /* groups */
    { first + 8, 2, 2 },
    { second + 8, 2, 2 },
    { second + 8, 2, 65535 },
    { first + 10, 1, 0 }, /* kernel_h */
    { first + 10, 1, 2 },
    { first + 10, 1, 5 },
    { first + 10, 1, 9 },
    { first + 11, 1, 0 }, /* kernel_w */
    { first + 11, 1, 4 },
    { first + 11, 1, 9 },
    { second + 11, 1, 33 },
    { first + 12, 1, 0 }, /* stride_y */
    { first + 12, 1, 5 },
    { first + 13, 1, 0 }, /* stride_x */
    { first + 13, 1, 5 },
    { first + 14, 1, 0 }, /* dilation_y */
    { first + 14, 1, 17 },
    { first + 15, 1, 0 }, /* dilation_x */
    { first + 15, 1, 17 },
    { first + 16, 1, 4 }, /* flags */
    { first + 16, 1, 128 },
    { first + 17, 1, 1 },          /* the zero */
    { first + 18 + 2, 2, 0x7f80 }, /* scale: infinite */
    { first + 18 + 2, 2, 0x7f7f }, /* weights infinite */
    { first + 18 + 6, 2, 0x7fc0 }, /* bias: not a number */
  };
  guint64 state = 7;
  g_autoptr (GByteArray) file = new_file (small, G_N_ELEMENTS (small), 2, &state);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree guint8 *damaged = g_memdup2 (file->data, file->len);
      g_autoptr (Net) net = NULL;

      damaged[cases[i].at] = (guint8) (cases[i].value & 0xff);
      if (cases[i].n_bytes == 2)
        damaged[cases[i].at + 1] = (guint8) (cases[i].value >> 8 & 0xff);
      net = net_new_from_data (damaged, file->len);
      if (net != NULL)
        g_error ("case %u was taken", i);
    }
}

static void
test_refuses_long_kernel_of_rows (void)
{
  const LayerSpec wide = { -1, -1, 1, 1, 1, 1, 31, 1, 1, 1, 1, 0 };
  const LayerSpec high = { -1, -1, 1, 1, 1, 31, 1, 1, 1, 1, 1, 0 };
  const LayerSpec both = { -1, -1, 1, 1, 1, 3, 9, 1, 1, 1, 1, 0 };
  guint64 state = 8;
  g_autoptr (GByteArray) wide_file = new_file (&wide, 1, 1, &state);
  g_autoptr (GByteArray) high_file = new_file (&high, 1, 1, &state);
  g_autoptr (GByteArray) both_file = new_file (&both, 1, 1, &state);
  g_autoptr (Net) wide_net = parse (wide_file);
  g_autoptr (Net) high_net = parse (high_file);
  g_autoptr (Net) both_net = parse (both_file);

  g_assert_nonnull (wide_net);
  g_assert_null (high_net);
  g_assert_null (both_net);
}

static void
test_refuses_unused_layer (void)
{
  const LayerSpec specs[] = { { -1, -1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0 }, { -1, -1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0 } };
  guint64 state = 9;
  g_autoptr (GByteArray) file = new_file (specs, G_N_ELEMENTS (specs), 1, &state);
  g_autoptr (Net) net = parse (file);

  g_assert_null (net);
}

static void
test_refuses_other_channels (void)
{
  const LayerSpec spec = { -1, -1, 2, 3, 1, 1, 1, 1, 1, 1, 1, 0 };
  guint64 state = 11;
  g_autoptr (GByteArray) file = new_file (&spec, 1, 2, &state);
  g_autoptr (GBytes) bytes = g_bytes_new (file->data, file->len);
  g_autoptr (Net) fits = net_new_from_bytes (bytes, 2, 3);
  g_autoptr (Net) other_input = net_new_from_bytes (bytes, 1, 3);
  g_autoptr (Net) other_output = net_new_from_bytes (bytes, 2, 4);
  g_autoptr (Net) nothing = net_new_from_bytes (NULL, 2, 3);

  g_assert_nonnull (fits);
  g_assert_null (other_input);
  g_assert_null (other_output);
  g_assert_null (nothing);
}

static void
test_refuses_input (void)
{
  /* two sizes meet: n is halved and doubled again, which fits for even ones only */
  const LayerSpec join[] = { { -1, -1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0 },
                             { -1, -1, 1, 1, 1, 1, 1, 2, 2, 1, 1, 0 },
                             { 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, DOUBLED } };
  /* each layer four times as large as the one before */
  const LayerSpec grows[] = { { -1, -1, 1, 1, 1, 1, 1, 1, 1, 1, 1, DOUBLED },
                              { 0, -1, 1, 1, 1, 1, 1, 1, 1, 1, 1, DOUBLED } };
  /* planes within the limit, but too many rows of too many channels to be held until the addition */
  const LayerSpec heavy[] = {
    { -1, -1, 1, 256, 1, 1, 1, 1, 1, 1, 1, 0 },     { 0, -1, 256, 256, 256, 7, 1, 1, 1, 16, 1, 0 },
    { 1, -1, 256, 256, 256, 7, 1, 1, 1, 16, 1, 0 }, { 2, -1, 256, 256, 256, 7, 1, 1, 1, 16, 1, 0 },
    { 3, 0, 256, 256, 256, 1, 1, 1, 1, 1, 1, 0 },
  };
  guint64 state = 10;
  g_autoptr (GByteArray) join_file = new_file (join, G_N_ELEMENTS (join), 1, &state);
  g_autoptr (GByteArray) grows_file = new_file (grows, G_N_ELEMENTS (grows), 1, &state);
  g_autoptr (GByteArray) heavy_file = new_file (heavy, G_N_ELEMENTS (heavy), 1, &state);
  g_autoptr (Net) join_net = parse (join_file);
  g_autoptr (Net) grows_net = parse (grows_file);
  g_autoptr (Net) heavy_net = parse (heavy_file);
  const struct
  {
    const Net *net;
    int width, height;
    gboolean runs;
  } cases[] = {
    { join_net, 0, 4, FALSE },         { join_net, 4, 0, FALSE },
    { join_net, -1, 4, FALSE },        { join_net, 4, G_MININT, FALSE },
    { join_net, 4, 6, TRUE },          { join_net, 5, 6, FALSE },
    { join_net, 4, 7, FALSE },         { join_net, 32768, 2, TRUE },
    { join_net, 2, 32768, TRUE },      { join_net, 32770, 2, FALSE },
    { join_net, 2, 32770, FALSE },     { join_net, 2048, 2050, FALSE },
    { join_net, 65536, 65536, FALSE }, { join_net, G_MAXINT, G_MAXINT, FALSE },
    { grows_net, 512, 512, TRUE },     { grows_net, 512, 513, FALSE },
    { heavy_net, 16, 16, TRUE },       { heavy_net, 2048, 2048, FALSE },
  };
  g_autofree float *input = g_new0 (float, 512 * 512);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NetPlanes) planes = net_run (cases[i].net, input, cases[i].width, cases[i].height);

      if ((planes != NULL) != cases[i].runs)
        g_error ("case %u %s", i, cases[i].runs ? "was refused" : "was run");
    }
}

/* --- by hand ------------------------------------------------------------------------------------------------------------ */

static int
run_file (const char *path, int width, int height)
{
  g_autofree char *data = NULL;
  gsize n_bytes;
  g_autoptr (Net) net = NULL;
  g_autoptr (NetPlanes) planes = NULL;
  g_autofree float *input = NULL;
  gsize n_values;

  if (!g_file_get_contents (path, &data, &n_bytes, NULL))
    return EXIT_FAILURE;
  net = net_new_from_data ((const guint8 *) data, n_bytes);
  if (net == NULL)
    return EXIT_FAILURE;
  n_values = (gsize) net_get_n_inputs (net) * width * height;
  input = g_new (float, n_values);
  if (fread (input, sizeof *input, n_values, stdin) != n_values)
    return EXIT_FAILURE;
  planes = net_run (net, input, width, height);
  if (planes == NULL)
    return EXIT_FAILURE;
  n_values = (gsize) planes->n_planes * planes->width * planes->height;
  return fwrite (planes->values, sizeof (float), n_values, stdout) == n_values ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The network of the measured layer, @n_times, each adding what the one before made. */
static GByteArray *
new_measured_file (const LayerSpec *spec, int n_times, guint64 *state)
{
  LayerSpec specs[8] = { { -1, -1, 1, spec->n_in, 1, 1, 1, 1, 1, 1, 1, 0 } };
  const int first = spec->from < 0 ? 0 : 1; /* the input's own layer cannot be preceded by another */
  const int n = first + n_times;

  for (int i = first; i < n; i++)
    {
      specs[i] = *spec;
      specs[i].add = i > first ? i - 1 : -1;
    }
  specs[n] = (LayerSpec){ n - 1, -1, spec->n_out, 1, 1, 1, 1, 1, 1, 1, 1, 0 };
  return new_file (specs, n + 1, 1, state);
}

/* Of the processor, so that other programs do not count. */
static double
spent_s (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static double
best_time_s (const GByteArray *file, const NetKernels *kernels, const float *input, int width, int height)
{
  g_autoptr (Net) net = parse (file);
  const double begin_s = spent_s ();
  double best_s = INFINITY;

  do
    {
      const double from_s = spent_s ();
      g_autoptr (NetPlanes) planes = net_run_with (net, kernels, input, width, height);

      best_s = MIN (best_s, spent_s () - from_s);
    }
  while (spent_s () - begin_s < 0.3);
  return best_s;
}

static int
measure (void)
{
  static const struct
  {
    const char *name;
    LayerSpec spec;
    int width, height;
  } cases[] = {
    { "3x3 16 to 16", { 0, -1, 16, 16, 1, 3, 3, 1, 1, 1, 1, RELU }, 400, 280 },
    { "3x3 24 to 24", { 0, -1, 24, 24, 1, 3, 3, 1, 1, 1, 1, RELU }, 200, 140 },
    { "3x3 32 to 32", { 0, -1, 32, 32, 1, 3, 3, 1, 1, 1, 1, RELU }, 200, 140 },
    { "3x3 64 to 64", { 0, -1, 64, 64, 1, 3, 3, 1, 1, 1, 1, RELU }, 50, 35 },
    { "3x3 32 to 32, dilation 4", { 0, -1, 32, 32, 1, 3, 3, 1, 1, 4, 4, RELU }, 100, 70 },
    { "3x3 16 to 32, stride 2", { 0, -1, 16, 32, 1, 3, 3, 2, 2, 1, 1, RELU }, 200, 140 },
    { "3x3 8 to 8", { 0, -1, 8, 8, 1, 3, 3, 1, 1, 1, 1, RELU }, 200, 140 },
    { "3x3 1 to 16, stride 2", { -1, -1, 1, 16, 1, 3, 3, 2, 2, 1, 1, RELU }, 400, 280 },
    { "5x5 1 to 8, stride 2", { -1, -1, 1, 8, 1, 5, 5, 2, 2, 1, 1, RELU }, 400, 280 },
    { "3x3 32 to 16, doubled", { 0, -1, 32, 16, 1, 3, 3, 1, 1, 1, 1, RELU | DOUBLED }, 100, 70 },
    { "1x1 32 to 32", { 0, -1, 32, 32, 1, 1, 1, 1, 1, 1, 1, RELU }, 200, 140 },
    { "1x1 32 to 1", { 0, -1, 32, 1, 1, 1, 1, 1, 1, 1, 1, 0 }, 200, 140 },
    { "3x3 32, by channel", { 0, -1, 32, 32, 32, 3, 3, 1, 1, 1, 1, RELU }, 200, 140 },
    { "3x3 24, by channel", { 0, -1, 24, 24, 24, 3, 3, 2, 2, 1, 1, RELU }, 200, 140 },
    { "1x9 32 to 32, one row", { 0, -1, 32, 32, 1, 1, 9, 1, 1, 1, 1, RELU }, 300, 1 },
    { "1x31 16 to 16, one row", { 0, -1, 16, 16, 1, 1, 31, 1, 1, 1, 1, RELU }, 300, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const LayerSpec *spec = &cases[i].spec;
      const int factor = (spec->flags & DOUBLED) != 0 ? 2 : 1;
      const double n_products = (double) ((cases[i].width * factor - 1) / spec->stride_x + 1)
                                * ((cases[i].height * factor - 1) / spec->stride_y + 1) * spec->n_out
                                * n_weights (spec);
      guint64 state = 1;
      g_autoptr (GByteArray) once = new_measured_file (spec, 1, &state);
      g_autoptr (GByteArray) often = new_measured_file (spec, 5, &state);
      const gsize n_values = (gsize) cases[i].width * cases[i].height;
      g_autofree float *input = g_new (float, n_values);
      const NetKernels *kernels;

      for (gsize k = 0; k < n_values; k++)
        input[k] = random_float (&state);
      g_print ("%-26s", cases[i].name);
      for (guint k = 0; (kernels = net_kernels_get (k)) != NULL; k++)
        {
          const double once_s = best_time_s (once, kernels, input, cases[i].width, cases[i].height);
          const double often_s = best_time_s (often, kernels, input, cases[i].width, cases[i].height);

          g_print ("  %s %5.1f", kernels->name, n_products * 4.0 / (often_s - once_s) / 1e9);
        }
      g_print ("  G products/s\n");
    }
  return EXIT_SUCCESS;
}

int
main (int argc, char **argv)
{
  if (argc == 5 && g_str_equal (argv[1], "--run"))
    return run_file (argv[2], atoi (argv[3]), atoi (argv[4]));
  if (argc == 2 && g_str_equal (argv[1], "--speed"))
    return measure ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/computes/single-layers", test_single_layers);
  g_test_add_func ("/net/computes/one-pixel", test_one_pixel);
  g_test_add_func ("/net/computes/most-channels", test_most_channels);
  g_test_add_func ("/net/computes/chains", test_chains);
  g_test_add_func ("/net/computes/hourglass", test_hourglass);
  g_test_add_func ("/net/refuses/truncated", test_refuses_truncated);
  g_test_add_func ("/net/refuses/damaged", test_refuses_damaged);
  g_test_add_func ("/net/refuses/long-kernel-of-rows", test_refuses_long_kernel_of_rows);
  g_test_add_func ("/net/refuses/unused-layer", test_refuses_unused_layer);
  g_test_add_func ("/net/refuses/other-channels", test_refuses_other_channels);
  g_test_add_func ("/net/refuses/input", test_refuses_input);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* line-second: normalises the strip, runs the network, and takes down where it sees the middles of digits. */
#include "line-second.h"

#include <math.h>
#include <string.h>

#include "net/net.h"
#include "number-resources.h"

#define GROUP 4
#define ROWS (2 * LINE_SECOND_MARGIN_PX + LINE_SECOND_DIGIT_PX)
#define LEAST_WIDTH_PX (VERDICT_N_DIGITS * 8)

/* What the network is given, as in tests/ocr/train/second/second.py: pixels against the columns near them and farther off. */
#define N_INPUTS 2
#define SPREAD_FLOOR 6.0 /* grey levels; paler than that is noise */
#define SPREAD_LIMIT 4.0

static const int reaches_px[N_INPUTS] = { 12, 44 };

/* What it answers, for every fourth column: 0 to 9, and whether the middle of a digit stands there. */
#define N_NAMES 10
#define N_OUTPUTS (N_NAMES + 1)
#define COLUMN_PX 4

/* How certain it is that a digit's middle is there, 0..1, chosen on tuning lines. */
#define PLAIN 0.40 /* a digit */
#define FAINT 0.30 /* or one that faded: where the run would go on, it is not known to be whole */

/*
 * Beyond the digits, what has less ink than this share of theirs is a pattern of the ground; what has so much more of it
 * than they have, in parts of their ink, at the strip's upper or lower border is a code, or a picture's rim.
 */
#define LEAST_INK 0.35
#define MOST_SPILL 0.5
#define INK_REACH_PX 8 /* of a digit's middle, to either side */
#define INK_RANK 6     /* as dark as the sixth darkest pixel: not a speck */
#define SPILL_ROWS 4   /* at either border of the strip */
#define MAX_PEAKS 48

/* The network is surer than it is right: its logits are divided by this, which was fitted on tuning lines. */
#define TEMPERATURE 1.0

/* Pitches within groups differ at most so far; the gaps between groups are wider than all of them by so much. */
#define UNEVEN 1.7
#define GAP 1.15

struct _LineSecond
{
  Net *net;
};

typedef struct
{
  double at; /* columns */
  char digit;
  double confidence;
} Sight;

/* Where a digit may stand. */
typedef struct
{
  int column;
  gboolean is_plain;
  double ink, spill; /* grey levels */
} Peak;

/* Grey levels and their squares, summed over each column and all columns before it. */
static void
sum_columns (const CardGrey *strip, double *sums, double *squares)
{
  sums[0] = squares[0] = 0.0;
  for (int x = 0; x < strip->width; x++)
    {
      double sum = 0.0, square = 0.0;

      for (int y = 0; y < ROWS; y++)
        {
          double value = strip->samples[(gsize) y * (gsize) strip->width + (gsize) x];

          sum += value;
          square += value * value;
        }
      sums[x + 1] = sums[x] + sum;
      squares[x + 1] = squares[x] + square;
    }
}

/* How much darker than its neighbourhood each pixel is, in parts of what is usual there. */
static void
normalise (const CardGrey *strip, float *planes)
{
  int width = strip->width;
  g_autofree double *sums = g_new (double, (gsize) width + 1), *squares = g_new (double, (gsize) width + 1);

  sum_columns (strip, sums, squares);
  for (int plane = 0; plane < N_INPUTS; plane++)
    for (int x = 0; x < width; x++)
      {
        int from = MAX (x - reaches_px[plane], 0), to = MIN (x + reaches_px[plane] + 1, width);
        double n = (double) (to - from) * ROWS, mean = (sums[to] - sums[from]) / n;
        double variance = MAX ((squares[to] - squares[from]) / n - mean * mean, 0.0);
        double spread = sqrt (variance + SPREAD_FLOOR * SPREAD_FLOOR);

        for (int y = 0; y < ROWS; y++)
          {
            double darker = (mean - strip->samples[(gsize) y * (gsize) width + (gsize) x]) / spread;

            planes[((gsize) plane * ROWS + (gsize) y) * (gsize) width + (gsize) x] =
                (float) CLAMP (darker, -SPREAD_LIMIT, SPREAD_LIMIT);
          }
      }
  explicit_bzero (sums, sizeof *sums * ((gsize) width + 1));
  explicit_bzero (squares, sizeof *squares * ((gsize) width + 1));
}

/* The digit at the peak @x, from the columns about it as far as each shows the middle. */
static void
name_peak (const NetPlanes *planes, const float *shares, int x, Sight *sight)
{
  double logits[N_NAMES] = { 0 }, weight = 0.0, sum = 0.0;
  int best = 0;

  sight->at = 0.0;
  for (int i = x - 1; i <= x + 1; i++)
    {
      weight += shares[i];
      sight->at += shares[i] * i;
      for (int name = 0; name < N_NAMES; name++)
        logits[name] += shares[i] * planes->values[(gsize) name * (gsize) planes->width + (gsize) i];
    }
  sight->at /= weight;
  for (int name = 1; name < N_NAMES; name++)
    if (logits[name] > logits[best])
      best = name;
  for (int name = 0; name < N_NAMES; name++)
    sum += exp ((logits[name] - logits[best]) / weight / TEMPERATURE);
  sight->digit = (char) ('0' + best);
  sight->confidence = 1.0 / sum;
  explicit_bzero (logits, sizeof logits);
}

/* The certainties of all columns. */
static float *
middles_of (const NetPlanes *planes)
{
  const float *logits = planes->values + (gsize) N_NAMES * (gsize) planes->width;
  float *shares = g_new (float, (gsize) planes->width);

  for (int x = 0; x < planes->width; x++)
    shares[x] = 1.0f / (1.0f + expf (-logits[x]));
  return shares;
}

static gboolean
is_peak (const float *shares, int x, double least)
{
  return shares[x] >= least && shares[x] >= shares[x - 1] && shares[x] > shares[x + 1];
}

/* How much darker than its brightest pixel the pixels of these columns and rows are, as far as it is more than a speck. */
static double
ink_of (const CardGrey *strip, int from, int to, int top, int bottom)
{
  guint histogram[256] = { 0 }, n = 0;
  int level, brightest = 255;

  for (int y = top; y < bottom; y++)
    for (int x = from; x < to; x++)
      histogram[strip->samples[(gsize) y * (gsize) strip->width + (gsize) x]]++;
  while (brightest > 0 && histogram[brightest] == 0)
    brightest--;
  for (level = 0; level < brightest; level++)
    if ((n += histogram[level]) >= INK_RANK)
      break;
  explicit_bzero (histogram, sizeof histogram);
  return brightest - level;
}

/* A peak's columns: how dark they are, and how dark at the strip's upper or lower border. */
static Peak
measure_peak (const CardGrey *strip, int column)
{
  int x = column * COLUMN_PX + COLUMN_PX / 2, from = MAX (x - INK_REACH_PX, 0);
  int to = MIN (x + INK_REACH_PX, strip->width);

  return (Peak){ .column = column,
                 .ink = ink_of (strip, from, to, LINE_SECOND_MARGIN_PX, ROWS - LINE_SECOND_MARGIN_PX),
                 .spill =
                     MAX (ink_of (strip, from, to, 0, SPILL_ROWS), ink_of (strip, from, to, ROWS - SPILL_ROWS, ROWS)) };
}

/* Whether a peak is as much a digit as the others are, which have so much ink and spill on the average. */
static gboolean
is_printed (const Peak *peak, double ink, double spill)
{
  return peak->ink >= LEAST_INK * ink && peak->spill <= spill + MOST_SPILL * ink;
}

/* Leaves out what stands too many at either end, first what is farther from the others, as long as its ink tells that it is no digit. */
static int
trim_peaks (Peak *peaks, int n, double ink, double spill)
{
  int first = 0;

  while (n - first > VERDICT_N_DIGITS)
    {
      gboolean left = !is_printed (&peaks[first], ink, spill), right = !is_printed (&peaks[n - 1], ink, spill);

      if (left && right)
        right = peaks[n - 1].column - peaks[n - 2].column > peaks[first + 1].column - peaks[first].column;
      if (right)
        n--;
      else if (left)
        first++;
      else
        break;
    }
  memmove (peaks, peaks + first, (gsize) (n - first) * sizeof *peaks);
  return n - first;
}

/*
 * Everything faintly like a digit, from left to right, without what only seems to be one at either end. Returns: how many;
 * none where there are too many to be a line with a number.
 */
static int
find_peaks (const CardGrey *strip, const float *shares, int n_columns, Peak peaks[MAX_PEAKS])
{
  double ink = 0.0, spill = 0.0;
  int n = 0, n_plain = 0;

  for (int x = 1; x < n_columns - 1; x++)
    {
      if (!is_peak (shares, x, FAINT))
        continue;
      if (n == MAX_PEAKS)
        return 0;
      peaks[n] = measure_peak (strip, x);
      peaks[n].is_plain = is_peak (shares, x, PLAIN);
      if (peaks[n].is_plain)
        {
          ink += peaks[n].ink;
          spill += peaks[n].spill;
          n_plain++;
        }
      n++;
    }
  if (n_plain == 0)
    return 0;
  return trim_peaks (peaks, n, ink / n_plain, spill / n_plain);
}

/* All digits in sight. Returns: how many, one more than fit at most. */
static int
find_digits (const NetPlanes *planes, const float *shares, const Peak *peaks, int n_peaks,
             Sight sights[VERDICT_N_DIGITS])
{
  int n = 0;

  for (int i = 0; i < n_peaks && n <= VERDICT_N_DIGITS; i++)
    if (peaks[i].is_plain && n++ < VERDICT_N_DIGITS)
      name_peak (planes, shares, peaks[i].column, &sights[n - 1]);
  return n;
}

/*
 * Twelve digits in 4-4-4; nothing faintly like a digit among them or beyond them as far as the next group would begin,
 * and the strip goes on that far.
 */
static gboolean
is_number (const Sight *sights, int n_sights, const Peak *peaks, int n_peaks, int n_columns)
{
  double least = INFINITY, most = 0.0, narrow = INFINITY, wide = 0.0;
  int n_faint = 0, from, to;

  if (n_sights != VERDICT_N_DIGITS)
    return FALSE;
  for (int i = 1; i < n_sights; i++)
    {
      double pitch = sights[i].at - sights[i - 1].at;

      if (i % GROUP == 0)
        {
          narrow = MIN (narrow, pitch);
          wide = MAX (wide, pitch);
        }
      else
        {
          least = MIN (least, pitch);
          most = MAX (most, pitch);
        }
    }
  if (most > UNEVEN * least || narrow < GAP * most || wide > UNEVEN * narrow)
    return FALSE;
  from = (int) floor (sights[0].at - wide) - 1;
  to = (int) ceil (sights[VERDICT_N_DIGITS - 1].at + wide) + 1;
  if (from < 0 || to > n_columns - 1)
    return FALSE;
  for (int i = 0; i < n_peaks; i++)
    n_faint += peaks[i].column >= from && peaks[i].column <= to;
  return n_faint == VERDICT_N_DIGITS;
}

LineSecond *
line_second_new (void)
{
  g_autoptr (GBytes) bytes =
      g_resource_lookup_data (number_get_resource (), "/azukari/number/second.azn", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  Net *net = net_new_from_bytes (bytes, N_INPUTS, N_OUTPUTS);
  LineSecond *self;

  if (net == NULL)
    return NULL;
  self = g_new0 (LineSecond, 1);
  self->net = net;
  return self;
}

void
line_second_free (LineSecond *self)
{
  if (self == NULL)
    return;
  net_free (self->net);
  g_free (self);
}

void
line_second_read (const LineSecond *self, const CardGrey *strip, VerdictReading *ret_reading)
{
  g_autoptr (NetPlanes) planes = NULL;
  g_autofree float *input = NULL, *shares = NULL;
  Sight sights[VERDICT_N_DIGITS];
  Peak peaks[MAX_PEAKS];
  int n_peaks, n_sights;
  gsize n_input = (gsize) N_INPUTS * ROWS * (gsize) strip->width;

  memset (ret_reading, 0, sizeof *ret_reading);
  if (strip->height != ROWS || strip->width < LEAST_WIDTH_PX || strip->width > LINE_SECOND_MAX_WIDTH_PX)
    return;
  input = g_new (float, n_input);
  normalise (strip, input);
  planes = net_run (self->net, input, strip->width, ROWS);
  explicit_bzero (input, sizeof *input * n_input);
  if (planes == NULL || planes->height != 1 || planes->width != (strip->width + COLUMN_PX - 1) / COLUMN_PX)
    return;

  shares = middles_of (planes);
  n_peaks = find_peaks (strip, shares, planes->width, peaks);
  n_sights = find_digits (planes, shares, peaks, n_peaks, sights);
  if (is_number (sights, n_sights, peaks, n_peaks, planes->width))
    {
      ret_reading->confidence = 1.0;
      for (int i = 0; i < VERDICT_N_DIGITS; i++)
        {
          ret_reading->digits[i] = sights[i].digit;
          ret_reading->confidence = MIN (ret_reading->confidence, sights[i].confidence);
        }
    }
  explicit_bzero (sights, sizeof sights);
}

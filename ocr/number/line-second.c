/* SPDX-License-Identifier: Apache-2.0 */
/* line-second: the second recogniser. */
#include "line-second.h"

#include <math.h>
#include <string.h>

#define GROUP 4
#define MAX_SPANS 48
#define PAPER_REACH 24 /* columns to either side that the paper's brightness is taken from */

/* Where a gap ends and a glyph begins, in parts of the ink of a full column; the first that gives twelve glyphs counts. */
static const double gap_levels[] = { 0.06, 0.12, 0.03, 0.20, 0.30 };

typedef struct
{
  int x0;
  int x1;
} Span;

/* Ink per column: how much darker than the paper near it, summed over the rows of the digits. */
static void
ink_profile (const CardGrey *strip, int top, int bottom, double *ret_ink)
{
  g_autofree double *brightest = g_new (double, strip->width);

  for (int x = 0; x < strip->width; x++)
    {
      int high = 0;

      for (int y = 0; y < strip->height; y++)
        high = MAX (high, strip->samples[(gsize) y * strip->width + x]);
      brightest[x] = high;
    }
  for (int x = 0; x < strip->width; x++)
    {
      double paper = 0.0, sum = 0.0;
      int from = MAX (x - PAPER_REACH, 0), to = MIN (x + PAPER_REACH + 1, strip->width);

      for (int i = from; i < to; i++)
        paper += brightest[i];
      paper = 0.94 * paper / (to - from);
      for (int y = top; y < bottom; y++)
        sum += MAX (paper - strip->samples[(gsize) y * strip->width + x], 0.0);
      ret_ink[x] = sum;
    }
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double p = *(const double *) a, q = *(const double *) b;

  return p < q ? -1 : p > q;
}

/* A column as full of ink as the fullest tenth of all. */
static double
full_ink (const double *ink, int n)
{
  g_autofree double *sorted = g_memdup2 (ink, sizeof *ink * (gsize) n);
  double full;

  qsort (sorted, (gsize) n, sizeof *sorted, compare_doubles);
  full = sorted[(int) (n * 0.92)];
  explicit_bzero (sorted, sizeof *sorted * (gsize) n);
  return full;
}

static int
cut_spans (const double *ink, int n, double level, Span *spans)
{
  int n_spans = 0;

  for (int x = 0; x < n && n_spans < MAX_SPANS; x++)
    {
      Span span = { x, x };
      double sum = 0.0;

      while (span.x1 < n && ink[span.x1] > level)
        sum += ink[span.x1++];
      x = span.x1;
      /* a speck of dust is narrower and paler than the narrowest 1 */
      if (span.x1 - span.x0 >= 3 && sum > 8 * level)
        spans[n_spans++] = span;
    }
  return n_spans;
}

static gboolean
is_number (const Span *spans, int n_spans)
{
  double within = 0.0, between = INFINITY;

  if (n_spans != VERDICT_N_DIGITS)
    return FALSE;
  for (int i = 1; i < n_spans; i++)
    {
      double pitch = (spans[i].x0 + spans[i].x1 - spans[i - 1].x0 - spans[i - 1].x1) / 2.0;

      if (i % GROUP == 0)
        between = MIN (between, pitch);
      else
        within = MAX (within, pitch);
    }
  return between > within;
}

/* The rows that hold the glyph's ink. */
static void
rows_of (const CardGrey *strip, const Span *span, int *ret_top, int *ret_bottom)
{
  int lightest = 0, darkest = 255, level;
  int top = strip->height, bottom = 0;

  for (int y = 0; y < strip->height; y++)
    for (int x = span->x0; x < span->x1; x++)
      {
        int value = strip->samples[(gsize) y * strip->width + x];

        lightest = MAX (lightest, value);
        darkest = MIN (darkest, value);
      }
  level = (lightest + darkest) / 2;
  for (int y = LINE_SECOND_MARGIN_PX / 2; y < strip->height - LINE_SECOND_MARGIN_PX / 2; y++)
    for (int x = span->x0; x < span->x1; x++)
      if (strip->samples[(gsize) y * strip->width + x] < level)
        {
          top = MIN (top, y);
          bottom = y + 1;
        }
  *ret_top = top;
  *ret_bottom = bottom;
}

static gboolean
read_glyph (const DigitNet *net, const CardGrey *strip, const Span *span, char *ret_digit, double *ret_confidence)
{
  float shares[DIGIT_NET_N_CLASSES];
  int top, bottom, best = 0;

  rows_of (strip, span, &top, &bottom);
  if (bottom - top < LINE_SECOND_DIGIT_PX / 2)
    return FALSE;
  digit_net_read (net, strip, span->x0, top, span->x1, bottom, shares);
  for (int i = 1; i < DIGIT_NET_N_CLASSES; i++)
    if (shares[i] > shares[best])
      best = i;
  *ret_digit = (char) ('0' + best);
  *ret_confidence = shares[best];
  return best != DIGIT_NET_OTHER;
}

LineSecond *
line_second_new (void)
{
  return digit_net_new ();
}

void
line_second_free (LineSecond *self)
{
  digit_net_free (self);
}

void
line_second_read (const LineSecond *net, const CardGrey *strip, VerdictReading *ret_reading)
{
  g_autofree double *ink = g_new (double, strip->width);
  Span spans[MAX_SPANS];
  double full;
  int n_spans = 0;

  memset (ret_reading, 0, sizeof *ret_reading);
  if (strip->height <= 2 * LINE_SECOND_MARGIN_PX)
    return;
  ink_profile (strip, LINE_SECOND_MARGIN_PX, strip->height - LINE_SECOND_MARGIN_PX, ink);
  full = full_ink (ink, strip->width);
  for (guint i = 0; i < G_N_ELEMENTS (gap_levels) && !is_number (spans, n_spans); i++)
    n_spans = cut_spans (ink, strip->width, gap_levels[i] * full, spans);
  explicit_bzero (ink, sizeof *ink * (gsize) strip->width);
  if (!is_number (spans, n_spans))
    return;

  ret_reading->confidence = 1.0;
  for (int i = 0; i < n_spans; i++)
    {
      double confidence;

      if (!read_glyph (net, strip, &spans[i], &ret_reading->digits[i], &confidence))
        {
          explicit_bzero (ret_reading, sizeof *ret_reading);
          return;
        }
      ret_reading->confidence = MIN (ret_reading->confidence, confidence);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* rules: the frame around a number, or the rule below it, taken off the picture of its line. */
#include "rules.h"

#include <math.h>
#include <string.h>

/* Levels of the samples that count as paper and as ink; what is so far from the one to the other may be a rule. */
#define PAPER_SHARE 0.75
#define INK_SHARE 0.03
#define RULE_INK 0.4
#define LEAST_CONTRAST 24

/* In heights of a digit: four digits are shorter than a rule, and what lies so near the middle crosses them. */
#define LEAST_RULE 3.5
#define CROSSING 0.45
#define MOST_BREAK_PX 2
#define MOST_FALL_PX 4 /* over the strip's width: it is level to half a degree or so */
/* In heights of a digit: a frame's end from rule to rule, and one whose rules lie beyond the strip; so much of it is ink. */
#define LEAST_POST 1.0
#define LEAST_OPEN_POST 1.4
#define POST_INK 0.92
#define MOST_OFF_END_PX 4

typedef struct
{
  CardGrey *strip;
  guint8 *marks; /* a byte for each sample: 1 on a rule */
  guint8 paper;
  int least; /* so much darker than paper is ink */
  int first; /* columns where the rules begin and end; first > last: there are none */
  int last;
  int crossing_px; /* what lies no further from the middle crosses the digits */
  int least_px;    /* a rule's length */
} Rules;

static int
darkness (const Rules *self, int x, int y)
{
  const CardGrey *strip = self->strip;

  if (x < 0 || x >= strip->width || y < 0 || y >= strip->height)
    return 0;
  return MAX (self->paper - strip->samples[(gsize) y * strip->width + x], 0);
}

/* A fine rule spreads over three rows, or columns: together they are as dark as one of them, and half as much again. */
static gboolean
is_rule (const Rules *self, int x, int y)
{
  return darkness (self, x, y - 1) + darkness (self, x, y) + darkness (self, x, y + 1) >= 3 * self->least / 2;
}

static gboolean
is_post (const Rules *self, int x, int y)
{
  return darkness (self, x - 1, y) + darkness (self, x, y) + darkness (self, x + 1, y) >= 3 * self->least / 2;
}

static void
mark_run (Rules *self, int row, const int *falls, int from, int to)
{
  for (int x = from; x < to; x++)
    {
      int y = row + falls[x];

      if (y >= 0 && y < self->strip->height && ABS (y - self->strip->height / 2) > self->crossing_px)
        self->marks[(gsize) y * self->strip->width + x] = 1;
    }
  self->first = MIN (self->first, from);
  self->last = MAX (self->last, to - 1);
}

/*
 * Marks the runs of ink that are as long as a rule along the line that is at @row in the strip's middle and falls from there by
 * so many rows in each column; @inks: a byte for each sample, 1 where one may run.
 */
static void
mark_line (Rules *self, const guint8 *inks, int row, const int *falls)
{
  const int width = self->strip->width, height = self->strip->height;

  for (int x = 0, from = -1, last = -1; x <= width && (from >= 0 || width - x >= self->least_px); x++)
    {
      int y = x < width ? row + falls[x] : -1;

      if (y >= 0 && y < height && inks[(gsize) y * width + x])
        {
          from = from < 0 ? x : from;
          last = x;
        }
      else if (from >= 0 && (x == width || x - last > MOST_BREAK_PX))
        {
          if (last + 1 - from >= self->least_px)
            mark_run (self, row, falls, from, last + 1);
          from = -1;
        }
    }
}

static void
mark_rules (Rules *self)
{
  const int width = self->strip->width, height = self->strip->height;
  g_autofree guint8 *inks = g_malloc0 ((gsize) width * height);
  g_autofree int *falls = g_new (int, width);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width && ABS (y - height / 2) > self->crossing_px; x++)
      inks[(gsize) y * width + x] = is_rule (self, x, y);
  for (int fall = -MOST_FALL_PX; fall <= MOST_FALL_PX; fall++)
    {
      for (int x = 0; x < width; x++)
        falls[x] = (int) lround (fall * ((double) x / width - 0.5));
      for (int row = 0; row < height; row++)
        mark_line (self, inks, row, falls);
    }
  explicit_bzero (inks, (gsize) width * height);
}

/* The marked row nearest to the middle in the column, or in one of those beside it; @step: -1 above, 1 below. -1: none. */
static int
nearest_rule (const Rules *self, int x, int step)
{
  const int width = self->strip->width, height = self->strip->height;

  for (int y = height / 2; y >= 0 && y < height; y += step)
    for (int near = MAX (x - MOST_BREAK_PX, 0); near <= MIN (x + MOST_BREAK_PX, width - 1); near++)
      if (self->marks[(gsize) y * width + near])
        return y;
  return -1;
}

/* Marks the column where all is ink from the rule above to the one below, or to the strip's edge: no digit is so high. */
static void
mark_post (Rules *self, guint8 *posts, int x, int digit_px)
{
  int top = nearest_rule (self, x, -1), bottom = nearest_rule (self, x, 1), n = 0;
  double least = top < 0 || bottom < 0 ? LEAST_OPEN_POST : LEAST_POST;

  top = MAX (top, 0);
  if (bottom < 0)
    bottom = self->strip->height - 1;
  if (bottom - top < least * digit_px)
    return;
  for (int y = top; y <= bottom; y++)
    n += is_post (self, x, y);
  if (n >= POST_INK * (bottom - top + 1))
    posts[x] = 1;
}

static void
paint (Rules *self, const guint8 *posts)
{
  CardGrey *strip = self->strip;

  for (int y = 0; y < strip->height; y++)
    for (int x = 0; x < strip->width; x++)
      {
        gboolean post = posts[x] || (x > 0 && posts[x - 1]) || (x + 1 < strip->width && posts[x + 1]);

        if (post || self->marks[(gsize) y * strip->width + x])
          strip->samples[(gsize) y * strip->width + x] = self->paper;
      }
}

/* What is paper and what ink. Returns: %FALSE where the two are too much alike. */
static gboolean
take_levels (Rules *self)
{
  const guint n = (guint) (self->strip->width * self->strip->height);
  guint histogram[256];
  int paper, ink;

  card_grey_count (self->strip, histogram);
  paper = card_grey_level (histogram, n, PAPER_SHARE);
  ink = card_grey_level (histogram, n, INK_SHARE);
  explicit_bzero (histogram, sizeof histogram);
  self->paper = (guint8) paper;
  self->least = (int) (RULE_INK * (paper - ink));
  return paper - ink >= LEAST_CONTRAST;
}

void
rules_erase (CardGrey *strip, int digit_px)
{
  const gsize n = (gsize) strip->width * (gsize) strip->height;
  g_autofree guint8 *marks = g_malloc0 (n), *posts = g_malloc0 ((gsize) strip->width);
  Rules rules = { .strip = strip,
                  .marks = marks,
                  .first = strip->width,
                  .last = -1,
                  .crossing_px = (int) (CROSSING * digit_px),
                  .least_px = (int) (LEAST_RULE * digit_px) };

  if (!take_levels (&rules))
    return;
  mark_rules (&rules);
  if (rules.first > rules.last)
    return;
  for (int x = 0; x < strip->width; x++)
    if (MIN (ABS (x - rules.first), ABS (x - rules.last)) <= MOST_OFF_END_PX)
      mark_post (&rules, posts, x, digit_px);
  paint (&rules, posts);
  explicit_bzero (posts, (gsize) strip->width);
}

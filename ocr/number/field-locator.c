/* SPDX-License-Identifier: Apache-2.0 */
/* field-locator: the number's line on a document, and its label. */
#include "field-locator.h"

#include <math.h>
#include <string.h>

#include "rules.h"

#define LABEL "個人番号"

#define MM (PRINT_VIEW_DPI / 25.4)

/* Of the digits and of their line; the network sees numbers of 2.4 to 5.5 mm, in lines of 35 to 80 mm. */
#define LEAST_DIGIT_MM 1.8
#define MOST_DIGIT_MM 7.5
#define LEAST_LENGTH 8.0 /* of a digit's height: 12 narrow digits without a gap */
#define MOST_LENGTH 32.0

/* A label's print is this high, parts of a digit's. */
#define LEAST_LABEL 0.3
#define MOST_LABEL 1.3

/* In heights of a digit: how far left of the number, or above or below it, the label may stand. */
#define MOST_LEFT 12.0
#define MOST_APART 2.6

/* A label that runs into other print is looked for in so much of the line. */
#define MOST_STRIP_HEIGHTS 40.0
#define MAX_CANDIDATES 8
/* Two marks are of one line: so much of a height, and of the shorter one. */
#define SAME_ROW 0.6
#define SAME_LENGTH 0.5
#define LABEL_ENDS 1.6 /* of its height, looked at beyond each end */

CardGrey *
card_sight_cut_line (const CardSight *self, const PrintLine *line, int ink_px, int margin_px, int side_px)
{
  double step = MAX (line->height, 1.0) / ink_px, c = cos (line->angle_rad), s = sin (line->angle_rad);
  int width = (int) lround (line->length / step) + 2 * side_px, height = ink_px + 2 * margin_px;
  CardFrame frame = card_frame_part (&self->frame, line->x - (width * c - height * s) * step / 2,
                                     line->y - (width * s + height * c) * step / 2, line->angle_rad, step);

  return card_grey_cut (self->page, &frame, width, height);
}

/* --- measuring ---------------------------------------------------------------------------------------------------- */

/* The line as it is measured: digits about so high, with so much room on all sides. */
#define MEASURE_PX 20
#define MEASURE_ROOM_PX 12
#define MEASURE_SIDE_PX 120
#define MEASURE_HEIGHT_PX (MEASURE_PX + 2 * MEASURE_ROOM_PX)
/* Paper is what is brightest within a few digits' width. */
#define PAPER_REACH_PX 24
#define PAPER_SHARE 0.75

/* How much darker than the paper around it each sample is. */
static CardGrey *
ink_of (const CardGrey *strip)
{
  CardGrey *ink = card_grey_new (strip->width, strip->height);
  guint histogram[256];

  for (int left = 0; left < strip->width; left += 8)
    {
      int paper;
      guint n = 0;

      memset (histogram, 0, sizeof histogram);
      for (int x = MAX (left - PAPER_REACH_PX, 0); x < MIN (left + PAPER_REACH_PX, strip->width); x += 4)
        for (int y = 0; y < strip->height; y += 2, n++)
          histogram[strip->samples[(gsize) y * strip->width + x]]++;
      paper = card_grey_level (histogram, n, PAPER_SHARE);
      for (int x = left; x < MIN (left + 8, strip->width); x++)
        for (int y = 0; y < strip->height; y++)
          ink->samples[(gsize) y * strip->width + x] =
              (guint8) MAX (paper - strip->samples[(gsize) y * strip->width + x], 0);
    }
  explicit_bzero (histogram, sizeof histogram);
  return ink;
}

static void
row_sums (const CardGrey *ink, int x0, int x1, double *ret_sums)
{
  for (int y = 0; y < ink->height; y++)
    {
      double sum = 0.0;

      for (int x = x0; x < x1; x++)
        sum += ink->samples[(gsize) y * ink->width + x];
      ret_sums[y] = sum / (x1 - x0);
    }
}

/* The ink in a column of the rows of @height around @middle. */
static double
column_sum (const CardGrey *ink, int x, double middle, double height)
{
  int top = MAX ((int) lround (middle - height / 2), 0), bottom = MIN ((int) lround (middle + height / 2), ink->height);
  double sum = 0.0;

  for (int y = top; y < bottom; y++)
    sum += ink->samples[(gsize) y * ink->width + x];
  return sum;
}

static double
mean_of (const double *sums, double from, double to)
{
  int first = MAX ((int) lround (from), 0), last = MIN ((int) lround (to), MEASURE_HEIGHT_PX);
  double sum = 0.0;

  for (int i = first; i < last; i++)
    sum += sums[i];
  return last > first ? sum / (last - first) : 0.0;
}

/* The band of rows that stands out most from those close above and below it. */
static void
find_band (const double *sums, double least_height, double most_height, double around, double reach, double *ret_middle,
           double *ret_height)
{
  double most = -INFINITY;

  for (double height = least_height; height <= most_height; height += 1.0)
    for (double middle = around - reach; middle <= around + reach; middle += 0.5)
      {
        double top = middle - height / 2, bottom = middle + height / 2;
        double inside = mean_of (sums, top, bottom);
        double outside = (mean_of (sums, top - 4, top) + mean_of (sums, bottom, bottom + 4)) / 2;
        double worth = (inside - outside) * sqrt (height);

        if (worth > most)
          {
            most = worth;
            *ret_middle = middle;
            *ret_height = height;
          }
      }
}

/*
 * Three groups stand apart: columns with so much of the most ink are print, gaps below a share of a digit's height are
 * within a group; groups are about as wide, and their gaps too. The ones that have most in common with what the network
 * marked, at least so much of it or of them: the label is four characters as well.
 */
#define INK_COLUMN 0.3
#define MOST_INK_SHARE 0.9
#define LIKE_GROUPS 0.8
#define LIKE_GAPS 0.6
#define LEAST_COMMON 0.7
#define LATER_SHARE 0.85 /* of the best, for the groups further right: the label stands to the left */
#define MAX_GROUPS 64

/* Groups that do not reach as far up and down as each other (a row so faint is beyond), or of which one runs into other print. */
#define FAINT_ROW 0.12
#define UNLIKE_ROWS 3
#define UNLIKE_WORTH 0.5
#define TRIMMED_WORTH 0.6

typedef struct
{
  int first; /* columns */
  int last;
} Run;

/* Runs of print with gaps below @gap closed. */
static guint
runs_of (const double *columns, int width, double least, double gap, Run runs[MAX_GROUPS])
{
  guint n = 0;

  for (int x = 0; x < width; x++)
    {
      if (columns[x] < least)
        continue;
      if (n > 0 && x - runs[n - 1].last <= gap)
        runs[n - 1].last = x;
      else if (n < MAX_GROUPS)
        runs[n++] = (Run){ x, x };
    }
  return n;
}

static gboolean
are_alike (double a, double b, double share)
{
  return MIN (a, b) >= share * MAX (a, b);
}

static int
width_of (const Run *run)
{
  return run->last - run->first + 1;
}

static gboolean
are_groups (const Run groups[3])
{
  int first = width_of (&groups[0]), second = width_of (&groups[1]), third = width_of (&groups[2]);

  return are_alike (MIN (MIN (first, second), third), MAX (MAX (first, second), third), LIKE_GROUPS)
         && are_alike (groups[1].first - groups[0].last, groups[2].first - groups[1].last, LIKE_GAPS);
}

/* Cuts off the outer end of the first group, or the last, where it is longer than the two others: print that runs into it. */
static gboolean
trim_groups (Run groups[3])
{
  int first = width_of (&groups[0]), second = width_of (&groups[1]), third = width_of (&groups[2]);

  if (first > third)
    groups[0].first = groups[0].last + 1 - (second + third) / 2;
  else
    groups[2].last = groups[2].first - 1 + (first + second) / 2;
  return are_groups (groups);
}

/* How far the print of a group reaches from the strip's middle row. */
static void
reach_of (const CardGrey *ink, const Run *group, int *ret_top, int *ret_bottom)
{
  double sums[MEASURE_HEIGHT_PX], most = 0.0;
  int top = MEASURE_HEIGHT_PX / 2, bottom = top;

  row_sums (ink, group->first, group->last + 1, sums);
  for (int y = 0; y < MEASURE_HEIGHT_PX; y++)
    most = MAX (most, sums[y]);
  while (top > 0 && sums[top - 1] >= FAINT_ROW * most)
    top--;
  while (bottom < MEASURE_HEIGHT_PX - 1 && sums[bottom + 1] >= FAINT_ROW * most)
    bottom++;
  explicit_bzero (sums, sizeof sums);
  *ret_top = top;
  *ret_bottom = bottom;
}

static gboolean
reach_alike (const CardGrey *ink, const Run groups[3])
{
  int tops[3], bottoms[3];

  for (int i = 0; i < 3; i++)
    reach_of (ink, &groups[i], &tops[i], &bottoms[i]);
  for (int i = 0; i < 3; i++)
    if (abs (tops[i] - tops[(i + 1) % 3]) > UNLIKE_ROWS || abs (bottoms[i] - bottoms[(i + 1) % 3]) > UNLIKE_ROWS)
      return FALSE;
  return TRUE;
}

/* How likely the groups are the number's, of which the network marked what lies between @from and @to; 0: not at all. */
static double
worth_of (const CardGrey *ink, Run groups[3], int from, int to)
{
  gboolean trimmed = !are_groups (groups);
  int left, right, common;

  if (trimmed && !trim_groups (groups))
    return 0.0;
  left = groups[0].first;
  right = groups[2].last + 1;
  common = MIN (right, to) - MAX (left, from);
  if (common < LEAST_COMMON * MIN (to - from, right - left) || right - left < LEAST_LENGTH * MEASURE_PX)
    return 0.0;
  return (double) common / (MAX (right, to) - MIN (left, from)) * (trimmed ? TRIMMED_WORTH : 1.0)
         * (reach_alike (ink, groups) ? 1.0 : UNLIKE_WORTH);
}

/* Where twelve digits in groups of four begin and end, near what the network marked: it fades towards the ends, or runs on. */
static gboolean
find_groups (const CardGrey *ink, const double *columns, int from, int to, int *ret_left, int *ret_right)
{
  static const double gaps[] = { 0.25, 0.4, 0.6, 0.85, 1.15 };
  g_autofree double *sorted = g_memdup2 (columns + from, sizeof *columns * (gsize) (to - from));
  double least, most = 0.0;

  qsort (sorted, (gsize) (to - from), sizeof *sorted, card_compare_doubles);
  least = INK_COLUMN * sorted[(int) (MOST_INK_SHARE * (to - from))];
  for (guint i = 0; i < G_N_ELEMENTS (gaps); i++)
    {
      Run runs[MAX_GROUPS];
      guint n = runs_of (columns, ink->width, least, gaps[i] * MEASURE_PX, runs);

      for (guint k = 0; k + 2 < n; k++)
        {
          Run groups[3] = { runs[k], runs[k + 1], runs[k + 2] };
          double worth = worth_of (ink, groups, from, to);

          if (worth > 0.0 && worth >= most * LATER_SHARE)
            {
              most = MAX (worth, most);
              *ret_left = groups[0].first;
              *ret_right = groups[2].last + 1;
            }
        }
    }
  return most > 0.0;
}

/* The digits' rows: their middle and height over a part of the strip, and their middle in its left and its right half. */
typedef struct
{
  double middle;
  double height;
  double left;
  double right;
} Band;

static Band
band_of (const CardGrey *ink, int from, int to)
{
  const double around = MEASURE_HEIGHT_PX / 2.0, reach = 3.0;
  double sums[MEASURE_HEIGHT_PX], unused;
  Band band = { around, MEASURE_PX, around, around };

  row_sums (ink, from, to, sums);
  find_band (sums, MEASURE_PX - 3, MEASURE_PX + 3, around, reach, &band.middle, &band.height);
  row_sums (ink, from, (from + to) / 2, sums);
  find_band (sums, band.height, band.height, band.middle, reach, &band.left, &unused);
  row_sums (ink, (from + to) / 2, to, sums);
  find_band (sums, band.height, band.height, band.middle, reach, &band.right, &unused);
  explicit_bzero (sums, sizeof sums);
  return band;
}

PrintLine
number_line_measure (const CardSight *sight, const PrintLine *line)
{
  g_autoptr (CardGrey) strip = card_sight_cut_line (sight, line, MEASURE_PX, MEASURE_ROOM_PX, MEASURE_SIDE_PX);
  g_autoptr (CardGrey) ink = NULL;
  double step = MAX (line->height, 1.0) / MEASURE_PX, c = cos (line->angle_rad), s = sin (line->angle_rad), along, off;
  int from = MEASURE_SIDE_PX, to = strip->width - MEASURE_SIDE_PX;
  g_autofree double *columns = NULL;
  PrintLine measured = *line;
  Band band;

  if (to - from < 4 * MEASURE_PX)
    return measured;
  rules_erase (strip, MEASURE_PX);
  ink = ink_of (strip);
  band = band_of (ink, from, to);
  columns = g_new (double, strip->width);
  for (int x = 0; x < strip->width; x++)
    columns[x] =
        column_sum (ink, x, band.middle + (band.right - band.left) * (2 * x - from - to) / (to - from), band.height);
  /* over the digits alone: nothing else tilts them */
  if (find_groups (ink, columns, from, to, &from, &to))
    band = band_of (ink, from, to);
  explicit_bzero (columns, sizeof *columns * (gsize) strip->width);
  along = ((from + to) / 2.0 - strip->width / 2.0) * step;
  /* the network is right about as often: half the way */
  off = (band.middle - MEASURE_HEIGHT_PX / 2.0) / 2 * step;
  measured.x += along * c - off * s;
  measured.y += along * s + off * c;
  measured.length = (to - from) * step;
  measured.height = (band.height + MEASURE_PX) / 2 * step;
  measured.angle_rad += atan2 (band.right - band.left, (to - from) / 2.0) / 2;
  return measured;
}

/* --- label -------------------------------------------------------------------------------------------------------- */

static gboolean
may_be_label (const PrintLine *number, const PrintLine *other)
{
  double along, below, half, gap;

  if (other->height < LEAST_LABEL * number->height || other->height > MOST_LABEL * number->height)
    return FALSE;
  print_line_beside (number, other, &along, &below);
  half = (number->length + other->length) / 2;
  gap = -along - half;
  /* in the row, left of it */
  if (fabs (below) < 0.7 * number->height && along < 0 && gap > -0.8 * number->height
      && gap < MOST_LEFT * number->height)
    return TRUE;
  /* above it, or below */
  gap = fabs (below) - (number->height + other->height) / 2;
  return gap > -0.35 * number->height && gap < MOST_APART * number->height && fabs (along) < half + 3 * number->height;
}

/* @ends: how much further than @candidate is looked at on both sides, of its height. */
static void
look_for_label (const CardSight *sight, const WordReader *words, const PrintLine *candidate, double ends,
                NumberField *field)
{
  PrintLine line = *candidate;
  g_autoptr (CardGrey) strip = NULL;
  g_autoptr (WordLine) read = NULL;
  CardWord word;

  /* it lies as the number does, which is measured over more print; and its ends may be too faint to be marked */
  line.angle_rad = field->line.angle_rad;
  line.length = MIN (line.length + 2 * ends * line.height, MOST_STRIP_HEIGHTS * line.height);
  strip = card_sight_cut_line (sight, &line, WORD_LINE_EM_PX, WORD_LINE_MARGIN_PX, WORD_LINE_EM_PX / 2);
  read = word_reader_read (words, strip);
  if (!word_line_find (read, LABEL, &word) || (field->has_label && word.score <= field->label_score))
    return;
  field->has_label = TRUE;
  field->label = line;
  field->label_score = word.score;
}

static int
compare_labels (gconstpointer a, gconstpointer b)
{
  const PrintLine *p = a, *q = b;

  return p->share < q->share ? 1 : p->share > q->share ? -1 : 0;
}

/* Where the label stands as a rule, when nothing there was marked as print at all: too faint, or run into something else. */
static void
look_blindly (const CardSight *sight, const WordReader *words, NumberField *field)
{
  static const double sizes[] = { 0.65, 0.5, 0.85 }, gaps[] = { 0.25, 0.7 };
  const PrintLine *number = &field->line;
  const double c = cos (number->angle_rad), s = sin (number->angle_rad), height = number->height;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint k = 0; k <= G_N_ELEMENTS (gaps) && !field->has_label; k++)
      {
        gboolean left = k == G_N_ELEMENTS (gaps);
        double along = -number->length / 2 + (left ? -5.5 * height : 3.5 * height);
        double below = left ? 0.0 : -(0.5 + gaps[k] + sizes[i] / 2) * height;
        const PrintLine place = { .x = number->x + along * c - below * s,
                                  .y = number->y + along * s + below * c,
                                  .length = 11 * height,
                                  .height = sizes[i] * height };

        look_for_label (sight, words, &place, 0.0, field);
      }
}

/* What the network takes for a label first, then any print that stands where one may, then the places themselves. */
static void
find_label (const CardSight *sight, const WordReader *words, NumberField *field)
{
  const GArray *sources[] = { sight->map->labels, sight->map->lines };

  for (guint i = 0; i < G_N_ELEMENTS (sources) && !field->has_label; i++)
    {
      g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (PrintLine));

      for (guint k = 0; k < sources[i]->len; k++)
        {
          const PrintLine *other = &g_array_index (sources[i], PrintLine, k);

          if (may_be_label (&field->line, other))
            g_array_append_val (candidates, *other);
        }
      g_array_sort (candidates, compare_labels);
      for (guint k = 0; k < MIN (candidates->len, MAX_CANDIDATES); k++)
        look_for_label (sight, words, &g_array_index (candidates, PrintLine, k), LABEL_ENDS, field);
    }
  look_blindly (sight, words, field);
}

/* Whether both are the same row of print: one may have been marked with its label. */
static gboolean
are_one_line (const PrintLine *a, const PrintLine *b)
{
  double along, below;

  print_line_beside (a, b, &along, &below);
  return fabs (below) < SAME_ROW * MIN (a->height, b->height)
         && (a->length + b->length) / 2 - fabs (along) > SAME_LENGTH * MIN (a->length, b->length);
}

static int
compare_marks (gconstpointer a, gconstpointer b)
{
  const PrintLine *p = a, *q = b;
  double difference = q->share * q->length - p->share * p->length;

  return difference > 0.0 ? 1 : difference < 0.0 ? -1 : 0;
}

static gboolean
is_found (const GArray *fields, const PrintLine *line)
{
  for (guint i = 0; i < fields->len; i++)
    if (are_one_line (&g_array_index (fields, NumberField, i).line, line))
      return TRUE;
  return FALSE;
}

GArray *
field_locator_find (const CardSight *sight, const WordReader *words)
{
  GArray *fields = g_array_new (FALSE, TRUE, sizeof (NumberField));
  g_autoptr (GArray) numbers = g_array_copy (sight->map->numbers);

  g_array_sort (numbers, compare_marks);
  for (guint i = 0; i < numbers->len; i++)
    {
      NumberField field = { .line = g_array_index (numbers, PrintLine, i) };

      field.line.angle_rad = print_angle_towards (field.line.angle_rad, sight->up);
      if (field.line.height < LEAST_DIGIT_MM * MM || field.line.height > MOST_DIGIT_MM * MM
          || field.line.length < LEAST_LENGTH * field.line.height
          || field.line.length > MOST_LENGTH * field.line.height)
        continue;
      field.line = number_line_measure (sight, &field.line);
      if (is_found (fields, &field.line))
        continue;
      find_label (sight, words, &field);
      g_array_append_val (fields, field);
    }
  return fields;
}

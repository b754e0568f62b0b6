/* SPDX-License-Identifier: Apache-2.0 */
/* What the scanner does to a page: which faults a level has, where the lens shows a point, what compression leaves. */
#include <math.h>
#include <string.h>

#include "jpeg.h"
#include "scanner.h"

#define SIDE 400

/* --- levels ------------------------------------------------------------------------------------------------------------- */

static void
test_pages_have_some_faults_not_all (void)
{
  guint n_lifted = 0, n_rubbed = 0, n_both = 0;
  Degradation degradation;
  Dice dice;

  dice_init (&dice, 4);
  for (int i = 0; i < 2000; i++)
    {
      level_pick (LEVEL_EASY, &dice, &degradation);
      g_assert_cmpfloat (degradation.lift_mm + degradation.worn_print + degradation.glare + degradation.banding, ==, 0);
      g_assert_cmpfloat (degradation.ink, >=, 0.85);
      level_pick (LEVEL_HARD, &dice, &degradation);
      n_lifted += degradation.lift_mm > 0;
      n_rubbed += degradation.worn_print > 0;
      n_both += degradation.lift_mm > 0 && degradation.worn_print > 0;
      g_assert_cmpfloat (degradation.ink, >=, 0.32);
      g_assert_cmpfloat (fabs (degradation.brightness), <=, 0.10);
      g_assert_true (degradation.jpeg_quality == 0
                     || (degradation.jpeg_quality >= 30 && degradation.jpeg_quality <= 75));
    }
  g_assert_cmpuint (n_lifted, >, 600);
  g_assert_cmpuint (n_lifted, <, 1000);
  g_assert_cmpuint (n_rubbed, >, 600);
  g_assert_cmpuint (n_rubbed, <, 1000);
  /* each by itself: 0.4 * 0.4 */
  g_assert_cmpuint (n_both, >, 220);
  g_assert_cmpuint (n_both, <, 430);
}

static void
test_severity_goes_together_in_part (void)
{
  double sum_x = 0, sum_y = 0, sum_xx = 0, sum_yy = 0, sum_xy = 0, n = 4000;
  double correlation;
  Degradation degradation;
  Dice dice;

  dice_init (&dice, 5);
  for (int i = 0; i < (int) n; i++)
    {
      level_pick (LEVEL_EASY, &dice, &degradation);
      sum_x += degradation.noise;
      sum_xx += degradation.noise * degradation.noise;
      sum_y += degradation.blur_mm;
      sum_yy += degradation.blur_mm * degradation.blur_mm;
      sum_xy += degradation.noise * degradation.blur_mm;
    }
  correlation = (n * sum_xy - sum_x * sum_y) / sqrt ((n * sum_xx - sum_x * sum_x) * (n * sum_yy - sum_y * sum_y));
  g_assert_cmpfloat (correlation, >, 0.4);
  g_assert_cmpfloat (correlation, <, 0.6);
}

/* --- lens --------------------------------------------------------------------------------------------------------------- */

static void
plan (Lens *lens, const Degradation *degradation, guint seed)
{
  Dice dice;

  dice_init (&dice, seed);
  /* the tile lies off the optical axis, as a card at the side of the glass does */
  lens_plan (lens, degradation, &(cairo_rectangle_int_t){ 2000, 300, SIDE, SIDE }, 2551, 300, &dice);
  lens->n_outlines = 1;
  memcpy (lens->outlines[0],
          (CorpusPoint[4]){ { 2000, 300 }, { 2000 + SIDE, 300 }, { 2000 + SIDE, 300 + SIDE }, { 2000, 300 + SIDE } },
          sizeof lens->outlines[0]);
}

/* Where the dark of a white tile around @near lies on average, pixels of the page. */
static CorpusPoint
middle_of_dark (const guint8 *tile, CorpusPoint near)
{
  int left = (int) near.x - 2000, top = (int) near.y - 300, white = tile[(top - 18) * SIDE + left];
  double dark = 0, x = 0, y = 0;

  for (int row = top - 18; row <= top + 18; row++)
    for (int column = left - 18; column <= left + 18; column++)
      {
        /* the light falls off a little over this window, too */
        double weight = MAX (0, white - 40 - tile[row * SIDE + column]);

        dark += weight;
        x += weight * (2000 + column + 0.5);
        y += weight * (300 + row + 0.5);
      }
  g_assert_cmpfloat (dark, >, 0);
  return (CorpusPoint){ x / dark, y / dark };
}

static void
test_lens_shows_a_point_where_it_says (void)
{
  Degradation degradation = { .blur_mm = 0.05, .lift_mm = 2, .sway_mm = 0.15 };
  double farthest = 0;

  for (guint seed = 0; seed < 24; seed++)
    {
      g_autofree guint8 *tile = g_malloc (SIDE * SIDE);
      CorpusPoint drawn = { 2000 + 90 + 9 * seed, 300 + 60 + 11 * seed }, told = drawn, seen;
      Lens lens;

      memset (tile, 255, SIDE * SIDE);
      for (int row = -3; row < 3; row++)
        memset (tile + ((int) drawn.y - 300 + row) * SIDE + (int) drawn.x - 2000 - 3, 0, 6);
      plan (&lens, &degradation, seed);
      lens_move_point (&lens, &told);
      lens_focus (&lens, tile, 1);
      seen = middle_of_dark (tile, drawn);
      g_assert_cmpfloat_with_epsilon (seen.x, told.x, 0.6);
      g_assert_cmpfloat_with_epsilon (seen.y, told.y, 0.6);
      farthest = MAX (farthest, hypot (told.x - drawn.x, told.y - drawn.y));
    }
  g_assert_cmpfloat (farthest, >, 2);
}

static void
test_lens_leaves_flat_documents_alone (void)
{
  Degradation degradation = { .blur_mm = 0 };
  g_autofree guint8 *tile = g_malloc (SIDE * SIDE), *before = NULL;
  CorpusPoint point = { 2100, 400 };
  Lens lens;
  Dice dice;

  dice_init (&dice, 1);
  for (int i = 0; i < SIDE * SIDE; i++)
    tile[i] = (guint8) dice_int (&dice, 0, 255);
  before = g_memdup2 (tile, SIDE * SIDE);
  plan (&lens, &degradation, 1);
  lens_focus (&lens, tile, 1);
  g_assert_cmpmem (tile, SIDE * SIDE, before, SIDE * SIDE);
  lens_move_point (&lens, &point);
  g_assert_cmpfloat (point.x, ==, 2100);
  g_assert_cmpfloat (point.y, ==, 400);
}

/* The spread of an edge, in pixels: from a quarter to three quarters of the step. */
static int
edge_width (const guint8 *tile, int row)
{
  const guint8 *p = tile + row * SIDE;
  int low = p[0], high = p[SIDE - 1], width = 0;

  for (int x = 0; x < SIDE; x++)
    width += p[x] > low + (high - low) / 10 && p[x] < high - (high - low) / 10;
  return width;
}

static void
test_blur_spreads_as_told_and_more_when_lifted (void)
{
  Degradation flat = { .blur_mm = 0.12 };
  g_autofree guint8 *tile = g_malloc (3 * SIDE * SIDE);
  Lens lens;

  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      tile[y * SIDE + x] = x < SIDE / 2 ? 20 : 220;
  plan (&lens, &flat, 1);
  lens_focus (&lens, tile, 1);
  /* 10 to 90 % of a Gaussian's edge are 2.56 standard deviations, here 1.42 pixels */
  g_assert_cmpint (edge_width (tile, SIDE / 2), >=, 3);
  g_assert_cmpint (edge_width (tile, SIDE / 2), <=, 4);

  for (int i = 0; i < LENS_STEPS; i++)
    lens.lift_mm[i] = 2;
  lens.highest_mm = 2;
  lens.lifted = TRUE;
  lens.draw_together = 0;
  lens.spread = 0.1;
  lens.dimming = 0.1;
  lens_focus (&lens, tile, 1);
  g_assert_cmpint (edge_width (tile, SIDE / 2), >=, 6);
  g_assert_cmpint (tile[SIDE * SIDE / 2], <=, 17);
  g_assert_cmpint (tile[SIDE * SIDE / 2 + SIDE - 1], <=, 177);
}

/* --- jpeg --------------------------------------------------------------------------------------------------------------- */

static double
mean_change (double quality, int amplitude)
{
  CorpusImage image = { .width_px = 64, .height_px = 64, .n_channels = 1 };
  g_autofree guint8 *samples = g_malloc (64 * 64), *before = NULL;
  double change = 0;
  Dice dice;

  dice_init (&dice, 9);
  for (int i = 0; i < 64 * 64; i++)
    samples[i] = (guint8) (128 + dice_int (&dice, -amplitude, amplitude));
  before = g_memdup2 (samples, 64 * 64);
  image.samples = samples;
  jpeg_round (&image, &(cairo_rectangle_int_t){ 0, 0, 64, 64 }, quality);
  for (int i = 0; i < 64 * 64; i++)
    change += abs (samples[i] - before[i]);
  return change / (64 * 64);
}

static void
test_jpeg_loses_more_at_low_quality (void)
{
  g_assert_cmpfloat (mean_change (100, 100), <, 0.5);
  g_assert_cmpfloat (mean_change (30, 100), >, mean_change (75, 100) + 2);
  g_assert_cmpfloat (mean_change (30, 0), ==, 0);
}

static void
test_jpeg_keeps_a_smooth_slope (void)
{
  CorpusImage image = { .width_px = 64, .height_px = 64, .n_channels = 3 };
  g_autofree guint8 *samples = g_malloc (64 * 64 * 3);

  for (int i = 0; i < 64 * 64 * 3; i++)
    samples[i] = (guint8) (60 + 2 * (i / 3 % 64));
  image.samples = samples;
  jpeg_round (&image, &(cairo_rectangle_int_t){ 0, 0, 64, 64 }, 75);
  for (int i = 0; i < 64 * 64 * 3; i++)
    g_assert_cmpint (abs (samples[i] - (60 + 2 * (i / 3 % 64))), <=, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scanner/level/pages-have-some-faults-not-all", test_pages_have_some_faults_not_all);
  g_test_add_func ("/scanner/level/severity-goes-together-in-part", test_severity_goes_together_in_part);
  g_test_add_func ("/scanner/lens/shows-a-point-where-it-says", test_lens_shows_a_point_where_it_says);
  g_test_add_func ("/scanner/lens/leaves-flat-documents-alone", test_lens_leaves_flat_documents_alone);
  g_test_add_func ("/scanner/lens/blur-spreads-as-told", test_blur_spreads_as_told_and_more_when_lifted);
  g_test_add_func ("/scanner/jpeg/loses-more-at-low-quality", test_jpeg_loses_more_at_low_quality);
  g_test_add_func ("/scanner/jpeg/keeps-a-smooth-slope", test_jpeg_keeps_a_smooth_slope);
  return g_test_run ();
}

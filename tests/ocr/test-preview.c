/* SPDX-License-Identifier: Apache-2.0 */
/* The reduced picture: mean values, rows in order and each once, whatever the steps in which the page comes. */
#include "scan/preview.h"

#include <string.h>

static void
test_means (void)
{
  static const guint8 page[4][4] = {
    { 0, 10, 100, 100 }, { 10, 20, 100, 200 }, { 255, 255, 0, 0 }, { 255, 255, 0, 4 }
  };
  const ScanFormat format = { .width_px = 4, .height_px = 4, .n_channels = 1 };
  g_autoptr (Preview) preview = preview_new (&format, 2);
  g_autofree guint8 *rows = NULL;
  guint first, n;

  preview_add_rows (preview, page[0], 4);
  preview_finish (preview);
  rows = preview_take_rows (preview, &first, &n);
  g_assert_cmpuint (preview_get_width_px (preview), ==, 2);
  g_assert_cmpuint (preview_get_height_px (preview), ==, 2);
  g_assert_cmpuint (first, ==, 0);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpmem (rows, 4, ((guint8[]){ 10, 125, 255, 1 }), 4);
}

static void
test_colour_becomes_luminance (void)
{
  static const guint8 page[] = { 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255 };
  const ScanFormat format = { .width_px = 5, .height_px = 1, .n_channels = 3 };
  g_autoptr (Preview) preview = preview_new (&format, 100); /* wider than the page: the page's own width */
  g_autofree guint8 *rows = NULL;
  guint first, n;

  preview_add_rows (preview, page, 1);
  preview_finish (preview);
  rows = preview_take_rows (preview, &first, &n);
  g_assert_cmpuint (preview_get_width_px (preview), ==, 5);
  g_assert_cmpmem (rows, 5, ((guint8[]){ 255, 0, 76, 149, 28 }), 5);
}

/* The same page in other steps gives the same rows, none missing and none twice. */
static void
test_steps_do_not_matter (void)
{
  enum
  {
    WIDTH = 97,
    HEIGHT = 61
  };
  static const guint widths[] = { 1, 7, 40, 96, 97 };
  const ScanFormat format = { .width_px = WIDTH, .height_px = HEIGHT, .n_channels = 1 };
  g_autofree guint8 *page = g_malloc (WIDTH * HEIGHT);

  for (guint i = 0; i < WIDTH * HEIGHT; i++)
    page[i] = (guint8) (i * 7919 >> 3);
  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    {
      g_autoptr (Preview) whole = preview_new (&format, widths[w]);
      g_autoptr (Preview) stepped = preview_new (&format, widths[w]);
      g_autoptr (GByteArray) collected = g_byte_array_new ();
      g_autofree guint8 *expected = NULL;
      guint first, n, n_expected, next = 0, row = 0;

      preview_add_rows (whole, page, HEIGHT);
      preview_finish (whole);
      expected = preview_take_rows (whole, &first, &n_expected);
      g_assert_cmpuint (n_expected, ==, preview_get_height_px (whole));

      for (guint step = 1; row < HEIGHT; row += step, step = step % 5 + 1)
        {
          g_autofree guint8 *rows = NULL;

          step = MIN (step, HEIGHT - row);
          preview_add_rows (stepped, page + row * WIDTH, step);
          if (row + step == HEIGHT)
            preview_finish (stepped);
          rows = preview_take_rows (stepped, &first, &n);
          if (rows == NULL)
            continue;
          g_assert_cmpuint (first, ==, next);
          next += n;
          g_byte_array_append (collected, rows, n * widths[w]);
        }
      g_assert_cmpmem (collected->data, collected->len, expected, n_expected * widths[w]);
    }
}

static void
test_unknown_height (void)
{
  const ScanFormat format = { .width_px = 2, .height_px = 0, .n_channels = 1 };
  g_autoptr (Preview) preview = preview_new (&format, 1);
  g_autofree guint8 *rows = NULL;
  guint first, n;

  g_assert_cmpuint (preview_get_height_px (preview), ==, 0);
  g_assert_null (preview_take_rows (preview, &first, &n));
  preview_add_rows (preview, (const guint8 *) "\2\4\6\10\12\14", 3);
  preview_finish (preview);
  rows = preview_take_rows (preview, &first, &n);
  g_assert_cmpmem (rows, n, ((guint8[]){ 5, 11 }), 2);
  preview_finish (preview); /* nothing is open */
  g_assert_null (preview_take_rows (preview, &first, &n));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scan/preview/takes-means", test_means);
  g_test_add_func ("/scan/preview/colour-becomes-luminance", test_colour_becomes_luminance);
  g_test_add_func ("/scan/preview/steps-do-not-matter", test_steps_do_not_matter);
  g_test_add_func ("/scan/preview/unknown-height", test_unknown_height);
  return g_test_run ();
}

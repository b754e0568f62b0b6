/* SPDX-License-Identifier: Apache-2.0 */
/* wear: each fault by its own cause; how much of each is in the page's degradation. */
#include "wear.h"

#include <math.h>

#define RUB_CELLS_PER_MM 1.6

void
wear_draw_specks (Pen *pen, double width, double height, int n)
{
  for (int i = 0; i < n; i++)
    {
      double x = dice_range (pen->dice, 0, width), y = dice_range (pen->dice, 0, height);
      double shade = dice_chance (pen->dice, 0.7) ? 0.2 : 0.95;
      Ink ink = { shade, shade, shade };

      if (dice_chance (pen->dice, 0.15)) /* a hair */
        {
          pen_set_ink (pen, ink, 0.6);
          cairo_set_line_width (pen->cr, 0.06);
          cairo_move_to (pen->cr, x, y);
          cairo_rel_curve_to (pen->cr, dice_range (pen->dice, -3, 3), dice_range (pen->dice, -3, 3),
                              dice_range (pen->dice, -3, 3), dice_range (pen->dice, -3, 3),
                              dice_range (pen->dice, -5, 5), dice_range (pen->dice, -5, 5));
          cairo_stroke (pen->cr);
        }
      else
        {
          pen_set_ink (pen, ink, dice_range (pen->dice, 0.3, 0.9));
          cairo_arc (pen->cr, x, y, dice_range (pen->dice, 0.03, 0.16), 0, 2 * G_PI);
          cairo_fill (pen->cr);
        }
    }
}

/* A reflection of the lamp: a patch, or a band as the lamp is long, with a soft rim. */
static void
draw_glare (Pen *pen, const Document *document)
{
  double x = dice_range (pen->dice, 0, document->width), y = dice_range (pen->dice, 0, document->height);
  double angle = dice_range (pen->dice, 0, G_PI), glare = pen->degradation->glare;
  gboolean band = dice_chance (pen->dice, 0.5);
  double reach = band ? dice_range (pen->dice, 2, 10) : dice_range (pen->dice, 8, 26);
  cairo_pattern_t *pattern = band ? cairo_pattern_create_linear (x - reach * cos (angle), y - reach * sin (angle),
                                                                 x + reach * cos (angle), y + reach * sin (angle))
                                  : cairo_pattern_create_radial (x, y, 0, x, y, reach);

  if (band)
    {
      cairo_pattern_add_color_stop_rgba (pattern, 0, 1, 1, 1, 0);
      cairo_pattern_add_color_stop_rgba (pattern, dice_range (pen->dice, 0.2, 0.5), 1, 1, 1, glare);
      cairo_pattern_add_color_stop_rgba (pattern, dice_range (pen->dice, 0.5, 0.8), 1, 1, 1, glare);
      cairo_pattern_add_color_stop_rgba (pattern, 1, 1, 1, 1, 0);
    }
  else
    {
      cairo_pattern_add_color_stop_rgba (pattern, 0, 1, 1, 1, glare);
      cairo_pattern_add_color_stop_rgba (pattern, 0.4, 1, 1, 1, glare * 0.7);
      cairo_pattern_add_color_stop_rgba (pattern, 1, 1, 1, 1, 0);
    }
  cairo_set_source (pen->cr, pattern);
  cairo_paint (pen->cr);
  cairo_pattern_destroy (pattern);
}

/* Print gone in flecks: neighbours go together, so cells are drawn by chance, smoothed twice, and cut at a height. */
static void
draw_rubbed (Pen *pen, const Document *document)
{
  int columns = (int) (document->width * RUB_CELLS_PER_MM) + 2, rows = (int) (document->height * RUB_CELLS_PER_MM) + 2;
  cairo_surface_t *cells = cairo_image_surface_create (CAIRO_FORMAT_A8, columns, rows);
  int stride = cairo_image_surface_get_stride (cells);
  guint8 *alpha = cairo_image_surface_get_data (cells);
  double part = pen->degradation->worn_print, deepest = dice_range (pen->dice, 0.5, 1);
  g_autofree float *heights = g_new (float, (gsize) columns *rows);

  for (int i = 0; i < columns * rows; i++)
    heights[i] = (float) dice_unit (pen->dice);
  for (int i = 1; i < columns * rows; i++)
    heights[i] += 0.55f * (heights[i - 1] - heights[i]);
  for (int i = columns; i < columns * rows; i++)
    heights[i] += 0.55f * (heights[i - columns] - heights[i]);
  for (int y = 0; y < rows; y++)
    for (int x = 0; x < columns; x++)
      {
        /* the heights lie about 0.5 with a deviation of about 0.1 */
        double over = (heights[y * columns + x] - 0.5) / 0.1 - (1.8 - 5 * part);

        alpha[y * stride + x] = (guint8) (255 * deepest * CLAMP (over, 0, 1));
      }
  cairo_surface_mark_dirty (cells);
  cairo_save (pen->cr);
  cairo_scale (pen->cr, 1 / RUB_CELLS_PER_MM, 1 / RUB_CELLS_PER_MM);
  pen_set_ink (pen, document->base, 1);
  cairo_mask_surface (pen->cr, cells, 0, 0);
  cairo_restore (pen->cr);
  cairo_surface_destroy (cells);
}

/* The print of the other side, turned over, as far as it shows through. */
static void
draw_seen_through (Pen *pen, const Document *document)
{
  static const char *const words[] = { "この通知は大切に保管してください。", "記載事項に変更があったときは窓口へ。",
                                       "個人番号カードの交付申請について", "お問い合わせは市区町村まで" };
  const char *font = pen_text_font (pen);
  double em = dice_range (pen->dice, 2, 4), leading = em * dice_range (pen->dice, 1.5, 3);

  cairo_save (pen->cr);
  cairo_translate (pen->cr, document->width, 0);
  cairo_scale (pen->cr, -1, 1);
  for (double y = 2 * em; y < MIN (document->height, 120); y += leading)
    pen_ghost (pen, font, em, dice_range (pen->dice, 2, document->width / 3), y, (Ink){ 0, 0, 0 },
               pen->degradation->see_through, dice_pick (pen->dice, words));
  cairo_restore (pen->cr);
}

static void
draw_scratches (Pen *pen, const Document *document)
{
  for (int i = 0; i < (int) pen->degradation->scratches; i++)
    {
      double x = dice_range (pen->dice, 0, document->width), y = dice_range (pen->dice, 0, document->height);
      double angle = dice_range (pen->dice, 0, 2 * G_PI), length = dice_range (pen->dice, 3, 30);
      double shade = dice_chance (pen->dice, 0.7) ? 1 : 0.35;

      pen_line (pen, x, y, x + length * cos (angle), y + length * sin (angle), dice_range (pen->dice, 0.03, 0.12),
                (Ink){ shade, shade, shade }, dice_range (pen->dice, 0.2, 0.7));
    }
}

/* A ball pen that slipped, or somebody's tick. */
static void
draw_pen_marks (Pen *pen, const Document *document)
{
  static const Ink inks[] = { { 0.12, 0.16, 0.50 }, { 0.10, 0.10, 0.12 }, { 0.70, 0.15, 0.15 } };

  for (int i = 0; i < (int) pen->degradation->pen_marks; i++)
    {
      Ink ink = dice_pick (pen->dice, inks);

      pen_set_ink (pen, ink, dice_range (pen->dice, 0.4, 0.9));
      cairo_set_line_width (pen->cr, dice_range (pen->dice, 0.2, 0.5));
      cairo_move_to (pen->cr, dice_range (pen->dice, 0, document->width), dice_range (pen->dice, 0, document->height));
      for (int k = dice_int (pen->dice, 1, 3); k > 0; k--)
        cairo_rel_curve_to (pen->cr, dice_range (pen->dice, -8, 8), dice_range (pen->dice, -8, 8),
                            dice_range (pen->dice, -8, 8), dice_range (pen->dice, -8, 8),
                            dice_range (pen->dice, -12, 12), dice_range (pen->dice, -6, 6));
      cairo_stroke (pen->cr);
    }
}

void
wear_draw (Pen *pen, const Document *document)
{
  const Degradation *degradation = pen->degradation;

  pen_box (pen, 0, 0, document->width, document->height, document->base, 1 - degradation->ink);
  if (!document->plastic && degradation->see_through > 0.005)
    draw_seen_through (pen, document);
  if (degradation->worn_print > 0)
    draw_rubbed (pen, document);
  draw_scratches (pen, document);
  draw_pen_marks (pen, document);
  wear_draw_specks (pen, document->width, document->height, (int) (degradation->dust / 2));
  if (document->plastic && degradation->glare > 0)
    draw_glare (pen, document);
}

void
wear_draw_corners (Pen *pen, const Document *document, Ink lid)
{
  for (int i = 0; i < 4; i++)
    {
      double size = dice_range (pen->dice, 0, pen->degradation->worn_mm);
      double x = i % 2 ? document->width : 0, y = i / 2 ? document->height : 0;

      cairo_move_to (pen->cr, x, y);
      cairo_line_to (pen->cr, x + (x > 0 ? -size : size), y);
      cairo_line_to (pen->cr, x, y + (y > 0 ? -size : size) * dice_range (pen->dice, 0.6, 1.4));
      cairo_close_path (pen->cr);
      pen_set_ink (pen, lid, 1);
      cairo_fill (pen->cr);
    }
}

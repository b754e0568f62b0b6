/* SPDX-License-Identifier: Apache-2.0 */
/* The number line by itself, drawn with Cairo: which rows of digits are a field, and what the two recognisers make of one. */
#include <fontconfig/fontconfig.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "card/view.h"
#include "number/field-locator.h"
#include "number/line-second.h"
#include "number/line-tesseract.h"
#include "number/qr.h"

#define DPI 300.0
#define WIDTH 1100
#define HEIGHT 200
#define LEFT 60
#define TOP 70
#define DIGIT_PX 40

typedef struct
{
  DigitNet *net;
  WordReader *words;
  LineTesseract *tesseract;
  LineSecond *second;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->net = digit_net_new ();
  self->words = word_reader_new ();
  self->tesseract = line_tesseract_new ();
  g_assert_nonnull (self->net);
  g_assert_nonnull (self->words);
  self->second = line_second_new ();
  g_assert_nonnull (self->tesseract);
  g_assert_nonnull (self->second);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  digit_net_free (self->net);
  word_reader_free (self->words);
  line_tesseract_free (self->tesseract);
  line_second_free (self->second);
}

/* A page of paper with @text on it, the capitals DIGIT_PX high, turned by @turn_deg about its middle. */
static CardPage *
draw_text (const char *text, const char *font, double turn_deg)
{
  CardPage *page = card_page_new (WIDTH, HEIGHT, 1, DPI, NULL);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);
  PangoFontDescription *description = pango_font_description_from_string (font);

  cairo_set_source_rgb (cr, 0.93, 0.93, 0.93);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, 0.15, 0.15, 0.15);
  cairo_translate (cr, WIDTH / 2.0, HEIGHT / 2.0);
  cairo_rotate (cr, turn_deg * G_PI / 180);
  cairo_translate (cr, -WIDTH / 2.0 + LEFT, -HEIGHT / 2.0 + TOP);
  pango_font_description_set_absolute_size (description, DIGIT_PX * 1.38 * PANGO_SCALE);
  pango_layout_set_font_description (layout, description);
  pango_layout_set_text (layout, text, -1);
  pango_cairo_show_layout (cr, layout);
  pango_font_description_free (description);
  cairo_surface_flush (surface);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      page->samples[y * WIDTH + x] =
          cairo_image_surface_get_data (surface)[y * cairo_image_surface_get_stride (surface) + 4 * x];
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return page;
}

static CardView *
view_of (const CardPage *page)
{
  CardFrame whole = { 0, 0, 1, 0 };

  return card_view_new (page, &whole, (int) page->width_px, (int) page->height_px, DPI);
}

static guint
count_fields (const Fixture *self, const char *text)
{
  g_autoptr (CardPage) page = draw_text (text, "DejaVu Sans", 0);
  g_autoptr (CardView) view = view_of (page);
  g_autoptr (GArray) fields = field_locator_find (self->net, view->grey, view->blobs, DPI);

  return fields->len;
}

static void
test_groups (Fixture *self, gconstpointer data)
{
  g_assert_cmpuint (count_fields (self, "1234 5678 9018"), ==, 1);
  g_assert_cmpuint (count_fields (self, "123456789018"), ==, 0);
  g_assert_cmpuint (count_fields (self, "12345 6789 018"), ==, 0);
  g_assert_cmpuint (count_fields (self, "123 4567 89018"), ==, 0);
  g_assert_cmpuint (count_fields (self, "1234 5678 901"), ==, 0);
  g_assert_cmpuint (count_fields (self, "1234 5678 9018 2345"), ==, 0);
  g_assert_cmpuint (count_fields (self, "1234 5678 90182"), ==, 0);
  g_assert_cmpuint (count_fields (self, "ABEF KMNP RTXY"), ==, 0);
}

static void
test_tilt (Fixture *self, gconstpointer data)
{
  for (double turn = -3; turn <= 3; turn += 1.5)
    {
      g_autoptr (CardPage) page = draw_text ("3947 7525 2535", "Liberation Sans", turn);
      g_autoptr (CardView) view = view_of (page);
      g_autoptr (GArray) fields = field_locator_find (self->net, view->grey, view->blobs, DPI);

      g_assert_cmpuint (fields->len, ==, 1);
      g_assert_cmpfloat (fabs (g_array_index (fields, NumberField, 0).tilt_rad * 180 / G_PI - turn), <, 0.35);
    }
}

static gboolean
line_says (const Fixture *self, const char *text, const char *font, const char *word)
{
  g_autoptr (CardPage) page = draw_text (text, font, 0);
  g_autoptr (CardView) view = view_of (page);

  for (guint i = 0; i < view->lines->len; i++)
    {
      g_autoptr (WordLine) line =
          word_reader_read_line (self->words, view->grey, view->blobs, &g_array_index (view->lines, CardLine, i));
      CardWord found;

      if (word_line_find (line, word, &found))
        return TRUE;
    }
  return FALSE;
}

static void
test_title (Fixture *self, gconstpointer data)
{
  g_assert_true (line_says (self, "通知カード", "Noto Sans CJK JP Bold", "通知カード"));
  g_assert_true (line_says (self, "通知カード", "VL Gothic", "通知カード"));
}

static void
test_words (Fixture *self, gconstpointer data)
{
  static const char *const fonts[] = { "Noto Sans CJK JP", "IPAexGothic", "VL Gothic" };

  for (guint i = 0; i < G_N_ELEMENTS (fonts); i++)
    {
      g_assert_true (line_says (self, "個人番号", fonts[i], "個人番号"));
      g_assert_true (line_says (self, "個人番号通知書", fonts[i], "個人番号通知書"));
      g_assert_false (line_says (self, "法人番号", fonts[i], "個人番号"));
      g_assert_false (line_says (self, "お問い合わせ番号", fonts[i], "個人番号"));
      g_assert_false (line_says (self, "免許証の番号", fonts[i], "個人番号"));
      g_assert_false (line_says (self, "個人番号カード", fonts[i], "通知カード"));
      g_assert_false (line_says (self, "個人番号通知書", fonts[i], "通知カード"));
    }
}

/* Digits of @text as a strip, cut with the margins that a recogniser asks for. */
static CardGrey *
strip_of (const CardPage *page, const NumberField *field, int digit_px, int margin_px, int side_px)
{
  double step = field->digit_height / digit_px;
  CardFrame frame = { field->box.x0 - side_px * step, field->box.y0 - margin_px * step, step, 0 };

  return card_grey_cut (page, &frame, (int) (card_blob_width (&field->box) / step) + 2 * side_px,
                        digit_px + 2 * margin_px);
}

static void
test_readings (Fixture *self, gconstpointer data)
{
  static const char *const fonts[] = { "OCR B", "Liberation Sans", "DejaVu Sans", "Noto Sans CJK JP" };
  static const char *const texts[] = { "1234 5678 9018", "3947 7525 2535", "6141 0652 6000" };

  for (guint i = 0; i < G_N_ELEMENTS (fonts) * G_N_ELEMENTS (texts); i++)
    {
      const char *text = texts[i % G_N_ELEMENTS (texts)];
      g_autoptr (CardPage) page = draw_text (text, fonts[i / G_N_ELEMENTS (texts)], 0);
      g_autoptr (CardView) view = view_of (page);
      g_autoptr (GArray) fields = field_locator_find (self->net, view->grey, view->blobs, DPI);
      g_auto (GStrv) groups = g_strsplit (text, " ", 3);
      g_autofree char *digits = g_strjoinv ("", groups);
      const NumberField *field;
      g_autoptr (CardGrey) first = NULL;
      g_autoptr (CardGrey) second = NULL;
      VerdictReading reading;

      g_assert_cmpuint (fields->len, ==, 1);
      field = &g_array_index (fields, NumberField, 0);
      first = strip_of (page, field, LINE_TESSERACT_DIGIT_PX, LINE_TESSERACT_MARGIN_PX, LINE_TESSERACT_MARGIN_PX);
      line_tesseract_read (self->tesseract, first, &reading);
      g_assert_cmpstr (reading.digits, ==, digits);
      second = strip_of (page, field, LINE_SECOND_DIGIT_PX, LINE_SECOND_MARGIN_PX, LINE_SECOND_SIDE_PX);
      line_second_read (self->second, second, &reading);
      g_assert_cmpstr (reading.digits, ==, digits);
      g_assert_cmpfloat (reading.confidence, >, 0.5);
    }
}

/* The line as the second recogniser is given it, whatever stands on it, with a locator's faults: @size 1 is right. */
static CardGrey *
second_strip (const CardPage *page, double width, double size, double down)
{
  double step = DIGIT_PX * size / LINE_SECOND_DIGIT_PX;
  double top = TOP + DIGIT_PX * (0.28 + down - (size - 1) / 2) - LINE_SECOND_MARGIN_PX * step;
  CardFrame frame = { LEFT - LINE_SECOND_SIDE_PX * step, top, step, 0 };

  return card_grey_cut (page, &frame, (int) (width / step) + 2 * LINE_SECOND_SIDE_PX,
                        2 * LINE_SECOND_MARGIN_PX + LINE_SECOND_DIGIT_PX);
}

static void
test_second_off (Fixture *self, gconstpointer data)
{
  static const double faults[][3] = { { 1, 0, 0 },   { 1.1, 0, 0 },  { 0.9, 0, 0 },
                                      { 1, 0.1, 0 }, { 1, -0.1, 0 }, { 1, 0, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (CardPage) page = draw_text ("1234 5678 9018", "DejaVu Sans", faults[i][2]);
      g_autoptr (CardGrey) strip = second_strip (page, 440, faults[i][0], faults[i][1]);
      VerdictReading reading;

      line_second_read (self->second, strip, &reading);
      g_assert_cmpstr (reading.digits, ==, "123456789018");
    }
}

/* A window of a longer run is no reading, wherever the run was cut, and so is a run that was not cut in fours. */
static void
test_second_whole (Fixture *self, gconstpointer data)
{
  static const char *const texts[] = { "1234 5678 9018 2345",
                                       "1234 5678 9018 2",
                                       "1 2345 6789 0182",
                                       "1234 5678 901",
                                       "12345678901823456789012",
                                       "123 4567 89018",
                                       "1234567890123",
                                       "12345678901",
                                       "0120 95 0178",
                                       "090 1234 5678",
                                       "ABEF KMNP RTXY",
                                       "",
                                       "個人番号カード",
                                       "令和 5年12月 3日 生" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (double width = 300; width <= 640; width += 20)
      {
        g_autoptr (CardPage) page = draw_text (texts[i], "DejaVu Sans", 0);
        g_autoptr (CardGrey) strip = second_strip (page, width, 1, 0);
        VerdictReading reading;

        line_second_read (self->second, strip, &reading);
        g_assert_cmpstr (reading.digits, ==, "");
      }
}

/* Neither recogniser may make twelve digits of what is not. */
static void
test_not_twelve (Fixture *self, gconstpointer data)
{
  static const char *const texts[] = { "1234 5678 901", "1234 5678 90182", "ABEF KMNP RTXY", "" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (CardPage) page = draw_text (texts[i], "DejaVu Sans", 0);
      CardFrame frame = { LEFT - 16, TOP - 5, 1, 0 };
      g_autoptr (CardGrey) strip = card_grey_cut (page, &frame, 700, DIGIT_PX + 40);
      VerdictReading reading;

      line_tesseract_read (self->tesseract, strip, &reading);
      g_assert_cmpstr (reading.digits, ==, "");
      line_second_read (self->second, strip, &reading);
      g_assert_cmpstr (reading.digits, ==, "");
    }
}

static void
test_strip_absurd (Fixture *self, gconstpointer data)
{
  static const int sizes[][2] = { { 1, 1 },    { 1, 70 },  { 70, 1 },  { 40, 72 },   { 3000, 40 },
                                  { 500, 40 }, { 96, 40 }, { 97, 40 }, { 1600, 40 }, { 1601, 40 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int fill = 0; fill < 3; fill++)
      {
        g_autoptr (CardGrey) strip = card_grey_new (sizes[i][0], sizes[i][1]);
        VerdictReading reading;

        for (int k = 0; k < sizes[i][0] * sizes[i][1]; k++)
          strip->samples[k] = (guint8) (fill == 0 ? 0 : fill == 1 ? 255 : g_test_rand_int ());
        line_tesseract_read (self->tesseract, strip, &reading);
        g_assert_cmpstr (reading.digits, ==, "");
        line_second_read (self->second, strip, &reading);
        g_assert_cmpstr (reading.digits, ==, "");
      }
}

int
main (int argc, char **argv)
{
  int status;

  (void) g_setenv ("OMP_THREAD_LIMIT", "1", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/number/field-locator/takes-4-4-4-alone", test_groups);
  ADD ("/number/field-locator/measures-the-tilt", test_tilt);
  ADD ("/card/words/tells-the-label-from-others", test_words);
  ADD ("/card/words/reads-the-title-with-its-flat-stroke", test_title);
  ADD ("/number/line/both-read-clean-lines", test_readings);
  ADD ("/number/line-second/reads-what-is-cut-a-little-off", test_second_off);
  ADD ("/number/line-second/takes-the-run-whole-or-not-at-all", test_second_whole);
  ADD ("/number/line/neither-makes-up-digits", test_not_twelve);
  ADD ("/number/line/survives-absurd-strips", test_strip_absurd);
#undef ADD
  status = g_test_run ();
  /* what the font libraries keep for the process, so that a leak checker sees none */
  pango_cairo_font_map_set_default (NULL);
  cairo_debug_reset_static_data ();
  FcFini ();
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The number line by itself, drawn with Cairo: which rows of digits are a field, and what the two recognisers make of one. */
#include <fontconfig/fontconfig.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "card/words.h"
#include "number/field-locator.h"
#include "number/line-second.h"
#include "number/line-tesseract.h"
#include "number/qr.h"
#include "number/rules.h"

#define DPI 300.0
#define WIDTH 1100
#define HEIGHT 200
#define LEFT 60
#define TOP 70
#define DIGIT_PX 40

typedef struct
{
  WordReader *words;
  LineTesseract *tesseract;
  LineSecond *second;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->words = word_reader_new ();
  self->tesseract = line_tesseract_new ();
  g_assert_nonnull (self->words);
  self->second = line_second_new ();
  g_assert_nonnull (self->tesseract);
  g_assert_nonnull (self->second);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
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

/* Where the ink of the text stands: what a locator would have to find. */
typedef struct
{
  int x0, y0, x1, y1;
} InkBox;

static InkBox
ink_box (const CardPage *page)
{
  InkBox box = { WIDTH, HEIGHT, 0, 0 };

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      if (page->samples[y * WIDTH + x] < 140)
        box = (InkBox){ MIN (box.x0, x), MIN (box.y0, y), MAX (box.x1, x + 1), MAX (box.y1, y + 1) };
  g_assert_cmpint (box.x1, >, box.x0);
  return box;
}

/* The text as a strip, its ink @ink_px high, with the margins that a recogniser asks for. */
static CardGrey *
strip_of (const CardPage *page, int ink_px, int margin_px, int side_px)
{
  InkBox box = ink_box (page);
  double step = (double) (box.y1 - box.y0) / ink_px;
  CardFrame frame = { box.x0 - side_px * step, box.y0 - margin_px * step, step, 0 };

  return card_grey_cut (page, &frame, (int) ((box.x1 - box.x0) / step) + 2 * side_px, ink_px + 2 * margin_px);
}

static gboolean
line_says (const Fixture *self, const char *text, const char *font, const char *word)
{
  g_autoptr (CardPage) page = draw_text (text, font, 0);
  g_autoptr (CardGrey) strip = strip_of (page, WORD_LINE_EM_PX, WORD_LINE_MARGIN_PX, WORD_LINE_EM_PX / 2);
  g_autoptr (WordLine) line = word_reader_read (self->words, strip);
  CardWord found;

  return word_line_find (line, word, &found);
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

static void
test_readings (Fixture *self, gconstpointer data)
{
  static const char *const fonts[] = { "OCR B", "Liberation Sans", "DejaVu Sans", "Noto Sans CJK JP" };
  static const char *const texts[] = { "1234 5678 9018", "3947 7525 2535", "6141 0652 6000" };

  for (guint i = 0; i < G_N_ELEMENTS (fonts) * G_N_ELEMENTS (texts); i++)
    {
      const char *text = texts[i % G_N_ELEMENTS (texts)];
      g_autoptr (CardPage) page = draw_text (text, fonts[i / G_N_ELEMENTS (texts)], 0);
      g_auto (GStrv) groups = g_strsplit (text, " ", 3);
      g_autofree char *digits = g_strjoinv ("", groups);
      g_autoptr (CardGrey) first = NULL;
      g_autoptr (CardGrey) second = NULL;
      VerdictReading reading;

      first = strip_of (page, LINE_TESSERACT_DIGIT_PX, LINE_TESSERACT_MARGIN_PX, LINE_TESSERACT_SIDE_PX);
      line_tesseract_read (self->tesseract, first, &reading);
      g_assert_cmpstr (reading.digits, ==, digits);
      second = strip_of (page, LINE_SECOND_DIGIT_PX, LINE_SECOND_MARGIN_PX, LINE_SECOND_SIDE_PX);
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

/* @above's ink laid over @page, @share of what it has. */
static void
lay_over (CardPage *page, const CardPage *above, double share)
{
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    page->samples[i] = (guint8) MAX (page->samples[i] - share * MAX (above->samples[0] - above->samples[i], 0), 0.0);
}

/* Where the next group would begin there is a pattern of the ground, or a code: no digit. What is as good as one still counts. */
static void
test_second_ground (Fixture *self, gconstpointer data)
{
  static const struct
  {
    double share;
    const char *want;
  } grounds[] = { { 0.15, "123456789018" }, { 0.25, "123456789018" }, { 0.6, "" }, { 1.0, "" } };

  for (guint i = 0; i < G_N_ELEMENTS (grounds); i++)
    {
      g_autoptr (CardPage) page = draw_text ("1234 5678 9018", "DejaVu Sans", 0);
      g_autoptr (CardPage) ground = draw_text ("                            2", "DejaVu Sans", 0);
      g_autoptr (CardGrey) strip = NULL;
      VerdictReading reading;

      lay_over (page, ground, grounds[i].share);
      strip = second_strip (page, 440, 1, 0);
      line_second_read (self->second, strip, &reading);
      g_assert_cmpstr (reading.digits, ==, grounds[i].want);
    }
}

/* The modules of codes beside the number, which go on above and below it. */
static void
test_second_code (Fixture *self, gconstpointer data)
{
  for (guint32 seed = 1; seed <= 60; seed++)
    {
      g_autoptr (CardPage) page = draw_text ("1234 5678 9018", "DejaVu Sans", 0);
      g_autoptr (GRand) dice = g_rand_new_with_seed (seed);
      g_autoptr (CardGrey) strip = NULL;
      const int module = 5 + (int) (seed % 5);
      VerdictReading reading;

      for (int y = 0; y + module <= HEIGHT; y += module)
        for (int x = LEFT + 490; x < LEFT + 700; x += module)
          if (g_rand_boolean (dice))
            for (int k = 0; k < module * module; k++)
              page->samples[(y + k / module) * WIDTH + x + k % module] = 30;
      strip = second_strip (page, 440, 1, 0);
      line_second_read (self->second, strip, &reading);
      g_assert_cmpstr (reading.digits, ==, "123456789018");
    }
}

/* Noughts in front stay, equal neighbours stay apart, and a wrong check digit is read as it stands. */
static void
test_runs (Fixture *self, gconstpointer data)
{
  static const char *const texts[] = { "0000 1122 3300", "1111 1111 1111", "0007 7700 0777", "8888 0000 8880" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (CardPage) page = draw_text (texts[i], "Liberation Sans", 0);
      g_auto (GStrv) groups = g_strsplit (texts[i], " ", 3);
      g_autofree char *digits = g_strjoinv ("", groups);
      g_autoptr (CardGrey) strip = NULL;
      VerdictReading reading;

      strip = strip_of (page, LINE_TESSERACT_DIGIT_PX, LINE_TESSERACT_MARGIN_PX, LINE_TESSERACT_SIDE_PX);
      line_tesseract_read (self->tesseract, strip, &reading);
      g_assert_cmpstr (reading.digits, ==, digits);
    }
}

/* The model is in the program: what the environment says about Tesseract's files plays no part. */
static void
test_no_files (void)
{
  g_autoptr (LineTesseract) tesseract = NULL;

  (void) g_setenv ("TESSDATA_PREFIX", "/nowhere", TRUE);
  tesseract = line_tesseract_new ();
  g_unsetenv ("TESSDATA_PREFIX");
  g_assert_nonnull (tesseract);
}

#define PAPER 200
#define STROKES_WIDTH 300

/* Upright strokes on paper, @contrast grey levels darker than it, and light that falls off by @fall from left to right. */
static CardGrey *
strokes (int contrast, int fall, int noise)
{
  CardGrey *strip = card_grey_new (STROKES_WIDTH, LINE_TESSERACT_DIGIT_PX + 2 * LINE_TESSERACT_MARGIN_PX);

  for (int y = 0; y < strip->height; y++)
    for (int x = 0; x < strip->width; x++)
      {
        gboolean inside = y >= LINE_TESSERACT_MARGIN_PX && y < strip->height - LINE_TESSERACT_MARGIN_PX;
        int value = PAPER - fall * x / strip->width - (inside && x % 20 < 4 ? contrast : 0);

        strip->samples[y * strip->width + x] = (guint8) (value + g_test_rand_int_range (-noise, noise + 1));
      }
  return strip;
}

static void
test_any_light (void)
{
  g_autoptr (CardGrey) plain = strokes (150, 0, 0);
  g_autoptr (CardGrey) faint = strokes (45, 0, 0);
  g_autoptr (CardGrey) shaded = strokes (100, 80, 0);
  g_autoptr (CardGrey) want = line_tesseract_prepare (plain);
  const CardGrey *others[] = { faint, shaded };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (CardGrey) got = line_tesseract_prepare (others[i]);
      guint worst = 0;

      g_assert_cmpint (got->width, ==, want->width);
      g_assert_cmpint (got->height, ==, want->height);
      for (int k = 0; k < want->width * want->height; k++)
        worst = MAX (worst, (guint) ABS (got->samples[k] - want->samples[k]));
      g_assert_cmpuint (worst, <, 50);
    }
}

/* Noise on blank paper must not be drawn up to look like ink. */
static void
test_blank_stays_blank (void)
{
  g_autoptr (CardGrey) blank = strokes (0, 0, 6);
  g_autoptr (CardGrey) prepared = line_tesseract_prepare (blank);
  int ruler = prepared->height / 2;

  for (int y = 0; y < prepared->height; y++)
    for (int x = 0; x < prepared->width && y != ruler; x++)
      g_assert_cmpuint (prepared->samples[y * prepared->width + x], >, 120);
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

/* A line of twelve digits (a block with a hole each), 24 high, in the middle of 60 rows. */
static CardGrey *
draw_blocks (void)
{
  CardGrey *strip = card_grey_new (460, 60);

  memset (strip->samples, 230, 460 * 60);
  for (int i = 0; i < 12; i++)
    for (int y = 18; y < 42; y++)
      for (int x = 0; x < 16; x++)
        if (x < 4 || x >= 12 || y < 22 || y >= 38)
          strip->samples[y * 460 + 30 + i * 22 + i / 4 * 60 + x] = 40;
  return strip;
}

static void
fill (CardGrey *strip, int left, int top, int right, int bottom)
{
  for (int y = top; y < bottom; y++)
    memset (strip->samples + y * strip->width + left, 60, (gsize) (right - left));
}

static gboolean
is_same (const CardGrey *a, const CardGrey *b)
{
  return memcmp (a->samples, b->samples, (gsize) a->width * a->height) == 0;
}

static void
test_rules (void)
{
  g_autoptr (CardGrey) digits = draw_blocks ();
  g_autoptr (CardGrey) plain = draw_blocks ();
  g_autoptr (CardGrey) framed = draw_blocks ();
  g_autoptr (CardGrey) slanting = draw_blocks ();
  g_autoptr (CardGrey) close = draw_blocks ();
  g_autoptr (CardGrey) underlined = draw_blocks ();
  g_autoptr (CardGrey) crossed = draw_blocks ();
  g_autoptr (CardGrey) struck = draw_blocks ();

  rules_erase (plain, 24);
  g_assert_true (is_same (plain, digits));

  fill (framed, 18, 10, 440, 12);
  fill (framed, 18, 48, 440, 50);
  fill (framed, 18, 10, 20, 50);
  fill (framed, 438, 10, 440, 50);
  rules_erase (framed, 24);
  g_assert_true (is_same (framed, digits));

  /* one that falls by three rows, as far as a number that is not quite level */
  for (int i = 0; i < 4; i++)
    {
      fill (slanting, 18 + i * 105, 9 + i, 18 + (i + 1) * 105, 11 + i);
      fill (slanting, 18 + i * 105, 48 + i, 18 + (i + 1) * 105, 50 + i);
    }
  fill (slanting, 18, 9, 20, 50);
  fill (slanting, 436, 12, 438, 53);
  rules_erase (slanting, 24);
  g_assert_true (is_same (slanting, digits));

  /* close around the digits, whose upright strokes are nearly as long as its ends */
  fill (close, 18, 16, 440, 17);
  fill (close, 18, 43, 440, 44);
  rules_erase (close, 24);
  g_assert_cmpmem (close->samples + 19 * 460, 22 * 460, digits->samples + 19 * 460, 22 * 460);

  fill (underlined, 10, 47, 450, 49);
  rules_erase (underlined, 24);
  g_assert_true (is_same (underlined, digits));

  /* what crosses the digits stays where it is */
  fill (crossed, 10, 29, 450, 31);
  fill (struck, 10, 29, 450, 31);
  rules_erase (crossed, 24);
  g_assert_true (is_same (crossed, struck));
}

#define BLOCK_PX 45 /* a digit's height on the page */
#define BLOCK_TOP 200
#define FIRST_LEFT 500
#define LAST_RIGHT (FIRST_LEFT + 12 * 36 + 2 * 40 - 8)

static void
fill_page (CardPage *page, int left, int top, int right, int bottom)
{
  for (int y = top; y < bottom; y++)
    memset (page->samples + (gsize) y * page->stride + left, 40, (gsize) (right - left));
}

/* Twelve digits in groups of four; a label closer to them than two digits are, and a code beside them. */
static CardPage *
draw_row (gboolean label, gboolean code)
{
  CardPage *page = card_page_new (1500, 450, 1, DPI, NULL);

  memset (page->samples, 235, page->stride * page->height_px);
  for (int i = 0; i < 12; i++)
    {
      int left = FIRST_LEFT + i * 36 + i / 4 * 40;

      fill_page (page, left, BLOCK_TOP, left + 28, BLOCK_TOP + BLOCK_PX);
    }
  for (int i = 0; label && i < 4; i++)
    fill_page (page, FIRST_LEFT - 5 - (4 - i) * 34, BLOCK_TOP + 9, FIRST_LEFT - 5 - (4 - i) * 34 + 31, BLOCK_TOP + 36);
  for (int i = 0; code && i < 16; i++)
    for (int k = 0; k < 16; k++)
      if ((i + k) % 2 == 0)
        fill_page (page, LAST_RIGHT + 40 + 8 * k, BLOCK_TOP + 20 + 8 * i, LAST_RIGHT + 48 + 8 * k,
                   BLOCK_TOP + 28 + 8 * i);
  return page;
}

/* Whatever part of the row the network marked, the number is measured from its first digit to its last. */
static void
test_measure (void)
{
  static const struct
  {
    gboolean label;
    gboolean code;
    int left; /* what is marked, page pixels */
    int right;
  } rows[] = {
    { FALSE, FALSE, FIRST_LEFT, LAST_RIGHT },      { FALSE, FALSE, FIRST_LEFT + 120, LAST_RIGHT },
    { TRUE, FALSE, FIRST_LEFT, LAST_RIGHT - 150 }, { TRUE, FALSE, FIRST_LEFT - 140, LAST_RIGHT - 160 },
    { TRUE, FALSE, FIRST_LEFT - 140, LAST_RIGHT }, { FALSE, TRUE, FIRST_LEFT + 150, LAST_RIGHT + 40 },
    { TRUE, TRUE, FIRST_LEFT + 150, LAST_RIGHT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CardPage) page = draw_row (rows[i].label, rows[i].code);
      CardSight sight = { .page = page, .frame = { 0, 0, 3, 0 } };
      PrintLine line = { .x = (rows[i].left + rows[i].right) / 6.0,
                         .y = (BLOCK_TOP + BLOCK_PX / 2.0) / 3,
                         .length = (rows[i].right - rows[i].left) / 3.0,
                         .height = BLOCK_PX / 3.0 };

      g_test_message ("row %u", i);
      line = number_line_measure (&sight, &line);
      g_assert_cmpfloat (fabs ((line.x - line.length / 2) * 3 - FIRST_LEFT), <, 9);
      g_assert_cmpfloat (fabs ((line.x + line.length / 2) * 3 - LAST_RIGHT), <, 9);
      g_assert_cmpfloat (fabs (line.height * 3 - BLOCK_PX), <, 5);
    }
}

int
main (int argc, char **argv)
{
  int status;

  (void) g_setenv ("OMP_THREAD_LIMIT", "1", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/card/words/tells-the-label-from-others", test_words);
  ADD ("/card/words/reads-the-title-with-its-flat-stroke", test_title);
  ADD ("/number/line/both-read-clean-lines", test_readings);
  ADD ("/number/line-second/reads-what-is-cut-a-little-off", test_second_off);
  ADD ("/number/line-second/takes-the-run-whole-or-not-at-all", test_second_whole);
  ADD ("/number/line-second/ground-is-no-digit", test_second_ground);
  ADD ("/number/line-second/code-is-no-digit", test_second_code);
  ADD ("/number/line/first-keeps-noughts-and-equal-neighbours", test_runs);
  g_test_add_func ("/number/field/is-measured-from-first-digit-to-last", test_measure);
  g_test_add_func ("/number/rules/takes-frames-off-and-nothing-else", test_rules);
  g_test_add_func ("/number/line/first-needs-no-files", test_no_files);
  g_test_add_func ("/number/line/first-is-shown-the-same-in-any-light", test_any_light);
  g_test_add_func ("/number/line/first-is-shown-no-noise-as-ink", test_blank_stays_blank);
  ADD ("/number/line/neither-makes-up-digits", test_not_twelve);
  ADD ("/number/line/survives-absurd-strips", test_strip_absurd);
#undef ADD
  status = g_test_run ();
  /* what the font libraries keep for the process, so that a leak checker sees none */
#ifdef __SANITIZE_ADDRESS__
  pango_cairo_font_map_set_default (NULL);
  cairo_debug_reset_static_data ();
  FcFini ();
#endif
  return status;
}

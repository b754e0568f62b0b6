/* SPDX-License-Identifier: Apache-2.0 */
/*
 * second-lines: number lines to train the second recogniser with and to judge it by, to standard output.
 *
 *   second-lines drawn --seed 1 --count 1000 --purpose training --faces FILE   lines drawn by themselves, all sorts
 *   second-lines pages --seed 1 --count 1000 --purpose tuning --level hard     lines cut from whole pages
 *   ... --judge                                                                reads them with both recognisers
 *
 * One record a line, little endian: guint16 width, guint8 height, level, number of digits, number (1: a My Number as it
 * must be read), role (1: the line was asked for), 0; then twelve characters of the number or NULs; for each digit float
 * from, float to (columns of its ink), guint32 value; then height rows of width samples.
 */
#include <json-glib/json-glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "card/grey.h"
#include "document.h"
#include "layout.h"
#include "number/line-second.h"
#include "number/line-tesseract.h"
#include "scanner.h"
#include "wear.h"

/* Paper beside a training line: a little less than the reader shows of it. */
#define SIDE_PX 72
#define MAX_DIGITS 64
#define MAX_WIDTH 700
#define MM_PER_INCH 25.4

typedef struct
{
  char *purpose, *level, *kinds, *faces;
  int seed, start, count, cuts, dpi;
  double jitter;
  gboolean judge;
} Options;

typedef struct
{
  float from, to;
  guint32 value;
} Digit;

typedef struct
{
  Dice *dice;
  double jitter;
  CorpusLevel level;
  CardPage *page;
  JsonArray *texts;
  LineSecond *second;       /* to judge, else NULL */
  LineTesseract *tesseract; /* likewise */
} Cutter;

/* --- cutting ------------------------------------------------------------------------------------------------------ */

static CorpusPoint
corner (JsonObject *line, guint i)
{
  JsonArray *point = json_array_get_array_element (json_object_get_array_member (line, "quad"), i);

  return (CorpusPoint){ json_array_get_double_element (point, 0), json_array_get_double_element (point, 1) };
}

static gboolean
is_number (JsonObject *line)
{
  return g_str_equal (json_object_get_string_member (line, "role"), "number");
}

/* Adds the digits of @line that stand in the strip's rows of digits. */
static guint
add_digits (JsonObject *line, const CardFrame *frame, int width, Digit *digits, guint n_digits)
{
  const char *text = json_object_get_string_member (line, "text");
  JsonArray *cuts = json_object_get_array_member (line, "cuts");
  CorpusPoint quad[4] = { corner (line, 0), corner (line, 1), corner (line, 2), corner (line, 3) };
  double step = hypot (frame->ux, frame->uy), height = hypot (quad[3].x - quad[0].x, quad[3].y - quad[0].y) / step;
  guint i = 0;

  for (const char *p = text; *p != '\0' && i < json_array_get_length (cuts); p = g_utf8_next_char (p))
    {
      JsonArray *cut;
      double ends[2], row = 0;

      if (g_unichar_isspace (g_utf8_get_char (p)))
        continue;
      cut = json_array_get_array_element (cuts, i++);
      if (!g_ascii_isdigit (*p))
        continue;
      for (guint e = 0; e < 2; e++)
        {
          double part = json_array_get_double_element (cut, e);
          double x = quad[0].x + part * (quad[1].x - quad[0].x) + (quad[3].x - quad[0].x) / 2 - frame->x0;
          double y = quad[0].y + part * (quad[1].y - quad[0].y) + (quad[3].y - quad[0].y) / 2 - frame->y0;

          ends[e] = (x * frame->ux + y * frame->uy) / (step * step);
          row += (y * frame->ux - x * frame->uy) / (step * step) / 2;
        }
      row -= LINE_SECOND_MARGIN_PX + LINE_SECOND_DIGIT_PX / 2.0;
      if (ends[0] + ends[1] < 8 || ends[0] + ends[1] > 2 * width - 8 || fabs (row) > 7 || height < 15 || height > 34
          || n_digits == MAX_DIGITS)
        continue;
      digits[n_digits++] = (Digit){ (float) ends[0], (float) ends[1], (guint32) (*p - '0') };
    }
  return n_digits;
}

static double
around (Cutter *self, double reach)
{
  return dice_range (self->dice, -reach, reach) * self->jitter;
}

/* A line as a locator finds it that is off by a little: its middle, its direction, its size, all in pixels of the page. */
typedef struct
{
  CorpusPoint middle;
  double angle, length, height;
} Found;

static Found
find_line (Cutter *self, JsonObject *line)
{
  CorpusPoint a = corner (line, 0), b = corner (line, 1), d = corner (line, 3);
  Found found = { .length = hypot (b.x - a.x, b.y - a.y), .height = hypot (d.x - a.x, d.y - a.y) };
  double level = atan2 (b.y - a.y, b.x - a.x), down = around (self, 0.12) * found.height;
  double far = dice_chance (self->dice, 0.1) ? 1.2 : 0.33, along = around (self, far) * found.height;

  found.middle.x = (b.x + d.x) / 2 + along * cos (level) - down * sin (level);
  found.middle.y = (b.y + d.y) / 2 + along * sin (level) + down * cos (level);
  found.angle = level + around (self, dice_chance (self->dice, 0.5) ? 1.2 : 0.5) * G_PI / 180;
  found.length += around (self, far) * found.height;
  found.height *= 1 + around (self, 0.12);
  return found;
}

/* @most: columns at most; what is longer is cut anywhere along it. */
static CardGrey *
cut_line (Cutter *self, const Found *found, int digit_px, int margin_px, int side_px, int most, CardFrame *ret_frame)
{
  double step = found->height / digit_px, ux = cos (found->angle), uy = sin (found->angle);
  int width = (int) (found->length / step) + 2 * side_px, rows = digit_px + 2 * margin_px;
  double along = 0;

  if (width > most)
    {
      along = (width - most) * step * dice_range (self->dice, -0.5, 0.5);
      width = most;
    }
  *ret_frame = (CardFrame){ .ux = step * ux, .uy = step * uy };
  ret_frame->x0 = found->middle.x + along * ux - (width * ret_frame->ux - rows * ret_frame->uy) / 2;
  ret_frame->y0 = found->middle.y + along * uy - (width * ret_frame->uy + rows * ret_frame->ux) / 2;
  return card_grey_cut (self->page, ret_frame, width, rows);
}

static void
write_line (Cutter *self, const CardGrey *strip, const Digit *digits, guint n_digits, const char *number)
{
  guint8 head[8] = { (guint8) (strip->width & 255),
                     (guint8) (strip->width >> 8),
                     (guint8) strip->height,
                     (guint8) self->level,
                     (guint8) n_digits,
                     number[0] != '\0',
                     1,
                     0 };

  fwrite (head, 1, sizeof head, stdout);
  fwrite (number, 1, VERDICT_N_DIGITS, stdout);
  fwrite (digits, sizeof *digits, n_digits, stdout);
  fwrite (strip->samples, 1, (gsize) strip->width * (gsize) strip->height, stdout);
}

/* One line: level, what stands there ("-": no number), and of both recognisers what they read and how sure they are. */
static void
judge_line (Cutter *self, const Found *found, const CardGrey *strip, const char *number)
{
  CardFrame frame;
  g_autoptr (CardGrey) first = cut_line (self, found, LINE_TESSERACT_DIGIT_PX, LINE_TESSERACT_MARGIN_PX,
                                         LINE_TESSERACT_SIDE_PX, MAX_WIDTH, &frame);
  VerdictReading ocr, second;

  line_tesseract_read (self->tesseract, first, &ocr);
  line_second_read (self->second, strip, &second);
  printf ("%s %s %s %.6f %s %.6f\n", corpus_level_name (self->level), number[0] != '\0' ? number : "-",
          ocr.digits[0] != '\0' ? ocr.digits : "-", ocr.confidence, second.digits[0] != '\0' ? second.digits : "-",
          second.confidence);
}

static void
put_line (Cutter *self, JsonObject *line)
{
  gboolean is_my_number = is_number (line);
  Found found = find_line (self, line);
  int most = is_my_number || dice_chance (self->dice, 0.5) ? MAX_WIDTH : dice_int (self->dice, 300, MAX_WIDTH);
  char number[VERDICT_N_DIGITS + 1] = { 0 };
  Digit digits[MAX_DIGITS];
  guint n_digits = 0, n_number = 0;
  CardFrame frame;
  g_autoptr (CardGrey) strip = NULL;

  if (found.length < found.height || found.height < 6)
    return;
  strip = cut_line (self, &found, LINE_SECOND_DIGIT_PX, LINE_SECOND_MARGIN_PX,
                    self->second != NULL ? LINE_SECOND_SIDE_PX : SIDE_PX, most, &frame);
  for (guint i = 0; i < json_array_get_length (self->texts); i++)
    n_digits = add_digits (json_array_get_object_element (self->texts, i), &frame, strip->width, digits, n_digits);
  for (const char *p = json_object_get_string_member (line, "text"); is_my_number && *p != '\0'; p++)
    if (g_ascii_isdigit (*p) && n_number < VERDICT_N_DIGITS)
      number[n_number++] = *p;
  if (self->second != NULL)
    judge_line (self, &found, strip, number);
  else
    write_line (self, strip, digits, n_digits, number);
}

static CardPage *
page_of (const CorpusImage *image, guint dpi)
{
  g_autoptr (CardPage) page = card_page_new (image->width_px, image->height_px, image->n_channels, dpi, NULL);

  memcpy (page->samples, image->samples, page->stride * page->height_px);
  return card_page_to_grey (page, NULL);
}

static gboolean
has_digits (JsonObject *line)
{
  return strpbrk (json_object_get_string_member (line, "text"), "0123456789") != NULL;
}

/* Numbers and what looks like one each time, other lines now and then. */
static void
put_lines (Cutter *self, const char *json, int n_cuts)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  g_assert_true (json_parser_load_from_data (parser, json, -1, NULL));
  self->texts = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "texts");
  for (guint i = 0; i < json_array_get_length (self->texts); i++)
    {
      JsonObject *line = json_array_get_object_element (self->texts, i);
      const char *role = json_object_get_string_member (line, "role");
      gboolean wanted = g_str_equal (role, "number") || g_str_equal (role, "decoy");

      for (int k = 0; k < n_cuts && (wanted || n_cuts > 1); k++)
        if (wanted || dice_chance (self->dice, has_digits (line) ? 0.5 / n_cuts : 0.15 / n_cuts))
          put_line (self, line);
    }
}

/* --- lines drawn by themselves ------------------------------------------------------------------------------------ */

typedef struct
{
  Pen pen;
  double width, height, base; /* mm */
  double digit_height;
  Ink stock, ink;
} Scene;

static void
draw_stock (Scene *self)
{
  Dice *dice = self->pen.dice;
  static const char *const words[] = { "複写", "写", "無効" };

  pen_box (&self->pen, -9, -9, self->width + 18, self->height + 18, self->stock, 1);
  for (int i = dice_int (dice, 0, 2); i > 0; i--)
    {
      Ink tint = { dice_range (dice, 0.4, 1), dice_range (dice, 0.4, 1), dice_range (dice, 0.4, 1) };

      switch (dice_int (dice, 0, 5))
        {
        case 0:
        case 1:
          pen_ground_waves (&self->pen, tint, dice_range (dice, 0.2, 0.8));
          break;
        case 2:
        case 3:
          pen_ground_guilloche (&self->pen, self->width, self->height, tint, dice_range (dice, 0.3, 0.9));
          break;
        case 4:
          pen_ground_rosette (&self->pen, dice_range (dice, 0, self->width), dice_range (dice, 0, self->height),
                              dice_range (dice, 6, 16), tint, dice_range (dice, 0.3, 0.8));
          break;
        default:
          pen_ground_latent (&self->pen, self->width, self->height, dice_pick (dice, words), tint);
        }
    }
}

/* Random text of @pattern: n becomes a digit. */
static char *
fill_in (Dice *dice, const char *pattern)
{
  char *text = g_strdup (pattern);

  for (char *p = text; *p != '\0'; p++)
    if (*p == 'n')
      *p = (char) ('0' + dice_int (dice, 0, 9));
  return text;
}

static double
draw_text_line (Scene *self, double x, double base, double em)
{
  static const char *const patterns[] = {
    "令和n年 n月nn日生",  "昭和nn年nn月 n日",     "nn日まで有効", "電話 0nn-nnn-nnnn",      "0nnn-nn-nnnn",
    "〒nnn-nnnn",         "東京都千代田区n-nn-n", "第nnnnn号",    "個人番号カード",         "氏名　雛形　十和子",
    "番号利用法に基づく", "nnnn-nnnn-nnnn",       "nn/nn/nnnn",   "nnn nnnn nnnn",          "nnnnnnnnnnn",
    "ABC nnnn DEF",       "有効期限 20nn年nn月",  "No. nnnnnnnn", "拾得された方はご連絡を", "nn-nnnnnn-nnn",
  };
  g_autofree char *text = fill_in (self->pen.dice, dice_pick (self->pen.dice, patterns));
  const char *font = dice_chance (self->pen.dice, 0.5) ? pen_text_font (&self->pen) : pen_digit_font (&self->pen);

  return pen_text (&self->pen, font, em, x, base, self->ink, text);
}

/* What stands in the middle: mostly a number, else what may be taken for one. */
static void
draw_middle (Scene *self, gboolean tuning)
{
  static const int lengths[] = { 4, 8, 11, 11, 13, 13, 14, 16, 16, 23 };
  Dice *dice = self->pen.dice;
  NumberStyle style = pen_number_style (&self->pen);
  gboolean plain = dice_chance (dice, tuning ? 1.0 : 0.72);
  guint n = plain ? VERDICT_N_DIGITS : (guint) dice_pick (dice, lengths);
  char digits[24];
  double x = dice_range (dice, 14, 24), label = dice_range (dice, 1.9, 3.2);
  int how = dice_int (dice, 0, 9);

  if (!plain && how < 5)
    {
      self->digit_height = dice_range (dice, 2.2, 4.0);
      (void) draw_text_line (self, x, self->base, self->digit_height * dice_range (dice, 1.0, 1.4));
      return;
    }
  if (!plain && how == 5)
    style.gap = 0;
  if (!plain && how == 6)
    n = VERDICT_N_DIGITS, style.gap = dice_range (dice, 0, 0.25);
  digits_run (dice, n, digits);
  /* the same digit twice and more, which chance alone seldom brings */
  for (guint i = 1; i < n; i++)
    if (dice_chance (dice, 0.1))
      digits[i] = digits[i - 1];
  self->digit_height = style.height;
  if (!plain && dice_chance (dice, 0.3)) /* something right behind or before the run */
    (void) pen_text (&self->pen, style.font, style.height * 1.3,
                     x + pen_number_width (&self->pen, &style, digits) + dice_range (dice, 0.3, 4), self->base,
                     self->ink,
                     dice_chance (dice, 0.6)   ? "7"
                     : dice_chance (dice, 0.5) ? "号"
                                               : "A");
  pen_number (&self->pen, &style, x, self->base, self->ink, digits,
              n == VERDICT_N_DIGITS && style.gap >= 0.5 && plain ? TEXT_NUMBER : TEXT_DECOY, NULL);
  if (dice_chance (dice, 0.4))
    (void) pen_text (&self->pen, pen_text_font (&self->pen), label,
                     x - dice_range (dice, 0.6, 2.2)
                         - pen_text_width (&self->pen, "Noto Sans CJK JP", label, "個人番号"),
                     self->base - (style.height - label * 0.8) * 0.5, self->ink, "個人番号");
  else if (dice_chance (dice, 0.7))
    (void) pen_text (&self->pen, pen_text_font (&self->pen), label, x + dice_range (dice, -3, 3),
                     self->base - style.height - dice_range (dice, 0.6, 2.2) - label * 0.12, self->ink, "個人番号");
}

static void
draw_around (Scene *self)
{
  Dice *dice = self->pen.dice;
  double right = self->width;

  if (dice_chance (dice, 0.3))
    (void) draw_text_line (self, dice_range (dice, 0, 30), self->base + dice_range (dice, 3.5, 6),
                           dice_range (dice, 1.8, 3));
  if (dice_chance (dice, 0.12))
    pen_qr (&self->pen, dice_range (dice, -6, 1), dice_range (dice, -3, 1), dice_range (dice, 9, 13), 1.2,
            "123456789012", FALSE, dice_chance (dice, 0.2));
  if (dice_chance (dice, 0.04)) /* the document's edge and the lid behind it */
    pen_box (&self->pen, right - dice_range (dice, 0, 3), -9, 30, self->height + 18, (Ink){ 0.1, 0.1, 0.1 }, 1);
  if (dice_chance (dice, 0.05)) /* a rule under or over the digits */
    {
      double y = self->base + (dice_chance (dice, 0.5) ? dice_range (dice, 0.5, 1.5) : -5.5);

      pen_line (&self->pen, 0, y, right, y, 0.15, self->ink, 0.8);
    }
}

/* What time did to the piece: as to a whole document, but only the part of its marks that would be here. */
static void
draw_wear (Scene *self, const Degradation *degradation)
{
  Degradation here = *degradation;
  Document piece = { .kind = KIND_CARD_BACK, .width = self->width, .height = self->height, .base = self->stock };

  piece.plastic = dice_chance (self->pen.dice, 0.5);
  here.scratches *= dice_range (self->pen.dice, 0, 0.7);
  here.dust *= dice_range (self->pen.dice, 0, 0.7);
  here.pen_marks *= dice_chance (self->pen.dice, 0.3);
  self->pen.degradation = &here;
  wear_draw (&self->pen, &piece);
  self->pen.degradation = degradation;
}

/* One line with all that may stand around it, on a piece of stock just large enough. */
static void
draw_piece (Cutter *cutter, const CorpusSpec *spec, const Options *options)
{
  Dice root = corpus_spec_dice (spec), draw = dice_fork (&root, "draw"), scan = dice_fork (&root, "scan"),
       cut = dice_fork (&root, "cut");
  g_autoptr (CorpusTexts) texts = corpus_texts_new ();
  g_auto (CorpusImage) image = { 0 };
  g_autoptr (CardPage) page = NULL;
  g_autoptr (GString) json = g_string_new ("{\"of\": 1");
  Scene scene = { .width = dice_range (&draw, 72, 86), .height = dice_range (&draw, 11, 15) };
  double angle =
      (90 * dice_int (&draw, 0, 3) + (dice_chance (&draw, 0.5) ? dice_range (&draw, -5, 5) : 0)) * G_PI / 180;
  double dark = dice_chance (&draw, 0.7) ? 0.08 : dice_range (&draw, 0.08, 0.45), light = dice_range (&draw, 0.82, 1),
         scale;
  guint dpi = level_pick_dpi (spec->level, &draw);
  cairo_rectangle_int_t all = { 0, 0, 0, 0 };
  Lens lens;
  Degradation degradation;
  cairo_surface_t *surface;
  cairo_t *cr;

  dpi = options->dpi != 0 ? (guint) options->dpi : MIN (dpi, 300);
  level_pick (spec->level, &draw, &degradation);
  scale = dpi / MM_PER_INCH;
  all.width = (int) ((fabs (cos (angle)) * scene.width + fabs (sin (angle)) * scene.height) * scale);
  all.height = (int) ((fabs (sin (angle)) * scene.width + fabs (cos (angle)) * scene.height) * scale);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, all.width, all.height);
  cr = cairo_create (surface);
  cairo_translate (cr, all.width / 2.0, all.height / 2.0);
  cairo_scale (cr, scale, scale);
  cairo_rotate (cr, angle);
  cairo_translate (cr, -scene.width / 2, -scene.height / 2);
  pen_init (&scene.pen, cr, &draw, &degradation, FALSE);
  scene.pen.texts = texts;
  scene.pen.faces = spec->faces;
  scene.base = scene.height * 0.62;
  scene.stock = pen_ink (&scene.pen, (Ink){ light, light, light }, 0.04);
  scene.ink = pen_ink (&scene.pen, (Ink){ dark, dark, dark }, 0.06);
  draw_stock (&scene);
  draw_middle (&scene, spec->purpose == PURPOSE_TUNING);
  draw_around (&scene);
  draw_wear (&scene, &degradation);
  pen_clear (&scene.pen);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  lens_plan (&lens, &degradation, &all, all.width, dpi, &scan);
  lens.n_outlines = 1;
  for (int i = 0; i < 4; i++)
    lens.outlines[0][i] = (CorpusPoint){ i == 1 || i == 2 ? all.width : 0, i >= 2 ? all.height : 0 };
  scanner_scan (&(ScannerPage){ .width_px = (guint) all.width,
                                .height_px = (guint) all.height,
                                .dpi = dpi,
                                .lid = { 0.95, 0.95, 0.95 },
                                .drawn = surface,
                                .area = all },
                &lens, FALSE, &degradation, &scan, &image);
  texts_move (texts, &lens);
  cairo_surface_destroy (surface);
  page = page_of (&image, dpi);
  texts_append_json (texts, json);
  g_string_append_c (json, '}');
  cutter->dice = &cut;
  cutter->page = page;
  cutter->level = spec->level;
  put_lines (cutter, json->str, options->cuts);
}

/* --- lines of whole pages ----------------------------------------------------------------------------------------- */

static void
draw_page (Cutter *cutter, CorpusSpec *spec, const Options *options)
{
  Dice root = corpus_spec_dice (spec), cut = dice_fork (&root, "cut");
  g_autoptr (CorpusTexts) texts = corpus_texts_new ();
  g_auto (CorpusImage) image = { 0 };
  g_autoptr (CardPage) page = NULL;
  g_autofree char *json = NULL;
  CorpusTruth truth;

  spec->texts = texts;
  corpus_draw (spec, &image, &truth);
  json = corpus_truth_to_json (&truth, spec, &image, "page");
  page = page_of (&image, truth.dpi);
  cutter->dice = &cut;
  cutter->page = page;
  cutter->level = spec->level;
  put_lines (cutter, json, options->cuts);
  spec->texts = NULL;
}

int
main (int argc, char **argv)
{
  Options options = { .seed = 1, .count = 1, .cuts = 1, .jitter = 1 };
  const GOptionEntry entries[] = {
    { "seed", 0, 0, G_OPTION_ARG_INT, &options.seed, "Seed", "N" },
    { "start", 0, 0, G_OPTION_ARG_INT, &options.start, "Index of the first", "N" },
    { "count", 0, 0, G_OPTION_ARG_INT, &options.count, "Lines or pages", "N" },
    { "cuts", 0, 0, G_OPTION_ARG_INT, &options.cuts, "Of each line; above 1 other text is cut as well", "N" },
    { "dpi", 0, 0, G_OPTION_ARG_INT, &options.dpi, "Default: mixed", "N" },
    { "jitter", 0, 0, G_OPTION_ARG_DOUBLE, &options.jitter, "How far off the locator is, 0 to 1", "X" },
    { "purpose", 0, 0, G_OPTION_ARG_STRING, &options.purpose, "Range of seeds", "training|tuning|test" },
    { "level", 0, 0, G_OPTION_ARG_STRING, &options.level, "Default: half hard, the rest medium and easy", "LEVEL" },
    { "kind", 0, 0, G_OPTION_ARG_STRING, &options.kinds, "Kind of pages", "KIND,..." },
    { "judge", 0, 0, G_OPTION_ARG_NONE, &options.judge, "Read the lines with both recognisers instead, one row each",
      NULL },
    { "faces", 0, 0, G_OPTION_ARG_FILENAME, &options.faces, "More faces", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("drawn|pages");
  g_autoptr (GError) error = NULL;
  g_autoptr (CorpusFaces) faces = NULL;
  g_auto (GStrv) kinds = NULL;
  Cutter cutter = { 0 };
  CorpusSpec spec;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2
      || (options.faces != NULL && (faces = corpus_faces_load (options.faces, &error)) == NULL))
    {
      g_printerr ("second-lines: %s\n", error != NULL ? error->message : "see --help");
      return 1;
    }
  corpus_spec_init (&spec);
  spec.seed = (guint32) options.seed;
  spec.page = PAGE_CARD;
  spec.color = 0;
  spec.dpi = (guint) options.dpi;
  spec.faces = faces;
  cutter.jitter = options.jitter;
  if (options.judge)
    {
      cutter.second = line_second_new ();
      cutter.tesseract = line_tesseract_new ();
      if (cutter.second == NULL || cutter.tesseract == NULL)
        return 1;
    }
  if (options.purpose == NULL || !corpus_purpose_parse (options.purpose, &spec.purpose))
    return 1;
  kinds = g_strsplit (options.kinds != NULL ? options.kinds : "card-back,notification-card", ",", -1);
  for (int i = options.start; i < options.start + options.count; i++)
    {
      spec.index = (guint32) i;
      spec.level = i % 10 < 2 ? LEVEL_EASY : i % 10 < 5 ? LEVEL_MEDIUM : LEVEL_HARD;
      if (options.level != NULL && !corpus_level_parse (options.level, &spec.level))
        return 1;
      if (!corpus_kind_parse (kinds[(guint) (i / 10) % g_strv_length (kinds)], &spec.kind))
        return 1;
      if (g_str_equal (argv[1], "pages"))
        draw_page (&cutter, &spec, &options);
      else
        draw_piece (&cutter, &spec, &options);
    }
  line_second_free (cutter.second);
  line_tesseract_free (cutter.tesseract);
  corpus_finish ();
  return fflush (stdout) == 0 ? 0 : 2;
}

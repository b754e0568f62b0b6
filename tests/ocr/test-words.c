/* SPDX-License-Identifier: Apache-2.0 */
/* card/words: lines drawn with Pango, and the words that are found in them. */
#include <fontconfig/fontconfig.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "card/words.h"

#define FONT "Noto Sans CJK JP"
#define MOST_WIDTH 900

typedef struct
{
  WordReader *reader;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->reader = word_reader_new ();
  g_assert_nonnull (self->reader);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  word_reader_free (self->reader);
}

/* A strip as the reader wants it; @paper and @ink are brightness 0 to 1. @ret_x0, @ret_x1: of @part's ink. */
static CardGrey *
draw_strip (const char *text, const char *part, double paper, double ink, int *ret_x0, int *ret_x1)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, MOST_WIDTH, WORD_LINE_HEIGHT_PX);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);
  PangoFontDescription *description = pango_font_description_from_string (FONT);
  const char *found = part != NULL ? strstr (text, part) : NULL;
  int width, stride = cairo_image_surface_get_stride (surface);
  PangoRectangle box, first, last;
  const guint8 *data;
  CardGrey *strip;

  pango_font_description_set_absolute_size (description, WORD_LINE_EM_PX / 0.92 * PANGO_SCALE);
  pango_layout_set_font_description (layout, description);
  pango_font_description_free (description);
  pango_layout_set_text (layout, "国", -1);
  pango_layout_get_pixel_extents (layout, &box, NULL);
  cairo_set_source_rgb (cr, paper, paper, paper);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, ink, ink, ink);
  cairo_move_to (cr, WORD_LINE_MARGIN_PX, (WORD_LINE_HEIGHT_PX - box.height) / 2.0 - box.y);
  pango_layout_set_text (layout, text, -1);
  pango_cairo_show_layout (cr, layout);
  pango_layout_get_pixel_extents (layout, NULL, &box);
  if (found != NULL)
    {
      pango_layout_index_to_pos (layout, (int) (found - text), &first);
      pango_layout_index_to_pos (layout, (int) (g_utf8_prev_char (found + strlen (part)) - text), &last);
      *ret_x0 = WORD_LINE_MARGIN_PX + first.x / PANGO_SCALE;
      *ret_x1 = WORD_LINE_MARGIN_PX + (last.x + last.width) / PANGO_SCALE;
    }
  cairo_surface_flush (surface);
  data = cairo_image_surface_get_data (surface);
  width = MIN (box.width + 2 * WORD_LINE_MARGIN_PX, MOST_WIDTH);
  strip = card_grey_new (width, WORD_LINE_HEIGHT_PX);
  for (int y = 0; y < WORD_LINE_HEIGHT_PX; y++)
    for (int x = 0; x < width; x++)
      strip->samples[y * width + x] = data[y * stride + 4 * x];
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return strip;
}

static gboolean
has_word (Fixture *self, const char *text, const char *word, double paper, double ink)
{
  g_autoptr (CardGrey) strip = draw_strip (text, NULL, paper, ink, NULL, NULL);
  g_autoptr (WordLine) line = word_reader_read (self->reader, strip);
  CardWord found;

  return word_line_find (line, word, &found);
}

typedef struct
{
  const char *text;
  const char *word;
} WordCase;

static void
test_finds (Fixture *self, gconstpointer data)
{
  static const WordCase cases[] = {
    { "個人番号", "個人番号" },
    { "個人番号　1234 5678 9012", "個人番号" },
    { "個人番号カード", "個人番号カード" },
    { "通知カード", "通知カード" },
    { "電子証明書の有効期限", "電子証明書" },
    { "個人番号通知書", "個人番号通知書" },
    { "見本県公安委員会", "公安委員会" },
    { "健康保険　被保険者証", "被保険者証" },
    { "住民票の写し", "住民票" },
    { "個人番号カード交付申請書", "交付申請書" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("case %u", i);
      g_assert_true (has_word (self, cases[i].text, cases[i].word, 0.95, 0.1));
      g_assert_true (has_word (self, cases[i].text, cases[i].word, 0.8, 0.5));
    }
}

static void
test_tells_apart (Fixture *self, gconstpointer data)
{
  static const WordCase cases[] = {
    { "法人番号", "個人番号" },
    { "番号", "個人番号" },
    { "個人", "個人番号" },
    { "整理番号", "個人番号" },
    { "お問合せ番号", "個人番号" },
    { "会員番号", "個人番号" },
    { "免許証番号", "個人番号" },
    { "個人情報", "個人番号" },
    { "個人　番地", "個人番号" },
    { "通知書", "通知カード" },
    { "会員カード", "通知カード" },
    { "通知カード", "個人番号通知書" },
    { "個人番号カード", "通知カード" },
    { "住民税", "住民票" },
    { "保険料", "保険証" },
    { "お問い合わせ送り状番号", "個人番号" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("case %u", i);
      g_assert_false (has_word (self, cases[i].text, cases[i].word, 0.95, 0.1));
    }
}

static void
test_places (Fixture *self, gconstpointer data)
{
  static const char text[] = "氏名　個人番号　生年月日", word[] = "個人番号";
  int x0 = 0, x1 = 0;
  g_autoptr (CardGrey) strip = draw_strip (text, word, 0.95, 0.1, &x0, &x1);
  g_autoptr (WordLine) line = word_reader_read (self->reader, strip);
  CardWord found;

  g_assert_true (word_line_find (line, word, &found));
  g_assert_cmpint (ABS (found.x0 - x0), <=, WORD_LINE_EM_PX / 2);
  g_assert_cmpint (ABS (found.x1 - x1), <=, WORD_LINE_EM_PX / 2);
  g_assert_cmpfloat (found.score, >=, WORD_LEAST_SCORE);
  g_assert_cmpfloat (found.score, <=, 1.0);
}

/* Brightness and contrast are the scanner's business. */
static void
test_any_light (Fixture *self, gconstpointer data)
{
  static const double lights[][2] = { { 1.0, 0.0 }, { 0.5, 0.1 }, { 0.9, 0.65 }, { 0.45, 0.3 } };

  for (guint i = 0; i < G_N_ELEMENTS (lights); i++)
    {
      g_test_message ("light %u", i);
      g_assert_true (has_word (self, "個人番号", "個人番号", lights[i][0], lights[i][1]));
    }
}

static void
test_odd_sizes (Fixture *self, gconstpointer data)
{
  static const int sizes[][2] = { { 1, WORD_LINE_HEIGHT_PX },
                                  { WORD_LINE_MIN_WIDTH_PX - 1, WORD_LINE_HEIGHT_PX },
                                  { WORD_LINE_MAX_WIDTH_PX + 1, WORD_LINE_HEIGHT_PX },
                                  { 100, WORD_LINE_HEIGHT_PX - 1 },
                                  { 100, WORD_LINE_HEIGHT_PX + 1 },
                                  { WORD_LINE_MIN_WIDTH_PX, WORD_LINE_HEIGHT_PX },
                                  { WORD_LINE_MAX_WIDTH_PX, WORD_LINE_HEIGHT_PX } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (CardGrey) strip = card_grey_new (sizes[i][0], sizes[i][1]);
      g_autoptr (WordLine) line = word_reader_read (self->reader, strip);
      CardWord found;

      g_assert_false (word_line_find (line, "個人番号", &found));
    }
}

static void
test_characters (void)
{
  g_assert_cmpuint (word_unknown_character ("個人番号カード"), ==, 0);
  g_assert_cmpuint (word_unknown_character ("マイナンバー"), ==, 0);
  g_assert_cmpuint (word_unknown_character ("薔薇"), ==, g_utf8_get_char ("薔"));
  g_assert_cmpuint (word_unknown_character ("番号1"), ==, '1');
  g_assert_cmpuint (word_unknown_character ("番号\n"), ==, '\n');
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  add ("/card/words/finds-words-in-lines", test_finds);
  add ("/card/words/tells-near-words-apart", test_tells_apart);
  add ("/card/words/says-where-a-word-stands", test_places);
  add ("/card/words/does-not-mind-the-light", test_any_light);
  add ("/card/words/takes-no-odd-sizes", test_odd_sizes);
  g_test_add_func ("/card/words/knows-its-characters", test_characters);
  result = g_test_run ();
  pango_cairo_font_map_set_default (NULL);
  FcFini ();
  return result;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * train-glyphs: learns the small networks that name digits and the kanji of labels and titles, from characters that it
 * draws itself. tests/ocr/train/train runs it with the fonts that the shipped models were made from.
 *
 *   train-glyphs digits|kanji FAMILIES OUT.mlp [--samples N] [--hidden N] [--seed N]
 *
 * FAMILIES: a text file, one Pango family a line; a line that begins with "cjk " holds Japanese too.
 * Fonts come from wherever fontconfig looks (FONTCONFIG_FILE). The same fonts and seed give the same model.
 */
#include <math.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

#include "card/glyph.h"

#define MAX_HIDDEN 256
#define MAX_CLASSES 64
#define CANVAS 220
#define OUTLINE_EM 100.0

/* Characters that are none of those to be named: what else stands on such papers. */
static const char *const other_kanji =
    "氏名生年月日性別男女平成令和昭大正元都道府県市区町村丁目東西南北中山川田本木林森石井上下佐藤鈴高橋伊渡辺小加吉"
    "見太郎花子一二三四五六七八九十百千万有効期限発行者長町公安委員会条件等眼鏡種類普通中型二輪原付引他自取得所在地世帯"
    "主続柄本籍"
    "法律認場合除収集管禁止拾警察届絡下記最寄利用目的確追欄切線離点字表写真貼国籍業務資格登録整理受付問合伝品物荷送届先"
    "依頼"
    "お客様あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをんアイウエオキクケ"
    "コサシスセソタチツ"
    "テトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンガギグゲゴザジズゼゾダデバビブベボパピプペポ法企業団体住所"
    "録合格認定固倍偶箇留審査";
static const char *const other_for_digits =
    "個人番号氏名生年月日昭和平成令第条田中口日目ロニハノヒトカメコー固旦旧回王土十千"
    "ABCDEFGHJKLMNPRTUVWXYabdefghkmnpqrtuwxy+-/:()%&#*.,年月号様";

typedef struct
{
  int width, height, n_in, n_hidden, n_classes;
  float *w1, *b1, *w2, *b2;
} Net;

typedef struct
{
  GPtrArray *all; /* of char* families */
  GPtrArray *cjk;
  gboolean digits;
  gunichar *classes;
  int n_named;
  gunichar *others;
  glong n_others;
  PangoContext *context;
} Task;

/* --- dice -------------------------------------------------------------------------------------------------------- */

static guint64 dice_state = 1;

static double
dice (void)
{
  guint64 z = dice_state += 0x9e3779b97f4a7c15u;

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (double) ((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

static double
range (double low, double high)
{
  return low + (high - low) * dice ();
}

static int
pick (int n)
{
  return MIN ((int) (dice () * n), n - 1);
}

static double
gauss (void)
{
  return (dice () + dice () + dice () - 1.5) * 2.0;
}

/* --- drawing one sample --------------------------------------------------------------------------------------------- */

typedef struct
{
  const char *family;
  int weight;
  double em;
  double stretch_x;
  double shear;
  double turn_rad;
  double embolden; /* of the em; negative thins */
  double spacing;
} Style;

static Style
draw_style (Task *task, gunichar character)
{
  GPtrArray *families = character > 0x2000 ? task->cjk : task->all;
  Style style = {
    .family = g_ptr_array_index (families, pick ((int) families->len)),
    .weight = dice () < 0.3 ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL,
    .em = floor (exp (range (log (task->digits ? 14.0 : 11.0), log (60.0)))),
    .stretch_x = range (0.88, 1.12),
    .shear = dice () < 0.2 ? range (-0.12, 0.12) : 0.0,
    .turn_rad = gauss () * 0.015,
    .embolden = dice () < 0.4 ? range (-0.02, 0.04) : 0.0,
    .spacing = dice () < 0.5 ? 0.0 : range (0.0, 0.3),
  };

  return style;
}

/* An outline of one character, 1 em high, its foot line at 0, kept for the next time. */
typedef struct
{
  cairo_path_t *path;
  double advance;
} Outline;

static const Outline *
outline_of (Task *task, const Style *style, gunichar character)
{
  static GHashTable *known;
  g_autofree char *key = g_strdup_printf ("%s/%d/%x", style->family, style->weight, character);
  Outline *outline;

  if (known == NULL)
    known = g_hash_table_new (g_str_hash, g_str_equal);
  outline = g_hash_table_lookup (known, key);
  if (outline == NULL)
    {
      g_autoptr (PangoLayout) layout = pango_layout_new (task->context);
      PangoFontDescription *description = pango_font_description_new ();
      cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
      cairo_t *cr = cairo_create (surface);
      PangoRectangle logical;
      char text[8];

      text[g_unichar_to_utf8 (character, text)] = '\0';
      pango_font_description_set_family (description, style->family);
      pango_font_description_set_weight (description, style->weight);
      pango_font_description_set_absolute_size (description, OUTLINE_EM * PANGO_SCALE);
      pango_layout_set_font_description (layout, description);
      pango_font_description_free (description);
      pango_layout_set_text (layout, text, -1);
      pango_layout_get_extents (layout, NULL, &logical);
      cairo_set_tolerance (cr, 0.2);
      cairo_move_to (cr, 0, -0.6 * OUTLINE_EM);
      pango_cairo_layout_path (cr, layout);
      outline = g_new0 (Outline, 1);
      outline->path = cairo_copy_path_flat (cr);
      outline->advance = (double) logical.width / PANGO_SCALE / OUTLINE_EM;
      g_hash_table_insert (known, g_steal_pointer (&key), outline);
      cairo_destroy (cr);
      cairo_surface_destroy (surface);
    }
  return outline;
}

static void
put_character (Task *task, cairo_t *cr, const Style *style, gunichar character, double x)
{
  cairo_save (cr);
  cairo_translate (cr, CANVAS / 2.0, CANVAS / 2.0);
  cairo_rotate (cr, style->turn_rad);
  cairo_transform (cr, &(cairo_matrix_t){ style->stretch_x, 0, style->shear, 1, 0, 0 });
  cairo_translate (cr, x, 0);
  cairo_scale (cr, style->em / OUTLINE_EM, style->em / OUTLINE_EM);
  cairo_new_path (cr);
  cairo_append_path (cr, outline_of (task, style, character)->path);
  if (style->embolden == 0.0)
    cairo_fill (cr);
  else
    {
      cairo_fill_preserve (cr);
      cairo_set_line_width (cr, fabs (style->embolden) * OUTLINE_EM);
      if (style->embolden < 0.0)
        cairo_set_operator (cr, CAIRO_OPERATOR_CLEAR);
      cairo_stroke (cr);
    }
  cairo_restore (cr);
}

static double
advance (Task *task, const Style *style, gunichar character)
{
  return outline_of (task, style, character)->advance * style->em;
}

static gunichar
neighbour (Task *task)
{
  if (dice () < 0.85)
    return task->classes[pick (task->n_named)];
  return task->others[pick ((int) task->n_others)];
}

static gboolean
ink_box (cairo_surface_t *surface, double threshold, double box[4])
{
  const guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);

  box[0] = box[1] = CANVAS;
  box[2] = box[3] = 0;
  for (int y = 0; y < CANVAS; y++)
    for (int x = 0; x < CANVAS; x++)
      if (data[y * stride + x] > threshold)
        {
          box[0] = MIN (box[0], x);
          box[1] = MIN (box[1], y);
          box[2] = MAX (box[2], x + 1);
          box[3] = MAX (box[3], y + 1);
        }
  return box[2] > box[0];
}

/* The part of the canvas that a patch may look at; all else need not be exposed. */
typedef struct
{
  int x0, y0, x1, y1;
} Part;

static void
blur (float *values, const Part *part, double sigma)
{
  static float line[CANVAS];
  float kernel[31];
  int radius = MIN ((int) ceil (sigma * 2.5), 15);
  float sum = 0;

  for (int i = -radius; i <= radius; i++)
    sum += kernel[i + radius] = (float) exp (-0.5 * i * i / (sigma * sigma));
  for (int pass = 0; pass < 2; pass++)
    {
      int first = pass == 0 ? part->y0 : part->x0, last = pass == 0 ? part->y1 : part->x1;
      int start = pass == 0 ? part->x0 : part->y0, n = (pass == 0 ? part->x1 : part->y1) - start;
      int step = pass == 0 ? 1 : CANVAS;

      for (int k = first; k < last; k++)
        {
          float *at = values + (pass == 0 ? k * CANVAS + start : start * CANVAS + k);

          for (int i = 0; i < n; i++)
            line[i] = at[i * step];
          for (int i = 0; i < n; i++)
            {
              float v = 0;

              for (int j = -radius; j <= radius; j++)
                v += kernel[j + radius] * line[CLAMP (i + j, 0, n - 1)];
              at[i * step] = v / sum;
            }
        }
    }
}

/* Paper with waves and a gradient; then the ink, the scanner's spread, and its noise. */
static void
expose (cairo_surface_t *surface, const double box[4], double em, CardGrey *ret_grey)
{
  static float values[CANVAS * CANVAS];
  const guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface), room = (int) (em * 0.8) + 4;
  Part part = { MAX ((int) box[0] - room, 0), MAX ((int) box[1] - room / 2, 0), MIN ((int) box[2] + room, CANVAS),
                MIN ((int) box[3] + room / 2, CANVAS) };
  double paper = range (150, 250), contrast = exp (range (log (0.14), log (0.95)));
  double wave = dice () < 0.6 ? range (0, 0.14) * contrast : 0, period = em * range (0.15, 0.8);
  double direction = range (0, G_PI), phase = range (0, 6.3), bend = range (0, 6);
  double slope_x = gauss () * 0.03, slope_y = gauss () * 0.03, sigma = em * exp (range (log (0.008), log (0.055)));
  double noise = dice () < 0.7 ? range (0.3, 4) : range (3, 12);
  double c = cos (direction), s = sin (direction);

  for (int y = part.y0; y < part.y1; y++)
    for (int x = part.x0; x < part.x1; x++)
      {
        double light = 1 + slope_x * (x - CANVAS / 2) / em + slope_y * (y - CANVAS / 2) / em;
        double ink = data[y * stride + x] / 255.0 * contrast, ground = 0;

        if (wave > 0)
          {
            double along = (x * c + y * s + bend * sin ((x * s - y * c) / (em + 4))) / period;

            ground = 0.5 + 0.5 * sin (2 * G_PI * along + phase);
            ground *= ground * ground * wave;
          }
        values[y * CANVAS + x] = (float) (paper * CLAMP (light, 0.8, 1.1) * (1 - MAX (ink, ground)));
      }
  blur (values, &part, MAX (sigma, 0.35));
  memset (ret_grey->samples, (int) paper, CANVAS * CANVAS);
  for (int y = part.y0; y < part.y1; y++)
    for (int x = part.x0; x < part.x1; x++)
      ret_grey->samples[y * CANVAS + x] = (guint8) CLAMP (values[y * CANVAS + x] + noise * gauss (), 0, 255);
}

/* Boxes that hold something else than one whole character. */
static void
spoil_box (double box[4], double em)
{
  double width = box[2] - box[0], height = box[3] - box[1];
  double shift = range (0.3, 0.7) * (dice () < 0.5 ? -1 : 1);

  switch (pick (4))
    {
    case 0: /* half of it and half of the next */
      box[0] += shift * MAX (width, em * 0.4);
      box[2] += shift * MAX (width, em * 0.4);
      break;
    case 1: /* its left or right part alone */
      if (dice () < 0.5)
        box[2] = box[0] + width * range (0.3, 0.6);
      else
        box[0] = box[2] - width * range (0.3, 0.6);
      break;
    case 2: /* with a good part of the next */
      box[2] += em * range (0.35, 0.9);
      box[1] -= height * range (0.0, 0.2);
      break;
    default: /* too high or too low */
      box[1] += shift * height;
      box[3] += shift * height;
      break;
    }
}

/* Draws a sample into @ink and returns its class. */
static int
draw_sample (Task *task, float *ink)
{
  static CardGrey *grey;
  int other_class = task->n_named;
  double share = dice ();
  gboolean foreign = share < 0.14, spoilt = share >= 0.14 && share < 0.25;
  int class_of = foreign ? other_class : pick (task->n_named);
  gunichar character = foreign ? task->others[pick ((int) task->n_others)] : task->classes[class_of];
  Style style = draw_style (task, character);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, CANVAS, CANVAS);
  cairo_t *cr = cairo_create (surface);
  double box[4], before, width, jitter = 0.035;
  gunichar left = neighbour (task), right = neighbour (task);
  gboolean drawn;

  if (grey == NULL)
    grey = card_grey_new (CANVAS, CANVAS);
  width = advance (task, &style, character);
  put_character (task, cr, &style, character, -width / 2);
  cairo_surface_flush (surface);
  drawn = ink_box (surface, 110, box);
  if (drawn)
    {
      if (dice () < 0.85)
        {
          before = advance (task, &style, left);
          put_character (task, cr, &style, left, -width / 2 - before - style.spacing * style.em);
        }
      if (dice () < 0.85)
        put_character (task, cr, &style, right, width / 2 + style.spacing * style.em);
      cairo_surface_flush (surface);
      expose (surface, box, style.em, grey);
      for (int i = 0; i < 4; i++)
        box[i] += gauss () * jitter * (box[3] - box[1]) + range (-0.5, 0.5);
      if (spoilt)
        {
          spoil_box (box, style.em);
          class_of = other_class;
        }
      if (task->digits)
        glyph_digit_ink (grey, box[0], box[1], box[2], box[3], ink);
      else
        glyph_kanji_ink (grey, box[0], box[1], box[2], box[3], ink);
    }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return drawn ? class_of : -1;
}

/* --- the network ------------------------------------------------------------------------------------------------------ */

static void
net_init (Net *net)
{
  net->w1 = g_new (float, (gsize) net->n_in * net->n_hidden);
  net->b1 = g_new0 (float, net->n_hidden);
  net->w2 = g_new (float, (gsize) net->n_hidden * net->n_classes);
  net->b2 = g_new0 (float, net->n_classes);
  for (int i = 0; i < net->n_in * net->n_hidden; i++)
    net->w1[i] = (float) (gauss () * sqrt (2.0 / net->n_in));
  for (int i = 0; i < net->n_hidden * net->n_classes; i++)
    net->w2[i] = (float) (gauss () * sqrt (2.0 / net->n_hidden));
}

/* One step of gradient descent; returns whether the answer before it was right. */
static gboolean
net_learn (Net *net, const float *ink, int target, float rate)
{
  float hidden[MAX_HIDDEN], out[MAX_CLASSES], back[MAX_HIDDEN] = { 0 };
  float top = -1e30f, sum = 0;
  int best = 0;

  for (int i = 0; i < net->n_hidden; i++)
    {
      const float *w = net->w1 + (gsize) i * net->n_in;
      float part[8] = { 0 }, v = net->b1[i];

      for (int j = 0; j + 8 <= net->n_in; j += 8)
        for (int k = 0; k < 8; k++)
          part[k] += w[j + k] * ink[j + k];
      for (int k = 0; k < 8; k++)
        v += part[k];
      hidden[i] = MAX (v, 0);
    }
  for (int i = 0; i < net->n_classes; i++)
    {
      out[i] = net->b2[i];
      for (int j = 0; j < net->n_hidden; j++)
        out[i] += net->w2[i * net->n_hidden + j] * hidden[j];
      if (out[i] > top)
        {
          top = out[i];
          best = i;
        }
    }
  for (int i = 0; i < net->n_classes; i++)
    sum += out[i] = expf (out[i] - top);
  for (int i = 0; i < net->n_classes; i++)
    {
      /* a little of every class is asked for, so that the shares stay modest */
      float want = i == target ? 0.98f : 0.02f / (float) (net->n_classes - 1);
      float error = out[i] / sum - want;

      for (int j = 0; j < net->n_hidden; j++)
        {
          back[j] += net->w2[i * net->n_hidden + j] * error;
          net->w2[i * net->n_hidden + j] -= rate * error * hidden[j];
        }
      net->b2[i] -= rate * error;
    }
  for (int i = 0; i < net->n_hidden; i++)
    if (hidden[i] > 0 && back[i] != 0)
      {
        float *w = net->w1 + (gsize) i * net->n_in;
        float step = rate * back[i];

        for (int j = 0; j < net->n_in; j++)
          w[j] -= step * ink[j];
        net->b1[i] -= step;
      }
  return best == target;
}

static void
append_layer (GByteArray *bytes, const float *w, const float *b, int n_in, int n_out)
{
  for (int i = 0; i < n_out; i++)
    {
      float largest = 1e-9f, scale;

      for (int j = 0; j < n_in; j++)
        largest = MAX (largest, fabsf (w[i * n_in + j]));
      scale = largest / 127.0f;
      g_byte_array_append (bytes, (const guint8 *) &scale, sizeof scale);
      g_byte_array_append (bytes, (const guint8 *) &b[i], sizeof b[i]);
      for (int j = 0; j < n_in; j++)
        {
          gint8 value = (gint8) lroundf (w[i * n_in + j] / scale);

          g_byte_array_append (bytes, (const guint8 *) &value, 1);
        }
    }
}

static gboolean
net_save (const Net *net, const char *path)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  guint16 sizes[] = { (guint16) net->width, (guint16) net->height, (guint16) net->n_hidden, (guint16) net->n_classes };

  g_assert (G_BYTE_ORDER == G_LITTLE_ENDIAN);
  g_byte_array_append (bytes, (const guint8 *) "AZM1", 4);
  g_byte_array_append (bytes, (const guint8 *) sizes, sizeof sizes);
  append_layer (bytes, net->w1, net->b1, net->n_in, net->n_hidden);
  append_layer (bytes, net->w2, net->b2, net->n_hidden, net->n_classes);
  if (g_file_set_contents (path, (const char *) bytes->data, bytes->len, &error))
    return TRUE;
  g_printerr ("train-glyphs: %s\n", error->message);
  return FALSE;
}

/* --- main --------------------------------------------------------------------------------------------------------------- */

static gboolean
load_families (Task *task, const char *path)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      gboolean cjk = g_str_has_prefix (*line, "cjk ");
      const char *family = g_strstrip (cjk ? *line + 4 : *line);

      if (*family == '\0' || *family == '#')
        continue;
      g_ptr_array_add (task->all, g_strdup (family));
      if (cjk)
        g_ptr_array_add (task->cjk, g_strdup (family));
    }
  return task->all->len > 0 && task->cjk->len > 0;
}

int
main (int argc, char **argv)
{
  int n_samples = 400000, n_hidden = 96, seed = 1;
  const GOptionEntry entries[] = {
    { "samples", 0, 0, G_OPTION_ARG_INT, &n_samples, "characters to learn from", "N" },
    { "hidden", 0, 0, G_OPTION_ARG_INT, &n_hidden, "neurons of the hidden layer", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "start of the dice", "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) options = g_option_context_new ("digits|kanji FAMILIES OUT.mlp");
  g_autoptr (GError) error = NULL;
  g_autoptr (PangoFontMap) fonts = NULL;
  Task task = { 0 };
  Net net = { 0 };
  float ink[GLYPH_MAX_VALUES];
  glong n_named;
  double right = 0;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error) || argc != 4 || n_hidden < 1 || n_hidden > MAX_HIDDEN)
    {
      g_printerr ("train-glyphs: %s\n", error != NULL ? error->message : "wrong arguments, see --help");
      return 1;
    }
  task.all = g_ptr_array_new ();
  task.cjk = g_ptr_array_new ();
  if (!load_families (&task, argv[2]))
    {
      g_printerr ("train-glyphs: %s names no fonts\n", argv[2]);
      return 1;
    }
  task.digits = g_str_equal (argv[1], "digits");
  task.classes = g_utf8_to_ucs4_fast (task.digits ? "0123456789" : glyph_kanji_set (), -1, &n_named);
  task.n_named = (int) n_named;
  task.others = g_utf8_to_ucs4_fast (task.digits ? other_for_digits : other_kanji, -1, &task.n_others);
  fonts = pango_cairo_font_map_new ();
  task.context = pango_font_map_create_context (fonts);
  pango_context_set_language (task.context, pango_language_from_string ("ja"));
  dice_state = (guint64) seed * 7919;

  net.width = task.digits ? GLYPH_DIGIT_WIDTH : GLYPH_KANJI_SIDE;
  net.height = task.digits ? GLYPH_DIGIT_HEIGHT : GLYPH_KANJI_SIDE;
  net.n_in = net.width * net.height;
  net.n_hidden = n_hidden;
  net.n_classes = task.n_named + 1;
  net_init (&net);
  for (int i = 0; i < n_samples; i++)
    {
      int class_of = draw_sample (&task, ink);
      double done = (double) i / n_samples;

      if (class_of < 0)
        continue;
      right += (net_learn (&net, ink, class_of, (float) (0.02 * pow (0.02, done))) - right) * 0.0005;
      if (i % 50000 == 49999)
        g_printerr ("%s: %d samples, %.2f %% right of late\n", argv[1], i + 1, right * 100);
    }
  return net_save (&net, argv[3]) ? 0 : 2;
}

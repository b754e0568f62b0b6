/* SPDX-License-Identifier: Apache-2.0 */
/* pen: text with Pango, the rest with Cairo. Grounds are in pen-ground.c. */
#include "pen.h"

#include <fontconfig/fontconfig.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "faces.h"
#include "layout.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (cairo_font_options_t, cairo_font_options_destroy)

void
pen_init (Pen *self, cairo_t *cr, Dice *dice, const Degradation *degradation, gboolean all_faces)
{
  g_autoptr (cairo_font_options_t) options = cairo_font_options_create ();

  /* No hinting: the shapes must not snap to the pixels of a page that is turned at will. */
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  self->cr = cr;
  self->dice = dice;
  self->degradation = degradation;
  self->all_faces = all_faces;
  self->context = pango_cairo_create_context (cr);
  pango_cairo_context_set_font_options (self->context, options);
  pango_context_set_round_glyph_positions (self->context, FALSE);
  pango_context_set_language (self->context, pango_language_from_string ("ja"));
}

void
pen_clear (Pen *self)
{
  g_clear_object (&self->context);
}

const char *
pen_digit_font (Pen *self)
{
  if (self->faces != NULL && dice_chance (self->dice, 0.5))
    return faces_pick_digit_font (self->faces, self->dice);
  return layout_digit_font (self->dice, self->all_faces);
}

const char *
pen_text_font (Pen *self)
{
  const char *font = NULL;

  if (self->faces != NULL && dice_chance (self->dice, 0.5))
    font = faces_pick_text_font (self->faces, self->dice);
  return font != NULL ? font : layout_text_font (self->dice);
}

Ink
pen_ink (Pen *self, Ink ink, double spread)
{
  return (Ink){ CLAMP (ink.r + dice_range (self->dice, -spread, spread), 0, 1),
                CLAMP (ink.g + dice_range (self->dice, -spread, spread), 0, 1),
                CLAMP (ink.b + dice_range (self->dice, -spread, spread), 0, 1) };
}

Ink
pen_black (const Pen *self)
{
  double lightness = self->degradation->lightness;

  return (Ink){ lightness, lightness, lightness + 0.01 };
}

void
pen_set_ink (Pen *self, Ink ink, double alpha)
{
  cairo_set_source_rgba (self->cr, ink.r, ink.g, ink.b, CLAMP (alpha, 0, 1));
}

static PangoLayout *
text_layout (Pen *self, const char *font, double em, const char *text)
{
  g_autoptr (PangoFontDescription) description = pango_font_description_from_string (font);
  PangoLayout *layout = pango_layout_new (self->context);

  pango_font_description_set_absolute_size (description, em * PANGO_SCALE);
  pango_layout_set_font_description (layout, description);
  pango_layout_set_text (layout, text, -1);
  return layout;
}

static double
layout_width (PangoLayout *layout)
{
  PangoRectangle logical;

  pango_layout_get_extents (layout, NULL, &logical);
  return (double) logical.width / PANGO_SCALE;
}

/* Starts a line of text in the book, if one is kept. */
static void
begin_text (Pen *self, TextRole role)
{
  if (self->texts != NULL)
    {
      cairo_matrix_t matrix;

      cairo_get_matrix (self->cr, &matrix);
      texts_begin (self->texts, role, &matrix);
    }
}

static void
end_text (Pen *self)
{
  if (self->texts != NULL)
    texts_end (self->texts);
}

static void
show_layout (Pen *self, PangoLayout *layout, double x, double base, Ink ink, double alpha)
{
  pen_set_ink (self, ink, alpha);
  cairo_move_to (self->cr, x, base - (double) pango_layout_get_baseline (layout) / PANGO_SCALE);
  pango_cairo_show_layout (self->cr, layout);
}

/* One line, and takes it down. */
static void
draw_line (Pen *self, PangoLayout *layout, double x, double base, Ink ink)
{
  show_layout (self, layout, x, base, ink, 1);
  if (self->texts != NULL)
    {
      begin_text (self, self->role);
      texts_add_layout (self->texts, layout, x, base - (double) pango_layout_get_baseline (layout) / PANGO_SCALE);
      end_text (self);
    }
}

double
pen_text (Pen *self, const char *font, double em, double x, double base, Ink ink, const char *text)
{
  g_autoptr (PangoLayout) layout = text_layout (self, font, em, text);

  draw_line (self, layout, x, base, ink);
  return layout_width (layout);
}

void
pen_ghost (Pen *self, const char *font, double em, double x, double base, Ink ink, double alpha, const char *text)
{
  g_autoptr (PangoLayout) layout = text_layout (self, font, em, text);

  show_layout (self, layout, x, base, ink, alpha);
}

static double
text_in_role (Pen *self, TextRole role, const char *font, double em, double x, double base, Ink ink, const char *text)
{
  double width;

  self->role = role;
  width = pen_text (self, font, em, x, base, ink, text);
  self->role = TEXT_OTHER;
  return width;
}

double
pen_label (Pen *self, const char *font, double em, double x, double base, Ink ink, const char *text)
{
  return text_in_role (self, TEXT_LABEL, font, em, x, base, ink, text);
}

double
pen_title (Pen *self, const char *font, double em, double x, double base, Ink ink, const char *text)
{
  return text_in_role (self, TEXT_TITLE, font, em, x, base, ink, text);
}

double
pen_text_width (Pen *self, const char *font, double em, const char *text)
{
  g_autoptr (PangoLayout) layout = text_layout (self, font, em, text);

  return layout_width (layout);
}

double
pen_text_fit (Pen *self, const char *font, double em, double x, double base, double width, Ink ink, const char *text)
{
  g_autoptr (PangoLayout) layout = text_layout (self, font, em, text);
  double natural = layout_width (layout);

  if (natural > width)
    return pen_text (self, font, em * width / natural, x, base, ink, text);
  draw_line (self, layout, x, base, ink);
  return natural;
}

double
pen_lines (Pen *self, const char *font, double em, double x, double base, double width, double leading, Ink ink,
           const char *const *lines)
{
  for (; *lines != NULL; lines++, base += leading)
    (void) pen_text_fit (self, font, em, x, base, width, ink, *lines);
  return base;
}

NumberStyle
pen_number_style (Pen *self)
{
  return (NumberStyle){
    .font = pen_digit_font (self),
    .height = layout_pick (self->dice, DIGIT_HEIGHT),
    .spacing = layout_pick (self->dice, DIGIT_SPACING),
    .gap = layout_pick (self->dice, GROUP_GAP),
  };
}

/* em and step from digit to digit at which a style's digits are as high as it says */
static void
measure_style (Pen *self, const NumberStyle *style, double *ret_em, double *ret_advance)
{
  g_autoptr (PangoLayout) layout = text_layout (self, style->font, 10, "0");
  PangoRectangle ink, logical;

  pango_layout_get_extents (layout, &ink, &logical);
  *ret_em = 10 * style->height * PANGO_SCALE / ink.height;
  *ret_advance = *ret_em / 10 * logical.width / PANGO_SCALE * (1 + style->spacing);
}

static double
digit_position (const NumberStyle *style, double advance, guint i)
{
  return advance * (i + style->gap * (i / 4));
}

double
pen_number_width (Pen *self, const NumberStyle *style, const char *digits)
{
  double em, advance;

  measure_style (self, style, &em, &advance);
  return digit_position (style, advance, (guint) strlen (digits) - 1) + advance / (1 + style->spacing);
}

void
pen_number (Pen *self, const NumberStyle *style, double x, double base, Ink ink, const char *digits, TextRole role,
            cairo_rectangle_t *ret_ink)
{
  double em, advance, left = G_MAXDOUBLE, top = G_MAXDOUBLE, right = -G_MAXDOUBLE, bottom = -G_MAXDOUBLE;

  measure_style (self, style, &em, &advance);
  begin_text (self, role);
  for (guint i = 0; digits[i] != '\0'; i++)
    {
      g_autoptr (PangoLayout) layout = text_layout (self, style->font, em, (char[]){ digits[i], '\0' });
      double at = x + digit_position (style, advance, i);
      double rise = (double) pango_layout_get_baseline (layout) / PANGO_SCALE;
      PangoRectangle extents;

      if (self->texts != NULL)
        {
          if (i > 0 && i % 4 == 0 && style->gap > 0)
            texts_add (self->texts, " ", NULL);
          texts_add_layout (self->texts, layout, at, base - rise);
        }
      show_layout (self, layout, at, base, ink, 1);
      pango_layout_get_extents (layout, &extents, NULL);
      left = MIN (left, at + (double) extents.x / PANGO_SCALE);
      right = MAX (right, at + (double) (extents.x + extents.width) / PANGO_SCALE);
      top = MIN (top, base - rise + (double) extents.y / PANGO_SCALE);
      bottom = MAX (bottom, base - rise + (double) (extents.y + extents.height) / PANGO_SCALE);
    }
  end_text (self);
  self->number_font = style->font;
  if (ret_ink != NULL)
    *ret_ink = (cairo_rectangle_t){ left, top, right - left, bottom - top };
}

void
pen_box (Pen *self, double x, double y, double width, double height, Ink ink, double alpha)
{
  pen_set_ink (self, ink, alpha);
  cairo_rectangle (self->cr, x, y, width, height);
  cairo_fill (self->cr);
}

void
pen_frame (Pen *self, double x, double y, double width, double height, double line, Ink ink, double alpha)
{
  pen_set_ink (self, ink, alpha);
  cairo_set_line_width (self->cr, line);
  cairo_rectangle (self->cr, x, y, width, height);
  cairo_stroke (self->cr);
}

void
pen_line (Pen *self, double x0, double y0, double x1, double y1, double line, Ink ink, double alpha)
{
  pen_set_ink (self, ink, alpha);
  cairo_set_line_width (self->cr, line);
  cairo_move_to (self->cr, x0, y0);
  cairo_line_to (self->cr, x1, y1);
  cairo_stroke (self->cr);
}

void
pen_rounded (Pen *self, double x, double y, double width, double height, double radius)
{
  cairo_new_sub_path (self->cr);
  cairo_arc (self->cr, x + width - radius, y + radius, radius, -G_PI_2, 0);
  cairo_arc (self->cr, x + width - radius, y + height - radius, radius, 0, G_PI_2);
  cairo_arc (self->cr, x + radius, y + height - radius, radius, G_PI_2, G_PI);
  cairo_arc (self->cr, x + radius, y + radius, radius, G_PI, 3 * G_PI_2);
  cairo_close_path (self->cr);
}

void
pen_qr (Pen *self, double x, double y, double size, double quiet, const char *text, gboolean of_number,
        gboolean damaged)
{
  g_auto (Qr) qr = { 0 };
  double module;

  qr_encode (text, &qr);
  module = size / qr.n_side;
  pen_box (self, x - quiet, y - quiet, size + 2 * quiet, size + 2 * quiet, (Ink){ 0.97, 0.97, 0.97 }, 1);
  /* one path, so that neighbours leave no hair line between them */
  for (guint row = 0; row < qr.n_side; row++)
    for (guint column = 0; column < qr.n_side; column++)
      if (qr.modules[row * qr.n_side + column])
        cairo_rectangle (self->cr, x + column * module, y + row * module, module, module);
  pen_set_ink (self, pen_black (self), 1);
  cairo_fill (self->cr);
  if (self->texts != NULL)
    {
      cairo_matrix_t matrix;

      cairo_get_matrix (self->cr, &matrix);
      texts_add_qr (self->texts, &matrix, &(cairo_rectangle_t){ x, y, size, size }, of_number, damaged);
    }
  /* beyond what level M mends: one finder pattern goes, and a broad stroke over the data */
  if (damaged)
    {
      double slant = dice_range (self->dice, -0.2, 0.2) * size;

      pen_box (self, x - quiet / 2, y - quiet / 2, size * 0.36, size * 0.36, (Ink){ 0.93, 0.93, 0.93 }, 1);
      pen_line (self, x + size * 0.1, y + size * 0.6 + slant, x + size, y + size * 0.6 - slant, size * 0.22,
                (Ink){ 0.9, 0.9, 0.9 }, 1);
    }
}

void
pen_photo (Pen *self, double x, double y, double width, double height)
{
  double shade = dice_range (self->dice, 0.75, 0.95), hair = dice_range (self->dice, 0.1, 0.35);
  double face = width * dice_range (self->dice, 0.22, 0.28);

  cairo_save (self->cr);
  cairo_rectangle (self->cr, x, y, width, height);
  cairo_clip (self->cr);
  pen_box (self, x, y, width, height, (Ink){ shade, shade, shade + 0.03 }, 1);
  pen_set_ink (self, (Ink){ 0.25, 0.25, 0.32 }, 1);
  cairo_arc (self->cr, x + width / 2, y + height * 1.12, width * 0.48, 0, 2 * G_PI);
  cairo_fill (self->cr);
  pen_set_ink (self, (Ink){ hair, hair, hair }, 1);
  cairo_arc (self->cr, x + width / 2, y + height * 0.40, face * 1.15, 0, 2 * G_PI);
  cairo_fill (self->cr);
  pen_set_ink (self, (Ink){ 0.72, 0.64, 0.58 }, 1);
  cairo_arc (self->cr, x + width / 2, y + height * 0.47, face, 0, 2 * G_PI);
  cairo_fill (self->cr);
  cairo_restore (self->cr);
}

void
pen_seal (Pen *self, double x, double y, double size)
{
  Ink red = pen_ink (self, (Ink){ 0.80, 0.18, 0.15 }, 0.05);
  CorpusTexts *texts = g_steal_pointer (&self->texts); /* a picture, no lines to read */

  pen_frame (self, x, y, size, size, size * 0.07, red, 0.85);
  for (int i = 0; i < 4; i++)
    (void) pen_text (self, "Noto Serif CJK JP Bold", size * 0.36, x + size * (0.1 + 0.42 * (i / 2)),
                     y + size * (0.44 + 0.42 * (i % 2)), red, ((const char *const[]){ "見", "本", "之", "印" })[i]);
  self->texts = texts;
}

void
pen_handwriting (Pen *self, double em, double x, double base, Ink ink, const char *text)
{
  double slant = dice_range (self->dice, -0.04, 0.04);

  begin_text (self, TEXT_OTHER);
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      g_autofree char *glyph = g_strndup (p, (gsize) (g_utf8_next_char (p) - p));
      double size = em * dice_range (self->dice, 0.85, 1.15);
      g_autoptr (PangoLayout) layout = NULL;
      double width;

      cairo_save (self->cr);
      cairo_translate (self->cr, x, base + em * dice_range (self->dice, -0.08, 0.08));
      cairo_rotate (self->cr, slant + dice_range (self->dice, -0.12, 0.12));
      pango_cairo_update_context (self->cr, self->context);
      layout = text_layout (self, "IPAexGothic Italic", size, glyph);
      width = layout_width (layout);
      show_layout (self, layout, 0, 0, ink, 1);
      cairo_restore (self->cr);
      /* the little turn of each character is left out of its place */
      if (self->texts != NULL)
        texts_add_layout (self->texts, layout, x, base - (double) pango_layout_get_baseline (layout) / PANGO_SCALE);
      x += width;
    }
  end_text (self);
  pango_cairo_update_context (self->cr, self->context);
}

void
corpus_finish (void)
{
#ifdef __SANITIZE_ADDRESS__
  pango_cairo_font_map_set_default (NULL);
  cairo_debug_reset_static_data ();
  FcFini ();
#endif
}

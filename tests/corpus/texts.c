/* SPDX-License-Identifier: Apache-2.0 */
/* texts: lines are kept as they are drawn and turned into quads when they end. */
#include "texts.h"

#include <string.h>

#include "json.h"

typedef struct
{
  double from, to; /* of a character's ink, parts of the quad's width */
} Cut;

typedef struct
{
  GString *text;
  TextRole role;
  CorpusPoint quad[4];
  GArray *cuts; /* of Cut; while the line is open in the drawing's unit */
} Line;

typedef struct
{
  CorpusPoint quad[4];
  gboolean of_number, damaged;
} Code;

struct _CorpusTexts
{
  GPtrArray *lines; /* of Line */
  GArray *codes;    /* of Code */
  Line *open;       /* owned, or NULL */
  cairo_matrix_t matrix;
  double left, top, right, bottom; /* of the open line's ink */
};

static void
line_free (Line *self)
{
  g_string_free (self->text, TRUE);
  g_array_unref (self->cuts);
  g_free (self);
}

CorpusTexts *
corpus_texts_new (void)
{
  CorpusTexts *self = g_new0 (CorpusTexts, 1);

  self->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) line_free);
  self->codes = g_array_new (FALSE, FALSE, sizeof (Code));
  return self;
}

void
corpus_texts_free (CorpusTexts *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->open, line_free);
  g_ptr_array_unref (self->lines);
  g_array_unref (self->codes);
  g_free (self);
}

void
texts_clear (CorpusTexts *self)
{
  g_clear_pointer (&self->open, line_free);
  g_ptr_array_set_size (self->lines, 0);
  g_array_set_size (self->codes, 0);
}

static void
quad_of (const cairo_matrix_t *matrix, double left, double top, double right, double bottom, CorpusPoint ret_quad[4])
{
  const CorpusPoint corners[4] = { { left, top }, { right, top }, { right, bottom }, { left, bottom } };

  for (int i = 0; i < 4; i++)
    {
      ret_quad[i] = corners[i];
      cairo_matrix_transform_point (matrix, &ret_quad[i].x, &ret_quad[i].y);
    }
}

void
texts_begin (CorpusTexts *self, TextRole role, const cairo_matrix_t *matrix)
{
  g_assert (self->open == NULL);
  self->open = g_new0 (Line, 1);
  self->open->role = role;
  self->open->text = g_string_new (NULL);
  self->open->cuts = g_array_new (FALSE, FALSE, sizeof (Cut));
  self->matrix = *matrix;
  self->left = self->top = G_MAXDOUBLE;
  self->right = self->bottom = -G_MAXDOUBLE;
}

void
texts_add (CorpusTexts *self, const char *character, const cairo_rectangle_t *ink)
{
  g_string_append (self->open->text, character);
  if (ink != NULL)
    {
      Cut cut = { ink->x, ink->x + ink->width };

      g_array_append_val (self->open->cuts, cut);
      self->left = MIN (self->left, ink->x);
      self->right = MAX (self->right, ink->x + ink->width);
      self->top = MIN (self->top, ink->y);
      self->bottom = MAX (self->bottom, ink->y + ink->height);
    }
}

static void
add_cluster (CorpusTexts *self, const char *from, const char *to, const cairo_rectangle_t *ink)
{
  glong n_characters = g_utf8_pointer_to_offset (from, to);
  int i = 0;

  /* what one glyph stands for together is divided evenly */
  for (const char *p = from; p < to; p = g_utf8_next_char (p), i++)
    {
      g_autofree char *character = g_strndup (p, (gsize) (g_utf8_next_char (p) - p));
      cairo_rectangle_t part = { ink->x + ink->width * i / (double) n_characters, ink->y,
                                 ink->width / (double) n_characters, ink->height };

      texts_add (self, character, g_unichar_isspace (g_utf8_get_char (p)) ? NULL : &part);
    }
}

void
texts_add_layout (CorpusTexts *self, PangoLayout *layout, double x, double y)
{
  const char *text = pango_layout_get_text (layout);
  PangoLayoutIter *iter = pango_layout_get_iter (layout);
  gboolean more = TRUE;

  while (more && text[pango_layout_iter_get_index (iter)] != '\0')
    {
      const char *from = text + pango_layout_iter_get_index (iter);
      PangoRectangle ink, logical;
      cairo_rectangle_t box;

      pango_layout_iter_get_cluster_extents (iter, &ink, &logical);
      if (ink.width == 0 || ink.height == 0)
        ink = logical;
      box = (cairo_rectangle_t){ x + (double) ink.x / PANGO_SCALE, y + (double) ink.y / PANGO_SCALE,
                                 (double) ink.width / PANGO_SCALE, (double) ink.height / PANGO_SCALE };
      more = pango_layout_iter_next_cluster (iter);
      add_cluster (self, from, more ? text + pango_layout_iter_get_index (iter) : from + strlen (from), &box);
    }
  pango_layout_iter_free (iter);
}

void
texts_end (CorpusTexts *self)
{
  Line *line = g_steal_pointer (&self->open);
  double width = self->right - self->left;

  if (line->cuts->len == 0 || width <= 0)
    {
      line_free (line);
      return;
    }
  quad_of (&self->matrix, self->left, self->top, self->right, self->bottom, line->quad);
  for (guint i = 0; i < line->cuts->len; i++)
    {
      Cut *cut = &g_array_index (line->cuts, Cut, i);

      cut->from = (cut->from - self->left) / width;
      cut->to = (cut->to - self->left) / width;
    }
  g_ptr_array_add (self->lines, line);
}

void
texts_add_qr (CorpusTexts *self, const cairo_matrix_t *matrix, const cairo_rectangle_t *square, gboolean of_number,
              gboolean damaged)
{
  Code code = { .of_number = of_number, .damaged = damaged };

  quad_of (matrix, square->x, square->y, square->x + square->width, square->y + square->height, code.quad);
  g_array_append_val (self->codes, code);
}

void
texts_hide (CorpusTexts *self, const cairo_matrix_t *matrix, const cairo_rectangle_t *box)
{
  cairo_matrix_t back = *matrix;

  g_assert (cairo_matrix_invert (&back) == CAIRO_STATUS_SUCCESS);
  for (guint i = self->lines->len; i > 0; i--)
    {
      const Line *line = g_ptr_array_index (self->lines, i - 1);
      double left = G_MAXDOUBLE, top = G_MAXDOUBLE, right = -G_MAXDOUBLE, bottom = -G_MAXDOUBLE;

      for (int corner = 0; corner < 4; corner++)
        {
          CorpusPoint at = line->quad[corner];

          cairo_matrix_transform_point (&back, &at.x, &at.y);
          left = MIN (left, at.x);
          right = MAX (right, at.x);
          top = MIN (top, at.y);
          bottom = MAX (bottom, at.y);
        }
      if (left < box->x + box->width && right > box->x && top < box->y + box->height && bottom > box->y)
        g_ptr_array_remove_index (self->lines, i - 1);
    }
}

void
texts_move (CorpusTexts *self, const Lens *lens)
{
  for (guint i = 0; i < self->lines->len; i++)
    for (int corner = 0; corner < 4; corner++)
      lens_move_point (lens, &((Line *) g_ptr_array_index (self->lines, i))->quad[corner]);
  for (guint i = 0; i < self->codes->len; i++)
    for (int corner = 0; corner < 4; corner++)
      lens_move_point (lens, &g_array_index (self->codes, Code, i).quad[corner]);
}

void
texts_append_json (const CorpusTexts *self, GString *json)
{
  static const char *const roles[] = { "other", "title", "label", "number", "decoy" };

  g_string_append (json, ", \"texts\": [");
  for (guint i = 0; i < self->lines->len; i++)
    {
      const Line *line = g_ptr_array_index (self->lines, i);

      g_string_append (json, i == 0 ? "{\"text\": " : ", {\"text\": ");
      json_append_string (json, line->text->str);
      g_string_append_printf (json, ", \"role\": \"%s\", \"quad\": ", roles[line->role]);
      json_append_points (json, line->quad);
      g_string_append (json, ", \"cuts\": [");
      for (guint k = 0; k < line->cuts->len; k++)
        {
          const Cut *cut = &g_array_index (line->cuts, Cut, k);

          g_string_append (json, k == 0 ? "[" : ", [");
          json_append_double (json, cut->from, 5);
          g_string_append (json, ", ");
          json_append_double (json, cut->to, 5);
          g_string_append_c (json, ']');
        }
      g_string_append (json, "]}");
    }
  g_string_append (json, "], \"qr_codes\": [");
  for (guint i = 0; i < self->codes->len; i++)
    {
      const Code *code = &g_array_index (self->codes, Code, i);

      g_string_append (json, i == 0 ? "{\"quad\": " : ", {\"quad\": ");
      json_append_points (json, code->quad);
      g_string_append_printf (json, ", \"number\": %s, \"damaged\": %s}", code->of_number ? "true" : "false",
                              code->damaged ? "true" : "false");
    }
  g_string_append_c (json, ']');
}

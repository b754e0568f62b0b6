/* SPDX-License-Identifier: Apache-2.0 */
/* paper: pages by Cairo, text by Pango. Each page is recorded first, as its foot tells how many there will be. */
#include "paper.h"

#include <cairo-pdf.h>
#include <gio/gio.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <string.h>

/* Points, 1/72 inch. */
#define FOOT_HEIGHT 28.0

#define SIZE_TITLE 18.0
#define SIZE_HEADING 11.5
#define SIZE_TEXT 10.0
#define SIZE_CELL 8.0
#define SIZE_NOTE 7.5
#define SIZE_FINE 5.6
#define PADDING_X 4.0
#define PADDING_Y 3.0
#define HAIR 0.4
#define CODE_WIDTH 150.0
#define QUIET_MODULES 4
#define FACTS_SHARE 0.24

/* fonts-noto-cjk, which the package depends on, then what Debian has besides */
#define FAMILY "Noto Sans CJK JP, IPAexGothic, VL Gothic, sans-serif"
#define FAMILY_FINE "Noto Sans Mono CJK JP, DejaVu Sans Mono, monospace"

typedef struct
{
  double width, height, margin, text_size;
} Format;

static const Format a4 = { 595.28, 841.89, 56, SIZE_TEXT }, a5 = { 419.53, 595.28, 34, 8.3 };

/* What a style's text is set in, at most so many. */
#define FONTS_MAX 16
/* Cells that say the same are laid out once; then all over. */
#define LAYOUTS_MAX 256

typedef struct
{
  gboolean bold, fine;
  double size;
  PangoFontDescription *description; /* owned */
} Font;

struct _Paper
{
  Format format;
  /* owned */
  char *title, *foot;
  PangoContext *context; /* of all its text */
  Font fonts[FONTS_MAX];
  guint n_fonts;
  GHashTable *layouts; /* of cells: see lay_out_cell () */
  GPtrArray *pages;    /* of cairo_surface_t */
  cairo_t *cr;         /* of the last page */
  double y;            /* where the next thing goes */
  double row_height;   /* of a table, at least */
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (cairo_surface_t, cairo_surface_destroy)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (cairo_t, cairo_destroy)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QRcode, QRcode_free)

static double
content_width (const Paper *self)
{
  return self->format.width - 2 * self->format.margin;
}

static double
content_bottom (const Paper *self)
{
  return self->format.height - self->format.margin - (self->foot != NULL ? FOOT_HEIGHT : 0);
}

/* --- pages ----------------------------------------------------------------------------------------------------------- */

static void
begin_page (Paper *self)
{
  const cairo_rectangle_t area = { 0, 0, self->format.width, self->format.height };
  cairo_surface_t *page = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, &area);

  g_clear_pointer (&self->cr, cairo_destroy);
  g_ptr_array_add (self->pages, page);
  self->cr = cairo_create (page);
  self->y = self->format.margin;
}

static gboolean
has_room (const Paper *self, double height)
{
  return self->y + height <= content_bottom (self) || self->y <= self->format.margin;
}

/* Goes on with a new page unless @height is left on this one. TRUE: it did. */
static gboolean
need (Paper *self, double height)
{
  if (has_room (self, height))
    return FALSE;
  begin_page (self);
  return TRUE;
}

static PangoContext *create_context (const char *language);

static Paper *
create (const Format *format, const char *title, const char *foot, const char *language)
{
  Paper *self = g_new0 (Paper, 1);

  self->format = *format;
  self->title = g_strdup (title);
  self->foot = g_strdup (foot);
  self->context = create_context (language);
  self->layouts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->pages = g_ptr_array_new_with_free_func ((GDestroyNotify) cairo_surface_destroy);
  begin_page (self);
  return self;
}

Paper *
paper_new (const char *title, const char *foot, const char *language)
{
  return create (&a4, title, foot, language);
}

Paper *
paper_new_a5 (const char *title, const char *language)
{
  return create (&a5, title, NULL, language);
}

void
paper_begin_page (Paper *self)
{
  begin_page (self);
}

void
paper_free (Paper *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->cr, cairo_destroy);
  g_ptr_array_unref (self->pages);
  g_hash_table_unref (self->layouts);
  for (guint i = 0; i < self->n_fonts; i++)
    pango_font_description_free (self->fonts[i].description);
  g_object_unref (self->context);
  g_free (self->title);
  g_free (self->foot);
  g_free (self);
}

guint
paper_get_n_pages (const Paper *self)
{
  return self->pages->len;
}

/* --- text ------------------------------------------------------------------------------------------------------------ */

typedef struct
{
  double size;
  gboolean bold, fine;
  double grey; /* 0 black */
  PangoAlignment alignment;
} Style;

static const Style style_text = { .size = SIZE_TEXT }, style_cell = { .size = SIZE_CELL },
                   style_fine = { .size = SIZE_FINE, .fine = TRUE }, style_head = { .size = SIZE_CELL, .bold = TRUE },
                   style_heading = { .size = SIZE_HEADING, .bold = TRUE },
                   style_note = { .size = SIZE_NOTE, .grey = 0.35 },
                   style_foot_right = { .size = SIZE_NOTE, .grey = 0.35, .alignment = PANGO_ALIGN_RIGHT },
                   style_aside = { .size = SIZE_CELL, .alignment = PANGO_ALIGN_RIGHT },
                   style_title = { .size = SIZE_TITLE, .bold = TRUE, .alignment = PANGO_ALIGN_CENTER };

static PangoContext *
create_context (const char *language)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_font_options_t *options = cairo_font_options_create ();

  /* where each character stands does not depend on any screen */
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (context, options);
  pango_cairo_context_set_resolution (context, 72);
  cairo_font_options_destroy (options);
  pango_context_set_language (context, pango_language_from_string (language));
  return context;
}

static const PangoFontDescription *
find_font (Paper *self, const Style *style, double size)
{
  Font *font = self->fonts;

  for (guint i = 0; i < self->n_fonts; i++, font++)
    if (font->bold == style->bold && font->fine == style->fine && font->size == size)
      return font->description;
  g_assert (self->n_fonts < FONTS_MAX);
  self->n_fonts++;
  font->bold = style->bold;
  font->fine = style->fine;
  font->size = size;
  font->description = pango_font_description_from_string (style->fine ? FAMILY_FINE : FAMILY);
  pango_font_description_set_absolute_size (font->description, size * PANGO_SCALE);
  pango_font_description_set_weight (font->description, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  return font->description;
}

static PangoLayout *
lay_out (Paper *self, const Style *style, const char *text, double width)
{
  PangoLayout *layout = pango_layout_new (self->context);
  const double size = style == &style_text ? self->format.text_size : style->size;

  pango_layout_set_font_description (layout, find_font (self, style, size));
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment (layout, style->alignment);
  pango_layout_set_spacing (layout, (int) (size * 0.2 * PANGO_SCALE));
  pango_layout_set_text (layout, text, -1);
  return layout;
}

static double
get_height (PangoLayout *layout)
{
  int height;

  pango_layout_get_size (layout, NULL, &height);
  return (double) height / PANGO_SCALE;
}

static void
draw_layout (cairo_t *cr, PangoLayout *layout, double x, double y, double grey)
{
  cairo_set_source_rgb (cr, grey, grey, grey);
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
}

/* Returns how high it is. */
static double
draw (Paper *self, const Style *style, const char *text, double x, double y, double width)
{
  g_autoptr (PangoLayout) layout = lay_out (self, style, text, width);

  draw_layout (self->cr, layout, x, y, style->grey);
  return get_height (layout);
}

static double
measure (Paper *self, const Style *style, const char *text, double width)
{
  g_autoptr (PangoLayout) layout = lay_out (self, style, text, width);

  return get_height (layout);
}

static void
add_block (Paper *self, const Style *style, const char *text, double before, double after)
{
  if (self->y > self->format.margin)
    self->y += before;
  (void) need (self, measure (self, style, text, content_width (self)));
  self->y += draw (self, style, text, self->format.margin, self->y, content_width (self)) + after;
}

static void
stroke_line (cairo_t *cr, double x1, double y1, double x2, double y2, double width)
{
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_set_line_width (cr, width);
  cairo_move_to (cr, x1, y1);
  cairo_line_to (cr, x2, y2);
  cairo_stroke (cr);
}

void
paper_add_banner (Paper *self, const char *text)
{
  const double inner = content_width (self) - 4 * PADDING_X;
  double height = measure (self, &style_head, text, inner) + 4 * PADDING_Y;

  (void) need (self, height);
  cairo_set_source_rgb (self->cr, 0.75, 0, 0);
  cairo_set_line_width (self->cr, 1.5);
  cairo_rectangle (self->cr, self->format.margin, self->y, content_width (self), height);
  cairo_stroke (self->cr);
  {
    g_autoptr (PangoLayout) layout = lay_out (self, &style_head, text, inner);

    cairo_set_source_rgb (self->cr, 0.75, 0, 0);
    cairo_move_to (self->cr, self->format.margin + 2 * PADDING_X, self->y + 2 * PADDING_Y);
    pango_cairo_show_layout (self->cr, layout);
  }
  self->y += height + SIZE_TEXT;
}

void
paper_add_title (Paper *self, const char *text)
{
  add_block (self, &style_title, text, SIZE_TITLE, 6);
  stroke_line (self->cr, self->format.margin + content_width (self) * 0.2, self->y,
               self->format.margin + content_width (self) * 0.8, self->y, 0.8);
  self->y += 14;
}

void
paper_add_aside (Paper *self, const char *text)
{
  add_block (self, &style_aside, text, 0, 8);
}

/* With room for @height below it: not alone at the bottom of a page. */
static void
add_heading (Paper *self, const char *text, double height)
{
  if (self->y > self->format.margin)
    self->y += 14;
  (void) need (self, 2 * SIZE_HEADING + height);
  self->y += draw (self, &style_heading, text, self->format.margin, self->y, content_width (self)) + 5;
}

void
paper_add_heading (Paper *self, const char *text)
{
  add_heading (self, text, 4 * SIZE_HEADING);
}

void
paper_add_text (Paper *self, const char *text)
{
  add_block (self, &style_text, text, 2, 6);
}

void
paper_add_note (Paper *self, const char *text)
{
  add_block (self, &style_note, text, 3, 3);
}

/* --- tables ---------------------------------------------------------------------------------------------------------- */

typedef struct
{
  const PaperColumn *columns;
  guint n_columns;
} Table;

static const Style *
cell_style (const Table *table, guint column, gboolean is_head)
{
  return is_head ? &style_head : table->columns[column].fine ? &style_fine : &style_cell;
}

/* A row, laid out once: to see how high it is, and to be drawn. */
typedef struct
{
  GPtrArray *cells; /* owned: of PangoLayout, NULL for an empty one */
  double height;
} Row;

static void
layout_unref (gpointer layout)
{
  g_clear_object (&layout);
}

/* (transfer full): lists repeat themselves, and a layout is most of what a row costs. */
static PangoLayout *
lay_out_cell (Paper *self, const Table *table, guint column, gboolean is_head, const char *text)
{
  const double width = table->columns[column].share * content_width (self) - 2 * PADDING_X;
  const Style *style = cell_style (table, column, is_head);
  g_autofree char *key = g_strdup_printf ("%p %d %s", (const void *) style, (int) (width * PANGO_SCALE), text);
  PangoLayout *layout = g_hash_table_lookup (self->layouts, key);

  if (layout == NULL)
    {
      layout = lay_out (self, style, text, width);
      if (g_hash_table_size (self->layouts) >= LAYOUTS_MAX)
        g_hash_table_remove_all (self->layouts);
      g_hash_table_insert (self->layouts, g_steal_pointer (&key), layout);
    }
  return g_object_ref (layout);
}

static Row
row_lay_out (Paper *self, const Table *table, const char *const *cells, gboolean is_head)
{
  Row row = { g_ptr_array_new_full (table->n_columns, layout_unref), is_head ? 0 : self->row_height };

  for (guint i = 0; i < table->n_columns; i++)
    {
      PangoLayout *layout = cells[i][0] != '\0' ? lay_out_cell (self, table, i, is_head, cells[i]) : NULL;

      g_ptr_array_add (row.cells, layout);
      if (layout != NULL)
        row.height = MAX (row.height, get_height (layout) + 2 * PADDING_Y);
    }
  return row;
}

/* As few commands as can be: a page is kept as commands until all are there, and a list may have hundreds. */
static void
draw_row (Paper *self, const Table *table, Row *row, gboolean is_head)
{
  double x = self->format.margin;

  if (is_head)
    {
      cairo_set_source_rgb (self->cr, 0.92, 0.92, 0.92);
      cairo_rectangle (self->cr, x, self->y, content_width (self), row->height);
      cairo_fill (self->cr);
    }
  for (guint i = 0; i < table->n_columns; i++)
    {
      PangoLayout *layout = g_ptr_array_index (row->cells, i);

      if (layout != NULL)
        draw_layout (self->cr, layout, x + PADDING_X, self->y + PADDING_Y, cell_style (table, i, is_head)->grey);
      x += table->columns[i].share * content_width (self);
    }
  self->y += row->height;
  g_ptr_array_unref (row->cells);
}

/* The lines of what is on this page, in one stroke: from @lines, the tops of its rows, to where it ends. */
static void
rule (Paper *self, const Table *table, GArray *lines)
{
  const double left = self->format.margin, width = content_width (self);
  double x = left;

  if (lines->len == 0)
    return;
  cairo_set_source_rgb (self->cr, 0, 0, 0);
  cairo_set_line_width (self->cr, HAIR);
  cairo_rectangle (self->cr, left, g_array_index (lines, double, 0), width, self->y - g_array_index (lines, double, 0));
  for (guint i = 1; i < lines->len; i++)
    {
      cairo_move_to (self->cr, left, g_array_index (lines, double, i));
      cairo_line_to (self->cr, left + width, g_array_index (lines, double, i));
    }
  for (guint i = 0; i + 1 < table->n_columns; i++)
    {
      x += table->columns[i].share * width;
      cairo_move_to (self->cr, x, g_array_index (lines, double, 0));
      cairo_line_to (self->cr, x, self->y);
    }
  cairo_stroke (self->cr);
  g_array_set_size (lines, 0);
}

void
paper_set_row_height (Paper *self, double height)
{
  self->row_height = height;
}

void
paper_add_table (Paper *self, const PaperColumn *columns, guint n_columns, GPtrArray *rows)
{
  const Table table = { columns, n_columns };
  g_autofree const char **heads = g_new0 (const char *, n_columns + 1);
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < n_columns; i++)
    heads[i] = columns[i].title;
  for (guint i = 0; i < rows->len; i++)
    {
      Row row = row_lay_out (self, &table, g_ptr_array_index (rows, i), FALSE);
      Row head = { NULL, 0 };
      gboolean turned;

      if (i == 0)
        head = row_lay_out (self, &table, heads, TRUE);
      if (!has_room (self, row.height + head.height))
        rule (self, &table, lines);
      turned = need (self, row.height + head.height);
      if (turned && i > 0)
        head = row_lay_out (self, &table, heads, TRUE);
      if (head.cells != NULL)
        {
          g_array_append_val (lines, self->y);
          draw_row (self, &table, &head, TRUE);
        }
      g_array_append_val (lines, self->y);
      draw_row (self, &table, &row, FALSE);
    }
  rule (self, &table, lines);
  self->y += 4;
}

void
paper_add_facts (Paper *self, const char *const *facts)
{
  for (; facts[0] != NULL; facts += 2)
    {
      const double name_width = FACTS_SHARE * content_width (self), width = content_width (self) - name_width;
      double height = MAX (measure (self, &style_head, facts[0], name_width - 2 * PADDING_X),
                           measure (self, &style_text, facts[1], width - 2 * PADDING_X))
                      + 2 * PADDING_Y + 2;

      (void) need (self, height);
      cairo_set_source_rgb (self->cr, 0.95, 0.95, 0.95);
      cairo_rectangle (self->cr, self->format.margin, self->y, name_width, height);
      cairo_fill (self->cr);
      cairo_set_source_rgb (self->cr, 0, 0, 0);
      cairo_set_line_width (self->cr, HAIR);
      cairo_rectangle (self->cr, self->format.margin, self->y, name_width, height);
      cairo_rectangle (self->cr, self->format.margin + name_width, self->y, width, height);
      cairo_stroke (self->cr);
      (void) draw (self, &style_head, facts[0], self->format.margin + PADDING_X, self->y + PADDING_Y + 1,
                   name_width - 2 * PADDING_X);
      (void) draw (self, &style_text, facts[1], self->format.margin + name_width + PADDING_X, self->y + PADDING_Y,
                   width - 2 * PADDING_X);
      self->y += height;
    }
  self->y += 6;
}

/* --- signing --------------------------------------------------------------------------------------------------------- */

void
paper_add_signature (Paper *self, const char *date, const char *address, const char *company, const char *who,
                     const char *seal)
{
  const char *const labels[] = { date, address, company, who };
  const double left = self->format.margin + content_width (self) * 0.36, row = 25, box = 54,
               right = self->format.margin + content_width (self) - box - 12;

  self->y += 12;
  (void) need (self, row * G_N_ELEMENTS (labels) + 8);
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      double y = self->y + row * (i + 1);

      (void) draw (self, &style_text, labels[i], left, y - SIZE_TEXT * 1.9, right - left);
      stroke_line (self->cr, left, y, right, y, HAIR);
    }
  cairo_set_line_width (self->cr, HAIR);
  cairo_rectangle (self->cr, right + 12, self->y + row * 4 - box, box, box);
  cairo_stroke (self->cr);
  {
    const Style style = { .size = SIZE_NOTE, .grey = 0.6, .alignment = PANGO_ALIGN_CENTER };

    (void) draw (self, &style, seal, right + 12, self->y + row * 4 - box / 2 - SIZE_NOTE * 0.75, box);
  }
  self->y += row * G_N_ELEMENTS (labels) + 10;
}

void
paper_add_code (Paper *self, const char *heading, const char *content, const char *text)
{
  g_autoptr (QRcode) code = QRcode_encodeString8bit (content, 0, QR_ECLEVEL_M);
  const double beside = self->format.margin + CODE_WIDTH + 10, width = content_width (self) - CODE_WIDTH - 10;
  double module, height = measure (self, &style_note, text, width);

  add_heading (self, heading, MAX (height, CODE_WIDTH));
  if (code == NULL)
    {
      paper_add_note (self, text);
      return;
    }
  height = MAX (height, CODE_WIDTH);
  module = CODE_WIDTH / (code->width + 2 * QUIET_MODULES);
  cairo_set_source_rgb (self->cr, 0, 0, 0);
  for (int y = 0; y < code->width; y++)
    for (int x = 0; x < code->width;)
      {
        int run = 0;

        /* what is dark side by side as one rectangle: no white hair between */
        while (x + run < code->width && (code->data[y * code->width + x + run] & 1) != 0)
          run++;
        if (run > 0)
          cairo_rectangle (self->cr, self->format.margin + (x + QUIET_MODULES) * module,
                           self->y + (y + QUIET_MODULES) * module, run * module, module);
        x += MAX (run, 1);
      }
  cairo_fill (self->cr);
  (void) draw (self, &style_note, text, beside, self->y + QUIET_MODULES * module, width);
  self->y += height + 6;
}

/* --- the PDF --------------------------------------------------------------------------------------------------------- */

static cairo_status_t
append_cb (void *closure, const unsigned char *bytes, unsigned int n_bytes)
{
  g_byte_array_append (closure, bytes, n_bytes);
  return CAIRO_STATUS_SUCCESS;
}

static void
draw_foot (Paper *self, cairo_t *cr, guint page)
{
  const double y = self->format.height - self->format.margin - FOOT_HEIGHT + 12;
  g_autofree char *number = g_strdup_printf ("%u / %u", page, self->pages->len);
  g_autoptr (PangoLayout) foot = lay_out (self, &style_note, self->foot, content_width (self) * 0.85);
  g_autoptr (PangoLayout) right = lay_out (self, &style_foot_right, number, content_width (self) * 0.15);

  stroke_line (cr, self->format.margin, y - 4, self->format.margin + content_width (self), y - 4, HAIR);
  draw_layout (cr, foot, self->format.margin, y, style_note.grey);
  draw_layout (cr, right, self->format.margin + content_width (self) * 0.85, y, style_note.grey);
}

GBytes *
paper_finish (Paper *self, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (cairo_surface_t) pdf =
      cairo_pdf_surface_create_for_stream (append_cb, bytes, self->format.width, self->format.height);
  g_autoptr (cairo_t) cr = cairo_create (pdf);
  cairo_status_t status;

  cairo_pdf_surface_set_metadata (pdf, CAIRO_PDF_METADATA_TITLE, self->title);
  cairo_pdf_surface_set_metadata (pdf, CAIRO_PDF_METADATA_CREATOR, "Azukari");
  g_clear_pointer (&self->cr, cairo_destroy);
  for (guint i = 0; i < self->pages->len; i++)
    {
      cairo_set_source_surface (cr, g_ptr_array_index (self->pages, i), 0, 0);
      cairo_paint (cr);
      if (self->foot != NULL)
        draw_foot (self, cr, i + 1);
      cairo_show_page (cr);
    }
  cairo_surface_finish (pdf);
  status = cairo_status (cr) != CAIRO_STATUS_SUCCESS ? cairo_status (cr) : cairo_surface_status (pdf);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "PDF: %s", cairo_status_to_string (status));
  return NULL;
}

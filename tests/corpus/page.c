/* SPDX-License-Identifier: Apache-2.0 */
/* page: documents on the glass, their shadow and wear, the lid behind, and the truth about it all. */
#include <math.h>

#include "document.h"
#include "layout.h"
#include "scanner.h"
#include "wear.h"

#define MM_PER_INCH 25.4
#define BED_WIDTH_MM 216.0
#define BED_HEIGHT_MM 297.0
#define MAX_DOCUMENTS 2

typedef struct
{
  Document document;
  double x, y; /* of its middle on the page */
  double rotation_deg;
} Placed;

typedef struct
{
  Placed placed[MAX_DOCUMENTS];
  guint n_placed;
  double width, height;
  guint dpi;
  gboolean white_lid;
  Ink lid;
  gboolean all_faces;
  const CorpusFaces *faces; /* borrowed, or NULL */
  CorpusTexts *texts;       /* likewise */
} Page;

/* Half the sides of the upright box around a turned document. */
static void
half_box (const Placed *placed, double *ret_x, double *ret_y)
{
  double angle = placed->rotation_deg * G_PI / 180, c = fabs (cos (angle)), s = fabs (sin (angle));

  *ret_x = (placed->document.width * c + placed->document.height * s) / 2;
  *ret_y = (placed->document.width * s + placed->document.height * c) / 2;
}

static double
pick_rotation (const CorpusSpec *spec, CorpusPage kind, const Document *document, Dice *dice)
{
  double quarter = 90 * dice_int (dice, 0, 3), angle;

  if (!spec->any_rotation)
    angle = spec->rotation_deg;
  else if (document->width > 140 || document->height > 140) /* a sheet lies along the glass */
    angle =
        (document->height > document->width && quarter != 90 && quarter != 270 ? quarter : 180 * dice_int (dice, 0, 1))
        + dice_range (dice, -0.8, 0.8);
  else if (kind == PAGE_CARD)
    angle = quarter + dice_range (dice, -3, 3);
  else if (dice_chance (dice, 0.5)) /* laid down with care */
    angle = quarter + dice_range (dice, -7, 7);
  else
    angle = dice_range (dice, 0, 360);
  angle = fmod (angle, 360);
  return angle < 0 ? angle + 360 : angle;
}

/* Where the middle may be on one axis so that the document stays on the glass; sometimes right at an edge. */
static double
pick_position (Dice *dice, double half, double low, double high)
{
  if (high - low <= 2 * half)
    return (low + high) / 2;
  switch (dice_int (dice, 0, 9))
    {
    case 0: /* against the edge, or as good as */
      return low + half + MAX (0, dice_range (dice, -0.3, 0.3));
    case 1:
      return high - half - MAX (0, dice_range (dice, -0.3, 0.3));
    default:
      return dice_range (dice, low + half, high - half);
    }
}

static void
place (Page *page, CorpusPage kind, const CorpusSpec *spec, Dice *dice)
{
  double half_x, half_y;

  for (guint i = 0; i < page->n_placed; i++)
    page->placed[i].rotation_deg = pick_rotation (spec, kind, &page->placed[i].document, dice);
  page->width = BED_WIDTH_MM;
  page->height = BED_HEIGHT_MM;
  if (kind == PAGE_CARD)
    {
      double border = dice_range (dice, 2, 6);

      half_x = LAYOUT_ID1_WIDTH_MM / 2;
      half_y = LAYOUT_ID1_HEIGHT_MM / 2;
      if (page->n_placed == 1)
        half_box (&page->placed[0], &half_x, &half_y);
      page->width = 2 * half_x + 2 * border;
      page->height = 2 * half_y + 2 * border;
      if (page->n_placed == 1)
        {
          page->placed[0].x = page->width / 2 + dice_range (dice, -0.4, 0.4) * border;
          page->placed[0].y = page->height / 2 + dice_range (dice, -0.4, 0.4) * border;
        }
      return;
    }
  if (page->n_placed == 1)
    {
      half_box (&page->placed[0], &half_x, &half_y);
      /* a sheet laid across: only a feeder takes it, and its page turns with it */
      if (half_x > BED_WIDTH_MM / 2 + 4)
        {
          page->width = BED_HEIGHT_MM;
          page->height = BED_WIDTH_MM;
        }
      page->placed[0].x = pick_position (dice, half_x, 0, page->width);
      page->placed[0].y = pick_position (dice, half_y, 0, page->height);
    }
  for (guint i = 0; i < page->n_placed && page->n_placed > 1; i++)
    {
      double band = page->height / page->n_placed;

      half_box (&page->placed[i], &half_x, &half_y);
      page->placed[i].x = pick_position (dice, half_x, 0, page->width);
      page->placed[i].y = pick_position (dice, half_y, band * i + 1, band * (i + 1) - 1);
    }
}

/* From the document's mm to the page's pixels. */
static void
placed_matrix (const Placed *placed, double scale, cairo_matrix_t *ret_matrix)
{
  cairo_matrix_init_scale (ret_matrix, scale, scale);
  cairo_matrix_translate (ret_matrix, placed->x, placed->y);
  cairo_matrix_rotate (ret_matrix, placed->rotation_deg * G_PI / 180);
  cairo_matrix_translate (ret_matrix, -placed->document.width / 2, -placed->document.height / 2);
}

static void
corners (const cairo_matrix_t *matrix, const cairo_rectangle_t *box, CorpusPoint ret_points[4])
{
  const double at[4][2] = { { 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 } };

  for (int i = 0; i < 4; i++)
    {
      ret_points[i].x = box->x + at[i][0] * box->width;
      ret_points[i].y = box->y + at[i][1] * box->height;
      cairo_matrix_transform_point (matrix, &ret_points[i].x, &ret_points[i].y);
    }
}

static void
outline (cairo_t *cr, const Document *document, double grow)
{
  if (document->corner > 0)
    pen_rounded (&(Pen){ .cr = cr }, -grow, -grow, document->width + 2 * grow, document->height + 2 * grow,
                 document->corner + grow);
  else
    cairo_rectangle (cr, -grow, -grow, document->width + 2 * grow, document->height + 2 * grow);
}

/* The lamp stands on one side: a soft shadow falls on the other, in the frame of the page. */
static void
draw_shadow (Pen *pen, const Placed *placed, const cairo_matrix_t *matrix, double scale, Dice *dice)
{
  double depth = placed->document.plastic ? dice_range (dice, 0.3, 0.9) : dice_range (dice, 0.08, 0.3);
  double dark = dice_range (dice, 0.15, 0.5), side = dice_chance (dice, 0.5) ? 1 : -1;
  const int n = 5;

  cairo_set_fill_rule (pen->cr, CAIRO_FILL_RULE_EVEN_ODD);
  for (int i = n; i > 0; i--)
    {
      cairo_matrix_t shifted;

      cairo_matrix_init_translate (&shifted, 0, side * depth * scale * i / n);
      cairo_matrix_multiply (&shifted, matrix, &shifted);
      cairo_set_matrix (pen->cr, &shifted);
      outline (pen->cr, &placed->document, 0.12 * i / n);
      cairo_set_matrix (pen->cr, matrix); /* beside the document only: what it covers need not be painted */
      outline (pen->cr, &placed->document, -0.3);
      pen_set_ink (pen, (Ink){ 0, 0, 0 }, 1 - pow (1 - dark, 1.0 / n));
      cairo_fill (pen->cr);
    }
  cairo_set_matrix (pen->cr, matrix);
  cairo_set_fill_rule (pen->cr, CAIRO_FILL_RULE_WINDING);
}

/* Nothing on the glass: light gets in under the lid, and the lid has its own marks. */
static void
draw_empty_glass (Pen *pen, const Page *page)
{
  for (int i = dice_int (pen->dice, 0, 3); i > 0; i--)
    {
      gboolean upright = dice_chance (pen->dice, 0.5), far = dice_chance (pen->dice, 0.5);
      double length = upright ? page->width : page->height, reach = dice_range (pen->dice, 0.02, 0.5) * length;
      double from = far ? length : 0, to = far ? length - reach : reach, shade = page->white_lid ? 0.25 : 0.7;
      cairo_pattern_t *pattern =
          upright ? cairo_pattern_create_linear (from, 0, to, 0) : cairo_pattern_create_linear (0, from, 0, to);

      cairo_pattern_add_color_stop_rgba (pattern, 0, shade, shade, shade, dice_range (pen->dice, 0.1, 0.5));
      cairo_pattern_add_color_stop_rgba (pattern, 1, shade, shade, shade, 0);
      cairo_set_source (pen->cr, pattern);
      cairo_paint (pen->cr);
      cairo_pattern_destroy (pattern);
    }
  if (dice_chance (pen->dice, 0.2)) /* a crease in the lid's foam */
    pen_line (pen, dice_range (pen->dice, 0, page->width), 0, dice_range (pen->dice, 0, page->width), page->height,
              dice_range (pen->dice, 0.1, 0.6), (Ink){ 0.5, 0.5, 0.5 }, dice_range (pen->dice, 0.1, 0.5));
}

/* On a surface of its own without a clip, which nearly every step would pay for; the outline is cut out once, at the end. */
static void
draw_document (cairo_t *cr, const cairo_matrix_t *matrix, Page *page, Placed *placed, const Degradation *degradation,
               Dice *dice)
{
  cairo_surface_t *under = cairo_get_target (cr), *own;
  Document *document = &placed->document;
  double x, y;
  cairo_t *own_cr;
  g_auto (Pen) pen = { 0 };

  own = cairo_image_surface_create (CAIRO_FORMAT_RGB24, cairo_image_surface_get_width (under),
                                    cairo_image_surface_get_height (under));
  cairo_surface_get_device_offset (under, &x, &y);
  cairo_surface_set_device_offset (own, x, y);
  own_cr = cairo_create (own);
  cairo_set_matrix (own_cr, matrix);
  cairo_set_antialias (own_cr, CAIRO_ANTIALIAS_FAST);
  cairo_set_line_join (own_cr, CAIRO_LINE_JOIN_BEVEL);
  pen_init (&pen, own_cr, dice, degradation, page->all_faces);
  pen.faces = page->faces;
  pen.texts = page->texts;
  document_draw (document, &pen);
  document->number_font = pen.number_font;
  wear_draw (&pen, document);
  if (degradation->worn_mm > 0)
    wear_draw_corners (&pen, document, page->lid);
  cairo_destroy (own_cr);

  cairo_save (cr);
  cairo_identity_matrix (cr);
  cairo_set_source_surface (cr, own, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_set_matrix (cr, matrix);
  outline (cr, document, 0);
  cairo_fill (cr);
  cairo_restore (cr);
  cairo_surface_destroy (own);
}

static void
draw_placed (cairo_t *cr, Page *page, Placed *placed, const Degradation *degradation, Dice *dice)
{
  double scale = page->dpi / MM_PER_INCH, edge = dice_range (dice, 0.1, 0.35);
  const Document *document = &placed->document;
  Pen pen = { .cr = cr, .dice = dice, .degradation = degradation };
  cairo_matrix_t matrix;

  placed_matrix (placed, scale, &matrix);
  cairo_save (cr);
  cairo_set_matrix (cr, &matrix);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_FAST);
  draw_shadow (&pen, placed, &matrix, scale, dice);
  draw_document (cr, &matrix, page, placed, degradation, dice);
  /* the edge itself, a little darker or lighter than what is beside it */
  outline (cr, document, 0);
  pen_set_ink (&pen, document->plastic ? (Ink){ 0.55, 0.55, 0.55 } : (Ink){ 0.7, 0.7, 0.7 }, edge);
  cairo_set_line_width (cr, 0.12);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
plan (const CorpusSpec *spec, CorpusPage kind, Dice *dice, Page *page)
{
  static const CorpusKind pairs[] = { KIND_CARD_BACK, KIND_CARD_BACK, KIND_NOTIFICATION_CARD, KIND_LICENCE,
                                      KIND_CARD_FRONT };

  page->white_lid = dice_chance (dice, 0.65);
  page->lid = page->white_lid ? pen_ink (&(Pen){ .dice = dice }, (Ink){ 0.95, 0.95, 0.95 }, 0.03)
                              : pen_ink (&(Pen){ .dice = dice }, (Ink){ 0.10, 0.10, 0.10 }, 0.04);
  if (spec->kind == KIND_TWO_CARDS)
    {
      page->n_placed = 2;
      document_plan (&page->placed[0].document, KIND_CARD_BACK, spec, dice);
      document_plan (&page->placed[1].document, dice_pick (dice, pairs), spec, dice);
    }
  else if (spec->kind != KIND_BLANK)
    {
      page->n_placed = 1;
      document_plan (&page->placed[0].document, spec->kind, spec, dice);
    }
  place (page, kind, spec, dice);
}

/* What is not lid alone. An empty glass is all drawn, for the light that gets in. */
static cairo_rectangle_int_t
documents_area (const Page *page, int width_px, int height_px)
{
  cairo_rectangle_int_t area = { 0, 0, width_px, height_px };
  double scale = page->dpi / MM_PER_INCH, left = width_px, top = height_px, right = 0, bottom = 0;

  for (guint i = 0; i < page->n_placed; i++)
    {
      const Placed *placed = &page->placed[i];
      double half_x, half_y;

      half_box (placed, &half_x, &half_y);
      left = MIN (left, (placed->x - half_x - 2) * scale);
      right = MAX (right, (placed->x + half_x + 2) * scale);
      top = MIN (top, (placed->y - half_y - 2) * scale);
      bottom = MAX (bottom, (placed->y + half_y + 2) * scale);
    }
  if (page->n_placed > 0)
    {
      area.x = MAX (0, (int) left);
      area.y = MAX (0, (int) top);
      area.width = MIN (width_px, (int) right) - area.x;
      area.height = MIN (height_px, (int) bottom) - area.y;
    }
  return area;
}

static void
add_outlines (Lens *lens, const Page *page)
{
  G_STATIC_ASSERT (MAX_DOCUMENTS <= LENS_MAX_OUTLINES);

  for (guint i = 0; i < page->n_placed; i++)
    {
      const Placed *placed = &page->placed[i];
      cairo_matrix_t matrix;

      placed_matrix (placed, page->dpi / MM_PER_INCH, &matrix);
      corners (&matrix, &(cairo_rectangle_t){ 0, 0, placed->document.width, placed->document.height },
               lens->outlines[lens->n_outlines++]);
    }
}

static void
tell_truth (const CorpusSpec *spec, const Page *page, const Lens *lens, CorpusTruth *truth)
{
  truth->kind = spec->kind;
  truth->level = spec->level;
  truth->dpi = page->dpi;
  truth->white_lid = page->white_lid;
  truth->qr = QR_NONE;
  if (page->n_placed == 1)
    {
      const Placed *placed = &page->placed[0];
      const Document *document = &placed->document;
      cairo_matrix_t matrix;

      placed_matrix (placed, page->dpi / MM_PER_INCH, &matrix);
      truth->rotation_deg = placed->rotation_deg;
      truth->has_box = TRUE;
      corners (&matrix, &document->card, truth->box);
      truth->has_number_box = document->number_ink.width > 0;
      if (truth->has_number_box)
        corners (&matrix, &document->number_ink, truth->number_box);
      for (int i = 0; i < 4; i++)
        {
          lens_move_point (lens, &truth->box[i]);
          lens_move_point (lens, &truth->number_box[i]);
        }
      g_strlcpy (truth->number, document->number, sizeof truth->number);
      g_strlcpy (truth->decoy, document->decoy, sizeof truth->decoy);
      truth->qr = document->qr;
      truth->font = document->number_font;
      truth->layout_held_out = document->layout_held_out;
    }
  truth->accept = corpus_kind_is_accepted (spec->kind) && digits_is_valid (truth->number);
}

/* (transfer full): the drawn part of the page, before it is scanned. */
static cairo_surface_t *
draw_page (Page *page, const cairo_rectangle_int_t *area, const Degradation *degradation, Dice *dice)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, area->width, area->height);
  cairo_t *cr;

  g_assert (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS);
  cairo_surface_set_device_offset (surface, -area->x, -area->y); /* so that drawing is in pixels of the page */
  cr = cairo_create (surface);
  cairo_set_source_rgb (cr, page->lid.r, page->lid.g, page->lid.b);
  cairo_paint (cr);
  for (guint i = 0; i < page->n_placed; i++)
    draw_placed (cr, page, &page->placed[i], degradation, dice);
  if (page->n_placed == 0)
    {
      Pen pen = { .cr = cr, .dice = dice, .degradation = degradation };

      cairo_scale (cr, page->dpi / MM_PER_INCH, page->dpi / MM_PER_INCH);
      draw_empty_glass (&pen, page);
    }
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

void
corpus_draw (const CorpusSpec *spec, CorpusImage *ret_image, CorpusTruth *ret_truth)
{
  Dice root = corpus_spec_dice (spec);
  Dice plan_dice = dice_fork (&root, "plan"), draw_dice = dice_fork (&root, "draw");
  Dice level_dice = dice_fork (&root, "level"), scan_dice = dice_fork (&root, "scan");
  Dice lens_dice = dice_fork (&root, "lens");
  Degradation degradation;
  Page page = { 0 };
  ScannerPage scanned = { 0 };
  Lens lens;
  guint dpi = level_pick_dpi (spec->level, &level_dice);
  gboolean color = dice_chance (&level_dice, 0.25);

  *ret_truth = (CorpusTruth){ 0 };
  *ret_image = (CorpusImage){ 0 };
  level_pick (spec->level, &level_dice, &degradation);
  page.all_faces = spec->purpose == PURPOSE_TEST;
  g_assert (spec->faces == NULL || spec->purpose == PURPOSE_TRAINING);
  page.faces = spec->faces;
  page.texts = spec->texts;
  if (spec->texts != NULL)
    texts_clear (spec->texts);
  page.dpi = spec->dpi != 0 ? spec->dpi : dpi;
  if (spec->color >= 0)
    color = spec->color;
  ret_truth->color = color;
  ret_truth->page = dice_chance (&plan_dice, 0.6) ? PAGE_BED : PAGE_CARD;
  if (spec->page != PAGE_MIXED)
    ret_truth->page = spec->page;
  if (spec->kind == KIND_TWO_CARDS) /* a feeder takes them one by one */
    ret_truth->page = PAGE_BED;
  plan (spec, ret_truth->page, &plan_dice, &page);

  scanned.dpi = page.dpi;
  scanned.width_px = (guint) lround (page.width * page.dpi / MM_PER_INCH);
  scanned.height_px = (guint) lround (page.height * page.dpi / MM_PER_INCH);
  scanned.lid[0] = page.lid.r;
  scanned.lid[1] = page.lid.g;
  scanned.lid[2] = page.lid.b;
  scanned.area = documents_area (&page, (int) scanned.width_px, (int) scanned.height_px);
  scanned.drawn = draw_page (&page, &scanned.area, &degradation, &draw_dice);
  lens_plan (&lens, &degradation, &scanned.area, scanned.width_px, page.dpi, &lens_dice);
  add_outlines (&lens, &page);
  scanner_scan (&scanned, &lens, color, &degradation, &scan_dice, ret_image);
  cairo_surface_destroy (scanned.drawn);
  tell_truth (spec, &page, &lens, ret_truth);
  if (spec->texts != NULL)
    texts_move (spec->texts, &lens);
}

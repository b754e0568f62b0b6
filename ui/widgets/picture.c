/* SPDX-License-Identifier: Apache-2.0 */
/* UiPicture: grey samples in one buffer of ours, drawn with cairo, overwritten when cleared.
 * Limit: what the compositor or a GPU keeps of a drawn frame is out of our hands; the kiosk runs on cairo's renderer. */
#include "picture.h"

#include <string.h>

#define MAX_SIDE_PX 8192u

struct _UiPicture
{
  GtkWidget parent_instance;

  /* owned */
  guint32 *pixels;          /* xRGB, width_px * rows_allocated */
  cairo_surface_t *surface; /* over pixels */
  guint width_px, rows_allocated;
  guint height_px;  /* of the whole, 0 = unknown */
  guint rows_shown; /* rows that have arrived */
  double scan_line;
};

G_DEFINE_FINAL_TYPE (UiPicture, ui_picture, GTK_TYPE_WIDGET)

static void
wipe (UiPicture *self)
{
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  if (self->pixels != NULL)
    explicit_bzero (self->pixels, (gsize) self->width_px * self->rows_allocated * sizeof (guint32));
  g_clear_pointer (&self->pixels, g_free);
  self->width_px = self->height_px = self->rows_allocated = self->rows_shown = 0;
}

/* Makes room for @rows rows; what was there is moved over and overwritten in its old place. */
static void
reserve (UiPicture *self, guint rows)
{
  guint32 *grown;

  if (rows <= self->rows_allocated)
    return;
  rows = MAX (rows, MIN (self->rows_allocated * 2, MAX_SIDE_PX));
  grown = g_new (guint32, (gsize) self->width_px * rows);
  memset (grown, 0xff, (gsize) self->width_px * rows * sizeof (guint32));
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  if (self->pixels != NULL)
    {
      gsize n_bytes = (gsize) self->width_px * self->rows_allocated * sizeof (guint32);

      memcpy (grown, self->pixels, n_bytes);
      explicit_bzero (self->pixels, n_bytes);
      g_free (self->pixels);
    }
  self->pixels = grown;
  self->rows_allocated = rows;
  self->surface = cairo_image_surface_create_for_data ((guchar *) grown, CAIRO_FORMAT_RGB24, (int) self->width_px,
                                                       (int) rows, (int) (self->width_px * sizeof (guint32)));
}

static void
ui_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiPicture *self = UI_PICTURE (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  guint rows = MAX (self->height_px, self->rows_shown);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  double scale, x, y;
  cairo_t *cr;

  if (self->surface == NULL || rows == 0 || width < 1 || height < 1)
    return;
  scale = MIN (width / self->width_px, height / rows);
  x = (width - scale * self->width_px) / 2;
  y = (height - scale * rows) / 2;
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  cairo_rectangle (cr, x, y, scale * self->width_px, scale * rows);
  cairo_set_source_rgb (cr, 0.97, 0.975, 0.98);
  cairo_fill (cr);
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, scale, scale);
  cairo_rectangle (cr, 0, 0, self->width_px, self->rows_shown);
  cairo_clip (cr);
  cairo_set_source_surface (cr, self->surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
  cairo_paint (cr);
  cairo_restore (cr);
  if (self->scan_line >= 0)
    {
      double line = y + scale * rows * MIN (self->scan_line, 1.0);
      cairo_pattern_t *glow = cairo_pattern_create_linear (0, line - 26, 0, line);

      cairo_pattern_add_color_stop_rgba (glow, 0, 0.12, 0.42, 0.72, 0.0);
      cairo_pattern_add_color_stop_rgba (glow, 1, 0.12, 0.42, 0.72, 0.35);
      cairo_rectangle (cr, x, MAX (y, line - 26), scale * self->width_px, MIN (26, line - y));
      cairo_set_source (cr, glow);
      cairo_fill (cr);
      cairo_pattern_destroy (glow);
      cairo_rectangle (cr, x, line - 1.5, scale * self->width_px, 3);
      cairo_set_source_rgb (cr, 0.12, 0.42, 0.72);
      cairo_fill (cr);
    }
  cairo_destroy (cr);
}

static void
ui_picture_dispose (GObject *object)
{
  wipe (UI_PICTURE (object));
  G_OBJECT_CLASS (ui_picture_parent_class)->dispose (object);
}

static void
ui_picture_class_init (UiPictureClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_picture_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = ui_picture_snapshot;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "picture");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ui_picture_init (UiPicture *self)
{
  self->scan_line = -1;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

void
ui_picture_add_rows (UiPicture *self, guint width_px, guint height_px, guint first_row, guint n_rows, GBytes *samples)
{
  gsize n_bytes;
  const guint8 *bytes;

  g_return_if_fail (UI_IS_PICTURE (self));

  bytes = g_bytes_get_data (samples, &n_bytes);
  if (width_px == 0 || width_px > MAX_SIDE_PX || height_px > MAX_SIDE_PX || first_row > MAX_SIDE_PX || n_rows == 0
      || n_rows > MAX_SIDE_PX - first_row || n_bytes != (gsize) width_px * n_rows)
    return;
  if (self->width_px != width_px || self->height_px != height_px)
    wipe (self);
  self->width_px = width_px;
  self->height_px = height_px;
  reserve (self, MAX (height_px, first_row + n_rows));
  cairo_surface_flush (self->surface);
  for (gsize i = 0; i < n_bytes; i++)
    self->pixels[(gsize) first_row * width_px + i] = 0xff000000u | bytes[i] * 0x010101u;
  cairo_surface_mark_dirty (self->surface);
  self->rows_shown = MAX (self->rows_shown, first_row + n_rows);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_picture_set_scan_line (UiPicture *self, double fraction)
{
  g_return_if_fail (UI_IS_PICTURE (self));

  self->scan_line = fraction;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_picture_clear (UiPicture *self)
{
  g_return_if_fail (UI_IS_PICTURE (self));

  wipe (self);
  self->scan_line = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

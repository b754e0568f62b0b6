/* SPDX-License-Identifier: Apache-2.0 */
/* pen-ground: security grounds: waves, guilloches, rosettes, micro text, and the word that shows on copies. */
#include "pen.h"

#include <math.h>

static double
strength_here (const Pen *self, double strength)
{
  return strength * self->degradation->ground;
}

/* A pattern as a height over a plane, and how it is cut into lines. Lengths in mm. */
typedef struct
{
  double pitch, depth, length, line, drift; /* waves */
  double angle;                             /* screen */
  double px_per_mm;
} Field;

/* How much of each of @n pixels the pattern covers, 0..255; the first at @u, @v of the plane, each next @du, @dv further. */
typedef void (*FieldFunc) (const Field *field, float u, float v, float du, float dv, int n, guint8 *out);

/* sin (2 pi @turns) within 0.001, by a parabola and its square; without libm, so that compilers make vectors of it. */
static inline float
sine (float turns)
{
  float x = turns + 4096.0f, y;

  x = (x - (float) (int) x) * 2 - 1;
  y = 4 * x * (1 - (x < 0 ? -x : x));
  return -(0.775f * y + 0.225f * y * (y < 0 ? -y : y));
}

static void
fill_waves (const Field *field, float u, float v, float du, float dv, int n, guint8 *out)
{
  const float drift = (float) field->drift, depth = (float) field->depth, per_length = (float) (1 / field->length);
  const float half = (float) (field->line / 2), per_pitch = (float) (1 / field->pitch), pitch = (float) field->pitch;
  const float steep = (float) (2 * G_PI * field->depth / field->length), px = (float) field->px_per_mm;
  const float most = MIN (1.0f, (float) (field->line * field->px_per_mm));

  for (int i = 0; i < n; i++)
    {
      float x = u + du * (float) i, y = v + dv * (float) i - drift * x;
      float turns = x * per_length + y * 0.033f, slope = drift + steep * sine (turns + 0.25f);
      float row = (y - depth * sine (turns)) * per_pitch + 4096.0f;
      float off = (row - (float) (int) row - 0.5f) * pitch;
      /* straight across the line, not down: 1 / sqrt (1 + slope^2), nearly */
      float away = (off < 0 ? -off : off) / (1 + 0.43f * slope * slope);
      float cover = (half - away) * px + 0.5f;

      cover = cover < 0 ? 0 : cover;
      cover = cover > most ? most : cover;
      out[i] = (guint8) (int) (255 * cover);
    }
}

/* Taken at points, as a sensor whose cells do not touch takes it: what is finer than the pixels comes back as moiré. */
static void
fill_screen (const Field *field, float u, float v, float du, float dv, int n, guint8 *out)
{
  const float c = (float) (cos (field->angle) / field->pitch), s = (float) (sin (field->angle) / field->pitch);

  for (int i = 0; i < n; i++)
    {
      float x = u + du * (float) i, y = v + dv * (float) i;

      out[i] = (guint8) (int) (127.5f + 127 * sine (c * x + s * y) * sine (c * y - s * x));
    }
}

/* Paints @ink where @fill says, over all that is not clipped away. */
static void
paint_field (Pen *self, FieldFunc fill, Field *field, Ink ink, double alpha)
{
  cairo_matrix_t matrix;
  double left, top, right, bottom;
  cairo_surface_t *mask;

  cairo_get_matrix (self->cr, &matrix);
  field->px_per_mm = hypot (matrix.xx, matrix.yx);
  cairo_save (self->cr);
  cairo_identity_matrix (self->cr);
  cairo_clip_extents (self->cr, &left, &top, &right, &bottom);
  left = floor (left);
  top = floor (top);
  mask = cairo_image_surface_create (CAIRO_FORMAT_A8, (int) ceil (right - left), (int) ceil (bottom - top));
  if (cairo_matrix_invert (&matrix) == CAIRO_STATUS_SUCCESS && cairo_image_surface_get_width (mask) > 0)
    {
      guint8 *row = cairo_image_surface_get_data (mask);

      for (int y = 0; y < cairo_image_surface_get_height (mask); y++, row += cairo_image_surface_get_stride (mask))
        {
          double u = left + 0.5, v = top + y + 0.5;

          cairo_matrix_transform_point (&matrix, &u, &v);
          fill (field, (float) u, (float) v, (float) matrix.xx, (float) matrix.yx, cairo_image_surface_get_width (mask),
                row);
        }
      cairo_surface_mark_dirty (mask);
      pen_set_ink (self, ink, alpha);
      cairo_mask_surface (self->cr, mask, left, top);
    }
  cairo_surface_destroy (mask);
  cairo_restore (self->cr);
}

void
pen_ground_waves (Pen *self, Ink ink, double strength)
{
  Field field = {
    .pitch = dice_range (self->dice, 0.55, 1.0),
    .depth = dice_range (self->dice, 0.3, 1.2),
    .length = dice_range (self->dice, 4, 12),
    .line = dice_range (self->dice, 0.07, 0.14),
    .drift = dice_range (self->dice, -0.08, 0.08),
  };

  paint_field (self, fill_waves, &field, ink, 0.35 * strength_here (self, strength));
}

void
pen_ground_screen (Pen *self, Ink ink)
{
  Field field = { .pitch = dice_range (self->dice, 0.11, 0.24), .angle = dice_range (self->dice, 0, G_PI) };

  if (self->degradation->screen >= 0.01)
    paint_field (self, fill_screen, &field, ink, self->degradation->screen);
}

void
pen_ground_guilloche (Pen *self, double width, double height, Ink ink, double strength)
{
  int n_curves = dice_int (self->dice, 10, 22);
  double middle = height * dice_range (self->dice, 0.2, 0.8), half = height * dice_range (self->dice, 0.15, 0.4);
  double length = dice_range (self->dice, 14, 40), beat = dice_range (self->dice, 25, 90);
  double phase = dice_range (self->dice, 0, 2 * G_PI);

  cairo_set_line_width (self->cr, dice_range (self->dice, 0.06, 0.11));
  pen_set_ink (self, ink, 0.4 * strength_here (self, strength));
  for (int i = 0; i < n_curves; i++)
    {
      double shift = 2 * G_PI * i / n_curves;

      for (double x = 0; x < width + 0.8; x += 0.8)
        {
          double envelope = half * (0.55 + 0.45 * sin (2 * G_PI * x / beat + phase));

          cairo_line_to (self->cr, x,
                         middle + 0.15 * half * sin (2 * G_PI * x / (1.7 * beat) - phase)
                             + envelope * sin (2 * G_PI * x / length + shift));
        }
      cairo_stroke (self->cr);
    }
}

void
pen_ground_rosette (Pen *self, double x, double y, double radius, Ink ink, double strength)
{
  int petals = dice_int (self->dice, 5, 13), rings = dice_int (self->dice, 4, 9);

  cairo_set_line_width (self->cr, dice_range (self->dice, 0.06, 0.10));
  pen_set_ink (self, ink, 0.45 * strength_here (self, strength));
  for (int ring = 1; ring <= rings; ring++)
    {
      double base = radius * ring / rings, depth = 0.22 * base;

      for (int i = 0; i <= 180; i++)
        {
          double angle = 2 * G_PI * i / 180;
          double r = base + depth * sin (petals * angle + ring * 0.7);

          cairo_line_to (self->cr, x + r * cos (angle), y + r * sin (angle));
        }
      cairo_close_path (self->cr);
      cairo_stroke (self->cr);
    }
}

void
pen_ground_micro_text (Pen *self, double width, double height, const char *word, Ink ink, double strength)
{
  g_autoptr (GString) line = g_string_new (NULL);
  double em = dice_range (self->dice, 0.5, 0.9), pitch = dice_range (self->dice, 3, 7);
  double one = pen_text_width (self, "Liberation Sans", em, word);

  for (double at = 0; at < width; at += one)
    g_string_append (line, word);
  for (double y = pitch / 2; y < height; y += pitch)
    pen_ghost (self, "Liberation Sans", em, 0, y, ink, 0.5 * strength_here (self, strength), line->str);
}

void
pen_ground_latent (Pen *self, double width, double height, const char *word, Ink ink)
{
  double em = dice_range (self->dice, 7, 13);
  int row = 0;

  for (double y = em * 0.9; y < height + em; y += em * 1.3, row++)
    for (double x = row % 2 ? -em : 0; x < width; x += em * 2.8)
      pen_ghost (self, "Noto Sans CJK JP Bold", em, x, y, ink, self->degradation->latent, word);
}

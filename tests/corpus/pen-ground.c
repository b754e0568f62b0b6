/* SPDX-License-Identifier: Apache-2.0 */
/* pen-ground: security grounds: waves, guilloches, rosettes, micro text, and the word that shows on copies. */
#include "pen.h"

#include <math.h>

static double
strength_here (const Pen *self, double strength)
{
  return strength * self->degradation->ground;
}

void
pen_ground_waves (Pen *self, double width, double height, Ink ink, double strength)
{
  double pitch = dice_range (self->dice, 0.55, 1.0), depth = dice_range (self->dice, 0.3, 1.2);
  double length = dice_range (self->dice, 4, 12), line = dice_range (self->dice, 0.07, 0.14);
  double drift = dice_range (self->dice, -0.08, 0.08), step = length / 14;

  pen_set_ink (self, ink, 0.35 * strength_here (self, strength));
  for (double y = -depth - fabs (drift) * width; y < height + depth + fabs (drift) * width; y += pitch)
    {
      /* there and back as a filled band: faster than a stroke, and than all bands at once; most of a page's time goes here */
      for (double x = 0; x < width + step; x += step)
        cairo_line_to (self->cr, x, y + drift * x + depth * sin (2 * G_PI * x / length + y * 0.21));
      for (double x = width + step; x > -step; x -= step)
        cairo_line_to (self->cr, x, y + line + drift * x + depth * sin (2 * G_PI * x / length + y * 0.21));
      cairo_fill (self->cr);
    }
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
  double alpha = CLAMP (0.5 * strength_here (self, strength), 0, 1),
         one = pen_text_width (self, "Liberation Sans", em, word);
  /* mixed with white by hand: text takes a solid ink */
  Ink pale = { 1 - alpha * (1 - ink.r), 1 - alpha * (1 - ink.g), 1 - alpha * (1 - ink.b) };
  CorpusTexts *texts = g_steal_pointer (&self->texts); /* ground, no lines to read */

  for (double at = 0; at < width; at += one)
    g_string_append (line, word);
  for (double y = pitch / 2; y < height; y += pitch)
    (void) pen_text (self, "Liberation Sans", em, 0, y, pale, line->str);
  self->texts = texts;
}

void
pen_ground_latent (Pen *self, double width, double height, const char *word, Ink ink)
{
  double em = dice_range (self->dice, 7, 13), alpha = self->degradation->latent;
  Ink pale = { 1 - alpha * (1 - ink.r), 1 - alpha * (1 - ink.g), 1 - alpha * (1 - ink.b) };
  int row = 0;
  CorpusTexts *texts = g_steal_pointer (&self->texts); /* ground, no lines to read */

  cairo_push_group (self->cr);
  for (double y = em * 0.9; y < height + em; y += em * 1.3, row++)
    for (double x = row % 2 ? -em : 0; x < width; x += em * 2.8)
      (void) pen_text (self, "Noto Sans CJK JP Bold", em, x, y, pale, word);
  self->texts = texts;
  cairo_pop_group_to_source (self->cr);
  cairo_set_operator (self->cr, CAIRO_OPERATOR_MULTIPLY);
  cairo_paint (self->cr);
  cairo_set_operator (self->cr, CAIRO_OPERATOR_OVER);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* line-set: drawn number lines as the product cuts them, many in one file. */
#include "line-set.h"

#include <math.h>
#include <string.h>

#include "number/line-tesseract.h"

#define MAX_SIDE_PX 4096

/* What a locator gets wrong: shares of the digits' height, and degrees. */
#define TILT_DEG 1.0
#define HEIGHT_ERROR 0.10
#define SHIFT 0.10
#define END_ERROR 0.75

void
line_strip_clear (LineStrip *self)
{
  g_clear_pointer (&self->font, g_free);
  g_clear_pointer (&self->strip, card_grey_free);
}

void
line_strip_cut (LineStrip *self, const CardPage *page, const CorpusTruth *truth, Dice *dice)
{
  const CorpusPoint *box = truth->number_box;
  double ux = box[1].x - box[0].x, uy = box[1].y - box[0].y, length = hypot (ux, uy);
  double true_height = hypot (box[3].x - box[0].x, box[3].y - box[0].y);
  double height = true_height * (1 + dice_range (dice, -HEIGHT_ERROR, HEIGHT_ERROR));
  double left = true_height * dice_range (dice, -END_ERROR, END_ERROR);
  double right = true_height * dice_range (dice, -END_ERROR, END_ERROR);
  double down = true_height * dice_range (dice, -SHIFT, SHIFT);
  double angle = atan2 (uy, ux) + dice_range (dice, -TILT_DEG, TILT_DEG) * G_PI / 180;
  double c = cos (angle), s = sin (angle), step = height / LINE_TESSERACT_DIGIT_PX;
  double x = (box[0].x + box[2].x) / 2, y = (box[0].y + box[2].y) / 2;
  double n_across, n_down = LINE_TESSERACT_DIGIT_PX + 2 * LINE_TESSERACT_MARGIN_PX;
  CardFrame frame;

  n_across = (length + left + right) / step + 2 * LINE_TESSERACT_SIDE_PX;
  x += (right - left) / 2 * c - down * s;
  y += (right - left) / 2 * s + down * c;
  frame = (CardFrame){ x - (n_across * c - n_down * s) * step / 2, y - (n_across * s + n_down * c) * step / 2, c * step,
                       s * step };
  g_strlcpy (self->digits, truth->number[0] != '\0' ? truth->number : truth->decoy, sizeof self->digits);
  self->level = truth->level;
  self->font = g_strdup (truth->font);
  self->dpi = truth->dpi;
  self->strip = card_grey_cut (page, &frame, (int) lround (n_across), (int) n_down);
}

gboolean
line_strip_write (const LineStrip *self, FILE *file)
{
  gsize n_bytes = (gsize) self->strip->width * self->strip->height;

  return fprintf (file, "%s\t%s\t%s\t%u\t%d\t%d\n", self->digits, corpus_level_name (self->level), self->font,
                  self->dpi, self->strip->width, self->strip->height)
             > 0
         && fwrite (self->strip->samples, 1, n_bytes, file) == n_bytes;
}

gboolean
line_strip_read (LineStrip *self, FILE *file)
{
  char line[256];
  g_auto (GStrv) fields = NULL;
  int width, height;
  gsize n_bytes;

  if (fgets (line, sizeof line, file) == NULL)
    return FALSE;
  fields = g_strsplit (g_strchomp (line), "\t", -1);
  if (g_strv_length (fields) != 6 || !digits_are_twelve (fields[0]) || !corpus_level_parse (fields[1], &self->level))
    g_error ("no file of number lines");
  width = atoi (fields[4]);
  height = atoi (fields[5]);
  if (width < 1 || width > MAX_SIDE_PX || height < 1 || height > MAX_SIDE_PX)
    g_error ("a number line of absurd size");
  g_strlcpy (self->digits, fields[0], sizeof self->digits);
  self->font = g_strdup (fields[2]);
  self->dpi = (guint) atoi (fields[3]);
  self->strip = card_grey_new (width, height);
  n_bytes = (gsize) width * height;
  if (fread (self->strip->samples, 1, n_bytes, file) != n_bytes)
    g_error ("a number line is cut short");
  return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* glyph: one printed character as the ink picture of fixed size that the networks see. */
#include "glyph.h"

#include <math.h>

/* Least difference between paper and ink, grey levels: below this the stretch would only show noise. */
#define MIN_CONTRAST 12.0f

static float
sample (const CardGrey *grey, double x, double y)
{
  double fx, fy;
  const guint8 *p;
  int x0, y0, dx, dy;

  x = CLAMP (x - 0.5, 0.0, (double) (grey->width - 1));
  y = CLAMP (y - 0.5, 0.0, (double) (grey->height - 1));
  x0 = (int) x;
  y0 = (int) y;
  fx = x - x0;
  fy = y - y0;
  dx = x0 + 1 < grey->width ? 1 : 0;
  dy = y0 + 1 < grey->height ? grey->width : 0;
  p = grey->samples + (gsize) y0 * grey->width + x0;
  return (float) ((1 - fy) * ((1 - fx) * p[0] + fx * p[dx]) + fy * ((1 - fx) * p[dy] + fx * p[dy + dx]));
}

/* Paper and ink are the means of the brightest third and of the darkest twelfth, from a histogram of the patch. */
static void
stretch (float *values, int n)
{
  int histogram[256] = { 0 };
  double paper = 0.0, ink = 0.0;
  int n_paper = MAX (n / 3, 1), n_ink = MAX (n / 12, 1);
  float contrast;

  for (int i = 0; i < n; i++)
    histogram[(int) CLAMP (values[i], 0.0f, 255.0f)]++;
  for (int level = 255, left = n_paper; level >= 0 && left > 0; level--)
    {
      int used = MIN (histogram[level], left);

      paper += (double) used * level;
      left -= used;
    }
  for (int level = 0, left = n_ink; level < 256 && left > 0; level++)
    {
      int used = MIN (histogram[level], left);

      ink += (double) used * level;
      left -= used;
    }
  paper /= n_paper;
  ink /= n_ink;
  contrast = MAX ((float) (paper - ink), MIN_CONTRAST);
  for (int i = 0; i < n; i++)
    values[i] = CLAMP (((float) paper - values[i]) / contrast, 0.0f, 1.0f);
}

static void
cut (const CardGrey *grey, double x0, double y0, double x1, double y1, double scale, int width, int height,
     float *ret_ink)
{
  double cx = (x0 + x1) / 2, cy = (y0 + y1) / 2;
  int n_sub = CLAMP ((int) ceil (scale * 0.9), 1, 6);
  float weight = 1.0f / (float) (n_sub * n_sub);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        float sum = 0.0f;

        for (int j = 0; j < n_sub; j++)
          for (int i = 0; i < n_sub; i++)
            sum += sample (grey, cx + scale * (x + (i + 0.5) / n_sub - width / 2.0),
                           cy + scale * (y + (j + 0.5) / n_sub - height / 2.0));
        ret_ink[y * width + x] = sum * weight;
      }
  stretch (ret_ink, width * height);
}

void
glyph_digit_ink (const CardGrey *grey, double x0, double y0, double x1, double y1, float *ret_ink)
{
  cut (grey, x0, y0, x1, y1, MAX (y1 - y0, 1.0) / GLYPH_DIGIT_INK, GLYPH_DIGIT_WIDTH, GLYPH_DIGIT_HEIGHT, ret_ink);
}

void
glyph_kanji_ink (const CardGrey *grey, double x0, double y0, double x1, double y1, float *ret_ink)
{
  double side = MAX (MAX (x1 - x0, y1 - y0), 1.0);

  cut (grey, x0, y0, x1, y1, side / GLYPH_KANJI_INK, GLYPH_KANJI_SIDE, GLYPH_KANJI_SIDE, ret_ink);
}

const char *
glyph_kanji_set (void)
{
  return "個人番号通知カード書運転免許証電子明交付申請住民票保険";
}

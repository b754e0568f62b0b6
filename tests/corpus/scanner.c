/* SPDX-License-Identifier: Apache-2.0 */
/* scanner: optics, light, sensor noise, streaks, dust on the glass, compression; in the order in which a real one does them. */
#include "scanner.h"

#include <math.h>
#include <string.h>

#include "jpeg.h"

#define N_NOISE 65536 /* a power of two */
#define FRACTION 4    /* bits below a step of 8-bit samples while light is added up */
#define MM_PER_INCH 25.4

/* Normal deviates, the same in every process: what differs is where each row starts in them. */
static const gint16 *
noise_table (void)
{
  static gint16 table[N_NOISE]; /* in 1/1024 */
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      Dice dice;

      dice_init (&dice, 0);
      for (int i = 0; i < N_NOISE; i++)
        table[i] = (gint16) lround (1024 * dice_normal (&dice));
      g_once_init_leave (&ready, 1);
    }
  return table;
}

/* (transfer full): the drawn part as samples. */
static guint8 *
convert (const ScannerPage *page, gboolean color)
{
  const guint8 *data = cairo_image_surface_get_data (page->drawn);
  gsize stride = (gsize) cairo_image_surface_get_stride (page->drawn);
  gsize width = (gsize) page->area.width, height = (gsize) page->area.height;
  guint8 *tile = g_malloc (width * height * (color ? 3 : 1));

  for (gsize y = 0; y < height; y++)
    {
      const guint32 *in = (const guint32 *) (gconstpointer) (data + y * stride);
      guint8 *out = tile + y * width * (color ? 3 : 1);

      if (color)
        for (gsize x = 0; x < width; x++)
          {
            out[3 * x] = (guint8) (in[x] >> 16);
            out[3 * x + 1] = (guint8) (in[x] >> 8);
            out[3 * x + 2] = (guint8) in[x];
          }
      else
        for (gsize x = 0; x < width; x++)
          out[x] = (guint8) ((77 * (in[x] >> 16 & 255) + 150 * (in[x] >> 8 & 255) + 29 * (in[x] & 255) + 128) >> 8);
    }
  return tile;
}

/* Light that reaches the sensor, over the columns and down the rows, in 1/16 of a step. */
typedef struct
{
  gint16 tone[256];
  gint16 *columns; /* a sample each */
  gint16 *grain;   /* N_NOISE and one row more */
  double along, banding, band_turns, band0;
} Light;

static void
light_clear (Light *self)
{
  g_free (self->columns);
  g_free (self->grain);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Light, light_clear)

static void
plan_light (Light *self, const CorpusImage *image, guint dpi, const Degradation *degradation, Dice *dice)
{
  double across = dice_range (dice, -1, 1) * degradation->gradient;
  gsize row_samples = (gsize) image->width_px * image->n_channels;
  int n_streaks = degradation->streaks >= 1 ? (int) degradation->streaks : 0;
  const gint16 *normal = noise_table ();
  gint32 noise = (gint32) lround (degradation->noise * 64);

  self->along = (degradation->gradient - fabs (across)) * (dice_chance (dice, 0.5) ? 1 : -1);
  self->banding = degradation->banding;
  self->band_turns = MM_PER_INCH / (dpi * dice_range (dice, 0.6, 9));
  self->band0 = dice_unit (dice);
  for (int v = 0; v < 256; v++)
    {
      double value = pow (v / 255.0, exp (degradation->log_gamma));

      value = 255 * ((value - 0.5) * degradation->contrast + 0.5 + degradation->brightness);
      self->tone[v] = (gint16) lround ((1 << FRACTION) * value);
    }
  self->columns = g_new (gint16, row_samples);
  for (gsize i = 0; i < row_samples; i++)
    self->columns[i] = (gint16) lround ((255 << FRACTION) * across * ((double) i / (double) row_samples - 0.5));
  for (; n_streaks > 0; n_streaks--)
    {
      int at = dice_int (dice, 0, (int) image->width_px - 1), width = dice_int (dice, 1, 3);
      double depth = dice_range (dice, -degradation->streak_depth, degradation->streak_depth);

      for (gsize i = (gsize) at * image->n_channels; i < MIN ((gsize) (at + width) * image->n_channels, row_samples);
           i++)
        self->columns[i] = (gint16) (self->columns[i] + (gint16) lround ((1 << FRACTION) * depth));
    }
  self->grain = g_new (gint16, N_NOISE + row_samples);
  /* half a step more, so that the shift at the end rounds */
  for (gsize i = 0; i < N_NOISE; i++)
    self->grain[i] = (gint16) (((normal[i] * noise) >> 12) + (1 << (FRACTION - 1)));
  for (gsize i = 0; i < row_samples; i++)
    self->grain[N_NOISE + i] = self->grain[i];
}

static double
light_of_row (const Light *self, guint y, guint height)
{
  return 255 * self->along * ((double) y / height - 0.5)
         + self->banding * sin (2 * G_PI * (y * self->band_turns + self->band0))
               * (0.6 + 0.4 * sin (2 * G_PI * (y * self->band_turns * 0.13 + self->band0)));
}

static void
sense_row (const gint16 *restrict toned, const gint16 *restrict columns, const gint16 *restrict grain, gint16 row,
           gsize n, guint8 *restrict out)
{
  for (gsize i = 0; i < n; i++)
    {
      gint16 value = (gint16) ((gint16) (toned[i] + columns[i] + row + grain[i]) >> FRACTION);

      value = value < 0 ? 0 : value;
      out[i] = (guint8) (value > 255 ? 255 : value);
    }
}

/* @tile: the drawn part, as the lens shows it */
static void
sense (const ScannerPage *page, const guint8 *tile, const Light *light, Dice *dice, CorpusImage *image)
{
  gsize channels = image->n_channels, n = (gsize) image->width_px * channels;
  gsize left = (gsize) page->area.x * channels, n_tile = (gsize) page->area.width * channels;
  g_autofree gint16 *lid = g_new (gint16, n), *toned = g_new (gint16, n);

  for (gsize i = 0; i < n; i++)
    {
      double grey = 0.299 * page->lid[0] + 0.587 * page->lid[1] + 0.114 * page->lid[2];

      lid[i] = light->tone[(int) lround (255 * (channels == 1 ? grey : page->lid[i % 3]))];
    }
  memcpy (toned, lid, n * sizeof *toned);
  for (guint y = 0; y < image->height_px; y++)
    {
      gboolean drawn = (int) y >= page->area.y && (int) y < page->area.y + page->area.height;

      for (gsize i = 0; drawn && i < n_tile; i++)
        toned[left + i] = light->tone[*tile++];
      sense_row (drawn ? toned : lid, light->columns, light->grain + dice_int (dice, 0, N_NOISE - 1),
                 (gint16) lround ((1 << FRACTION) * light_of_row (light, y, image->height_px)), n,
                 image->samples + y * n);
    }
}

/* A round spot of @alpha at @x, @y, its rim softened over a pixel. */
static void
stamp (CorpusImage *image, double x, double y, double radius, double shade, double alpha)
{
  int left = MAX (0, (int) (x - radius - 1)), right = MIN ((int) image->width_px - 1, (int) (x + radius + 1));
  int top = MAX (0, (int) (y - radius - 1)), bottom = MIN ((int) image->height_px - 1, (int) (y + radius + 1));

  for (int row = top; row <= bottom; row++)
    for (int column = left; column <= right; column++)
      {
        double covered = CLAMP (radius + 0.5 - hypot (column + 0.5 - x, row + 0.5 - y), 0, 1) * alpha;
        guint8 *p = image->samples + ((gsize) row * image->width_px + (gsize) column) * image->n_channels;

        for (guint channel = 0; channel < image->n_channels; channel++)
          p[channel] = (guint8) (p[channel] + covered * (255 * shade - p[channel]));
      }
}

/* Specks and hairs on the glass: sharp, whatever lies above them. */
static void
dust (CorpusImage *image, guint dpi, int n_specks, Dice *dice)
{
  double mm = dpi / MM_PER_INCH;

  for (; n_specks > 0; n_specks--)
    {
      double x = dice_range (dice, 0, image->width_px), y = dice_range (dice, 0, image->height_px);
      double shade = dice_chance (dice, 0.7) ? 0.2 : 0.95, alpha = dice_range (dice, 0.3, 0.9);

      if (dice_chance (dice, 0.15))
        {
          double angle = dice_range (dice, 0, 2 * G_PI), turn = dice_range (dice, -0.5, 0.5);
          double step = 0.05 * mm;

          for (int i = dice_int (dice, 30, 110); i > 0; i--)
            {
              stamp (image, x, y, 0.03 * mm, shade, 0.35 * alpha);
              x += step * cos (angle);
              y += step * sin (angle);
              angle += turn * 0.05;
            }
        }
      else
        stamp (image, x, y, dice_range (dice, 0.03, 0.16) * mm, shade, alpha);
    }
}

void
scanner_scan (const ScannerPage *page, const Lens *lens, gboolean color, const Degradation *degradation, Dice *dice,
              CorpusImage *ret_image)
{
  double page_mm2 =
      page->width_px * (double) page->height_px / ((double) page->dpi * page->dpi) * MM_PER_INCH * MM_PER_INCH;
  g_autofree guint8 *tile = page->area.width > 0 ? convert (page, color) : NULL;
  g_auto (Light) light = { 0 };

  ret_image->width_px = page->width_px;
  ret_image->height_px = page->height_px;
  ret_image->n_channels = color ? 3 : 1;
  ret_image->samples = g_malloc ((gsize) page->width_px * page->height_px * ret_image->n_channels);
  lens_focus (lens, tile, ret_image->n_channels);
  plan_light (&light, ret_image, page->dpi, degradation, dice);
  sense (page, tile, &light, dice, ret_image);
  dust (ret_image, page->dpi, (int) (degradation->dust * page_mm2 / 20000), dice);
  if (degradation->jpeg_quality > 0)
    jpeg_round (ret_image, &page->area, degradation->jpeg_quality);
}

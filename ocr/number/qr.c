/* SPDX-License-Identifier: Apache-2.0 */
/* qr: the QR code on the back of a 個人番号カード. */
#include "qr.h"

#include <string.h>
#include <zbar.h>

/* "All around" is this part of the picture's side: some two modules to each side. */
#define AROUND 12
#define GAIN 4

struct _QrReader
{
  zbar_image_scanner_t *scanner;
};

static gboolean
is_number (const char *data, guint n_bytes)
{
  if (n_bytes != VERDICT_N_DIGITS)
    return FALSE;
  for (guint i = 0; i < n_bytes; i++)
    if (!g_ascii_isdigit (data[i]))
      return FALSE;
  return TRUE;
}

static void
take_symbol (const zbar_symbol_t *symbol, QrFinding *finding, gboolean *conflict)
{
  const char *data = zbar_symbol_get_data (symbol);

  if (!is_number (data, zbar_symbol_get_data_length (symbol)))
    return;
  if (finding->reading.digits[0] != '\0')
    {
      *conflict = *conflict || memcmp (finding->reading.digits, data, VERDICT_N_DIGITS) != 0;
      return;
    }
  memcpy (finding->reading.digits, data, VERDICT_N_DIGITS);
  finding->reading.digits[VERDICT_N_DIGITS] = '\0';
  finding->reading.confidence = 1.0;
  finding->is_upside_down = zbar_symbol_get_orientation (symbol) == ZBAR_ORIENT_DOWN;
}

QrReader *
qr_reader_new (void)
{
  QrReader *self = g_new0 (QrReader, 1);

  self->scanner = zbar_image_scanner_create ();
  zbar_image_scanner_set_config (self->scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
  zbar_image_scanner_set_config (self->scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
  return self;
}

void
qr_reader_free (QrReader *self)
{
  if (self == NULL)
    return;
  zbar_image_scanner_destroy (self->scanner);
  g_free (self);
}

/* The mean of the samples within @radius (a square), by column sums. */
static CardGrey *
blurred (const CardGrey *grey, int radius)
{
  const int width = grey->width, height = grey->height;
  CardGrey *blur = card_grey_new (width, height);
  g_autofree guint32 *sums = g_new0 (guint32, width);
  int top = 0, bottom = 0;

  for (int y = 0; y < height; y++)
    {
      int want_top = MAX (y - radius, 0), want_bottom = MIN (y + radius + 1, height), left = 0, right = 0;
      guint32 sum = 0;

      for (; bottom < want_bottom; bottom++)
        for (int x = 0; x < width; x++)
          sums[x] += grey->samples[(gsize) bottom * width + x];
      for (; top < want_top; top++)
        for (int x = 0; x < width; x++)
          sums[x] -= grey->samples[(gsize) top * width + x];
      for (int x = 0; x < width; x++)
        {
          int want_left = MAX (x - radius, 0), want_right = MIN (x + radius + 1, width);

          for (; right < want_right; right++)
            sum += sums[right];
          for (; left < want_left; left++)
            sum -= sums[left];
          blur->samples[(gsize) y * width + x] =
              (guint8) (sum / (guint32) ((want_right - want_left) * (want_bottom - want_top)));
        }
    }
  explicit_bzero (sums, sizeof *sums * (gsize) width);
  return blur;
}

/* Noise evened out, and faint contrasts made strong against what is all around. */
static CardGrey *
cleared (const CardGrey *blur, const CardGrey *around)
{
  CardGrey *clear = card_grey_new (blur->width, blur->height);

  for (int i = 0; i < blur->width * blur->height; i++)
    clear->samples[i] = (guint8) CLAMP (128 + GAIN * (blur->samples[i] - around->samples[i]), 0, 255);
  return clear;
}

static void
scan (QrReader *self, const CardGrey *grey, QrFinding *finding)
{
  gsize n_bytes = (gsize) grey->width * grey->height;
  zbar_image_t *image = zbar_image_create ();
  gboolean conflict = FALSE;

  memset (finding, 0, sizeof *finding);
  zbar_image_set_format (image, zbar_fourcc ('Y', '8', '0', '0'));
  zbar_image_set_size (image, (unsigned) grey->width, (unsigned) grey->height);
  zbar_image_set_data (image, grey->samples, n_bytes, NULL);
  if (zbar_scan_image (self->scanner, image) > 0)
    for (const zbar_symbol_t *symbol = zbar_image_first_symbol (image); symbol != NULL;
         symbol = zbar_symbol_next (symbol))
      take_symbol (symbol, finding, &conflict);
  /* the scanner keeps the last results for reuse; give them back with the image */
  zbar_image_scanner_recycle_image (self->scanner, image);
  zbar_image_destroy (image);
  if (conflict)
    explicit_bzero (&finding->reading, sizeof finding->reading);
}

void
qr_reader_find (QrReader *self, const CardGrey *grey, QrFinding *ret_finding)
{
  g_autoptr (CardGrey) blur = blurred (grey, 1);
  g_autoptr (CardGrey) around = blurred (grey, MAX (MIN (grey->width, grey->height) / AROUND, 2));
  g_autoptr (CardGrey) clear = cleared (blur, around);
  const CardGrey *pictures[] = { clear, blur, grey };

  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++)
    {
      scan (self, pictures[i], ret_finding);
      if (ret_finding->reading.digits[0] != '\0')
        return;
    }
}

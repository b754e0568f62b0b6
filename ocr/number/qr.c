/* SPDX-License-Identifier: Apache-2.0 */
/* qr: the QR code on the back of a 個人番号カード. */
#include "qr.h"

#include <string.h>
#include <zbar.h>

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
  int min_x = G_MAXINT, min_y = G_MAXINT, max_x = G_MININT, max_y = G_MININT;

  finding->n_codes++;
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
  for (guint i = 0; i < zbar_symbol_get_loc_size (symbol); i++)
    {
      int x = zbar_symbol_get_loc_x (symbol, i), y = zbar_symbol_get_loc_y (symbol, i);

      min_x = MIN (min_x, x);
      max_x = MAX (max_x, x);
      min_y = MIN (min_y, y);
      max_y = MAX (max_y, y);
    }
  finding->x = (min_x + max_x) / 2.0;
  finding->y = (min_y + max_y) / 2.0;
  finding->side = MAX (max_x - min_x, max_y - min_y);
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

void
qr_reader_find (QrReader *self, const CardGrey *grey, QrFinding *ret_finding)
{
  gsize n_bytes = (gsize) grey->width * grey->height;
  zbar_image_t *image = zbar_image_create ();
  gboolean conflict = FALSE;

  memset (ret_finding, 0, sizeof *ret_finding);
  zbar_image_set_format (image, zbar_fourcc ('Y', '8', '0', '0'));
  zbar_image_set_size (image, (unsigned) grey->width, (unsigned) grey->height);
  zbar_image_set_data (image, grey->samples, n_bytes, NULL);
  if (zbar_scan_image (self->scanner, image) > 0)
    for (const zbar_symbol_t *symbol = zbar_image_first_symbol (image); symbol != NULL;
         symbol = zbar_symbol_next (symbol))
      take_symbol (symbol, ret_finding, &conflict);
  /* the scanner keeps the last results for reuse; give them back with the image */
  zbar_image_scanner_recycle_image (self->scanner, image);
  zbar_image_destroy (image);
  if (conflict)
    explicit_bzero (&ret_finding->reading, sizeof ret_finding->reading);
}

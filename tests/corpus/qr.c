/* SPDX-License-Identifier: Apache-2.0 */
/* qr: a thin coat over libqrencode. */
#include "qr.h"

#include <qrencode.h>
#include <string.h>

void
qr_encode (const char *text, Qr *ret_qr)
{
  QRinput *input = QRinput_new2 (0, QR_ECLEVEL_M);
  QRencodeMode mode = text[strspn (text, "0123456789")] == '\0' ? QR_MODE_NUM : QR_MODE_8;
  QRcode *code;
  int appended;

  g_assert (input != NULL);
  appended = QRinput_append (input, mode, (int) strlen (text), (const unsigned char *) text);
  g_assert (appended == 0);
  code = QRcode_encodeInput (input);
  g_assert (code != NULL);
  ret_qr->n_side = (guint) code->width;
  ret_qr->modules = g_new (guint8, (gsize) code->width * code->width);
  for (int i = 0; i < code->width * code->width; i++)
    ret_qr->modules[i] = code->data[i] & 1;
  QRcode_free (code);
  QRinput_free (input);
}

void
qr_clear (Qr *self)
{
  g_clear_pointer (&self->modules, g_free);
}

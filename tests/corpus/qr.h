/* SPDX-License-Identifier: Apache-2.0 */
/* qr: QR codes as modules. */
#pragma once

#include <glib.h>

typedef struct
{
  guint n_side;    /* modules in a row */
  guint8 *modules; /* owned; n_side * n_side, 1 dark, row by row */
} Qr;

/**
 * qr_encode:
 * @text: digits only give a numeric code; twelve digits give version 1 (21 modules) at level M
 *
 * Never fails for the short texts drawn here.
 */
void qr_encode (const char *text, Qr *ret_qr);
void qr_clear (Qr *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Qr, qr_clear)

/* SPDX-License-Identifier: Apache-2.0 */
/* PnmReader: PBM, PGM and PPM, plain and raw, as 8-bit rows. Streams; holds one row at a time. Trusts nothing. */
#pragma once

#include "scan-driver.h"

G_BEGIN_DECLS

typedef struct _PnmReader PnmReader;

/**
 * PnmSource:
 *
 * Fills up to @n_bytes of @bytes. Returns: how many, 0 at the end, -1 with @error set.
 */
typedef gssize (*PnmSource) (gpointer data, guint8 *bytes, gsize n_bytes, GError **error);

PnmReader *pnm_reader_new (PnmSource source, gpointer data);
/* Wipes what it held. %NULL is fine. */
void pnm_reader_free (PnmReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnmReader, pnm_reader_free)

/**
 * pnm_reader_read_header:
 * @ret_format: (out): size and channels; dpi is 0, since the format has no place for it
 *
 * Call it once, before any row. Format: netpbm's pbm(5), pgm(5), ppm(5); the header may be at most 4096 bytes long.
 *
 * Returns: %FALSE with
 *   %SCAN_ERROR_BAD_IMAGE    no such header, or one cut short
 *   %SCAN_ERROR_ABSURD_SIZE  no pixels, or more than scan_format_check () takes
 */
gboolean pnm_reader_read_header (PnmReader *self, ScanFormat *ret_format, GError **error);

/**
 * pnm_reader_read_rows:
 * @rows: room for @max_rows rows of width_px * n_channels bytes
 *
 * Samples of any maximum value are scaled to 0..255.
 *
 * Returns: how many rows were written, 0 after the last one, -1 with %SCAN_ERROR_BAD_IMAGE when the picture is cut
 * short or has a sample beyond its own maximum.
 */
gssize pnm_reader_read_rows (PnmReader *self, guint8 *rows, guint max_rows, GError **error);

G_END_DECLS

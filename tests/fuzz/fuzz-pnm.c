/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a PNM: a size within the limits and rows that fit it, or an error. */
#include <string.h>

#include "fuzz.h"
#include "scan/pnm.h"

typedef struct
{
  const uint8_t *data;
  size_t size;
} Input;

static gssize
read_input (gpointer data, guint8 *bytes, gsize n_bytes, GError **error)
{
  Input *input = data;
  gsize n = MIN (n_bytes, input->size);

  n = n > 3 ? n / 2 : n; /* in pieces */
  memcpy (bytes, input->data, n);
  input->data += n;
  input->size -= n;
  return (gssize) n;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Input input = { data, size };
  g_autoptr (PnmReader) reader = pnm_reader_new (read_input, &input);
  g_autofree guint8 *rows = NULL;
  guint n_rows = 0;
  ScanFormat format;
  gssize n;

  if (!pnm_reader_read_header (reader, &format, NULL))
    return 0;
  g_assert_true (scan_format_check (format.width_px, format.height_px, NULL));
  rows = g_malloc ((gsize) format.width_px * format.n_channels * 3);
  while ((n = pnm_reader_read_rows (reader, rows, 3, NULL)) > 0)
    n_rows += (guint) n;
  g_assert_true (n < 0 || n_rows == format.height_px);
  return 0;
}

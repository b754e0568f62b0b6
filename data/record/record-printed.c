/* SPDX-License-Identifier: Apache-2.0 */
/* record-printed: a checkpoint of the record as text that a QR code holds. Written in one way only. */
#include "record-file.h"

#include <string.h>

#include "custody-error.h"
#include "lines.h"

#define MAGIC "azukari-record"
#define VERSION "1"
#define N_PARTS 6

char *
record_printed_to_text (const RecordPrinted *self)
{
  guint8 der[ATTESTATION_DER_MAX_BYTES];
  gsize n_der = attestation_signature_to_der (&self->attestation, der);
  g_autofree char *attest = g_base64_encode (self->attestation.bytes, self->attestation.n_bytes);
  g_autofree char *signature = g_base64_encode (der, n_der);

  return g_strdup_printf (MAGIC ":" VERSION ":%s:%" G_GUINT64_FORMAT ":%s:%s", self->vault_id, self->seq, attest,
                          signature);
}

static gboolean
take_parts (RecordPrinted *self, char **parts)
{
  g_autofree guint8 *attest = NULL, *signature = NULL;
  gsize n_signature;

  if (g_strv_length (parts) != N_PARTS || !g_str_equal (parts[0], MAGIC) || !g_str_equal (parts[1], VERSION)
      || !g_uuid_string_is_valid (parts[2]) || !lines_parse_number (parts[3], &self->seq))
    return FALSE;
  g_strlcpy (self->vault_id, parts[2], sizeof self->vault_id);
  attest = g_base64_decode (parts[4], &self->attestation.n_bytes);
  signature = g_base64_decode (parts[5], &n_signature);
  if (self->attestation.n_bytes == 0 || self->attestation.n_bytes > sizeof self->attestation.bytes
      || !attestation_signature_from_der (&self->attestation, signature, n_signature))
    return FALSE;
  memcpy (self->attestation.bytes, attest, self->attestation.n_bytes);
  return TRUE;
}

gboolean
record_printed_from_text (RecordPrinted *self, const char *text, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text)), *again = NULL;
  g_auto (GStrv) parts = g_strsplit (stripped, ":", N_PARTS + 1);

  *self = (RecordPrinted){ 0 };
  if (take_parts (self, parts))
    again = record_printed_to_text (self);
  /* Base64 is read leniently: what we would write otherwise is not ours. */
  if (g_strcmp0 (again, stripped) == 0)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "this is no checkpoint from a printed record");
  return FALSE;
}

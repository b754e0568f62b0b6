/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an exported record: only the one that this key signed is taken. */
#include <sodium.h>
#include <string.h>

#include "fuzz.h"
#include "record-file.h"

#define KEY                                                                                                            \
  "e871ea9a7ac27d608024f0851276e385a33c6ab37cb0138c4c0a977a3d9cb8a5"                                                   \
  "c46aca8b9a9f98f00ac1c09de927da76588d792f03aa26f9a6b2fcc557f8cb5f"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  guint8 key[ATTESTATION_KEY_BYTES];
  g_autofree char *text = g_strndup ((const char *) data, size);
  RecordPrinted printed;
  RecordFile file;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sodium_hex2bin (key, sizeof key, KEY, strlen (KEY), NULL, NULL, NULL), ==, 0);
  if (record_file_check ((const char *) data, size, key, NULL, &file, &error))
    {
      g_assert_cmpuint (file.audit.length, ==, 6);
      g_assert_cmpuint (file.audit.attested, ==, file.audit.length);
    }
  else
    g_assert_nonnull (error);
  if (record_printed_from_text (&printed, text, NULL))
    g_assert_cmpuint (printed.attestation.n_bytes, <=, sizeof printed.attestation.bytes);
  return 0;
}

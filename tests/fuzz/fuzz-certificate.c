/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a certificate of disposal: only the one that this key signed is taken, and what is taken is written again the same. */
#include <sodium.h>
#include <string.h>

#include "certificate.h"
#include "fuzz.h"

#define KEY                                                                                                            \
  "f3f64e4005a61bf29927916b839e344bfaa721ec4fe0f01330569bb15b548126"                                                   \
  "25838853d944baa6db062172334ca3841cc3cc02c8fc031cc9f63727ce96963e"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  guint8 key[ATTESTATION_KEY_BYTES];
  g_autoptr (Certificate) certificate = NULL, draft = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sodium_hex2bin (key, sizeof key, KEY, strlen (KEY), NULL, NULL, NULL), ==, 0);
  certificate = certificate_check ((const char *) data, size, key, NULL, NULL, &error);
  if (certificate != NULL)
    {
      g_assert_cmpuint (certificate->items->len, ==, 3);
      g_assert_cmpuint (certificate->n_numbers, ==, 3);
    }
  else
    g_assert_nonnull (error);
  draft = certificate_from_text ((const char *) data, size, NULL);
  if (draft != NULL)
    {
      g_autofree char *again = certificate_to_text (draft);

      g_assert_cmpmem (again, strlen (again), data, size);
    }
  return 0;
}

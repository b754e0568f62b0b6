/* SPDX-License-Identifier: Apache-2.0 */
/* keyset-earlier: keysets as earlier programs wrote them. */
#pragma once

#include <sodium.h>

#include "keyset.h"

/* As a program of before wrote it: without what came later. */
static inline GBytes *
keyset_earlier_file (const Keyset *keyset, guint version)
{
  g_autoptr (GBytes) now = keyset_serialize (keyset);
  g_autoptr (GBytes) body = g_bytes_new_from_bytes (now, 12, g_bytes_get_size (now) - 12 - 32);
  g_autoptr (GVariant) tuple = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE ("(ssayayayutuayayayayayayayayaya(sayayuuayay))"), body, FALSE));
  g_autoptr (GVariant) earlier = NULL;
  GByteArray *file = g_byte_array_new ();
  GVariantBuilder builder;
  guint32 stored = GUINT32_TO_LE (version);
  guint8 digest[32];

  g_variant_builder_init (&builder, G_VARIANT_TYPE_TUPLE);
  for (gsize i = 0; i < g_variant_n_children (tuple); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (tuple, i);

      /* 11: attestation key, 12 and 13: transport and index key, 14: boot policy, 15: scopes */
      if (i < 11 || i > 15 || (i == 14 && version >= 4) || (i == 11 && version >= 2) || (i <= 13 && version >= 3))
        g_variant_builder_add_value (&builder, child);
    }
  earlier = g_variant_ref_sink (g_variant_builder_end (&builder));
  g_byte_array_append (file, (const guint8 *) "AZKEYSET", 8);
  g_byte_array_append (file, (const guint8 *) &stored, sizeof stored);
  g_byte_array_append (file, g_variant_get_data (earlier), g_variant_get_size (earlier));
  crypto_hash_sha256 (digest, file->data, file->len);
  g_byte_array_append (file, digest, sizeof digest);
  return g_byte_array_free_to_bytes (file);
}

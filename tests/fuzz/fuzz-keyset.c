/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a keyset, as they are and with the digest that they should end with: damaged, or one that keeps every promise of keyset.h and
 * is written as it was read. */
#include <sodium.h>
#include <string.h>

#include "custody-error.h"
#include "fuzz.h"
#include "keyset.h"

static void
check_keyset (const Keyset *keyset)
{
  g_autoptr (GBytes) written = keyset_serialize (keyset);
  g_autoptr (Keyset) again = keyset_parse (written, NULL);
  g_autoptr (GBytes) twice = NULL;

  g_assert_nonnull (again);
  twice = keyset_serialize (again);
  g_assert_true (g_bytes_equal (written, twice));
  g_assert_cmpuint (keyset->admins->len, >=, 1);
  g_assert_cmpuint (keyset->admins->len, <=, KEYSET_MAX_ADMINS);
  g_assert_true (g_uuid_string_is_valid (keyset->vault_id));
  for (guint i = 0; i < keyset->admins->len; i++)
    {
      const KeysetAdmin *admin = g_ptr_array_index (keyset->admins, i);

      g_assert_true (g_uuid_string_is_valid (admin->id));
      g_assert_cmpuint (admin->argon_kib, <=, 1024 * 1024);
      g_assert_cmpuint (admin->argon_ops, <=, 16);
      g_assert_nonnull (keyset_find_admin (keyset, admin->id));
    }
}

static void
parse (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Keyset) keyset = keyset_parse (bytes, &error);

  if (keyset != NULL)
    check_keyset (keyset);
  else
    g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) as_is = g_bytes_new_static (data, size), with_digest = NULL;
  guint8 *whole = g_malloc (size + crypto_hash_sha256_BYTES);

  memcpy (whole, data, size);
  crypto_hash_sha256 (whole + size, data, size);
  with_digest = g_bytes_new_take (whole, size + crypto_hash_sha256_BYTES);
  parse (as_is);
  parse (with_digest);
  return 0;
}

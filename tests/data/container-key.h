/* SPDX-License-Identifier: Apache-2.0 */
/* container-key: a recipient of containers without a TPM: a fixed P-256 key, for tests alone. */
#pragma once

#include "container.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <sodium.h>
#include <string.h>

#include "custody-error.h"

#define TEST_PRIVATE "AFC2B577F53C18298CB5E127647C0A188E675C07067EA162CDE1909E5028C908"
#define TEST_POINT                                                                                                     \
  "9c4abb19f9ff36ebb1c04d373e4bdab4a4b83e53a17d8666603af30d57e5141f"                                                   \
  "0c1e3c9c86dad4fe528006107f5f31fa13c5e384392785f23a4155df020756c6"

static inline void
test_point (guint8 ret_point[CONTAINER_POINT_BYTES])
{
  g_assert_cmpint (sodium_hex2bin (ret_point, CONTAINER_POINT_BYTES, TEST_POINT, strlen (TEST_POINT), NULL, NULL, NULL),
                   ==, 0);
}

static inline EVP_PKEY *
test_key_build (const guint8 point[CONTAINER_POINT_BYTES], gboolean with_private)
{
  guint8 encoded[1 + CONTAINER_POINT_BYTES] = { 4 };
  OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new ();
  BIGNUM *number = NULL;
  OSSL_PARAM *parameters;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name (NULL, "EC", NULL);
  EVP_PKEY *key = NULL;

  memcpy (encoded + 1, point, CONTAINER_POINT_BYTES);
  g_assert_true (BN_hex2bn (&number, TEST_PRIVATE) > 0);
  OSSL_PARAM_BLD_push_utf8_string (builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string (builder, OSSL_PKEY_PARAM_PUB_KEY, encoded, sizeof encoded);
  if (with_private)
    OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_PRIV_KEY, number);
  parameters = OSSL_PARAM_BLD_to_param (builder);
  g_assert_cmpint (EVP_PKEY_fromdata_init (context), ==, 1);
  if (EVP_PKEY_fromdata (context, &key, with_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, parameters) != 1)
    key = NULL;
  OSSL_PARAM_free (parameters);
  OSSL_PARAM_BLD_free (builder);
  EVP_PKEY_CTX_free (context);
  BN_free (number);
  return key;
}

/* A ContainerAgree; %NULL with an error for an @ephemeral that is no point, as a TPM does. */
static inline Secret *
test_agree (const guint8 ephemeral[CONTAINER_POINT_BYTES], gpointer user_data, GError **error)
{
  guint8 point[CONTAINER_POINT_BYTES];
  EVP_PKEY *own, *peer = test_key_build (ephemeral, FALSE);
  EVP_PKEY_CTX *context;
  Secret *shared = NULL;
  gsize size = CONTAINER_SHARED_BYTES;

  if (peer == NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_DAMAGED, "no point");
      return NULL;
    }
  test_point (point);
  own = test_key_build (point, TRUE);
  context = EVP_PKEY_CTX_new_from_pkey (NULL, own, NULL);
  shared = secret_new (CONTAINER_SHARED_BYTES);
  g_assert_true (EVP_PKEY_derive_init (context) == 1 && EVP_PKEY_derive_set_peer (context, peer) == 1
                 && EVP_PKEY_derive (context, secret_get_writable (shared), &size) == 1);
  EVP_PKEY_CTX_free (context);
  EVP_PKEY_free (own);
  EVP_PKEY_free (peer);
  return shared;
}

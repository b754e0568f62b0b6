/* SPDX-License-Identifier: Apache-2.0 */
/* container: the ephemeral side of an ECDH over P-256, which libsodium lacks. */
#include "container.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <string.h>

#define CURVE "prime256v1"
#define ENCODED_BYTES (1 + CONTAINER_POINT_BYTES) /* 4, x, y: an uncompressed point */
#define UNCOMPRESSED 4

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY_CTX, EVP_PKEY_CTX_free)

static EVP_PKEY *
key_from_point (const guint8 point[CONTAINER_POINT_BYTES])
{
  guint8 encoded[ENCODED_BYTES] = { UNCOMPRESSED };
  char curve[] = CURVE;
  const OSSL_PARAM parameters[] = {
    OSSL_PARAM_construct_utf8_string (OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
    OSSL_PARAM_construct_octet_string (OSSL_PKEY_PARAM_PUB_KEY, encoded, sizeof encoded), OSSL_PARAM_construct_end ()
  };
  g_autoptr (EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name (NULL, "EC", NULL);
  EVP_PKEY *pkey = NULL;

  memcpy (encoded + 1, point, CONTAINER_POINT_BYTES);
  /* Fails for what is not on the curve. */
  if (context == NULL || EVP_PKEY_fromdata_init (context) != 1
      || EVP_PKEY_fromdata (context, &pkey, EVP_PKEY_PUBLIC_KEY, (OSSL_PARAM *) parameters) != 1)
    return NULL;
  return pkey;
}

static gboolean
get_point (EVP_PKEY *pkey, guint8 ret_point[CONTAINER_POINT_BYTES])
{
  guint8 encoded[ENCODED_BYTES];
  gsize size = 0;

  if (EVP_PKEY_get_octet_string_param (pkey, OSSL_PKEY_PARAM_PUB_KEY, encoded, sizeof encoded, &size) != 1
      || size != sizeof encoded || encoded[0] != UNCOMPRESSED)
    return FALSE;
  memcpy (ret_point, encoded + 1, CONTAINER_POINT_BYTES);
  return TRUE;
}

Secret *
container_agree_fresh (const guint8 point[CONTAINER_POINT_BYTES], guint8 ret_ephemeral[CONTAINER_POINT_BYTES])
{
  g_autoptr (EVP_PKEY) peer = key_from_point (point);
  g_autoptr (EVP_PKEY) own = peer != NULL ? EVP_PKEY_Q_keygen (NULL, NULL, "EC", CURVE) : NULL;
  g_autoptr (EVP_PKEY_CTX) context = own != NULL ? EVP_PKEY_CTX_new_from_pkey (NULL, own, NULL) : NULL;
  g_autoptr (Secret) shared = secret_new (CONTAINER_SHARED_BYTES);
  gsize size = CONTAINER_SHARED_BYTES;

  if (context == NULL || EVP_PKEY_derive_init (context) != 1 || EVP_PKEY_derive_set_peer (context, peer) != 1
      || EVP_PKEY_derive (context, secret_get_writable (shared), &size) != 1 || size != CONTAINER_SHARED_BYTES
      || !get_point (own, ret_ephemeral))
    return NULL;
  return g_steal_pointer (&shared);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* token: ephemeral P-256 keys (libcrypto, as libsodium has none) and what is derived with them. */
#include "token.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>

#define CURVE "prime256v1"
#define UNCOMPRESSED 4
#define ENCODED_BYTES (1 + TOKEN_POINT_BYTES)
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY_CTX, EVP_PKEY_CTX_free)

struct _TokenAsked
{
  /* owned */
  char *vault_id;
  char *purpose;
  EVP_PKEY *key; /* libcrypto wipes its private half when it is freed */
  TokenQuestion question;
};

/* --- the curve ------------------------------------------------------------------------------------------------------- */

/* NULL for a point that is not on the curve. */
static EVP_PKEY *
key_from_point (const guint8 point[TOKEN_POINT_BYTES])
{
  guint8 encoded[ENCODED_BYTES] = { UNCOMPRESSED };
  char curve[] = CURVE;
  OSSL_PARAM parameters[] = { OSSL_PARAM_construct_utf8_string (OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
                              OSSL_PARAM_construct_octet_string (OSSL_PKEY_PARAM_PUB_KEY, encoded, sizeof encoded),
                              OSSL_PARAM_construct_end () };
  g_autoptr (EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name (NULL, "EC", NULL);
  g_autoptr (EVP_PKEY_CTX) check = NULL;
  g_autoptr (EVP_PKEY) key = NULL;

  memcpy (encoded + 1, point, TOKEN_POINT_BYTES);
  if (context == NULL || EVP_PKEY_fromdata_init (context) != 1
      || EVP_PKEY_fromdata (context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
    return NULL;
  check = EVP_PKEY_CTX_new (key, NULL);
  return check != NULL && EVP_PKEY_public_check (check) == 1 ? g_steal_pointer (&key) : NULL;
}

/* A fresh pair; without memory or random numbers there is nothing to go on with. */
static EVP_PKEY *
key_generate (guint8 ret_point[TOKEN_POINT_BYTES])
{
  EVP_PKEY *key = EVP_EC_gen (CURVE);
  guint8 encoded[ENCODED_BYTES];
  gsize size = 0;

  if (key == NULL || EVP_PKEY_get_octet_string_param (key, OSSL_PKEY_PARAM_PUB_KEY, encoded, sizeof encoded, &size) != 1
      || size != sizeof encoded || encoded[0] != UNCOMPRESSED)
    g_error ("libcrypto makes no P-256 key");
  memcpy (ret_point, encoded + 1, TOKEN_POINT_BYTES);
  return key;
}

static Secret *
agree (EVP_PKEY *key, const guint8 point[TOKEN_POINT_BYTES])
{
  g_autoptr (EVP_PKEY) peer = key_from_point (point);
  g_autoptr (EVP_PKEY_CTX) context = peer != NULL ? EVP_PKEY_CTX_new (key, NULL) : NULL;
  g_autoptr (Secret) shared = secret_new (TOKEN_SHARED_BYTES);
  gsize size = TOKEN_SHARED_BYTES;

  if (context == NULL || EVP_PKEY_derive_init (context) != 1 || EVP_PKEY_derive_set_peer (context, peer) != 1
      || EVP_PKEY_derive (context, secret_get_writable (shared), &size) != 1 || size != TOKEN_SHARED_BYTES)
    return NULL;
  return g_steal_pointer (&shared);
}

/* --- questions ------------------------------------------------------------------------------------------------------- */

TokenAsked *
token_asked_new (const char *vault_id, const char *purpose)
{
  TokenAsked *self = g_new0 (TokenAsked, 1);

  self->vault_id = g_strdup (vault_id);
  self->purpose = g_strdup (purpose);
  self->question.vault_id = self->vault_id;
  self->question.purpose = self->purpose;
  randombytes_buf (self->question.nonce, sizeof self->question.nonce);
  self->key = key_generate (self->question.ephemeral);
  return self;
}

void
token_asked_free (TokenAsked *self)
{
  if (self == NULL)
    return;
  EVP_PKEY_free (self->key);
  g_free (self->vault_id);
  g_free (self->purpose);
  g_free (self);
}

const char *
token_asked_get_purpose (const TokenAsked *self)
{
  return self->purpose;
}

const TokenQuestion *
token_asked_get_question (const TokenAsked *self)
{
  return &self->question;
}

gboolean
token_asked_check (const TokenAsked *self, const guint8 point[TOKEN_POINT_BYTES], const guint8 proof[TOKEN_PROOF_BYTES],
                   const guint8 *sealed, Secret **ret_key)
{
  g_autoptr (Secret) shared = agree (self->key, point);
  TokenQuestion question = self->question;

  memcpy (question.point, point, TOKEN_POINT_BYTES);
  if (shared == NULL || !token_proof_check (&question, shared, proof))
    return FALSE;
  if (ret_key != NULL)
    *ret_key = sealed != NULL ? token_key_open (&question, shared, sealed) : NULL;
  return TRUE;
}

/* --- what is kept for a token ---------------------------------------------------------------------------------------- */

gboolean
token_wrap (const char *vault_id, const guint8 point[TOKEN_POINT_BYTES], const Secret *secret, TokenWrap *ret_wrap)
{
  TokenWrap wrap;
  g_autoptr (EVP_PKEY) ephemeral = key_generate (wrap.ephemeral);
  g_autoptr (Secret) shared = agree (ephemeral, point);
  g_autoptr (Secret) key = NULL;

  g_assert (secret_get_size (secret) == TOKEN_KEY_BYTES);
  if (shared == NULL)
    return FALSE;
  key = token_lock_key (vault_id, point, wrap.ephemeral, shared);
  randombytes_buf (wrap.sealed, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (wrap.sealed + NONCE_BYTES, NULL, secret_get_data (secret, NULL),
                                              TOKEN_KEY_BYTES, NULL, 0, NULL, wrap.sealed, secret_get_data (key, NULL));
  *ret_wrap = wrap;
  return TRUE;
}

Secret *
token_unwrap (const TokenWrap *wrap, const Secret *key)
{
  g_autoptr (Secret) secret = secret_new (TOKEN_KEY_BYTES);

  if (secret_get_size (key) != TOKEN_KEY_BYTES
      || crypto_aead_xchacha20poly1305_ietf_decrypt (secret_get_writable (secret), NULL, NULL,
                                                     wrap->sealed + NONCE_BYTES, TOKEN_SEALED_BYTES - NONCE_BYTES, NULL,
                                                     0, wrap->sealed, secret_get_data (key, NULL))
             != 0)
    return NULL;
  return g_steal_pointer (&secret);
}

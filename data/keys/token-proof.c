/* SPDX-License-Identifier: Apache-2.0 */
/* token-proof: keyed hashes of a question, and one key under another. */
#include "token-proof.h"

#include <sodium.h>
#include <string.h>

#define PROOF_CONTEXT "azukari token proof v1"
#define CARRY_CONTEXT "azukari token carry v1"
#define LOCK_CONTEXT "azukari token lock v1"
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

G_STATIC_ASSERT (TOKEN_SEALED_BYTES == NONCE_BYTES + TOKEN_KEY_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES);
G_STATIC_ASSERT (TOKEN_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

/* With its closing zero, so that no two lists of texts are the same bytes. */
static void
add_text (crypto_generichash_state *state, const char *text)
{
  crypto_generichash_update (state, (const guint8 *) text, strlen (text) + 1);
}

static void
begin (crypto_generichash_state *state, const char *context, const Secret *shared, gsize n_bytes)
{
  crypto_generichash_init (state, secret_get_data (shared, NULL), secret_get_size (shared), n_bytes);
  add_text (state, context);
}

static void
hash_question (const TokenQuestion *question, const char *context, const Secret *shared, guint8 *out, gsize n_bytes)
{
  crypto_generichash_state state;

  begin (&state, context, shared, n_bytes);
  add_text (&state, question->vault_id);
  add_text (&state, question->purpose);
  crypto_generichash_update (&state, question->nonce, sizeof question->nonce);
  crypto_generichash_update (&state, question->ephemeral, sizeof question->ephemeral);
  crypto_generichash_update (&state, question->point, sizeof question->point);
  crypto_generichash_final (&state, out, n_bytes);
  sodium_memzero (&state, sizeof state);
}

void
token_proof_make (const TokenQuestion *question, const Secret *shared, guint8 ret_proof[TOKEN_PROOF_BYTES])
{
  hash_question (question, PROOF_CONTEXT, shared, ret_proof, TOKEN_PROOF_BYTES);
}

gboolean
token_proof_check (const TokenQuestion *question, const Secret *shared, const guint8 proof[TOKEN_PROOF_BYTES])
{
  guint8 expected[TOKEN_PROOF_BYTES];
  gboolean fits;

  token_proof_make (question, shared, expected);
  fits = sodium_memcmp (expected, proof, sizeof expected) == 0;
  sodium_memzero (expected, sizeof expected);
  return fits;
}

Secret *
token_lock_key (const char *vault_id, const guint8 point[TOKEN_POINT_BYTES], const guint8 ephemeral[TOKEN_POINT_BYTES],
                const Secret *shared)
{
  Secret *key = secret_new (TOKEN_KEY_BYTES);
  crypto_generichash_state state;

  begin (&state, LOCK_CONTEXT, shared, TOKEN_KEY_BYTES);
  add_text (&state, vault_id);
  crypto_generichash_update (&state, ephemeral, TOKEN_POINT_BYTES);
  crypto_generichash_update (&state, point, TOKEN_POINT_BYTES);
  crypto_generichash_final (&state, secret_get_writable (key), TOKEN_KEY_BYTES);
  sodium_memzero (&state, sizeof state);
  return key;
}

static Secret *
carry_key (const TokenQuestion *question, const Secret *shared)
{
  Secret *key = secret_new (TOKEN_KEY_BYTES);

  hash_question (question, CARRY_CONTEXT, shared, secret_get_writable (key), TOKEN_KEY_BYTES);
  return key;
}

void
token_key_seal (const TokenQuestion *question, const Secret *shared, const Secret *key,
                guint8 ret_sealed[TOKEN_SEALED_BYTES])
{
  g_autoptr (Secret) carry = carry_key (question, shared);

  g_assert (secret_get_size (key) == TOKEN_KEY_BYTES);
  randombytes_buf (ret_sealed, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (ret_sealed + NONCE_BYTES, NULL, secret_get_data (key, NULL),
                                              TOKEN_KEY_BYTES, NULL, 0, NULL, ret_sealed,
                                              secret_get_data (carry, NULL));
}

Secret *
token_key_open (const TokenQuestion *question, const Secret *shared, const guint8 sealed[TOKEN_SEALED_BYTES])
{
  g_autoptr (Secret) carry = carry_key (question, shared);
  g_autoptr (Secret) key = secret_new (TOKEN_KEY_BYTES);

  if (crypto_aead_xchacha20poly1305_ietf_decrypt (secret_get_writable (key), NULL, NULL, sealed + NONCE_BYTES,
                                                  TOKEN_SEALED_BYTES - NONCE_BYTES, NULL, 0, sealed,
                                                  secret_get_data (carry, NULL))
      != 0)
    return NULL;
  return g_steal_pointer (&key);
}

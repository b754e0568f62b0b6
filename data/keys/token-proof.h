/* SPDX-License-Identifier: Apache-2.0 */
/* token-proof: what a token (PKCS#11, P-256) shows a vault: that it is there. The one file of data/ that azukari-token uses.
 *
 * The vault makes a fresh key pair for each question; the token derives the shared secret with its own key, and what goes back is
 * a MAC of the whole question under it. The vault knows the same secret from its own half. Nothing of it is of use to whoever
 * carries it in between, for another question, another connection or another purpose. */
#pragma once

#include <glib.h>

#include "secret.h"

G_BEGIN_DECLS

#define TOKEN_POINT_BYTES 64 /* P-256: x and y */
#define TOKEN_SHARED_BYTES 32
#define TOKEN_NONCE_BYTES 32
#define TOKEN_PROOF_BYTES 32
#define TOKEN_KEY_BYTES 32
#define TOKEN_SEALED_BYTES (24 + TOKEN_KEY_BYTES + 16) /* nonce, key, tag */
#define TOKEN_WORD_MAX 64                              /* bytes of a vault's id, a token's id, a purpose */

/* One question, as both sides see it. */
typedef struct
{
  const char *vault_id;                /* borrowed */
  const char *purpose;                 /* borrowed */
  guint8 nonce[TOKEN_NONCE_BYTES];     /* of the connection that asked */
  guint8 ephemeral[TOKEN_POINT_BYTES]; /* the vault's, for this question */
  guint8 point[TOKEN_POINT_BYTES];     /* the token's */
} TokenQuestion;

/** token_proof_make: @shared: x coordinate of ECDH (token, ephemeral), TOKEN_SHARED_BYTES. */
void token_proof_make (const TokenQuestion *question, const Secret *shared, guint8 ret_proof[TOKEN_PROOF_BYTES]);
/** token_proof_check: in constant time. */
gboolean token_proof_check (const TokenQuestion *question, const Secret *shared, const guint8 proof[TOKEN_PROOF_BYTES]);

/**
 * token_lock_key:
 * @shared: ECDH (token, @ephemeral), @ephemeral being the one that is stored beside what is wrapped
 *
 * The key under which the vault keeps the TPM lock's password for that token; only the token and the vault at the moment of
 * wrapping can know it.
 *
 * Returns: (transfer full): TOKEN_KEY_BYTES.
 */
Secret *token_lock_key (const char *vault_id, const guint8 point[TOKEN_POINT_BYTES],
                        const guint8 ephemeral[TOKEN_POINT_BYTES], const Secret *shared);

/** token_key_seal: such a key on its way to the vault, which alone can open it: whoever carries it sees noise. */
void token_key_seal (const TokenQuestion *question, const Secret *shared, const Secret *key,
                     guint8 ret_sealed[TOKEN_SEALED_BYTES]);
/** token_key_open: (transfer full): %NULL when it was sealed for another question. */
Secret *token_key_open (const TokenQuestion *question, const Secret *shared, const guint8 sealed[TOKEN_SEALED_BYTES]);

G_END_DECLS

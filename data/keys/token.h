/* SPDX-License-Identifier: Apache-2.0 */
/* token: the vault's side of token-proof.h: questions to a token, and what is kept wrapped for one. Pure computing: no token, no
 * TPM, any thread. */
#pragma once

#include "token-proof.h"

G_BEGIN_DECLS

/* A question that one connection has put, good for one answer. */
typedef struct _TokenAsked TokenAsked;

/* Something wrapped for a token's public point alone. */
typedef struct
{
  guint8 ephemeral[TOKEN_POINT_BYTES];
  guint8 sealed[TOKEN_SEALED_BYTES];
} TokenWrap;

/** token_asked_new: a fresh key pair and nonce. @vault_id and @purpose are copied. */
TokenAsked *token_asked_new (const char *vault_id, const char *purpose);
void token_asked_free (TokenAsked *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TokenAsked, token_asked_free)

const char *token_asked_get_purpose (const TokenAsked *self);
/** token_asked_get_question: everything but the token's point, which is the asker's to fill in. Valid as long as @self. */
const TokenQuestion *token_asked_get_question (const TokenAsked *self);

/**
 * token_asked_check:
 * @point: the token's, as it was enrolled
 * @sealed: (nullable): TOKEN_SEALED_BYTES that came along
 * @ret_key: (out) (optional) (transfer full): what @sealed holds; %NULL without @sealed or when it does not open
 *
 * Returns: is @proof the answer of that token to this very question? %FALSE also for a point that is not on the curve.
 */
gboolean token_asked_check (const TokenAsked *self, const guint8 point[TOKEN_POINT_BYTES],
                            const guint8 proof[TOKEN_PROOF_BYTES], const guint8 *sealed, Secret **ret_key);

/** token_wrap: @secret of TOKEN_KEY_BYTES for whoever holds that token. %FALSE for a point that is not on the curve. */
gboolean
token_wrap (const char *vault_id, const guint8 point[TOKEN_POINT_BYTES], const Secret *secret, TokenWrap *ret_wrap);
/** token_unwrap: @key: token_lock_key () of the wrap's ephemeral. (transfer full): %NULL when it does not open. */
Secret *token_unwrap (const TokenWrap *wrap, const Secret *key);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* tokens: whose token (PKCS#11) answers for them, by its public point. Same rules as store.h. */
#pragma once

#include "store.h"
#include "token.h"

G_BEGIN_DECLS

#define TOKEN_TAG_BYTES 16

typedef struct
{
  char *id;    /* UUID */
  char *admin; /* id */
  char *label;
  char *added; /* RFC 3339 */
  guint8 point[TOKEN_POINT_BYTES];
  gboolean has_wrap;           /* then: */
  TokenWrap wrap;              /* of the TPM lock's password */
  guint8 tag[TOKEN_TAG_BYTES]; /* tells which password that was */
} Token;

void token_free (Token *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Token, token_free)

/** tokens_insert: without its wrap. */
gboolean tokens_insert (Store *store, const Token *token, GError **error);
/** tokens_list: (transfer full) (element-type Token): those that were not removed, oldest first; @admin "" for everybody's. */
GPtrArray *tokens_list (Store *store, const char *admin, GError **error);
/** tokens_get: %NULL with NO_SUCH_TOKEN, also for one that was removed. */
Token *tokens_get (Store *store, const char *id, GError **error);
gboolean tokens_set_wrap (Store *store, const char *id, const TokenWrap *wrap, const guint8 tag[TOKEN_TAG_BYTES],
                          GError **error);
/** tokens_set_removed: the row stays, as the record names tokens by id; what was wrapped goes. */
gboolean tokens_set_removed (Store *store, const char *id, const char *removed, GError **error);

G_END_DECLS

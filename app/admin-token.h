/* SPDX-License-Identifier: Apache-2.0 */
/* AdminToken: the token of who is in admin mode: opened with its own PIN, shown to the vault, and watched. */
#pragma once

#include "vault-client.h"

G_BEGIN_DECLS

#define ADMIN_TYPE_TOKEN (admin_token_get_type ())
G_DECLARE_FINAL_TYPE (AdminToken, admin_token, ADMIN, TOKEN, GObject)

/* Signal ::gone: it was taken out. Dropping the last reference logs out of it. */
AdminToken *admin_token_new (void);

/**
 * admin_token_show_async:
 * @purpose: of TokenAsk
 * @pin: (nullable): the token's, an ay that wipes itself, consumed when floating; %NULL once it is open
 *
 * The token answers the vault's question. Errors: TOKEN_CLIENT_ERROR, VAULT_ERROR. With an error a new @pin may be tried.
 */
void admin_token_show_async (AdminToken *self, AzukariVault1 *vault, const char *purpose, GVariant *pin,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean admin_token_show_finish (AdminToken *self, GAsyncResult *result, GError **error);

G_END_DECLS

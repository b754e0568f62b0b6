/* SPDX-License-Identifier: Apache-2.0 */
/* TokenClient: starts azukari-token, which holds one PKCS#11 token while somebody is logged in with it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TOKEN_TYPE_CLIENT (token_client_get_type ())
G_DECLARE_FINAL_TYPE (TokenClient, token_client, TOKEN, CLIENT, GObject)

/* One code per TALK_ERROR of token/talk.h, and two of our own. */
#define TOKEN_CLIENT_ERROR (token_client_error_quark ())
GQuark token_client_error_quark (void);
typedef enum
{
  TOKEN_CLIENT_ERROR_FAILED,
  TOKEN_CLIENT_ERROR_NO_MODULE,
  TOKEN_CLIENT_ERROR_NO_TOKEN,
  TOKEN_CLIENT_ERROR_SEVERAL_TOKENS,
  TOKEN_CLIENT_ERROR_WRONG_PIN,
  TOKEN_CLIENT_ERROR_PIN_LOCKED,
  TOKEN_CLIENT_ERROR_NO_KEY,
  TOKEN_CLIENT_ERROR_OTHER_TOKEN,
  TOKEN_CLIENT_ERROR_UNFIT,
  TOKEN_CLIENT_ERROR_TAKEN_OUT,
  TOKEN_CLIENT_ERROR_SILENT,  /* the module did not answer in time; its process was ended */
  TOKEN_CLIENT_ERROR_CRASHED, /* its process has ended by itself, or broke the rules of talk.h */
} TokenClientError;

/* A name for scripts, such as "TokenWrongPin". */
const char *token_client_error_get_name (const GError *error);

/* Time for an answer; longer where a key is made, or a PIN typed at the token itself. */
#define TOKEN_CLIENT_ANSWER_MS 8000
#define TOKEN_CLIENT_SLOW_ANSWER_MS 60000

/**
 * token_client_new:
 * @module: path of a PKCS#11 module, or %NULL for $AZUKARI_TOKEN_MODULE, else what p11-kit knows, else OpenSC's
 *
 * Starts the process at once. Main thread only. Signal ::gone, once: the opened token was taken out, or its process is no more.
 * Property "process" (GSubprocess, read-only).
 * Dropping the last reference logs out of the token and ends the process.
 *
 * Returns: (transfer full): %NULL with a %G_SPAWN_ERROR, %G_FILE_ERROR or %G_IO_ERROR.
 */
TokenClient *token_client_new (const char *module, GError **error);

/* One request at a time (%G_IO_ERROR_PENDING otherwise). The answers are the a{sv} of talk.h. After SILENT and CRASHED every request
 * fails with the same: make a new client. A request is not cancelled: drop the client instead. */
void token_client_list_async (TokenClient *self, GAsyncReadyCallback callback, gpointer user_data);
/* @pin: an ay that wipes itself (vault_client_secret_bytes ()), consumed when floating; no bytes: typed at the token. */
/* @slot: of the list; %NULL: the only one */
void token_client_open_async (TokenClient *self, const guint64 *slot, GVariant *pin, GAsyncReadyCallback callback,
                              gpointer user_data);
void token_client_find_key_async (TokenClient *self, gboolean create, GAsyncReadyCallback callback, gpointer user_data);
/* @question: the vault's (TokenAsk), as it came; the answer is what TokenAnswer takes. */
void token_client_prove_async (TokenClient *self, GVariant *question, GAsyncReadyCallback callback, gpointer user_data);
GVariant *token_client_finish (TokenClient *self, GAsyncResult *result, GError **error);

G_END_DECLS

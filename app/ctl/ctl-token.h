/* SPDX-License-Identifier: Apache-2.0 */
/* ctl-token: tokens (PKCS#11) for the verbs of azukarictl. Every call waits for its answer. */
#pragma once

#include "ctl-common.h"
#include "token-client.h"

typedef struct
{
  const char *module;   /* path, or NULL: what this machine has */
  const char *label;    /* of the token, or NULL: the only one */
  const char *pin_file; /* as in CtlAdmin */
} CtlToken;

/** ctl_token_open: (transfer full): logged in to it, with its own PIN; %NULL with a %TOKEN_CLIENT_ERROR or %G_IO_ERROR. */
TokenClient *ctl_token_open (const CtlToken *token, GError **error);
/** ctl_token_list: (transfer full): aa{sv} of talk.h: the tokens that are inserted. */
GVariant *ctl_token_list (const char *module, GError **error);
/** ctl_token_show: has @client answer the vault's question for @purpose. */
gboolean ctl_token_show (TokenClient *client, AzukariVault1 *vault, const char *purpose, GError **error);
/** ctl_token_enrol: (transfer floating): "point" and "proof" of TokenAdd, by a key that is made where there is none. */
GVariant *ctl_token_enrol (TokenClient *client, AzukariVault1 *vault, GError **error);

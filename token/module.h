/* SPDX-License-Identifier: Apache-2.0 */
/* module: one PKCS#11 module, or all that p11-kit knows, and one token in it. Somebody else's code runs in here, with the
 * rights of this process: call confine () first. Every call blocks, on a card for as long as it likes. One thread. */
#pragma once

#include "secret.h"
#include "token-proof.h"

G_BEGIN_DECLS

/* Messages are the codes of talk.h; what lies behind them goes to nobody. */
#define MODULE_ERROR (module_error_quark ())
GQuark module_error_quark (void);

typedef struct _Module Module;

typedef struct
{
  guint64 slot;
  char *label, *serial, *model; /* UTF-8, without the padding */
  gboolean has_pin_pad, pin_is_locked, is_last_try;
} ModuleToken;

void module_token_free (ModuleToken *self);

/**
 * module_load:
 * @path: the module's file, or %NULL: those that p11-kit knows, and OpenSC's where it knows none with a token
 *
 * Returns: (transfer full): %NULL with TALK_NO_MODULE.
 */
Module *module_load (const char *path, GError **error);
/** module_free: logs out, closes, unloads. */
void module_free (Module *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Module, module_free)

/** module_list: (transfer full) (element-type ModuleToken): tokens that are inserted, set up, and have a PIN. */
GPtrArray *module_list (Module *self);
/**
 * module_open:
 * @slot: (nullable): of module_list (); %NULL: the only one
 * @pin: no bytes: typed at the token itself
 *
 * Logs in. Returns: %FALSE with TALK_NO_TOKEN, TALK_SEVERAL_TOKENS, TALK_WRONG_PIN, TALK_PIN_LOCKED or TALK_FAILED.
 */
gboolean module_open (Module *self, const guint64 *slot, const Secret *pin, GError **error);
/**
 * module_find_key:
 * @create: make one where there is none
 *
 * The token's P-256 key that derives: ours (MODULE_KEY_LABEL) before any other.
 * Returns: %FALSE with TALK_NO_KEY, TALK_UNFIT, TALK_TAKEN_OUT or TALK_FAILED.
 */
gboolean module_find_key (Module *self, gboolean create, guint8 ret_point[TOKEN_POINT_BYTES], GError **error);
#define MODULE_KEY_LABEL "azukari"

/** module_has_key: is the key of that public point on the opened token? */
gboolean module_has_key (Module *self, const guint8 point[TOKEN_POINT_BYTES]);
/** module_derive: (transfer full): TOKEN_SHARED_BYTES; %NULL with TALK_OTHER_TOKEN, TALK_UNFIT, TALK_TAKEN_OUT ... */
Secret *module_derive (Module *self, const guint8 point[TOKEN_POINT_BYTES], const guint8 peer[TOKEN_POINT_BYTES],
                       GError **error);
/** module_is_present: is the opened token still in its place, and our log-in with it? */
gboolean module_is_present (Module *self);

G_END_DECLS

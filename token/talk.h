/* SPDX-License-Identifier: Apache-2.0 */
/* talk: how azukari-token and its client talk over one inherited socket. The only header of token/ that app/ may include. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The socket is AF_UNIX, SOCK_SEQPACKET; azukari-token finds it as file descriptor TALK_FD. A message is one packet:
 *
 *     guint8 type (TalkType), 7 bytes of zero, an a{sv}, little endian, in normal form; at most TALK_MAX_BYTES in all
 *
 * Both sides treat the other as hostile: anything else, and a closed socket, ends the conversation.
 *
 *   client -> token                                    token -> client
 *                                                      TALK_READY (once, first): "protocol" u, "confined" s
 *   TALK_LIST    {}                                    TALK_TOKENS: "tokens" aa{sv}
 *   TALK_OPEN    "slot" t (absent: the only one),      TALK_OPENED: {}; from then on TALK_HERE about once a second while nothing
 *                "pin" ay (empty: at the token)        else is done, and TALK_GONE when the token is taken out
 *   TALK_KEY     "create" b                            TALK_POINT: "point" ay
 *   TALK_PROVE   "vault-id" s, "purpose" s,            TALK_PROOF: "token" s, "proof" ay, "key" ay (absent without an ephemeral
 *                "nonce" ay, "ephemeral" ay,           of its own)
 *                "tokens" a(sayay)                     instead of each of these: TALK_ERROR: "code" s
 *
 * Requests run one at a time, in the order of their coming. One token can be opened in the life of a process.
 * A token of TALK_TOKENS: "slot" t, "label" s, "serial" s, "model" s, "pin-pad" b, "pin-locked" b, "last-try" b.
 * A token of TALK_PROVE: id, point, ephemeral of what is wrapped for it (no bytes: nothing); the first whose key is there answers.
 * What the byte strings mean: data/keys/token-proof.h.
 */
#define TALK_PROTOCOL 1u
#define TALK_FD 3
#define TALK_MAX_BYTES 8192u
#define TALK_MAX_TOKENS 32u /* of one message */
#define TALK_PIN_MAX 128u
#define TALK_HERE_MS 1000

typedef enum
{
  TALK_LIST = 1,
  TALK_OPEN = 2,
  TALK_KEY = 3,
  TALK_PROVE = 4,

  TALK_READY = 101,
  TALK_TOKENS = 102,
  TALK_OPENED = 103,
  TALK_POINT = 104,
  TALK_PROOF = 105,
  TALK_HERE = 106,
  TALK_GONE = 107,
  TALK_ERROR = 108,
} TalkType;

/* Codes of TALK_ERROR. */
#define TALK_NO_MODULE "no-module"           /* none is set up, or it cannot be loaded */
#define TALK_NO_TOKEN "no-token"             /* none is inserted */
#define TALK_SEVERAL_TOKENS "several-tokens" /* and none was chosen */
#define TALK_WRONG_PIN "wrong-pin"
#define TALK_PIN_LOCKED "pin-locked"   /* the token takes no more PINs */
#define TALK_NO_KEY "no-key"           /* no P-256 key that derives, and none may be made */
#define TALK_OTHER_TOKEN "other-token" /* none of the keys that were asked for */
#define TALK_UNFIT "unfit"             /* the token cannot do ECDH with P-256 */
#define TALK_TAKEN_OUT "taken-out"
#define TALK_FAILED "failed"

/** talk_send: one message. @body: (transfer floating): an a{sv}; its copies on the way are wiped. %FALSE with a %G_IO_ERROR. */
gboolean talk_send (int fd, TalkType type, GVariant *body, GError **error);

/**
 * talk_receive:
 * @buffer: TALK_MAX_BYTES, at a multiple of 8; holds the message, and is the caller's to wipe
 * @ret_body: (out) (transfer full): an a{sv} in normal form that borrows from @buffer: drop it before the buffer goes
 *
 * Takes one message; blocks if @fd does.
 *
 * Returns: %FALSE with %G_IO_ERROR_CLOSED at the end, %G_IO_ERROR_WOULD_BLOCK when there is none, %G_IO_ERROR_INVALID_DATA for
 *   anything that breaks the rules above.
 */
gboolean talk_receive (int fd, guint8 *buffer, TalkType *ret_type, GVariant **ret_body, GError **error);

/** talk_get_bytes: the ay at @key when it has exactly @n_bytes; borrowed from @body. */
const guint8 *talk_get_bytes (GVariant *body, const char *key, gsize n_bytes);
/** talk_bytes: (transfer floating): an ay */
GVariant *talk_bytes (const guint8 *bytes, gsize n_bytes);

G_END_DECLS

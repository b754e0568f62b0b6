/* SPDX-License-Identifier: Apache-2.0 */
/* vault-machines-private: what other verbs need to know of other machines. */
#pragma once

#include "keys-enroll.h"
#include "vault-machines.h"
#include "vault-private.h"

/* In the transaction that makes the next epoch's database: the machine's key pair and the escrows of the new secret. @public and
 * @secret: what @next was sealed to. */
gboolean vault_machines_carry (Vault *self, Store *next, const guint8 *public, const Secret *secret,
                               const guint8 *next_public, const Secret *next_secret, GError **error);
/* NOT_EMPTY when there are people. */
gboolean vault_require_empty (Vault *self, GError **error);
/* (transfer full): the secret half of the machine's own key pair; NULL when there is none or it does not open. */
Secret *vault_machine_secret (Vault *self, const Secret *vault_secret, GError **error);
/* (transfer full): the public half of the machine's own key pair; makes the pair, in the caller's transaction, when there is none. */
GBytes *vault_machine_public (Vault *self, GError **error);
/* (transfer full): @secret, which the vault @vault_id seals numbers to by @public, for the machine @machine_id. */
GBytes *vault_escrow_seal (const char *vault_id, const char *machine_id, const guint8 *escrow_public,
                           const guint8 *public, const Secret *secret);
/* (transfer full): NULL unless @escrow was made for exactly that, and opens @public. */
Secret *vault_escrow_open (GBytes *escrow, const char *vault_id, const char *machine_id, const guint8 *public,
                           const Secret *machine_secret);

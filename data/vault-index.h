/* SPDX-License-Identifier: Apache-2.0 */
/* vault-index: the blind index: a digest of each number, made by a key that never leaves the TPM, so that the same number under two people
 * is found without reading either. Same rules as vault.h.
 *
 * A digest is made when the number's person has their answer, and written some time later: it is known by then which number is
 * whose, and a chip takes a third of a second for each. Numbers without one (of an earlier program, of another machine, of a TPM that
 * was silent) get theirs while somebody is logged in who may open them. */
#pragma once

#include "vault.h"

G_BEGIN_DECLS

/** vault_index_make: asks the TPM for the digests of the numbers that were just taken into custody; they are forgotten by that. */
void vault_index_make (Vault *self);
/** vault_index_waits: is there something for vault_index_make ()? */
gboolean vault_index_waits (const Vault *self);
/** vault_index_keep: writes the digests that were made, with one entry of the record. */
void vault_index_keep (Vault *self);
/**
 * vault_index_more:
 * @admin: who may open numbers
 * @budget_us: after so long no other number is begun
 *
 * Digests of numbers that have none, and are in custody: at least one. What cannot be opened is left to the checks that find it.
 *
 * Returns: %TRUE when some may be left.
 */
gboolean vault_index_more (Vault *self, const VaultAdmin *admin, gint64 budget_us);
/** vault_index_begin: for vault_index_more () to look at every number again. */
void vault_index_begin (Vault *self);
/** vault_index_record: the digest of this number, which is decided about next, is there; %TRUE also where this TPM makes none. */
gboolean vault_index_record (Vault *self, const VaultAdmin *admin, const char *record_id, GError **error);

G_END_DECLS

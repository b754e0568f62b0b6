/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the safe state. A vault that is not as it was left takes nothing in and gives no number out; a 責任者, whose PIN the TPM tries and
 * whose role the keyset proves, may still log in, see what was found, hand the record out as far as it can be read, and, once they know
 * why, declare the state that is there the one to go on with. Part of vault.h. */
#pragma once

#include "vault.h"

G_BEGIN_DECLS

/* What was done in the safe state, until it can go into the record. */
#define VAULT_SAFE_FILE "safe.log"
#define VAULT_STATE_ACCEPTED AUDIT_ACCEPTED

typedef struct
{
  const char
      *file; /* which is not as it was left: "vault.db", "keyset.bin", "swtpm", "tpm"; "" when none is to blame */
  const char *detail; /* what was found there, for the log */
  char since[32];     /* the time of the last entry that can be read, RFC 3339, or "" */
  guint64 entries;    /* how many can be read */
  gboolean log_in;    /* a 責任者 can */
  gboolean export;    /* the record can be handed out, as far as it goes */
  gboolean accept;    /* the state can be declared the one to go on with */
} VaultDamage;

/** vault_get_damage: %FALSE unless the vault is sealed. Strings are valid until the next call. */
gboolean vault_get_damage (Vault *self, VaultDamage *ret_damage);

/** vault_list_safe_admins: (transfer full): who may try to log in while the vault is sealed: names, or ids where no name can be read. */
GStrv vault_list_safe_admins (Vault *self);

/**
 * vault_accept_state:
 * @by: a 責任者 who has logged in
 *
 * The database that is there is the one to go on with. The TPM's counter and the record's end are made to fit it, and every row is sealed
 * as it stands. The entry says who did it, after what, and how many rows were not as the record had them; it stays a finding of
 * vault_verify () and of every record that is handed out. On %TRUE the vault is open.
 *
 * Returns: %FALSE with NOT_YOUR_ROLE, USAGE (the vault is not sealed), STORE_DAMAGED or TAMPERED (pages, or the chain, are broken: only a
 *   restore helps) ...
 */
gboolean vault_accept_state (Vault *self, const VaultAdmin *by, GError **error);

G_END_DECLS

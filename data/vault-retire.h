/* SPDX-License-Identifier: Apache-2.0 */
/* vault-retire: the end of a vault on this machine. Same rules as vault.h. */
#pragma once

#include "vault.h"

G_BEGIN_DECLS

/* Stands in the vault's folder from the moment on that nothing brings the vault back; with it the next start goes on to the end. */
#define VAULT_RETIREMENT_FILE "retirement"
/* What stays in the folder: this, the certificate's id, and ".azc". */
#define VAULT_CERTIFICATE_PREFIX "certificate-"

/**
 * vault_retire:
 * @by: a 責任者 who has logged in
 * @company: typed once more, exactly as the vault has it
 * @pin: of @by, once more
 * @ret_tries_left: (out): written on success and with WRONG_PIN
 *
 * Destroys every key: raises the TPM's epoch with nothing sealed to the new one, takes the vault's counters out of the TPM, overwrites and removes
 * every file of the folder, a software TPM's too. The certificate is signed in between. Afterwards the vault is VAULT_UNINITIALISED.
 *
 * Returns: (transfer full): the certificate, which also lies in the folder; %NULL with nothing changed with NOT_YOUR_ROLE, USAGE (another name),
 *   WRONG_PIN ..., or with the vault sealed: then it has begun, and the next start goes on.
 */
char *vault_retire (Vault *self, VaultAdmin *by, const char *company, const Secret *pin, guint *ret_tries_left,
                    GError **error);

G_END_DECLS

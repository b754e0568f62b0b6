/* SPDX-License-Identifier: Apache-2.0 */
/* vault-reveal: one number, shown to who decides about it. Same rules as vault.h. */
#pragma once

#include "vault.h"

G_BEGIN_DECLS

/**
 * vault_reveal:
 * @by: who may open numbers
 * @purpose: one of those that the person agreed to (利用目的)
 *
 * That it was revealed, and what for, is on the record before anybody has it. A refusal stands there too.
 *
 * Returns: (transfer full): 12 digits; %NULL with USAGE (no such purpose), OTHER_PURPOSE, NO_SUCH_RECORD, TAMPERED, EXPIRED ...
 */
Secret *vault_reveal (Vault *self, const VaultAdmin *by, const char *record_id, const char *purpose, GError **error);

G_END_DECLS

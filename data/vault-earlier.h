/* SPDX-License-Identifier: Apache-2.0 */
/* vault-earlier: the records (取扱記録) of the machines that this vault was on before: a move brings them along, and from here they are
 * handed out and checked like the vault's own. Part of vault.h; same rules. */
#pragma once

#include "old-vaults.h"
#include "vault.h"

G_BEGIN_DECLS

/** vault_list_earlier: (transfer full) (element-type OldVault): in the order in which they came here. Of a sealed vault, as far as it goes. */
GPtrArray *vault_list_earlier (Vault *self, GError **error);
/** vault_dup_earlier_key: (transfer full): as vault_dup_record_key (), of machine @id. NO_SUCH_MACHINE. */
char *vault_dup_earlier_key (Vault *self, const char *id, GError **error);
/**
 * vault_export_earlier:
 * @id: of the earlier machine's vault
 * @fd: an empty regular file, open for writing; stays the caller's
 *
 * Its whole record, as record-file.h has it. That it was handed out stands in this vault's record; of a sealed vault among what is noted
 * until then, and a 責任者 alone may have it.
 *
 * Returns: %FALSE with NO_SUCH_MACHINE ...
 */
gboolean vault_export_earlier (Vault *self, const VaultAdmin *by, const char *id, int fd, VaultRecordReport *ret_report,
                               GError **error);

#define VAULT_EARLIER_CHECK "earlier-record"
/**
 * vault_verify_earlier:
 *
 * Adds a finding for each: its chain, its machine's attestations, and its end as the entry that took it over has it. One that does not fit
 * seals nothing by itself: the rows of its table are sealed like all others, and those do.
 */
void vault_verify_earlier (Vault *self, GPtrArray *findings);

G_END_DECLS

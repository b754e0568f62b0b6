/* SPDX-License-Identifier: Apache-2.0 */
/* vault-import-private: what an import and its undoing share. */
#pragma once

#include "vault-private.h"

#define VAULT_IMPORT_FIELDS 9

/* What a row may change of somebody, by the names of vault.xml; and where it is. */
const char *vault_import_field_name (guint field);
char **vault_import_field_of (Person *person, guint field);

/* In the import's transaction, before its entry: what it takes to undo @result. */
gboolean vault_undo_keep (Vault *self, const char *actor, const char *now, const VaultImport *result, GError **error);

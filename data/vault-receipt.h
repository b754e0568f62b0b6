/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: what was exported and what became of the files; who may have one in the clear. Errors as in vault.h. */
#pragma once

#include "vault.h"

G_BEGIN_DECLS

/* After so many days somebody is asked for the file that nobody has said to be deleted. */
#define VAULT_RECEIPT_DAYS 7

#define VAULT_RECEIPT_IMPORTED "imported"
#define VAULT_RECEIPT_DELETED "deleted"

/* Who may export a plain file: chiefs always. */
#define VAULT_PLAIN_CHIEFS "chiefs"
#define VAULT_PLAIN_CLERKS "clerks"

#define VAULT_CONTAINER_ZIP "zip"
#define VAULT_CONTAINER_PLAIN "plain"

typedef struct
{
  char *id, *time, *admin, *admin_name, *format, *purpose, *destination,
      *sha256;              /* @admin_name: "" when they are gone */
  const char *container;    /* VAULT_CONTAINER_…; "" when this record does not tell of it, as after a move */
  guint64 rows, bytes, seq; /* @seq: its entry; 0: none here */
  char *imported, *deleted; /* RFC 3339 of the receipts, or %NULL */
  gboolean failed;          /* nothing was written */
  gboolean overdue;         /* VAULT_RECEIPT_DAYS have passed without a word that it is deleted */
} VaultExported;

void vault_exported_free (VaultExported *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VaultExported, vault_exported_free)

/** vault_list_exports: (transfer full) (element-type VaultExported): oldest first; a chief's are all, a clerk's their own. */
GPtrArray *vault_list_exports (Vault *self, const VaultAdmin *by, GError **error);

/**
 * vault_add_receipt: onto the record: the file of @export_id was taken in, or is deleted where it was taken to.
 *
 * Once each: USAGE for the second time and for other words; NO_SUCH_RECORD for what @by does not see, or what was never written.
 */
gboolean vault_add_receipt (Vault *self, const VaultAdmin *by, const char *export_id, const char *what, GError **error);

/** vault_find_overdue: the exports that are overdue, by their entries. */
gboolean vault_find_overdue (Vault *self, ReviewFinding *ret_finding, GError **error);

/** vault_get_plain_rule: VAULT_PLAIN_…; also VAULT_PLAIN_CHIEFS when it cannot be read. */
const char *vault_get_plain_rule (Vault *self);
gboolean vault_set_plain_rule (Vault *self, const VaultAdmin *by, const char *who, GError **error);

/** vault_require_plain: NOT_YOUR_ROLE, which the record keeps, when @by may have none. @verb: as of service_require_role () */
gboolean vault_require_plain (Vault *self, const VaultAdmin *by, const char *verb, GError **error);

G_END_DECLS

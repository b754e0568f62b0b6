/* SPDX-License-Identifier: Apache-2.0 */
/* vault-undo: the last import of a roster is taken back as a whole, as long as nothing was built on it. */
#pragma once

#include "vault.h"

G_BEGIN_DECLS

/* Somebody because of whom it cannot be taken back. */
typedef struct
{
  char *id;
  char *code, *name; /* "" when they are gone */
  const char
      *why; /* static: changed | gone | number (of somebody it added) | family (somebody else was added to theirs) */
} VaultObstacle;

typedef struct
{
  char *time;       /* RFC 3339: of the import; "" when there is none that @by may take back */
  char *admin_name; /* whose */
  guint removed, restored;
  GPtrArray *obstacles; /* of VaultObstacle: with one of them nothing was changed */
} VaultUndo;

void vault_undo_free (VaultUndo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VaultUndo, vault_undo_free)

/**
 * vault_undo_import:
 * @by: a 責任者, or the 事務取扱担当者 who made it
 * @dry_run: only look
 *
 * Those whom it added go, those whom it changed are what they were before it. It stands in the record, as does a refusal.
 *
 * Returns: (transfer full): %NULL with NOTHING_TO_UNDO, NOT_YOUR_ROLE (somebody else's), OUT_OF_SCOPE; a dry run is empty
 * for these.
 */
VaultUndo *vault_undo_import (Vault *self, const VaultAdmin *by, gboolean dry_run, GError **error);

G_END_DECLS

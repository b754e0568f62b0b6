/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: what papers about the vault as a whole say, and the receipt for one number. No paper without its entry in the record. Errors as in
 * vault.h. */
#pragma once

#include "tallies.h"
#include "vault.h"

G_BEGIN_DECLS

/* As they stand when the paper is asked for; each is owned. */
typedef struct
{
  GPtrArray *kinds, *purposes; /* of Tally */
  GPtrArray *departments;      /* of PeopleCount */
  GPtrArray *admins;           /* of Admin */
  GPtrArray *rules;            /* of RetentionRule */
  GPtrArray *places;           /* of VaultBackupPlace */
  GPtrArray *backups;          /* of Backup */
  GPtrArray *machines;         /* of Machine */
  GPtrArray *tokens;           /* of Token */
  GPtrArray *disposals;        /* of Disposal */
  GPtrArray *actions;          /* of ActionTally: those before the paper's own */
  GPtrArray *training;         /* of VaultTraining */
  guint overdue;               /* exported files that nobody has said to be deleted */
  guint64 unreviewed;          /* entries after the last sign-off */
} VaultFacts;

void vault_facts_clear (VaultFacts *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VaultFacts, vault_facts_clear)

/**
 * vault_print_facts:
 * @what: register (特定個人情報ファイル管理簿), controls (安全管理措置), policy (基本方針), rules (取扱規程), training (教育・誓約) or
 *   leak (漏えい等報告)
 * @ret_checkpoint: as of vault_note_print ()
 *
 * Returns: %FALSE with USAGE, and nothing in @ret_facts.
 */
gboolean vault_print_facts (Vault *self, const VaultAdmin *by, const char *what, VaultFacts *ret_facts,
                            VaultCheckpoint *ret_checkpoint, GError **error);

/* What one person is handed for the number that they gave. */
typedef struct
{
  Person *person;
  Number *number;
  char *department;  /* theirs, or their employee's */
  char *employee;    /* of a dependant, else "" */
  char *received_by; /* an admin's name; "" at the kiosk, or by an admin who is gone */
  gboolean attended; /* by an admin */
  GPtrArray *rules;  /* of RetentionRule */
} VaultPersonReceipt;

void vault_person_receipt_clear (VaultPersonReceipt *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VaultPersonReceipt, vault_person_receipt_clear)

/** vault_print_person_receipt: NO_SUCH_RECORD for somebody whose number is not in custody; OUT_OF_SCOPE. */
gboolean vault_print_person_receipt (Vault *self, const VaultAdmin *by, const char *person_id,
                                     VaultPersonReceipt *ret_receipt, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* vault-move: moving house: the vault goes on on its second machine, as planned or because the first one is gone. Same rules as
 * vault.h.
 *
 * One machine is the active one. The lease's number says which: it rises with every move, and the larger one holds.
 *
 *   planned    A: vault_move_out ()   the last bundle; A collects nothing any more        lease n + 1, "moving"
 *              B: vault_take_over ()  B has everything, under keys of its own             lease n + 1, "active"
 *              A: vault_move_finish () with B's receipt: nothing opens there any more     "gone"
 *   recovery   B: vault_take_over () from A's last backup                                 lease n + 1, "active"
 *
 * The record of A comes along whole, with its attestations; B's own goes on, with the head of A's in it. */
#pragma once

#include "vault-machines.h"

G_BEGIN_DECLS

/**
 * vault_move_out: on A
 * @machine_id: the second machine that takes over
 * @fd: an empty regular file, open for reading and writing; stays the caller's
 *
 * Can be called again for the same machine, should the bundle be lost.
 */
gboolean vault_move_out (Vault *self, const VaultAdmin *by, const char *machine_id, int fd, GError **error);
/** vault_move_cancel: on A: goes on after all. The bundle must be destroyed first: nobody can see from here whether it was used. */
gboolean vault_move_cancel (Vault *self, const VaultAdmin *by, GError **error);

typedef struct
{
  char *id, *name;  /* of the first machine */
  char *made;       /* RFC 3339: of the bundle or backup */
  gboolean planned; /* the first machine had moved out */
  guint people, numbers;
  guint unreadable;       /* numbers that were sealed for another record: they are kept as they are, and open nowhere */
  guint64 lease, entries; /* of the first machine's record */
} VaultTakeOver;

void vault_take_over_clear (VaultTakeOver *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VaultTakeOver, vault_take_over_clear)

/**
 * vault_take_over: on B
 * @by: their session stays good
 * @fd: bundle or backup of the first machine, open for reading
 * @first_is_dead: the bundle does not say that the first machine has stopped, but people do
 *
 * By a new epoch. Returns: %FALSE with nothing changed, with FIRST_ACTIVE, NOT_EMPTY, BACKUP_FOREIGN, BACKUP_DAMAGED, TAMPERED ...
 */
gboolean vault_take_over (Vault *self, VaultAdmin *by, int fd, gboolean first_is_dead, VaultTakeOver *ret_report,
                          GError **error);
/** vault_move_receipt: on B: (transfer full): the TPM's word that it took over, for A; can be made again. */
GBytes *vault_move_receipt (Vault *self, const VaultAdmin *by, GError **error);
/**
 * vault_move_finish: on A
 * @ret_destroyed: (out): nothing of people and numbers is left here. %FALSE when A had not moved out: it then stops collecting, and
 *   a second call destroys
 * @ret_newer: (out): entries of the record here that B does not have
 */
gboolean vault_move_finish (Vault *self, VaultAdmin *by, GBytes *receipt, gboolean *ret_destroyed, guint64 *ret_newer,
                            GError **error);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* vault-machines: the vault's verbs about a second machine: enrolling it (keys/enroll.h has how), and what it may do then. Same rules
 * as vault.h.
 *
 * The second machine (B) has a vault of its own, empty, with its own 責任者 and PIN. Once it is enrolled, backups of the first machine
 * (A) are encrypted to B's TPM too, and A's secret that opens numbers is kept sealed to a key pair of B (the escrow), whose secret half
 * only the PIN of B's 責任者 brings out. The pair is one of the machine and not the one that B's numbers are sealed to: that one changes
 * with every epoch of B, of which A does not hear. */
#pragma once

#include "machines.h"
#include "vault.h"

G_BEGIN_DECLS

/* What one step of an enrolment says of the other machine. */
typedef struct
{
  char *id, *name, *company, *provider; /* of the other machine; "" before it is known */
  gboolean software_tpm;
  GBytes *file; /* what goes to the other machine; NULL after the last step */
  char **words; /* what both screens must show; NULL before they are known */
  char **latin; /* the same in Latin letters */
} VaultEnrolment;

void vault_enrolment_free (VaultEnrolment *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VaultEnrolment, vault_enrolment_free)

/**
 * vault_enroll_request: on B
 * @by: a 責任者 who has logged in; so it is in every verb here
 * @name: of this machine, as people call it
 *
 * Returns: (transfer full): with the request file; %NULL with NOT_YOUR_ROLE, NOT_EMPTY (the vault has people), USAGE ...
 */
VaultEnrolment *vault_enroll_request (Vault *self, const VaultAdmin *by, const char *name, GError **error);
/**
 * vault_enroll_answer: on A
 * @allow_software: the other machine may have a software TPM, for trying out
 *
 * Returns: (transfer full): with the answer file; %NULL with ENROLMENT_FILE, ENROLMENT_REFUSED, SOFTWARE_TPM, STANDBY ...
 */
VaultEnrolment *vault_enroll_answer (Vault *self, const VaultAdmin *by, GBytes *request, const char *name,
                                     gboolean allow_software, GError **error);
/** vault_enroll_prove: on B: (transfer full): with the proof file and the words. From now on the vault waits (STANDBY). */
VaultEnrolment *
vault_enroll_prove (Vault *self, const VaultAdmin *by, GBytes *answer, gboolean allow_software, GError **error);
/** vault_enroll_check: on A: (transfer full): the words that B must show; nothing is changed. */
VaultEnrolment *vault_enroll_check (Vault *self, const VaultAdmin *by, GBytes *proof, GError **error);
/**
 * vault_enroll_confirm: on A
 * @words: as the people at both screens read them
 * @ret_tries_left: (out): written with WRONG_PIN
 *
 * Returns: %FALSE also with ENROLMENT_REFUSED when those are not the words.
 */
gboolean vault_enroll_confirm (Vault *self, const VaultAdmin *by, GBytes *proof, const char *const *words,
                               const Secret *pin, guint *ret_tries_left, GError **error);

/** vault_list_machines: (transfer full) (element-type Machine) */
GPtrArray *vault_list_machines (Vault *self, GError **error);
/**
 * vault_remove_machine:
 * @by: their session stays good
 *
 * On A by a new epoch: what comes later opens there no more. What is there already stays readable there. On B the vault is an
 * ordinary one again.
 */
gboolean vault_remove_machine (Vault *self, VaultAdmin *by, const char *id, GError **error);

/** vault_get_lease: %FALSE when the vault is not open; lease_clear () it. */
gboolean vault_get_lease (Vault *self, Lease *ret_lease);
/** vault_get_danger: why all could be lost with this machine: "" it cannot, "no-second" no other machine can open the numbers. */
const char *vault_get_danger (Vault *self);

G_END_DECLS

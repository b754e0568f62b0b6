/* SPDX-License-Identifier: Apache-2.0 */
/* Tpm: the TPM 2.0 objects and protocols of a vault, in ESYS, over a TpmChannel. The same code serves hardware and swtpm.
 *
 * Every command that carries a secret goes through an HMAC session salted with the storage root key (SRK), with parameter
 * encryption both ways, so a probe on the bus sees neither keys nor PINs. Objects are kept outside as blobs: the marshalled
 * public part and the private part, which only the TPM that made it can open. All calls block, up to seconds on
 * hardware; one Tpm belongs to one thread at a time.
 *
 * Errors are CUSTODY_ERROR: NO_TPM the TPM does not answer; WRONG_PIN an authValue is wrong; LOCKED_OUT the TPM's
 * dictionary-attack lock holds; KEYSET_DAMAGED a blob fails its integrity check; ROLLED_BACK a policy's epoch has passed;
 * TPM_CLEARED a persistent object is gone; FAILED anything else, with the response code. */
#pragma once

#include <glib.h>

#include "attestation.h"
#include "secret.h"
#include "tpm-channel.h"

G_BEGIN_DECLS

typedef struct _Tpm Tpm;

#define TPM_NAME_BYTES 34  /* SHA-256 Name: algorithm id and digest */
#define TPM_POINT_BYTES 64 /* P-256: x and y, left-padded */
#define TPM_DIGEST_BYTES 32

typedef struct
{
  guint32 counter; /* failed tries now */
  guint32 max_tries;
  guint32 interval_s; /* one try comes back after so long */
  guint32 lockout_recovery_s;
  gboolean auth_is_set; /* lockoutAuth is not empty */
} TpmLockout;

/** tpm_new: takes @channel, also on failure. Starts the TPM up where nobody has. The TSS writes probes that fail to stderr unless the
 * program has TSS2_LOG=all+none in its environment before it starts threads. */
Tpm *tpm_new (TpmChannel *channel, GError **error);
/** tpm_free: flushes, tells a software TPM to shut down in order, closes. %NULL is fine. */
void tpm_free (Tpm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tpm, tpm_free)

/** tpm_is_dead: it fell silent; every call fails at once with NO_TPM. */
gboolean tpm_is_dead (const Tpm *self);
/** tpm_is_software: by what the TPM says of itself (libtpms: manufacturer IBM, vendor "SW"). */
gboolean tpm_is_software (Tpm *self);
/** tpm_get_lockout: reads the dictionary-attack state. Needs no secret and changes nothing. */
gboolean tpm_get_lockout (Tpm *self, TpmLockout *ret_lockout, GError **error);
/** tpm_dup_identity: Name of a primary key in the endorsement hierarchy. Survives a TPM clear, differs between TPMs.
 * Returns: (transfer full): no bytes when the endorsement hierarchy has a password. */
GBytes *tpm_dup_identity (Tpm *self);

/**
 * tpm_srk_provision:
 * @ret_public, @ret_name: (out) (transfer full): to be kept for tpm_srk_open ()
 * @ret_created: (out): the SRK was not there before
 *
 * Uses the SRK at 0x81000001 when it is a fixed, restricted decryption key; makes one (ECC P-256, unique empty) when
 * nothing is there. Then opens the salted session.
 */
gboolean tpm_srk_provision (Tpm *self, GBytes **ret_public, GBytes **ret_name, gboolean *ret_created, GError **error);
/**
 * tpm_srk_open:
 *
 * Opens the salted session on the SRK with that very Name; an SRK that was only evicted is made again from @public.
 *
 * Returns: %FALSE with CUSTODY_ERROR_OTHER_TPM when this TPM's SRK is another key.
 */
gboolean tpm_srk_open (Tpm *self, GBytes *public, GBytes *name, GError **error);
/** tpm_srk_evict: undoes the creation of tpm_srk_provision (). */
void tpm_srk_evict (Tpm *self);

/** tpm_forget_auth: ESYS keeps the password of an object that a session was used for until the next one: makes the session anew, when there
 * is one to forget. */
void tpm_forget_auth (Tpm *self);

/** tpm_gate_create: a sealed object, whose only use is its authValue: who knows @auth may raise the epoch. noDA. */
GBytes *tpm_gate_create (Tpm *self, const Secret *auth, GError **error);
/** tpm_admin_create: a P-256 ECDH key under the dictionary-attack lock, with @auth (32 bytes, last not zero) as authValue. */
GBytes *tpm_admin_create (Tpm *self, const Secret *auth, GError **error);
/** tpm_attest_key_create: an ECDSA P-256 key that signs only what the TPM itself says. noDA, no auth. */
GBytes *tpm_attest_key_create (Tpm *self, GError **error);
/** tpm_transport_key_create: a P-256 ECDH key that opens what was encrypted to this machine. noDA, no auth. */
GBytes *tpm_transport_key_create (Tpm *self, GError **error);
/**
 * tpm_index_key_create: an HMAC-SHA256 key that never leaves the TPM. noDA, no auth.
 *
 * Returns: (transfer full): no bytes when the TPM has no TPM2_HMAC, which the standard does not ask for.
 */
GBytes *tpm_index_key_create (Tpm *self, GError **error);
/** tpm_hmac: of @data, at most 1024 bytes, which goes to the TPM encrypted. */
gboolean tpm_hmac (Tpm *self, GBytes *blob, const Secret *data, guint8 ret_digest[TPM_DIGEST_BYTES], GError **error);
/** tpm_blob_get_point: a P-256 key's public half; %FALSE for any other blob. */
gboolean tpm_blob_get_point (GBytes *blob, guint8 ret_point[TPM_POINT_BYTES]);
/** tpm_blob_check: the TPM takes @blob for a key of its own; %FALSE with KEYSET_DAMAGED when it does not. */
gboolean tpm_blob_check (Tpm *self, GBytes *blob, GError **error);
/** tpm_blob_get_name: the Name of a blob's public part; %FALSE when the blob cannot be parsed. */
gboolean tpm_blob_get_name (GBytes *blob, guint8 ret_name[TPM_NAME_BYTES]);
/**
 * tpm_admin_wrap:
 * @ret_ephemeral: (out): public point to be kept beside what is wrapped
 *
 * ECDH with a fresh ephemeral key against an admin's public key; needs no PIN.
 *
 * Returns: (transfer full): the shared x coordinate, 32 bytes.
 */
Secret *tpm_admin_wrap (Tpm *self, GBytes *blob, guint8 ret_ephemeral[TPM_POINT_BYTES], GError **error);
/**
 * tpm_agree: the shared x coordinate from the key's side.
 * @auth: (nullable): the key's; a wrong one of an admin's key counts against the lock (WRONG_PIN)
 */
Secret *
tpm_agree (Tpm *self, GBytes *blob, const Secret *auth, const guint8 ephemeral[TPM_POINT_BYTES], GError **error);

/** tpm_nv_find_free: the first index of our range (0x0180F001 and up) that is not in use. */
gboolean tpm_nv_find_free (Tpm *self, guint32 *ret_index, GError **error);
void tpm_nv_undefine (Tpm *self, guint32 index);

/** tpm_epoch_create: a counter that all may read and only the holder of the gate's auth may raise; already raised once. */
gboolean
tpm_epoch_create (Tpm *self, guint32 index, GBytes *gate, const Secret *gate_auth, guint64 *ret_value, GError **error);
/** tpm_epoch_bump: everything sealed to the old value is then closed for ever. */
gboolean
tpm_epoch_bump (Tpm *self, guint32 index, GBytes *gate, const Secret *gate_auth, guint64 *ret_value, GError **error);
/** tpm_epoch_read: needs no secret. */
gboolean tpm_epoch_read (Tpm *self, guint32 index, guint64 *ret_value, GError **error);
/** tpm_epoch_get_policy: what raises the counter, as a digest: with the index it tells one epoch counter from another. */
gboolean tpm_epoch_get_policy (Tpm *self, guint32 index, guint8 ret_policy[ATTESTATION_POLICY_BYTES], GError **error);
/** tpm_epoch_seal: @data, at most 128 bytes, comes out only while the counter at @index is @value. noDA. */
GBytes *tpm_epoch_seal (Tpm *self, guint32 index, guint64 value, const Secret *data, GError **error);
Secret *tpm_epoch_unseal (Tpm *self, guint32 index, guint64 value, GBytes *blob, GError **error);

#define TPM_BOOT_BRANCHES_BYTES 64 /* digests of two policies */

typedef struct
{
  guint32 index;
  guint64 value;
  GBytes *gate; /* borrowed */
} TpmEpoch;

/**
 * tpm_boot_seal:
 * @ret_branches: (out): to be kept beside the blob; no secret
 *
 * As tpm_epoch_seal (), and the machine must have booted in the state it is in now (PCR 7), or else whoever unseals knows @gate_auth.
 */
GBytes *tpm_boot_seal (Tpm *self, const TpmEpoch *epoch, const Secret *gate_auth, const Secret *data,
                       guint8 ret_branches[TPM_BOOT_BRANCHES_BYTES], GError **error);
/**
 * tpm_boot_unseal:
 * @gate_auth: (nullable): %NULL to come in by the state of the machine
 *
 * Returns: (transfer full): %NULL with ROLLED_BACK (the epoch), BOOT_CHANGED (another state), ...
 */
Secret *tpm_boot_unseal (Tpm *self, const TpmEpoch *epoch, const guint8 branches[TPM_BOOT_BRANCHES_BYTES],
                         const Secret *gate_auth, GBytes *blob, GError **error);

/** tpm_counter_create: a counter that needs @auth to read and to raise; already raised once. */
gboolean tpm_counter_create (Tpm *self, guint32 index, const Secret *auth, guint64 *ret_value, GError **error);
gboolean tpm_counter_read (Tpm *self, guint32 index, const Secret *auth, guint64 *ret_value, GError **error);
gboolean tpm_counter_increment (Tpm *self, guint32 index, const Secret *auth, guint64 *ret_value, GError **error);
/** tpm_counter_certify: the TPM signs @head, the counter and its clock with @attest_key. @auth: %NULL for an epoch counter. */
gboolean tpm_counter_certify (Tpm *self, guint32 index, const Secret *auth, GBytes *attest_key,
                              const guint8 head[ATTESTATION_HEAD_BYTES], Attestation *ret_attestation, GError **error);

typedef struct
{
  guint64 ms;               /* runs while the TPM has power, and is kept without it */
  guint32 resets, restarts; /* how often it began anew; both only rise */
  gboolean is_safe; /* FALSE after a loss of power without warning: it may have shown more before, by an hour or so */
} TpmClock;

/** tpm_clock_read: needs no secret, and says what nobody has signed. */
gboolean tpm_clock_read (Tpm *self, TpmClock *ret_clock, GError **error);

/** tpm_lockout_set: @old to @new as lockoutAuth (%NULL = empty), then the lock's parameters from @params. */
gboolean
tpm_lockout_set (Tpm *self, const Secret *old_auth, const Secret *new_auth, const TpmLockout *params, GError **error);
/** tpm_lockout_reset: forgets the failed tries. A wrong @auth blocks lockoutAuth itself for hours: never guess. */
gboolean tpm_lockout_reset (Tpm *self, const Secret *auth, GError **error);

/** tpm_clear_software: TPM2_Clear by the platform hierarchy; refused unless the TPM is a software one. To prove things. */
gboolean tpm_clear_software (Tpm *self, GError **error);

G_END_DECLS

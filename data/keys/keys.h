/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: what a vault's keyset and its TPM do together.
 *
 *   database key    sealed to the TPM, comes out unattended while the epoch counter stands where it did
 *   vault key pair  X25519; numbers are sealed to the public half by anybody, the secret half needs an admin's PIN:
 *                   it is wrapped under KDF (ECDH (admin's TPM key, ephemeral), epoch secret), and the TPM lets the ECDH
 *                   happen only for the PIN, 10 wrong ones at most, then one every two hours
 *   transport key   ECDH; opens what was encrypted to this machine, which is how backups and other machines' bundles come in
 *   index key       HMAC; finds the same number under two people without reading either
 *   attestation key signs the record's head with the state counter and the TPM's clock, and nothing else
 *   state counter   rises with the database, so that an old copy of it is recognised
 *
 * Blocks on the TPM and on Argon2id (64 MiB); one thread. Errors: CUSTODY_ERROR. */
#pragma once

#include <glib.h>

#include "attestation.h"
#include "secret.h"

G_BEGIN_DECLS

typedef struct _Keys Keys;

#define KEYS_FILE "keyset.bin"
#define KEYS_NEXT_FILE "keyset.next" /* only while an epoch changes */
#define KEYS_SWTPM_FOLDER "swtpm"
#define KEYS_DATABASE_KEY_BYTES 48 /* 32 of key, 16 of salt */
#define KEYS_VAULT_BYTES 32        /* X25519, either half */
#define KEYS_COUNTER_AUTH_BYTES 16
#define KEYS_LOCK_BYTES 32
#define KEYS_POINT_BYTES 64
#define KEYS_INDEX_BYTES 32
#define KEYS_MAX_TRIES 10

/* Where the TPMs are; the product passes %NULL for its places, tests and the proof pass their own. */
typedef struct
{
  const char *device;       /* NULL: TPM_CHANNEL_DEVICE */
  const char *swtpm_folder; /* NULL: <vault>/swtpm */
} KeysPlaces;

/**
 * keys_create:
 * @folder: the vault's, 0700
 * @provider: "tpm2" or "swtpm"; never exchanged for one another
 * @ret_database_key: (out) (transfer full): KEYS_DATABASE_KEY_BYTES
 * @ret_counter_auth: (out) (transfer full): password of the state counter, to be kept in the database
 *
 * Provisions the TPM and writes the keyset. The TPM's lock is not set yet: keys_arm_lock () does it once the vault stands.
 * On failure nothing is left behind, in the TPM either.
 *
 * Returns: (transfer full): %NULL with NO_TPM, ALREADY_INITIALISED, FAILED ...
 */
Keys *keys_create (const char *folder, const char *provider, const KeysPlaces *places, const char *admin_id,
                   const Secret *pin, Secret **ret_database_key, Secret **ret_counter_auth, GError **error);

/** keys_settle_create: the vault stands: forgets the secret that undoing would have needed. */
void keys_settle_create (Keys *self);
/** keys_undo_create: takes @self; removes what keys_create () made, from the TPM and from the folder. */
void keys_undo_create (Keys *self);

/**
 * keys_open:
 *
 * Reads the keyset, checks that this is the TPM it belongs to, and unseals the database key. Needs no PIN. Where the machine has
 * booted in another state than the one that the key is bound to, *ret_database_key is %NULL: keys_boot_unseal ().
 *
 * Returns: (transfer full): %NULL with KEYSET_MISSING, KEYSET_DAMAGED, NO_TPM, OTHER_TPM, TPM_CLEARED, ROLLED_BACK (the
 *   keyset is of an epoch that has passed) or FAILED.
 */
Keys *keys_open (const char *folder, const KeysPlaces *places, Secret **ret_database_key, GError **error);
/** keys_complete: makes what a keyset of an earlier program has not. Not while keys_epoch_is_unfinished (). */
gboolean keys_complete (Keys *self, GError **error);
/** keys_boot_is_bound: does the database key come out unattended only in the state that the machine booted in when it was sealed
 * (PCR 7)? */
gboolean keys_boot_is_bound (const Keys *self);
/** keys_boot_unseal: (transfer full): the database key, however the machine has booted. @master: of an admin's session */
Secret *keys_boot_unseal (Keys *self, const Secret *master, GError **error);
/** keys_boot_accept: the state that the machine has booted in now is the right one from now on. @key: keys_boot_unseal ()'s */
gboolean keys_boot_accept (Keys *self, const Secret *master, const Secret *key, GError **error);
/** keys_dup_admin: (transfer full) (nullable): the id of the keyset's @number-th admin, from 1: what is known of them while the database is
 * closed. */
char *keys_dup_admin (const Keys *self, guint number);
/**
 * keys_reconnect:
 *
 * Looks for a TPM that fell silent, unless that was just tried in vain. Nothing when it has not.
 *
 * Returns: %FALSE with NO_TPM, or with OTHER_TPM or TPM_CLEARED when another one answers.
 */
gboolean keys_reconnect (Keys *self, GError **error);
void keys_free (Keys *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Keys, keys_free)

const char *keys_get_provider (const Keys *self);
const char *keys_get_vault_id (const Keys *self);
gboolean keys_is_software (const Keys *self);
const guint8 *keys_get_vault_public (const Keys *self);
/** keys_get_tries_left: wrong PINs that the TPM would still take, when it was last asked: at a log-in, or by keys_count_tries (). */
guint keys_get_tries_left (Keys *self);
/** keys_count_tries: asks the TPM, which gives tries back with time. */
void keys_count_tries (Keys *self);
/** keys_warm: asks the TPM for what the next log-in will need, so that nobody waits for it then, and forgets what the last one left. */
void keys_warm (Keys *self);
/** keys_lock_is_armed: the TPM's lock has a password, and limits no weaker than ours. %FALSE: the TPM did not say. */
gboolean keys_lock_is_armed (Keys *self, gboolean *ret_armed, GError **error);
/**
 * keys_check:
 * @admin_ids: (nullable): %NULL at the end
 *
 * The TPM would use every key of the keyset, and those of admins are of @admin_ids, all of them and nobody else.
 * Asks the TPM once for each key. Returns: %FALSE with KEYSET_DAMAGED, or with what the TPM said (NO_TPM, ...).
 */
gboolean keys_check (Keys *self, const char *const *admin_ids, GError **error);

/**
 * keys_login:
 * @ret_vault_secret: (out) (transfer full): KEYS_VAULT_BYTES, opens numbers; free it as soon as the session ends
 * @ret_master: (out) (optional) (transfer full): what adds and removes admins; for a 責任者's session only
 * @ret_tries_left: (out): after this try, also on failure
 *
 * A right PIN also forgives the failed tries before it, and sets the TPM's lock where something has unset it.
 *
 * Returns: %FALSE with WRONG_PIN, LOCKED_OUT, NOT_ALLOWED (no such admin) ...
 */
gboolean keys_login (Keys *self, const char *admin_id, const Secret *pin, Secret **ret_vault_secret,
                     Secret **ret_master, guint *ret_tries_left, GError **error);

#define KEYS_ROLE_CHIEF "chief"
/**
 * keys_set_role:
 * @role: what the database says
 *
 * A wrap that is made from now on is this role's, by its key: who opens it with a PIN is of that role whatever a database says later. Where
 * it is of another, keys_login () says TAMPERED. An admin without a role is taken as they are. keys_create () makes a chief.
 */
void keys_set_role (Keys *self, const char *admin_id, const char *role);
/** keys_get_opened_role: (nullable): of whoever logged in last; %NULL for a wrap of an earlier program. */
const char *keys_get_opened_role (const Keys *self);
/** keys_dup_admins: (transfer full): the ids in the keyset, in the order in which they were added. */
GStrv keys_dup_admins (const Keys *self);

/**
 * keys_set_scope:
 * @scope: any text
 *
 * What an admin may handle, as the database says. The keyset keeps a digest of it from the next keys_keep_scopes (), or the next wrap, on: so
 * that a database from a backup can be told from the one that was lost.
 */
void keys_set_scope (Keys *self, const char *admin_id, const char *scope);
/** keys_keep_scopes: the keyset on disk is the old one or the new one. Writes nothing when it says so already. */
gboolean keys_keep_scopes (Keys *self, GError **error);
/** keys_has_scope: %FALSE also where the keyset does not say. */
gboolean keys_has_scope (Keys *self, const char *admin_id, const char *scope);

/**
 * keys_add_admin:
 * @master: of an admin's session
 *
 * A key of their own in the TPM under their own PIN, and a wrap of the vault's secrets for it. Nobody else's PIN is needed.
 * The keyset on disk is the old one or the new one.
 */
gboolean keys_add_admin (Keys *self, const Secret *master, const char *admin_id, const Secret *pin, GError **error);
/** keys_keep_admins: drops from the keyset whoever is not among @ids (%NULL-terminated): an addition that was cut off. Their
 * key is not dead by that; whom the database does not know cannot log in. */
gboolean keys_keep_admins (Keys *self, const char *const *ids, GError **error);

/*
 * The change of an epoch. What was sealed before the TPM's epoch counter rises never opens again, so an old copy of the files
 * with an old PIN is dead on this very TPM. In this order, each step durable before the next:
 *
 *   keys_epoch_prepare (), then the caller writes its database anew under the new key
 *   keys_epoch_save ()      the new keyset lies beside the old one; up to here nothing has happened
 *   keys_epoch_commit ()    the counter rises: the old files are dead, the new ones open
 *   the caller's database takes the place of the old one
 *   keys_epoch_finish ()    so does the keyset
 *
 * After a power cut keys_open () asks the counter which of the two holds, and keys_epoch_is_unfinished () says whether the
 * last two steps have yet to be done.
 */
typedef struct _KeysEpoch KeysEpoch;

/* Is the new epoch's database key bound to how the machine boots? */
typedef enum
{
  KEYS_BOOT_AS_BEFORE,
  KEYS_BOOT_BIND,
  KEYS_BOOT_UNBIND,
} KeysBoot;

typedef struct
{
  const char *removed; /* admin who gets no new wrap, or NULL */
  const char *renewed; /* admin who gets a new key under @pin, or NULL */
  const Secret *pin;
  KeysBoot boot;
  const Secret *lock; /* becomes the TPM lock's password where that is ours (keys_lock_replace ()), or NULL: it stays */
} KeysEpochChange;

/** keys_epoch_prepare: new database key, vault key pair and wraps; changes nothing yet. @master: of an admin's session. */
KeysEpoch *keys_epoch_prepare (Keys *self, const Secret *master, const KeysEpochChange *change, GError **error);
void keys_epoch_free (KeysEpoch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KeysEpoch, keys_epoch_free)
const Secret *keys_epoch_get_database_key (const KeysEpoch *self);
const Secret *keys_epoch_get_master (const KeysEpoch *self);
const guint8 *keys_epoch_get_vault_public (const KeysEpoch *self);
/** keys_master_dup_vault_secret: KEYS_VAULT_BYTES, as of keys_login (). */
Secret *keys_master_dup_vault_secret (const Secret *master);
gboolean keys_epoch_save (Keys *self, const KeysEpoch *epoch, GError **error);
/** keys_epoch_discard: takes back keys_epoch_save (). */
void keys_epoch_discard (Keys *self);
/**
 * keys_epoch_commit:
 * @ret_unsure: (out): the TPM failed so that nobody can tell whether the counter rose. Keep both files: keys_open () will know.
 */
gboolean keys_epoch_commit (Keys *self, KeysEpoch *epoch, gboolean *ret_unsure, GError **error);
gboolean keys_epoch_is_unfinished (const Keys *self);
gboolean keys_epoch_finish (Keys *self, GError **error);

typedef struct
{
  guint64 value; /* what the keys in use are sealed to */
  AttestationEpoch counter;
} KeysEpochState;

/** keys_get_epoch: the epoch of the keys in use, and which counter of the TPM it stands in. */
gboolean keys_get_epoch (Keys *self, KeysEpochState *ret_state, GError **error);
/** keys_certify_epoch: the TPM binds @digest, the epoch counter as it stands and its own clock in one signature: attestation_check_epoch (). */
gboolean keys_certify_epoch (Keys *self, const guint8 digest[ATTESTATION_HEAD_BYTES], Attestation *ret_attestation,
                             GError **error);

/*
 * The end of a vault. In this order, each step to be done again after a power cut without anybody's PIN:
 *
 *   keys_retire_seal_gate ()  what raises the epoch once more, for the TPM as it stands; the caller keeps it until the end
 *   keys_retire_commit ()     the counter rises: no file opens any more
 *   keys_certify_epoch ()     the TPM says so
 *   keys_retire_finish ()     the vault's counters go from the TPM
 */
/** keys_retire_seal_gate: (transfer full): opens in this epoch alone, on this TPM. @master: of an admin's session. */
GBytes *keys_retire_seal_gate (Keys *self, const Secret *master, GError **error);
/** keys_retire_commit: TRUE also when the TPM had left @epoch before. */
gboolean keys_retire_commit (Keys *self, guint64 epoch, GBytes *sealed_gate, GError **error);
void keys_retire_finish (Keys *self);
/** keys_open_to_retire: as keys_open () for a vault whose epoch may have ended; opens nothing of it. */
Keys *keys_open_to_retire (const char *folder, const KeysPlaces *places, GError **error);

/**
 * keys_arm_lock:
 *
 * Gives the TPM's lock a random password, which only an admin's PIN brings out again, and the lock its limits: 10
 * tries, one back every 7200 s, 86400 s for the password itself. A lock that already has a password is left alone, and accepted
 * when its limits are no weaker.
 */
gboolean keys_arm_lock (Keys *self, const char *admin_id, const Secret *pin, GError **error);

/** keys_master_dup_lock: (transfer full): KEYS_LOCK_BYTES, the lock's password; %NULL where that is in other hands. */
Secret *keys_master_dup_lock (const Secret *master);
/** keys_lock_new: (transfer full): another one. */
Secret *keys_lock_new (void);
/** keys_lock_reset: forgets the failed tries. WRONG_PIN when @lock is not the password; the TPM then takes none for a day: never guess. */
gboolean keys_lock_reset (Keys *self, const Secret *lock, GError **error);
/** keys_lock_replace: WRONG_PIN as above. */
gboolean keys_lock_replace (Keys *self, const Secret *lock, const Secret *next, GError **error);
/** keys_lock_tag: tells passwords apart without telling them. */
void keys_lock_tag (const Secret *lock, guint8 *ret_tag, gsize n_bytes);
#define KEYS_LOCK_SEALED_BYTES (24 + KEYS_LOCK_BYTES + 16)
/** keys_lock_seal: @before under @lock, the password that takes its place, until it has. */
void keys_lock_seal (const Secret *lock, const Secret *before, guint8 ret_sealed[KEYS_LOCK_SEALED_BYTES]);
/** keys_lock_open: (transfer full): %NULL when it does not open. */
Secret *keys_lock_open (const Secret *lock, const Secret *sealed);
/** keys_lock_set_unsettled: the TPM may have another password than the master secret says: log-ins leave it alone. */
void keys_lock_set_unsettled (Keys *self, gboolean unsettled);

/** keys_retarget_copy: names another provider in the keyset at @path, to try a copy on a TPM that it does not belong to. */
gboolean keys_retarget_copy (const char *path, const char *provider, GError **error);

gboolean keys_counter_read (Keys *self, const Secret *auth, guint64 *ret_value, GError **error);
gboolean keys_counter_increment (Keys *self, const Secret *auth, guint64 *ret_value, GError **error);

/** keys_get_attest_key: the public half of what keys_certify () signs with; the same for the life of the vault. */
gboolean keys_get_attest_key (const Keys *self, guint8 ret_key[ATTESTATION_KEY_BYTES]);
/** keys_certify: the TPM binds @head, the state counter and its own clock in one signature. */
gboolean keys_certify (Keys *self, const Secret *counter_auth, const guint8 head[ATTESTATION_HEAD_BYTES],
                       Attestation *ret_attestation, GError **error);

typedef struct
{
  guint64 ms; /* as of TpmClock */
  guint32 resets, restarts;
  gboolean is_safe;
} KeysClock;

/** keys_clock_read: the TPM's own clock, which no setting of the machine sets back. One quick command. */
gboolean keys_clock_read (Keys *self, KeysClock *ret_clock, GError **error);

/** keys_get_transport_point: the public half that others encrypt to this machine with: x and y, P-256. */
gboolean keys_get_transport_point (const Keys *self, guint8 ret_point[KEYS_POINT_BYTES]);
/** keys_transport_agree: (transfer full): the ECDH x coordinate with @ephemeral; needs no PIN. */
Secret *keys_transport_agree (Keys *self, const guint8 ephemeral[KEYS_POINT_BYTES], GError **error);

/** keys_can_index: some TPMs cannot. */
gboolean keys_can_index (const Keys *self);
/** keys_index: a digest of @data (at most 1024 bytes) under a key that never leaves this TPM: equal data is found by it, and nothing else
 * can be said of it elsewhere. */
gboolean keys_index (Keys *self, const Secret *data, guint8 ret_digest[KEYS_INDEX_BYTES], GError **error);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* keys-private: what keys.c, keys-admins.c and keys-epoch.c share. */
#pragma once

#include "keys.h"
#include "keyset.h"
#include "tpm.h"

#define AUTH_BYTES 32
/* What every admin's wrap holds, the master secret: 1 when the TPM's lock is ours, the vault's secret half, the gate's auth,
 * the lock's password. */
#define MASTER_VAULT 1
#define MASTER_GATE (MASTER_VAULT + KEYS_VAULT_BYTES)
#define MASTER_LOCK (MASTER_GATE + AUTH_BYTES)
#define KEYS_MASTER_BYTES (MASTER_LOCK + AUTH_BYTES)

struct _Keys
{
  /* owned */
  char *folder;
  char *swtpm_folder;
  char *path;
  char *next_path; /* of the epoch that is being made */
  char *device;
  Keyset *keyset;
  GHashTable *roles;  /* admin's id -> role */
  GHashTable *scopes; /* admin's id -> what they may handle */
  Tpm *tpm;
  Secret *epoch_secret; /* of the keyset's epoch; NULL until it was asked for */
  gboolean software;
  const char *opened_role; /* static; of the wrap that was opened last */
  gboolean tries_are_known;
  guint tries_left;
  gint64 connect_after_us; /* monotonic: when a TPM that fell silent may be looked for again */
  gboolean lock_is_unsettled;
  gboolean next_is_current; /* the keyset is next_path's: the epoch has changed, the files have yet to follow */
  /* for keys_undo_create () */
  gboolean made_srk;
  gboolean made_swtpm_folder;
  Secret *lock_auth; /* of a lock that we armed in this very creation */
};

/* (transfer none): unsealed once for each epoch, as a chip takes seconds for it. */
const Secret *keys_get_epoch_secret (Keys *self, GError **error);
/* A new TPM key under @pin and a wrap of @master for it, appended to @keyset, which stays the caller's also on failure. */
gboolean keys_admin_create (Keys *self, Keyset *keyset, const char *admin_id, const Secret *pin, const Secret *master,
                            const Secret *epoch_secret, GError **error);
/* Wraps @master anew for the key that is there; needs no PIN. */
gboolean keys_admin_wrap (Keys *self, const Keyset *keyset, KeysetAdmin *admin, const Secret *master,
                          const Secret *epoch_secret, GError **error);
/* The digest of the scope that is known, or zeros. */
void keys_scope_tag (Keys *self, const Keyset *keyset, KeysetAdmin *admin, const Secret *epoch_secret);
/* Puts @next, which it takes, in the place of the keyset, on disk first. */
gboolean keys_replace_keyset (Keys *self, Keyset **next, GError **error);
/* The gate's auth out of a master secret. */
Secret *keys_master_dup_gate_auth (const Secret *master);
/* Seals @key to the epoch of @next, and to how the machine has booted when @bound. */
gboolean
keys_dek_seal (Keys *self, Keyset *next, gboolean bound, const Secret *gate_auth, const Secret *key, GError **error);
/* The database key; with @gate_auth (nullable) however the machine has booted. ROLLED_BACK, BOOT_CHANGED, KEYSET_DAMAGED ... */
Secret *keys_dek_unseal (Keys *self, const Secret *gate_auth, GError **error);
/* The limits that the TPM's lock gets from us. */
extern const TpmLockout keys_lock_limits;
/* At opening: was the change to another epoch, whose keyset lies there, committed or not? Takes it, or removes it. */
gboolean keys_epoch_choose (Keys *self, GError **error);
/* The master secret for an admin's PIN, tried by the TPM: WRONG_PIN, LOCKED_OUT, NOT_ALLOWED (no such admin) ... */
Secret *keys_secrets_open (Keys *self, const char *admin_id, const Secret *pin, GError **error);

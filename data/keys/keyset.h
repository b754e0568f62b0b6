/* SPDX-License-Identifier: Apache-2.0 */
/* Keyset: everything about a vault's keys that is kept in a file. All of it is useless without the TPM that made it, and it names
 * nobody: admins appear by id only. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define KEYSET_MAX_BYTES 65536
#define KEYSET_MAX_ADMINS 32
#define KEYSET_SALT_BYTES 16
#define KEYSET_UNFINISHED ".new" /* ends the name of a keyset that is being written */
#define KEYSET_POINT_BYTES 64
#define KEYSET_BRANCHES_BYTES 64
#define KEYSET_VAULT_PUBLIC_BYTES 32
#define KEYSET_SCOPE_BYTES 32

typedef struct
{
  char *id;    /* UUID */
  GBytes *key; /* TPM blob of the admin's ECDH key */
  guint8 salt[KEYSET_SALT_BYTES];
  guint32 argon_ops;
  guint32 argon_kib;
  guint8 ephemeral[KEYSET_POINT_BYTES];
  GBytes *wrap; /* nonce and ciphertext of the vault's secrets */
  /* since version 5: a digest of what they may handle, zeros where nobody has said it; keyed with a secret that only the TPM gives out */
  guint8 scope_tag[KEYSET_SCOPE_BYTES];
} KeysetAdmin;

typedef struct
{
  char *provider;   /* "tpm2" | "swtpm" */
  char *vault_id;   /* UUID, part of every key derivation */
  GBytes *identity; /* Name of an endorsement primary; may have no bytes */
  GBytes *srk_public;
  GBytes *srk_name;
  guint32 epoch_index;
  guint64 epoch;
  guint32 counter_index;
  GBytes *gate; /* TPM blobs */
  GBytes *dek;
  GBytes *epoch_secret;
  /* Keys that programs before had not: no bytes until keys_complete () has made them. */
  GBytes *attest_key;    /* since version 2 */
  GBytes *transport_key; /* since version 3 */
  GBytes *index_key;     /* since version 3; none where the TPM has no TPM2_HMAC */
  GBytes *boot_branches; /* since version 4; no bytes unless the database key is bound to how the machine boots */
  guint8 vault_public[KEYSET_VAULT_PUBLIC_BYTES];
  GPtrArray *admins; /* of KeysetAdmin */
} Keyset;

Keyset *keyset_new (void);
KeysetAdmin *keyset_add_admin (Keyset *self);
/** keyset_find_admin: (transfer none) (nullable) */
KeysetAdmin *keyset_find_admin (const Keyset *self, const char *id);
/** keyset_remove_admin: nothing when there is none of that id. */
void keyset_remove_admin (Keyset *self, const char *id);
void keyset_free (Keyset *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Keyset, keyset_free)

/**
 * keyset_parse:
 *
 * File: "AZKEYSET", guint32 version (little endian, 5; earlier ones are read), a GVariant in normal form, SHA-256 of all before. The digest
 * finds damage, not malice: what an attacker could change here is checked against the TPM and the database.
 *
 * Returns: (transfer full): %NULL with CUSTODY_ERROR_KEYSET_DAMAGED.
 */
Keyset *keyset_parse (GBytes *bytes, GError **error);
GBytes *keyset_serialize (const Keyset *self);

/** keyset_copy: %NULL with CUSTODY_ERROR_KEYSET_DAMAGED. */
Keyset *keyset_copy (const Keyset *self, GError **error);

/** keyset_load: %NULL with CUSTODY_ERROR_KEYSET_MISSING, _KEYSET_DAMAGED or _FAILED. */
Keyset *keyset_load (const char *path, GError **error);
/** keyset_save: 0600, synced, renamed into place: afterwards the file is the old one or the new one, never a part. */
gboolean keyset_save (const Keyset *self, const char *path, GError **error);

G_END_DECLS

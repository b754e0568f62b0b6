/* SPDX-License-Identifier: Apache-2.0 */
/* vault-backup-private: what the files that write and read backups share. */
#pragma once

#include "dump.h"
#include "vault-backup.h"
#include "vault-private.h"

/* A database that is made from a backup, to compare with and to take from. */
#define RESTORE_FILE "vault.restore"

/* At the start: what a restore that was cut off left. */
void vault_restore_clean (Vault *self);

/* What a backup says of itself, once all of it was read and every digest, the chain and the attestation fit. */
typedef struct
{
  DumpHead head;
  char sha256[65];
  guint64 bytes, entries, people;
  guint8 record_head[ENTRY_HASH_BYTES];
  guint8 sealed_to[KEYS_VAULT_BYTES];
  GHashTable *digests; /* owned: table's name -> GBytes */
} BackupFacts;

void backup_facts_clear (BackupFacts *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BackupFacts, backup_facts_clear)

/* Before a backup is written: has the TPM sign the record to its end, so that it is worth something without this machine too. */
gboolean vault_backup_sign_record (Vault *self, GError **error);
/* Writes a backup to @fd, an empty regular file, for the holders of @points. */
gboolean
vault_backup_write (Vault *self, int fd, const char *purpose, const guint8 *points, guint n_points, GError **error);
/* (transfer full): CONTAINER_POINT_BYTES of this machine and of each second one, or of the one whose id is @only. */
GByteArray *vault_machines_points (Vault *self, const char *only, GError **error);
/* Digests of the database's tables as a dump of it has them; table's name -> GBytes. */
GHashTable *vault_backup_digest_tables (Vault *self, GError **error);

/*
 * Reads all of @fd from where it stands and checks it. @path: (nullable): a new database is made there, under @key; on FALSE
 * nothing is left of it. @whole: with the record and its attestations in it. Needs the keys, not the database.
 */
gboolean vault_backup_read (Vault *self, int fd, const char *path, const Secret *key, gboolean whole,
                            BackupFacts *ret_facts, GError **error);
/* The same of another vault that made it for this machine too: @vault_id, whose TPM attests with @attest_key. */
gboolean vault_backup_read_of (Vault *self, const char *vault_id, const guint8 attest_key[ATTESTATION_KEY_BYTES],
                               int fd, const char *path, const Secret *key, gboolean whole, BackupFacts *ret_facts,
                               GError **error);

/* SPDX-License-Identifier: Apache-2.0 */
/* old-vaults: vaults that this one took over from, and their records as they came here, with the TPM's attestations of each and the key
 * to check them with. Same rules as store.h. */
#pragma once

#include "attestation.h"
#include "entries.h"
#include "store.h"

G_BEGIN_DECLS

typedef struct
{
  char *id, *company, *provider, *taken;
  char *machine;   /* what that machine was called here; "" for one that its successor had taken over from */
  guint64 entries; /* of its record, as it came here */
  guint8 head[ENTRY_HASH_BYTES];
  guint8 attest_key[ATTESTATION_KEY_BYTES];
  char *first, *last; /* times of its first and last entry; "" without one */
  guint64 checkpoints;
  guint64 attested; /* up to which entry there is one */
} OldVault;

void old_vault_free (OldVault *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OldVault, old_vault_free)

gboolean old_vaults_insert (Store *store, const char *id, const char *company, const char *provider,
                            const guint8 attest_key[ATTESTATION_KEY_BYTES], guint64 entries,
                            const guint8 head[ENTRY_HASH_BYTES], const char *taken, GError **error);
/** old_vaults_list: (transfer full) (element-type OldVault): in the order in which they came. */
GPtrArray *old_vaults_list (Store *store, GError **error);
/** old_vaults_get: NO_SUCH_MACHINE when there is none of that id. */
OldVault *old_vaults_get (Store *store, const char *id, GError **error);
/** old_vaults_get_last: NO_SUCH_MACHINE when there is none. */
OldVault *old_vaults_get_last (Store *store, GError **error);

/** old_entries_foreach: of vault @id, in order. */
gboolean old_entries_foreach (Store *store, const char *id, EntryFunc func, gpointer user_data, GError **error);
/** old_checkpoints_get: as checkpoints_get (). */
gboolean old_checkpoints_get (Store *store, const char *id, guint64 seq, Attestation *ret_attestation, GError **error);
/**
 * old_vaults_dup_taking:
 * @ret_detail: (out) (transfer full): what the entry says that took vault @id over: in this vault's record or in one that came here;
 *   %NULL when none does
 */
gboolean old_vaults_dup_taking (Store *store, const char *id, char **ret_detail, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: is the whole keyset one that this TPM would use? What only a backup, a removal or another admin needs is looked at as well. */
#include "keys-private.h"

#include <string.h>

#include "custody-error.h"
#include "tpm-enroll.h"

static gboolean
damaged (const char *what, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED, "keyset: %s", what);
  return FALSE;
}

/* The root key's public part is what it would be made from again. */
static gboolean
check_root (Keys *self, GError **error)
{
  const Keyset *keyset = self->keyset;
  guint8 name[TPM_NAME_BYTES];
  g_autoptr (GBytes) identity = NULL;

  if (!tpm_public_get_name (keyset->srk_public, name) || g_bytes_get_size (keyset->srk_name) != sizeof name
      || memcmp (g_bytes_get_data (keyset->srk_name, NULL), name, sizeof name) != 0)
    return damaged ("the storage root key's public part is another's", error);
  identity = tpm_dup_identity (self->tpm);
  /* Nobody can ask for it any more once the endorsement hierarchy has a password. */
  if (g_bytes_get_size (identity) > 0 && g_bytes_get_size (keyset->identity) > 0
      && !g_bytes_equal (identity, keyset->identity))
    return damaged ("the TPM's identity is another's", error);
  return TRUE;
}

gboolean
keys_check (Keys *self, const char *const *admin_ids, GError **error)
{
  const Keyset *keyset = self->keyset;
  GBytes *const blobs[] = { keyset->gate,       keyset->dek,           keyset->epoch_secret,
                            keyset->attest_key, keyset->transport_key, keyset->index_key };

  if (!check_root (self, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (blobs); i++)
    if (blobs[i] != NULL && g_bytes_get_size (blobs[i]) > 0 && !tpm_blob_check (self->tpm, blobs[i], error))
      return FALSE;
  for (guint i = 0; i < keyset->admins->len; i++)
    if (!tpm_blob_check (self->tpm, ((const KeysetAdmin *) g_ptr_array_index (keyset->admins, i))->key, error))
      return FALSE;
  if (admin_ids == NULL)
    return TRUE;
  for (guint i = 0; admin_ids[i] != NULL; i++)
    if (keyset_find_admin (keyset, admin_ids[i]) == NULL)
      return damaged ("somebody who may log in has no key", error);
  return keyset->admins->len == g_strv_length ((char **) admin_ids)
         || damaged ("somebody who may not log in has a key", error);
}

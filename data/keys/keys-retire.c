/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: what the TPM says about the epoch, and the end of a vault. */
#include "keys-private.h"

gboolean
keys_get_epoch (Keys *self, KeysEpochState *ret_state, GError **error)
{
  ret_state->value = self->keyset->epoch;
  ret_state->counter.index = self->keyset->epoch_index;
  return tpm_epoch_get_policy (self->tpm, self->keyset->epoch_index, ret_state->counter.policy, error);
}

gboolean
keys_certify_epoch (Keys *self, const guint8 digest[ATTESTATION_HEAD_BYTES], Attestation *ret_attestation,
                    GError **error)
{
  return tpm_counter_certify (self->tpm, self->keyset->epoch_index, NULL, self->keyset->attest_key, digest,
                              ret_attestation, error);
}

GBytes *
keys_retire_seal_gate (Keys *self, const Secret *master, GError **error)
{
  g_autoptr (Secret) gate_auth = keys_master_dup_gate_auth (master);

  return tpm_epoch_seal (self->tpm, self->keyset->epoch_index, self->keyset->epoch, gate_auth, error);
}

gboolean
keys_retire_commit (Keys *self, guint64 epoch, GBytes *sealed_gate, GError **error)
{
  const guint32 index = self->keyset->epoch_index;
  g_autoptr (Secret) gate_auth = NULL;
  g_autoptr (GError) problem = NULL;
  guint64 value;

  if (!tpm_epoch_read (self->tpm, index, &value, error))
    return FALSE;
  if (value > epoch)
    return TRUE;
  gate_auth = tpm_epoch_unseal (self->tpm, index, epoch, sealed_gate, error);
  if (gate_auth == NULL)
    return FALSE;
  /* A TPM that failed may have raised it first: the counter itself says what holds. */
  if (!tpm_epoch_bump (self->tpm, index, self->keyset->gate, gate_auth, &value, &problem)
      && (!tpm_epoch_read (self->tpm, index, &value, NULL) || value <= epoch))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  return TRUE;
}

void
keys_retire_finish (Keys *self)
{
  tpm_nv_undefine (self->tpm, self->keyset->counter_index);
  tpm_nv_undefine (self->tpm, self->keyset->epoch_index);
}

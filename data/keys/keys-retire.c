/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: what the TPM says about the epoch. */
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

/* SPDX-License-Identifier: Apache-2.0 */
/* Tpm: what is sealed to the epoch and to the state the machine booted in (PCR 7: Secure Boot's keys and settings), with the gate as
 * the second way in. */
#include "tpm-private.h"

#include <string.h>

#include "custody-error.h"

#define BOOT_PCR 7
#define DIGEST_BYTES 32
#define PCR_TRIES 3

G_STATIC_ASSERT (TPM_BOOT_BRANCHES_BYTES == 2 * DIGEST_BYTES);

/* The PCR that the policy names, in the bank of SHA-256. */
static const TPML_PCR_SELECTION boot_pcrs = {
  .count = 1, .pcrSelections = { { .hash = TPM2_ALG_SHA256, .sizeofSelect = 3, .pcrSelect = { 1 << BOOT_PCR } } }
};

/* policy := PolicyNV (epoch == value), then PolicyPCR (as it is now) or PolicySecret (gate) */
static gboolean
policy_branch (Tpm *self, ESYS_TR session, const TpmEpoch *epoch, const Secret *gate_auth, GError **error)
{
  if (!tpm_policy_epoch (self, session, epoch, error))
    return FALSE;
  if (gate_auth != NULL)
    return tpm_policy_secret (self, session, epoch->gate, gate_auth, error);
  return tpm_check (Esys_PolicyPCR (self->esys, session, TPM_NO_SESSIONS, NULL, &boot_pcrs), "boot policy", error);
}

static gboolean
policy_or (Tpm *self, ESYS_TR session, const guint8 branches[TPM_BOOT_BRANCHES_BYTES], GError **error)
{
  TPML_DIGEST digests = { .count = 2, .digests = { { .size = DIGEST_BYTES }, { .size = DIGEST_BYTES } } };
  TSS2_RC rc;

  memcpy (digests.digests[0].buffer, branches, DIGEST_BYTES);
  memcpy (digests.digests[1].buffer, branches + DIGEST_BYTES, DIGEST_BYTES);
  rc = Esys_PolicyOR (self->esys, session, TPM_NO_SESSIONS, &digests);
  /* The epoch was right, or PolicyNV had failed: what is left is neither of the two branches. */
  if ((rc & TSS2_RC_LAYER_MASK) == TSS2_TPM_RC_LAYER && (rc & TPM2_RC_FMT1) != 0 && (rc & 0xbf) == TPM2_RC_VALUE)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BOOT_CHANGED, "the machine booted in another state");
      return FALSE;
    }
  return tpm_check (rc, "boot policy's branches", error);
}

static gboolean
trial_branch (Tpm *self, const TpmEpoch *epoch, const Secret *gate_auth, guint8 ret_digest[DIGEST_BYTES],
              GError **error)
{
  TPM2B_DIGEST digest = { .size = 0 };
  ESYS_TR trial = ESYS_TR_NONE;
  gboolean ok = tpm_policy_start (self, TRUE, &trial, error) && policy_branch (self, trial, epoch, gate_auth, error)
                && tpm_policy_finish (self, trial, &digest, error);

  tpm_flush (self, &trial);
  if (ok && digest.size != DIGEST_BYTES)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "the TPM's policy digest has the wrong size");
      return FALSE;
    }
  if (ok)
    memcpy (ret_digest, digest.buffer, DIGEST_BYTES);
  return ok;
}

GBytes *
tpm_boot_seal (Tpm *self, const TpmEpoch *epoch, const Secret *gate_auth, const Secret *data,
               guint8 ret_branches[TPM_BOOT_BRANCHES_BYTES], GError **error)
{
  TPM2B_PUBLIC template = tpm_sealed_template;
  ESYS_TR trial = ESYS_TR_NONE;
  gboolean ok;

  if (!trial_branch (self, epoch, NULL, ret_branches, error)
      || !trial_branch (self, epoch, gate_auth, ret_branches + DIGEST_BYTES, error))
    return NULL;
  ok = tpm_policy_start (self, TRUE, &trial, error) && policy_or (self, trial, ret_branches, error)
       && tpm_policy_finish (self, trial, &template.publicArea.authPolicy, error);
  tpm_flush (self, &trial);
  return ok ? tpm_object_create (self, &template, NULL, data, error) : NULL;
}

Secret *
tpm_boot_unseal (Tpm *self, const TpmEpoch *epoch, const guint8 branches[TPM_BOOT_BRANCHES_BYTES],
                 const Secret *gate_auth, GBytes *blob, GError **error)
{
  ESYS_TR object = ESYS_TR_NONE;
  Secret *secret = NULL;

  if (!tpm_object_load (self, blob, &object, error))
    return NULL;
  for (guint tries = 0; secret == NULL && tries < PCR_TRIES; tries++)
    {
      TPM2B_SENSITIVE_DATA *data = NULL;
      ESYS_TR session = ESYS_TR_NONE;
      TSS2_RC rc = TSS2_RC_SUCCESS;
      gboolean ready = tpm_policy_start (self, FALSE, &session, error)
                       && policy_branch (self, session, epoch, gate_auth, error)
                       && policy_or (self, session, branches, error);

      if (ready)
        rc = Esys_Unseal (self->esys, object, session, ESYS_TR_NONE, ESYS_TR_NONE, &data);
      tpm_flush (self, &session);
      /* Some PCR was extended meanwhile, not necessarily ours: the TPM wants a fresh session. */
      if (ready && rc == TPM2_RC_PCR_CHANGED && tries + 1 < PCR_TRIES)
        continue;
      if (!ready || !tpm_check (rc, "unseal", error))
        break;
      secret = secret_new_take (data->buffer, data->size);
      Esys_Free (data);
    }
  tpm_flush (self, &object);
  return secret;
}

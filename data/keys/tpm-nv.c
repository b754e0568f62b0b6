/* SPDX-License-Identifier: Apache-2.0 */
/* Tpm: the two NV counters of a vault (epoch, state) and what is sealed to the epoch. */
#include "tpm-private.h"

#include <sodium.h>
#include <string.h>

#include "custody-error.h"
#include "nv.h"

static gboolean
nv_open (Tpm *self, guint32 index, ESYS_TR *ret_nv, GError **error)
{
  return tpm_check (Esys_TR_FromTPMPublic (self->esys, index, TPM_NO_SESSIONS, ret_nv), "find an NV counter", error);
}

static void
nv_close (Tpm *self, ESYS_TR *nv)
{
  if (*nv != ESYS_TR_NONE)
    (void) Esys_TR_Close (self->esys, nv);
}

static gboolean
nv_define (Tpm *self, guint32 index, TPMA_NV attributes, const Secret *auth, const TPM2B_DIGEST *policy,
           ESYS_TR *ret_nv, GError **error)
{
  TPM2B_AUTH value = { .size = 0 };
  TPM2B_NV_PUBLIC public = {
    .nvPublic = { .nvIndex = index, .nameAlg = TPM2_ALG_SHA256, .attributes = attributes, .dataSize = NV_COUNTER_BYTES }
  };
  TSS2_RC rc;

  if (auth != NULL)
    {
      value.size = secret_get_size (auth);
      memcpy (value.buffer, secret_get_data (auth, NULL), value.size);
    }
  if (policy != NULL)
  public.nvPublic.authPolicy = *policy;
  rc = Esys_NV_DefineSpace (self->esys, ESYS_TR_RH_OWNER, self->session, ESYS_TR_NONE, ESYS_TR_NONE, &value, &public,
                            ret_nv);
  sodium_memzero (&value, sizeof value);
  return tpm_check (rc, "define an NV counter", error);
}

gboolean
tpm_nv_find_free (Tpm *self, guint32 *ret_index, GError **error)
{
  TPMS_CAPABILITY_DATA *data = NULL;
  TPMI_YES_NO more;
  guint32 index = NV_FIRST;
  TSS2_RC rc = Esys_GetCapability (self->esys, TPM_NO_SESSIONS, TPM2_CAP_HANDLES, NV_FIRST, NV_LAST - NV_FIRST + 1,
                                   &more, &data);

  if (!tpm_check (rc, "list NV indices", error))
    return FALSE;
  /* Handles come in rising order. */
  for (guint i = 0; i < data->data.handles.count && data->data.handles.handle[i] == index; i++)
    index++;
  Esys_Free (data);
  if (index > NV_LAST)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "no NV index is free");
      return FALSE;
    }
  *ret_index = index;
  return TRUE;
}

void
tpm_nv_undefine (Tpm *self, guint32 index)
{
  ESYS_TR nv = ESYS_TR_NONE;

  if (Esys_TR_FromTPMPublic (self->esys, index, TPM_NO_SESSIONS, &nv) == TSS2_RC_SUCCESS
      && Esys_NV_UndefineSpace (self->esys, ESYS_TR_RH_OWNER, nv, self->session, ESYS_TR_NONE, ESYS_TR_NONE)
             != TSS2_RC_SUCCESS)
    nv_close (self, &nv);
}

/* @rc of a command with @nv, which was made with @attributes: a keyset may name another index, a database keep another password. */
static gboolean
nv_check (Tpm *self, ESYS_TR nv, TPMA_NV attributes, TSS2_RC rc, const char *doing, GError **error)
{
  TPM2B_NV_PUBLIC *public = NULL;
  gboolean is_other = FALSE;

  if ((rc & TSS2_RC_LAYER_MASK) == TSS2_TPM_RC_LAYER && rc != TSS2_RC_SUCCESS
      && Esys_NV_ReadPublic (self->esys, nv, TPM_NO_SESSIONS, &public, NULL) == TSS2_RC_SUCCESS)
    {
      is_other = (public->nvPublic.attributes & ~TPMA_NV_WRITTEN) != attributes;
      Esys_Free (public);
    }
  if (is_other)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED, "TPM: %s: it is another index: response 0x%x",
                 doing, rc);
  else if ((rc & TSS2_RC_LAYER_MASK) == TSS2_TPM_RC_LAYER && (rc & TPM2_RC_FMT1) != 0
           && (rc & 0xbf) == TPM2_RC_BAD_AUTH)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "TPM: %s: it has another password: response 0x%x", doing,
                 rc);
  else
    return tpm_check (rc, doing, error);
  return FALSE;
}

static gboolean
nv_read (Tpm *self, ESYS_TR nv, TPMA_NV attributes, guint64 *ret_value, GError **error)
{
  TPM2B_MAX_NV_BUFFER *data = NULL;
  guint64 value = 0;

  if (!nv_check (
          self, nv, attributes,
          Esys_NV_Read (self->esys, nv, nv, self->session, ESYS_TR_NONE, ESYS_TR_NONE, NV_COUNTER_BYTES, 0, &data),
          "read an NV counter", error))
    return FALSE;
  for (guint i = 0; i < NV_COUNTER_BYTES && i < data->size; i++)
    value = value << 8 | data->buffer[i];
  Esys_Free (data);
  *ret_value = value;
  return TRUE;
}

/* --- epoch ----------------------------------------------------------------------------------------------------------- */

gboolean
tpm_policy_secret (Tpm *self, ESYS_TR session, GBytes *gate, const Secret *gate_auth, GError **error)
{
  ESYS_TR handle = ESYS_TR_NONE;
  TSS2_RC rc;

  if (!tpm_object_load (self, gate, &handle, error))
    return FALSE;
  tpm_set_auth (self, handle, gate_auth);
  rc = Esys_PolicySecret (self->esys, handle, session, self->session, ESYS_TR_NONE, ESYS_TR_NONE, NULL, NULL, NULL, 0,
                          NULL, NULL);
  tpm_flush (self, &handle);
  return tpm_check (rc, "gate policy", error);
}

/* policy := PolicySecret (gate) then PolicyCommandCode (NV_Increment) */
static gboolean
policy_gate (Tpm *self, ESYS_TR session, GBytes *gate, const Secret *gate_auth, GError **error)
{
  return tpm_policy_secret (self, session, gate, gate_auth, error)
         && tpm_check (Esys_PolicyCommandCode (self->esys, session, TPM_NO_SESSIONS, TPM2_CC_NV_Increment),
                       "gate policy", error);
}

gboolean
tpm_policy_epoch (Tpm *self, ESYS_TR session, const TpmEpoch *epoch, GError **error)
{
  TPM2B_OPERAND operand = { .size = NV_COUNTER_BYTES };
  ESYS_TR nv = ESYS_TR_NONE;
  guint64 value = epoch->value;
  gboolean ok;

  if (!nv_open (self, epoch->index, &nv, error))
    return FALSE;
  for (int i = NV_COUNTER_BYTES - 1; i >= 0; i--, value >>= 8)
    operand.buffer[i] = value & 0xff;
  ok = nv_check (self, nv, NV_EPOCH_ATTRIBUTES,
                 Esys_PolicyNV (self->esys, nv, nv, session, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &operand, 0,
                                TPM2_EO_EQ),
                 "epoch policy", error);
  nv_close (self, &nv);
  return ok;
}

gboolean
tpm_policy_finish (Tpm *self, ESYS_TR session, TPM2B_DIGEST *ret_digest, GError **error)
{
  TPM2B_DIGEST *digest = NULL;
  gboolean ok =
      tpm_check (Esys_PolicyGetDigest (self->esys, session, TPM_NO_SESSIONS, &digest), "policy digest", error);

  if (ok)
    *ret_digest = *digest;
  Esys_Free (digest);
  return ok;
}

static gboolean
epoch_increment (Tpm *self, ESYS_TR nv, GBytes *gate, const Secret *gate_auth, GError **error)
{
  ESYS_TR session = ESYS_TR_NONE;
  gboolean ok;

  if (!tpm_policy_start (self, FALSE, &session, error))
    return FALSE;
  ok = policy_gate (self, session, gate, gate_auth, error)
       && tpm_check (Esys_NV_Increment (self->esys, nv, nv, session, ESYS_TR_NONE, ESYS_TR_NONE), "raise the epoch",
                     error);
  tpm_flush (self, &session);
  return ok;
}

gboolean
tpm_epoch_create (Tpm *self, guint32 index, GBytes *gate, const Secret *gate_auth, guint64 *ret_value, GError **error)
{
  TPM2B_DIGEST policy = { .size = 0 };
  ESYS_TR trial = ESYS_TR_NONE, nv = ESYS_TR_NONE;
  gboolean ok;

  if (!tpm_policy_start (self, TRUE, &trial, error))
    return FALSE;
  ok = policy_gate (self, trial, gate, gate_auth, error) && tpm_policy_finish (self, trial, &policy, error);
  tpm_flush (self, &trial);
  if (!ok || !nv_define (self, index, NV_EPOCH_ATTRIBUTES, NULL, &policy, &nv, error))
    return FALSE;
  /* The first write changes the index's Name: raise it before anything is sealed to it. */
  ok = epoch_increment (self, nv, gate, gate_auth, error) && nv_read (self, nv, NV_EPOCH_ATTRIBUTES, ret_value, error);
  nv_close (self, &nv);
  if (!ok)
    tpm_nv_undefine (self, index);
  return ok;
}

gboolean
tpm_epoch_bump (Tpm *self, guint32 index, GBytes *gate, const Secret *gate_auth, guint64 *ret_value, GError **error)
{
  ESYS_TR nv = ESYS_TR_NONE;
  gboolean ok;

  if (!nv_open (self, index, &nv, error))
    return FALSE;
  ok = epoch_increment (self, nv, gate, gate_auth, error) && nv_read (self, nv, NV_EPOCH_ATTRIBUTES, ret_value, error);
  nv_close (self, &nv);
  return ok;
}

gboolean
tpm_epoch_read (Tpm *self, guint32 index, guint64 *ret_value, GError **error)
{
  ESYS_TR nv = ESYS_TR_NONE;
  gboolean ok = nv_open (self, index, &nv, error) && nv_read (self, nv, NV_EPOCH_ATTRIBUTES, ret_value, error);

  nv_close (self, &nv);
  return ok;
}

gboolean
tpm_epoch_get_policy (Tpm *self, guint32 index, guint8 ret_policy[ATTESTATION_POLICY_BYTES], GError **error)
{
  TPM2B_NV_PUBLIC *public = NULL;
  ESYS_TR nv = ESYS_TR_NONE;
  gboolean ok;

  if (!nv_open (self, index, &nv, error))
    return FALSE;
  ok = tpm_check (Esys_NV_ReadPublic (self->esys, nv, TPM_NO_SESSIONS, &public, NULL), "read an NV counter's policy",
                  error);
  if (ok && public->nvPublic.authPolicy.size != ATTESTATION_POLICY_BYTES)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "the epoch counter has another policy");
      ok = FALSE;
    }
  if (ok)
    memcpy (ret_policy, public->nvPublic.authPolicy.buffer, ATTESTATION_POLICY_BYTES);
  Esys_Free (public);
  nv_close (self, &nv);
  return ok;
}

/* userWithAuth stays clear: the policy is the only way in. */
const TPM2B_PUBLIC tpm_sealed_template = {
  .publicArea = { .type = TPM2_ALG_KEYEDHASH,
                  .nameAlg = TPM2_ALG_SHA256,
                  .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_NODA,
                  .parameters.keyedHashDetail.scheme.scheme = TPM2_ALG_NULL }
};

GBytes *
tpm_epoch_seal (Tpm *self, guint32 index, guint64 value, const Secret *data, GError **error)
{
  const TpmEpoch epoch = { .index = index, .value = value };
  TPM2B_PUBLIC template = tpm_sealed_template;
  ESYS_TR trial = ESYS_TR_NONE;
  gboolean ok;

  g_return_val_if_fail (secret_get_size (data) <= 128, NULL);

  ok = tpm_policy_start (self, TRUE, &trial, error) && tpm_policy_epoch (self, trial, &epoch, error)
       && tpm_policy_finish (self, trial, &template.publicArea.authPolicy, error);
  tpm_flush (self, &trial);
  return ok ? tpm_object_create (self, &template, NULL, data, error) : NULL;
}

Secret *
tpm_epoch_unseal (Tpm *self, guint32 index, guint64 value, GBytes *blob, GError **error)
{
  const TpmEpoch epoch = { .index = index, .value = value };
  TPM2B_SENSITIVE_DATA *data = NULL;
  ESYS_TR session = ESYS_TR_NONE, object = ESYS_TR_NONE;
  Secret *secret = NULL;

  if (tpm_object_load (self, blob, &object, error) && tpm_policy_start (self, FALSE, &session, error)
      && tpm_policy_epoch (self, session, &epoch, error)
      && tpm_check (Esys_Unseal (self->esys, object, session, ESYS_TR_NONE, ESYS_TR_NONE, &data), "unseal", error))
    {
      secret = secret_new_take (data->buffer, data->size);
      Esys_Free (data);
    }
  tpm_flush (self, &session);
  tpm_flush (self, &object);
  return secret;
}

/* --- state counter --------------------------------------------------------------------------------------------------- */

gboolean
tpm_counter_create (Tpm *self, guint32 index, const Secret *auth, guint64 *ret_value, GError **error)
{
  ESYS_TR nv = ESYS_TR_NONE;

  if (!nv_define (self, index, NV_STATE_ATTRIBUTES, auth, NULL, &nv, error))
    return FALSE;
  nv_close (self, &nv);
  if (!tpm_counter_increment (self, index, auth, ret_value, error))
    {
      tpm_nv_undefine (self, index);
      return FALSE;
    }
  return TRUE;
}

gboolean
tpm_counter_read (Tpm *self, guint32 index, const Secret *auth, guint64 *ret_value, GError **error)
{
  ESYS_TR nv = ESYS_TR_NONE;
  gboolean ok;

  if (!nv_open (self, index, &nv, error))
    return FALSE;
  tpm_set_auth (self, nv, auth);
  ok = nv_read (self, nv, NV_STATE_ATTRIBUTES, ret_value, error);
  nv_close (self, &nv);
  return ok;
}

gboolean
tpm_counter_increment (Tpm *self, guint32 index, const Secret *auth, guint64 *ret_value, GError **error)
{
  ESYS_TR nv = ESYS_TR_NONE;
  gboolean ok;

  if (!nv_open (self, index, &nv, error))
    return FALSE;
  tpm_set_auth (self, nv, auth);
  ok = tpm_check (Esys_NV_Increment (self->esys, nv, nv, self->session, ESYS_TR_NONE, ESYS_TR_NONE),
                  "raise an NV counter", error)
       && nv_read (self, nv, NV_STATE_ATTRIBUTES, ret_value, error);
  nv_close (self, &nv);
  return ok;
}

gboolean
tpm_clock_read (Tpm *self, TpmClock *ret_clock, GError **error)
{
  TPMS_TIME_INFO *time = NULL;

  if (!tpm_check (Esys_ReadClock (self->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &time), "read its clock",
                  error))
    return FALSE;
  *ret_clock = (TpmClock){ .ms = time->clockInfo.clock,
                           .resets = time->clockInfo.resetCount,
                           .restarts = time->clockInfo.restartCount,
                           .is_safe = time->clockInfo.safe == TPM2_YES };
  Esys_Free (time);
  return TRUE;
}

gboolean
tpm_attestation_take (const TPM2B_ATTEST *attest, const TPMT_SIGNATURE *signature, Attestation *ret_attestation,
                      GError **error)
{
  const TPMS_SIGNATURE_ECC *ecdsa = &signature->signature.ecdsa;

  if (attest->size > sizeof ret_attestation->bytes)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "the TPM's attestation is too long");
      return FALSE;
    }
  memcpy (ret_attestation->bytes, attest->attestationData, attest->size);
  ret_attestation->n_bytes = attest->size;
  tpm_pad_left (ret_attestation->signature, ecdsa->signatureR.buffer, ecdsa->signatureR.size);
  tpm_pad_left (ret_attestation->signature + 32, ecdsa->signatureS.buffer, ecdsa->signatureS.size);
  return TRUE;
}

gboolean
tpm_counter_certify (Tpm *self, guint32 index, const Secret *auth, GBytes *attest_key,
                     const guint8 head[ATTESTATION_HEAD_BYTES], Attestation *ret_attestation, GError **error)
{
  const TPMT_SIG_SCHEME scheme = { .scheme = TPM2_ALG_NULL }; /* the key's own */
  TPM2B_DATA qualifying = { .size = ATTESTATION_HEAD_BYTES };
  TPM2B_ATTEST *attest = NULL;
  TPMT_SIGNATURE *signature = NULL;
  ESYS_TR nv = ESYS_TR_NONE, key = ESYS_TR_NONE;
  gboolean ok = FALSE;

  if (!nv_open (self, index, &nv, error))
    return FALSE;
  memcpy (qualifying.buffer, head, ATTESTATION_HEAD_BYTES);
  tpm_set_auth (self, nv, auth);
  if (tpm_object_load (self, attest_key, &key, error))
    ok = tpm_check (Esys_NV_Certify (self->esys, key, nv, nv, ESYS_TR_PASSWORD, self->session, ESYS_TR_NONE,
                                     &qualifying, &scheme, NV_COUNTER_BYTES, 0, &attest, &signature),
                    "attest the state counter", error);
  if (ok)
    ok = tpm_attestation_take (attest, signature, ret_attestation, error);
  Esys_Free (attest);
  Esys_Free (signature);
  tpm_flush (self, &key);
  nv_close (self, &nv);
  return ok;
}

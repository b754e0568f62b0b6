/* SPDX-License-Identifier: Apache-2.0 */
/* Tpm: proving to another machine which keys are in this TPM. */
#include "tpm-enroll.h"

#include <sodium.h>
#include <string.h>
#include <tss2/tss2_mu.h>

#include "custody-error.h"
#include "tpm-private.h"

static const TPMA_OBJECT resident = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN;

/* TCG EK Credential Profile 2.x, template L-2; the policy is PolicySecret (endorsement hierarchy). */
static const TPM2B_PUBLIC endorsement_template = {
  .publicArea = { .type = TPM2_ALG_ECC,
                  .nameAlg = TPM2_ALG_SHA256,
                  .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN
                                      | TPMA_OBJECT_ADMINWITHPOLICY | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT,
                  .authPolicy = { .size = 32,
                                  .buffer = { 0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8, 0x1a, 0x90, 0xcc,
                                              0x8d, 0x46, 0xa5, 0xd7, 0x24, 0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52,
                                              0x0b, 0x64, 0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa } },
                  .parameters.eccDetail = { .symmetric = { .algorithm = TPM2_ALG_AES,
                                                           .keyBits.aes = 128,
                                                           .mode.aes = TPM2_ALG_CFB },
                                            .scheme.scheme = TPM2_ALG_NULL,
                                            .curveID = TPM2_ECC_NIST_P256,
                                            .kdf.scheme = TPM2_ALG_NULL },
                  .unique.ecc = { .x.size = 32, .y.size = 32 } }
};

/* --- public parts ---------------------------------------------------------------------------------------------------- */

static gboolean
public_unmarshal (GBytes *bytes, TPM2B_PUBLIC *ret_public)
{
  gsize size, used = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return size <= TPM_PUBLIC_MAX_BYTES && tpm_public_take (data, size, &used, ret_public) && used == size;
}

static GBytes *
public_marshal (const TPM2B_PUBLIC *public, GError **error)
{
  guint8 buffer[TPM_PUBLIC_MAX_BYTES];
  gsize used = 0;

  return tpm_check (Tss2_MU_TPM2B_PUBLIC_Marshal (public, buffer, sizeof buffer, &used), "marshal", error)
             ? g_bytes_new (buffer, used)
             : NULL;
}

static gboolean
is_p256 (const TPMT_PUBLIC *area)
{
  return area->type == TPM2_ALG_ECC && area->nameAlg == TPM2_ALG_SHA256
         && area->parameters.eccDetail.curveID == TPM2_ECC_NIST_P256
         && area->parameters.eccDetail.kdf.scheme == TPM2_ALG_NULL && area->unique.ecc.x.size <= 32
         && area->unique.ecc.y.size <= 32 && area->unique.ecc.x.size > 0 && area->unique.ecc.y.size > 0;
}

static gboolean
is_endorsement (const TPMT_PUBLIC *area)
{
  const TPMT_PUBLIC *wanted = &endorsement_template.publicArea;
  const TPMT_SYM_DEF_OBJECT *cipher = &area->parameters.eccDetail.symmetric;

  return area->objectAttributes == wanted->objectAttributes && area->authPolicy.size == wanted->authPolicy.size
         && memcmp (area->authPolicy.buffer, wanted->authPolicy.buffer, wanted->authPolicy.size) == 0
         && cipher->algorithm == TPM2_ALG_AES && cipher->keyBits.aes == 128 && cipher->mode.aes == TPM2_ALG_CFB
         && area->parameters.eccDetail.scheme.scheme == TPM2_ALG_NULL;
}

static gboolean
is_plain_key (const TPMT_PUBLIC *area, TPMA_OBJECT use, TPMI_ALG_ASYM_SCHEME scheme)
{
  return area->objectAttributes == (resident | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | use)
         && area->authPolicy.size == 0 && area->parameters.eccDetail.symmetric.algorithm == TPM2_ALG_NULL
         && area->parameters.eccDetail.scheme.scheme == scheme
         && area->parameters.eccDetail.scheme.details.anySig.hashAlg == TPM2_ALG_SHA256;
}

gboolean
tpm_public_check (GBytes *bytes, TpmPublicKind kind)
{
  TPM2B_PUBLIC public;
  const TPMT_PUBLIC *area = &public.publicArea;

  if (!public_unmarshal (bytes, &public) || !is_p256 (area))
    return FALSE;
  switch (kind)
    {
    case TPM_PUBLIC_ENDORSEMENT:
      return is_endorsement (area);
    case TPM_PUBLIC_ATTEST:
      return is_plain_key (area, TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_SIGN_ENCRYPT, TPM2_ALG_ECDSA);
    case TPM_PUBLIC_TRANSPORT:
      return is_plain_key (area, TPMA_OBJECT_DECRYPT, TPM2_ALG_ECDH);
    default:
      return FALSE;
    }
}

gboolean
tpm_public_get_point (GBytes *bytes, guint8 ret_point[TPM_POINT_BYTES])
{
  TPM2B_PUBLIC public;

  if (!public_unmarshal (bytes, &public) || !is_p256 (&public.publicArea))
    return FALSE;
  tpm_pad_left (ret_point, public.publicArea.unique.ecc.x.buffer, public.publicArea.unique.ecc.x.size);
  tpm_pad_left (ret_point + 32, public.publicArea.unique.ecc.y.buffer, public.publicArea.unique.ecc.y.size);
  return TRUE;
}

gboolean
tpm_public_get_name (GBytes *bytes, guint8 ret_name[TPM_NAME_BYTES])
{
  TPM2B_PUBLIC public;
  guint8 buffer[sizeof (TPMT_PUBLIC)];
  gsize used = 0;

  if (!public_unmarshal (bytes, &public) || public.publicArea.nameAlg != TPM2_ALG_SHA256
      || Tss2_MU_TPMT_PUBLIC_Marshal (&public.publicArea, buffer, sizeof buffer, &used) != TSS2_RC_SUCCESS)
    return FALSE;
  ret_name[0] = TPM2_ALG_SHA256 >> 8;
  ret_name[1] = TPM2_ALG_SHA256 & 0xff;
  return crypto_hash_sha256 (ret_name + 2, buffer, used) == 0;
}

GBytes *
tpm_blob_dup_public (GBytes *blob)
{
  TPM2B_PUBLIC public;
  gsize size, used = 0;
  const guint8 *data = g_bytes_get_data (blob, &size);

  if (!tpm_public_take (data, size, &used, &public))
    return NULL;
  return g_bytes_new (data, used);
}

/* --- what the TPM says ----------------------------------------------------------------------------------------------- */

static gboolean
endorsement_create (Tpm *self, ESYS_TR *ret_handle, TPM2B_PUBLIC **ret_public, GError **error)
{
  const TPM2B_SENSITIVE_CREATE sensitive = { .size = 0 };
  const TPM2B_DATA outside = { .size = 0 };
  const TPML_PCR_SELECTION pcrs = { .count = 0 };

  return tpm_check (Esys_CreatePrimary (self->esys, ESYS_TR_RH_ENDORSEMENT, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                        ESYS_TR_NONE, &sensitive, &endorsement_template, &outside, &pcrs, ret_handle,
                                        ret_public, NULL, NULL, NULL),
                    "create the endorsement key", error);
}

GBytes *
tpm_endorsement_dup_public (Tpm *self, GError **error)
{
  TPM2B_PUBLIC *public = NULL;
  ESYS_TR handle = ESYS_TR_NONE;
  GBytes *bytes;

  if (!endorsement_create (self, &handle, &public, error))
    return NULL;
  tpm_flush (self, &handle);
  bytes = public_marshal (public, error);
  Esys_Free (public);
  return bytes;
}

gboolean
tpm_certify (Tpm *self, GBytes *blob, GBytes *attest_key, const guint8 qualifying_bytes[TPM_DIGEST_BYTES],
             Attestation *ret_attestation, GError **error)
{
  const TPMT_SIG_SCHEME scheme = { .scheme = TPM2_ALG_NULL }; /* the key's own */
  TPM2B_DATA qualifying = { .size = TPM_DIGEST_BYTES };
  TPM2B_ATTEST *attest = NULL;
  TPMT_SIGNATURE *signature = NULL;
  ESYS_TR key = ESYS_TR_NONE, object = ESYS_TR_NONE;
  gboolean ok = FALSE;

  memcpy (qualifying.buffer, qualifying_bytes, TPM_DIGEST_BYTES);
  if (tpm_object_load (self, blob, &object, error) && tpm_object_load (self, attest_key, &key, error))
    ok = tpm_check (Esys_Certify (self->esys, object, key, self->session, ESYS_TR_PASSWORD, ESYS_TR_NONE, &qualifying,
                                  &scheme, &attest, &signature),
                    "certify a key", error);
  tpm_flush (self, &key);
  tpm_flush (self, &object);
  if (ok)
    ok = tpm_attestation_take (attest, signature, ret_attestation, error);
  Esys_Free (attest);
  Esys_Free (signature);
  return ok;
}

/* --- credentials ----------------------------------------------------------------------------------------------------- */

gboolean
tpm_credential_make (Tpm *self, GBytes *endorsement, const guint8 name_bytes[TPM_NAME_BYTES], const Secret *secret,
                     GBytes **ret_credential, GBytes **ret_seed, GError **error)
{
  TPM2B_PUBLIC public;
  TPM2B_NAME name = { .size = TPM_NAME_BYTES };
  TPM2B_DIGEST credential = { .size = TPM_CREDENTIAL_SECRET_BYTES };
  TPM2B_ID_OBJECT *object = NULL;
  TPM2B_ENCRYPTED_SECRET *seed = NULL;
  ESYS_TR key = ESYS_TR_NONE;
  gboolean ok;

  g_return_val_if_fail (secret_get_size (secret) == TPM_CREDENTIAL_SECRET_BYTES, FALSE);

  if (!public_unmarshal (endorsement, &public)
      || !tpm_check (Esys_LoadExternal (self->esys, TPM_NO_SESSIONS, NULL, &public, ESYS_TR_RH_NULL, &key),
                     "load another TPM's endorsement key", error))
    return FALSE;
  memcpy (name.name, name_bytes, TPM_NAME_BYTES);
  memcpy (credential.buffer, secret_get_data (secret, NULL), TPM_CREDENTIAL_SECRET_BYTES);
  ok = tpm_check (Esys_MakeCredential (self->esys, key, self->session, ESYS_TR_NONE, ESYS_TR_NONE, &credential, &name,
                                       &object, &seed),
                  "make a credential", error);
  sodium_memzero (&credential, sizeof credential);
  tpm_flush (self, &key);
  if (ok)
    {
      *ret_credential = g_bytes_new (object->credential, object->size);
      *ret_seed = g_bytes_new (seed->secret, seed->size);
    }
  Esys_Free (object);
  Esys_Free (seed);
  return ok;
}

/* The endorsement key's policy: whoever may use the endorsement hierarchy. One session encrypts parameters already, and there may be
 * only one. */
static gboolean
endorsement_policy_start (Tpm *self, ESYS_TR *ret_session, GError **error)
{
  ESYS_TR session = ESYS_TR_NONE;

  if (!tpm_policy_start (self, FALSE, &session, error))
    return FALSE;
  if (tpm_check (Esys_TRSess_SetAttributes (self->esys, session, TPMA_SESSION_CONTINUESESSION, 0xff), "policy session",
                 error)
      && tpm_check (Esys_PolicySecret (self->esys, ESYS_TR_RH_ENDORSEMENT, session, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                       ESYS_TR_NONE, NULL, NULL, NULL, 0, NULL, NULL),
                    "endorsement policy", error))
    {
      *ret_session = session;
      return TRUE;
    }
  tpm_flush (self, &session);
  return FALSE;
}

Secret *
tpm_credential_activate (Tpm *self, GBytes *attest_key, GBytes *credential, GBytes *seed_bytes, GError **error)
{
  TPM2B_ID_OBJECT object = { .size = 0 };
  TPM2B_ENCRYPTED_SECRET seed = { .size = 0 };
  TPM2B_DIGEST *plain = NULL;
  ESYS_TR endorsement = ESYS_TR_NONE, key = ESYS_TR_NONE, policy = ESYS_TR_NONE;
  Secret *secret = NULL;

  g_return_val_if_fail (g_bytes_get_size (credential) <= sizeof object.credential, NULL);
  g_return_val_if_fail (g_bytes_get_size (seed_bytes) <= sizeof seed.secret, NULL);

  object.size = g_bytes_get_size (credential);
  memcpy (object.credential, g_bytes_get_data (credential, NULL), object.size);
  seed.size = g_bytes_get_size (seed_bytes);
  memcpy (seed.secret, g_bytes_get_data (seed_bytes, NULL), seed.size);
  if (endorsement_create (self, &endorsement, NULL, error) && tpm_object_load (self, attest_key, &key, error)
      && endorsement_policy_start (self, &policy, error)
      && tpm_check (Esys_ActivateCredential (self->esys, key, endorsement, self->session, policy, ESYS_TR_NONE, &object,
                                             &seed, &plain),
                    "activate a credential", error))
    {
      if (plain->size == TPM_CREDENTIAL_SECRET_BYTES)
        secret = secret_new_take (plain->buffer, plain->size);
      else
        g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "a credential has the wrong size");
      sodium_memzero (plain, sizeof *plain);
      Esys_Free (plain);
    }
  tpm_flush (self, &policy);
  tpm_flush (self, &key);
  tpm_flush (self, &endorsement);
  return secret;
}

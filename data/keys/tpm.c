/* SPDX-License-Identifier: Apache-2.0 */
/* Tpm: sessions, the storage root key, objects and the dictionary-attack lock. NV indices are in tpm-nv.c. */
#include "tpm-private.h"

#include <sodium.h>
#include <string.h>
#include <tss2/tss2_mu.h>

#include "custody-error.h"

#define SRK_HANDLE 0x81000001
#define BLOB_MAX 2048

static const TPMT_SYM_DEF session_cipher = { .algorithm = TPM2_ALG_AES, .keyBits.aes = 128, .mode.aes = TPM2_ALG_CFB };

static inline void
esys_free_cleanup (void *p)
{
  Esys_Free (*(void **) p);
}
#define auto_esys __attribute__ ((cleanup (esys_free_cleanup)))

/* --- errors ---------------------------------------------------------------------------------------------------------- */

gboolean
tpm_check (TSS2_RC rc, const char *doing, GError **error)
{
  guint32 base = (rc & TPM2_RC_FMT1) != 0 ? rc & 0xbf : rc & 0x97f;
  int code = CUSTODY_ERROR_FAILED;

  if (rc == TSS2_RC_SUCCESS)
    return TRUE;
  /* ESYS says "bad sequence" to whatever follows a command that was never answered. */
  if ((rc & TSS2_RC_LAYER_MASK) == TSS2_TCTI_RC_LAYER || rc == TSS2_ESYS_RC_BAD_SEQUENCE)
    code = CUSTODY_ERROR_NO_TPM;
  else if ((rc & TSS2_RC_LAYER_MASK) == TSS2_TPM_RC_LAYER)
    switch (base)
      {
      case TPM2_RC_FAILURE:
        code = CUSTODY_ERROR_NO_TPM;
        break;
      case TPM2_RC_AUTH_FAIL:
        code = CUSTODY_ERROR_WRONG_PIN;
        break;
      case TPM2_RC_LOCKOUT:
        code = CUSTODY_ERROR_LOCKED_OUT;
        break;
      case TPM2_RC_INTEGRITY:
        code = CUSTODY_ERROR_KEYSET_DAMAGED;
        break;
      case TPM2_RC_POLICY:
      case TPM2_RC_POLICY_FAIL:
        code = CUSTODY_ERROR_ROLLED_BACK;
        break;
      case TPM2_RC_HANDLE:
        code = CUSTODY_ERROR_TPM_CLEARED;
        break;
      default:
        break;
      }
  g_set_error (error, CUSTODY_ERROR, code, "TPM: %s: response 0x%x", doing, rc);
  return FALSE;
}

gboolean
tpm_check_stored (TSS2_RC rc, const char *doing, GError **error)
{
  const TSS2_RC parameter = TPM2_RC_FMT1 | TPM2_RC_P;

  if ((rc & TSS2_RC_LAYER_MASK) != TSS2_TPM_RC_LAYER || (rc & parameter) != parameter)
    return tpm_check (rc, doing, error);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED, "TPM: %s: response 0x%x", doing, rc);
  return FALSE;
}

/* --- sessions -------------------------------------------------------------------------------------------------------- */

void
tpm_flush (Tpm *self, ESYS_TR *handle)
{
  if (*handle != ESYS_TR_NONE)
    (void) Esys_FlushContext (self->esys, *handle);
  *handle = ESYS_TR_NONE;
}

static gboolean
session_start (Tpm *self, GError **error)
{
  TSS2_RC rc = Esys_StartAuthSession (self->esys, self->srk, ESYS_TR_NONE, TPM_NO_SESSIONS, NULL, TPM2_SE_HMAC,
                                      &session_cipher, TPM2_ALG_SHA256, &self->session);

  if (rc == TSS2_RC_SUCCESS)
    rc = Esys_TRSess_SetAttributes (self->esys, self->session,
                                    TPMA_SESSION_CONTINUESESSION | TPMA_SESSION_DECRYPT | TPMA_SESSION_ENCRYPT, 0xff);
  return tpm_check (rc, "salted session", error);
}

gboolean
tpm_policy_start (Tpm *self, gboolean trial, ESYS_TR *ret_session, GError **error)
{
  ESYS_TR session = ESYS_TR_NONE;
  TSS2_RC rc =
      Esys_StartAuthSession (self->esys, trial ? ESYS_TR_NONE : self->srk, ESYS_TR_NONE, TPM_NO_SESSIONS, NULL,
                             trial ? TPM2_SE_TRIAL : TPM2_SE_POLICY, &session_cipher, TPM2_ALG_SHA256, &session);

  if (rc == TSS2_RC_SUCCESS)
    rc = Esys_TRSess_SetAttributes (
        self->esys, session, TPMA_SESSION_CONTINUESESSION | (trial ? 0 : TPMA_SESSION_DECRYPT | TPMA_SESSION_ENCRYPT),
        0xff);
  if (!tpm_check (rc, "policy session", error))
    {
      tpm_flush (self, &session);
      return FALSE;
    }
  *ret_session = session;
  return TRUE;
}

void
tpm_set_auth (Tpm *self, ESYS_TR handle, const Secret *auth)
{
  TPM2B_AUTH value = { .size = 0 };

  if (auth != NULL)
    {
      g_assert (secret_get_size (auth) <= sizeof value.buffer);
      value.size = secret_get_size (auth);
      /* The counters' is shorter, and in memory all the time. */
      self->session_holds_auth = self->session_holds_auth || value.size > TPM_COUNTER_AUTH_MAX;
      memcpy (value.buffer, secret_get_data (auth, NULL), value.size);
    }
  (void) Esys_TR_SetAuth (self->esys, handle, &value);
  sodium_memzero (&value, sizeof value);
}

void
tpm_forget_auth (Tpm *self)
{
  ESYS_TR before = self->session;

  if (!self->session_holds_auth)
    return;
  if (session_start (self, NULL))
    {
      tpm_flush (self, &before);
      self->session_holds_auth = FALSE;
    }
  else
    self->session = before;
}

/* --- blobs ----------------------------------------------------------------------------------------------------------- */

typedef struct
{
  TPM2B_PUBLIC public;
  TPM2B_PRIVATE private;
} Blob;

static GBytes *
blob_marshal (const TPM2B_PUBLIC *public, const TPM2B_PRIVATE *private, GError **error)
{
  guint8 buffer[BLOB_MAX];
  gsize used = 0;
  TSS2_RC rc = Tss2_MU_TPM2B_PUBLIC_Marshal (public, buffer, sizeof buffer, &used);

  if (rc == TSS2_RC_SUCCESS)
    rc = Tss2_MU_TPM2B_PRIVATE_Marshal (private, buffer, sizeof buffer, &used);
  return tpm_check (rc, "marshal", error) ? g_bytes_new (buffer, used) : NULL;
}

/* One way of writing each, so that no bit of a keyset is without a meaning. */
gboolean
tpm_public_take (const guint8 *data, gsize size, gsize *inout_at, TPM2B_PUBLIC *ret_public)
{
  guint8 again[sizeof (TPM2B_PUBLIC)];
  const gsize from = *inout_at;
  gsize used = 0;

  memset (ret_public, 0, sizeof *ret_public);
  return data != NULL && Tss2_MU_TPM2B_PUBLIC_Unmarshal (data, size, inout_at, ret_public) == TSS2_RC_SUCCESS
         && Tss2_MU_TPM2B_PUBLIC_Marshal (ret_public, again, sizeof again, &used) == TSS2_RC_SUCCESS
         && used == *inout_at - from && memcmp (again, data + from, used) == 0;
}

static gboolean
blob_unmarshal (GBytes *blob, Blob *ret_blob)
{
  gsize size, used = 0;
  const guint8 *data = g_bytes_get_data (blob, &size);

  memset (ret_blob, 0, sizeof *ret_blob);
  return tpm_public_take (data, size, &used, &ret_blob->public)
         && Tss2_MU_TPM2B_PRIVATE_Unmarshal (data, size, &used, &ret_blob->private) == TSS2_RC_SUCCESS && used == size;
}

static gboolean
public_get_name (const TPM2B_PUBLIC *public, guint8 ret_name[TPM_NAME_BYTES])
{
  guint8 buffer[sizeof (TPMT_PUBLIC)];
  gsize used = 0;

  if (public->publicArea.nameAlg != TPM2_ALG_SHA256
      || Tss2_MU_TPMT_PUBLIC_Marshal (&public->publicArea, buffer, sizeof buffer, &used) != TSS2_RC_SUCCESS)
    return FALSE;
  ret_name[0] = TPM2_ALG_SHA256 >> 8;
  ret_name[1] = TPM2_ALG_SHA256 & 0xff;
  return crypto_hash_sha256 (ret_name + 2, buffer, used) == 0;
}

gboolean
tpm_blob_get_name (GBytes *blob, guint8 ret_name[TPM_NAME_BYTES])
{
  Blob parsed;

  return blob_unmarshal (blob, &parsed) && public_get_name (&parsed.public, ret_name);
}

GBytes *
tpm_object_create (Tpm *self, const TPM2B_PUBLIC *template, const Secret *auth, const Secret *data, GError **error)
{
  TPM2B_SENSITIVE_CREATE sensitive = { .size = 0 };
  TPM2B_DATA outside = { .size = 0 };
  TPML_PCR_SELECTION pcrs = { .count = 0 };
  auto_esys TPM2B_PUBLIC *public = NULL;
  auto_esys TPM2B_PRIVATE *private = NULL;
  TSS2_RC rc;

  if (auth != NULL)
    {
      sensitive.sensitive.userAuth.size = secret_get_size (auth);
      memcpy (sensitive.sensitive.userAuth.buffer, secret_get_data (auth, NULL), secret_get_size (auth));
    }
  if (data != NULL)
    {
      sensitive.sensitive.data.size = secret_get_size (data);
      memcpy (sensitive.sensitive.data.buffer, secret_get_data (data, NULL), secret_get_size (data));
    }
  rc = Esys_Create (self->esys, self->srk, self->session, ESYS_TR_NONE, ESYS_TR_NONE, &sensitive, template, &outside,
                    &pcrs, &private, &public, NULL, NULL, NULL);
  sodium_memzero (&sensitive, sizeof sensitive);
  if (!tpm_check (rc, "create", error))
    return NULL;
  return blob_marshal (public, private, error);
}

gboolean
tpm_object_load (Tpm *self, GBytes *blob, ESYS_TR *ret_handle, GError **error)
{
  Blob parsed;

  if (!blob_unmarshal (blob, &parsed))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED, "a key blob cannot be parsed");
      return FALSE;
    }
  return tpm_check_stored (Esys_Load (self->esys, self->srk, self->session, ESYS_TR_NONE, ESYS_TR_NONE, &parsed.private,
                                      &parsed.public, ret_handle),
                           "load", error);
}

gboolean
tpm_blob_check (Tpm *self, GBytes *blob, GError **error)
{
  ESYS_TR handle = ESYS_TR_NONE;
  gboolean ok = tpm_object_load (self, blob, &handle, error);

  tpm_flush (self, &handle);
  return ok;
}

GBytes *
tpm_gate_create (Tpm *self, const Secret *auth, GError **error)
{
  const TPM2B_PUBLIC template = { .publicArea = { .type = TPM2_ALG_KEYEDHASH,
                                                  .nameAlg = TPM2_ALG_SHA256,
                                                  .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT
                                                                      | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA,
                                                  .parameters.keyedHashDetail.scheme.scheme = TPM2_ALG_NULL } };
  /* A sealed object must hold something; what it holds is never unsealed. */
  g_autoptr (Secret) filler = secret_new_random (16);

  return tpm_object_create (self, &template, auth, filler, error);
}

static GBytes *
agreement_key_create (Tpm *self, TPMA_OBJECT lock, const Secret *auth, GError **error)
{
  const TPM2B_PUBLIC template = {
    .publicArea = { .type = TPM2_ALG_ECC,
                    .nameAlg = TPM2_ALG_SHA256,
                    .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN
                                        | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_DECRYPT | lock,
                    .parameters.eccDetail = { .symmetric.algorithm = TPM2_ALG_NULL,
                                              .scheme = { .scheme = TPM2_ALG_ECDH,
                                                          .details.ecdh.hashAlg = TPM2_ALG_SHA256 },
                                              .curveID = TPM2_ECC_NIST_P256,
                                              .kdf.scheme = TPM2_ALG_NULL } }
  };

  return tpm_object_create (self, &template, auth, NULL, error);
}

GBytes *
tpm_admin_create (Tpm *self, const Secret *auth, GError **error)
{
  g_return_val_if_fail (secret_get_size (auth) == 32, NULL);

  /* noDA stays clear: that is what puts the PIN under the TPM's lock. */
  return agreement_key_create (self, 0, auth, error);
}

GBytes *
tpm_transport_key_create (Tpm *self, GError **error)
{
  return agreement_key_create (self, TPMA_OBJECT_NODA, NULL, error);
}

GBytes *
tpm_attest_key_create (Tpm *self, GError **error)
{
  /* restricted: it signs what the TPM itself says, and nothing that was brought to it */
  const TPM2B_PUBLIC template = {
    .publicArea = { .type = TPM2_ALG_ECC,
                    .nameAlg = TPM2_ALG_SHA256,
                    .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN
                                        | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED
                                        | TPMA_OBJECT_SIGN_ENCRYPT,
                    .parameters.eccDetail = { .symmetric.algorithm = TPM2_ALG_NULL,
                                              .scheme = { .scheme = TPM2_ALG_ECDSA,
                                                          .details.ecdsa.hashAlg = TPM2_ALG_SHA256 },
                                              .curveID = TPM2_ECC_NIST_P256,
                                              .kdf.scheme = TPM2_ALG_NULL } }
  };

  return tpm_object_create (self, &template, NULL, NULL, error);
}

/* --- keyed digests --------------------------------------------------------------------------------------------------- */

static gboolean
command_is_there (Tpm *self, TPM2_CC command)
{
  auto_esys TPMS_CAPABILITY_DATA *data = NULL;
  TPMI_YES_NO more;

  return Esys_GetCapability (self->esys, TPM_NO_SESSIONS, TPM2_CAP_COMMANDS, command, 1, &more, &data)
             == TSS2_RC_SUCCESS
         && data->data.command.count == 1
         && (data->data.command.commandAttributes[0] & TPMA_CC_COMMANDINDEX_MASK) == command;
}

GBytes *
tpm_index_key_create (Tpm *self, GError **error)
{
  const TPM2B_PUBLIC template = {
    .publicArea = { .type = TPM2_ALG_KEYEDHASH,
                    .nameAlg = TPM2_ALG_SHA256,
                    .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN
                                        | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | TPMA_OBJECT_SIGN_ENCRYPT,
                    .parameters.keyedHashDetail.scheme = { .scheme = TPM2_ALG_HMAC,
                                                           .details.hmac.hashAlg = TPM2_ALG_SHA256 } }
  };

  return command_is_there (self, TPM2_CC_HMAC) ? tpm_object_create (self, &template, NULL, NULL, error)
                                               : g_bytes_new (NULL, 0);
}

gboolean
tpm_hmac (Tpm *self, GBytes *blob, const Secret *data, guint8 ret_digest[TPM_DIGEST_BYTES], GError **error)
{
  TPM2B_MAX_BUFFER buffer = { .size = secret_get_size (data) };
  auto_esys TPM2B_DIGEST *digest = NULL;
  ESYS_TR key = ESYS_TR_NONE;
  TSS2_RC rc;

  g_return_val_if_fail (secret_get_size (data) <= sizeof buffer.buffer, FALSE);

  if (!tpm_object_load (self, blob, &key, error))
    return FALSE;
  memcpy (buffer.buffer, secret_get_data (data, NULL), buffer.size);
  rc = Esys_HMAC (self->esys, key, self->session, ESYS_TR_NONE, ESYS_TR_NONE, &buffer, TPM2_ALG_SHA256, &digest);
  sodium_memzero (&buffer, sizeof buffer);
  tpm_flush (self, &key);
  if (!tpm_check (rc, "HMAC", error))
    return FALSE;
  if (digest->size != TPM_DIGEST_BYTES)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "the TPM's digest has the wrong size");
      return FALSE;
    }
  memcpy (ret_digest, digest->buffer, TPM_DIGEST_BYTES);
  return TRUE;
}

/* --- agreement ------------------------------------------------------------------------------------------------------- */

void
tpm_pad_left (guint8 out[32], const guint8 *in, gsize n_bytes)
{
  gsize n = MIN (n_bytes, 32);

  memset (out, 0, 32);
  memcpy (out + 32 - n, in, n);
}

static void
coordinate_pad (guint8 out[32], const TPM2B_ECC_PARAMETER *in)
{
  tpm_pad_left (out, in->buffer, in->size);
}

gboolean
tpm_blob_get_point (GBytes *blob, guint8 ret_point[TPM_POINT_BYTES])
{
  Blob parsed;

  if (!blob_unmarshal (blob, &parsed) || parsed.public.publicArea.type != TPM2_ALG_ECC
      || parsed.public.publicArea.parameters.eccDetail.curveID != TPM2_ECC_NIST_P256)
    return FALSE;
  coordinate_pad (ret_point, &parsed.public.publicArea.unique.ecc.x);
  coordinate_pad (ret_point + 32, &parsed.public.publicArea.unique.ecc.y);
  return TRUE;
}

static Secret *
point_take_x (TPM2B_ECC_POINT *point)
{
  Secret *x = secret_new (32);

  coordinate_pad (secret_get_writable (x), &point->point.x);
  sodium_memzero (point, sizeof *point);
  return x;
}

Secret *
tpm_admin_wrap (Tpm *self, GBytes *blob, guint8 ret_ephemeral[TPM_POINT_BYTES], GError **error)
{
  auto_esys TPM2B_ECC_POINT *shared = NULL;
  auto_esys TPM2B_ECC_POINT *ephemeral = NULL;
  ESYS_TR key = ESYS_TR_NONE;
  TSS2_RC rc;

  if (!tpm_object_load (self, blob, &key, error))
    return NULL;
  rc = Esys_ECDH_KeyGen (self->esys, key, self->session, ESYS_TR_NONE, ESYS_TR_NONE, &shared, &ephemeral);
  tpm_flush (self, &key);
  if (!tpm_check (rc, "ECDH key generation", error))
    return NULL;
  coordinate_pad (ret_ephemeral, &ephemeral->point.x);
  coordinate_pad (ret_ephemeral + 32, &ephemeral->point.y);
  return point_take_x (shared);
}

Secret *
tpm_agree (Tpm *self, GBytes *blob, const Secret *auth, const guint8 ephemeral[TPM_POINT_BYTES], GError **error)
{
  TPM2B_ECC_POINT point = { .point = { .x.size = 32, .y.size = 32 } };
  auto_esys TPM2B_ECC_POINT *shared = NULL;
  ESYS_TR key = ESYS_TR_NONE;
  TSS2_RC rc;

  memcpy (point.point.x.buffer, ephemeral, 32);
  memcpy (point.point.y.buffer, ephemeral + 32, 32);
  if (!tpm_object_load (self, blob, &key, error))
    return NULL;
  tpm_set_auth (self, key, auth);
  rc = Esys_ECDH_ZGen (self->esys, key, self->session, ESYS_TR_NONE, ESYS_TR_NONE, &point, &shared);
  tpm_flush (self, &key);
  if (!tpm_check_stored (rc, "ECDH", error))
    return NULL;
  return point_take_x (shared);
}

/* --- storage root key ------------------------------------------------------------------------------------------------ */

/* "unique" is empty, as Linux tools have it; the TCG guide's 32 zero bytes would be another key. */
static const TPM2B_PUBLIC srk_template = {
  .publicArea = { .type = TPM2_ALG_ECC,
                  .nameAlg = TPM2_ALG_SHA256,
                  .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN
                                      | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED
                                      | TPMA_OBJECT_DECRYPT,
                  .parameters.eccDetail = { .symmetric = { .algorithm = TPM2_ALG_AES,
                                                           .keyBits.aes = 128,
                                                           .mode.aes = TPM2_ALG_CFB },
                                            .scheme.scheme = TPM2_ALG_NULL,
                                            .curveID = TPM2_ECC_NIST_P256,
                                            .kdf.scheme = TPM2_ALG_NULL } }
};

static TSS2_RC
primary_create (Tpm *self, ESYS_TR hierarchy, const TPM2B_PUBLIC *template, ESYS_TR *ret_handle)
{
  TPM2B_SENSITIVE_CREATE sensitive = { .size = 0 };
  TPM2B_DATA outside = { .size = 0 };
  TPML_PCR_SELECTION pcrs = { .count = 0 };

  return Esys_CreatePrimary (self->esys, hierarchy, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &sensitive, template,
                             &outside, &pcrs, ret_handle, NULL, NULL, NULL, NULL);
}

static GBytes *
handle_dup_name (Tpm *self, ESYS_TR handle)
{
  auto_esys TPM2B_NAME *name = NULL;

  if (Esys_TR_GetName (self->esys, handle, &name) != TSS2_RC_SUCCESS)
    return g_bytes_new (NULL, 0);
  return g_bytes_new (name->name, name->size);
}

GBytes *
tpm_dup_identity (Tpm *self)
{
  ESYS_TR primary = ESYS_TR_NONE;
  GBytes *name;

  if (primary_create (self, ESYS_TR_RH_ENDORSEMENT, &srk_template, &primary) != TSS2_RC_SUCCESS)
    return g_bytes_new (NULL, 0);
  name = handle_dup_name (self, primary);
  tpm_flush (self, &primary);
  return name;
}

/* Makes the SRK of @template and, when it has the wanted Name (or none is wanted), keeps it in the TPM. */
static gboolean
srk_create (Tpm *self, const TPM2B_PUBLIC *template, GBytes *wanted_name, GError **error)
{
  g_autoptr (GBytes) name = NULL;
  ESYS_TR primary = ESYS_TR_NONE;
  TSS2_RC rc = primary_create (self, ESYS_TR_RH_OWNER, template, &primary);

  if (!tpm_check (rc, "create the storage root key", error))
    return FALSE;
  name = handle_dup_name (self, primary);
  if (wanted_name != NULL && !g_bytes_equal (name, wanted_name))
    {
      tpm_flush (self, &primary);
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_OTHER_TPM, "this TPM's storage root key is another one");
      return FALSE;
    }
  rc = Esys_EvictControl (self->esys, ESYS_TR_RH_OWNER, primary, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                          SRK_HANDLE, &self->srk);
  tpm_flush (self, &primary);
  return tpm_check (rc, "keep the storage root key", error);
}

static gboolean
srk_is_usable (const TPM2B_PUBLIC *public)
{
  const TPMA_OBJECT needed = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN
                             | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT;

  return (public->publicArea.objectAttributes & needed) == needed && public->publicArea.nameAlg == TPM2_ALG_SHA256
         && (public->publicArea.objectAttributes & TPMA_OBJECT_SIGN_ENCRYPT) == 0;
}

static TSS2_RC
srk_find (Tpm *self)
{
  return Esys_TR_FromTPMPublic (self->esys, SRK_HANDLE, TPM_NO_SESSIONS, &self->srk);
}

gboolean
tpm_srk_provision (Tpm *self, GBytes **ret_public, GBytes **ret_name, gboolean *ret_created, GError **error)
{
  auto_esys TPM2B_PUBLIC *public = NULL;
  guint8 buffer[BLOB_MAX];
  gsize used = 0;
  gboolean created = FALSE;

  if (srk_find (self) != TSS2_RC_SUCCESS)
    {
      self->srk = ESYS_TR_NONE;
      if (!srk_create (self, &srk_template, NULL, error))
        return FALSE;
      created = TRUE;
    }
  if (!tpm_check (Esys_ReadPublic (self->esys, self->srk, TPM_NO_SESSIONS, &public, NULL, NULL),
                  "read the storage root key", error))
    return FALSE;
  if (!srk_is_usable (public))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "the key at 0x%x is no storage root key", SRK_HANDLE);
      return FALSE;
    }
  if (!session_start (self, error)
      || !tpm_check (Tss2_MU_TPM2B_PUBLIC_Marshal (public, buffer, sizeof buffer, &used), "marshal", error))
    {
      if (created)
        tpm_srk_evict (self);
      return FALSE;
    }
  *ret_public = g_bytes_new (buffer, used);
  *ret_name = handle_dup_name (self, self->srk);
  *ret_created = created;
  return TRUE;
}

gboolean
tpm_srk_open (Tpm *self, GBytes *public, GBytes *name, GError **error)
{
  g_autoptr (GBytes) found = NULL;
  TSS2_RC rc = srk_find (self);

  if ((rc & TSS2_RC_LAYER_MASK) == TSS2_TCTI_RC_LAYER)
    return tpm_check (rc, "find the storage root key", error);
  if (rc != TSS2_RC_SUCCESS)
    {
      TPM2B_PUBLIC template;
      gsize size, used = 0;
      const guint8 *data = g_bytes_get_data (public, &size);

      self->srk = ESYS_TR_NONE;
      memset (&template, 0, sizeof template);
      if (Tss2_MU_TPM2B_PUBLIC_Unmarshal (data, size, &used, &template) != TSS2_RC_SUCCESS || used != size
          || !srk_is_usable (&template))
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED,
                       "the storage root key's template cannot be parsed");
          return FALSE;
        }
      /* A template has no key in it yet. */
      memset (&template.publicArea.unique, 0, sizeof template.publicArea.unique);
      if (!srk_create (self, &template, name, error))
        return FALSE;
    }
  found = handle_dup_name (self, self->srk);
  if (!g_bytes_equal (found, name))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_OTHER_TPM, "this TPM's storage root key is another one");
      return FALSE;
    }
  return session_start (self, error);
}

void
tpm_srk_evict (Tpm *self)
{
  ESYS_TR gone = ESYS_TR_NONE;

  tpm_flush (self, &self->session);
  if (self->srk != ESYS_TR_NONE)
    (void) Esys_EvictControl (self->esys, ESYS_TR_RH_OWNER, self->srk, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                              SRK_HANDLE, &gone);
  self->srk = ESYS_TR_NONE;
}

/* --- what the TPM says of itself; the lock --------------------------------------------------------------------------- */

typedef struct
{
  guint32 id;
  guint32 *place;
} Property;

/* In one command, from the first (they are in rising order) to the last and whatever lies between. */
static TSS2_RC
properties_get (Tpm *self, const Property *wanted, guint n_wanted)
{
  const guint32 first = wanted[0].id;
  const guint32 n = wanted[n_wanted - 1].id - first + 1;
  auto_esys TPMS_CAPABILITY_DATA *data = NULL;
  TPMI_YES_NO more;
  TSS2_RC rc = Esys_GetCapability (self->esys, TPM_NO_SESSIONS, TPM2_CAP_TPM_PROPERTIES, first, n, &more, &data);
  guint n_found = 0;

  if (rc != TSS2_RC_SUCCESS)
    return rc;
  for (guint i = 0; i < data->data.tpmProperties.count && n_found < n_wanted; i++)
    if (data->data.tpmProperties.tpmProperty[i].property == wanted[n_found].id)
      *wanted[n_found++].place = data->data.tpmProperties.tpmProperty[i].value;
  return n_found == n_wanted ? TSS2_RC_SUCCESS : TSS2_ESYS_RC_GENERAL_FAILURE;
}

gboolean
tpm_is_dead (const Tpm *self)
{
  return tpm_channel_is_dead (self->channel);
}

gboolean
tpm_is_software (Tpm *self)
{
  guint32 maker = 0, vendor = 0;
  const Property wanted[] = { { TPM2_PT_MANUFACTURER, &maker }, { TPM2_PT_VENDOR_STRING_1, &vendor } };

  if (properties_get (self, wanted, G_N_ELEMENTS (wanted)) != TSS2_RC_SUCCESS)
    return FALSE;
  return maker == 0x49424d00 /* "IBM\0" */ && vendor >> 16 == 0x5357 /* "SW" */;
}

gboolean
tpm_get_lockout (Tpm *self, TpmLockout *ret_lockout, GError **error)
{
  TpmLockout lockout = { 0 };
  guint32 permanent = 0;
  const Property wanted[] = { { TPM2_PT_PERMANENT, &permanent },
                              { TPM2_PT_LOCKOUT_COUNTER, &lockout.counter },
                              { TPM2_PT_MAX_AUTH_FAIL, &lockout.max_tries },
                              { TPM2_PT_LOCKOUT_INTERVAL, &lockout.interval_s },
                              { TPM2_PT_LOCKOUT_RECOVERY, &lockout.lockout_recovery_s } };

  if (!tpm_check (properties_get (self, wanted, G_N_ELEMENTS (wanted)), "read the lock's state", error))
    return FALSE;
  lockout.auth_is_set = (permanent & TPMA_PERMANENT_LOCKOUTAUTHSET) != 0;
  *ret_lockout = lockout;
  return TRUE;
}

gboolean
tpm_lockout_set (Tpm *self, const Secret *old_auth, const Secret *new_auth, const TpmLockout *params, GError **error)
{
  TPM2B_AUTH value = { .size = 0 };
  TSS2_RC rc;

  /* The parameters first: should the second command fail, the password is still the old one. */
  tpm_set_auth (self, ESYS_TR_RH_LOCKOUT, old_auth);
  rc = Esys_DictionaryAttackParameters (self->esys, ESYS_TR_RH_LOCKOUT, self->session, ESYS_TR_NONE, ESYS_TR_NONE,
                                        params->max_tries, params->interval_s, params->lockout_recovery_s);
  if (rc == TSS2_RC_SUCCESS)
    {
      if (new_auth != NULL)
        {
          value.size = secret_get_size (new_auth);
          memcpy (value.buffer, secret_get_data (new_auth, NULL), value.size);
        }
      rc = Esys_HierarchyChangeAuth (self->esys, ESYS_TR_RH_LOCKOUT, self->session, ESYS_TR_NONE, ESYS_TR_NONE, &value);
      sodium_memzero (&value, sizeof value);
    }
  tpm_set_auth (self, ESYS_TR_RH_LOCKOUT, NULL);
  return tpm_check (rc, "set the lock", error);
}

gboolean
tpm_lockout_reset (Tpm *self, const Secret *auth, GError **error)
{
  TSS2_RC rc;

  tpm_set_auth (self, ESYS_TR_RH_LOCKOUT, auth);
  rc = Esys_DictionaryAttackLockReset (self->esys, ESYS_TR_RH_LOCKOUT, self->session, ESYS_TR_NONE, ESYS_TR_NONE);
  tpm_set_auth (self, ESYS_TR_RH_LOCKOUT, NULL);
  return tpm_check (rc, "reset the lock", error);
}

gboolean
tpm_clear_software (Tpm *self, GError **error)
{
  if (!tpm_is_software (self))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_ALLOWED, "only a software TPM is ever cleared");
      return FALSE;
    }
  tpm_flush (self, &self->session);
  return tpm_check (Esys_Clear (self->esys, ESYS_TR_RH_PLATFORM, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE), "clear",
                    error);
}

/* --- life ------------------------------------------------------------------------------------------------------------ */

Tpm *
tpm_new (TpmChannel *channel, GError **error)
{
  g_autoptr (Tpm) self = g_new0 (Tpm, 1);
  TSS2_RC rc;

  self->channel = channel;
  self->srk = ESYS_TR_NONE;
  self->session = ESYS_TR_NONE;
  rc = Esys_Initialize (&self->esys, tpm_channel_get_tcti (channel), NULL);
  if (!tpm_check (rc, "initialise", error))
    return NULL;
  rc = Esys_Startup (self->esys, TPM2_SU_CLEAR);
  if (rc != TPM2_RC_INITIALIZE && !tpm_check (rc, "start up", error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tpm_free (Tpm *self)
{
  if (self == NULL)
    return;
  if (self->esys != NULL)
    {
      tpm_flush (self, &self->session);
      if (self->srk != ESYS_TR_NONE)
        (void) Esys_TR_Close (self->esys, &self->srk);
      /* Without this a TPM counts one failed try at its next start whenever a PIN was used. A device outlives us: there the
       * kernel does it at power-off. */
      if (tpm_channel_is_own (self->channel))
        (void) Esys_Shutdown (self->esys, TPM_NO_SESSIONS, TPM2_SU_CLEAR);
      Esys_Finalize (&self->esys);
    }
  tpm_channel_free (self->channel);
  g_free (self);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Attestation: parsing what a TPM signed, and the signature. */
#include "attestation.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <string.h>
#include <tss2/tss2_mu.h>

#include "custody-error.h"
#include "nv.h"

#define CURVE "prime256v1"
#define COORDINATE_BYTES 32
#define POINT_BYTES (1 + ATTESTATION_KEY_BYTES) /* 4, x, y: an uncompressed point */
#define UNCOMPRESSED 4
#define PEM_MAX_BYTES 4096

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ECDSA_SIG, ECDSA_SIG_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free)

/* --- the key --------------------------------------------------------------------------------------------------------- */

static EVP_PKEY *
key_from_point (const guint8 key[ATTESTATION_KEY_BYTES])
{
  guint8 point[POINT_BYTES] = { UNCOMPRESSED };
  char curve[] = CURVE;
  const OSSL_PARAM parameters[] = { OSSL_PARAM_construct_utf8_string (OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
                                    OSSL_PARAM_construct_octet_string (OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
                                    OSSL_PARAM_construct_end () };
  g_autoptr (EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name (NULL, "EC", NULL);
  EVP_PKEY *pkey = NULL;

  memcpy (point + 1, key, ATTESTATION_KEY_BYTES);
  if (context == NULL || EVP_PKEY_fromdata_init (context) != 1
      || EVP_PKEY_fromdata (context, &pkey, EVP_PKEY_PUBLIC_KEY, (OSSL_PARAM *) parameters) != 1)
    return NULL;
  return pkey;
}

char *
attestation_key_to_pem (const guint8 key[ATTESTATION_KEY_BYTES])
{
  g_autoptr (EVP_PKEY) pkey = key_from_point (key);
  g_autoptr (BIO) memory = BIO_new (BIO_s_mem ());
  char *text = NULL;
  long n_bytes;

  if (pkey == NULL || memory == NULL || PEM_write_bio_PUBKEY (memory, pkey) != 1)
    return NULL;
  n_bytes = BIO_get_mem_data (memory, &text);
  return n_bytes > 0 ? g_strndup (text, (gsize) n_bytes) : NULL;
}

gboolean
attestation_key_from_pem (const char *text, gsize n_bytes, guint8 ret_key[ATTESTATION_KEY_BYTES])
{
  g_autoptr (BIO) memory = n_bytes <= PEM_MAX_BYTES ? BIO_new_mem_buf (text, (int) n_bytes) : NULL;
  g_autoptr (EVP_PKEY) pkey = memory != NULL ? PEM_read_bio_PUBKEY (memory, NULL, NULL, NULL) : NULL;
  guint8 point[POINT_BYTES];
  char curve[32];
  gsize size = 0;

  if (pkey == NULL || EVP_PKEY_get_utf8_string_param (pkey, OSSL_PKEY_PARAM_GROUP_NAME, curve, sizeof curve, NULL) != 1
      || !g_str_equal (curve, CURVE)
      || EVP_PKEY_get_octet_string_param (pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &size) != 1
      || size != sizeof point || point[0] != UNCOMPRESSED)
    return FALSE;
  memcpy (ret_key, point + 1, ATTESTATION_KEY_BYTES);
  return TRUE;
}

/* --- the signature --------------------------------------------------------------------------------------------------- */

static ECDSA_SIG *
signature_from_halves (const guint8 halves[ATTESTATION_SIGNATURE_BYTES])
{
  ECDSA_SIG *signature = ECDSA_SIG_new ();
  BIGNUM *r = BN_bin2bn (halves, COORDINATE_BYTES, NULL);
  BIGNUM *s = BN_bin2bn (halves + COORDINATE_BYTES, COORDINATE_BYTES, NULL);

  if (signature != NULL && r != NULL && s != NULL && ECDSA_SIG_set0 (signature, r, s) == 1)
    return signature;
  BN_free (r);
  BN_free (s);
  ECDSA_SIG_free (signature);
  return NULL;
}

gsize
attestation_signature_to_der (const Attestation *self, guint8 ret_der[ATTESTATION_DER_MAX_BYTES])
{
  g_autoptr (ECDSA_SIG) signature = signature_from_halves (self->signature);
  guint8 *der = NULL;
  int n_der = signature != NULL ? i2d_ECDSA_SIG (signature, &der) : 0;

  if (n_der > 0 && n_der <= ATTESTATION_DER_MAX_BYTES)
    memcpy (ret_der, der, (gsize) n_der);
  else
    n_der = 0;
  OPENSSL_free (der);
  return (gsize) n_der;
}

gboolean
attestation_signature_from_der (Attestation *self, const guint8 *der, gsize n_der)
{
  g_autoptr (ECDSA_SIG) signature = NULL;
  guint8 again[ATTESTATION_DER_MAX_BYTES];
  const guint8 *at = der;

  if (n_der == 0 || n_der > ATTESTATION_DER_MAX_BYTES)
    return FALSE;
  signature = d2i_ECDSA_SIG (NULL, &at, (long) n_der);
  return signature != NULL
         && BN_bn2binpad (ECDSA_SIG_get0_r (signature), self->signature, COORDINATE_BYTES) == COORDINATE_BYTES
         && BN_bn2binpad (ECDSA_SIG_get0_s (signature), self->signature + COORDINATE_BYTES, COORDINATE_BYTES)
                == COORDINATE_BYTES
         && attestation_signature_to_der (self, again) == n_der && memcmp (again, der, n_der) == 0;
}

static gboolean
signature_fits (const Attestation *self, const guint8 key[ATTESTATION_KEY_BYTES])
{
  g_autoptr (EVP_PKEY) pkey = key_from_point (key);
  g_autoptr (EVP_PKEY_CTX) context = pkey != NULL ? EVP_PKEY_CTX_new (pkey, NULL) : NULL;
  guint8 digest[crypto_hash_sha256_BYTES], der[ATTESTATION_DER_MAX_BYTES];
  gsize n_der = attestation_signature_to_der (self, der);

  crypto_hash_sha256 (digest, self->bytes, self->n_bytes);
  return n_der > 0 && context != NULL && EVP_PKEY_verify_init (context) == 1
         && EVP_PKEY_verify (context, der, n_der, digest, sizeof digest) == 1;
}

/* --- what was signed -------------------------------------------------------------------------------------------------- */

/* The Name of a counter that has been written: SHA-256 over all that defines it. */
static gboolean
counter_name (const TPMS_NV_PUBLIC *public, TPM2B_NAME *ret_name)
{
  guint8 buffer[sizeof *public];
  gsize used = 0;

  if (Tss2_MU_TPMS_NV_PUBLIC_Marshal (public, buffer, sizeof buffer, &used) != TSS2_RC_SUCCESS)
    return FALSE;
  ret_name->name[0] = TPM2_ALG_SHA256 >> 8;
  ret_name->name[1] = TPM2_ALG_SHA256 & 0xff;
  crypto_hash_sha256 (ret_name->name + 2, buffer, used);
  ret_name->size = 2 + crypto_hash_sha256_BYTES;
  return TRUE;
}

static gboolean
is_counter (const TPM2B_NAME *name, const TPMS_NV_PUBLIC *public)
{
  TPM2B_NAME wanted;

  return counter_name (public, &wanted) && wanted.size == name->size
         && memcmp (wanted.name, name->name, name->size) == 0;
}

static gboolean
is_state_counter (const TPM2B_NAME *name)
{
  TPMS_NV_PUBLIC public = { .nameAlg = TPM2_ALG_SHA256,
                            .attributes = NV_STATE_ATTRIBUTES | TPMA_NV_WRITTEN,
                            .dataSize = NV_COUNTER_BYTES };

  for (public.nvIndex = NV_FIRST; public.nvIndex <= NV_LAST; public.nvIndex++)
    if (is_counter (name, &public))
      return TRUE;
  return FALSE;
}

static gboolean
is_epoch_counter (const TPM2B_NAME *name, const AttestationEpoch *epoch)
{
  TPMS_NV_PUBLIC public = { .nvIndex = epoch->index,
                            .nameAlg = TPM2_ALG_SHA256,
                            .attributes = NV_EPOCH_ATTRIBUTES | TPMA_NV_WRITTEN,
                            .authPolicy.size = ATTESTATION_POLICY_BYTES,
                            .dataSize = NV_COUNTER_BYTES };

  memcpy (public.authPolicy.buffer, epoch->policy, ATTESTATION_POLICY_BYTES);
  return epoch->index >= NV_FIRST && epoch->index <= NV_LAST && is_counter (name, &public);
}

static gboolean
parse (const Attestation *self, TPMI_ST_ATTEST type, TPMS_ATTEST *ret_attest)
{
  gsize used = 0;

  memset (ret_attest, 0, sizeof *ret_attest);
  return self->n_bytes <= sizeof self->bytes
         && Tss2_MU_TPMS_ATTEST_Unmarshal (self->bytes, self->n_bytes, &used, ret_attest) == TSS2_RC_SUCCESS
         && used == self->n_bytes && ret_attest->magic == TPM2_GENERATED_VALUE && ret_attest->type == type;
}

/* @epoch: NULL for a state counter */
static gboolean
check (const Attestation *self, const guint8 key[ATTESTATION_KEY_BYTES], const guint8 head[ATTESTATION_HEAD_BYTES],
       const AttestationEpoch *epoch, AttestationFacts *ret_facts, GError **error)
{
  TPMS_ATTEST attest;
  const TPMS_NV_CERTIFY_INFO *nv = &attest.attested.nv;
  const char *fault = NULL;
  guint64 counter = 0;

  if (!parse (self, TPM2_ST_ATTEST_NV, &attest))
    fault = "it cannot be read";
  else if (!signature_fits (self, key))
    fault = "another key signed it, or it was altered";
  else if (attest.extraData.size != ATTESTATION_HEAD_BYTES
           || memcmp (attest.extraData.buffer, head, ATTESTATION_HEAD_BYTES) != 0)
    fault = epoch != NULL ? "it was made for another text" : "it was made for other entries";
  else if (nv->nvContents.size != NV_COUNTER_BYTES || nv->offset != 0
           || !(epoch != NULL ? is_epoch_counter (&nv->indexName, epoch) : is_state_counter (&nv->indexName)))
    fault = epoch != NULL ? "it is not about the vault's epoch counter" : "it is not about a vault's state counter";
  if (fault != NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "attestation: %s", fault);
      return FALSE;
    }
  for (guint i = 0; i < NV_COUNTER_BYTES; i++)
    counter = counter << 8 | nv->nvContents.buffer[i];
  *ret_facts = (AttestationFacts){ .counter = counter,
                                   .clock_ms = attest.clockInfo.clock,
                                   .clock_is_safe = attest.clockInfo.safe == TPM2_YES,
                                   .resets = attest.clockInfo.resetCount };
  return TRUE;
}

gboolean
attestation_check (const Attestation *self, const guint8 key[ATTESTATION_KEY_BYTES],
                   const guint8 head[ATTESTATION_HEAD_BYTES], AttestationFacts *ret_facts, GError **error)
{
  return check (self, key, head, NULL, ret_facts, error);
}

gboolean
attestation_check_epoch (const Attestation *self, const guint8 key[ATTESTATION_KEY_BYTES],
                         const guint8 digest[ATTESTATION_HEAD_BYTES], const AttestationEpoch *epoch,
                         AttestationFacts *ret_facts, GError **error)
{
  return check (self, key, digest, epoch, ret_facts, error);
}

gboolean
attestation_check_certified (const Attestation *self, const guint8 key[ATTESTATION_KEY_BYTES],
                             const guint8 name[ATTESTATION_NAME_BYTES], const guint8 head[ATTESTATION_HEAD_BYTES],
                             GError **error)
{
  TPMS_ATTEST attest;
  const TPM2B_NAME *certified = &attest.attested.certify.name;
  const char *fault = NULL;

  if (!parse (self, TPM2_ST_ATTEST_CERTIFY, &attest))
    fault = "it cannot be read";
  else if (!signature_fits (self, key))
    fault = "another key signed it, or it was altered";
  else if (attest.extraData.size != ATTESTATION_HEAD_BYTES
           || memcmp (attest.extraData.buffer, head, ATTESTATION_HEAD_BYTES) != 0)
    fault = "it was made for something else";
  else if (certified->size != ATTESTATION_NAME_BYTES || memcmp (certified->name, name, ATTESTATION_NAME_BYTES) != 0)
    fault = "it is about another key";
  if (fault == NULL)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "attestation: %s", fault);
  return FALSE;
}

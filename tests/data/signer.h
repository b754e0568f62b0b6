/* SPDX-License-Identifier: Apache-2.0 */
/* signer: says what a TPM would, under a key of the test's own, so that a test can also say what no TPM would. */
#pragma once

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <string.h>
#include <tss2/tss2_mu.h>

#include "attestation.h"

#define SIGNER_INDEX 0x0180F002
#define SIGNER_COUNTER_ATTRIBUTES                                                                                      \
  (TPMA_NV_AUTHREAD | TPMA_NV_AUTHWRITE | TPMA_NV_NO_DA | TPM2_NT_COUNTER << TPMA_NV_TPM2_NT_SHIFT | TPMA_NV_WRITTEN)

typedef struct
{
  EVP_PKEY *pkey;
  guint8 key[ATTESTATION_KEY_BYTES];
} Signer;

static inline Signer
signer_new (void)
{
  Signer self = { .pkey = EVP_EC_gen ("prime256v1") };
  guint8 point[1 + ATTESTATION_KEY_BYTES];
  gsize size = 0;

  g_assert_nonnull (self.pkey);
  g_assert_cmpint (EVP_PKEY_get_octet_string_param (self.pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &size), ==,
                   1);
  g_assert_cmpuint (size, ==, sizeof point);
  memcpy (self.key, point + 1, sizeof self.key);
  return self;
}

static inline void
signer_clear (Signer *self)
{
  EVP_PKEY_free (self->pkey);
}

/* What a vault's TPM attests. */
static inline TPMS_ATTEST
signer_statement (const guint8 head[ATTESTATION_HEAD_BYTES], guint64 counter, guint64 clock_ms)
{
  const TPMS_NV_PUBLIC public = {
    .nvIndex = SIGNER_INDEX, .nameAlg = TPM2_ALG_SHA256, .attributes = SIGNER_COUNTER_ATTRIBUTES, .dataSize = 8
  };
  TPMS_ATTEST attest = { .magic = TPM2_GENERATED_VALUE,
                         .type = TPM2_ST_ATTEST_NV,
                         .extraData.size = ATTESTATION_HEAD_BYTES,
                         .clockInfo = { .clock = clock_ms, .safe = TPM2_YES },
                         .attested.nv = { .indexName.size = 34, .nvContents.size = 8 } };
  guint8 buffer[sizeof public];
  gsize used = 0;

  memcpy (attest.extraData.buffer, head, ATTESTATION_HEAD_BYTES);
  g_assert_cmpuint (Tss2_MU_TPMS_NV_PUBLIC_Marshal (&public, buffer, sizeof buffer, &used), ==, TSS2_RC_SUCCESS);
  attest.attested.nv.indexName.name[1] = TPM2_ALG_SHA256;
  crypto_hash_sha256 (attest.attested.nv.indexName.name + 2, buffer, used);
  for (int i = 7; i >= 0; i--, counter >>= 8)
    attest.attested.nv.nvContents.buffer[i] = counter & 0xff;
  return attest;
}

static inline void
signer_sign_bytes (const Signer *self, Attestation *attestation)
{
  guint8 digest[crypto_hash_sha256_BYTES], der[80];
  const guint8 *at = der;
  gsize n_der = sizeof der;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new (self->pkey, NULL);
  ECDSA_SIG *signature;

  crypto_hash_sha256 (digest, attestation->bytes, attestation->n_bytes);
  g_assert_cmpint (EVP_PKEY_sign_init (context), ==, 1);
  g_assert_cmpint (EVP_PKEY_sign (context, der, &n_der, digest, sizeof digest), ==, 1);
  signature = d2i_ECDSA_SIG (NULL, &at, (long) n_der);
  g_assert_nonnull (signature);
  BN_bn2binpad (ECDSA_SIG_get0_r (signature), attestation->signature, 32);
  BN_bn2binpad (ECDSA_SIG_get0_s (signature), attestation->signature + 32, 32);
  ECDSA_SIG_free (signature);
  EVP_PKEY_CTX_free (context);
}

static inline Attestation
signer_sign (const Signer *self, const TPMS_ATTEST *statement)
{
  Attestation attestation = { .n_bytes = 0 };

  g_assert_cmpuint (
      Tss2_MU_TPMS_ATTEST_Marshal (statement, attestation.bytes, sizeof attestation.bytes, &attestation.n_bytes), ==,
      TSS2_RC_SUCCESS);
  signer_sign_bytes (self, &attestation);
  return attestation;
}

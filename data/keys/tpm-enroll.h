/* SPDX-License-Identifier: Apache-2.0 */
/* tpm-enroll: how one TPM proves to somebody else which keys are in it (TPM2_Certify, TPM2_MakeCredential and
 * TPM2_ActivateCredential). Public parts are TPM2B_PUBLIC as the TPM marshals them; those of others are hostile bytes. Errors and
 * threads as in tpm.h. */
#pragma once

#include "tpm.h"

G_BEGIN_DECLS

#define TPM_PUBLIC_MAX_BYTES 512
#define TPM_CREDENTIAL_MAX_BYTES 256 /* either half */
#define TPM_CREDENTIAL_SECRET_BYTES 32

/* What a public part must be, to the last attribute; a key that may do anything else is another key. */
typedef enum
{
  TPM_PUBLIC_ENDORSEMENT, /* TCG's default template for ECC P-256 (L-2): who the TPM is */
  TPM_PUBLIC_ATTEST,      /* tpm_attest_key_create () */
  TPM_PUBLIC_TRANSPORT,   /* tpm_transport_key_create () */
} TpmPublicKind;

/** tpm_public_check: no TPM is asked. */
gboolean tpm_public_check (GBytes *public, TpmPublicKind kind);
/** tpm_public_get_point, tpm_public_get_name: of a public part that tpm_public_check () let pass; else %FALSE. */
gboolean tpm_public_get_point (GBytes *public, guint8 ret_point[TPM_POINT_BYTES]);
gboolean tpm_public_get_name (GBytes *public, guint8 ret_name[TPM_NAME_BYTES]);
/** tpm_blob_dup_public: (transfer full): a key blob's public part; %NULL when it cannot be parsed. */
GBytes *tpm_blob_dup_public (GBytes *blob);

/** tpm_endorsement_dup_public: FAILED where the endorsement hierarchy has a password. On a chip it takes seconds. */
GBytes *tpm_endorsement_dup_public (Tpm *self, GError **error);
/** tpm_certify: with @attest_key the TPM signs that the key of @blob is in it, and @qualifying. */
gboolean tpm_certify (Tpm *self, GBytes *blob, GBytes *attest_key, const guint8 qualifying[TPM_DIGEST_BYTES],
                      Attestation *ret_attestation, GError **error);

/**
 * tpm_credential_make:
 * @endorsement: of another TPM, as tpm_public_check () let it pass
 * @name: of that TPM's attestation key
 * @secret: TPM_CREDENTIAL_SECRET_BYTES
 *
 * Encrypts @secret so that only the TPM of @endorsement opens it, and only if it also holds the key of @name.
 */
gboolean tpm_credential_make (Tpm *self, GBytes *endorsement, const guint8 name[TPM_NAME_BYTES], const Secret *secret,
                              GBytes **ret_credential, GBytes **ret_seed, GError **error);
/** tpm_credential_activate: (transfer full): the secret; %NULL when it was made for another TPM or another key. */
Secret *tpm_credential_activate (Tpm *self, GBytes *attest_key, GBytes *credential, GBytes *seed, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* Attestation: what a vault's TPM signs about the head of the record and its state counter, or a certificate and its epoch counter
 * (TPM2_NV_Certify by a restricted key),
 * checked with the public key alone: no TPM, no vault. Any thread. Errors: CUSTODY_ERROR_TAMPERED. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ATTESTATION_KEY_BYTES 64 /* P-256 public point: x and y, left-padded */
#define ATTESTATION_HEAD_BYTES 32
#define ATTESTATION_SIGNATURE_BYTES 64 /* ECDSA with SHA-256: r and s, left-padded */
#define ATTESTATION_MAX_BYTES 512
#define ATTESTATION_NAME_BYTES 34 /* of a key: what it is and may do, as a digest */

/* @bytes: the TPMS_ATTEST that was signed, as the TPM marshalled it */
typedef struct
{
  guint8 bytes[ATTESTATION_MAX_BYTES];
  gsize n_bytes;
  guint8 signature[ATTESTATION_SIGNATURE_BYTES];
} Attestation;

/* What an attestation says beside the head. */
typedef struct
{
  guint64 counter;        /* the state counter */
  guint64 clock_ms;       /* of the TPM: runs while it has power, and back only as far as a power cut took it */
  gboolean clock_is_safe; /* it has been this late never before */
  guint32 resets;         /* how often the TPM started, and an unknown number of the key's own: only differences tell */
} AttestationFacts;

/**
 * attestation_check:
 * @head: what it must have been made for
 *
 * Returns: %FALSE with TAMPERED unless @key signed it inside a TPM, over @head and the state counter of a vault.
 */
gboolean attestation_check (const Attestation *self, const guint8 key[ATTESTATION_KEY_BYTES],
                            const guint8 head[ATTESTATION_HEAD_BYTES], AttestationFacts *ret_facts, GError **error);

#define ATTESTATION_POLICY_BYTES 32

/* Which epoch counter: it can only rise, and only by whom the policy lets. */
typedef struct
{
  guint32 index;
  guint8 policy[ATTESTATION_POLICY_BYTES];
} AttestationEpoch;

/** attestation_check_epoch: the same over @digest and the epoch counter @epoch, whose value is then the facts' counter. */
gboolean attestation_check_epoch (const Attestation *self, const guint8 key[ATTESTATION_KEY_BYTES],
                                  const guint8 digest[ATTESTATION_HEAD_BYTES], const AttestationEpoch *epoch,
                                  AttestationFacts *ret_facts, GError **error);

#define ATTESTATION_DER_MAX_BYTES 80
/** attestation_signature_to_der: the signature as other programs write it (ECDSA-Sig-Value); the number of bytes. */
gsize attestation_signature_to_der (const Attestation *self, guint8 ret_der[ATTESTATION_DER_MAX_BYTES]);
/** attestation_signature_from_der: %FALSE unless @der is what attestation_signature_to_der () writes. */
gboolean attestation_signature_from_der (Attestation *self, const guint8 *der, gsize n_der);

/**
 * attestation_check_certified:
 * @name: of a key
 * @head: what it must have been made for
 *
 * Returns: %FALSE with TAMPERED unless @key signed inside a TPM that the key of @name is in that TPM, over @head.
 */
gboolean attestation_check_certified (const Attestation *self, const guint8 key[ATTESTATION_KEY_BYTES],
                                      const guint8 name[ATTESTATION_NAME_BYTES],
                                      const guint8 head[ATTESTATION_HEAD_BYTES], GError **error);

/** attestation_key_to_pem: (transfer full): a SubjectPublicKeyInfo, as OpenSSL writes it; %NULL when @key is no point. */
char *attestation_key_to_pem (const guint8 key[ATTESTATION_KEY_BYTES]);
/** attestation_key_from_pem: %FALSE unless @text, not terminated, holds a P-256 public key. */
gboolean attestation_key_from_pem (const char *text, gsize n_bytes, guint8 ret_key[ATTESTATION_KEY_BYTES]);

G_END_DECLS

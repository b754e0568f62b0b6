/* SPDX-License-Identifier: Apache-2.0 */
/* tpm-private: what tpm.c, tpm-nv.c and their neighbours share. */
#pragma once

#include <tss2/tss2_esys.h>

#include "tpm.h"

#define TPM_COUNTER_AUTH_MAX 16
#define TPM_NO_SESSIONS ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE

struct _Tpm
{
  /* owned */
  TpmChannel *channel;
  ESYS_CONTEXT *esys;
  ESYS_TR srk;                 /* persistent: closed, never flushed */
  ESYS_TR session;             /* HMAC, salted with the SRK, encrypts parameters both ways */
  gboolean session_holds_auth; /* ESYS keeps the last password beside the session's key */
};

/* %TRUE for success; else sets the error that tpm.h names for the response code. */
gboolean tpm_check (TSS2_RC rc, const char *doing, GError **error);
/* The same for a command whose parameters came out of the keyset: KEYSET_DAMAGED where the TPM takes offence at one of them. */
gboolean tpm_check_stored (TSS2_RC rc, const char *doing, GError **error);
/* @data may be NULL. FALSE unless a public part is at @inout_at, written as the TPM writes it; then behind it. */
gboolean tpm_public_take (const guint8 *data, gsize size, gsize *inout_at, TPM2B_PUBLIC *ret_public);
void tpm_flush (Tpm *self, ESYS_TR *handle);
void tpm_set_auth (Tpm *self, ESYS_TR handle, const Secret *auth);
/* A policy session is good for one use: ask for a fresh one each time, and flush it. */
gboolean tpm_policy_start (Tpm *self, gboolean trial, ESYS_TR *ret_session, GError **error);
/* What a policy session is told: the epoch is @epoch's; the gate's auth is known. */
gboolean tpm_policy_epoch (Tpm *self, ESYS_TR session, const TpmEpoch *epoch, GError **error);
gboolean tpm_policy_secret (Tpm *self, ESYS_TR session, GBytes *gate, const Secret *gate_auth, GError **error);
gboolean tpm_policy_finish (Tpm *self, ESYS_TR session, TPM2B_DIGEST *ret_digest, GError **error);
extern const TPM2B_PUBLIC tpm_sealed_template;
/* A coordinate may come back shorter than 32 bytes: leading zeros are dropped. */
void tpm_pad_left (guint8 out[32], const guint8 *in, gsize n_bytes);
GBytes *
tpm_object_create (Tpm *self, const TPM2B_PUBLIC *template, const Secret *auth, const Secret *data, GError **error);
gboolean tpm_object_load (Tpm *self, GBytes *blob, ESYS_TR *ret_handle, GError **error);
gboolean tpm_attestation_take (const TPM2B_ATTEST *attest, const TPMT_SIGNATURE *signature,
                               Attestation *ret_attestation, GError **error);

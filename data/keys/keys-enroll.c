/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: a vault's part in an enrolment. */
#include "keys-enroll.h"

#include <sodium.h>
#include <string.h>

#include "custody-error.h"
#include "keys-private.h"

static gboolean
sign_cb (const guint8 digest[ENROLL_DIGEST_BYTES], Attestation *ret_attestation, gpointer user_data, GError **error)
{
  Keys *self = user_data;

  return tpm_certify (self->tpm, self->keyset->transport_key, self->keyset->attest_key, digest, ret_attestation, error);
}

static gboolean
fill_party (Keys *self, const KeysParty *from, EnrollParty *party, GError **error)
{
  party->id = g_strdup (self->keyset->vault_id);
  party->company = g_strdup (from->company);
  party->name = g_strdup (from->name);
  party->provider = g_strdup (self->software ? "swtpm" : "tpm2");
  party->created = g_strdup (from->created);
  party->attest = tpm_blob_dup_public (self->keyset->attest_key);
  party->transport = tpm_blob_dup_public (self->keyset->transport_key);
  if (party->attest != NULL && party->transport != NULL)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED, "a key of this machine cannot be read");
  return FALSE;
}

GBytes *
keys_enroll_request (Keys *self, const KeysParty *party, const guint8 escrow[ENROLL_ESCROW_BYTES],
                     guint8 ret_nonce[ENROLL_NONCE_BYTES], GError **error)
{
  g_autoptr (EnrollRequest) request = g_new0 (EnrollRequest, 1);

  if (!fill_party (self, party, &request->party, error))
    return NULL;
  request->endorsement = tpm_endorsement_dup_public (self->tpm, error);
  if (request->endorsement == NULL)
    return NULL;
  memcpy (request->escrow, escrow, sizeof request->escrow);
  randombytes_buf (ret_nonce, ENROLL_NONCE_BYTES);
  enroll_commit (ret_nonce, request->commitment);
  return enroll_request_write (request, sign_cb, self, error);
}

GBytes *
keys_enroll_answer (Keys *self, const KeysParty *party, const EnrollRequest *request, Secret **ret_secret,
                    GError **error)
{
  g_autoptr (EnrollAnswer) answer = g_new0 (EnrollAnswer, 1);
  g_autoptr (Secret) secret = secret_new_random (TPM_CREDENTIAL_SECRET_BYTES);
  guint8 name[TPM_NAME_BYTES];
  GBytes *file;

  if (!fill_party (self, party, &answer->party, error))
    return NULL;
  if (!tpm_public_get_name (request->party.attest, name))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_FILE, "an attestation key without a name");
      return NULL;
    }
  if (!tpm_credential_make (self->tpm, request->endorsement, name, secret, &answer->credential, &answer->seed, error))
    return NULL;
  memcpy (answer->request, request->digest, sizeof answer->request);
  randombytes_buf (answer->nonce, sizeof answer->nonce);
  file = enroll_answer_write (answer, sign_cb, self, error);
  if (file != NULL)
    *ret_secret = g_steal_pointer (&secret);
  return file;
}

GBytes *
keys_enroll_prove (Keys *self, const EnrollAnswer *answer, const guint8 nonce[ENROLL_NONCE_BYTES],
                   EnrollProof *ret_proof, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (Secret) secret =
      tpm_credential_activate (self->tpm, self->keyset->attest_key, answer->credential, answer->seed, &problem);
  EnrollProof proof;

  if (secret == NULL)
    {
      if (g_error_matches (problem, CUSTODY_ERROR, CUSTODY_ERROR_NO_TPM))
        g_propagate_error (error, g_steal_pointer (&problem));
      else
        g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_REFUSED,
                     "the answer was made for another machine (%s)", problem->message);
      return NULL;
    }
  memcpy (proof.request, answer->request, sizeof proof.request);
  memcpy (proof.answer, answer->digest, sizeof proof.answer);
  memcpy (proof.nonce, nonce, sizeof proof.nonce);
  *ret_proof = proof;
  return enroll_proof_write (&proof, secret);
}

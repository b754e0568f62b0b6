/* SPDX-License-Identifier: Apache-2.0 */
/* enroll: the three files. */
#include "enroll.h"

#include <sodium.h>
#include <string.h>

#include "custody-error.h"
#include "enroll-words.h"

#define FRAME "Azukari %s 1\n"
#define REQUEST_TITLE "machine request"
#define ANSWER_TITLE "machine answer"
#define PROOF_TITLE "machine proof"
#define MAC_BYTES crypto_auth_hmacsha256_BYTES

#define PARTY_TYPE "(sssssayay)"
#define SIGNATURE_TYPE "(ayay)"
/* What is signed, and the signature. */
#define REQUEST_TYPE "((" PARTY_TYPE "ayayay)" SIGNATURE_TYPE ")"
#define ANSWER_TYPE "((" PARTY_TYPE "ayayayay)" SIGNATURE_TYPE ")"
#define PROOF_TYPE "((ayayay)ay)"

G_STATIC_ASSERT (TPM_CREDENTIAL_SECRET_BYTES == crypto_auth_hmacsha256_KEYBYTES);
G_STATIC_ASSERT (ENROLL_DIGEST_BYTES == crypto_hash_sha256_BYTES && ENROLL_DIGEST_BYTES == ATTESTATION_HEAD_BYTES);
G_STATIC_ASSERT (ENROLL_TRANSCRIPT_BYTES == ENROLL_DIGEST_BYTES);

void
enroll_party_clear (EnrollParty *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->company, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->provider, g_free);
  g_clear_pointer (&self->created, g_free);
  g_clear_pointer (&self->attest, g_bytes_unref);
  g_clear_pointer (&self->transport, g_bytes_unref);
}

void
enroll_request_free (EnrollRequest *self)
{
  if (self == NULL)
    return;
  enroll_party_clear (&self->party);
  g_clear_pointer (&self->endorsement, g_bytes_unref);
  g_free (self);
}

void
enroll_answer_free (EnrollAnswer *self)
{
  if (self == NULL)
    return;
  enroll_party_clear (&self->party);
  g_clear_pointer (&self->credential, g_bytes_unref);
  g_clear_pointer (&self->seed, g_bytes_unref);
  g_free (self);
}

static gboolean
no_such_file (const char *title, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_FILE, "this is no %s, or it is damaged", title);
  return FALSE;
}

static gboolean
refuse (const char *why, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_REFUSED, "enrolment: %s", why);
  return FALSE;
}

/* --- frames ---------------------------------------------------------------------------------------------------------- */

GBytes *
enroll_frame_write (const char *title, GVariant *floating)
{
  g_autoptr (GVariant) body = g_variant_ref_sink (floating);
  g_autofree char *first = g_strdup_printf (FRAME, title);
  g_autoptr (GByteArray) file = g_byte_array_new ();
  guint8 digest[ENROLL_DIGEST_BYTES];

  g_byte_array_append (file, (const guint8 *) first, strlen (first));
  g_byte_array_append (file, g_variant_get_data (body), g_variant_get_size (body));
  crypto_hash_sha256 (digest, file->data, file->len);
  g_byte_array_append (file, digest, sizeof digest);
  return g_byte_array_free_to_bytes (g_steal_pointer (&file));
}

GVariant *
enroll_frame_read (GBytes *file, const char *title, const char *type, GError **error)
{
  g_autofree char *first = g_strdup_printf (FRAME, title);
  gsize size, n_first = strlen (first);
  const guint8 *data = g_bytes_get_data (file, &size);
  guint8 digest[ENROLL_DIGEST_BYTES];

  if (size > n_first + sizeof digest && size <= ENROLL_MAX_BYTES && memcmp (data, first, n_first) == 0
      && crypto_hash_sha256 (digest, data, size - sizeof digest) == 0
      && memcmp (digest, data + size - sizeof digest, sizeof digest) == 0)
    {
      /* GVariant wants its bytes aligned, which a slice of the file is not. */
      g_autoptr (GBytes) body = g_bytes_new (data + n_first, size - n_first - sizeof digest);
      g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), body, FALSE));

      if (g_variant_is_normal_form (value))
        return g_steal_pointer (&value);
    }
  no_such_file (title, error);
  return NULL;
}

void
enroll_digest (GBytes *file, guint8 ret_digest[ENROLL_DIGEST_BYTES])
{
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);

  crypto_hash_sha256 (ret_digest, data, size);
}

/* --- parts ----------------------------------------------------------------------------------------------------------- */

static GVariant *
bytes_variant (GBytes *bytes)
{
  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}

static GVariant *
fixed_variant (const guint8 *bytes, gsize n_bytes)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, n_bytes, 1);
}

static GVariant *
party_variant (const EnrollParty *self)
{
  return g_variant_new ("(sssss@ay@ay)", self->id, self->company, self->name, self->provider, self->created,
                        bytes_variant (self->attest), bytes_variant (self->transport));
}

static GBytes *
take_bytes (GVariant *tuple, gsize index, gsize max_bytes)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (tuple, index);

  return g_variant_get_size (child) <= max_bytes ? g_variant_get_data_as_bytes (child) : NULL;
}

static gboolean
take_fixed (GVariant *tuple, gsize index, guint8 *out, gsize n_bytes)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (tuple, index);

  if (g_variant_get_size (child) != n_bytes)
    return FALSE;
  memcpy (out, g_variant_get_data (child), n_bytes);
  return TRUE;
}

static gboolean
take_party (GVariant *tuple, EnrollParty *self)
{
  g_autoptr (GVariant) party = g_variant_get_child_value (tuple, 0);
  char **const texts[] = { &self->id, &self->company, &self->name, &self->provider, &self->created };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_variant_get_child (party, i, "s", texts[i]);
      if (strlen (*texts[i]) > ENROLL_TEXT_MAX)
        return FALSE;
    }
  self->attest = take_bytes (party, 5, TPM_PUBLIC_MAX_BYTES);
  self->transport = take_bytes (party, 6, TPM_PUBLIC_MAX_BYTES);
  return self->attest != NULL && self->transport != NULL && g_uuid_string_is_valid (self->id)
         && (g_str_equal (self->provider, "tpm2") || g_str_equal (self->provider, "swtpm"));
}

/* --- signatures ------------------------------------------------------------------------------------------------------ */

static void
digest_of_signed (const char *title, GVariant *content, guint8 ret_digest[ENROLL_DIGEST_BYTES])
{
  crypto_hash_sha256_state state;

  crypto_hash_sha256_init (&state);
  crypto_hash_sha256_update (&state, (const guint8 *) title, strlen (title) + 1);
  crypto_hash_sha256_update (&state, g_variant_get_data (content), g_variant_get_size (content));
  crypto_hash_sha256_final (&state, ret_digest);
}

static GBytes *
write_signed (const char *title, GVariant *floating, EnrollSignFunc sign, gpointer user_data, GError **error)
{
  g_autoptr (GVariant) content = g_variant_ref_sink (floating);
  guint8 digest[ENROLL_DIGEST_BYTES];
  Attestation attestation;

  digest_of_signed (title, content, digest);
  if (!sign (digest, &attestation, user_data, error))
    return NULL;
  return enroll_frame_write (
      title, g_variant_new ("(@*(@ay@ay))", content, fixed_variant (attestation.bytes, attestation.n_bytes),
                            fixed_variant (attestation.signature, sizeof attestation.signature)));
}

/* Are the party's keys what they must be, and did the one sign @content, about the other? */
static gboolean
check_signed (const char *title, const EnrollParty *party, GVariant *content, GVariant *signature, GError **error)
{
  g_autoptr (GVariant) bytes = g_variant_get_child_value (signature, 0);
  guint8 point[TPM_POINT_BYTES], name[TPM_NAME_BYTES], digest[ENROLL_DIGEST_BYTES];
  Attestation attestation = { .n_bytes = g_variant_get_size (bytes) };
  g_autoptr (GError) problem = NULL;

  if (attestation.n_bytes > sizeof attestation.bytes
      || !take_fixed (signature, 1, attestation.signature, sizeof attestation.signature))
    return no_such_file (title, error);
  memcpy (attestation.bytes, g_variant_get_data (bytes), attestation.n_bytes);
  if (!tpm_public_check (party->attest, TPM_PUBLIC_ATTEST) || !tpm_public_get_point (party->attest, point))
    return refuse ("its attestation key is not one that signs only what a TPM says", error);
  if (!tpm_public_check (party->transport, TPM_PUBLIC_TRANSPORT) || !tpm_public_get_name (party->transport, name))
    return refuse ("its transport key could leave its TPM, or do more than open what was sent to it", error);
  digest_of_signed (title, content, digest);
  return attestation_check_certified (&attestation, point, name, digest, &problem) || refuse (problem->message, error);
}

/* --- request --------------------------------------------------------------------------------------------------------- */

void
enroll_commit (const guint8 nonce[ENROLL_NONCE_BYTES], guint8 ret_commitment[ENROLL_DIGEST_BYTES])
{
  static const char context[] = "azukari enrolment nonce v1";
  crypto_hash_sha256_state state;

  crypto_hash_sha256_init (&state);
  crypto_hash_sha256_update (&state, (const guint8 *) context, sizeof context);
  crypto_hash_sha256_update (&state, nonce, ENROLL_NONCE_BYTES);
  crypto_hash_sha256_final (&state, ret_commitment);
}

GBytes *
enroll_request_write (const EnrollRequest *self, EnrollSignFunc sign, gpointer user_data, GError **error)
{
  return write_signed (REQUEST_TITLE,
                       g_variant_new ("(@*@ay@ay@ay)", party_variant (&self->party), bytes_variant (self->endorsement),
                                      fixed_variant (self->escrow, sizeof self->escrow),
                                      fixed_variant (self->commitment, sizeof self->commitment)),
                       sign, user_data, error);
}

EnrollRequest *
enroll_request_read (GBytes *file, GError **error)
{
  g_autoptr (EnrollRequest) self = g_new0 (EnrollRequest, 1);
  g_autoptr (GVariant) body = enroll_frame_read (file, REQUEST_TITLE, REQUEST_TYPE, error);
  g_autoptr (GVariant) content = body != NULL ? g_variant_get_child_value (body, 0) : NULL;
  g_autoptr (GVariant) signature = body != NULL ? g_variant_get_child_value (body, 1) : NULL;

  if (body == NULL)
    return NULL;
  self->endorsement = take_bytes (content, 1, TPM_PUBLIC_MAX_BYTES);
  if (!take_party (content, &self->party) || self->endorsement == NULL
      || !take_fixed (content, 2, self->escrow, sizeof self->escrow)
      || !take_fixed (content, 3, self->commitment, sizeof self->commitment))
    {
      no_such_file (REQUEST_TITLE, error);
      return NULL;
    }
  if (!tpm_public_check (self->endorsement, TPM_PUBLIC_ENDORSEMENT))
    {
      refuse ("its endorsement key is none", error);
      return NULL;
    }
  if (!check_signed (REQUEST_TITLE, &self->party, content, signature, error))
    return NULL;
  enroll_digest (file, self->digest);
  return g_steal_pointer (&self);
}

/* --- answer ---------------------------------------------------------------------------------------------------------- */

GBytes *
enroll_answer_write (const EnrollAnswer *self, EnrollSignFunc sign, gpointer user_data, GError **error)
{
  return write_signed (ANSWER_TITLE,
                       g_variant_new ("(@*@ay@ay@ay@ay)", party_variant (&self->party),
                                      fixed_variant (self->request, sizeof self->request),
                                      fixed_variant (self->nonce, sizeof self->nonce), bytes_variant (self->credential),
                                      bytes_variant (self->seed)),
                       sign, user_data, error);
}

EnrollAnswer *
enroll_answer_read (GBytes *file, const guint8 request[ENROLL_DIGEST_BYTES], GError **error)
{
  g_autoptr (EnrollAnswer) self = g_new0 (EnrollAnswer, 1);
  g_autoptr (GVariant) body = enroll_frame_read (file, ANSWER_TITLE, ANSWER_TYPE, error);
  g_autoptr (GVariant) content = body != NULL ? g_variant_get_child_value (body, 0) : NULL;
  g_autoptr (GVariant) signature = body != NULL ? g_variant_get_child_value (body, 1) : NULL;

  if (body == NULL)
    return NULL;
  self->credential = take_bytes (content, 3, TPM_CREDENTIAL_MAX_BYTES);
  self->seed = take_bytes (content, 4, TPM_CREDENTIAL_MAX_BYTES);
  if (!take_party (content, &self->party) || self->credential == NULL || self->seed == NULL
      || !take_fixed (content, 1, self->request, sizeof self->request)
      || !take_fixed (content, 2, self->nonce, sizeof self->nonce))
    {
      no_such_file (ANSWER_TITLE, error);
      return NULL;
    }
  if (sodium_memcmp (self->request, request, ENROLL_DIGEST_BYTES) != 0)
    {
      refuse ("the answer is to another request, or to one that was answered before", error);
      return NULL;
    }
  if (!check_signed (ANSWER_TITLE, &self->party, content, signature, error))
    return NULL;
  enroll_digest (file, self->digest);
  return g_steal_pointer (&self);
}

/* --- proof ----------------------------------------------------------------------------------------------------------- */

static GVariant *
proof_content (const EnrollProof *self)
{
  return g_variant_ref_sink (g_variant_new ("(@ay@ay@ay)", fixed_variant (self->request, sizeof self->request),
                                            fixed_variant (self->answer, sizeof self->answer),
                                            fixed_variant (self->nonce, sizeof self->nonce)));
}

static void
proof_mac (GVariant *content, const Secret *secret, guint8 ret_mac[MAC_BYTES])
{
  crypto_auth_hmacsha256 (ret_mac, g_variant_get_data (content), g_variant_get_size (content),
                          secret_get_data (secret, NULL));
}

GBytes *
enroll_proof_write (const EnrollProof *self, const Secret *secret)
{
  g_autoptr (GVariant) content = proof_content (self);
  guint8 mac[MAC_BYTES];

  proof_mac (content, secret, mac);
  return enroll_frame_write (PROOF_TITLE, g_variant_new ("(@*@ay)", content, fixed_variant (mac, sizeof mac)));
}

gboolean
enroll_proof_read (GBytes *file, const EnrollRequest *request, const guint8 answer[ENROLL_DIGEST_BYTES],
                   const Secret *secret, EnrollProof *ret_proof, GError **error)
{
  g_autoptr (GVariant) body = enroll_frame_read (file, PROOF_TITLE, PROOF_TYPE, error);
  g_autoptr (GVariant) content = body != NULL ? g_variant_get_child_value (body, 0) : NULL;
  guint8 mac[MAC_BYTES], wanted[MAC_BYTES], commitment[ENROLL_DIGEST_BYTES];
  EnrollProof proof;

  if (body == NULL)
    return FALSE;
  if (!take_fixed (content, 0, proof.request, sizeof proof.request)
      || !take_fixed (content, 1, proof.answer, sizeof proof.answer)
      || !take_fixed (content, 2, proof.nonce, sizeof proof.nonce) || !take_fixed (body, 1, mac, sizeof mac))
    return no_such_file (PROOF_TITLE, error);
  if (sodium_memcmp (proof.request, request->digest, sizeof proof.request) != 0
      || sodium_memcmp (proof.answer, answer, sizeof proof.answer) != 0)
    return refuse ("the proof is of another enrolment, or of one that has ended", error);
  proof_mac (content, secret, wanted);
  if (sodium_memcmp (mac, wanted, sizeof mac) != 0)
    return refuse ("the credential was not opened by the TPM it was made for", error);
  enroll_commit (proof.nonce, commitment);
  if (sodium_memcmp (commitment, request->commitment, sizeof commitment) != 0)
    return refuse ("the proof does not keep what its request promised", error);
  *ret_proof = proof;
  return TRUE;
}

char **
enroll_words (const EnrollProof *proof, GError **error)
{
  static const char context[] = "azukari enrolment words v1";
  guint8 transcript[ENROLL_TRANSCRIPT_BYTES];
  crypto_hash_sha256_state state;

  crypto_hash_sha256_init (&state);
  crypto_hash_sha256_update (&state, (const guint8 *) context, sizeof context);
  crypto_hash_sha256_update (&state, proof->request, sizeof proof->request);
  crypto_hash_sha256_update (&state, proof->answer, sizeof proof->answer);
  crypto_hash_sha256_update (&state, proof->nonce, sizeof proof->nonce);
  crypto_hash_sha256_final (&state, transcript);
  return enroll_words_of (transcript, error);
}

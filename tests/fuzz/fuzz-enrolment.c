/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a file of an enrolment: as they are, and with a digest that fits, so that what is behind it is reached as well. Whatever
 * is taken was signed by the keys that are in it, and is about the request that was sent. */
#include <string.h>

#include <sodium.h>

#include "custody-error.h"
#include "enroll.h"
#include "fuzz.h"

/* The file with its last bytes replaced by the digest of those before. */
static GBytes *
with_digest (const uint8_t *data, size_t size)
{
  guint8 *bytes = g_memdup2 (data, size);

  g_assert_cmpint (crypto_hash_sha256 (bytes + size - crypto_hash_sha256_BYTES, bytes, size - crypto_hash_sha256_BYTES),
                   ==, 0);
  return g_bytes_new_take (bytes, size);
}

static void
check_error (const GError *error)
{
  g_assert_true (g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_FILE)
                 || g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_REFUSED));
}

static void
read_as_each (GBytes *file)
{
  static const guint8 digest[ENROLL_DIGEST_BYTES] = { 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (EnrollRequest) request = enroll_request_read (file, &error);
  g_autoptr (Secret) secret = secret_new (TPM_CREDENTIAL_SECRET_BYTES);
  EnrollProof proof;

  if (request != NULL)
    {
      g_assert_cmpuint (strlen (request->party.company), <=, ENROLL_TEXT_MAX);
      g_assert_cmpuint (strlen (request->party.name), <=, ENROLL_TEXT_MAX);
    }
  else
    check_error (error);
  g_clear_error (&error);
  /* Nobody can write an answer to a request that was never made, nor a proof of it. */
  g_assert_null (enroll_answer_read (file, digest, &error));
  check_error (error);
  g_clear_error (&error);
  if (request != NULL)
    {
      g_assert_false (enroll_proof_read (file, request, digest, secret, &proof, &error));
      check_error (error);
    }
  else
    {
      const EnrollRequest none = { .digest = { 2 } };

      g_assert_false (enroll_proof_read (file, &none, digest, secret, &proof, &error));
      check_error (error);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) raw = g_bytes_new (data, size);

  g_assert_true (secret_init ());
  read_as_each (raw);
  if (size > crypto_hash_sha256_BYTES)
    {
      g_autoptr (GBytes) fitting = with_digest (data, size);

      read_as_each (fitting);
    }
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* attestation: what a vault's TPM signed is believed, and nothing else is, even under the right key. */
#include "signer.h"

#include "custody-error.h"
#include "secret.h"

static const guint8 head[ATTESTATION_HEAD_BYTES] = { 1, 2, 3 };

static void
assert_refused (const Attestation *attestation, const guint8 *key, const guint8 *for_head)
{
  AttestationFacts facts;
  g_autoptr (GError) error = NULL;

  g_assert_false (attestation_check (attestation, key, for_head, &facts, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
}

static void
test_believed (void)
{
  Signer signer = signer_new ();
  const TPMS_ATTEST statement = signer_statement (head, 0x0102030405060708, 86400123);
  const Attestation attestation = signer_sign (&signer, &statement);
  AttestationFacts facts = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (attestation_check (&attestation, signer.key, head, &facts, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (facts.counter, ==, 0x0102030405060708);
  g_assert_cmpuint (facts.clock_ms, ==, 86400123);
  signer_clear (&signer);
}

/* Every byte of the statement and of the signature counts. */
static void
test_altered (void)
{
  Signer signer = signer_new ();
  const TPMS_ATTEST statement = signer_statement (head, 7, 8);
  const Attestation attestation = signer_sign (&signer, &statement);

  for (gsize i = 0; i < attestation.n_bytes + ATTESTATION_SIGNATURE_BYTES; i++)
    {
      Attestation altered = attestation;

      if (i < altered.n_bytes)
        altered.bytes[i] ^= 1;
      else
        altered.signature[i - altered.n_bytes] ^= 1;
      assert_refused (&altered, signer.key, head);
    }
  signer_clear (&signer);
}

static void
test_lengths (void)
{
  Signer signer = signer_new ();
  const TPMS_ATTEST statement = signer_statement (head, 7, 8);
  const Attestation attestation = signer_sign (&signer, &statement);

  for (gsize n = 0; n <= ATTESTATION_MAX_BYTES + 1; n++)
    {
      Attestation other = attestation;

      other.n_bytes = n;
      if (n == attestation.n_bytes)
        continue;
      if (n <= sizeof other.bytes)
        signer_sign_bytes (&signer, &other);
      assert_refused (&other, signer.key, head);
    }
  signer_clear (&signer);
}

static void
test_other_key_and_head (void)
{
  Signer signer = signer_new (), other = signer_new ();
  const TPMS_ATTEST statement = signer_statement (head, 7, 8);
  const Attestation attestation = signer_sign (&signer, &statement);
  const guint8 other_head[ATTESTATION_HEAD_BYTES] = { 1, 2, 4 };
  const guint8 no_key[ATTESTATION_KEY_BYTES] = { 0 };

  assert_refused (&attestation, other.key, head);
  assert_refused (&attestation, no_key, head);
  assert_refused (&attestation, signer.key, other_head);
  signer_clear (&signer);
  signer_clear (&other);
}

/* The right key under statements that are not about a state counter: another index of the same TPM, or no index at all. */
static void
test_other_statements (void)
{
  enum
  {
    NO_MAGIC,
    OTHER_TYPE,
    OTHER_INDEX,
    SHORT_HEAD,
    SHORT_COUNTER,
    LATER_PART,
    N_STATEMENTS
  };
  Signer signer = signer_new ();

  for (int i = 0; i < N_STATEMENTS; i++)
    {
      TPMS_ATTEST statement = signer_statement (head, 7, 8);
      Attestation attestation;

      switch (i)
        {
        case NO_MAGIC:
          statement.magic++;
          break;
        case OTHER_TYPE:
          statement.type = TPM2_ST_ATTEST_TIME;
          break;
        case OTHER_INDEX:
          statement.attested.nv.indexName.name[9] ^= 1;
          break;
        case SHORT_HEAD:
          statement.extraData.size--;
          break;
        case SHORT_COUNTER:
          statement.attested.nv.nvContents.size--;
          break;
        default:
          statement.attested.nv.offset = 1;
          break;
        }
      if (i == NO_MAGIC)
        {
          /* what the library would not write is written by hand */
          const TPMS_ATTEST right = signer_statement (head, 7, 8);

          attestation = signer_sign (&signer, &right);
          attestation.bytes[3] ^= 1;
          signer_sign_bytes (&signer, &attestation);
        }
      else
        attestation = signer_sign (&signer, &statement);
      assert_refused (&attestation, signer.key, head);
    }
  signer_clear (&signer);
}

static void
test_pem (void)
{
  Signer signer = signer_new ();
  g_autofree char *pem = attestation_key_to_pem (signer.key);
  g_autofree char *with_words = g_strconcat ("the vault's key\n", pem, NULL);
  guint8 key[ATTESTATION_KEY_BYTES];
  const guint8 no_point[ATTESTATION_KEY_BYTES] = { 0 };

  g_assert_nonnull (pem);
  g_assert_true (attestation_key_from_pem (pem, strlen (pem), key));
  g_assert_cmpmem (key, sizeof key, signer.key, sizeof signer.key);
  g_assert_true (attestation_key_from_pem (with_words, strlen (with_words), key));
  for (gsize n = 0; n + 2 < strlen (pem); n++)
    g_assert_false (attestation_key_from_pem (pem, n, key));
  g_assert_null (attestation_key_to_pem (no_point));
  signer_clear (&signer);
}

static void
test_pem_of_other_keys (void)
{
  static const char ed25519[] = "-----BEGIN PUBLIC KEY-----\n"
                                "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                                "-----END PUBLIC KEY-----\n";
  EVP_PKEY *p384 = EVP_EC_gen ("secp384r1");
  BIO *memory = BIO_new (BIO_s_mem ());
  char *text;
  long n_bytes;
  guint8 key[ATTESTATION_KEY_BYTES];

  g_assert_cmpint (PEM_write_bio_PUBKEY (memory, p384), ==, 1);
  n_bytes = BIO_get_mem_data (memory, &text);
  g_assert_false (attestation_key_from_pem (text, (gsize) n_bytes, key));
  g_assert_false (attestation_key_from_pem (ed25519, strlen (ed25519), key));
  BIO_free (memory);
  EVP_PKEY_free (p384);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  g_test_add_func ("/attestation/believed", test_believed);
  g_test_add_func ("/attestation/altered", test_altered);
  g_test_add_func ("/attestation/lengths", test_lengths);
  g_test_add_func ("/attestation/other-key-and-head", test_other_key_and_head);
  g_test_add_func ("/attestation/other-statements", test_other_statements);
  g_test_add_func ("/attestation/pem", test_pem);
  g_test_add_func ("/attestation/pem-of-other-keys", test_pem_of_other_keys);
  return g_test_run ();
}

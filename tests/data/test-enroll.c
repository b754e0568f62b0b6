/* SPDX-License-Identifier: Apache-2.0 */
/* enroll: two machines with TPMs of their own get to know each other; a third one, and whoever changes a file, must not get in. */
#include "keys-enroll.h"

#include <sodium.h>
#include <string.h>

#include "custody-error.h"
#include "data-test.h"
#include "enroll-words.h"
#include "keys-private.h"

#define ADMIN "00000000-0000-4000-8000-000000000001"
#define PIN "mihon-4829"

typedef struct
{
  char *folder;
  Keys *keys;
  KeysParty party;
} Machine;

typedef struct
{
  Machine a, b;
  guint8 escrow[ENROLL_ESCROW_BYTES], nonce[ENROLL_NONCE_BYTES];
  GBytes *request_file, *answer_file, *proof_file;
  EnrollRequest *request;
  Secret *secret;
  guint8 answer_digest[ENROLL_DIGEST_BYTES];
  EnrollProof proof; /* as B knows it */
} Fixture;

/* --- machines -------------------------------------------------------------------------------------------------------- */

static void
machine_begin (Machine *m, const char *name)
{
  g_autoptr (Secret) pin = secret_new_copy (PIN, strlen (PIN));
  g_autoptr (Secret) key = NULL, counter_auth = NULL;
  g_autoptr (GError) error = NULL;

  m->folder = test_folder_new ();
  m->keys = keys_create (m->folder, "swtpm", NULL, ADMIN, pin, &key, &counter_auth, &error);
  g_assert_no_error (error);
  m->party = (KeysParty){ .company = "見本商事", .name = name, .created = "2026-11-22T00:00:00Z" };
}

static void
machine_end (Machine *m)
{
  g_clear_pointer (&m->keys, keys_free);
  test_folder_remove (m->folder);
  g_free (m->folder);
}

static GBytes *
request_of (Fixture *f, Machine *m, guint8 nonce[ENROLL_NONCE_BYTES])
{
  g_autoptr (GError) error = NULL;
  GBytes *file = keys_enroll_request (m->keys, &m->party, f->escrow, nonce, &error);

  g_assert_no_error (error);
  return file;
}

static GBytes *
answer_of (Fixture *f, const EnrollRequest *request, Secret **ret_secret)
{
  g_autoptr (GError) error = NULL;
  GBytes *file = keys_enroll_answer (f->a.keys, &f->a.party, request, ret_secret, &error);

  g_assert_no_error (error);
  return file;
}

static void
set_up_two (Fixture *f, gconstpointer data)
{
  machine_begin (&f->a, "受付");
  machine_begin (&f->b, "予備");
  randombytes_buf (f->escrow, sizeof f->escrow);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (EnrollAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;

  set_up_two (f, data);
  f->request_file = request_of (f, &f->b, f->nonce);
  f->request = enroll_request_read (f->request_file, &error);
  g_assert_no_error (error);
  f->answer_file = answer_of (f, f->request, &f->secret);
  answer = enroll_answer_read (f->answer_file, f->request->digest, &error);
  g_assert_no_error (error);
  memcpy (f->answer_digest, answer->digest, sizeof f->answer_digest);
  f->proof_file = keys_enroll_prove (f->b.keys, answer, f->nonce, &f->proof, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->request_file, g_bytes_unref);
  g_clear_pointer (&f->answer_file, g_bytes_unref);
  g_clear_pointer (&f->proof_file, g_bytes_unref);
  g_clear_pointer (&f->request, enroll_request_free);
  g_clear_pointer (&f->secret, secret_free);
  machine_end (&f->a);
  machine_end (&f->b);
}

static void
assert_request_refused (GBytes *file, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnrollRequest) request = enroll_request_read (file, &error);

  g_assert_null (request);
  g_assert_error (error, CUSTODY_ERROR, code);
}

static void
assert_proof_refused (Fixture *f, GBytes *file, const EnrollRequest *request, const guint8 *answer,
                      const Secret *secret, int code)
{
  g_autoptr (GError) error = NULL;
  EnrollProof proof;

  g_assert_false (enroll_proof_read (file, request, answer, secret, &proof, &error));
  g_assert_error (error, CUSTODY_ERROR, code);
}

/* --- the whole way --------------------------------------------------------------------------------------------------- */

static void
test_whole (Fixture *f, gconstpointer data)
{
  guint8 sent[KEYS_POINT_BYTES], own[KEYS_POINT_BYTES];
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) here = NULL, there = NULL;
  EnrollProof proof;

  g_assert_cmpstr (f->request->party.id, ==, keys_get_vault_id (f->b.keys));
  g_assert_cmpstr (f->request->party.name, ==, "予備");
  g_assert_cmpstr (f->request->party.company, ==, "見本商事");
  g_assert_cmpstr (f->request->party.provider, ==, "swtpm");
  g_assert_cmpmem (f->request->escrow, ENROLL_ESCROW_BYTES, f->escrow, ENROLL_ESCROW_BYTES);
  g_assert_true (tpm_public_get_point (f->request->party.transport, sent));
  g_assert_true (keys_get_transport_point (f->b.keys, own));
  g_assert_cmpmem (sent, sizeof sent, own, sizeof own);

  g_assert_true (enroll_proof_read (f->proof_file, f->request, f->answer_digest, f->secret, &proof, &error));
  g_assert_no_error (error);
  here = enroll_words (&proof, &error);
  there = enroll_words (&f->proof, &error);
  g_assert_cmpuint (g_strv_length (here), ==, ENROLL_WORDS);
  g_assert_true (g_strv_equal ((const char *const *) here, (const char *const *) there));
}

/* Each file begins by saying what it is, and none is taken for another. */
static void
test_kinds (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_str_has_prefix (g_bytes_get_data (f->request_file, NULL), "Azukari machine request 1\n"));
  g_assert_true (g_str_has_prefix (g_bytes_get_data (f->answer_file, NULL), "Azukari machine answer 1\n"));
  g_assert_true (g_str_has_prefix (g_bytes_get_data (f->proof_file, NULL), "Azukari machine proof 1\n"));
  assert_request_refused (f->answer_file, CUSTODY_ERROR_ENROLMENT_FILE);
  assert_proof_refused (f, f->request_file, f->request, f->answer_digest, f->secret, CUSTODY_ERROR_ENROLMENT_FILE);
  g_assert_null (enroll_answer_read (f->proof_file, f->request->digest, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_FILE);
}

/* --- other TPMs ------------------------------------------------------------------------------------------------------ */

static void
test_third_tpm (Fixture *f, gconstpointer data)
{
  Machine c = { NULL };
  g_autoptr (EnrollAnswer) answer = enroll_answer_read (f->answer_file, f->request->digest, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) proof_file = NULL;
  EnrollProof proof;

  machine_begin (&c, "よそ");
  proof_file = keys_enroll_prove (c.keys, answer, f->nonce, &proof, &error);
  g_assert_null (proof_file);
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_REFUSED);
  machine_end (&c);
}

/* The right TPM, but another key of it than the request named: two vaults on one machine are not each other. */
static void
test_other_key_of_the_tpm (Fixture *f, gconstpointer data)
{
  g_autoptr (EnrollAnswer) answer = enroll_answer_read (f->answer_file, f->request->digest, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) other_key = tpm_attest_key_create (f->b.keys->tpm, &error);
  g_autoptr (Secret) secret = NULL;

  g_assert_no_error (error);
  secret = tpm_credential_activate (f->b.keys->tpm, other_key, answer->credential, answer->seed, &error);
  g_assert_null (secret);
  g_assert_nonnull (error);
}

/* --- keys that are not what they seem -------------------------------------------------------------------------------- */

typedef struct
{
  Keys *signer;
  GBytes *about; /* key blob */
} Signing;

static gboolean
sign_cb (const guint8 digest[ENROLL_DIGEST_BYTES], Attestation *ret_attestation, gpointer user_data, GError **error)
{
  Signing *signing = user_data;

  return tpm_certify (signing->signer->tpm, signing->about, signing->signer->keyset->attest_key, digest,
                      ret_attestation, error);
}

/* B's request with somebody else's transport key in it, or signed by somebody else. */
static void
test_swapped_keys (Fixture *f, gconstpointer data)
{
  Signing by_b = { f->b.keys, f->b.keys->keyset->transport_key };
  Signing by_a = { f->a.keys, f->a.keys->keyset->transport_key };
  g_autoptr (GBytes) own = g_bytes_ref (f->request->party.transport);
  g_autoptr (GBytes) swapped = NULL, forged = NULL, again = NULL;

  again = enroll_request_write (f->request, sign_cb, &by_b, NULL);
  g_assert_true (g_bytes_get_size (again) > 0);
  g_clear_pointer (&f->request, enroll_request_free);
  f->request = enroll_request_read (again, NULL);
  g_assert_nonnull (f->request);

  g_bytes_unref (f->request->party.transport);
  f->request->party.transport = tpm_blob_dup_public (f->a.keys->keyset->transport_key);
  swapped = enroll_request_write (f->request, sign_cb, &by_b, NULL);
  assert_request_refused (swapped, CUSTODY_ERROR_ENROLMENT_REFUSED);
  forged = enroll_request_write (f->request, sign_cb, &by_a, NULL);
  assert_request_refused (forged, CUSTODY_ERROR_ENROLMENT_REFUSED);
}

static GBytes *
with_attribute_flipped (GBytes *public, guint bit)
{
  gsize size;
  g_autofree guint8 *bytes = NULL;

  bytes = g_memdup2 (g_bytes_get_data (public, &size), g_bytes_get_size (public));
  /* TPM2B size, type, nameAlg, then the attributes, big endian */
  bytes[6 + 3 - bit / 8] ^= 1 << bit % 8;
  return g_bytes_new (bytes, size);
}

static void
test_changed_attributes (Fixture *f, gconstpointer data)
{
  const struct
  {
    GBytes *public;
    TpmPublicKind kind;
  } keys[] = { { f->request->endorsement, TPM_PUBLIC_ENDORSEMENT },
               { f->request->party.attest, TPM_PUBLIC_ATTEST },
               { f->request->party.transport, TPM_PUBLIC_TRANSPORT } };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      for (guint kind = TPM_PUBLIC_ENDORSEMENT; kind <= TPM_PUBLIC_TRANSPORT; kind++)
        g_assert_cmpint (tpm_public_check (keys[i].public, kind), ==, kind == keys[i].kind);
      for (guint bit = 0; bit < 32; bit++)
        {
          g_autoptr (GBytes) changed = with_attribute_flipped (keys[i].public, bit);

          g_assert_false (tpm_public_check (changed, keys[i].kind));
        }
    }
}

/* A key that may leave its TPM changes its Name with that, so that B's TPM never certified it. */
static void
test_key_that_may_leave (Fixture *f, gconstpointer data)
{
  Signing by_b = { f->b.keys, f->b.keys->keyset->transport_key };
  GBytes *leaving = with_attribute_flipped (f->request->party.transport, 1); /* fixedTPM */
  g_autoptr (GBytes) file = NULL;

  g_bytes_unref (f->request->party.transport);
  f->request->party.transport = leaving;
  file = enroll_request_write (f->request, sign_cb, &by_b, NULL);
  assert_request_refused (file, CUSTODY_ERROR_ENROLMENT_REFUSED);
}

/* --- replay ---------------------------------------------------------------------------------------------------------- */

static void
test_replayed_answer (Fixture *f, gconstpointer data)
{
  guint8 nonce[ENROLL_NONCE_BYTES], digest[ENROLL_DIGEST_BYTES];
  g_autoptr (GBytes) newer = request_of (f, &f->b, nonce);
  g_autoptr (GError) error = NULL;

  enroll_digest (newer, digest);
  g_assert_null (enroll_answer_read (f->answer_file, digest, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_REFUSED);
}

static void
test_replayed_proof (Fixture *f, gconstpointer data)
{
  g_autoptr (Secret) secret = NULL;
  g_autoptr (GBytes) newer = answer_of (f, f->request, &secret);
  guint8 digest[ENROLL_DIGEST_BYTES];

  enroll_digest (newer, digest);
  /* the old proof for a new answer; and with the digest of the old one, under the new secret */
  assert_proof_refused (f, f->proof_file, f->request, digest, secret, CUSTODY_ERROR_ENROLMENT_REFUSED);
  assert_proof_refused (f, f->proof_file, f->request, f->answer_digest, secret, CUSTODY_ERROR_ENROLMENT_REFUSED);
}

/* Whoever holds the credential's secret can still not choose the nonce after having seen A's. */
static void
test_nonce_is_bound (Fixture *f, gconstpointer data)
{
  EnrollProof other = f->proof;
  g_autoptr (GBytes) file = NULL;

  other.nonce[0] ^= 1;
  file = enroll_proof_write (&other, f->secret);
  assert_proof_refused (f, file, f->request, f->answer_digest, f->secret, CUSTODY_ERROR_ENROLMENT_REFUSED);
}

/* --- damaged and hostile files --------------------------------------------------------------------------------------- */

typedef gboolean (*ReadFunc) (Fixture *f, GBytes *file, GError **error);

static gboolean
read_request (Fixture *f, GBytes *file, GError **error)
{
  g_autoptr (EnrollRequest) request = enroll_request_read (file, error);

  return request != NULL;
}

static gboolean
read_answer (Fixture *f, GBytes *file, GError **error)
{
  g_autoptr (EnrollAnswer) answer = enroll_answer_read (file, f->request->digest, error);

  return answer != NULL;
}

static gboolean
read_proof (Fixture *f, GBytes *file, GError **error)
{
  EnrollProof proof;

  return enroll_proof_read (file, f->request, f->answer_digest, f->secret, &proof, error);
}

static void
assert_not_read (Fixture *f, ReadFunc func, const guint8 *bytes, gsize size)
{
  g_autoptr (GBytes) file = g_bytes_new (bytes, size);
  g_autoptr (GError) error = NULL;

  g_assert_false (func (f, file, &error));
  g_assert_true (g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_FILE)
                 || g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_REFUSED));
}

/* Every byte changed, with the digest made to fit again: layout, signature or MAC must notice. */
static void
assert_every_byte_counts (Fixture *f, ReadFunc func, GBytes *file)
{
  gsize size;
  const guint8 *good = g_bytes_get_data (file, &size);
  g_autofree guint8 *bytes = g_memdup2 (good, size);
  g_autoptr (GError) error = NULL;

  g_assert_true (func (f, file, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < size; i++)
    {
      bytes[i] ^= 0x21;
      assert_not_read (f, func, bytes, size);
      if (i < size - ENROLL_DIGEST_BYTES)
        {
          crypto_hash_sha256 (bytes + size - ENROLL_DIGEST_BYTES, bytes, size - ENROLL_DIGEST_BYTES);
          assert_not_read (f, func, bytes, size);
        }
      memcpy (bytes, good, size);
    }
  for (gsize n = 0; n < size; n++)
    assert_not_read (f, func, good, n);
}

static void
test_every_byte (Fixture *f, gconstpointer data)
{
  assert_every_byte_counts (f, read_request, f->request_file);
  assert_every_byte_counts (f, read_answer, f->answer_file);
  assert_every_byte_counts (f, read_proof, f->proof_file);
}

static void
test_too_large (Fixture *f, gconstpointer data)
{
  gsize size;
  const guint8 *good = g_bytes_get_data (f->request_file, &size);
  g_autofree guint8 *bytes = g_malloc0 (ENROLL_MAX_BYTES + 1);

  memcpy (bytes, good, size);
  assert_not_read (f, read_request, bytes, ENROLL_MAX_BYTES + 1);
}

/* --- words ----------------------------------------------------------------------------------------------------------- */

/* Without voicing marks, and with small letters as large ones: as one reads over a telephone, in a hurry. */
static char *
plain_kana (const char *word)
{
  g_autofree char *parts = g_utf8_normalize (word, -1, G_NORMALIZE_NFD);
  GString *plain = g_string_new (NULL);

  for (const char *p = parts; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == 0x3063 || c == 0x3083 || c == 0x3085 || c == 0x3087)
        c++;
      if (c != 0x3099 && c != 0x309a)
        g_string_append_unichar (plain, c);
    }
  return g_string_free (plain, FALSE);
}

static void
test_word_list (void)
{
  g_auto (GStrv) words = enroll_words_list ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_assert_cmpuint (g_strv_length (words), ==, ENROLL_LIST_WORDS);
  for (guint i = 0; words[i] != NULL; i++)
    {
      char *latin = enroll_word_to_latin (words[i]);

      g_assert_cmpint (g_utf8_strlen (words[i], -1), >=, 3);
      g_assert_cmpint (g_utf8_strlen (words[i], -1), <=, 5);
      g_assert_true (g_hash_table_add (seen, plain_kana (words[i])));
      for (const char *p = latin; *p != '\0'; p++)
        g_assert_true (g_ascii_islower (*p));
      g_assert_cmpuint (strlen (latin), >=, 3);
      g_assert_true (g_hash_table_add (seen, latin));
    }
}

static void
test_latin (void)
{
  const struct
  {
    const char *word, *latin;
  } cases[] = { { "さくら", "sakura" },   { "きょうと", "kyouto" }, { "しゃしん", "shashin" }, { "らっぱ", "rappa" },
                { "まっちゃ", "matcha" }, { "じゅもん", "jumon" },  { "れっしゃ", "ressha" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *latin = enroll_word_to_latin (cases[i].word);

      g_assert_cmpstr (latin, ==, cases[i].latin);
    }
}

/* Every bit of the exchange moves the words. */
static void
test_words_depend_on_all (void)
{
  EnrollProof proof = { .request = { 1 }, .answer = { 2 }, .nonce = { 3 } };
  guint8 *const parts[] = { proof.request, proof.answer, proof.nonce };
  g_auto (GStrv) words = enroll_words (&proof, NULL);
  g_auto (GStrv) again = enroll_words (&proof, NULL);

  g_assert_true (g_strv_equal ((const char *const *) words, (const char *const *) again));
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_auto (GStrv) other = NULL;
      guint same = 0;

      parts[i][ENROLL_DIGEST_BYTES - 1] ^= 0x80;
      other = enroll_words (&proof, NULL);
      parts[i][ENROLL_DIGEST_BYTES - 1] ^= 0x80;
      for (guint w = 0; w < ENROLL_WORDS; w++)
        same += g_str_equal (words[w], other[w]);
      g_assert_cmpuint (same, <, ENROLL_WORDS / 2);
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("TSS2_LOG", "all+none", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/enroll/both-machines-show-the-same-words", test_whole);
  ADD ("/enroll/files-say-what-they-are", test_kinds);
  ADD ("/enroll/a-third-tpm-cannot-answer", test_third_tpm);
  ADD ("/enroll/another-key-of-the-tpm-cannot-answer", test_other_key_of_the_tpm);
  ADD ("/enroll/swapped-keys", test_swapped_keys);
  ADD ("/enroll/changed-attributes", test_changed_attributes);
  ADD ("/enroll/a-key-that-may-leave-its-tpm", test_key_that_may_leave);
  ADD ("/enroll/replayed-answer", test_replayed_answer);
  ADD ("/enroll/replayed-proof", test_replayed_proof);
  ADD ("/enroll/nonce-is-bound-before", test_nonce_is_bound);
  ADD ("/enroll/every-byte-counts", test_every_byte);
  ADD ("/enroll/too-large", test_too_large);
  g_test_add_func ("/enroll/words/list", test_word_list);
  g_test_add_func ("/enroll/words/latin", test_latin);
  g_test_add_func ("/enroll/words/depend-on-all", test_words_depend_on_all);
  return g_test_run ();
}

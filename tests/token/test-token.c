/* SPDX-License-Identifier: Apache-2.0 */
/* azukari-token and its client against SoftHSM2's tokens, and against modules that misbehave. The vault's side is the real one. */
#include "token-client.h"

#include <string.h>
#include <sys/stat.h>

#include "../data/data-test.h"
#include "softhsm.h"
#include "token.h"

#define VAULT_ID "1b4e28ba-2fa1-4d3b-8a6f-2c1d3e4f5a6b"

typedef struct
{
  char *folder;
  TokenClient *client;
  guint n_gone;
} Fixture;

static void
gone_cb (TokenClient *client, gpointer data)
{
  ((Fixture *) data)->n_gone++;
}

static void
start (Fixture *f, const char *module)
{
  g_autoptr (GError) error = NULL;

  f->client = token_client_new (module, &error);
  g_assert_no_error (error);
  g_signal_connect (f->client, "gone", G_CALLBACK (gone_cb), f);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = test_folder_new ();
  softhsm_make_token (f->folder, "first", "Kagi 1");
  start (f, SOFTHSM_MODULE);
}

static void
set_up_bad (Fixture *f, gconstpointer how)
{
  f->folder = test_folder_new ();
  g_setenv ("BAD_MODULE", how, TRUE);
  start (f, g_getenv ("BAD_MODULE_PATH"));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->client);
  test_folder_remove (f->folder);
  g_free (f->folder);
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GVariant *
wait_for (Fixture *f, GAsyncResult **result, GError **error)
{
  GVariant *answer;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answer = token_client_finish (f->client, *result, error);
  g_clear_object (result);
  return answer;
}

static GVariant *
list (Fixture *f, GError **error)
{
  GAsyncResult *result = NULL;

  token_client_list_async (f->client, keep_result_cb, &result);
  return wait_for (f, &result, error);
}

static gboolean
open_with (Fixture *f, const char *pin, GError **error)
{
  GAsyncResult *result = NULL;
  g_autoptr (GVariant) answer = NULL;

  token_client_open_async (f->client, NULL, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, pin, strlen (pin), 1),
                           keep_result_cb, &result);
  answer = wait_for (f, &result, error);
  return answer != NULL;
}

static void
open_ok (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (open_with (f, TOKEN_PIN, &error));
  g_assert_no_error (error);
}

static gboolean
find_key (Fixture *f, gboolean create, guint8 ret_point[TOKEN_POINT_BYTES], GError **error)
{
  GAsyncResult *result = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) point = NULL;

  token_client_find_key_async (f->client, create, keep_result_cb, &result);
  answer = wait_for (f, &result, error);
  if (answer == NULL)
    return FALSE;
  point = g_variant_lookup_value (answer, "point", G_VARIANT_TYPE_BYTESTRING);
  g_assert_cmpuint (g_variant_get_size (point), ==, TOKEN_POINT_BYTES);
  memcpy (ret_point, g_variant_get_data (point), TOKEN_POINT_BYTES);
  return TRUE;
}

static void
make_key (Fixture *f, guint8 ret_point[TOKEN_POINT_BYTES])
{
  g_autoptr (GError) error = NULL;

  g_assert_true (find_key (f, TRUE, ret_point, &error));
  g_assert_no_error (error);
}

static GVariant *
bytes (const guint8 *data, gsize n_bytes)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, n_bytes, 1);
}

static GVariant *
prove (Fixture *f, const TokenAsked *asked, const guint8 *point, const TokenWrap *wrap, GError **error)
{
  const TokenQuestion *question = token_asked_get_question (asked);
  GVariantBuilder tokens = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sayay)"));
  GAsyncResult *result = NULL;

  g_variant_builder_add (&tokens, "(s@ay@ay)", "the-token", bytes (point, TOKEN_POINT_BYTES),
                         bytes (wrap != NULL ? wrap->ephemeral : NULL, wrap != NULL ? TOKEN_POINT_BYTES : 0));
  token_client_prove_async (
      f->client,
      g_variant_new_parsed (
          "{'vault-id': <%s>, 'purpose': <%s>, 'nonce': <%@ay>, 'ephemeral': <%@ay>, 'tokens': <%@a(sayay)>}",
          question->vault_id, question->purpose, bytes (question->nonce, TOKEN_NONCE_BYTES),
          bytes (question->ephemeral, TOKEN_POINT_BYTES), g_variant_builder_end (&tokens)),
      keep_result_cb, &result);
  return wait_for (f, &result, error);
}

/* Borrowed from @answer. */
static const guint8 *
get_bytes (GVariant *answer, const char *key, gsize n_bytes)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (answer, key, G_VARIANT_TYPE_BYTESTRING);

  g_assert_nonnull (value);
  g_assert_cmpuint (g_variant_get_size (value), ==, n_bytes);
  return g_variant_get_data (value);
}

/* --- with a token ---------------------------------------------------------------------------------------------------- */

static void
test_list (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = list (f, &error);
  g_autoptr (GVariant) tokens = NULL, token = NULL;
  const char *label = "";

  g_assert_no_error (error);
  tokens = g_variant_lookup_value (answer, "tokens", G_VARIANT_TYPE ("aa{sv}"));
  g_assert_cmpuint (g_variant_n_children (tokens), ==, 1);
  token = g_variant_get_child_value (tokens, 0);
  g_variant_lookup (token, "label", "&s", &label);
  g_assert_cmpstr (label, ==, "Kagi 1");
}

static void
test_proves (Fixture *f, gconstpointer data)
{
  g_autoptr (TokenAsked) asked = token_asked_new (VAULT_ID, "admin");
  g_autoptr (TokenAsked) other = token_asked_new (VAULT_ID, "admin");
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  guint8 point[TOKEN_POINT_BYTES], altered[TOKEN_PROOF_BYTES], off_curve[TOKEN_POINT_BYTES];
  const guint8 *proof;

  open_ok (f);
  make_key (f, point);
  answer = prove (f, asked, point, NULL, &error);
  g_assert_no_error (error);
  proof = get_bytes (answer, "proof", TOKEN_PROOF_BYTES);
  g_assert_true (token_asked_check (asked, point, proof, NULL, NULL));
  /* Not for another question, not altered, not for another point. */
  g_assert_false (token_asked_check (other, point, proof, NULL, NULL));
  memcpy (altered, proof, sizeof altered);
  altered[31] ^= 1;
  g_assert_false (token_asked_check (asked, point, altered, NULL, NULL));
  g_assert_false (token_asked_check (asked, token_asked_get_question (other)->ephemeral, proof, NULL, NULL));
  memcpy (off_curve, point, sizeof off_curve);
  off_curve[0] ^= 1;
  g_assert_false (token_asked_check (asked, off_curve, proof, NULL, NULL));
}

/* The same numbers under another purpose or another vault's name are another question. */
static void
test_purpose_is_part_of_it (Fixture *f, gconstpointer data)
{
  g_autoptr (TokenAsked) asked = token_asked_new (VAULT_ID, "admin");
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (Secret) shared = secret_new_random (TOKEN_SHARED_BYTES);
  TokenQuestion question = *token_asked_get_question (asked);
  guint8 proof[TOKEN_PROOF_BYTES];

  token_proof_make (&question, shared, proof);
  g_assert_true (token_proof_check (&question, shared, proof));
  question.purpose = "export";
  g_assert_false (token_proof_check (&question, shared, proof));
  question.purpose = "admin";
  question.vault_id = "another";
  g_assert_false (token_proof_check (&question, shared, proof));
  question.vault_id = VAULT_ID;
  question.nonce[0] ^= 1;
  g_assert_false (token_proof_check (&question, shared, proof));
}

static void
test_key_is_made_once (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint8 point[TOKEN_POINT_BYTES], again[TOKEN_POINT_BYTES];

  open_ok (f);
  g_assert_false (find_key (f, FALSE, point, &error));
  g_assert_error (error, TOKEN_CLIENT_ERROR, TOKEN_CLIENT_ERROR_NO_KEY);
  make_key (f, point);
  make_key (f, again);
  g_assert_cmpmem (point, sizeof point, again, sizeof again);
  g_clear_object (&f->client);
  start (f, SOFTHSM_MODULE);
  open_ok (f);
  g_clear_error (&error);
  g_assert_true (find_key (f, FALSE, again, &error));
  g_assert_cmpmem (point, sizeof point, again, sizeof again);
}

/* What the vault keeps for a token comes out for that token, and on the way nobody else can read it. */
static void
test_opens_what_is_kept (Fixture *f, gconstpointer data)
{
  g_autoptr (TokenAsked) asked = token_asked_new (VAULT_ID, "unlock");
  g_autoptr (TokenAsked) other = token_asked_new (VAULT_ID, "unlock");
  g_autoptr (Secret) kept = secret_new_random (TOKEN_KEY_BYTES);
  g_autoptr (Secret) key = NULL, opened = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  guint8 point[TOKEN_POINT_BYTES];
  const guint8 *sealed;
  TokenWrap wrap;

  open_ok (f);
  make_key (f, point);
  g_assert_true (token_wrap (VAULT_ID, point, kept, &wrap));
  answer = prove (f, asked, point, &wrap, &error);
  g_assert_no_error (error);
  sealed = get_bytes (answer, "key", TOKEN_SEALED_BYTES);
  g_assert_true (token_asked_check (asked, point, get_bytes (answer, "proof", TOKEN_PROOF_BYTES), sealed, &key));
  opened = token_unwrap (&wrap, key);
  g_assert_nonnull (opened);
  g_assert_true (secret_equal (opened, kept));
  g_assert_null (memmem (sealed, TOKEN_SEALED_BYTES, secret_get_data (key, NULL), TOKEN_KEY_BYTES));
  /* Under another key nothing comes out. */
  secret_get_writable (key)[0] ^= 1;
  g_assert_null (token_unwrap (&wrap, key));
  g_assert_false (token_wrap (VAULT_ID, (const guint8[TOKEN_POINT_BYTES]){ 1 }, kept, &wrap));
}

static void
test_wrong_pin (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (open_with (f, "wrong-1234", &error));
  g_assert_error (error, TOKEN_CLIENT_ERROR, TOKEN_CLIENT_ERROR_WRONG_PIN);
  open_ok (f);
}

static void
test_other_token (Fixture *f, gconstpointer data)
{
  g_autoptr (TokenAsked) asked = token_asked_new (VAULT_ID, "admin");
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  guint8 point[TOKEN_POINT_BYTES], other[TOKEN_POINT_BYTES];

  open_ok (f);
  make_key (f, point);
  g_clear_object (&f->client);
  softhsm_make_token (f->folder, "second", "Kagi 2");
  start (f, SOFTHSM_MODULE);
  open_ok (f);
  make_key (f, other);
  answer = prove (f, asked, point, NULL, &error);
  g_assert_null (answer);
  g_assert_error (error, TOKEN_CLIENT_ERROR, TOKEN_CLIENT_ERROR_OTHER_TOKEN);
}

static void
test_no_token (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&f->client);
  softhsm_write_conf (f->folder, "empty");
  softhsm_insert (f->folder, "empty");
  start (f, SOFTHSM_MODULE);
  g_assert_false (open_with (f, TOKEN_PIN, &error));
  g_assert_error (error, TOKEN_CLIENT_ERROR, TOKEN_CLIENT_ERROR_NO_TOKEN);
}

static void
test_several_tokens (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&f->client);
  softhsm_make_token (f->folder, "first", "Kagi 2");
  start (f, SOFTHSM_MODULE);
  g_assert_false (open_with (f, TOKEN_PIN, &error));
  g_assert_error (error, TOKEN_CLIENT_ERROR, TOKEN_CLIENT_ERROR_SEVERAL_TOKENS);
}

static void
test_taken_out (Fixture *f, gconstpointer data)
{
  g_autoptr (TokenAsked) asked = token_asked_new (VAULT_ID, "admin");
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  guint8 point[TOKEN_POINT_BYTES];

  open_ok (f);
  make_key (f, point);
  g_assert_cmpuint (f->n_gone, ==, 0);
  softhsm_take_away (f->folder, "first");
  while (f->n_gone == 0)
    g_main_context_iteration (NULL, TRUE);
  answer = prove (f, asked, point, NULL, &error);
  g_assert_null (answer);
  g_assert_error (error, TOKEN_CLIENT_ERROR, TOKEN_CLIENT_ERROR_TAKEN_OUT);
  g_assert_cmpuint (f->n_gone, ==, 1);
  softhsm_bring_back (f->folder, "first");
}

/* Whoever else is of the same user may not look into it. */
static void
test_is_confined (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) answer = list (f, NULL);
  g_autofree char *path = NULL;
  g_autofree char *status = NULL;
  GSubprocess *process = NULL;

  g_object_get (f->client, "process", &process, NULL);
  path = g_strdup_printf ("/proc/%s/status", g_subprocess_get_identifier (process));
  g_assert_true (g_file_get_contents (path, &status, NULL, NULL));
  g_assert_nonnull (strstr (status, "NoNewPrivs:\t1"));
  g_assert_nonnull (strstr (status, "Seccomp:\t2"));
  g_assert_nonnull (strstr (status, "CapEff:\t0000000000000000"));
  g_object_unref (process);
}

/* --- without one ------------------------------------------------------------------------------------------------------ */

static void
test_no_module (void)
{
  Fixture f = { NULL };
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  start (&f, "/nonexistent/module.so");
  answer = list (&f, &error);
  g_assert_null (answer);
  g_assert_error (error, TOKEN_CLIENT_ERROR, TOKEN_CLIENT_ERROR_NO_MODULE);
  g_clear_object (&f.client);
}

static void
test_bad_module_cannot_break_out (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) answer = NULL, tokens = NULL;
  g_autoptr (GError) error = NULL;

  answer = list (f, &error);
  g_assert_no_error (error);
  tokens = g_variant_lookup_value (answer, "tokens", G_VARIANT_TYPE ("aa{sv}"));
  g_assert_cmpuint (g_variant_n_children (tokens), ==, 0);
}

static void
test_crash (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = list (f, &error);
  g_assert_null (answer);
  g_assert_error (error, TOKEN_CLIENT_ERROR, TOKEN_CLIENT_ERROR_CRASHED);
  g_clear_error (&error);
  /* And every request after that. */
  g_assert_false (open_with (f, TOKEN_PIN, &error));
  g_assert_error (error, TOKEN_CLIENT_ERROR, TOKEN_CLIENT_ERROR_CRASHED);
}

static void
test_silent (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process = NULL;

  g_object_get (f->client, "process", &process, NULL);
  answer = list (f, &error);
  g_assert_null (answer);
  g_assert_error (error, TOKEN_CLIENT_ERROR, TOKEN_CLIENT_ERROR_SILENT);
  /* It was ended, not left behind. */
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_signaled (process));
  g_object_unref (process);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  g_test_add ("/token/list", Fixture, NULL, set_up, test_list, tear_down);
  g_test_add ("/token/proves", Fixture, NULL, set_up, test_proves, tear_down);
  g_test_add ("/token/purpose-is-part-of-it", Fixture, NULL, set_up, test_purpose_is_part_of_it, tear_down);
  g_test_add ("/token/key-is-made-once", Fixture, NULL, set_up, test_key_is_made_once, tear_down);
  g_test_add ("/token/opens-what-is-kept", Fixture, NULL, set_up, test_opens_what_is_kept, tear_down);
  g_test_add ("/token/wrong-pin", Fixture, NULL, set_up, test_wrong_pin, tear_down);
  g_test_add ("/token/other-token", Fixture, NULL, set_up, test_other_token, tear_down);
  g_test_add ("/token/no-token", Fixture, NULL, set_up, test_no_token, tear_down);
  g_test_add ("/token/several-tokens", Fixture, NULL, set_up, test_several_tokens, tear_down);
  g_test_add ("/token/taken-out", Fixture, NULL, set_up, test_taken_out, tear_down);
  g_test_add ("/token/is-confined", Fixture, NULL, set_up, test_is_confined, tear_down);
  g_test_add_func ("/token/no-module", test_no_module);
  g_test_add ("/token/bad-module/cannot-break-out", Fixture, "tries", set_up_bad, test_bad_module_cannot_break_out,
              tear_down);
  g_test_add ("/token/bad-module/crash", Fixture, "crash", set_up_bad, test_crash, tear_down);
  g_test_add ("/token/bad-module/hang", Fixture, "hang", set_up_bad, test_silent, tear_down);
  g_test_add ("/token/bad-module/late", Fixture, "late", set_up_bad, test_silent, tear_down);
  return g_test_run ();
}

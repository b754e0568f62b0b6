/* SPDX-License-Identifier: Apache-2.0 */
/* The vault's rights with tokens: answers that were given before, elsewhere or for something else, and what a PIN alone still opens. A
 * daemon, its software TPM, SoftHSM2 and azukari-token, all real. */
#include "../data/service-fixture.h"

#include "softhsm.h"
#include "token-client.h"

typedef struct
{
  Fixture daemon;
  char *folder;
  TokenClient *token;
} Tokens;

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GVariant *
wait_for (Tokens *t, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answer = token_client_finish (t->token, *result, &error);
  g_assert_no_error (error);
  g_clear_object (result);
  return answer;
}

static GVariant *
ask (AzukariVault1 *client, const char *purpose)
{
  g_autoptr (GError) error = NULL;
  GVariant *question = NULL;

  g_assert_true (azukari_vault1_call_token_ask_sync (client, purpose, &question, NULL, &error));
  g_assert_no_error (error);
  return question;
}

static GVariant *
prove (Tokens *t, GVariant *question)
{
  GAsyncResult *result = NULL;

  token_client_prove_async (t->token, question, keep_result_cb, &result);
  return wait_for (t, &result);
}

static gboolean
give (AzukariVault1 *client, GVariant *answer, GError **error)
{
  return azukari_vault1_call_token_answer_sync (client, answer, NULL, error);
}

static void
show (Tokens *t, AzukariVault1 *client, const char *purpose)
{
  g_autoptr (GVariant) question = ask (client, purpose);
  g_autoptr (GVariant) answer = prove (t, question);
  g_autoptr (GError) error = NULL;

  g_assert_true (give (client, answer, &error));
  g_assert_no_error (error);
}

static char *
enrol (Tokens *t, const char *label, GError **error)
{
  GAsyncResult *result = NULL;
  g_autoptr (GVariant) key = NULL, point = NULL, question = NULL, answer = NULL;
  GVariantBuilder tokens = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sayay)"));
  g_autoptr (GVariantDict) dict = NULL;
  char *id = NULL;

  token_client_find_key_async (t->token, TRUE, keep_result_cb, &result);
  key = wait_for (t, &result);
  point = g_variant_lookup_value (key, "point", G_VARIANT_TYPE_BYTESTRING);
  question = ask (t->daemon.client, "enrol");
  g_variant_builder_add (&tokens, "(s@ay@ay)", "new", point, g_variant_new ("ay", NULL));
  dict = g_variant_dict_new (question);
  g_variant_dict_insert_value (dict, "tokens", g_variant_builder_end (&tokens));
  answer = prove (t, g_variant_dict_end (dict));
  g_clear_pointer (&dict, g_variant_dict_unref);
  dict = g_variant_dict_new (answer);
  g_variant_dict_insert_value (dict, "point", point);
  g_variant_dict_insert (dict, "label", "s", label);
  (void) azukari_vault1_call_token_add_sync (t->daemon.client, g_variant_dict_end (dict), &id, NULL, error);
  return id;
}

static void
open_token (Tokens *t, const char *drawer)
{
  GAsyncResult *result = NULL;
  g_autoptr (GVariant) opened = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_object (&t->token);
  softhsm_make_token (t->folder, drawer, "Kagi");
  t->token = token_client_new (SOFTHSM_MODULE, &error);
  g_assert_no_error (error);
  token_client_open_async (t->token, NULL, bytes (TOKEN_PIN), keep_result_cb, &result);
  opened = wait_for (t, &result);
}

static void
enrol_ok (Tokens *t, const char *drawer)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  open_token (t, drawer);
  id = enrol (t, drawer, &error);
  g_assert_no_error (error);
  g_assert_nonnull (id);
}

/* A chief with two tokens, of which the second is open; tokens are required, and nobody is logged in. */
static void
set_up_tokens (Tokens *t, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  set_up (&t->daemon, data);
  t->folder = test_folder_new ();
  login (&t->daemon);
  enrol_ok (t, "first");
  enrol_ok (t, "second");
  show (t, t->daemon.client, "admin");
  g_assert_true (azukari_vault1_call_token_policy_sync (t->daemon.client, "required", NULL, &error));
  g_assert_no_error (error);
  reconnect (&t->daemon);
}

static void
tear_down_tokens (Tokens *t, gconstpointer data)
{
  g_clear_object (&t->token);
  tear_down (&t->daemon, data);
  test_folder_remove (t->folder);
  g_free (t->folder);
}

static gboolean
list_people (AzukariVault1 *client, GError **error)
{
  g_autoptr (GVariant) people = NULL;

  return azukari_vault1_call_people_list_sync (client, g_variant_new_parsed ("@a{sv} {}"), &people, NULL, error);
}

static void
assert_people_need_token (AzukariVault1 *client)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (list_people (client, &error));
  assert_remote (error, "TokenNeeded");
}

static void
assert_refused (AzukariVault1 *client, GVariant *answer)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (give (client, answer, &error));
  assert_remote (error, "TokenRefused");
}

/* --- answers ---------------------------------------------------------------------------------------------------------- */

static void
test_pin_alone (Tokens *t, gconstpointer data)
{
  Fixture *f = &t->daemon;
  g_autoptr (GVariant) session = NULL, person = NULL, admins = NULL, contractors = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL, *record = NULL;
  const char *duty = "";

  g_assert_true (azukari_vault1_call_login_sync (f->client, "", bytes (PIN), &session, NULL, &error));
  g_variant_lookup (session, "token", "&s", &duty);
  g_assert_cmpstr (duty, ==, "needed");
  assert_people_need_token (f->client);
  g_assert_false (azukari_vault1_call_admin_list_sync (f->client, &admins, NULL, &error));
  assert_remote (error, "TokenNeeded");
  g_clear_error (&error);
  g_assert_false (azukari_vault1_call_token_policy_sync (f->client, "off", NULL, &error));
  assert_remote (error, "TokenNeeded");
  g_clear_error (&error);
  /* Collecting with attendance shows nothing that is there but who the contractors are. */
  g_assert_true (azukari_vault1_call_people_list_sync (f->client, g_variant_new_parsed ("{'kind': <'contractor'>}"),
                                                       &contractors, NULL, &error));
  g_assert_true (azukari_vault1_call_person_add_sync (
      f->client, g_variant_new_parsed ("{'kind': <'contractor'>, 'name': <'見本 四郎'>}"), &id, NULL, &error));
  g_assert_true (azukari_vault1_call_attend_sync (f->client, id, &person, NULL, &error));
  record = collect (f, id, NUMBER, &error);
  g_assert_no_error (error);
  g_assert_nonnull (record);
  show (t, f->client, "admin");
  g_assert_true (list_people (f->client, &error));
}

static void
test_replayed (Tokens *t, gconstpointer data)
{
  Fixture *f = &t->daemon;
  g_autoptr (GVariant) question = NULL, answer = NULL, another = NULL;

  login (f);
  question = ask (f->client, "admin");
  answer = prove (t, question);
  g_assert_true (give (f->client, answer, NULL));
  /* Without a question, and to another one. */
  assert_refused (f->client, answer);
  another = ask (f->client, "admin");
  assert_refused (f->client, answer);
  /* The question is over with the wrong answer. */
  g_clear_pointer (&answer, g_variant_unref);
  answer = prove (t, another);
  assert_refused (f->client, answer);
}

static void
test_of_another_connection (Tokens *t, gconstpointer data)
{
  Fixture *f = &t->daemon;
  g_autoptr (GDBusConnection) connection = connect_to (f->socket, NULL);
  g_autoptr (AzukariVault1) other = proxy_for (connection);
  g_autoptr (GVariant) session = NULL, question = NULL, others_question = NULL, answer = NULL;

  login (f);
  g_assert_true (azukari_vault1_call_login_sync (other, "", bytes (PIN), &session, NULL, NULL));
  question = ask (f->client, "admin");
  others_question = ask (other, "admin");
  answer = prove (t, question);
  assert_refused (other, answer);
  assert_people_need_token (other);
  g_assert_true (give (f->client, answer, NULL));
  assert_people_need_token (other);
  g_assert_true (list_people (f->client, NULL));
}

static gboolean
export_one (Tokens *t, GError **error)
{
  g_autofree char *path = g_build_filename (t->folder, "out.csv", NULL);
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GVariant) report = NULL;
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  gboolean ok;

  g_assert_cmpint (g_unix_fd_list_append (fds, fd, NULL), ==, 0);
  close (fd);
  ok =
      azukari_vault1_call_export_sync (t->daemon.client,
                                       g_variant_new_parsed ("{'format': <'yayoi'>, 'purpose': <'tax'>, 'destination': "
                                                             "<'mihon'>, 'kind': <'all'>, 'container': <'plain'>}"),
                                       g_variant_new_handle (0), fds, &report, NULL, NULL, error);
  (void) g_unlink (path);
  return ok;
}

static void
approve_one (Tokens *t)
{
  Fixture *f = &t->daemon;
  g_autofree char *id = identify (f, "0001", "1980-01-02", NULL);
  g_autofree char *record = collect (f, id, NUMBER, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (record);
  login (f);
  show (t, f->client, "admin");
  g_assert_true (azukari_vault1_call_approve_sync (f->client, record, "", NULL, &error));
  g_assert_no_error (error);
}

/* An export is asked for by itself, once for each. */
static void
test_of_another_purpose (Tokens *t, gconstpointer data)
{
  Fixture *f = &t->daemon;
  g_autoptr (GVariant) question = NULL, export_question = NULL, answer = NULL;
  g_autoptr (GError) error = NULL;

  approve_one (t);
  g_assert_false (export_one (t, &error));
  assert_remote (error, "TokenNeeded");
  g_clear_error (&error);
  question = ask (f->client, "admin");
  answer = prove (t, question);
  export_question = ask (f->client, "export");
  assert_refused (f->client, answer);
  g_assert_false (export_one (t, &error));
  assert_remote (error, "TokenNeeded");
  g_clear_error (&error);
  show (t, f->client, "export");
  g_assert_true (export_one (t, &error));
  g_assert_no_error (error);
  g_assert_false (export_one (t, &error));
  assert_remote (error, "TokenNeeded");
  g_clear_error (&error);
  show (t, f->client, "renewal");
  g_assert_false (export_one (t, &error));
  assert_remote (error, "TokenNeeded");
}

/* The answer of a token that nobody registered, under the name of one that somebody did. */
static void
test_of_another_token (Tokens *t, gconstpointer data)
{
  Fixture *f = &t->daemon;
  g_autoptr (GVariant) question = NULL, tokens = NULL, first = NULL, key = NULL, point = NULL, answer = NULL;
  g_autoptr (GVariantDict) dict = NULL;
  GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sayay)"));
  GAsyncResult *result = NULL;
  const char *id = NULL;

  login (f);
  open_token (t, "third");
  token_client_find_key_async (t->token, TRUE, keep_result_cb, &result);
  key = wait_for (t, &result);
  point = g_variant_lookup_value (key, "point", G_VARIANT_TYPE_BYTESTRING);
  question = ask (f->client, "admin");
  tokens = g_variant_lookup_value (question, "tokens", G_VARIANT_TYPE ("a(sayay)"));
  g_assert_cmpuint (g_variant_n_children (tokens), ==, 2);
  first = g_variant_get_child_value (tokens, 0);
  g_variant_get_child (first, 0, "&s", &id);
  g_variant_builder_add (&rows, "(s@ay@ay)", id, point, g_variant_new ("ay", NULL));
  dict = g_variant_dict_new (question);
  g_variant_dict_insert_value (dict, "tokens", g_variant_builder_end (&rows));
  answer = prove (t, g_variant_dict_end (dict));
  assert_refused (f->client, answer);
  assert_people_need_token (f->client);
}

static void
test_throttled (Tokens *t, gconstpointer data)
{
  Fixture *f = &t->daemon;
  g_autoptr (GVariant) question = NULL, answer = NULL, refused = NULL;
  g_autoptr (GError) error = NULL;

  login (f);
  question = ask (f->client, "admin");
  answer = prove (t, question);
  g_assert_true (give (f->client, answer, NULL));
  for (guint i = 0; i < SERVICE_THROTTLE_TRIES; i++)
    assert_refused (f->client, answer);
  g_assert_false (azukari_vault1_call_token_ask_sync (f->client, "admin", &refused, NULL, &error));
  assert_remote (error, "NotAllowed");
}

static void
test_words (Tokens *t, gconstpointer data)
{
  static const char *const answers[] = { "@a{sv} {}", "{'token': <'x'>}", "{'token': <'x'>, 'proof': <@ay [1, 2]>}",
                                         "{'token': <5>, 'proof': <@ay []>}" };
  Fixture *f = &t->daemon;
  g_autoptr (GVariant) refused = NULL;
  g_autoptr (GError) error = NULL;

  /* Nobody is logged in: only the lock may be asked for. */
  g_assert_false (azukari_vault1_call_token_ask_sync (f->client, "admin", &refused, NULL, &error));
  assert_remote (error, "NotAllowed");
  g_clear_error (&error);
  g_variant_unref (ask (f->client, "unlock"));
  login (f);
  g_assert_false (azukari_vault1_call_token_ask_sync (f->client, "dinner", &refused, NULL, &error));
  assert_remote (error, "Usage");
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_variant_unref (ask (f->client, "admin"));
      g_clear_error (&error);
      g_assert_false (give (f->client, g_variant_new_parsed (answers[i]), &error));
      assert_remote (error, "Usage");
    }
  g_clear_error (&error);
  g_assert_false (azukari_vault1_call_token_remove_sync (f->client, "x", NULL, &error));
  assert_remote (error, "TokenNeeded");
}

/* Removing one is a new epoch: the copy of the files from before is dead, and so is the other connection's log-in. */
static void
test_removed (Tokens *t, gconstpointer data)
{
  Fixture *f = &t->daemon;
  g_autoptr (GDBusConnection) connection = connect_to (f->socket, NULL);
  g_autoptr (AzukariVault1) other = proxy_for (connection);
  g_autoptr (GVariant) session = NULL, question = NULL, tokens = NULL, second = NULL, answer = NULL;
  g_autoptr (GError) error = NULL;
  const char *id = NULL;

  login (f);
  show (t, f->client, "admin");
  g_assert_true (azukari_vault1_call_login_sync (other, "", bytes (PIN), &session, NULL, NULL));
  question = ask (other, "admin");
  answer = prove (t, question);
  tokens = g_variant_lookup_value (question, "tokens", G_VARIANT_TYPE ("a(sayay)"));
  second = g_variant_get_child_value (tokens, 1);
  g_variant_get_child (second, 0, "&s", &id);
  g_assert_true (azukari_vault1_call_token_remove_sync (f->client, id, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (give (other, answer, &error));
  assert_remote (error, "TokenRefused");
  g_clear_error (&error);
  /* The second is the one that is open: it no longer answers for anybody. */
  reconnect (f);
  login (f);
  assert_people_need_token (f->client);
}

#define ADD(path, test) g_test_add (path, Tokens, NULL, set_up_tokens, test, tear_down_tokens)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/service-token/pin-alone", test_pin_alone);
  ADD ("/service-token/replayed", test_replayed);
  ADD ("/service-token/of-another-connection", test_of_another_connection);
  ADD ("/service-token/of-another-purpose", test_of_another_purpose);
  ADD ("/service-token/of-another-token", test_of_another_token);
  ADD ("/service-token/throttled", test_throttled);
  ADD ("/service-token/words", test_words);
  ADD ("/service-token/removed", test_removed);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl with real parts throughout: a vault on a software TPM, SoftHSM2's tokens, azukari-token. */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "../data/data-test.h"
#include "softhsm.h"
#include "vault-client.h"

#define PIN "mihon-4829"
#define CLERK_PIN "649153"
#define CHIEF "見本 管理"
#define CLERK "見本 事務"

typedef struct
{
  char *folder, *vault, *pin, *clerk_pin, *token_pin, *wrong_pin;
  char *out, *err; /* of the last run */
} Fixture;

static char *
write_pin (Fixture *f, const char *name, const char *pin)
{
  char *path = g_build_filename (f->folder, name, NULL);

  g_assert_true (g_file_set_contents_full (path, pin, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  return path;
}

/* Runs azukarictl; what it printed is in f->out and f->err. */
static void
run (Fixture *f, int expected_code, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  const char *word;
  va_list words;

  g_ptr_array_add (argv, (char *) g_getenv ("AZUKARICTL"));
  g_ptr_array_add (argv, (char *) "--vault");
  g_ptr_array_add (argv, f->vault);
  va_start (words, expected_code);
  while ((word = va_arg (words, const char *)) != NULL)
    g_ptr_array_add (argv, (char *) word);
  va_end (words);
  g_ptr_array_add (argv, NULL);
  g_clear_pointer (&f->out, g_free);
  g_clear_pointer (&f->err, g_free);
  process = g_subprocess_newv ((const char *const *) argv->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &f->out, &f->err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  if (g_subprocess_get_exit_status (process) != expected_code)
    g_test_message ("stdout: %s\nstderr: %s", f->out, f->err);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, expected_code);
  g_assert_null (strstr (f->err, TOKEN_PIN));
  g_assert_null (strstr (f->out, TOKEN_PIN));
}

static void
assert_error (Fixture *f, const char *name)
{
  g_autofree char *expected = g_strdup_printf ("{\"error\":\"%s\"}\n", name);

  g_assert_cmpstr (f->out, ==, expected);
}

#define CHIEF_RUN "--admin", CHIEF, "--pin-file", f->pin
#define CLERK_RUN "--admin", CLERK, "--pin-file", f->clerk_pin
#define WITH_TOKEN "--token-pin-file", f->token_pin

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = test_folder_new ();
  f->vault = g_build_filename (f->folder, "v", NULL);
  f->pin = write_pin (f, "pin", PIN);
  f->clerk_pin = write_pin (f, "clerk-pin", CLERK_PIN);
  f->token_pin = write_pin (f, "token-pin", TOKEN_PIN);
  f->wrong_pin = write_pin (f, "wrong-pin", "chigau-1111");
  softhsm_make_token (f->folder, "second", "Kagi 2");
  softhsm_make_token (f->folder, "first", "Kagi 1");
  run (f, 0, "init", "--provider", "swtpm", "--company", "見本商事", "--admin", CHIEF, "--pin-file", f->pin, NULL);
}

/* A chief with a token and a spare, a clerk, and the policy. */
static void
set_up_required (Fixture *f, gconstpointer data)
{
  set_up (f, data);
  run (f, 0, "admins", "add", CHIEF_RUN, "--name", CLERK, "--role", "clerk", "--new-pin-file", f->clerk_pin, NULL);
  softhsm_insert (f->folder, "second");
  run (f, 0, "token", "add", CHIEF_RUN, "--label", "予備", "--new-token-pin-file", f->token_pin, NULL);
  softhsm_insert (f->folder, "first");
  run (f, 0, "token", "add", CHIEF_RUN, "--label", "鍵1", "--new-token-pin-file", f->token_pin, NULL);
  run (f, 0, "token", "policy", CHIEF_RUN, WITH_TOKEN, "required", NULL);
}

/* The daemon ends by itself a moment after its last client. */
static void
wait_for_daemon (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->vault, "lock", NULL);
  int fd = open (path, O_RDWR | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  close (fd);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  wait_for_daemon (f);
  test_folder_remove (f->folder);
  g_free (f->folder);
  g_free (f->vault);
  g_free (f->pin);
  g_free (f->clerk_pin);
  g_free (f->token_pin);
  g_free (f->wrong_pin);
  g_free (f->out);
  g_free (f->err);
}

static void
assert_logged (Fixture *f, const char *action)
{
  run (f, 0, "log", CHIEF_RUN, WITH_TOKEN, "--json", NULL);
  if (strstr (f->out, action) == NULL)
    g_test_message ("no %s in %s", action, f->out);
  g_assert_nonnull (strstr (f->out, action));
}

/* --- registering ------------------------------------------------------------------------------------------------------ */

static void
test_add_list_remove (Fixture *f, gconstpointer data)
{
  run (f, 0, "token", "inserted", NULL);
  g_assert_nonnull (strstr (f->out, "Kagi 1"));
  run (f, 0, "token", "add", CHIEF_RUN, "--label", "鍵1", "--new-token-pin-file", f->token_pin, NULL);
  run (f, 0, "token", "list", CHIEF_RUN, "--json", NULL);
  g_assert_nonnull (strstr (f->out, "\"label\":\"鍵1\""));
  g_assert_nonnull (strstr (f->out, "\"undoes-lock\":true"));
  /* The same one twice; none of that name; without a name. */
  run (f, 2, "token", "add", CHIEF_RUN, "--label", "鍵2", "--new-token-pin-file", f->token_pin, "--json", NULL);
  assert_error (f, "TokenExists");
  run (f, 2, "token", "remove", CHIEF_RUN, "--label", "鍵9", "--json", NULL);
  assert_error (f, "NoSuchToken");
  run (f, 1, "token", "add", CHIEF_RUN, NULL);
  run (f, 0, "token", "remove", CHIEF_RUN, "--label", "鍵1", NULL);
  run (f, 0, "token", "list", CHIEF_RUN, "--json", NULL);
  g_assert_cmpstr (f->out, ==, "");
  assert_logged (f, "token-added");
  assert_logged (f, "token-removed");
  run (f, 0, "verify", NULL);
}

static void
test_wrong_token_pin (Fixture *f, gconstpointer data)
{
  run (f, 4, "token", "add", CHIEF_RUN, "--label", "鍵1", "--new-token-pin-file", f->wrong_pin, "--json", NULL);
  assert_error (f, "TokenWrongPin");
}

static void
test_no_token (Fixture *f, gconstpointer data)
{
  softhsm_write_conf (f->folder, "empty");
  softhsm_insert (f->folder, "empty");
  run (f, 0, "token", "inserted", "--json", NULL);
  g_assert_cmpstr (f->out, ==, "");
  run (f, 2, "token", "add", CHIEF_RUN, "--label", "鍵1", "--new-token-pin-file", f->token_pin, "--json", NULL);
  assert_error (f, "TokenNotInserted");
  run (f, 2, "token", "inserted", "--token-module", "/nonexistent.so", "--json", NULL);
  assert_error (f, "TokenNoModule");
}

/* --- a client's ------------------------------------------------------------------------------------------------------- */

#define CLIENT_RUN "--admin", "見本 委託", "--pin-file", client_pin

/* Where tokens are asked for, the client extends the term with one of their own, which nobody else can register for them. */
static void
test_client (Fixture *f, gconstpointer data)
{
  g_autofree char *client_pin = write_pin (f, "client-pin", "itaku-5173");

  run (f, 0, "admins", "add", CHIEF_RUN, WITH_TOKEN, "--name", "見本 委託", "--role", "client", "--new-pin-file",
       client_pin, NULL);
  run (f, 0, "term", "set", "2020-03-31", CHIEF_RUN, WITH_TOKEN, NULL);
  run (f, 4, "term", "end", CHIEF_RUN, WITH_TOKEN, "--json", NULL);
  assert_error (f, "ClientsOnly");
  run (f, 4, "term", "end", CLIENT_RUN, "--json", NULL);
  assert_error (f, "TokenMissing");
  run (f, 4, "token", "add", CHIEF_RUN, WITH_TOKEN, "--for", "見本 委託", "--label", "鍵", "--new-token-pin-file",
       f->token_pin, "--json", NULL);
  assert_error (f, "ClientsOnly");
  softhsm_insert (f->folder, "second");
  run (f, 0, "token", "add", CLIENT_RUN, "--label", "委託の鍵", "--new-token-pin-file", f->token_pin, NULL);
  softhsm_insert (f->folder, "first");
  run (f, 4, "term", "end", CLIENT_RUN, WITH_TOKEN, "--json", NULL);
  assert_error (f, "TokenOther");
  softhsm_insert (f->folder, "second");
  run (f, 0, "term", "end", CLIENT_RUN, WITH_TOKEN, NULL);
  softhsm_insert (f->folder, "first");
  assert_logged (f, "\"purpose\":\"renewal\"");
}

/* The end of a vault asks for the token as everything else does; so does handing it back, once more, as an export. */
static void
test_end (Fixture *f, gconstpointer data)
{
  g_autofree char *paper = g_build_filename (f->folder, "end.pdf", NULL),
                  *home = g_build_filename (f->folder, "home", NULL);

  softhsm_write_conf (f->folder, "empty");
  softhsm_insert (f->folder, "empty");
  run (f, 2, "retire", "--company", "見本商事", "--certificate", paper, CHIEF_RUN, WITH_TOKEN, "--json", NULL);
  assert_error (f, "TokenNotInserted");
  run (f, 2, "hand-back", "--company", "見本商事", "--to", home, CHIEF_RUN, WITH_TOKEN, "--json", NULL);
  assert_error (f, "TokenNotInserted");
  softhsm_insert (f->folder, "first");
  /* shown; and then there is nothing that could be handed back */
  run (f, 2, "hand-back", "--company", "見本商事", "--to", home, CHIEF_RUN, WITH_TOKEN, "--json", NULL);
  assert_error (f, "NothingToExport");
  run (f, 0, "retire", "--company", "見本商事", "--certificate", paper, CHIEF_RUN, WITH_TOKEN, NULL);
}

/* --- the policy ------------------------------------------------------------------------------------------------------- */

static void
test_policy_needs_a_spare (Fixture *f, gconstpointer data)
{
  run (f, 0, "token", "add", CHIEF_RUN, "--label", "鍵1", "--new-token-pin-file", f->token_pin, NULL);
  run (f, 2, "token", "policy", CHIEF_RUN, WITH_TOKEN, "required", "--json", NULL);
  assert_error (f, "NoSpareToken");
  run (f, 1, "token", "policy", CHIEF_RUN, "perhaps", NULL);
  softhsm_insert (f->folder, "second");
  /* Nobody asks it of others without showing their own: this one is not registered. */
  run (f, 4, "token", "policy", CHIEF_RUN, WITH_TOKEN, "required", "--json", NULL);
  assert_error (f, "TokenOther");
  run (f, 0, "token", "add", CHIEF_RUN, "--label", "予備", "--new-token-pin-file", f->token_pin, NULL);
  run (f, 0, "token", "policy", CHIEF_RUN, WITH_TOKEN, "required", NULL);
  run (f, 0, "status", "--json", NULL);
  g_assert_nonnull (strstr (f->out, "\"token-policy\":\"required\""));
  run (f, 0, "token", "policy", CHIEF_RUN, WITH_TOKEN, "off", NULL);
  run (f, 0, "people", "list", CHIEF_RUN, NULL);
}

static void
test_required (Fixture *f, gconstpointer data)
{
  run (f, 0, "people", "list", CHIEF_RUN, WITH_TOKEN, NULL);
  /* The spare will do. */
  softhsm_insert (f->folder, "second");
  run (f, 0, "people", "list", CHIEF_RUN, WITH_TOKEN, NULL);
  run (f, 4, "people", "list", CHIEF_RUN, "--token-pin-file", f->wrong_pin, "--json", NULL);
  assert_error (f, "TokenWrongPin");
  /* Another token than one's own. */
  softhsm_make_token (f->folder, "third", "Kagi 3");
  run (f, 4, "people", "list", CHIEF_RUN, WITH_TOKEN, "--json", NULL);
  assert_error (f, "TokenOther");
  /* A clerk who has none waits for a chief, whose token is not theirs. */
  run (f, 4, "people", "list", CLERK_RUN, "--json", NULL);
  assert_error (f, "TokenMissing");
  run (f, 4, "token", "add", CLERK_RUN, "--label", "鍵3", "--new-token-pin-file", f->token_pin, "--json", NULL);
  assert_error (f, "NotYourRole");
  softhsm_insert (f->folder, "first");
  run (f, 0, "token", "add", CHIEF_RUN, WITH_TOKEN, "--for", CLERK, "--label", "事務の鍵", "--new-token-pin-file",
       f->token_pin, NULL);
  run (f, 0, "people", "list", CLERK_RUN, WITH_TOKEN, NULL);
  assert_logged (f, "token-accepted");
}

/* A chief who is new, or whose last token was removed as lost, gets in as far as registering one. */
static void
test_chief_without_a_token (Fixture *f, gconstpointer data)
{
  static const char other[] = "見本 副管理";

  run (f, 0, "admins", "add", CHIEF_RUN, WITH_TOKEN, "--name", other, "--role", "chief", "--new-pin-file", f->clerk_pin,
       NULL);
  run (f, 4, "people", "list", "--admin", other, "--pin-file", f->clerk_pin, "--json", NULL);
  assert_error (f, "TokenMissing");
  run (f, 4, "token", "policy", "--admin", other, "--pin-file", f->clerk_pin, "off", "--json", NULL);
  assert_error (f, "TokenMissing");
  run (f, 4, "token", "add", "--admin", other, "--pin-file", f->clerk_pin, "--for", CHIEF, "--label", "鍵",
       "--new-token-pin-file", f->token_pin, "--json", NULL);
  assert_error (f, "TokenMissing");
  softhsm_make_token (f->folder, "third", "Kagi 3");
  run (f, 0, "token", "add", "--admin", other, "--pin-file", f->clerk_pin, "--label", "副管理の鍵",
       "--new-token-pin-file", f->token_pin, NULL);
  run (f, 0, "people", "list", "--admin", other, "--pin-file", f->clerk_pin, WITH_TOKEN, NULL);
  /* Both of the first chief's are lost; the other removes them, and the first registers a new one. */
  run (f, 0, "token", "remove", "--admin", other, "--pin-file", f->clerk_pin, WITH_TOKEN, "--label", "鍵1", NULL);
  run (f, 0, "token", "remove", "--admin", other, "--pin-file", f->clerk_pin, WITH_TOKEN, "--label", "予備", NULL);
  run (f, 0, "token", "add", CHIEF_RUN, "--label", "新しい鍵", "--new-token-pin-file", f->token_pin, NULL);
  run (f, 0, "people", "list", CHIEF_RUN, WITH_TOKEN, NULL);
}

static void
test_export (Fixture *f, gconstpointer data)
{
  g_autofree char *out = g_build_filename (f->folder, "out.csv", NULL);

  run (f, 2, "export", CHIEF_RUN, WITH_TOKEN, "--format", "yayoi", "--plain", "--out", out, "--purpose", "tax",
       "--destination", "見本", "--json", NULL);
  /* That far it comes only past the token. */
  assert_error (f, "NothingToExport");
  assert_logged (f, "\"purpose\":\"export\"");
}

/* --- the lock after too many wrong PINs ------------------------------------------------------------------------------- */

static void
lock_out (Fixture *f)
{
  for (guint i = 0; i < 10; i++)
    run (f, 4, "people", "list", "--admin", CHIEF, "--pin-file", f->wrong_pin, "--json", NULL);
  run (f, 4, "people", "list", CHIEF_RUN, WITH_TOKEN, "--json", NULL);
  assert_error (f, "LockedOut");
}

static void
test_unlock (Fixture *f, gconstpointer data)
{
  lock_out (f);
  softhsm_make_token (f->folder, "third", "Kagi 3");
  run (f, 4, "token", "unlock", WITH_TOKEN, "--json", NULL);
  assert_error (f, "TokenOther");
  softhsm_insert (f->folder, "first");
  run (f, 4, "token", "unlock", "--token-pin-file", f->wrong_pin, "--json", NULL);
  assert_error (f, "TokenWrongPin");
  run (f, 0, "token", "unlock", WITH_TOKEN, NULL);
  run (f, 0, "people", "list", CHIEF_RUN, WITH_TOKEN, NULL);
  assert_logged (f, "lock-undone");
}

/* A token that was removed undoes nothing, and those that stay still do, with the lock's new password. */
static void
test_unlock_after_removal (Fixture *f, gconstpointer data)
{
  run (f, 0, "token", "remove", CHIEF_RUN, WITH_TOKEN, "--label", "予備", NULL);
  lock_out (f);
  softhsm_insert (f->folder, "second");
  run (f, 4, "token", "unlock", WITH_TOKEN, "--json", NULL);
  assert_error (f, "TokenOther");
  softhsm_insert (f->folder, "first");
  run (f, 0, "token", "unlock", WITH_TOKEN, NULL);
  run (f, 0, "people", "list", CHIEF_RUN, WITH_TOKEN, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("AZUKARI_TOKEN_MODULE", SOFTHSM_MODULE, TRUE);
  g_test_add ("/ctl-token/add-list-remove", Fixture, NULL, set_up, test_add_list_remove, tear_down);
  g_test_add ("/ctl-token/wrong-token-pin", Fixture, NULL, set_up, test_wrong_token_pin, tear_down);
  g_test_add ("/ctl-token/no-token", Fixture, NULL, set_up, test_no_token, tear_down);
  g_test_add ("/ctl-token/policy-needs-a-spare", Fixture, NULL, set_up, test_policy_needs_a_spare, tear_down);
  g_test_add ("/ctl-token/required", Fixture, NULL, set_up_required, test_required, tear_down);
  g_test_add ("/ctl-token/chief-without-a-token", Fixture, NULL, set_up_required, test_chief_without_a_token,
              tear_down);
  g_test_add ("/ctl-token/client", Fixture, NULL, set_up_required, test_client, tear_down);
  g_test_add ("/ctl-token/end", Fixture, NULL, set_up_required, test_end, tear_down);
  g_test_add ("/ctl-token/export", Fixture, NULL, set_up_required, test_export, tear_down);
  g_test_add ("/ctl-token/unlock", Fixture, NULL, set_up_required, test_unlock, tear_down);
  g_test_add ("/ctl-token/unlock-after-removal", Fixture, NULL, set_up_required, test_unlock_after_removal, tear_down);
  return g_test_run ();
}

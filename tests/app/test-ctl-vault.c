/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl against a real vault on a software TPM: what each verb answers, and what it says and returns when the world refuses. */
#include <json-glib/json-glib.h>

#include "ctl-fixture.h"

/* The one file of the vault whose name begins so. */
static char *
find_vault_file (Fixture *f, const char *prefix)
{
  g_autoptr (GDir) dir = g_dir_open (f->vault, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, prefix))
      return in_vault (f, name);
  g_assert_not_reached ();
}

static void
damage (const char *path, gsize offset)
{
  g_autofree char *bytes = NULL;
  gsize n_bytes;

  g_assert_true (g_file_get_contents (path, &bytes, &n_bytes, NULL));
  g_assert_cmpuint (n_bytes, >, offset);
  bytes[offset] = (char) (bytes[offset] ^ 0x40);
  g_assert_true (g_file_set_contents_full (path, bytes, (gssize) n_bytes, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
}

static void
test_words (Fixture *f, gconstpointer data)
{
  run (f, 1, NULL);
  run (f, 1, "frobnicate", NULL);
  assert_said (f->err, "frobnicate");
  run (f, 1, "status", "--no-such-option", NULL);
  run (f, 1, "init", NULL);
  assert_said (f->err, "--company");
  run (f, 1, "people", NULL);
  run (f, 1, "export", NULL);
  run (f, 1, "collect", NULL);
  run (f, 0, "--help", NULL);
  assert_said (f->out, "prove");
}

/* A file with a PIN, (transfer full). */
static char *
pin_file (Fixture *f, const char *name, const char *pin)
{
  g_autofree char *line = g_strconcat (pin, "\n", NULL);
  char *path = g_build_filename (f->dir, name, NULL);

  write_file (path, line);
  return path;
}

static void
add_admin (Fixture *f, const char *name, const char *role, const char *new_pin_file)
{
  run (f, 0, "admins", "add", "--name", name, "--role", role, "--admin", "見本管理者", "--pin-file", f->pin_file,
       "--new-pin-file", new_pin_file, NULL);
}

static void
test_admins (Fixture *f, gconstpointer data)
{
  g_autofree char *clerk_pin = pin_file (f, "clerk", "649153");
  g_autofree char *auditor_pin = pin_file (f, "auditor", "kiroku-dake");
  g_autofree char *easy_pin = pin_file (f, "easy", "19800102");

  run (f, 1, "admins", NULL);
  run (f, 1, "admins", "add", "--name", "x", NULL);
  add_admin (f, "見本事務", "clerk", clerk_pin);
  assert_said (f->out, "person in charge");
  assert_said (f->err, "This PIN is weak.");
  add_admin (f, "見本監査", "auditor", auditor_pin);
  assert_said (f->err, "This PIN is good.");
  run (f, 0, "admins", "list", "--admin", "見本監査", "--pin-file", auditor_pin, NULL);
  assert_said (f->out, "responsible person  見本管理者");
  assert_said (f->out, "person in charge  見本事務");
  assert_said (f->out, "auditor  見本監査");
  run (f, 0, "admins", "list", "--json", "--admin", "見本監査", "--pin-file", auditor_pin, NULL);
  assert_said (f->out, "\"role\":\"chief\"");
  /* With several, a name is needed. */
  run (f, 4, "admins", "list", "--pin-file", f->pin_file, NULL);
  /* Each within their role. */
  run (f, 0, "people", "list", "--admin", "見本事務", "--pin-file", clerk_pin, NULL);
  run (f, 4, "log", "--admin", "見本事務", "--pin-file", clerk_pin, NULL);
  run (f, 4, "prove", "--admin", "見本事務", "--pin-file", clerk_pin, NULL);
  assert_said (f->err, "Your role does not allow this");
  run (f, 4, "people", "list", "--admin", "見本監査", "--pin-file", auditor_pin, NULL);
  run (f, 4, "admins", "add", "--name", "x", "--role", "chief", "--admin", "見本事務", "--pin-file", clerk_pin,
       "--new-pin-file", auditor_pin, NULL);
  run (f, 0, "log", "--admin", "見本監査", "--pin-file", auditor_pin, NULL);
  assert_said (f->out, "verb=AdminAdd");
  /* And refusals each with a sentence. */
  run (f, 1, "admins", "add", "--name", "見本次郎", "--role", "clerk", "--admin", "見本管理者", "--pin-file",
       f->pin_file, "--new-pin-file", easy_pin, NULL);
  assert_said (f->err, "birth date");
  run (f, 1, "admins", "add", "--name", "見本次郎", "--role", "boss", "--admin", "見本管理者", "--pin-file",
       f->pin_file, "--new-pin-file", clerk_pin, NULL);
  run (f, 2, "admins", "add", "--name", "見本事務", "--role", "clerk", "--admin", "見本管理者", "--pin-file",
       f->pin_file, "--new-pin-file", clerk_pin, NULL);
  assert_said (f->err, "that name already");
}

static void
test_admins_come_and_go (Fixture *f, gconstpointer data)
{
  g_autofree char *clerk_pin = pin_file (f, "clerk", "649153");
  g_autofree char *new_pin = pin_file (f, "new", "82946137");
  g_autofree char *easy_pin = pin_file (f, "easy", "987654");

  run (f, 1, "admins", "remove", NULL);
  add_admin (f, "見本事務", "clerk", clerk_pin);
  run (f, 1, "admins", "change-pin", "--admin", "見本事務", "--pin-file", clerk_pin, "--new-pin-file", easy_pin, NULL);
  assert_said (f->err, "run of digits");
  run (f, 1, "admins", "change-pin", "--admin", "見本事務", "--pin-file", clerk_pin, "--new-pin-file", clerk_pin, NULL);
  assert_said (f->err, "This is the PIN you have");
  run (f, 4, "admins", "change-pin", "--admin", "見本事務", "--pin-file", new_pin, "--new-pin-file", clerk_pin, NULL);
  assert_said (f->err, "tries are left");
  run (f, 0, "admins", "change-pin", "--admin", "見本事務", "--pin-file", clerk_pin, "--new-pin-file", new_pin, NULL);
  assert_said (f->err, "This PIN is fair.");
  run (f, 4, "people", "list", "--admin", "見本事務", "--pin-file", clerk_pin, NULL);
  run (f, 4, "admins", "remove", "--name", "見本管理者", "--admin", "見本事務", "--pin-file", new_pin, NULL);
  assert_said (f->err, "Your role does not allow this");
  run (f, 2, "admins", "remove", "--name", "見本だれか", "--admin", "見本管理者", "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "no administrator of that name");
  run (f, 2, "admins", "remove", "--name", "見本管理者", "--admin", "見本管理者", "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "last responsible person");
  run (f, 0, "admins", "remove", "--name", "見本事務", "--admin", "見本管理者", "--pin-file", f->pin_file, NULL);
  run (f, 4, "people", "list", "--admin", "見本事務", "--pin-file", new_pin, NULL);
  run (f, 0, "log", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "pin-change-refused");
  assert_said (f->out, "pin-changed");
  assert_said (f->out, "verb=AdminRemove");
  assert_said (f->out, "admin-removed");
  run (f, 0, "verify", NULL);
}

static void
test_admins_scope (Fixture *f, gconstpointer data)
{
  g_autofree char *clerk_pin = pin_file (f, "clerk", "649153");
  g_autofree char *out = g_build_filename (f->dir, "out.zip", NULL);

  import_roster (f);
  run (f, 0, "admins", "add", "--name", "見本事務", "--role", "clerk", "--departments", "総務部,-", "--purposes",
       "tax,social-insurance", "--admin", "見本管理者", "--pin-file", f->pin_file, "--new-pin-file", clerk_pin, NULL);
  run (f, 0, "admins", "list", "--admin", "見本管理者", "--pin-file", f->pin_file, NULL);
  assert_said (f->out,
               "見本事務  (only 総務部, no department; Income tax and resident tax, Health insurance and pension)");
  run (f, 0, "--json", "people", "list", "--admin", "見本事務", "--pin-file", clerk_pin, NULL);
  g_assert_cmpstr (f->out, ==, "");
  run (f, 4, "export", "--format", "keyed-csv", "--purpose", "payment-record", "--destination", "見本", "--out", out,
       "--admin", "見本事務", "--pin-file", clerk_pin, NULL);
  assert_said (f->err, "departments or purposes that you handle");
  run (f, 1, "admins", "scope", "--name", "見本事務", "--admin", "見本管理者", "--pin-file", f->pin_file, NULL);
  run (f, 1, "admins", "scope", "--name", "見本事務", "--purposes", "marketing", "--admin", "見本管理者", "--pin-file",
       f->pin_file, NULL);
  run (f, 4, "admins", "scope", "--name", "見本事務", "--all-departments", "--admin", "見本事務", "--pin-file",
       clerk_pin, NULL);
  run (f, 0, "admins", "scope", "--name", "見本事務", "--departments", "見本部", "--all-purposes", "--admin",
       "見本管理者", "--pin-file", f->pin_file, NULL);
  run (f, 0, "people", "list", "--admin", "見本事務", "--pin-file", clerk_pin, NULL);
  assert_said (f->out, "E001");
  run (f, 0, "admins", "scope", "--name", "見本事務", "--all-departments", "--admin", "見本管理者", "--pin-file",
       f->pin_file, NULL);
  run (f, 0, "admins", "list", "--admin", "見本管理者", "--pin-file", f->pin_file, NULL);
  g_assert_null (strstr (f->out, "only"));
  run (f, 0, "log", "--admin", "見本管理者", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "admin-scope-changed");
  g_assert_null (strstr (f->out, "見本部"));
  run (f, 0, "verify", NULL);
}

static void
test_no_vault_yet (Fixture *f, gconstpointer data)
{
  run (f, 2, "status", NULL);
  assert_said (f->err, "azukarictl init");
}

static void
test_no_tpm_is_no_downgrade (Fixture *f, gconstpointer data)
{
  g_autofree char *keyset = NULL;

  if (g_file_test ("/dev/tpmrm0", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("this machine has a TPM");
      return;
    }
  run (f, 2, "init", "--company", "見本商事", "--admin", "見本管理者", "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "no TPM");
  assert_said (f->err, "--provider=swtpm");
  run (f, 2, "status", NULL);
  assert_said (f->out, "no vault here yet");
}

static void
test_init_and_status (Fixture *f, gconstpointer data)
{
  g_autoptr (JsonNode) status = NULL;
  JsonObject *object;

  run (f, 0, "status", "--json", NULL);
  status = json_from_string (f->out, NULL);
  object = json_node_get_object (status);
  g_assert_cmpstr (json_object_get_string_member (object, "state"), ==, "open");
  g_assert_cmpstr (json_object_get_string_member (object, "provider"), ==, "swtpm");
  g_assert_true (json_object_get_boolean_member (object, "software-tpm"));

  run (f, 2, "init", "--provider", "swtpm", "--company", "x", "--admin", "y", "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "left as it is");
}

static void
test_wrong_pin (Fixture *f, gconstpointer data)
{
  g_autofree char *wrong = g_build_filename (f->dir, "wrong", NULL);

  write_file (wrong, "918273\n");
  run (f, 4, "people", "list", "--pin-file", wrong, NULL);
  assert_said (f->err, "9 tries are left");
  g_assert_null (strstr (f->err, "918273"));
  run (f, 0, "people", "list", "--pin-file", f->pin_file, NULL);
}

static void
test_roster_in_the_wrong_encoding (Fixture *f, gconstpointer data)
{
  g_autofree char *roster = g_build_filename (f->dir, "roster.csv", NULL);

  g_assert_true (g_file_set_contents (roster, "\xff\xfe\x3e\x79\xe1\x54", 6, NULL));
  run (f, 2, "people", "import", roster, "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "UTF-8");
  run (f, 0, "people", "list", "--json", "--pin-file", f->pin_file, NULL);
  g_assert_cmpstr (f->out, ==, "");
}

static void
test_roster_is_listed (Fixture *f, gconstpointer data)
{
  import_roster (f);
  run (f, 0, "people", "list", "--json", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "\"code\":\"E001\"");
  assert_said (f->out, "\"state\":\"none\"");
}

static void
test_verify_and_prove (Fixture *f, gconstpointer data)
{
  g_autofree char *pdf = g_build_filename (f->dir, "proof.pdf", NULL);
  g_autofree char *content = NULL;
  gsize size;

  run (f, 0, "verify", NULL);
  run (f, 0, "prove", "--pin-file", f->pin_file, "--pdf", pdf, NULL);
  g_assert_true (g_file_get_contents (pdf, &content, &size, NULL));
  g_assert_cmpuint (size, >, 1000);
  g_assert_cmpmem (content, 5, "%PDF-", 5);
  run (f, 2, "prove", "--pin-file", f->pin_file, "--pdf", pdf, NULL); /* never over another */
  run (f, 0, "prove", "--json", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "\"shannon-random\":");
  assert_said (f->out, "\"expected\":\"OtherTpm\"");
  g_assert_null (strstr (f->out, "\"ok\":false"));
  run (f, 0, "log", "--json", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "\"hash\":");
}

/* As an auditor would: what the vault handed out, on another machine, with the key alone. */
static void
test_verify_record (Fixture *f, gconstpointer data)
{
  g_autofree char *record = g_build_filename (f->dir, "record.tsv", NULL);
  g_autofree char *other = g_build_filename (f->dir, "other.tsv", NULL);
  g_autofree char *key = g_build_filename (f->dir, "key.pem", NULL);
  g_autofree char *text = NULL;
  gsize size;

  run (f, 0, "log", "key", NULL);
  g_assert_true (g_file_set_contents (key, f->out, -1, NULL));
  run (f, 1, "log", "export", "--pin-file", f->pin_file, NULL);
  run (f, 0, "log", "export", record, "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "azukarictl verify --record");
  run (f, 2, "log", "export", record, "--pin-file", f->pin_file, NULL);
  run (f, 0, "log", "review", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "Entries 1 to ");
  assert_said (f->out, "log sign-off --to ");
  run (f, 1, "log", "sign-off", "--to", "-1", "--pin-file", f->pin_file, NULL);
  run (f, 1, "log", "sign-off", "--to", "9999", "--pin-file", f->pin_file, NULL);
  run (f, 0, "log", "sign-off", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "Noted in the record");
  run (f, 1, "log", "nonsense", NULL);
  close_vault (f);

  run (f, 0, "verify", "--record", record, "--key", key, NULL);
  assert_said (f->out, "signed by the vault's TPM");
  assert_said (f->out, "Software TPM");
  run (f, 0, "verify", "--json", "--record", record, "--key", key, NULL);
  assert_said (f->out, "\"ok\":true");
  run (f, 1, "verify", "--record", record, NULL);
  run (f, 2, "verify", "--record", record, "--key", record, NULL);
  assert_said (f->err, "no public key");
  run (f, 2, "verify", "--record", other, "--key", key, NULL);
  g_assert_true (g_file_get_contents (record, &text, &size, NULL));
  *strstr (text, "\tlogin\t") = ' ';
  g_assert_true (g_file_set_contents (other, text, (gssize) size, NULL));
  run (f, 5, "verify", "--record", other, "--key", key, NULL);
  assert_said (f->out, "FAIL");
  run (f, 5, "verify", "--record", key, "--key", key, NULL);
  assert_said (f->out, "this is no exported record");
}

/* What another boot does: tests/data/test-boot.c. */
static void
test_boot (Fixture *f, gconstpointer data)
{
  run (f, 1, "boot", "nonsense", NULL);
  run (f, 0, "status", "--json", NULL);
  assert_said (f->out, "\"boot-bound\":false");
  run (f, 0, "boot", "bind", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "azukarictl boot accept");
  close_vault (f);
  run (f, 0, "status", "--json", NULL);
  assert_said (f->out, "\"boot-bound\":true");
  run (f, 1, "boot", "accept", "--pin-file", f->pin_file, NULL);
  run (f, 1, "boot", "accept", "--number", "0", "--pin-file", f->pin_file, NULL);
  run (f, 0, "boot", "unbind", "--json", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "\"boot-bound\":false");
}

static void
test_keyset_missing_or_damaged (Fixture *f, gconstpointer data)
{
  g_autofree char *keyset = NULL;
  g_autofree char *aside = g_build_filename (f->dir, "aside", NULL);

  close_vault (f);
  keyset = find_vault_file (f, "keyset");
  g_assert_cmpint (g_rename (keyset, aside), ==, 0);
  run (f, 2, "status", NULL);
  assert_said (f->out, "missing");
  run (f, 2, "init", "--provider", "swtpm", "--company", "x", "--admin", "y", "--pin-file", f->pin_file, NULL);
  close_vault (f);

  g_assert_cmpint (g_rename (aside, keyset), ==, 0);
  damage (keyset, 40);
  run (f, 2, "status", NULL);
  assert_said (f->out, "damaged");
  close_vault (f);

  damage (keyset, 40); /* flips the bit back: nothing was lost meanwhile */
  run (f, 0, "status", NULL);
}

static void
test_database_missing_or_damaged (Fixture *f, gconstpointer data)
{
  g_autofree char *db = NULL;
  g_autofree char *aside = g_build_filename (f->dir, "aside", NULL);

  close_vault (f);
  db = find_vault_file (f, "vault.db");
  g_assert_cmpint (g_rename (db, aside), ==, 0);
  run (f, 2, "status", NULL);
  assert_said (f->out, "missing");
  close_vault (f);

  g_assert_cmpint (g_rename (aside, db), ==, 0);
  damage (db, 2000);
  run (f, 2, "status", NULL);
  assert_said (f->out, "damaged");
  close_vault (f);

  damage (db, 2000);
  run (f, 0, "status", NULL);
}

static void
test_tpm_missing_or_of_another_machine (Fixture *f, gconstpointer data)
{
  g_autofree char *tpm = in_vault (f, "swtpm");
  g_autofree char *aside = g_build_filename (f->dir, "tpm-aside", NULL);
  g_autofree char *other_vault = g_build_filename (f->dir, "other", NULL);
  g_autofree char *other_tpm = g_build_filename (other_vault, "swtpm", NULL);
  char *own_vault = f->vault;

  close_vault (f);
  f->vault = other_vault;
  init (f);
  close_vault (f);
  f->vault = own_vault;

  g_assert_cmpint (g_rename (tpm, aside), ==, 0);
  run (f, 2, "status", NULL);
  assert_said (f->out, "no TPM");
  close_vault (f);
  g_assert_cmpint (g_rename (other_tpm, tpm), ==, 0);
  run (f, 2, "status", NULL);
  assert_said (f->out, "another machine");
  run (f, 2, "people", "list", "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "another machine");
  close_vault (f);

  g_assert_cmpint (g_rename (tpm, other_tpm), ==, 0);
  g_assert_cmpint (g_rename (aside, tpm), ==, 0);
  run (f, 0, "status", NULL); /* back at home it opens: nothing was lost meanwhile */
}

static void
test_older_copy_is_a_rollback (Fixture *f, gconstpointer data)
{
  g_autofree char *db = find_vault_file (f, "vault.db");
  g_autofree char *old_bytes = NULL;
  gsize n_bytes;

  close_vault (f);
  g_assert_true (g_file_get_contents (db, &old_bytes, &n_bytes, NULL));
  import_roster (f);
  close_vault (f);
  g_assert_true (g_file_set_contents_full (db, old_bytes, (gssize) n_bytes, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  run (f, 5, "status", NULL);
  assert_said (f->out, "set back to an older state");
}

static void
test_second_daemon (Fixture *f, gconstpointer data)
{
  const char *argv[] = { g_getenv ("AZUKARI_VAULTD"), "--vault", f->vault, NULL };
  g_autoptr (GSubprocess) first = NULL;
  g_autoptr (GSubprocess) second = NULL;
  g_autofree char *err = NULL;

  close_vault (f);
  first = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
  g_assert_nonnull (first);
  run (f, 0, "status", NULL); /* finds the running one */
  second = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL);
  g_assert_true (g_subprocess_communicate_utf8 (second, NULL, NULL, NULL, &err, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (second), ==, 2);
  g_assert_cmpstr (err, !=, "");
  g_subprocess_send_signal (first, SIGTERM);
  g_assert_true (g_subprocess_wait (first, NULL, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (first), ==, 0);
}

#define ADD(path, setup, test) g_test_add (path, Fixture, NULL, setup, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_unsetenv ("LANGUAGE");
  ADD ("/ctl/admins/roles", set_up, test_admins);
  ADD ("/ctl/admins/come-and-go", set_up, test_admins_come_and_go);
  ADD ("/ctl/admins/scope", set_up, test_admins_scope);
  ADD ("/ctl/words/mistakes-are-named", set_up_empty, test_words);
  ADD ("/ctl/status/no-vault-says-init", set_up_empty, test_no_vault_yet);
  ADD ("/ctl/init/no-tpm-is-no-downgrade", set_up_empty, test_no_tpm_is_no_downgrade);
  ADD ("/ctl/init/then-status-is-open", set_up, test_init_and_status);
  ADD ("/ctl/pin/wrong-one-shows-tries-left", set_up, test_wrong_pin);
  ADD ("/ctl/people/wrong-encoding-imports-nothing", set_up, test_roster_in_the_wrong_encoding);
  ADD ("/ctl/people/roster-is-listed", set_up, test_roster_is_listed);
  ADD ("/ctl/prove/copy-stays-closed", set_up, test_verify_and_prove);
  ADD ("/ctl/verify/exported-record", set_up, test_verify_record);
  ADD ("/ctl/boot/bound-and-unbound", set_up, test_boot);
  ADD ("/ctl/keyset/missing-or-damaged-is-said", set_up, test_keyset_missing_or_damaged);
  ADD ("/ctl/store/missing-or-damaged-is-said", set_up, test_database_missing_or_damaged);
  ADD ("/ctl/tpm/missing-or-another-machine-is-said", set_up, test_tpm_missing_or_of_another_machine);
  ADD ("/ctl/rollback/older-copy-is-refused", set_up, test_older_copy_is_a_rollback);
  ADD ("/ctl/daemon/second-one-is-refused", set_up, test_second_daemon);
  return g_test_run ();
}

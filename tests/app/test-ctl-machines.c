/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl enroll on two vaults with software TPMs of their own: the whole way by files, and what is said where it ends. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#define PIN "482915"

typedef struct
{
  char *dir, *a, *b, *pin_file;
  char *out, *err; /* of the last run */
} Fixture;

/* Runs azukarictl on the vault and asserts its exit code; what it printed is in fixture->out and ->err. */
static void
run (Fixture *f, const char *vault, int expected_code, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  const char *word;
  va_list words;

  g_ptr_array_add (argv, (char *) g_getenv ("AZUKARICTL"));
  g_ptr_array_add (argv, (char *) "--vault");
  g_ptr_array_add (argv, (char *) vault);
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
}

static void
assert_said (const char *text, const char *expected)
{
  if (strstr (text, expected) == NULL)
    g_test_message ("expected “%s” in: %s", expected, text);
  g_assert_nonnull (strstr (text, expected));
}

static char *
file_in (Fixture *f, const char *name)
{
  return g_build_filename (f->dir, name, NULL);
}

/* (transfer full): an array of the last run's JSON line, joined with spaces; or a string. */
static char *
json_text (Fixture *f, const char *key)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);
  JsonNode *node;

  json_parser_load_from_data (parser, f->out, -1, &error);
  g_assert_no_error (error);
  node = json_object_get_member (json_node_get_object (json_parser_get_root (parser)), key);
  g_assert_nonnull (node);
  if (!JSON_NODE_HOLDS_ARRAY (node))
    g_string_append (text, json_node_get_string (node));
  else
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                              json_array_get_string_element (json_node_get_array (node), i));
  return g_string_free (text, FALSE);
}

static void
init (Fixture *f, const char *vault)
{
  run (f, vault, 0, "init", "--provider", "swtpm", "--company", "見本商事", "--admin", "見本管理者", "--pin-file",
       f->pin_file, NULL);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("azukari-machines-XXXXXX", &error);
  g_assert_no_error (error);
  f->a = file_in (f, "a");
  f->b = file_in (f, "b");
  f->pin_file = file_in (f, "pin");
  g_file_set_contents_full (f->pin_file, PIN "\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
  init (f, f->a);
  init (f, f->b);
}

static void
remove_folder (const char *path)
{
  const char *argv[] = { "rm", "-rf", path, NULL };
  g_autoptr (GSubprocess) process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_NONE, NULL);

  (void) g_subprocess_wait (process, NULL, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  /* The daemons end by themselves soon after their last client. */
  remove_folder (f->dir);
  g_free (f->dir);
  g_free (f->a);
  g_free (f->b);
  g_free (f->pin_file);
  g_free (f->out);
  g_free (f->err);
}

static void
enroll (Fixture *f)
{
  g_autofree char *request = file_in (f, "request"), *answer = file_in (f, "answer"), *proof = file_in (f, "proof");
  g_autofree char *words = NULL, *latin = NULL;

  run (f, f->b, 0, "enroll", "request", request, "--name", "予備機", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "azukarictl enroll answer");
  run (f, f->a, 0, "enroll", "answer", request, answer, "--name", "受付機", "--allow-software-tpm", "--pin-file",
       f->pin_file, NULL);
  assert_said (f->out, "予備機");
  assert_said (f->err, "software");
  run (f, f->b, 0, "--json", "enroll", "finish", answer, proof, "--allow-software-tpm", "--pin-file", f->pin_file,
       NULL);
  words = json_text (f, "words");
  latin = json_text (f, "latin");
  /* without anybody who has compared them nothing is enrolled */
  run (f, f->a, 1, "enroll", "finish", proof, "--pin-file", f->pin_file, NULL);
  assert_said (f->out, words);
  run (f, f->a, 0, "--json", "enroll", "list", "--pin-file", f->pin_file, NULL);
  g_assert_cmpstr (f->out, ==, "");
  run (f, f->a, 0, "enroll", "finish", proof, "--words", latin, "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "予備機");
}

static void
test_enroll (Fixture *f, gconstpointer data)
{
  run (f, f->a, 0, "status", NULL);
  assert_said (f->out, "Not yet safe");
  enroll (f);
  run (f, f->a, 0, "status", NULL);
  g_assert_null (strstr (f->out, "Not yet safe"));
  run (f, f->b, 0, "status", NULL);
  assert_said (f->out, "second machine");
  run (f, f->a, 0, "--json", "enroll", "list", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "\"role\":\"second\"");
  run (f, f->b, 0, "enroll", "list", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "受付機");
}

static void
test_standby (Fixture *f, gconstpointer data)
{
  g_autofree char *roster = file_in (f, "roster.csv");

  enroll (f);
  g_file_set_contents (roster, "社員番号,氏名,フリガナ,生年月日\nE001,見本 太郎,ミホン タロウ,1990-04-01\n", -1, NULL);
  run (f, f->b, 4, "people", "import", roster, "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "second machine");
  run (f, f->a, 0, "people", "import", roster, "--pin-file", f->pin_file, NULL);
}

static void
test_remove (Fixture *f, gconstpointer data)
{
  enroll (f);
  run (f, f->a, 2, "enroll", "remove", "ほかの機械", "--pin-file", f->pin_file, NULL);
  run (f, f->a, 0, "enroll", "remove", "予備機", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "stay readable");
  run (f, f->a, 0, "status", NULL);
  assert_said (f->out, "Not yet safe");
  run (f, f->a, 0, "verify", NULL);
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  g_autofree char *request = file_in (f, "request"), *answer = file_in (f, "answer"), *other = file_in (f, "other");

  run (f, f->a, 1, "enroll", NULL);
  run (f, f->b, 1, "enroll", "request", NULL);
  run (f, f->b, 0, "enroll", "request", request, "--pin-file", f->pin_file, NULL);
  /* never over a file that is there */
  run (f, f->b, 2, "enroll", "request", request, "--pin-file", f->pin_file, NULL);
  run (f, f->b, 0, "enroll", "request", other, "--pin-file", f->pin_file, NULL);
  run (f, f->a, 4, "--json", "enroll", "answer", request, answer, "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "SoftwareTpm");
  assert_said (f->err, "--allow-software-tpm");
  g_assert_false (g_file_test (answer, G_FILE_TEST_EXISTS));
  run (f, f->a, 2, "--json", "enroll", "answer", f->pin_file, answer, "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "EnrolmentFile");
  run (f, f->a, 2, "enroll", "finish", request, answer, "--pin-file", f->pin_file, NULL);
  run (f, f->a, 0, "enroll", "answer", request, answer, "--allow-software-tpm", "--pin-file", f->pin_file, NULL);
  g_unlink (other);
  /* an answer to a request that was made anew since */
  run (f, f->b, 2, "--json", "enroll", "finish", answer, other, "--allow-software-tpm", "--pin-file", f->pin_file,
       NULL);
  assert_said (f->out, "EnrolmentRefused");
}

static void
import_roster (Fixture *f)
{
  g_autofree char *roster = file_in (f, "roster.csv");

  g_file_set_contents (roster, "社員番号,氏名,フリガナ,生年月日\nE001,見本 太郎,ミホン タロウ,1990-04-01\n", -1, NULL);
  run (f, f->a, 0, "people", "import", roster, "--pin-file", f->pin_file, NULL);
}

static void
test_move (Fixture *f, gconstpointer data)
{
  g_autofree char *bundle = file_in (f, "bundle"), *receipt = file_in (f, "receipt"), *again = file_in (f, "again");

  enroll (f);
  import_roster (f);
  run (f, f->a, 1, "move", "out", "--pin-file", f->pin_file, NULL);
  run (f, f->a, 2, "move", "out", bundle, "--to", "ほかの機械", "--pin-file", f->pin_file, NULL);
  g_assert_false (g_file_test (bundle, G_FILE_TEST_EXISTS));
  run (f, f->a, 0, "move", "out", bundle, "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "azukarictl move in");
  run (f, f->a, 0, "status", NULL);
  assert_said (f->out, "is moving");
  run (f, f->a, 4, "people", "import", f->pin_file, "--pin-file", f->pin_file, NULL);
  run (f, f->b, 0, "move", "in", bundle, receipt, "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "People: 1");
  run (f, f->b, 0, "--json", "people", "list", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "E001");
  run (f, f->b, 0, "move", "receipt", again, "--pin-file", f->pin_file, NULL);
  run (f, f->a, 2, "--json", "move", "finish", bundle, "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "EnrolmentFile");
  run (f, f->a, 0, "--json", "move", "finish", again, "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "\"destroyed\":true");
  run (f, f->a, 0, "status", NULL);
  assert_said (f->out, "has moved");
  run (f, f->b, 0, "verify", NULL);
  assert_said (f->out, "earlier-record");
}

/* --- the record of the first machine, from the second one ------------------------------------------------------------ */

/* Writes @f's last output, or @text, to a new file. */
static void
keep (Fixture *f, const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text != NULL ? text : f->out, -1, &error);
  g_assert_no_error (error);
}

static void
test_earlier_record (Fixture *f, gconstpointer data)
{
  g_autofree char *bundle = file_in (f, "bundle"), *receipt = file_in (f, "receipt"), *key_a = file_in (f, "a.pem"),
                  *key = file_in (f, "key.pem"), *record = file_in (f, "record"), *altered = file_in (f, "altered"),
                  *key_b = file_in (f, "b.pem");
  g_autofree char *id = NULL, *printed = NULL, *text = NULL;
  char *actor;

  enroll (f);
  import_roster (f);
  run (f, f->b, 0, "log", "machines", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "always been on this machine");
  run (f, f->a, 0, "log", "key", NULL);
  keep (f, key_a, NULL);
  printed = g_strdup (f->out);
  run (f, f->a, 0, "move", "out", bundle, "--pin-file", f->pin_file, NULL);
  run (f, f->b, 0, "move", "in", bundle, receipt, "--pin-file", f->pin_file, NULL);

  run (f, f->b, 0, "log", "machines", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "受付機");
  assert_said (f->out, "azukarictl log export --earlier ID FILE");
  run (f, f->b, 0, "--json", "log", "machines", "--pin-file", f->pin_file, NULL);
  id = json_text (f, "id");
  run (f, f->b, 0, "log", "key", "--earlier", id, NULL);
  g_assert_cmpstr (f->out, ==, printed);
  keep (f, key, NULL);
  run (f, f->b, 0, "log", "export", "--earlier", id, record, "--pin-file", f->pin_file, NULL);
  assert_said (f->out, id);
  run (f, f->b, 0, "--json", "log", "--limit", "9", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "record-exported");
  assert_said (f->out, id);

  /* with that machine's key, as it gave it itself before, and without any vault */
  run (f, "/nonexistent", 0, "verify", "--record", record, "--key", key, NULL);
  assert_said (f->out, id);
  run (f, "/nonexistent", 0, "verify", "--record", record, "--key", key_a, NULL);
  run (f, f->b, 0, "log", "key", NULL);
  keep (f, key_b, NULL);
  run (f, "/nonexistent", 5, "verify", "--record", record, "--key", key_b, NULL);
  g_assert_true (g_file_get_contents (record, &text, NULL, NULL));
  actor = strstr (text, "\tlogin\t");
  g_assert_nonnull (actor);
  memcpy (actor, "\tlogon\t", strlen ("\tlogon\t"));
  keep (f, altered, text);
  run (f, "/nonexistent", 5, "verify", "--record", altered, "--key", key, NULL);
  assert_said (f->out, "entry");
}

static void
test_earlier_refusals (Fixture *f, gconstpointer data)
{
  g_autofree char *record = file_in (f, "record");

  run (f, f->a, 2, "--json", "log", "key", "--earlier", "d2f0f5a6-0000-4000-8000-000000000000", NULL);
  assert_said (f->out, "NoSuchMachine");
  assert_said (f->err, "azukarictl log machines");
  run (f, f->a, 2, "log", "export", "--earlier", "ほかの機械", record, "--pin-file", f->pin_file, NULL);
  g_assert_false (g_file_test (record, G_FILE_TEST_EXISTS));
}

/* Who was limited on the first machine and is added on the second one is limited there. */
static void
test_scopes (Fixture *f, gconstpointer data)
{
  g_autofree char *bundle = file_in (f, "bundle"), *receipt = file_in (f, "receipt"), *pin = file_in (f, "clerk-pin");

  enroll (f);
  g_file_set_contents_full (pin, "649153\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
  run (f, f->a, 0, "admins", "add", "--name", "見本 営業", "--role", "clerk", "--departments", "営業", "--new-pin-file",
       pin, "--pin-file", f->pin_file, NULL);
  g_assert_null (strstr (f->out, "machine before"));
  run (f, f->b, 0, "admins", "add", "--name", "見本 新人", "--role", "clerk", "--new-pin-file", pin, "--pin-file",
       f->pin_file, NULL);
  run (f, f->a, 0, "move", "out", bundle, "--admin", "見本管理者", "--pin-file", f->pin_file, NULL);
  run (f, f->b, 0, "move", "in", bundle, receipt, "--admin", "見本管理者", "--pin-file", f->pin_file, NULL);
  run (f, f->b, 0, "admins", "list", "--admin", "見本管理者", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "見本 新人  (nothing: say with");
  run (f, f->b, 0, "admins", "add", "--name", "見本 営業", "--role", "clerk", "--new-pin-file", pin, "--admin",
       "見本管理者", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "(only 営業)");
  run (f, f->b, 0, "admins", "list", "--admin", "見本管理者", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "見本 営業  (only 営業)");
  run (f, f->b, 1, "admins", "scope", "--name", "見本 新人", "--departments", "総務", "--admin", "見本管理者",
       "--pin-file", f->pin_file, NULL);
  run (f, f->b, 0, "admins", "scope", "--name", "見本 新人", "--departments", "総務", "--all-purposes", "--admin",
       "見本管理者", "--pin-file", f->pin_file, NULL);
  run (f, f->b, 0, "verify", NULL);
}

static void
test_recover (Fixture *f, gconstpointer data)
{
  g_autofree char *bundle = file_in (f, "bundle"), *receipt = file_in (f, "bundle.receipt"),
                  *place = file_in (f, "place");
  g_autofree char *backup = NULL, *name = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *found;

  enroll (f);
  import_roster (f);
  g_assert_cmpint (g_mkdir (place, 0700), ==, 0);
  run (f, f->a, 0, "backup", "places", "add", place, "--pin-file", f->pin_file, NULL);
  run (f, f->a, 0, "backup", "now", NULL);
  dir = g_dir_open (place, 0, NULL);
  while (backup == NULL && (found = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (found, ".azb"))
      backup = g_build_filename (place, found, NULL);
  g_assert_nonnull (backup);
  run (f, f->b, 1, "recover", "--pin-file", f->pin_file, NULL);
  run (f, f->b, 2, "--json", "recover", "--bundle", backup, "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "FirstActive");
  assert_said (f->err, "--first-is-dead");
  run (f, f->b, 0, "recover", "--bundle", backup, "--receipt", receipt, "--first-is-dead", "--pin-file", f->pin_file,
       NULL);
  assert_said (f->out, "People: 1");
  assert_said (f->out, "come to life");
  g_assert_true (g_file_test (receipt, G_FILE_TEST_EXISTS));
  run (f, f->a, 0, "move", "finish", receipt, "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "while this one was at work");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/ctl-machines/enroll", test_enroll);
  ADD ("/ctl-machines/the-second-waits", test_standby);
  ADD ("/ctl-machines/remove", test_remove);
  ADD ("/ctl-machines/refusals", test_refusals);
  ADD ("/ctl-machines/move", test_move);
  ADD ("/ctl-machines/recover", test_recover);
  ADD ("/ctl-machines/scopes", test_scopes);
  ADD ("/ctl-machines/earlier-record", test_earlier_record);
  ADD ("/ctl-machines/earlier-refusals", test_earlier_refusals);
  return g_test_run ();
}

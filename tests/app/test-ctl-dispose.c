/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl dispose, verify-certificate: what they answer, and that a certificate is checked with openssl alone as the man page says. */
#include "ctl-fixture.h"

#include "ctl-collect.h"

#define NUMBER "123456789018"
#define OTHER_NUMBER "923456789014"

/* --- a vault in which there is something to dispose of --------------------------------------------------------------- */

static void
set_up_left (Fixture *f, gconstpointer data)
{
  g_autofree char *roster = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;

  set_up (f, data);
  roster = g_build_filename (f->dir, "roster.csv", NULL);
  write_file (roster, "社員番号,氏名,生年月日\nE001,見本 太郎,1990-04-01\nE002,見本 退職,1950-04-01\n");
  run (f, 0, "people", "import", roster, "--pin-file", f->pin_file, NULL);
  vault = vault_client_connect (f->vault, &connection, &error);
  g_assert_no_error (error);
  azukari_vault1_call_login_sync (vault, "", secret (PIN), NULL, NULL, &error);
  g_assert_no_error (error);
  g_free (collect (vault, "E001", NUMBER, "tax"));
  g_free (collect (vault, "E002", OTHER_NUMBER, "tax"));
  (void) g_dbus_connection_close_sync (connection, NULL, NULL);
}

static char *
in_dir (Fixture *f, const char *name)
{
  return g_build_filename (f->dir, name, NULL);
}

static void
leave (Fixture *f)
{
  run (f, 0, "people", "leave", "--code", "E002", "--date", "2010-03-31", "--pin-file", f->pin_file, NULL);
}

/* --- tests ----------------------------------------------------------------------------------------------------------- */

static void
test_mistakes (Fixture *f, gconstpointer data)
{
  run (f, 1, "dispose", NULL);
  run (f, 1, "dispose", "run", NULL);
  run (f, 1, "dispose", "run", "--all-due", "--code", "E001", NULL);
  run (f, 1, "dispose", "rules", "--set", "tax", NULL);
  run (f, 1, "dispose", "certificates", "--id", "x", NULL);
  run (f, 1, "verify-certificate", NULL);
  run (f, 1, "people", "leave", "--code", "E001", NULL);
  run (f, 2, "people", "leave", "--code", "E999", "--date", "2010-03-31", "--pin-file", f->pin_file, NULL);
  run (f, 1, "people", "leave", "--code", "E002", "--date", "2010-02-31", "--pin-file", f->pin_file, NULL);
  run (f, 2, "dispose", "run", "--all-due", "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "its retention period still runs");
  run (f, 2, "dispose", "run", "--code", "E001", "--pin-file", f->pin_file, NULL);
  run (f, 2, "dispose", "run", "--code", "E999", "--pin-file", f->pin_file, NULL);
}

static void
test_rules (Fixture *f, gconstpointer data)
{
  leave (f);
  run (f, 0, "dispose", "rules", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "tax                     7 years from 10 January after the year of leaving");
  run (f, 1, "dispose", "rules", "--set", "tax", "--years", "51", "--from", "leaving", "--pin-file", f->pin_file, NULL);
  run (f, 1, "dispose", "rules", "--dry-run", "--pin-file", f->pin_file, NULL);
  run (f, 0, "dispose", "rules", "--set", "tax", "--years", "50", "--from", "leaving", "--dry-run", "--pin-file",
       f->pin_file, NULL);
  assert_said (f->out, "Nothing is due.");
  run (f, 0, "dispose", "rules", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "tax                     7 years from 10 January after the year of leaving");
  run (f, 0, "dispose", "rules", "--set", "tax", "--years", "50", "--from", "leaving", "--pin-file", f->pin_file, NULL);
  run (f, 0, "dispose", "due", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "Nothing is due.");
  run (f, 0, "--json", "dispose", "due", "--until", "2060-04-01", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "\"due\":\"2060-04-01\"");
}

static void
test_disposal (Fixture *f, gconstpointer data)
{
  g_autofree char *certificate = in_dir (f, "certificate.azc"), *again = in_dir (f, "again.azc"),
                  *key = in_dir (f, "key.pem"), *paper = in_dir (f, "paper.pdf"), *beside = in_dir (f, "paper.azc"),
                  *text = NULL, *id = NULL, *pdf = NULL;
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GRegex) regex = g_regex_new ("Certificate: ([0-9a-f-]+)", 0, 0, NULL);
  gsize n_bytes;

  leave (f);
  run (f, 0, "status", NULL);
  assert_said (f->out, "Numbers that need not be kept any more: 1.");
  run (f, 0, "dispose", "preview", "--all-due", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "1 number would be disposed of");
  run (f, 0, "dispose", "run", "--all-due", "--erase-people", "--certificate", certificate, "--pin-file", f->pin_file,
       NULL);
  assert_said (f->out, "1 number was disposed of");
  g_assert_true (g_regex_match (regex, f->out, 0, &match));
  id = g_match_info_fetch (match, 1);
  run (f, 0, "log", "key", NULL);
  write_file (key, f->out);
  run (f, 0, "dispose", "certificates", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, id);
  run (f, 0, "dispose", "certificates", "--id", id, "--out", again, "--pin-file", f->pin_file, NULL);
  run (f, 2, "dispose", "certificates", "--id", id, "--out", again, "--pin-file", f->pin_file, NULL);
  run (f, 0, "dispose", "certificates", "--id", id, "--out", paper, "--pin-file", f->pin_file, NULL);
  g_assert_true (g_file_get_contents (paper, &pdf, NULL, NULL));
  g_assert_true (g_str_has_prefix (pdf, "%PDF-1."));
  run (f, 0, "verify-certificate", beside, "--key", key, NULL);
  run (f, 0, "verify-certificate", certificate, "--key", key, NULL);
  assert_said (f->out, "Numbers disposed of: 1. Done by: 見本管理者.");
  run (f, 0, "--json", "verify-certificate", again, "--key", key, NULL);
  assert_said (f->out, "\"ok\":true");
  assert_said (f->out, id);
  g_assert_true (g_file_get_contents (certificate, &text, &n_bytes, NULL));
  g_assert_null (strstr (text, OTHER_NUMBER));
  *strstr (text, "E002") = 'F';
  write_file (certificate, text);
  run (f, 5, "verify-certificate", certificate, "--key", key, NULL);
  assert_said (f->err, "Do not rely on it");
  run (f, 2, "verify-certificate", certificate, "--key", certificate, NULL);
  run (f, 2, "verify-certificate", "/dev/null/none", "--key", key, NULL);
}

/* What stands between .EX and .EE, as a reader sees it. */
static char *
commands_of_man_page (void)
{
  g_autofree char *page = NULL;
  g_autoptr (GString) text = NULL;
  const char *begin, *end;

  g_assert_true (g_file_get_contents (g_getenv ("CERTIFICATE_MAN_PAGE"), &page, NULL, NULL));
  begin = strstr (page, ".EX\n");
  g_assert_nonnull (begin);
  begin += strlen (".EX\n");
  end = strstr (begin, ".EE\n");
  g_assert_nonnull (end);
  text = g_string_new_len (begin, end - begin);
  g_string_replace (text, "\\-", "-", 0);
  g_string_replace (text, "\\e", "\\", 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static int
check_with_openssl (Fixture *f, const char *commands)
{
  const char *argv[] = { "sh", "-e", "-c", commands, NULL };
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GSubprocess) shell = NULL;

  g_subprocess_launcher_set_cwd (launcher, f->dir);
  shell = g_subprocess_launcher_spawnv (launcher, argv, NULL);
  g_assert_nonnull (shell);
  (void) g_subprocess_wait (shell, NULL, NULL);
  return g_subprocess_get_exit_status (shell);
}

static void
test_openssl_alone (Fixture *f, gconstpointer data)
{
  static const char *const spots[] = { "E002", "attestation\t", "signature\t", "numbers\t" };
  g_autofree char *certificate = in_dir (f, "certificate.azc"), *key = in_dir (f, "key.pem"), *text = NULL,
                  *commands = commands_of_man_page (), *openssl = g_find_program_in_path ("openssl");

  if (openssl == NULL)
    {
      g_test_skip ("openssl is not installed");
      return;
    }
  leave (f);
  run (f, 0, "dispose", "run", "--all-due", "--certificate", certificate, "--pin-file", f->pin_file, NULL);
  run (f, 0, "log", "key", NULL);
  write_file (key, f->out);
  g_assert_cmpint (check_with_openssl (f, commands), ==, 0);
  g_assert_true (g_file_get_contents (certificate, &text, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (spots); i++)
    {
      char *at = strstr (text, spots[i]) + strlen (spots[i]) + 20;
      char was = *at;

      *at = was == 'A' ? 'B' : 'A';
      write_file (certificate, text);
      g_assert_cmpint (check_with_openssl (f, commands), !=, 0);
      *at = was;
    }
}

static void
test_retire (Fixture *f, gconstpointer data)
{
  g_autofree char *paper = in_dir (f, "end.pdf"), *text = in_dir (f, "end.azc"), *key = in_dir (f, "end.pem");

  run (f, 1, "retire", NULL);
  run (f, 1, "retire", "--company", "別の会社", "--certificate", paper, "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "not this vault's company");
  write_file (text, "x");
  run (f, 2, "retire", "--company", "見本商事", "--certificate", paper, "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "is there already");
  g_assert_cmpint (g_unlink (text), ==, 0);
  run (f, 0, "retire", "--dry-run", NULL);
  assert_said (f->out, "2 numbers");
  run (f, 0, "retire", "--company", "見本商事", "--certificate", paper, "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "clear its TPM in the firmware settings");
  run (f, 0, "verify-certificate", text, "--key", key, NULL);
  run (f, 2, "status", NULL);
  assert_said (f->out, "There is no vault here yet");
  run (f, 2, "retire", "--company", "見本商事", "--certificate", "x.pdf", "--pin-file", f->pin_file, NULL);
}

#define ADD(path, setup, test) g_test_add (path, Fixture, NULL, setup, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_unsetenv ("LANGUAGE");
  ADD ("/ctl/dispose/mistakes-are-named", set_up_left, test_mistakes);
  ADD ("/ctl/dispose/rules", set_up_left, test_rules);
  ADD ("/ctl/dispose/disposal", set_up_left, test_disposal);
  ADD ("/ctl/retire", set_up_left, test_retire);
  ADD ("/ctl/dispose/openssl-alone", set_up_left, test_openssl_alone);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl paper register|controls|policy|rules|training|leak|receipt and training: papers about the vault as a whole say what is so, and name nobody; a receipt holds no number. */
#include "ctl-collect.h"
#include "pdf-text.h"

#define NUMBER "123456789018"
#define OTHER "123456789026"
#define CHIEF "--admin", "見本管理者", "--pin-file", f->pin_file
#define CLERK "--admin", "見本事務", "--pin-file", clerk_pin
#define AUDITOR "--admin", "見本監査", "--pin-file", auditor_pin

#define ROSTER                                                                                                         \
  "社員番号,氏名,フリガナ,生年月日,部署,区分,続柄,本人社員番号\n"                            \
  "E001,試験 太郎,シケン タロウ,1990-04-01,営業部,社員,,\n"                                             \
  "E002,試験 花子,シケン ハナコ,1991-04-01,総務部,社員,,\n"

static void
set_up_numbers (Fixture *f, gconstpointer data)
{
  g_autofree char *roster = NULL, *record = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;

  set_up (f, data);
  roster = g_build_filename (f->dir, "roster.csv", NULL);
  write_file (roster, ROSTER);
  run (f, 0, "people", "import", roster, "--pin-file", f->pin_file, NULL);
  run (f, 0, "people", "add", "--kind", "contractor", "--name", "試験 外部", "--code", "C001", "--pin-file",
       f->pin_file, NULL);
  vault = vault_client_connect (f->vault, &connection, &error);
  g_assert_no_error (error);
  azukari_vault1_call_login_sync (vault, "", secret (PIN), NULL, NULL, &error);
  g_assert_no_error (error);
  record = collect (vault, "E001", NUMBER, "tax");
  azukari_vault1_call_approve_sync (vault, record, "", NULL, &error);
  g_assert_no_error (error);
  g_free (collect (vault, "C001", OTHER, "payment-record"));
  (void) g_dbus_connection_close_sync (connection, NULL, NULL);
}

static char *
in_dir (Fixture *f, const char *name)
{
  return g_build_filename (f->dir, name, NULL);
}

/* (transfer full): what stands on the paper, with no number of somebody's in any way of writing it */
static char *
read_paper (const char *path, guint n_pages)
{
  char *text = pdf_read_flat (path, n_pages);

  g_assert_false (g_regex_match_simple ("1234[ -]?5678[ -]?90(18|26)", text, 0, 0));
  return text;
}

static void
add_others (Fixture *f, const char *clerk_pin, const char *auditor_pin)
{
  write_file (clerk_pin, "649153\n");
  write_file (auditor_pin, "kiroku-dake\n");
  run (f, 0, "admins", "add", "--name", "見本事務", "--role", "clerk", "--departments", "営業部", "--new-pin-file",
       clerk_pin, CHIEF, NULL);
  run (f, 0, "admins", "add", "--name", "見本監査", "--role", "auditor", "--new-pin-file", auditor_pin, CHIEF, NULL);
}

/* --- register -------------------------------------------------------------------------------------------------------- */

static void
test_register (Fixture *f, gconstpointer data)
{
  g_autofree char *one = in_dir (f, "1.pdf"), *two = in_dir (f, "2.pdf"), *clerk_pin = in_dir (f, "clerk"),
                  *auditor_pin = in_dir (f, "auditor"), *text = NULL, *again = NULL;

  run (f, 0, "paper", "register", one, "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "Written to ");
  text = read_paper (one, 0);
  assert_said (text, "特定個人情報ファイル管理簿");
  assert_said (text, "見本商事");
  assert_said (text, "見本管理者");
  assert_said (text, "営業部");
  assert_said (text, "Income Tax Act");
  assert_said (text, "7 years from 10 January");
  assert_said (text, "7 years from the end of the year");
  assert_said (text, "No place for backups is registered");
  assert_said (text, "software TPM");
  /* Nobody asked for these. */
  assert_not_said (text, "Employment Insurance Act");
  assert_not_said (text, "試験");

  /* What has changed since is on the next one; and an auditor may have it, a clerk not. */
  add_others (f, clerk_pin, auditor_pin);
  run (f, 0, "dispose", "rules", "--set", "tax", "--years", "9", "--from", "leaving", CHIEF, NULL);
  run (f, 0, "paper", "register", two, AUDITOR, NULL);
  again = read_paper (two, 0);
  assert_said (again, "9 years from the day of leaving");
  assert_said (again, "見本事務");
  run (f, 2, "paper", "register", two, CHIEF, NULL);
  g_assert_cmpint (g_remove (two), ==, 0);
  run (f, 4, "paper", "register", two, CLERK, NULL);
  g_assert_false (g_file_test (two, G_FILE_TEST_EXISTS));
  run (f, 0, "log", CHIEF, NULL);
  assert_said (f->out, "register-printed");
  assert_said (f->out, "verb=VaultPrint");
  run (f, 0, "verify", NULL);
}

/* --- controls -------------------------------------------------------------------------------------------------------- */

static void
test_controls (Fixture *f, gconstpointer data)
{
  g_autofree char *one = in_dir (f, "1.pdf"), *two = in_dir (f, "2.pdf"), *place = in_dir (f, "place"),
                  *record = in_dir (f, "record"), *clerk_pin = in_dir (f, "clerk"),
                  *auditor_pin = in_dir (f, "auditor"), *text = NULL, *again = NULL;

  run (f, 0, "paper", "controls", one, "--pin-file", f->pin_file, NULL);
  text = read_paper (one, 0);
  assert_said (text, "組織的安全管理措置");
  assert_said (text, "× No place for backups is registered");
  assert_said (text, "× The record has never been signed off");
  assert_said (text, "× The record was neither handed out nor printed");
  assert_said (text, "× The register of files (管理簿) has not been printed yet");
  assert_said (text, "× The key is sealed to a software TPM");
  assert_said (text, "△ Responsible person: 見本管理者 alone");
  assert_said (text, "△ A PIN alone is enough");
  assert_said (text, "○ Exports are zips under AES-256");
  assert_said (text, "it locks after 10 wrong ones");
  assert_not_said (text, "試験");

  /* The paper goes by what is so. */
  g_assert_cmpint (g_mkdir (place, 0700), ==, 0);
  run (f, 0, "backup", "places", "add", place, "--pin-file", f->pin_file, NULL);
  run (f, 0, "backup", "now", NULL);
  run (f, 0, "backup", "drill", NULL);
  run (f, 0, "log", "export", record, "--pin-file", f->pin_file, NULL);
  run (f, 0, "log", "sign-off", "--pin-file", f->pin_file, NULL);
  run (f, 0, "export", "plain", "clerks", "--pin-file", f->pin_file, NULL);
  add_others (f, clerk_pin, auditor_pin);
  run (f, 0, "paper", "controls", two, AUDITOR, NULL);
  again = read_paper (two, 0);
  assert_said (again, "○ A good backup was made lately");
  assert_said (again, "○ A backup was tried out on");
  assert_said (again, "○ The record was reviewed and signed off on");
  assert_said (again, "○ It was handed out or printed");
  assert_said (again, "△ Exports are zips under AES-256, but persons in charge");
  assert_said (again, "○ Persons in charge: 1, of whom 1 are limited");
  assert_said (again, "○ Auditors: 見本監査");
  g_assert_cmpint (g_remove (two), ==, 0);
  run (f, 4, "paper", "controls", two, CLERK, NULL);
  run (f, 0, "log", CHIEF, NULL);
  assert_said (f->out, "controls-printed");
}

/* --- policy and rules ------------------------------------------------------------------------------------------------ */

static void
test_drafts (Fixture *f, gconstpointer data)
{
  g_autofree char *policy = in_dir (f, "1.pdf"), *rules = in_dir (f, "2.pdf"), *three = in_dir (f, "3.pdf"),
                  *clerk_pin = in_dir (f, "clerk"), *auditor_pin = in_dir (f, "auditor"), *text = NULL,
                  *of_rules = NULL;

  add_others (f, clerk_pin, auditor_pin);
  run (f, 0, "paper", "policy", policy, CHIEF, NULL);
  text = read_paper (policy, 0);
  assert_said (text, "DRAFT.");
  assert_said (text, "no legal advice");
  assert_said (text, "見本商事 handles My Numbers");
  assert_said (text, "Payment records for fees");
  assert_said (text, "見本管理者");
  /* It is made public: how many there are is nobody's business. */
  assert_said (text, "Legal basis Kept");
  assert_not_said (text, "Kept Numbers");
  run (f, 0, "paper", "rules", rules, CHIEF, NULL);
  of_rules = read_paper (rules, 0);
  assert_said (of_rules, "DRAFT.");
  assert_said (of_rules, "Article 16: Audit and change");
  assert_said (of_rules, "見本事務 clerk 営業部");
  assert_said (of_rules, "7 years from 10 January");
  assert_said (of_rules, "At present: a PIN of at least 6 characters, 10 wrong PINs lock");
  assert_said (of_rules, "At present only a responsible person may export in the clear");
  assert_not_said (of_rules, "試験");
  run (f, 4, "paper", "policy", three, CLERK, NULL);
  run (f, 4, "paper", "rules", three, CLERK, NULL);
  g_assert_false (g_file_test (three, G_FILE_TEST_EXISTS));
  run (f, 0, "log", CHIEF, NULL);
  assert_said (f->out, "policy-printed");
  assert_said (f->out, "rules-printed");
}

/* --- training -------------------------------------------------------------------------------------------------------- */

static void
test_training (Fixture *f, gconstpointer data)
{
  g_autofree char *one = in_dir (f, "1.pdf"), *two = in_dir (f, "2.pdf"), *map = in_dir (f, "3.pdf"),
                  *clerk_pin = in_dir (f, "clerk"), *auditor_pin = in_dir (f, "auditor"), *text = NULL,
                  *controls = NULL;

  add_others (f, clerk_pin, auditor_pin);
  run (f, 0, "training", "list", CHIEF, NULL);
  g_assert_cmpstr (f->out, ==, "");
  run (f, 0, "training", "add", "見本事務", "見本管理者", "--topic", "introduction", "--on", "2020-04-01", CHIEF, NULL);
  run (f, 0, "training", "add", "見本事務", CHIEF, NULL);
  run (f, 0, "training", "add", "見本事務", "--pledge", "--on", "2020-04-02", CHIEF, NULL);
  /* Nobody who is not there, no day to come, nothing by those whom it is about. */
  run (f, 2, "training", "add", "見本不在", CHIEF, NULL);
  run (f, 1, "training", "add", "見本事務", "--on", "2999-01-01", CHIEF, NULL);
  run (f, 1, "training", "add", "見本事務", "--on", "yesterday", CHIEF, NULL);
  run (f, 1, "training", "add", "見本事務", "--topic", "彼の成績", CHIEF, NULL);
  run (f, 1, "training", "add", "見本事務", "--topic", "yearly", "--pledge", CHIEF, NULL);
  run (f, 4, "training", "add", "見本事務", CLERK, NULL);
  run (f, 4, "training", "add", "見本事務", AUDITOR, NULL);
  run (f, 4, "training", "list", CLERK, NULL);
  run (f, 0, "training", "list", AUDITOR, NULL);
  assert_said (f->out, "2020-04-01  training  introduction  見本事務\n");
  assert_said (f->out, "2020-04-01  training  introduction  見本管理者\n");
  assert_said (f->out, "2020-04-02  pledge                  見本事務\n");

  run (f, 0, "paper", "training", one, AUDITOR, NULL);
  text = read_paper (one, 0);
  assert_said (text, "教育・誓約記録");
  assert_said (text, "2020-04-02 見本事務 Pledge of secrecy");
  assert_said (text, "見本管理者 responsible person 2020-04-01 none");
  run (f, 4, "paper", "training", two, CLERK, NULL);
  /* The control map knows who is missing. */
  run (f, 0, "paper", "controls", map, CHIEF, NULL);
  controls = read_paper (map, 0);
  assert_said (controls, "× No training within the last year: 見本管理者 (azukarictl training add)");
  assert_said (controls, "× No pledge of secrecy: 見本管理者 (azukarictl training add)");
  /* Who is gone stays named. */
  run (f, 0, "admins", "remove", "--name", "見本事務", CHIEF, NULL);
  run (f, 0, "--json", "training", "list", CHIEF, NULL);
  assert_said (f->out, "見本事務");
  run (f, 0, "verify", NULL);
}

/* --- a leak ---------------------------------------------------------------------------------------------------------- */

static void
test_leak (Fixture *f, gconstpointer data)
{
  g_autofree char *one = in_dir (f, "1.pdf"), *two = in_dir (f, "2.pdf"), *zip = in_dir (f, "x.zip"),
                  *clerk_pin = in_dir (f, "clerk"), *auditor_pin = in_dir (f, "auditor"), *text = NULL, *before = NULL;

  add_others (f, clerk_pin, auditor_pin);
  run (f, 0, "export", "--format", "keyed-csv", "--purpose", "tax", "--destination", "見本会計", "--out", zip, CHIEF,
       NULL);
  run (f, 0, "paper", "leak", one, CHIEF, NULL);
  text = read_paper (one, 0);
  assert_said (text, "漏えい等報告");
  assert_said (text, "DRAFT.");
  assert_said (text, "8. So that it does not happen again");
  assert_said (text, "In custody now: 2 numbers");
  assert_said (text, "見本会計");
  assert_said (text, "zip with a passphrase");
  assert_said (text, "Number taken into custody 2");
  assert_said (text, "見本事務 clerk 営業部");
  assert_not_said (text, "試験");
  /* Other days, other facts. */
  run (f, 0, "paper", "leak", two, "--from", "2020-01-01", "--to", "2020-12-31", CHIEF, NULL);
  before = read_paper (two, 0);
  assert_said (before, "2020-01-01 to 2020-12-31");
  assert_said (before, "No number was exported on these days.");
  assert_not_said (before, "見本会計");
  g_assert_cmpint (g_remove (two), ==, 0);
  run (f, 1, "paper", "leak", two, "--from", "lately", CHIEF, NULL);
  run (f, 4, "paper", "leak", two, CLERK, NULL);
  run (f, 4, "paper", "leak", two, AUDITOR, NULL);
  g_assert_false (g_file_test (two, G_FILE_TEST_EXISTS));
  run (f, 0, "log", CHIEF, NULL);
  assert_said (f->out, "leak-printed");
}

/* --- receipt --------------------------------------------------------------------------------------------------------- */

static void
test_receipt (Fixture *f, gconstpointer data)
{
  g_autofree char *one = in_dir (f, "1.pdf"), *two = in_dir (f, "2.pdf"), *clerk_pin = in_dir (f, "clerk"),
                  *auditor_pin = in_dir (f, "auditor"), *text = NULL, *employee = NULL;

  run (f, 0, "paper", "receipt", one, "--code", "C001", "--contact", "総務部 見本", "--pin-file", f->pin_file, NULL);
  text = read_paper (one, 0);
  assert_said (text, "Receipt for a My Number");
  assert_said (text, "試験 外部");
  assert_said (text, "見本商事");
  assert_said (text, "Payment records for fees");
  assert_said (text, "7 years from the end of the year");
  assert_said (text, "見本管理者");
  assert_said (text, "個人番号カード");
  assert_said (text, "総務部 見本");
  run (f, 2, "paper", "receipt", two, "--code", "E002", "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "nothing to give a receipt for");
  run (f, 2, "paper", "receipt", two, "--code", "E999", "--pin-file", f->pin_file, NULL);
  run (f, 1, "paper", "receipt", two, "--pin-file", f->pin_file, NULL);

  /* Of their own departments alone. */
  add_others (f, clerk_pin, auditor_pin);
  run (f, 0, "paper", "receipt", two, "--code", "E001", CLERK, NULL);
  employee = read_paper (two, 0);
  assert_said (employee, "営業部");
  g_assert_cmpint (g_remove (two), ==, 0);
  run (f, 2, "paper", "receipt", two, "--code", "C001", CLERK, NULL);
  run (f, 4, "paper", "receipt", two, "--person", "x", AUDITOR, NULL);
  g_assert_false (g_file_test (two, G_FILE_TEST_EXISTS));
  run (f, 0, "log", CHIEF, NULL);
  assert_said (f->out, "receipt-printed");
  run (f, 0, "verify", NULL);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up_numbers, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_unsetenv ("LANGUAGE");
  ADD ("/ctl/company/register", test_register);
  ADD ("/ctl/company/controls", test_controls);
  ADD ("/ctl/company/drafts", test_drafts);
  ADD ("/ctl/company/training", test_training);
  ADD ("/ctl/company/leak", test_leak);
  ADD ("/ctl/company/receipt", test_receipt);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl export: a zip and its passphrase, in the clear only where that is allowed, and what became of the files. */
#include "ctl-fixture.h"

#include "seven-zip.h"
#include "ctl-collect.h"

#define NUMBER "123456789018"
#define CHIEF "--admin", "見本管理者", "--pin-file", f->pin_file
#define CLERK "--admin", "見本事務", "--pin-file", clerk_pin
#define WHAT "--format", "keyed-csv", "--purpose", "tax", "--destination", "給与計算"

static void
set_up_approved (Fixture *f, gconstpointer data)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) records = NULL, record = NULL;
  g_autoptr (GError) error = NULL;
  const char *id = NULL;

  set_up (f, data);
  import_roster (f);
  vault = vault_client_connect (f->vault, &connection, &error);
  g_assert_no_error (error);
  azukari_vault1_call_login_sync (vault, "", secret (PIN), NULL, NULL, &error);
  g_assert_no_error (error);
  g_free (collect (vault, "E001", NUMBER, "tax"));
  azukari_vault1_call_record_list_sync (vault, g_variant_new_parsed ("@a{sv} {}"), &records, NULL, &error);
  g_assert_no_error (error);
  record = g_variant_get_child_value (records, 0);
  g_assert_true (g_variant_lookup (record, "id", "&s", &id));
  g_assert_true (azukari_vault1_call_approve_sync (vault, id, "", NULL, &error));
  (void) g_dbus_connection_close_sync (connection, NULL, NULL);
}

static char *
in_dir (Fixture *f, const char *name)
{
  return g_build_filename (f->dir, name, NULL);
}

/* The text behind @words in @text, up to the end of the line or a quote. */
static char *
said_after (const char *text, const char *words)
{
  const char *at = strstr (text, words);

  g_assert_nonnull (at);
  at += strlen (words);
  return g_strndup (at, strcspn (at, "\"\n"));
}

static void
test_zip (Fixture *f, gconstpointer data)
{
  g_autofree char *zip = in_dir (f, "a.zip"), *csv = in_dir (f, "a.csv"), *again = in_dir (f, "b.zip");
  g_autofree char *passphrase = NULL, *text = NULL, *other = NULL, *id = NULL;

  /* What is named as something else than it is, is not written. */
  run (f, 1, "export", WHAT, "--out", csv, CHIEF, NULL);
  assert_said (f->err, "ends in .zip");
  g_assert_false (g_file_test (csv, G_FILE_TEST_EXISTS));
  run (f, 0, "export", WHAT, "--out", zip, CHIEF, NULL);
  passphrase = said_after (f->out, "Passphrase: ");
  assert_said (f->out, "never in the same mail");
  text = seven_zip_text (zip, passphrase);
  g_assert_nonnull (text);
  g_assert_nonnull (strstr (text, NUMBER));
  run (f, 0, "--json", "export", WHAT, "--out", again, CHIEF, NULL);
  other = said_after (f->out, "\"passphrase\":\"");
  g_assert_cmpstr (passphrase, !=, other);
  g_assert_null (seven_zip_text (again, passphrase));
  id = said_after (f->out, "\"export-id\":\"");
  /* It is told that once. */
  run (f, 0, "--json", "export", "list", CHIEF, NULL);
  assert_said (f->out, id);
  g_assert_null (strstr (f->out, passphrase));
  run (f, 0, "--json", "log", CHIEF, NULL);
  assert_said (f->out, "\"container\":\"zip\"");
  g_assert_null (strstr (f->out, passphrase));
}

/* A workbook goes into the zip as it is, under its own name; whether its cells are text, workbook.py tells. */
static void
test_workbook (Fixture *f, gconstpointer data)
{
  g_autofree char *zip = in_dir (f, "a.zip"), *xlsx = in_dir (f, "a.xlsx"), *passphrase = NULL, *text = NULL;
  g_autoptr (GBytes) list = NULL, file = NULL;

  run (f, 0, "export", "--format", "keyed-xlsx", "--purpose", "tax", "--destination", "給与計算", "--out", zip, CHIEF,
       NULL);
  passphrase = said_after (f->out, "Passphrase: ");
  list = seven_zip (zip, "l", passphrase);
  text = g_strndup (g_bytes_get_data (list, NULL), g_bytes_get_size (list));
  assert_said (text, "Path = keyed-xlsx-20");
  assert_said (text, ".xlsx\n");
  file = seven_zip (zip, "x", passphrase);
  g_assert_true (g_file_set_contents (xlsx, g_bytes_get_data (file, NULL), (gssize) g_bytes_get_size (file), NULL));
  g_free (text);
  text = seven_zip_text (xlsx, "");
  g_assert_nonnull (strstr (text, "<t xml:space=\"preserve\">" NUMBER "</t>"));
  run (f, 0, "--json", "format", "list", CHIEF, NULL);
  assert_said (f->out, "\"encoding\":\"xlsx\",\"suffix\":\"xlsx\"");
}

static void
test_plain (Fixture *f, gconstpointer data)
{
  g_autofree char *clerk_pin = in_dir (f, "clerk-pin"), *one = in_dir (f, "1.csv"), *two = in_dir (f, "2.csv"),
                  *three = in_dir (f, "3.csv"), *masked = in_dir (f, "4.csv"), *text = NULL;

  write_file (clerk_pin, "649153\n");
  run (f, 0, "admins", "add", "--name", "見本事務", "--role", "clerk", "--new-pin-file", clerk_pin, CHIEF, NULL);
  run (f, 0, "export", WHAT, "--plain", "--out", one, CHIEF, NULL);
  assert_said (f->out, "numbers in the clear");
  g_assert_true (g_file_get_contents (one, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, NUMBER));
  run (f, 4, "export", WHAT, "--plain", "--out", two, CLERK, NULL);
  g_assert_false (g_file_test (two, G_FILE_TEST_EXISTS));
  run (f, 0, "export", WHAT, "--dry-run", "--out", masked, CLERK, NULL);
  run (f, 4, "export", "plain", "clerks", CLERK, NULL);
  run (f, 1, "export", "plain", "everybody", CHIEF, NULL);
  run (f, 0, "export", "plain", "clerks", CHIEF, NULL);
  run (f, 0, "--json", "status", NULL);
  assert_said (f->out, "\"plain-exports\":\"clerks\"");
  run (f, 0, "export", WHAT, "--plain", "--out", two, CLERK, NULL);
  run (f, 0, "export", "plain", "chiefs", CHIEF, NULL);
  run (f, 4, "export", WHAT, "--plain", "--out", three, CLERK, NULL);
  run (f, 0, "--json", "log", CHIEF, NULL);
  assert_said (f->out, "\"container\":\"plain\"");
  assert_said (f->out, "plain-rule");
}

static void
test_receipts (Fixture *f, gconstpointer data)
{
  g_autofree char *zip = in_dir (f, "a.zip"), *id = NULL;

  run (f, 0, "--json", "export", WHAT, "--out", zip, CHIEF, NULL);
  id = said_after (f->out, "\"export-id\":\"");
  run (f, 0, "export", "list", CHIEF, NULL);
  assert_said (f->out, id);
  assert_said (f->out, "no receipt yet");
  run (f, 1, "export", "receipt", id, CHIEF, NULL);
  run (f, 1, "export", "receipt", id, "lost", CHIEF, NULL);
  run (f, 2, "export", "receipt", "x", "deleted", CHIEF, NULL);
  run (f, 0, "export", "receipt", id, "imported", CHIEF, NULL);
  run (f, 0, "export", "list", CHIEF, NULL);
  assert_said (f->out, "taken in, not deleted yet");
  run (f, 0, "export", "receipt", id, "deleted", CHIEF, NULL);
  run (f, 1, "export", "receipt", id, "deleted", CHIEF, NULL);
  run (f, 0, "export", "list", CHIEF, NULL);
  assert_said (f->out, "taken in and deleted");
  run (f, 0, "log", CHIEF, NULL);
  assert_said (f->out, "export-deleted");
  run (f, 1, "export", "frobnicate", CHIEF, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/ctl-export/" path, Fixture, NULL, set_up_approved, func, tear_down)
  ADD ("zip", test_zip);
  ADD ("workbook", test_workbook);
  ADD ("plain", test_plain);
  ADD ("receipts", test_receipts);
  return g_test_run ();
}

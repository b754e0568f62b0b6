/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl reveal, review: one number goes to a terminal or nowhere; the same number under two people is said, and decided about. */
#include "ctl-fixture.h"

#include "ctl-collect.h"

#define NUMBER "123456789018"

typedef struct
{
  Fixture ctl;
  char *first, *second; /* records: of E001 and E002 */
} World;

static void
set_up_world (World *w, gconstpointer data)
{
  Fixture *f = &w->ctl;
  g_autofree char *roster = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;

  set_up (f, data);
  roster = g_build_filename (f->dir, "roster.csv", NULL);
  write_file (roster, "社員番号,氏名,生年月日\nE001,見本 太郎,1990-04-01\nE002,見本 花子,1985-04-01\n");
  run (f, 0, "people", "import", roster, "--pin-file", f->pin_file, NULL);
  vault = vault_client_connect (f->vault, &connection, &error);
  g_assert_no_error (error);
  azukari_vault1_call_login_sync (vault, "", secret (PIN), NULL, NULL, &error);
  g_assert_no_error (error);
  w->first = collect (vault, "E001", NUMBER, "tax");
  w->second = collect (vault, "E002", NUMBER, "tax");
  (void) g_dbus_connection_close_sync (connection, NULL, NULL);
}

static void
tear_down_world (World *w, gconstpointer data)
{
  tear_down (&w->ctl, data);
  g_free (w->first);
  g_free (w->second);
}

static void
assert_entries (Fixture *f, const char *action, guint n)
{
  guint found = 0;

  run (f, 0, "log", "--json", "--pin-file", f->pin_file, NULL);
  for (const char *at = f->out; (at = strstr (at, action)) != NULL; at += strlen (action))
    found++;
  g_assert_cmpuint (found, ==, n);
}

static void
test_only_to_a_terminal (World *w, gconstpointer data)
{
  Fixture *f = &w->ctl;

  run (f, 1, "reveal", NULL);
  run (f, 1, "reveal", "--code", "E001", "--pin-file", f->pin_file, NULL);
  run (f, 1, "reveal", "--code", "E001", "--record", w->first, "--purpose", "tax", "--pin-file", f->pin_file, NULL);
  run (f, 1, "reveal", "--code", "E001", "--purpose", "tax", "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "no terminal");
  g_assert_cmpstr (f->out, ==, "");
  run (f, 1, "reveal", "--json", "--to-stdout", "--code", "E001", "--purpose", "tax", "--pin-file", f->pin_file, NULL);
  g_assert_cmpstr (f->out, ==, "");
  assert_entries (f, "\"revealed\"", 0);
}

static void
test_to_stdout (World *w, gconstpointer data)
{
  Fixture *f = &w->ctl;

  run (f, 0, "reveal", "--to-stdout", "--code", "E001", "--purpose", "tax", "--pin-file", f->pin_file, NULL);
  g_assert_cmpstr (f->out, ==, "1234 5678 9018\n");
  run (f, 0, "reveal", "--to-stdout", "--record", w->second, "--purpose", "tax", "--pin-file", f->pin_file, NULL);
  g_assert_cmpstr (f->out, ==, "1234 5678 9018\n");
  run (f, 4, "reveal", "--to-stdout", "--code", "E001", "--purpose", "payment-record", "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "did not agree");
  g_assert_cmpstr (f->out, ==, "");
  run (f, 2, "reveal", "--to-stdout", "--code", "E009", "--purpose", "tax", "--pin-file", f->pin_file, NULL);
  g_assert_cmpstr (f->out, ==, "");
  assert_entries (f, "\"revealed\"", 2);
  assert_entries (f, "\"reveal-refused\"", 1);
}

static void
test_duplicates (World *w, gconstpointer data)
{
  Fixture *f = &w->ctl;

  run (f, 0, "review", "list", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "the same number as E001 見本 太郎");
  assert_said (f->out, "the same number as E002 見本 花子");
  run (f, 2, "review", "approve", w->first, "--pin-file", f->pin_file, NULL);
  assert_said (f->err, "one of the two is wrong");
  run (f, 0, "review", "ask-again", w->second, "--reason", "duplicate", "--pin-file", f->pin_file, NULL);
  run (f, 0, "review", "list", "--pin-file", f->pin_file, NULL);
  g_assert_null (strstr (f->out, "the same number"));
  run (f, 0, "review", "approve", w->first, "--pin-file", f->pin_file, NULL);
}

int
main (int argc, char **argv)
{
#define ADD(path, func) g_test_add (path, World, NULL, set_up_world, func, tear_down_world)
  g_test_init (&argc, &argv, NULL);
  ADD ("/ctl/reveal/only-to-a-terminal", test_only_to_a_terminal);
  ADD ("/ctl/reveal/to-stdout", test_to_stdout);
  ADD ("/ctl/review/duplicates", test_duplicates);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl term: a vault that was lent for a time, by the real daemon. */
#include "ctl-fixture.h"

#include "vault-client.h"

#define CHIEF_RUN "--admin", "見本管理者", "--pin-file", f->pin_file
#define CLIENT_RUN "--admin", "見本委託", "--pin-file", client_pin

static char *
client_pin_file (Fixture *f)
{
  char *path = g_build_filename (f->dir, "client-pin", NULL);

  write_file (path, "itaku-5173\n");
  return path;
}

static char *
day_from_now (int days)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) then = g_date_time_add_days (now, days);

  return g_date_time_format (then, "%Y-%m-%d");
}

static void
test_words (Fixture *f, gconstpointer data)
{
  run (f, 1, "term", NULL);
  run (f, 1, "term", "set", NULL);
  run (f, 1, "term", "set", "2026-02-29", CHIEF_RUN, NULL);
  run (f, 1, "term", "set", "soon", CHIEF_RUN, NULL);
  run (f, 0, "term", "show", NULL);
  assert_said (f->out, "This vault has no term");
  run (f, 4, "term", "release", CHIEF_RUN, NULL);
}

/* Set, warned of, over, extended by the client alone. */
static void
test_term (Fixture *f, gconstpointer data)
{
  g_autofree char *client_pin = client_pin_file (f), *soon = day_from_now (10), *later = day_from_now (200);
  g_autofree char *csv = g_build_filename (f->dir, "x.zip", NULL);

  import_roster (f);
  run (f, 0, "admins", "add", CHIEF_RUN, "--name", "見本委託", "--role", "client", "--new-pin-file", client_pin, NULL);
  assert_said (f->out, "as client");
  run (f, 0, "term", "set", later, CHIEF_RUN, NULL);
  assert_said (f->out, "The term runs until");
  run (f, 0, "term", "set", soon, CHIEF_RUN, NULL);
  assert_said (f->out, "10 days are left. Please have it extended.");
  run (f, 0, "status", NULL);
  assert_said (f->out, "10 days are left");
  run (f, 0, "term", "set", "2020-03-31", CHIEF_RUN, NULL);
  run (f, 0, "status", NULL);
  assert_said (f->out, "The term ended on 2020-03-31: nothing is collected or exported until the client (見本委託)");
  run (f, 0, "--json", "status", NULL);
  assert_said (f->out, "\"expired\":true");
  run (f, 4, "collect", "--device", "recorded:/dev/null", "--person", "E001", CHIEF_RUN, NULL);
  assert_said (f->err, "The term of this vault is over");
  run (f, 4, "export", "--format", "keyed-csv", "--out", csv, "--purpose", "tax", "--destination", "x", CHIEF_RUN,
       NULL);
  run (f, 4, "people", "add", "--kind", "contractor", "--name", "見本花子", CHIEF_RUN, NULL);
  run (f, 4, "term", "set", later, CHIEF_RUN, NULL);
  assert_said (f->err, "This is for the client of this vault to decide");
  run (f, 4, "term", "end", CHIEF_RUN, NULL);
  run (f, 4, "admins", "remove", "--name", "見本委託", CHIEF_RUN, NULL);
  /* what is there is looked after */
  run (f, 0, "people", "list", CHIEF_RUN, NULL);
  run (f, 0, "log", CLIENT_RUN, NULL);
  assert_said (f->out, "term-refused");
  run (f, 4, "people", "list", CLIENT_RUN, NULL);
  run (f, 0, "verify", NULL);
  close_vault (f);
  run (f, 4, "people", "add", "--kind", "contractor", "--name", "見本花子", CHIEF_RUN, NULL);
  run (f, 0, "term", "set", later, CLIENT_RUN, NULL);
  run (f, 0, "--json", "term", "show", NULL);
  assert_said (f->out, "\"expired\":false");
  run (f, 0, "people", "add", "--kind", "contractor", "--name", "見本花子", CHIEF_RUN, NULL);
  run (f, 0, "term", "release", CLIENT_RUN, NULL);
  run (f, 0, "admins", "remove", "--name", "見本委託", CHIEF_RUN, NULL);
  run (f, 0, "term", "end", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "This vault has no term");
}

/* --- handing back ---------------------------------------------------------------------------------------------------- */

#define NUMBER "123456789018"

static void
collect_one (Fixture *f)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) people = NULL, person = NULL;
  g_autofree char *record = NULL, *id = NULL;
  g_autoptr (GError) error = NULL;

  vault = vault_client_connect (f->vault, &connection, &error);
  g_assert_no_error (error);
  azukari_vault1_call_login_sync (vault, "", vault_client_secret_bytes (PIN, strlen (PIN)), NULL, NULL, &error);
  g_assert_no_error (error);
  azukari_vault1_call_people_list_sync (vault, g_variant_new_parsed ("@a{sv} {}"), &people, NULL, &error);
  g_assert_no_error (error);
  person = g_variant_get_child_value (people, 0);
  g_assert_true (g_variant_lookup (person, "id", "s", &id));
  azukari_vault1_call_collect_sync (
      vault, id,
      g_variant_new_parsed ("{'document': <'my-number-card-back'>, 'identity': <'employment-known'>, "
                            "'purposes': <['tax']>, 'text-version': <'1'>, 'language': <'ja'>, "
                            "'evidence': <@a{ss} {}>, 'confidence': <0.98>}"),
      vault_client_secret_bytes (NUMBER, strlen (NUMBER)), &record, NULL, &error);
  g_assert_no_error (error);
  (void) g_dbus_connection_close_sync (connection, NULL, NULL);
}

static gboolean
is_there (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* A contract's end: the term is over, and the client takes everything home. */
static void
test_hand_back (Fixture *f, gconstpointer data)
{
  g_autofree char *client_pin = client_pin_file (f), *home = g_build_filename (f->dir, "home", NULL);
  g_autofree char *numbers = g_build_filename (home, "numbers.csv", NULL), *text = NULL, *digest = NULL;
  g_autofree char *record = g_build_filename (home, "record.tsv", NULL), *paper = NULL;
  g_autofree char *certificate = g_build_filename (home, "certificate.azc", NULL);
  g_autofree char *key = g_build_filename (home, "certificate.pem", NULL);
  g_autofree char *pdf = g_build_filename (home, "certificate.pdf", NULL);
  gsize size;

  import_roster (f);
  collect_one (f);
  run (f, 0, "admins", "add", CHIEF_RUN, "--name", "見本委託", "--role", "client", "--new-pin-file", client_pin, NULL);
  run (f, 0, "term", "set", "2020-03-31", CHIEF_RUN, NULL);
  run (f, 1, "hand-back", NULL);
  run (f, 1, "hand-back", "--company", "別の会社", "--to", home, CLIENT_RUN, NULL);
  assert_said (f->err, "not this vault's company");
  run (f, 4, "hand-back", "--company", "見本商事", "--to", home, CHIEF_RUN, NULL);
  assert_said (f->err, "This is for the client of this vault to decide");
  run (f, 4, "hand-back", "--company", "見本商事", "--to", home, "--admin", "見本委託", "--pin-file", f->pin_file,
       NULL);
  /* nothing is left of what was refused, and nothing is replaced */
  g_assert_false (is_there (home, "numbers.csv") || is_there (home, "record.tsv")
                  || is_there (home, "certificate.pdf"));
  write_file (record, "x");
  run (f, 2, "hand-back", "--company", "見本商事", "--to", home, CLIENT_RUN, NULL);
  g_assert_false (is_there (home, "numbers.csv"));
  g_assert_true (is_there (home, "record.tsv"));
  g_assert_cmpint (g_unlink (record), ==, 0);
  run (f, 0, "hand-back", "--company", "見本商事", "--to", home, CLIENT_RUN, NULL);
  assert_said (f->out, "1 number was handed back");
  g_assert_true (g_file_get_contents (numbers, &text, &size, NULL));
  g_assert_nonnull (strstr (text, NUMBER));
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guint8 *) text, size);
  assert_said (f->out, digest);
  run (f, 0, "verify", "--record", record, "--key", key, NULL);
  run (f, 0, "verify-certificate", certificate, "--key", key, NULL);
  assert_said (f->out, digest);
  run (f, 0, "--json", "verify-certificate", certificate, "--key", key, NULL);
  assert_said (f->out, "\"reason\":\"handed-back\"");
  g_assert_true (g_file_get_contents (pdf, &paper, NULL, NULL));
  g_assert_true (g_str_has_prefix (paper, "%PDF-1."));
  run (f, 2, "status", NULL);
  assert_said (f->out, "There is no vault here yet");
}

#define ADD(path, setup, test) g_test_add (path, Fixture, NULL, setup, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_unsetenv ("LANGUAGE");
  ADD ("/ctl/term/mistakes-are-named", set_up, test_words);
  ADD ("/ctl/term/until-the-client-extends-it", set_up, test_term);
  ADD ("/ctl/hand-back", set_up, test_hand_back);
  return g_test_run ();
}

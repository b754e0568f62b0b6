/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl term: a vault that was lent for a time, by the real daemon. */
#include "ctl-fixture.h"

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
  g_autofree char *csv = g_build_filename (f->dir, "x.csv", NULL);

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

#define ADD(path, setup, test) g_test_add (path, Fixture, NULL, setup, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_unsetenv ("LANGUAGE");
  ADD ("/ctl/term/mistakes-are-named", set_up, test_words);
  ADD ("/ctl/term/until-the-client-extends-it", set_up, test_term);
  return g_test_run ();
}

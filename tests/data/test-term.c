/* SPDX-License-Identifier: Apache-2.0 */
/* vault, the term (使用期限): what is refused when it is over, who extends it, and clocks that are set back or ran ahead. */
#include "term-fixture.h"

#include <tss2/tss2_esys.h>

#include "clock-guard.h"
#include "keys-private.h"
#include "set-clock.h"
#include "tpm-private.h"
#include "vault-backup.h"
#include "vault-dispose.h"

typedef struct
{
  Fixture base;
  char *person, *record, *yesterday, *today, *soon, *later;
  VaultAdmin *chief;
} Lent;

static void
set_up_lent (Lent *l, gconstpointer data)
{
  Fixture *f = &l->base;

  set_up (f, data);
  l->person = add_person (f, "employee", "0001", NAME, "");
  l->record = collect_ok (f, l->person, NUMBER);
  l->chief = login (f);
  l->yesterday = day_from_now (-1);
  l->today = day_from_now (0);
  l->soon = day_from_now (5);
  l->later = day_from_now (300);
}

static void
tear_down_lent (Lent *l, gconstpointer data)
{
  clock_set_s = 0;
  vault_admin_free (l->chief);
  tear_down (&l->base, data);
  g_free (l->person);
  g_free (l->record);
  g_free (l->yesterday);
  g_free (l->today);
  g_free (l->soon);
  g_free (l->later);
}

/* --- arithmetic ------------------------------------------------------------------------------------------------------ */

static void
test_days (void)
{
  static const char *const none[] = { "",           "2026-02-29",  "2026-2-28",  "2026-13-01",
                                      "26-01-01",   "2026-01-01x", "1999-12-31", "3000-01-01",
                                      "2026/01/01", "2026-00-10",  " 026-01-01", "2026-01-1" };

  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_false (term_day_is_valid (none[i]));
  g_assert_true (term_day_is_valid ("2028-02-29"));
  g_assert_cmpint (term_get_days_left ("2026-03-31", "2026-03-31"), ==, 0);
  g_assert_cmpint (term_get_days_left ("2026-03-31", "2026-04-01"), ==, -1);
  g_assert_cmpint (term_get_days_left ("2028-03-01", "2028-02-28"), ==, 2);
  g_assert_cmpint (term_get_days_left ("2027-01-01", "2026-12-31"), ==, 1);
}

/* The last day is over with the day of the place where the machine stands. */
static void
test_day_of_place (void)
{
  g_autoptr (GTimeZone) tokyo = g_time_zone_new_offset (9 * 60 * 60), utc = g_time_zone_new_utc ();
  char day[CLOCK_GUARD_DAY_BYTES];

  /* 2026-03-31 15:00:00 UTC, the first second of April in Japan */
  clock_get_day (1774969200, tokyo, day);
  g_assert_cmpstr (day, ==, "2026-04-01");
  clock_get_day (1774969199, tokyo, day);
  g_assert_cmpstr (day, ==, "2026-03-31");
  clock_get_day (1774969200, utc, day);
  g_assert_cmpstr (day, ==, "2026-03-31");
  clock_get_day (G_MAXINT64 / 2, utc, day);
  g_assert_cmpstr (day, ==, "9999-12-31");
}

static void
test_mark (void)
{
  static const char *const none[] = { "", "1:2:3", "1:2:1:4:5:6:7", "1:2:1:4:5:x", "-1:2:1:4:5:6", "1:2:1:4:5: 6" };
  const ClockMark mark = { .seen_s = 1000, .entry = 7, .tpm = { TRUE, 500000, 3, 1 } };
  g_autofree char *text = clock_mark_to_text (&mark);
  const struct
  {
    ClockTpm now;
    gint64 earliest_s;
  } cases[] = { { { TRUE, 1500000, 3, 1 }, 1800 },  /* 1000 s, and it may run 15 % too fast */
                { { TRUE, 1500000, 9, 0 }, 1800 },  /* started anew since */
                { { TRUE, 1500000, 3, 0 }, 1000 },  /* fewer restarts: not the same life */
                { { TRUE, 1500000, 2, 9 }, 1000 },  /* fewer resets: cleared, or another TPM */
                { { TRUE, 400000, 4, 1 }, 1000 },   /* behind: the power went without warning */
                { { FALSE, 1500000, 3, 1 }, 1000 }, /* it does not answer */
                { { TRUE, 500000, 3, 1 }, 1000 } };
  ClockMark read;

  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_false (clock_mark_from_text (none[i], &read));
  g_assert_true (clock_mark_from_text (text, &read));
  g_assert_cmpint (read.seen_s, ==, 1000);
  g_assert_cmpuint (read.entry, ==, 7);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (clock_mark_get_earliest (&read, &cases[i].now), ==, cases[i].earliest_s);
}

/* --- what is refused ------------------------------------------------------------------------------------------------- */

#define EXPIRED(call)                                                                                                  \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autoptr (GError) error = NULL;                                                                                   \
    if (call)                                                                                                          \
      g_error ("%s went through", #call);                                                                              \
    g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_EXPIRED);                                                      \
  }                                                                                                                    \
  G_STMT_END

static void
test_each_verb (Lent *l, gconstpointer data)
{
  Fixture *f = &l->base;
  const VaultExport export = {
    .format = "keyed-csv", .purpose = "tax", .destination = "x", .kind = "all", .plain = TRUE
  };
  const VaultExport dry = {
    .format = "keyed-csv", .purpose = "tax", .destination = "x", .kind = "all", .dry_run = TRUE
  };
  const RetentionRule rule = { .purpose = (char *) "tax", .anchor = (char *) "leaving", .years = 7 };
  VaultDisposal disposal = { .reason = "requested" };
  g_autoptr (GBytes) csv = g_bytes_new_static ("x", 1);
  g_autoptr (Person) other = person_new ();
  g_autoptr (GPtrArray) people = NULL, records = NULL, findings = NULL;
  VaultDisposalReport report = { .id = "" };

  set_term (f, l->chief, l->yesterday);
  g_assert_true (get_status (f).is_expired);
  g_assert_cmpint (get_status (f).term_days, ==, -1);
  EXPIRED (vault_identify (f->vault, "0001", "1980-01-02", &error));
  EXPIRED (vault_attend (f->vault, l->chief->id, l->person, &error));
  EXPIRED (vault_note (f->vault, VAULT_ACTOR_KIOSK, l->person, "asked", "", &error));
  EXPIRED (collect (f, l->person, OTHER_NUMBER, &error));
  EXPIRED (vault_approve (f->vault, l->chief->id, l->record, "", &error));
  EXPIRED (vault_ask_again (f->vault, l->chief->id, l->record, "unclear", &error));
  EXPIRED (vault_import_people (f->vault, "system", NULL, csv, &(VaultImportOptions){ 0 }, &error));
  EXPIRED (vault_add_person (f->vault, "system", other, &error));
  EXPIRED (export_text (f, l->chief, &export, &error));
  EXPIRED (export_text (f, l->chief, &dry, &error));
  EXPIRED (vault_restore (f->vault, l->chief, -1, "", &error));
  /* looking after what is there goes on */
  people = vault_list_people (f->vault, NULL);
  records = vault_list_records (f->vault, NULL, "", 0, 0, NULL);
  g_assert_cmpuint (people->len, ==, 1);
  g_assert_cmpuint (records->len, ==, 1);
  g_assert_true (vault_set_retention (f->vault, l->chief, &rule, NULL));
  g_assert_true (vault_set_left (f->vault, l->chief->id, l->person, "2010-03-31", NULL));
  g_assert_true (vault_checkpoint (f->vault, NULL));
  findings = vault_verify (f->vault, NULL);
  assert_findings (findings, NULL);
  reopen (f);
  g_assert_true (get_status (f).is_expired);
  vault_admin_free (l->chief);
  l->chief = login (f);
  {
    const char *const ids[] = { l->person, NULL };

    disposal.people = ids;
    g_assert_true (vault_dispose (f->vault, l->chief, &disposal, &report, NULL));
  }
  /* and a new epoch does not bring it back */
  assert_works (f, l->person, FALSE);
  set_term (f, l->chief, l->later);
  assert_works (f, l->person, TRUE);
}

static void
test_last_day (Lent *l, gconstpointer data)
{
  Fixture *f = &l->base;

  g_assert_cmpstr (get_status (f).term, ==, "");
  set_term (f, l->chief, l->today);
  g_assert_cmpstr (get_status (f).term, ==, l->today);
  g_assert_cmpint (get_status (f).term_days, ==, 0);
  assert_works (f, l->person, TRUE);
  clock_set_s = DAY_S;
  assert_works (f, l->person, FALSE);
  reopen (f);
  assert_works (f, l->person, FALSE);
}

static void
test_bad_days (Lent *l, gconstpointer data)
{
  Fixture *f = &l->base;
  g_autofree char *far = day_from_now (11 * 366), *from = g_strdup_printf ("from=%s\nto=none\nwith=", l->soon);

  assert_term_refused (f, l->chief, "2026-02-29", FALSE, CUSTODY_ERROR_USAGE);
  assert_term_refused (f, l->chief, "soon", FALSE, CUSTODY_ERROR_USAGE);
  assert_term_refused (f, l->chief, far, FALSE, CUSTODY_ERROR_USAGE);
  set_term (f, l->chief, l->soon);
  set_term (f, l->chief, "");
  assert_last_entry (f, l->chief->id, "term-set", from);
  g_assert_cmpstr (get_status (f).term, ==, "");
  assert_works (f, l->person, TRUE);
}

/* --- the client ------------------------------------------------------------------------------------------------------ */

static void
test_client (Lent *l, gconstpointer data)
{
  Fixture *f = &l->base;
  g_autoptr (VaultAdmin) client = add_client (f, l->chief);
  g_autoptr (GPtrArray) findings = NULL;

  g_assert_cmpint (client->role, ==, VAULT_CLIENT);
  g_assert_null (client->vault_secret);
  g_assert_null (client->master);
  set_term (f, l->chief, l->yesterday);
  assert_works (f, l->person, FALSE);
  set_term (f, client, l->soon);
  assert_works (f, l->person, TRUE);
  /* the client may do what they like with it */
  set_term (f, client, "");
  set_term (f, client, l->later);
  findings = vault_verify (f->vault, NULL);
  assert_findings (findings, NULL);
}

/* By no verb that a chief has. */
static void
test_chief_cannot_get_round (Lent *l, gconstpointer data)
{
  Fixture *f = &l->base;
  g_autoptr (VaultAdmin) client = add_client (f, l->chief), clerk = NULL;
  g_autoptr (Secret) pin = secret_new_copy (CLIENT_PIN, strlen (CLIENT_PIN)), other = secret_new_copy ("hoka-7351", 9);
  g_autoptr (GError) error = NULL;
  guint tries;

  /* the first one, and nearer ones */
  set_term (f, l->chief, l->later);
  set_term (f, l->chief, l->soon);
  assert_term_refused (f, l->chief, l->soon, FALSE, CUSTODY_ERROR_CLIENTS_ONLY);
  assert_term_refused (f, l->chief, l->later, FALSE, CUSTODY_ERROR_CLIENTS_ONLY);
  assert_term_refused (f, l->chief, "", FALSE, CUSTODY_ERROR_CLIENTS_ONLY);
  assert_term_refused (f, l->chief, l->today, TRUE, CUSTODY_ERROR_CLIENTS_ONLY);
  set_term (f, l->chief, l->yesterday);
  /* neither by taking the client away, nor by another one, nor with their PIN */
  g_assert_false (vault_remove_admin (f->vault, l->chief, client->id, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_CLIENTS_ONLY);
  g_clear_error (&error);
  g_assert_null (add (f, l->chief, "見本 別人", VAULT_CLIENT, "betsu-8261", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_CLIENTS_ONLY);
  g_clear_error (&error);
  g_assert_false (vault_change_pin (f->vault, l->chief, pin, other, &tries, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_WRONG_PIN);
  g_clear_error (&error);
  g_assert_false (vault_release (f->vault, l->chief, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
  g_clear_error (&error);
  g_free (add_ok (f, l->chief, CLERK, VAULT_CLERK, CLERK_PIN));
  clerk = login_as (f, CLERK, CLERK_PIN, NULL);
  assert_term_refused (f, clerk, l->later, FALSE, CUSTODY_ERROR_NOT_YOUR_ROLE);
  assert_works (f, l->person, FALSE);
  /* the client's own PIN, changed by the client */
  g_assert_true (vault_change_pin (f->vault, client, pin, other, &tries, NULL));
  assert_works (f, l->person, FALSE);
  set_term (f, client, l->soon);
  assert_works (f, l->person, TRUE);
}

static void
test_release (Lent *l, gconstpointer data)
{
  Fixture *f = &l->base;
  g_autoptr (VaultAdmin) client = add_client (f, l->chief), second = NULL;
  g_autoptr (GError) error = NULL;

  set_term (f, l->chief, l->yesterday);
  g_assert_true (vault_release (f->vault, client, NULL));
  assert_last_entry (f, client->id, "client-released", NULL);
  assert_term_refused (f, client, l->later, FALSE, CUSTODY_ERROR_NOT_YOUR_ROLE);
  /* one at a time still */
  g_assert_null (add (f, l->chief, "見本 別人", VAULT_CLIENT, "betsu-8261", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_CLIENTS_ONLY);
  set_term (f, l->chief, l->soon);
  g_assert_true (vault_remove_admin (f->vault, l->chief, client->id, NULL));
  assert_works (f, l->person, TRUE);
  /* who comes after them decides as they did */
  second = add_client (f, l->chief);
  assert_term_refused (f, l->chief, l->later, FALSE, CUSTODY_ERROR_CLIENTS_ONLY);
  set_term (f, second, l->later);
}

/* --- the clock ------------------------------------------------------------------------------------------------------- */

static void
assert_behind (Fixture *f, int days)
{
  gint64 behind_s = get_status (f).clock_behind_s;

  g_assert_cmpint (behind_s, >, days * DAY_S - 600);
  g_assert_cmpint (behind_s, <, days * DAY_S + 600);
}

/* A term that was over stays over, in the running daemon and in the next one. */
static void
test_set_back (Lent *l, gconstpointer data)
{
  Fixture *f = &l->base;
  g_autoptr (VaultAdmin) client = add_client (f, l->chief);

  set_term (f, l->chief, l->soon);
  clock_set_s = 8 * DAY_S;
  assert_works (f, l->person, FALSE);
  g_assert_cmpint (get_status (f).clock_behind_s, ==, 0);
  g_assert_true (vault_note_throttle (f->vault, NULL));
  clock_set_s = -20 * DAY_S;
  assert_works (f, l->person, FALSE);
  assert_behind (f, 28);
  reopen (f);
  assert_works (f, l->person, FALSE);
  assert_behind (f, 28);
  assert_last_entry (f, "system", "clock-set-back", NULL);
  /* nor by doing things in the past, nor with a checkpoint made there; and it is named once for each checkpoint */
  for (guint i = 0; i < 40; i++)
    g_assert_true (vault_note_throttle (f->vault, NULL));
  reopen (f);
  assert_works (f, l->person, FALSE);
  g_assert_true (vault_checkpoint (f->vault, NULL));
  reopen (f);
  assert_works (f, l->person, FALSE);
  assert_behind (f, 28);
  /* once it is right again nobody needs to do anything */
  clock_set_s = 8 * DAY_S + 60;
  g_assert_cmpint (get_status (f).clock_behind_s, ==, 0);
  set_term (f, client, l->later);
  assert_works (f, l->person, TRUE);
}

/* A clock that ran far ahead for a while: whoever decides about the term puts it right. */
static void
test_ran_ahead (Lent *l, gconstpointer data)
{
  Fixture *f = &l->base;
  g_autoptr (VaultAdmin) client = add_client (f, l->chief);

  set_term (f, l->chief, l->soon);
  clock_set_s = (gint64) 7000 * DAY_S;
  g_assert_true (vault_note_throttle (f->vault, NULL));
  clock_set_s = 0;
  reopen (f);
  assert_works (f, l->person, FALSE);
  assert_behind (f, 7000);
  assert_term_refused (f, l->chief, l->today, TRUE, CUSTODY_ERROR_CLIENTS_ONLY);
  /* an extension alone does not say that the clock is right */
  set_term (f, client, l->later);
  assert_works (f, l->person, FALSE);
  g_assert_true (try_term (f, client, l->soon, TRUE, NULL));
  g_assert_cmpint (get_status (f).clock_behind_s, ==, 0);
  assert_works (f, l->person, TRUE);
  reopen (f);
  assert_works (f, l->person, TRUE);
  g_assert_cmpint (get_status (f).clock_behind_s, ==, 0);
  /* which is not for ever */
  clock_set_s = 6 * DAY_S;
  assert_works (f, l->person, FALSE);
  clock_set_s = 0;
  assert_works (f, l->person, FALSE);
  clock_set_s = 6 * DAY_S;
  g_assert_true (vault_note_throttle (f->vault, NULL));
  clock_set_s = 0;
  reopen (f);
  assert_works (f, l->person, FALSE);
}

static void
test_ran_ahead_without_client (Lent *l, gconstpointer data)
{
  Fixture *f = &l->base;
  guint64 before;

  set_term (f, l->chief, l->soon);
  clock_set_s = 700 * DAY_S;
  g_assert_true (vault_note_throttle (f->vault, NULL));
  clock_set_s = 0;
  assert_works (f, l->person, FALSE);
  before = get_status (f).record_entries;
  g_assert_true (try_term (f, l->chief, l->soon, TRUE, NULL));
  assert_works (f, l->person, TRUE);
  {
    Recorded first = { NULL, NULL, NULL, NULL };

    g_assert_true (vault_list_log (f->vault, before + 1, before + 1, 1, keep_entry, &first, NULL));
    g_assert_cmpstr (first.action, ==, "clock-accepted");
    g_assert_true (g_str_has_prefix (first.detail, "seconds=604"));
    recorded_clear (&first);
  }
}

/* A machine's clock that is kept back while the machine is at work: the TPM's goes on. */
static void
test_tpm_counts (Lent *l, gconstpointer data)
{
  Fixture *f = &l->base;
  g_autoptr (Secret) key = NULL;
  g_autoptr (Keys) keys = NULL;
  KeysClock clock;

  set_term (f, l->chief, l->soon);
  assert_works (f, l->person, TRUE);
  close_vault (f);
  keys = keys_open (f->folder, NULL, &key, NULL);
  g_assert_true (keys_clock_read (keys, &clock, NULL));
  g_assert_cmpuint (Esys_ClockSet (keys->tpm->esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                                   clock.ms + (guint64) 10 * DAY_S * 1000),
                    ==, TSS2_RC_SUCCESS);
  g_clear_pointer (&keys, keys_free);
  f->vault = vault_new (f->folder, NULL);
  assert_behind (f, 8);
  assert_works (f, l->person, FALSE);
  assert_last_entry (f, "system", "clock-set-back", NULL);
  reopen (f);
  assert_works (f, l->person, FALSE);
  /* and the clock of a TPM that somebody moved on can be put right, too */
  vault_admin_free (l->chief);
  l->chief = login (f);
  g_assert_true (try_term (f, l->chief, l->soon, TRUE, NULL));
  reopen (f);
  assert_works (f, l->person, TRUE);
}

/* Without a term nobody asks which day it is. */
static void
test_no_term (Lent *l, gconstpointer data)
{
  Fixture *f = &l->base;

  clock_set_s = 700 * DAY_S;
  g_assert_true (vault_note_throttle (f->vault, NULL));
  clock_set_s = 0;
  reopen (f);
  g_assert_cmpint (get_status (f).clock_behind_s, ==, 0);
  assert_works (f, l->person, TRUE);
}

/* --- tampering ------------------------------------------------------------------------------------------------------- */

/* A term that was altered past the record is not believed, and found. */
static void
test_tampered (Lent *l, gconstpointer data)
{
  Fixture *f = &l->base;
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError) error = NULL;

  set_term (f, l->chief, l->yesterday);
  with_database (f, data);
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
  g_assert_null (collect (f, l->person, NUMBER, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
  findings = vault_verify (f->vault, NULL);
  assert_findings (findings, "settings");
}

/* A mark of the clock that was altered is found, and the vault sealed. */
static void
test_tampered_mark (Lent *l, gconstpointer data)
{
  Fixture *f = &l->base;
  g_autoptr (GPtrArray) findings = NULL;

  set_term (f, l->chief, l->soon);
  with_database (f, "UPDATE meta SET value = '1:1:0:0:0:0' WHERE key = 'clock-mark'");
  f->vault = vault_new (f->folder, NULL);
  findings = vault_verify (f->vault, NULL);
  assert_findings (findings, "settings");
  assert_sealed (f, "Tampered");
}

/* A vault from before there were clients: its table of admins is made anew, under the tokens that refer to it and with its seals. */
static void
test_older_vault (Lent *l, gconstpointer data)
{
  Fixture *f = &l->base;
  g_autoptr (VaultAdmin) client = NULL;
  g_autoptr (GPtrArray) findings = NULL, tokens = NULL;

  g_free (add_ok (f, l->chief, CLERK, VAULT_CLERK, CLERK_PIN));
  with_database_on_record (f, "INSERT INTO tokens (id, admin, label, added, point) SELECT 'x', id, 'y', created, "
                              "x'6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
                              "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5' FROM admins LIMIT 1");
  with_database_on_record (f, "UPDATE numbers SET digest = NULL");
  with_database (f, "PRAGMA foreign_keys = OFF; CREATE TABLE old AS SELECT * FROM admins; DROP TABLE admins;"
                    "CREATE TABLE admins (id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL CHECK (role IN "
                    "('chief', 'clerk', 'auditor')), created TEXT NOT NULL, removed TEXT) STRICT;"
                    "INSERT INTO admins SELECT id, name, role, created, removed FROM old; DROP TABLE old;"
                    "CREATE UNIQUE INDEX admins_by_name ON admins (name) WHERE removed IS NULL;"
                    "DROP INDEX numbers_by_digest; ALTER TABLE numbers DROP COLUMN digest; DROP TABLE formats; DROP "
                    "TABLE last_import; DROP TABLE last_import_parts; ALTER TABLE people DROP COLUMN joined_on; ALTER "
                    "TABLE people DROP COLUMN employment; ALTER TABLE people DROP COLUMN pension; PRAGMA "
                    "user_version = 9");
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
  findings = vault_verify (f->vault, NULL);
  assert_findings (findings, NULL);
  g_assert_cmpuint (count_admins (f), ==, 2);
  tokens = vault_list_tokens (f->vault, l->chief->id, NULL);
  g_assert_cmpuint (tokens->len, ==, 1);
  vault_admin_free (l->chief);
  l->chief = login_as (f, CHIEF, PIN, NULL);
  client = add_client (f, l->chief);
  g_assert_nonnull (client);
}

int
main (int argc, char **argv)
{
  g_setenv ("TSS2_LOG", "all+none", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  g_test_add_func ("/term/days", test_days);
  g_test_add_func ("/term/day-of-place", test_day_of_place);
  g_test_add_func ("/term/mark", test_mark);
#define ADD(path, func, data) g_test_add (path, Lent, data, set_up_lent, func, tear_down_lent)
  ADD ("/term/over/each-verb", test_each_verb, NULL);
  ADD ("/term/over/last-day", test_last_day, NULL);
  ADD ("/term/bad-days", test_bad_days, NULL);
  ADD ("/term/client/extends", test_client, NULL);
  ADD ("/term/client/chief-cannot-get-round", test_chief_cannot_get_round, NULL);
  ADD ("/term/client/release", test_release, NULL);
  ADD ("/term/clock/set-back", test_set_back, NULL);
  ADD ("/term/clock/ran-ahead", test_ran_ahead, NULL);
  ADD ("/term/clock/ran-ahead-without-client", test_ran_ahead_without_client, NULL);
  ADD ("/term/clock/tpm-counts", test_tpm_counts, NULL);
  ADD ("/term/clock/no-term", test_no_term, NULL);
  ADD ("/term/older-vault", test_older_vault, NULL);
  ADD ("/term/tampered/edited", test_tampered, "UPDATE meta SET value = '2999-12-31' WHERE key = 'term'");
  ADD ("/term/tampered/removed", test_tampered, "DELETE FROM meta WHERE key = 'term'");
  ADD ("/term/tampered/mark", test_tampered_mark, NULL);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vault: how long numbers are kept, disposing of them, and the certificates of it. */
#include "admins-fixture.h"

#include <sys/wait.h>

#include "backups.h"
#include "certificate.h"
#include "cut-off.h"
#include "place.h"
#include "vault-backup.h"
#include "vault-dispose.h"

#define GONE "923456789014"

static gboolean
dispose_of (Fixture *f, VaultAdmin *by, const char *person, const char *reason, gboolean erase,
            VaultDisposalReport *ret_report, GError **error)
{
  const char *const people[] = { person, NULL };
  const VaultDisposal disposal = { .people = person != NULL ? people : NULL, .reason = reason, .erase_people = erase };

  return vault_dispose (f->vault, by, &disposal, ret_report, error);
}

static gboolean
has_left (Fixture *f, const char *person, const char *date)
{
  return vault_set_left (f->vault, "system", person, date, NULL);
}

static char *
person_id (Fixture *f, const char *code)
{
  g_autoptr (GPtrArray) people = vault_list_people (f->vault, NULL);

  for (guint i = 0; i < people->len; i++)
    {
      const Person *person = g_ptr_array_index (people, i);

      if (g_str_equal (person->code, code))
        return g_strdup (person->id);
    }
  return NULL;
}

/* A vault with two chiefs' worth of rights in one, a number that stays and one whose person left long ago. */
static void
set_up_left (Fixture *f, gconstpointer data)
{
  g_autofree char *stays = NULL, *left = NULL, *record = NULL, *other = NULL;
  g_autoptr (VaultAdmin) chief = NULL;

  set_up (f, data);
  stays = add_person (f, "employee", "0001", NAME, "");
  left = add_person (f, "employee", "0002", "見本 退職", "");
  record = collect_ok (f, stays, NUMBER);
  other = collect_ok (f, left, GONE);
  chief = login (f);
  g_free (add_ok (f, chief, CLERK, VAULT_CLERK, CLERK_PIN));
  g_assert_true (vault_approve (f->vault, chief->id, record, "", NULL));
  g_assert_true (has_left (f, left, "2010-03-31"));
}

static void
assert_number_opens (Fixture *f, const VaultAdmin *admin)
{
  VaultExport options = { .format = "keyed-csv", .purpose = "tax", .destination = "x", .kind = "all", .plain = TRUE };
  g_autoptr (GError) error = NULL;
  g_autofree char *content = export_text (f, admin, &options, &error);

  g_assert_no_error (error);
  g_assert_nonnull (strstr (content, NUMBER));
  g_assert_null (strstr (content, GONE));
}

static void
assert_whole (Fixture *f)
{
  g_autoptr (GPtrArray) findings = vault_verify (f->vault, NULL);

  assert_findings (findings, NULL);
}

static Certificate *
check_certificate (Fixture *f, const char *text, GError **error)
{
  g_autofree char *pem = vault_dup_record_key (f->vault, NULL);
  guint8 key[ATTESTATION_KEY_BYTES];

  g_assert_true (attestation_key_from_pem (pem, strlen (pem), key));
  return certificate_check (text, strlen (text), key, NULL, NULL, error);
}

/* --- retention ------------------------------------------------------------------------------------------------------- */

static void
test_rule_dates (void)
{
  static const struct
  {
    const char *anchor, *left, *due;
    guint years;
  } cases[] = {
    { "leaving", "2020-03-31", "2022-04-01", 2 },
    { "leaving", "2024-02-29", "2025-03-01", 1 },
    { "leaving", "2024-02-28", "2028-02-29", 4 },
    { "year-end", "2020-03-31", "2028-01-01", 7 },
    { "year-end", "2020-12-31", "2028-01-01", 7 },
    { "january-10", "2020-03-31", "2028-01-11", 7 },
    { "january-10", "2019-12-31", "2027-01-11", 7 },
    { "leaving", "2020-03-31", "2020-04-01", 0 },
    { "leaving", "", NULL, 1 },
    { "leaving", "2020-02-30", NULL, 1 },
    { "never", "2020-03-31", NULL, 1 },
    { "leaving", "2020-3-31", NULL, 1 },
    { "leaving", "9999-12-31", NULL, 1 },
    { "leaving", "2020-03-31", NULL, 51 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char anchor[32];
      const RetentionRule rule = { .anchor = anchor, .years = cases[i].years };
      char due[11] = "";

      g_strlcpy (anchor, cases[i].anchor, sizeof anchor);
      g_assert_cmpint (retention_due (&rule, cases[i].left, due), ==, cases[i].due != NULL);
      g_assert_cmpstr (due, ==, cases[i].due != NULL ? cases[i].due : "");
    }
}

static void
test_kept_for_the_longest_purpose (Fixture *f, gconstpointer data)
{
  g_autofree char *left = person_id (f, "0002");
  g_autoptr (GPtrArray) list = vault_list_due (f->vault, NULL, "", NULL);
  const VaultDue *due = g_ptr_array_index (list, 0);

  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpstr (due->person->id, ==, left);
  /* tax, 7 years from 10 January 2011; social insurance would have let it go in 2012 */
  g_assert_cmpstr (due->due, ==, "2018-01-11");
  g_assert_cmpstr (due->rule, ==, "tax:january-10:7");
  g_assert_true (due->is_due);
  g_assert_cmpuint (get_status (f).disposal_due, ==, 1);
  g_clear_pointer (&list, g_ptr_array_unref);
  /* who is still there, and who left the other day, has nothing to do with it */
  g_assert_true (has_left (f, left, ""));
  g_assert_cmpuint (get_status (f).disposal_due, ==, 0);
  g_assert_true (has_left (f, left, "2099-03-31"));
  g_assert_cmpuint (get_status (f).disposal_due, ==, 0);
  list = vault_list_due (f->vault, NULL, "2107-01-10", NULL);
  g_assert_cmpuint (list->len, ==, 0);
  g_clear_pointer (&list, g_ptr_array_unref);
  list = vault_list_due (f->vault, NULL, "2107-01-11", NULL);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_false (((const VaultDue *) g_ptr_array_index (list, 0))->is_due);
}

static void
test_rules_are_the_chiefs (Fixture *f, gconstpointer data)
{
  char tax[] = "tax", leaving[] = "leaving", wrong[] = "weddings", never[] = "never";
  const RetentionRule longer = { tax, leaving, 50 }, unknown = { wrong, leaving, 1 }, odd = { tax, never, 1 },
                      too_long = { tax, leaving, 51 };
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL), clerk = login_as (f, CLERK, CLERK_PIN, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (vault_set_retention (f->vault, clerk, &longer, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
  g_clear_error (&error);
  g_assert_false (vault_set_retention (f->vault, chief, &unknown, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
  g_assert_false (vault_set_retention (f->vault, chief, &odd, NULL));
  g_assert_false (vault_set_retention (f->vault, chief, &too_long, NULL));
  g_assert_cmpuint (get_status (f).disposal_due, ==, 1);
  g_clear_error (&error);
  g_assert_null (vault_try_retention (f->vault, clerk, &longer, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
  g_assert_null (vault_try_retention (f->vault, chief, &unknown, NULL));
  g_assert_null (vault_try_retention (f->vault, chief, &too_long, NULL));
  g_assert_true (vault_set_retention (f->vault, chief, &longer, NULL));
  assert_last_entry (f, chief->id, "retention-changed", "anchor=leaving\nyears=50");
  g_assert_cmpuint (get_status (f).disposal_due, ==, 0);
}

/* What another rule would do is known before it is one, and changes nothing: neither the rule, nor the record. */
static void
test_rule_is_tried (Fixture *f, gconstpointer data)
{
  char tax[] = "tax", leaving[] = "leaving", year_end[] = "year-end";
  const RetentionRule longer = { tax, leaving, 50 }, same = { tax, year_end, 7 };
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL);
  g_autoptr (GPtrArray) kept = NULL, due = NULL, rules = NULL;
  const guint64 entries = get_status (f).record_entries;

  kept = vault_try_retention (f->vault, chief, &longer, NULL);
  g_assert_nonnull (kept);
  g_assert_cmpuint (kept->len, ==, 0);
  due = vault_try_retention (f->vault, chief, &same, NULL);
  g_assert_cmpuint (due->len, ==, 1);
  g_assert_cmpstr (((const VaultDue *) g_ptr_array_index (due, 0))->rule, ==, "tax:year-end:7");
  g_assert_cmpuint (get_status (f).disposal_due, ==, 1);
  g_assert_cmpuint (get_status (f).record_entries, ==, entries);
  rules = vault_list_retention (f->vault, NULL);
  for (guint i = 0; i < rules->len; i++)
    {
      const RetentionRule *rule = g_ptr_array_index (rules, i);

      if (g_str_equal (rule->purpose, tax))
        g_assert_cmpstr (rule->anchor, ==, "january-10");
    }
}

/* Whoever has a purpose for which there is no rule is kept. */
static void
test_no_rule_is_for_ever (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) list = NULL;

  with_database (f, "DELETE FROM retention WHERE purpose = 'social-insurance'");
  f->vault = vault_new (f->folder, NULL);
  list = vault_list_due (f->vault, NULL, "9999-01-01", NULL);
  g_assert_cmpuint (list->len, ==, 0);
}

/* An empty cell leaves the day that is there. */
static void
test_roster_says_who_left (Fixture *f, gconstpointer data)
{
  g_autofree char *stays = person_id (f, "0001");
  g_autoptr (VaultImport) first =
      import (f, "社員番号,氏名,生年月日,退職日\n0001,見本 太郎,1980-01-02,平成22年3月31日\n", FALSE);
  g_autoptr (VaultImport) second = import (f, "社員番号,氏名,生年月日,退職日\n0001,見本 太郎,1980-01-02,\n", FALSE);
  g_autoptr (VaultImport) wrong =
      import (f, "社員番号,氏名,生年月日,退職日\n0001,見本 太郎,1980-01-02,1979-01-01\n", FALSE);
  g_autoptr (Person) person = vault_get_person (f->vault, stays, NULL);

  g_assert_cmpuint (first->changed, ==, 1);
  g_assert_cmpuint (second->unchanged, ==, 1);
  g_assert_cmpuint (wrong->roster->mistakes->len, ==, 1);
  g_assert_cmpint (g_array_index (wrong->roster->mistakes, RosterMistake, 0).what, ==, ROSTER_BAD_LEAVING_DATE);
  g_assert_cmpstr (person->left, ==, "2010-03-31");
  g_assert_cmpuint (get_status (f).disposal_due, ==, 2);
}

static void
test_family_goes_with_the_employee (Fixture *f, gconstpointer data)
{
  static const char *const purposes[] = { "social-insurance", NULL };
  g_autofree char *left = person_id (f, "0002");
  g_autofree char *child = add_person (f, "dependant", "", "見本 子", left);
  g_autofree char *record = collect_for (f, child, "123456789018", purposes, NULL);
  g_autoptr (GPtrArray) list = vault_list_due (f->vault, NULL, "", NULL);
  const VaultDue *first = g_ptr_array_index (list, 0);

  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpstr (first->person->id, ==, child);
  g_assert_cmpstr (first->left, ==, "2010-03-31");
  g_assert_cmpstr (first->due, ==, "2012-04-01");
}

/* --- disposal -------------------------------------------------------------------------------------------------------- */

static void
test_disposal (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL), again = NULL;
  g_autofree char *left = person_id (f, "0002"), *text = NULL;
  g_autoptr (Certificate) certificate = NULL;
  g_autoptr (Person) person = NULL;
  g_autoptr (GError) error = NULL;
  const CertificateItem *item;
  VaultDisposalReport report;

  g_assert_true (dispose_of (f, chief, NULL, "retention-over", TRUE, &report, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (report.numbers, ==, 1);
  g_assert_cmpuint (report.erased, ==, 1);
  g_assert_cmpuint (report.left_over, ==, 0);
  g_assert_true (report.certified);
  assert_last_entry (f, "system", "certificate-made", NULL);
  person = vault_get_person (f->vault, left, NULL);
  g_assert_cmpstr (person->state, ==, "disposed");
  g_assert_cmpstr (person->record, ==, "");
  g_assert_cmpstr (person->name, ==, "");
  g_assert_cmpstr (person->birth_date, ==, "");
  g_assert_cmpstr (person->code, ==, "0002");
  text = vault_dup_certificate (f->vault, report.id, &error);
  g_assert_no_error (error);
  certificate = check_certificate (f, text, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (certificate->company, ==, "見本商事");
  g_assert_cmpstr (certificate->admin_name, ==, CHIEF);
  g_assert_cmpstr (certificate->provider, ==, "swtpm");
  g_assert_cmpuint (certificate->n_numbers, ==, 1);
  g_assert_cmpuint (certificate->rules->len, ==, 5);
  item = g_ptr_array_index (certificate->items, 0);
  g_assert_cmpstr (item->person, ==, left);
  g_assert_cmpstr (item->code, ==, "0002");
  g_assert_cmpstr (item->due, ==, "2018-01-11");
  g_assert_true (item->erased);
  g_assert_null (strstr (text, GONE));
  g_assert_null (strstr (text, "退職"));
  for (guint pass = 0; pass < 2; pass++)
    {
      assert_whole (f);
      g_assert_cmpuint (get_status (f).disposal_due, ==, 0);
      assert_number_opens (f, pass == 0 ? chief : again);
      reopen (f);
      assert_open (f);
      again = pass == 0 ? login_as (f, CHIEF, PIN, NULL) : g_steal_pointer (&again);
    }
  /* once more there is nothing to do */
  g_assert_false (dispose_of (f, again, NULL, "retention-over", FALSE, &report, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_DUE);
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL), clerk = login_as (f, CLERK, CLERK_PIN, NULL);
  g_autofree char *stays = person_id (f, "0001");
  g_autofree char *nobody = add_person (f, "employee", "0009", "見本 無番号", "");
  VaultDisposalReport report;

  const struct
  {
    VaultAdmin *by;
    const char *person, *reason;
    CustodyError error;
  } cases[] = {
    { clerk, NULL, "retention-over", CUSTODY_ERROR_NOT_YOUR_ROLE },
    { chief, stays, "retention-over", CUSTODY_ERROR_NOT_DUE },
    { chief, nobody, "not-needed", CUSTODY_ERROR_NO_SUCH_RECORD },
    { chief, "nobody", "not-needed", CUSTODY_ERROR_NO_SUCH_PERSON },
    { chief, stays, "boredom", CUSTODY_ERROR_USAGE },
    { chief, NULL, "not-needed", CUSTODY_ERROR_USAGE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (dispose_of (f, cases[i].by, cases[i].person, cases[i].reason, TRUE, &report, &error));
      g_assert_error (error, CUSTODY_ERROR, (int) cases[i].error);
      assert_last_entry (f, cases[i].by->id, "dispose-refused", NULL);
    }
  assert_person_state (f, stays, "approved");
}

/* Somebody who is still there keeps their name, whatever was asked; so does an employee of whose family a number is kept. */
static void
test_erasing_has_limits (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL);
  g_autofree char *stays = person_id (f, "0001"), *left = person_id (f, "0002");
  g_autofree char *child = add_person (f, "dependant", "", "見本 子", left);
  g_autofree char *record = collect_ok (f, child, NUMBER);
  const char *const people[] = { stays, left, NULL };
  const VaultDisposal disposal = { .people = people, .reason = "requested", .erase_people = TRUE };
  g_autoptr (Person) first = NULL, second = NULL;
  VaultDisposalReport report;

  g_assert_true (vault_dispose (f->vault, chief, &disposal, &report, NULL));
  g_assert_cmpuint (report.numbers, ==, 2);
  g_assert_cmpuint (report.erased, ==, 0);
  first = vault_get_person (f->vault, stays, NULL);
  second = vault_get_person (f->vault, left, NULL);
  g_assert_cmpstr (first->name, ==, NAME);
  g_assert_cmpstr (second->name, !=, "");
  assert_person_state (f, child, "collected");
}

static void
test_preview_changes_nothing (Fixture *f, gconstpointer data)
{
  const VaultDisposal disposal = { .reason = "retention-over" };
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL);
  guint64 n_entries = get_status (f).record_entries;
  VaultDisposalReport report;
  g_autoptr (GPtrArray) list = vault_preview_disposal (f->vault, chief, &disposal, &report, NULL);

  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpuint (report.numbers, ==, 1);
  g_assert_cmpuint (get_status (f).record_entries, ==, n_entries);
  g_assert_cmpuint (get_status (f).disposal_due, ==, 1);
}

/* A copy of the folder from before the disposal, put back on this very machine, with every PIN known. */
static void
test_old_folder_is_dead (Fixture *f, gconstpointer data)
{
  g_autofree char *kept = test_folder_new (), *swtpm = g_build_filename (f->folder, KEYS_SWTPM_FOLDER, NULL);
  const KeysPlaces places = { .swtpm_folder = swtpm };
  g_autoptr (VaultAdmin) chief = NULL;
  VaultDisposalReport report;

  close_vault (f);
  test_file_copy (f->folder, kept, KEYS_FILE);
  test_file_copy (f->folder, kept, STORE_FILE);
  f->vault = vault_new (f->folder, NULL);
  chief = login_as (f, CHIEF, PIN, NULL);
  g_assert_true (dispose_of (f, chief, NULL, "retention-over", FALSE, &report, NULL));
  close_vault (f);
  f->vault = vault_new (kept, &places);
  assert_sealed (f, "RolledBack");
  close_vault (f);
  /* with the database put back alone: it has another key */
  test_file_copy (kept, f->folder, STORE_FILE);
  f->vault = vault_new (f->folder, NULL);
  assert_sealed (f, "StoreDamaged");
  test_folder_remove (kept);
}

/* --- certificates ---------------------------------------------------------------------------------------------------- */

static void
test_every_byte_counts (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL);
  g_autofree char *text = NULL, *pem = vault_dup_record_key (f->vault, NULL);
  guint8 key[ATTESTATION_KEY_BYTES];
  VaultDisposalReport report;
  gsize n_bytes;

  g_assert_true (dispose_of (f, chief, NULL, "retention-over", FALSE, &report, NULL));
  text = vault_dup_certificate (f->vault, report.id, NULL);
  n_bytes = strlen (text);
  g_assert_true (attestation_key_from_pem (pem, strlen (pem), key));
  for (gsize i = 0; i < n_bytes; i++)
    for (guint bit = 1; bit < 256; bit <<= g_test_slow () ? 1 : 3)
      {
        g_autoptr (Certificate) certificate = NULL;
        g_autoptr (GError) error = NULL;

        text[i] ^= (char) bit;
        certificate = certificate_check (text, n_bytes, key, NULL, NULL, &error);
        g_assert_null (certificate);
        g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
        text[i] ^= (char) bit;
      }
  for (gsize n = 0; n < n_bytes; n++)
    g_assert_null (certificate_check (text, n, key, NULL, NULL, NULL));
  key[3] ^= 1;
  g_assert_null (certificate_check (text, n_bytes, key, NULL, NULL, NULL));
  key[3] ^= 1;
  {
    g_autoptr (Certificate) whole = certificate_check (text, n_bytes, key, NULL, NULL, NULL);

    g_assert_nonnull (whole);
  }
}

/* Killed between the epoch and the certificate: the next start makes it, and it says that it was the epoch of then. */
static void
test_certificate_follows (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL);
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (Certificate) first = NULL, second = NULL;
  g_autofree char *text = NULL, *made_later = NULL, *sql = NULL;
  const char *mark;
  VaultDisposalReport report;

  g_assert_true (dispose_of (f, chief, NULL, "retention-over", FALSE, &report, NULL));
  text = vault_dup_certificate (f->vault, report.id, NULL);
  mark = strstr (text, "attestation\t");
  sql = g_strdup_printf (
      "UPDATE disposals SET certified = 0, text = substr (text, 1, instr (text, 'attestation%c') - 1)", '\t');
  g_assert_nonnull (mark);
  with_database_on_record (f, sql);
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
  list = vault_list_disposals (f->vault, NULL);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_true (((const Disposal *) g_ptr_array_index (list, 0))->certified);
  made_later = vault_dup_certificate (f->vault, report.id, NULL);
  g_assert_cmpint (strncmp (text, made_later, (gsize) (mark - text)), ==, 0);
  second = check_certificate (f, made_later, NULL);
  g_assert_nonnull (second);
  assert_whole (f);
}

/* --- backups --------------------------------------------------------------------------------------------------------- */

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += !g_str_equal (name, PLACE_MARKER);
  return n;
}

static char *
backup_path (Fixture *f, const char *place)
{
  g_autoptr (GPtrArray) backups = vault_backup_list (f->vault, NULL);
  g_autofree char *name =
      vault_backup_dup_name (f->vault, ((const Backup *) g_ptr_array_index (backups, 0))->generation);

  return g_build_filename (place, name, NULL);
}

/* Each place that is there has one backup from after the disposal; one that is not is named; and an old one, kept somewhere, brings
 * no number back: its key is gone. */
static void
test_backups (Fixture *f, gconstpointer data)
{
  g_autofree char *here = test_folder_new (), *away = test_folder_new (), *moved = g_strconcat (away, "-gone", NULL),
                  *kept = test_folder_new (), *old = NULL, *text = NULL, *here_id = NULL, *away_id = NULL;
  g_autofree char *kept_path = g_build_filename (kept, "backup", NULL);
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL);
  g_autoptr (GPtrArray) outcomes = NULL;
  g_autoptr (Certificate) certificate = NULL;
  g_autoptr (RestoreReport) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  const CertificateBackup *first, *second;
  VaultDisposalReport disposal;
  gsize size;
  int fd;

  here_id = vault_backup_add_place (f->vault, chief, here, VAULT_BACKUP_KEEP_DAYS, &error);
  g_assert_no_error (error);
  away_id = vault_backup_add_place (f->vault, chief, away, VAULT_BACKUP_KEEP_DAYS, &error);
  g_assert_no_error (error);
  outcomes = vault_backup (f->vault, chief->id, FALSE, &error);
  g_assert_no_error (error);
  old = backup_path (f, here);
  g_assert_true (g_file_get_contents (old, &content, &size, NULL));
  g_assert_true (g_file_set_contents (kept_path, content, (gssize) size, NULL));
  g_assert_cmpint (g_rename (away, moved), ==, 0);
  g_assert_true (dispose_of (f, chief, NULL, "retention-over", FALSE, &disposal, &error));
  g_assert_no_error (error);
  g_assert_true (disposal.certified);
  text = vault_dup_certificate (f->vault, disposal.id, NULL);
  certificate = check_certificate (f, text, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (certificate->backups->len, ==, 2);
  first = g_ptr_array_index (certificate->backups, 0);
  second = g_ptr_array_index (certificate->backups, 1);
  if (!g_str_equal (first->name, here))
    {
      const CertificateBackup *other = first;

      first = second;
      second = other;
    }
  g_assert_cmpstr (first->name, ==, here);
  g_assert_cmpstr (first->what, ==, "rewritten");
  g_assert_cmpstr (second->name, ==, away);
  g_assert_cmpstr (second->what, ==, "unreached");
  g_assert_cmpuint (count_files (here), ==, 1);
  fd = open (kept_path, O_RDONLY | O_CLOEXEC);
  report = vault_restore (f->vault, chief, fd, "", &error);
  close (fd);
  g_assert_null (report);
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_FOREIGN);
  g_clear_error (&error);
  assert_number_opens (f, chief);
  /* the one from after it can be restored from, and holds what stays alone */
  {
    g_autofree char *now = backup_path (f, here);

    fd = open (now, O_RDONLY | O_CLOEXEC);
    report = vault_restore (f->vault, chief, fd, "", &error);
    close (fd);
    g_assert_no_error (error);
    g_assert_cmpuint (report->numbers_back, ==, 0);
  }
  test_folder_remove (here);
  test_folder_remove (moved);
  test_folder_remove (kept);
}

/* What an enrolled machine was sent is out of reach. */
static void
test_machine_is_named (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  VaultDisposalReport report;

  with_database (
      f, "INSERT INTO machines (id, name, company, provider, role, enrolled, attest, transport, escrow_public, "
         "escrow) VALUES ('00000000-0000-4000-8000-000000000001', '予備PC', '見本商事', 'swtpm', 'first', '', "
         "x'00', x'00', x'', x''); "
         "INSERT INTO machines (id, name, company, provider, role, enrolled, removed, attest, transport, "
         "escrow_public, escrow) VALUES ('00000000-0000-4000-8000-000000000002', '旧予備PC', '見本商事', 'swtpm', "
         "'first', '', '2026-01-01', x'00', x'00', x'', x'')");
  f->vault = vault_new (f->folder, NULL);
  chief = login_as (f, CHIEF, PIN, NULL);
  g_assert_true (dispose_of (f, chief, NULL, "retention-over", FALSE, &report, &error));
  g_assert_no_error (error);
  text = vault_dup_certificate (f->vault, report.id, NULL);
  g_assert_nonnull (strstr (text, "\nbackup\tunreached\tmachine: 予備PC\n"));
  g_assert_nonnull (strstr (text, "\nbackup\tunreached\tremoved machine: 旧予備PC\n"));
}

/* --- cut off at each step -------------------------------------------------------------------------------------------- */

/* The disposal happened or it did not, whole; the number that stays opens; and where it happened there is a certificate. */
static gboolean
assert_one_or_other (Fixture *f)
{
  g_autoptr (VaultAdmin) chief = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autofree char *left = NULL;
  g_autoptr (Person) person = NULL;
  gboolean done;

  assert_open (f);
  assert_whole (f);
  chief = login_as (f, CHIEF, PIN, NULL);
  left = person_id (f, "0002");
  person = vault_get_person (f->vault, left, NULL);
  list = vault_list_disposals (f->vault, NULL);
  done = g_str_equal (person->state, "disposed");
  g_assert_cmpuint (list->len, ==, done);
  g_assert_cmpint (person->record[0] == '\0', ==, done);
  g_assert_cmpuint (get_status (f).disposal_due, ==, !done);
  assert_number_opens (f, chief);
  if (done)
    {
      const Disposal *row = g_ptr_array_index (list, 0);
      g_autofree char *text = vault_dup_certificate (f->vault, row->id, NULL);
      g_autoptr (Certificate) certificate = check_certificate (f, text, NULL);

      g_assert_true (row->certified);
      g_assert_nonnull (certificate);
    }
  return done;
}

typedef struct
{
  int how, what;
  guint step; /* every so many calls; with -m slow every one */
} Cut;

static const Cut killed = { DIE, SYNC | TPM, 4 }, disk_full = { FAIL, SYNC | WRITE, 9 }, tpm_gone = { FAIL, TPM, 5 };

/* In a process of its own. Exits 0 when it was acknowledged, 1 when it was refused, 2 when it was over before. */
static int
cut_off_in_child (Fixture *f, const Cut *kind, guint at)
{
  g_autoptr (VaultAdmin) chief = NULL;
  VaultDisposalReport report;
  gboolean ok;

  /* A TPM that is gone cannot follow the state counter or certify either, and the vault warns of it. */
  (void) g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  f->vault = vault_new (f->folder, NULL);
  chief = login_as (f, CHIEF, PIN, NULL);
  cut_at = at;
  counted = kind->what;
  armed = kind->how;
  ok = dispose_of (f, chief, NULL, "retention-over", TRUE, &report, NULL);
  armed = PASS;
  vault_free (f->vault);
  return n_calls < at ? 2 : ok ? 0 : 1;
}

static void
test_cut_off (Fixture *f, gconstpointer data)
{
  const Cut *kind = data;
  g_autofree char *kept = test_folder_new ();
  g_autofree char *snapshot = g_build_filename (kept, "vault", NULL);
  guint n_old = 0, n_new = 0, at;

  close_vault (f);
  cut_copy_folder (f->folder, snapshot);
  for (at = 1;; at += g_test_slow () ? 1 : kind->step)
    {
      pid_t child;
      int status;
      gboolean done;

      test_folder_remove (f->folder);
      cut_copy_folder (snapshot, f->folder);
      child = fork ();
      if (child == 0)
        _exit (cut_off_in_child (f, kind, at));
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      if (WIFEXITED (status) && WEXITSTATUS (status) == 2)
        break;
      g_assert_true (kind->how == DIE ? WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL : WIFEXITED (status));
      f->vault = vault_new (f->folder, NULL);
      done = assert_one_or_other (f);
      /* Acknowledged is done, and refused is not, unless the TPM fell silent over the one command that counts: nobody can tell then. */
      if (kind->how == FAIL && (kind->what != TPM || WEXITSTATUS (status) == 0))
        g_assert_cmpint (done, ==, WEXITSTATUS (status) == 0);
      n_new += done;
      n_old += !done;
      close_vault (f);
    }
  g_test_message ("cut off %u times, up to call %u: %u times before, %u times after", n_old + n_new, at - 1, n_old,
                  n_new);
  g_assert_cmpuint (n_old, >=, 3);
  g_assert_cmpuint (n_new, >=, 1);
  f->vault = vault_new (f->folder, NULL);
  test_folder_remove (kept);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  g_test_add_func ("/dispose/rule-dates", test_rule_dates);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up_left, func, tear_down)
  ADD ("/dispose/retention/longest-purpose", test_kept_for_the_longest_purpose);
  ADD ("/dispose/retention/chiefs", test_rules_are_the_chiefs);
  ADD ("/dispose/retention/tried", test_rule_is_tried);
  ADD ("/dispose/retention/no-rule", test_no_rule_is_for_ever);
  ADD ("/dispose/retention/roster", test_roster_says_who_left);
  ADD ("/dispose/retention/family", test_family_goes_with_the_employee);
  ADD ("/dispose/disposal", test_disposal);
  ADD ("/dispose/refusals", test_refusals);
  ADD ("/dispose/erasing-has-limits", test_erasing_has_limits);
  ADD ("/dispose/preview", test_preview_changes_nothing);
  ADD ("/dispose/old-folder-is-dead", test_old_folder_is_dead);
  ADD ("/dispose/certificate/every-byte", test_every_byte_counts);
  ADD ("/dispose/certificate/follows", test_certificate_follows);
  ADD ("/dispose/backups", test_backups);
  ADD ("/dispose/enrolled-machine", test_machine_is_named);
#undef ADD
#define ADD(path, kind) g_test_add (path, Fixture, &kind, set_up_left, test_cut_off, tear_down)
  ADD ("/dispose/cut-off/killed", killed);
  ADD ("/dispose/cut-off/disk-full", disk_full);
  ADD ("/dispose/cut-off/tpm-gone", tpm_gone);
  return g_test_run ();
}

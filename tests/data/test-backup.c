/* SPDX-License-Identifier: Apache-2.0 */
/* vault: backups: made, listed, tried out, and what happens when a place or a file is not as it should be. */
#include "admins-fixture.h"

#include <signal.h>
#include <sys/resource.h>

#include "backups.h"
#include "place.h"
#include "vault-backup.h"

typedef struct
{
  Fixture vault;
  char *place_path, *place;
  VaultAdmin *chief;
} Backed;

static char *
add_place (Backed *b, const char *path, GError **error)
{
  return vault_backup_add_place (b->vault.vault, b->chief, path, VAULT_BACKUP_KEEP_DAYS, error);
}

/* A vault with one number in custody, and a place for its backups. */
static void
set_up_backed (Backed *b, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *person = NULL, *record = NULL;

  set_up (&b->vault, NULL);
  b->place_path = test_folder_new ();
  b->chief = login (&b->vault);
  person = add_person (&b->vault, "employee", "0001", NAME, "");
  record = collect_ok (&b->vault, person, NUMBER);
  b->place = add_place (b, b->place_path, &error);
  g_assert_no_error (error);
}

static void
tear_down_backed (Backed *b, gconstpointer data)
{
  vault_admin_free (b->chief);
  tear_down (&b->vault, NULL);
  if (g_file_test (b->place_path, G_FILE_TEST_IS_DIR))
    test_folder_remove (b->place_path);
  g_free (b->place_path);
  g_free (b->place);
}

static GPtrArray *
back_up (Backed *b)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *outcomes = vault_backup (b->vault.vault, "system", FALSE, &error);

  g_assert_no_error (error);
  return outcomes;
}

static char *
back_up_ok (Backed *b)
{
  g_autoptr (GPtrArray) outcomes = back_up (b);
  const VaultBackupOutcome *outcome = g_ptr_array_index (outcomes, 0);
  g_autofree char *name = vault_backup_dup_name (b->vault.vault, outcome->generation);

  g_assert_cmpuint (outcomes->len, ==, 1);
  g_assert_cmpstr (outcome->reason, ==, NULL);
  return g_build_filename (b->place_path, name, NULL);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
assert_drill (Backed *b, const char *problem)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) findings = vault_backup_drill (b->vault.vault, "system", &error);
  const Finding *finding;

  g_assert_no_error (error);
  g_assert_cmpuint (findings->len, ==, 1);
  finding = g_ptr_array_index (findings, 0);
  g_test_message ("%s", finding->detail);
  g_assert_cmpint (finding->ok, ==, problem == NULL);
  if (problem != NULL)
    g_assert_true (g_str_has_prefix (finding->detail, problem));
}

/* Made, on the record, listed, and found good by a drill; nothing of a person can be read in it. */
static void
test_made (Backed *b, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) backups = NULL;
  const Backup *backup;

  g_assert_cmpstr (vault_backup_get_alarm (b->vault.vault), ==, "none");
  g_assert_true (vault_backup_is_due (b->vault.vault));
  path = back_up_ok (b);
  assert_last_entry (&b->vault, "system", "backup-made", NULL);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  g_assert_true (g_str_has_suffix (path, "-full.azb"));
  g_assert_cmpuint (count_files (b->place_path), ==, 2);
  g_assert_cmpstr (vault_backup_get_alarm (b->vault.vault), ==, "");
  g_assert_false (vault_backup_is_due (b->vault.vault));
  backups = vault_backup_list (b->vault.vault, NULL);
  g_assert_cmpuint (backups->len, ==, 1);
  backup = g_ptr_array_index (backups, 0);
  g_assert_cmpuint (backup->people, ==, 1);
  g_assert_cmpstr (backup->place, ==, b->place);
  assert_drill (b, NULL);
  assert_last_entry (&b->vault, "system", "backup-drill", NULL);
  g_assert_false (test_folder_holds (b->place_path, NAME, strlen (NAME)));
  g_assert_false (test_folder_holds (b->place_path, NUMBER, strlen (NUMBER)));
  g_assert_false (test_folder_holds (b->place_path, "vault-made", strlen ("vault-made")));
}

/* The next one is of the weekday; the full one stays. */
static void
test_generations (Backed *b, gconstpointer data)
{
  g_autofree char *full = back_up_ok (b), *day = back_up_ok (b), *again = back_up_ok (b);

  g_assert_cmpstr (full, !=, day);
  g_assert_cmpstr (day, ==, again);
  g_assert_cmpuint (count_files (b->place_path), ==, 3);
  assert_drill (b, NULL);
}

/* What is not made anew for longer than it is kept goes, but never the one that was made just now. */
static void
test_retention (Backed *b, gconstpointer data)
{
  g_autofree char *full = back_up_ok (b), *day = back_up_ok (b), *new_full = NULL;

  g_clear_pointer (&b->chief, vault_admin_free);
  with_database_on_record (&b->vault, "UPDATE backups SET made = '2020-01-01T00:00:00Z'");
  reopen (&b->vault);
  g_assert_cmpstr (vault_backup_get_alarm (b->vault.vault), ==, "old");
  g_assert_true (vault_backup_is_due (b->vault.vault));
  new_full = back_up_ok (b);
  g_assert_cmpstr (new_full, ==, full);
  g_assert_false (g_file_test (day, G_FILE_TEST_EXISTS));
  g_assert_cmpstr (vault_backup_get_alarm (b->vault.vault), ==, "");
}

static void
assert_fails (Backed *b, const char *reason)
{
  g_autoptr (GPtrArray) outcomes = back_up (b);
  const VaultBackupOutcome *outcome = g_ptr_array_index (outcomes, 0);
  g_autofree char *detail = g_strconcat ("reason=", reason, NULL);

  g_assert_cmpstr (outcome->reason, ==, reason);
  assert_last_entry (&b->vault, "system", "backup-failed", detail);
}

/* A folder that is not there, or that somebody else put there, gets nothing; by itself a failure is recorded once a day. */
static void
test_place_gone (Backed *b, gconstpointer data)
{
  g_autofree char *aside = g_strconcat (b->place_path, ".aside", NULL), *path = back_up_ok (b);
  g_autoptr (GPtrArray) outcomes = NULL;
  guint64 before;

  g_assert_cmpint (g_rename (b->place_path, aside), ==, 0);
  assert_fails (b, "PlaceGone");
  g_assert_cmpint (g_mkdir (b->place_path, 0700), ==, 0);
  assert_fails (b, "PlaceGone");
  g_assert_cmpuint (count_files (b->place_path), ==, 0);
  g_assert_cmpint (g_rmdir (b->place_path), ==, 0);
  g_clear_pointer (&b->chief, vault_admin_free);
  with_database_on_record (&b->vault, "UPDATE backups SET made = '2020-01-01T00:00:00Z'");
  reopen (&b->vault);
  outcomes = vault_backup (b->vault.vault, "system", TRUE, NULL);
  before = get_status (&b->vault).record_entries;
  g_assert_false (vault_backup_is_due (b->vault.vault));
  g_ptr_array_unref (outcomes);
  outcomes = vault_backup (b->vault.vault, "system", TRUE, NULL);
  g_assert_cmpuint (outcomes->len, ==, 1);
  g_assert_cmpuint (get_status (&b->vault).record_entries, ==, before);
  g_assert_cmpint (g_rename (aside, b->place_path), ==, 0);
  assert_drill (b, NULL);
}

static void
test_places (Backed *b, gconstpointer data)
{
  g_autofree char *second = test_folder_new (), *marker = g_build_filename (second, PLACE_MARKER, NULL), *id = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) places = NULL;

  id = add_place (b, b->place_path, &error);
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_null (add_place (b, "relative", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_null (add_place (b, "/nowhere/at/all", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_PLACE_GONE);
  /* The vault's own folder is no place: what is lost with it is no backup. */
  g_clear_error (&error);
  g_assert_null (add_place (b, b->vault.folder, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
  id = add_place (b, second, NULL);
  g_assert_nonnull (id);
  places = vault_backup_list_places (b->vault.vault, NULL);
  g_assert_cmpuint (places->len, ==, 2);
  g_assert_true (((const VaultBackupPlace *) g_ptr_array_index (places, 1))->is_there);
  g_assert_true (g_file_test (marker, G_FILE_TEST_EXISTS));
  g_assert_true (vault_backup_remove_place (b->vault.vault, b->chief, id, NULL));
  assert_last_entry (&b->vault, b->chief->id, "backup-place-removed", NULL);
  g_assert_false (g_file_test (marker, G_FILE_TEST_EXISTS));
  g_clear_error (&error);
  g_assert_false (vault_backup_remove_place (b->vault.vault, b->chief, id, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_BACKUP);
  test_folder_remove (second);
}

/* The disk is full at every size: the old generation stays, no part is left, the next attempt works. */
static void
test_full_disk (Backed *b, gconstpointer data)
{
  g_autofree char *first = back_up_ok (b), *day = back_up_ok (b), *before = NULL, *after = NULL;
  gsize size, n;

  g_assert_true (g_file_get_contents (day, &before, &size, NULL));
  signal (SIGXFSZ, SIG_IGN);
  for (gsize limit = 0; limit < size; limit += size / 5 + 1)
    {
      const struct rlimit small = { limit, RLIM_INFINITY }, all = { RLIM_INFINITY, RLIM_INFINITY };
      g_autoptr (GPtrArray) outcomes = NULL;

      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
      outcomes = vault_backup (b->vault.vault, "system", FALSE, NULL);
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &all), ==, 0);
      g_assert_cmpstr (((const VaultBackupOutcome *) g_ptr_array_index (outcomes, 0))->reason, ==, "DiskFull");
      g_assert_true (g_file_get_contents (day, &after, &n, NULL));
      g_assert_cmpmem (before, size, after, n);
      g_clear_pointer (&after, g_free);
      g_assert_cmpuint (count_files (b->place_path), ==, 3);
    }
  g_free (back_up_ok (b));
}

/* Any byte that is another, and any end that is missing, is found; nothing of it is believed. */
static void
test_damage (Backed *b, gconstpointer data)
{
  g_autofree char *path = back_up_ok (b), *content = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  for (gsize i = 0; i < size; i += i < 600 ? 37 : size / 7)
    {
      content[i] ^= 0x10;
      g_assert_true (g_file_set_contents (path, content, (gssize) size, NULL));
      content[i] ^= 0x10;
      {
        g_autoptr (GPtrArray) findings = vault_backup_drill (b->vault.vault, "system", NULL);

        g_assert_false (((const Finding *) g_ptr_array_index (findings, 0))->ok);
      }
    }
  for (gsize n = 0; n < size; n += n < 100 ? 19 : size / 7)
    {
      g_assert_true (g_file_set_contents (path, content, (gssize) n, NULL));
      assert_drill (b, "BackupDamaged");
    }
  g_assert_true (g_file_set_contents (path, content, (gssize) size, NULL));
  assert_drill (b, NULL);
}

/* A record that was altered makes no backup: it would take the place of a good one. */
static void
test_tampered_vault_makes_none (Backed *b, gconstpointer data)
{
  g_autofree char *path = back_up_ok (b);

  g_clear_pointer (&b->chief, vault_admin_free);
  with_database (&b->vault, "UPDATE record SET actor = 'kiosk' WHERE seq = 1");
  reopen (&b->vault);
  assert_open (&b->vault);
  assert_fails (b, "Tampered");
  assert_drill (b, NULL);
}

/* Another vault's backup, put in ours' place. */
static void
test_other_vaults_backup (Backed *b, gconstpointer data)
{
  Backed other = { .place = NULL };
  g_autofree char *path = back_up_ok (b), *other_path = NULL, *content = NULL;
  gsize size;

  set_up_backed (&other, NULL);
  other_path = back_up_ok (&other);
  g_assert_true (g_file_get_contents (other_path, &content, &size, NULL));
  g_assert_true (g_file_set_contents (path, content, (gssize) size, NULL));
  assert_drill (b, "BackupForeign");
  tear_down_backed (&other, NULL);
}

#define ADD(path, func) g_test_add ("/vault/backup/" path, Backed, NULL, set_up_backed, func, tear_down_backed)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  ADD ("made", test_made);
  ADD ("generations", test_generations);
  ADD ("retention", test_retention);
  ADD ("place-gone", test_place_gone);
  ADD ("places", test_places);
  ADD ("full-disk", test_full_disk);
  ADD ("damage", test_damage);
  ADD ("tampered-vault-makes-none", test_tampered_vault_makes_none);
  ADD ("other-vaults-backup", test_other_vaults_backup);
  return g_test_run ();
}

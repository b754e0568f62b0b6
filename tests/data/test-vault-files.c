/* SPDX-License-Identifier: Apache-2.0 */
/* vault: its files: what they give away, what links and full disks do to them. */
#include "vault-fixture.h"
#include "vault-safe.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "charset.h"
#include "my-number.h"
#include "target.h"

/* The software TPM's state, with room to spare. */
#define FULL_TPM_BYTES 16384

/* --- tricks with files ----------------------------------------------------------------------------------------------- */

/* A folder from elsewhere may hold links: what they point at is neither removed nor opened. */
static void
test_links_are_not_followed (Fixture *f, gconstpointer data)
{
  static const char *const places[] = { KEYS_SWTPM_FOLDER, "prove-copy", STORE_FILE, KEYS_FILE };
  g_autofree char *outside = test_folder_new ();
  g_autofree char *kept = g_build_filename (outside, "kept", NULL);
  g_autofree char *marker = g_build_filename (f->folder, "init-unfinished", NULL);

  close_vault (f);
  g_assert_true (g_file_set_contents (kept, "kept", -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *link = g_build_filename (f->folder, places[i], NULL);

      g_assert_true (g_file_set_contents (marker, "", 0, NULL));
      g_assert_cmpint (symlink (i < 2 ? outside : kept, link), ==, 0);
      f->vault = vault_new (f->folder, NULL);
      g_assert_cmpint (get_status (f).state, ==, VAULT_UNINITIALISED);
      assert_folder_is_empty (f);
      g_assert_true (g_file_test (kept, G_FILE_TEST_IS_REGULAR));
      close_vault (f);
    }
  test_folder_remove (outside);
}

static void
test_linked_files_stay_closed (Fixture *f, gconstpointer data)
{
  static const char *const files[] = { STORE_FILE, KEYS_FILE }, *const reasons[] = { "StoreDamaged", "KeysetDamaged" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (f->folder, files[i], NULL);
      VaultDamage damage;
      g_autofree char *aside = g_strconcat (path, ".aside", NULL);

      close_vault (f);
      g_assert_cmpint (g_rename (path, aside), ==, 0);
      g_assert_cmpint (symlink (aside, path), ==, 0);
      f->vault = vault_new (f->folder, NULL);
      assert_sealed (f, reasons[i]);
      g_assert_true (vault_get_damage (f->vault, &damage));
      g_assert_cmpstr (damage.file, ==, files[i]);
      close_vault (f);
      g_assert_cmpint (g_rename (aside, path), ==, 0);
      f->vault = vault_new (f->folder, NULL);
      assert_open (f);
    }
}

/* --- nothing to read ------------------------------------------------------------------------------------------------- */

static void
test_nothing_plain_on_disk (Fixture *f, gconstpointer data)
{
  static const char *const secrets[] = { NAME, KANA, NUMBER, OTHER_NUMBER, PIN, "見本商事", "1980-01-02" };
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *first = collect_ok (f, person, NUMBER);
  g_autofree char *second = collect_ok (f, person, OTHER_NUMBER);
  g_autoptr (VaultAdmin) admin = login (f);
  VaultExport options = { .format = "keyed-csv", .purpose = "tax", .destination = NAME, .kind = "all", .plain = TRUE };
  g_autofree char *content = NULL;

  g_assert_true (vault_approve (f->vault, admin->id, second, "", NULL));
  content = export_text (f, admin, &options, NULL);
  g_assert_nonnull (content);
  /* Open and closed, with the journal as it is in the middle of a write. */
  for (guint pass = 0; pass < 2; pass++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
        {
          g_autoptr (GByteArray) cp932 = g_byte_array_new ();
          g_autofree gunichar2 *utf16 = NULL;
          glong n_units;

          g_assert_false (test_folder_holds (f->folder, secrets[i], strlen (secrets[i])));
          g_assert_true (charset_encode (CHARSET_CP932, secrets[i], strlen (secrets[i]), cp932, NULL));
          g_assert_false (test_folder_holds (f->folder, cp932->data, cp932->len));
          utf16 = g_utf8_to_utf16 (secrets[i], -1, NULL, &n_units, NULL);
          g_assert_false (test_folder_holds (f->folder, utf16, n_units * 2));
        }
      g_clear_pointer (&admin, vault_admin_free);
      close_vault (f);
    }
}

static gboolean
entry_is_clean (const Entry *entry, gpointer user_data, GError **error)
{
  const char *const texts[] = { entry->actor, entry->action, entry->subject, entry->detail };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_null (strstr (texts[i], "見本"));
      g_assert_null (strstr (texts[i], NUMBER));
      g_assert_true (g_str_is_ascii (texts[i]));
    }
  (*(guint *) user_data)++;
  return TRUE;
}

static void
test_record_holds_no_names (Fixture *f, gconstpointer data)
{
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *record = collect_ok (f, person, NUMBER);
  g_autoptr (VaultAdmin) admin = login (f);
  guint n = 0;

  g_assert_true (vault_approve (f->vault, admin->id, record, "", NULL));
  g_assert_true (vault_list_log (f->vault, 1, G_MAXINT64, 1000, entry_is_clean, &n, NULL));
  g_assert_cmpuint (n, ==, get_status (f).record_entries);
  /* made, added, collected, login, approved */
  g_assert_cmpuint (n, ==, 5);
}

static void
test_verify_finds_a_deleted_entry (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) findings = vault_verify (f->vault, NULL);

  assert_findings (findings, NULL);
  g_free (add_person (f, "employee", "0001", NAME, ""));
  with_database (f, "DELETE FROM record WHERE seq = 1");
  f->vault = vault_new (f->folder, NULL);
  g_clear_pointer (&findings, g_ptr_array_unref);
  findings = vault_verify (f->vault, NULL);
  assert_findings (findings, "record");
}

static void
test_verify_finds_open_files (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) findings = NULL;

  g_assert_cmpint (g_chmod (f->db_path, 0644), ==, 0);
  findings = vault_verify (f->vault, NULL);
  assert_findings (findings, "files");
}

/* --- a full disk ----------------------------------------------------------------------------------------------------- */

#define FULL_PEOPLE 400

static void
collect_until_full (Fixture *f, char **ids)
{
  const struct rlimit limit = { 400 * 1024, 400 * 1024 };
  g_autoptr (GError) error = NULL;
  guint done = 0;

  signal (SIGXFSZ, SIG_IGN);
  f->vault = vault_new (f->folder, NULL);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  while (error == NULL && done < FULL_PEOPLE)
    {
      g_autofree char *record = collect (f, ids[done], NUMBER, &error);

      done += record != NULL;
    }
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_DISK_FULL);
  {
    g_autoptr (GPtrArray) records = vault_list_records (f->vault, NULL, "collected", 0, 0, NULL);
    g_autoptr (GPtrArray) findings = vault_verify (f->vault, NULL);

    g_assert_cmpuint (records->len, ==, done);
    assert_findings (findings, NULL);
  }
  close_vault (f);
}

static void
test_full_disk (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) csv = g_string_new ("code,name,birth_date\n");
  g_autoptr (VaultImport) imported = NULL;
  g_autoptr (GPtrArray) people = NULL, ids = g_ptr_array_new_with_free_func (g_free);
  pid_t child;
  int status;

  for (guint i = 0; i < FULL_PEOPLE; i++)
    g_string_append_printf (csv, "%04u,見本 太郎%u,1980-01-02\n", i, i);
  imported = import (f, csv->str, FALSE);
  g_assert_cmpuint (imported->added, ==, FULL_PEOPLE);
  people = vault_list_people (f->vault, NULL);
  for (guint i = 0; i < people->len; i++)
    g_ptr_array_add (ids, g_strdup (((Person *) g_ptr_array_index (people, i))->id));
  close_vault (f);
  child = fork ();
  if (child == 0)
    {
      collect_until_full (f, (char **) ids->pdata);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
}

/* Half of an export is taken back; where it cannot be, nobody is told that nothing was written. */
static void
test_export_that_cannot_be_taken_back (void)
{
  const struct rlimit limit = { 4096, RLIM_INFINITY };
  struct rlimit before;
  __sighandler_t handler = signal (SIGXFSZ, SIG_IGN);
  g_autoptr (Secret) content = secret_new_random (3 * 4096);

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  for (guint stuck = 0; stuck < 2; stuck++)
    {
      g_autoptr (GError) error = NULL;
      int fd = memfd_create ("export", MFD_CLOEXEC | MFD_ALLOW_SEALING);
      struct stat st;

      g_assert_true (fd >= 0 && (stuck == 0 || fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK) == 0));
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
      g_assert_false (export_write (fd, content, &error));
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
      g_assert_error (error, CUSTODY_ERROR, (stuck ? CUSTODY_ERROR_UNSURE : CUSTODY_ERROR_DISK_FULL));
      g_assert_cmpint (fstat (fd, &st), ==, 0);
      g_assert_cmpint (st.st_size, ==, stuck ? 4096 : 0);
      close (fd);
    }
  (void) signal (SIGXFSZ, handler);
}

/* No file may grow beyond @size: the software TPM's neither, which is started below that limit. */
static gboolean
init_below (Fixture *f, rlim_t size)
{
  struct rlimit before, limit;
  g_autoptr (Secret) pin = secret_new_copy (PIN, strlen (PIN));
  g_autoptr (GError) error = NULL;
  gboolean ok;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = size;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  ok = vault_init (f->vault, "swtpm", "見本商事", "見本 管理", pin, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  if (ok)
    return TRUE;
  /* A disk too full for the TPM's state shows as a TPM that fails; from there on it has its name. */
  if (size >= FULL_TPM_BYTES)
    g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_DISK_FULL);
  g_assert_cmpint (get_status (f).state, ==, VAULT_UNINITIALISED);
  assert_folder_is_empty (f);
  return FALSE;
}

/* Wherever it stops, nothing is left, and with room again the same folder takes a vault. */
static void
test_init_on_full_disk (Fixture *f, gconstpointer data)
{
  static const rlim_t sizes[] = { 0, 512, 2048, 4096, 8192, 16384, 24576, 32768, 65536, 98304 };
  __sighandler_t before = signal (SIGXFSZ, SIG_IGN);
  guint n_failed = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sizes) && !init_below (f, sizes[i]); i++)
    n_failed++;
  (void) signal (SIGXFSZ, before);
  g_test_message ("%u failures", n_failed);
  g_assert_cmpuint (n_failed, >=, 6);
  if (n_failed == G_N_ELEMENTS (sizes))
    g_assert_true (init_below (f, RLIM_INFINITY));
  reopen (f);
  assert_open (f);
  {
    g_autoptr (VaultAdmin) admin = login (f);

    g_assert_nonnull (admin);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, up, func) g_test_add (path, Fixture, NULL, up, func, tear_down)
  ADD ("/vault/files/links-are-not-followed", set_up_empty, test_links_are_not_followed);
  ADD ("/vault/files/linked-files-stay-closed", set_up, test_linked_files_stay_closed);
  ADD ("/vault/secrecy/nothing-plain-on-disk", set_up, test_nothing_plain_on_disk);
  ADD ("/vault/secrecy/record-holds-no-names", set_up, test_record_holds_no_names);
  ADD ("/vault/verify/deleted-entry", set_up, test_verify_finds_a_deleted_entry);
  ADD ("/vault/verify/open-files", set_up, test_verify_finds_open_files);
  ADD ("/vault/disk/full-at-init", set_up_empty, test_init_on_full_disk);
  ADD ("/vault/disk/full", set_up, test_full_disk);
  g_test_add_func ("/vault/disk/export-that-cannot-be-taken-back", test_export_that_cannot_be_taken_back);
  return g_test_run ();
}

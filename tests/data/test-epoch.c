/* SPDX-License-Identifier: Apache-2.0 */
/* vault: removal of an admin and change of a PIN, by a new epoch: what it does to old files, and where it may be cut off. */
#include "admins-fixture.h"

#include <sys/wait.h>

#include "cut-off.h"
#include "keyset.h"

#define SECOND "見本 次席"
#define SECOND_PIN "736195"
#define NEW_PIN "829461"

/* --- the state ------------------------------------------------------------------------------------------------------- */

static gboolean
change_pin (Fixture *f, VaultAdmin *admin, const char *old_text, const char *new_text, guint *ret_tries, GError **error)
{
  g_autoptr (Secret) old_pin = secret_new_copy (old_text, strlen (old_text));
  g_autoptr (Secret) new_pin = secret_new_copy (new_text, strlen (new_text));

  return vault_change_pin (f->vault, admin, old_pin, new_pin, ret_tries, error);
}

static void
assert_no_leftovers (Fixture *f)
{
  static const char *const names[] = { KEYS_NEXT_FILE, KEYS_NEXT_FILE ".new", STORE_NEXT_FILE,
                                       STORE_NEXT_FILE "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (f->folder, names[i], NULL);

      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    }
}

static void
assert_pin (Fixture *f, const char *name, const char *pin, gboolean right)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VaultAdmin) admin = login_as (f, name, pin, &error);

  if (right)
    g_assert_no_error (error);
  else
    g_assert_true (g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_WRONG_PIN)
                   || g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_ALLOWED));
  g_assert_cmpint (admin != NULL, ==, right);
}

/* Every number opens, for somebody who logs in now. */
static void
assert_numbers (Fixture *f, const char *name, const char *pin, guint n_expected)
{
  VaultExport options = { .format = "keyed-csv", .purpose = "tax", .destination = "x", .kind = "all" };
  g_autoptr (VaultAdmin) admin = login_as (f, name, pin, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;

  /* A clerk gets them in a zip alone: that it was made shows that they opened. */
  options.plain = admin->role == VAULT_CHIEF;
  content = export_text (f, admin, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_expected, ==, 1);
  if (options.plain)
    g_assert_nonnull (strstr (content, NUMBER));
}

static void
assert_whole (Fixture *f)
{
  g_autoptr (GPtrArray) findings = vault_verify (f->vault, NULL);

  assert_findings (findings, NULL);
  assert_no_leftovers (f);
}

/* A vault with two chiefs, a clerk and an approved number; everybody's session is over. */
static void
set_up_admins (Fixture *f, gconstpointer data)
{
  g_autofree char *person = NULL, *record = NULL;
  g_autoptr (VaultAdmin) chief = NULL;

  set_up (f, data);
  person = add_person (f, "employee", "0001", NAME, "");
  record = collect_ok (f, person, NUMBER);
  chief = login (f);
  g_free (add_ok (f, chief, SECOND, VAULT_CHIEF, SECOND_PIN));
  g_free (add_ok (f, chief, CLERK, VAULT_CLERK, CLERK_PIN));
  g_assert_true (vault_approve (f->vault, chief->id, record, "", NULL));
}

static char *
id_of (Fixture *f, const char *name)
{
  g_autoptr (GPtrArray) admins = vault_list_admins (f->vault, NULL);

  for (guint i = 0; i < admins->len; i++)
    {
      const Admin *admin = g_ptr_array_index (admins, i);

      if (g_str_equal (admin->name, name))
        return g_strdup (admin->id);
    }
  return NULL;
}

/* --- what it does ---------------------------------------------------------------------------------------------------- */

static void
test_removal (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL);
  g_autofree char *clerk = id_of (f, CLERK);
  g_autoptr (GPtrArray) numbers = vault_list_records (f->vault, NULL, "approved", 0, 0, NULL);
  g_autoptr (GError) error = NULL;
  Recorded last;

  g_assert_cmpuint (numbers->len, ==, 1);
  g_assert_true (vault_approve (f->vault, clerk, ((Number *) numbers->pdata[0])->id, "", NULL));
  g_assert_true (vault_remove_admin (f->vault, chief, clerk, &error));
  g_assert_no_error (error);
  last = last_entry (f);
  g_assert_cmpstr (last.actor, ==, chief->id);
  g_assert_cmpstr (last.action, ==, "admin-removed");
  g_assert_cmpstr (last.subject, ==, clerk);
  recorded_clear (&last);
  g_assert_cmpuint (count_admins (f), ==, 2);
  for (guint pass = 0; pass < 2; pass++)
    {
      assert_whole (f);
      assert_pin (f, CLERK, CLERK_PIN, FALSE);
      assert_pin (f, SECOND, SECOND_PIN, TRUE);
      assert_numbers (f, CHIEF, PIN, 1);
      reopen (f);
      assert_open (f);
    }
  /* It is still known who decided; and the name may be used again. */
  g_ptr_array_unref (numbers);
  numbers = vault_list_records (f->vault, NULL, "approved", 0, 0, NULL);
  g_assert_cmpstr (((Number *) numbers->pdata[0])->decider, ==, CLERK);
  g_free (add_ok (f, chief, CLERK, VAULT_CLERK, "571938"));
  assert_pin (f, CLERK, CLERK_PIN, FALSE);
  assert_pin (f, CLERK, "571938", TRUE);
}

/* The session of the one who removes is good for the new epoch: it opens numbers, adds and removes. */
static void
test_session_goes_on (Fixture *f, gconstpointer data)
{
  VaultExport options = { .format = "keyed-csv", .purpose = "tax", .destination = "x", .kind = "all", .plain = TRUE };
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL);
  g_autoptr (VaultAdmin) other = login_as (f, SECOND, SECOND_PIN, NULL);
  g_autofree char *clerk = id_of (f, CLERK), *second = id_of (f, SECOND), *content = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (vault_remove_admin (f->vault, chief, clerk, NULL));
  content = export_text (f, chief, &options, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (content, NUMBER));
  g_free (add_ok (f, chief, CLERK, VAULT_CLERK, CLERK_PIN));
  assert_pin (f, CLERK, CLERK_PIN, TRUE);
  g_assert_true (vault_remove_admin (f->vault, chief, second, NULL));
  /* What an older session holds opens nothing that is stored now. */
  g_assert_null (export_text (f, other, &options, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
}

static void
test_last_chief_stays (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL);
  g_autoptr (VaultAdmin) clerk = login_as (f, CLERK, CLERK_PIN, NULL);
  g_autofree char *second = id_of (f, SECOND);
  g_autoptr (GError) error = NULL;

  g_assert_false (vault_remove_admin (f->vault, clerk, second, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
  assert_last_entry (f, clerk->id, "admin-remove-refused", "reason=NotYourRole");
  g_clear_error (&error);
  g_assert_false (vault_remove_admin (f->vault, chief, "00000000-0000-4000-8000-000000000009", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_ADMIN);
  g_clear_error (&error);
  g_assert_true (vault_remove_admin (f->vault, chief, second, NULL));
  g_assert_false (vault_remove_admin (f->vault, chief, chief->id, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_LAST_CHIEF);
  assert_last_entry (f, chief->id, "admin-remove-refused", "reason=LastChief");
  assert_pin (f, CHIEF, PIN, TRUE);
  assert_whole (f);
}

static void
test_pin_change (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) clerk = login_as (f, CLERK, CLERK_PIN, NULL);
  g_autoptr (GError) error = NULL;
  guint tries = 0;

  g_assert_false (change_pin (f, clerk, "000001", NEW_PIN, &tries, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_WRONG_PIN);
  g_assert_cmpuint (tries, ==, KEYS_MAX_TRIES - 1);
  assert_last_entry (f, clerk->id, "pin-change-refused", "reason=WrongPin");
  g_clear_error (&error);
  g_assert_false (change_pin (f, clerk, CLERK_PIN, "654321", &tries, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_WEAK_PIN);
  assert_last_entry (f, clerk->id, "pin-change-refused", "reason=WeakPin");
  g_clear_error (&error);
  g_assert_true (change_pin (f, clerk, CLERK_PIN, NEW_PIN, &tries, &error));
  g_assert_no_error (error);
  assert_last_entry (f, clerk->id, "pin-changed", "");
  for (guint pass = 0; pass < 2; pass++)
    {
      assert_pin (f, CLERK, CLERK_PIN, FALSE);
      assert_pin (f, CLERK, NEW_PIN, TRUE);
      assert_numbers (f, CLERK, NEW_PIN, 1);
      assert_pin (f, CHIEF, PIN, TRUE);
      assert_whole (f);
      reopen (f);
    }
}

/* Whatever an auditor may not open, their new PIN must not lose it for the others. */
static void
test_auditor_changes_pin (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL), auditor = NULL;
  guint tries;

  g_free (add_ok (f, chief, AUDITOR, VAULT_AUDITOR, AUDITOR_PIN));
  auditor = login_as (f, AUDITOR, AUDITOR_PIN, NULL);
  g_assert_true (change_pin (f, auditor, AUDITOR_PIN, NEW_PIN, &tries, NULL));
  g_assert_null (auditor->vault_secret);
  g_assert_null (auditor->master);
  assert_pin (f, AUDITOR, NEW_PIN, TRUE);
  assert_numbers (f, CHIEF, PIN, 1);
}

/* A box that was sealed for another record is left for whoever opens it to find; it holds no removal up. */
static void
test_swapped_box_stays_found (Fixture *f, gconstpointer data)
{
  VaultExport options = { .format = "keyed-csv", .purpose = "tax", .destination = "x", .kind = "all", .plain = TRUE };
  g_autofree char *clerk = id_of (f, CLERK);
  g_autofree char *other = add_person (f, "employee", "0002", "見本 別人", "");
  g_autofree char *record = collect_ok (f, other, OTHER_NUMBER);
  g_autoptr (VaultAdmin) chief = NULL;
  g_autoptr (GError) error = NULL;

  with_database (f, "UPDATE numbers SET sealed = (SELECT sealed FROM numbers AS other WHERE other.state = 'collected') "
                    "WHERE state = 'approved'");
  f->vault = vault_new (f->folder, NULL);
  chief = login_as (f, CHIEF, PIN, NULL);
  g_assert_true (vault_remove_admin (f->vault, chief, clerk, &error));
  g_assert_null (export_text (f, chief, &options, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
}

/* --- old files ------------------------------------------------------------------------------------------------------- */

static void
assert_old_files_are_dead (Fixture *f, const char *kept, const char *name, const char *old_pin)
{
  g_autofree char *swtpm = g_build_filename (f->folder, KEYS_SWTPM_FOLDER, NULL);
  g_autofree char *old_path = g_build_filename (kept, KEYS_FILE, NULL);
  g_autofree char *new_path = g_build_filename (f->folder, KEYS_FILE, NULL);
  const KeysPlaces places = { .swtpm_folder = swtpm };
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) pin = secret_new_copy (old_pin, strlen (old_pin));
  guint tries;

  close_vault (f);
  /* The whole old folder, on the very TPM: it does not open, whoever asks. */
  f->vault = vault_new (kept, &places);
  assert_sealed (f, "RolledBack");
  g_assert_null (vault_login (f->vault, name, pin, &tries, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ROLLED_BACK);
  g_clear_error (&error);
  close_vault (f);
  /* The admin's old key spliced into the keyset of today: the TPM knows key and PIN, but the wrap is of the old epoch. */
  {
    g_autoptr (Keyset) old_keyset = keyset_load (old_path, NULL), keyset = keyset_load (new_path, NULL);
    g_autofree char *aside = g_build_filename (kept, "aside", NULL);
    g_autoptr (Secret) key = NULL, vault_secret = NULL;
    g_autoptr (Keys) keys = NULL;

    for (guint i = 0; i < old_keyset->admins->len; i++)
      {
        const KeysetAdmin *from = g_ptr_array_index (old_keyset->admins, i);
        KeysetAdmin *to = keyset_find_admin (keyset, from->id);

        if (to == NULL)
          to = keyset_add_admin (keyset);
        else
          {
            g_free (to->id);
            g_bytes_unref (to->key);
            g_bytes_unref (to->wrap);
          }
        *to = *from;
        to->id = g_strdup (from->id);
        to->key = g_bytes_ref (from->key);
        to->wrap = g_bytes_ref (from->wrap);
      }
    g_assert_cmpint (g_mkdir (aside, 0700), ==, 0);
    {
      g_autofree char *spliced = g_build_filename (aside, KEYS_FILE, NULL);

      g_assert_true (keyset_save (keyset, spliced, NULL));
    }
    keys = keys_open (aside, &places, &key, &error);
    g_assert_no_error (error);
    for (guint i = 0; i < old_keyset->admins->len; i++)
      {
        const KeysetAdmin *admin = g_ptr_array_index (old_keyset->admins, i);

        g_assert_false (keys_login (keys, admin->id, pin, &vault_secret, NULL, &tries, &error));
        /* KEYSET_DAMAGED for the admin whose PIN it was: the TPM took it, and that is all it did. */
        g_assert_true (g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_WRONG_PIN)
                       || g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED));
        g_clear_error (&error);
        g_assert_null (vault_secret);
      }
  }
  /* The old database beside the keyset of today, which does not have its key. */
  {
    g_autofree char *mixed = g_build_filename (kept, "mixed", NULL);

    g_assert_cmpint (g_mkdir (mixed, 0700), ==, 0);
    test_file_copy (f->folder, mixed, KEYS_FILE);
    test_file_copy (kept, mixed, STORE_FILE);
    f->vault = vault_new (mixed, &places);
    assert_sealed (f, "StoreDamaged");
    close_vault (f);
  }
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
}

static char *
keep_files (Fixture *f)
{
  char *kept = test_folder_new ();

  close_vault (f);
  test_file_copy (f->folder, kept, KEYS_FILE);
  test_file_copy (f->folder, kept, STORE_FILE);
  f->vault = vault_new (f->folder, NULL);
  return kept;
}

static void
test_removed_admins_old_files (Fixture *f, gconstpointer data)
{
  g_autofree char *kept = keep_files (f), *clerk = id_of (f, CLERK);
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL);

  g_assert_true (vault_remove_admin (f->vault, chief, clerk, NULL));
  assert_old_files_are_dead (f, kept, CLERK, CLERK_PIN);
  assert_numbers (f, CHIEF, PIN, 1);
  test_folder_remove (kept);
}

static void
test_changed_pins_old_files (Fixture *f, gconstpointer data)
{
  g_autofree char *kept = keep_files (f);
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL);
  guint tries;

  g_assert_true (change_pin (f, chief, PIN, NEW_PIN, &tries, NULL));
  assert_old_files_are_dead (f, kept, CHIEF, PIN);
  assert_pin (f, CHIEF, PIN, FALSE);
  assert_numbers (f, CHIEF, NEW_PIN, 1);
  test_folder_remove (kept);
}

/* --- cut off at each step -------------------------------------------------------------------------------------------- */

/* After it was cut off: the old state or the new one, whole; what was there before is there; and it can be done again. */
static gboolean
assert_one_or_other (Fixture *f, gboolean removal, guint64 n_entries)
{
  gboolean done;

  assert_open (f);
  done = removal ? count_admins (f) == 2 : FALSE;
  if (!removal)
    {
      g_autoptr (VaultAdmin) admin = login_as (f, CHIEF, NEW_PIN, NULL);

      done = admin != NULL;
    }
  assert_whole (f);
  g_assert_cmpuint (get_status (f).record_entries, >=, n_entries + done);
  assert_numbers (f, CHIEF, !removal && done ? NEW_PIN : PIN, 1);
  if (removal)
    assert_pin (f, CLERK, CLERK_PIN, !done);
  return done;
}

typedef struct
{
  gboolean removal;
  int how, what;
  guint step; /* every so many calls; with -m slow every one */
} Cut;

static const Cut killed = { TRUE, DIE, SYNC | TPM, 1 }, killed_writing = { FALSE, DIE, SYNC | WRITE, 5 },
                 disk_full = { FALSE, FAIL, SYNC | WRITE, 4 }, tpm_gone = { TRUE, FAIL, TPM, 2 };

/* In a process of its own. Exits 0 when the change was acknowledged, 1 when it was refused, 2 when it was over before, 3 when
 * nobody could tell, as the TPM fell silent over the very command: then the vault closes itself until the next start. */
static int
cut_off_in_child (Fixture *f, const Cut *kind, guint at)
{
  g_autoptr (VaultAdmin) chief = NULL;
  g_autofree char *clerk = NULL;
  guint tries;
  gboolean ok, sealed;

  /* A TPM that is gone cannot follow the state counter either, and the vault warns of it. */
  (void) g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  f->vault = vault_new (f->folder, NULL);
  chief = login_as (f, CHIEF, PIN, NULL);
  clerk = id_of (f, CLERK);
  cut_at = at;
  counted = kind->what;
  armed = kind->how;
  ok = kind->removal ? vault_remove_admin (f->vault, chief, clerk, NULL)
                     : change_pin (f, chief, PIN, NEW_PIN, &tries, NULL);
  armed = PASS;
  sealed = get_status (f).state == VAULT_SEALED;
  vault_free (f->vault);
  return n_calls < at ? 2 : ok ? 0 : sealed ? 3 : 1;
}

static void
test_cut_off (Fixture *f, gconstpointer data)
{
  const Cut *kind = data;
  g_autofree char *kept = test_folder_new ();
  g_autofree char *snapshot = g_build_filename (kept, "vault", NULL);
  guint64 n_entries = get_status (f).record_entries;
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
      done = assert_one_or_other (f, kind->removal, n_entries);
      /* Acknowledged is done, and refused is not. */
      if (kind->how == FAIL && WEXITSTATUS (status) == 3)
        g_assert_cmpint (kind->what, ==, TPM);
      else if (kind->how == FAIL)
        {
          g_assert_cmpint (WEXITSTATUS (status), <=, 1);
          g_assert_cmpint (done, ==, WEXITSTATUS (status) == 0);
        }
      n_new += done;
      n_old += !done;
      close_vault (f);
    }
  g_test_message ("cut off %u times, up to call %u: %u times the old state, %u times the new one", n_old + n_new,
                  at - 1, n_old, n_new);
  g_assert_cmpuint (n_old, >=, 5);
  g_assert_cmpuint (n_new, >=, 1);
  f->vault = vault_new (f->folder, NULL);
  test_folder_remove (kept);
}

/* Killed while the keyset with a new admin in it was being written: nothing of them stays. */
static void
test_unfinished_keyset_goes (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, KEYS_FILE, NULL);
  g_autofree char *unfinished = g_strconcat (path, KEYSET_UNFINISHED, NULL), *content = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  g_assert_true (g_file_set_contents (unfinished, content, (gssize) size / 2, NULL));
  reopen (f);
  assert_open (f);
  g_assert_false (g_file_test (unfinished, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up_admins, func, tear_down)
  ADD ("/epoch/removal", test_removal);
  ADD ("/epoch/removal/session-goes-on", test_session_goes_on);
  ADD ("/epoch/removal/last-chief-stays", test_last_chief_stays);
  ADD ("/epoch/removal/old-files-are-dead", test_removed_admins_old_files);
  ADD ("/epoch/removal/swapped-box-stays-found", test_swapped_box_stays_found);
  ADD ("/epoch/unfinished-keyset", test_unfinished_keyset_goes);
  ADD ("/epoch/pin-change", test_pin_change);
  ADD ("/epoch/pin-change/auditors", test_auditor_changes_pin);
  ADD ("/epoch/pin-change/old-files-are-dead", test_changed_pins_old_files);
#undef ADD
#define ADD(path, kind) g_test_add (path, Fixture, &kind, set_up_admins, test_cut_off, tear_down)
  ADD ("/epoch/cut-off/killed", killed);
  ADD ("/epoch/cut-off/killed-writing", killed_writing);
  ADD ("/epoch/cut-off/disk-full", disk_full);
  ADD ("/epoch/cut-off/tpm-gone", tpm_gone);
  return g_test_run ();
}

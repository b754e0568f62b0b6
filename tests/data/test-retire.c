/* SPDX-License-Identifier: Apache-2.0 */
/* vault: its end: nothing opens any more, a certificate says so, and once begun it goes on to the end. */
#include "admins-fixture.h"

#include <sys/wait.h>

#include "certificate.h"
#include "cut-off.h"
#include "vault-backup.h"
#include "vault-retire.h"

#define COMPANY "見本商事"

typedef struct
{
  Fixture base;
  guint8 key[ATTESTATION_KEY_BYTES];
} Retiring;

static void
set_up_number (Retiring *r, gconstpointer data)
{
  Fixture *f = &r->base;
  g_autofree char *person = NULL, *record = NULL, *pem = NULL;
  g_autoptr (VaultAdmin) chief = NULL;

  set_up (f, data);
  person = add_person (f, "employee", "0001", NAME, "");
  record = collect_ok (f, person, NUMBER);
  chief = login (f);
  g_free (add_ok (f, chief, CLERK, VAULT_CLERK, CLERK_PIN));
  pem = vault_dup_record_key (f->vault, NULL);
  g_assert_true (attestation_key_from_pem (pem, strlen (pem), r->key));
}

static void
tear_down_number (Retiring *r, gconstpointer data)
{
  tear_down (&r->base, data);
}

static char *
retire (Fixture *f, VaultAdmin *by, const char *company, const char *pin_text, GError **error)
{
  g_autoptr (Secret) pin = secret_new_copy (pin_text, strlen (pin_text));
  guint tries;

  return vault_retire (f->vault, by, company, pin, &tries, error);
}

/* Nothing but one certificate, which is returned when it is right. */
static char *
assert_gone (Retiring *r)
{
  Fixture *f = &r->base;
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  g_autoptr (Certificate) certificate = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  const char *name;
  char *text = NULL;

  g_assert_cmpint (get_status (f).state, ==, VAULT_UNINITIALISED);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_assert_true (g_str_has_prefix (name, VAULT_CERTIFICATE_PREFIX));
      g_assert_null (path);
      path = g_build_filename (f->folder, name, NULL);
    }
  g_assert_nonnull (path);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  certificate = certificate_check (text, strlen (text), r->key, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (certificate->is_retirement);
  g_assert_cmpuint (certificate->n_numbers, ==, 1);
  g_assert_cmpstr (certificate->company, ==, COMPANY);
  return text;
}

static void
test_end (Retiring *r, gconstpointer data)
{
  Fixture *f = &r->base;
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL);
  g_autoptr (Secret) pin = secret_new_copy (PIN, strlen (PIN));
  g_autoptr (GError) error = NULL;
  g_autofree char *text = retire (f, chief, COMPANY, PIN, &error), *kept = NULL;

  g_assert_no_error (error);
  kept = assert_gone (r);
  g_assert_cmpstr (text, ==, kept);
  g_assert_false (vault_note (f->vault, "kiosk", "x", "asked", "", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_INITIALISED);
  g_clear_error (&error);
  reopen (f);
  g_free (assert_gone (r));
  /* the place may be used again; the certificate stays */
  g_assert_true (vault_init (f->vault, "swtpm", COMPANY, CHIEF, pin, &error));
  g_assert_no_error (error);
  reopen (f);
  assert_open (f);
}

static void
test_refusals (Retiring *r, gconstpointer data)
{
  Fixture *f = &r->base;
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL), clerk = login_as (f, CLERK, CLERK_PIN, NULL);
  g_autoptr (GPtrArray) findings = NULL;
  const struct
  {
    VaultAdmin *by;
    const char *company, *pin;
    CustodyError error;
  } cases[] = { { clerk, COMPANY, CLERK_PIN, CUSTODY_ERROR_NOT_YOUR_ROLE },
                { chief, "見本商会", PIN, CUSTODY_ERROR_USAGE },
                { chief, "", PIN, CUSTODY_ERROR_USAGE },
                { chief, COMPANY, CLERK_PIN, CUSTODY_ERROR_WRONG_PIN } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (retire (f, cases[i].by, cases[i].company, cases[i].pin, &error));
      g_assert_error (error, CUSTODY_ERROR, (int) cases[i].error);
      assert_last_entry (f, cases[i].by->id, "retire-refused", NULL);
    }
  reopen (f);
  assert_open (f);
  findings = vault_verify (f->vault, NULL);
  assert_findings (findings, NULL);
}

/* On a TPM that stays, as one of hardware does: a copy of the whole folder from before opens nothing. */
static void
test_copies_are_dead (Retiring *r, gconstpointer data)
{
  g_autofree char *tpm = test_folder_new (), *folder = test_folder_new (), *kept = test_folder_new ();
  const KeysPlaces places = { .swtpm_folder = tpm };
  Fixture here = { .folder = folder };
  g_autoptr (Secret) pin = secret_new_copy (PIN, strlen (PIN));
  g_autoptr (VaultAdmin) chief = NULL;
  g_autofree char *text = NULL;

  here.vault = vault_new (folder, &places);
  g_assert_true (vault_init (here.vault, "swtpm", COMPANY, CHIEF, pin, NULL));
  close_vault (&here);
  test_file_copy (folder, kept, KEYS_FILE);
  test_file_copy (folder, kept, STORE_FILE);
  here.vault = vault_new (folder, &places);
  chief = login_as (&here, CHIEF, PIN, NULL);
  text = retire (&here, chief, COMPANY, PIN, NULL);
  g_assert_nonnull (text);
  close_vault (&here);
  here.vault = vault_new (kept, &places);
  g_assert_cmpint (get_status (&here).state, ==, VAULT_SEALED);
  close_vault (&here);
  /* and the TPM has room for another vault */
  here.vault = vault_new (folder, &places);
  g_assert_true (vault_init (here.vault, "swtpm", COMPANY, CHIEF, pin, NULL));
  close_vault (&here);
  test_folder_remove (tpm);
  test_folder_remove (folder);
  test_folder_remove (kept);
}

/* Backups that can be reached go with it; one that cannot is named. */
static void
test_backups (Retiring *r, gconstpointer data)
{
  Fixture *f = &r->base;
  g_autofree char *here = test_folder_new (), *away = test_folder_new (), *moved = g_strconcat (away, "-gone", NULL);
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL);
  g_autofree char *first = vault_backup_add_place (f->vault, chief, here, VAULT_BACKUP_KEEP_DAYS, NULL);
  g_autofree char *second = vault_backup_add_place (f->vault, chief, away, VAULT_BACKUP_KEEP_DAYS, NULL);
  g_autoptr (GPtrArray) outcomes = vault_backup (f->vault, chief->id, FALSE, NULL);
  g_autofree char *text = NULL, *removed = g_strconcat ("\nbackup\tremoved\t", here, "\n", NULL),
                  *unreached = g_strconcat ("\nbackup\tunreached\t", away, "\n", NULL);

  g_assert_cmpuint (outcomes->len, ==, 2);
  g_assert_cmpint (g_rename (away, moved), ==, 0);
  text = retire (f, chief, COMPANY, PIN, NULL);
  g_assert_nonnull (text);
  g_free (assert_gone (r));
  g_assert_nonnull (strstr (text, removed));
  g_assert_nonnull (strstr (text, unreached));
  /* the place is free for another vault, too */
  g_assert_cmpint (g_rmdir (here), ==, 0);
  test_folder_remove (moved);
}

/* A file that says a retirement has begun, and is none of this vault's, destroys nothing. */
static void
test_strange_file (Retiring *r, gconstpointer data)
{
  Fixture *f = &r->base;
  g_autofree char *path = g_build_filename (f->folder, VAULT_RETIREMENT_FILE, NULL);
  static const char *const texts[] = { "", "azukari-retirement\t1\n", "azukari-retirement\t1\ngate\t00\nx\n" };

  close_vault (f);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
      f->vault = vault_new (f->folder, NULL);
      g_assert_cmpint (get_status (f).state, ==, VAULT_SEALED);
      close_vault (f);
    }
  g_assert_cmpint (g_unlink (path), ==, 0);
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
}

/* --- cut off at each step -------------------------------------------------------------------------------------------- */

typedef struct
{
  int how, what;
  guint step;
} Cut;

static const Cut killed = { DIE, SYNC | TPM, 3 }, killed_writing = { DIE, WRITE | SYNC, 7 },
                 disk_full = { FAIL, SYNC | WRITE, 5 }, tpm_gone = { FAIL, TPM, 5 };

/* 0 acknowledged, 1 refused, 2 over before, 3 begun, and to be gone on with. */
static int
cut_off_in_child (Fixture *f, const Cut *kind, guint at)
{
  g_autoptr (VaultAdmin) chief = NULL;
  g_autofree char *text = NULL;
  gboolean begun;

  (void) g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  f->vault = vault_new (f->folder, NULL);
  chief = login_as (f, CHIEF, PIN, NULL);
  cut_at = at;
  counted = kind->what;
  armed = kind->how;
  text = retire (f, chief, COMPANY, PIN, NULL);
  armed = PASS;
  begun = get_status (f).state != VAULT_OPEN;
  vault_free (f->vault);
  return n_calls < at ? 2 : text != NULL ? 0 : begun ? 3 : 1;
}

static void
test_cut_off (Retiring *r, gconstpointer data)
{
  Fixture *f = &r->base;
  const Cut *kind = data;
  g_autofree char *kept = test_folder_new ();
  g_autofree char *snapshot = g_build_filename (kept, "vault", NULL);
  guint n_open = 0, n_gone = 0, at;

  close_vault (f);
  cut_copy_folder (f->folder, snapshot);
  for (at = 1;; at += g_test_slow () ? 1 : kind->step)
    {
      gboolean gone;
      pid_t child;
      int status;

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
      gone = get_status (f).state == VAULT_UNINITIALISED;
      if (gone)
        g_free (assert_gone (r));
      else
        {
          g_autoptr (GPtrArray) findings = NULL;

          assert_open (f);
          findings = vault_verify (f->vault, NULL);
          assert_findings (findings, NULL);
        }
      if (kind->how == FAIL)
        g_assert_cmpint (gone, ==, WEXITSTATUS (status) != 1);
      n_gone += gone;
      n_open += !gone;
      close_vault (f);
    }
  g_test_message ("cut off %u times, up to call %u: %u times before, %u times after", n_open + n_gone, at - 1, n_open,
                  n_gone);
  g_assert_cmpuint (n_open, >=, 1);
  g_assert_cmpuint (n_gone, >=, 2);
  f->vault = vault_new (f->folder, NULL);
  test_folder_remove (kept);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, func, data) g_test_add (path, Retiring, data, set_up_number, func, tear_down_number)
  ADD ("/retire/end", test_end, NULL);
  ADD ("/retire/refusals", test_refusals, NULL);
  ADD ("/retire/copies-are-dead", test_copies_are_dead, NULL);
  ADD ("/retire/backups", test_backups, NULL);
  ADD ("/retire/strange-file", test_strange_file, NULL);
  ADD ("/retire/cut-off/killed", test_cut_off, &killed);
  ADD ("/retire/cut-off/killed-writing", test_cut_off, &killed_writing);
  ADD ("/retire/cut-off/disk-full", test_cut_off, &disk_full);
  ADD ("/retire/cut-off/tpm-gone", test_cut_off, &tpm_gone);
  return g_test_run ();
}

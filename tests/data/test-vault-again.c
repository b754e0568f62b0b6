/* SPDX-License-Identifier: Apache-2.0 */
/* A vault whose TPM or disk was away for a while: it comes back by itself, with all that it held. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "vault-fixture.h"
#include "vault-private.h"

#define PATIENCE_US (30 * G_USEC_PER_SEC)

/* Asks until the vault is open again: it does not look at every call. */
static void
wait_open (Fixture *f)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (get_status (f).state != VAULT_OPEN && g_get_monotonic_time () < end)
    g_usleep (20000);
  assert_open (f);
}

static char *
swtpm_path (const Fixture *f, const char *suffix)
{
  return g_strconcat (f->folder, "/" KEYS_SWTPM_FOLDER, suffix, NULL);
}

static void
test_tpm_comes_up_late (Fixture *f, gconstpointer data)
{
  g_autofree char *place = swtpm_path (f, ""), *away = swtpm_path (f, ".away");

  close_vault (f);
  g_assert_cmpint (g_rename (place, away), ==, 0);
  reopen (f);
  assert_sealed (f, "NoTpm");
  g_assert_cmpint (g_rename (away, place), ==, 0);
  wait_open (f);
  {
    g_autoptr (VaultAdmin) admin = login (f);

    g_assert_nonnull (admin);
  }
}

static void
test_another_machines_tpm_is_no_passing_trouble (Fixture *f, gconstpointer data)
{
  g_autofree char *place = swtpm_path (f, ""), *away = swtpm_path (f, ".away");

  close_vault (f);
  g_assert_cmpint (g_rename (place, away), ==, 0);
  g_assert_cmpint (g_mkdir (place, 0700), ==, 0);
  reopen (f);
  assert_sealed (f, "OtherTpm");
  assert_sealed (f, "OtherTpm");
}

/* Sessions may hold what a change of the epoch made worthless: a vault that closed itself while it was open waits until they have ended. */
static void
test_closed_while_open_waits_for_sessions (Fixture *f, gconstpointer data)
{
  vault_seal (f->vault, g_error_new (CUSTODY_ERROR, CUSTODY_ERROR_NO_TPM, "the TPM fell silent"));
  assert_sealed (f, "NoTpm");
  assert_sealed (f, "NoTpm");
  g_assert_true (vault_has_closed (f->vault));
  vault_end_sessions (f->vault);
  g_assert_false (vault_has_closed (f->vault));
  assert_open (f);
}

/* A chip that is locked for a while is asked again, as one that was away. */
static void
test_locked_out_passes (Fixture *f, gconstpointer data)
{
  vault_seal (f->vault, g_error_new (CUSTODY_ERROR, CUSTODY_ERROR_LOCKED_OUT, "TPM_RC_LOCKOUT"));
  vault_end_sessions (f->vault);
  assert_open (f);
}

/* This process's only child. */
static void
kill_swtpm (void)
{
  g_autofree char *children = NULL;
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%d/children", getpid ());
  g_autoptr (GError) error = NULL;
  int pid = 0;

  g_file_get_contents (path, &children, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sscanf (children, "%d", &pid), ==, 1);
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
}

static gboolean
logs_in (Fixture *f)
{
  g_autoptr (Secret) pin = secret_new_copy (PIN, strlen (PIN));
  g_autoptr (GError) error = NULL;
  guint tries_left;
  g_autoptr (VaultAdmin) admin = vault_login (f->vault, "", pin, &tries_left, &error);

  if (admin == NULL)
    g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_TPM);
  return admin != NULL;
}

static void
test_tpm_ends_and_starts_again (Fixture *f, gconstpointer data)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError) error = NULL;

  kill_swtpm ();
  while (!logs_in (f) && g_get_monotonic_time () < end)
    g_usleep (20000);
  assert_open (f);
  g_assert_true (logs_in (f));
  findings = vault_verify (f->vault, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < findings->len; i++)
    g_assert_true (((const Finding *) g_ptr_array_index (findings, i))->ok);
}

static void
test_errno_has_a_name (void)
{
  static const struct
  {
    int error_number;
    int code;
  } cases[] = { { ENOSPC, CUSTODY_ERROR_DISK_FULL },  { EDQUOT, CUSTODY_ERROR_DISK_FULL },
                { EFBIG, CUSTODY_ERROR_DISK_FULL },   { EIO, CUSTODY_ERROR_DISK_FAILED },
                { EROFS, CUSTODY_ERROR_DISK_FAILED }, { ENODEV, CUSTODY_ERROR_DISK_FAILED },
                { EPERM, CUSTODY_ERROR_FAILED } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      custody_error_set_errno (&error, cases[i].error_number, "try");
      g_assert_error (error, CUSTODY_ERROR, cases[i].code);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/vault/again/tpm-comes-up-late", test_tpm_comes_up_late);
  ADD ("/vault/again/another-machines-tpm", test_another_machines_tpm_is_no_passing_trouble);
  ADD ("/vault/again/closed-while-open", test_closed_while_open_waits_for_sessions);
  ADD ("/vault/again/locked-out", test_locked_out_passes);
  ADD ("/vault/again/tpm-ends-and-starts", test_tpm_ends_and_starts_again);
  g_test_add_func ("/custody-error/errno", test_errno_has_a_name);
  return g_test_run ();
}

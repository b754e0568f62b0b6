/* SPDX-License-Identifier: Apache-2.0 */
/* vault: bound to how the machine boots. */
#include "admins-fixture.h"
#include "boot-otherwise.h"
#include "vault-private.h"

static gboolean
accept_boot (Fixture *f, guint number, const char *pin_text, guint *ret_tries, GError **error)
{
  g_autoptr (Secret) pin = secret_new_copy (pin_text, strlen (pin_text));

  return vault_accept_boot (f->vault, number, pin, ret_tries, error);
}

/* With a clerk, an approved number, and bound to a state that the next start of the TPM does not find. */
static void
set_up_bound (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = NULL;
  g_autofree char *person = NULL, *record = NULL;
  g_autoptr (GError) error = NULL;

  set_up (f, data);
  chief = login (f);
  person = add_person (f, "employee", "0001", NAME, "");
  record = collect_ok (f, person, NUMBER);
  g_assert_true (vault_approve (f->vault, chief->id, record, "", NULL));
  g_free (add_ok (f, chief, CLERK, VAULT_CLERK, CLERK_PIN));
  boot_otherwise (f->vault->keys);
  g_assert_true (vault_bind_boot (f->vault, chief, TRUE, &error));
  g_assert_no_error (error);
  assert_last_entry (f, chief->id, "boot-bound", "");
  g_assert_true (get_status (f).boot_bound);
}

static gboolean
look_for_action (const Entry *entry, gpointer user_data, GError **error)
{
  const char **wanted = user_data;

  if (*wanted != NULL && g_str_equal (entry->action, *wanted))
    *wanted = NULL;
  return TRUE;
}

static gboolean
has_entry (Fixture *f, const char *action)
{
  g_assert_true (vault_list_log (f->vault, 1, G_MAXINT64, G_MAXUINT, look_for_action, &action, NULL));
  return action == NULL;
}

static void
assert_whole_again (Fixture *f)
{
  VaultExport options = { .format = "keyed-csv", .purpose = "tax", .destination = "x", .kind = "all", .plain = TRUE };
  g_autoptr (VaultAdmin) chief = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;

  assert_open (f);
  findings = vault_verify (f->vault, NULL);
  assert_findings (findings, NULL);
  chief = login_as (f, CHIEF, PIN, &error);
  g_assert_no_error (error);
  content = export_text (f, chief, &options, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (content, NUMBER));
}

static void
test_another_boot (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint tries = 0;

  reopen (f);
  assert_sealed (f, "BootChanged");
  g_assert_false (accept_boot (f, 1, "wrong-pin-1", &tries, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_WRONG_PIN);
  g_assert_cmpuint (tries, ==, KEYS_MAX_TRIES - 1);
  g_clear_error (&error);
  g_assert_false (accept_boot (f, 3, PIN, &tries, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_ADMIN);
  g_clear_error (&error);
  assert_sealed (f, "BootChanged");
  g_assert_true (accept_boot (f, 1, PIN, &tries, &error));
  g_assert_no_error (error);
  assert_whole_again (f);
  /* And from now on by itself, in this state. */
  reopen (f);
  g_assert_true (get_status (f).boot_bound);
  assert_whole_again (f);
  g_assert_false (accept_boot (f, 1, PIN, &tries, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
}

/* A clerk's PIN brings the same secrets out, and is not enough. The attempt stands in the record. */
static void
test_not_a_clerk (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint tries = 0;
  Recorded last;

  reopen (f);
  g_assert_false (accept_boot (f, 2, CLERK_PIN, &tries, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
  assert_sealed (f, "BootChanged");
  reopen (f);
  assert_sealed (f, "BootChanged");
  g_clear_error (&error);
  g_assert_true (accept_boot (f, 1, PIN, &tries, &error));
  g_assert_no_error (error);
  last = last_entry (f);
  g_assert_cmpstr (last.action, ==, "boot-accepted");
  recorded_clear (&last);
  g_assert_true (has_entry (f, "boot-accept-refused"));
}

static void
test_unbound (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login_as (f, CHIEF, PIN, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (vault_bind_boot (f->vault, chief, FALSE, &error));
  g_assert_no_error (error);
  g_assert_false (get_status (f).boot_bound);
  reopen (f);
  assert_whole_again (f);
}

static void
test_only_a_chief (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) clerk = login_as (f, CLERK, CLERK_PIN, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (vault_bind_boot (f->vault, clerk, FALSE, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
  assert_last_entry (f, clerk->id, "boot-bind-refused", NULL);
  g_assert_true (get_status (f).boot_bound);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up_bound, func, tear_down)
  ADD ("/boot/another", test_another_boot);
  ADD ("/boot/not-a-clerk", test_not_a_clerk);
  ADD ("/boot/unbound", test_unbound);
  ADD ("/boot/only-a-chief", test_only_a_chief);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* move: the vault goes on on its second machine, as planned or after the first one died; never on both. */
#include "vault-move.h"

#include <sodium.h>

#include "house-fixture.h"
#include "own-format.h"
#include "vault-index.h"
#include "vault-scope.h"
#include "vault-term.h"

static GBytes *
receipt_of (House *h)
{
  g_autoptr (GError) error = NULL;
  GBytes *receipt = vault_move_receipt (h->pair.b.vault, h->pair.by_b, &error);

  g_assert_no_error (error);
  return receipt;
}

/* The number comes out on the second machine, by its own 責任者's PIN, in a file for payroll. */
static void
assert_number_on_b (House *h)
{
  const VaultExport options = {
    .format = "keyed-csv", .purpose = "tax", .destination = "給与", .kind = "all", .plain = TRUE
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = export_text (&h->pair.b, h->pair.by_b, &options, &error);

  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, NUMBER));
}

static void
assert_verifies (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) findings = vault_verify (f->vault, &error);

  g_assert_no_error (error);
  assert_findings (findings, NULL);
}

static void
assert_stopped (House *h, CustodyError code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *record = collect_for (&h->pair.a, h->other, OTHER_NUMBER, purposes, &error);

  g_assert_null (record);
  g_assert_true (g_error_matches (error, CUSTODY_ERROR, (int) code));
}

/* --- planned --------------------------------------------------------------------------------------------------------- */

static void
test_planned (House *h, gconstpointer data)
{
  g_auto (VaultTakeOver) report = { 0 };
  g_autoptr (GBytes) receipt = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) people = NULL;
  gboolean destroyed = FALSE;
  guint64 newer = 99;

  move_out (h);
  assert_lease (&h->pair.a, LEASE_MOVING);
  assert_stopped (h, CUSTODY_ERROR_MOVED_OUT);
  take_over_ok (h, FALSE, &report);
  g_assert_true (report.planned);
  g_assert_cmpuint (report.people, ==, 2);
  g_assert_cmpuint (report.numbers, ==, 1);
  g_assert_cmpuint (report.unreadable, ==, 0);
  g_assert_cmpuint (report.lease, ==, 2);
  assert_lease (&h->pair.b, LEASE_ACTIVE);
  assert_last_entry (&h->pair.b, "took-over");
  assert_person_state (&h->pair.b, h->person, "approved");
  assert_number_on_b (h);
  assert_verifies (&h->pair.b);
  g_free (collect_ok (&h->pair.b, h->other, OTHER_NUMBER));
  g_assert_cmpstr (vault_get_danger (h->pair.b.vault), ==, "no-second");

  receipt = receipt_of (h);
  g_assert_true (vault_move_finish (h->pair.a.vault, h->pair.by_a, receipt, &destroyed, &newer, &error));
  g_assert_no_error (error);
  g_assert_true (destroyed);
  assert_lease (&h->pair.a, LEASE_GONE);
  people = vault_list_people (h->pair.a.vault, NULL);
  g_assert_cmpuint (people->len, ==, 0);
  assert_verifies (&h->pair.a);
  reopen (&h->pair.a);
  reopen (&h->pair.b);
  assert_open (&h->pair.a);
  assert_open (&h->pair.b);
  assert_stopped (h, CUSTODY_ERROR_MOVED_OUT);
  assert_number_on_b (h);
}

/* A digest is of the TPM that made it: the second machine makes its own. */
static void
test_digests (House *h, gconstpointer data)
{
  g_auto (VaultTakeOver) report = { 0 };
  g_autoptr (GPtrArray) records = vault_list_records (h->pair.a.vault, NULL, "", 0, 0, NULL);

  g_assert_cmpuint (count_digests (&h->pair.a), ==, 1);
  move_out (h);
  take_over_ok (h, FALSE, &report);
  g_assert_cmpuint (report.numbers, ==, 1);
  g_assert_cmpuint (count_digests (&h->pair.b), ==, 0);
  while (vault_index_more (h->pair.b.vault, h->pair.by_b, G_USEC_PER_SEC))
    ;
  g_assert_cmpuint (count_digests (&h->pair.b), ==, 1);
  /* The first one, which has moved out, makes none any more. */
  g_assert_false (vault_index_more (h->pair.a.vault, h->pair.by_a, G_USEC_PER_SEC));
  assert_verifies (&h->pair.b);
}

/* What was chosen on the first machine goes along, and takes the place of what was chosen on the one that waited. */
static void
test_formats (House *h, gconstpointer data)
{
  g_auto (VaultTakeOver) report = { 0 };
  g_autofree char *moved = add_own_format (h->pair.a.vault, h->pair.by_a);
  g_autofree char *of_b = add_own_format (h->pair.b.vault, h->pair.by_b);
  g_autoptr (GError) error = NULL;

  move_out (h);
  take_over_ok (h, FALSE, &report);
  assert_has_format (h->pair.b.vault, moved);
  g_assert_null (vault_find_format (h->pair.b.vault, of_b, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_FORMAT);
  assert_verifies (&h->pair.b);
}

/* A copy of the first machine's files from before opens nothing on it once the move has ended. */
static void
test_old_files_are_dead (House *h, gconstpointer data)
{
  static const char *const files[] = { KEYS_FILE, STORE_FILE };
  g_autofree char *copy = test_folder_new ();
  g_auto (VaultTakeOver) report = { 0 };
  g_autoptr (GBytes) receipt = NULL;
  gboolean destroyed;
  guint64 newer;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    test_file_copy (h->pair.a.folder, copy, files[i]);
  move_out (h);
  take_over_ok (h, FALSE, &report);
  receipt = receipt_of (h);
  g_assert_true (vault_move_finish (h->pair.a.vault, h->pair.by_a, receipt, &destroyed, &newer, NULL));
  close_vault (&h->pair.a);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    test_file_copy (copy, h->pair.a.folder, files[i]);
  reopen (&h->pair.a);
  assert_sealed (&h->pair.a, "RolledBack");
  test_folder_remove (copy);
}

static void
test_bundle_again_and_cancel (House *h, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (Lease) lease = { 0 };

  g_assert_false (vault_move_cancel (h->pair.a.vault, h->pair.by_a, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
  g_clear_error (&error);
  move_out (h);
  move_out (h);
  g_assert_true (vault_get_lease (h->pair.a.vault, &lease));
  g_assert_cmpuint (lease.number, ==, 2);
  g_assert_true (vault_move_cancel (h->pair.a.vault, h->pair.by_a, &error));
  g_assert_no_error (error);
  assert_lease (&h->pair.a, LEASE_ACTIVE);
  g_free (collect_ok (&h->pair.a, h->other, OTHER_NUMBER));
}

/* --- recovery -------------------------------------------------------------------------------------------------------- */

static void
test_recovery (House *h, gconstpointer data)
{
  g_auto (VaultTakeOver) report = { 0 };
  g_autoptr (GError) error = NULL;

  back_up (h);
  /* the first machine is dead for good: its TPM with it */
  close_vault (&h->pair.a);
  g_assert_false (take_over (h, FALSE, &report, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FIRST_ACTIVE);
  assert_last_entry (&h->pair.b, "take-over-refused");
  assert_lease (&h->pair.b, LEASE_STANDBY);
  take_over_ok (h, TRUE, &report);
  g_assert_false (report.planned);
  g_assert_cmpuint (report.numbers, ==, 1);
  assert_last_entry (&h->pair.b, "recovered");
  assert_number_on_b (h);
  assert_verifies (&h->pair.b);
  reopen (&h->pair.b);
  assert_open (&h->pair.b);
  assert_number_on_b (h);
}

/* The first machine was not dead after all: with the receipt it stops, and says how much only it has. */
static void
test_recovered_while_alive (House *h, gconstpointer data)
{
  g_auto (VaultTakeOver) report = { 0 };
  g_autoptr (GBytes) receipt = NULL;
  g_autoptr (GError) error = NULL;
  gboolean destroyed = TRUE;
  guint64 newer = 0;

  back_up (h);
  take_over_ok (h, TRUE, &report);
  g_free (collect_ok (&h->pair.a, h->other, OTHER_NUMBER));
  receipt = receipt_of (h);
  g_assert_true (vault_move_finish (h->pair.a.vault, h->pair.by_a, receipt, &destroyed, &newer, &error));
  g_assert_no_error (error);
  g_assert_false (destroyed);
  g_assert_cmpuint (newer, >=, 1);
  assert_stopped (h, CUSTODY_ERROR_MOVED_OUT);
  assert_person_state (&h->pair.a, h->other, "collected");
  g_assert_true (vault_move_finish (h->pair.a.vault, h->pair.by_a, receipt, &destroyed, &newer, &error));
  g_assert_no_error (error);
  g_assert_true (destroyed);
}

/* What the second machine's escrow opens came through epochs of both. */
static void
test_recovery_after_epochs (House *h, gconstpointer data)
{
  g_autoptr (Secret) old_pin = secret_new_copy (PIN, strlen (PIN)), new_pin = secret_new_copy ("hoka-7351", 9);
  g_auto (VaultTakeOver) report = { 0 };
  guint tries;

  g_assert_true (vault_change_pin (h->pair.a.vault, h->pair.by_a, old_pin, new_pin, &tries, NULL));
  g_assert_true (vault_change_pin (h->pair.b.vault, h->pair.by_b, old_pin, new_pin, &tries, NULL));
  back_up (h);
  take_over_ok (h, TRUE, &report);
  g_assert_cmpuint (report.numbers, ==, 1);
  assert_number_on_b (h);
}

/* --- refusals -------------------------------------------------------------------------------------------------------- */

static void
assert_take_over_fails (House *h, CustodyError code)
{
  g_auto (VaultTakeOver) report = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (take_over (h, TRUE, &report, &error));
  if (!g_error_matches (error, CUSTODY_ERROR, (int) code))
    g_error ("%s", error->message);
  assert_lease (&h->pair.b, LEASE_STANDBY);
}

static void
test_damaged_bundle (House *h, gconstpointer data)
{
  g_autofree char *content = NULL;
  gsize size;

  back_up (h);
  g_assert_true (g_file_get_contents (h->path, &content, &size, NULL));
  content[size / 2] ^= 1;
  g_assert_true (g_file_set_contents (h->path, content, size, NULL));
  assert_take_over_fails (h, CUSTODY_ERROR_BACKUP_DAMAGED);
}

/* A third machine's vault, whose backup happens to be encrypted to this one. */
static void
test_foreign_bundle (House *h, gconstpointer data)
{
  Fixture c = { NULL };
  guint8 point[KEYS_POINT_BYTES];
  g_autoptr (GError) error = NULL;
  int fd = new_file (h);

  set_up (&c, NULL);
  g_assert_true (keys_get_transport_point (h->pair.b.vault->keys, point));
  g_assert_true (vault_backup_write (c.vault, fd, VAULT_BACKUP_PURPOSE, point, 1, &error));
  g_assert_no_error (error);
  close (fd);
  assert_take_over_fails (h, CUSTODY_ERROR_BACKUP_FOREIGN);
  tear_down (&c, NULL);
}

/* Removed before the backup was made: nothing in it is for that machine. */
static void
test_removed_machine (House *h, gconstpointer data)
{
  g_autoptr (Machine) machine = only_machine (&h->pair.a);
  g_autoptr (GByteArray) points = NULL;
  g_autoptr (GError) error = NULL;
  int fd;

  g_assert_true (vault_remove_machine (h->pair.a.vault, h->pair.by_a, machine->id, &error));
  g_assert_no_error (error);
  points = vault_machines_points (h->pair.a.vault, NULL, &error);
  g_assert_cmpuint (points->len, ==, CONTAINER_POINT_BYTES);
  fd = new_file (h);
  g_assert_true (vault_backup_write (h->pair.a.vault, fd, VAULT_BACKUP_PURPOSE, points->data, 1, &error));
  close (fd);
  assert_take_over_fails (h, CUSTODY_ERROR_BACKUP_FOREIGN);
}

static void
assert_receipt_refused (House *h, GBytes *receipt, CustodyError code)
{
  g_autoptr (GError) error = NULL;
  gboolean destroyed;
  guint64 newer;

  g_assert_false (vault_move_finish (h->pair.a.vault, h->pair.by_a, receipt, &destroyed, &newer, &error));
  g_assert_true (g_error_matches (error, CUSTODY_ERROR, (int) code));
}

static void
test_receipts (House *h, gconstpointer data)
{
  g_auto (VaultTakeOver) report = { 0 };
  g_autoptr (GBytes) receipt = NULL, changed = NULL, again = NULL;
  g_autofree guint8 *bytes = NULL;
  gboolean destroyed;
  guint64 newer;
  gsize size;

  move_out (h);
  take_over_ok (h, FALSE, &report);
  receipt = receipt_of (h);
  bytes = g_memdup2 (g_bytes_get_data (receipt, &size), g_bytes_get_size (receipt));
  /* any byte, with the digest made to fit */
  for (gsize i = 0; i < size - ENROLL_DIGEST_BYTES; i += 7)
    {
      g_autoptr (GBytes) forged = NULL;
      g_autoptr (GError) error = NULL;

      bytes[i] ^= 0x11;
      crypto_hash_sha256 (bytes + size - ENROLL_DIGEST_BYTES, bytes, size - ENROLL_DIGEST_BYTES);
      forged = g_bytes_new (bytes, size);
      g_assert_false (vault_move_finish (h->pair.a.vault, h->pair.by_a, forged, &destroyed, &newer, &error));
      bytes[i] ^= 0x11;
    }
  assert_lease (&h->pair.a, LEASE_MOVING);
  again = receipt_of (h);
  g_assert_true (vault_move_finish (h->pair.a.vault, h->pair.by_a, again, &destroyed, &newer, NULL));
  /* once */
  assert_receipt_refused (h, receipt, CUSTODY_ERROR_RECEIPT_REFUSED);
}

/* --- the term -------------------------------------------------------------------------------------------------------- */

#define CLIENT_PIN "itaku-5173"

static VaultAdmin *
add_client (Fixture *f, const VaultAdmin *chief)
{
  g_autoptr (Secret) pin = secret_new_copy (CLIENT_PIN, strlen (CLIENT_PIN));
  g_autoptr (GError) error = NULL;
  g_autofree char *id = vault_add_admin (f->vault, chief, "見本 委託", VAULT_CLIENT, NULL, pin, &error);
  guint tries;

  g_assert_no_error (error);
  return vault_login (f->vault, "見本 委託", pin, &tries, NULL);
}

static gboolean
set_term (Fixture *f, const VaultAdmin *by, const char *last_day, GError **error)
{
  const VaultTermChange change = { .last_day = last_day };

  return vault_set_term (f->vault, by, &change, error);
}

/* A vault that was lent goes on as one: on its second machine the term is what it was, and the client's. */
static void
test_term_goes_along (House *h, gconstpointer data)
{
  const gboolean was_here = GPOINTER_TO_INT (data);
  g_autoptr (VaultAdmin) client = add_client (&h->pair.a, h->pair.by_a), here = NULL;
  g_auto (VaultTakeOver) report = { 0 };
  g_autoptr (GError) error = NULL;

  if (was_here)
    here = add_client (&h->pair.b, h->pair.by_b);
  g_assert_true (set_term (&h->pair.a, h->pair.by_a, "2020-03-31", NULL));
  /* an expired vault may move */
  move_out (h);
  take_over_ok (h, FALSE, &report);
  g_assert_true (get_status (&h->pair.b).is_expired);
  g_assert_cmpstr (get_status (&h->pair.b).term, ==, "2020-03-31");
  g_assert_null (collect_for (&h->pair.b, h->other, OTHER_NUMBER, purposes, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_EXPIRED);
  g_clear_error (&error);
  g_assert_false (set_term (&h->pair.b, h->pair.by_b, "", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_CLIENTS_ONLY);
  g_clear_error (&error);
  if (!was_here)
    here = add_client (&h->pair.b, h->pair.by_b);
  g_assert_false (set_term (&h->pair.b, h->pair.by_b, "", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_CLIENTS_ONLY);
  g_assert_true (set_term (&h->pair.b, here, "", NULL));
  assert_number_on_b (h);
}

/* --- who may handle what --------------------------------------------------------------------------------------------- */

#define CLERK_PIN "649153"

static void
add_clerk (Fixture *f, const VaultAdmin *by, const char *name, const char *departments, const char *codes)
{
  const Scope scope = { .departments = (char *) departments, .purposes = (char *) codes };
  g_autoptr (Secret) pin = secret_new_copy (CLERK_PIN, strlen (CLERK_PIN));
  g_autoptr (GError) error = NULL;
  g_autofree char *id = vault_add_admin (f->vault, by, name, VAULT_CLERK, &scope, pin, &error);

  g_assert_no_error (error);
}

static void
assert_scope (Fixture *f, const char *name, const char *departments, const char *codes)
{
  g_autoptr (Secret) pin = secret_new_copy (CLERK_PIN, strlen (CLERK_PIN));
  g_autoptr (GError) error = NULL;
  guint tries;
  g_autoptr (VaultAdmin) clerk = vault_login (f->vault, name, pin, &tries, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (clerk->scope.departments, ==, departments);
  g_assert_cmpstr (clerk->scope.purposes, ==, codes);
}

/* A clerk whom both machines know by the same name handles no more on the second one than they did on the first. */
static void
test_scopes_go_along (House *h, gconstpointer data)
{
  const gboolean is_dead = GPOINTER_TO_INT (data);
  g_auto (VaultTakeOver) report = { 0 };
  g_auto (Scope) later = { NULL, NULL, NULL }, never = { NULL, NULL, NULL };
  g_autoptr (GError) error = NULL;

  add_clerk (&h->pair.a, h->pair.by_a, "見本 営業", "営業\n", "tax");
  add_clerk (&h->pair.a, h->pair.by_a, "見本 全部", "", "");
  add_clerk (&h->pair.a, h->pair.by_a, "見本 両方", "営業\n総務\n", "");
  add_clerk (&h->pair.a, h->pair.by_a, "見本 別々", "営業\n", "");
  add_clerk (&h->pair.a, h->pair.by_a, "見本 後日", "経理\n", "");
  add_clerk (&h->pair.b, h->pair.by_b, "見本 営業", "", "");
  add_clerk (&h->pair.b, h->pair.by_b, "見本 全部", "", "");
  add_clerk (&h->pair.b, h->pair.by_b, "見本 両方", "総務\n経理\n", "tax");
  add_clerk (&h->pair.b, h->pair.by_b, "見本 別々", "総務\n", "");
  add_clerk (&h->pair.b, h->pair.by_b, "見本 新人", "", "");
  add_clerk (&h->pair.b, h->pair.by_b, "見本 新任", "総務\n", "");
  if (is_dead)
    back_up (h);
  else
    move_out (h);
  take_over_ok (h, is_dead, &report);
  assert_verifies (&h->pair.b);
  assert_scope (&h->pair.b, "見本 営業", "営業\n", "tax");
  assert_scope (&h->pair.b, "見本 全部", "", "");
  assert_scope (&h->pair.b, "見本 両方", "総務\n", "tax");
  /* nothing in common, or unknown there while others are limited */
  assert_scope (&h->pair.b, "見本 別々", "", SCOPE_NOTHING);
  assert_scope (&h->pair.b, "見本 新人", "", SCOPE_NOTHING);
  assert_scope (&h->pair.b, "見本 新任", "総務\n", "");
  /* and who is added by that name later is the same */
  g_assert_true (vault_scope_of_before (h->pair.b.vault, "見本 後日", &later, &error));
  g_assert_cmpstr (later.departments, ==, "経理\n");
  g_assert_true (vault_scope_of_before (h->pair.b.vault, "見本 未知", &never, &error));
  g_assert_true (scope_is_all (&never));
}

/* Where nobody was limited, nobody is. */
static void
test_no_scopes (House *h, gconstpointer data)
{
  g_auto (VaultTakeOver) report = { 0 };

  add_clerk (&h->pair.a, h->pair.by_a, "見本 全部", "", "");
  add_clerk (&h->pair.b, h->pair.by_b, "見本 新人", "", "");
  move_out (h);
  take_over_ok (h, FALSE, &report);
  assert_scope (&h->pair.b, "見本 新人", "", "");
}

int
main (int argc, char **argv)
{
  g_setenv ("TSS2_LOG", "all+none", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, func) g_test_add (path, House, NULL, set_up_house, func, tear_down_house)
  ADD ("/move/planned", test_planned);
  ADD ("/move/digests", test_digests);
  ADD ("/move/formats", test_formats);
  ADD ("/move/old-files-are-dead", test_old_files_are_dead);
  ADD ("/move/bundle-again-and-cancel", test_bundle_again_and_cancel);
  ADD ("/move/recovery", test_recovery);
  ADD ("/move/recovered-while-alive", test_recovered_while_alive);
  ADD ("/move/recovery-after-epochs", test_recovery_after_epochs);
  ADD ("/move/damaged-bundle", test_damaged_bundle);
  ADD ("/move/foreign-bundle", test_foreign_bundle);
  ADD ("/move/removed-machine", test_removed_machine);
  ADD ("/move/receipts", test_receipts);
  ADD ("/move/scopes", test_scopes_go_along);
  ADD ("/move/scopes/nobody-limited", test_no_scopes);
  g_test_add ("/move/scopes/recovered", House, GINT_TO_POINTER (TRUE), set_up_house, test_scopes_go_along,
              tear_down_house);
  ADD ("/move/term", test_term_goes_along);
  g_test_add ("/move/term/client-came-before", House, GINT_TO_POINTER (TRUE), set_up_house, test_term_goes_along,
              tear_down_house);
  return g_test_run ();
}

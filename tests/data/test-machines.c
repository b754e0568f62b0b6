/* SPDX-License-Identifier: Apache-2.0 */
/* machines: two vaults with TPMs of their own, and a third one that must stay out. */
#include <sodium.h>

#include "machines-fixture.h"

/* B's 責任者 brings out, by their PIN, what opens A's numbers. */
static void
assert_escrow_opens (Pair *p, gboolean opens)
{
  g_autoptr (Machine) machine = only_machine (&p->a);
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) machine_secret = vault_machine_secret (p->b.vault, p->by_b->vault_secret, &error);
  g_autoptr (Secret) secret = NULL;

  g_assert_no_error (error);
  secret = vault_escrow_open (machine->escrow, keys_get_vault_id (p->a.vault->keys), machine->id,
                              keys_get_vault_public (p->a.vault->keys), machine_secret);
  g_assert_cmpint (secret != NULL, ==, opens);
  if (opens)
    g_assert_true (secret_equal (secret, p->by_a->vault_secret));
}

/* --- the whole way --------------------------------------------------------------------------------------------------- */

static void
test_enroll (Pair *p, gconstpointer data)
{
  g_autoptr (Machine) second = NULL, first = NULL;

  g_assert_cmpstr (vault_get_danger (p->a.vault), ==, "no-second");
  enroll (p);
  g_assert_cmpstr (vault_get_danger (p->a.vault), ==, "");
  second = only_machine (&p->a);
  g_assert_cmpstr (second->role, ==, MACHINE_SECOND);
  g_assert_cmpstr (second->name, ==, "予備");
  g_assert_cmpstr (second->id, ==, keys_get_vault_id (p->b.vault->keys));
  first = only_machine (&p->b);
  g_assert_cmpstr (first->role, ==, MACHINE_FIRST);
  g_assert_cmpstr (first->name, ==, "受付");
  g_assert_cmpstr (first->id, ==, keys_get_vault_id (p->a.vault->keys));
  assert_lease (&p->a, LEASE_ACTIVE);
  assert_lease (&p->b, LEASE_STANDBY);
  assert_escrow_opens (p, TRUE);
  reopen (&p->a);
  reopen (&p->b);
  assert_open (&p->a);
  assert_open (&p->b);
  assert_escrow_opens (p, TRUE);
}

static void
test_record (Pair *p, gconstpointer data)
{
  g_autoptr (VaultEnrolment) request = request_from (&p->b, p->by_b);
  g_autoptr (VaultEnrolment) answer = NULL, proof = NULL;

  assert_last_entry (&p->b, "enrolment-requested");
  answer = answer_to (p, request->file);
  assert_last_entry (&p->a, "enrolment-answered");
  proof = prove (p, answer->file);
  assert_last_entry (&p->b, "enrolled-at");
  g_assert_true (confirm (p, proof->file, proof->words, PIN, NULL));
  assert_last_entry (&p->a, "machine-enrolled");
}

/* Neither machine's new epoch takes the escrow away: A seals its new secret, B keeps the pair. */
static void
test_epochs (Pair *p, gconstpointer data)
{
  g_autoptr (Secret) old_pin = secret_new_copy (PIN, strlen (PIN)), new_pin = secret_new_copy ("hoka-7351", 9);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) before = NULL;
  g_autoptr (Machine) machine = NULL;
  guint tries;

  enroll (p);
  machine = only_machine (&p->a);
  before = g_bytes_ref (machine->escrow);
  g_assert_true (vault_change_pin (p->a.vault, p->by_a, old_pin, new_pin, &tries, &error));
  g_assert_no_error (error);
  g_clear_pointer (&machine, machine_free);
  machine = only_machine (&p->a);
  g_assert_false (g_bytes_equal (before, machine->escrow));
  assert_escrow_opens (p, TRUE);
  g_assert_true (vault_change_pin (p->b.vault, p->by_b, old_pin, new_pin, &tries, &error));
  g_assert_no_error (error);
  assert_escrow_opens (p, TRUE);
}

/* --- the second machine waits ---------------------------------------------------------------------------------------- */

static void
test_standby (Pair *p, gconstpointer data)
{
  g_autoptr (Person) person = person_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_autoptr (VaultEnrolment) answer = NULL;

  enroll (p);
  person->kind = g_strdup ("employee");
  person->code = g_strdup ("0001");
  person->name = g_strdup (NAME);
  person->kana = g_strdup (KANA);
  person->birth_date = g_strdup ("1980-01-02");
  g_assert_null (vault_add_person (p->b.vault, p->by_b->id, person, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STANDBY);
  g_clear_error (&error);
  g_assert_null (vault_identify (p->b.vault, "0001", "1980-01-02", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STANDBY);
  g_clear_error (&error);
  /* no chain of second machines */
  g_assert_null (vault_enroll_answer (p->b.vault, p->by_b, NULL, "予備", TRUE, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STANDBY);
}

static void
test_vault_with_people (Pair *p, gconstpointer data)
{
  g_autofree char *person = add_person (&p->b, "employee", "0001", NAME, "");
  g_autoptr (GError) error = NULL;

  g_assert_null (vault_enroll_request (p->b.vault, p->by_b, "予備", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_EMPTY);
  assert_last_entry (&p->b, "enrolment-refused");
}

/* --- refusals -------------------------------------------------------------------------------------------------------- */

static void
test_software_tpm (Pair *p, gconstpointer data)
{
  g_autoptr (VaultEnrolment) request = request_from (&p->b, p->by_b);
  g_autoptr (VaultEnrolment) answer = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (vault_enroll_answer (p->a.vault, p->by_a, request->file, "受付", FALSE, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_SOFTWARE_TPM);
  g_clear_error (&error);
  answer = answer_to (p, request->file);
  g_assert_true (answer->software_tpm);
  g_assert_null (vault_enroll_prove (p->b.vault, p->by_b, answer->file, FALSE, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_SOFTWARE_TPM);
}

/* Somebody stands between the two: each side has an enrolment with them that is in order, and only the words tell. */
static void
test_between (Pair *p, gconstpointer data)
{
  Pair m = { 0 };
  g_autoptr (VaultEnrolment) honest_request = NULL, own_request = NULL, answer_to_m = NULL, answer_to_b = NULL;
  g_autoptr (VaultEnrolment) proof_of_b = NULL, proof_of_m = NULL, seen = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) machines = NULL;

  set_up_pair (&m, NULL);
  honest_request = request_from (&p->b, p->by_b);
  own_request = request_from (&m.b, m.by_b);
  answer_to_m = answer_to (p, own_request->file);
  answer_to_b = vault_enroll_answer (m.a.vault, m.by_a, honest_request->file, "受付", TRUE, &error);
  g_assert_no_error (error);
  proof_of_b = prove (p, answer_to_b->file);
  proof_of_m = vault_enroll_prove (m.b.vault, m.by_b, answer_to_m->file, TRUE, &error);
  g_assert_no_error (error);

  seen = vault_enroll_check (p->a.vault, p->by_a, proof_of_m->file, &error);
  g_assert_no_error (error);
  g_assert_false (g_strv_equal ((const char *const *) seen->words, (const char *const *) proof_of_b->words));
  g_assert_false (confirm (p, proof_of_m->file, proof_of_b->words, PIN, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_REFUSED);
  g_clear_error (&error);
  /* that enrolment is over, with the right words too */
  g_assert_false (confirm (p, proof_of_m->file, proof_of_m->words, PIN, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_REFUSED);
  machines = vault_list_machines (p->a.vault, NULL);
  g_assert_cmpuint (machines->len, ==, 0);
  tear_down_pair (&m, NULL);
}

static void
test_wrong_pin (Pair *p, gconstpointer data)
{
  g_autoptr (VaultEnrolment) request = request_from (&p->b, p->by_b);
  g_autoptr (VaultEnrolment) answer = answer_to (p, request->file);
  g_autoptr (VaultEnrolment) proof = prove (p, answer->file);
  g_autoptr (GError) error = NULL;

  g_assert_false (confirm (p, proof->file, proof->words, "chigau-1", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_WRONG_PIN);
  g_clear_error (&error);
  g_assert_true (confirm (p, proof->file, proof->words, PIN, &error));
  g_assert_no_error (error);
  /* once only */
  g_assert_false (confirm (p, proof->file, proof->words, PIN, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_REFUSED);
}

static void
test_replay (Pair *p, gconstpointer data)
{
  g_autoptr (VaultEnrolment) request = request_from (&p->b, p->by_b);
  g_autoptr (VaultEnrolment) answer = answer_to (p, request->file);
  g_autoptr (VaultEnrolment) proof = prove (p, answer->file);
  g_autoptr (VaultEnrolment) newer = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (vault_enroll_prove (p->b.vault, p->by_b, answer->file, TRUE, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_REFUSED);
  g_clear_error (&error);
  newer = answer_to (p, request->file);
  g_assert_null (vault_enroll_check (p->a.vault, p->by_a, proof->file, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_REFUSED);
}

static void
test_own_request (Pair *p, gconstpointer data)
{
  g_autoptr (VaultEnrolment) request = request_from (&p->a, p->by_a);
  g_autoptr (GError) error = NULL;

  g_assert_null (vault_enroll_answer (p->a.vault, p->by_a, request->file, "受付", TRUE, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_REFUSED);
}

/* --- removal --------------------------------------------------------------------------------------------------------- */

static void
test_remove_second (Pair *p, gconstpointer data)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GPtrArray) machines = NULL;
  g_autoptr (Secret) machine_secret = NULL, secret = NULL;
  g_autoptr (GError) error = NULL;

  enroll (p);
  machine = only_machine (&p->a);
  g_assert_true (vault_remove_machine (p->a.vault, p->by_a, machine->id, &error));
  g_assert_no_error (error);
  assert_last_entry (&p->a, "machine-removed");
  machines = vault_list_machines (p->a.vault, NULL);
  g_assert_cmpuint (machines->len, ==, 0);
  g_assert_cmpstr (vault_get_danger (p->a.vault), ==, "no-second");
  /* the old escrow opens what was, and nothing of what comes */
  machine_secret = vault_machine_secret (p->b.vault, p->by_b->vault_secret, &error);
  g_assert_no_error (error);
  secret = vault_escrow_open (machine->escrow, keys_get_vault_id (p->a.vault->keys), machine->id,
                              keys_get_vault_public (p->a.vault->keys), machine_secret);
  g_assert_null (secret);
  g_assert_false (vault_remove_machine (p->a.vault, p->by_a, machine->id, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_MACHINE);
  reopen (&p->a);
  assert_open (&p->a);
}

static void
test_remove_first (Pair *p, gconstpointer data)
{
  g_autoptr (Machine) machine = NULL;
  g_autofree char *person = NULL;
  g_autoptr (GError) error = NULL;

  enroll (p);
  machine = only_machine (&p->b);
  g_assert_true (vault_remove_machine (p->b.vault, p->by_b, machine->id, &error));
  g_assert_no_error (error);
  assert_lease (&p->b, LEASE_ACTIVE);
  person = add_person (&p->b, "employee", "0001", NAME, "");
}

static void
test_clerk (Pair *p, gconstpointer data)
{
  g_autoptr (Secret) pin = secret_new_copy ("betsu-7351", 10);
  g_autofree char *id = NULL;
  g_autoptr (VaultAdmin) clerk = NULL;
  g_autoptr (GError) error = NULL;
  guint tries;

  id = vault_add_admin (p->b.vault, p->by_b, "事務 一郎", VAULT_CLERK, NULL, pin, &error);
  g_assert_no_error (error);
  clerk = vault_login (p->b.vault, "事務 一郎", pin, &tries, &error);
  g_assert_no_error (error);
  g_assert_null (vault_enroll_request (p->b.vault, clerk, "予備", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
}

/* --- escrow ---------------------------------------------------------------------------------------------------------- */

/* A box fits one vault, machine and key, and no other place. */
static void
test_escrow_context (void)
{
  static const char a[] = "00000000-0000-4000-8000-00000000000a", b[] = "00000000-0000-4000-8000-00000000000b";
  guint8 public[KEYS_VAULT_BYTES], other_public[KEYS_VAULT_BYTES], machine_public[KEYS_VAULT_BYTES];
  g_autoptr (Secret) secret = secret_new (KEYS_VAULT_BYTES), other = secret_new (KEYS_VAULT_BYTES);
  g_autoptr (Secret) machine_secret = secret_new (KEYS_VAULT_BYTES), opened = NULL;
  g_autoptr (GBytes) escrow = NULL, mixed = NULL, cut = NULL;

  crypto_box_keypair (public, secret_get_writable (secret));
  crypto_box_keypair (other_public, secret_get_writable (other));
  crypto_box_keypair (machine_public, secret_get_writable (machine_secret));
  escrow = vault_escrow_seal (a, b, machine_public, public, secret);
  opened = vault_escrow_open (escrow, a, b, public, machine_secret);
  g_assert_true (secret_equal (opened, secret));
  g_assert_null (vault_escrow_open (escrow, b, b, public, machine_secret));
  g_assert_null (vault_escrow_open (escrow, a, a, public, machine_secret));
  g_assert_null (vault_escrow_open (escrow, a, b, other_public, machine_secret));
  g_assert_null (vault_escrow_open (escrow, a, b, public, other));
  cut = g_bytes_new_from_bytes (escrow, 0, g_bytes_get_size (escrow) - 1);
  g_assert_null (vault_escrow_open (cut, a, b, public, machine_secret));
  /* a secret that does not belong to the public half it is said to belong to */
  mixed = vault_escrow_seal (a, b, machine_public, public, other);
  g_assert_null (vault_escrow_open (mixed, a, b, public, machine_secret));
}

int
main (int argc, char **argv)
{
  g_setenv ("TSS2_LOG", "all+none", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, func) g_test_add (path, Pair, NULL, set_up_pair, func, tear_down_pair)
  ADD ("/machines/enroll", test_enroll);
  ADD ("/machines/record", test_record);
  ADD ("/machines/epochs-keep-the-escrow", test_epochs);
  ADD ("/machines/the-second-waits", test_standby);
  ADD ("/machines/a-vault-with-people-does-not", test_vault_with_people);
  ADD ("/machines/software-tpm-only-where-allowed", test_software_tpm);
  ADD ("/machines/somebody-between", test_between);
  ADD ("/machines/wrong-pin", test_wrong_pin);
  ADD ("/machines/replay", test_replay);
  ADD ("/machines/own-request", test_own_request);
  ADD ("/machines/remove-the-second", test_remove_second);
  ADD ("/machines/remove-the-first", test_remove_first);
  ADD ("/machines/chief-only", test_clerk);
  g_test_add_func ("/machines/escrow-fits-one-place", test_escrow_context);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The blind index: the same number under two people, found without reading any; and one number revealed. On a real (software) TPM. */
#include "vault-index.h"

#include "numbers.h"
#include "record.h"
#include "vault-fixture.h"
#include "vault-private.h"
#include "vault-reveal.h"

#define OTHER_NAME "見本 花子"
#define BUDGET_US (60 * G_USEC_PER_SEC)

/* --- looking --------------------------------------------------------------------------------------------------------- */

static Number *
find (GPtrArray *numbers, const char *id)
{
  for (guint i = 0; i < numbers->len; i++)
    {
      Number *number = g_ptr_array_index (numbers, i);

      if (g_str_equal (number->id, id))
        return number;
    }
  return NULL;
}

/* @of: (nullable): the only other person, NULL for nobody */
static void
assert_duplicate (Fixture *f, const char *id, const char *of)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) numbers = vault_list_records (f->vault, NULL, "", 0, 0, &error);
  const Number *number;

  g_assert_no_error (error);
  number = find (numbers, id);
  g_assert_nonnull (number);
  g_assert_true (number->indexed);
  g_assert_cmpint (number->is_duplicate, ==, of != NULL);
  g_assert_false (number->duplicates_elsewhere);
  if (of == NULL)
    return;
  g_assert_cmpuint (number->duplicates->len, ==, 1);
  g_assert_cmpstr (((Person *) g_ptr_array_index (number->duplicates, 0))->id, ==, of);
}

static guint
count_state (Fixture *f, const char *state)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) numbers = vault_list_records (f->vault, NULL, state, 0, 0, &error);

  g_assert_no_error (error);
  return numbers->len;
}

typedef struct
{
  const char *action;
  guint n;
  char *detail;
} Wanted;

static gboolean
look (const Entry *entry, gpointer user_data, GError **error)
{
  Wanted *wanted = user_data;

  if (!g_str_equal (entry->action, wanted->action))
    return TRUE;
  wanted->n++;
  g_free (wanted->detail);
  wanted->detail = g_strdup (entry->detail);
  return TRUE;
}

static guint
count_entries (Fixture *f, const char *action, const char *detail)
{
  Wanted wanted = { .action = action };
  g_autoptr (GError) error = NULL;

  g_assert_true (vault_list_log (f->vault, 1, G_MAXINT64, G_MAXUINT, look, &wanted, &error));
  if (detail != NULL)
    {
      g_assert_nonnull (wanted.detail);
      g_assert_nonnull (strstr (wanted.detail, detail));
    }
  g_free (wanted.detail);
  return wanted.n;
}

static void
verify (Fixture *f)
{
  g_autoptr (GPtrArray) findings = vault_verify (f->vault, NULL);

  for (guint i = 0; i < findings->len; i++)
    {
      const Finding *finding = g_ptr_array_index (findings, i);

      g_test_message ("%s: %s", finding->check, finding->detail);
      g_assert_true (finding->ok || g_str_equal (finding->check, "backup")
                     || g_str_equal (finding->check, "keys.lock"));
    }
}

/* --- the index ------------------------------------------------------------------------------------------------------- */

static void
test_found (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add_person (f, "employee", "0001", NAME, ""),
                  *two = add_person (f, "employee", "0002", OTHER_NAME, "");
  g_autofree char *first = collect_ok (f, one, NUMBER), *second = collect_ok (f, two, NUMBER);
  g_autoptr (VaultAdmin) admin = login (f);
  g_autoptr (GError) error = NULL;

  assert_duplicate (f, first, two);
  assert_duplicate (f, second, one);
  g_assert_cmpuint (count_entries (f, "numbers-indexed", "count=2\n"), ==, 1);
  /* Neither is approved until one was asked for again. */
  g_assert_false (vault_approve (f->vault, admin->id, first, "", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_DUPLICATE);
  g_clear_error (&error);
  g_assert_false (vault_approve (f->vault, admin->id, second, "", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_DUPLICATE);
  g_clear_error (&error);
  assert_person_state (f, one, "collected");
  g_assert_true (vault_ask_again (f->vault, admin->id, second, "duplicate", &error));
  g_assert_cmpuint (count_digests (f), ==, 1);
  assert_duplicate (f, first, NULL);
  g_assert_true (vault_approve (f->vault, admin->id, first, "", &error));
  g_assert_no_error (error);
  verify (f);
}

static void
test_others (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add_person (f, "employee", "0001", NAME, ""),
                  *two = add_person (f, "employee", "0002", OTHER_NAME, "");
  g_autofree char *first = collect_ok (f, one, NUMBER), *second = collect_ok (f, two, OTHER_NUMBER);
  g_autofree char *third = NULL;
  g_autoptr (VaultAdmin) admin = login (f);

  assert_duplicate (f, first, NULL);
  assert_duplicate (f, second, NULL);
  /* One's own number again is nobody else's; what it replaced has no digest any more. */
  third = collect_ok (f, one, NUMBER);
  assert_duplicate (f, third, NULL);
  g_assert_cmpuint (count_digests (f), ==, 2);
  g_assert_true (vault_approve (f->vault, admin->id, third, "", NULL));
}

/* Who stands on the roster twice has the same number both times: a child who works here, an employee who came back as a contractor. */
static void
test_same_human (Fixture *f, gconstpointer data)
{
  g_autofree char *parent = add_person (f, "employee", "0001", OTHER_NAME, ""),
                  *child = add_person (f, "dependant", "", NAME, parent),
                  *worker = add_person (f, "employee", "0002", "見本　太郎", ""),
                  *other = add_person (f, "employee", "0003", "見本 三郎", "");
  g_autofree char *first = collect_ok (f, child, NUMBER), *second = collect_ok (f, worker, NUMBER), *third = NULL;
  g_autoptr (VaultAdmin) admin = login (f);
  g_autoptr (GError) error = NULL;

  assert_duplicate (f, first, NULL);
  assert_duplicate (f, second, NULL);
  g_assert_true (vault_approve (f->vault, admin->id, second, "", &error));
  third = collect_ok (f, other, NUMBER);
  g_assert_cmpuint (count_state (f, NUMBERS_WAITING), ==, 3); /* the approved one again, too */
  g_assert_false (vault_approve (f->vault, admin->id, first, "", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_DUPLICATE);
  g_clear_error (&error);
  g_assert_true (vault_ask_again (f->vault, admin->id, third, "duplicate", &error));
  g_assert_true (vault_approve (f->vault, admin->id, first, "", &error));
  g_assert_cmpuint (count_state (f, NUMBERS_WAITING), ==, 0);
}

/* With the same name but another birth date it is somebody else. */
static void
test_namesakes (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add_person (f, "employee", "0001", NAME, ""),
                  *two = add_person (f, "employee", "0002", NAME, "");
  g_autofree char *sql = g_strdup_printf ("UPDATE people SET birth_date = '1981-01-02' WHERE id = '%s'", two);
  g_autofree char *first = collect_ok (f, one, NUMBER), *second = collect_ok (f, two, NUMBER);

  assert_duplicate (f, first, NULL);
  with_database_on_record (f, sql);
  reopen (f);
  assert_duplicate (f, first, two);
  with_database_on_record (f, "UPDATE people SET birth_date = '' WHERE code = '0002'");
  reopen (f);
  assert_duplicate (f, first, NULL);
}

/* A number of an earlier program gets its digest while somebody is logged in who opens it. */
static void
test_old_numbers (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add_person (f, "employee", "0001", NAME, ""),
                  *two = add_person (f, "employee", "0002", OTHER_NAME, "");
  g_autofree char *first = collect_ok (f, one, NUMBER), *second = collect_ok (f, two, NUMBER);
  g_autoptr (VaultAdmin) admin = NULL;
  g_autoptr (GError) error = NULL;
  VaultAdmin nobody = { .id = (char *) "x" };

  with_database_on_record (f, "UPDATE numbers SET digest = NULL");
  reopen (f);
  g_assert_cmpuint (count_digests (f), ==, 0);
  g_assert_false (vault_index_more (f->vault, &nobody, BUDGET_US));
  admin = login (f);
  /* What is decided about is looked at first. */
  g_assert_true (vault_index_record (f->vault, admin, first, &error));
  g_assert_cmpuint (count_digests (f), ==, 1);
  vault_index_begin (f->vault);
  while (vault_index_more (f->vault, admin, 0))
    ;
  g_assert_cmpuint (count_digests (f), ==, 2);
  assert_duplicate (f, first, two);
  /* And never again. */
  vault_index_begin (f->vault);
  g_assert_false (vault_index_more (f->vault, admin, BUDGET_US));
  verify (f);
  reopen (f);
  assert_open (f);
  assert_duplicate (f, second, one);
}

/* What cannot be opened holds nothing up; a row that somebody edited gets no digest, so that it is still found. */
static void
test_tampered (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add_person (f, "employee", "0001", NAME, ""),
                  *two = add_person (f, "employee", "0002", OTHER_NAME, "");
  g_autofree char *first = collect_ok (f, one, NUMBER), *second = collect_ok (f, two, OTHER_NUMBER);
  g_autofree char *edit = NULL;
  g_autoptr (VaultAdmin) admin = NULL;

  with_database_on_record (f, "UPDATE numbers SET digest = NULL");
  edit = g_strdup_printf ("UPDATE numbers SET confidence = 1.0 WHERE id = '%s'", first);
  with_database (f, edit);
  reopen (f);
  admin = login (f);
  while (vault_index_more (f->vault, admin, BUDGET_US))
    ;
  g_assert_cmpuint (count_digests (f), ==, 1);
  g_assert_false (seals_row_is_fine (f->vault->store, "numbers", first));
  g_assert_true (seals_row_is_fine (f->vault->store, "numbers", second));
}

/* The digest goes with the number, whatever way: the database itself keeps none without. */
static void
test_goes_with_the_number (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *first = collect_ok (f, one, NUMBER);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (count_state (f, ""), ==, 1);
  g_assert_cmpuint (count_digests (f), ==, 1);
  g_assert_false (store_exec (f->vault->store, "UPDATE numbers SET sealed = NULL, state = 'disposed'", &error));
  g_assert_nonnull (error);
}

/* Elsewhere it is worth nothing: another TPM makes another one of the same number. */
static void
test_of_this_tpm (Fixture *f, gconstpointer data)
{
  g_autoptr (Secret) digits = secret_new_copy (NUMBER, strlen (NUMBER)), pin = secret_new_copy (PIN, strlen (PIN));
  Fixture other = { NULL };
  guint8 here[KEYS_INDEX_BYTES], there[KEYS_INDEX_BYTES];

  set_up (&other, NULL);
  g_assert_true (keys_index (f->vault->keys, digits, here, NULL));
  g_assert_true (keys_index (other.vault->keys, digits, there, NULL));
  g_assert_true (memcmp (here, there, sizeof here) != 0);
  tear_down (&other, NULL);
}

/* --- revealing ------------------------------------------------------------------------------------------------------- */

static void
test_reveal (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *first = collect_ok (f, one, NUMBER);
  g_autoptr (VaultAdmin) admin = login (f);
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) digits = vault_reveal (f->vault, admin, first, "tax", &error);

  g_assert_no_error (error);
  g_assert_cmpmem (secret_get_data (digits, NULL), secret_get_size (digits), NUMBER, strlen (NUMBER));
  g_assert_cmpuint (count_entries (f, "revealed", "purpose=tax\n"), ==, 1);
}

static void
assert_not_revealed (Fixture *f, const VaultAdmin *admin, const char *record, const char *purpose, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (vault_reveal (f->vault, admin, record, purpose, &error));
  g_assert_error (error, CUSTODY_ERROR, code);
  g_assert_cmpuint (count_entries (f, "revealed", NULL), ==, 0);
}

static void
test_reveal_refused (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *first = collect_ok (f, one, NUMBER);
  g_autoptr (VaultAdmin) admin = login (f);

  /* collect () agrees to tax and social insurance */
  assert_not_revealed (f, admin, first, "employment-insurance", CUSTODY_ERROR_OTHER_PURPOSE);
  g_assert_cmpuint (count_entries (f, "reveal-refused", "reason=OtherPurpose\n"), ==, 1);
  assert_not_revealed (f, admin, first, "", CUSTODY_ERROR_USAGE);
  assert_not_revealed (f, admin, first, "tax social-insurance", CUSTODY_ERROR_USAGE);
  assert_not_revealed (f, admin, one, "tax", CUSTODY_ERROR_NO_SUCH_RECORD);
  g_clear_pointer (&admin->vault_secret, secret_free);
  assert_not_revealed (f, admin, first, "tax", CUSTODY_ERROR_NOT_YOUR_ROLE);
}

/* What was agreed to is what the record says, not what somebody wrote into the database. */
static void
test_reveal_edited (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *first = collect_ok (f, one, NUMBER);
  g_autoptr (VaultAdmin) admin = NULL;

  with_database (f, "UPDATE numbers SET purposes = 'tax employment-insurance'");
  reopen (f);
  admin = login (f);
  assert_not_revealed (f, admin, first, "employment-insurance", CUSTODY_ERROR_TAMPERED);
}

/* What cannot be recorded is not shown. */
static void
test_reveal_unrecorded (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *first = collect_ok (f, one, NUMBER);
  g_autoptr (VaultAdmin) admin = login (f);
  g_autoptr (GError) error = NULL;

  g_assert_true (store_exec (f->vault->store,
                             "CREATE TEMP TRIGGER no_room BEFORE INSERT ON main.record "
                             "BEGIN SELECT raise (ABORT, 'no room'); END",
                             &error));
  g_assert_null (vault_reveal (f->vault, admin, first, "tax", &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
#define ADD(path, func) g_test_add ("/index/" path, Fixture, NULL, set_up, func, tear_down)
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  ADD ("found", test_found);
  ADD ("others", test_others);
  ADD ("same-human", test_same_human);
  ADD ("namesakes", test_namesakes);
  ADD ("old-numbers", test_old_numbers);
  ADD ("tampered", test_tampered);
  ADD ("goes-with-the-number", test_goes_with_the_number);
  ADD ("of-this-tpm", test_of_this_tpm);
  ADD ("reveal", test_reveal);
  ADD ("reveal-refused", test_reveal_refused);
  ADD ("reveal-edited", test_reveal_edited);
  ADD ("reveal-unrecorded", test_reveal_unrecorded);
  return g_test_run ();
}

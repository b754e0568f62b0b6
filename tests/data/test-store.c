/* SPDX-License-Identifier: Apache-2.0 */
/* store: the encrypted file: its pragmas, its states, damage, a full disk. */
#include "store-private.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "custody-error.h"
#include "data-test.h"
#include "numbers.h"
#include "people.h"

typedef struct
{
  char *folder, *path;
  Secret *key;
  Store *store;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->folder = test_folder_new ();
  f->path = g_build_filename (f->folder, STORE_FILE, NULL);
  f->key = secret_new_random (STORE_KEY_BYTES);
  f->store = store_create (f->path, f->key, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->store, store_close);
  secret_free (f->key);
  test_folder_remove (f->folder);
  g_free (f->folder);
  g_free (f->path);
}

static void
reopen (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->store, store_close);
  f->store = store_open (f->path, f->key, &error);
  g_assert_no_error (error);
}

static void
begin (Fixture *f)
{
  g_assert_true (store_begin (f->store, NULL));
}

static void
commit (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (store_commit (f->store, &error));
  g_assert_no_error (error);
}

static Person *
make_person (const char *code, const char *name)
{
  Person *person = person_new ();

  person->id = g_uuid_string_random ();
  person->kind = g_strdup ("employee");
  person->code = g_strdup (code);
  person->name = g_strdup (name);
  person->kana = g_strdup ("ミホン タロウ");
  person->birth_date = g_strdup ("1980-01-02");
  person->department = g_strdup ("");
  person->parent = g_strdup ("");
  person->relationship = g_strdup ("");
  person->updated = g_strdup ("2026-01-01T00:00:00Z");
  return person;
}

static Number *
make_number (const char *person, const void *sealed, gsize n_sealed)
{
  Number *number = number_new ();

  number->id = g_uuid_string_random ();
  number->person = g_strdup (person);
  number->sealed = g_bytes_new (sealed, n_sealed);
  number->document = g_strdup ("my-number-card-back");
  number->identity = g_strdup ("employment-known");
  number->purposes = g_strdup ("tax");
  number->text_version = g_strdup ("1");
  number->language = g_strdup ("ja");
  number->evidence = g_strdup ("");
  number->collected = g_strdup ("2026-01-01T00:00:00Z");
  return number;
}

static void
add_person (Fixture *f, const Person *person)
{
  g_autoptr (GError) error = NULL;

  begin (f);
  g_assert_true (people_insert (f->store, person, &error));
  g_assert_no_error (error);
  commit (f);
}

/* --- the file -------------------------------------------------------------------------------------------------------- */

static void
test_pragmas (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *sql, *value;
  } cases[] = { { "PRAGMA journal_mode", "truncate" },
                { "PRAGMA synchronous", "2" },
                { "PRAGMA foreign_keys", "1" },
                { "PRAGMA secure_delete", "1" },
                { "PRAGMA temp_store", "2" },
                { "PRAGMA cipher_page_size", "4096" },
                { "PRAGMA trusted_schema", "0" },
                { "PRAGMA user_version", "14" },
                { "PRAGMA cipher_hmac_algorithm", "HMAC_SHA512" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (sqlite3_stmt) statement = store_prepare (f->store, NULL, cases[i].sql, "");

      g_assert_nonnull (statement);
      g_assert_cmpint (store_step (f->store, statement, NULL), ==, 1);
      g_assert_cmpstr ((const char *) sqlite3_column_text (statement, 0), ==, cases[i].value);
    }
}

static void
test_sqlcipher_is_new_enough (void)
{
  g_assert_cmpint (sqlite3_libversion_number (), >=, 3046000);
}

static void
test_salt_is_ours (Fixture *f, gconstpointer data)
{
  g_autofree char *content = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (f->path, &content, &size, NULL));
  g_assert_cmpmem (content, 16, secret_get_data (f->key, NULL) + 32, 16);
  g_assert_null (memmem (content, size, "SQLite format", 13));
  g_assert_null (memmem (content, size, "CREATE TABLE", 12));
}

static void
test_other_key (Fixture *f, gconstpointer data)
{
  g_autoptr (Secret) other = secret_new_random (STORE_KEY_BYTES);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->store, store_close);
  g_assert_null (store_open (f->path, other, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED);
}

static void
test_missing (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->store, store_close);
  g_assert_cmpint (g_unlink (f->path), ==, 0);
  g_assert_null (store_open (f->path, f->key, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_MISSING);
}

static void
test_create_never_overwrites (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (store_create (f->path, f->key, &error));
  g_assert_nonnull (error);
  g_assert_true (store_check (f->store, NULL));
}

/* Every page is authenticated: one bit anywhere is found. */
static void
test_flipped_bit (Fixture *f, gconstpointer data)
{
  g_autofree char *content = NULL;
  gsize size;

  g_clear_pointer (&f->store, store_close);
  g_assert_true (g_file_get_contents (f->path, &content, &size, NULL));
  for (gsize offset = 20; offset < size; offset += 4096 + 37)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (Store) store = NULL;

      content[offset] ^= 4;
      g_assert_true (g_file_set_contents (f->path, content, size, NULL));
      store = store_open (f->path, f->key, &error);
      if (store != NULL)
        g_assert_false (store_check (store, &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED);
      content[offset] ^= 4;
    }
}

static void
test_half_a_file (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Store) store = NULL;

  g_clear_pointer (&f->store, store_close);
  g_assert_cmpint (truncate (f->path, 4096 * 3 + 100), ==, 0);
  store = store_open (f->path, f->key, &error);
  if (store != NULL)
    g_assert_false (store_check (store, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED);
}

static void
test_newer_schema (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (store_exec (f->store, "PRAGMA user_version = 99", NULL));
  g_clear_pointer (&f->store, store_close);
  g_assert_null (store_open (f->path, f->key, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED);
}

/* --- people and numbers ---------------------------------------------------------------------------------------------- */

static void
test_code_is_unique (Fixture *f, gconstpointer data)
{
  g_autoptr (Person) first = make_person ("0001", "見本 太郎");
  g_autoptr (Person) second = make_person ("0001", "見本 花子");

  add_person (f, first);
  begin (f);
  g_assert_false (people_insert (f->store, second, NULL));
  store_rollback (f->store);
}

static void
test_leading_zeros_stay (Fixture *f, gconstpointer data)
{
  g_autoptr (Person) person = make_person ("0001", "見本 太郎");
  g_autoptr (Person) found = NULL;
  g_autoptr (GError) error = NULL;

  add_person (f, person);
  reopen (f);
  found = people_find_by_code (f->store, "0001", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found->id, ==, person->id);
  g_assert_cmpstr (found->code, ==, "0001");
  g_assert_null (people_find_by_code (f->store, "1", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_PERSON);
}

static void
test_dependant_needs_a_parent (Fixture *f, gconstpointer data)
{
  g_autoptr (Person) person = make_person ("", "見本 次郎");

  g_free (person->kind);
  person->kind = g_strdup ("dependant");
  begin (f);
  g_assert_false (people_insert (f->store, person, NULL));
  g_free (person->parent);
  person->parent = g_uuid_string_random ();
  g_assert_false (people_insert (f->store, person, NULL));
  store_rollback (f->store);
}

static void
test_rollback_changes_nothing (Fixture *f, gconstpointer data)
{
  g_autoptr (Person) person = make_person ("0001", "見本 太郎");
  g_autoptr (GPtrArray) people = NULL;

  begin (f);
  g_assert_true (people_insert (f->store, person, NULL));
  store_rollback (f->store);
  people = people_list (f->store, NULL);
  g_assert_cmpuint (people->len, ==, 0);
}

static void
test_one_live_number_each (Fixture *f, gconstpointer data)
{
  g_autoptr (Person) person = make_person ("0001", "見本 太郎");
  g_autoptr (Number) first = NULL, second = NULL;

  add_person (f, person);
  first = make_number (person->id, "sealed-1", 8);
  second = make_number (person->id, "sealed-2", 8);
  begin (f);
  g_assert_true (numbers_insert (f->store, first, NULL));
  g_assert_false (numbers_insert (f->store, second, NULL));
  g_assert_true (
      numbers_destroy (f->store, first->id, "replaced", "2026-01-02T00:00:00Z", "kiosk", "collected-again", NULL));
  g_assert_true (numbers_insert (f->store, second, NULL));
  commit (f);
}

/* Every page of the file, decrypted, the free ones too. */
static gboolean
pages_hold (Fixture *f, const char *bytes, gsize n_bytes)
{
  sqlite3_int64 size;
  unsigned char *pages = sqlite3_serialize (f->store->db, "main", &size, 0);
  gboolean found;

  g_assert_nonnull (pages);
  g_assert_nonnull (memmem (pages, size, "CREATE TABLE", 12));
  found = memmem (pages, size, bytes, n_bytes) != NULL;
  sqlite3_free (pages);
  return found;
}

static void
test_destroyed_number_is_overwritten (Fixture *f, gconstpointer data)
{
  static const char sealed[] = "the-sealed-bytes-of-a-number-that-shall-vanish";
  g_autoptr (Person) person = make_person ("0001", "見本 太郎");
  g_autoptr (Number) number = NULL, gone = NULL, live = NULL;

  add_person (f, person);
  number = make_number (person->id, sealed, sizeof sealed);
  begin (f);
  g_assert_true (numbers_insert (f->store, number, NULL));
  commit (f);
  g_assert_true (pages_hold (f, sealed, sizeof sealed));

  begin (f);
  g_assert_true (numbers_destroy (f->store, number->id, "asked-again", "2026-01-02T00:00:00Z", "x", "unclear", NULL));
  commit (f);
  gone = numbers_get (f->store, number->id, NULL);
  g_assert_null (gone->sealed);
  g_assert_cmpstr (gone->state, ==, "asked-again");
  g_assert_true (numbers_find_live (f->store, person->id, &live, NULL));
  g_assert_null (live);
  g_assert_false (pages_hold (f, sealed, sizeof sealed));
}

/* --- a full disk ----------------------------------------------------------------------------------------------------- */

/* In a child, for the limit cannot be taken back. */
static void
fill_until_full (Fixture *f)
{
  const struct rlimit limit = { 256 * 1024, 256 * 1024 };
  g_autoptr (GError) error = NULL;
  guint done = 0;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  f->store = store_open (f->path, f->key, &error);
  g_assert_no_error (error);
  while (error == NULL)
    {
      g_autofree char *code = g_strdup_printf ("%u", done);
      g_autofree char *name = g_strnfill (150, 'x');
      g_autoptr (Person) person = make_person (code, name);

      if (store_begin (f->store, &error) && people_insert (f->store, person, &error) && store_commit (f->store, &error))
        done++;
      else
        store_rollback (f->store);
    }
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_DISK_FULL);
  g_assert_cmpuint (done, >, 10);
  {
    g_autoptr (GPtrArray) people = people_list (f->store, NULL);

    /* Still usable, and nothing lost. */
    g_assert_nonnull (people);
    g_assert_cmpuint (people->len, ==, done);
    g_assert_true (store_check (f->store, NULL));
  }
  store_close (f->store);
}

static void
test_full_disk (Fixture *f, gconstpointer data)
{
  pid_t child;
  int status;

  g_clear_pointer (&f->store, store_close);
  child = fork ();
  if (child == 0)
    {
      fill_until_full (f);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  reopen (f);
  g_assert_true (store_check (f->store, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/store/file/pragmas", test_pragmas);
  g_test_add_func ("/store/file/sqlcipher-is-new-enough", test_sqlcipher_is_new_enough);
  ADD ("/store/file/salt-is-ours", test_salt_is_ours);
  ADD ("/store/file/other-key", test_other_key);
  ADD ("/store/file/missing", test_missing);
  ADD ("/store/file/create-never-overwrites", test_create_never_overwrites);
  ADD ("/store/file/flipped-bit", test_flipped_bit);
  ADD ("/store/file/half-a-file", test_half_a_file);
  ADD ("/store/file/newer-schema", test_newer_schema);
  ADD ("/store/file/full-disk", test_full_disk);
  ADD ("/store/people/code-is-unique", test_code_is_unique);
  ADD ("/store/people/leading-zeros-stay", test_leading_zeros_stay);
  ADD ("/store/people/dependant-needs-a-parent", test_dependant_needs_a_parent);
  ADD ("/store/people/rollback-changes-nothing", test_rollback_changes_nothing);
  ADD ("/store/numbers/one-live-number-each", test_one_live_number_each);
  ADD ("/store/numbers/destroyed-number-is-overwritten", test_destroyed_number_is_overwritten);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* record: the chain finds whatever somebody with the key to the database does to it. */
#include "record.h"

#include <string.h>

#include "custody-error.h"
#include "data-test.h"
#include "store-private.h"

#define N_ENTRIES 12

/* of records without checkpoints */
static const guint8 no_key[ATTESTATION_KEY_BYTES];

typedef struct
{
  char *folder;
  Store *store;
} Fixture;

static void
append (Fixture *f, const char *action, const char *value)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (store_begin (f->store, NULL));
  g_assert_true (
      record_append (f->store, &error, "kiosk", action, "00000000-0000-4000-8000-000000000001", "value", value, NULL));
  g_assert_no_error (error);
  g_assert_true (store_commit (f->store, NULL));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (Secret) key = secret_new_random (STORE_KEY_BYTES);
  g_autoptr (GError) error = NULL;

  f->folder = test_folder_new ();
  path = g_build_filename (f->folder, STORE_FILE, NULL);
  f->store = store_create (path, key, &error);
  g_assert_no_error (error);
  g_assert_true (store_begin (f->store, NULL));
  g_assert_true (record_start (f->store, NULL));
  g_assert_true (store_commit (f->store, NULL));
  for (guint i = 0; i < N_ENTRIES; i++)
    append (f, "number-collected", "x");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  store_close (f->store);
  test_folder_remove (f->folder);
  g_free (f->folder);
}

static void
test_unbroken (Fixture *f, gconstpointer data)
{
  Audit audit;
  g_autoptr (GError) error = NULL;

  g_assert_true (record_verify (f->store, no_key, &audit, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (audit.length, ==, N_ENTRIES);
}

static void
test_tampering (Fixture *f, gconstpointer data)
{
  const char *sql = data;
  Audit audit;
  g_autoptr (GError) error = NULL;

  g_assert_true (store_exec (f->store, sql, &error));
  g_assert_no_error (error);
  g_assert_false (record_verify (f->store, no_key, &audit, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
}

/* What is rolled back leaves no entry and does not move the head. */
static void
test_rolled_back_entry (Fixture *f, gconstpointer data)
{
  Audit audit;

  g_assert_true (store_begin (f->store, NULL));
  g_assert_true (record_append (f->store, NULL, "kiosk", "number-collected", "", NULL));
  store_rollback (f->store);
  g_assert_true (record_verify (f->store, no_key, &audit, NULL));
  g_assert_cmpuint (audit.length, ==, N_ENTRIES);
}

static void
test_no_free_text (Fixture *f, gconstpointer data)
{
  static const char *const bad[] = { "見本 太郎", "123456789018", "two words", "a=b", "a\nb", "x;y" };
  g_autofree char *long_value = g_strnfill (129, 'x');
  Audit audit;

  for (guint i = 0; i <= G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (store_begin (f->store, NULL));
      g_assert_false (record_append (f->store, &error, "kiosk", "number-collected", "", "value",
                                     i < G_N_ELEMENTS (bad) ? bad[i] : long_value, NULL));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED);
      store_rollback (f->store);
    }
  g_assert_true (record_verify (f->store, no_key, &audit, NULL));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path, *sql;
  } tampers[] = {
    { "/record/verify/edited-action", "UPDATE record SET action = 'number-approved' WHERE seq = 5" },
    { "/record/verify/edited-time", "UPDATE record SET time = '2020-01-01T00:00:00Z' WHERE seq = 1" },
    { "/record/verify/edited-detail", "UPDATE record SET detail = 'value=y' || char (10) WHERE seq = 12" },
    { "/record/verify/deleted-middle", "DELETE FROM record WHERE seq = 6" },
    { "/record/verify/deleted-first", "DELETE FROM record WHERE seq = 1" },
    { "/record/verify/cut-off-end", "DELETE FROM record WHERE seq > 9" },
    { "/record/verify/emptied", "DELETE FROM record" },
    { "/record/verify/swapped", "UPDATE record SET seq = 100 WHERE seq = 4; UPDATE record SET seq = 4 WHERE seq = 5; "
                                "UPDATE record SET seq = 5 WHERE seq = 100" },
    { "/record/verify/moved-field", "UPDATE record SET actor = 'kiosknumber', action = '-collected' WHERE seq = 7" },
    { "/record/verify/added",
      "INSERT INTO record SELECT 13, time, actor, action, subject, detail, hash FROM record WHERE seq = 12" },
    { "/record/verify/hash-exchanged", "UPDATE record SET hash = zeroblob (32) WHERE seq = 8" },
    { "/record/verify/cut-off-with-length",
      "DELETE FROM record WHERE seq > 9; UPDATE meta SET value = 9 WHERE key = 'record-length'" },
  };

  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  g_test_add ("/record/verify/unbroken", Fixture, NULL, set_up, test_unbroken, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (tampers); i++)
    g_test_add (tampers[i].path, Fixture, tampers[i].sql, set_up, test_tampering, tear_down);
  g_test_add ("/record/append/rolled-back-entry", Fixture, NULL, set_up, test_rolled_back_entry, tear_down);
  g_test_add ("/record/append/no-free-text", Fixture, NULL, set_up, test_no_free_text, tear_down);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* vault-fixture: a vault on a software TPM in a temporary folder, and what its tests do with it. */
#pragma once

#include "vault.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "custody-error.h"
#include "data-test.h"
#include "record.h"
#include "store-private.h"
#include "vault-private.h"

#define PIN "mihon-4829"
#define NAME "見本 太郎"
#define KANA "ミホン タロウ"
#define NUMBER "123456789018"
#define OTHER_NUMBER "923456789014"

typedef struct
{
  char *folder, *db_path;
  Vault *vault;
} Fixture;

static inline void
set_up_empty (Fixture *f, gconstpointer data)
{
  f->folder = test_folder_new ();
  f->db_path = g_build_filename (f->folder, STORE_FILE, NULL);
  f->vault = vault_new (f->folder, NULL);
}

static inline void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (Secret) pin = secret_new_copy (PIN, strlen (PIN));
  g_autoptr (GError) error = NULL;

  set_up_empty (f, data);
  g_assert_true (vault_init (f->vault, "swtpm", "見本商事", "見本 管理", pin, &error));
  g_assert_no_error (error);
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->vault, vault_free);
  test_folder_remove (f->folder);
  g_free (f->folder);
  g_free (f->db_path);
}

static inline void
close_vault (Fixture *f)
{
  g_clear_pointer (&f->vault, vault_free);
}

static inline void
reopen (Fixture *f)
{
  close_vault (f);
  f->vault = vault_new (f->folder, NULL);
}

static inline VaultStatus
get_status (Fixture *f)
{
  VaultStatus status;

  vault_get_status (f->vault, &status);
  return status;
}

static inline void
assert_open (Fixture *f)
{
  VaultStatus status = get_status (f);

  g_assert_cmpstr (status.reason, ==, "");
  g_assert_cmpint (status.state, ==, VAULT_OPEN);
}

static inline void
assert_sealed (Fixture *f, const char *reason)
{
  VaultStatus status = get_status (f);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (status.state, ==, VAULT_SEALED);
  g_assert_cmpstr (status.reason, ==, reason);
  /* Everything else is refused with that reason. */
  g_assert_null (vault_list_people (f->vault, &error));
  g_assert_cmpstr (custody_error_get_name (error), ==, reason);
}

static inline VaultAdmin *
login (Fixture *f)
{
  g_autoptr (Secret) pin = secret_new_copy (PIN, strlen (PIN));
  g_autoptr (GError) error = NULL;
  guint tries;
  VaultAdmin *admin = vault_login (f->vault, "", pin, &tries, &error);

  g_assert_no_error (error);
  return admin;
}

static inline char *
add_person (Fixture *f, const char *kind, const char *code, const char *name, const char *parent)
{
  g_autoptr (Person) person = person_new ();
  g_autoptr (GError) error = NULL;
  char *id;

  person->kind = g_strdup (kind);
  person->code = g_strdup (code);
  person->name = g_strdup (name);
  person->kana = g_strdup (KANA);
  person->birth_date = g_strdup ("1980-01-02");
  person->parent = g_strdup (parent);
  person->relationship = g_strdup (parent[0] != '\0' ? "子" : "");
  id = vault_add_person (f->vault, "system", person, &error);
  g_assert_no_error (error);
  return id;
}

static inline char *
collect_for (Fixture *f, const char *person, const char *digits, const char *const *purposes, GError **error)
{
  const VaultCollection collection = { .document = "my-number-card-back",
                                       .identity = "employment-known",
                                       .purposes = purposes,
                                       .text_version = "2026-1",
                                       .language = "ja",
                                       .confidence = 0.99 };
  g_autoptr (Secret) number = secret_new_copy (digits, strlen (digits));

  return vault_collect (f->vault, VAULT_ACTOR_KIOSK, person, &collection, number, error);
}

static inline char *
collect (Fixture *f, const char *person, const char *digits, GError **error)
{
  static const char *const purposes[] = { "tax", "social-insurance", NULL };

  return collect_for (f, person, digits, purposes, error);
}

static inline char *
collect_ok (Fixture *f, const char *person, const char *digits)
{
  g_autoptr (GError) error = NULL;
  char *record = collect (f, person, digits, &error);

  g_assert_no_error (error);
  return record;
}

static inline void
assert_person_state (Fixture *f, const char *id, const char *state)
{
  g_autoptr (Person) person = vault_get_person (f->vault, id, NULL);

  g_assert_cmpstr (person->state, ==, state);
}

/* The database as whoever holds its key sees it. */
static inline void
with_database (Fixture *f, const char *sql)
{
  g_autoptr (Secret) key = NULL;
  g_autoptr (Keys) keys = NULL;
  g_autoptr (Store) store = NULL;
  g_autoptr (GError) error = NULL;

  close_vault (f);
  keys = keys_open (f->folder, NULL, &key, &error);
  g_assert_no_error (error);
  store = store_open (f->db_path, key, &error);
  g_assert_no_error (error);
  g_assert_true (store_exec (store, sql, &error));
  g_assert_no_error (error);
}

/* The same, as an action of the vault would do it: the record stands for what changed. */
static inline void
with_database_on_record (Fixture *f, const char *sql)
{
  g_autoptr (Secret) key = NULL;
  g_autoptr (Keys) keys = NULL;
  g_autoptr (Store) store = NULL;
  g_autoptr (GError) error = NULL;

  close_vault (f);
  keys = keys_open (f->folder, NULL, &key, &error);
  g_assert_no_error (error);
  store = store_open (f->db_path, key, &error);
  g_assert_no_error (error);
  g_assert_true (store_begin (store, NULL));
  g_assert_true (store_exec (store, sql, &error));
  g_assert_no_error (error);
  g_assert_true (record_append (store, &error, "system", "rows-confirmed", "", NULL));
  g_assert_no_error (error);
  g_assert_true (store_commit (store, NULL));
}

/* How many numbers have the digest that this vault's TPM makes of them. */
static inline guint
count_digests (Fixture *f)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (f->vault->store, NULL, "SELECT count (digest) FROM numbers WHERE length (digest) = 32", "");

  g_assert_cmpint (store_step (f->vault->store, statement, NULL), ==, 1);
  return (guint) sqlite3_column_int (statement, 0);
}

static inline void
assert_folder_is_empty (Fixture *f)
{
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);

  g_assert_cmpstr (g_dir_read_name (dir), ==, NULL);
}

static inline VaultImport *
import (Fixture *f, const char *csv, gboolean dry_run)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (csv, strlen (csv));
  g_autoptr (GError) error = NULL;
  const VaultImportOptions options = { .dry_run = dry_run };
  VaultImport *result = vault_import_people (f->vault, "system", NULL, bytes, &options, &error);

  g_assert_no_error (error);
  return result;
}

static inline char *
export_text (Fixture *f, const VaultAdmin *admin, const VaultExport *options, GError **error)
{
  g_autofree char *path = g_build_filename (f->folder, "out.csv", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  VaultExportReport report = { 0 };
  gboolean ok = vault_export (f->vault, admin, options, fd, &report, error);
  char *content = NULL;
  gsize size;

  close (fd);
  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  g_assert_cmpint (g_unlink (path), ==, 0);
  if (!ok)
    {
      g_assert_cmpuint (size, ==, 0);
      g_clear_pointer (&content, g_free);
    }
  g_free (report.export_id);
  return content;
}

static inline const Finding *
find_check (GPtrArray *findings, const char *check)
{
  for (guint i = 0; i < findings->len; i++)
    {
      const Finding *finding = g_ptr_array_index (findings, i);

      if (g_str_equal (finding->check, check))
        return finding;
    }
  g_error ("nothing was found out about %s", check);
}

static inline void
assert_findings (GPtrArray *findings, const char *bad_check)
{
  gboolean seen = bad_check == NULL;

  for (guint i = 0; i < findings->len; i++)
    {
      const Finding *finding = g_ptr_array_index (findings, i);
      gboolean bad = g_strcmp0 (finding->check, bad_check) == 0;

      if (finding->ok == bad)
        g_error ("%s: %s", finding->check, finding->detail);
      seen = seen || bad;
    }
  g_assert_true (seen);
}

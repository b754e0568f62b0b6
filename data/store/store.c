/* SPDX-License-Identifier: Apache-2.0 */
/* Store: the file, its key, its pragmas, transactions and settings. */
#include "scope-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "custody-error.h"
#include "durable.h"
#include "tables.h"

/*
 * cipher_memory_security locks and wipes each thing that SQLite allocates, with two system calls for each, which makes lists ten times
 * slower: for a process whose memory is not locked as a whole. Below this much lockable memory it would only fail.
 */
#define MEMLOCK_NEEDED (8u * 1024 * 1024)

/* --- statements ------------------------------------------------------------------------------------------------------ */

/* Why a file could not be made. SQLite then tries to read it, and remembers only that it was not there. */
static _Thread_local int create_errno;

static int
open_noting (const char *path, int flags, int mode)
{
  int fd = open (path, flags, mode);

  if ((flags & O_CREAT) != 0)
    create_errno = fd < 0 ? errno : 0;
  return fd;
}

gboolean
store_fail (Store *self, int rc, const char *doing, GError **error)
{
  int code = CUSTODY_ERROR_FAILED, system_errno = sqlite3_system_errno (self->db);

  switch (rc & 0xff)
    {
    case SQLITE_FULL:
      code = CUSTODY_ERROR_DISK_FULL;
      break;
    case SQLITE_IOERR:
      code = custody_error_from_errno (system_errno);
      if (code == CUSTODY_ERROR_FAILED)
        code = CUSTODY_ERROR_DISK_FAILED;
      break;
    case SQLITE_CANTOPEN:
      code = custody_error_from_errno (create_errno != 0 ? create_errno : system_errno);
      break;
    case SQLITE_READONLY:
      code = CUSTODY_ERROR_DISK_FAILED;
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      code = CUSTODY_ERROR_STORE_DAMAGED;
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      code = CUSTODY_ERROR_BUSY;
      break;
    default:
      break;
    }
  /* SQLite's own message may quote a value; its code says enough. */
  g_set_error (error, CUSTODY_ERROR, code, "database: %s: %s (%d)", doing, sqlite3_errstr (rc), rc);
  return FALSE;
}

gboolean
store_exec (Store *self, const char *sql, GError **error)
{
  int rc = sqlite3_exec (self->db, sql, NULL, NULL, NULL);

  return rc == SQLITE_OK || store_fail (self, sqlite3_extended_errcode (self->db), "execute", error);
}

static sqlite3_stmt *
prepare_va (Store *self, GError **error, const char *sql, const char *types, va_list args)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  int rc = sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL);

  for (int i = 0; rc == SQLITE_OK && types[i] != '\0'; i++)
    switch (types[i])
      {
      case 's':
        rc = sqlite3_bind_text (statement, i + 1, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
        break;
      case 't':
        rc = sqlite3_bind_int64 (statement, i + 1, va_arg (args, gint64));
        break;
      case 'd':
        rc = sqlite3_bind_double (statement, i + 1, va_arg (args, double));
        break;
      case 'z':
        {
          const void *bytes = va_arg (args, const void *);
          gsize n_bytes = va_arg (args, gsize);

          rc = bytes == NULL ? sqlite3_bind_null (statement, i + 1)
                             : sqlite3_bind_blob64 (statement, i + 1, bytes, n_bytes, SQLITE_TRANSIENT);
          break;
        }
      default:
        g_assert_not_reached ();
      }
  if (rc != SQLITE_OK)
    {
      store_fail (self, rc, "prepare", error);
      return NULL;
    }
  return g_steal_pointer (&statement);
}

sqlite3_stmt *
store_prepare (Store *self, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement;
  va_list args;

  va_start (args, types);
  statement = prepare_va (self, error, sql, types, args);
  va_end (args);
  return statement;
}

int
store_step (Store *self, sqlite3_stmt *statement, GError **error)
{
  int rc = sqlite3_step (statement);

  if (rc == SQLITE_ROW)
    return 1;
  if (rc == SQLITE_DONE)
    return 0;
  store_fail (self, sqlite3_extended_errcode (self->db), "step", error);
  return -1;
}

gboolean
store_run (Store *self, GError **error, const char *sql, const char *types, ...)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  va_list args;
  int more;

  va_start (args, types);
  statement = prepare_va (self, error, sql, types, args);
  va_end (args);
  if (statement == NULL)
    return FALSE;
  while ((more = store_step (self, statement, error)) == 1)
    ;
  return more == 0;
}

char *
store_column_dup (sqlite3_stmt *statement, int column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return g_strdup (text != NULL ? text : "");
}

/* --- the file -------------------------------------------------------------------------------------------------------- */

static void
set_limits (sqlite3 *db)
{
  /* All SQL is ours and constant; these are the belt beside the braces. */
  sqlite3_limit (db, SQLITE_LIMIT_LENGTH, 1024 * 1024);
  sqlite3_limit (db, SQLITE_LIMIT_SQL_LENGTH, 16 * 1024);
  sqlite3_limit (db, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit (db, SQLITE_LIMIT_WORKER_THREADS, 0);
  sqlite3_limit (db, SQLITE_LIMIT_TRIGGER_DEPTH, 1);
  (void) sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  (void) sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  (void) sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
}

#define KEY_TEXT_BYTES (2 + STORE_KEY_BYTES * 2 + 1)

/* The raw key as SQLCipher takes it: x'<64 digits of key><32 of salt>'. No PBKDF2, and no SQL text that holds it. */
static Secret *
key_text (const Secret *key)
{
  Secret *text = secret_new (KEY_TEXT_BYTES + 1);
  char *out = (char *) secret_get_writable (text);

  out[0] = 'x';
  out[1] = '\'';
  sodium_bin2hex (out + 2, STORE_KEY_BYTES * 2 + 1, secret_get_data (key, NULL), STORE_KEY_BYTES);
  out[KEY_TEXT_BYTES - 1] = '\'';
  return text;
}

static int
apply_key (sqlite3 *db, const Secret *key)
{
  g_autoptr (Secret) text = key_text (key);

  return sqlite3_key (db, secret_get_data (text, NULL), KEY_TEXT_BYTES);
}

static gboolean
may_lock_memory (void)
{
  struct rlimit limit;

  return getrlimit (RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur >= MEMLOCK_NEEDED;
}

/* Pages and small pieces each by malloc (), so that what is given back is overwritten (heap.c). SQLite's own pools, from which it serves
 * them otherwise, are kept as they are. */
static gpointer
configure_once (gpointer unused)
{
  (void) sqlite3_config (SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
  (void) sqlite3_config (SQLITE_CONFIG_LOOKASIDE, 0, 0);
  if (sqlite3_initialize () == SQLITE_OK)
    {
      sqlite3_vfs *vfs = sqlite3_vfs_find (NULL);

      (void) vfs->xSetSystemCall (vfs, "open", (sqlite3_syscall_ptr) open_noting);
    }
  return NULL;
}

static Store *
open_file (const char *path, const Secret *key, GError **error)
{
  g_autoptr (Store) self = g_new0 (Store, 1);
  g_autoptr (GError) problem = NULL;
  int rc;

  static GOnce configured = G_ONCE_INIT;

  g_return_val_if_fail (secret_get_size (key) == STORE_KEY_BYTES, NULL);

  (void) g_once (&configured, configure_once, NULL);
  rc = sqlite3_open_v2 (path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_FULLMUTEX, NULL);
  if (rc != SQLITE_OK)
    {
      store_fail (self, rc, "open", error);
      return NULL;
    }
  /* SQLite makes do with reading where it may not write; a vault that takes nothing is no vault. */
  if (sqlite3_db_readonly (self->db, "main") == 1)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_DISK_FAILED, "database: it cannot be opened for writing");
      return NULL;
    }
  set_limits (self->db);
  sqlite3_extended_result_codes (self->db, 1);
  if (!store_exec (self, "PRAGMA cipher_log_level = NONE;", error))
    return NULL;
  if (!secret_process_is_locked () && may_lock_memory ()
      && !store_exec (self, "PRAGMA cipher_memory_security = ON;", error))
    return NULL;
  rc = apply_key (self->db, key);
  if (rc != SQLITE_OK)
    {
      store_fail (self, rc, "key", error);
      return NULL;
    }
  /* TRUNCATE: one file, its journal empty between transactions; a WAL's last frames can be cut off unnoticed. */
  if (!store_exec (self,
                   "PRAGMA cipher_page_size = 4096;"
                   "PRAGMA temp_store = MEMORY;"
                   "PRAGMA journal_mode = TRUNCATE;"
                   "PRAGMA synchronous = FULL;"
                   "PRAGMA foreign_keys = ON;"
                   "PRAGMA secure_delete = ON;"
                   "PRAGMA trusted_schema = OFF;"
                   "SELECT count(*) FROM sqlite_schema;",
                   &problem)
      || !scope_attach (self, &problem))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  return g_steal_pointer (&self);
}

static gboolean
create_file (const char *path, GError **error)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    {
      custody_error_set_errno (error, errno, "create the database");
      return FALSE;
    }
  close (fd);
  return TRUE;
}

Store *
store_create (const char *path, const Secret *key, GError **error)
{
  return store_create_at (path, key, 0, error);
}

Store *
store_create_at (const char *path, const Secret *key, int version, GError **error)
{
  g_autoptr (Store) self = NULL;

  if (!create_file (path, error))
    return NULL;
  self = open_file (path, key, error);
  if (self == NULL || !store_migrate (self, version, error) || (version == 0 && !seals_attach (self, error)))
    return NULL;
  return g_steal_pointer (&self);
}

Store *
store_open (const char *path, const Secret *key, GError **error)
{
  g_autoptr (Store) self = NULL;
  struct stat st;
  const gboolean is_there = lstat (path, &st) == 0;

  if (!is_there && errno == ENOENT)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_MISSING, "there is no database");
      return NULL;
    }
  if (is_there && !S_ISREG (st.st_mode))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED, "the database is no file but a link or a folder");
      return NULL;
    }
  self = open_file (path, key, error);
  if (self == NULL || !store_migrate (self, 0, error) || !seals_attach (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
store_close (Store *self)
{
  if (self == NULL)
    return;
  if (self->db != NULL)
    {
      store_rollback (self);
      seals_detach (self);
      (void) sqlite3_close (self->db);
    }
  askings_forget (self);
  g_free (self);
}

void
store_forget (Store *self)
{
  g_return_if_fail (!self->in_transaction);

  (void) sqlite3_db_release_memory (self->db);
  /* SQLCipher keeps the last page that it decrypted: let that be one of the settings. */
  (void) sqlite3_exec (self->db, "SELECT count(*) FROM meta", NULL, NULL, NULL);
  (void) sqlite3_db_release_memory (self->db);
}

gboolean
store_opens_without_key (const char *path)
{
  sqlite3 *db = NULL;
  gboolean opens =
      sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_FULLMUTEX, NULL)
          == SQLITE_OK
      && sqlite3_exec (db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL) == SQLITE_OK;

  (void) sqlite3_close (db);
  return opens;
}

static gboolean
attach (Store *self, const char *path, const Secret *key, GError **error)
{
  g_autoptr (Secret) text = key_text (key);
  g_autoptr (sqlite3_stmt) statement = store_prepare (self, error, "ATTACH DATABASE ?1 AS copy KEY ?2", "s", path);
  int rc;

  if (statement == NULL)
    return FALSE;
  rc = sqlite3_bind_text (statement, 2, (const char *) secret_get_data (text, NULL), KEY_TEXT_BYTES, SQLITE_STATIC);
  return rc == SQLITE_OK ? store_step (self, statement, error) == 0 : store_fail (self, rc, "key", error);
}

/* What stopped it is told in words alone: which of the disk's errors was it? */
static gboolean
export_rows (Store *self, GError **error)
{
  static const int codes[] = { SQLITE_FULL, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY };
  int rc = sqlite3_exec (self->db, "SELECT sqlcipher_export ('copy')", NULL, NULL, NULL);

  for (guint i = 0; rc == SQLITE_ERROR && i < G_N_ELEMENTS (codes); i++)
    if (g_str_equal (sqlite3_errmsg (self->db), sqlite3_errstr (codes[i])))
      rc = codes[i];
  return rc == SQLITE_OK || store_fail (self, rc, "copy", error);
}

static gboolean
fill_copy (Store *self, GError **error)
{
  g_autofree char *version = NULL;
  g_autoptr (sqlite3_stmt) statement = store_prepare (self, error, "PRAGMA main.user_version", "");

  if (statement == NULL || store_step (self, statement, error) != 1)
    return FALSE;
  /* sqlcipher_export () leaves the version out. */
  version = g_strdup_printf ("PRAGMA copy.user_version = %d", sqlite3_column_int (statement, 0));
  g_clear_pointer (&statement, sqlite3_finalize);
  /* Synced as a whole afterwards; until then nobody needs it. */
  if (!store_exec (self, "PRAGMA copy.journal_mode = MEMORY; PRAGMA copy.synchronous = OFF", error)
      || !store_begin (self, error))
    return FALSE;
  if (!export_rows (self, error) || !store_exec (self, version, error))
    {
      store_rollback (self);
      return FALSE;
    }
  return store_commit (self, error);
}

gboolean
store_copy (Store *self, const char *path, const Secret *key, GError **error)
{
  gboolean ok;

  g_return_val_if_fail (!self->in_transaction && secret_get_size (key) == STORE_KEY_BYTES, FALSE);

  if (!create_file (path, error))
    return FALSE;
  sqlite3_limit (self->db, SQLITE_LIMIT_ATTACHED, 1);
  ok = attach (self, path, key, error);
  if (ok)
    {
      ok = fill_copy (self, error);
      (void) sqlite3_exec (self->db, "DETACH DATABASE copy", NULL, NULL, NULL);
    }
  sqlite3_limit (self->db, SQLITE_LIMIT_ATTACHED, 0);
  ok = ok && durable_sync_file (path, error) && durable_sync_folder_of (path, error);
  if (!ok)
    (void) unlink (path);
  return ok;
}

gboolean
store_begin (Store *self, GError **error)
{
  g_return_val_if_fail (!self->in_transaction, FALSE);

  seals_forget (self);
  if (!store_exec (self, "BEGIN IMMEDIATE", error))
    return FALSE;
  self->in_transaction = TRUE;
  return TRUE;
}

gboolean
store_commit (Store *self, GError **error)
{
  g_return_val_if_fail (self->in_transaction, FALSE);

  if (!store_exec (self, "COMMIT", error))
    {
      store_rollback (self);
      return FALSE;
    }
  self->in_transaction = FALSE;
  return TRUE;
}

void
store_rollback (Store *self)
{
  /* A full disk may have rolled back already; then this fails, and that is fine. */
  if (self->in_transaction)
    (void) sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  self->in_transaction = FALSE;
}

gboolean
store_check (Store *self, GError **error)
{
  static const char *const checks[] = { "PRAGMA cipher_integrity_check", "PRAGMA integrity_check",
                                        "PRAGMA foreign_key_check" };

  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      g_autoptr (sqlite3_stmt) statement = store_prepare (self, error, checks[i], "");
      int more = statement != NULL ? store_step (self, statement, error) : -1;

      /* integrity_check answers "ok"; the others answer only with what is wrong. */
      if (more == 1 && i == 1 && g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), "ok") == 0)
        more = 0;
      if (more == 1)
        g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED, "database: %s", checks[i]);
      if (more != 0)
        return FALSE;
    }
  return TRUE;
}

/* --- settings -------------------------------------------------------------------------------------------------------- */

#define SET_META "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"

static sqlite3_stmt *
find_meta (Store *self, const char *key, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (self, error, "SELECT value FROM meta WHERE key = ?", "s", key);
  int more;

  if (statement == NULL)
    return NULL;
  more = store_step (self, statement, error);
  if (more == 0)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED, "database: no %s", key);
  return more == 1 ? g_steal_pointer (&statement) : NULL;
}

char *
store_dup_meta_text (Store *self, const char *key, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = find_meta (self, key, error);

  return statement != NULL ? store_column_dup (statement, 0) : NULL;
}

gboolean
store_set_meta_text (Store *self, const char *key, const char *value, GError **error)
{
  return store_run (self, error, SET_META, "ss", key, value);
}

Secret *
store_get_meta_bytes (Store *self, const char *key, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = find_meta (self, key, error);

  return statement != NULL ? secret_new_copy (sqlite3_column_blob (statement, 0), sqlite3_column_bytes (statement, 0))
                           : NULL;
}

gboolean
store_set_meta_bytes (Store *self, const char *key, const guint8 *bytes, gsize n_bytes, GError **error)
{
  return store_run (self, error, SET_META, "sz", key, bytes, n_bytes);
}

gboolean
store_get_meta_number (Store *self, const char *key, guint64 *ret_value, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = find_meta (self, key, error);

  if (statement == NULL)
    return FALSE;
  if (sqlite3_column_type (statement, 0) != SQLITE_INTEGER)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "database: %s is no number", key);
      return FALSE;
    }
  *ret_value = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

gboolean
store_set_meta_number (Store *self, const char *key, guint64 value, GError **error)
{
  return store_run (self, error, SET_META, "st", key, (gint64) value);
}

gboolean
store_remove_meta (Store *self, const char *key, GError **error)
{
  return store_run (self, error, "DELETE FROM meta WHERE key = ?", "s", key);
}

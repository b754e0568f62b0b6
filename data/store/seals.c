/* SPDX-License-Identifier: Apache-2.0 */
/* seals: the triggers that tell of changes, the digests of rows, and their comparison with what the record says. */
#include "seals.h"

#include <sodium.h>
#include <string.h>

#include "custody-error.h"
#include "store-private.h"

#define BLIND_BYTES 16
#define CONTEXT "azukari rows v1"
/* Between a table's name and a row's key; sorts before whatever may stand in a name. */
#define APART '\1'
/* In a key's SQL, before each column's name. */
#define COLUMN_OF "@row@"

typedef struct
{
  char *name;
  char *key_of;        /* SQL: the row's key, with COLUMN_OF before each column's name */
  char *rows;          /* SQL: FROM and WHERE of all rows that are covered */
  GPtrArray *defaults; /* of SQL literals, one for each column, NULL without */
  sqlite3_stmt *one;   /* the row of a key; NULL before the first use */
} Table;

typedef enum
{
  REFUSE_TAMPERED,
  KEEP_TAMPERED,
  REPLACE_TAMPERED,
} Mode;

struct _Seals
{
  GPtrArray *tables;    /* of Table, by name */
  GHashTable *changed;  /* of "table\1key": in this transaction, since the last entry */
  GHashTable *settled;  /* those with an entry of this transaction already */
  GHashTable *tampered; /* those that were not as the record had them */
  Mode mode;
  gboolean renew;
  guint64 state, state_entry;
};

/* --- tables ---------------------------------------------------------------------------------------------------------- */

static void
table_free (gpointer data)
{
  Table *self = data;

  sqlite3_finalize (self->one);
  g_free (self->name);
  g_free (self->key_of);
  g_free (self->rows);
  g_ptr_array_unref (self->defaults);
  g_free (self);
}

gboolean
seals_setting_is_free (const char *key)
{
  /* Head, length and counter are the record's own; the three of the lock are worthless without the PIN that settles it. */
  static const char *const keys[] = { "counter",     "counter-seq", "record-head", "record-length",
                                      "lock-before", "lock-home",   "lock-told",   NULL };

  return g_strv_contains (keys, key);
}

static Table *
find_table (const Seals *self, const char *name)
{
  for (guint i = 0; i < self->tables->len; i++)
    {
      Table *table = g_ptr_array_index (self->tables, i);

      if (g_str_equal (table->name, name))
        return table;
    }
  return NULL;
}

static gboolean
read_columns (Store *store, Table *table, GString *key, GError **error)
{
  g_autoptr (sqlite3_stmt) columns =
      store_prepare (store, error, "SELECT name, dflt_value, pk, type FROM pragma_table_info (?)", "s", table->name);
  int more;

  if (columns == NULL)
    return FALSE;
  while ((more = store_step (store, columns, error)) == 1)
    {
      const char *name = (const char *) sqlite3_column_text (columns, 0);
      const char *type = (const char *) sqlite3_column_text (columns, 3);
      gboolean is_text = g_strcmp0 (type, "TEXT") == 0, is_bytes = g_strcmp0 (type, "BLOB") == 0;

      g_ptr_array_add (table->defaults, g_strdup ((const char *) sqlite3_column_text (columns, 1)));
      if (sqlite3_column_int (columns, 2) == 0)
        continue;
      if (key->len > 0)
        g_string_append (key, " || '/' || ");
      /* A text is compared as it is, by its index. */
      g_string_append_printf (key, "%s" COLUMN_OF "\"%s\"%s",
                              is_text    ? ""
                              : is_bytes ? "hex ("
                                         : "CAST (",
                              name,
                              is_text    ? ""
                              : is_bytes ? ")"
                                         : " AS TEXT)");
    }
  return more == 0;
}

static gboolean
add_table (Store *store, const char *name, GError **error)
{
  Table *table = g_new0 (Table, 1);
  g_autoptr (GString) key = g_string_new (NULL);

  g_ptr_array_add (store->seals->tables, table);
  table->name = g_strdup (name);
  table->defaults = g_ptr_array_new_with_free_func (g_free);
  if (!read_columns (store, table, key, error))
    return FALSE;
  /* Without a key of its own a row is known by where it lies. */
  table->key_of = g_strdup (key->len > 0 ? key->str : "CAST (" COLUMN_OF "rowid AS TEXT)");
  table->rows = g_str_equal (name, "meta")
                    ? g_strdup ("meta t LEFT JOIN seals s ON s.tbl = 'meta' AND s.key = t.key WHERE "
                                "NOT azukari_is_free (t.key)")
                    : NULL;
  return TRUE;
}

/* COLUMN_OF in a key's SQL becomes @of. */
static char *
key_sql (const Table *table, const char *of)
{
  g_auto (GStrv) parts = g_strsplit (table->key_of, COLUMN_OF, -1);

  return g_strjoinv (of, parts);
}

static gboolean
add_triggers (Store *store, const Table *table, GError **error)
{
  g_autofree char *old = key_sql (table, "OLD."), *new = key_sql (table, "NEW.");
  gboolean is_meta = g_str_equal (table->name, "meta");
  const char *when_old = "", *when_new = "";
  g_autofree char *sql = NULL;

  if (is_meta)
    {
      when_old = "WHEN NOT azukari_is_free (OLD.key)";
      when_new = "WHEN NOT azukari_is_free (NEW.key)";
    }
  sql = g_strdup_printf ("CREATE TEMP TRIGGER \"seal_insert_%1$s\" AFTER INSERT ON main.\"%1$s\" %4$s "
                         "BEGIN SELECT azukari_changed ('%1$s', %3$s); END;"
                         "CREATE TEMP TRIGGER \"seal_update_%1$s\" BEFORE UPDATE ON main.\"%1$s\" %5$s "
                         "BEGIN SELECT azukari_changing ('%1$s', %2$s), azukari_changed ('%1$s', %3$s); END;"
                         "CREATE TEMP TRIGGER \"seal_delete_%1$s\" BEFORE DELETE ON main.\"%1$s\" %5$s "
                         "BEGIN SELECT azukari_changing ('%1$s', %2$s); END;",
                         table->name, old, new, when_new, when_old);
  return store_exec (store, sql, error);
}

/* --- digests --------------------------------------------------------------------------------------------------------- */

static void
hash_bytes (crypto_generichash_state *state, const void *bytes, gsize n_bytes)
{
  guint32 size = GUINT32_TO_BE ((guint32) n_bytes);

  crypto_generichash_update (state, (const guint8 *) &size, sizeof size);
  if (n_bytes > 0)
    crypto_generichash_update (state, bytes, n_bytes);
}

static void
hash_text (crypto_generichash_state *state, const char *text)
{
  hash_bytes (state, text, strlen (text));
}

/* A column that a later schema adds stands at its default in every row of before. */
static gboolean
is_default (sqlite3_stmt *row, int column, const char *literal)
{
  const char *text;
  gsize n;

  if (sqlite3_column_type (row, column) == SQLITE_NULL)
    return TRUE;
  if (literal == NULL)
    return FALSE;
  text = (const char *) sqlite3_column_text (row, column);
  if (sqlite3_column_type (row, column) == SQLITE_INTEGER)
    return g_str_equal (literal, text);
  n = strlen (literal);
  return sqlite3_column_type (row, column) == SQLITE_TEXT && n >= 2 && literal[0] == '\'' && strlen (text) == n - 2
         && memcmp (literal + 1, text, n - 2) == 0;
}

static void
hash_value (crypto_generichash_state *state, sqlite3_stmt *row, int column)
{
  guint8 type = (guint8) sqlite3_column_type (row, column);

  crypto_generichash_update (state, &type, 1);
  if (type == SQLITE_INTEGER)
    {
      gint64 value = GINT64_TO_BE (sqlite3_column_int64 (row, column));

      hash_bytes (state, &value, sizeof value);
    }
  else if (type == SQLITE_FLOAT)
    {
      double value = sqlite3_column_double (row, column);

      hash_bytes (state, &value, sizeof value);
    }
  else
    {
      const void *bytes = sqlite3_column_blob (row, column);

      hash_bytes (state, bytes, (gsize) sqlite3_column_bytes (row, column));
    }
}

/* Of the table's columns, which begin at @first in @row. */
static void
hash_row (const Table *table, sqlite3_stmt *row, int first, const guint8 blind[BLIND_BYTES],
          guint8 ret_digest[SEALS_DIGEST_BYTES])
{
  crypto_generichash_state state;

  crypto_generichash_init (&state, blind, BLIND_BYTES, SEALS_DIGEST_BYTES);
  hash_text (&state, table->name);
  for (guint i = 0; i < table->defaults->len; i++)
    {
      int column = first + (int) i;

      if (is_default (row, column, g_ptr_array_index (table->defaults, i)))
        continue;
      hash_text (&state, sqlite3_column_name (row, column));
      hash_value (&state, row, column);
    }
  crypto_generichash_final (&state, ret_digest, SEALS_DIGEST_BYTES);
  sodium_memzero (&state, sizeof state);
}

/* What one entry says is a digest over those of its rows. */
static void
entry_begin (crypto_generichash_state *state)
{
  crypto_generichash_init (state, NULL, 0, SEALS_DIGEST_BYTES);
  hash_text (state, CONTEXT);
}

static void
entry_add (crypto_generichash_state *state, const char *table, const char *key, const void *digest, gsize n_digest)
{
  hash_text (state, table);
  hash_text (state, key);
  hash_bytes (state, digest, n_digest);
}

/* --- the row of a key ------------------------------------------------------------------------------------------------ */

/* The row, as a step of a statement that the caller resets; NULL without an error when there is none. */
static gboolean
find_row (Store *store, Table *table, const char *key, sqlite3_stmt **ret_row, GError **error)
{
  int more;

  if (table->one == NULL)
    {
      g_autofree char *expression = key_sql (table, "");
      g_autofree char *sql = g_strdup_printf ("SELECT * FROM main.\"%s\" WHERE %s = ?", table->name, expression);

      table->one = store_prepare (store, error, sql, "");
      if (table->one == NULL)
        return FALSE;
    }
  (void) sqlite3_bind_text (table->one, 1, key, -1, SQLITE_TRANSIENT);
  more = store_step (store, table->one, error);
  *ret_row = more == 1 ? table->one : NULL;
  if (more != 1)
    (void) sqlite3_reset (table->one);
  return more >= 0;
}

/* Is the row of @key what its last entry says? */
static gboolean
row_is_sealed (Store *store, Table *table, const char *key)
{
  g_autoptr (sqlite3_stmt) seal =
      store_prepare (store, NULL,
                     "SELECT s.blind, l.digest FROM seals s JOIN seal_log l ON l.seq = s.seq AND l.tbl = s.tbl "
                     "AND l.key = s.key WHERE s.tbl = ? AND s.key = ?",
                     "ss", table->name, key);
  guint8 digest[SEALS_DIGEST_BYTES];
  sqlite3_stmt *row = NULL;
  gboolean same = FALSE;

  if (seal == NULL || store_step (store, seal, NULL) != 1 || !find_row (store, table, key, &row, NULL) || row == NULL)
    return FALSE;
  if (sqlite3_column_bytes (seal, 0) == BLIND_BYTES && sqlite3_column_bytes (seal, 1) == SEALS_DIGEST_BYTES)
    {
      hash_row (table, row, 0, sqlite3_column_blob (seal, 0), digest);
      same = sodium_memcmp (digest, sqlite3_column_blob (seal, 1), SEALS_DIGEST_BYTES) == 0;
    }
  (void) sqlite3_reset (row);
  return same;
}

gboolean
seals_row_is_fine (Store *store, const char *table, const char *key)
{
  Table *found = find_table (store->seals, table);

  return found != NULL && row_is_sealed (store, found, key);
}

gboolean
seals_row_was_removed (Store *store, const char *table, const char *key)
{
  g_autoptr (sqlite3_stmt) seal =
      store_prepare (store, NULL, "SELECT 1 FROM seals WHERE tbl = ? AND key = ?", "ss", table, key);
  Table *found = find_table (store->seals, table);
  sqlite3_stmt *row = NULL;
  gboolean is_there;

  if (found == NULL || seal == NULL || store_step (store, seal, NULL) != 1)
    return FALSE;
  is_there = find_row (store, found, key, &row, NULL) && row != NULL;
  if (row != NULL)
    (void) sqlite3_reset (row);
  return !is_there;
}

/* --- what SQLite tells ----------------------------------------------------------------------------------------------- */

static char *
dup_name (const char *table, const char *key)
{
  return g_strdup_printf ("%s%c%s", table, APART, key);
}

static void
note (Store *store, sqlite3_value **values, gboolean look)
{
  Seals *self = store->seals;
  const char *table_name = (const char *) sqlite3_value_text (values[0]);
  const char *key = (const char *) sqlite3_value_text (values[1]);
  g_autofree char *name = dup_name (table_name, key != NULL ? key : "");
  Table *table = find_table (self, table_name);

  if (look && table != NULL && !g_hash_table_contains (self->changed, name)
      && !g_hash_table_contains (self->settled, name) && !row_is_sealed (store, table, key != NULL ? key : ""))
    g_hash_table_add (self->tampered, g_strdup (name));
  g_hash_table_add (self->changed, g_steal_pointer (&name));
}

static void
changing_cb (sqlite3_context *context, int n_values, sqlite3_value **values)
{
  note (sqlite3_user_data (context), values, TRUE);
}

static void
changed_cb (sqlite3_context *context, int n_values, sqlite3_value **values)
{
  note (sqlite3_user_data (context), values, FALSE);
}

static void
is_free_cb (sqlite3_context *context, int n_values, sqlite3_value **values)
{
  const char *key = (const char *) sqlite3_value_text (values[0]);

  sqlite3_result_int (context, key != NULL && seals_setting_is_free (key));
}

static GHashTable *
name_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

gboolean
seals_attach (Store *store, GError **error)
{
  const struct
  {
    const char *name;
    int n_values;
    void (*func) (sqlite3_context *, int, sqlite3_value **);
  } functions[] = { { "azukari_changing", 2, changing_cb },
                    { "azukari_changed", 2, changed_cb },
                    { "azukari_is_free", 1, is_free_cb } };
  g_autoptr (sqlite3_stmt) names = NULL;
  int more;

  store->seals = g_new0 (Seals, 1);
  store->seals->tables = g_ptr_array_new_with_free_func (table_free);
  store->seals->changed = name_set ();
  store->seals->settled = name_set ();
  store->seals->tampered = name_set ();
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      int rc = sqlite3_create_function_v2 (store->db, functions[i].name, functions[i].n_values,
                                           SQLITE_UTF8 | SQLITE_INNOCUOUS, store, functions[i].func, NULL, NULL, NULL);

      if (rc != SQLITE_OK)
        return store_fail (store, rc, "function", error);
    }
  names = store_prepare (
      store, error,
      "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
      "AND name NOT IN ('record', 'checkpoints', 'seals', 'seal_log') ORDER BY name",
      "");
  if (names == NULL)
    return FALSE;
  while ((more = store_step (store, names, error)) == 1)
    if (!add_table (store, (const char *) sqlite3_column_text (names, 0), error))
      return FALSE;
  g_clear_pointer (&names, sqlite3_finalize);
  for (guint i = 0; more == 0 && i < store->seals->tables->len; i++)
    if (!add_triggers (store, g_ptr_array_index (store->seals->tables, i), error))
      return FALSE;
  return more == 0;
}

void
seals_detach (Store *store)
{
  Seals *self = g_steal_pointer (&store->seals);

  if (self == NULL)
    return;
  g_ptr_array_unref (self->tables);
  g_hash_table_unref (self->changed);
  g_hash_table_unref (self->settled);
  g_hash_table_unref (self->tampered);
  g_free (self);
}

void
seals_forget (Store *store)
{
  Seals *self = store->seals;

  if (self == NULL)
    return;
  g_hash_table_remove_all (self->changed);
  g_hash_table_remove_all (self->settled);
  g_hash_table_remove_all (self->tampered);
  self->mode = REFUSE_TAMPERED;
  self->renew = FALSE;
  self->state = self->state_entry = 0;
}

void
seals_keep_tampered (Store *store)
{
  store->seals->mode = KEEP_TAMPERED;
}

void
seals_replace_tampered (Store *store)
{
  store->seals->mode = REPLACE_TAMPERED;
}

void
seals_renew (Store *store)
{
  store->seals->renew = TRUE;
}

void
seals_stage_state (Store *store, guint64 state)
{
  store->seals->state = state;
}

guint64
seals_get_state_entry (const Store *store)
{
  return store->seals->state_entry;
}

gboolean
seals_are_due (const Store *store)
{
  return g_hash_table_size (store->seals->changed) > 0;
}

gboolean
seals_exist (Store *store, gboolean *ret_exist, GError **error)
{
  g_autoptr (sqlite3_stmt) any = store_prepare (store, error, "SELECT EXISTS (SELECT 1 FROM seals)", "");

  if (any == NULL || store_step (store, any, error) != 1)
    return FALSE;
  *ret_exist = sqlite3_column_int (any, 0) != 0;
  return TRUE;
}

gboolean
seals_adopt (Store *store, GError **error)
{
  Seals *self = store->seals;

  for (guint i = 0; store->migrated && i < self->tables->len; i++)
    {
      const Table *table = g_ptr_array_index (self->tables, i);
      g_autofree char *key = key_sql (table, "");
      g_autofree char *sql =
          g_strdup_printf ("SELECT %s FROM main.\"%s\" WHERE NOT EXISTS (SELECT 1 FROM seal_log WHERE tbl = '%s')", key,
                           table->name, table->name);
      g_autoptr (sqlite3_stmt) rows = store_prepare (store, error, sql, "");
      int more = -1;

      while (rows != NULL && (more = store_step (store, rows, error)) == 1)
        g_hash_table_add (self->changed, dup_name (table->name, (const char *) sqlite3_column_text (rows, 0)));
      if (more != 0)
        return FALSE;
    }
  return TRUE;
}

/* --- sealing --------------------------------------------------------------------------------------------------------- */

typedef struct
{
  Store *store;
  guint64 seq;
  crypto_generichash_state entry;
  sqlite3_stmt *key, *log; /* owned: the two inserts */
  guint n;
} Sealing;

static void
sealing_clear (Sealing *self)
{
  sqlite3_finalize (self->key);
  sqlite3_finalize (self->log);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sealing, sealing_clear)

static gboolean
sealing_begin (Sealing *self, GError **error)
{
  self->key =
      store_prepare (self->store, error,
                     "INSERT INTO seals (tbl, key, seq, blind) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET "
                     "seq = excluded.seq, blind = excluded.blind",
                     "");
  self->log =
      store_prepare (self->store, error, "INSERT INTO seal_log (tbl, key, seq, digest) VALUES (?1, ?2, ?3, ?4)", "");
  entry_begin (&self->entry);
  return self->key != NULL && self->log != NULL;
}

static gboolean
insert_seal (Sealing *self, sqlite3_stmt *statement, const char *table, const char *key, const void *bytes,
             gsize n_bytes, GError **error)
{
  int more;

  (void) sqlite3_bind_text (statement, 1, table, -1, SQLITE_TRANSIENT);
  (void) sqlite3_bind_text (statement, 2, key, -1, SQLITE_TRANSIENT);
  (void) sqlite3_bind_int64 (statement, 3, (gint64) self->seq);
  if (n_bytes > 0)
    (void) sqlite3_bind_blob64 (statement, 4, bytes, n_bytes, SQLITE_TRANSIENT);
  else
    (void) sqlite3_bind_zeroblob (statement, 4, 0);
  more = store_step (self->store, statement, error);
  (void) sqlite3_reset (statement);
  return more == 0;
}

/* @row: at the row of @key, its columns from @first on; NULL: it is gone. */
static gboolean
seal_row (Sealing *self, const Table *table, const char *key, sqlite3_stmt *row, int first, GError **error)
{
  guint8 blind[BLIND_BYTES], digest[SEALS_DIGEST_BYTES];
  gboolean ok;

  if (row != NULL)
    {
      randombytes_buf (blind, sizeof blind);
      hash_row (table, row, first, blind, digest);
      ok = insert_seal (self, self->key, table->name, key, blind, sizeof blind, error);
    }
  else
    ok = store_run (self->store, error, "DELETE FROM seals WHERE tbl = ? AND key = ?", "ss", table->name, key);
  sodium_memzero (blind, sizeof blind);
  if (!ok || !insert_seal (self, self->log, table->name, key, digest, row != NULL ? sizeof digest : 0, error))
    return FALSE;
  entry_add (&self->entry, table->name, key, digest, row != NULL ? sizeof digest : 0);
  self->n++;
  return TRUE;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
refuse_tampered (const Seals *self, GError **error)
{
  GHashTableIter iter;
  gpointer name;
  const char *key;

  g_hash_table_iter_init (&iter, self->tampered);
  (void) g_hash_table_iter_next (&iter, &name, NULL);
  key = strchr (name, APART);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "database: %.*s %s is not as the record has it",
               (int) (key - (const char *) name), (const char *) name, key + 1);
  return FALSE;
}

static gboolean
seal_changed (Sealing *sealing, GPtrArray *names, GError **error)
{
  Seals *self = sealing->store->seals;

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *name = g_strdup (g_ptr_array_index (names, i));
      char *key = strchr (name, APART);
      Table *table;
      sqlite3_stmt *row = NULL;
      gboolean ok;

      if (self->mode == KEEP_TAMPERED && g_hash_table_contains (self->tampered, name))
        continue;
      *key++ = '\0';
      table = find_table (self, name);
      if (!find_row (sealing->store, table, key, &row, error))
        return FALSE;
      ok = seal_row (sealing, table, key, row, 0, error);
      if (row != NULL)
        (void) sqlite3_reset (row);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

/* All rows of a table with their seals: seq, blind, key, and the columns. */
static sqlite3_stmt *
all_rows (Store *store, const Table *table, GError **error)
{
  g_autofree char *key = key_sql (table, "t."), *usual = NULL, *sql = NULL;

  usual = g_strdup_printf ("\"%s\" t LEFT JOIN seals s ON s.tbl = '%s' AND s.key = %s", table->name, table->name, key);
  sql = g_strdup_printf ("SELECT s.seq, s.blind, %s AS sealed_key, t.* FROM %s ORDER BY sealed_key", key,
                         table->rows != NULL ? table->rows : usual);
  return store_prepare (store, error, sql, "");
}

#define FIRST_COLUMN 3

static gboolean
seal_all (Sealing *sealing, GError **error)
{
  Store *store = sealing->store;

  if (!store_exec (store, "DELETE FROM seals; DELETE FROM seal_log", error))
    return FALSE;
  for (guint i = 0; i < store->seals->tables->len; i++)
    {
      const Table *table = g_ptr_array_index (store->seals->tables, i);
      g_autoptr (sqlite3_stmt) rows = all_rows (store, table, error);
      int more = -1;

      while (rows != NULL && (more = store_step (store, rows, error)) == 1)
        {
          g_autofree char *key = store_column_dup (rows, 2);

          if (!seal_row (sealing, table, key, rows, FIRST_COLUMN, error))
            return FALSE;
        }
      if (more != 0)
        return FALSE;
    }
  return TRUE;
}

static GPtrArray *
sorted_names (GHashTable *set)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, name);
  /* As the primary key of seal_log has them. */
  g_ptr_array_sort (names, compare_names);
  return names;
}

static gboolean
take_rows (Store *store, guint64 seq, SealsTaken *taken, GError **error)
{
  g_auto (Sealing) sealing = { .store = store, .seq = seq };
  Seals *self = store->seals;
  g_autoptr (GPtrArray) names = sorted_names (self->changed);

  if (names->len == 0 && !self->renew)
    return TRUE;
  if (self->mode == REFUSE_TAMPERED && g_hash_table_size (self->tampered) > 0)
    return refuse_tampered (self, error);
  if (!sealing_begin (&sealing, error)
      || !(self->renew ? seal_all (&sealing, error) : seal_changed (&sealing, names, error)))
    return FALSE;
  crypto_generichash_final (&sealing.entry, taken->digest, SEALS_DIGEST_BYTES);
  taken->rows = sealing.n;
  taken->all = self->renew;
  self->renew = FALSE;
  for (guint i = 0; i < names->len; i++)
    g_hash_table_add (self->settled, g_strdup (g_ptr_array_index (names, i)));
  g_hash_table_remove_all (self->changed);
  return TRUE;
}

gboolean
seals_take (Store *store, guint64 seq, SealsTaken *ret_taken, GError **error)
{
  Seals *self = store->seals;
  SealsTaken taken = { 0 };

  if (!take_rows (store, seq, &taken, error))
    return FALSE;
  if (self->state != 0 && self->state_entry == 0)
    {
      taken.state = self->state;
      self->state_entry = seq;
    }
  *ret_taken = taken;
  return TRUE;
}

/* --- comparing ------------------------------------------------------------------------------------------------------- */

/* What the last entry says of a row. */
typedef struct
{
  guint64 seq;
  guint8 digest[SEALS_DIGEST_BYTES];
  gboolean gone, seen;
} Last;

typedef struct
{
  Store *store;
  GHashTable *last;   /* owned: "table\1key" -> Last */
  GPtrArray *reports; /* owned: of SealsTable */
} Check;

static void
check_clear (Check *self)
{
  g_clear_pointer (&self->last, g_hash_table_unref);
  g_clear_pointer (&self->reports, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Check, check_clear)

void
seals_table_free (SealsTable *self)
{
  if (self == NULL)
    return;
  g_free (self->table);
  g_free (self->first);
  g_free (self);
}

gboolean
seals_table_is_fine (const SealsTable *self)
{
  return self->edited == 0 && self->added == 0 && self->removed == 0 && self->forged == 0;
}

/* Also of a table that is no more. */
static SealsTable *
report_of (Check *self, const char *table)
{
  SealsTable *report;

  for (guint i = 0; i < self->reports->len; i++)
    {
      report = g_ptr_array_index (self->reports, i);
      if (g_str_equal (report->table, table))
        return report;
    }
  report = g_new0 (SealsTable, 1);
  report->table = g_strdup (table);
  g_ptr_array_add (self->reports, report);
  return report;
}

static void
count (SealsTable *report, guint *what, const char *key)
{
  (*what)++;
  if (report->first == NULL)
    report->first = g_strdup (key);
}

/* One row of seal_log. */
static void
keep_last (Check *self, sqlite3_stmt *log, guint64 seq)
{
  Last *last = g_new0 (Last, 1);
  int n_bytes = sqlite3_column_bytes (log, 3);

  last->seq = seq;
  last->gone = n_bytes != SEALS_DIGEST_BYTES;
  if (!last->gone)
    memcpy (last->digest, sqlite3_column_blob (log, 3), SEALS_DIGEST_BYTES);
  g_hash_table_replace (
      self->last, dup_name ((const char *) sqlite3_column_text (log, 1), (const char *) sqlite3_column_text (log, 2)),
      last);
}

static void
accuse (Check *self, GPtrArray *tables, guint64 seq)
{
  for (guint i = 0; i < tables->len; i++)
    {
      SealsTable *report = report_of (self, g_ptr_array_index (tables, i));

      if (report->forged == 0)
        report->forged = seq;
    }
}

/* The rows that the log has for one entry, against what the entry says. @log stands at the first of them. */
static int
check_entry (Check *self, sqlite3_stmt *log, GHashTable *said, GError **error)
{
  const guint64 seq = (guint64) sqlite3_column_int64 (log, 0);
  const SealsEntry *entry = g_hash_table_lookup (said, &seq);
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func (g_free);
  guint8 digest[SEALS_DIGEST_BYTES];
  crypto_generichash_state state;
  int more = 1;

  entry_begin (&state);
  while (more == 1 && (guint64) sqlite3_column_int64 (log, 0) == seq)
    {
      const char *table = (const char *) sqlite3_column_text (log, 1);

      if (tables->len == 0 || !g_str_equal (g_ptr_array_index (tables, tables->len - 1), table))
        g_ptr_array_add (tables, g_strdup (table));
      entry_add (&state, table, (const char *) sqlite3_column_text (log, 2), sqlite3_column_blob (log, 3),
                 (gsize) sqlite3_column_bytes (log, 3));
      keep_last (self, log, seq);
      more = store_step (self->store, log, error);
    }
  crypto_generichash_final (&state, digest, SEALS_DIGEST_BYTES);
  if (entry == NULL || memcmp (entry->digest, digest, SEALS_DIGEST_BYTES) != 0)
    accuse (self, tables, seq);
  if (entry != NULL)
    (void) g_hash_table_remove (said, &seq);
  return more;
}

static gboolean
check_log (Check *self, GArray *entries, GError **error)
{
  g_autoptr (GHashTable) said = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (sqlite3_stmt) log =
      store_prepare (self->store, error, "SELECT seq, tbl, key, digest FROM seal_log ORDER BY seq, tbl, key", "");
  GHashTableIter iter;
  gpointer entry;
  int more;

  if (log == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    g_hash_table_add (said, &g_array_index (entries, SealsEntry, i));
  more = store_step (self->store, log, error);
  while (more == 1)
    more = check_entry (self, log, said, error);
  if (more < 0)
    return FALSE;
  g_hash_table_iter_init (&iter, said);
  while (g_hash_table_iter_next (&iter, &entry, NULL))
    report_of (self, "seal_log")->forged = ((const SealsEntry *) entry)->seq;
  return TRUE;
}

static void
check_row (SealsTable *report, const Table *table, sqlite3_stmt *row, GHashTable *said)
{
  const char *key = (const char *) sqlite3_column_text (row, 2);
  g_autofree char *name = dup_name (table->name, key != NULL ? key : "");
  Last *last = g_hash_table_lookup (said, name);
  guint8 digest[SEALS_DIGEST_BYTES];

  report->rows++;
  if (last == NULL || last->gone)
    {
      count (report, &report->added, key);
      return;
    }
  last->seen = TRUE;
  if (sqlite3_column_bytes (row, 1) != BLIND_BYTES || (guint64) sqlite3_column_int64 (row, 0) != last->seq)
    {
      count (report, &report->edited, key);
      return;
    }
  hash_row (table, row, FIRST_COLUMN, sqlite3_column_blob (row, 1), digest);
  if (memcmp (digest, last->digest, SEALS_DIGEST_BYTES) != 0)
    count (report, &report->edited, key);
}

static gboolean
check_table (Check *self, const Table *table, GError **error)
{
  SealsTable *report = report_of (self, table->name);
  g_autoptr (sqlite3_stmt) rows = all_rows (self->store, table, error);
  int more = -1;

  while (rows != NULL && (more = store_step (self->store, rows, error)) == 1)
    check_row (report, table, rows, self->last);
  return more == 0;
}

static void
check_missing (Check *self)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, self->last);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      const Last *last = value;
      const char *key = strchr (name, APART);
      g_autofree char *table = g_strndup (name, (gsize) (key - (const char *) name));
      SealsTable *report;

      if (last->seen || last->gone)
        continue;
      report = report_of (self, table);
      count (report, &report->removed, key + 1);
    }
}

static gint
compare_reports (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const SealsTable *const *) a)->table, (*(const SealsTable *const *) b)->table);
}

GPtrArray *
seals_check (Store *store, GArray *entries, GError **error)
{
  g_auto (Check) check = { .store = store };

  check.last = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  check.reports = g_ptr_array_new_with_free_func ((GDestroyNotify) seals_table_free);
  if (!check_log (&check, entries, error))
    return NULL;
  for (guint i = 0; i < store->seals->tables->len; i++)
    if (!check_table (&check, g_ptr_array_index (store->seals->tables, i), error))
      return NULL;
  check_missing (&check);
  g_ptr_array_sort (check.reports, compare_reports);
  return g_steal_pointer (&check.reports);
}

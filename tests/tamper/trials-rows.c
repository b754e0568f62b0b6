/* SPDX-License-Identifier: Apache-2.0 */
/* trials: rows, by somebody who holds the database's key, with the seals left as they are or made to fit. */
#include "world.h"

#include "chain.h"
#include "seals.h"

/* --- any table ------------------------------------------------------------------------------------------------------- */

/* Values that some column's rule may let pass. */
static const char *const values[] = { "%s || 'x'",
                                      "%s + 1",
                                      "%s - 1",
                                      "zeroblob (length (%s))",
                                      "zeroblob (length (%s) + 1)",
                                      "'approved'",
                                      "'none'",
                                      "'collected'",
                                      "'disposed'",
                                      "'clerk'",
                                      "'chief'",
                                      "'client'",
                                      "'first'",
                                      "'contractor'",
                                      "'employee'",
                                      "'year-end'",
                                      "'leaving'",
                                      "'gone'",
                                      "'standby'",
                                      "'2020-01-01'",
                                      "x'00'",
                                      "NULL",
                                      "1",
                                      "(SELECT id FROM people LIMIT 1 OFFSET 3)" };

static gboolean
run (Store *store, const char *sql)
{
  return store_exec (store, sql, NULL) && sqlite3_changes (store->db) > 0;
}

/* Opens the copy's database; @fit: what the record's entries say of rows is made to look right, as far as the database alone can. */
static gboolean
change (World *self, char **sqls, gboolean fit)
{
  g_autoptr (Store) store = NULL;
  SealsTaken taken;
  guint64 length = 0;
  gboolean done = FALSE;

  world_reset (self);
  store = world_open_store (self);
  g_assert_true (store_exec (store, "PRAGMA foreign_keys = OFF", NULL));
  g_assert_true (record_get_length (store, &length, NULL) && store_begin (store, NULL));
  for (guint i = 0; sqls[i] != NULL; i++)
    done = run (store, sqls[i]);
  if (done && fit)
    {
      seals_replace_tampered (store);
      done = seals_take (store, length, &taken, NULL);
    }
  if (done)
    return store_commit (store, NULL);
  store_rollback (store);
  return FALSE;
}

static void
try_each_way (World *self, const char *group, const char *what, char **sqls)
{
  g_autofree char *fitted = g_strconcat (what, ", seals made to fit", NULL);

  if (change (self, sqls, FALSE))
    world_judge (self, group, what, FOUND);
  if (!self->brief && change (self, sqls, TRUE))
    world_judge (self, group, fitted, FOUND);
}

static char *
where_row (const char *table, guint row)
{
  if (g_str_equal (table, "meta") || g_str_equal (table, "seals") || g_str_equal (table, "seal_log"))
    return g_strdup_printf ("WHERE (%s) = (SELECT %s FROM \"%s\" LIMIT 1 OFFSET %u)",
                            g_str_equal (table, "meta")    ? "key"
                            : g_str_equal (table, "seals") ? "tbl, key"
                                                           : "seq, tbl, key",
                            g_str_equal (table, "meta")    ? "key"
                            : g_str_equal (table, "seals") ? "tbl, key"
                                                           : "seq, tbl, key",
                            table, row);
  return g_strdup_printf ("WHERE rowid = (SELECT rowid FROM \"%s\" LIMIT 1 OFFSET %u)", table, row);
}

/* A setting is told by its name: each is a column of its own. */
static char *
name_of (World *self, const char *table, const char *column, guint row)
{
  g_autoptr (Store) store = NULL;
  g_autoptr (sqlite3_stmt) statement = NULL;

  if (!g_str_equal (table, "meta"))
    return g_strdup (column);
  world_reset (self);
  store = world_open_store (self);
  statement = store_prepare (store, NULL, "SELECT key FROM meta LIMIT 1 OFFSET ?", "t", (gint64) row);
  return store_step (store, statement, NULL) == 1 ? store_column_dup (statement, 0) : g_strdup (column);
}

static void
edit_column (World *self, const char *table, const char *column, guint row)
{
  g_autofree char *where = where_row (table, row), *group = g_strdup_printf ("table %s", table), *name = NULL;

  name = name_of (self, table, column, row);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *quoted = g_strdup_printf ("\"%s\"", column), *what = g_strdup_printf ("%s edited", name);
      g_auto (GStrv) around = g_strsplit (values[i], "%s", -1);
      g_autofree char *value = g_strjoinv (quoted, around);
      char *sqls[] = { NULL, NULL };
      g_autofree char *sql = g_strdup_printf ("UPDATE \"%s\" SET \"%s\" = %s %s AND \"%s\" IS NOT %s", table, column,
                                              value, where, column, value);

      sqls[0] = sql;
      if (!change (self, sqls, FALSE))
        continue;
      try_each_way (self, group, what, sqls);
      return;
    }
}

static void
remove_row (World *self, const char *table, guint row)
{
  g_autofree char *where = where_row (table, row), *group = g_strdup_printf ("table %s", table);
  g_autofree char *sql = g_strdup_printf ("DELETE FROM \"%s\" %s", table, where);
  g_autofree char *name = name_of (self, table, "a row", row), *what = g_strdup_printf ("%s removed", name);
  char *sqls[] = { sql, NULL };

  try_each_way (self, group, what, sqls);
}

/* Two rows change their keys: everything else of them is exchanged. */
static void
swap_rows (World *self, const char *table, const char *key, const char *others)
{
  g_autofree char *group = g_strdup_printf ("table %s", table);
  g_autofree char *first = g_strdup_printf (
      "UPDATE \"%s\" SET \"%s\" = '%s' WHERE rowid = (SELECT min (rowid) FROM \"%s\")", table, key, others, table);
  g_autofree char *second = g_strdup_printf (
      "UPDATE \"%1$s\" SET \"%2$s\" = (SELECT k FROM temp.swapped) WHERE rowid = (SELECT max (rowid) FROM \"%1$s\")",
      table, key);
  g_autofree char *third = g_strdup_printf (
      "UPDATE \"%1$s\" SET \"%2$s\" = (SELECT l FROM temp.swapped) WHERE rowid = (SELECT min (rowid) FROM \"%1$s\")",
      table, key);
  g_autofree char *keep = g_strdup_printf (
      "CREATE TEMP TABLE swapped AS SELECT (SELECT \"%2$s\" FROM \"%1$s\" ORDER BY rowid LIMIT 1) AS k, "
      "(SELECT \"%2$s\" FROM \"%1$s\" ORDER BY rowid DESC LIMIT 1) AS l",
      table, key);
  char *sqls[] = { keep, first, second, third, NULL };

  try_each_way (self, group, "two rows swapped", sqls);
}

static void
duplicate_row (World *self, const char *table, GPtrArray *columns, const char *key)
{
  g_autofree char *group = g_strdup_printf ("table %s", table);
  g_autoptr (GString) sql = g_string_new (NULL);
  char *sqls[] = { NULL, NULL };

  g_string_printf (sql, "INSERT INTO \"%s\" SELECT ", table);
  for (guint i = 0; i < columns->len; i++)
    {
      const char *column = g_ptr_array_index (columns, i);

      /* What has to differ. */
      if (g_str_equal (column, key) || g_str_equal (column, "code"))
        g_string_append_printf (sql, "%s\"%s\" || 'd'", i > 0 ? ", " : "", column);
      else if (g_str_equal (table, "admins") && g_str_equal (column, "name"))
        g_string_append_printf (sql, "%s\"%s\" || 'd'", i > 0 ? ", " : "", column);
      else
        g_string_append_printf (sql, "%s\"%s\"", i > 0 ? ", " : "", column);
    }
  g_string_append_printf (sql, " FROM \"%s\" ORDER BY rowid DESC LIMIT 1", table);
  sqls[0] = sql->str;
  try_each_way (self, group, "a row duplicated", sqls);
}

static GPtrArray *
list (World *self, const char *sql, const char *table)
{
  g_autoptr (Store) store = NULL;
  g_autoptr (sqlite3_stmt) statement = NULL;
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  world_reset (self);
  store = world_open_store (self);
  statement = store_prepare (store, NULL, sql, table != NULL ? "s" : "", table);
  while (store_step (store, statement, NULL) == 1)
    g_ptr_array_add (names, store_column_dup (statement, 0));
  return names;
}

static guint
count_rows (World *self, const char *table)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM \"%s\"", table);
  g_autoptr (GPtrArray) count = list (self, sql, NULL);

  return (guint) g_ascii_strtoull (g_ptr_array_index (count, 0), NULL, 10);
}

/* What no digest of rows is for: the record's and the counter's own settings have trials of their own, the lock's bind nothing. */
static gboolean
is_judged (World *self, const char *table, guint row)
{
  g_autofree char *name = name_of (self, table, "", row);

  return !g_str_equal (table, "meta") || !g_str_has_prefix (name, "lock-");
}

void
trials_of_rows (World *self)
{
  g_autoptr (GPtrArray) tables = list (self,
                                       "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('record', "
                                       "'checkpoints') AND name NOT LIKE 'sqlite%' ORDER BY name",
                                       NULL);

  for (guint t = 0; t < tables->len; t++)
    {
      const char *table = g_ptr_array_index (tables, t);
      g_autoptr (GPtrArray) columns = list (self, "SELECT name FROM pragma_table_info (?)", table);
      g_autoptr (GPtrArray) keys =
          list (self, "SELECT name FROM pragma_table_info (?) WHERE pk > 0 AND type = 'TEXT'", table);
      const guint n_rows = count_rows (self, table);
      gboolean is_meta = g_str_equal (table, "meta");
      const guint step = is_meta ? (self->brief ? 4 : 1) : self->brief ? MAX (n_rows, 1) : MAX (1, n_rows / 3);

      for (guint row = 0; row < n_rows; row += step)
        {
          if (!is_judged (self, table, row))
            continue;
          for (guint c = is_meta ? 1 : 0; c < columns->len; c += self->brief && !is_meta ? 5 : 1)
            edit_column (self, table, g_ptr_array_index (columns, c), row);
          remove_row (self, table, row);
        }
      if (n_rows >= 2 && keys->len == 1 && !is_meta)
        {
          swap_rows (self, table, g_ptr_array_index (keys, 0), "between");
          duplicate_row (self, table, columns, g_ptr_array_index (keys, 0));
        }
    }
}

/* --- the record ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  Store *store;
  guint8 head[ENTRY_HASH_BYTES];
  guint64 from;
} Rechain;

static gboolean
rechain_entry (const Entry *entry, gpointer user_data, GError **error)
{
  Rechain *self = user_data;

  if (entry->seq < self->from)
    memcpy (self->head, entry->hash, ENTRY_HASH_BYTES);
  else
    {
      chain_hash (self->head, entry, self->head);
      g_assert_true (store_run (self->store, NULL, "UPDATE record SET hash = ? WHERE seq = ?", "zt", self->head,
                                (gsize) ENTRY_HASH_BYTES, (gint64) entry->seq));
    }
  return TRUE;
}

/* Every hash from @from on anew, and the settings with them. */
static void
rechain (Store *store, guint64 from)
{
  Rechain rechain = { .store = store, .from = from };

  g_assert_true (entries_foreach (store, 0, G_MAXINT64, G_MAXUINT, rechain_entry, &rechain, NULL));
  g_assert_true (store_exec (
      store,
      "UPDATE meta SET value = (SELECT max (seq) FROM record) WHERE key = 'record-length';"
      "UPDATE meta SET value = (SELECT hash FROM record ORDER BY seq DESC LIMIT 1) WHERE key = 'record-head'",
      NULL));
}

static void
record_trial (World *self, const char *what, guint64 rechain_from, Expectation expectation, const char *sql)
{
  g_autoptr (Store) store = NULL;

  world_reset (self);
  store = world_open_store (self);
  if (!store_exec (store, sql, NULL))
    g_error ("%s", sqlite3_errmsg (store->db));
  if (rechain_from > 0)
    rechain (store, rechain_from);
  g_clear_pointer (&store, store_close);
  world_judge (self, "record", what, expectation);
}

static guint64
number (World *self, const char *sql)
{
  g_autoptr (GPtrArray) values_of = list (self, sql, NULL);

  return g_ascii_strtoull (g_ptr_array_index (values_of, 0), NULL, 10);
}

static void
edit_entries (World *self, guint64 seq)
{
  static const char *const columns[] = { "time", "actor", "action", "subject", "detail" };

  for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
    {
      g_autofree char *sql = g_strdup_printf ("UPDATE record SET %s = %s WHERE seq = %" G_GUINT64_FORMAT, columns[c],
                                              c == 0 ? "'2026-01-01T00:00:00Z'" : "'x'", seq);
      g_autofree char *what = g_strdup_printf ("%s edited", columns[c]);
      g_autofree char *again = g_strdup_printf ("%s edited, chain made anew from there", columns[c]);

      record_trial (self, what, 0, FOUND, sql);
      if (!self->brief || c == 2)
        record_trial (self, again, seq, FOUND, sql);
    }
}

static void
record_ends (World *self, guint64 length)
{
  for (guint64 cut = 1; cut <= (self->brief ? 1 : 6); cut++)
    {
      g_autofree char *sql = g_strdup_printf ("DELETE FROM record WHERE seq > %" G_GUINT64_FORMAT, length - cut);
      g_autofree char *with = g_strdup_printf ("DELETE FROM record WHERE seq > %1$" G_GUINT64_FORMAT
                                               "; DELETE FROM checkpoints WHERE seq > %1$" G_GUINT64_FORMAT
                                               "; DELETE FROM seal_log WHERE seq > %1$" G_GUINT64_FORMAT,
                                               length - cut);
      g_autofree char *states = g_strdup_printf ("%s; UPDATE meta SET value = (SELECT max (seq) FROM record WHERE "
                                                 "detail LIKE '%%state=%%') WHERE key = 'counter-seq'",
                                                 with);

      record_trial (self, "end cut off", 0, FOUND, sql);
      record_trial (self, "end cut off, head and length made to fit", length - cut, FOUND, sql);
      record_trial (self, "end cut off, with checkpoints, seals and settings", length - cut, FOUND, with);
      record_trial (self, "end cut off, the state's entry too", length - cut, FOUND, states);
    }
}

static void
checkpoints_of (World *self)
{
  static const struct
  {
    const char *what, *sql;
  } ways[] = {
    { "checkpoint removed", "DELETE FROM checkpoints WHERE seq = (SELECT min (seq) FROM checkpoints)" },
    { "last checkpoint removed", "DELETE FROM checkpoints WHERE seq = (SELECT max (seq) FROM checkpoints)" },
    { "all checkpoints removed", "DELETE FROM checkpoints" },
    { "checkpoint moved", "UPDATE checkpoints SET seq = seq - 1 WHERE seq = (SELECT max (seq) FROM checkpoints)" },
    { "checkpoint added", "INSERT INTO checkpoints SELECT 1, attestation, signature FROM checkpoints LIMIT 1" },
    { "attestation exchanged for another's", "UPDATE checkpoints SET attestation = (SELECT attestation FROM "
                                             "checkpoints ORDER BY seq DESC LIMIT 1) WHERE seq = (SELECT min "
                                             "(seq) FROM checkpoints)" },
    { "signature exchanged for another's", "UPDATE checkpoints SET signature = (SELECT signature FROM checkpoints "
                                           "ORDER BY seq DESC LIMIT 1) WHERE seq = (SELECT min (seq) "
                                           "FROM checkpoints)" },
    { "attestation zeroed", "UPDATE checkpoints SET attestation = zeroblob (length (attestation))" },
    { "signature zeroed", "UPDATE checkpoints SET signature = zeroblob (length (signature))" },
    { "attestation emptied", "UPDATE checkpoints SET attestation = x''" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    record_trial (self, ways[i].what, 0, FOUND, ways[i].sql);
}

void
trials_of_record (World *self)
{
  const guint64 length = number (self, "SELECT max (seq) FROM record");
  const guint64 attested = number (self, "SELECT max (seq) FROM checkpoints");
  const guint64 places[] = { 1, length / 3, length / 2, attested };
  g_autofree char *last = g_strdup_printf ("UPDATE record SET actor = 'kiosk' WHERE seq = %" G_GUINT64_FORMAT, length);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (!self->brief || i == 1)
      edit_entries (self, places[i]);
  record_trial (self, "entry removed", 0, FOUND, "DELETE FROM record WHERE seq = 4");
  record_trial (
      self, "entry removed, those after it moved up", 4, FOUND,
      "DELETE FROM record WHERE seq = 4; UPDATE record SET seq = -seq WHERE seq > 4; UPDATE record SET seq = -seq - 1 "
      "WHERE seq < 0");
  record_trial (self, "two entries swapped", 0, FOUND,
                "UPDATE record SET seq = 0 WHERE seq = 4; UPDATE record SET seq = 4 WHERE seq = 5; UPDATE record SET "
                "seq = 5 WHERE seq = 0");
  record_trial (self, "hash edited", 0, FOUND, "UPDATE record SET hash = zeroblob (32) WHERE seq = 6");
  record_trial (self, "head edited", 0, FOUND, "UPDATE meta SET value = zeroblob (32) WHERE key = 'record-head'");
  record_trial (self, "length edited", 0, FOUND, "UPDATE meta SET value = value - 1 WHERE key = 'record-length'");
  record_trial (self, "counter one up", 0, FOUND, "UPDATE meta SET value = value + 1 WHERE key = 'counter'");
  record_trial (self, "counter one down", 0, FOUND, "UPDATE meta SET value = value - 1 WHERE key = 'counter'");
  record_trial (self, "state's entry moved", 0, FOUND, "UPDATE meta SET value = value - 1 WHERE key = 'counter-seq'");
  checkpoints_of (self);
  record_ends (self, length);
  /* What the daemon itself could do: nobody can tell a false event from a true one. */
  record_trial (self, "false event after the last checkpoint, chain made anew", length, HARMLESS, last);
  record_trial (self, "false event added at the end, chain made anew", length, HARMLESS,
                "INSERT INTO record SELECT seq + 1, time, 'kiosk', 'number-asked', '', '', zeroblob (32) FROM record "
                "ORDER BY seq DESC "
                "LIMIT 1");
}

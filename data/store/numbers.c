/* SPDX-License-Identifier: Apache-2.0 */
/* numbers: SQL of numbers and exports. */
#include "numbers.h"

#include "custody-error.h"
#include "scope-private.h"

#define COLUMNS                                                                                                        \
  "n.id, n.person, n.sealed, n.state, n.document, n.identity, n.purposes, n.text_version, n.language, n.evidence, "    \
  "n.confidence, n.collected, n.decided, n.decided_by, n.reason, n.digest IS NOT NULL "
#define FROM "FROM numbers n "
#define N_COLUMNS 16

/* Of @a and @b, aliases of people: one human being who stands on the roster twice. */
#define NAME_OF(a) "replace (replace (" a ".name, ' ', ''), char (0x3000), '')"
#define SAME_HUMAN(a, b)                                                                                               \
  "(" NAME_OF (a) " = " NAME_OF (b) " AND (" a ".birth_date = " b ".birth_date OR '' IN (" a ".birth_date, " b         \
                                    ".birth_date)))"
/* The number n, whose person is p, is also that of somebody else. */
#define IS_DUPLICATE                                                                                                   \
  "EXISTS (SELECT 1 FROM numbers o JOIN people q ON q.id = o.person WHERE o.digest = n.digest AND o.person <> "        \
  "n.person "                                                                                                          \
  "AND NOT " SAME_HUMAN ("p", "q") ") "

Number *
number_new (void)
{
  return g_new0 (Number, 1);
}

void
number_free (Number *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->person);
  g_clear_pointer (&self->sealed, g_bytes_unref);
  g_free (self->state);
  g_free (self->document);
  g_free (self->identity);
  g_free (self->purposes);
  g_free (self->text_version);
  g_free (self->language);
  g_free (self->evidence);
  g_free (self->collected);
  g_free (self->decided);
  g_free (self->decided_by);
  g_free (self->reason);
  g_free (self->name);
  g_free (self->code);
  g_free (self->kind);
  g_free (self->decider);
  g_clear_pointer (&self->duplicates, g_ptr_array_unref);
  g_free (self);
}

static Number *
row_number (sqlite3_stmt *row)
{
  Number *self = number_new ();

  self->id = store_column_dup (row, 0);
  self->person = store_column_dup (row, 1);
  if (sqlite3_column_type (row, 2) != SQLITE_NULL)
    self->sealed = g_bytes_new (sqlite3_column_blob (row, 2), sqlite3_column_bytes (row, 2));
  self->state = store_column_dup (row, 3);
  self->document = store_column_dup (row, 4);
  self->identity = store_column_dup (row, 5);
  self->purposes = store_column_dup (row, 6);
  self->text_version = store_column_dup (row, 7);
  self->language = store_column_dup (row, 8);
  self->evidence = store_column_dup (row, 9);
  self->confidence = sqlite3_column_double (row, 10);
  self->collected = store_column_dup (row, 11);
  self->decided = store_column_dup (row, 12);
  self->decided_by = store_column_dup (row, 13);
  self->reason = store_column_dup (row, 14);
  self->indexed = sqlite3_column_int (row, 15) != 0;
  return self;
}

GPtrArray *
numbers_list (Store *store, const char *state, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (
      store, error, "SELECT " COLUMNS FROM "WHERE ?1 = '' OR n.state = ?1 ORDER BY n.collected, n.id", "s", state);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) number_free);
  int more;

  if (statement == NULL)
    return NULL;
  while ((more = store_step (store, statement, error)) == 1)
    g_ptr_array_add (list, row_number (statement));
  return more == 0 ? g_steal_pointer (&list) : NULL;
}

#define PAGE                                                                                                           \
  "SELECT " COLUMNS ", p.name, p.code, p.kind, coalesce (a.name, ''), " IS_DUPLICATE FROM                              \
  "JOIN people p ON p.id = n.person "                                                                                  \
  "LEFT JOIN people e ON e.id = p.parent LEFT JOIN admins a ON a.id = n.decided_by "                                   \
  "WHERE " SCOPE_OF_NUMBERS ("?6") "AND " SCOPE_OF_PEOPLE ("?4", "?5")
#define PAGE_ORDER "ORDER BY n.collected, n.id LIMIT ?2 OFFSET ?3"
#define PAGE_WAITING                                                                                                   \
  "AND ?1 <> '' AND (n.state = 'collected' OR (n.state = 'approved' AND n.digest IS NOT NULL AND " IS_DUPLICATE ")) "

/* Who has the number too. */
static gboolean
find_duplicates (Store *store, const Scope *scope, Number *number, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (
      store, error,
      "SELECT p.id, p.name, p.code, " SCOPE_OF_NUMBERS ("?4") "AND " SCOPE_OF_PEOPLE (
          "?2", "?3") "FROM numbers o JOIN people q ON q.id = o.person "
                      "JOIN numbers n ON n.digest = o.digest AND n.person <> o.person JOIN people p ON p.id = n.person "
                      "LEFT JOIN people e ON e.id = p.parent WHERE o.id = ?1 AND NOT " SAME_HUMAN (
                          "p", "q") " ORDER BY p.code, p.id",
      "ssss", number->id, SCOPE_BINDS (scope));
  int more;

  if (statement == NULL)
    return FALSE;
  number->duplicates = g_ptr_array_new_with_free_func ((GDestroyNotify) person_free);
  while ((more = store_step (store, statement, error)) == 1)
    {
      Person *person;

      if (sqlite3_column_int (statement, 3) == 0)
        {
          number->duplicates_elsewhere = TRUE;
          continue;
        }
      person = person_new ();
      person->id = store_column_dup (statement, 0);
      person->name = store_column_dup (statement, 1);
      person->code = store_column_dup (statement, 2);
      g_ptr_array_add (number->duplicates, person);
    }
  return more == 0;
}

static const char *
page_sql (const char *state)
{
  if (g_str_equal (state, NUMBERS_WAITING))
    return PAGE PAGE_WAITING PAGE_ORDER;
  /* A state that is named is in the index, in this order: a page ends where it is full. */
  return state[0] != '\0' ? PAGE "AND n.state = ?1 " PAGE_ORDER : PAGE "AND ?1 = '' " PAGE_ORDER;
}

GPtrArray *
numbers_list_page (Store *store, const Scope *scope, const char *state, guint from, guint limit, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error, page_sql (state), "sttsss", state, limit > 0 ? (gint64) limit : (gint64) -1,
                     (gint64) from, SCOPE_BINDS (scope));
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) number_free);
  int more;

  if (statement == NULL)
    return NULL;
  while ((more = store_step (store, statement, error)) == 1)
    {
      Number *number = row_number (statement);

      number->name = store_column_dup (statement, N_COLUMNS);
      number->code = store_column_dup (statement, N_COLUMNS + 1);
      number->kind = store_column_dup (statement, N_COLUMNS + 2);
      number->decider = store_column_dup (statement, N_COLUMNS + 3);
      number->is_duplicate = sqlite3_column_int (statement, N_COLUMNS + 4) != 0;
      g_ptr_array_add (list, number);
      if (number->is_duplicate && !find_duplicates (store, scope, number, error))
        return NULL;
    }
  return more == 0 ? g_steal_pointer (&list) : NULL;
}

Number *
numbers_get (Store *store, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (store, error, "SELECT " COLUMNS FROM "WHERE n.id = ?", "s", id);
  int more;

  if (statement == NULL)
    return NULL;
  more = store_step (store, statement, error);
  if (more == 0)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_RECORD, "no such record");
  return more == 1 ? row_number (statement) : NULL;
}

gboolean
numbers_find_live (Store *store, const char *person, Number **ret_number, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error, "SELECT " COLUMNS FROM "WHERE n.person = ? AND n.sealed IS NOT NULL", "s", person);
  int more;

  if (statement == NULL)
    return FALSE;
  more = store_step (store, statement, error);
  if (more < 0)
    return FALSE;
  *ret_number = more == 1 ? row_number (statement) : NULL;
  return TRUE;
}

gboolean
numbers_insert (Store *store, const Number *number, GError **error)
{
  gsize n_sealed;
  const void *sealed = g_bytes_get_data (number->sealed, &n_sealed);

  return store_run (
      store, error,
      "INSERT INTO numbers (id, person, sealed, state, document, identity, purposes, text_version, language, evidence, "
      "confidence, collected, decided, decided_by, reason) "
      "VALUES (?, ?, ?, 'collected', ?, ?, ?, ?, ?, ?, ?, ?, '', '', '')",
      "sszssssssds", number->id, number->person, sealed, n_sealed, number->document, number->identity, number->purposes,
      number->text_version, number->language, number->evidence, number->confidence, number->collected);
}

gboolean
numbers_destroy (Store *store, const char *id, const char *state, const char *decided, const char *decided_by,
                 const char *reason, GError **error)
{
  return store_run (store, error,
                    "UPDATE numbers SET sealed = NULL, digest = NULL, state = ?, decided = ?, decided_by = ?, reason = "
                    "? WHERE id = ?",
                    "sssss", state, decided, decided_by, reason, id);
}

GHashTable *
numbers_list_people (Store *store, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (store, error, "SELECT DISTINCT person FROM numbers", "");
  g_autoptr (GHashTable) people = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  int more = -1;

  while (statement != NULL && (more = store_step (store, statement, error)) == 1)
    g_hash_table_add (people, store_column_dup (statement, 0));
  return more == 0 ? g_steal_pointer (&people) : NULL;
}

gboolean
numbers_index_people (Store *store, gboolean on, GError **error)
{
  return store_exec (store, on ? "CREATE INDEX numbers_by_person ON numbers (person)" : "DROP INDEX numbers_by_person",
                     error);
}

gboolean
numbers_reseal (Store *store, const char *id, GBytes *sealed, GError **error)
{
  gsize size;
  const void *bytes = g_bytes_get_data (sealed, &size);

  return store_run (store, error, "UPDATE numbers SET sealed = ? WHERE id = ? AND sealed IS NOT NULL", "zs", bytes,
                    size, id);
}

static gboolean
take_flag (Store *store, sqlite3_stmt *take_statement, gboolean *ret_is, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = take_statement;
  int more = statement != NULL ? store_step (store, statement, error) : -1;

  if (more == 0)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_RECORD, "no such record");
  if (more != 1)
    return FALSE;
  *ret_is = sqlite3_column_int (statement, 0) != 0;
  return TRUE;
}

gboolean
numbers_is_duplicate (Store *store, const char *id, gboolean *ret_is, GError **error)
{
  return take_flag (store,
                    store_prepare (store, error,
                                   "SELECT " IS_DUPLICATE FROM "JOIN people p ON p.id = n.person WHERE n.id = ?", "s",
                                   id),
                    ret_is, error);
}

gboolean
numbers_is_indexed (Store *store, const char *id, gboolean *ret_is, GError **error)
{
  return take_flag (
      store,
      store_prepare (store, error, "SELECT n.digest IS NOT NULL OR n.sealed IS NULL " FROM "WHERE n.id = ?", "s", id),
      ret_is, error);
}

GPtrArray *
numbers_list_unindexed (Store *store, const char *after, guint limit, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error,
                     "SELECT " COLUMNS FROM "WHERE n.sealed IS NOT NULL AND n.digest IS NULL AND n.id > ? "
                     "ORDER BY n.id LIMIT ?",
                     "st", after, (gint64) limit);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) number_free);
  int more;

  if (statement == NULL)
    return NULL;
  while ((more = store_step (store, statement, error)) == 1)
    g_ptr_array_add (list, row_number (statement));
  return more == 0 ? g_steal_pointer (&list) : NULL;
}

gboolean
numbers_set_digest (Store *store, const char *id, const guint8 digest[NUMBERS_DIGEST_BYTES], GError **error)
{
  return store_run (store, error,
                    "UPDATE numbers SET digest = ? WHERE id = ? AND sealed IS NOT NULL AND digest IS NULL", "zs",
                    (const void *) digest, (gsize) NUMBERS_DIGEST_BYTES, id);
}

gboolean
numbers_forget_digests (Store *store, const char *id, GError **error)
{
  return store_run (store, error, "UPDATE numbers SET digest = NULL WHERE digest IS NOT NULL AND (?1 = '' OR id = ?1)",
                    "s", id != NULL ? id : "");
}

gboolean
numbers_approve (Store *store, const char *id, const char *identity, const char *decided, const char *decided_by,
                 GError **error)
{
  return store_run (store, error,
                    "UPDATE numbers SET state = 'approved', identity = ?, decided = ?, decided_by = ? WHERE id = ?",
                    "ssss", identity, decided, decided_by, id);
}

gboolean
exports_insert (Store *store, const ExportRow *row, GError **error)
{
  return store_run (store, error,
                    "INSERT INTO exports (id, time, admin, format, purpose, destination, rows, bytes, sha256) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    "sssssstts", row->id, row->time, row->admin, row->format, row->purpose, row->destination,
                    (gint64) row->rows, (gint64) row->bytes, row->sha256);
}

static const char *
text_of (sqlite3_stmt *statement, int column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return text != NULL ? text : "";
}

gboolean
exports_foreach (Store *store, ExportFunc func, gpointer user_data, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (
      store, error,
      "SELECT id, time, admin, format, purpose, destination, sha256, rows, bytes FROM exports ORDER BY rowid", "");
  int more;

  if (statement == NULL)
    return FALSE;
  while ((more = store_step (store, statement, error)) == 1)
    {
      const ExportRow row = { .id = text_of (statement, 0),
                              .time = text_of (statement, 1),
                              .admin = text_of (statement, 2),
                              .format = text_of (statement, 3),
                              .purpose = text_of (statement, 4),
                              .destination = text_of (statement, 5),
                              .sha256 = text_of (statement, 6),
                              .rows = sqlite3_column_int64 (statement, 7),
                              .bytes = sqlite3_column_int64 (statement, 8) };

      if (!func (&row, user_data, error))
        return FALSE;
    }
  return more == 0;
}

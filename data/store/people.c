/* SPDX-License-Identifier: Apache-2.0 */
/* people: SQL of the roster. */
#include "people.h"

#include "custody-error.h"
#include "scope-private.h"

#define ITS_COLUMNS                                                                                                    \
  "p.id, p.kind, p.code, p.name, p.kana, p.birth_date, p.department, p.parent, p.relationship, p.state, n.id, "        \
  "p.updated, p.left_on, p.joined_on, p.employment, p.pension "
#define NUMBERS "LEFT JOIN numbers n ON n.person = p.id AND n.sealed IS NOT NULL "
#define COLUMNS ITS_COLUMNS "FROM people p " NUMBERS

/* For lists: with the employee of a dependant, whose department is theirs too. */
#define BELONGS "coalesce (e.department, p.department)"
#define PAGE_COLUMNS                                                                                                   \
  ITS_COLUMNS ", " BELONGS ", e.name, e.code FROM people p " NUMBERS "LEFT JOIN people e ON e.id = p.parent "
#define N_COLUMNS 16
/* As of PEOPLE_OUTSTANDING. */
#define IS_OUTSTANDING(today)                                                                                          \
  "(p.state IN ('none', 'refused') AND (p.left_on = '' OR p.left_on >= " today ") "                                    \
  "AND (coalesce (e.left_on, '') = '' OR e.left_on >= " today "))"

Person *
person_new (void)
{
  return g_new0 (Person, 1);
}

void
person_free (Person *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->kind);
  g_free (self->code);
  g_free (self->name);
  g_free (self->kana);
  g_free (self->birth_date);
  g_free (self->department);
  g_free (self->parent);
  g_free (self->relationship);
  g_free (self->state);
  g_free (self->record);
  g_free (self->updated);
  g_free (self->left);
  g_free (self->joined);
  g_free (self->employment);
  g_free (self->pension);
  g_free (self->belongs);
  g_free (self->employee);
  g_free (self->employee_code);
  g_free (self);
}

static Person *
row_person (sqlite3_stmt *row)
{
  Person *self = person_new ();

  self->id = store_column_dup (row, 0);
  self->kind = store_column_dup (row, 1);
  self->code = store_column_dup (row, 2);
  self->name = store_column_dup (row, 3);
  self->kana = store_column_dup (row, 4);
  self->birth_date = store_column_dup (row, 5);
  self->department = store_column_dup (row, 6);
  self->parent = store_column_dup (row, 7);
  self->relationship = store_column_dup (row, 8);
  self->state = store_column_dup (row, 9);
  self->record = store_column_dup (row, 10);
  self->updated = store_column_dup (row, 11);
  self->left = store_column_dup (row, 12);
  self->joined = store_column_dup (row, 13);
  self->employment = store_column_dup (row, 14);
  self->pension = store_column_dup (row, 15);
  if (sqlite3_column_count (row) > N_COLUMNS)
    {
      self->belongs = store_column_dup (row, N_COLUMNS);
      self->employee = store_column_dup (row, N_COLUMNS + 1);
      self->employee_code = store_column_dup (row, N_COLUMNS + 2);
    }
  return self;
}

static GPtrArray *
take_list (Store *store, sqlite3_stmt *take_statement, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = take_statement;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) person_free);
  int more;

  if (statement == NULL)
    return NULL;
  while ((more = store_step (store, statement, error)) == 1)
    g_ptr_array_add (list, row_person (statement));
  return more == 0 ? g_steal_pointer (&list) : NULL;
}

static Person *
take_one (Store *store, sqlite3_stmt *take_statement, GError **error)
{
  g_autoptr (GPtrArray) list = take_list (store, take_statement, error);

  if (list == NULL)
    return NULL;
  if (list->len == 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_PERSON, "no such person");
      return NULL;
    }
  return g_ptr_array_steal_index (list, 0);
}

GPtrArray *
people_list_page (Store *store, const PeopleFilter *filter, GError **error)
{
  gboolean is_outstanding = g_str_equal (filter->state, PEOPLE_OUTSTANDING);

  return take_list (
      store,
      store_prepare (store, error,
                     "SELECT " PAGE_COLUMNS
                     "WHERE (?1 = '' OR p.kind = ?1) AND (?2 = '' OR p.state = ?2) AND " SCOPE_OF_PEOPLE (
                         "?5", "?6") "AND (?7 IS NULL OR " BELONGS
                                     " = ?7) AND (?8 IS NULL OR " IS_OUTSTANDING (
                                         "?8") ") ORDER BY CASE WHEN ?9 THEN " BELONGS
                                               " = '' END, CASE WHEN ?9 THEN " BELONGS " END, "
                                               "coalesce (e.code, p.code), p.parent IS NOT NULL, p.birth_date, p.name, "
                                               "p.id LIMIT ?3 OFFSET ?4",
                     "ssttsssst", filter->kind, is_outstanding ? "" : filter->state,
                     filter->limit > 0 ? (gint64) filter->limit : (gint64) -1, (gint64) filter->from,
                     SCOPE_BINDS_PEOPLE (filter->scope), filter->department, is_outstanding ? filter->today : NULL,
                     (gint64) filter->by_department),
      error);
}

GPtrArray *
people_list (Store *store, GError **error)
{
  const PeopleFilter all = { .kind = "", .state = "" };

  return people_list_page (store, &all, error);
}

Person *
people_get (Store *store, const char *id, GError **error)
{
  return take_one (store, store_prepare (store, error, "SELECT " COLUMNS "WHERE p.id = ?", "s", id), error);
}

Person *
people_find_by_code (Store *store, const char *code, GError **error)
{
  return take_one (
      store, store_prepare (store, error, "SELECT " COLUMNS "WHERE p.code = ? AND p.kind <> 'dependant'", "s", code),
      error);
}

GPtrArray *
people_list_dependants (Store *store, const char *parent_id, GError **error)
{
  return take_list (store,
                    store_prepare (store, error,
                                   "SELECT " COLUMNS "WHERE p.parent = ? ORDER BY p.birth_date, p.name, p.id", "s",
                                   parent_id),
                    error);
}

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

gboolean
people_insert (Store *store, const Person *person, GError **error)
{
  const char *parent = person->parent != NULL && person->parent[0] != '\0' ? person->parent : NULL;

  return store_run (
      store, error,
      "INSERT INTO people (id, kind, code, name, kana, birth_date, department, parent, relationship, state, updated, "
      "left_on, joined_on, employment, pension) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'none', ?, ?, ?, ?, ?)",
      "ssssssssssssss", person->id, person->kind, person->code, person->name, person->kana, person->birth_date,
      person->department, parent, person->relationship, person->updated, or_empty (person->left),
      or_empty (person->joined), or_empty (person->employment), or_empty (person->pension));
}

gboolean
people_update (Store *store, const Person *person, GError **error)
{
  const char *parent = person->parent != NULL && person->parent[0] != '\0' ? person->parent : NULL;

  return store_run (
      store, error,
      "UPDATE people SET code = ?, name = ?, kana = ?, birth_date = ?, department = ?, parent = ?, relationship = ?, "
      "updated = ?, left_on = ?, joined_on = ?, employment = ?, pension = ? WHERE id = ?",
      "sssssssssssss", person->code, person->name, person->kana, person->birth_date, person->department, parent,
      person->relationship, person->updated, or_empty (person->left), or_empty (person->joined),
      or_empty (person->employment), or_empty (person->pension), person->id);
}

gboolean
people_set_state (Store *store, const char *id, const char *state, const char *updated, GError **error)
{
  return store_run (store, error, "UPDATE people SET state = ?, updated = ? WHERE id = ?", "sss", state, updated, id);
}

gboolean
people_set_left (Store *store, const char *id, const char *left, const char *updated, GError **error)
{
  return store_run (store, error, "UPDATE people SET left_on = ?, updated = ? WHERE id = ?", "sss", left, updated, id);
}

gboolean
people_erase (Store *store, const char *id, const char *updated, GError **error)
{
  return store_run (store, error,
                    "UPDATE people SET name = '', kana = '', birth_date = '', department = '', relationship = '', "
                    "joined_on = '', employment = '', pension = '', updated = ? WHERE id = ?",
                    "ss", updated, id);
}

GPtrArray *
people_list_left (Store *store, const Scope *scope, GError **error)
{
  return take_list (store,
                    store_prepare (store, error,
                                   "SELECT " COLUMNS "LEFT JOIN people e ON e.id = p.parent "
                                   "WHERE n.sealed IS NOT NULL AND (p.left_on <> '' OR e.left_on <> '') "
                                   "AND " SCOPE_OF_PEOPLE ("?1", "?2") "AND " SCOPE_OF_NUMBERS (
                                       "?3") "ORDER BY coalesce (e.code, p.code), p.parent IS NOT NULL, p.id",
                                   "sss", SCOPE_BINDS (scope)),
                    error);
}

#define COUNTS                                                                                                         \
  "SELECT count(*), count(*) FILTER (WHERE p.state IN ('collected', 'approved')), "                                    \
  "count(*) FILTER (WHERE p.state = 'approved') FROM people p "

gboolean
people_count (Store *store, const Scope *scope, guint *ret_people, guint *ret_submitted, guint *ret_approved,
              GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      scope_is_all (scope)
          ? store_prepare (store, error, COUNTS, "")
          : store_prepare (store, error,
                           COUNTS "LEFT JOIN people e ON e.id = p.parent WHERE " SCOPE_OF_PEOPLE ("?1", "?2"), "ss",
                           SCOPE_BINDS_PEOPLE (scope));

  if (statement == NULL || store_step (store, statement, error) != 1)
    return FALSE;
  *ret_people = sqlite3_column_int (statement, 0);
  *ret_submitted = sqlite3_column_int (statement, 1);
  *ret_approved = sqlite3_column_int (statement, 2);
  return TRUE;
}

/* --- by department --------------------------------------------------------------------------------------------------- */

static void
people_count_free (gpointer data)
{
  PeopleCount *self = data;

  g_free (self->department);
  g_free (self);
}

static void
count_row (Store *store, PeopleCount *count, sqlite3_stmt *row)
{
  const char *state = (const char *) sqlite3_column_text (row, 1);
  gboolean is_outstanding = sqlite3_column_int (row, 2) != 0;

  count->people++;
  count->none += g_str_equal (state, "none");
  count->refused += g_str_equal (state, "refused");
  count->collected += g_str_equal (state, "collected");
  count->approved += g_str_equal (state, "approved");
  count->disposed += g_str_equal (state, "disposed");
  count->outstanding += is_outstanding;
  count->asked += is_outstanding && askings_get (store, (const char *) sqlite3_column_text (row, 3))->n_asked > 0;
}

GPtrArray *
people_count_departments (Store *store, const Scope *scope, const char *today, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (
      store, error,
      "SELECT " BELONGS
      ", p.state, " IS_OUTSTANDING ("?3") ", p.id FROM people p LEFT JOIN people e ON e.id = p.parent "
                                          "WHERE " SCOPE_OF_PEOPLE ("?1", "?2") "ORDER BY " BELONGS " = '', " BELONGS,
      "sss", SCOPE_BINDS_PEOPLE (scope), today);
  g_autoptr (GPtrArray) counts = g_ptr_array_new_with_free_func (people_count_free);
  PeopleCount *count = NULL;
  int more;

  if (statement == NULL)
    return NULL;
  while ((more = store_step (store, statement, error)) == 1)
    {
      const char *department = (const char *) sqlite3_column_text (statement, 0);

      if (count == NULL || !g_str_equal (count->department, department))
        {
          count = g_new0 (PeopleCount, 1);
          count->department = g_strdup (department);
          g_ptr_array_add (counts, count);
        }
      count_row (store, count, statement);
    }
  return more == 0 ? g_steal_pointer (&counts) : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* scope: as SQL, so that a page of a list is a page of what may be seen; and as plain comparisons. */
#include "scope.h"

#include <string.h>

#include "custody-error.h"
#include "scope-private.h"

void
scope_clear (Scope *self)
{
  g_clear_pointer (&self->departments, g_free);
  g_clear_pointer (&self->purposes, g_free);
  g_clear_pointer (&self->kinds, g_free);
}

const char *
scope_text (const char *text)
{
  return text != NULL ? text : "";
}

gboolean
scope_is_all (const Scope *self)
{
  return self == NULL || (scope_text (self->departments)[0] == '\0' && scope_text (self->purposes)[0] == '\0');
}

/* Is the whole of @word, which may be empty, between two of @apart? @list ends in one or is empty. */
static gboolean
list_has (const char *list, char apart, const char *word)
{
  const gsize n = strlen (word);

  while (*list != '\0')
    {
      const char *end = strchrnul (list, apart);

      if ((gsize) (end - list) == n && memcmp (list, word, n) == 0)
        return TRUE;
      list = *end != '\0' ? end + 1 : end;
    }
  return FALSE;
}

gboolean
scope_has_kind_in (const Scope *self, const char *kind, const char *department)
{
  if (scope_is_all (self))
    return TRUE;
  return (scope_text (self->departments)[0] == '\0' || list_has (self->departments, '\n', department))
         && (scope_text (self->kinds)[0] == '\0' || list_has (self->kinds, ' ', kind));
}

static gboolean
lists_meet (const char *list, const char *other)
{
  g_auto (GStrv) words = g_strsplit (other, " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (list_has (list, ' ', words[i]))
      return TRUE;
  return FALSE;
}

gboolean
scope_is_nothing (const Scope *self)
{
  return self != NULL && g_str_equal (scope_text (self->purposes), SCOPE_NOTHING);
}

/* Of two lists, of which "" is everything; NULL when both name something and share nothing. */
static char *
meet_lists (const char *a, const char *b, const char *apart, const char *end)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (GStrv) words = NULL;
  gboolean found = FALSE;

  if (a[0] == '\0' || b[0] == '\0')
    return g_strdup (a[0] == '\0' ? b : a);
  words = g_strsplit (a, apart, -1);
  for (guint i = 0; words[i] != NULL && (words[i + 1] != NULL || end[0] == '\0'); i++)
    if (list_has (b, apart[0], words[i]))
      {
        g_string_append_printf (text, "%s%s%s", found && end[0] == '\0' ? apart : "", words[i], end);
        found = TRUE;
      }
  return found ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

void
scope_meet (const Scope *a, const Scope *b, Scope *ret_scope)
{
  g_autofree char *departments = meet_lists (scope_text (a->departments), scope_text (b->departments), "\n", "\n");
  g_autofree char *purposes = meet_lists (scope_text (a->purposes), scope_text (b->purposes), " ", "");

  *ret_scope = (Scope){ NULL, NULL, NULL };
  if (departments == NULL || purposes == NULL || scope_is_nothing (a) || scope_is_nothing (b))
    {
      ret_scope->departments = g_strdup ("");
      ret_scope->purposes = g_strdup (SCOPE_NOTHING);
      return;
    }
  ret_scope->departments = g_steal_pointer (&departments);
  ret_scope->purposes = g_steal_pointer (&purposes);
}

gboolean
scope_has_purpose (const Scope *self, const char *purposes)
{
  if (scope_is_nothing (self))
    return FALSE;
  return self == NULL || scope_text (self->purposes)[0] == '\0' || lists_meet (self->purposes, purposes);
}

/* --- SQL ------------------------------------------------------------------------------------------------------------- */

static void
meets_cb (sqlite3_context *context, int n_values, sqlite3_value **values)
{
  const char *list = (const char *) sqlite3_value_text (values[0]);
  const char *other = (const char *) sqlite3_value_text (values[1]);

  sqlite3_result_int (context, list != NULL && other != NULL && lists_meet (list, other));
}

gboolean
scope_attach (Store *store, GError **error)
{
  int rc =
      sqlite3_create_function_v2 (store->db, "azukari_meets", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
                                  NULL, meets_cb, NULL, NULL, NULL);

  return rc == SQLITE_OK || store_fail (store, rc, "functions", error);
}

static gboolean
take_answer (Store *store, sqlite3_stmt *take_statement, int none, gboolean *ret_has, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = take_statement;
  int more = statement != NULL ? store_step (store, statement, error) : -1;

  if (more == 1)
    *ret_has = sqlite3_column_int (statement, 0) != 0;
  else if (more == 0)
    g_set_error (error, CUSTODY_ERROR, none, "no such person or record");
  return more == 1;
}

gboolean
scope_has_person (const Scope *self, Store *store, const char *person_id, gboolean *ret_has, GError **error)
{
  return take_answer (
      store,
      store_prepare (store, error,
                     "SELECT " SCOPE_OF_PEOPLE ("?1", "?2") "FROM people p "
                                                            "LEFT JOIN people e ON e.id = p.parent WHERE p.id = ?3",
                     "sss", SCOPE_BINDS_PEOPLE (self), person_id),
      CUSTODY_ERROR_NO_SUCH_PERSON, ret_has, error);
}

gboolean
scope_has_record (const Scope *self, Store *store, const char *record_id, gboolean *ret_has, GError **error)
{
  return take_answer (
      store,
      store_prepare (store, error,
                     "SELECT " SCOPE_OF_PEOPLE ("?1", "?2") "AND " SCOPE_OF_NUMBERS (
                         "?3") "FROM numbers n "
                               "JOIN people p ON p.id = n.person LEFT JOIN people e ON e.id = p.parent WHERE n.id = ?4",
                     "ssss", SCOPE_BINDS (self), record_id),
      CUSTODY_ERROR_NO_SUCH_RECORD, ret_has, error);
}

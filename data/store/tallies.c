/* SPDX-License-Identifier: Apache-2.0 */
/* tallies: SQL that counts. */
#include "tallies.h"

#include <string.h>

#include "store-private.h"

void
tally_free (Tally *self)
{
  if (self == NULL)
    return;
  g_free (self->what);
  g_free (self);
}

void
action_tally_free (ActionTally *self)
{
  if (self == NULL)
    return;
  g_free (self->action);
  g_free (self->time);
  g_free (self->detail);
  g_free (self);
}

static GPtrArray *
tallies_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) tally_free);
}

/* (transfer none): that of @what, which begins with nothing */
static Tally *
find_tally (GPtrArray *tallies, const char *what)
{
  Tally *tally;

  for (guint i = 0; i < tallies->len; i++)
    if (strcmp (((Tally *) g_ptr_array_index (tallies, i))->what, what) == 0)
      return g_ptr_array_index (tallies, i);
  tally = g_new0 (Tally, 1);
  tally->what = g_strdup (what);
  g_ptr_array_add (tallies, tally);
  return tally;
}

GPtrArray *
tallies_of_kinds (Store *store, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error,
                     "SELECT p.kind, count (*), count (n.id) FROM people p "
                     "LEFT JOIN numbers n ON n.person = p.id AND n.sealed IS NOT NULL GROUP BY p.kind ORDER BY p.kind",
                     "");
  g_autoptr (GPtrArray) tallies = tallies_new ();
  int more = -1;

  while (statement != NULL && (more = store_step (store, statement, error)) == 1)
    {
      Tally *tally = find_tally (tallies, (const char *) sqlite3_column_text (statement, 0));

      tally->people = (guint) sqlite3_column_int (statement, 1);
      tally->numbers = (guint) sqlite3_column_int (statement, 2);
    }
  return more == 0 ? g_steal_pointer (&tallies) : NULL;
}

static gint
compare_what (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const Tally *const *) a)->what, (*(const Tally *const *) b)->what);
}

GPtrArray *
tallies_of_purposes (Store *store, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (
      store, error, "SELECT purposes, count (*) FROM numbers WHERE sealed IS NOT NULL GROUP BY purposes", "");
  g_autoptr (GPtrArray) tallies = tallies_new ();
  int more = -1;

  while (statement != NULL && (more = store_step (store, statement, error)) == 1)
    {
      g_auto (GStrv) codes = g_strsplit ((const char *) sqlite3_column_text (statement, 0), " ", -1);

      for (guint i = 0; codes[i] != NULL; i++)
        find_tally (tallies, codes[i])->numbers += (guint) sqlite3_column_int (statement, 1);
    }
  g_ptr_array_sort (tallies, compare_what);
  return more == 0 ? g_steal_pointer (&tallies) : NULL;
}

GPtrArray *
tallies_of_actions (Store *store, GError **error)
{
  /* Beside max () the other columns are those of the row that has it. */
  g_autoptr (sqlite3_stmt) statement = store_prepare (
      store, error, "SELECT action, count (*), max (seq), time, detail FROM record GROUP BY action ORDER BY action",
      "");
  g_autoptr (GPtrArray) tallies = g_ptr_array_new_with_free_func ((GDestroyNotify) action_tally_free);
  int more = -1;

  while (statement != NULL && (more = store_step (store, statement, error)) == 1)
    {
      ActionTally *tally = g_new0 (ActionTally, 1);

      tally->action = store_column_dup (statement, 0);
      tally->count = (guint64) sqlite3_column_int64 (statement, 1);
      tally->time = store_column_dup (statement, 3);
      tally->detail = store_column_dup (statement, 4);
      g_ptr_array_add (tallies, tally);
    }
  return more == 0 ? g_steal_pointer (&tallies) : NULL;
}

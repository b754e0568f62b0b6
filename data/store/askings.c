/* SPDX-License-Identifier: Apache-2.0 */
/* askings: SQL of the record, by person. */
#include "askings.h"

#include "store-private.h"

#define COLUMNS "SELECT seq, time, action, subject "
#define OF_PEOPLE "action IN ('" ASKINGS_ASKED "', '" ASKINGS_REFUSED "') ORDER BY "

struct _Askings
{
  GHashTable *by_person; /* owned id -> owned Asking */
  guint64 next;          /* the first entry that was not looked at */
};

void
askings_forget (Store *self)
{
  if (self->askings == NULL)
    return;
  g_hash_table_unref (self->askings->by_person);
  g_clear_pointer (&self->askings, g_free);
}

static void
keep_row (Askings *self, sqlite3_stmt *row)
{
  const char *time = (const char *) sqlite3_column_text (row, 1);
  const char *action = (const char *) sqlite3_column_text (row, 2);
  const char *person = (const char *) sqlite3_column_text (row, 3);
  Asking *asking = g_hash_table_lookup (self->by_person, person);

  if (asking == NULL)
    {
      asking = g_new0 (Asking, 1);
      g_hash_table_insert (self->by_person, g_strdup (person), asking);
    }
  if (g_str_equal (action, ASKINGS_ASKED))
    {
      asking->n_asked++;
      g_strlcpy (asking->asked, time, sizeof asking->asked);
    }
  else
    g_strlcpy (asking->refused, time, sizeof asking->refused);
}

static gboolean
keep_rows (Store *store, sqlite3_stmt *take_statement, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = take_statement;
  int more = -1;

  while (statement != NULL && (more = store_step (store, statement, error)) == 1)
    keep_row (store->askings, statement);
  return more == 0;
}

static gboolean
begin (Store *store, GError **error)
{
  store->askings = g_new0 (Askings, 1);
  store->askings->by_person = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  store->askings->next = 1;
  if (keep_rows (store, store_prepare (store, error, COLUMNS "FROM old_record WHERE " OF_PEOPLE "time, seq", ""),
                 error))
    return TRUE;
  askings_forget (store);
  return FALSE;
}

static gboolean
find_last (Store *store, guint64 *ret_last, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (store, error, "SELECT coalesce (max (seq), 0) FROM record", "");

  if (statement == NULL || store_step (store, statement, error) != 1)
    return FALSE;
  *ret_last = (guint64) sqlite3_column_int64 (statement, 0);
  return TRUE;
}

gboolean
askings_follow (Store *store, guint64 n_entries, gboolean *ret_behind, GError **error)
{
  guint64 last, to;

  g_return_val_if_fail (!store->in_transaction, FALSE);

  if ((store->askings == NULL && !begin (store, error)) || !find_last (store, &last, error))
    return FALSE;
  to = n_entries > 0 ? MIN (last, store->askings->next + n_entries - 1) : last;
  if (to >= store->askings->next)
    {
      if (!keep_rows (store,
                      store_prepare (store, error, COLUMNS "FROM record WHERE seq BETWEEN ? AND ? AND " OF_PEOPLE "seq",
                                     "tt", (gint64) store->askings->next, (gint64) to),
                      error))
        {
          /* Half of them counted: all of them again, the next time. */
          askings_forget (store);
          return FALSE;
        }
      store->askings->next = to + 1;
    }
  if (ret_behind != NULL)
    *ret_behind = to < last;
  return TRUE;
}

const Asking *
askings_get (Store *store, const char *person_id)
{
  static const Asking never = { 0 };
  const Asking *asking = store->askings != NULL ? g_hash_table_lookup (store->askings->by_person, person_id) : NULL;

  return asking != NULL ? asking : &never;
}

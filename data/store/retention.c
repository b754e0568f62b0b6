/* SPDX-License-Identifier: Apache-2.0 */
/* retention: SQL of the rules, and when they end. */
#include "retention.h"

#include <stdio.h>
#include <string.h>

#include "store-private.h"

void
retention_rule_free (RetentionRule *self)
{
  if (self == NULL)
    return;
  g_free (self->purpose);
  g_free (self->anchor);
  g_free (self);
}

GPtrArray *
retention_list (Store *store, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error, "SELECT purpose, anchor, years FROM retention ORDER BY purpose", "");
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) retention_rule_free);
  int more;

  if (statement == NULL)
    return NULL;
  while ((more = store_step (store, statement, error)) == 1)
    {
      RetentionRule *rule = g_new0 (RetentionRule, 1);

      rule->purpose = store_column_dup (statement, 0);
      rule->anchor = store_column_dup (statement, 1);
      rule->years = (guint) sqlite3_column_int (statement, 2);
      g_ptr_array_add (list, rule);
    }
  return more == 0 ? g_steal_pointer (&list) : NULL;
}

gboolean
retention_set (Store *store, const RetentionRule *rule, GError **error)
{
  return store_run (store, error, "INSERT OR REPLACE INTO retention (purpose, anchor, years) VALUES (?, ?, ?)", "sst",
                    rule->purpose, rule->anchor, (gint64) rule->years);
}

gboolean
retention_anchor_is_known (const char *anchor)
{
  static const char *const anchors[] = { "leaving", "year-end", "january-10", NULL };

  return g_strv_contains (anchors, anchor);
}

gboolean
retention_due (const RetentionRule *rule, const char *left, char ret_due[11])
{
  int year, month, day, end = 0;
  GDate due;

  if (strlen (left) != 10 || sscanf (left, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 || end != 10 || year < 1868
      || month < 1 || day < 1 || !g_date_valid_dmy ((GDateDay) day, month, (GDateYear) year)
      || !retention_anchor_is_known (rule->anchor) || rule->years > RETENTION_MAX_YEARS)
    return FALSE;
  if (g_str_equal (rule->anchor, "year-end"))
    g_date_set_dmy (&due, 31, G_DATE_DECEMBER, (GDateYear) year);
  else if (g_str_equal (rule->anchor, "january-10"))
    g_date_set_dmy (&due, 10, G_DATE_JANUARY, (GDateYear) (year + 1));
  else
    g_date_set_dmy (&due, (GDateDay) day, month, (GDateYear) year);
  /* 29 February becomes the 28th; the last day counts in full. */
  g_date_add_years (&due, rule->years);
  g_date_add_days (&due, 1);
  if (g_date_get_year (&due) > 9999)
    return FALSE;
  (void) g_date_strftime (ret_due, 11, "%Y-%m-%d", &due);
  return TRUE;
}

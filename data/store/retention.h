/* SPDX-License-Identifier: Apache-2.0 */
/* retention: how long a number is kept for each of its purposes. Same rules as store.h. */
#pragma once

#include "store.h"

G_BEGIN_DECLS

#define RETENTION_MAX_YEARS 50

typedef struct
{
  char *purpose; /* code */
  char *anchor;  /* leaving | year-end | january-10: from which day the years run, see retention_due () */
  guint years;
} RetentionRule;

void retention_rule_free (RetentionRule *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RetentionRule, retention_rule_free)

/** retention_list: (transfer full) (element-type RetentionRule): by purpose. */
GPtrArray *retention_list (Store *store, GError **error);
gboolean retention_set (Store *store, const RetentionRule *rule, GError **error);
/** retention_anchor_is_known: leaving, year-end or january-10? */
gboolean retention_anchor_is_known (const char *anchor);

/**
 * retention_due:
 * @left: YYYY-MM-DD: the day on which the person left, or was paid last
 * @ret_due: (out): YYYY-MM-DD: the first day on which the number need not be kept any more
 *
 * The years run from the day of leaving (leaving), from the end of that year (year-end), or from 10 January of the year after
 * (january-10). Pure.
 *
 * Returns: %FALSE when @left is no day or the anchor is unknown.
 */
gboolean retention_due (const RetentionRule *rule, const char *left, char ret_due[11]);

G_END_DECLS

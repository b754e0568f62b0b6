/* SPDX-License-Identifier: Apache-2.0 */
/* entries: the rows of the record (取扱記録). What they mean and how they are chained is record/'s. */
#pragma once

#include "entry.h"
#include "store.h"

G_BEGIN_DECLS

/** entry_clear: frees what is inside; for entries on the stack. */
void entry_clear (Entry *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Entry, entry_clear)

gboolean entries_insert (Store *store, const Entry *entry, GError **error);

/** entries_dup_last_detail: (transfer full): of the last entry with @action; "" when there is none, %NULL with an error. */
char *entries_dup_last_detail (Store *store, const char *action, GError **error);

/** entries_dup_actor: (transfer full): of the last entry with @action and @subject; "" when there is none, %NULL with an error. */
char *entries_dup_actor (Store *store, const char *action, const char *subject, GError **error);

/* Returns FALSE, with the error set, to stop. */
typedef gboolean (*EntryFunc) (const Entry *entry, gpointer user_data, GError **error);

/** entries_foreach: @from to @to inclusive, at most @limit, in order of seq. */
gboolean entries_foreach (Store *store, guint64 from, guint64 to, guint limit, EntryFunc func, gpointer user_data,
                          GError **error);

/** entries_foreach_of: the same for those with one of two actions. */
gboolean entries_foreach_of (Store *store, const char *action, const char *other, EntryFunc func, gpointer user_data,
                             GError **error);

G_END_DECLS

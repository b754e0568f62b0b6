/* SPDX-License-Identifier: Apache-2.0 */
/* entries: the rows of the record (取扱記録). What they mean and how they are chained is record/'s. */
#pragma once

#include "store.h"

G_BEGIN_DECLS

#define ENTRY_HASH_BYTES 32

typedef struct
{
  guint64 seq; /* from 1, no gaps */
  char *time;  /* RFC 3339, UTC */
  char *actor; /* "system", "kiosk", or an admin's id */
  char *action;
  char *subject; /* an id or "" */
  char *detail;  /* "key=value" lines, keys in order */
  guint8 hash[ENTRY_HASH_BYTES];
} Entry;

/** entry_clear: frees what is inside; for entries on the stack. */
void entry_clear (Entry *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Entry, entry_clear)

gboolean entries_insert (Store *store, const Entry *entry, GError **error);

/* Returns FALSE, with the error set, to stop. */
typedef gboolean (*EntryFunc) (const Entry *entry, gpointer user_data, GError **error);

/** entries_foreach: @from to @to inclusive, at most @limit, in order of seq. */
gboolean entries_foreach (Store *store, guint64 from, guint64 to, guint limit, EntryFunc func, gpointer user_data,
                          GError **error);

G_END_DECLS

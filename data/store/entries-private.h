/* SPDX-License-Identifier: Apache-2.0 */
/* entries-private: rows of a record, whichever table they stand in. */
#pragma once

#include "entries.h"
#include "store-private.h"

/* @statement: gives seq, time, actor, action, subject, detail and hash. */
gboolean entries_walk (Store *store, sqlite3_stmt *statement, EntryFunc func, gpointer user_data, GError **error);

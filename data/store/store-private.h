/* SPDX-License-Identifier: Apache-2.0 */
/* store-private: SQLite for the files of this folder only. */
#pragma once

#include <sqlite3.h>

#include "store.h"

struct _Store
{
  sqlite3 *db; /* owned */
  gboolean in_transaction;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

/* Sets the error for @rc, an SQLite result code. Always FALSE. */
gboolean store_fail (Store *self, int rc, const char *doing, GError **error);
gboolean store_exec (Store *self, const char *sql, GError **error);
/*
 * Prepares @sql and binds the rest by @types: s text (NULL allowed), t int64, d double, z bytes (pointer, gsize; NULL
 * allowed). @sql is always a constant.
 */
sqlite3_stmt *store_prepare (Store *self, GError **error, const char *sql, const char *types, ...);
/* One step. 1 a row, 0 done, -1 error. */
int store_step (Store *self, sqlite3_stmt *statement, GError **error);
/* Prepares, binds, runs to the end. */
gboolean store_run (Store *self, GError **error, const char *sql, const char *types, ...);
/* (transfer full): "" for NULL. */
char *store_column_dup (sqlite3_stmt *statement, int column);

/* schema.c: brings a new or older file to the schema @last, or to the current one for 0. */
gboolean store_migrate (Store *self, int last, GError **error);

/* SPDX-License-Identifier: Apache-2.0 */
/* store-private: SQLite for the files of this folder only. */
#pragma once

#include <sqlite3.h>

#include "store.h"

typedef struct _Seals Seals;
typedef struct _Askings Askings;

struct _Store
{
  sqlite3 *db;      /* owned */
  Seals *seals;     /* owned: seals.c */
  Askings *askings; /* owned: askings.c; NULL before the first use */
  gboolean in_transaction;
  gboolean migrated; /* the file was of an earlier schema when it was opened */
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

/* seals.c: the connection tells of each change of a row; for a file of the current schema. */
gboolean seals_attach (Store *self, GError **error);
void seals_detach (Store *self);
/* The transaction is over, or a new one begins. */
void seals_forget (Store *self);
/* askings.c */
void askings_forget (Store *self);

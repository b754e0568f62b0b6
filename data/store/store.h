/* SPDX-License-Identifier: Apache-2.0 */
/* Store: the vault's SQLCipher database. This folder holds the only SQL of the project; others see structs.
 *
 * Every call blocks and belongs to one thread. Writes happen between store_begin () and store_commit (). Errors are
 * CUSTODY_ERROR: STORE_MISSING, STORE_DAMAGED (a page or the schema is not what we wrote, or the key is another), DISK_FULL
 * (nothing was changed), FAILED. */
#pragma once

#include <glib.h>

#include "secret.h"

G_BEGIN_DECLS

typedef struct _Store Store;

#define STORE_FILE "vault.db"
#define STORE_NEXT_FILE "vault.next"       /* only while an epoch changes */
#define STORE_BETWEEN_FILE "vault.between" /* only while an epoch changes */
#define STORE_KEY_BYTES 48                 /* 32 of key, 16 of salt: the salt is the file's first 16 bytes */
#define STORE_UUID_BYTES 36

/** store_create: a new file, 0600; it must not exist. */
Store *store_create (const char *path, const Secret *key, GError **error);
/** store_open: an existing file; brings its schema up to date. */
Store *store_open (const char *path, const Secret *key, GError **error);
void store_close (Store *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Store, store_close)

/**
 * store_copy:
 * @path: must not exist; made with 0600
 *
 * Everything that is committed, as a new database under another key. On %TRUE the file is on disk; on %FALSE nothing is left.
 */
gboolean store_copy (Store *self, const char *path, const Secret *key, GError **error);

/** store_begin: takes the write lock at once. Transactions do not nest. */
gboolean store_begin (Store *self, GError **error);
/** store_commit: on %TRUE the writes are on disk (synchronous=FULL); on %FALSE nothing was changed. */
gboolean store_commit (Store *self, GError **error);
/** store_rollback: nothing when no transaction is open. */
void store_rollback (Store *self);

/** store_forget: gives back the pages that lie decrypted in memory. Outside a transaction. */
void store_forget (Store *self);

/** store_opens_without_key: is the file at @path a database that lies open? For the proof. */
gboolean store_opens_without_key (const char *path);

/** store_check: every page's HMAC, then SQLite's own integrity check. */
gboolean store_check (Store *self, GError **error);

/* Settings of the vault. @key is one of ours, never outside text. */
char *store_dup_meta_text (Store *self, const char *key, GError **error);
gboolean store_set_meta_text (Store *self, const char *key, const char *value, GError **error);
/** store_get_meta_bytes: (transfer full): %NULL with FAILED when it was never set. */
Secret *store_get_meta_bytes (Store *self, const char *key, GError **error);
gboolean store_set_meta_bytes (Store *self, const char *key, const guint8 *bytes, gsize n_bytes, GError **error);
gboolean store_remove_meta (Store *store, const char *key, GError **error);
gboolean store_get_meta_number (Store *self, const char *key, guint64 *ret_value, GError **error);
gboolean store_set_meta_number (Store *self, const char *key, guint64 value, GError **error);

G_END_DECLS

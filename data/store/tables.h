/* SPDX-License-Identifier: Apache-2.0 */
/* tables: all of a database's rows, whatever the tables are: for dumps, and for making a database from one. Same rules as store.h. */
#pragma once

#include "cell.h"
#include "store.h"

G_BEGIN_DECLS

/** store_get_schema: the version of the schema's history that the file has. */
gboolean store_get_schema (Store *store, int *ret_version, GError **error);
/** store_create_at: as store_create (), with the schema that was the newest in @version; store_migrate_now () brings it up to date. */
Store *store_create_at (const char *path, const Secret *key, int version, GError **error);
/** store_migrate_now: not within a transaction. */
gboolean store_migrate_now (Store *store, GError **error);

/** tables_list: (transfer full) (element-type utf8): names of all tables, in order. */
GPtrArray *tables_list (Store *store, GError **error);
/** tables_list_columns: (transfer full): names, %NULL-terminated. NO_SUCH_RECORD when there is no such table. */
char **tables_list_columns (Store *store, const char *table, GError **error);

/* Returns FALSE, with the error set, to stop. */
typedef gboolean (*TableRowFunc) (const Cell *cells, guint n_cells, gpointer user_data, GError **error);

/** tables_foreach: all rows, in the order in which they lie. @id: (nullable): only those whose column "id" is that. */
gboolean
tables_foreach (Store *store, const char *table, const char *id, TableRowFunc func, gpointer user_data, GError **error);

typedef struct _TableFiller TableFiller;

/** table_filler_new: @columns: must be those of the table, in their order; BACKUP_DAMAGED otherwise. */
TableFiller *table_filler_new (Store *store, const char *table, const char *const *columns, GError **error);
/** table_filler_add: BACKUP_DAMAGED for a row that the table does not take. */
gboolean table_filler_add (TableFiller *self, const Cell *cells, guint n_cells, GError **error);
void table_filler_free (TableFiller *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TableFiller, table_filler_free)

/** tables_defer_references: foreign keys are checked at the end of this transaction. */
gboolean tables_defer_references (Store *store, GError **error);
/** tables_remove: the row whose column "id" is @id; nothing when there is none. */
gboolean tables_remove (Store *store, const char *table, const char *id, GError **error);
/** tables_clear: removes every row. */
gboolean tables_clear (Store *store, const char *table, GError **error);

G_END_DECLS

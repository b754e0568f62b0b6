/* SPDX-License-Identifier: Apache-2.0 */
/* paper-words: what papers have in common: rows of tables, days, and words for the vault's codes. */
#pragma once

#include <gio/gio.h>

#include "paper.h"

G_BEGIN_DECLS

/** paper_words_rows: (transfer full): rows of a table, to be filled by paper_words_add_row (). */
GPtrArray *paper_words_rows (void);
/** paper_words_add_row: cells, which are taken, ended by %NULL. */
void paper_words_add_row (GPtrArray *rows, ...) G_GNUC_NULL_TERMINATED;

/** paper_words_time: (transfer full): in the machine's time zone, with its offset; "" for "". */
char *paper_words_time (const char *rfc3339);
/** paper_words_day: (transfer full): the day alone. */
char *paper_words_day (const char *rfc3339);
char *paper_words_count (guint64 count);

/** paper_words_list: (transfer full): what @list, an `as`, has, "、" between, each by @word (nullable); @none for an empty one. */
char *paper_words_list (GVariant *list, const char *(*word) (const char *code), const char *none);
/** paper_words_join: (transfer full): @texts (element-type char*), in the same way. */
char *paper_words_join (GPtrArray *texts, const char *none);

/** paper_words_kept: (transfer full): how long, by a row of RetentionList: "7 years from …" */
char *paper_words_kept (GVariant *rule);
/** paper_words_kept_for: (transfer full): the same for @purpose among @rules, "" when there is none. */
char *paper_words_kept_for (GVariant *rules, const char *purpose);

const char *paper_words_kind (const char *kind);
const char *paper_words_document (const char *document);
const char *paper_words_identity (const char *identity);
/** paper_words_department: what people without a department are under. */
const char *paper_words_department (const char *department);

/* The names of those of @admins (aa{sv} as of AdminList) with @role. */
char *paper_words_admins (GVariant *admins, const char *role, const char *none);

/** paper_words_add_trial: on a software TPM, that the paper proves nothing. */
void paper_words_add_trial (Paper *paper, GVariant *status);

G_END_DECLS

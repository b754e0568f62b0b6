/* SPDX-License-Identifier: Apache-2.0 */
/* lines: text files of lines with fields apart by tabs, in which everything is written in one way only, so that no two files mean
 * the same. Shared by the exported record and by certificates. Holds what it reads in itself; one thread. */
#pragma once

#include "entry.h"

G_BEGIN_DECLS

#define LINES_MAX_BYTES 8192
#define LINES_MAX_FIELDS 12

typedef struct
{
  const char *next, *end; /* borrowed: what has not been read */
  guint64 line;           /* number of the line read last */
  /* of that line; in @buffer, where tabs have become ends */
  guint n_fields;
  char *fields[LINES_MAX_FIELDS];
  char buffer[LINES_MAX_BYTES];
} Lines;

/** lines_take: the next line, cut into its fields; %FALSE without one, or for one that no file of ours has. */
gboolean lines_take (Lines *self);
/** lines_is: is the line @word with @n_fields fields, itself included? */
gboolean lines_is (const Lines *self, const char *word, guint n_fields);
/** lines_set_bad: TAMPERED: the line read last is not what @what has there. Always %FALSE. */
gboolean lines_set_bad (const Lines *self, const char *what, GError **error);

/* Each is %FALSE for whatever we would write otherwise. */
gboolean lines_parse_hex (const char *text, guint8 *out, gsize max_bytes, gsize *ret_n_bytes);
gboolean lines_parse_hex_exactly (const char *text, guint8 *out, gsize n_bytes);
gboolean lines_parse_number (const char *text, guint64 *ret_number);

void lines_append_hex (GString *text, const guint8 *bytes, gsize n_bytes);
/** lines_append_entry: an entry of the record, without a newline. */
void lines_append_entry (GString *text, const Entry *entry);
/**
 * lines_parse_entry:
 * @ret_entry: (out): borrows from @self until the next line, but for the detail
 * @ret_detail: (out) (transfer full): the entry's detail; set on success only
 */
gboolean lines_parse_entry (Lines *self, Entry *ret_entry, char **ret_detail);

G_END_DECLS

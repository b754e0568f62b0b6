/* SPDX-License-Identifier: Apache-2.0 */
/* csv: rows of comma-separated text (RFC 4180), read with bounds and written exactly. Any thread, one at a time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gsize max_bytes;       /* of the whole text */
  guint max_rows;        /* header and blank lines included */
  guint max_fields;      /* in one row */
  gsize max_field_bytes; /* after quotes are taken off */
} CsvLimits;

typedef enum
{
  CSV_OK,
  CSV_TOO_BIG,
  CSV_TOO_MANY_ROWS,
  CSV_TOO_MANY_FIELDS,
  CSV_FIELD_TOO_LONG,
  CSV_ZERO_BYTE,
  CSV_LONE_CR,        /* outside quotes, a CR without its LF */
  CSV_STRAY_QUOTE,    /* a quote inside an unquoted field, or text after the closing one */
  CSV_UNCLOSED_QUOTE, /* the text ends inside quotes; the row is that where they open */
} CsvMistake;

typedef enum
{
  CSV_ROW,
  CSV_END,
  CSV_REFUSED, /* nothing follows; csv_reader_get_mistake () */
} CsvResult;

typedef struct _CsvReader CsvReader;

/**
 * csv_reader_new:
 * @text: (transfer none): UTF-8 that outlives the reader; no final zero needed
 *
 * Rows end with CRLF or LF, also mixed; the last one may go without. Spaces belong to the field. Memory is that of one row.
 */
CsvReader *csv_reader_new (const char *text, gsize n_bytes, const CsvLimits *limits);

/** csv_reader_next: moves to the next row. A blank line is a row of one empty field. */
CsvResult csv_reader_next (CsvReader *self);

/** csv_reader_get_row: number of the row, or of the one that was refused; the first is 1. A quoted line break does not count. */
guint csv_reader_get_row (const CsvReader *self);
guint csv_reader_get_n_fields (const CsvReader *self);
/** csv_reader_get_field: (transfer none): void after the next csv_reader_next (). Field 0 is the first. */
const char *csv_reader_get_field (const CsvReader *self, guint field);
CsvMistake csv_reader_get_mistake (const CsvReader *self);

/** csv_reader_free: wipes the copy of the last row, for a roster may hold what it should not; %NULL is fine. */
void csv_reader_free (CsvReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvReader, csv_reader_free)

typedef enum
{
  CSV_QUOTE_NEVER,   /* what would need quotes cannot be written */
  CSV_QUOTE_MINIMAL, /* only what needs them: comma, quote, line break, a space at either end */
  CSV_QUOTE_ALWAYS,
} CsvQuote;

/**
 * csv_append_field:
 * @text: with a final zero; its bytes are copied as they are, quotes doubled
 * @into: appended to; commas and line ends are the caller's. Untouched when it fails.
 *
 * Returns: %FALSE when @quote is CSV_QUOTE_NEVER and the field needs quotes.
 */
gboolean csv_append_field (const char *text, CsvQuote quote, GString *into);

/**
 * csv_is_formula:
 *
 * Would a spreadsheet run this field? It would when it begins with = + - @ TAB CR or LF, quoted or not; Japanese ones also take
 * the full-width ＝ ＋ － ＠. A leading apostrophe would be filed as part of the data, so callers refuse such text instead.
 */
gboolean csv_is_formula (const char *text);

G_END_DECLS

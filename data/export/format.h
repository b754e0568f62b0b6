/* SPDX-License-Identifier: Apache-2.0 */
/* format: one export file described by a key file with a closed vocabulary: no expressions, no includes, no paths. Any thread. */
#pragma once

#include <glib.h>

#include "charset.h"
#include "csv.h"

G_BEGIN_DECLS

/*
 * Every key is needed, none may stand twice, and no other group or key may be there.
 *
 *   [format]   id             a-z 0-9 -, begins with a letter, at most 40
 *              mode           generate: the whole file from what the vault has; merge: numbers into a file that somebody else made
 *              title          English; title[ja] Japanese
 *              source         where the layout comes from
 *              certainty      A official, A' official by a copy, B two sources, C one source, D inferred; own: chosen by an admin, from
 *                             the header of a file (template.h), which none that is compiled in is
 *              verified       one sentence for the admin; verified[ja] Japanese
 *              kinds          list of employee contractor dependant
 *
 * mode=generate
 *   [file]     encoding       utf8 | utf8bom | cp932 | jisx0208; xlsx: no lines of text but an Excel workbook (workbook.h), whose eol is lf and
 *                             whose quote is never, as it has neither
 *              eol            lf | crlf
 *              header         yes | no
 *              quote          never | minimal | always
 *              number-width   12
 *              unique         list of column numbers that together must not repeat; may be empty
 *   [columns]  1, 2, 3 …      NAME=FIELD, then options, each after a |
 *
 * FIELD: code, name, kana, relationship, birth_date, department, number; parent_code and parent_name are empty but for dependants;
 *   employee_code, employee_name (the employee's, for a dependant that of the parent), dependant_name (empty but for dependants),
 *   kind (employee contractor dependant), kind_ja (社員 外部協力者 家族), empty, const:TEXT. Exactly one column is the number.
 * Options: required (empty does not fit), drop-spaces (U+0020 and U+3000 are left out, where a layout says so),
 *   max-bytes:N (in the file's encoding, before quotes).
 *
 * mode=merge
 *   [file]     encoding       utf8 (with or without a byte order mark) | cp932 | jisx0208
 *              quote          never (a quote is a letter like others) | minimal (RFC 4180)
 *              begin          first | after:TEXT; the lines up to and with that one are copied
 *              header         yes | no: the next line has the names of the columns, and is copied
 *              rows           all | COLUMN:TEXT; rows whose cell says anything else are copied
 *              columns        N | at-least:N | as-header: cells of each row that is not copied
 *              pad            none | leading-space | trailing-space: a number among 13 places
 *   [match]    by             ways to find the person, the first one first: FIELD+FIELD;FIELD …
 *              code, employee_code, name, kana, birth   where they stand, or empty. PLACE: COLUMN, or header:NAME with a header.
 *                             birth: date:PLACE, nta:PLACE,PLACE,PLACE,PLACE (era, year, month, day), nenkin:PLACE,PLACE (era, YYMMDD)
 *   [numbers]  1, 2, 3 …      PLACE|self, or PLACE|dependant|name:PLACE (one of whom the row is about), then each at most once
 *                             |kana:PLACE, |birth:…, |empties:COLUMN;COLUMN (what may not stand beside a number, and is emptied)
 */

#define FORMAT_MAX_BYTES (64 * 1024)
#define FORMAT_MAX_COLUMNS 300
#define FORMAT_NUMBER_DIGITS 12

typedef enum
{
  FORMAT_GENERATE,
  FORMAT_MERGE,
} FormatMode;

typedef enum
{
  FORMAT_CODE,
  FORMAT_NAME,
  FORMAT_KANA,
  FORMAT_RELATIONSHIP,
  FORMAT_BIRTH_DATE,
  FORMAT_DEPARTMENT,
  FORMAT_NUMBER,
  FORMAT_PARENT_CODE,
  FORMAT_PARENT_NAME,
  FORMAT_EMPLOYEE_CODE,
  FORMAT_EMPLOYEE_NAME,
  FORMAT_DEPENDANT_NAME,
  FORMAT_KIND,
  FORMAT_KIND_JA,
  FORMAT_EMPTY,
  FORMAT_CONST,
} FormatField;

typedef struct
{
  char *name;
  FormatField field;
  char *text;      /* of FORMAT_CONST, else %NULL */
  gsize max_bytes; /* 0: no limit */
  gboolean required;
  gboolean drop_spaces;
  gboolean unique;
} FormatColumn;

/* A column of somebody else's file. Both 0 and %NULL: there is none. */
typedef struct
{
  guint column; /* from 1 */
  char *header; /* its name in the header, instead */
} FormatPlace;

typedef enum
{
  FORMAT_BIRTH_NONE,
  FORMAT_BIRTH_DATE_TEXT, /* one place, as rosters may write it */
  FORMAT_BIRTH_NTA,       /* 国税庁: 昭和1 大正2 明治3 平成4 令和5; year, month, day */
  FORMAT_BIRTH_NENKIN,    /* 日本年金機構: 明治1 大正3 昭和5 平成7 令和9; YYMMDD */
} FormatBirth;

typedef enum
{
  FORMAT_BY_CODE = 1 << 0,
  FORMAT_BY_EMPLOYEE_CODE = 1 << 1, /* the employee's, for a dependant that of the parent */
  FORMAT_BY_NAME = 1 << 2,
  FORMAT_BY_KANA = 1 << 3,
  FORMAT_BY_BIRTH = 1 << 4,
} FormatBy;

#define FORMAT_BIRTH_PLACES 4
#define FORMAT_MAX_WAYS 8
#define FORMAT_MAX_NUMBERS 32

/* Where a file says who somebody is. */
typedef struct
{
  FormatPlace code;
  FormatPlace employee_code;
  FormatPlace name;
  FormatPlace kana;
  FormatBirth birth_how;
  FormatPlace birth[FORMAT_BIRTH_PLACES];
} FormatWhom;

typedef struct
{
  FormatPlace place;
  gboolean dependant;
  FormatWhom whom; /* dependants: name, and perhaps kana and birth */
  GArray *empties; /* guint: columns */
} FormatNumber;

typedef enum
{
  FORMAT_PAD_NONE,
  FORMAT_PAD_LEADING,
  FORMAT_PAD_TRAILING,
} FormatPad;

typedef struct
{
  char *begin_after; /* %NULL: with the first line */
  guint rows_column; /* 0: all rows */
  char *rows_text;
  guint columns; /* 0: as many as the header has */
  gboolean columns_at_least;
  FormatPad pad;
  FormatWhom whom;
  FormatBy ways[FORMAT_MAX_WAYS];
  guint n_ways;
  GArray *numbers; /* FormatNumber */
} FormatMerge;

typedef struct
{
  char *id;
  FormatMode mode;
  char *title;
  char *title_ja;
  char *source;
  char *certainty;
  char *verified;
  char *verified_ja;
  char **kinds;
  Charset charset;
  gboolean workbook; /* encoding=xlsx */
  gboolean crlf;
  gboolean header;
  CsvQuote quote;
  GArray *columns;    /* FormatColumn; none of a merge */
  FormatMerge *merge; /* of a merge, else %NULL */
  char *sha256;       /* hexadecimal, of the format file: it goes on the record with each export */
} Format;

void format_free (Format *self); /* %NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Format, format_free)

/**
 * format_parse:
 *
 * Returns: (transfer full): or %NULL with CUSTODY_ERROR_NO_SUCH_FORMAT; the message says what is wrong with the file.
 */
Format *format_parse (const char *text, gsize n_bytes, GError **error);

/** format_find: one of those compiled in. %NULL with CUSTODY_ERROR_NO_SUCH_FORMAT. */
Format *format_find (const char *id, GError **error);

/** format_find_text: the same, as its file stands in data/formats. */
const char *format_find_text (const char *id, GError **error);

/** format_list: (transfer full) (element-type Format): those compiled in, by id. Freed with the array. */
GPtrArray *format_list (void);

/** format_get_encoding: as its file says it. */
const char *format_get_encoding (const Format *self);
/** format_get_suffix: of the files that it describes: "csv" or "xlsx" */
const char *format_get_suffix (const Format *self);

/** format_has_kind: may a person of this kind stand in the file? @kind: as in vault.xml */
gboolean format_has_kind (const Format *self, const char *kind);

G_END_DECLS

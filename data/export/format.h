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
 *              title          English; title[ja] Japanese
 *              source         where the layout comes from
 *              certainty      A official, A' official by a copy, B two sources, C one source, D inferred
 *              verified       one sentence for the admin; verified[ja] Japanese
 *              kinds          list of employee contractor dependant
 *   [file]     encoding       utf8 | utf8bom | cp932 | jisx0208
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
 */

#define FORMAT_MAX_BYTES (64 * 1024)
#define FORMAT_MAX_COLUMNS 300
#define FORMAT_NUMBER_DIGITS 12

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

typedef struct
{
  char *id;
  char *title;
  char *title_ja;
  char *source;
  char *certainty;
  char *verified;
  char *verified_ja;
  char **kinds;
  Charset charset;
  gboolean crlf;
  gboolean header;
  CsvQuote quote;
  GArray *columns; /* FormatColumn */
  char *sha256;    /* hexadecimal, of the format file: it goes on the record with each export */
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

/** format_list: (transfer full) (element-type Format): those compiled in, by id. Freed with the array. */
GPtrArray *format_list (void);

/** format_has_kind: may a person of this kind stand in the file? @kind: as in vault.xml */
gboolean format_has_kind (const Format *self, const char *kind);

G_END_DECLS

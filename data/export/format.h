/* SPDX-License-Identifier: Apache-2.0 */
/* format: a declarative description of one export file. A key file with a closed vocabulary: no expressions, no includes.
 *
 *   [format]  id title source verified kinds      verified: own | verified | partial | unverified
 *   [file]    encoding utf8|utf8bom|cp932, eol lf|crlf, quote never|minimal|always, header yes|no,
 *             unique (columns, from 1, that together must not repeat)
 *   [columns] names, fields, and by column: max-bytes (in the file's encoding, 0 none), spaces keep|drop
 *
 * Fields: code kind name kana relationship birth-date department employee-name dependant-name number empty. A dependant's code
 * is their employee's. */
#pragma once

#include <glib.h>

#include "charset.h"
#include "csv.h"

G_BEGIN_DECLS

#define FORMAT_MAX_COLUMNS 64

typedef enum
{
  FIELD_CODE,
  FIELD_KIND,
  FIELD_NAME,
  FIELD_KANA,
  FIELD_RELATIONSHIP,
  FIELD_BIRTH_DATE,
  FIELD_DEPARTMENT,
  FIELD_EMPLOYEE_NAME,
  FIELD_DEPENDANT_NAME,
  FIELD_NUMBER,
  FIELD_EMPTY,
} FormatField;

typedef struct
{
  char *name;
  FormatField field;
  gsize max_bytes; /* 0: no limit */
  gboolean drop_spaces;
  gboolean unique;
} FormatColumn;

typedef struct
{
  char *id, *title, *source, *verified;
  char **kinds;
  Charset charset;
  gboolean crlf, header;
  CsvQuote quote;
  GArray *columns; /* of FormatColumn */
  char sha256[65]; /* of the file, for the record */
} Format;

void format_free (Format *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Format, format_free)

/** format_parse: %NULL with NO_SUCH_FORMAT when the file breaks a rule above. */
Format *format_parse (GBytes *file, GError **error);
/** format_find: among those built in. %NULL with NO_SUCH_FORMAT. */
Format *format_find (const char *id, GError **error);
/** format_list: (transfer full) (element-type Format): those built in, by id. */
GPtrArray *format_list (void);

gboolean format_has_kind (const Format *self, const char *kind);

G_END_DECLS

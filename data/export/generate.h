/* SPDX-License-Identifier: Apache-2.0 */
/* generate: people and their numbers -> the bytes of one export file, all of them or none. Any thread. */
#pragma once

#include "format.h"
#include "secret.h"

G_BEGIN_DECLS

/* Strings are UTF-8 and borrowed; %NULL counts as "". */
typedef struct
{
  const char *person; /* id, only for the list of the unfit */
  const char *kind;   /* employee | contractor | dependant */
  const char *code;
  const char *name;
  const char *kana;
  const char *birth_date;
  const char *department;
  const char *relationship; /* dependants */
  const char *parent_code;  /* dependants: their employee's */
  const char *parent_name;
  const Secret *number; /* 12 ASCII digits; not looked at when masked */
} ExportPerson;

/* Why a person's row cannot be written. Nothing is ever changed to make it fit. */
typedef enum
{
  EXPORT_UNFIT_CHARACTER, /* "character"  not in the file's character set */
  EXPORT_UNFIT_DELIMITER, /* "delimiter"  comma, quote or line break where the format knows no quotes */
  EXPORT_UNFIT_FORMULA,   /* "formula"    a spreadsheet would run it */
  EXPORT_UNFIT_CONTROL,   /* "control"    a control character */
  EXPORT_UNFIT_TOO_LONG,  /* "too-long"   more than max-bytes */
  EXPORT_UNFIT_MISSING,   /* "missing"    empty, and required */
  EXPORT_UNFIT_DUPLICATE, /* "duplicate"  the format's key (unique) fits another person too */
} ExportWhy;

const char *export_why_get_name (ExportWhy why);

typedef struct
{
  char *person;
  guint column; /* from 1; 0 for a duplicate */
  ExportWhy why;
} ExportUnfit;

/**
 * export_generate:
 * @people: (element-type ExportPerson): in the order of the rows. The same people give the same bytes.
 * @masked: twelve asterisks stand for each number, for a preview
 * @ret_content: (out) (transfer full): the file
 * @ret_sha256: (out): of the file, hexadecimal
 * @ret_unfit: (out) (optional) (transfer full) (element-type ExportUnfit): with %CUSTODY_ERROR_UNFIT_TEXT alone: every column of
 *   every person that does not fit, in the order of the rows
 *
 * The file exists in locked memory only. Its check digits are the caller's business: only that a number is 12 digits is seen to.
 *
 * Returns: %FALSE with
 *   %CUSTODY_ERROR_NOTHING_TO_EXPORT  no people
 *   %CUSTODY_ERROR_USAGE              a kind that the format does not have
 *   %CUSTODY_ERROR_BAD_NUMBER         a number that is not 12 ASCII digits
 *   %CUSTODY_ERROR_UNFIT_TEXT         @ret_unfit
 *   %CUSTODY_ERROR_FAILED             the C library has no CP932
 */
gboolean export_generate (const Format *format, const GPtrArray *people, gboolean masked, Secret **ret_content,
                          char ret_sha256[65], GPtrArray **ret_unfit, GError **error);

/** export_get_sha256: in hexadecimal */
void export_get_sha256 (const Secret *content, char ret_sha256[65]);

G_END_DECLS

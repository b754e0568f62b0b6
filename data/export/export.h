/* SPDX-License-Identifier: Apache-2.0 */
/* export: rows of people and numbers become the bytes of one file, and the file. */
#pragma once

#include "format.h"
#include "secret.h"

G_BEGIN_DECLS

typedef struct
{
  const char *person; /* id, only for reports */
  const char *kind;   /* employee | contractor | dependant */
  const char *code;   /* a dependant's is the employee's */
  const char *name, *kana, *birth_date, *department, *relationship;
  const char *employee_name; /* the dependant's employee, else the person */
  const Secret *number;      /* 12 digits, or NULL: masked */
} ExportPerson;

/**
 * export_build:
 * @people: (element-type ExportPerson)
 *
 * Fields are written as they are or not at all: nothing is altered to fit. UNFIT_TEXT names every person (ids) whose
 * text the format's characters, its widths, its lack of quotes or a spreadsheet's formulas would spoil, or who cannot be told
 * apart from another by the format's key.
 *
 * Returns: (transfer full): the whole file, in locked memory.
 */
Secret *export_build (const Format *format, GPtrArray *people, GError **error);

/**
 * export_write:
 * @fd: an empty regular file, open for writing and not for appending; stays the caller's
 *
 * Writes all and syncs; on failure the file is emptied again. USAGE when @fd is something else, DISK_FULL, FAILED.
 */
gboolean export_write (int fd, const Secret *content, GError **error);
/** export_check_target: the USAGE part of export_write () alone, before anything is opened. */
gboolean export_check_target (int fd, GError **error);

void export_digest (const Secret *content, char ret_hex[65]);

G_END_DECLS

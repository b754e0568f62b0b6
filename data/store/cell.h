/* SPDX-License-Identifier: Apache-2.0 */
/* cell: one value of a row, as SQLite has it, wherever it stands: in the database or in a dump. */
#pragma once

#include <glib.h>

typedef enum
{
  CELL_NULL,
  CELL_INTEGER,
  CELL_REAL,
  CELL_TEXT, /* UTF-8 without a zero byte */
  CELL_BLOB,
} CellType;

/* Bytes are borrowed from whoever gives the row, until the next row. Text is not terminated. */
typedef struct
{
  CellType type;
  gint64 integer;
  double real;
  const guint8 *bytes;
  gsize n_bytes;
} Cell;

#define CELL_MAX_BYTES (256 * 1024)
#define CELL_MAX_COLUMNS 64

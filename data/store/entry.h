/* SPDX-License-Identifier: Apache-2.0 */
/* entry: one entry of the record (取扱記録), wherever it stands: in the database or in an exported file. */
#pragma once

#include <glib.h>

#define ENTRY_HASH_BYTES 32

typedef struct
{
  guint64 seq; /* from 1, no gaps */
  char *time;  /* RFC 3339, UTC */
  char *actor; /* "system", "kiosk", or an admin's id */
  char *action;
  char *subject; /* an id or "" */
  char *detail;  /* "key=value" lines, keys in order */
  guint8 hash[ENTRY_HASH_BYTES];
} Entry;

/* SPDX-License-Identifier: Apache-2.0 */
/* askings: when the record says that somebody was asked for their number, and that they did not agree. Same rules as store.h. */
#pragma once

#include "store.h"

G_BEGIN_DECLS

#define ASKINGS_ASKED "number-asked"
#define ASKINGS_REFUSED "number-refused"

#define ASKINGS_TIME_BYTES 32

typedef struct
{
  guint n_asked;
  char asked[ASKINGS_TIME_BYTES];   /* the last time, RFC 3339, or "" */
  char refused[ASKINGS_TIME_BYTES]; /* the last time, or "" */
} Asking;

/**
 * askings_follow:
 * @n_entries: of the record at most; 0: all that are new
 * @ret_behind: (out) (optional): there is more
 *
 * Reads what the record has that was not read yet: what of it concerns one person is kept beside the connection, as the record has no
 * index by person and grows for ever. Of machines that the vault was on before too. Not in a transaction, whose entries may go again.
 */
gboolean askings_follow (Store *store, guint64 n_entries, gboolean *ret_behind, GError **error);

/** askings_get: of a person, as of the last askings_follow (); never %NULL. */
const Asking *askings_get (Store *store, const char *person_id);

G_END_DECLS

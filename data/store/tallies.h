/* SPDX-License-Identifier: Apache-2.0 */
/* tallies: how many there are of what, for papers that name nobody. Same rules as store.h. */
#pragma once

#include "store.h"

G_BEGIN_DECLS

typedef struct
{
  char *what;    /* a kind of people, or a purpose (code) */
  guint people;  /* on the roster; of a purpose: 0 */
  guint numbers; /* in custody: of people of that kind, or agreed to for that purpose */
} Tally;

void tally_free (Tally *self);

/** tallies_of_kinds: (transfer full) (element-type Tally): of each kind of people that there is. */
GPtrArray *tallies_of_kinds (Store *store, GError **error);
/** tallies_of_purposes: (transfer full) (element-type Tally): of each purpose that somebody has agreed to, by code. */
GPtrArray *tallies_of_purposes (Store *store, GError **error);

/* What the record has of one action. */
typedef struct
{
  char *action;
  guint64 count;
  char *time;   /* of the last one, RFC 3339 */
  char *detail; /* of the last one, as in the record */
} ActionTally;

void action_tally_free (ActionTally *self);

/** tallies_of_actions: (transfer full) (element-type ActionTally): of each action that the record has, by name. Reads all of it. */
GPtrArray *tallies_of_actions (Store *store, GError **error);

G_END_DECLS

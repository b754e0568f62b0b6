/* SPDX-License-Identifier: Apache-2.0 */
/* roster-private: what the parts of the roster's parser share. */
#pragma once

#include "roster.h"

typedef enum
{
  ROSTER_FIELD_CODE,
  ROSTER_FIELD_NAME,
  ROSTER_FIELD_KANA,
  ROSTER_FIELD_BIRTH_DATE,
  ROSTER_FIELD_DEPARTMENT,
  ROSTER_FIELD_KIND,
  ROSTER_FIELD_RELATIONSHIP,
  ROSTER_FIELD_PARENT_CODE,
  ROSTER_FIELD_LEFT,
  ROSTER_FIELD_JOINED,
  ROSTER_FIELD_EMPLOYMENT,
  ROSTER_FIELD_PENSION,
  ROSTER_N_FIELDS,
  ROSTER_FIELD_NUMBER, /* a column that must not be there */
  ROSTER_FIELD_NONE,   /* a column we do not know */
} RosterField;

/* Which column is it? @ret_name: (transfer none): how our table writes it. */
RosterField roster_field_from_header (const char *header, const char **ret_name);

gboolean roster_kind_from_cell (const char *cell, RosterKind *ret_kind);
/* @ret_pension: (out) (transfer none): "category-3", "none", or "" for an empty cell. %FALSE: it says neither. */
gboolean roster_pension_from_cell (const char *cell, const char **ret_pension);

/* Compatible forms made one (full-width digits, ㍼, half-width kana), lower case, without spaces, _ and -. (transfer full) */
char *roster_normalise (const char *text);

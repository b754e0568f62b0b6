/* SPDX-License-Identifier: Apache-2.0 */
/* purposes: what the numbers are used for (利用目的), as shown to people and as stored with each number. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *code;        /* stored with the number, and named when exporting */
  const char *title;       /* untranslated: show _(title) */
  const char *short_title; /* the same in a few words, untranslated */
  const char *basis;       /* the laws that ask for the number, untranslated */
} Purpose;

/**
 * purposes_for_kind:
 * @kind: "employee" or "contractor"
 *
 * Returns: (transfer none): those shown to that kind of person, in order; ends with a %NULL code
 */
const Purpose *purposes_for_kind (const char *kind);

/* Returns: (transfer floating): the codes of purposes_for_kind () as `as`. */
GVariant *purposes_get_codes (const char *kind);

/* Which wording was shown. Changes whenever a text or the list changes. */
const char *purposes_get_text_version (void);

/* Returns: (transfer none): a few translated words for @code, or @code itself when it is not known. */
const char *purposes_get_short_title (const char *code);

/* Returns: (transfer none): what people agree to, translated, and the laws that ask for it; @code itself, and "", when it is not known. */
const char *purposes_get_title (const char *code);
const char *purposes_get_basis (const char *code);

/* Returns: (transfer none): the kind of people that are asked to agree to @code: "employee" or "contractor". */
const char *purposes_get_kind (const char *code);

/* Returns: (transfer none): every code, for all kinds of people, ends with %NULL: what an export can be for. */
const char *const *purposes_get_all_codes (void);

G_END_DECLS

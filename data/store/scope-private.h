/* SPDX-License-Identifier: Apache-2.0 */
/* scope-private: a scope within other files' SQL: people are p, their employees e (left joined), numbers n. */
#pragma once

#include "scope.h"
#include "store-private.h"

/* Of the texts, which hold no line feed of their own. */
#define SCOPE_OF_PEOPLE(departments, kinds)                                                                            \
  "(" departments " = '' OR instr (char (10) || " departments                                                          \
  ", char (10) || coalesce (e.department, p.department) || char (10)) > 0) "                                           \
  "AND (" kinds " = '' OR instr (' ' || " kinds " || ' ', ' ' || p.kind || ' ') > 0) "
#define SCOPE_OF_NUMBERS(purposes) "(" purposes " = '' OR azukari_meets (" purposes ", n.purposes)) "

/* What is bound for them, "ss" and "sss"; @scope may be NULL. */
#define SCOPE_BINDS_PEOPLE(scope)                                                                                      \
  scope_text ((scope) != NULL ? (scope)->departments : NULL), scope_text ((scope) != NULL ? (scope)->kinds : NULL)
#define SCOPE_BINDS(scope) SCOPE_BINDS_PEOPLE (scope), scope_text ((scope) != NULL ? (scope)->purposes : NULL)

/* "" for NULL. */
const char *scope_text (const char *text);
/* The connection knows the function that the SQL above calls. */
gboolean scope_attach (Store *store, GError **error);

/* SPDX-License-Identifier: Apache-2.0 */
/* record-words: the codes of the record (取扱記録) as words. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Each: translated and borrowed; the code itself when it has no words. */
const char *record_words_action (const char *action);
/* What a detail is about: "entries" … */
const char *record_words_key (const char *key);
/* A detail's value, where that is a code: a role, a day of the week, what a backup came to … */
const char *record_words_value (const char *key, const char *value);
/* What LogReview calls attention to. */
const char *record_words_flag (const char *flag);
/* What Verify and a sealed vault look at: a sentence for how it is found, as it should be (@ok) or not. */
const char *record_words_check (const char *check, gboolean ok);
/* That one of them was not looked at, as TPM or disk failed. Returns: (transfer full). */
char *record_words_unchecked (const char *check);
/* TRUE: of Verify's @findings, all that are not as they should be were not looked at; and there are some. */
gboolean record_words_only_unchecked (GVariant *findings);

G_END_DECLS

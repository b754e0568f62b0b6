/* SPDX-License-Identifier: Apache-2.0 */
/* merge-words: what stood against putting numbers into payroll's file, as words. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * merge_words_why:
 * @why: of an issue of Merge; @text: what goes with it: a character, or what was looked for
 *
 * Returns: (transfer full): what is wrong at one place, without the name of who may be meant.
 */
char *merge_words_why (const char *why, const char *text);

/* (transfer full): which place of the file, translated; "" for the file as a whole */
char *merge_words_place (guint32 line, guint32 column);

/* Whether such cells may be left as they are; if not, payroll has to make the file again. */
gboolean merge_words_can_be_left (const char *why);

/* (transfer full): what came of it, one fact a line. @report: of Merge, without issues; @path: the file that was written */
char *merge_words_done (GVariant *report, const char *path, gboolean masked);

G_END_DECLS

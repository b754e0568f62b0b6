/* SPDX-License-Identifier: Apache-2.0 */
/* format-private: what the readers of the two kinds of format files share. */
#pragma once

#include "format.h"

G_BEGIN_DECLS

/** format_refuse: always %FALSE, with CUSTODY_ERROR_NO_SUCH_FORMAT. */
gboolean format_refuse (GError **error, const char *message, ...) G_GNUC_PRINTF (2, 3);
/** format_index_of: of @word in @words, %NULL-terminated; -1 */
int format_index_of (const char *const *words, const char *word);
/** format_get_text: (transfer full): a text of one line that is not empty, or %NULL. */
char *format_get_text (GKeyFile *file, const char *group, const char *key, GError **error);
gboolean format_get_word (GKeyFile *file, const char *group, const char *key, const char *const *words, int *ret_index,
                          GError **error);
/** format_parse_number: digits without zeros before them, 1 to @max */
gboolean format_parse_number (const char *text, guint64 max, guint64 *ret_number);

/** format_parse_merge: [file], [match] and [numbers] of a file whose mode is merge, into self->merge. */
gboolean format_parse_merge (Format *self, GKeyFile *file, GError **error);
void format_merge_free (FormatMerge *self);

extern const char *const format_merge_file_keys[];
extern const char *const format_merge_match_keys[];

G_END_DECLS

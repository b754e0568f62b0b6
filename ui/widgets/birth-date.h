/* SPDX-License-Identifier: Apache-2.0 */
/* birth-date: a date as people type it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ui_birth_date_parse:
 * @text: eight digits, year first, with or without separators ("19800401", "1980-04-01", "1980/4/1")
 *
 * Returns: (transfer full): YYYY-MM-DD, or %NULL when it is not a date between 1880 and today
 */
char *ui_birth_date_parse (const char *text);

/* Returns: (transfer full): @iso in words of the current language, with the Japanese era where there is one. */
char *ui_birth_date_to_words (const char *iso);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* window-words: what the window says of a visit and of a vault, and which picture goes with it. */
#pragma once

#include "visit.h"

G_BEGIN_DECLS

/* Why the visit did not move on: one kind sentence, or %NULL. (transfer full) */
char *window_words_for_trouble (Visit *visit);

/* The scene of a picture that helps with a reason of VISIT_PROBLEM. */
const char *window_words_scene (const char *reason);

/* Whose PIN it is can be told only by its place in the keyset while names cannot be read: "1" to @n. (transfer full) */
char **window_words_for_places (guint n);

/* Whether @status (GetStatus) tells how many wrong PINs are left, and what is said of it; %NULL while all of them are. @ret_hint: (transfer
 * full) */
gboolean window_words_for_tries (GVariant *status, char **ret_hint);

/* Why nothing is taken in though the vault is open (GetStatus): said before somebody has begun, not after their card was read. %NULL
 * when all is well. (transfer full) */
char *window_words_for_notice (GVariant *status);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* enroll-words: what two people compare on two screens, so that nobody stands between two machines unseen. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ENROLL_WORDS 6
#define ENROLL_WORD_BITS 11 /* of a list of 2048 */
#define ENROLL_TRANSCRIPT_BYTES 32
#define ENROLL_LIST_WORDS (1 << ENROLL_WORD_BITS)

/**
 * enroll_words_of:
 * @transcript: a digest of everything that both machines sent
 *
 * Argon2id (3 passes over 64 MiB) of it, then 11 bits for each word: 66 in all.
 *
 * Returns: (transfer full): six words in hiragana, %NULL-terminated; %NULL with FAILED when there is no memory.
 */
char **enroll_words_of (const guint8 transcript[ENROLL_TRANSCRIPT_BYTES], GError **error);

/** enroll_word_to_latin: (transfer full): a word of the list as it is written in Latin letters (Hepburn), all of them different. */
char *enroll_word_to_latin (const char *word);

/** enroll_words_list: (transfer full): the list, %NULL-terminated. */
char **enroll_words_list (void);

G_END_DECLS

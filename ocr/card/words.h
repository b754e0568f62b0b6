/* SPDX-License-Identifier: Apache-2.0 */
/* words: spots given Japanese words (個人番号, 通知カード, ...) in one line of text, without cutting it into characters. */
#pragma once

#include "grey.h"

/* What a strip looks like: kanji so high, their ink from top to foot, in the middle of so much room above and below. */
#define WORD_LINE_EM_PX 16
#define WORD_LINE_MARGIN_PX 4
#define WORD_LINE_HEIGHT_PX (WORD_LINE_EM_PX + 2 * WORD_LINE_MARGIN_PX)
#define WORD_LINE_MIN_WIDTH_PX 16
#define WORD_LINE_MAX_WIDTH_PX 4096

/* The longest word that can be looked for, characters. */
#define WORD_MAX_CHARS 16

/**
 * CardWord: where a word stands; @score 0..1 is the geometric mean of what the network gives its characters.
 * @x0, @x1: from its first to behind its last character, strip pixels
 */
typedef struct
{
  int x0;
  int x1;
  double score;
} CardWord;

typedef struct _WordReader WordReader;
typedef struct _WordLine WordLine;

/** word_reader_new: (transfer full): loads the network; %NULL when it is damaged. */
WordReader *word_reader_new (void);
void word_reader_free (WordReader *self);

/**
 * word_reader_read:
 * @strip: one level line, WORD_LINE_HEIGHT_PX high and WORD_LINE_MIN_WIDTH_PX to WORD_LINE_MAX_WIDTH_PX wide, dark on light, any brightness and
 *   contrast. The height of the characters may be a sixth off; parts of neighbouring lines may show. Not changed.
 *
 * Asks the network what stands at each place of the line. Any thread.
 *
 * Returns: (transfer full): the line as read, to be freed before @self; one that holds no word when @strip has another size.
 */
WordLine *word_reader_read (const WordReader *self, const CardGrey *strip);

/** word_line_free: wipes. %NULL is fine. */
void word_line_free (WordLine *self);

/**
 * word_line_find:
 * @word: UTF-8, 2 to WORD_MAX_CHARS characters, all of them known
 * @ret_word: (out): the best place, its score at least WORD_LEAST_SCORE
 *
 * The word must stand there character by character, nothing between: 法人番号 is not 個人番号.
 * It may be part of a longer one: 個人番号 is found in 個人番号通知書.
 */
gboolean word_line_find (const WordLine *self, const char *word, CardWord *ret_word);

/* Chosen on pages of the tuning seeds: tests/ocr/train/words. */
#define WORD_LEAST_SCORE 0.5

/** word_unknown_character: the first character of @word that the network does not know, or 0. */
gunichar word_unknown_character (const char *word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WordReader, word_reader_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WordLine, word_line_free)

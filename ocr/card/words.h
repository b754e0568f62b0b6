/* SPDX-License-Identifier: Apache-2.0 */
/* words: spots given Japanese words (個人番号, 通知カード, ...) in text lines, character by character. */
#pragma once

#include "blobs.h"
#include "mlp.h"

/** CardWord: where a word stands; @score 0..1 is the geometric mean of what the network gives its characters. */
typedef struct
{
  CardBlob box;
  double score;
} CardWord;

typedef struct _WordReader WordReader;
typedef struct _WordLine WordLine;

/** word_reader_new: (transfer full): loads the network; %NULL when it is damaged. */
WordReader *word_reader_new (void);
void word_reader_free (WordReader *self);

/**
 * word_reader_read_line:
 * @grey: upright picture
 * @blobs: (element-type CardBlob): as ordered by card_lines_find
 *
 * Cuts the line into all characters that it may consist of and asks the network about each.
 */
WordLine *
word_reader_read_line (const WordReader *self, const CardGrey *grey, const GArray *blobs, const CardLine *line);
void word_line_free (WordLine *self);

/**
 * word_line_find:
 * @word: UTF-8, 2 to 12 characters of glyph_kanji_set()
 * @ret_word: (out): the best place
 *
 * All characters must be recognised plainly; in a word of four or more one odd one, not the first, need only be
 * possible: 法人番号 is not 個人番号.
 */
gboolean word_line_find (const WordLine *self, const char *word, CardWord *ret_word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WordReader, word_reader_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WordLine, word_line_free)

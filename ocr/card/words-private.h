/* SPDX-License-Identifier: Apache-2.0 */
/* words: what choosing WORD_LEAST_SCORE needs to know. */
#pragma once

#include "net/net.h"
#include "words.h"

/* A character and the class that the network has for it. */
typedef struct
{
  gunichar character;
  int class;
} WordCharacter;

struct _WordReader
{
  Net *net;
  GArray *characters; /* owned, of WordCharacter, by character */
};

struct _WordLine
{
  const WordReader *reader; /* borrowed */
  int n_columns;
  int n_classes;
  float *shares; /* (owned): for each column what is there, class by class; sums to 1 */
};

/** word_line_weigh: like word_line_find(), of lines that were read whole, whatever the score. For choosing WORD_LEAST_SCORE. */
gboolean word_line_weigh (const WordLine *self, const char *word, CardWord *ret_word);

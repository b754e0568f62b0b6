/* SPDX-License-Identifier: Apache-2.0 */
/* words: spots given Japanese words in text lines. */
#include "words-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "card-resources.h"

#define NETWORK "/azukari/card/words.azn"
#define CHARACTERS "/azukari/card/words.txt"

#define STRIDE 4 /* strip columns for each column of answers */

/* The local contrast: its window to either side, what is added to the spread so that plain paper stays plain, its bounds. */
#define WINDOW (WORD_LINE_EM_PX * 3 / 2)
#define PLAIN_SPREAD 6.0
#define MOST_CONTRAST 3.0

#define NOTHING 0      /* the class of what is between characters */
#define MORE_CLASSES 3 /* nothing, any digit, any other character */
#define MAX_CHARACTERS 2000

/* Two characters of one word stand no further apart. */
#define MAX_GAP (5 * WORD_LINE_EM_PX / 2 / STRIDE)
#define ROOM 2 /* columns to either side of the best way in which other ways may begin and end */
#define NO_SHARE 1e-9
#define FAINTEST_SCORE 0.05 /* nobody asks what is below */

/* --- characters ----------------------------------------------------------------------------------------------------- */

static int
by_character (gconstpointer a, gconstpointer b)
{
  const WordCharacter *first = a, *second = b;

  return (first->character > second->character) - (first->character < second->character);
}

/* One class a line, with all characters that belong to it. Returns: the number of classes; 0 when damaged. */
static int
parse_characters (const char *text, gsize n_bytes, GArray *characters)
{
  int n_classes = 0;

  if (!g_utf8_validate_len (text, n_bytes, NULL) || n_bytes == 0 || text[n_bytes - 1] != '\n')
    return 0;
  for (const char *p = text; p < text + n_bytes; p = g_utf8_next_char (p))
    {
      WordCharacter character = { g_utf8_get_char (p), n_classes + 1 };

      if (*p == '\n')
        n_classes++;
      else if (characters->len < MAX_CHARACTERS)
        g_array_append_val (characters, character);
      else
        return 0;
    }
  g_array_sort (characters, by_character);
  return n_classes;
}

static GArray *
load_characters (int *ret_n_classes)
{
  g_autoptr (GBytes) bytes =
      g_resource_lookup_data (card_get_resource (), CHARACTERS, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  GArray *characters = g_array_new (FALSE, FALSE, sizeof (WordCharacter));

  *ret_n_classes =
      bytes != NULL ? parse_characters (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), characters) : 0;
  return characters;
}

/* 0 for a character that is not known. */
static int
class_of (const GArray *characters, gunichar character)
{
  const WordCharacter wanted = { character, 0 };
  const WordCharacter *found =
      bsearch (&wanted, characters->data, characters->len, sizeof (WordCharacter), by_character);

  return found != NULL ? found->class : 0;
}

gunichar
word_unknown_character (const char *word)
{
  int n_classes;
  g_autoptr (GArray) characters = load_characters (&n_classes);

  for (const char *p = word; *p != '\0'; p = g_utf8_next_char (p))
    if (class_of (characters, g_utf8_get_char (p)) == 0)
      return g_utf8_get_char (p);
  return 0;
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

WordReader *
word_reader_new (void)
{
  WordReader *self = g_new0 (WordReader, 1);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (card_get_resource (), NETWORK, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  int n_classes;

  self->characters = load_characters (&n_classes);
  self->net = net_new_from_bytes (bytes, 1, n_classes + MORE_CLASSES);
  if (n_classes == 0 || self->net == NULL)
    g_clear_pointer (&self, word_reader_free);
  return self;
}

void
word_reader_free (WordReader *self)
{
  if (self == NULL)
    return;
  net_free (self->net);
  g_array_unref (self->characters);
  g_free (self);
}

/* How much darker each pixel is than what is around it, in terms of how much brightness varies there. */
static float *
local_contrast (const CardGrey *strip)
{
  int width = strip->width, height = strip->height;
  float *contrast = g_new (float, (gsize) width *height);
  g_autofree double *sums = g_new0 (double, width + 1), *squares = g_new0 (double, width + 1);

  for (int x = 0; x < width; x++)
    {
      guint32 sum = 0, square = 0;

      for (int y = 0; y < height; y++)
        {
          guint32 sample = strip->samples[(gsize) y * width + x];

          sum += sample;
          square += sample * sample;
        }
      sums[x + 1] = sums[x] + sum;
      squares[x + 1] = squares[x] + square;
    }
  for (int x = 0; x < width; x++)
    {
      int low = MAX (x - WINDOW, 0), high = MIN (x + WINDOW + 1, width);
      double n = (double) (high - low) * height, mean = (sums[high] - sums[low]) / n;
      double spread = sqrt (MAX ((squares[high] - squares[low]) / n - mean * mean, 0.0)) + PLAIN_SPREAD;

      for (int y = 0; y < height; y++)
        {
          double darker = (mean - strip->samples[(gsize) y * width + x]) / spread;

          contrast[(gsize) y * width + x] = (float) CLAMP (darker, -MOST_CONTRAST, MOST_CONTRAST);
        }
    }
  explicit_bzero (sums, (width + 1) * sizeof *sums);
  explicit_bzero (squares, (width + 1) * sizeof *squares);
  return contrast;
}

/* The scores of each column, class by class, as shares of 1. */
static void
take_shares (WordLine *self, const NetPlanes *planes)
{
  self->n_columns = planes->width;
  self->n_classes = planes->n_planes;
  self->shares = g_new (float, (gsize) self->n_columns * self->n_classes);
  for (int column = 0; column < self->n_columns; column++)
    {
      float *shares = &self->shares[(gsize) column * self->n_classes], most = -INFINITY, sum = 0.0f;

      for (int i = 0; i < self->n_classes; i++)
        {
          shares[i] = planes->values[(gsize) i * self->n_columns + column];
          most = MAX (most, shares[i]);
        }
      for (int i = 0; i < self->n_classes; i++)
        sum += shares[i] = expf (shares[i] - most);
      for (int i = 0; i < self->n_classes; i++)
        shares[i] /= sum;
    }
}

WordLine *
word_reader_read (const WordReader *self, const CardGrey *strip)
{
  WordLine *line = g_new0 (WordLine, 1);
  gsize n_values = (gsize) strip->width * strip->height;
  g_autoptr (NetPlanes) planes = NULL;
  float *contrast;

  line->reader = self;
  if (strip->height != WORD_LINE_HEIGHT_PX || strip->width < WORD_LINE_MIN_WIDTH_PX
      || strip->width > WORD_LINE_MAX_WIDTH_PX)
    return line;
  contrast = local_contrast (strip);
  planes = net_run (self->net, contrast, strip->width, strip->height);
  explicit_bzero (contrast, n_values * sizeof *contrast);
  g_free (contrast);
  if (planes != NULL && planes->height == 1)
    take_shares (line, planes);
  return line;
}

void
word_line_free (WordLine *self)
{
  if (self == NULL)
    return;
  if (self->shares != NULL)
    explicit_bzero (self->shares, (gsize) self->n_columns * self->n_classes * sizeof *self->shares);
  g_free (self->shares);
  g_free (self);
}

/* --- words in a line ------------------------------------------------------------------------------------------------ */

/*
 * A word is a chain of states: its characters and, between two of them, nothing. Each column is in one state; a character
 * may follow another one directly unless both are the same.
 */
typedef struct
{
  int classes[WORD_MAX_CHARS];
  int n;
} Chain;

/* The best way into a state. */
typedef struct
{
  double sum; /* of logarithms */
  int first;  /* column of the first character */
  int last;   /* column where the last character so far was seen last */
} Way;

static double
share (const WordLine *self, int column, int class)
{
  return self->shares[(gsize) column * self->n_classes + class];
}

static int
class_of_state (const Chain *chain, int state)
{
  return state % 2 == 0 ? chain->classes[state / 2] : NOTHING;
}

static gboolean
may_skip_nothing (const Chain *chain, int state)
{
  return state % 2 == 0 && state >= 2 && chain->classes[state / 2] != chain->classes[state / 2 - 1];
}

static void
step (const WordLine *self, const Chain *chain, int column, Way *ways)
{
  for (int state = 2 * (chain->n - 1); state >= 0; state--)
    {
      Way best = ways[state];
      double own = log (MAX (share (self, column, class_of_state (chain, state)), NO_SHARE));

      for (int back = 1; back <= (may_skip_nothing (chain, state) ? 2 : 1) && back <= state; back++)
        {
          const Way *from = &ways[state - back];

          if (from->sum > best.sum && (state % 2 != 0 || column - from->last <= MAX_GAP))
            best = *from;
        }
      if (state == 0 && best.sum < 0.0)
        best = (Way){ 0.0, column, column };
      best.sum += own;
      if (state % 2 == 0)
        best.last = column;
      ways[state] = best;
    }
}

/* The best way through the whole word; its sum is -INFINITY where there is none. */
static Way
find_way (const WordLine *self, const Chain *chain)
{
  Way ways[2 * WORD_MAX_CHARS], found = { -INFINITY, 0, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    ways[i] = found;
  for (int column = 0; column < self->n_columns; column++)
    {
      const Way *end = &ways[2 * (chain->n - 1)];

      step (self, chain, column, ways);
      if (end->sum > found.sum)
        found = *end;
    }
  return found;
}

/* How likely the word stands there: all ways together that begin and end near @way. */
static double
sum_ways (const WordLine *self, const Chain *chain, const Way *way)
{
  int low = MAX (way->first - ROOM, 0), high = MIN (way->last + ROOM, self->n_columns - 1);
  int n_states = 2 * chain->n - 1, first = chain->classes[0], last = chain->classes[chain->n - 1];
  double shares[2 * WORD_MAX_CHARS] = { 0.0 }, sum = 0.0;

  for (int column = low; column <= high; column++)
    {
      for (int state = n_states - 1; state >= 0; state--)
        {
          double in = shares[state];

          if (state >= 1)
            in += shares[state - 1];
          if (may_skip_nothing (chain, state))
            in += shares[state - 2];
          /* a way begins where the column before does not hold the first character, so that none counts twice */
          if (state == 0)
            in += column > low ? 1.0 - share (self, column - 1, first) : 1.0;
          shares[state] = in * share (self, column, class_of_state (chain, state));
        }
      sum += shares[n_states - 1] * (column < high ? 1.0 - share (self, column + 1, last) : 1.0);
    }
  return MIN (sum, 1.0);
}

gboolean
word_line_weigh (const WordLine *self, const char *word, CardWord *ret_word)
{
  Chain chain = { .n = 0 };
  double half;
  Way way;

  for (const char *p = word; *p != '\0'; p = g_utf8_next_char (p))
    {
      int class = class_of (self->reader->characters, g_utf8_get_char (p));

      g_return_val_if_fail (class != 0 && chain.n < WORD_MAX_CHARS, FALSE);
      chain.classes[chain.n++] = class;
    }
  g_return_val_if_fail (chain.n >= 2, FALSE);

  way = find_way (self, &chain);
  if (way.sum < chain.n * log (FAINTEST_SCORE))
    return FALSE;
  half = (double) (way.last - way.first) * STRIDE / (chain.n - 1) / 2;
  *ret_word = (CardWord){ .x0 = (int) lround (way.first * STRIDE - half),
                          .x1 = (int) lround (way.last * STRIDE + half) + 1,
                          .score = pow (sum_ways (self, &chain, &way), 1.0 / chain.n) };
  return TRUE;
}

gboolean
word_line_find (const WordLine *self, const char *word, CardWord *ret_word)
{
  CardWord found;

  if (!word_line_weigh (self, word, &found) || found.score < WORD_LEAST_SCORE)
    return FALSE;
  *ret_word = found;
  return TRUE;
}

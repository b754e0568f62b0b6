/* SPDX-License-Identifier: Apache-2.0 */
/* words: lines that are cut into characters, one answer of a small network for each. */
#include "words-private.h"

#include <math.h>
#include <string.h>

#include "card-resources.h"
#include "glyph.h"

#define MAX_WORD 12
#define MAX_CLASSES 64
#define MAX_COLUMNS 200
#define MAX_SPAN 5 /* columns of ink that one character may consist of */

#define PLAIN 0.40    /* a character recognised plainly */
#define POSSIBLE 0.02 /* the odd one */
#define FLOOR 0.002
#define LEAST_FOR_ODD 4

/* columns of ink between gaps, or between cuts where characters touch */
typedef struct
{
  int x0, y0, x1, y1;
} Column;

typedef struct
{
  guint first; /* columns first .. last */
  guint last;
  CardBlob box;
  int size; /* the longer side */
  float shares[MAX_CLASSES];
} Candidate;

/* --- characters that a line may consist of ------------------------------------------------------------------------ */

static GArray *
columns_of (const GArray *blobs, const CardLine *line)
{
  GArray *columns = g_array_new (FALSE, FALSE, sizeof (Column));

  for (guint i = 0; i < line->n_blobs && columns->len < MAX_COLUMNS; i++)
    {
      const CardBlob *blob = &g_array_index (blobs, CardBlob, line->first + i);
      Column *last = columns->len > 0 ? &g_array_index (columns, Column, columns->len - 1) : NULL;
      Column column = { blob->x0, blob->y0, blob->x1, blob->y1 };

      if (last != NULL && blob->x0 < last->x1)
        {
          last->x1 = MAX (last->x1, blob->x1);
          last->y0 = MIN (last->y0, blob->y0);
          last->y1 = MAX (last->y1, blob->y1);
        }
      else
        g_array_append_val (columns, column);
    }
  return columns;
}

/* How dark each pixel column of [x0, x1) is on the whole. */
static void
darkness_profile (const CardGrey *grey, const Column *column, double *ret_profile)
{
  for (int x = column->x0; x < column->x1; x++)
    {
      double sum = 0.0;

      for (int y = column->y0; y < column->y1; y++)
        sum += 255 - grey->samples[(gsize) y * grey->width + x];
      ret_profile[x - column->x0] = sum / (column->y1 - column->y0);
    }
}

/* Characters that touch make a column much wider than high: cut it where it is palest, about one height apart. */
static GArray *
split_wide (const CardGrey *grey, GArray *columns)
{
  GArray *split = g_array_new (FALSE, FALSE, sizeof (Column));

  for (guint i = 0; i < columns->len && split->len < MAX_COLUMNS; i++)
    {
      Column column = g_array_index (columns, Column, i);
      int height = column.y1 - column.y0, width = column.x1 - column.x0;
      g_autofree double *profile = NULL;

      if (width < 1.3 * height || height < 6)
        {
          g_array_append_val (split, column);
          continue;
        }
      profile = g_new (double, width);
      darkness_profile (grey, &column, profile);
      while (column.x1 - column.x0 > 1.3 * height && split->len < MAX_COLUMNS)
        {
          int offset = column.x1 - width, from = column.x0 - offset, best = -1;
          Column part = column;

          for (int x = from + (int) (0.6 * height); x < MIN (from + (int) (1.25 * height), width - 2); x++)
            if (best < 0 || profile[x] < profile[best])
              best = x;
          if (best < 0)
            break;
          part.x1 = offset + best;
          g_array_append_val (split, part);
          column.x0 = offset + best;
        }
      g_array_append_val (split, column);
    }
  g_array_unref (columns);
  return split;
}

static gboolean
may_be_character (const Candidate *candidate, int line_height)
{
  int width = card_blob_width (&candidate->box), height = card_blob_height (&candidate->box);

  if (candidate->size < 7 || candidate->size > 1.3 * line_height)
    return FALSE;
  if (height < 0.35 * line_height)
    return width > 2 * height && width > 0.4 * line_height; /* ー */
  return width < 1.45 * height && width > 0.35 * height;
}

static void
add_candidates (const WordReader *self, const CardGrey *grey, const GArray *columns, int line_height,
                GArray *candidates)
{
  float ink[GLYPH_MAX_VALUES];

  for (guint i = 0; i < columns->len; i++)
    {
      Candidate candidate = { .first = i };

      for (guint j = i; j < columns->len && j < i + MAX_SPAN; j++)
        {
          const Column *column = &g_array_index (columns, Column, j);
          CardBlob *box = &candidate.box;

          if (j == i)
            *box = (CardBlob){ column->x0, column->y0, column->x1, column->y1, 0 };
          box->x1 = MAX (box->x1, column->x1);
          box->y0 = MIN (box->y0, column->y0);
          box->y1 = MAX (box->y1, column->y1);
          candidate.last = j;
          candidate.size = MAX (card_blob_width (box), card_blob_height (box));
          if (card_blob_width (box) > 1.3 * line_height)
            break;
          if (!may_be_character (&candidate, line_height))
            continue;
          glyph_kanji_ink (grey, box->x0, box->y0, box->x1, box->y1, ink);
          mlp_run (self->mlp, ink, candidate.shares);
          g_array_append_val (candidates, candidate);
        }
    }
  explicit_bzero (ink, sizeof ink);
}

/* --- words in them -------------------------------------------------------------------------------------------------- */

static int
classes_of (const char *word, int classes[MAX_WORD])
{
  int n = 0;

  for (const char *p = word; *p != '\0' && n < MAX_WORD; p = g_utf8_next_char (p), n++)
    {
      const char *set = glyph_kanji_set ();
      const char *found = g_utf8_strchr (set, -1, g_utf8_get_char (p));

      if (found == NULL)
        return 0;
      classes[n] = (int) g_utf8_pointer_to_offset (set, found);
    }
  return n;
}

static gboolean
may_follow (const Candidate *a, const Candidate *b)
{
  int gap = b->box.x0 - a->box.x1, size = MAX (a->size, b->size);
  int overlap = MIN (a->box.y1, b->box.y1) - MAX (a->box.y0, b->box.y0);
  int lower = MIN (card_blob_height (&a->box), card_blob_height (&b->box));

  return b->first > a->last && b->first - a->last <= 2 && gap <= 1.1 * size && 2 * overlap >= lower
         && 2 * MIN (a->size, b->size) >= size;
}

static gboolean
is_word (const Candidate *const *path, const int *classes, int n)
{
  int n_plain = 0;

  for (int i = 0; i < n; i++)
    {
      float share = path[i]->shares[classes[i]];

      if (share < POSSIBLE || (i == 0 && share < PLAIN))
        return FALSE;
      n_plain += share >= PLAIN;
    }
  /* in a short word there is no room for an odd one */
  return n_plain >= (n >= LEAST_FOR_ODD ? n - 1 : n);
}

gboolean
word_reader_load_kanji (WordReader *self)
{
  g_autoptr (GBytes) bytes =
      g_resource_lookup_data (card_get_resource (), "/azukari/card/kanji.mlp", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  const guint8 *data;
  gsize n_bytes;

  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &n_bytes);
  self->mlp = mlp_new_from_data (data, n_bytes);
  return self->mlp != NULL && mlp_get_width (self->mlp) == GLYPH_KANJI_SIDE
         && mlp_get_height (self->mlp) == GLYPH_KANJI_SIDE && mlp_get_n_classes (self->mlp) <= MAX_CLASSES
         && mlp_get_n_classes (self->mlp) == (int) g_utf8_strlen (glyph_kanji_set (), -1) + 1;
}

WordLine *
word_reader_read_line (const WordReader *self, const CardGrey *grey, const GArray *blobs, const CardLine *line)
{
  WordLine *result = g_new0 (WordLine, 1);
  g_autoptr (GArray) columns = split_wide (grey, columns_of (blobs, line));

  result->candidates = g_array_new (FALSE, TRUE, sizeof (Candidate));
  add_candidates (self, grey, columns, card_blob_height (&line->box), result->candidates);
  return result;
}

gboolean
word_line_find_cut (const WordLine *self, const char *word, CardWord *ret_word)
{
  guint n_candidates = self->candidates->len;
  const Candidate *candidates = n_candidates > 0 ? &g_array_index (self->candidates, Candidate, 0) : NULL;
  int classes[MAX_WORD], n = classes_of (word, classes);
  g_autofree double *best = g_new (double, (gsize) MAX (n_candidates, 1) * MAX_WORD);
  g_autofree guint *from = g_new0 (guint, (gsize) MAX (n_candidates, 1) * MAX_WORD);
  gboolean found = FALSE;

  if (n < 2)
    return FALSE;
  for (int k = 0; k < n; k++)
    for (guint i = 0; i < n_candidates; i++)
      {
        double own = log (MAX (candidates[i].shares[classes[k]], FLOOR));
        double *to = &best[(gsize) k * n_candidates + i];

        *to = k == 0 ? own : -INFINITY;
        for (guint j = k == 0 || i < 40 ? 0 : i - 40; k > 0 && j < i; j++)
          if (best[(gsize) (k - 1) * n_candidates + j] + own > *to && may_follow (&candidates[j], &candidates[i]))
            {
              *to = best[(gsize) (k - 1) * n_candidates + j] + own;
              from[(gsize) k * n_candidates + i] = j;
            }
      }

  for (guint i = 0; i < n_candidates; i++)
    {
      double score = exp (best[(gsize) (n - 1) * n_candidates + i] / n);
      const Candidate *path[MAX_WORD];
      guint at = i;

      if (score < 0.2 || (found && score <= ret_word->score))
        continue;
      for (int k = n - 1; k >= 0; k--)
        {
          path[k] = &candidates[at];
          at = from[(gsize) k * n_candidates + at];
        }
      if (!is_word (path, classes, n))
        continue;
      found = TRUE;
      ret_word->score = score;
      ret_word->box = path[0]->box;
      for (int k = 1; k < n; k++)
        {
          ret_word->box.x1 = MAX (ret_word->box.x1, path[k]->box.x1);
          ret_word->box.y0 = MIN (ret_word->box.y0, path[k]->box.y0);
          ret_word->box.y1 = MAX (ret_word->box.y1, path[k]->box.y1);
        }
    }
  return found;
}

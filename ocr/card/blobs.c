/* SPDX-License-Identifier: Apache-2.0 */
/* blobs: connected pieces of print in a mask, and the text lines they form. */
#include "blobs.h"

#include <string.h>

/* a run of set pixels in one row; runs that touch share a root */
typedef struct
{
  int x0;
  int x1;
  int y;
  guint parent;
} Run;

static guint
root_of (GArray *runs, guint i)
{
  Run *run = runs->data != NULL ? &g_array_index (runs, Run, 0) : NULL;

  while (run[i].parent != i)
    {
      run[i].parent = run[run[i].parent].parent;
      i = run[i].parent;
    }
  return i;
}

static void
join_runs (GArray *runs, guint a, guint b)
{
  a = root_of (runs, a);
  b = root_of (runs, b);
  if (a < b)
    g_array_index (runs, Run, b).parent = a;
  else
    g_array_index (runs, Run, a).parent = b;
}

static GArray *
collect_runs (const CardGrey *mask)
{
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (Run));
  guint above = 0, above_end = 0;

  for (int y = 0; y < mask->height; y++)
    {
      const guint8 *row = mask->samples + (gsize) y * mask->width;
      guint start = runs->len;

      for (int x = 0; x < mask->width; x++)
        {
          Run run;

          if (!row[x])
            continue;
          run = (Run){ x, x, y, runs->len };
          while (run.x1 < mask->width && row[run.x1])
            run.x1++;
          x = run.x1;
          g_array_append_val (runs, run);
        }
      for (guint i = start, j = above; i < runs->len && j < above_end;)
        {
          const Run *now = &g_array_index (runs, Run, i), *up = &g_array_index (runs, Run, j);

          if (up->x0 <= now->x1 && now->x0 <= up->x1)
            join_runs (runs, i, j);
          if (g_array_index (runs, Run, j).x1 < g_array_index (runs, Run, i).x1)
            j++;
          else
            i++;
        }
      above = start;
      above_end = runs->len;
    }
  return runs;
}

static int
compare_size_descending (gconstpointer a, gconstpointer b)
{
  return ((const CardBlob *) b)->n_pixels - ((const CardBlob *) a)->n_pixels;
}

GArray *
card_blobs_find (const CardGrey *mask, guint max_blobs)
{
  g_autoptr (GArray) runs = collect_runs (mask);
  g_autofree guint *blob_of = g_new (guint, MAX (runs->len, 1));
  GArray *blobs = g_array_new (FALSE, FALSE, sizeof (CardBlob));

  for (guint i = 0; i < runs->len; i++)
    {
      const Run *run = &g_array_index (runs, Run, i);
      guint root = root_of (runs, i);
      CardBlob *blob;

      /* a root comes before all that hang on it */
      if (root == i)
        {
          CardBlob new_blob = { run->x0, run->y, run->x1, run->y + 1, 0, run->x0 };

          blob_of[i] = blobs->len;
          g_array_append_val (blobs, new_blob);
        }
      blob = &g_array_index (blobs, CardBlob, blob_of[root]);
      blob->x0 = MIN (blob->x0, run->x0);
      blob->x1 = MAX (blob->x1, run->x1);
      blob->y1 = MAX (blob->y1, run->y + 1);
      blob->n_pixels += run->x1 - run->x0;
    }
  if (blobs->len > max_blobs)
    {
      g_array_sort (blobs, compare_size_descending);
      g_array_set_size (blobs, max_blobs);
    }
  return blobs;
}

/* --- lines ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  CardBlob blob;
  guint parent;
  guint line; /* of the root: G_MAXUINT before it has one */
} Piece;

static guint
piece_root (Piece *pieces, guint i)
{
  while (pieces[i].parent != i)
    i = pieces[i].parent = pieces[pieces[i].parent].parent;
  return i;
}

static int
compare_left (gconstpointer a, gconstpointer b)
{
  const CardBlob *p = a, *q = b;

  return p->x0 != q->x0 ? p->x0 - q->x0 : p->y0 - q->y0;
}

static int
compare_top (gconstpointer a, gconstpointer b)
{
  return ((const CardLine *) a)->box.y0 - ((const CardLine *) b)->box.y0;
}

static gboolean
are_neighbours (const CardBlob *a, const CardBlob *b)
{
  int overlap = MIN (a->y1, b->y1) - MAX (a->y0, b->y0);
  int low = MIN (card_blob_height (a), card_blob_height (b)), high = MAX (card_blob_height (a), card_blob_height (b));
  /* a flat stroke (一, ー) is low, but as wide as its neighbours are high */
  int size_a = MAX (card_blob_width (a), card_blob_height (a)),
      size_b = MAX (card_blob_width (b), card_blob_height (b));

  return 2 * overlap >= low && b->x0 - a->x1 <= high && 4 * MIN (size_a, size_b) >= MAX (size_a, size_b);
}

static void
grow (CardBlob *box, const CardBlob *by)
{
  box->x0 = MIN (box->x0, by->x0);
  box->y0 = MIN (box->y0, by->y0);
  box->x1 = MAX (box->x1, by->x1);
  box->y1 = MAX (box->y1, by->y1);
  box->n_pixels += by->n_pixels;
}

GArray *
card_lines_find (GArray *blobs, int min_height, int max_height)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (CardLine));
  g_autofree Piece *pieces = NULL;
  g_autofree guint *first = NULL;
  guint n = 0;

  g_array_sort (blobs, compare_left);
  pieces = g_new (Piece, MAX (blobs->len, 1));
  for (guint i = 0; i < blobs->len; i++)
    {
      const CardBlob *blob = &g_array_index (blobs, CardBlob, i);
      int size = MAX (card_blob_height (blob), card_blob_width (blob));

      if (size < min_height || card_blob_height (blob) > max_height || card_blob_width (blob) > 4 * max_height)
        continue;
      pieces[n] = (Piece){ *blob, n, G_MAXUINT };
      n++;
    }

  for (guint i = 0; i < n; i++)
    for (guint j = i + 1; j < n && pieces[j].blob.x0 - pieces[i].blob.x1 <= max_height; j++)
      if (are_neighbours (&pieces[i].blob, &pieces[j].blob))
        {
          guint a = piece_root (pieces, i), b = piece_root (pieces, j);

          if (a < b)
            pieces[b].parent = a;
          else
            pieces[a].parent = b;
        }

  for (guint i = 0; i < n; i++)
    {
      Piece *root = &pieces[piece_root (pieces, i)];

      if (root->line == G_MAXUINT)
        {
          CardLine line = { pieces[i].blob, 0, 1 };

          root->line = lines->len;
          g_array_append_val (lines, line);
        }
      else
        {
          CardLine *line = &g_array_index (lines, CardLine, root->line);

          grow (&line->box, &pieces[i].blob);
          line->n_blobs++;
        }
    }

  /* pieces are sorted from left to right already: deal them out to their lines */
  first = g_new (guint, MAX (lines->len, 1));
  for (guint i = 0, next = 0; i < lines->len; i++)
    {
      CardLine *line = &g_array_index (lines, CardLine, i);

      line->first = first[i] = next;
      next += line->n_blobs;
    }
  g_array_set_size (blobs, n);
  for (guint i = 0; i < n; i++)
    g_array_index (blobs, CardBlob, first[pieces[piece_root (pieces, i)].line]++) = pieces[i].blob;
  g_array_sort (lines, compare_top);
  return lines;
}

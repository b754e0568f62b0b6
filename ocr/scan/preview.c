/* SPDX-License-Identifier: Apache-2.0 */
/* Reduces rows by averaging. */
#include "preview.h"

#include <string.h>

struct _Preview
{
  ScanFormat format;
  guint width_px;
  guint height_px;
  guint rows_in;   /* of the page */
  guint rows_out;  /* finished */
  guint rows_sent; /* handed out */
  gboolean open_row;

  /* owned */
  guint *column; /* page column -> preview column */
  guint64 *sum;  /* per preview column, of the row under way */
  guint *count;
  guint8 *ready;     /* rows_sent to rows_out */
  gsize ready_bytes; /* room */
};

static guint
preview_row_of (const Preview *self, guint page_row)
{
  return (guint) ((guint64) page_row * self->width_px / self->format.width_px);
}

Preview *
preview_new (const ScanFormat *format, guint width_px)
{
  Preview *self = g_new0 (Preview, 1);

  self->format = *format;
  self->width_px = CLAMP (width_px, 1, format->width_px);
  if (format->height_px > 0)
    self->height_px = preview_row_of (self, format->height_px - 1) + 1;
  self->column = g_new (guint, format->width_px);
  for (guint x = 0; x < format->width_px; x++)
    self->column[x] = (guint) ((guint64) x * self->width_px / format->width_px);
  self->sum = g_new0 (guint64, self->width_px);
  self->count = g_new0 (guint, self->width_px);
  return self;
}

void
preview_free (Preview *self)
{
  if (self == NULL)
    return;
  explicit_bzero (self->sum, sizeof *self->sum * self->width_px);
  if (self->ready != NULL)
    explicit_bzero (self->ready, self->ready_bytes);
  g_free (self->column);
  g_free (self->sum);
  g_free (self->count);
  g_free (self->ready);
  g_free (self);
}

guint
preview_get_width_px (const Preview *self)
{
  return self->width_px;
}

guint
preview_get_height_px (const Preview *self)
{
  return self->height_px;
}

static void
make_room (Preview *self)
{
  const gsize used = (gsize) (self->rows_out - self->rows_sent) * self->width_px;

  if (used + self->width_px > self->ready_bytes)
    {
      const gsize room = MAX (2 * self->ready_bytes, (gsize) self->width_px * 16);
      guint8 *bigger = g_malloc0 (room);

      if (self->ready != NULL)
        {
          memcpy (bigger, self->ready, used);
          explicit_bzero (self->ready, self->ready_bytes);
        }
      g_free (self->ready);
      self->ready = bigger;
      self->ready_bytes = room;
    }
}

static void
finish_row (Preview *self)
{
  guint8 *row;

  make_room (self);
  row = self->ready + (gsize) (self->rows_out - self->rows_sent) * self->width_px;
  for (guint x = 0; x < self->width_px; x++)
    {
      row[x] = (guint8) (self->sum[x] / self->count[x]);
      self->sum[x] = 0;
      self->count[x] = 0;
    }
  self->rows_out++;
  self->open_row = FALSE;
}

static void
add_row (Preview *self, const guint8 *row)
{
  if (self->open_row && preview_row_of (self, self->rows_in) != self->rows_out)
    finish_row (self);
  if (self->format.n_channels == 1)
    for (guint x = 0; x < self->format.width_px; x++)
      {
        self->sum[self->column[x]] += row[x];
        self->count[self->column[x]]++;
      }
  else
    for (guint x = 0; x < self->format.width_px; x++)
      {
        self->sum[self->column[x]] += (77u * row[3 * x] + 150u * row[3 * x + 1] + 29u * row[3 * x + 2]) >> 8;
        self->count[self->column[x]]++;
      }
  self->open_row = TRUE;
  self->rows_in++;
}

void
preview_add_rows (Preview *self, const guint8 *rows, guint n_rows)
{
  const gsize row_bytes = (gsize) self->format.width_px * self->format.n_channels;

  for (guint i = 0; i < n_rows; i++)
    add_row (self, rows + i * row_bytes);
}

void
preview_finish (Preview *self)
{
  if (self->open_row)
    finish_row (self);
}

guint8 *
preview_take_rows (Preview *self, guint *ret_first_row, guint *ret_n_rows)
{
  if (self->rows_out == self->rows_sent)
    return NULL;
  *ret_first_row = self->rows_sent;
  *ret_n_rows = self->rows_out - self->rows_sent;
  self->rows_sent = self->rows_out;
  self->ready_bytes = 0;
  return g_steal_pointer (&self->ready);
}

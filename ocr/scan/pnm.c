/* SPDX-License-Identifier: Apache-2.0 */
/* A strict, bounded parser of PNM pictures. */
#include "pnm.h"

#include <string.h>

#define MAX_HEADER_BYTES 4096u
#define BUFFER_BYTES 65536u

struct _PnmReader
{
  /* borrowed */
  PnmSource source;
  gpointer source_data;

  /* owned */
  guint8 *buffer; /* BUFFER_BYTES, [next, end) not yet used */
  guint8 *raw_row;

  gsize next, end;
  gsize n_header_bytes;
  guint kind; /* 1 to 6, as in P1 to P6 */
  guint maxval;
  ScanFormat format;
  guint rows_done;
};

/* The next byte, -1 at the end of the source, -2 with @error set. */
static int
next_byte (PnmReader *self, GError **error)
{
  if (self->next == self->end)
    {
      gssize n = self->source (self->source_data, self->buffer, BUFFER_BYTES, error);

      if (n < 0)
        return -2;
      if (n == 0)
        return -1;
      self->next = 0;
      self->end = (gsize) n;
    }
  return self->buffer[self->next++];
}

static void
unread_byte (PnmReader *self)
{
  g_assert (self->next > 0);
  self->next--;
}

static gboolean
fail (GError **error, const char *what)
{
  if (error != NULL && *error == NULL)
    g_set_error_literal (error, SCAN_ERROR, SCAN_ERROR_BAD_IMAGE, what);
  return FALSE;
}

static int
next_header_byte (PnmReader *self, GError **error)
{
  if (++self->n_header_bytes > MAX_HEADER_BYTES)
    return -1;
  return next_byte (self, error);
}

static gboolean
is_space (int c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

/* Skips white space and comments, then reads a decimal number up to and without the byte after it. A number that is
 * too big to matter comes out as G_MAXUINT32. */
static gboolean
read_header_number (PnmReader *self, guint32 *ret_value, GError **error)
{
  guint64 value = 0;
  guint n_digits = 0;
  int c = next_header_byte (self, error);

  while (is_space (c) || c == '#')
    {
      if (c == '#')
        while (c >= 0 && c != '\n' && c != '\r')
          c = next_header_byte (self, error);
      if (c >= 0)
        c = next_header_byte (self, error);
    }
  for (; c >= '0' && c <= '9'; n_digits++)
    {
      value = MIN (value * 10 + (guint64) (c - '0'), G_MAXUINT32);
      c = next_header_byte (self, error);
    }
  if (n_digits == 0 || c < 0)
    return fail (error, "the header ends early or lacks a number");
  unread_byte (self);
  *ret_value = (guint32) value;
  return TRUE;
}

static guint8
scale (guint value, guint maxval)
{
  return (guint8) ((value * 255u + maxval / 2) / maxval);
}

/* One number of a plain (text) picture. */
static gboolean
read_plain_sample (PnmReader *self, guint *ret_value, GError **error)
{
  guint value = 0, n_digits = 0;
  int c;

  do
    c = next_byte (self, error);
  while (is_space (c));
  if (self->kind == 1) /* a bitmap's digits need no space between them */
    {
      if (c != '0' && c != '1')
        return fail (error, "the picture ends early or has a sample that is no bit");
      *ret_value = c == '1' ? 0 : 1; /* 1 is black */
      return TRUE;
    }
  for (; c >= '0' && c <= '9' && n_digits < 6; n_digits++)
    {
      value = value * 10 + (guint) (c - '0');
      c = next_byte (self, error);
    }
  if (n_digits == 0 || (c >= 0 && !is_space (c)))
    return fail (error, "the picture ends early or has a sample that is no number");
  *ret_value = value;
  return c != -2;
}

static gboolean
read_bytes (PnmReader *self, guint8 *bytes, gsize n_bytes, GError **error)
{
  while (n_bytes > 0)
    {
      gsize n;
      int c = next_byte (self, error);

      if (c < 0)
        return fail (error, "the picture ends early");
      unread_byte (self);
      n = MIN (n_bytes, self->end - self->next);
      memcpy (bytes, self->buffer + self->next, n);
      self->next += n;
      bytes += n;
      n_bytes -= n;
    }
  return TRUE;
}

static gboolean
read_row (PnmReader *self, guint8 *row, GError **error)
{
  const gsize n_samples = (gsize) self->format.width_px * self->format.n_channels;

  if (self->kind <= 3)
    {
      for (gsize i = 0; i < n_samples; i++)
        {
          guint value;

          if (!read_plain_sample (self, &value, error))
            return FALSE;
          if (value > self->maxval)
            return fail (error, "a sample is beyond the picture's own maximum");
          row[i] = scale (value, self->maxval);
        }
      return TRUE;
    }
  if (self->kind == 4)
    {
      if (!read_bytes (self, self->raw_row, (n_samples + 7) / 8, error))
        return FALSE;
      for (gsize i = 0; i < n_samples; i++)
        row[i] = (self->raw_row[i / 8] >> (7 - i % 8)) & 1 ? 0 : 255;
      return TRUE;
    }
  if (self->maxval == 255)
    return read_bytes (self, row, n_samples, error);
  if (!read_bytes (self, self->raw_row, n_samples * (self->maxval > 255 ? 2 : 1), error))
    return FALSE;
  for (gsize i = 0; i < n_samples; i++)
    {
      guint value =
          self->maxval > 255 ? (guint) self->raw_row[2 * i] << 8 | self->raw_row[2 * i + 1] : self->raw_row[i];

      if (value > self->maxval)
        return fail (error, "a sample is beyond the picture's own maximum");
      row[i] = scale (value, self->maxval);
    }
  return TRUE;
}

PnmReader *
pnm_reader_new (PnmSource source, gpointer data)
{
  PnmReader *self = g_new0 (PnmReader, 1);

  self->source = source;
  self->source_data = data;
  self->buffer = g_malloc (BUFFER_BYTES);
  return self;
}

void
pnm_reader_free (PnmReader *self)
{
  if (self == NULL)
    return;
  explicit_bzero (self->buffer, BUFFER_BYTES);
  g_free (self->buffer);
  if (self->raw_row != NULL)
    explicit_bzero (self->raw_row, (gsize) self->format.width_px * self->format.n_channels * 2);
  g_free (self->raw_row);
  g_free (self);
}

gboolean
pnm_reader_read_header (PnmReader *self, ScanFormat *ret_format, GError **error)
{
  guint32 width, height, maxval = 1;
  int magic[2];

  g_return_val_if_fail (self->kind == 0, FALSE);

  magic[0] = next_header_byte (self, error);
  magic[1] = magic[0] == 'P' ? next_header_byte (self, error) : -1;
  if (magic[1] < '1' || magic[1] > '6')
    return fail (error, "no PNM picture");
  if (!read_header_number (self, &width, error) || !read_header_number (self, &height, error))
    return FALSE;
  self->kind = (guint) (magic[1] - '0');
  if (self->kind != 1 && self->kind != 4 && !read_header_number (self, &maxval, error))
    return FALSE;
  if (maxval == 0 || maxval > 65535)
    return fail (error, "a maximum value outside 1 to 65535");
  if (!is_space (next_header_byte (self, error))) /* exactly one, then the samples */
    return fail (error, "the header ends early");
  if (height == 0)
    {
      g_set_error (error, SCAN_ERROR, SCAN_ERROR_ABSURD_SIZE, "a picture without rows");
      return FALSE;
    }
  if (!scan_format_check (width, height, error))
    return FALSE;

  self->maxval = maxval;
  self->format =
      (ScanFormat){ .width_px = width, .height_px = height, .n_channels = self->kind == 3 || self->kind == 6 ? 3 : 1 };
  self->raw_row = g_malloc ((gsize) self->format.width_px * self->format.n_channels * 2);
  *ret_format = self->format;
  return TRUE;
}

gssize
pnm_reader_read_rows (PnmReader *self, guint8 *rows, guint max_rows, GError **error)
{
  const gsize row_bytes = (gsize) self->format.width_px * self->format.n_channels;
  guint n = 0;

  g_return_val_if_fail (self->raw_row != NULL, -1);

  for (; n < max_rows && self->rows_done < self->format.height_px; n++, self->rows_done++)
    if (!read_row (self, rows + n * row_bytes, error))
      return -1;
  return n;
}

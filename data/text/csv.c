/* SPDX-License-Identifier: Apache-2.0 */
/* csv: one row at a time into one buffer; nothing is believed about the text. */
#include "csv.h"

#include <string.h>

struct _CsvReader
{
  /* borrowed */
  const char *text;
  gsize n_bytes;

  CsvLimits limits;
  gsize at;
  guint row;
  CsvMistake mistake;

  /* owned: the fields of the row, each with a final zero, and where each begins */
  GString *bytes;
  GArray *starts; /* gsize */
};

/*  START --"--> QUOTED --"--> CLOSED --"--> QUOTED          , or line end: the field is done, START again
 *    \--other--> PLAIN
 */
typedef enum
{
  START,
  PLAIN,
  QUOTED,
  CLOSED,
} State;

static void
empty_row (CsvReader *self)
{
  explicit_bzero (self->bytes->str, self->bytes->allocated_len);
  g_string_truncate (self->bytes, 0);
  g_array_set_size (self->starts, 0);
}

static CsvResult
refuse (CsvReader *self, CsvMistake mistake)
{
  empty_row (self);
  self->mistake = mistake;
  return CSV_REFUSED;
}

static gboolean
begin_field (CsvReader *self)
{
  gsize start = self->bytes->len;

  if (self->starts->len == self->limits.max_fields)
    return FALSE;
  g_array_append_val (self->starts, start);
  return TRUE;
}

/* Reads one field from self->at on. On success @ret_ended_row says whether a line end or the end of the text stopped it. */
static CsvMistake
read_field (CsvReader *self, gboolean *ret_ended_row)
{
  const gsize start = self->bytes->len;
  State state = START;

  for (; self->at < self->n_bytes; self->at++)
    {
      const char c = self->text[self->at];

      if (c == '\0')
        return CSV_ZERO_BYTE;
      if (c == '"' && state != QUOTED)
        {
          if (state == PLAIN)
            return CSV_STRAY_QUOTE;
          if (state == START)
            {
              state = QUOTED;
              continue;
            }
          state = QUOTED; /* the second of two: falls through to be copied */
        }
      else if (c == '"')
        {
          state = CLOSED;
          continue;
        }
      else if (state != QUOTED && (c == ',' || c == '\n' || c == '\r'))
        {
          if (c == '\r' && (self->at + 1 == self->n_bytes || self->text[self->at + 1] != '\n'))
            return CSV_LONE_CR;
          self->at += c == '\r' ? 2 : 1;
          *ret_ended_row = c != ',';
          g_string_append_c (self->bytes, '\0');
          return CSV_OK;
        }
      else if (state == CLOSED)
        return CSV_STRAY_QUOTE;
      else if (state == START)
        state = PLAIN;
      if (self->bytes->len - start == self->limits.max_field_bytes)
        return CSV_FIELD_TOO_LONG;
      g_string_append_c (self->bytes, c);
    }
  if (state == QUOTED)
    return CSV_UNCLOSED_QUOTE;
  *ret_ended_row = TRUE;
  g_string_append_c (self->bytes, '\0');
  return CSV_OK;
}

CsvReader *
csv_reader_new (const char *text, gsize n_bytes, const CsvLimits *limits)
{
  CsvReader *self = g_new0 (CsvReader, 1);

  self->text = text;
  self->n_bytes = n_bytes;
  self->limits = *limits;
  self->bytes = g_string_new (NULL);
  self->starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  return self;
}

CsvResult
csv_reader_next (CsvReader *self)
{
  gboolean ended_row = FALSE;
  CsvMistake mistake;

  if (self->mistake != CSV_OK)
    return CSV_REFUSED;
  empty_row (self);
  if (self->n_bytes > self->limits.max_bytes)
    return refuse (self, CSV_TOO_BIG);
  if (self->at == self->n_bytes)
    return CSV_END;
  self->row++;
  if (self->row > self->limits.max_rows)
    return refuse (self, CSV_TOO_MANY_ROWS);
  while (!ended_row)
    {
      if (!begin_field (self))
        return refuse (self, CSV_TOO_MANY_FIELDS);
      mistake = read_field (self, &ended_row);
      if (mistake != CSV_OK)
        return refuse (self, mistake);
    }
  return CSV_ROW;
}

guint
csv_reader_get_row (const CsvReader *self)
{
  return self->row;
}

guint
csv_reader_get_n_fields (const CsvReader *self)
{
  return self->starts->len;
}

const char *
csv_reader_get_field (const CsvReader *self, guint field)
{
  g_return_val_if_fail (field < self->starts->len, NULL);

  return self->bytes->str + g_array_index (self->starts, gsize, field);
}

CsvMistake
csv_reader_get_mistake (const CsvReader *self)
{
  return self->mistake;
}

void
csv_reader_free (CsvReader *self)
{
  if (self == NULL)
    return;
  empty_row (self);
  g_string_free (self->bytes, TRUE);
  g_array_unref (self->starts);
  g_free (self);
}

gboolean
csv_append_field (const char *text, CsvQuote quote, GString *into)
{
  const gsize n_bytes = strlen (text);
  const gboolean needed =
      strpbrk (text, ",\"\r\n") != NULL || (n_bytes > 0 && (text[0] == ' ' || text[n_bytes - 1] == ' '));

  if (needed && quote == CSV_QUOTE_NEVER)
    return FALSE;
  if (!needed && quote != CSV_QUOTE_ALWAYS)
    {
      g_string_append_len (into, text, (gssize) n_bytes);
      return TRUE;
    }
  g_string_append_c (into, '"');
  for (const char *at = text; *at != '\0'; at++)
    {
      if (*at == '"')
        g_string_append_c (into, '"');
      g_string_append_c (into, *at);
    }
  g_string_append_c (into, '"');
  return TRUE;
}

gboolean
csv_is_formula (const char *text)
{
  static const char *const starts[] = { "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠" };

  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    if (g_str_has_prefix (text, starts[i]))
      return TRUE;
  return FALSE;
}

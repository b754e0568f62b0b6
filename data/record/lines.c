/* SPDX-License-Identifier: Apache-2.0 */
/* lines: cutting text into fields, and the few ways to write a value. */
#include "lines.h"

#include <sodium.h>
#include <string.h>

#include "custody-error.h"

gboolean
lines_set_bad (const Lines *self, const char *what, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "line %" G_GUINT64_FORMAT " is not what %s has there",
               self->line, what);
  return FALSE;
}

gboolean
lines_take (Lines *self)
{
  const char *newline = memchr (self->next, '\n', (gsize) (self->end - self->next));
  gsize n_bytes;

  self->line++;
  self->n_fields = 0;
  if (newline == NULL)
    return FALSE;
  n_bytes = (gsize) (newline - self->next);
  if (n_bytes >= sizeof self->buffer || memchr (self->next, '\0', n_bytes) != NULL)
    return FALSE;
  memcpy (self->buffer, self->next, n_bytes);
  self->buffer[n_bytes] = '\0';
  self->next = newline + 1;
  self->fields[self->n_fields++] = self->buffer;
  for (char *p = self->buffer; *p != '\0'; p++)
    if (*p == '\t')
      {
        if (self->n_fields == LINES_MAX_FIELDS)
          return FALSE;
        *p = '\0';
        self->fields[self->n_fields++] = p + 1;
      }
  return TRUE;
}

gboolean
lines_is (const Lines *self, const char *word, guint n_fields)
{
  return self->n_fields == n_fields && g_str_equal (self->fields[0], word);
}

gboolean
lines_parse_hex (const char *text, guint8 *out, gsize max_bytes, gsize *ret_n_bytes)
{
  const char *end;

  /* lower case alone, as we write it: no second file with the same meaning */
  return strpbrk (text, "ABCDEF") == NULL
         && sodium_hex2bin (out, max_bytes, text, strlen (text), NULL, ret_n_bytes, &end) == 0 && *end == '\0';
}

gboolean
lines_parse_hex_exactly (const char *text, guint8 *out, gsize n_bytes)
{
  gsize n;

  return lines_parse_hex (text, out, n_bytes, &n) && n == n_bytes;
}

gboolean
lines_parse_number (const char *text, guint64 *ret_number)
{
  /* as we write it: "007" would be another file with the same meaning */
  return (text[0] != '0' || text[1] == '\0') && g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, ret_number, NULL);
}

void
lines_append_hex (GString *text, const guint8 *bytes, gsize n_bytes)
{
  for (gsize i = 0; i < n_bytes; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
}

/* "a=b\nc=d\n" as "a=b;c=d" */
static void
append_detail (GString *text, const char *detail)
{
  gsize n = strlen (detail);

  for (gsize i = 0; i < n; i++)
    if (detail[i] != '\n')
      g_string_append_c (text, detail[i]);
    else if (i + 1 < n)
      g_string_append_c (text, ';');
}

/* "a=b;c=d" as "a=b\nc=d\n" */
static char *
dup_detail (const char *field)
{
  char *detail = field[0] == '\0' ? g_strdup ("") : g_strconcat (field, "\n", NULL);

  for (char *p = detail; *p != '\0'; p++)
    if (*p == ';')
      *p = '\n';
  return detail;
}

void
lines_append_entry (GString *text, const Entry *entry)
{
  g_string_append_printf (text, "entry\t%" G_GUINT64_FORMAT "\t%s\t%s\t%s\t%s\t", entry->seq, entry->time, entry->actor,
                          entry->action, entry->subject);
  append_detail (text, entry->detail);
  g_string_append_c (text, '\t');
  lines_append_hex (text, entry->hash, ENTRY_HASH_BYTES);
}

gboolean
lines_parse_entry (Lines *self, Entry *ret_entry, char **ret_detail)
{
  char **fields = self->fields;

  *ret_entry = (Entry){ .time = fields[2], .actor = fields[3], .action = fields[4], .subject = fields[5] };
  if (!lines_is (self, "entry", 8) || !lines_parse_number (fields[1], &ret_entry->seq)
      || !lines_parse_hex_exactly (fields[7], ret_entry->hash, sizeof ret_entry->hash))
    return FALSE;
  *ret_detail = ret_entry->detail = dup_detail (fields[6]);
  return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* export: building and writing. */
#include "export.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "csv.h"
#include "custody-error.h"

#define MASK "************"
#define NUMBER_BYTES 12

static const char *
kind_title (const char *kind)
{
  return g_str_equal (kind, "employee") ? "従業員" : g_str_equal (kind, "contractor") ? "外部協力者" : "扶養親族";
}

static const char *
field_text (const ExportPerson *person, FormatField field)
{
  gboolean dependant = g_str_equal (person->kind, "dependant");

  switch (field)
    {
    case FIELD_CODE:
      return person->code;
    case FIELD_KIND:
      return kind_title (person->kind);
    case FIELD_NAME:
      return person->name;
    case FIELD_KANA:
      return person->kana;
    case FIELD_RELATIONSHIP:
      return person->relationship[0] == '\0' && g_str_equal (person->kind, "employee") ? "本人" : person->relationship;
    case FIELD_BIRTH_DATE:
      return person->birth_date;
    case FIELD_DEPARTMENT:
      return person->department;
    case FIELD_EMPLOYEE_NAME:
      return person->employee_name;
    case FIELD_DEPENDANT_NAME:
      return dependant ? person->name : "";
    case FIELD_NUMBER:
    case FIELD_EMPTY:
      break;
    }
  return "";
}

static char *
without_spaces (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (!g_unichar_isspace (g_utf8_get_char (p)))
      g_string_append_unichar (out, g_utf8_get_char (p));
  return g_string_free (out, FALSE);
}

/* One field in the file's encoding; FALSE when it does not fit as it is. */
static gboolean
field_encode (const Format *format, const FormatColumn *column, const char *text, GByteArray *out)
{
  g_autofree char *shown = column->drop_spaces ? without_spaces (text) : g_strdup (text);
  g_autoptr (GByteArray) encoded = g_byte_array_new ();
  g_autoptr (GString) field = g_string_new (NULL);

  /* A spreadsheet would run it; a machine would file a guard as part of the name. So neither. */
  if (csv_is_formula (shown) || strpbrk (shown, "\r\n\t") != NULL
      || !charset_encode (format->charset, shown, strlen (shown), encoded, NULL)
      || (column->max_bytes > 0 && encoded->len > column->max_bytes) || !csv_append_field (shown, format->quote, field))
    return FALSE;
  return charset_encode (format->charset, field->str, field->len, out, NULL);
}

static void
append_eol (const Format *format, Secret *content)
{
  secret_append (content, "\r\n" + !format->crlf, format->crlf ? 2 : 1);
}

static gboolean
append_header (const Format *format, Secret *content)
{
  g_autoptr (GByteArray) line = g_byte_array_new ();

  for (guint i = 0; i < format->columns->len; i++)
    {
      const FormatColumn *column = &g_array_index (format->columns, FormatColumn, i);
      const FormatColumn plain = { .name = column->name };

      if (i > 0)
        g_byte_array_append (line, (const guint8 *) ",", 1);
      if (!field_encode (format, &plain, column->name, line))
        return FALSE;
    }
  secret_append (content, line->data, line->len);
  append_eol (format, content);
  return TRUE;
}

/* The row's text goes through ordinary memory, its number does not. */
static gboolean
append_row (const Format *format, const ExportPerson *person, Secret *content, GString *key)
{
  gboolean fits = TRUE;

  for (guint i = 0; i < format->columns->len; i++)
    {
      const FormatColumn *column = &g_array_index (format->columns, FormatColumn, i);
      g_autoptr (GByteArray) text = g_byte_array_new ();

      if (i > 0)
        secret_append (content, ",", 1);
      if (column->field == FIELD_NUMBER)
        {
          const char *quote = format->quote == CSV_QUOTE_ALWAYS ? "\"" : "";

          secret_append (content, quote, strlen (quote));
          secret_append (content,
                         person->number != NULL ? secret_get_data (person->number, NULL) : (const guint8 *) MASK,
                         NUMBER_BYTES);
          secret_append (content, quote, strlen (quote));
          continue;
        }
      fits = field_encode (format, column, field_text (person, column->field), text) && fits;
      if (column->unique)
        g_string_append_printf (key, "%.*s\n", (int) text->len, (const char *) text->data);
      secret_append (content, text->data, text->len);
    }
  append_eol (format, content);
  return fits;
}

Secret *
export_build (const Format *format, GPtrArray *people, GError **error)
{
  g_autoptr (Secret) content = secret_new (0);
  g_autoptr (GString) unfit = g_string_new (NULL);
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (format->charset == CHARSET_UTF8_BOM)
    secret_append (content, "\xef\xbb\xbf", 3);
  if (format->header && !append_header (format, content))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_FORMAT,
                   "the format's own header does not fit its encoding");
      return NULL;
    }
  for (guint i = 0; i < people->len; i++)
    {
      const ExportPerson *person = g_ptr_array_index (people, i);
      g_autoptr (GString) key = g_string_new (NULL);
      gboolean fits = append_row (format, person, content, key);

      if (key->len > 0)
        fits = g_hash_table_add (keys, g_strdup (key->str)) && fits;
      if (!fits)
        g_string_append_printf (unfit, "%s%s", unfit->len > 0 ? "," : "", person->person);
    }
  if (unfit->len > 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_UNFIT_TEXT,
                   "the format cannot hold these people as they are: %s", unfit->str);
      return NULL;
    }
  return g_steal_pointer (&content);
}

void
export_digest (const Secret *content, char ret_hex[65])
{
  guint8 digest[crypto_hash_sha256_BYTES];

  crypto_hash_sha256 (digest, secret_get_data (content, NULL), secret_get_size (content));
  sodium_bin2hex (ret_hex, 65, digest, sizeof digest);
}

gboolean
export_check_target (int fd, GError **error)
{
  struct stat st;
  int flags = fcntl (fd, F_GETFL);

  if (fstat (fd, &st) != 0 || flags < 0 || !S_ISREG (st.st_mode) || st.st_size != 0 || (flags & O_ACCMODE) == O_RDONLY
      || (flags & O_APPEND) != 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
                   "the export goes to an empty regular file that is open for writing");
      return FALSE;
    }
  return TRUE;
}

static void
export_empty (int fd)
{
  (void) !ftruncate (fd, 0);
  (void) fsync (fd);
}

gboolean
export_write (int fd, const Secret *content, GError **error)
{
  gsize size, done = 0;
  const guint8 *data = secret_get_data (content, &size);

  if (!export_check_target (fd, error))
    return FALSE;
  while (done < size)
    {
      gssize n = pwrite (fd, data + done, size - done, done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      done += n;
    }
  if (done < size || ftruncate (fd, size) != 0 || fsync (fd) != 0)
    {
      custody_error_set_errno (error, errno, "write the export");
      export_empty (fd);
      return FALSE;
    }
  return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* format: key files read strictly. */
#include "format-private.h"

#include <string.h>

#include "custody-error.h"
#include "format-files.h"

#define MAX_ID_BYTES 40
#define MAX_COLUMN_BYTES 10000
#define WORKBOOK_ENCODING "xlsx"

static const char *const field_names[] = {
  [FORMAT_CODE] = "code",
  [FORMAT_NAME] = "name",
  [FORMAT_KANA] = "kana",
  [FORMAT_RELATIONSHIP] = "relationship",
  [FORMAT_BIRTH_DATE] = "birth_date",
  [FORMAT_DEPARTMENT] = "department",
  [FORMAT_NUMBER] = "number",
  [FORMAT_PARENT_CODE] = "parent_code",
  [FORMAT_PARENT_NAME] = "parent_name",
  [FORMAT_EMPLOYEE_CODE] = "employee_code",
  [FORMAT_EMPLOYEE_NAME] = "employee_name",
  [FORMAT_DEPENDANT_NAME] = "dependant_name",
  [FORMAT_KIND] = "kind",
  [FORMAT_KIND_JA] = "kind_ja",
  [FORMAT_EMPTY] = "empty",
  [FORMAT_CONST] = "const:",
};

/* The vocabulary. Words of the enumerations stand in the order of their C values. */
static const char *const format_keys[] = { "id",        "mode",     "title",        "title[ja]", "source",
                                           "certainty", "verified", "verified[ja]", "kinds",     NULL };
static const char *const file_keys[] = { "encoding", "eol", "header", "quote", "number-width", "unique", NULL };
static const char *const certainties[] = { "A", "A'", "B", "C", "D", "own", NULL };
static const char *const kinds[] = { "employee", "contractor", "dependant", NULL };
static const char *const eols[] = { "lf", "crlf", NULL };
static const char *const modes[] = { "generate", "merge", NULL };
static const char *const column_keys[] = { NULL };
static const char *const answers[] = { "no", "yes", NULL };
static const char *const quotes[] = { "never", "minimal", "always", NULL };

gboolean
format_refuse (GError **error, const char *message, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, message);
  text = g_strdup_vprintf (message, args);
  va_end (args);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_FORMAT, "format file: %s", text);
  return FALSE;
}

int
format_index_of (const char *const *words, const char *word)
{
  for (int i = 0; words[i] != NULL; i++)
    if (g_str_equal (words[i], word))
      return i;
  return -1;
}

static void
column_clear (FormatColumn *self)
{
  g_free (self->name);
  g_free (self->text);
}

/* Of two equal keys GLib lets the last win. It lists one or both, by its version; the lines are counted besides. */
static guint
count_entries (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n_entries = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);

      if (*line != '\0' && *line != '#' && *line != '[')
        n_entries++;
    }
  return n_entries;
}

static guint
count_groups (const char *text)
{
  guint n_groups = *text == '[';

  for (const char *at = text; (at = strstr (at, "\n[")) != NULL; at += 2)
    n_groups++;
  return n_groups;
}

typedef struct
{
  const char *group;
  const char *const *keys; /* none: 1, 2, 3 … */
} Vocabulary;

static const Vocabulary generate_groups[] = { { "format", format_keys },
                                              { "file", file_keys },
                                              { "columns", column_keys } };
static const Vocabulary merge_groups[] = { { "format", format_keys },
                                           { "file", format_merge_file_keys },
                                           { "match", format_merge_match_keys },
                                           { "numbers", column_keys } };

static gboolean
check_keys (GKeyFile *file, const Vocabulary *group, guint *n_entries, GError **error)
{
  gsize n_keys = 0;
  g_auto (GStrv) keys = g_key_file_get_keys (file, group->group, &n_keys, NULL);

  if (keys == NULL)
    return format_refuse (error, "[%s] is missing", group->group);
  for (guint k = 0; group->keys[k] != NULL; k++)
    if (!g_strv_contains ((const char *const *) keys, group->keys[k]))
      return format_refuse (error, "%s is missing", group->keys[k]);
  for (guint k = 0; group->keys[0] != NULL && k < n_keys; k++)
    if (format_index_of (group->keys, keys[k]) < 0 || format_index_of ((const char *const *) keys, keys[k]) != (int) k)
      return format_refuse (error, "%s is not known, or stands twice", keys[k]);
  if (n_keys > FORMAT_MAX_COLUMNS)
    return format_refuse (error, "too many columns");
  *n_entries += (guint) n_keys;
  return TRUE;
}

/* Exactly the groups and keys of its mode, each once. */
static gboolean
check_vocabulary (GKeyFile *file, const char *text, FormatMode *ret_mode, GError **error)
{
  gsize n_found;
  guint n_entries = 0;
  g_auto (GStrv) found = g_key_file_get_groups (file, &n_found);
  const Vocabulary *groups;
  guint n_groups;
  int mode;

  if (!format_get_word (file, "format", "mode", modes, &mode, error))
    return FALSE;
  *ret_mode = (FormatMode) mode;
  groups = mode == FORMAT_MERGE ? merge_groups : generate_groups;
  n_groups = mode == FORMAT_MERGE ? G_N_ELEMENTS (merge_groups) : G_N_ELEMENTS (generate_groups);
  if (n_found != n_groups || count_groups (text) != n_groups)
    return format_refuse (error, "other groups than those of its mode");
  for (guint i = 0; i < n_groups; i++)
    if (!check_keys (file, &groups[i], &n_entries, error))
      return FALSE;
  return count_entries (text) == n_entries || format_refuse (error, "a key stands twice");
}

/* (transfer full): a text of one line that is not empty, or %NULL. */
char *
format_get_text (GKeyFile *file, const char *group, const char *key, GError **error)
{
  g_autofree char *text = g_key_file_get_string (file, group, key, NULL);

  if (text == NULL || *text == '\0' || strpbrk (text, "\t\r\n") != NULL)
    {
      format_refuse (error, "%s is empty or not one line", key);
      return NULL;
    }
  return g_steal_pointer (&text);
}

gboolean
format_get_word (GKeyFile *file, const char *group, const char *key, const char *const *words, int *ret_index,
                 GError **error)
{
  g_autofree char *word = format_get_text (file, group, key, error);

  if (word == NULL)
    return FALSE;
  *ret_index = format_index_of (words, word);
  return *ret_index >= 0 || format_refuse (error, "%s has no such value", key);
}

gboolean
format_parse_number (const char *text, guint64 max, guint64 *ret_number)
{
  return *text != '0' && g_ascii_string_to_unsigned (text, 10, 1, max, ret_number, NULL);
}

static gboolean
parse_id (Format *self, GError **error)
{
  if (!g_ascii_islower (self->id[0]) || strlen (self->id) > MAX_ID_BYTES
      || strspn (self->id, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen (self->id))
    return format_refuse (error, "id has other letters than a-z 0-9 -");
  return TRUE;
}

static gboolean
parse_format_group (Format *self, GKeyFile *file, GError **error)
{
  struct
  {
    const char *key;
    char **place;
  } texts[] = {
    { "id", &self->id },
    { "title", &self->title },
    { "title[ja]", &self->title_ja },
    { "source", &self->source },
    { "certainty", &self->certainty },
    { "verified", &self->verified },
    { "verified[ja]", &self->verified_ja },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if ((*texts[i].place = format_get_text (file, "format", texts[i].key, error)) == NULL)
      return FALSE;
  if (!parse_id (self, error))
    return FALSE;
  if (format_index_of (certainties, self->certainty) < 0)
    return format_refuse (error, "certainty has no such value");
  self->kinds = g_key_file_get_string_list (file, "format", "kinds", NULL, NULL);
  if (self->kinds == NULL || self->kinds[0] == NULL)
    return format_refuse (error, "kinds is empty");
  for (guint i = 0; self->kinds[i] != NULL; i++)
    if (format_index_of (kinds, self->kinds[i]) < 0
        || format_index_of ((const char *const *) self->kinds, self->kinds[i]) != (int) i)
      return format_refuse (error, "kinds has no such value, or one twice");
  return TRUE;
}

static gboolean
parse_file_group (Format *self, GKeyFile *file, GError **error)
{
  g_autofree char *encoding = format_get_text (file, "file", "encoding", error);
  g_autofree char *width = NULL;
  int eol;
  int header;
  int quote;

  if (encoding == NULL)
    return FALSE;
  self->workbook = g_str_equal (encoding, WORKBOOK_ENCODING);
  if (!charset_from_name (self->workbook ? "utf8" : encoding, &self->charset))
    return format_refuse (error, "encoding has no such value");
  if (!format_get_word (file, "file", "eol", eols, &eol, error)
      || !format_get_word (file, "file", "header", answers, &header, error)
      || !format_get_word (file, "file", "quote", quotes, &quote, error))
    return FALSE;
  width = format_get_text (file, "file", "number-width", error);
  if (width == NULL)
    return FALSE;
  if (!g_str_equal (width, G_STRINGIFY (FORMAT_NUMBER_DIGITS)))
    return format_refuse (error, "number-width has no such value");
  self->crlf = eol == 1;
  self->header = header == 1;
  self->quote = (CsvQuote) quote;
  if (self->workbook && (self->crlf || self->quote != CSV_QUOTE_NEVER))
    return format_refuse (error, "a workbook has neither line ends nor quotes: eol is lf, quote never");
  return TRUE;
}

static gboolean
parse_field (FormatColumn *column, const char *word, GError **error)
{
  if (g_str_has_prefix (word, field_names[FORMAT_CONST]))
    {
      column->field = FORMAT_CONST;
      column->text = g_strdup (word + strlen (field_names[FORMAT_CONST]));
      return TRUE;
    }
  for (guint i = 0; i < FORMAT_CONST; i++)
    if (g_str_equal (field_names[i], word))
      {
        column->field = (FormatField) i;
        return TRUE;
      }
  return format_refuse (error, "column %s has no such field", column->name);
}

static gboolean
parse_option (FormatColumn *column, const char *word, GError **error)
{
  guint64 max_bytes;

  if (g_str_equal (word, "required") && !column->required)
    column->required = TRUE;
  else if (g_str_equal (word, "drop-spaces") && !column->drop_spaces)
    column->drop_spaces = TRUE;
  else if (g_str_has_prefix (word, "max-bytes:") && column->max_bytes == 0
           && format_parse_number (word + strlen ("max-bytes:"), MAX_COLUMN_BYTES, &max_bytes))
    column->max_bytes = (gsize) max_bytes;
  else
    return format_refuse (error, "column %s has no such option, or one twice", column->name);
  return TRUE;
}

/* The name and a constant text are written as they are, so they must fit too. */
static gboolean
check_fits (const Format *self, const char *text, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GString) field = g_string_new (NULL);

  /* A cell of a workbook holds what a line of text would need quotes for. */
  if (csv_is_formula (text) || !csv_append_field (text, self->workbook ? CSV_QUOTE_MINIMAL : self->quote, field)
      || !charset_encode (self->charset, field->str, field->len, bytes, NULL))
    return format_refuse (error, "a column's name or text cannot be written in this file");
  return TRUE;
}

static gboolean
parse_column (Format *self, const char *value, GError **error)
{
  FormatColumn column = { 0 };
  g_auto (GStrv) words = g_strsplit (value, "|", -1);
  char *equals = strchr (words[0] != NULL ? words[0] : "", '=');
  gboolean ok;

  if (equals == NULL || equals == words[0])
    return format_refuse (error, "a column is not NAME=FIELD");
  column.name = g_strndup (words[0], (gsize) (equals - words[0]));
  ok = parse_field (&column, equals + 1, error);
  for (guint i = 1; ok && words[i] != NULL; i++)
    ok = parse_option (&column, words[i], error);
  ok = ok && check_fits (self, column.name, error) && (column.text == NULL || check_fits (self, column.text, error));
  if (ok)
    g_array_append_val (self->columns, column);
  else
    column_clear (&column);
  return ok;
}

static gboolean
parse_columns (Format *self, GKeyFile *file, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, "columns", NULL, NULL);
  guint n_numbers = 0;

  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autofree char *value = format_get_text (file, "columns", keys[i], error);
      guint64 number;

      if (value == NULL)
        return FALSE;
      if (!format_parse_number (keys[i], FORMAT_MAX_COLUMNS, &number) || number != i + 1)
        return format_refuse (error, "columns are not 1, 2, 3 in order");
      if (!parse_column (self, value, error))
        return FALSE;
      n_numbers += g_array_index (self->columns, FormatColumn, i).field == FORMAT_NUMBER;
    }
  if (n_numbers != 1)
    return format_refuse (error, "exactly one column must be the number");
  return TRUE;
}

static gboolean
parse_unique (Format *self, GKeyFile *file, GError **error)
{
  g_auto (GStrv) list = g_key_file_get_string_list (file, "file", "unique", NULL, NULL);

  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    {
      guint64 number;
      FormatColumn *column;

      if (!format_parse_number (list[i], self->columns->len, &number))
        return format_refuse (error, "unique names no such column");
      column = &g_array_index (self->columns, FormatColumn, number - 1);
      if (column->unique || column->field == FORMAT_NUMBER)
        return format_refuse (error, "unique names a column twice, or the number");
      column->unique = TRUE;
    }
  return TRUE;
}

static gboolean
parse_generate (Format *self, GKeyFile *file, GError **error)
{
  return parse_file_group (self, file, error) && parse_columns (self, file, error) && parse_unique (self, file, error);
}

void
format_free (Format *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->title);
  g_free (self->title_ja);
  g_free (self->source);
  g_free (self->certainty);
  g_free (self->verified);
  g_free (self->verified_ja);
  g_strfreev (self->kinds);
  g_array_unref (self->columns);
  format_merge_free (self->merge);
  g_free (self->sha256);
  g_free (self);
}

Format *
format_parse (const char *text, gsize n_bytes, GError **error)
{
  g_autoptr (Format) self = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *copy = NULL;

  if (n_bytes > FORMAT_MAX_BYTES || !g_utf8_validate_len (text, n_bytes, NULL))
    {
      format_refuse (error, "too big, or not UTF-8");
      return NULL;
    }
  copy = g_strndup (text, n_bytes);
  /* With translations kept, title[ja] is a key like any other. */
  if (!g_key_file_load_from_data (file, copy, n_bytes, G_KEY_FILE_KEEP_TRANSLATIONS, NULL))
    {
      format_refuse (error, "not a key file");
      return NULL;
    }
  self = g_new0 (Format, 1);
  self->columns = g_array_new (FALSE, FALSE, sizeof (FormatColumn));
  g_array_set_clear_func (self->columns, (GDestroyNotify) column_clear);
  self->sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, (gssize) n_bytes);
  if (!check_vocabulary (file, copy, &self->mode, error) || !parse_format_group (self, file, error)
      || !(self->mode == FORMAT_MERGE ? format_parse_merge : parse_generate) (self, file, error))
    return NULL;
  return g_steal_pointer (&self);
}

const char *
format_find_text (const char *id, GError **error)
{
  for (unsigned i = 0; i < format_n_files; i++)
    if (g_strcmp0 (format_files[i].id, id) == 0)
      return format_files[i].text;
  g_set_error_literal (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_FORMAT, "no format of this id");
  return NULL;
}

Format *
format_find (const char *id, GError **error)
{
  const char *text = format_find_text (id, error);

  return text != NULL ? format_parse (text, strlen (text), error) : NULL;
}

GPtrArray *
format_list (void)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) format_free);

  for (unsigned i = 0; i < format_n_files; i++)
    {
      g_autoptr (GError) error = NULL;
      Format *format = format_find (format_files[i].id, &error);

      if (format == NULL)
        g_error ("built-in format %s: %s", format_files[i].id, error->message); /* a test reads them all */
      g_ptr_array_add (list, format);
    }
  return list;
}

gboolean
format_has_kind (const Format *self, const char *kind)
{
  return g_strv_contains ((const char *const *) self->kinds, kind);
}

const char *
format_get_encoding (const Format *self)
{
  return self->workbook ? WORKBOOK_ENCODING : charset_get_name (self->charset);
}

const char *
format_get_suffix (const Format *self)
{
  return self->workbook ? "xlsx" : "csv";
}

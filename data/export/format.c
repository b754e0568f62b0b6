/* SPDX-License-Identifier: Apache-2.0 */
/* format: reading the key files, which are built in as a resource. */
#include "format.h"

#include <gio/gio.h>
#include <sodium.h>
#include <string.h>

#include "custody-error.h"

#define RESOURCE_PREFIX "/jp/azukari/formats/"
#define FORMAT_MAX_BYTES 65536

static const char *const field_names[] = { [FIELD_CODE] = "code",
                                           [FIELD_KIND] = "kind",
                                           [FIELD_NAME] = "name",
                                           [FIELD_KANA] = "kana",
                                           [FIELD_RELATIONSHIP] = "relationship",
                                           [FIELD_BIRTH_DATE] = "birth-date",
                                           [FIELD_DEPARTMENT] = "department",
                                           [FIELD_EMPLOYEE_NAME] = "employee-name",
                                           [FIELD_DEPENDANT_NAME] = "dependant-name",
                                           [FIELD_NUMBER] = "number",
                                           [FIELD_EMPTY] = "empty",
                                           NULL };
static const char *const quote_names[] = { "never", "minimal", "always", NULL }; /* CsvQuote */
static const char *const eol_names[] = { "lf", "crlf", NULL };
static const char *const yes_names[] = { "no", "yes", NULL };
static const char *const space_names[] = { "keep", "drop", NULL };
static const char *const verified_names[] = { "own", "verified", "partial", "unverified", NULL };

static void
column_clear (gpointer data)
{
  FormatColumn *column = data;

  g_free (column->name);
}

void
format_free (Format *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->title);
  g_free (self->source);
  g_free (self->verified);
  g_strfreev (self->kinds);
  g_array_unref (self->columns);
  g_free (self);
}

static int
find_word (const char *word, const char *const *words)
{
  for (int i = 0; word != NULL && words[i] != NULL; i++)
    if (g_str_equal (word, words[i]))
      return i;
  return -1;
}

static int
take_word (GKeyFile *file, const char *group, const char *key, const char *const *words)
{
  g_autofree char *word = g_key_file_get_string (file, group, key, NULL);

  return find_word (word, words);
}

static gboolean
read_head (Format *self, GKeyFile *file)
{
  g_autofree char *encoding = g_key_file_get_string (file, "file", "encoding", NULL);
  int eol = take_word (file, "file", "eol", eol_names), quote = take_word (file, "file", "quote", quote_names),
      header = take_word (file, "file", "header", yes_names);

  self->id = g_key_file_get_string (file, "format", "id", NULL);
  self->title = g_key_file_get_string (file, "format", "title", NULL);
  self->source = g_key_file_get_string (file, "format", "source", NULL);
  self->verified = g_key_file_get_string (file, "format", "verified", NULL);
  self->kinds = g_key_file_get_string_list (file, "format", "kinds", NULL, NULL);
  if (self->id == NULL || self->title == NULL || self->source == NULL || self->kinds == NULL
      || find_word (self->verified, verified_names) < 0 || encoding == NULL
      || !charset_from_name (encoding, &self->charset) || eol < 0 || quote < 0 || header < 0)
    return FALSE;
  self->crlf = eol == 1;
  self->quote = quote;
  self->header = header == 1;
  return TRUE;
}

static gboolean
read_columns (Format *self, GKeyFile *file)
{
  gsize n_names = 0, n_fields = 0, n_limits = 0, n_spaces = 0, n_unique = 0;
  g_auto (GStrv) names = g_key_file_get_string_list (file, "columns", "names", &n_names, NULL);
  g_auto (GStrv) fields = g_key_file_get_string_list (file, "columns", "fields", &n_fields, NULL);
  g_autofree int *limits = g_key_file_get_integer_list (file, "columns", "max-bytes", &n_limits, NULL);
  g_auto (GStrv) spaces = g_key_file_get_string_list (file, "columns", "spaces", &n_spaces, NULL);
  g_autofree int *unique = g_key_file_get_integer_list (file, "file", "unique", &n_unique, NULL);

  if (n_names == 0 || n_names > FORMAT_MAX_COLUMNS || n_fields != n_names || (limits != NULL && n_limits != n_names)
      || (spaces != NULL && n_spaces != n_names))
    return FALSE;
  for (gsize i = 0; i < n_names; i++)
    {
      int field = find_word (fields[i], field_names), space = spaces != NULL ? find_word (spaces[i], space_names) : 0;
      FormatColumn column = { .field = field, .drop_spaces = space == 1, .max_bytes = limits != NULL ? limits[i] : 0 };

      if (field < 0 || space < 0 || (limits != NULL && (limits[i] < 0 || limits[i] > 1000)))
        return FALSE;
      column.name = g_strdup (names[i]);
      g_array_append_val (self->columns, column);
    }
  for (gsize i = 0; i < n_unique; i++)
    {
      if (unique[i] < 1 || (gsize) unique[i] > n_names)
        return FALSE;
      g_array_index (self->columns, FormatColumn, unique[i] - 1).unique = TRUE;
    }
  return TRUE;
}

Format *
format_parse (GBytes *bytes, GError **error)
{
  g_autoptr (Format) self = g_new0 (Format, 1);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  guint8 digest[crypto_hash_sha256_BYTES];
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  self->columns = g_array_new (FALSE, TRUE, sizeof (FormatColumn));
  g_array_set_clear_func (self->columns, column_clear);
  if (data == NULL || size > FORMAT_MAX_BYTES || !g_key_file_load_from_data (file, data, size, G_KEY_FILE_NONE, NULL)
      || !read_head (self, file) || !read_columns (self, file))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_FORMAT, "the format file breaks a rule");
      return NULL;
    }
  crypto_hash_sha256 (digest, (const guint8 *) data, size);
  sodium_bin2hex (self->sha256, sizeof self->sha256, digest, sizeof digest);
  return g_steal_pointer (&self);
}

GPtrArray *
format_list (void)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) format_free);
  g_auto (GStrv) names = g_resources_enumerate_children (RESOURCE_PREFIX, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *path = g_strconcat (RESOURCE_PREFIX, names[i], NULL);
      g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
      Format *format = bytes != NULL ? format_parse (bytes, NULL) : NULL;

      if (format != NULL)
        g_ptr_array_add (list, format);
    }
  return list;
}

Format *
format_find (const char *id, GError **error)
{
  g_autoptr (GPtrArray) list = format_list ();

  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (((Format *) g_ptr_array_index (list, i))->id, id))
      return g_ptr_array_steal_index (list, i);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_FORMAT, "no such format");
  return NULL;
}

gboolean
format_has_kind (const Format *self, const char *kind)
{
  return g_strv_contains ((const char *const *) self->kinds, kind);
}

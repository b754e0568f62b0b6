/* SPDX-License-Identifier: Apache-2.0 */
/* generate: every field is checked, encoded and quoted; numbers go from one locked place to another. */
#include "generate.h"

#include <sodium.h>
#include <string.h>

#include "custody-error.h"
#include "workbook.h"

#define MAX_UNFIT_IN_MESSAGE 20

static const char mask[] = "************";
G_STATIC_ASSERT (sizeof mask - 1 == FORMAT_NUMBER_DIGITS);

static const char *const why_names[] = {
  [EXPORT_UNFIT_CHARACTER] = "character", [EXPORT_UNFIT_DELIMITER] = "delimiter", [EXPORT_UNFIT_FORMULA] = "formula",
  [EXPORT_UNFIT_CONTROL] = "control",     [EXPORT_UNFIT_TOO_LONG] = "too-long",   [EXPORT_UNFIT_MISSING] = "missing",
  [EXPORT_UNFIT_DUPLICATE] = "duplicate",
};

static const struct
{
  const char *kind;
  const char *japanese;
} kinds[] = { { "employee", "社員" }, { "contractor", "外部協力者" }, { "dependant", "家族" } };

typedef struct
{
  const Format *format;
  gboolean masked;

  /* owned */
  Secret *content;
  Workbook *workbook;  /* instead of @content, or NULL */
  GByteArray *encoded; /* one field */
  GString *quoted;     /* one field */
  GString *key;        /* the unique columns of one row */
  GHashTable *keys;    /* key -> ExportPerson (borrowed) that has it first, %NULL once it was listed */
  GPtrArray *unfit;
} Writer;

static void
unfit_free (ExportUnfit *self)
{
  g_free (self->person);
  g_free (self);
}

static void
add_unfit (Writer *self, const ExportPerson *person, guint column, ExportWhy why)
{
  ExportUnfit *unfit = g_new0 (ExportUnfit, 1);

  unfit->person = g_strdup (person->person);
  unfit->column = column;
  unfit->why = why;
  g_ptr_array_add (self->unfit, unfit);
}

static const char *
kind_in_japanese (const char *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i].kind, kind) == 0)
      return kinds[i].japanese;
  return "";
}

/* (nullable): what the column says of this person. Not for the number. */
static const char *
field_of (const FormatColumn *column, const ExportPerson *person)
{
  const gboolean dependant = g_strcmp0 (person->kind, "dependant") == 0;

  switch (column->field)
    {
    case FORMAT_CODE:
      return person->code;
    case FORMAT_NAME:
      return person->name;
    case FORMAT_KANA:
      return person->kana;
    case FORMAT_RELATIONSHIP:
      return dependant ? person->relationship : "";
    case FORMAT_BIRTH_DATE:
      return person->birth_date;
    case FORMAT_DEPARTMENT:
      return person->department;
    case FORMAT_PARENT_CODE:
      return dependant ? person->parent_code : "";
    case FORMAT_PARENT_NAME:
      return dependant ? person->parent_name : "";
    case FORMAT_EMPLOYEE_CODE:
      return dependant ? person->parent_code : person->code;
    case FORMAT_EMPLOYEE_NAME:
      return dependant ? person->parent_name : person->name;
    case FORMAT_DEPENDANT_NAME:
      return dependant ? person->name : "";
    case FORMAT_KIND:
      return person->kind;
    case FORMAT_KIND_JA:
      return kind_in_japanese (person->kind);
    case FORMAT_CONST:
      return column->text;
    case FORMAT_EMPTY:
    case FORMAT_NUMBER:
      break;
    }
  return "";
}

/* (transfer full): as the column's options want it. */
static char *
dup_field (const FormatColumn *column, const ExportPerson *person)
{
  const char *field = field_of (column, person);
  GString *kept;

  if (field == NULL || !column->drop_spaces)
    return g_strdup (field != NULL ? field : "");
  if (!g_utf8_validate (field, -1, NULL))
    return g_strdup (field); /* does not fit, and is not walked */
  kept = g_string_new (NULL);
  for (const char *at = field; *at != '\0'; at = g_utf8_next_char (at))
    if (g_utf8_get_char (at) != ' ' && g_utf8_get_char (at) != 0x3000)
      g_string_append_unichar (kept, g_utf8_get_char (at));
  return g_string_free (kept, FALSE);
}

/* @breaks: line breaks too, which no quotes help against */
static gboolean
has_control (const char *text, gboolean breaks)
{
  for (const char *at = text; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at) && (breaks || (*at != '\n' && *at != '\r')))
      return TRUE;
  return FALSE;
}

/* Encodes self->quoted. %FALSE with @error when the C library is at fault, without when a character is. */
static gboolean
encode (Writer *self, GError **error)
{
  g_autoptr (GError) local = NULL;

  g_byte_array_set_size (self->encoded, 0);
  if (charset_encode (self->format->charset, self->quoted->str, self->quoted->len, self->encoded, &local))
    return TRUE;
  if (g_error_matches (local, G_CONVERT_ERROR, G_CONVERT_ERROR_NO_CONVERSION))
    g_set_error_literal (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, local->message);
  return FALSE;
}

/* The bytes of one field into self->encoded; @ret_fits and @ret_why say whether it may be written. %FALSE is a failure. */
static gboolean
prepare (Writer *self, const FormatColumn *column, const char *field, gboolean *ret_fits, ExportWhy *ret_why,
         GError **error)
{
  GError *local = NULL;

  *ret_fits = FALSE;
  if (*field == '\0' && column->required)
    *ret_why = EXPORT_UNFIT_MISSING;
  else if (csv_is_formula (field))
    *ret_why = EXPORT_UNFIT_FORMULA;
  else if (has_control (field, self->workbook != NULL))
    *ret_why = EXPORT_UNFIT_CONTROL;
  else
    {
      g_string_assign (self->quoted, field);
      if (!encode (self, &local))
        {
          *ret_why = EXPORT_UNFIT_CHARACTER;
          if (local != NULL)
            g_propagate_error (error, local);
          return local == NULL;
        }
      if (column->max_bytes > 0 && self->encoded->len > column->max_bytes)
        {
          *ret_why = EXPORT_UNFIT_TOO_LONG;
          return TRUE;
        }
      if (self->workbook != NULL)
        {
          *ret_fits = workbook_takes (field);
          *ret_why = EXPORT_UNFIT_CHARACTER;
          return TRUE;
        }
      g_string_truncate (self->quoted, 0);
      if (!csv_append_field (field, self->format->quote, self->quoted))
        {
          *ret_why = EXPORT_UNFIT_DELIMITER;
          return TRUE;
        }
      *ret_fits = TRUE;
      return encode (self, error);
    }
  return TRUE;
}

/* The next cell of a row, as it is written. @column: from 0 */
static void
append_cell (Writer *self, guint column, const void *bytes, gsize n_bytes)
{
  if (self->workbook != NULL)
    {
      workbook_add_cell (self->workbook, bytes, n_bytes);
      return;
    }
  if (column > 0)
    secret_append (self->content, ",", 1);
  secret_append (self->content, bytes, n_bytes);
}

static void
append_number (Writer *self, guint column, const ExportPerson *person)
{
  const void *digits = self->masked ? mask : (const void *) secret_get_data (person->number, NULL);
  const gboolean quoted = self->format->quote == CSV_QUOTE_ALWAYS;

  append_cell (self, column, quoted ? "\"" : digits, quoted ? 1 : FORMAT_NUMBER_DIGITS);
  if (!quoted)
    return;
  secret_append (self->content, digits, FORMAT_NUMBER_DIGITS);
  secret_append (self->content, "\"", 1);
}

static void
end_row (Writer *self)
{
  if (self->workbook != NULL)
    workbook_end_row (self->workbook);
  else
    secret_append (self->content, "\r\n" + (self->format->crlf ? 0 : 1), self->format->crlf ? 2 : 1);
}

/* Both of two who share a key are listed, and each once. */
static void
check_key (Writer *self, const ExportPerson *person)
{
  gpointer first;

  if (self->key->len == 0)
    return;
  if (!g_hash_table_lookup_extended (self->keys, self->key->str, NULL, &first))
    {
      g_hash_table_insert (self->keys, g_strdup (self->key->str), (gpointer) person);
      return;
    }
  if (first != NULL)
    add_unfit (self, first, 0, EXPORT_UNFIT_DUPLICATE);
  add_unfit (self, person, 0, EXPORT_UNFIT_DUPLICATE);
  g_hash_table_insert (self->keys, g_strdup (self->key->str), NULL);
}

static gboolean
append_row (Writer *self, const ExportPerson *person, GError **error)
{
  g_string_truncate (self->key, 0);
  for (guint i = 0; i < self->format->columns->len; i++)
    {
      const FormatColumn *column = &g_array_index (self->format->columns, FormatColumn, i);
      g_autofree char *field = NULL;
      ExportWhy why;
      gboolean fits;

      if (column->field == FORMAT_NUMBER)
        {
          append_number (self, i, person);
          continue;
        }
      field = dup_field (column, person);
      if (!prepare (self, column, field, &fits, &why, error))
        return FALSE;
      if (!fits)
        add_unfit (self, person, i + 1, why);
      append_cell (self, i, self->encoded->data, fits ? self->encoded->len : 0);
      if (column->unique)
        g_string_append_printf (self->key, "%s\n", field);
    }
  end_row (self);
  check_key (self, person);
  return TRUE;
}

/* format_parse () has seen that the names can be written. */
static gboolean
append_header (Writer *self, GError **error)
{
  for (guint i = 0; i < self->format->columns->len; i++)
    {
      const FormatColumn *column = &g_array_index (self->format->columns, FormatColumn, i);

      g_string_truncate (self->quoted, 0);
      if (self->workbook != NULL)
        g_string_assign (self->quoted, column->name);
      else
        (void) csv_append_field (column->name, self->format->quote, self->quoted);
      if (!encode (self, error))
        return FALSE;
      append_cell (self, i, self->encoded->data, self->encoded->len);
    }
  end_row (self);
  return TRUE;
}

static gboolean
check_people (const Format *format, const GPtrArray *people, gboolean masked, GError **error)
{
  if (people->len == 0)
    {
      g_set_error_literal (error, CUSTODY_ERROR, CUSTODY_ERROR_NOTHING_TO_EXPORT, "nobody to export");
      return FALSE;
    }
  for (guint i = 0; i < people->len; i++)
    {
      const ExportPerson *person = g_ptr_array_index (people, i);
      const guint8 *digits;
      gsize n_digits;

      if (person->kind == NULL || !format_has_kind (format, person->kind))
        {
          g_set_error_literal (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
                               "the format has no rows for this kind of person");
          return FALSE;
        }
      if (masked)
        continue;
      digits = person->number != NULL ? secret_get_data (person->number, &n_digits) : NULL;
      for (guint d = 0; digits != NULL && d < FORMAT_NUMBER_DIGITS; d++)
        if (n_digits != FORMAT_NUMBER_DIGITS || !g_ascii_isdigit (digits[d]))
          digits = NULL;
      if (digits == NULL)
        {
          g_set_error_literal (error, CUSTODY_ERROR, CUSTODY_ERROR_BAD_NUMBER, "a number is not 12 digits");
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
write_all (Writer *self, const GPtrArray *people, GError **error)
{
  charset_append_bom (self->format->charset, self->encoded);
  secret_append (self->content, self->encoded->data, self->encoded->len);
  if (self->format->header && !append_header (self, error))
    return FALSE;
  for (guint i = 0; i < people->len; i++)
    if (!append_row (self, g_ptr_array_index (people, i), error))
      return FALSE;
  return TRUE;
}

/* The rows are all there: of a workbook, into its file. */
static gboolean
finish (Writer *self, GError **error)
{
  Secret *file;

  if (self->workbook == NULL)
    return TRUE;
  if (!workbook_finish (self->workbook, &file, error))
    return FALSE;
  secret_free (self->content);
  self->content = file;
  return TRUE;
}

/* The message is for the log: ids, columns and codes, no text. */
static void
set_unfit_error (const GPtrArray *unfit, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < MIN (unfit->len, MAX_UNFIT_IN_MESSAGE); i++)
    {
      const ExportUnfit *one = g_ptr_array_index (unfit, i);

      g_string_append_printf (list, "%s%s column %u %s", i > 0 ? ", " : "", one->person, one->column,
                              why_names[one->why]);
    }
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_UNFIT_TEXT, "%u fields do not fit the format: %s%s", unfit->len,
               list->str, unfit->len > MAX_UNFIT_IN_MESSAGE ? ", …" : "");
}

const char *
export_why_get_name (ExportWhy why)
{
  g_return_val_if_fail (why < G_N_ELEMENTS (why_names), NULL);

  return why_names[why];
}

void
export_get_sha256 (const Secret *content, char ret_sha256[65])
{
  guint8 digest[crypto_hash_sha256_BYTES];

  (void) crypto_hash_sha256 (digest, secret_get_data (content, NULL), secret_get_size (content));
  (void) sodium_bin2hex (ret_sha256, 65, digest, sizeof digest);
}

gboolean
export_generate (const Format *format, const GPtrArray *people, gboolean masked, Secret **ret_content,
                 char ret_sha256[65], GPtrArray **ret_unfit, GError **error)
{
  Writer self = { .format = format, .masked = masked };
  gboolean ok;

  if (!check_people (format, people, masked, error))
    return FALSE;
  /* Doubling from a page: each growth copies within locked memory and wipes the old place. */
  self.content = secret_new (0);
  self.workbook = format->workbook ? workbook_new (format->columns->len) : NULL;
  self.encoded = g_byte_array_new ();
  self.quoted = g_string_new (NULL);
  self.key = g_string_new (NULL);
  self.keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.unfit = g_ptr_array_new_with_free_func ((GDestroyNotify) unfit_free);

  ok = write_all (&self, people, error);
  if (ok && self.unfit->len > 0)
    {
      set_unfit_error (self.unfit, error);
      if (ret_unfit != NULL)
        *ret_unfit = g_ptr_array_ref (self.unfit);
      ok = FALSE;
    }
  ok = ok && finish (&self, error);
  if (ok)
    {
      export_get_sha256 (self.content, ret_sha256);
      *ret_content = g_steal_pointer (&self.content);
    }
  secret_free (self.content);
  workbook_free (self.workbook);
  sodium_memzero (self.encoded->data, self.encoded->len);
  g_byte_array_unref (self.encoded);
  sodium_memzero (self.quoted->str, self.quoted->allocated_len);
  g_string_free (self.quoted, TRUE);
  g_string_free (self.key, TRUE);
  g_hash_table_unref (self.keys);
  g_ptr_array_unref (self.unfit);
  return ok;
}

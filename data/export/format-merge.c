/* SPDX-License-Identifier: Apache-2.0 */
/* format-merge: where in somebody else's file numbers belong, and how that file says whose they are. */
#include "format-private.h"

#include <string.h>

#include "custody-error.h"

#define MAX_TEXT_BYTES 200

const char *const format_merge_file_keys[] = { "encoding", "quote", "begin", "header", "rows", "columns", "pad", NULL };
const char *const format_merge_match_keys[] = { "by", "code", "employee_code", "name", "kana", "birth", NULL };

static const char *const answers[] = { "no", "yes", NULL };
static const char *const quotes[] = { "never", "minimal", NULL };
static const char *const pads[] = { "none", "leading-space", "trailing-space", NULL };
/* In the order of FormatBy's bits. */
static const char *const by_names[] = { "code", "employee_code", "name", "kana", "birth", NULL };
/* In the order of FormatBirth, without the first. */
static const struct
{
  const char *prefix;
  guint n_places;
} births[] = { { "date:", 1 }, { "nta:", 4 }, { "nenkin:", 2 } };

static void
whom_clear (FormatWhom *self)
{
  g_free (self->code.header);
  g_free (self->employee_code.header);
  g_free (self->name.header);
  g_free (self->kana.header);
  for (guint i = 0; i < FORMAT_BIRTH_PLACES; i++)
    g_free (self->birth[i].header);
}

static void
number_clear (FormatNumber *self)
{
  g_free (self->place.header);
  whom_clear (&self->whom);
  g_clear_pointer (&self->empties, g_array_unref);
}

void
format_merge_free (FormatMerge *self)
{
  if (self == NULL)
    return;
  g_free (self->begin_after);
  g_free (self->rows_text);
  whom_clear (&self->whom);
  g_array_unref (self->numbers);
  g_free (self);
}

static gboolean
has_place (const FormatPlace *place)
{
  return place->column > 0 || place->header != NULL;
}

static gboolean
parse_place (const Format *self, const char *text, FormatPlace *place, GError **error)
{
  guint64 column;

  if (has_place (place))
    return format_refuse (error, "a place stands twice");
  if (g_str_has_prefix (text, "header:"))
    {
      if (!self->header || text[strlen ("header:")] == '\0' || strlen (text) > MAX_TEXT_BYTES)
        return format_refuse (error, "a column by its header needs a header, and a name");
      place->header = g_strdup (text + strlen ("header:"));
      return TRUE;
    }
  if (!format_parse_number (text, FORMAT_MAX_COLUMNS, &column))
    return format_refuse (error, "no such column: a number or header:NAME is needed");
  place->column = (guint) column;
  return TRUE;
}

static gboolean
parse_birth (const Format *self, const char *text, FormatWhom *whom, GError **error)
{
  if (whom->birth_how != FORMAT_BIRTH_NONE)
    return format_refuse (error, "birth stands twice");
  for (guint i = 0; i < G_N_ELEMENTS (births); i++)
    {
      g_auto (GStrv) places = NULL;

      if (!g_str_has_prefix (text, births[i].prefix))
        continue;
      places = g_strsplit (text + strlen (births[i].prefix), ",", -1);
      if (g_strv_length (places) != births[i].n_places)
        return format_refuse (error, "birth has more or fewer places than its way of writing");
      whom->birth_how = (FormatBirth) (FORMAT_BIRTH_NONE + 1 + i);
      for (guint k = 0; k < births[i].n_places; k++)
        if (!parse_place (self, places[k], &whom->birth[k], error))
          return FALSE;
      return TRUE;
    }
  return format_refuse (error, "birth has no such way of writing");
}

/* What may be empty: %NULL is then set. */
static gboolean
get_optional (GKeyFile *file, const char *group, const char *key, char **ret_text, GError **error)
{
  g_autofree char *text = g_key_file_get_string (file, group, key, NULL);

  *ret_text = NULL;
  if (text != NULL && *text == '\0')
    return TRUE;
  *ret_text = format_get_text (file, group, key, error);
  return *ret_text != NULL;
}

/* --- [file] ---------------------------------------------------------------------------------------------------------- */

static gboolean
parse_begin (FormatMerge *merge, const char *text, GError **error)
{
  if (g_str_equal (text, "first"))
    return TRUE;
  if (!g_str_has_prefix (text, "after:") || text[strlen ("after:")] == '\0' || strlen (text) > MAX_TEXT_BYTES
      || !g_str_is_ascii (text))
    return format_refuse (error, "begin has no such value");
  merge->begin_after = g_strdup (text + strlen ("after:"));
  return TRUE;
}

static gboolean
parse_rows (FormatMerge *merge, const char *text, GError **error)
{
  g_auto (GStrv) parts = NULL;
  guint64 column;

  if (g_str_equal (text, "all"))
    return TRUE;
  parts = g_strsplit (text, ":", 2);
  if (g_strv_length (parts) != 2 || !format_parse_number (parts[0], FORMAT_MAX_COLUMNS, &column) || *parts[1] == '\0'
      || strlen (parts[1]) > MAX_TEXT_BYTES || !g_str_is_ascii (parts[1]))
    return format_refuse (error, "rows has no such value");
  merge->rows_column = (guint) column;
  merge->rows_text = g_strdup (parts[1]);
  return TRUE;
}

static gboolean
parse_count (const Format *self, FormatMerge *merge, const char *text, GError **error)
{
  guint64 columns;

  if (g_str_equal (text, "as-header"))
    return self->header || format_refuse (error, "columns are to be as in a header, and there is none");
  merge->columns_at_least = g_str_has_prefix (text, "at-least:");
  if (!format_parse_number (text + (merge->columns_at_least ? strlen ("at-least:") : 0), FORMAT_MAX_COLUMNS, &columns))
    return format_refuse (error, "columns has no such value");
  merge->columns = (guint) columns;
  return TRUE;
}

static gboolean
parse_file_group (Format *self, GKeyFile *file, GError **error)
{
  FormatMerge *merge = self->merge;
  g_autofree char *encoding = format_get_text (file, "file", "encoding", error);
  g_autofree char *begin = encoding != NULL ? format_get_text (file, "file", "begin", error) : NULL;
  g_autofree char *rows = begin != NULL ? format_get_text (file, "file", "rows", error) : NULL;
  g_autofree char *columns = rows != NULL ? format_get_text (file, "file", "columns", error) : NULL;
  int quote;
  int header;
  int pad;

  if (columns == NULL || !format_get_word (file, "file", "quote", quotes, &quote, error)
      || !format_get_word (file, "file", "header", answers, &header, error)
      || !format_get_word (file, "file", "pad", pads, &pad, error))
    return FALSE;
  if (!charset_from_name (encoding, &self->charset) || self->charset == CHARSET_UTF8_BOM)
    return format_refuse (error, "encoding has no such value");
  self->quote = (CsvQuote) quote;
  self->header = header == 1;
  merge->pad = (FormatPad) pad;
  return parse_begin (merge, begin, error) && parse_rows (merge, rows, error)
         && parse_count (self, merge, columns, error);
}

/* --- [match] --------------------------------------------------------------------------------------------------------- */

static gboolean
place_of_bit_is_known (const FormatWhom *whom, FormatBy bit)
{
  switch (bit)
    {
    case FORMAT_BY_CODE:
      return has_place (&whom->code);
    case FORMAT_BY_EMPLOYEE_CODE:
      return has_place (&whom->employee_code);
    case FORMAT_BY_NAME:
      return has_place (&whom->name);
    case FORMAT_BY_KANA:
      return has_place (&whom->kana);
    case FORMAT_BY_BIRTH:
      return whom->birth_how != FORMAT_BIRTH_NONE;
    }
  return FALSE;
}

static gboolean
parse_way (FormatMerge *merge, const char *text, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, "+", -1);
  guint way = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      const int bit = format_index_of (by_names, words[i]);

      if (bit < 0 || (way & 1u << bit) != 0 || !place_of_bit_is_known (&merge->whom, (FormatBy) (1u << bit)))
        return format_refuse (error, "by names something unknown, twice, or without a place");
      way |= 1u << bit;
    }
  /* A day of birth alone is many people's. */
  if (way == 0 || way == FORMAT_BY_BIRTH || merge->n_ways == FORMAT_MAX_WAYS)
    return format_refuse (error, "by needs a code or a name, and at most eight ways");
  merge->ways[merge->n_ways++] = (FormatBy) way;
  return TRUE;
}

static gboolean
parse_match_group (Format *self, GKeyFile *file, GError **error)
{
  FormatWhom *whom = &self->merge->whom;
  const struct
  {
    const char *key;
    FormatPlace *place;
  } places[] = {
    { "code", &whom->code }, { "employee_code", &whom->employee_code }, { "name", &whom->name }, { "kana", &whom->kana }
  };
  g_autofree char *by = format_get_text (file, "match", "by", error);
  g_autofree char *birth = NULL;
  g_auto (GStrv) ways = NULL;

  if (by == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *text = NULL;

      if (!get_optional (file, "match", places[i].key, &text, error)
          || (text != NULL && !parse_place (self, text, places[i].place, error)))
        return FALSE;
    }
  if (!get_optional (file, "match", "birth", &birth, error)
      || (birth != NULL && !parse_birth (self, birth, whom, error)))
    return FALSE;
  ways = g_strsplit (by, ";", -1);
  for (guint i = 0; ways[i] != NULL; i++)
    if (!parse_way (self->merge, ways[i], error))
      return FALSE;
  return TRUE;
}

/* --- [numbers] ------------------------------------------------------------------------------------------------------- */

static gboolean
parse_empties (FormatNumber *number, const char *text, GError **error)
{
  g_auto (GStrv) columns = g_strsplit (text, ";", -1);

  if (number->empties->len > 0)
    return format_refuse (error, "empties stands twice");
  for (guint i = 0; columns[i] != NULL; i++)
    {
      guint64 column;
      guint value;

      if (!format_parse_number (columns[i], FORMAT_MAX_COLUMNS, &column))
        return format_refuse (error, "empties names no column");
      value = (guint) column;
      g_array_append_val (number->empties, value);
    }
  return TRUE;
}

static gboolean
parse_number_words (const Format *self, FormatNumber *number, char **words, GError **error)
{
  if (words[0] == NULL || words[1] == NULL)
    return format_refuse (error, "a number is not PLACE|self or PLACE|dependant");
  number->dependant = g_str_equal (words[1], "dependant");
  if (!parse_place (self, words[0], &number->place, error))
    return FALSE;
  if (!number->dependant && !g_str_equal (words[1], "self"))
    return format_refuse (error, "a number is nobody's: self or dependant is needed");
  for (guint i = 2; words[i] != NULL; i++)
    {
      FormatPlace *place = NULL;
      const char *value = strchr (words[i], ':');
      gboolean ok;

      if (value == NULL)
        return format_refuse (error, "a number has no such option");
      if (g_str_has_prefix (words[i], "empties:"))
        ok = parse_empties (number, value + 1, error);
      else if (number->dependant && g_str_has_prefix (words[i], "birth:"))
        ok = parse_birth (self, value + 1, &number->whom, error);
      else
        {
          if (number->dependant && g_str_has_prefix (words[i], "name:"))
            place = &number->whom.name;
          else if (number->dependant && g_str_has_prefix (words[i], "kana:"))
            place = &number->whom.kana;
          ok = place != NULL ? parse_place (self, value + 1, place, error)
                             : format_refuse (error, "a number has no such option");
        }
      if (!ok)
        return FALSE;
    }
  return !number->dependant || has_place (&number->whom.name) || has_place (&number->whom.kana)
         || format_refuse (error, "a dependant needs a name or kana to be found by");
}

/* No cell is filled twice, and none that is emptied is filled or looked at. */
static gboolean
check_apart (const FormatMerge *merge, GError **error)
{
  g_autoptr (GHashTable) filled = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) headers = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < merge->numbers->len; i++)
    {
      const FormatNumber *number = &g_array_index (merge->numbers, FormatNumber, i);

      if (!(number->place.header != NULL ? g_hash_table_add (headers, number->place.header)
                                         : g_hash_table_add (filled, GUINT_TO_POINTER (number->place.column))))
        return format_refuse (error, "a column is filled twice");
    }
  for (guint i = 0; i < merge->numbers->len; i++)
    {
      const FormatNumber *number = &g_array_index (merge->numbers, FormatNumber, i);

      for (guint k = 0; k < number->empties->len; k++)
        if (!g_hash_table_add (filled, GUINT_TO_POINTER (g_array_index (number->empties, guint, k))))
          return format_refuse (error, "a column is filled and emptied, or emptied twice");
    }
  return TRUE;
}

static gboolean
parse_numbers_group (Format *self, GKeyFile *file, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, "numbers", NULL, NULL);

  if (g_strv_length (keys) > FORMAT_MAX_NUMBERS)
    return format_refuse (error, "too many numbers");
  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autofree char *value = format_get_text (file, "numbers", keys[i], error);
      g_auto (GStrv) words = value != NULL ? g_strsplit (value, "|", -1) : NULL;
      FormatNumber number = { .empties = NULL };
      guint64 index;
      gboolean ok;

      if (value == NULL)
        return FALSE;
      if (!format_parse_number (keys[i], FORMAT_MAX_NUMBERS, &index) || index != i + 1)
        return format_refuse (error, "numbers are not 1, 2, 3 in order");
      number.empties = g_array_new (FALSE, FALSE, sizeof (guint));
      ok = parse_number_words (self, &number, words, error);
      g_array_append_val (self->merge->numbers, number);
      if (!ok)
        return FALSE;
    }
  return self->merge->numbers->len > 0 ? check_apart (self->merge, error) : format_refuse (error, "no numbers");
}

gboolean
format_parse_merge (Format *self, GKeyFile *file, GError **error)
{
  self->merge = g_new0 (FormatMerge, 1);
  self->merge->numbers = g_array_new (FALSE, TRUE, sizeof (FormatNumber));
  g_array_set_clear_func (self->merge->numbers, (GDestroyNotify) number_clear);
  return parse_file_group (self, file, error) && parse_match_group (self, file, error)
         && parse_numbers_group (self, file, error);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a format file: a format that keeps every promise of format.h, or an error. */
#include <glib.h>

#include "format.h"
#include "fuzz.h"

static void
check_columns (const Format *format)
{
  guint n_numbers = 0;

  for (guint i = 0; i < format->columns->len; i++)
    {
      const FormatColumn *column = &g_array_index (format->columns, FormatColumn, i);

      g_assert_true (*column->name != '\0' && !csv_is_formula (column->name));
      g_assert_cmpint (column->text != NULL, ==, column->field == FORMAT_CONST);
      n_numbers += column->field == FORMAT_NUMBER;
    }
  g_assert_cmpuint (n_numbers, ==, 1);
  g_assert_null (format->merge);
}

static void
check_merge (const Format *format)
{
  const FormatMerge *merge = format->merge;

  g_assert_cmpuint (format->columns->len, ==, 0);
  g_assert_true (merge->columns > 0 || format->header);
  g_assert_true (merge->n_ways > 0 && merge->n_ways <= FORMAT_MAX_WAYS);
  g_assert_true (merge->numbers->len > 0 && merge->numbers->len <= FORMAT_MAX_NUMBERS);
  for (guint i = 0; i < merge->n_ways; i++)
    g_assert_true (merge->ways[i] != 0 && merge->ways[i] != FORMAT_BY_BIRTH);
  for (guint i = 0; i < merge->numbers->len; i++)
    {
      const FormatPlace *place = &g_array_index (merge->numbers, FormatNumber, i).place;

      g_assert_cmpint (place->column > 0, !=, place->header != NULL);
      g_assert_true (place->header == NULL || format->header);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Format) format = format_parse ((const char *) data, size, &error);

  g_assert_cmpint (format == NULL, ==, error != NULL);
  if (format == NULL)
    return 0;
  g_assert_true (*format->id != '\0' && *format->title != '\0' && *format->verified != '\0'
                 && format->kinds[0] != NULL);
  g_assert_cmpint (format->charset, <=, CHARSET_JISX0208);
  (format->mode == FORMAT_MERGE ? check_merge : check_columns) (format);
  return 0;
}

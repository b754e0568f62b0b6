/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a format file: a format that keeps every promise of format.h, or an error. */
#include <glib.h>

#include "format.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Format) format = format_parse ((const char *) data, size, &error);
  guint n_numbers = 0;

  g_assert_cmpint (format == NULL, ==, error != NULL);
  if (format == NULL)
    return 0;
  g_assert_true (*format->id != '\0' && *format->title != '\0' && *format->verified != '\0'
                 && format->kinds[0] != NULL);
  g_assert_cmpint (format->charset, <=, CHARSET_CP932);
  for (guint i = 0; i < format->columns->len; i++)
    {
      const FormatColumn *column = &g_array_index (format->columns, FormatColumn, i);

      g_assert_true (*column->name != '\0' && !csv_is_formula (column->name));
      g_assert_cmpint (column->text != NULL, ==, column->field == FORMAT_CONST);
      n_numbers += column->field == FORMAT_NUMBER;
    }
  g_assert_cmpuint (n_numbers, ==, 1);
  return 0;
}

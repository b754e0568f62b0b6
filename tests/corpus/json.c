/* SPDX-License-Identifier: Apache-2.0 */
/* json: writing only. */
#include "json.h"

void
json_append_string (GString *json, const char *value)
{
  if (value == NULL)
    {
      g_string_append (json, "null");
      return;
    }
  g_string_append_c (json, '"');
  for (const char *p = value; *p != '\0'; p++)
    if (*p == '"' || *p == '\\' || (guint8) *p < 0x20)
      g_string_append_printf (json, "\\u%04x", (guint) (guint8) *p);
    else
      g_string_append_c (json, *p);
  g_string_append_c (json, '"');
}

void
json_append_double (GString *json, double value, int n_decimals)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE], format[8];

  g_snprintf (format, sizeof format, "%%.%df", n_decimals);
  g_string_append (json, g_ascii_formatd (text, sizeof text, format, value));
}

void
json_append_points (GString *json, const CorpusPoint points[4])
{
  for (int i = 0; i < 4; i++)
    {
      g_string_append (json, i == 0 ? "[[" : ", [");
      json_append_double (json, points[i].x, 2);
      g_string_append (json, ", ");
      json_append_double (json, points[i].y, 2);
      g_string_append_c (json, ']');
    }
  g_string_append_c (json, ']');
}

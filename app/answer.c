/* SPDX-License-Identifier: Apache-2.0 */
/* answer: lookups with a default. */
#include "answer.h"

const char *
answer_text (GVariant *row, const char *key)
{
  const char *text = "";

  (void) g_variant_lookup (row, key, "&s", &text);
  return text;
}

guint32
answer_u32 (GVariant *row, const char *key)
{
  guint32 value = 0;

  (void) g_variant_lookup (row, key, "u", &value);
  return value;
}

gboolean
answer_bool (GVariant *row, const char *key)
{
  gboolean value = FALSE;

  (void) g_variant_lookup (row, key, "b", &value);
  return value;
}

char *
answer_dup_u64 (GVariant *row, const char *key)
{
  guint64 value = 0;

  (void) g_variant_lookup (row, key, "t", &value);
  return g_strdup_printf ("%" G_GUINT64_FORMAT, value);
}

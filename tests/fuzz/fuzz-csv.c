/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a roster: either people who keep every promise of roster.h, or mistakes. And any text as CSV: what was read, written
 * and read again is the same. */
#include <glib.h>
#include <string.h>

#include "charset.h"
#include "csv.h"
#include "fuzz.h"
#include "roster.h"

static const CsvLimits limits = { 1024 * 1024, 1000, 100, 10000 };

static void
check_people (const GPtrArray *people)
{
  char iso[11];

  g_assert_cmpuint (people->len, >, 0);
  for (guint i = 0; i < people->len; i++)
    {
      const RosterPerson *person = g_ptr_array_index (people, i);

      g_assert_cmpuint (person->row, >, 1);
      g_assert_true (*person->name != '\0' && roster_text_is_valid (person->name));
      g_assert_true (roster_text_is_valid (person->kana) && roster_text_is_valid (person->department));
      g_assert_true (roster_text_is_valid (person->relationship));
      g_assert_true (*person->code != '\0' ? roster_code_is_valid (person->code) : person->kind != ROSTER_EMPLOYEE);
      g_assert_cmpint (*person->parent_code != '\0', ==, person->kind == ROSTER_DEPENDANT);
      if (*person->birth_date != '\0')
        {
          g_assert_true (roster_date_to_iso (person->birth_date, iso));
          g_assert_cmpstr (iso, ==, person->birth_date);
        }
    }
}

static void
check_roster (const uint8_t *data, size_t size)
{
  g_autoptr (GPtrArray) people = NULL;
  g_autoptr (RosterReport) report = NULL;
  GDate today;
  gboolean ok;

  g_date_clear (&today, 1);
  g_date_set_dmy (&today, 22, G_DATE_NOVEMBER, 2026);
  ok = roster_parse (data, size, ROSTER_ENCODING_IS_AUTO, NULL, NULL, &today, &people, &report);
  g_assert_cmpint (ok, ==, report->mistakes->len == 0);
  g_assert_cmpint (ok, ==, people != NULL);
  if (ok)
    check_people (people);
}

/* (transfer full): all rows with every field quoted, %NULL when the text is refused */
static char *
rewrite (const char *text, gsize n_bytes, gsize *ret_n_bytes)
{
  g_autoptr (CsvReader) reader = csv_reader_new (text, n_bytes, &limits);
  GString *again = g_string_new (NULL);
  CsvResult result;

  while ((result = csv_reader_next (reader)) == CSV_ROW)
    {
      for (guint i = 0; i < csv_reader_get_n_fields (reader); i++)
        {
          if (i > 0)
            g_string_append_c (again, ',');
          g_assert_true (csv_append_field (csv_reader_get_field (reader, i), CSV_QUOTE_ALWAYS, again));
        }
      g_string_append (again, "\r\n");
    }
  *ret_n_bytes = again->len;
  return g_string_free (again, result == CSV_REFUSED);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const Charset charset = charset_detect (data, size);
  g_autofree char *text = NULL;
  g_autofree char *once = NULL;
  g_autofree char *twice = NULL;
  g_autoptr (GByteArray) encoded = g_byte_array_new ();
  gsize n_text;
  gsize n_once;
  gsize n_twice;

  check_roster (data, size);
  if (charset > CHARSET_CP932)
    return 0;
  text = charset_decode (charset, data, size, &n_text, NULL);
  g_assert_nonnull (text);
  g_assert_true (charset_encode (charset, text, n_text, encoded, NULL)); /* what was read can be written */
  once = rewrite (text, n_text, &n_once);
  if (once == NULL || n_once > limits.max_bytes)
    return 0;
  twice = rewrite (once, n_once, &n_twice);
  g_assert_cmpstr (twice, ==, once);
  return 0;
}

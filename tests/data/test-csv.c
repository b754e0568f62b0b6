/* SPDX-License-Identifier: Apache-2.0 */
/* csv: rows out of hostile text, and fields written exactly. */
#include <glib.h>
#include <string.h>

#include "csv.h"

static const CsvLimits roomy = { 8 * 1024 * 1024, 1000000, 200000, 8 * 1024 * 1024 };

/* All rows as one string: fields end with |, rows with newline; a refusal as its number. */
static char *
read_all (const char *text, gsize n_bytes, const CsvLimits *limits)
{
  g_autoptr (CsvReader) reader = csv_reader_new (text, n_bytes, limits);
  GString *all = g_string_new (NULL);
  CsvResult result;

  while ((result = csv_reader_next (reader)) == CSV_ROW)
    {
      for (guint i = 0; i < csv_reader_get_n_fields (reader); i++)
        g_string_append_printf (all, "%s|", csv_reader_get_field (reader, i));
      g_string_append_c (all, '\n');
    }
  if (result == CSV_REFUSED)
    {
      g_string_append_printf (all, "!%d row %u", csv_reader_get_mistake (reader), csv_reader_get_row (reader));
      g_assert_cmpuint (csv_reader_get_n_fields (reader), ==, 0);
      g_assert_cmpint (csv_reader_next (reader), ==, CSV_REFUSED);
    }
  else
    g_assert_cmpint (csv_reader_next (reader), ==, CSV_END);
  return g_string_free (all, FALSE);
}

static void
test_reads (void)
{
  static const struct
  {
    const char *text;
    const char *rows;
  } cases[] = {
    { "", "" },
    { "a", "a|\n" },
    { "a,b", "a|b|\n" },
    { "a,b\n", "a|b|\n" },
    { "a,b\r\nc,d\r\n", "a|b|\nc|d|\n" },
    { "a\nb\r\nc", "a|\nb|\nc|\n" },
    { ",", "||\n" },
    { "a,", "a||\n" },
    { "\n", "|\n" },
    { "a\n\nb", "a|\n|\nb|\n" },
    { "\"\"", "|\n" },
    { "\"\",", "||\n" },
    { "\"a,b\"", "a,b|\n" },
    { "\"a\"\"b\"", "a\"b|\n" },
    { "\"\"\"\"", "\"|\n" },
    { "\"a\nb\",c", "a\nb|c|\n" },
    { "\"a\r\nb\"\r\nc", "a\r\nb|\nc|\n" },
    { "\"a\rb\"", "a\rb|\n" },
    { " a , b ", " a | b |\n" },
    { "見本,太郎", "見本|太郎|\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *rows = read_all (cases[i].text, strlen (cases[i].text), &roomy);

      g_test_message ("case %u", i);
      g_assert_cmpstr (rows, ==, cases[i].rows);
    }
}

static void
test_refuses (void)
{
  static const CsvLimits tight = { 59, 3, 4, 5 };
  static const struct
  {
    const char *text;
    gsize n_bytes;
    CsvMistake mistake;
    guint row;
  } cases[] = {
#define TEXT(literal) literal, sizeof (literal) - 1
    { TEXT ("a\0b"), CSV_ZERO_BYTE, 1 },
    { TEXT ("\"a\0b\""), CSV_ZERO_BYTE, 1 },
    { TEXT ("a\rb"), CSV_LONE_CR, 1 },
    { TEXT ("a\nb\r"), CSV_LONE_CR, 2 },
    { TEXT ("a\r\r\n"), CSV_LONE_CR, 1 },
    { TEXT ("\"a\"\r"), CSV_LONE_CR, 1 },
    { TEXT ("a\"b"), CSV_STRAY_QUOTE, 1 },
    { TEXT ("x\na\""), CSV_STRAY_QUOTE, 2 },
    { TEXT ("\"a\"b"), CSV_STRAY_QUOTE, 1 },
    { TEXT ("\"a\" ,b"), CSV_STRAY_QUOTE, 1 },
    { TEXT (" \"a\""), CSV_STRAY_QUOTE, 1 },
    { TEXT ("\""), CSV_UNCLOSED_QUOTE, 1 },
    { TEXT ("x\n\"a,\n"), CSV_UNCLOSED_QUOTE, 2 },
    { TEXT ("\"a\"\""), CSV_UNCLOSED_QUOTE, 1 },
    { TEXT ("a\nb\nc\nd"), CSV_TOO_MANY_ROWS, 4 },
    { TEXT ("a\n1,2,3,4,5"), CSV_TOO_MANY_FIELDS, 2 },
    { TEXT ("123456"), CSV_FIELD_TOO_LONG, 1 },
    { TEXT ("\"123456\""), CSV_FIELD_TOO_LONG, 1 },
    { TEXT ("1234,1234,1234,1234\n1234,1234,1234,1234\n1234,1234,1234,1234\n"), CSV_TOO_BIG, 0 },
#undef TEXT
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvReader) reader = csv_reader_new (cases[i].text, cases[i].n_bytes, &tight);
      CsvResult result;

      g_test_message ("case %u", i);
      while ((result = csv_reader_next (reader)) == CSV_ROW)
        ;
      g_assert_cmpint (result, ==, CSV_REFUSED);
      g_assert_cmpint (csv_reader_get_mistake (reader), ==, cases[i].mistake);
      g_assert_cmpuint (csv_reader_get_row (reader), ==, cases[i].row);
    }
}

/* Exactly at the limits is inside. */
static void
test_limits_are_inclusive (void)
{
  static const CsvLimits tight = { 17, 3, 4, 5 };
  g_autofree char *rows = read_all ("12345,,,\n\"12345\"\n", 17, &tight);
  g_autofree char *one_more = read_all ("12345,,,\n\"12345\"\n\n", 18, &tight);

  g_assert_cmpstr (rows, ==, "12345||||\n12345|\n");
  g_assert_cmpstr (one_more, ==, "!1 row 0");
}

static void
test_big_and_hostile (void)
{
  const gsize n_bytes = 4 * 1024 * 1024;
  g_autofree char *text = g_malloc (n_bytes);
  const CsvLimits narrow = { n_bytes, 10, 256, 64 * 1024 };
  const CsvLimits wide_field = { n_bytes, 10, 10, 1024 * 1024 };
  char *rows;

  memset (text, '"', n_bytes); /* one field of quotes */
  rows = read_all (text, n_bytes, &roomy);
  g_assert_cmpuint (strlen (rows), ==, n_bytes / 2 - 1 + 2);
  g_free (rows);
  rows = read_all (text, n_bytes - 1, &roomy);
  g_assert_cmpstr (rows, ==, "!8 row 1");
  g_free (rows);
  rows = read_all (text, n_bytes, &narrow);
  g_assert_cmpstr (rows, ==, "!4 row 1");
  g_free (rows);

  memset (text, ',', n_bytes); /* 4 million columns; 100 000 of them */
  rows = read_all (text, n_bytes, &narrow);
  g_assert_cmpstr (rows, ==, "!3 row 1");
  g_free (rows);
  rows = read_all (text, 99999, &roomy);
  g_assert_cmpuint (strlen (rows), ==, 100001);
  g_free (rows);

  memset (text, 'x', n_bytes); /* one field of 1 MiB, and one byte more */
  rows = read_all (text, 1024 * 1024, &wide_field);
  g_assert_cmpuint (strlen (rows), ==, 1024 * 1024 + 2);
  g_free (rows);
  rows = read_all (text, 1024 * 1024 + 1, &wide_field);
  g_assert_cmpstr (rows, ==, "!4 row 1");
  g_free (rows);

  memset (text, '\n', n_bytes);
  rows = read_all (text, n_bytes, &narrow);
  g_assert_true (g_str_has_suffix (rows, "!2 row 11"));
  g_free (rows);
}

static void
test_writes (void)
{
  static const struct
  {
    const char *text;
    const char *minimal;
    const char *always;
    gboolean never;
  } cases[] = {
    { "", "", "\"\"", TRUE },
    { "a", "a", "\"a\"", TRUE },
    { "見本 太郎", "見本 太郎", "\"見本 太郎\"", TRUE },
    { "0001", "0001", "\"0001\"", TRUE },
    { "a,b", "\"a,b\"", "\"a,b\"", FALSE },
    { "a\"b", "\"a\"\"b\"", "\"a\"\"b\"", FALSE },
    { "\"", "\"\"\"\"", "\"\"\"\"", FALSE },
    { "a\nb", "\"a\nb\"", "\"a\nb\"", FALSE },
    { "a\rb", "\"a\rb\"", "\"a\rb\"", FALSE },
    { " a", "\" a\"", "\" a\"", FALSE },
    { "a ", "\"a \"", "\"a \"", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) minimal = g_string_new ("x");
      g_autoptr (GString) always = g_string_new ("x");
      g_autoptr (GString) never = g_string_new ("x");
      g_autofree char *read = NULL;
      g_autofree char *expected = g_strconcat (cases[i].text, "|\n", NULL);

      g_test_message ("case %u", i);
      g_assert_true (csv_append_field (cases[i].text, CSV_QUOTE_MINIMAL, minimal));
      g_assert_cmpstr (minimal->str + 1, ==, cases[i].minimal);
      g_assert_true (csv_append_field (cases[i].text, CSV_QUOTE_ALWAYS, always));
      g_assert_cmpstr (always->str + 1, ==, cases[i].always);
      g_assert_cmpint (csv_append_field (cases[i].text, CSV_QUOTE_NEVER, never), ==, cases[i].never);
      g_assert_cmpstr (never->str + 1, ==, cases[i].never ? cases[i].text : "");
      read = read_all (always->str + 1, always->len - 1, &roomy);
      g_assert_cmpstr (read, ==, expected);
    }
}

static void
test_formulas (void)
{
  static const char *const formulas[] = {
    "=1+1", "+1", "-1", "@a", "\ta", "\ra", "\na", "＝1", "＋1", "－1", "＠a", "="
  };
  static const char *const harmless[] = { "", "a=1", "0001", " =1", "見本", "ー", "A-1" };

  for (guint i = 0; i < G_N_ELEMENTS (formulas); i++)
    g_assert_true (csv_is_formula (formulas[i]));
  for (guint i = 0; i < G_N_ELEMENTS (harmless); i++)
    g_assert_false (csv_is_formula (harmless[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/csv/reads", test_reads);
  g_test_add_func ("/text/csv/refuses", test_refuses);
  g_test_add_func ("/text/csv/limits-are-inclusive", test_limits_are_inclusive);
  g_test_add_func ("/text/csv/big-and-hostile", test_big_and_hostile);
  g_test_add_func ("/text/csv/writes", test_writes);
  g_test_add_func ("/text/csv/formulas", test_formulas);
  return g_test_run ();
}

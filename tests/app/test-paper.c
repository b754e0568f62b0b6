/* SPDX-License-Identifier: Apache-2.0 */
/* paper: pages are made as they are needed, and what comes out is a PDF of as many. */
#include "paper.h"

#include <gio/gio.h>
#include <string.h>

static const PaperColumn columns[] = { { "No.", 0.2, FALSE }, { "値", 0.5, FALSE }, { "id", 0.3, TRUE } };

static GPtrArray *
rows_of (guint n_rows)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (guint i = 0; i < n_rows; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);
      const char *const cells[] = { number, "見本 <&> 値", "00000000-0000-4000-8000-000000000000", NULL };

      g_ptr_array_add (rows, g_strdupv ((char **) cells));
    }
  return rows;
}

/* As another program reads it: newer versions of Cairo do not leave the pages in the clear. */
static guint
count_pages (GBytes *pdf)
{
  g_autoptr (GSubprocess) pdfinfo =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, "pdfinfo", "-", NULL);
  g_autoptr (GBytes) out = NULL;
  g_autofree char *text = NULL;
  const char *at;

  g_assert_nonnull (pdfinfo);
  g_assert_true (g_subprocess_communicate (pdfinfo, pdf, NULL, &out, NULL, NULL));
  g_assert_true (g_subprocess_get_successful (pdfinfo));
  text = g_strndup (g_bytes_get_data (out, NULL), g_bytes_get_size (out));
  at = strstr (text, "\nPages:");
  g_assert_nonnull (at);
  return (guint) g_ascii_strtoull (at + strlen ("\nPages:"), NULL, 10);
}

static void
test_one_page (void)
{
  const char *const facts[] = { "会社", "見本商事", "", "", NULL };
  g_autoptr (Paper) paper = paper_new ("見本", "見本 1", "ja");
  g_autoptr (GPtrArray) rows = rows_of (3);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) pdf = NULL;

  paper_add_banner (paper, "試用");
  paper_add_title (paper, "見本");
  paper_add_aside (paper, "1\n2");
  paper_add_text (paper, "");
  paper_add_facts (paper, facts);
  paper_add_signature (paper, "日付", "住所", "見本商事", "責任者", "印");
  paper_add_heading (paper, "表");
  paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
  paper_add_code (paper, "符号", "azukari-certificate:1", "text");
  paper_add_note (paper, "注");
  g_assert_cmpuint (paper_get_n_pages (paper), ==, 1);
  pdf = paper_finish (paper, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_pages (pdf), ==, 1);
}

static void
test_tables_go_on (void)
{
  g_autoptr (Paper) paper = paper_new ("x", "x", "en");
  g_autoptr (GPtrArray) rows = rows_of (500), none = rows_of (0);
  g_autoptr (GBytes) pdf = NULL;
  guint n_pages;

  paper_add_table (paper, columns, G_N_ELEMENTS (columns), none);
  g_assert_cmpuint (paper_get_n_pages (paper), ==, 1);
  paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
  n_pages = paper_get_n_pages (paper);
  g_assert_cmpuint (n_pages, >, 8);
  g_assert_cmpuint (n_pages, <, 25);
  pdf = paper_finish (paper, NULL);
  g_assert_cmpuint (count_pages (pdf), ==, n_pages);
}

/* More than any QR code holds: the words beside it stay. */
static void
test_code_too_long (void)
{
  g_autoptr (Paper) paper = paper_new ("x", "x", "en");
  g_autofree char *content = g_strnfill (5000, 'x');
  g_autoptr (GBytes) pdf = NULL;

  paper_add_code (paper, "code", content, "text");
  pdf = paper_finish (paper, NULL);
  g_assert_cmpuint (count_pages (pdf), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paper/one-page", test_one_page);
  g_test_add_func ("/paper/tables-go-on", test_tables_go_on);
  g_test_add_func ("/paper/code-too-long", test_code_too_long);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* pdf-text: what programs that are not ours read from a PDF. */
#pragma once

#include "ctl-fixture.h"

static inline void
assert_not_said (const char *text, const char *unexpected)
{
  if (strstr (text, unexpected) != NULL)
    g_test_message ("did not expect “%s” in: %s", unexpected, text);
  g_assert_null (strstr (text, unexpected));
}

/* (transfer full): what a program that is not ours reads from the PDF, or says of it */
static inline char *
judge (const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL, *complaint = NULL;
  int status = -1;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &said, &complaint, &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_test_message ("%s: %s%s", argv[0], said, complaint);
  g_assert_cmpint (status, ==, 0);
  return g_steal_pointer (&said);
}

static inline void
pdf_check (const char *path, guint n_pages)
{
  const char *const check[] = { "qpdf", "--check", path, NULL }, *const count[] = { "qpdf", "--show-npages", path,
                                                                                    NULL };
  g_autofree char *said = judge (check), *pages = judge (count);

  assert_said (said, "No syntax or stream encoding errors found");
  if (n_pages > 0)
    g_assert_cmpuint (g_ascii_strtoull (pages, NULL, 10), ==, n_pages);
}

/* (transfer full): the text of a sound PDF of that many pages (0: any), as it stands on them */
static inline char *
pdf_read (const char *path, guint n_pages)
{
  const char *const extract[] = { "pdftotext", "-layout", path, "-", NULL };

  pdf_check (path, n_pages);
  return judge (extract);
}

/* (transfer full): the same cell by cell, on one line: nothing is apart that stands in one cell */
static inline char *
pdf_read_flat (const char *path, guint n_pages)
{
  const char *const extract[] = { "pdftotext", "-raw", path, "-", NULL };
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GString) flat = g_string_new (NULL);

  pdf_check (path, n_pages);
  text = judge (extract);
  words = g_strsplit_set (text, " \n\f", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (words[i][0] != '\0')
      g_string_append_printf (flat, "%s%s", flat->len > 0 ? " " : "", words[i]);
  return g_string_free (g_steal_pointer (&flat), FALSE);
}

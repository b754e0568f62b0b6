/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the file that a format is made from: its columns are told or it is refused; of two of them comes a format that finds them again,
 * or the reason why not; and the same bytes as a file to put numbers into are either left alone or change in that column only. */
#include <glib.h>
#include <string.h>

#include "fuzz.h"
#include "template.h"

static const MergePerson somebody = { "p1",         "employee", "0012", "見本 太郎", "ミホン タロウ",
                                      "1985-03-07", "",         "",     MERGE_READY };

static void
check_merge (const Format *format, const Secret *file)
{
  g_autoptr (GPtrArray) people = g_ptr_array_new ();
  g_autoptr (GHashTable) numbers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) secret_free);
  g_autoptr (Secret) content = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Merge) merge = NULL;
  MergeCounts counts;
  char sha256[65];

  g_ptr_array_add (people, (gpointer) &somebody);
  g_hash_table_insert (numbers, (gpointer) somebody.person, secret_new_copy ("012345678901", 12));
  merge = merge_plan (format, file, people, NULL, 0, &error);
  g_assert_no_error (error);
  if (!merge_fill (merge, numbers, &content, sha256, &counts, &error))
    return;
  g_assert_cmpuint (counts.filled, >, 0);
  g_assert_cmpuint (secret_get_size (content), <=, secret_get_size (file) + (gsize) counts.filled * 12);
}

static void
check_choice (const TemplateHeader *header, const Secret *file, const char *number, const char *code)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (TemplateNumber));
  g_autoptr (GArray) by = g_array_new (FALSE, FALSE, sizeof (TemplateBy));
  const TemplateNumber one = { number, "" };
  const TemplateBy found_by = { FORMAT_BY_CODE, code };
  const Template template = { "own-abc234", "見本", "x", "x", numbers, by };
  g_autoptr (GPtrArray) issues = NULL;
  g_autoptr (Format) format = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_array_append_val (numbers, one);
  g_array_append_val (by, found_by);
  format = template_make (&template, header, file, &text, &issues, &error);
  g_assert_no_error (error);
  g_assert_cmpint (format == NULL, ==, issues->len > 0);
  if (format == NULL)
    return;
  g_assert_cmpstr (g_array_index (format->merge->numbers, FormatNumber, 0).place.header, ==, number);
  g_assert_cmpstr (format->merge->whom.code.header, ==, code);
  check_merge (format, file);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const encodings[] = { "", "utf8", "cp932" };

  g_assert_true (secret_init ());
  for (guint e = 0; e < G_N_ELEMENTS (encodings); e++)
    {
      g_autoptr (Secret) file = secret_new_copy (data, size);
      g_autoptr (TemplateHeader) header = template_look (file, encodings[e], NULL);

      g_assert_cmpint (header->names->len == 0, ==, header->issues->len > 0);
      for (guint i = 0; i + 1 < MIN (header->names->len, 3); i++)
        check_choice (header, file, g_ptr_array_index (header->names, i + 1), g_ptr_array_index (header->names, i));
    }
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* read-page: reads drawn PNM pages with card/ and number/ alone and prints one JSON line each, digits included. For drawn pages only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number/number-reader.h"

/* The three header lines that azukari-corpus writes: P5 or P6, width and height, 255. */
static CardPage *
load_pnm (const char *path, double dpi, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  g_auto (GStrv) lines = NULL;
  g_autofree char *head = NULL;
  CardPage *page;
  guint width, height;
  gsize offset;

  if (file == NULL)
    return NULL;
  head = g_strndup (g_mapped_file_get_contents (file), MIN (g_mapped_file_get_length (file), 64));
  lines = g_strsplit (head, "\n", 4);
  if (g_strv_length (lines) < 3 || sscanf (lines[1], "%u %u", &width, &height) != 2)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: no PNM of azukari-corpus", path);
      return NULL;
    }
  offset = strlen (lines[0]) + strlen (lines[1]) + strlen (lines[2]) + 3;
  page = card_page_new (width, height, lines[0][1] == '6' ? 3 : 1, dpi, error);
  if (page != NULL)
    memcpy (page->samples, g_mapped_file_get_contents (file) + offset,
            MIN (page->stride * page->height_px, g_mapped_file_get_length (file) - offset));
  return page;
}

static void
print_verdict (const char *path, const Verdict *v)
{
  g_print ("{\"file\": \"%s\", \"verdict\": \"%s\", \"reason\": \"%s\", \"number\": \"%s\", \"document\": \"%s\", ",
           path, verdict_kind_name (v->kind), v->reason, v->number, v->document);
  g_print ("\"rotation_deg\": %.2f, \"box\": [[%.1f, %.1f], [%.1f, %.1f], [%.1f, %.1f], [%.1f, %.1f]], ",
           v->rotation_deg, v->box[0][0], v->box[0][1], v->box[1][0], v->box[1][1], v->box[2][0], v->box[2][1],
           v->box[3][0], v->box[3][1]);
  g_print ("\"ocr\": \"%s\", \"qr\": \"%s\", \"second\": \"%s\", \"confidence\": %.3f, ", v->ocr, v->qr, v->second,
           v->confidence);
  g_print ("\"ms\": {\"find\": %u, \"locate\": %u, \"read\": %u, \"second\": %u, \"total\": %u}}\n", v->find_ms,
           v->locate_ms, v->read_ms, v->second_ms, v->total_ms);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NumberReader) reader = NULL;

  (void) g_setenv ("OMP_THREAD_LIMIT", "1", TRUE);
  reader = number_reader_new (&error);
  if (reader == NULL || argc < 3)
    {
      g_printerr ("read-page DPI FILE...: %s\n", error != NULL ? error->message : "wrong arguments");
      return 1;
    }
  for (int i = 2; i < argc; i++)
    {
      g_autoptr (CardPage) page = load_pnm (argv[i], atof (argv[1]), &error);
      g_autoptr (Verdict) verdict = NULL;

      if (page == NULL)
        {
          g_printerr ("read-page: %s\n", error->message);
          return 2;
        }
      verdict = number_reader_read (reader, page, NULL);
      print_verdict (argv[i], verdict);
    }
  return 0;
}

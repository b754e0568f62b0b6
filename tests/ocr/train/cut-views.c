/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cut-views: cuts pictures from a drawn page exactly as the reader does, for training.
 *
 *   cut-views PAGE.pnm < FRAMES > SAMPLES
 *
 * Each line of FRAMES is "x0 y0 ux uy width height" (grey.h, CardFrame); SAMPLES are the pictures' grey samples one after
 * another. For drawn pages only.
 */
#include <stdio.h>
#include <string.h>

#include "card/grey.h"

#define MAX_SIDE 4096

/* The three header lines that azukari-corpus writes: P5 or P6, width and height, 255. */
static CardPage *
load_pnm (const char *path)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  guint width, height;
  int offset = 0;
  char kind;
  g_autoptr (CardPage) page = NULL;

  if (file == NULL || g_mapped_file_get_length (file) < 16
      || sscanf (g_mapped_file_get_contents (file), "P%c\n%u %u\n255%n", &kind, &width, &height, &offset) != 3)
    return NULL;
  page = card_page_new (width, height, kind == '6' ? 3 : 1, 0, NULL);
  if (page != NULL)
    memcpy (page->samples, g_mapped_file_get_contents (file) + offset + 1,
            MIN (page->stride * page->height_px, g_mapped_file_get_length (file) - (gsize) offset - 1));
  return page != NULL ? card_page_to_grey (page, NULL) : NULL;
}

int
main (int argc, char **argv)
{
  g_autoptr (CardPage) page = argc == 2 ? load_pnm (argv[1]) : NULL;
  CardFrame frame;
  int width, height;

  if (page == NULL)
    {
      fprintf (stderr, "usage: cut-views PAGE.pnm < FRAMES > SAMPLES\n");
      return 1;
    }
  while (scanf ("%lf %lf %lf %lf %d %d", &frame.x0, &frame.y0, &frame.ux, &frame.uy, &width, &height) == 6)
    {
      g_autoptr (CardGrey) grey = NULL;

      if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE)
        return 2;
      grey = card_grey_cut (page, &frame, width, height);
      fwrite (grey->samples, 1, (gsize) width * (gsize) height, stdout);
    }
  return 0;
}

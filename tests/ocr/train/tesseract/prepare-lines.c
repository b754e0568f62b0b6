/* SPDX-License-Identifier: Apache-2.0 */
/* prepare-lines: number lines as the model is shown them, in a file of the same form. */
#include "line-set.h"
#include "number/line-tesseract.h"

int
main (int argc, char **argv)
{
  FILE *from = argc == 3 ? fopen (argv[1], "rb") : NULL, *to = from != NULL ? fopen (argv[2], "wb") : NULL;
  gboolean written = TRUE;

  if (to == NULL)
    {
      g_printerr ("prepare-lines LINES PREPARED: cannot be opened\n");
      return 1;
    }
  while (written)
    {
      g_auto (LineStrip) line = { 0 };
      CardGrey *ready;

      if (!line_strip_read (&line, from))
        break;
      ready = line_tesseract_prepare (line.strip);
      card_grey_free (line.strip);
      line.strip = ready;
      written = line_strip_write (&line, to);
    }
  (void) fclose (from);
  if (fclose (to) != 0 || !written)
    {
      g_printerr ("prepare-lines: %s could not be written\n", argv[2]);
      return 2;
    }
  return 0;
}

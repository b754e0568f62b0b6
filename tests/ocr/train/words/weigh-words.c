/* SPDX-License-Identifier: Apache-2.0 */
/*
 * weigh-words: what the reader makes of strips of text; judge.py feeds it and draws up the sums.
 *
 *   weigh-words WORD... < STRIPS
 *
 * STRIPS: for each strip its width as a guint32, then its samples, WORD_LINE_HEIGHT_PX rows. Prints one row of scores each, and
 * at the end to standard error how long reading and looking took.
 */
#include <stdio.h>

#include "card/words-private.h"

int
main (int argc, char **argv)
{
  g_autoptr (WordReader) reader = word_reader_new ();
  gint64 read_us = 0, find_us = 0, columns = 0;
  guint32 width;

  if (reader == NULL)
    return 2;
  while (fread (&width, sizeof width, 1, stdin) == 1)
    {
      g_autoptr (CardGrey) strip = NULL;
      g_autoptr (WordLine) line = NULL;
      gint64 begin_us;

      if (width < WORD_LINE_MIN_WIDTH_PX || width > WORD_LINE_MAX_WIDTH_PX)
        return 1;
      strip = card_grey_new ((int) width, WORD_LINE_HEIGHT_PX);
      if (fread (strip->samples, width, WORD_LINE_HEIGHT_PX, stdin) != WORD_LINE_HEIGHT_PX)
        return 1;
      begin_us = g_get_monotonic_time ();
      line = word_reader_read (reader, strip);
      read_us += g_get_monotonic_time () - begin_us;
      columns += width;
      begin_us = g_get_monotonic_time ();
      for (int i = 1; i < argc; i++)
        {
          CardWord word;

          printf ("%.4f%c", word_line_weigh (line, argv[i], &word) ? word.score : 0.0, i + 1 < argc ? ' ' : '\n');
        }
      find_us += g_get_monotonic_time () - begin_us;
    }
  fprintf (stderr, "%.2f us a column to read, %.2f us a column to look for %d words\n",
           (double) read_us / (double) MAX (columns, 1), (double) find_us / (double) MAX (columns, 1), argc - 1);
  return 0;
}

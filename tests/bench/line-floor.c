/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line-floor: what the product's own Tesseract call costs when everything around it is given: the number's line is cut where the
 * truth says it is, and only the call is timed. For drawn pages only: the digits are printed.
 *
 * Standard input: a line for each page, "FILE X0 Y0 X1 Y1 X2 Y2 X3 Y3", the box of the digits' ink from its own top left,
 * clockwise, page pixels. Standard output: {"ms": of the median of N_CALLS, "number": the digits or ""} for each.
 * Exit codes: 0 done; 1 the model is missing; 2 a page could not be read.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card/grey.h"
#include "number/line-tesseract.h"

#define N_CALLS 3
#define N_CORNERS 4
#define MAX_PATH_BYTES 1024
#define MAX_LINE_BYTES (MAX_PATH_BYTES + 256)

typedef struct
{
  char path[MAX_PATH_BYTES];
  double x[N_CORNERS], y[N_CORNERS];
} Task;

/* The three header lines that azukari-corpus writes: P5 or P6, width and height, 255. */
static CardPage *
load_page (const char *path)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  g_autoptr (CardPage) page = NULL;
  guint width, height;
  char kind;
  int offset = 0;
  g_autofree char *head = NULL;

  if (file == NULL)
    return NULL;
  head = g_strndup (g_mapped_file_get_contents (file), MIN (g_mapped_file_get_length (file), 64));
  if (sscanf (head, "P%c %u %u 255%n", &kind, &width, &height, &offset) != 3 || offset == 0)
    return NULL;
  page = card_page_new (width, height, kind == '6' ? 3 : 1, 0, NULL);
  if (page == NULL)
    return NULL;
  offset++; /* the header's last line end */
  if (g_mapped_file_get_length (file) != (gsize) offset + page->stride * height)
    g_clear_pointer (&page, card_page_free);
  else
    memcpy (page->samples, g_mapped_file_get_contents (file) + offset, page->stride * height);
  return page != NULL ? card_page_to_grey (page, NULL) : NULL;
}

/* As the product cuts it: level, digits LINE_TESSERACT_DIGIT_PX high, and its margins around them. */
static CardGrey *
cut_line (const CardPage *page, const Task *task)
{
  double dx = task->x[1] - task->x[0], dy = task->y[1] - task->y[0], length = hypot (dx, dy);
  double digit_height = hypot (task->x[3] - task->x[0], task->y[3] - task->y[0]);
  double step = digit_height / LINE_TESSERACT_DIGIT_PX, margin = LINE_TESSERACT_MARGIN_PX,
         side = LINE_TESSERACT_SIDE_PX;
  CardFrame frame = { .ux = dx / length * step, .uy = dy / length * step };

  if (!(digit_height > 1) || !(length > digit_height))
    return NULL;
  frame.x0 = task->x[0] - side * frame.ux + margin * frame.uy;
  frame.y0 = task->y[0] - side * frame.uy - margin * frame.ux;
  return card_grey_cut (page, &frame, (int) lround (length / step) + 2 * LINE_TESSERACT_SIDE_PX,
                        LINE_TESSERACT_DIGIT_PX + 2 * LINE_TESSERACT_MARGIN_PX);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const gint64 *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static gboolean
parse_task (const char *line, Task *task)
{
  return sscanf (line, "%1023s %lf %lf %lf %lf %lf %lf %lf %lf", task->path, &task->x[0], &task->y[0], &task->x[1],
                 &task->y[1], &task->x[2], &task->y[2], &task->x[3], &task->y[3])
         == 9;
}

static gboolean
run (LineTesseract *tesseract, const Task *task)
{
  g_autoptr (CardPage) page = load_page (task->path);
  g_autoptr (CardGrey) strip = page != NULL ? cut_line (page, task) : NULL;
  VerdictReading reading;
  gint64 times_us[N_CALLS];

  if (strip == NULL)
    return FALSE;
  line_tesseract_read (tesseract, strip, &reading); /* the first call of a process sets up memory */
  for (int i = 0; i < N_CALLS; i++)
    {
      times_us[i] = g_get_monotonic_time ();
      line_tesseract_read (tesseract, strip, &reading);
      times_us[i] = g_get_monotonic_time () - times_us[i];
    }
  qsort (times_us, N_CALLS, sizeof times_us[0], compare);
  g_print ("{\"ms\": %.3f, \"number\": \"%s\"}\n", (double) times_us[N_CALLS / 2] / 1e3, reading.digits);
  explicit_bzero (&reading, sizeof reading);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (LineTesseract) tesseract = NULL;
  char line[MAX_LINE_BYTES];
  Task task;

  (void) setvbuf (stdout, NULL, _IOLBF, 0);
  tesseract = line_tesseract_new ();
  if (tesseract == NULL)
    {
      g_printerr ("line-floor: the model for reading digits is missing\n");
      return 1;
    }
  while (fgets (line, sizeof line, stdin) != NULL)
    if (!parse_task (line, &task) || !run (tesseract, &task))
      {
        g_printerr ("line-floor: a page or its box is not as azukari-corpus writes it\n");
        return 2;
      }
  return 0;
}

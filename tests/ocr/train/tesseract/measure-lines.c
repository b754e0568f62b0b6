/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure-lines: how many number lines are read exactly, by the reader's own Tesseract model and by Debian's "eng" on the
 * very same strips. Times are of the processor, so that other programs do not count.
 */
#include <math.h>
#include <string.h>
#include <time.h>
#include <tesseract/capi.h>

#include "line-set.h"
#include "number/line-tesseract.h"

#define STRIP_DPI 300
#define FIT_STEPS 60

typedef enum
{
  OURS,
  ENG_LINE,
  ENG_LINE_FLAT,
  ENG_RAW,
  ENG_RAW_FLAT,
  N_READERS
} ReaderKind;

static const char *const reader_names[N_READERS] = {
  "own model", "eng, psm 7", "eng, psm 7, prepared strip", "eng, psm 13", "eng, psm 13, prepared strip",
};

typedef struct
{
  guint n, n_right, n_wrong; /* wrong: twelve digits, but others */
} Count;

typedef struct
{
  double confidence;
  gboolean right;
} Answer;

typedef struct
{
  LineTesseract *ours;
  TessBaseAPI *eng;
  Count counts[N_READERS][N_LEVELS];
  double seconds[N_READERS];
  GArray *answers; /* of Answer: with twelve digits */
} Measure;

static double
processor_seconds (void)
{
  struct timespec now;

  (void) clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

/* What the model is shown, without the ruler in the middle. */
static CardGrey *
flat_strip (const CardGrey *strip)
{
  g_autoptr (CardGrey) ready = line_tesseract_prepare (strip);
  int ruler = ready->height / 2, width = ready->width;
  CardGrey *flat = card_grey_new (width, ready->height - 1);

  for (int y = 0; y < flat->height; y++)
    memcpy (flat->samples + (gsize) y * width, ready->samples + (gsize) (y < ruler ? y : y + 1) * width, (gsize) width);
  return flat;
}

static void
read_eng (TessBaseAPI *api, TessPageSegMode mode, const CardGrey *strip, char ret_digits[DIGITS_LENGTH + 1])
{
  guint n = 0;
  char *text;

  TessBaseAPISetPageSegMode (api, mode);
  TessBaseAPISetImage (api, strip->samples, strip->width, strip->height, 1, strip->width);
  TessBaseAPISetSourceResolution (api, STRIP_DPI);
  text = TessBaseAPIGetUTF8Text (api);
  for (const char *p = text; p != NULL && *p != '\0'; p++)
    if (g_ascii_isdigit (*p) && n++ < DIGITS_LENGTH)
      ret_digits[n - 1] = *p;
  ret_digits[n == DIGITS_LENGTH ? n : 0] = '\0';
  TessDeleteText (text);
}

static void
read_one (Measure *self, ReaderKind kind, gboolean raw, const LineStrip *line)
{
  g_autoptr (CardGrey) flat = kind == ENG_LINE_FLAT || kind == ENG_RAW_FLAT ? flat_strip (line->strip) : NULL;
  Count *count = &self->counts[kind][line->level];
  double before = processor_seconds ();
  VerdictReading reading = { 0 };
  gboolean right;

  if (kind != OURS)
    read_eng (self->eng, kind == ENG_LINE || kind == ENG_LINE_FLAT ? PSM_SINGLE_LINE : PSM_RAW_LINE,
              flat != NULL ? flat : line->strip, reading.digits);
  else if (raw)
    line_tesseract_read_raw (self->ours, line->strip, &reading);
  else
    line_tesseract_read (self->ours, line->strip, &reading);
  self->seconds[kind] += processor_seconds () - before;
  right = strcmp (reading.digits, line->digits) == 0;
  count->n++;
  count->n_right += right;
  count->n_wrong += !right && reading.digits[0] != '\0';
  if (kind == OURS && reading.digits[0] != '\0')
    {
      Answer answer = { reading.confidence, right };

      g_array_append_val (self->answers, answer);
    }
}

static void
print_counts (const Measure *self, ReaderKind last)
{
  g_print ("| | easy | medium | hard | twelve wrong digits | ms a line |\n|---|--:|--:|--:|--:|--:|\n");
  for (ReaderKind kind = 0; kind <= last; kind++)
    {
      guint n = 0, n_wrong = 0;

      g_print ("| %s |", reader_names[kind]);
      for (int level = 0; level < N_LEVELS; level++)
        {
          const Count *count = &self->counts[kind][level];

          n += count->n;
          n_wrong += count->n_wrong;
          g_print (" %.1f %% of %u |", count->n > 0 ? 100.0 * count->n_right / count->n : 0.0, count->n);
        }
      g_print (" %u of %u | %.1f |\n", n_wrong, n, n > 0 ? self->seconds[kind] * 1000 / n : 0.0);
    }
}

static void
print_reliability (const GArray *answers)
{
  static const double bounds[] = { 0, 0.5, 0.9, 0.97, 0.99, 0.995, 0.999, 1.01 };

  g_print ("\n| confidence | readings | right | as promised |\n|---|--:|--:|--:|\n");
  for (guint i = 0; i + 1 < G_N_ELEMENTS (bounds); i++)
    {
      guint n = 0, n_right = 0;
      double sum = 0;

      for (guint k = 0; k < answers->len; k++)
        {
          const Answer *answer = &g_array_index (answers, Answer, k);

          if (answer->confidence < bounds[i] || answer->confidence >= bounds[i + 1])
            continue;
          n++;
          n_right += answer->right;
          sum += answer->confidence;
        }
      if (n > 0)
        g_print ("| %g to %g | %u | %.2f %% | %.2f %% |\n", bounds[i], MIN (bounds[i + 1], 1.0), n, 100.0 * n_right / n,
                 100 * sum / n);
    }
}

/* Logistic regression of right or wrong on the odds of the raw share, by Newton's method. */
static void
print_fit (const GArray *answers)
{
  double shift = 0, slope = 1;

  for (int step = 0; step < FIT_STEPS; step++)
    {
      double g0 = 0, g1 = 0, h00 = 1e-6, h01 = 0, h11 = 1e-6, det;

      for (guint k = 0; k < answers->len; k++)
        {
          const Answer *answer = &g_array_index (answers, Answer, k);
          double raw = CLAMP (answer->confidence, LINE_TESSERACT_RAW_EPSILON, 1 - LINE_TESSERACT_RAW_EPSILON);
          double x = log (raw / (1 - raw)), p = 1 / (1 + exp (-(shift + slope * x))), w = p * (1 - p);

          g0 += answer->right - p;
          g1 += (answer->right - p) * x;
          h00 += w;
          h01 += w * x;
          h11 += w * x * x;
        }
      det = h00 * h11 - h01 * h01;
      shift += CLAMP ((h11 * g0 - h01 * g1) / det, -1, 1);
      slope += CLAMP ((h00 * g1 - h01 * g0) / det, -0.5, 0.5);
    }
  g_print ("\nCALIBRATION_SHIFT %.3f\nCALIBRATION_SLOPE %.3f\n", shift, slope);
}

static gboolean
measure_file (Measure *self, const char *path, gboolean raw, ReaderKind last)
{
  FILE *file = fopen (path, "rb");

  if (file == NULL)
    return FALSE;
  for (;;)
    {
      g_auto (LineStrip) line = { 0 };

      if (!line_strip_read (&line, file))
        break;
      for (ReaderKind kind = 0; kind <= last; kind++)
        read_one (self, kind, raw, &line);
    }
  (void) fclose (file);
  return TRUE;
}

int
main (int argc, char **argv)
{
  gboolean fit = FALSE, alone = FALSE;
  const GOptionEntry entries[] = {
    { "fit", 0, 0, G_OPTION_ARG_NONE, &fit, "Fit the calibration to these lines", NULL },
    { "alone", 0, 0, G_OPTION_ARG_NONE, &alone, "Without eng", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("LINES... - measure the first reading");
  g_autoptr (GError) error = NULL;
  Measure measure = { .answers = g_array_new (FALSE, FALSE, sizeof (Answer)) };
  double before, init_ours, init_eng = 0;
  ReaderKind last;
  int status = 0;

  (void) g_setenv ("OMP_THREAD_LIMIT", "1", TRUE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc < 2)
    {
      g_printerr ("measure-lines: %s\n", error != NULL ? error->message : "no lines are given");
      return 1;
    }
  last = fit || alone ? OURS : N_READERS - 1;
  before = processor_seconds ();
  measure.ours = line_tesseract_new ();
  init_ours = processor_seconds () - before;
  before = processor_seconds ();
  measure.eng = TessBaseAPICreate ();
  if (measure.ours == NULL || (last != OURS && TessBaseAPIInit3 (measure.eng, NULL, "eng") != 0))
    {
      g_printerr ("measure-lines: a model is not there\n");
      status = 2;
    }
  if (last != OURS)
    init_eng = processor_seconds () - before;
  for (int i = 1; i < argc && status == 0; i++)
    if (!measure_file (&measure, argv[i], fit, last))
      {
        g_printerr ("measure-lines: %s cannot be read\n", argv[i]);
        status = 2;
      }
  if (status == 0)
    {
      print_counts (&measure, last);
      print_reliability (measure.answers);
      if (fit)
        print_fit (measure.answers);
      g_print ("\ninit: own model %.1f ms", init_ours * 1000);
      if (last != OURS)
        g_print (", eng %.1f ms", init_eng * 1000);
      g_print ("\n");
    }
  line_tesseract_free (measure.ours);
  TessBaseAPIEnd (measure.eng);
  TessBaseAPIDelete (measure.eng);
  g_array_unref (measure.answers);
  return status;
}

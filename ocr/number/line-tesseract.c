/* SPDX-License-Identifier: Apache-2.0 */
/* line-tesseract: the first recogniser, Tesseract's LSTM with a digit model of our own, on the upright number line. */
#include "line-tesseract.h"

#include <math.h>
#include <string.h>
#include <gio/gio.h>
#include <tesseract/capi.h>

#include "number-resources.h"

#define MODEL_RESOURCE "/azukari/number/mynum.traineddata"
#define MODEL_NAME "mynum"
#define STRIP_DPI 300

/* What the model sees: this many rows of the strip's middle, and the ruler's row among them. */
#define N_ROWS 36
#define RULER_ROW (N_ROWS / 2)
#define RULER_GREY 128
#define LEAST_WIDTH_PX 64 /* twelve digits never stand on less, and Tesseract complains about less than a few pixels */

/*
 * The paper's level at a column is the one that this share of the samples around it lie below: digits cover a quarter
 * of their box at most. Ink is as dark against it as the INK_SHARE of samples that are the darkest.
 */
#define PAPER_REACH_PX 24
#define PAPER_SHARE 0.65
#define INK_SHARE 0.04
#define LEAST_CONTRAST 24 /* grey levels: what is fainter is noise, and is not drawn up to full black */
#define INK_GREY 230      /* levels below white that ink comes to */

/*
 * ln of the odds that a reading is right = CALIBRATION_SHIFT + CALIBRATION_SLOPE * ln of the odds that the network gives
 * its weakest digit. Fitted on tuning lines: tests/ocr/train/tesseract/evaluate BUILD-DIR --fit
 */
#define CALIBRATION_SHIFT 4.802
#define CALIBRATION_SLOPE 1.731

struct _LineTesseract
{
  TessBaseAPI *api;
};

/* --- the picture -------------------------------------------------------------------------------------------------- */

static void
count_column (const CardGrey *strip, int x, int top, int n_rows, guint histogram[256], int step)
{
  for (int y = top; y < top + n_rows; y++)
    histogram[strip->samples[(gsize) y * strip->width + x]] += (guint) step;
}

/* How much darker than the paper around it each sample of the strip's middle rows is. */
static CardGrey *
darkness (const CardGrey *strip)
{
  int width = strip->width, n_rows = MIN (strip->height, N_ROWS), top = (strip->height - n_rows) / 2;
  CardGrey *dark = card_grey_new (width, n_rows);
  guint histogram[256] = { 0 }, n = 0;

  for (int x = 0; x < MIN (PAPER_REACH_PX, width); x++, n += (guint) n_rows)
    count_column (strip, x, top, n_rows, histogram, 1);
  for (int x = 0; x < width; x++)
    {
      int paper;

      if (x + PAPER_REACH_PX < width)
        {
          count_column (strip, x + PAPER_REACH_PX, top, n_rows, histogram, 1);
          n += (guint) n_rows;
        }
      if (x > PAPER_REACH_PX)
        {
          count_column (strip, x - PAPER_REACH_PX - 1, top, n_rows, histogram, -1);
          n -= (guint) n_rows;
        }
      paper = card_grey_level (histogram, n, PAPER_SHARE);
      for (int y = 0; y < n_rows; y++)
        dark->samples[(gsize) y * width + x] =
            (guint8) MAX (paper - strip->samples[(gsize) (top + y) * strip->width + x], 0);
    }
  explicit_bzero (histogram, sizeof histogram);
  return dark;
}

/*
 * Tesseract stretches a line between the dark and bright peaks of its middle row, where in a faint line noise outnumbers
 * the strokes. A row is put there that has one peak of either kind and is the middle grey, which means nothing, elsewhere.
 */
static void
draw_ruler (CardGrey *line)
{
  guint8 *row = line->samples + (gsize) RULER_ROW * line->width;

  memset (row, RULER_GREY, line->width);
  if (line->width >= 4)
    {
      row[1] = 0;
      row[2] = 255;
    }
}

CardGrey *
line_tesseract_prepare (const CardGrey *strip)
{
  g_autoptr (CardGrey) dark = darkness (strip);
  CardGrey *line = card_grey_new (dark->width, N_ROWS + 1);
  guint histogram[256], n = (guint) dark->width * (guint) dark->height;
  int pad = (N_ROWS - dark->height) / 2, contrast;

  card_grey_count (dark, histogram);
  contrast = MAX (card_grey_level (histogram, n, 1.0 - INK_SHARE), LEAST_CONTRAST);
  memset (line->samples, 255, (gsize) line->width * line->height);
  for (int y = 0; y < dark->height; y++)
    {
      int to = y + pad;
      guint8 *row = line->samples + (gsize) (to < RULER_ROW ? to : to + 1) * line->width;

      for (int x = 0; x < dark->width; x++)
        row[x] = (guint8) MAX (255 - dark->samples[(gsize) y * dark->width + x] * INK_GREY / contrast, 0);
    }
  draw_ruler (line);
  explicit_bzero (histogram, sizeof histogram);
  return line;
}

/* --- the reading -------------------------------------------------------------------------------------------------- */

/* Tesseract gives 100 + 5 ln p for the least sure step of a symbol, and 0 where that is below 0. */
static double
share_of (float confidence)
{
  return exp ((CLAMP ((double) confidence, 0.0, 100.0) - 100.0) / 5.0);
}

/* Appends the digit of the iterator's symbol; FALSE for anything that is no digit, or one too many. */
static gboolean
take_symbol (TessResultIterator *results, guint *n_digits, VerdictReading *reading)
{
  char *text = TessResultIteratorGetUTF8Text (results, RIL_SYMBOL);
  gboolean is_digit = text != NULL && g_ascii_isdigit (text[0]) && text[1] == '\0' && *n_digits < VERDICT_N_DIGITS;

  if (is_digit)
    {
      reading->digits[(*n_digits)++] = text[0];
      reading->confidence = MIN (reading->confidence, share_of (TessResultIteratorConfidence (results, RIL_SYMBOL)));
    }
  if (text != NULL)
    {
      explicit_bzero (text, strlen (text));
      TessDeleteText (text);
    }
  return is_digit;
}

static gboolean
take_symbols (TessResultIterator *results, VerdictReading *reading)
{
  guint n_digits = 0;

  do
    if (!take_symbol (results, &n_digits, reading))
      return FALSE;
  while (TessResultIteratorNext (results, RIL_SYMBOL));
  return n_digits == VERDICT_N_DIGITS;
}

LineTesseract *
line_tesseract_new (void)
{
  /* no dictionary is looked for, and no line tried a second time with its greys inverted */
  char *names[] = { (char *) "lstm_use_matrix", (char *) "tessedit_do_invert" };
  char *values[] = { (char *) "0", (char *) "0" };
  g_autoptr (LineTesseract) self = NULL;
  g_autoptr (GBytes) model =
      g_resource_lookup_data (number_get_resource (), MODEL_RESOURCE, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize n_bytes;
  const char *bytes;

  g_return_val_if_fail (model != NULL, NULL);

  bytes = g_bytes_get_data (model, &n_bytes);
  self = g_new0 (LineTesseract, 1);
  self->api = TessBaseAPICreate ();
  if (TessBaseAPIInit5 (self->api, bytes, (int) n_bytes, MODEL_NAME, OEM_LSTM_ONLY, NULL, 0, names, values,
                        G_N_ELEMENTS (names), FALSE)
      != 0)
    return NULL;
  /* the picture is the line: Tesseract neither looks for it nor cuts it */
  TessBaseAPISetPageSegMode (self->api, PSM_RAW_LINE);
  return g_steal_pointer (&self);
}

void
line_tesseract_free (LineTesseract *self)
{
  if (self == NULL)
    return;
  TessBaseAPIEnd (self->api);
  TessBaseAPIDelete (self->api);
  g_free (self);
}

void
line_tesseract_read_raw (LineTesseract *self, const CardGrey *strip, VerdictReading *ret_reading)
{
  g_autoptr (CardGrey) line = NULL;
  TessResultIterator *results = NULL;
  gboolean complete = FALSE;

  memset (ret_reading, 0, sizeof *ret_reading);
  if (strip->width < LEAST_WIDTH_PX)
    return;
  ret_reading->confidence = 1.0;
  line = line_tesseract_prepare (strip);
  TessBaseAPISetImage (self->api, line->samples, line->width, line->height, 1, line->width);
  TessBaseAPISetSourceResolution (self->api, STRIP_DPI);
  if (TessBaseAPIRecognize (self->api, NULL) == 0)
    results = TessBaseAPIGetIterator (self->api);
  if (results != NULL)
    {
      complete = take_symbols (results, ret_reading);
      TessResultIteratorDelete (results);
    }
  TessBaseAPIClear (self->api);
  if (!complete)
    explicit_bzero (ret_reading, sizeof *ret_reading);
}

void
line_tesseract_read (LineTesseract *self, const CardGrey *strip, VerdictReading *ret_reading)
{
  double raw;

  line_tesseract_read_raw (self, strip, ret_reading);
  if (ret_reading->digits[0] == '\0')
    return;
  raw = CLAMP (ret_reading->confidence, LINE_TESSERACT_RAW_EPSILON, 1 - LINE_TESSERACT_RAW_EPSILON);
  ret_reading->confidence = 1 / (1 + exp (-(CALIBRATION_SHIFT + CALIBRATION_SLOPE * log (raw / (1 - raw)))));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* line-tesseract: the first recogniser, Tesseract's LSTM on the upright number line. */
#include "line-tesseract.h"

#include <string.h>
#include <tesseract/capi.h>

#define STRIP_DPI 300

/* shares of the strip's samples: the digits cover about a tenth of it */
#define INK_SHARE 0.03
#define PAPER_SHARE 0.60
#define PALE 0.30
#define KEPT_END_PX 5

struct _LineTesseract
{
  TessBaseAPI *api;
};

/* Appends the digit of the iterator's symbol; FALSE for anything that is no digit, or one too many. */
static gboolean
take_symbol (TessResultIterator *results, guint *n_digits, VerdictReading *reading)
{
  char *text = TessResultIteratorGetUTF8Text (results, RIL_SYMBOL);
  double confidence = TessResultIteratorConfidence (results, RIL_SYMBOL) / 100.0;
  gboolean is_digit = text != NULL && g_ascii_isdigit (text[0]) && text[1] == '\0' && *n_digits < VERDICT_N_DIGITS;

  if (is_digit)
    {
      reading->digits[(*n_digits)++] = text[0];
      reading->confidence = MIN (reading->confidence, CLAMP (confidence, 0.0, 1.0));
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

/* The grey level below which @share of all samples lie. */
static int
level_at (const guint *histogram, guint n, double share)
{
  guint sum = 0;

  for (int level = 0; level < 256; level++)
    {
      sum += histogram[level];
      if (sum >= share * n)
        return level;
    }
  return 255;
}

/*
 * Paper becomes white, and with it whatever is nearly as pale: ground pattern, hidden words. Ink becomes black. What
 * stands at the ends beyond the digits, the tail of a label, becomes paper.
 */
static CardGrey *
cleaned (const CardGrey *strip)
{
  CardGrey *clean = card_grey_new (strip->width, strip->height);
  guint histogram[256] = { 0 }, n = (guint) strip->width * (guint) strip->height;
  int ink, paper, white, first = LINE_TESSERACT_MARGIN_PX - KEPT_END_PX;

  for (guint i = 0; i < n; i++)
    histogram[strip->samples[i]]++;
  ink = level_at (histogram, n, INK_SHARE);
  paper = level_at (histogram, n, PAPER_SHARE);
  white = MAX (paper - (int) ((paper - ink) * PALE), ink + 1);
  for (int y = 0; y < strip->height; y++)
    for (int x = 0; x < strip->width; x++)
      {
        gsize at = (gsize) y * strip->width + x;
        int value = (strip->samples[at] - ink) * 255 / (white - ink);

        clean->samples[at] = x < first || x >= strip->width - first ? 255 : (guint8) CLAMP (value, 0, 255);
      }
  return clean;
}

LineTesseract *
line_tesseract_new (void)
{
  LineTesseract *self = g_new0 (LineTesseract, 1);

  self->api = TessBaseAPICreate ();
  if (TessBaseAPIInit2 (self->api, NULL, "eng", OEM_LSTM_ONLY) != 0)
    {
      line_tesseract_free (self);
      return NULL;
    }
  /*
   * No white list of characters: it would force a letter that the model sees into a digit, and without the space in it
   * the first digit of each group loses its confidence.
   */
  TessBaseAPISetPageSegMode (self->api, PSM_RAW_LINE);
  return self;
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
line_tesseract_read (LineTesseract *self, const CardGrey *strip, VerdictReading *ret_reading)
{
  g_autoptr (CardGrey) clean = cleaned (strip);
  TessResultIterator *results = NULL;
  gboolean complete = FALSE;

  memset (ret_reading, 0, sizeof *ret_reading);
  ret_reading->confidence = 1.0;
  TessBaseAPISetImage (self->api, clean->samples, clean->width, clean->height, 1, clean->width);
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

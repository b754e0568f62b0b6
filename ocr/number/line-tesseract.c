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

#define MOST_GAP_PX (LINE_TESSERACT_DIGIT_PX / 2)

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

static gboolean
is_empty_column (const CardGrey *clean, int x)
{
  for (int y = LINE_TESSERACT_MARGIN_PX / 2; y < clean->height - LINE_TESSERACT_MARGIN_PX / 2; y++)
    if (clean->samples[(gsize) y * clean->width + x] < 128)
      return FALSE;
  return TRUE;
}

/* The wide gaps between the groups, which the model takes for the end of a line or for a point, become narrow ones. */
static CardGrey *
closed_up (const CardGrey *clean)
{
  g_autofree int *kept = g_new (int, clean->width);
  int n_kept = 0, n_empty = 0;
  CardGrey *closed;

  for (int x = 0; x < clean->width; x++)
    {
      gboolean inside = x >= LINE_TESSERACT_MARGIN_PX && x < clean->width - LINE_TESSERACT_MARGIN_PX;

      n_empty = is_empty_column (clean, x) ? n_empty + 1 : 0;
      if (n_empty <= MOST_GAP_PX || !inside)
        kept[n_kept++] = x;
    }
  closed = card_grey_new (n_kept, clean->height);
  for (int y = 0; y < clean->height; y++)
    for (int i = 0; i < n_kept; i++)
      closed->samples[(gsize) y * n_kept + i] = clean->samples[(gsize) y * clean->width + kept[i]];
  return closed;
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
  TessBaseAPISetPageSegMode (self->api, PSM_SINGLE_LINE);
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
  g_autoptr (CardGrey) line = closed_up (clean);
  TessResultIterator *results = NULL;
  gboolean complete = FALSE;

  memset (ret_reading, 0, sizeof *ret_reading);
  ret_reading->confidence = 1.0;
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

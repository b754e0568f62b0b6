/* SPDX-License-Identifier: Apache-2.0 */
/* line-tesseract: the first recogniser, Tesseract's LSTM on the upright number line. */
#include "line-tesseract.h"

#include <string.h>
#include <tesseract/capi.h>

#define STRIP_DPI 300

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

LineTesseract *
line_tesseract_new (void)
{
  LineTesseract *self = g_new0 (LineTesseract, 1);

  self->api = TessBaseAPICreate ();
  if (TessBaseAPIInit2 (self->api, NULL, "eng", OEM_LSTM_ONLY) != 0
      || !TessBaseAPISetVariable (self->api, "tessedit_char_whitelist", ""))
    {
      line_tesseract_free (self);
      return NULL;
    }
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
  TessResultIterator *results = NULL;
  gboolean complete = FALSE;

  memset (ret_reading, 0, sizeof *ret_reading);
  ret_reading->confidence = 1.0;
  TessBaseAPISetImage (self->api, strip->samples, strip->width, strip->height, 1, strip->width);
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

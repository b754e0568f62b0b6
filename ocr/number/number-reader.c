/* SPDX-License-Identifier: Apache-2.0 */
/* number-reader: from a page to a verdict. */
#include "number-reader.h"

#include <string.h>

#include "qr.h"

#define WORK_DPI 200.0

struct _NumberReader
{
  QrReader *qr;
};

G_DEFINE_QUARK (number - reader - error - quark, number_reader_error)

NumberReader *
number_reader_new (GError **error)
{
  NumberReader *self = g_new0 (NumberReader, 1);

  self->qr = qr_reader_new ();
  return self;
}

void
number_reader_free (NumberReader *self)
{
  if (self == NULL)
    return;
  qr_reader_free (self->qr);
  g_free (self);
}

Verdict *
number_reader_read (NumberReader *self, const CardPage *page, GCancellable *cancellable)
{
  g_autoptr (CardGrey) grey = NULL;
  gint64 start_us = g_get_monotonic_time ();
  VerdictEvidence evidence = { .document = FRAMES_DOCUMENT_NONE };
  QrFinding finding;
  Verdict *verdict = verdict_new (VERDICT_REFUSED, FRAMES_REASON_NO_CARD, FRAMES_DOCUMENT_NONE);

  grey = card_grey_reduce (page, (guint) MAX (page->dpi / WORK_DPI, 1.0));
  if (g_cancellable_is_cancelled (cancellable))
    {
      verdict->kind = VERDICT_FAILED;
      verdict->reason = FRAMES_REASON_CANCELLED;
      return verdict;
    }
  qr_reader_find (self->qr, grey, &finding);
  if (finding.reading.digits[0] != '\0')
    evidence.document = FRAMES_DOCUMENT_CARD_BACK;
  evidence.qr = finding.reading;
  verdict_decide (verdict, &evidence);
  verdict->total_ms = (guint) ((g_get_monotonic_time () - start_us) / 1000);
  explicit_bzero (&finding, sizeof finding);
  explicit_bzero (&evidence, sizeof evidence);
  return verdict;
}

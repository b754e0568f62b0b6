/* SPDX-License-Identifier: Apache-2.0 */
/* verdict: what the reader says about a page, and the rule that decides it. */
#include "verdict.h"

#include <string.h>

#include "check-digit.h"

/*
 * How sure each reading must be, 0..1 for its weakest digit. Alone, OCR and the second recogniser must both be sure; beside
 * a QR code, whose own error correction leaves no room for a misread digit, a weak reading that agrees is enough. All
 * single misread digits that the check digit cannot see sit in the numbers that end in 0, hence the stricter pair.
 *
 * Measured on 24 000 worn and badly cut lines of tuning seeds (docs/benchmarks/decision-rule.md): both agreed on a wrong
 * number 13 times, and once where both were as sure as the stricter pair asks. The check digit sees all of them but one
 * digit misread in a number that ends in 0.
 */
#define OCR_SURE 0.90
#define OCR_SURE_ZERO 0.995
#define SECOND_SURE 0.90
#define SECOND_SURE_ZERO 0.999
#define OCR_BESIDE_QR 0.15
#define SECOND_BESIDE_QR 0.30
/* From here on a reading that says something else than the other two counts against them. */
#define OCR_CONTRADICTS 0.50
#define SECOND_CONTRADICTS 0.60

static gboolean
reading_is_present (const VerdictReading *reading)
{
  return reading->digits[0] != '\0';
}

static gboolean
readings_agree (const VerdictReading *a, const VerdictReading *b)
{
  return reading_is_present (a) && reading_is_present (b) && memcmp (a->digits, b->digits, VERDICT_N_DIGITS) == 0;
}

static const char *
compare (const VerdictReading *reading, const VerdictReading *with)
{
  if (!reading_is_present (reading))
    return "absent";
  return readings_agree (reading, with) ? "match" : "mismatch";
}

static void
settle (Verdict *self, VerdictKind kind, const char *reason)
{
  self->kind = kind;
  self->reason = reason;
  if (kind == VERDICT_REFUSED || kind == VERDICT_FAILED)
    explicit_bzero (self->number, sizeof self->number);
}

/* Two readings agree on self->number; what is left is how sure they are and the check digit. */
static void
decide_agreed (Verdict *self, const VerdictReading *a, double a_sure, const VerdictReading *b, double b_sure)
{
  memcpy (self->number, a->digits, sizeof self->number);
  self->confidence = MIN (a->confidence, b->confidence);
  if (!check_digit_is_valid (self->number))
    settle (self, VERDICT_DOUBTFUL, FRAMES_REASON_CHECK_DIGIT);
  else if (!(a->confidence >= a_sure && b->confidence >= b_sure))
    settle (self, VERDICT_DOUBTFUL, FRAMES_REASON_LOW_CONFIDENCE);
  else
    settle (self, VERDICT_ACCEPTED, "");
}

/* A reading that is sure of something else than what two others agree on. */
static gboolean
contradicts (const VerdictReading *reading, const VerdictReading *agreed, double sure)
{
  return reading_is_present (reading) && !readings_agree (reading, agreed) && reading->confidence >= sure;
}

static void
decide_beside_qr (Verdict *self, const VerdictEvidence *evidence)
{
  const VerdictReading *ocr = &evidence->ocr, *second = &evidence->second, *qr = &evidence->qr;
  gboolean by_ocr = readings_agree (ocr, qr), by_second = readings_agree (second, qr);

  if (!reading_is_present (ocr) && !reading_is_present (second))
    settle (self, VERDICT_DOUBTFUL, FRAMES_REASON_UNREADABLE);
  else if ((!by_ocr && !by_second) || contradicts (ocr, qr, OCR_CONTRADICTS)
           || contradicts (second, qr, SECOND_CONTRADICTS))
    settle (self, VERDICT_DOUBTFUL, FRAMES_REASON_DISAGREEMENT);
  else if (by_ocr && (ocr->confidence >= OCR_BESIDE_QR || !by_second))
    decide_agreed (self, ocr, OCR_BESIDE_QR, qr, 0.0);
  else
    decide_agreed (self, second, SECOND_BESIDE_QR, qr, 0.0);
}

static void
decide_without_qr (Verdict *self, const VerdictEvidence *evidence)
{
  const VerdictReading *ocr = &evidence->ocr, *second = &evidence->second;

  if (readings_agree (ocr, second))
    {
      gboolean zero = ocr->digits[VERDICT_N_DIGITS - 1] == '0';

      decide_agreed (self, ocr, zero ? OCR_SURE_ZERO : OCR_SURE, second, zero ? SECOND_SURE_ZERO : SECOND_SURE);
    }
  else if (reading_is_present (ocr) && reading_is_present (second))
    {
      memcpy (self->number, ocr->digits, sizeof self->number);
      self->confidence = MIN (ocr->confidence, second->confidence);
      settle (self, VERDICT_DOUBTFUL, FRAMES_REASON_DISAGREEMENT);
    }
  else if (reading_is_present (ocr) || reading_is_present (second))
    {
      const VerdictReading *only = reading_is_present (ocr) ? ocr : second;

      memcpy (self->number, only->digits, sizeof self->number);
      self->confidence = only->confidence;
      settle (self, VERDICT_DOUBTFUL, FRAMES_REASON_LOW_CONFIDENCE);
    }
  else
    settle (self, VERDICT_DOUBTFUL, FRAMES_REASON_UNREADABLE);
}

Verdict *
verdict_new (VerdictKind kind, const char *reason, const char *document)
{
  Verdict *self = g_new0 (Verdict, 1);

  self->kind = kind;
  self->reason = reason;
  self->document = document;
  self->ocr = "none";
  self->qr = "absent";
  self->second = "absent";
  return self;
}

void
verdict_free (Verdict *self)
{
  if (self == NULL)
    return;
  if (self->strip != NULL)
    explicit_bzero (self->strip, (gsize) self->strip_width_px * self->strip_height_px);
  g_free (self->strip);
  explicit_bzero (self, sizeof *self);
  g_free (self);
}

const char *
verdict_kind_name (VerdictKind kind)
{
  switch (kind)
    {
    case VERDICT_REFUSED:
      return "refused";
    case VERDICT_DOUBTFUL:
      return "doubtful";
    case VERDICT_ACCEPTED:
      return "accepted";
    case VERDICT_FAILED:
    default:
      return "failed";
    }
}

void
verdict_decide (Verdict *self, const VerdictEvidence *evidence)
{
  const VerdictReading *ocr = &evidence->ocr, *second = &evidence->second, *qr = &evidence->qr;

  explicit_bzero (self->number, sizeof self->number);
  self->document = evidence->document;
  self->confidence = 0.0;
  self->ocr = "none";
  self->qr = "absent";
  self->second = "absent";

  if (!evidence->proves)
    {
      const char *reason = evidence->refusal != NULL ? evidence->refusal : FRAMES_REASON_WRONG_DOCUMENT;

      settle (self, strcmp (reason, FRAMES_REASON_UNREADABLE) == 0 ? VERDICT_DOUBTFUL : VERDICT_REFUSED, reason);
      return;
    }

  if (reading_is_present (ocr))
    self->ocr = ocr->confidence >= OCR_SURE ? "accepted" : "low-confidence";
  self->qr = compare (qr, reading_is_present (ocr) ? ocr : second);
  self->second = compare (second, reading_is_present (ocr) ? ocr : qr);

  if (evidence->is_covered)
    settle (self, VERDICT_REFUSED, FRAMES_REASON_SLEEVE);
  else if (evidence->n_fields == 0)
    {
      /* the grey sleeve hides the number and leaves the QR code in sight */
      if (reading_is_present (qr))
        settle (self, VERDICT_REFUSED, FRAMES_REASON_SLEEVE);
      else if (evidence->has_label)
        settle (self, VERDICT_DOUBTFUL, FRAMES_REASON_UNREADABLE);
      else
        settle (self, VERDICT_REFUSED, FRAMES_REASON_NO_NUMBER);
    }
  else if (evidence->n_fields > 1)
    settle (self, VERDICT_DOUBTFUL, FRAMES_REASON_DISAGREEMENT);
  else if (reading_is_present (qr))
    decide_beside_qr (self, evidence);
  else if (!evidence->has_label)
    settle (self, VERDICT_REFUSED, FRAMES_REASON_NO_NUMBER);
  else
    decide_without_qr (self, evidence);
}

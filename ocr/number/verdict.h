/* SPDX-License-Identifier: Apache-2.0 */
/* verdict: what the reader says about a page, and the rule that decides it. */
#pragma once

#include <glib.h>

#include "codes.h"

#define VERDICT_N_DIGITS 12

typedef enum
{
  VERDICT_FAILED,   /* no picture to judge */
  VERDICT_REFUSED,  /* this page never yields a number */
  VERDICT_DOUBTFUL, /* a person must look, or scan again */
  VERDICT_ACCEPTED,
} VerdictKind;

/**
 * VerdictReading: one recogniser's answer.
 * @digits: exactly 12 digits, or "" when it did not read exactly 12
 * @confidence: 0..1, of its weakest digit
 */
typedef struct
{
  char digits[VERDICT_N_DIGITS + 1];
  double confidence;
} VerdictReading;

/**
 * VerdictEvidence: all that the decision may use.
 * @document: FRAMES_DOCUMENT_*
 * @proves: whether this document proves a number by law; without, nothing is ever accepted
 * @refusal: FRAMES_REASON_*, why it does not; %NULL says FRAMES_REASON_WRONG_DOCUMENT. FRAMES_REASON_UNREADABLE leaves it
 *   doubtful: the document would prove one that is not seen, and is asked for again
 * @n_fields: number fields found (12 digit shapes in 4-4-4 with their label, or with a QR code of the card)
 * @has_label: the words 個人番号 were recognised beside the field
 * @is_covered: the field lies under something that lets it show through; it is not to be read
 */
typedef struct
{
  const char *document;
  gboolean proves;
  const char *refusal;
  guint n_fields;
  gboolean has_label;
  gboolean is_covered;
  VerdictReading ocr;
  VerdictReading second;
  VerdictReading qr;
} VerdictEvidence;

/**
 * Verdict:
 * @reason, @document: one of the codes of codes.h, static; @reason is "" when accepted
 * @number: 12 digits when accepted, or when doubtful and exactly 12 digits were read; else ""
 * @has_card: whether @rotation_deg and @box say something
 * @rotation_deg: how far the card was turned on the page, clockwise, 0 <= x < 360
 * @box: the card's corners in input pixels (x, y), from the card's own top left, clockwise
 * @ocr: "accepted", "low-confidence" or "none"; @qr, @second: "match", "mismatch" or "absent" (against ocr, and for the
 *   QR code against the second reading where ocr has none)
 * @confidence: 0..1, the weakest of the readings used
 * @strip: (owned) (nullable): the upright number line, strip_width_px * strip_height_px grey samples
 */
typedef struct
{
  VerdictKind kind;
  const char *reason;
  const char *document;
  char number[VERDICT_N_DIGITS + 1];

  gboolean has_card;
  double rotation_deg;
  double box[4][2];

  const char *ocr;
  const char *qr;
  const char *second;
  double confidence;

  guint strip_width_px;
  guint strip_height_px;
  guint8 *strip;

  guint find_ms;
  guint locate_ms;
  guint read_ms;
  guint second_ms;
  guint total_ms;
} Verdict;

/**
 * verdict_new:
 * @reason: a code of codes.h, must stay valid (a literal)
 *
 * Returns: (transfer full): a verdict without number, readings or card.
 */
Verdict *verdict_new (VerdictKind kind, const char *reason, const char *document);

/** verdict_free: wipes number and strip. %NULL is fine. */
void verdict_free (Verdict *self);

/** verdict_kind_name: "accepted", "doubtful", "refused" or "failed". */
const char *verdict_kind_name (VerdictKind kind);

/**
 * verdict_decide:
 * @self: a new verdict; kind, reason, document, number, readings and confidence are set
 *
 * Three witnesses may speak: the OCR, the second recogniser and the QR code. Accepted only if the document proves a number
 * by law, exactly one field was found, two witnesses agree on all twelve digits, each is confident enough (more so for a
 * number that ends in 0: there, one misread digit can pass the check digit), no third one is sure of another number (a QR
 * code always is), and the check digit fits. A digit is never repaired, and no reading is tried until one passes. Pure.
 */
void verdict_decide (Verdict *self, const VerdictEvidence *evidence);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Verdict, verdict_free)

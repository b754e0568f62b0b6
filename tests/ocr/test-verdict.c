/* SPDX-License-Identifier: Apache-2.0 */
/* The decision: every combination of readings, documents and fields, against rules stated in other words than the code's. */
#include <glib.h>
#include <string.h>

#include "number/verdict.h"

#define A "123456789018" /* check digit fits */
#define B "614106526000" /* fits, ends in 0 */
#define C "123456789012" /* does not fit */
#define D "510136263801" /* fits */

typedef struct
{
  const char *document;
  guint n_fields;
  gboolean has_label;
  const char *ocr;
  double ocr_confidence;
  const char *second;
  double second_confidence;
  const char *qr;
  VerdictKind kind;
  const char *reason;
} Case;

static const Case cases[] = {
  /* two readings agree */
  { "my-number-card-back", 1, TRUE, A, 0.95, A, 0.95, "", VERDICT_ACCEPTED, "" },
  { "my-number-card-back", 1, TRUE, A, 0.95, A, 0.95, A, VERDICT_ACCEPTED, "" },
  { "notification-card", 1, TRUE, A, 0.95, A, 0.95, "", VERDICT_ACCEPTED, "" },
  { "my-number-card-back", 1, TRUE, A, 0.20, "", 0, A, VERDICT_ACCEPTED, "" },
  { "my-number-card-back", 1, TRUE, "", 0, A, 0.50, A, VERDICT_ACCEPTED, "" },
  { "my-number-card-back", 1, FALSE, A, 0.95, A, 0.95, A, VERDICT_ACCEPTED, "" },
  { "my-number-card-back", 1, TRUE, B, 0.999, B, 0.9995, "", VERDICT_ACCEPTED, "" },
  /* one alone never does */
  { "my-number-card-back", 1, TRUE, A, 1.0, "", 0, "", VERDICT_DOUBTFUL, "low-confidence" },
  { "my-number-card-back", 1, TRUE, "", 0, A, 1.0, "", VERDICT_DOUBTFUL, "low-confidence" },
  { "my-number-card-back", 1, TRUE, "", 0, "", 0, A, VERDICT_DOUBTFUL, "unreadable" },
  { "my-number-card-back", 1, TRUE, "", 0, "", 0, "", VERDICT_DOUBTFUL, "unreadable" },
  /* not sure enough; stricter where it ends in 0 */
  { "my-number-card-back", 1, TRUE, A, 0.30, A, 0.95, "", VERDICT_DOUBTFUL, "low-confidence" },
  { "my-number-card-back", 1, TRUE, A, 0.95, A, 0.40, "", VERDICT_DOUBTFUL, "low-confidence" },
  { "my-number-card-back", 1, TRUE, A, 0.91, A, 0.91, "", VERDICT_ACCEPTED, "" },
  { "my-number-card-back", 1, TRUE, A, 0.89, A, 1.0, "", VERDICT_DOUBTFUL, "low-confidence" },
  { "my-number-card-back", 1, TRUE, A, 1.0, A, 0.89, "", VERDICT_DOUBTFUL, "low-confidence" },
  { "my-number-card-back", 1, TRUE, B, 0.99, B, 1.0, "", VERDICT_DOUBTFUL, "low-confidence" },
  { "my-number-card-back", 1, TRUE, B, 1.0, B, 0.998, "", VERDICT_DOUBTFUL, "low-confidence" },
  { "my-number-card-back", 1, TRUE, B, 0.95, B, 0.95, B, VERDICT_ACCEPTED, "" },
  { "my-number-card-back", 1, TRUE, A, 0.05, "", 0, A, VERDICT_DOUBTFUL, "low-confidence" },
  { "my-number-card-back", 1, TRUE, "", 0, A, 0.25, A, VERDICT_DOUBTFUL, "low-confidence" },
  { "my-number-card-back", 1, TRUE, A, 0.05, A, 0.50, A, VERDICT_ACCEPTED, "" },
  { "my-number-card-back", 1, TRUE, A, 0.20, A, 0.05, A, VERDICT_ACCEPTED, "" },
  /* they disagree */
  { "my-number-card-back", 1, TRUE, A, 0.95, D, 0.95, "", VERDICT_DOUBTFUL, "disagreement" },
  { "my-number-card-back", 1, TRUE, A, 0.95, A, 0.95, D, VERDICT_DOUBTFUL, "disagreement" },
  { "my-number-card-back", 1, TRUE, A, 0.95, D, 0.95, D, VERDICT_DOUBTFUL, "disagreement" },
  { "my-number-card-back", 1, TRUE, A, 0.95, D, 0.95, A, VERDICT_DOUBTFUL, "disagreement" },
  { "my-number-card-back", 1, TRUE, A, 0.95, D, 0.40, A, VERDICT_ACCEPTED, "" },
  { "my-number-card-back", 1, TRUE, A, 0.20, D, 0.95, D, VERDICT_ACCEPTED, "" },
  { "my-number-card-back", 1, TRUE, A, 0.20, D, 0.40, B, VERDICT_DOUBTFUL, "disagreement" },
  { "my-number-card-back", 1, TRUE, A, 0.95, "", 0, D, VERDICT_DOUBTFUL, "disagreement" },
  { "my-number-card-back", 1, TRUE, "", 0, D, 0.95, A, VERDICT_DOUBTFUL, "disagreement" },
  /* the check digit is a witness of its own */
  { "my-number-card-back", 1, TRUE, C, 1.0, C, 1.0, C, VERDICT_DOUBTFUL, "check-digit" },
  { "my-number-card-back", 1, TRUE, "000000000000", 1.0, "000000000000", 1.0, "", VERDICT_DOUBTFUL, "check-digit" },
  /* the field */
  { "my-number-card-back", 2, TRUE, A, 1.0, A, 1.0, A, VERDICT_DOUBTFUL, "disagreement" },
  { "my-number-card-back", 1, FALSE, A, 1.0, A, 1.0, "", VERDICT_REFUSED, "no-number" },
  { "my-number-card-back", 0, FALSE, "", 0, "", 0, "", VERDICT_REFUSED, "no-number" },
  { "my-number-card-back", 0, TRUE, "", 0, "", 0, "", VERDICT_DOUBTFUL, "unreadable" },
  { "my-number-card-back", 0, FALSE, "", 0, "", 0, A, VERDICT_REFUSED, "sleeve" },
  /* documents that never yield a number, however well they read */
  { "my-number-card-front", 1, TRUE, A, 1.0, A, 1.0, A, VERDICT_REFUSED, "wrong-side" },
  { "notification-card-back", 1, TRUE, A, 1.0, A, 1.0, A, VERDICT_REFUSED, "wrong-side" },
  { "individual-number-notice", 1, TRUE, A, 1.0, A, 1.0, A, VERDICT_REFUSED, "individual-number-notice" },
  { "driving-licence", 1, TRUE, A, 1.0, A, 1.0, A, VERDICT_REFUSED, "wrong-document" },
  { "other", 1, TRUE, A, 1.0, A, 1.0, A, VERDICT_REFUSED, "wrong-document" },
  { "resident-record", 1, TRUE, A, 1.0, A, 1.0, A, VERDICT_REFUSED, "resident-record" },
  { "insurance-card", 1, TRUE, A, 1.0, A, 1.0, A, VERDICT_REFUSED, "insurance-card" },
  { "application-form", 1, TRUE, A, 1.0, A, 1.0, A, VERDICT_REFUSED, "application-form" },
  { "other", 1, TRUE, A, 1.0, A, 1.0, A, VERDICT_DOUBTFUL, "unreadable" }, /* a layout's refusal */
  { "blank", 0, FALSE, "", 0, "", 0, "", VERDICT_REFUSED, "blank" },
  { "none", 0, FALSE, "", 0, "", 0, "", VERDICT_REFUSED, "no-card" },
  { "unheard-of", 1, TRUE, A, 1.0, A, 1.0, A, VERDICT_REFUSED, "wrong-document" },
};

static const char *const proving[] = { "my-number-card-back", "notification-card", "special-residence-card", NULL };

static void
fill (VerdictReading *reading, const char *digits, double confidence)
{
  g_strlcpy (reading->digits, digits, sizeof reading->digits);
  reading->confidence = confidence;
}

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      const gboolean proves = g_strv_contains (proving, c->document);
      VerdictEvidence evidence = { .document = c->document,
                                   .proves = proves,
                                   .refusal = proves || g_str_equal (c->document, "unheard-of") ? NULL : c->reason,
                                   .n_fields = c->n_fields,
                                   .has_label = c->has_label };
      g_autoptr (Verdict) verdict = verdict_new (VERDICT_FAILED, "", FRAMES_DOCUMENT_NONE);

      fill (&evidence.ocr, c->ocr, c->ocr_confidence);
      fill (&evidence.second, c->second, c->second_confidence);
      fill (&evidence.qr, c->qr, *c->qr != '\0');
      verdict_decide (verdict, &evidence);
      g_test_message ("case %u", i);
      g_assert_cmpstr (verdict_kind_name (verdict->kind), ==, verdict_kind_name (c->kind));
      g_assert_cmpstr (verdict->reason, ==, c->reason);
      if (!proves)
        g_assert_cmpstr (verdict->number, ==, "");
    }
}

/* What lies under a sleeve is refused for it, on a document that would prove it; another is refused for what it is. */
static void
test_covered (void)
{
  VerdictEvidence evidence = {
    .document = FRAMES_DOCUMENT_CARD_BACK, .proves = TRUE, .n_fields = 1, .has_label = TRUE, .is_covered = TRUE
  };
  g_autoptr (Verdict) verdict = verdict_new (VERDICT_FAILED, "", FRAMES_DOCUMENT_NONE);

  fill (&evidence.ocr, A, 1);
  fill (&evidence.second, A, 1);
  fill (&evidence.qr, A, 1);
  verdict_decide (verdict, &evidence);
  g_assert_cmpint (verdict->kind, ==, VERDICT_REFUSED);
  g_assert_cmpstr (verdict->reason, ==, FRAMES_REASON_SLEEVE);
  g_assert_cmpstr (verdict->number, ==, "");

  evidence.document = FRAMES_DOCUMENT_LICENCE;
  evidence.proves = FALSE;
  verdict_decide (verdict, &evidence);
  g_assert_cmpstr (verdict->reason, ==, FRAMES_REASON_WRONG_DOCUMENT);
}

/* All 4^3 readings, fields and labels: what is accepted was read twice, alike, with a check digit that fits. */
static void
test_invariants (void)
{
  static const char *const numbers[] = { "", A, B, C };
  static const double sure[] = { 0.1, 0.55, 0.95, 0.9995 };
  guint n_accepted = 0;

  for (guint n = 0; n < 4 * 4 * 4 * 4 * 4 * 3 * 2 * 2; n++)
    {
      guint rest = n;
      VerdictEvidence evidence = { .document = FRAMES_DOCUMENT_CARD_BACK, .proves = TRUE };
      g_autoptr (Verdict) verdict = verdict_new (VERDICT_FAILED, "", FRAMES_DOCUMENT_NONE);
      const char *ocr = numbers[rest % 4], *second = numbers[(rest /= 4) % 4], *qr = numbers[(rest /= 4) % 4];
      guint alike;

      fill (&evidence.ocr, ocr, sure[(rest /= 4) % 4]);
      fill (&evidence.second, second, sure[(rest /= 4) % 4]);
      fill (&evidence.qr, qr, 1);
      evidence.n_fields = (rest /= 4) % 3;
      evidence.has_label = (rest /= 3) % 2;
      evidence.is_covered = (rest /= 2) % 2;
      verdict_decide (verdict, &evidence);
      if (verdict->kind != VERDICT_ACCEPTED)
        continue;
      n_accepted++;
      g_assert_false (evidence.is_covered);
      alike = g_str_equal (ocr, verdict->number) + g_str_equal (second, verdict->number)
              + g_str_equal (qr, verdict->number);
      g_assert_cmpuint (alike, >=, 2);
      g_assert_cmpstr (verdict->number, !=, C);
      g_assert_cmpuint (evidence.n_fields, ==, 1);
      g_assert_true (evidence.has_label || g_str_equal (qr, verdict->number));
      g_assert_true (*qr == '\0' || g_str_equal (qr, verdict->number));
      g_assert_true (*ocr == '\0' || g_str_equal (ocr, verdict->number) || evidence.ocr.confidence < 0.5);
      g_assert_true (*second == '\0' || g_str_equal (second, verdict->number) || evidence.second.confidence < 0.6);
      g_assert_true (*qr != '\0' || MIN (evidence.ocr.confidence, evidence.second.confidence) > 0.9);
      g_assert_true (*qr != '\0' || !g_str_has_suffix (ocr, "0")
                     || MIN (evidence.ocr.confidence, evidence.second.confidence) > 0.99);
    }
  g_assert_cmpuint (n_accepted, >, 0);
}

static void
test_readings_named (void)
{
  VerdictEvidence evidence = {
    .document = FRAMES_DOCUMENT_CARD_BACK, .proves = TRUE, .n_fields = 1, .has_label = TRUE
  };
  g_autoptr (Verdict) verdict = verdict_new (VERDICT_FAILED, "", FRAMES_DOCUMENT_NONE);

  fill (&evidence.ocr, A, 0.9);
  fill (&evidence.second, D, 0.4);
  fill (&evidence.qr, A, 1);
  verdict_decide (verdict, &evidence);
  g_assert_cmpstr (verdict->ocr, ==, "accepted");
  g_assert_cmpstr (verdict->second, ==, "mismatch");
  g_assert_cmpstr (verdict->qr, ==, "match");
  g_assert_cmpfloat (verdict->confidence, ==, 0.9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/number/verdict/follows-the-table", test_table);
  g_test_add_func ("/number/verdict/refuses-what-is-covered", test_covered);
  g_test_add_func ("/number/verdict/accepts-only-what-was-read-twice", test_invariants);
  g_test_add_func ("/number/verdict/names-each-reading", test_readings_named);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* From drawn pages to verdicts: no wrong number, no negative accepted, nearly every easy page read. */
#include <math.h>
#include <string.h>

#include "drawn.h"
#include "number/number-reader.h"

#define N_POSITIVES 40
#define N_NEGATIVES 27
#define LEAST_SHARE 0.95
/* A card whose edge hardly shows may be placed by what else lies at its distance. */
#define LEAST_PLACED 0.93
#define CORNER_TOLERANCE_MM 1.5

static NumberReader *reader;

static CorpusSpec
spec_of (CorpusKind kind, guint index)
{
  CorpusSpec spec;

  corpus_spec_init (&spec);
  spec.kind = kind;
  spec.seed = 7;
  spec.index = index;
  spec.lookalike_valid = TRUE;
  /* mostly coarse and card-sized: those are drawn fast */
  spec.dpi = index % 3 == 0 ? 200 : index % 13 == 1 ? 400 : 300;
  spec.page = index % 5 == 0 ? PAGE_BED : PAGE_CARD;
  return spec;
}

/* Whether all corners are where they were drawn. */
static gboolean
box_is_right (const Verdict *verdict, const CorpusTruth *truth)
{
  for (int i = 0; i < 4; i++)
    if (hypot (verdict->box[i][0] - truth->box[i].x, verdict->box[i][1] - truth->box[i].y)
        > CORNER_TOLERANCE_MM * truth->dpi / 25.4)
      return FALSE;
  return TRUE;
}

static void
test_positives (void)
{
  guint n_accepted = 0, n_placed = 0;

  for (guint i = 0; i < N_POSITIVES; i++)
    {
      CorpusSpec spec = spec_of (i % 8 == 7 ? KIND_NOTIFICATION_SHEET
                                 : i % 2    ? KIND_NOTIFICATION_CARD
                                            : KIND_CARD_BACK,
                                 i);
      CorpusTruth truth;
      g_autoptr (CardPage) page = drawn_page (&spec, i % 5 != 0, &truth);
      g_autoptr (Verdict) verdict = number_reader_read (reader, page, NULL);

      if (verdict->kind != VERDICT_ACCEPTED)
        {
          g_test_message ("page %u (%s): %s %s", i, corpus_kind_name (spec.kind), verdict_kind_name (verdict->kind),
                          verdict->reason);
          continue;
        }
      g_assert_true (strcmp (verdict->number, truth.number) == 0);
      g_assert_cmpfloat (fabs (remainder (verdict->rotation_deg - truth.rotation_deg, 360)), <, 1.5);
      /* the number line alone: a digit's height and a quarter of it above and below */
      g_assert_nonnull (verdict->strip);
      g_assert_cmpuint (verdict->strip_height_px, <=, 72);
      n_placed += box_is_right (verdict, &truth);
      n_accepted++;
    }
  g_assert_cmpfloat ((double) n_placed / n_accepted, >=, LEAST_PLACED);
  g_assert_cmpfloat ((double) n_accepted / N_POSITIVES, >=, LEAST_SHARE);
}

static void
test_negatives (void)
{
  static const CorpusKind kinds[] = { KIND_CARD_FRONT, KIND_LICENCE,        KIND_NOTICE,    KIND_NOTIFICATION_CARD_BACK,
                                      KIND_PARCEL,     KIND_INSURANCE_CARD, KIND_TWO_CARDS, KIND_BLANK,
                                      KIND_TEXT_PAGE };

  for (guint i = 0; i < N_NEGATIVES; i++)
    {
      CorpusSpec spec = spec_of (kinds[i % G_N_ELEMENTS (kinds)], 1000 + i);
      CorpusTruth truth;
      g_autoptr (CardPage) page = drawn_page (&spec, TRUE, &truth);
      g_autoptr (Verdict) verdict = number_reader_read (reader, page, NULL);

      g_test_message ("page %u (%s): %s", i, corpus_kind_name (spec.kind), verdict->reason);
      g_assert_cmpint (verdict->kind, !=, VERDICT_ACCEPTED);
      if (verdict->kind == VERDICT_REFUSED)
        g_assert_cmpstr (verdict->number, ==, "");
    }
}

static void
test_reasons (void)
{
  static const struct
  {
    CorpusKind kind;
    const char *reason;
    const char *document;
  } cases[] = {
    { KIND_NOTICE, FRAMES_REASON_NOTICE, FRAMES_DOCUMENT_NOTICE },
    { KIND_BLANK, FRAMES_REASON_BLANK, FRAMES_DOCUMENT_BLANK },
    { KIND_TWO_CARDS, FRAMES_REASON_TWO_CARDS, FRAMES_DOCUMENT_OTHER },
    { KIND_LICENCE, FRAMES_REASON_WRONG_DOCUMENT, FRAMES_DOCUMENT_LICENCE },
    { KIND_CARD_FRONT, FRAMES_REASON_WRONG_SIDE, FRAMES_DOCUMENT_CARD_FRONT },
    { KIND_NOTIFICATION_CARD_BACK, FRAMES_REASON_WRONG_SIDE, FRAMES_DOCUMENT_NOTIFICATION_CARD_BACK },
    { KIND_CARD_SLEEVE, FRAMES_REASON_SLEEVE, FRAMES_DOCUMENT_CARD_BACK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CorpusSpec spec = spec_of (cases[i].kind, 2003 + i);
      CorpusTruth truth;
      g_autoptr (CardPage) page = NULL;
      g_autoptr (Verdict) verdict = NULL;

      spec.page = PAGE_BED;
      spec.qr = QR_GOOD;
      page = drawn_page (&spec, TRUE, &truth);
      verdict = number_reader_read (reader, page, NULL);
      g_assert_cmpstr (verdict->reason, ==, cases[i].reason);
      g_assert_cmpstr (verdict->document, ==, cases[i].document);
    }
}

static Verdict *
read_tuning_page (CorpusKind kind, guint32 seed, guint index, CorpusPage where, CorpusTruth *ret_truth)
{
  CorpusSpec spec;
  g_autoptr (CardPage) page = NULL;

  corpus_spec_init (&spec);
  spec.purpose = PURPOSE_TUNING;
  spec.kind = kind;
  spec.seed = seed;
  spec.index = index;
  spec.page = where;
  page = drawn_page (&spec, TRUE, ret_truth);
  return number_reader_read (reader, page, NULL);
}

/* Films that let the number show: on each of these it was once taken for one to read. */
static void
test_thin_sleeves (void)
{
  static const struct
  {
    guint32 seed;
    guint index;
  } cases[] = { { 409, 17 }, { 409, 49 }, { 410, 5004 }, { 410, 5053 }, { 410, 5086 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CorpusTruth truth;
      g_autoptr (Verdict) verdict =
          read_tuning_page (KIND_CARD_SLEEVE, cases[i].seed, cases[i].index, PAGE_CARD, &truth);

      g_assert_cmpint (verdict->kind, ==, VERDICT_REFUSED);
      g_assert_cmpstr (verdict->reason, ==, FRAMES_REASON_SLEEVE);
      g_assert_cmpstr (verdict->number, ==, "");
    }
}

/* Cards on their sheets: one that is only seen on the whole sheet, and one whose title is as small as its print. */
static void
test_sheets (void)
{
  static const guint indexes[] = { 1452, 2510 };

  for (guint i = 0; i < G_N_ELEMENTS (indexes); i++)
    {
      CorpusTruth truth;
      g_autoptr (Verdict) verdict =
          read_tuning_page (KIND_NOTIFICATION_SHEET, 501, indexes[i], i == 0 ? PAGE_CARD : PAGE_BED, &truth);

      g_assert_cmpint (verdict->kind, ==, VERDICT_ACCEPTED);
      g_assert_true (strcmp (verdict->number, truth.number) == 0);
    }
}

/* A printed number whose check digit does not fit is shown as doubtful, never accepted. */
static void
test_wrong_check_digit (void)
{
  CorpusSpec spec = spec_of (KIND_CARD_BACK, 3002);
  CorpusTruth truth;
  g_autoptr (CardPage) page = NULL;
  g_autoptr (Verdict) verdict = NULL;

  spec.number = "123456789012";
  spec.qr = QR_GOOD;
  page = drawn_page (&spec, TRUE, &truth);
  verdict = number_reader_read (reader, page, NULL);
  g_assert_cmpint (verdict->kind, ==, VERDICT_DOUBTFUL);
  g_assert_cmpstr (verdict->reason, ==, FRAMES_REASON_CHECK_DIGIT);
}

static void
test_cancelled (void)
{
  g_autoptr (CardPage) page = card_page_new (800, 600, 1, 300, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (Verdict) verdict = NULL;

  g_cancellable_cancel (cancellable);
  verdict = number_reader_read (reader, page, cancellable);
  g_assert_cmpint (verdict->kind, ==, VERDICT_FAILED);
  g_assert_cmpstr (verdict->reason, ==, FRAMES_REASON_CANCELLED);
}

static void
test_absurd (void)
{
  static const guint sizes[][2] = { { 1, 1 }, { 1, 4000 }, { 4000, 1 }, { 2, 300 }, { 500, 320 }, { 1011, 638 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int fill = 0; fill < 5; fill++)
      {
        g_autoptr (CardPage) page =
            card_page_new (sizes[i][0], sizes[i][1], fill % 2 ? 3 : 1, fill % 3 ? 300 : 0, NULL);
        g_autoptr (Verdict) verdict = NULL;
        gsize n = page->stride * page->height_px;

        for (gsize k = 0; k < n; k++)
          page->samples[k] = (guint8) (fill == 0   ? 0
                                       : fill == 1 ? 255
                                       : fill == 2 ? (guint) g_test_rand_int ()
                                       : fill == 3 ? (k / 11 % 2) * 255
                                                   : k * k / 97);
        verdict = number_reader_read (reader, page, NULL);
        g_assert_cmpint (verdict->kind, !=, VERDICT_ACCEPTED);
        g_assert_cmpstr (verdict->number, ==, "");
      }
}

int
main (int argc, char **argv)
{
  int status;

  (void) g_setenv ("OMP_THREAD_LIMIT", "1", TRUE);
  g_test_init (&argc, &argv, NULL);
  reader = number_reader_new (NULL);
  g_assert_nonnull (reader);
  g_test_add_func ("/number/reader/reads-easy-pages-and-none-wrong", test_positives);
  g_test_add_func ("/number/reader/accepts-no-other-document", test_negatives);
  g_test_add_func ("/number/reader/says-why-it-refuses", test_reasons);
  g_test_add_func ("/number/reader/refuses-what-shows-through-a-sleeve", test_thin_sleeves);
  g_test_add_func ("/number/reader/reads-a-card-on-its-sheet", test_sheets);
  g_test_add_func ("/number/reader/doubts-a-wrong-check-digit", test_wrong_check_digit);
  g_test_add_func ("/number/reader/stops-when-cancelled", test_cancelled);
  g_test_add_func ("/number/reader/survives-absurd-pages", test_absurd);
  status = g_test_run ();
  number_reader_free (reader);
  corpus_finish ();
  return status;
}

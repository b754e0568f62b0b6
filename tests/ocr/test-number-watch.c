/* SPDX-License-Identifier: Apache-2.0 */
/* When the rows so far are enough: never for half a card, never for another document, at once for a card that was passed. */
#include "number/number-watch.h"

#include <math.h>
#include <string.h>

#include "bed.h"

#define CHUNK_ROWS 64u
#define DPI 300
#define N_CARDS 5
#define MM(mm) ((guint) lround ((mm) *DPI / 25.4))

static NumberReader *reader;
static CardPage *plain;

static CardPage *
drawn (CorpusKind kind, guint index, CorpusTruth *ret_truth)
{
  CorpusSpec spec;

  corpus_spec_init (&spec);
  spec.purpose = PURPOSE_TUNING;
  spec.kind = kind;
  spec.seed = 7;
  spec.index = index;
  spec.dpi = DPI;
  spec.page = PAGE_BED;
  spec.qr = QR_GOOD;
  spec.color = 0;
  spec.lookalike_valid = TRUE;
  return drawn_page (&spec, TRUE, ret_truth);
}

/* One card that several tests look at. */
static const CardPage *
plain_card (CorpusTruth *ret_truth)
{
  static CorpusTruth truth;

  if (plain == NULL)
    plain = drawn (KIND_CARD_BACK, 0, &truth);
  *ret_truth = truth;
  return plain;
}

typedef struct
{
  guint rows; /* at the end */
  guint n_looks, n_reads;
  guint first_read_rows;
  Verdict *verdict; /* owned; or NULL */
} Watched;

static void
watched_clear (Watched *self)
{
  verdict_free (self->verdict);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Watched, watched_clear)

/* Hands the page over as a scanner does, until the verdict is certain or the page ends. */
static void
watch (const CardPage *page, Watched *ret_watched)
{
  g_autoptr (NumberWatch) self = number_watch_new (reader, page->dpi);
  CardPage so_far = *page;
  Watched watched = { 0 };

  for (guint rows = CHUNK_ROWS; rows <= page->height_px && watched.verdict == NULL; rows += CHUNK_ROWS)
    {
      watched.rows = rows;
      so_far.height_px = rows;
      if (!number_watch_wants (self, rows))
        continue;
      watched.n_looks++;
      if (!number_watch_look (self, &so_far))
        continue;
      if (watched.n_reads++ == 0)
        watched.first_read_rows = rows;
      watched.verdict = number_watch_read (self, &so_far, NULL);
    }
  *ret_watched = watched;
}

static void
test_wants_a_cards_rows_first (void)
{
  g_autoptr (NumberWatch) watch = number_watch_new (reader, DPI), blind = number_watch_new (reader, 0);
  g_autoptr (CardPage) page = card_page_new (MM (216), MM (120), 1, DPI, NULL);

  g_assert_false (number_watch_wants (watch, 0));
  g_assert_false (number_watch_wants (watch, MM (50)));
  g_assert_true (number_watch_wants (watch, MM (58)));
  page->height_px = MM (60);
  g_assert_false (number_watch_look (watch, page)); /* nothing there */
  g_assert_false (number_watch_wants (watch, MM (60)));
  g_assert_false (number_watch_wants (watch, MM (64.5)));
  g_assert_true (number_watch_wants (watch, MM (65.5)));
  g_assert_false (number_watch_wants (blind, MM (297)));
  page->height_px = MM (120);
}

/* The same number as from the whole page, from the card's own millimetres and few more. */
static void
test_card_near_the_top (void)
{
  static const CorpusKind kinds[] = { KIND_CARD_BACK, KIND_NOTIFICATION_CARD };
  guint n_early = 0;

  for (guint i = 0; i < N_CARDS; i++)
    {
      const double top_mm = 4 + 9 * i;
      CorpusTruth truth;
      guint bottom;
      g_auto (Watched) watched = { 0 };
      g_autoptr (CardPage) page = NULL;
      g_autoptr (CardPage) card = drawn (kinds[i % 2], i, &truth);
      g_autoptr (Verdict) whole = NULL;

      page = bed_page (card, &truth, &top_mm, 1, &bottom);
      whole = number_reader_read (reader, page, NULL);
      watch (page, &watched);
      g_test_message ("card %u: bottom %u, certain %d at %u of %u rows, %u looks, %u reads; whole page %s", i, bottom,
                      watched.verdict != NULL, watched.rows, page->height_px, watched.n_looks, watched.n_reads,
                      verdict_kind_name (whole->kind));
      if (watched.verdict == NULL)
        continue;
      n_early++;
      g_assert_true (strcmp (watched.verdict->number, truth.number) == 0);
      g_assert_cmpint (whole->kind, ==, VERDICT_ACCEPTED);
      g_assert_true (strcmp (watched.verdict->number, whole->number) == 0);
      g_assert_cmpstr (watched.verdict->document, ==, whole->document);
      for (guint k = 0; k < 4; k++)
        g_assert_cmpfloat (
            hypot (watched.verdict->box[k][0] - whole->box[k][0], watched.verdict->box[k][1] - whole->box[k][1]), <,
            MM (1));
      g_assert_cmpuint (watched.rows, >=, bottom + MM (2));
      g_assert_cmpuint (watched.rows, <=, bottom + MM (12) + CHUNK_ROWS);
    }
  g_assert_cmpuint (n_early, >=, N_CARDS - 1);
}

/* The rest of the page may hold a second card: the first one is what counts, by design. */
static void
test_second_card_below (void)
{
  static const double tops_mm[] = { 8, 150 };
  CorpusTruth truth;
  guint bottoms[2];
  g_auto (Watched) watched = { 0 };
  const CardPage *card = plain_card (&truth);
  g_autoptr (CardPage) page = bed_page (card, &truth, tops_mm, 2, bottoms);
  g_autoptr (Verdict) whole = number_reader_read (reader, page, NULL);

  g_assert_cmpstr (whole->reason, ==, FRAMES_REASON_TWO_CARDS);
  watch (page, &watched);
  g_assert_nonnull (watched.verdict);
  g_assert_true (strcmp (watched.verdict->number, truth.number) == 0);
  g_assert_cmpuint (watched.rows, <, MM (150));
}

static void
test_two_cards_at_once (void)
{
  CorpusTruth truth;
  g_autoptr (CardPage) page = drawn (KIND_TWO_CARDS, 1, &truth);
  g_autoptr (NumberWatch) watch = number_watch_new (reader, page->dpi);

  g_assert_false (number_watch_look (watch, page));
}

/*
 * Wherever the last row cuts the card, and right below it, nothing is certain; and hardly ever is it taken for a whole one
 * and read in vain.
 */
static void
test_never_half_a_card (void)
{
  const double top_mm = 20;
  CorpusTruth truth;
  guint bottom;
  const CardPage *card = plain_card (&truth);
  g_autoptr (CardPage) page = bed_page (card, &truth, &top_mm, 1, &bottom);
  CardPage so_far = *page;
  guint n_in_vain = 0;

  for (guint rows = MM (top_mm); rows < bottom + MM (2.5); rows += MM (2))
    {
      g_autoptr (NumberWatch) watch = number_watch_new (reader, page->dpi);

      so_far.height_px = rows;
      if (!number_watch_look (watch, &so_far))
        continue;
      n_in_vain++;
      g_assert_null (number_watch_read (watch, &so_far, NULL));
    }
  g_assert_cmpuint (n_in_vain, <=, 2);
}

/* What it says of a refused document or of a doubtful number may change: the page goes on, and nothing is read over again. */
static void
test_only_accepted_is_certain (void)
{
  static const CorpusKind kinds[] = { KIND_LICENCE,        KIND_CARD_FRONT, KIND_NOTICE,
                                      KIND_INSURANCE_CARD, KIND_PARCEL,     KIND_NOTIFICATION_CARD_BACK };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      CorpusTruth truth;
      g_auto (Watched) watched = { 0 };
      g_autoptr (CardPage) page = drawn (kinds[i], 20 + i, &truth);

      watch (page, &watched);
      g_test_message ("%s: %u looks, %u reads", corpus_kind_name (kinds[i]), watched.n_looks, watched.n_reads);
      g_assert_null (watched.verdict);
      g_assert_cmpuint (watched.n_reads, <=, 3);
    }
}

static void
test_doubtful_is_read_once (void)
{
  const double top_mm = 10;
  CorpusSpec spec;
  CorpusTruth truth;
  guint bottom;
  g_auto (Watched) watched = { 0 };
  g_autoptr (CardPage) card = NULL, page = NULL;

  corpus_spec_init (&spec);
  spec.purpose = PURPOSE_TUNING;
  spec.seed = 7;
  spec.index = 40;
  spec.dpi = DPI;
  spec.page = PAGE_BED;
  spec.qr = QR_GOOD;
  spec.color = 0;
  spec.number = "123456789012"; /* its check digit is wrong */
  card = drawn_page (&spec, TRUE, &truth);
  page = bed_page (card, &truth, &top_mm, 1, &bottom);
  watch (page, &watched);
  g_assert_null (watched.verdict);
  g_assert_cmpuint (watched.n_reads, ==, 1);
  g_assert_cmpuint (watched.first_read_rows, <=, bottom + MM (12) + CHUNK_ROWS);
}

/* Without a resolution a card cannot be told from a larger document; one that cannot be is not believed either. */
static void
test_impossible_resolution (void)
{
  const double top_mm = 10;
  CorpusTruth truth;
  guint bottom;
  g_auto (Watched) unknown = { 0 };
  g_auto (Watched) wrong = { 0 };
  const CardPage *card = plain_card (&truth);
  g_autoptr (CardPage) page = bed_page (card, &truth, &top_mm, 1, &bottom);

  page->dpi = 0;
  watch (page, &unknown);
  g_assert_cmpuint (unknown.n_looks, ==, 0);
  page->dpi = 72;
  watch (page, &wrong);
  g_assert_cmpuint (wrong.n_reads, ==, 0);
}

static void
test_cancelled (void)
{
  const double top_mm = 10;
  CorpusTruth truth;
  guint bottom;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const CardPage *card = plain_card (&truth);
  g_autoptr (CardPage) page = bed_page (card, &truth, &top_mm, 1, &bottom);
  g_autoptr (NumberWatch) watch = number_watch_new (reader, page->dpi);

  g_assert_true (number_watch_look (watch, page));
  g_cancellable_cancel (cancellable);
  g_assert_null (number_watch_read (watch, page, cancellable));
}

int
main (int argc, char **argv)
{
  int status;

  (void) g_setenv ("OMP_THREAD_LIMIT", "1", TRUE);
  g_test_init (&argc, &argv, NULL);
  reader = number_reader_new (NULL);
  g_assert_nonnull (reader);
  g_test_add_func ("/number/watch/wants-a-cards-rows-first", test_wants_a_cards_rows_first);
  g_test_add_func ("/number/watch/certain-as-soon-as-the-card-was-passed", test_card_near_the_top);
  g_test_add_func ("/number/watch/second-card-below-plays-no-part", test_second_card_below);
  g_test_add_func ("/number/watch/two-cards-are-never-certain", test_two_cards_at_once);
  g_test_add_func ("/number/watch/never-half-a-card", test_never_half_a_card);
  g_test_add_func ("/number/watch/only-accepted-is-certain", test_only_accepted_is_certain);
  g_test_add_func ("/number/watch/doubtful-is-read-once", test_doubtful_is_read_once);
  g_test_add_func ("/number/watch/needs-a-resolution", test_impossible_resolution);
  g_test_add_func ("/number/watch/stops-when-cancelled", test_cancelled);
  status = g_test_run ();
  card_page_free (plain);
  number_reader_free (reader);
  corpus_finish ();
  return status;
}

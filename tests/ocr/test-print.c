/* SPDX-License-Identifier: Apache-2.0 */
/* Where print runs on drawn documents, against what the corpus says it drew. */
#include <math.h>

#include "card/card-finder.h"
#include "card/print.h"
#include "drawn.h"

#define MM (PRINT_VIEW_DPI / CARD_MM_PER_INCH)
#define N_SHEETS 8
#define LENGTH_TOLERANCE 0.2

static PrintReader *reader;

/* The document as the corpus says it lies, turned by @quarters and off by @tilt_deg; @ret_frame is the view's. */
static CardGrey *
view_of (const CardPage *page, const CorpusTruth *truth, int quarters, double tilt_deg, CardFrame *ret_frame)
{
  CardPlace place = {
    .x = (truth->box[0].x + truth->box[2].x) / 2,
    .y = (truth->box[0].y + truth->box[2].y) / 2,
    .width = hypot (truth->box[1].x - truth->box[0].x, truth->box[1].y - truth->box[0].y),
    .height = hypot (truth->box[3].x - truth->box[0].x, truth->box[3].y - truth->box[0].y),
    .angle_rad = (truth->rotation_deg + tilt_deg - 90 * quarters) * G_PI / 180,
  };
  int width, height;

  *ret_frame = card_place_frame (&place, truth->dpi, PRINT_VIEW_DPI, 3, &width, &height);
  return card_grey_cut (page, ret_frame, width, height);
}

static void
assert_number (const PrintMap *map, const CardFrame *frame, const CorpusTruth *truth, double angle_deg)
{
  const CorpusPoint *box = truth->number_box;
  const PrintLine *line;
  double x, y, step = hypot (frame->ux, frame->uy), turn = truth->rotation_deg * G_PI / 180;
  double c = cos (turn), s = sin (turn);

  g_assert_cmpuint (map->numbers->len, ==, 1);
  line = &g_array_index (map->numbers, PrintLine, 0);
  card_frame_map (frame, line->x, line->y, &x, &y);
  x -= (box[0].x + box[2].x) / 2;
  y -= (box[0].y + box[2].y) / 2;
  /* where the line begins and ends is not so sure as how high it stands */
  g_assert_cmpfloat (fabs (x * c + y * s), <, 3 * MM * step);
  g_assert_cmpfloat (fabs (-x * s + y * c), <, 0.5 * MM * step);
  g_assert_cmpfloat (fabs (line->length * step / hypot (box[1].x - box[0].x, box[1].y - box[0].y) - 1), <,
                     LENGTH_TOLERANCE);
  g_assert_cmpfloat (fabs (line->height * step / hypot (box[3].x - box[0].x, box[3].y - box[0].y) - 1), <, 0.2);
  g_assert_cmpfloat (fabs (remainder (line->angle_rad * 180 / G_PI - angle_deg, 360)), <, 1.0);
}

static void
test_cards (void)
{
  guint n_labels = 0;

  for (guint i = 0; i < 12; i++)
    {
      const int quarters = i % 2 ? 2 : 0;
      const double tilt_deg = (double) (i % 5) - 2;
      CorpusSpec spec;
      CorpusTruth truth;
      CardFrame frame;
      g_autoptr (CardPage) page = NULL;
      g_autoptr (CardGrey) view = NULL;
      g_autoptr (PrintMap) map = NULL;

      corpus_spec_init (&spec);
      spec.purpose = PURPOSE_TUNING;
      spec.kind = i % 3 ? KIND_CARD_BACK : KIND_NOTIFICATION_CARD;
      spec.seed = 77;
      spec.index = i;
      spec.qr = QR_GOOD;
      spec.page = PAGE_CARD;
      spec.dpi = i % 2 ? 200 : 300;
      page = drawn_grey_page (&spec, TRUE, &truth);
      view = view_of (page, &truth, quarters, tilt_deg, &frame);
      map = print_reader_read (reader, view);
      g_assert_cmpint (print_map_up (map, NULL), ==, quarters);
      assert_number (map, &frame, &truth, 90 * quarters - tilt_deg);
      n_labels += map->labels->len >= 1;
      g_assert_cmpuint (map->codes->len, ==, spec.kind == KIND_CARD_BACK ? 1 : 0);
    }
  /* print that stands where a label may is read as well: this one need not be marked always */
  g_assert_cmpuint (n_labels, >=, 10);
}

static void
test_sheets (void)
{
  guint n_right = 0;

  for (int i = 0; i < N_SHEETS; i++)
    {
      CorpusSpec spec;
      CorpusTruth truth;
      CardFrame frame;
      g_autoptr (CardPage) page = NULL;
      g_autoptr (CardGrey) view = NULL;
      g_autoptr (PrintMap) map = NULL;
      double sureness;
      int up;

      corpus_spec_init (&spec);
      spec.purpose = PURPOSE_TUNING;
      spec.kind = i % 2 ? KIND_NOTICE : KIND_TEXT_PAGE;
      spec.seed = 78;
      spec.index = (guint) i;
      spec.page = PAGE_BED;
      spec.dpi = 200;
      page = drawn_grey_page (&spec, TRUE, &truth);
      view = view_of (page, &truth, i % 4, 0, &frame);
      map = print_reader_read (reader, view);
      up = print_map_up (map, &sureness);
      g_test_message ("page %d: %d quarters, sure to %.2f", i, up, sureness);
      /* the lines' own direction is plain; which end is up is tried both ways where it is not sure */
      g_assert_cmpint (up % 2, ==, i % 2);
      n_right += up == i % 4;
      g_assert_cmpuint (map->lines->len, >=, 5);
    }
  g_assert_cmpuint (n_right, >=, N_SHEETS * 3 / 4);
}

static void
test_absurd (void)
{
  static const int sizes[][2] = { { 1, 1 }, { 1, 3000 }, { 3000, 1 }, { 8, 8 }, { 369, 245 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int fill = 0; fill < 4; fill++)
      {
        g_autoptr (CardGrey) view = card_grey_new (sizes[i][0], sizes[i][1]);
        g_autoptr (PrintMap) map = NULL;
        double sureness;

        for (int k = 0; k < sizes[i][0] * sizes[i][1]; k++)
          view->samples[k] = (guint8) (fill == 0   ? 0
                                       : fill == 1 ? 255
                                       : fill == 2 ? g_test_rand_int ()
                                                   : k / 5 % 2 * 255);
        map = print_reader_read (reader, view);
        g_assert_cmpint (print_map_up (map, &sureness), >=, 0);
        g_assert_nonnull (map->numbers);
        for (guint k = 0; k < map->lines->len; k++)
          g_assert_true (isfinite (g_array_index (map->lines, PrintLine, k).height));
      }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  reader = print_reader_new ();
  g_assert_nonnull (reader);
  g_test_add_func ("/card/print/finds-number-label-and-code-either-side-up", test_cards);
  g_test_add_func ("/card/print/tells-which-way-a-sheet-is-up", test_sheets);
  g_test_add_func ("/card/print/survives-absurd-views", test_absurd);
  status = g_test_run ();
  print_reader_free (reader);
  corpus_finish ();
  return status;
}

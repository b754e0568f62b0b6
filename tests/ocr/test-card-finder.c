/* SPDX-License-Identifier: Apache-2.0 */
/* The card finder on drawn pages, against what the corpus says it drew; and on pages that hold nothing at all. */
#include <math.h>
#include <string.h>

#include "card/card-finder.h"
#include "drawn.h"

/* What the next step, which levels the card by its print and looks for its rim, copes with. */
#define BOX_TOLERANCE_MM 6.0
#define SIZE_TOLERANCE_MM 9.0
#define ANGLE_TOLERANCE_DEG 5.0

static CardFinder *finder;

static CorpusSpec
spec_of (CorpusKind kind, guint index)
{
  CorpusSpec spec;

  corpus_spec_init (&spec);
  spec.purpose = PURPOSE_TUNING;
  spec.kind = kind;
  spec.seed = 31;
  spec.index = index;
  spec.dpi = index % 3 == 0 ? 200 : 300;
  spec.color = 0;
  return spec;
}

static void
assert_place (const CardScene *scene, const CorpusTruth *truth)
{
  const CardPlace *place = &g_array_index (scene->places, CardPlace, 0);
  double x = (truth->box[0].x + truth->box[2].x) / 2, y = (truth->box[0].y + truth->box[2].y) / 2;
  double mm = CARD_MM_PER_INCH / truth->dpi;
  double turn = remainder (place->angle_rad * 180 / G_PI - truth->rotation_deg, 180);

  g_assert_cmpfloat (fabs (turn), <, ANGLE_TOLERANCE_DEG);
  g_assert_cmpfloat (hypot (place->x - x, place->y - y) * mm, <, BOX_TOLERANCE_MM);
  g_assert_cmpfloat (fabs (place->width * mm - CARD_ID1_WIDTH_MM), <, SIZE_TOLERANCE_MM);
  g_assert_cmpfloat (fabs (place->height * mm - CARD_ID1_HEIGHT_MM), <, SIZE_TOLERANCE_MM);
}

static void
test_cards (void)
{
  for (guint i = 0; i < 24; i++)
    {
      CorpusSpec spec = spec_of (i % 2 ? KIND_NOTIFICATION_CARD : KIND_CARD_BACK, i);

      CorpusTruth truth;
      g_autoptr (CardPage) page = drawn_grey_page (&spec, TRUE, &truth);
      g_autoptr (CardScene) scene = card_finder_find (finder, page);

      g_assert_cmpuint (scene->places->len, ==, 1);
      g_assert_cmpint (g_array_index (scene->places, CardPlace, 0).shape, !=, CARD_SHAPE_SHEET);
      assert_place (scene, &truth);
    }
}

static void
test_dpi_unknown (void)
{
  for (guint i = 0; i < 4; i++)
    {
      CorpusSpec spec = spec_of (KIND_CARD_BACK, 40 + i);
      CorpusTruth truth;
      g_autoptr (CardPage) page = NULL;
      g_autoptr (CardScene) scene = NULL;

      spec.page = i % 2 ? PAGE_CARD : PAGE_BED;
      page = drawn_grey_page (&spec, FALSE, &truth);
      scene = card_finder_find (finder, page);
      g_assert_cmpfloat (fabs (scene->dpi / truth.dpi - 1), <, 0.06);
    }
}

/* A speck with a card's proportions is no card: what would be cut from the page at that scale had no bounds. */
static void
test_dpi_bounded (void)
{
  static const guint sizes[][2] = { { 60, 38 }, { 96, 60 }, { 120, 76 }, { 160, 101 }, { 300, 189 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (CardPage) page = card_page_new (2550, 3508, 1, 0, NULL);
      g_autoptr (CardScene) scene = NULL;

      memset (page->samples, 240, page->stride * page->height_px);
      for (guint y = 0; y < sizes[i][1]; y++)
        memset (page->samples + (900 + y) * page->stride + 700, 30, sizes[i][0]);
      scene = card_finder_find (finder, page);
      g_assert_cmpfloat (fabs (scene->dpi / 300 - 1), <, 0.01);
    }
}

static void
test_dpi_told_wrong (void)
{
  static const double told[] = { 1, 72, 96 };

  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    {
      CorpusSpec spec = spec_of (KIND_CARD_BACK, 41);
      CorpusTruth truth;
      g_autoptr (CardPage) page = NULL;
      g_autoptr (CardScene) scene = NULL;

      spec.page = PAGE_CARD;
      page = drawn_grey_page (&spec, FALSE, &truth);
      page->dpi = told[i];
      scene = card_finder_find (finder, page);
      g_assert_cmpfloat (fabs (scene->dpi / truth.dpi - 1), <, 0.06);
    }
}

static void
test_two_cards (void)
{
  for (guint i = 0; i < 4; i++)
    {
      CorpusSpec spec = spec_of (KIND_TWO_CARDS, 60 + i);
      CorpusTruth truth;
      g_autoptr (CardPage) page = drawn_grey_page (&spec, TRUE, &truth);
      g_autoptr (CardScene) scene = card_finder_find (finder, page);

      g_assert_cmpuint (scene->n_cards, ==, 2);
    }
}

/* On these pages the network knew one card only: less of the second than makes a card, or none of it. */
static void
test_faint_card (void)
{
  static const struct
  {
    int seed;
    guint index;
  } pages[] = { { 9521, 154 }, { 9521, 230 }, { 9521, 427 }, { 9521, 724 }, { 9511, 3182 } };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      CorpusSpec spec;
      CorpusTruth truth;
      g_autoptr (CardPage) page = NULL;
      g_autoptr (CardScene) scene = NULL;

      corpus_spec_init (&spec);
      spec.purpose = PURPOSE_TUNING;
      spec.kind = KIND_TWO_CARDS;
      spec.level = LEVEL_HARD;
      spec.seed = pages[i].seed;
      spec.index = pages[i].index;
      page = drawn_grey_page (&spec, TRUE, &truth);
      scene = card_finder_find (finder, page);
      g_assert_cmpuint (scene->n_cards, ==, 2);
    }
}

static void
test_blank (void)
{
  for (guint i = 0; i < 4; i++)
    {
      CorpusSpec spec = spec_of (KIND_BLANK, 80 + i);
      CorpusTruth truth;
      g_autoptr (CardPage) page = drawn_grey_page (&spec, TRUE, &truth);
      g_autoptr (CardScene) scene = card_finder_find (finder, page);

      g_assert_cmpuint (scene->n_cards, ==, 0);
    }
}

static void
test_absurd (void)
{
  static const guint sizes[][2] = { { 1, 1 }, { 1, 5000 }, { 5000, 1 }, { 2, 2 }, { 3, 3 }, { 37, 900 }, { 640, 480 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int fill = 0; fill < 4; fill++)
      for (int dpi = 0; dpi <= 1200; dpi += 300)
        {
          g_autoptr (CardPage) page = card_page_new (sizes[i][0], sizes[i][1], 1, dpi, NULL);
          g_autoptr (CardScene) scene = NULL;
          gsize n = page->stride * page->height_px;

          memset (page->samples, fill == 1 ? 255 : 0, n);
          for (gsize k = 0; fill >= 2 && k < n; k++)
            page->samples[k] = (guint8) (fill == 2 ? (guint) g_test_rand_int () : (k / 7 % 2) * 255);
          scene = card_finder_find (finder, page);
          g_assert_nonnull (scene->places);
        }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  finder = card_finder_new ();
  g_assert_nonnull (finder);
  g_test_add_func ("/card/finder/finds-cards-where-they-lie", test_cards);
  g_test_add_func ("/card/finder/works-out-the-dpi", test_dpi_unknown);
  g_test_add_func ("/card/finder/keeps-the-dpi-within-bounds", test_dpi_bounded);
  g_test_add_func ("/card/finder/takes-no-impossible-dpi", test_dpi_told_wrong);
  g_test_add_func ("/card/finder/sees-two-cards", test_two_cards);
  g_test_add_func ("/card/finder/faint-card-counts", test_faint_card);
  g_test_add_func ("/card/finder/finds-no-card-on-a-blank-page", test_blank);
  g_test_add_func ("/card/finder/survives-absurd-pages", test_absurd);
  status = g_test_run ();
  card_finder_free (finder);
  corpus_finish ();
  return status;
}

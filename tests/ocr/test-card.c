/* SPDX-License-Identifier: Apache-2.0 */
/* card/: pages, pictures, pieces and lines, layouts and kinds. */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "card/card-kind.h"
#include "card/page.h"
#include "codes.h"

static void
test_page_sizes (void)
{
  static const guint sizes[][2] = { { 0, 10 },
                                    { 10, 0 },
                                    { CARD_PAGE_MAX_SIDE_PX + 1, 1 },
                                    { 1, CARD_PAGE_MAX_SIDE_PX + 1 },
                                    { CARD_PAGE_MAX_SIDE_PX, CARD_PAGE_MAX_SIDE_PX },
                                    { G_MAXUINT, G_MAXUINT } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CardPage) page = card_page_new (sizes[i][0], sizes[i][1], 3, 300, &error);

      g_assert_null (page);
      g_assert_error (error, CARD_PAGE_ERROR, CARD_PAGE_ERROR_ABSURD_SIZE);
    }
  {
    /* A3 at 600 dpi is taken */
    g_autoptr (CardPage) page = card_page_new (7016, 9922, 1, 600, NULL);

    g_assert_nonnull (page);
  }
}

static void
test_page_dpi (void)
{
  g_autoptr (CardPage) page = card_page_new (1, 1, 1, -4, NULL);
  g_autoptr (CardPage) huge = card_page_new (1, 1, 1, 1e9, NULL);

  g_assert_cmpfloat (page->dpi, ==, 0);
  g_assert_cmpfloat (huge->dpi, ==, 0);
}

/* A page whose brightness is a plane: whatever is cut from it lies on the plane too. */
static void
test_cut (void)
{
  g_autoptr (CardPage) page = card_page_new (200, 100, 1, 300, NULL);
  CardFrame frame = { 50, 30, cos (0.3), sin (0.3) };
  g_autoptr (CardGrey) cut = NULL;

  for (int y = 0; y < 100; y++)
    for (int x = 0; x < 200; x++)
      page->samples[y * 200 + x] = (guint8) (x + y / 2);
  cut = card_grey_cut (page, &frame, 60, 40);
  for (int y = 0; y < 40; y++)
    for (int x = 0; x < 60; x++)
      {
        double px, py;

        card_frame_map (&frame, x + 0.5, y + 0.5, &px, &py);
        g_assert_cmpfloat (fabs (cut->samples[y * 60 + x] - (px - 0.5 + (py - 0.5) / 2)), <, 1.6);
      }
}

/* Any width: what is left over from a vector too. White stays white, and each colour has the eye's weight. */
static void
test_grey (void)
{
  for (guint width = 1; width < 70; width++)
    {
      g_autoptr (CardPage) page = card_page_new (width, 3, 3, 200, NULL), grey = NULL, same = NULL;

      for (gsize i = 0; i < page->stride * 3; i++)
        page->samples[i] = i < page->stride ? 255 : (guint8) (i * 37 + width);
      grey = card_page_to_grey (page, NULL);
      g_assert_cmpuint (grey->n_channels, ==, 1);
      g_assert_cmpuint (grey->width_px, ==, width);
      g_assert_cmpuint (grey->height_px, ==, 3);
      g_assert_cmpfloat (grey->dpi, ==, 200);
      for (gsize i = 0; i < (gsize) width * 3; i++)
        {
          const guint8 *p = page->samples + 3 * i;

          g_assert_cmpfloat (fabs (grey->samples[i] - (0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2])), <, 1.5);
        }
      g_assert_cmpint (grey->samples[0], ==, 255);
      same = card_page_to_grey (grey, NULL);
      g_assert_cmpmem (same->samples, same->stride * 3, grey->samples, grey->stride * 3);
    }
}

/* The mean of each block; what does not fill one is left out. */
static void
test_reduce (void)
{
  g_autoptr (CardPage) page = card_page_new (20, 11, 1, 0, NULL);
  g_autoptr (CardGrey) reduced = NULL;

  for (int i = 0; i < 20 * 11; i++)
    page->samples[i] = (guint8) (i % 20 / 3 * 10 + i / 20 / 3 * 50 + (i % 2 ? 1 : 0));
  reduced = card_grey_reduce (page, 3);
  g_assert_cmpint (reduced->width, ==, 6);
  g_assert_cmpint (reduced->height, ==, 3);
  for (int y = 0; y < 3; y++)
    for (int x = 0; x < 6; x++)
      g_assert_cmpint (reduced->samples[y * 6 + x], ==, x * 10 + y * 50);
}

/* A square turned about its middle leans as far as it is turned; one turned by a quarter does not. */
static void
test_lean (void)
{
  static const double degrees[] = { -41, -19, -4, 0, 1.5, 12, 30, 43, 90 };
  g_autoptr (CardGrey) picture = card_grey_new (200, 160);

  g_assert_cmpfloat (card_grey_lean (picture), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (degrees); i++)
    {
      double c = cos (degrees[i] * G_PI / 180), s = sin (degrees[i] * G_PI / 180);
      double want = remainder (degrees[i], 90);

      for (int y = 0; y < 160; y++)
        for (int x = 0; x < 200; x++)
          {
            double u = (x - 100) * c + (y - 80) * s, v = -(x - 100) * s + (y - 80) * c;
            double in = CLAMP ((52 - MAX (fabs (u), fabs (v))) / 4, 0, 1);

            picture->samples[y * 200 + x] = (guint8) (230 - 150 * in + (x * 7 + y * 13) % 5);
          }
      g_assert_cmpfloat (fabs (card_grey_lean (picture) * 180 / G_PI - want), <, 1.5);
    }
}

static void
test_cut_outside (void)
{
  g_autoptr (CardPage) page = card_page_new (3, 3, 1, 0, NULL);
  CardFrame frame = { -1e6, 5e5, 700, -300 };
  g_autoptr (CardGrey) cut = card_grey_cut (page, &frame, 9, 9);

  g_assert_cmpint (cut->samples[0], ==, 0);
}

#define FRONT "[document]\ncode=my-number-card-front\nrefusal=wrong-side\nsize=card\n"
#define BACK "[document]\ncode=my-number-card-back\nproves=true\nneeds-field=true\nsize=card\n"
#define SHEET "[document]\ncode=notification-card\nproves=true\nneeds-field=true\nsize=sheet\n"

typedef struct
{
  const char *text;
  const char *message; /* a part of it */
} DamagedCase;

static const DamagedCase damaged_layouts[] = {
  { "", "[document] is missing" },
  { "[document]\n", "code names no document" },
  { "\xff\xfe", "UTF-8" },
  { "[document]\ncode=unheard-of\nrefusal=wrong-side\nsize=card\n", "code names no document" },
  { "[document]\ncode=driving-licence\nrefusal=wrong-document\nsize=vast\n", "size is" },
  { "[document]\ncode=driving-licence\nrefusal=too-ugly\nsize=card\n", "refusal names no reason" },
  { "[document]\ncode=driving-licence\nsize=card\n", "either proves=true or a refusal" },
  { "[document]\ncode=driving-licence\nproves=true\nneeds-field=true\nsize=card\n", "proves no number" },
  { "[document]\ncode=resident-record\nproves=true\nneeds-field=true\nsize=sheet\n", "proves no number" },
  { "[document]\ncode=my-number-card-back\nproves=true\nsize=card\n", "needs its field" },
  { BACK "refusal=wrong-side\n", "either proves=true or a refusal" },
  { SHEET, "needs a word" },
  { FRONT "number-qr=true\n", "number-qr" },
  { FRONT "needs-field=true\nno-field=true\n", "exclude each other" },
  { FRONT "needs-word=true\n", "needs-word without words" },
  { FRONT "needs-word=perhaps\n", "needs-word is true or false" },
  { FRONT "colour=pink\n", "a key that no layout has" },
  { FRONT "[print]\n", "a group that no layout has" },
  { FRONT "weight=heavy\n", "a weight is a number" },
  { FRONT "weight=-1\n", "a weight is a number" },
  { FRONT "weight=nan\n", "a weight is a number" },
  { FRONT "least=1000\n", "a weight is a number" },
  { FRONT "[words]\n個人番号=much\n", "a weight is a number" },
  { FRONT "[words]\n号=1\n", "2 to 16 characters" },
  { FRONT "never=号\n", "2 to 16 characters" },
  { FRONT "[words]\n薔薇=1\n", "the character 薔" },
  { FRONT "never=通知カード;薔薇\n", "the character 薔" },
  { FRONT "[words]\n個人=1\n人番=1\n番号=1\n通知=1\n知カ=1\nカー=1\nード=1\n運転=1\n転免=1\n免許=1\n許証=1\n住民=1\n"
          "民票=1\n保険=1\n険証=1\n申請=1\n請書=1\n",
    "more than 16 words" },
};

static void
test_layout_damaged (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (damaged_layouts); i++)
    {
      const DamagedCase *c = &damaged_layouts[i];
      g_autoptr (GError) error = NULL;
      CardLayout layout = { 0 };

      g_test_message ("case %u", i);
      g_assert_false (card_layout_parse (c->text, strlen (c->text), &layout, &error));
      g_assert_error (error, CARD_LAYOUT_ERROR, CARD_LAYOUT_ERROR_DAMAGED);
      g_assert_nonnull (strstr (error->message, c->message));
    }
}

static void
test_layout_too_large (void)
{
  g_autofree char *text = g_strnfill (LAYOUT_MAX_BYTES + 1, '\n');
  CardLayout layout = { 0 };

  memcpy (text, FRONT, strlen (FRONT));
  g_assert_true (card_layout_parse (text, LAYOUT_MAX_BYTES, &layout, NULL));
  card_layout_clear (&layout);
  g_assert_false (card_layout_parse (text, LAYOUT_MAX_BYTES + 1, &layout, NULL));
}

/* --- layouts of a folder ---------------------------------------------------------------------------------------------- */

typedef struct
{
  char *path;
} Folder;

static void
folder_set_up (Folder *self, gconstpointer data)
{
  self->path = g_dir_make_tmp ("azukari-layouts-XXXXXX", NULL);
  g_assert_nonnull (self->path);
}

static void
folder_tear_down (Folder *self, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (self->path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->path, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (self->path), ==, 0);
  g_free (self->path);
}

static void
folder_add (Folder *self, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (self->path, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static const char *
document_of (const CardLayouts *layouts, const CardSigns *signs)
{
  const CardLayout *layout = card_kind_find (layouts, signs);

  return layout != NULL ? layout->document : FRAMES_DOCUMENT_OTHER;
}

static const char *
decide (const CardLayouts *layouts, CardShape shape, gboolean has_field, const char *word)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  CardSigns signs = { .shape = shape, .has_field = has_field, .words = words };

  g_ptr_array_add (words, (gpointer) word);
  return document_of (layouts, &signs);
}

/* A card that nobody has heard of yet: its words reach the reader, and it is told from others, without a new program. */
static void
test_folder_new_design (Folder *self, gconstpointer data)
{
  static const char word[] = "次期個人番号カード", rival[] = "在留カード";
  g_autoptr (CardLayouts) before = card_layouts_new ();
  g_autoptr (CardLayouts) after = NULL;

  g_assert_false (g_ptr_array_find_with_equal_func (before->words, word, g_str_equal, NULL));
  g_assert_cmpstr (decide (before, CARD_SHAPE_ID1, FALSE, word), ==, FRAMES_DOCUMENT_OTHER);
  folder_add (self, "design-2028.layout",
              "# 次期個人番号カード\n[document]\ncode=my-number-card-back\nproves=true\nsize=card\nneeds-field=true\n"
              "needs-word=true\nweight=3\nnever=在留カード\n[words]\n次期個人番号カード=9\n");
  folder_add (self, "design-2028-front.layout",
              "[document]\ncode=my-number-card-front\nrefusal=wrong-side\nsize=card\nneeds-word=true\nno-field=true\n"
              "[words]\n次期個人番号カード=9\n");
  folder_add (self, "README", "no layout\n");
  folder_add (self, ".hidden.layout", "no layout\n");
  after = card_layouts_new_with_folder (self->path, NULL);
  g_assert_nonnull (after);
  g_assert_cmpuint (after->layouts->len, ==, before->layouts->len + 2);
  g_assert_true (g_ptr_array_find_with_equal_func (after->words, word, g_str_equal, NULL));
  g_assert_cmpstr (decide (after, CARD_SHAPE_ID1, FALSE, word), ==, FRAMES_DOCUMENT_CARD_FRONT);
  g_assert_cmpstr (decide (after, CARD_SHAPE_ID1, TRUE, word), ==, FRAMES_DOCUMENT_CARD_BACK);
  g_assert_cmpstr (decide (after, CARD_SHAPE_SHEET, TRUE, word), ==, FRAMES_DOCUMENT_OTHER);
  g_assert_cmpstr (decide (after, CARD_SHAPE_ID1, FALSE, rival), ==, FRAMES_DOCUMENT_OTHER);
}

static void
test_folder_missing (void)
{
  g_autoptr (CardLayouts) layouts = card_layouts_new_with_folder ("/nonexistent/layouts", NULL);
  g_autoptr (CardLayouts) built_in = card_layouts_new ();

  g_assert_nonnull (layouts);
  g_assert_cmpuint (layouts->layouts->len, ==, built_in->layouts->len);
}

static void
test_folder_damaged (Folder *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  folder_add (self, "a.layout", FRONT);
  folder_add (self, "b.layout", FRONT "never=薔薇\n");
  g_assert_null (card_layouts_new_with_folder (self->path, &error));
  g_assert_error (error, CARD_LAYOUT_ERROR, CARD_LAYOUT_ERROR_DAMAGED);
  g_assert_true (g_str_has_prefix (error->message, "b.layout: "));
  g_assert_null (strstr (error->message, self->path));
}

static void
test_folder_oversized (Folder *self, gconstpointer data)
{
  g_autofree char *text = g_strnfill (LAYOUT_MAX_BYTES + 1, '\n');

  memcpy (text, FRONT, strlen (FRONT));
  folder_add (self, "a.layout", text);
  g_assert_null (card_layouts_new_with_folder (self->path, NULL));
}

static void
test_folder_no_file (Folder *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->path, "pipe.layout", NULL);
  g_autoptr (GError) error = NULL;

  /* nobody writes to it: who reads it waits for ever */
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_null (card_layouts_new_with_folder (self->path, &error));
  g_assert_true (g_str_has_prefix (error->message, "pipe.layout: "));
}

static void
test_folder_too_many (Folder *self, gconstpointer data)
{
  g_autoptr (CardLayouts) most = NULL;

  for (int i = 0; i <= LAYOUT_MAX_FILES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%02d.layout", i);

      g_assert_true (i < LAYOUT_MAX_FILES || (most = card_layouts_new_with_folder (self->path, NULL)) != NULL);
      folder_add (self, name, FRONT);
    }
  g_assert_null (card_layouts_new_with_folder (self->path, NULL));
}

typedef struct
{
  CardShape shape;
  gboolean has_field;
  gboolean has_qr;
  const char *words; /* separated by spaces */
  const char *document;
} KindCase;

static const KindCase kinds[] = {
  { CARD_SHAPE_ID1, TRUE, TRUE, "", FRAMES_DOCUMENT_CARD_BACK },
  { CARD_SHAPE_ID1, TRUE, FALSE, "", FRAMES_DOCUMENT_CARD_BACK },
  { CARD_SHAPE_ID1, TRUE, TRUE, "個人番号カード", FRAMES_DOCUMENT_CARD_BACK },
  { CARD_SHAPE_ID1, TRUE, FALSE, "個人番号カード", FRAMES_DOCUMENT_CARD_BACK },
  { CARD_SHAPE_ID1, TRUE, FALSE, "通知カード", FRAMES_DOCUMENT_NOTIFICATION_CARD },
  { CARD_SHAPE_SMALL, TRUE, FALSE, "通知カード", FRAMES_DOCUMENT_NOTIFICATION_CARD },
  { CARD_SHAPE_SHEET, TRUE, FALSE, "通知カード 個人番号カード", FRAMES_DOCUMENT_NOTIFICATION_CARD },
  { CARD_SHAPE_SHEET, TRUE, FALSE, "", FRAMES_DOCUMENT_OTHER },
  { CARD_SHAPE_SHEET, TRUE, FALSE, "通知書", FRAMES_DOCUMENT_NOTICE },
  { CARD_SHAPE_SHEET, TRUE, FALSE, "個人番号通知書 通知カード", FRAMES_DOCUMENT_NOTICE },
  { CARD_SHAPE_ID1, TRUE, FALSE, "個人番号通知書", FRAMES_DOCUMENT_NOTICE },
  { CARD_SHAPE_SHEET, TRUE, FALSE, "住民票", FRAMES_DOCUMENT_RESIDENT_RECORD },
  { CARD_SHAPE_SHEET, TRUE, FALSE, "世帯主", FRAMES_DOCUMENT_OTHER },
  { CARD_SHAPE_SHEET, FALSE, FALSE, "世帯主 続柄", FRAMES_DOCUMENT_RESIDENT_RECORD },
  { CARD_SHAPE_SHEET, TRUE, FALSE, "通知カード 住民票", FRAMES_DOCUMENT_NOTIFICATION_CARD },
  { CARD_SHAPE_SHEET, TRUE, FALSE, "通知カード 通知書", FRAMES_DOCUMENT_NOTICE },
  { CARD_SHAPE_SHEET, TRUE, FALSE, "通知カード 交付申請書", FRAMES_DOCUMENT_NOTIFICATION_CARD },
  { CARD_SHAPE_SHEET, FALSE, FALSE, "個人番号カード 交付申請書", FRAMES_DOCUMENT_APPLICATION_FORM },
  { CARD_SHAPE_SHEET, TRUE, FALSE, "交付申請書", FRAMES_DOCUMENT_OTHER },
  { CARD_SHAPE_SHEET, TRUE, TRUE, "", FRAMES_DOCUMENT_OTHER },
  { CARD_SHAPE_SHEET, TRUE, TRUE, "特定在留カード", FRAMES_DOCUMENT_OTHER },
  { CARD_SHAPE_ID1, TRUE, FALSE, "特定在留カード 在留カード", FRAMES_DOCUMENT_SPECIAL_RESIDENCE_CARD },
  { CARD_SHAPE_ID1, FALSE, FALSE, "特定在留カード 在留カード", FRAMES_DOCUMENT_SPECIAL_RESIDENCE_CARD },
  { CARD_SHAPE_ID1, FALSE, FALSE, "在留カード", FRAMES_DOCUMENT_OTHER },
  { CARD_SHAPE_ID1, FALSE, FALSE, "被保険者証", FRAMES_DOCUMENT_INSURANCE_CARD },
  { CARD_SHAPE_ID1, TRUE, TRUE, "被保険者証", FRAMES_DOCUMENT_INSURANCE_CARD },
  { CARD_SHAPE_ID1, TRUE, TRUE, "運転免許証", FRAMES_DOCUMENT_LICENCE },
  { CARD_SHAPE_ID1, TRUE, FALSE, "公安委員会", FRAMES_DOCUMENT_LICENCE },
  { CARD_SHAPE_ID1, TRUE, FALSE, "通知カード 公安委員会", FRAMES_DOCUMENT_LICENCE },
  { CARD_SHAPE_ID1, FALSE, FALSE, "個人番号カード 電子証明書", FRAMES_DOCUMENT_CARD_FRONT },
  { CARD_SHAPE_ID1, FALSE, FALSE, "運転免許証", FRAMES_DOCUMENT_LICENCE },
  { CARD_SHAPE_ID1, FALSE, FALSE, "", FRAMES_DOCUMENT_OTHER },
  { CARD_SHAPE_ID1, FALSE, TRUE, "", FRAMES_DOCUMENT_CARD_BACK },
  { CARD_SHAPE_ID1, FALSE, FALSE, "通知カード", FRAMES_DOCUMENT_NOTIFICATION_CARD },
  { CARD_SHAPE_ID1, FALSE, FALSE, "通知カード 追記欄", FRAMES_DOCUMENT_NOTIFICATION_CARD_BACK },
  { CARD_SHAPE_SHEET, FALSE, FALSE, "通知カード", FRAMES_DOCUMENT_OTHER },
  { CARD_SHAPE_ID1, FALSE, FALSE, "免許", FRAMES_DOCUMENT_LICENCE },
  { CARD_SHAPE_ID1, TRUE, FALSE, "免許", FRAMES_DOCUMENT_CARD_BACK },
  { CARD_SHAPE_ID1, FALSE, FALSE, "追記欄 免許", FRAMES_DOCUMENT_NOTIFICATION_CARD_BACK },
  { CARD_SHAPE_ID1, TRUE, FALSE, "通知カード 追記欄", FRAMES_DOCUMENT_NOTIFICATION_CARD },
  { CARD_SHAPE_ID1, FALSE, FALSE, "カード", FRAMES_DOCUMENT_OTHER },
};

static void
test_kinds (void)
{
  g_autoptr (CardLayouts) layouts = card_layouts_new ();

  g_assert_nonnull (layouts);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_auto (GStrv) split = g_strsplit (kinds[i].words, " ", -1);
      g_autoptr (GPtrArray) words = g_ptr_array_new ();
      CardSigns signs = { kinds[i].shape, kinds[i].has_field, kinds[i].has_qr, words };

      for (char **word = split; *word != NULL && **word != '\0'; word++)
        g_ptr_array_add (words, *word);
      g_test_message ("case %u", i);
      g_assert_cmpstr (document_of (layouts, &signs), ==, kinds[i].document);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/card/page/refuses-absurd-sizes", test_page_sizes);
  g_test_add_func ("/card/page/takes-no-absurd-dpi", test_page_dpi);
  g_test_add_func ("/card/page/turns-grey", test_grey);
  g_test_add_func ("/card/grey/reduces-by-blocks", test_reduce);
  g_test_add_func ("/card/grey/leans-as-its-edges-do", test_lean);
  g_test_add_func ("/card/grey/cuts-where-the-frame-says", test_cut);
  g_test_add_func ("/card/grey/cuts-beyond-the-page", test_cut_outside);
  g_test_add_func ("/card/layout/refuses-damaged-files", test_layout_damaged);
  g_test_add_func ("/card/layout/refuses-large-files", test_layout_too_large);
  g_test_add ("/card/layout/a-new-design-is-a-file", Folder, NULL, folder_set_up, test_folder_new_design,
              folder_tear_down);
  g_test_add_func ("/card/layout/needs-no-folder", test_folder_missing);
  g_test_add ("/card/layout/names-the-damaged-file", Folder, NULL, folder_set_up, test_folder_damaged,
              folder_tear_down);
  g_test_add ("/card/layout/reads-no-large-file", Folder, NULL, folder_set_up, test_folder_oversized, folder_tear_down);
  g_test_add ("/card/layout/waits-for-no-pipe", Folder, NULL, folder_set_up, test_folder_no_file, folder_tear_down);
  g_test_add ("/card/layout/reads-no-more-than-some", Folder, NULL, folder_set_up, test_folder_too_many,
              folder_tear_down);
  g_test_add_func ("/card/kind/decides-by-signs", test_kinds);
  return g_test_run ();
}

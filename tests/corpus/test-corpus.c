/* SPDX-License-Identifier: Apache-2.0 */
/* The generator itself: what it says about a page is so, and the same seed draws the same page. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <zbar.h>

#include "corpus.h"
#include "layout.h"

typedef zbar_image_scanner_t Scanner;
typedef zbar_image_t ScannerImage;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Scanner, zbar_image_scanner_destroy)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScannerImage, zbar_image_destroy)

/* --- helpers ------------------------------------------------------------------------------------------------------------ */

static CorpusSpec
small_spec (CorpusKind kind, guint32 index)
{
  CorpusSpec spec;

  corpus_spec_init (&spec);
  spec.kind = kind;
  spec.index = index;
  spec.dpi = 200;
  spec.page = PAGE_CARD;
  spec.color = 0;
  return spec;
}

static gsize
image_bytes (const CorpusImage *image)
{
  return (gsize) image->width_px * image->height_px * image->n_channels;
}

static double
distance (CorpusPoint a, CorpusPoint b)
{
  return hypot (a.x - b.x, a.y - b.y);
}

/* The text of the one QR code on a grey page, or NULL. (transfer full) */
static char *
decode_qr (const CorpusImage *image)
{
  g_autoptr (Scanner) scanner = zbar_image_scanner_create ();
  g_autoptr (ScannerImage) picture = zbar_image_create ();
  const zbar_symbol_t *symbol;

  g_assert_cmpuint (image->n_channels, ==, 1);
  zbar_image_scanner_set_config (scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
  zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
  zbar_image_set_format (picture, zbar_fourcc ('Y', '8', '0', '0'));
  zbar_image_set_size (picture, image->width_px, image->height_px);
  zbar_image_set_data (picture, image->samples, image_bytes (image), NULL);
  if (zbar_scan_image (scanner, picture) != 1)
    return NULL;
  symbol = zbar_image_first_symbol (picture);
  return g_strdup (zbar_symbol_get_data (symbol));
}

/* The sample nearest to where @u, @v (0..1) of a turned box lies. */
static guint8
sample_in_box (const CorpusImage *image, const CorpusPoint box[4], double u, double v)
{
  double x = box[0].x + u * (box[1].x - box[0].x) + v * (box[3].x - box[0].x);
  double y = box[0].y + u * (box[1].y - box[0].y) + v * (box[3].y - box[0].y);
  guint column = CLAMP ((int) x, 0, (int) image->width_px - 1), row = CLAMP ((int) y, 0, (int) image->height_px - 1);

  return image->samples[(gsize) row * image->width_px + column];
}

/* --- dice and digits ---------------------------------------------------------------------------------------------------- */

static void
test_dice_forks_do_not_move_their_root (void)
{
  Dice a, b, left, right;

  dice_init (&a, 7);
  b = a;
  left = dice_fork (&a, "left");
  right = dice_fork (&a, "right");
  g_assert_cmpuint (dice_next (&a), ==, dice_next (&b));
  g_assert_cmpuint (dice_next (&left), !=, dice_next (&right));
}

static void
test_dice_weighted_never_gives_what_weighs_nothing (void)
{
  static const double weights[] = { 0, 3, 0, 1, 0 };
  guint counts[G_N_ELEMENTS (weights)] = { 0 };
  Dice dice;

  dice_init (&dice, 1);
  for (int i = 0; i < 4000; i++)
    counts[dice_weighted (&dice, weights, G_N_ELEMENTS (weights))]++;
  g_assert_cmpuint (counts[0] + counts[2] + counts[4], ==, 0);
  g_assert_cmpuint (counts[1], >, 2800);
  g_assert_cmpuint (counts[3], >, 800);
}

static void
test_purposes_never_share_a_stream (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  const guint32 seeds[] = { 0, 1, 2, CORPUS_SEED_MAX };

  for (guint purpose = 0; purpose < N_PURPOSES; purpose++)
    for (guint i = 0; i < G_N_ELEMENTS (seeds); i++)
      for (guint32 index = 0; index < 50; index++)
        {
          CorpusSpec spec;
          Dice dice;
          gint64 first;

          corpus_spec_init (&spec);
          spec.purpose = purpose;
          spec.seed = seeds[i];
          spec.index = index;
          dice = corpus_spec_dice (&spec);
          first = (gint64) dice_next (&dice);
          g_assert_true (g_hash_table_add (seen, g_memdup2 (&first, sizeof first)));
        }
}

static void
test_check_digit_agrees_with_vectors (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "vectors", "check-digit.csv", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;
  guint n_valid = 0, n_invalid = 0;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], ",", 3);
      gboolean valid = strcmp (fields[1], "1") == 0;

      g_assert_cmpint (digits_is_valid (fields[0]), ==, valid);
      n_valid += valid;
      n_invalid += !valid;
    }
  g_assert_cmpuint (n_valid, >=, 49);
  g_assert_cmpuint (n_invalid, >=, 29);
}

static void
test_digits_refuse_what_is_no_number (void)
{
  g_assert_false (digits_is_valid ("000000000000"));
  g_assert_false (digits_is_valid (""));
  g_assert_false (digits_is_valid ("12345678901"));
  g_assert_false (digits_is_valid ("1234567890123"));
  g_assert_false (digits_is_valid ("12345678901x"));
  g_assert_true (digits_is_valid ("123456789018"));
}

static void
test_digits_draw_right_and_wrong (void)
{
  char digits[DIGITS_LENGTH + 1];
  guint n_zero = 0;
  Dice dice;

  dice_init (&dice, 3);
  for (int i = 0; i < 2000; i++)
    {
      digits_draw (&dice, TRUE, digits);
      g_assert_true (digits_is_valid (digits));
      n_zero += digits[11] == '0';
      digits_draw (&dice, FALSE, digits);
      g_assert_true (digits_are_twelve (digits));
      g_assert_false (digits_is_valid (digits));
    }
  /* two of eleven remainders give 0 */
  g_assert_cmpuint (n_zero, >, 290);
  g_assert_cmpuint (n_zero, <, 440);
}

static void
test_held_out_faces_are_only_in_test_pages (void)
{
  guint n_held_out[2] = { 0 };
  Dice dice;

  dice_init (&dice, 11);
  for (int i = 0; i < 400; i++)
    for (int held_out_too = 0; held_out_too <= 1; held_out_too++)
      n_held_out[held_out_too] += layout_digit_font_is_held_out (layout_digit_font (&dice, held_out_too));
  g_assert_cmpuint (n_held_out[0], ==, 0);
  g_assert_cmpuint (n_held_out[1], >, 40);

  for (guint32 index = 0; index < 10; index++)
    {
      CorpusSpec spec = small_spec (KIND_NOTIFICATION_CARD, index);
      g_auto (CorpusImage) image = { 0 };
      CorpusTruth truth;

      spec.purpose = index % 2 == 0 ? PURPOSE_TRAINING : PURPOSE_TUNING;
      corpus_draw (&spec, &image, &truth);
      g_assert_nonnull (truth.font);
      g_assert_false (layout_digit_font_is_held_out (truth.font));
    }
}

/* --- pages -------------------------------------------------------------------------------------------------------------- */

static void
test_same_spec_draws_same_page (void)
{
  for (guint level = 0; level < N_LEVELS; level++)
    {
      CorpusSpec spec = small_spec (KIND_CARD_BACK, 5);
      g_auto (CorpusImage) first = { 0 };
      g_auto (CorpusImage) second = { 0 };
      g_auto (CorpusImage) other = { 0 };
      g_autofree char *first_json = NULL, *second_json = NULL, *other_json = NULL;
      CorpusTruth truth;

      spec.level = level;
      spec.color = -1;
      corpus_draw (&spec, &first, &truth);
      first_json = corpus_truth_to_json (&truth, &spec, &first, "page");
      corpus_draw (&spec, &second, &truth);
      second_json = corpus_truth_to_json (&truth, &spec, &second, "page");
      g_assert_cmpmem (first.samples, image_bytes (&first), second.samples, image_bytes (&second));
      g_assert_cmpstr (first_json, ==, second_json);

      spec.seed++;
      corpus_draw (&spec, &other, &truth);
      other_json = corpus_truth_to_json (&truth, &spec, &other, "page");
      g_assert_cmpstr (first_json, !=, other_json);
    }
}

static void
check_boxes (const CorpusImage *image, const CorpusTruth *truth)
{
  const double slack = 1.0;

  for (int i = 0; i < 4; i++)
    {
      if (truth->has_box)
        {
          g_assert_cmpfloat (truth->box[i].x, >=, -slack);
          g_assert_cmpfloat (truth->box[i].y, >=, -slack);
          g_assert_cmpfloat (truth->box[i].x, <=, image->width_px + slack);
          g_assert_cmpfloat (truth->box[i].y, <=, image->height_px + slack);
        }
      if (truth->has_number_box)
        {
          /* inside the card: left of every side when going round clockwise with y down */
          for (int side = 0; side < 4; side++)
            {
              CorpusPoint a = truth->box[side], b = truth->box[(side + 1) % 4], p = truth->number_box[i];

              g_assert_cmpfloat ((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x), >, 0);
            }
        }
    }
}

/* Every kind, on the glass and from the feeder. */
static void
test_truth_lies_on_the_page (void)
{
  for (guint kind = 0; kind < N_KINDS; kind++)
    for (guint32 index = 0; index < 3; index++)
      {
        CorpusSpec spec = small_spec (kind, index);
        g_auto (CorpusImage) image = { 0 };
        CorpusTruth truth;

        spec.page = index % 2 == 0 ? PAGE_CARD : PAGE_BED;
        corpus_draw (&spec, &image, &truth);
        g_assert_cmpuint (truth.dpi, ==, 200);
        g_assert_cmpfloat (truth.rotation_deg, >=, 0);
        g_assert_cmpfloat (truth.rotation_deg, <, 360);
        g_assert_cmpint (truth.has_box, ==, kind != KIND_BLANK && kind != KIND_TWO_CARDS);
        g_assert_cmpint (truth.accept, ==, corpus_kind_is_accepted (kind));
        g_assert_cmpint (truth.has_number_box, ==, truth.number[0] != '\0' || truth.decoy[0] != '\0');
        if (truth.accept)
          g_assert_true (digits_is_valid (truth.number));
        if (truth.kind != KIND_NOTIFICATION_SHEET && distance (truth.box[0], truth.box[3]) < 140 * 200 / 25.4)
          check_boxes (&image, &truth);
      }
}

static void
test_card_has_its_size_and_turn (void)
{
  for (int turn = 0; turn < 360; turn += 35)
    {
      CorpusSpec spec = small_spec (KIND_CARD_BACK, (guint32) turn);
      g_auto (CorpusImage) image = { 0 };
      CorpusTruth truth;
      double angle;

      spec.any_rotation = FALSE;
      spec.rotation_deg = turn;
      spec.page = turn % 2 == 0 ? PAGE_CARD : PAGE_BED;
      corpus_draw (&spec, &image, &truth);
      angle = atan2 (truth.box[1].y - truth.box[0].y, truth.box[1].x - truth.box[0].x) * 180 / G_PI;
      g_assert_cmpfloat_with_epsilon (distance (truth.box[0], truth.box[1]), LAYOUT_ID1_WIDTH_MM * 200 / 25.4, 0.1);
      g_assert_cmpfloat_with_epsilon (distance (truth.box[0], truth.box[3]), LAYOUT_ID1_HEIGHT_MM * 200 / 25.4, 0.1);
      g_assert_cmpfloat_with_epsilon (angle < -0.01 ? angle + 360 : angle, turn, 0.01);
      check_boxes (&image, &truth);
    }
}

/* Ink where the truth says, and the card's stock just above and below it. */
static void
test_number_is_printed_where_the_truth_says (void)
{
  static const CorpusKind kinds[] = { KIND_CARD_BACK, KIND_NOTIFICATION_CARD, KIND_LICENCE, KIND_NOTICE };

  for (guint i = 0; i < G_N_ELEMENTS (kinds) * 4; i++)
    {
      CorpusSpec spec = small_spec (kinds[i % G_N_ELEMENTS (kinds)], i);
      g_auto (CorpusImage) image = { 0 };
      CorpusTruth truth;
      guint n_dark = 0, n_all = 0, n_dark_below = 0;

      corpus_draw (&spec, &image, &truth);
      for (double v = 0.05; v < 1; v += 0.1)
        for (double u = 0.0025; u < 1; u += 0.005, n_all++)
          n_dark += sample_in_box (&image, truth.number_box, u, v) < 130;
      for (double u = 0.0025; u < 1; u += 0.005)
        n_dark_below += sample_in_box (&image, truth.number_box, u, 1.12) < 130;
      g_assert_cmpuint (n_dark, >, n_all / 20);
      g_assert_cmpuint (n_dark, <, n_all / 2);
      g_assert_cmpuint (n_dark_below, <, 10);
    }
}

static void
test_given_number_is_used_and_judged (void)
{
  CorpusSpec spec = small_spec (KIND_CARD_BACK, 0);
  g_auto (CorpusImage) right = { 0 };
  g_auto (CorpusImage) wrong = { 0 };
  CorpusTruth truth;

  spec.number = "123456789018";
  spec.name = "見本　太郎";
  corpus_draw (&spec, &right, &truth);
  g_assert_cmpstr (truth.number, ==, "123456789018");
  g_assert_true (truth.accept);
  spec.number = "123456789012";
  corpus_draw (&spec, &wrong, &truth);
  g_assert_cmpstr (truth.number, ==, "123456789012");
  g_assert_false (truth.accept);
}

static void
test_lookalikes_pass_the_check_when_asked (void)
{
  guint n_valid = 0;

  for (guint32 index = 0; index < 20; index++)
    {
      CorpusSpec spec = small_spec (KIND_LICENCE, index);
      g_auto (CorpusImage) image = { 0 };
      CorpusTruth truth;

      spec.lookalike_valid = index < 8;
      corpus_draw (&spec, &image, &truth);
      g_assert_cmpstr (truth.number, ==, "");
      g_assert_true (digits_are_twelve (truth.decoy));
      if (index < 8)
        g_assert_true (digits_is_valid (truth.decoy));
      else
        n_valid += digits_is_valid (truth.decoy);
    }
  g_assert_cmpuint (n_valid, <, 12);
}

/* --- QR codes ----------------------------------------------------------------------------------------------------------- */

static void
test_good_qr_decodes_to_the_number (void)
{
  guint n_decoded = 0;

  for (guint32 index = 0; index < 12; index++)
    {
      CorpusSpec spec = small_spec (KIND_CARD_BACK, index);
      g_auto (CorpusImage) image = { 0 };
      g_autofree char *text = NULL;
      CorpusTruth truth;

      spec.qr = QR_GOOD;
      spec.dpi = 300;
      corpus_draw (&spec, &image, &truth);
      g_assert_cmpint (truth.qr, ==, QR_GOOD);
      text = decode_qr (&image);
      if (text != NULL)
        {
          g_assert_cmpstr (text, ==, truth.number);
          n_decoded++;
        }
    }
  /* zbar itself misses one now and then at some angle */
  g_assert_cmpuint (n_decoded, >=, 11);
}

static void
test_damaged_or_absent_qr_does_not_decode (void)
{
  for (guint32 index = 0; index < 12; index++)
    {
      CorpusSpec spec = small_spec (KIND_CARD_BACK, index);
      g_auto (CorpusImage) image = { 0 };
      g_autofree char *text = NULL;
      CorpusTruth truth;

      spec.qr = index % 2 == 0 ? QR_DAMAGED : QR_NONE;
      spec.dpi = 300;
      corpus_draw (&spec, &image, &truth);
      g_assert_cmpint (truth.qr, ==, spec.qr);
      text = decode_qr (&image);
      g_assert_null (text);
    }
}

/* --- files -------------------------------------------------------------------------------------------------------------- */

static void
test_header_has_three_lines (void)
{
  g_autofree char *folder = g_dir_make_tmp ("azukari-corpus-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "page.pnm", NULL);

  for (int color = 0; color <= 1; color++)
    {
      CorpusSpec spec = small_spec (KIND_BLANK, 0);
      g_auto (CorpusImage) image = { 0 };
      g_autoptr (GError) error = NULL;
      g_autofree char *contents = NULL, *header = NULL;
      gsize n_bytes;
      CorpusTruth truth;

      spec.color = color;
      corpus_draw (&spec, &image, &truth);
      g_assert_true (corpus_image_save (&image, path, &error));
      g_assert_no_error (error);
      g_file_get_contents (path, &contents, &n_bytes, &error);
      g_assert_no_error (error);
      header = g_strdup_printf ("P%d\n%u %u\n255\n", color ? 6 : 5, image.width_px, image.height_px);
      g_assert_cmpmem (contents, strlen (header), header, strlen (header));
      g_assert_cmpuint (n_bytes, ==, strlen (header) + image_bytes (&image));
    }
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_unwritable_file_is_told (void)
{
  CorpusSpec spec = small_spec (KIND_BLANK, 0);
  g_auto (CorpusImage) image = { 0 };
  g_autoptr (GError) error = NULL;
  CorpusTruth truth;

  corpus_draw (&spec, &image, &truth);
  g_assert_false (corpus_image_save (&image, "/nowhere/page.pnm", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  /* a full disk */
  g_assert_false (corpus_image_save (&image, "/dev/full", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
}

static void
test_held_out_layouts_are_only_in_test_pages (void)
{
  guint n_held_out[N_PURPOSES] = { 0 };

  for (guint purpose = 0; purpose < N_PURPOSES; purpose++)
    for (guint32 index = 0; index < 40; index++)
      {
        CorpusSpec spec = small_spec (KIND_CARD_BACK, index);
        g_auto (CorpusImage) image = { 0 };
        CorpusTruth truth;

        spec.purpose = purpose;
        corpus_draw (&spec, &image, &truth);
        n_held_out[purpose] += truth.layout_held_out;
        g_assert_true (truth.accept);
        check_boxes (&image, &truth);
      }
  g_assert_cmpuint (n_held_out[PURPOSE_TRAINING] + n_held_out[PURPOSE_TUNING], ==, 0);
  g_assert_cmpuint (n_held_out[PURPOSE_TEST], >, 0);
  g_assert_cmpuint (n_held_out[PURPOSE_TEST], <, 12);
  g_assert_true (corpus_kind_is_held_out (KIND_SPECIAL_RESIDENCE_CARD));
}

static void
test_truth_is_json (void)
{
  for (guint kind = 0; kind < N_KINDS; kind++)
    {
      CorpusSpec spec = small_spec (kind, 1);
      g_auto (CorpusImage) image = { 0 };
      g_autoptr (JsonNode) node = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *json = NULL;
      JsonObject *object;
      CorpusTruth truth;

      corpus_draw (&spec, &image, &truth);
      json = corpus_truth_to_json (&truth, &spec, &image, "a \"file\".pnm");
      node = json_from_string (json, &error);
      g_assert_no_error (error);
      g_assert_null (strchr (json, '\n'));
      object = json_node_get_object (node);
      g_assert_cmpstr (json_object_get_string_member (object, "file"), ==, "a \"file\".pnm");
      g_assert_cmpstr (json_object_get_string_member (object, "kind"), ==, corpus_kind_name (kind));
      g_assert_cmpstr (json_object_get_string_member (object, "expect"), ==, truth.accept ? "accept" : "refuse");
      if (truth.has_box)
        g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "box")), ==, 4);
      else
        g_assert_true (json_object_get_null_member (object, "box"));
    }
}

static void
test_names_parse_back (void)
{
  CorpusKind kind;
  CorpusLevel level;
  CorpusPurpose purpose;
  CorpusQr qr;

  for (guint i = 0; i < N_KINDS; i++)
    {
      g_assert_true (corpus_kind_parse (corpus_kind_name (i), &kind));
      g_assert_cmpint (kind, ==, i);
    }
  for (guint i = 0; i < N_LEVELS; i++)
    {
      g_assert_true (corpus_level_parse (corpus_level_name (i), &level));
      g_assert_cmpint (level, ==, i);
    }
  for (guint i = 0; i < N_PURPOSES; i++)
    {
      g_assert_true (corpus_purpose_parse (corpus_purpose_name (i), &purpose));
      g_assert_cmpint (purpose, ==, i);
    }
  for (guint i = QR_GOOD; i <= QR_MIXED; i++)
    {
      g_assert_true (corpus_qr_parse (corpus_qr_name (i), &qr));
      g_assert_cmpint (qr, ==, i);
    }
  g_assert_false (corpus_kind_parse ("passport", &kind));
  g_assert_false (corpus_level_parse ("", &level));
}

/* --- the program -------------------------------------------------------------------------------------------------------- */

static int
run_program (const char *arguments)
{
  g_autofree char *line = g_strdup_printf ("%s %s", g_getenv ("AZUKARI_CORPUS"), arguments);
  g_autofree char *output = NULL, *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_command_line_sync (line, &output, &errors, &status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpstr (output, ==, "");
  return WEXITSTATUS (status);
}

static void
test_program_refuses_bad_options (void)
{
  static const char *const bad[] = {
    "",
    "--out x --file y --kind blank",
    "--file y",
    "--out x --kind passport",
    "--out x --kind special-residence-card --purpose training",
    "--out x --kind special-residence-card --purpose tuning",
    "--out x --level awful",
    "--out x --set some",
    "--out x --dpi 301",
    "--out x --count 0",
    "--out x --seed -1",
    "--out x --purpose fun",
    "--out x --rotation north",
    "--out x --rotation nan",
    "--out x --number 12345",
    "--out x --color --gray",
    "--out x --qr maybe",
    "--out x --faces /dev/null",
    "--out x --purpose tuning --faces /dev/null",
    "--out x --purpose training --faces /dev/null",
    "--out x stray",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_cmpint (run_program (bad[i]), ==, 1);
  g_assert_cmpint (run_program ("--file /nowhere/x.pnm --kind blank --page card --dpi 200"), ==, 2);
}

static void
test_program_draws_a_run_and_a_part_of_it (void)
{
  g_autofree char *folder = g_dir_make_tmp ("azukari-corpus-XXXXXX", NULL);
  g_autofree char *whole = g_build_filename (folder, "whole", NULL), *part = g_build_filename (folder, "part", NULL);
  const char *common = "--seed 9 --set mixed --page card --dpi 200";
  g_autofree char *draw_whole = g_strdup_printf ("--out %s --count 4 %s", whole, common);
  g_autofree char *draw_part = g_strdup_printf ("--out %s --start 2 --count 1 %s", part, common);
  const char *const files[] = { "00000.pnm", "00001.pnm", "00002.pnm", "00003.pnm", "truth.jsonl" };
  g_autofree char *truth_path = g_build_filename (whole, "truth.jsonl", NULL);
  g_autofree char *part_path = g_build_filename (part, "00002.pnm", NULL);
  g_autofree char *whole_path = g_build_filename (whole, "00002.pnm", NULL);
  g_autofree char *truths = NULL, *from_part = NULL, *from_whole = NULL;
  gsize n_part, n_whole;
  g_auto (GStrv) lines = NULL;

  g_assert_cmpint (run_program (draw_whole), ==, 0);
  g_assert_cmpint (run_program (draw_part), ==, 0);
  g_assert_true (g_file_get_contents (truth_path, &truths, NULL, NULL));
  lines = g_strsplit (truths, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 5);
  g_assert_true (g_file_get_contents (part_path, &from_part, &n_part, NULL));
  g_assert_true (g_file_get_contents (whole_path, &from_whole, &n_whole, NULL));
  g_assert_cmpmem (from_part, n_part, from_whole, n_whole);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (whole, files[i], NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_unlink (part_path), ==, 0);
  {
    g_autofree char *path = g_build_filename (part, "truth.jsonl", NULL);

    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (whole) + g_rmdir (part) + g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/corpus/dice/forks-do-not-move-their-root", test_dice_forks_do_not_move_their_root);
  g_test_add_func ("/corpus/dice/weighted-never-gives-what-weighs-nothing",
                   test_dice_weighted_never_gives_what_weighs_nothing);
  g_test_add_func ("/corpus/seed/purposes-never-share-a-stream", test_purposes_never_share_a_stream);
  g_test_add_func ("/corpus/digits/agree-with-vectors", test_check_digit_agrees_with_vectors);
  g_test_add_func ("/corpus/digits/refuse-what-is-no-number", test_digits_refuse_what_is_no_number);
  g_test_add_func ("/corpus/digits/draw-right-and-wrong", test_digits_draw_right_and_wrong);
  g_test_add_func ("/corpus/layout/held-out-faces-are-only-in-test-pages", test_held_out_faces_are_only_in_test_pages);
  g_test_add_func ("/corpus/page/same-spec-draws-same-page", test_same_spec_draws_same_page);
  g_test_add_func ("/corpus/page/truth-lies-on-the-page", test_truth_lies_on_the_page);
  g_test_add_func ("/corpus/page/card-has-its-size-and-turn", test_card_has_its_size_and_turn);
  g_test_add_func ("/corpus/page/number-is-printed-where-the-truth-says", test_number_is_printed_where_the_truth_says);
  g_test_add_func ("/corpus/page/given-number-is-used-and-judged", test_given_number_is_used_and_judged);
  g_test_add_func ("/corpus/page/lookalikes-pass-the-check-when-asked", test_lookalikes_pass_the_check_when_asked);
  g_test_add_func ("/corpus/layout/held-out-layouts-are-only-in-test-pages",
                   test_held_out_layouts_are_only_in_test_pages);
  g_test_add_func ("/corpus/qr/good-decodes-to-the-number", test_good_qr_decodes_to_the_number);
  g_test_add_func ("/corpus/qr/damaged-or-absent-does-not-decode", test_damaged_or_absent_qr_does_not_decode);
  g_test_add_func ("/corpus/output/header-has-three-lines", test_header_has_three_lines);
  g_test_add_func ("/corpus/output/unwritable-file-is-told", test_unwritable_file_is_told);
  g_test_add_func ("/corpus/output/truth-is-json", test_truth_is_json);
  g_test_add_func ("/corpus/names/parse-back", test_names_parse_back);
  g_test_add_func ("/corpus/program/refuses-bad-options", test_program_refuses_bad_options);
  g_test_add_func ("/corpus/program/draws-a-run-and-a-part-of-it", test_program_draws_a_run_and_a_part_of_it);
  status = g_test_run ();
  corpus_finish ();
  return status;
}

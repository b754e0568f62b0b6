/* SPDX-License-Identifier: Apache-2.0 */
/* What truth.jsonl says about the texts on a page, and the faces that training pages may add. */
#include <math.h>
#include <string.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "corpus.h"
#include "layout.h"

typedef struct
{
  CorpusSpec spec;
  CorpusImage image;
  CorpusTruth truth;
  CorpusTexts *texts;
  JsonNode *node; /* of the truth */
} Drawn;

static void
drawn_clear (Drawn *self)
{
  corpus_image_clear (&self->image);
  corpus_texts_free (self->texts);
  g_clear_pointer (&self->node, json_node_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Drawn, drawn_clear)

static void
draw (Drawn *self, CorpusKind kind, guint32 index)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;

  *self = (Drawn){ .texts = corpus_texts_new () };
  corpus_spec_init (&self->spec);
  self->spec.kind = kind;
  self->spec.index = index;
  self->spec.dpi = 300;
  self->spec.page = PAGE_CARD;
  self->spec.color = 0;
  self->spec.purpose = PURPOSE_TUNING;
  self->spec.texts = self->texts;
  corpus_draw (&self->spec, &self->image, &self->truth);
  json = corpus_truth_to_json (&self->truth, &self->spec, &self->image, "page.pnm");
  self->node = json_from_string (json, &error);
  g_assert_no_error (error);
}

static JsonArray *
array_of (const Drawn *self, const char *name)
{
  return json_object_get_array_member (json_node_get_object (self->node), name);
}

/* (transfer none): the one text in @role, or NULL. */
static JsonObject *
text_in_role (const Drawn *self, const char *role)
{
  JsonArray *texts = array_of (self, "texts");
  JsonObject *found = NULL;

  for (guint i = 0; i < json_array_get_length (texts); i++)
    {
      JsonObject *text = json_array_get_object_element (texts, i);

      if (strcmp (json_object_get_string_member (text, "role"), role) == 0)
        {
          g_assert_null (found);
          found = text;
        }
    }
  return found;
}

static void
quad_of (JsonObject *object, CorpusPoint ret_quad[4])
{
  JsonArray *points = json_object_get_array_member (object, "quad");

  g_assert_cmpuint (json_array_get_length (points), ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      JsonArray *point = json_array_get_array_element (points, i);

      ret_quad[i] = (CorpusPoint){ json_array_get_double_element (point, 0), json_array_get_double_element (point, 1) };
    }
}

/* The darkest sample in the part of a quad between @from and @to of its width. */
static int
darkest (const CorpusImage *image, const CorpusPoint quad[4], double from, double to)
{
  int least = 255;

  for (double u = from; u <= to; u += (to - from) / 12)
    for (double v = 0; v <= 1; v += 0.03)
      {
        int x = (int) (quad[0].x + u * (quad[1].x - quad[0].x) + v * (quad[3].x - quad[0].x));
        int y = (int) (quad[0].y + u * (quad[1].y - quad[0].y) + v * (quad[3].y - quad[0].y));

        if (x >= 0 && y >= 0 && x < (int) image->width_px && y < (int) image->height_px)
          least = MIN (least, image->samples[(gsize) y * image->width_px + (gsize) x]);
      }
  return least;
}

static void
test_nothing_is_told_unasked (void)
{
  g_auto (Drawn) drawn = { 0 };
  g_auto (CorpusImage) plain = { 0 };
  g_autofree char *json = NULL;
  CorpusTruth truth;

  draw (&drawn, KIND_CARD_BACK, 2);
  drawn.spec.texts = NULL;
  corpus_draw (&drawn.spec, &plain, &truth);
  json = corpus_truth_to_json (&truth, &drawn.spec, &plain, "page.pnm");
  g_assert_null (strstr (json, "\"texts\""));
  /* and taking it down changes nothing on the page */
  g_assert_cmpmem (plain.samples, (gsize) plain.width_px * plain.height_px, drawn.image.samples,
                   (gsize) drawn.image.width_px * drawn.image.height_px);
}

/* The digits in their order, in groups, each with ink in its own cut and none between two groups. */
static void
test_number_has_twelve_cuts_with_ink (void)
{
  for (guint32 index = 0; index < 12; index++)
    {
      g_auto (Drawn) drawn = { 0 };
      g_autoptr (GString) digits = g_string_new (NULL);
      CorpusPoint quad[4];
      JsonObject *number;
      JsonArray *cuts;
      double end = 0;

      draw (&drawn, index % 2 == 0 ? KIND_CARD_BACK : KIND_NOTIFICATION_CARD, index);
      number = text_in_role (&drawn, "number");
      g_assert_nonnull (number);
      for (const char *p = json_object_get_string_member (number, "text"); *p != '\0'; p++)
        if (*p != ' ')
          g_string_append_c (digits, *p);
      g_assert_cmpstr (digits->str, ==, drawn.truth.number);
      g_assert_cmpuint (strlen (json_object_get_string_member (number, "text")), ==, DIGITS_LENGTH + 2);
      quad_of (number, quad);
      for (int i = 0; i < 4; i++)
        {
          g_assert_cmpfloat_with_epsilon (quad[i].x, drawn.truth.number_box[i].x, 0.02);
          g_assert_cmpfloat_with_epsilon (quad[i].y, drawn.truth.number_box[i].y, 0.02);
        }
      cuts = json_object_get_array_member (number, "cuts");
      g_assert_cmpuint (json_array_get_length (cuts), ==, DIGITS_LENGTH);
      for (guint i = 0; i < DIGITS_LENGTH; i++)
        {
          JsonArray *cut = json_array_get_array_element (cuts, i);
          double from = json_array_get_double_element (cut, 0), to = json_array_get_double_element (cut, 1);

          g_assert_cmpfloat (from, >=, i == 0 ? 0 : end - 1e-4);
          g_assert_cmpfloat (to, >, from);
          g_assert_cmpfloat (to, <=, 1 + 1e-9);
          g_assert_cmpint (darkest (&drawn.image, quad, from, to), <, 120);
          if (i == 4 || i == 8)
            g_assert_cmpint (darkest (&drawn.image, quad, end + 0.25 * (from - end), end + 0.75 * (from - end)), >,
                             120);
          end = to;
        }
      g_assert_cmpfloat_with_epsilon (end, 1, 1e-4);
      g_assert_cmpstr (json_object_get_string_member (text_in_role (&drawn, "label"), "text"), ==, "個人番号");
    }
}

/* Every kind: as many cuts as characters that are no space, within the line. */
static void
test_each_character_has_its_cut (void)
{
  guint n_lines = 0;

  for (guint kind = 0; kind < N_KINDS; kind++)
    {
      g_auto (Drawn) drawn = { 0 };
      JsonArray *texts;

      if (corpus_kind_is_held_out (kind))
        continue;
      draw (&drawn, kind, 3);
      texts = array_of (&drawn, "texts");
      g_assert_cmpint (json_array_get_length (texts) > 0, ==, kind != KIND_BLANK);
      for (guint i = 0; i < json_array_get_length (texts); i++, n_lines++)
        {
          JsonObject *text = json_array_get_object_element (texts, i);
          JsonArray *cuts = json_object_get_array_member (text, "cuts");
          guint n_characters = 0;

          for (const char *p = json_object_get_string_member (text, "text"); *p != '\0'; p = g_utf8_next_char (p))
            n_characters += !g_unichar_isspace (g_utf8_get_char (p));
          g_assert_cmpuint (json_array_get_length (cuts), ==, n_characters);
          for (guint k = 0; k < n_characters; k++)
            {
              JsonArray *cut = json_array_get_array_element (cuts, k);

              g_assert_cmpfloat (json_array_get_double_element (cut, 0), >=, -1e-9);
              g_assert_cmpfloat (json_array_get_double_element (cut, 1), <=, 1 + 1e-9);
              g_assert_cmpfloat (json_array_get_double_element (cut, 0), <=, json_array_get_double_element (cut, 1));
            }
        }
    }
  g_assert_cmpuint (n_lines, >, 80);
}

static void
test_roles_follow_the_document (void)
{
  g_auto (Drawn) licence = { 0 };
  g_auto (Drawn) sleeve = { 0 };
  g_auto (Drawn) front = { 0 };

  draw (&licence, KIND_LICENCE, 0);
  g_assert_nonnull (text_in_role (&licence, "decoy"));
  g_assert_null (text_in_role (&licence, "number"));
  g_assert_null (text_in_role (&licence, "label"));
  /* what the sleeve covers is not there to be read */
  draw (&sleeve, KIND_CARD_SLEEVE, 0);
  g_assert_cmpstr (sleeve.truth.number, !=, "");
  g_assert_null (text_in_role (&sleeve, "number"));
  draw (&front, KIND_CARD_FRONT, 0);
  g_assert_cmpstr (json_object_get_string_member (text_in_role (&front, "title"), "text"), ==, "個人番号カード");
}

static void
test_codes_are_told (void)
{
  g_auto (Drawn) back = { 0 };
  g_auto (Drawn) sheet = { 0 };
  JsonObject *code;
  CorpusPoint quad[4];

  draw (&sheet, KIND_NOTIFICATION_SHEET, 0);
  g_assert_cmpuint (json_array_get_length (array_of (&sheet, "qr_codes")), ==, 1);
  code = json_array_get_object_element (array_of (&sheet, "qr_codes"), 0);
  g_assert_false (json_object_get_boolean_member (code, "number"));

  for (guint32 index = 0; back.texts == NULL; index++)
    {
      draw (&back, KIND_CARD_BACK, index);
      if (back.truth.qr == QR_NONE)
        {
          g_assert_cmpuint (json_array_get_length (array_of (&back, "qr_codes")), ==, 0);
          drawn_clear (&back);
          back = (Drawn){ 0 };
        }
    }
  code = json_array_get_object_element (array_of (&back, "qr_codes"), 0);
  g_assert_true (json_object_get_boolean_member (code, "number"));
  g_assert_cmpint (json_object_get_boolean_member (code, "damaged"), ==, back.truth.qr == QR_DAMAGED);
  quad_of (code, quad);
  g_assert_cmpfloat (hypot (quad[1].x - quad[0].x, quad[1].y - quad[0].y), >=,
                     layout_range (BACK_QR_SIZE)->low * 300 / 25.4 - 0.1);
}

/* --- faces -------------------------------------------------------------------------------------------------------------- */

static CorpusFaces *
load_faces (const char *contents, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("azukari-faces-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "faces", NULL);
  CorpusFaces *faces;

  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
  faces = corpus_faces_load (path, error);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  return faces;
}

static void
test_faces_are_drawn_with_half_of_the_time (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CorpusFaces) faces = load_faces ("# more\n\ncjk Noto Serif CJK JP\n", &error);
  guint n_added = 0;

  g_assert_no_error (error);
  for (guint32 index = 0; index < 40; index++)
    {
      g_auto (CorpusImage) image = { 0 };
      CorpusTruth truth;
      CorpusSpec spec;

      corpus_spec_init (&spec);
      spec.kind = KIND_NOTIFICATION_CARD;
      spec.index = index;
      spec.purpose = PURPOSE_TRAINING;
      spec.page = PAGE_CARD;
      spec.dpi = 200;
      spec.faces = faces;
      corpus_draw (&spec, &image, &truth);
      n_added += g_str_has_prefix (truth.font, "Noto Serif CJK JP");
    }
  g_assert_cmpuint (n_added, >, 10);
  g_assert_cmpuint (n_added, <, 30);
}

static void
test_faces_that_cannot_be_used_are_refused (void)
{
  static const char *const bad[] = { "",
                                     "# none\n",
                                     "No Such Face\n",
                                     "cjk No Such Face\n",
                                     "IPAexGothic\n",
                                     "cjk IPAexGothic\n",
                                     "Noto Serif CJK JP\nDejaVu Sans Mono\n" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CorpusFaces) faces = load_faces (bad[i], &error);

      g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
      g_assert_null (faces);
    }
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (CorpusFaces) faces = corpus_faces_load ("/nowhere/faces", &error);

    g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_assert_null (faces);
  }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/texts/nothing-is-told-unasked", test_nothing_is_told_unasked);
  g_test_add_func ("/texts/number-has-twelve-cuts-with-ink", test_number_has_twelve_cuts_with_ink);
  g_test_add_func ("/texts/each-character-has-its-cut", test_each_character_has_its_cut);
  g_test_add_func ("/texts/roles-follow-the-document", test_roles_follow_the_document);
  g_test_add_func ("/texts/codes-are-told", test_codes_are_told);
  g_test_add_func ("/faces/are-drawn-with-half-of-the-time", test_faces_are_drawn_with_half_of_the_time);
  g_test_add_func ("/faces/that-cannot-be-used-are-refused", test_faces_that_cannot_be_used_are_refused);
  status = g_test_run ();
  corpus_finish ();
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* number-reader: from a page to a verdict. */
#include "config.h"

#include "number-reader.h"

#include <math.h>
#include <string.h>

#include "card/card-finder.h"
#include "card/card-kind.h"
#include "card/view.h"
#include "card/words.h"
#include "field-locator.h"
#include "line-second.h"
#include "line-tesseract.h"
#include "qr.h"

#define LABEL "個人番号"

/* A card is looked at closely at once; a sheet roughly, and only its number line closely. */
#define CARD_DPI 300.0
#define SHEET_DPI 200.0
#define MARGIN_MM 2.5

/* The film case that a card is handed out in is larger than the card, but no sheet. */
#define CASE_WIDTH_MM 105.0
#define CASE_HEIGHT_MM 75.0

#define MAX_ZONE_BLOBS 2000
#define LEAST_TEXT_PIECES 5
#define LEAST_TEXT_LINES 2

#define STRICT_WINDOW_MM 3.0
#define STRICT_CONTRAST 30.0
#define STRICT_SPREAD_SHARE 0.8

#define PLAIN_LABEL 0.85 /* no need to look at the other sides */

#define STRIP_DIGIT_PX 48
#define STRIP_MARGIN_PX 12
#define STRIP_LEAST_MARGIN_PX 3

struct _NumberReader
{
  QrReader *qr;
  DigitNet *digit_net;
  LineSecond *second;
  WordReader *words;
  CardLayouts *layouts;
  LineTesseract *tesseract;
};

/* What one document, seen one side up, shows. */
typedef struct
{
  CardView *view;    /* owned */
  GArray *fields;    /* owned, of NumberField */
  guint n_labelled;  /* of them */
  NumberField field; /* the one to read, when has_field */
  gboolean has_field;
} Look;

/* One page on its way to a verdict. */
typedef struct
{
  NumberReader *reader;
  const CardPage *page;
  GCancellable *cancellable;
  CardScene *scene;       /* owned */
  const CardPlace *place; /* in scene */
  Look look;              /* the upright one, once found */
  QrFinding qr;
  Verdict *verdict;
} Job;

G_DEFINE_QUARK (number - reader - error - quark, number_reader_error)

static void
look_clear (Look *look)
{
  g_clear_pointer (&look->view, card_view_free);
  g_clear_pointer (&look->fields, g_array_unref);
  explicit_bzero (look, sizeof *look);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Look, look_clear)

static guint
ms_since (gint64 *since_us)
{
  gint64 now_us = g_get_monotonic_time ();
  guint ms = (guint) ((now_us - *since_us + 500) / 1000);

  *since_us = now_us;
  return ms;
}

/* --- looking ------------------------------------------------------------------------------------------------------ */

/*
 * Looks for the label among the print of one zone beside the field, as one line. What is much paler than the digits,
 * a ground pattern or a hidden word, is left out, so that it cannot join the characters.
 */
static void
find_label_in (const WordReader *words, const CardView *view, const CardBlob *zone, double ink_share,
               NumberField *field)
{
  int width = MIN (zone->x1, view->grey->width) - MAX (zone->x0, 0);
  int height = MIN (zone->y1, view->grey->height) - MAX (zone->y0, 0), x0 = MAX (zone->x0, 0), y0 = MAX (zone->y0, 0);
  int least = MAX ((int) (field->digit_height * 0.2), 3);
  int level = field->paper - (int) (ink_share * (field->paper - field->ink));
  g_autoptr (CardGrey) mask = NULL;
  g_autoptr (GArray) blobs = NULL;
  g_autoptr (GArray) lines = NULL;

  if (width < 4 * least || height < least)
    return;
  mask = card_grey_new (width, height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      mask->samples[(gsize) y * width + x] = view->grey->samples[(gsize) (y0 + y) * view->grey->width + x0 + x] < level;
  blobs = card_blobs_find (mask, MAX_ZONE_BLOBS);
  for (guint i = 0; i < blobs->len; i++)
    {
      CardBlob *blob = &g_array_index (blobs, CardBlob, i);

      blob->x0 += x0;
      blob->x1 += x0;
      blob->y0 += y0;
      blob->y1 += y0;
    }
  lines = card_lines_find (blobs, least, (int) (field->digit_height * 1.4));
  for (guint i = 0; i < lines->len; i++)
    {
      const CardLine *line = &g_array_index (lines, CardLine, i);
      g_autoptr (WordLine) read = NULL;
      CardWord word;

      if (card_blob_width (&line->box) < 2 * card_blob_height (&line->box))
        continue;
      read = word_reader_read_line (words, view->grey, blobs, line);
      if (!word_line_find (read, LABEL, &word) || !field_locator_is_beside (field, &word.box)
          || (field->has_label && word.score <= field->label.score))
        continue;
      field->has_label = TRUE;
      field->label = word;
    }
}

static void
find_label (const WordReader *words, const CardView *view, NumberField *field)
{
  static const double ink_shares[] = { 0.45, 0.25, 0.12 };
  int height = (int) field->digit_height;
  const CardBlob left = { field->box.x0 - 14 * height,
                          field->box.y0 - height / 3,
                          field->box.x0 - height / 10,
                          field->box.y1 + height / 3,
                          0,
                          0 };
  const CardBlob above = {
    field->box.x0 - 3 * height, field->box.y0 - 5 * height / 2, field->box.x1, field->box.y0 - height / 20, 0, 0
  };

  for (guint i = 0; i < G_N_ELEMENTS (ink_shares) && !field->has_label; i++)
    {
      find_label_in (words, view, &left, ink_shares[i], field);
      find_label_in (words, view, &above, ink_shares[i], field);
    }
}

/* Fields and their labels in @view, which the look takes. */
static void
look_at (const NumberReader *self, CardView *view, Look *look)
{
  look->view = view;
  look->fields = field_locator_find (self->digit_net, view->grey, view->blobs, view->dpi);
  if (look->fields->len == 0)
    {
      /* a ground pattern may hang on to the digits: look again at what is much darker than all around it */
      g_autoptr (CardGrey) mask = card_grey_dark_mask (
          view->grey, (int) (STRICT_WINDOW_MM * view->dpi / CARD_MM_PER_INCH), STRICT_CONTRAST, STRICT_SPREAD_SHARE);
      g_autoptr (GArray) blobs = card_blobs_find (mask, MAX_ZONE_BLOBS);

      g_array_unref (look->fields);
      look->fields = field_locator_find (self->digit_net, view->grey, blobs, view->dpi);
    }
  for (guint i = 0; i < look->fields->len; i++)
    {
      NumberField *field = &g_array_index (look->fields, NumberField, i);

      find_label (self->words, view, field);
      if (!field->has_label)
        continue;
      if (!look->has_field || field->label.score > look->field.label.score)
        look->field = *field;
      look->has_field = TRUE;
      look->n_labelled++;
    }
}

/* A card, or a card in its case. */
static gboolean
may_be_card (const Job *job)
{
  double mm = CARD_MM_PER_INCH / job->scene->dpi;

  return job->place->shape != CARD_SHAPE_SHEET
         || (job->place->width * mm < CASE_WIDTH_MM && job->place->height * mm < CASE_HEIGHT_MM);
}

static CardView *
cut_view (const Job *job)
{
  double dpi = may_be_card (job) ? CARD_DPI : SHEET_DPI, margin_mm = MARGIN_MM;
  int width, height;
  CardFrame frame;

  /* print without an outline: the card may reach as far as this beyond it */
  if (job->place->shape == CARD_SHAPE_SMALL)
    {
      double mm = CARD_MM_PER_INCH / job->scene->dpi;

      margin_mm += MAX (CARD_ID1_WIDTH_MM - job->place->width * mm, CARD_ID1_HEIGHT_MM - job->place->height * mm);
    }
  frame = card_place_frame (job->place, job->scene->dpi, dpi, margin_mm, &width, &height);

  return card_view_new (job->page, &frame, width, height, dpi);
}

/*
 * Which side is up: the one whose label 個人番号 is recognised. What the digits say plays no part. Leaves the place's
 * looks in job->look: upright when a label was found, else as it lies.
 */
static void
find_upright (Job *job)
{
  static const int card_turns[] = { 0, 2 }, sheet_turns[] = { 3, 1, 0, 2 };
  gboolean sheet = job->place->shape == CARD_SHAPE_SHEET;
  const int *turns = sheet ? sheet_turns : card_turns;
  guint n_turns = sheet ? G_N_ELEMENTS (sheet_turns) : G_N_ELEMENTS (card_turns);
  g_autoptr (CardView) flat = cut_view (job);

  for (guint i = 0; i < n_turns && !g_cancellable_is_cancelled (job->cancellable)
                    && !(job->look.has_field && job->look.field.label.score >= PLAIN_LABEL);
       i++)
    {
      g_auto (Look) look = { 0 };

      look_at (job->reader, card_view_new_turned (flat, turns[i]), &look);
      if (job->look.view == NULL
          || (look.has_field && (!job->look.has_field || look.field.label.score > job->look.field.label.score)))
        {
          Look better = look;

          look = job->look;
          job->look = better;
        }
    }
}

/* The words of the layouts that stand on the document, read with @view's side up. */
static GPtrArray *
words_in (const NumberReader *self, const CardView *view)
{
  GPtrArray *seen = g_ptr_array_new ();

  for (guint i = 0; i < view->lines->len; i++)
    {
      const CardLine *line = &g_array_index (view->lines, CardLine, i);
      g_autoptr (WordLine) read = NULL;

      if (card_blob_width (&line->box) < 2 * card_blob_height (&line->box))
        continue;
      read = word_reader_read_line (self->words, view->grey, view->blobs, line);
      for (guint j = 0; j < self->layouts->words->len; j++)
        {
          char *word = g_ptr_array_index (self->layouts->words, j);
          CardWord found;

          if (word_line_find (read, word, &found) && !g_ptr_array_find (seen, word, NULL))
            g_ptr_array_add (seen, word);
        }
    }
  return seen;
}

/* Whether there is any text: rows of several pieces. A shadow or a crumb is no document. */
static gboolean
has_text (const CardView *view)
{
  guint n_lines = 0;

  for (guint i = 0; i < view->lines->len; i++)
    n_lines += g_array_index (view->lines, CardLine, i).n_blobs >= LEAST_TEXT_PIECES;
  return n_lines >= LEAST_TEXT_LINES;
}

static const char *
name_document (Job *job)
{
  g_autoptr (GPtrArray) words = NULL;
  CardSigns signs = {
    .shape = job->place->shape,
    .has_field = job->look.has_field,
    .has_number_qr = job->qr.reading.digits[0] != '\0',
  };

  signs.has_table = job->look.view->has_table;
  /* a number out of sight beside its QR code: the card is in its case, and that is what was measured */
  if (signs.shape == CARD_SHAPE_SHEET && signs.has_number_qr && !signs.has_field && may_be_card (job))
    signs.shape = CARD_SHAPE_SMALL;
  words = words_in (job->reader, job->look.view);
  /* without a label it is not known which side is up: the side that shows words is */
  if (!job->look.has_field && words->len == 0)
    {
      g_autoptr (CardView) other = card_view_new_turned (job->look.view, 2);

      g_clear_pointer (&words, g_ptr_array_unref);
      words = words_in (job->reader, other);
    }
  signs.words = words;
  if (words->len == 0 && !signs.has_field && !signs.has_number_qr && !has_text (job->look.view))
    return FRAMES_DOCUMENT_BLANK;
  return card_kind_decide (job->reader->layouts, &signs);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* The number line cut anew from the page, level, its digits @digit_px high, with paper above and below and at the sides. */
static CardGrey *
cut_strip (const Job *job, int digit_px, int margin_px, int side_px)
{
  const NumberField *field = &job->look.field;
  double step = field->digit_height / digit_px, c = cos (field->tilt_rad), s = sin (field->tilt_rad);
  double middle_x = (field->box.x0 + field->box.x1) / 2.0, middle_y = (field->box.y0 + field->box.y1) / 2.0;
  int width = (int) lround (card_blob_width (&field->box) / step) + 2 * side_px, height = digit_px + 2 * margin_px;
  CardFrame frame = card_frame_part (&job->look.view->frame, middle_x - (width * c - height * s) * step / 2,
                                     middle_y - (width * s + height * c) * step / 2, field->tilt_rad, step);

  return card_grey_cut (job->page, &frame, width, height);
}

/* The number line alone is shown: a label close above it stays outside. */
static int
strip_margin_px (const NumberField *field)
{
  int margin = STRIP_MARGIN_PX, gap = field->box.y0 - field->label.box.y1;
  gboolean above = field->label.box.x1 > field->box.x0;

  if (field->has_label && above && gap >= 0)
    margin = MIN (margin, (int) (gap * STRIP_DIGIT_PX / field->digit_height) - 1);
  return MAX (margin, STRIP_LEAST_MARGIN_PX);
}

static void
keep_strip (Job *job)
{
  int margin = strip_margin_px (&job->look.field);
  CardGrey *strip = cut_strip (job, STRIP_DIGIT_PX, margin, margin);

  job->verdict->strip_width_px = (guint) strip->width;
  job->verdict->strip_height_px = (guint) strip->height;
  job->verdict->strip = g_steal_pointer (&strip->samples);
  g_free (strip);
}

static void
read_number (Job *job, VerdictEvidence *evidence, gint64 *since_us)
{
  g_autoptr (CardGrey) first =
      cut_strip (job, LINE_TESSERACT_DIGIT_PX, LINE_TESSERACT_MARGIN_PX, LINE_TESSERACT_MARGIN_PX);
  g_autoptr (CardGrey) second = NULL;

  line_tesseract_read (job->reader->tesseract, first, &evidence->ocr);
  job->verdict->read_ms = ms_since (since_us);
  second = cut_strip (job, LINE_SECOND_DIGIT_PX, LINE_SECOND_MARGIN_PX, LINE_SECOND_SIDE_PX);
  line_second_read (job->reader->second, second, &evidence->second);
  keep_strip (job);
  job->verdict->second_ms = ms_since (since_us);
}

/* --- putting it together ------------------------------------------------------------------------------------------ */

static void
place_card (Job *job)
{
  const CardPlace *place = job->place;
  const CardFrame *frame = &job->look.view->frame;
  double angle = atan2 (frame->uy, frame->ux), c = cos (angle), s = sin (angle);
  /* the place's longer side may be the upright picture's height */
  gboolean across = fabs (cos (angle - place->angle_rad)) > 0.5;
  double half_width = (across ? place->width : place->height) / 2;
  double half_height = (across ? place->height : place->width) / 2;
  double degrees = angle * 180.0 / G_PI;

  for (int i = 0; i < 4; i++)
    {
      double u = i == 1 || i == 2 ? half_width : -half_width, v = i >= 2 ? half_height : -half_height;

      job->verdict->box[i][0] = place->x + u * c - v * s;
      job->verdict->box[i][1] = place->y + u * s + v * c;
    }
  degrees = fmod (degrees + 360.0, 360.0);
  job->verdict->rotation_deg = degrees >= 360.0 ? 0.0 : degrees;
  job->verdict->has_card = TRUE;
}

static void
judge (Job *job, gint64 *since_us)
{
  VerdictEvidence evidence = { 0 };

  find_upright (job);
  if (job->look.view == NULL)
    return;
  if (may_be_card (job))
    qr_reader_find (job->reader->qr, job->look.view->grey, &job->qr);
  place_card (job);
  evidence.document = name_document (job);
  evidence.has_label = job->look.has_field;
  evidence.n_fields = job->look.n_labelled;
  evidence.qr = job->qr.reading;
  job->verdict->locate_ms = ms_since (since_us);
  if (verdict_document_refusal (evidence.document) == NULL && job->look.has_field)
    read_number (job, &evidence, since_us);
  if (!g_cancellable_is_cancelled (job->cancellable))
    verdict_decide (job->verdict, &evidence);
  explicit_bzero (&evidence, sizeof evidence);
}

NumberReader *
number_reader_new (GError **error)
{
  g_autoptr (NumberReader) self = g_new0 (NumberReader, 1);
  const char *layouts = g_getenv ("AZUKARI_LAYOUTS");

  self->qr = qr_reader_new ();
  self->digit_net = digit_net_new ();
  self->second = line_second_new ();
  self->words = word_reader_new ();
  if (self->digit_net == NULL || self->second == NULL || self->words == NULL)
    {
      g_set_error (error, NUMBER_READER_ERROR, NUMBER_READER_ERROR_MODEL, "a model is damaged");
      return NULL;
    }
  self->layouts = card_layouts_new_with_folder (layouts != NULL ? layouts : AZUKARI_DATADIR "/layouts", error);
  if (self->layouts == NULL)
    return NULL;
  self->tesseract = line_tesseract_new ();
  if (self->tesseract == NULL)
    {
      g_set_error (error, NUMBER_READER_ERROR, NUMBER_READER_ERROR_MODEL, "Tesseract's model \"eng\" is not installed");
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
number_reader_free (NumberReader *self)
{
  if (self == NULL)
    return;
  qr_reader_free (self->qr);
  digit_net_free (self->digit_net);
  line_second_free (self->second);
  word_reader_free (self->words);
  card_layouts_free (self->layouts);
  line_tesseract_free (self->tesseract);
  g_free (self);
}

Verdict *
number_reader_read (NumberReader *self, const CardPage *page, GCancellable *cancellable)
{
  gint64 start_us = g_get_monotonic_time (), since_us = start_us;
  Job job = { .reader = self, .page = page, .cancellable = cancellable };

  g_return_val_if_fail (self != NULL && page != NULL, NULL);

  job.verdict = verdict_new (VERDICT_REFUSED, FRAMES_REASON_BLANK, FRAMES_DOCUMENT_BLANK);
  job.scene = card_finder_find (page);
  job.verdict->find_ms = ms_since (&since_us);
  if (job.scene->n_cards > 1)
    {
      job.verdict->reason = FRAMES_REASON_TWO_CARDS;
      job.verdict->document = FRAMES_DOCUMENT_OTHER;
    }
  else if (job.scene->places->len > 0)
    {
      job.place = &g_array_index (job.scene->places, CardPlace, 0);
      judge (&job, &since_us);
    }
  if (g_cancellable_is_cancelled (cancellable))
    {
      verdict_free (job.verdict);
      job.verdict = verdict_new (VERDICT_FAILED, FRAMES_REASON_CANCELLED, FRAMES_DOCUMENT_NONE);
    }
  job.verdict->total_ms = ms_since (&start_us);
  look_clear (&job.look);
  card_scene_free (job.scene);
  explicit_bzero (&job.qr, sizeof job.qr);
  return job.verdict;
}

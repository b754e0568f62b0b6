/* SPDX-License-Identifier: Apache-2.0 */
/* number-reader: from a page to a verdict. */
#include "config.h"

#include "number-reader.h"

#include <math.h>
#include <string.h>

#include "card/card-finder.h"
#include "card/card-kind.h"
#include "card/print.h"
#include "card/words.h"
#include "field-locator.h"
#include "line-second.h"
#include "line-tesseract.h"
#include "qr.h"
#include "rules.h"

#define MARGIN_MM 6.0
#define MOST_MISSING_MM 35.0
/* The networks know lines that are off by no more. */
#define LEVEL_RAD (2.5 * G_PI / 180)
#define MM (PRINT_VIEW_DPI / CARD_MM_PER_INCH)

/* Print on the page beyond a card's rim and this much around it, of so large an area, is a sheet's that the card is printed on. */
#define AROUND_MM 4.0
#define LEAST_AROUND_MM2 60.0
/* Levels from one cell of the reduced page to the next; print is uneven in 1.2 of its area and more (60 tuning sheets). */
#define LEAST_UNEVEN 6
#define NOISE_TIMES 4
#define LEAST_UNEVEN_MM2 60.0

/* Below this share of the votes it is not sure which side is up, and the other way round is tried when nothing is found. */
#define SURE_UP 0.85

/* Lines that may hold words of the layouts. */
#define LEAST_WORD_MM 1.0
#define LEAST_TITLE_MM 1.7
#define MOST_WORD_MM 9.0
#define LEAST_WORD_LENGTH 2.2 /* of its height */
#define MAX_WORD_LINES 60
#define MAX_STRIP_HEIGHTS 100.0

/* A document without a field has at least so much print (cells of a square millimetre), or it is blank. */
#define LEAST_PRINT_CELLS 30

/* A code is cut with its quiet zone, so many pixels to its side: some five for each of its modules. */
#define CODE_ROOM 1.45
#define CODE_LEAST_MM 7.0
#define CODE_MOST_MM 40.0
#define MAX_CODES 3

/*
 * Paper is as bright as the sample that so large a share of them are darker than. The number's against that of two digits'
 * heights around it: at most 0.75 of it where a sleeve covers the number, at least 0.93 on a card (1200 and 950 tuning pages).
 */
#define PAPER_SHARE 0.75
#define COVER_SHARE 0.84
#define COVER_DIGIT_PX 12
#define COVER_AROUND_PX 24

#define STRIP_DIGIT_PX 48
#define STRIP_MARGIN_PX 12
#define STRIP_LEAST_MARGIN_PX 3

struct _NumberReader
{
  CardFinder *finder;
  PrintReader *print;
  WordReader *words;
  CardLayouts *layouts;
  QrReader *qr;
  LineTesseract *tesseract;
  LineSecond *second;
};

/* One page on its way to a verdict. */
typedef struct
{
  NumberReader *reader;
  const CardPage *page;
  GCancellable *cancellable;
  CardScene *scene;  /* owned */
  CardPlace found;   /* as it was found */
  CardPlace place;   /* as its rim lies */
  double zoom;       /* the document is seen as if it were so much larger */
  gboolean by_print; /* the place is where the page's only print is; a rim is not known */
  CardSight sight;   /* its map is owned */
  NumberField field; /* the one to read, when has_field */
  gboolean has_field;
  guint n_fields;
  guint n_labelled;
  QrFinding qr;
  Verdict *verdict;
} Job;

G_DEFINE_QUARK (number - reader - error - quark, number_reader_error)

static guint
ms_since (gint64 *since_us)
{
  gint64 now_us = g_get_monotonic_time ();
  guint ms = (guint) ((now_us - *since_us + 500) / 1000);

  *since_us = now_us;
  return ms;
}

/* --- looking ------------------------------------------------------------------------------------------------------ */

/* A place and so much around it, level, at @dpi. */
static CardGrey *
cut_place (const Job *job, const CardPlace *place, double dpi, double margin_mm, CardFrame *ret_frame)
{
  int width, height;

  *ret_frame = card_place_frame (place, job->scene->dpi, dpi, margin_mm, &width, &height);
  return card_grey_cut (job->page, ret_frame, width, height);
}

static CardSight
see (const Job *job, const CardPlace *place, double margin_mm, CardGrey **ret_view)
{
  CardSight sight = { .page = job->page };
  g_autoptr (CardGrey) view = cut_place (job, place, PRINT_VIEW_DPI * job->zoom, margin_mm, &sight.frame);

  sight.map = print_reader_read (job->reader->print, view);
  if (ret_view != NULL)
    *ret_view = g_steal_pointer (&view);
  return sight;
}

/* The document cut out level: by its rim first, and where its lines show that this was not level, again by them. */
static void
look (Job *job)
{
  gboolean is_card = job->place.shape != CARD_SHAPE_SHEET;
  double mm = job->scene->dpi / CARD_MM_PER_INCH, margin_mm = 0.0, tilt;
  g_autoptr (CardGrey) view = NULL;

  /* of a card that shows only in part the rest may be on either side */
  if (is_card)
    margin_mm = MARGIN_MM
                + CLAMP (MAX (CARD_ID1_WIDTH_MM - job->place.width / mm, CARD_ID1_HEIGHT_MM - job->place.height / mm),
                         0.0, MOST_MISSING_MM);
  job->sight = see (job, &job->place, margin_mm, &view);
  tilt = print_map_tilt (job->sight.map, print_map_up (job->sight.map, NULL));
  if (fabs (tilt) >= LEVEL_RAD)
    {
      job->place.angle_rad += tilt;
      print_map_free (job->sight.map);
      g_clear_pointer (&view, card_grey_free);
      job->sight = see (job, &job->place, margin_mm, &view);
    }
  if (is_card)
    job->place = card_place_snap (&job->place, view, &job->sight.frame, PRINT_VIEW_DPI * job->zoom);
}

/* The rim of a card looked for once more from where it was found, and as level as the number is: a slanting edge is no edge. */
static void
snap_level (Job *job)
{
  double angle_rad = job->place.angle_rad;
  CardFrame frame;
  g_autoptr (CardGrey) view = NULL;

  job->place.angle_rad +=
      job->has_field ? remainder (job->field.line.angle_rad, G_PI / 2) : print_map_tilt (job->sight.map, job->sight.up);
  view = cut_place (job, &job->place, PRINT_VIEW_DPI, MARGIN_MM, &frame);
  job->place = card_place_snap (&job->place, view, &frame, PRINT_VIEW_DPI);
  job->place.angle_rad = angle_rad; /* the sight's, in which all print is measured */
}

/* All of the page, level with the card. */
static CardPlace
page_around (const Job *job)
{
  CardPlace place = job->place;
  double c = fabs (cos (place.angle_rad)), s = fabs (sin (place.angle_rad));

  place.x = job->page->width_px / 2.0;
  place.y = job->page->height_px / 2.0;
  place.width = job->page->width_px * c + job->page->height_px * s;
  place.height = job->page->width_px * s + job->page->height_px * c;
  return place;
}

/*
 * The area beside the card where brightness varies as it does in print, mm2. Of a lid, or of plain paper, that is next to
 * none: what varies there is noise, of which a sample hardly ever has four times as much as every other one.
 */
static double
uneven_around (const Job *job)
{
  const CardPlace *card = &job->place;
  const CardGrey *grey = job->scene->reduced;
  const double mm = job->scene->dpi / CARD_MM_PER_INCH, c = cos (card->angle_rad), s = sin (card->angle_rad);
  const guint factor = job->scene->factor;
  guint histogram[256] = { 0 }, n = 0, n_uneven = 0;
  int least;

  for (int y = 0; y + 1 < grey->height; y++)
    for (int x = 0; x + 1 < grey->width; x++)
      {
        const guint8 *sample = grey->samples + (gsize) y * (gsize) grey->width + x;

        if (card_place_off (card, c, s, (x + 1.0) * factor, (y + 1.0) * factor) < AROUND_MM * mm)
          continue;
        histogram[MAX (abs (sample[0] - sample[1]), abs (sample[0] - sample[grey->width]))]++;
        n++;
      }
  least = MAX (NOISE_TIMES * card_grey_level (histogram, n, 0.5), LEAST_UNEVEN);
  for (int i = least; i < 256; i++)
    n_uneven += histogram[i];
  explicit_bzero (histogram, sizeof histogram);
  return n_uneven * (factor / mm) * (factor / mm);
}

/* Whether the card is printed on something larger: there is print around it. */
static gboolean
is_on_sheet (const Job *job)
{
  const CardPlace *card = &job->place;
  const double mm = job->scene->dpi / CARD_MM_PER_INCH, c = cos (card->angle_rad), s = sin (card->angle_rad);
  double area = 0.0;
  CardPlace around;
  CardSight sight;

  if (job->scene->reduced != NULL && uneven_around (job) < LEAST_UNEVEN_MM2)
    return FALSE;
  around = page_around (job);
  sight = see (job, &around, 0.0, NULL);
  for (guint i = 0; i < sight.map->lines->len; i++)
    {
      const PrintLine *line = &g_array_index (sight.map->lines, PrintLine, i);
      double x, y;

      card_frame_map (&sight.frame, line->x, line->y, &x, &y);
      if (card_place_off (card, c, s, x, y) >= AROUND_MM * mm)
        area += line->length * line->height / (MM * MM);
    }
  print_map_free (sight.map);
  return area >= LEAST_AROUND_MM2;
}

/* The fields of the document read with @up; the best labelled one is the one to read. The only one may do without, beside a code. */
static void
find_field (Job *job, int up)
{
  g_autoptr (GArray) fields = NULL;

  job->sight.up = up;
  job->n_fields = 0;
  job->n_labelled = 0;
  job->has_field = FALSE;
  fields = field_locator_find (&job->sight, job->reader->words);
  for (guint i = 0; i < fields->len; i++)
    {
      const NumberField *field = &g_array_index (fields, NumberField, i);

      if (job->n_fields++ == 0)
        job->field = *field;
      if (!field->has_label)
        continue;
      if (!job->has_field || field->label_score > job->field.label_score)
        job->field = *field;
      job->has_field = TRUE;
      job->n_labelled++;
    }
}

/*
 * Which side is up: what all print together says, by the look of the characters and not by what they mean. Where that is
 * not sure, the side on which the label 個人番号 can be read. What the digits say plays no part.
 */
static void
find_upright (Job *job)
{
  double sureness;
  int up = print_map_up (job->sight.map, &sureness);
  Job first;

  find_field (job, up);
  if (job->has_field || sureness >= SURE_UP || job->sight.map->n_cells == 0)
    return;
  first = *job;
  find_field (job, (up + 2) % 4);
  if (!job->has_field)
    *job = first;
}

/* Codes where the network saw some; several with different numbers count as none. */
static void
find_code (Job *job)
{
  static const int sides[] = { QR_CODE_SIDE_PX, QR_CODE_SMALL_SIDE_PX };
  const GArray *codes = job->sight.map->codes;
  gboolean conflict = FALSE;

  for (guint i = 0, n = 0; i < codes->len && n < MAX_CODES; i++)
    {
      const PrintLine *code = &g_array_index (codes, PrintLine, i);
      PrintLine area = { .x = code->x, .y = code->y, .angle_rad = job->sight.up * G_PI / 2 };
      QrFinding finding = { 0 };

      if (code->length < CODE_LEAST_MM * MM || code->length > CODE_MOST_MM * MM)
        continue;
      n++;
      area.length = area.height = CODE_ROOM * code->length;
      for (guint k = 0; k < G_N_ELEMENTS (sides) && finding.reading.digits[0] == '\0'; k++)
        {
          g_autoptr (CardGrey) grey = card_sight_cut_line (&job->sight, &area, sides[k], 0, 0);

          qr_reader_find (job->reader->qr, grey, &finding);
        }
      if (finding.reading.digits[0] != '\0' && job->qr.reading.digits[0] != '\0')
        conflict |= memcmp (finding.reading.digits, job->qr.reading.digits, VERDICT_N_DIGITS) != 0;
      else if (finding.reading.digits[0] != '\0')
        job->qr = finding;
      explicit_bzero (&finding, sizeof finding);
    }
  if (conflict)
    explicit_bzero (&job->qr, sizeof job->qr);
}

static int
compare_heights (gconstpointer a, gconstpointer b)
{
  const PrintLine *p = a, *q = b;

  return p->height < q->height ? 1 : p->height > q->height ? -1 : 0;
}

/* Where no label told which side is up, a card's own code does: it is printed as upright as the number. */
static void
turn_by_code (Job *job)
{
  if (!job->has_field && job->qr.is_upside_down)
    find_field (job, (job->sight.up + 2) % 4);
}

/* The words of the layouts that stand on the document, in lines of at least @least_mm; titles first. */
static GPtrArray *
words_in (Job *job, double least_mm)
{
  const NumberReader *reader = job->reader;
  GPtrArray *seen = g_ptr_array_new ();
  g_autoptr (GArray) lines = g_array_copy (job->sight.map->lines);

  g_array_sort (lines, compare_heights);
  for (guint i = 0, n = 0; i < lines->len && n < MAX_WORD_LINES && !g_cancellable_is_cancelled (job->cancellable); i++)
    {
      PrintLine line = g_array_index (lines, PrintLine, i);
      g_autoptr (CardGrey) strip = NULL;
      g_autoptr (WordLine) read = NULL;

      if (line.height < least_mm * MM || line.height > MOST_WORD_MM * MM
          || line.length < LEAST_WORD_LENGTH * line.height)
        continue;
      n++;
      line.angle_rad = print_angle_towards (line.angle_rad, job->sight.up);
      line.length = MIN (line.length, MAX_STRIP_HEIGHTS * line.height);
      /* a character's width beyond each end: the first and the last may have been too faint to be seen as print */
      strip = card_sight_cut_line (&job->sight, &line, WORD_LINE_EM_PX, WORD_LINE_MARGIN_PX, 3 * WORD_LINE_EM_PX / 2);
      read = word_reader_read (reader->words, strip);
      for (guint k = 0; k < reader->layouts->words->len; k++)
        {
          char *word = g_ptr_array_index (reader->layouts->words, k);
          CardWord found;

          if (!g_ptr_array_find (seen, word, NULL) && word_line_find (read, word, &found))
            g_ptr_array_add (seen, word);
        }
    }
  return seen;
}

static gboolean
has_number_code (const Job *job)
{
  return job->qr.reading.digits[0] != '\0';
}

/* Which document it is, and why it yields no number: %NULL for one that proves it. */
static void
name_document (Job *job, VerdictEvidence *evidence)
{
  const CardLayout *layout;
  g_autoptr (GPtrArray) words = NULL;
  CardSigns signs = {
    .shape = job->place.shape,
    .has_field = job->has_field,
    .has_number_qr = has_number_code (job),
  };

  /* a field alone makes a card only where there is a rim, and it is not a part of something larger */
  if (signs.has_field && signs.shape != CARD_SHAPE_SHEET
      && ((job->by_print && !signs.has_number_qr) || is_on_sheet (job)))
    signs.shape = CARD_SHAPE_SHEET;
  /* beside a card's number nothing but a title can say that it is another document: small print need not be read */
  words = words_in (job, signs.has_field && signs.shape != CARD_SHAPE_SHEET ? LEAST_TITLE_MM : LEAST_WORD_MM);
  /* nothing that is known: perhaps the other side is up */
  if (words->len == 0 && !job->has_field)
    {
      job->sight.up = (job->sight.up + 2) % 4;
      g_clear_pointer (&words, g_ptr_array_unref);
      words = words_in (job, LEAST_WORD_MM);
      if (words->len == 0)
        job->sight.up = (job->sight.up + 2) % 4;
    }
  signs.words = words;
  if (words->len == 0 && !signs.has_field && job->sight.map->codes->len == 0
      && job->sight.map->n_cells < LEAST_PRINT_CELLS)
    {
      evidence->document = FRAMES_DOCUMENT_BLANK;
      evidence->refusal = FRAMES_REASON_BLANK;
      return;
    }
  layout = card_kind_find (job->reader->layouts, &signs);
  evidence->document = layout != NULL ? layout->document : FRAMES_DOCUMENT_OTHER;
  evidence->proves = layout != NULL && layout->refusal == NULL;
  evidence->refusal = layout != NULL ? layout->refusal : NULL;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* The number line alone is shown: a label close above or below it stays outside. */
static int
strip_margin_px (const NumberField *field)
{
  double along, below, gap;
  int margin = STRIP_MARGIN_PX;

  print_line_beside (&field->line, &field->label, &along, &below);
  gap = fabs (below) - (field->line.height + field->label.height) / 2;
  if (field->has_label && fabs (below) > 0.5 * field->line.height)
    margin = MIN (margin, (int) (gap * STRIP_DIGIT_PX / field->line.height) - 1);
  return MAX (margin, STRIP_LEAST_MARGIN_PX);
}

static void
keep_strip (Job *job)
{
  CardGrey *strip = card_sight_cut_line (&job->sight, &job->field.line, STRIP_DIGIT_PX, strip_margin_px (&job->field),
                                         STRIP_MARGIN_PX);

  job->verdict->strip_width_px = (guint) strip->width;
  job->verdict->strip_height_px = (guint) strip->height;
  job->verdict->strip = g_steal_pointer (&strip->samples);
  g_free (strip);
}

static void
read_number (Job *job, VerdictEvidence *evidence, gint64 *since_us)
{
  const PrintLine *line = &job->field.line;
  g_autoptr (CardGrey) first = card_sight_cut_line (&job->sight, line, LINE_TESSERACT_DIGIT_PX,
                                                    LINE_TESSERACT_MARGIN_PX, LINE_TESSERACT_SIDE_PX);
  g_autoptr (CardGrey) second = NULL;

  rules_erase (first, LINE_TESSERACT_DIGIT_PX);
  line_tesseract_read (job->reader->tesseract, first, &evidence->ocr);
  job->verdict->read_ms = ms_since (since_us);
  second = card_sight_cut_line (&job->sight, line, LINE_SECOND_DIGIT_PX, LINE_SECOND_MARGIN_PX, LINE_SECOND_SIDE_PX);
  rules_erase (second, LINE_SECOND_DIGIT_PX);
  line_second_read (job->reader->second, second, &evidence->second);
  keep_strip (job);
  job->verdict->second_ms = ms_since (since_us);
}

/* --- putting it together ------------------------------------------------------------------------------------------ */

static void
place_card (Job *job)
{
  const CardPlace *place = &job->place;
  /* the number's line is measured more finely than the card's rim */
  double turn = job->has_field ? job->field.line.angle_rad : job->sight.up * G_PI / 2;
  double angle = place->angle_rad + turn, c = cos (angle), s = sin (angle);
  gboolean across = job->sight.up % 2 == 0;
  double half_width = (across ? place->width : place->height) / 2;
  double half_height = (across ? place->height : place->width) / 2;
  double degrees = fmod (angle * 180.0 / G_PI + 720.0, 360.0);

  for (int i = 0; i < 4; i++)
    {
      double u = i == 1 || i == 2 ? half_width : -half_width, v = i >= 2 ? half_height : -half_height;

      job->verdict->box[i][0] = place->x + u * c - v * s;
      job->verdict->box[i][1] = place->y + u * s + v * c;
    }
  job->verdict->rotation_deg = degrees >= 360.0 ? 0.0 : degrees;
  job->verdict->has_card = TRUE;
}

static int
paper_of (const CardGrey *grey)
{
  guint histogram[256];
  int level;

  card_grey_count (grey, histogram);
  level = card_grey_level (histogram, (guint) grey->width * (guint) grey->height, PAPER_SHARE);
  explicit_bzero (histogram, sizeof histogram);
  return level;
}

/* Whether the number stands on something much darker than what is around it: the film of a sleeve that lets it show through. */
static gboolean
is_covered (const Job *job)
{
  const PrintLine *line = &job->field.line;
  g_autoptr (CardGrey) number = card_sight_cut_line (&job->sight, line, COVER_DIGIT_PX, 0, 0);
  g_autoptr (CardGrey) around =
      card_sight_cut_line (&job->sight, line, COVER_DIGIT_PX, COVER_AROUND_PX, COVER_AROUND_PX);

  return paper_of (number) < COVER_SHARE * paper_of (around);
}

/* From the place to the document, its field and its code. */
static void
examine (Job *job, VerdictEvidence *evidence)
{
  look (job);
  find_upright (job);
  if (job->place.shape != CARD_SHAPE_SHEET)
    snap_level (job);
  find_code (job);
  turn_by_code (job);
  evidence->has_label = job->has_field;
  /* a card's own code beside the only number says as much as its label */
  if (!job->has_field && has_number_code (job) && job->n_fields == 1)
    {
      job->has_field = TRUE;
      job->n_labelled = 1;
    }
  name_document (job, evidence);
  evidence->n_fields = job->n_labelled;
  evidence->qr = job->qr.reading;
}

/* A line's ends, and its upper and lower edge, as far out as @extent so far: left, top, right, bottom. */
static void
extend (double extent[4], const PrintLine *line, double length, double height)
{
  double c = fabs (cos (line->angle_rad)), s = fabs (sin (line->angle_rad));
  double half_width = (length * c + height * s) / 2, half_height = (length * s + height * c) / 2;

  extent[0] = MIN (extent[0], line->x - half_width);
  extent[1] = MIN (extent[1], line->y - half_height);
  extent[2] = MAX (extent[2], line->x + half_width);
  extent[3] = MAX (extent[3], line->y + half_height);
}

/* A card whose rim does not show on the lid: all print of the page, seen from @angle_rad, has room on one. */
static gboolean
place_by_print (const Job *job, const CardSight *sight, double angle_rad, CardPlace *ret_place)
{
  const PrintMap *map = sight->map;
  double extent[4] = { G_MAXDOUBLE, G_MAXDOUBLE, -G_MAXDOUBLE, -G_MAXDOUBLE }, width, height;

  if (map->numbers->len == 0)
    return FALSE;
  for (guint i = 0; i < map->lines->len; i++)
    {
      const PrintLine *line = &g_array_index (map->lines, PrintLine, i);

      extend (extent, line, line->length, line->height);
    }
  for (guint i = 0; i < map->codes->len; i++)
    {
      const PrintLine *code = &g_array_index (map->codes, PrintLine, i);

      extend (extent, code, code->length, code->length);
    }
  width = (extent[2] - extent[0]) / MM;
  height = (extent[3] - extent[1]) / MM;
  if (MAX (width, height) > CARD_ID1_WIDTH_MM || MIN (width, height) > CARD_ID1_HEIGHT_MM)
    return FALSE;
  *ret_place = (CardPlace){ .shape = CARD_SHAPE_ID1,
                            .width = CARD_ID1_WIDTH_MM * job->scene->dpi / CARD_MM_PER_INCH,
                            .height = CARD_ID1_HEIGHT_MM * job->scene->dpi / CARD_MM_PER_INCH,
                            .angle_rad = angle_rad + (width < height ? G_PI / 2 : 0.0) };
  card_frame_map (&sight->frame, (extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2, &ret_place->x,
                  &ret_place->y);
  return TRUE;
}

/* Whether a card's field may have been overlooked: no field is seen on what would prove a number, or nothing is known. */
static gboolean
is_open (const Job *job, const VerdictEvidence *evidence)
{
  if (g_cancellable_is_cancelled (job->cancellable))
    return FALSE;
  if (evidence->proves)
    return !job->has_field;
  return evidence->refusal == NULL || strcmp (evidence->refusal, FRAMES_REASON_UNREADABLE) == 0;
}

/* Examines @place once more, @zoom times as large; keeps what comes of it if there is a field on a document that proves it. */
static void
examine_again (Job *job, VerdictEvidence *evidence, const CardPlace *place, double zoom, gboolean by_print)
{
  Job again = *job;
  VerdictEvidence found = { 0 };

  again.place = *place;
  again.zoom = zoom;
  again.by_print = by_print;
  again.sight.map = NULL;
  explicit_bzero (&again.qr, sizeof again.qr);
  examine (&again, &found);
  if (found.proves && again.has_field)
    {
      print_map_free (job->sight.map);
      *job = again;
      *evidence = found;
    }
  else
    print_map_free (again.sight.map);
  explicit_bzero (&again, sizeof again);
  explicit_bzero (&found, sizeof found);
}

/* The place as level as the edges are that stand out in it. Returns: %FALSE where it was already. */
static gboolean
level_by_edges (const Job *job, CardPlace *place)
{
  CardFrame frame;
  g_autoptr (CardGrey) view = cut_place (job, place, PRINT_VIEW_DPI, 0.0, &frame);
  double lean = card_grey_lean (view);

  place->angle_rad += lean;
  return fabs (lean) >= LEVEL_RAD;
}

/* On a page without a card, where one may lie unseen. */
static void
look_for_card (Job *job, VerdictEvidence *evidence)
{
  CardPlace page = job->found, place;
  CardSight sight;

  if (place_by_print (job, &job->sight, page.angle_rad, &place))
    {
      examine_again (job, evidence, &place, 1.0, TRUE);
      return;
    }
  if (!level_by_edges (job, &page))
    return;
  sight = see (job, &page, 0.0, NULL);
  if (place_by_print (job, &sight, page.angle_rad, &place))
    examine_again (job, evidence, &place, 1.0, TRUE);
  print_map_free (sight.map);
}

/*
 * Where neither a field nor another document is known, looks again: at a card's print level with its edges, as if it were
 * larger, and smaller, and around it. Nothing has been read so far: it is the field that is looked for, never another reading.
 */
static void
look_again (Job *job, VerdictEvidence *evidence)
{
  static const double zooms[] = { 1.2, 0.85 };
  const CardPlace found = job->found;
  CardPlace place = found;

  if (!is_open (job, evidence))
    return;
  if (found.shape == CARD_SHAPE_SHEET)
    {
      look_for_card (job, evidence);
      return;
    }
  if (level_by_edges (job, &place))
    examine_again (job, evidence, &place, 1.0, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (zooms) && is_open (job, evidence); i++)
    examine_again (job, evidence, &found, zooms[i], FALSE);
  /* what was found may be a part of the card: on a page that has room for nothing else, all of it is looked at */
  place = card_place_page (job->page, job->scene->dpi);
  if (place.shape == CARD_SHAPE_SMALL && is_open (job, evidence))
    examine_again (job, evidence, &place, 1.0, FALSE);
}

static void
judge (Job *job, gint64 *since_us)
{
  VerdictEvidence evidence = { 0 };

  examine (job, &evidence);
  look_again (job, &evidence);
  place_card (job);
  job->verdict->locate_ms = ms_since (since_us);
  evidence.is_covered = evidence.proves && job->has_field && is_covered (job);
  if (evidence.proves && job->has_field && !evidence.is_covered)
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

  self->finder = card_finder_new ();
  self->print = print_reader_new ();
  self->words = word_reader_new ();
  self->qr = qr_reader_new ();
  self->second = line_second_new ();
  if (self->finder == NULL || self->print == NULL || self->words == NULL || self->second == NULL)
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
      g_set_error (error, NUMBER_READER_ERROR, NUMBER_READER_ERROR_MODEL, "Tesseract's digit model is damaged");
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
number_reader_free (NumberReader *self)
{
  if (self == NULL)
    return;
  card_finder_free (self->finder);
  print_reader_free (self->print);
  word_reader_free (self->words);
  card_layouts_free (self->layouts);
  qr_reader_free (self->qr);
  line_tesseract_free (self->tesseract);
  line_second_free (self->second);
  g_free (self);
}

/* Brightness is all that is looked at: worked out once, not at each look. %NULL without memory. */
static const CardPage *
grey_of (const CardPage *page, CardPage **ret_copy)
{
  if (page->n_channels == 1)
    return page;
  return *ret_copy = card_page_to_grey (page, NULL);
}

CardScene *
number_reader_find (const NumberReader *self, const CardPage *page)
{
  g_autoptr (CardPage) copy = NULL;
  const CardPage *grey = grey_of (page, &copy);

  return grey != NULL ? card_finder_find (self->finder, grey) : NULL;
}

Verdict *
number_reader_read (NumberReader *self, const CardPage *page, GCancellable *cancellable)
{
  gint64 start_us = g_get_monotonic_time (), since_us = start_us;
  g_autoptr (CardPage) copy = NULL;
  Job job = { .reader = self, .cancellable = cancellable, .zoom = 1.0 };

  g_return_val_if_fail (self != NULL && page != NULL, NULL);

  job.page = grey_of (page, &copy);
  if (job.page == NULL)
    return verdict_new (VERDICT_FAILED, FRAMES_REASON_ABSURD_SIZE, FRAMES_DOCUMENT_NONE);
  job.verdict = verdict_new (VERDICT_REFUSED, FRAMES_REASON_BLANK, FRAMES_DOCUMENT_BLANK);
  job.scene = card_finder_find (self->finder, job.page);
  job.verdict->find_ms = ms_since (&since_us);
  if (job.scene->n_cards > 1)
    {
      job.verdict->reason = FRAMES_REASON_TWO_CARDS;
      job.verdict->document = FRAMES_DOCUMENT_OTHER;
    }
  else
    {
      job.found = job.scene->places->len > 0 ? g_array_index (job.scene->places, CardPlace, 0)
                                             : card_place_page (job.page, job.scene->dpi);
      job.place = job.found;
      judge (&job, &since_us);
    }
  if (g_cancellable_is_cancelled (cancellable))
    {
      verdict_free (job.verdict);
      job.verdict = verdict_new (VERDICT_FAILED, FRAMES_REASON_CANCELLED, FRAMES_DOCUMENT_NONE);
    }
  job.verdict->total_ms = ms_since (&start_us);
  g_clear_pointer (&job.sight.map, print_map_free);
  card_scene_free (job.scene);
  explicit_bzero (&job.field, sizeof job.field);
  explicit_bzero (&job.qr, sizeof job.qr);
  return job.verdict;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* corpus: what to draw, and what was drawn. Lengths of documents in mm, of pages in pixels, angles in degrees clockwise. */
#pragma once

#include <glib.h>

#include "digits.h"

typedef enum
{
  KIND_CARD_BACK,
  KIND_NOTIFICATION_CARD,
  KIND_NOTIFICATION_SHEET,
  KIND_NOTICE,
  KIND_CARD_FRONT,
  KIND_CARD_SLEEVE,
  KIND_NOTIFICATION_CARD_BACK,
  KIND_LICENCE,
  KIND_PARCEL,
  KIND_INSURANCE_CARD,
  KIND_BLANK,
  KIND_TWO_CARDS,
  KIND_TEXT_PAGE,
  KIND_RESIDENT_RECORD,        /* 住民票: refused, whatever number stands on it */
  KIND_SPECIAL_RESIDENCE_CARD, /* back of the 特定在留カード; only for testing */
  KIND_APPLICATION_FORM,
  KIND_PHONE_LIST,
  N_KINDS
} CorpusKind;

typedef enum
{
  QR_GOOD,
  QR_DAMAGED,
  QR_NONE,
  QR_MIXED /* chosen by the seed: mostly good */
} CorpusQr;

typedef enum
{
  LEVEL_EASY,
  LEVEL_MEDIUM,
  LEVEL_HARD,
  N_LEVELS
} CorpusLevel;

typedef enum
{
  PAGE_BED,  /* the whole glass, 216 x 297 mm, the document somewhere on it */
  PAGE_CARD, /* as from a feeder: the document and a few mm around it */
  PAGE_MIXED
} CorpusPage;

/* Three ranges of seeds that never meet: what a model learnt from or was tuned on is never what it is judged by. */
typedef enum
{
  PURPOSE_TRAINING,
  PURPOSE_TUNING,
  PURPOSE_TEST,
  N_PURPOSES
} CorpusPurpose;

#define CORPUS_SEED_MAX 0x3fffffffu /* 30 bits; the purpose is above them, the page's index below */

/* What stands where on a page; opaque, goes into truth.jsonl. */
typedef struct _CorpusTexts CorpusTexts;

CorpusTexts *corpus_texts_new (void);
void corpus_texts_free (CorpusTexts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CorpusTexts, corpus_texts_free)

/* Type faces besides those of the layout table. */
typedef struct _CorpusFaces CorpusFaces;

/**
 * corpus_faces_load:
 * @path: one Pango family a line, "cjk " before those that hold Japanese; # starts a comment
 *
 * Returns: (transfer full): the faces, or %NULL and @error if one of them is not there or is held out from training.
 */
CorpusFaces *corpus_faces_load (const char *path, GError **error);
void corpus_faces_free (CorpusFaces *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CorpusFaces, corpus_faces_free)

typedef struct
{
  CorpusPurpose purpose;
  guint32 seed;  /* up to CORPUS_SEED_MAX */
  guint32 index; /* of the page in its run */

  CorpusKind kind;
  CorpusLevel level;
  CorpusPage page;
  CorpusQr qr;
  guint dpi;                /* 0: chosen by the seed, mostly 300 */
  gboolean any_rotation;    /* else rotation_deg */
  double rotation_deg;      /* exact, when not any_rotation */
  int color;                /* 1 colour, 0 grey, -1 chosen by the seed, mostly grey */
  gboolean lookalike_valid; /* licences and parcel slips: their twelve digits always pass the check */

  /* borrowed; NULL: chosen by the seed */
  const char *number;
  const char *name;
  const char *birth;

  CorpusTexts *texts;       /* borrowed, or NULL: drawing writes down here what stands where on this page */
  const CorpusFaces *faces; /* borrowed, or NULL: drawn with half of the time; only for training */
} CorpusSpec;

typedef struct
{
  double x, y;
} CorpusPoint;

typedef struct
{
  CorpusKind kind;
  CorpusPage page;
  CorpusLevel level;
  gboolean accept;                /* a reader may give the number */
  char number[DIGITS_LENGTH + 1]; /* printed My Number, "" when there is none; on a notice it is there but refused */
  char decoy[DIGITS_LENGTH + 1];  /* twelve other digits that look like one, or "" */
  guint dpi;
  double rotation_deg; /* 0 <= x < 360 */
  gboolean has_box;
  CorpusPoint box[4]; /* the card, from its own top left, clockwise */
  gboolean has_number_box;
  CorpusPoint number_box[4]; /* the digits' ink, likewise */
  const char *font;          /* face of the twelve digits, or NULL; static, or of the faces of the spec */
  CorpusQr qr;               /* of the number; QR_NONE when there is none */
  gboolean layout_held_out;  /* laid out as no page for training or tuning is */
  gboolean white_lid;
  gboolean color;
} CorpusTruth;

/* width_px * n_channels samples a row, top row first, no padding */
typedef struct
{
  guint width_px;
  guint height_px;
  guint n_channels; /* 1 grey, 3 red green blue */
  guint8 *samples;  /* owned */
} CorpusImage;

void corpus_image_clear (CorpusImage *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CorpusImage, corpus_image_clear)

/* Names as they stand on the command line and in truth.jsonl. */
const char *corpus_kind_name (CorpusKind kind);
const char *corpus_level_name (CorpusLevel level);
const char *corpus_purpose_name (CorpusPurpose purpose);
const char *corpus_qr_name (CorpusQr qr);
/** corpus_*_parse: the inverse; %FALSE for a name that is none. */
gboolean corpus_kind_parse (const char *text, CorpusKind *ret_kind);
gboolean corpus_level_parse (const char *text, CorpusLevel *ret_level);
gboolean corpus_purpose_parse (const char *text, CorpusPurpose *ret_purpose);
gboolean corpus_qr_parse (const char *text, CorpusQr *ret_qr);
/** corpus_kind_is_accepted: %TRUE for the kinds whose number a reader should give. */
gboolean corpus_kind_is_accepted (CorpusKind kind);
/** corpus_kind_is_held_out: %TRUE for kinds that only pages for testing show. */
gboolean corpus_kind_is_held_out (CorpusKind kind);
/** corpus_kind_weight: how often the kind comes up in the set of positives or negatives. */
double corpus_kind_weight (CorpusKind kind);

/** corpus_spec_init: any rotation, everything else left to the seed; level easy, purpose test, seed 1. */
void corpus_spec_init (CorpusSpec *self);

/** corpus_spec_dice: the stream that everything about this page comes from: purpose, seed and index, nothing else. */
Dice corpus_spec_dice (const CorpusSpec *self);

/** corpus_draw: draws one page. The same spec gives the same samples with the same fonts and libraries. */
void corpus_draw (const CorpusSpec *spec, CorpusImage *ret_image, CorpusTruth *ret_truth);

/**
 * corpus_finish: drops the fonts that drawing keeps for the whole process. Call it last, so that a leak checker sees none.
 *
 * Does nothing without one: a thread of Pango's may still hold a font, and Cairo ends the process over that.
 */
void corpus_finish (void);

/** corpus_image_save: PNM with a header of exactly three lines, which SANE's pnm back-end needs. */
gboolean corpus_image_save (const CorpusImage *self, const char *path, GError **error);

/** corpus_truth_to_json: (transfer full): one line without its line end. */
char *
corpus_truth_to_json (const CorpusTruth *self, const CorpusSpec *spec, const CorpusImage *image, const char *file);

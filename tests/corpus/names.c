/* SPDX-License-Identifier: Apache-2.0 */
/* names: kinds, levels and the like as text; seeds. */
#include "corpus.h"

#include <string.h>

/* weight: within the set of positives or of negatives */
static const struct
{
  const char *name;
  gboolean accept;
  double weight;
} kinds[N_KINDS] = {
  [KIND_CARD_BACK] = { "card-back", TRUE, 60 },
  [KIND_NOTIFICATION_CARD] = { "notification-card", TRUE, 32 },
  [KIND_NOTIFICATION_SHEET] = { "notification-sheet", TRUE, 8 },
  [KIND_NOTICE] = { "notice", FALSE, 18 },
  [KIND_CARD_FRONT] = { "card-front", FALSE, 22 },
  [KIND_CARD_SLEEVE] = { "card-sleeve", FALSE, 6 },
  [KIND_NOTIFICATION_CARD_BACK] = { "notification-card-back", FALSE, 8 },
  [KIND_LICENCE] = { "licence", FALSE, 22 },
  [KIND_PARCEL] = { "parcel", FALSE, 7 },
  [KIND_INSURANCE_CARD] = { "insurance-card", FALSE, 6 },
  [KIND_BLANK] = { "blank", FALSE, 9 },
  [KIND_TWO_CARDS] = { "two-cards", FALSE, 5 },
  [KIND_TEXT_PAGE] = { "text-page", FALSE, 3 },
  [KIND_RESIDENT_RECORD] = { "resident-record", FALSE, 5 },
  [KIND_SPECIAL_RESIDENCE_CARD] = { "special-residence-card", TRUE, 4 },
  [KIND_APPLICATION_FORM] = { "application-form", FALSE, 3 },
  [KIND_PHONE_LIST] = { "phone-list", FALSE, 4 },
};

static const char *const levels[N_LEVELS] = { "easy", "medium", "hard" };
static const char *const purposes[N_PURPOSES] = { "training", "tuning", "test" };
static const char *const qrs[] = { "good", "damaged", "none", "mixed" };

static gboolean
find_name (const char *const *names, guint n_names, const char *text, guint *ret_index)
{
  for (guint i = 0; i < n_names; i++)
    if (strcmp (names[i], text) == 0)
      {
        *ret_index = i;
        return TRUE;
      }
  return FALSE;
}

const char *
corpus_kind_name (CorpusKind kind)
{
  return kinds[kind].name;
}

const char *
corpus_level_name (CorpusLevel level)
{
  return levels[level];
}

const char *
corpus_purpose_name (CorpusPurpose purpose)
{
  return purposes[purpose];
}

const char *
corpus_qr_name (CorpusQr qr)
{
  return qrs[qr];
}

gboolean
corpus_kind_parse (const char *text, CorpusKind *ret_kind)
{
  for (guint i = 0; i < N_KINDS; i++)
    if (strcmp (kinds[i].name, text) == 0)
      {
        *ret_kind = (CorpusKind) i;
        return TRUE;
      }
  return FALSE;
}

gboolean
corpus_level_parse (const char *text, CorpusLevel *ret_level)
{
  return find_name (levels, G_N_ELEMENTS (levels), text, ret_level);
}

gboolean
corpus_purpose_parse (const char *text, CorpusPurpose *ret_purpose)
{
  return find_name (purposes, G_N_ELEMENTS (purposes), text, ret_purpose);
}

gboolean
corpus_qr_parse (const char *text, CorpusQr *ret_qr)
{
  return find_name (qrs, G_N_ELEMENTS (qrs), text, ret_qr);
}

gboolean
corpus_kind_is_accepted (CorpusKind kind)
{
  return kinds[kind].accept;
}

gboolean
corpus_kind_is_held_out (CorpusKind kind)
{
  return kind == KIND_SPECIAL_RESIDENCE_CARD;
}

double
corpus_kind_weight (CorpusKind kind)
{
  return kinds[kind].weight;
}

void
corpus_spec_init (CorpusSpec *self)
{
  *self = (CorpusSpec){
    .purpose = PURPOSE_TEST,
    .seed = 1,
    .page = PAGE_MIXED,
    .qr = QR_MIXED,
    .any_rotation = TRUE,
    .color = -1,
  };
}

Dice
corpus_spec_dice (const CorpusSpec *self)
{
  Dice dice;

  g_assert (self->seed <= CORPUS_SEED_MAX);
  dice_init (&dice, ((guint64) self->purpose << 62) | ((guint64) self->seed << 32) | self->index);
  return dice;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* card-kind: which document this is, from what was seen on it and the layouts. */
#include "card-kind.h"

/* more than any words together can weigh */
#define QR_WEIGHT 1000.0

static gboolean
has_word (const CardSigns *signs, const char *word)
{
  return g_ptr_array_find_with_equal_func ((GPtrArray *) signs->words, word, g_str_equal, NULL);
}

/* Negative when the layout is ruled out. */
static double
weigh (const CardLayout *layout, const CardSigns *signs)
{
  gboolean sheet = signs->shape == CARD_SHAPE_SHEET, word_seen = FALSE;
  gboolean has_number_qr = layout->number_qr && signs->has_number_qr;
  double weight = layout->weight;

  if ((layout->size == LAYOUT_SIZE_CARD && sheet) || (layout->size == LAYOUT_SIZE_SHEET && !sheet))
    return -1.0;
  if (layout->needs_field && !signs->has_field && !has_number_qr)
    return -1.0;
  if (layout->no_field && signs->has_field)
    return -1.0;
  for (guint i = 0; layout->never[i] != NULL; i++)
    if (has_word (signs, layout->never[i]))
      return -1.0;
  for (guint i = 0; layout->words[i] != NULL; i++)
    if (has_word (signs, layout->words[i]))
      {
        word_seen = TRUE;
        weight += layout->word_weights[i];
      }
  /* a card may be known by its field or its QR code; on a sheet these might be anything's */
  if (!word_seen
      && (sheet ? layout->needs_word || layout->refusal == NULL
                : layout->needs_word && layout->size != LAYOUT_SIZE_ANY))
    return -1.0;
  if (weight < layout->least)
    return -1.0;
  return has_number_qr ? weight + QR_WEIGHT : weight;
}

const CardLayout *
card_kind_find (const CardLayouts *layouts, const CardSigns *signs)
{
  const CardLayout *best = NULL;
  double most = 0.0;

  for (guint i = 0; i < layouts->layouts->len; i++)
    {
      const CardLayout *layout = &g_array_index (layouts->layouts, CardLayout, i);
      double weight = weigh (layout, signs);

      if (weight > most)
        {
          most = weight;
          best = layout;
        }
    }
  return best;
}

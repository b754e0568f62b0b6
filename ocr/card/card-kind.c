/* SPDX-License-Identifier: Apache-2.0 */
/* card-kind: which document this is, from what was seen on it and the layouts. */
#include "card-kind.h"

#include "codes.h"

/* more than any words together can weigh */
#define QR_WEIGHT 100.0

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
  double weight = layout->weight;

  if ((layout->size == LAYOUT_SIZE_CARD && sheet) || (layout->size == LAYOUT_SIZE_SHEET && !sheet))
    return -1.0;
  if (layout->needs_field && !signs->has_field && !(layout->number_qr && signs->has_number_qr))
    return -1.0;
  if ((layout->no_field && signs->has_field) || (layout->needs_table && !signs->has_table))
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
  if (layout->number_qr && signs->has_number_qr)
    return weight + QR_WEIGHT;
  /* on a card, a field with its label needs no title; on a sheet it might be anything */
  if (layout->needs_word && !word_seen && (sheet || layout->size != LAYOUT_SIZE_ANY))
    return -1.0;
  return weight;
}

const char *
card_kind_decide (const CardLayouts *layouts, const CardSigns *signs)
{
  const char *document = FRAMES_DOCUMENT_OTHER;
  double most = 0.0;

  for (guint i = 0; i < layouts->n_layouts; i++)
    {
      double weight = weigh (&layouts->layouts[i], signs);

      if (weight > most)
        {
          most = weight;
          document = layouts->layouts[i].document;
        }
    }
  return document;
}

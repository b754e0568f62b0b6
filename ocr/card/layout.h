/* SPDX-License-Identifier: Apache-2.0 */
/* layout: what tells one document from another, read from the files in layouts/. */
#pragma once

#include "card-finder.h"

#define LAYOUT_MAX_WORDS 8

typedef enum
{
  LAYOUT_SIZE_ANY,
  LAYOUT_SIZE_CARD,  /* ID-1, or print on so little room */
  LAYOUT_SIZE_SHEET, /* larger */
} LayoutSize;

/**
 * CardLayout:
 * @document: FRAMES_DOCUMENT_*, static
 * @needs_field: only a number field with its label can make it this document
 * @no_field: and this one never carries one
 * @needs_word: one of @words must have been seen; with LAYOUT_SIZE_ANY asked for on sheets alone
 * @number_qr: a QR code that holds 12 digits and nothing else is proof enough, even where the number is covered
 * @weight: what it starts with; each word seen adds its own
 */
typedef struct
{
  const char *document;
  LayoutSize size;
  gboolean needs_field;
  gboolean no_field;
  gboolean needs_word;
  gboolean needs_table;
  gboolean number_qr;
  double weight;
  char *words[LAYOUT_MAX_WORDS]; /* owned, up to NULL */
  double word_weights[LAYOUT_MAX_WORDS];
  char *never[LAYOUT_MAX_WORDS]; /* owned: words that rule it out */
} CardLayout;

typedef struct
{
  CardLayout *layouts; /* owned */
  guint n_layouts;
  GPtrArray *words; /* owned, of borrowed char*: every word of every layout, each once */
} CardLayouts;

/** card_layouts_new: (transfer full): %NULL when one of them is damaged. */
CardLayouts *card_layouts_new (void);
void card_layouts_free (CardLayouts *self);

/** card_layout_parse: one layout file; %FALSE when it is none. Exposed for tests. */
gboolean card_layout_parse (const char *text, gsize n_bytes, CardLayout *ret_layout);
void card_layout_clear (CardLayout *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CardLayouts, card_layouts_free)

/* SPDX-License-Identifier: Apache-2.0 */
/* layout: what tells one document from another, read from files: docs/man/azukari-layout.5 describes them. */
#pragma once

#include <gio/gio.h>

#define LAYOUT_MAX_WORDS 16
#define LAYOUT_MAX_FILES 64
#define LAYOUT_MAX_BYTES (16 * 1024)

#define CARD_LAYOUT_ERROR (card_layout_error_quark ())

typedef enum
{
  CARD_LAYOUT_ERROR_DAMAGED, /* the message says what is wrong, and in which file; never what a file holds */
} CardLayoutError;

typedef enum
{
  LAYOUT_SIZE_ANY,
  LAYOUT_SIZE_CARD,  /* ID-1, or print on so little room */
  LAYOUT_SIZE_SHEET, /* larger */
} LayoutSize;

/**
 * CardLayout:
 * @document: FRAMES_DOCUMENT_*, static
 * @refusal: FRAMES_REASON_*, static: why this document yields no number (FRAMES_REASON_UNREADABLE: it would, were it seen);
 *   %NULL for one that proves it by law
 * @needs_field: only a number field with its label can make it this document
 * @no_field: and this one never carries one
 * @needs_word: one of @words must have been seen; with LAYOUT_SIZE_ANY asked for on sheets alone
 * @number_qr: a QR code that holds 12 digits and nothing else is proof enough, even where the number is covered
 * @weight: what it starts with; each word seen adds its own
 * @least: with less in all it is not this document
 */
typedef struct
{
  const char *document;
  const char *refusal;
  LayoutSize size;
  gboolean needs_field;
  gboolean no_field;
  gboolean needs_word;
  gboolean number_qr;
  double weight;
  double least;
  char *words[LAYOUT_MAX_WORDS + 1]; /* owned, up to NULL */
  double word_weights[LAYOUT_MAX_WORDS];
  char *never[LAYOUT_MAX_WORDS + 1]; /* owned: words that rule it out */
} CardLayout;

typedef struct
{
  GArray *layouts;  /* owned, of CardLayout */
  GPtrArray *words; /* owned, of borrowed char*: every word of every layout, each once */
} CardLayouts;

GQuark card_layout_error_quark (void);

/** card_layouts_new: (transfer full): those that are built in; %NULL when one of them is damaged. */
CardLayouts *card_layouts_new (void);

/**
 * card_layouts_new_with_folder:
 * @folder: every file *.layout in it is read after those that are built in; it need not exist
 *
 * Reads at most LAYOUT_MAX_FILES regular files of at most LAYOUT_MAX_BYTES; call it before files are out of reach.
 *
 * Returns: (transfer full): the layouts; or %NULL with CARD_LAYOUT_ERROR_DAMAGED and a message like
 *   "spring.layout: the character 薔 of a word is not known" when one is damaged, unreadable, or there are too many.
 */
CardLayouts *card_layouts_new_with_folder (const char *folder, GError **error);
void card_layouts_free (CardLayouts *self);

/** card_layout_parse: one layout file; %FALSE with CARD_LAYOUT_ERROR_DAMAGED when it is none. */
gboolean card_layout_parse (const char *text, gsize n_bytes, CardLayout *ret_layout, GError **error);
void card_layout_clear (CardLayout *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CardLayouts, card_layouts_free)

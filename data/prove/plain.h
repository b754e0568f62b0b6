/* SPDX-License-Identifier: Apache-2.0 */
/* plain: looks through bytes for what must not lie there open: given texts in every encoding of theirs, kana, numbers, and what a
 * database looks like. Knows nothing of files. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _Plain Plain;

/* Shorter texts turn up in random bytes by chance. */
#define PLAIN_LEAST_BYTES 6

Plain *plain_new (void);
void plain_free (Plain *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Plain, plain_free)

/** plain_add_text: @text (UTF-8) is looked for in UTF-8, UTF-16 (both orders) and CP932, where that has PLAIN_LEAST_BYTES. */
void plain_add_text (Plain *self, const char *text);
/** plain_add_known: @id, ASCII, may stand there: its digits are no number. */
void plain_add_known (Plain *self, const char *id);

typedef struct
{
  guint n_texts;   /* of those that were added */
  guint n_numbers; /* 12 digits whose check digit fits: ASCII, full-width or UTF-16; also as 4-4-4 */
  guint n_kana;    /* runs of kana: UTF-8, UTF-16 or CP932 */
} PlainFound;

/** plain_search: adds what is in @bytes to @found. */
void plain_search (const Plain *self, const guint8 *bytes, gsize n_bytes, PlainFound *found);

typedef struct
{
  guint n_headers;    /* “SQLite format 3” and words of a schema */
  guint n_page_marks; /* pages that begin with the mark of a B-tree page… */
  guint max_marks;    /* …and as many as random bytes may have of them */
  guint n_text_runs;  /* 32 printable ASCII characters one after the other */
  guint n_equal_runs; /* 8 equal bytes one after the other: padding */
} PlainShape;

/** plain_shape: what of a database shows in @bytes, which are to look random; adds to @shape. */
void plain_shape (const guint8 *bytes, gsize n_bytes, PlainShape *shape);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* paper: A4 (or A5) pages with text, tables and a place to sign, as a PDF. Knows nothing of what it says. Things go below one another; what does
 * not fit goes to the next page, tables row by row under their heads. Text is UTF-8, as plain text. A paper
 * belongs to the thread that made it (each has a default font map of its own). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _Paper Paper;

/**
 * paper_new:
 * @title: of the document, for the PDF's own properties
 * @foot: stands at the bottom of each page, beside its number
 * @language: of the text, such as "ja": which of the characters that languages share are drawn
 */
Paper *paper_new (const char *title, const char *foot, const char *language);
/** paper_new_a5: small pages without a foot, each for somebody else. */
Paper *paper_new_a5 (const char *title, const char *language);
/** paper_begin_page: what follows stands on a page of its own. */
void paper_begin_page (Paper *self);
void paper_free (Paper *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Paper, paper_free)

/** paper_add_banner: a warning in a red frame. */
void paper_add_banner (Paper *self, const char *text);
void paper_add_title (Paper *self, const char *text);
/** paper_add_aside: small lines at the right: numbers, dates. */
void paper_add_aside (Paper *self, const char *text);
void paper_add_heading (Paper *self, const char *text);
void paper_add_text (Paper *self, const char *text);
/** paper_add_note: small and grey. */
void paper_add_note (Paper *self, const char *text);

/** paper_add_facts: (array zero-terminated=1): name, value, name, value ...: a table of two columns. */
void paper_add_facts (Paper *self, const char *const *facts);

typedef struct
{
  const char *title;
  double share;  /* of the width; those of a table add up to 1 */
  gboolean fine; /* ids and digests: small, each character as wide */
} PaperColumn;

/** paper_set_row_height: of the tables that follow, at least, in points: room to write in. */
void paper_set_row_height (Paper *self, double height);
/** paper_add_table: @rows: (element-type GStrv): @n_columns cells each. */
void paper_add_table (Paper *self, const PaperColumn *columns, guint n_columns, GPtrArray *rows);

/** paper_add_signature: lines for a date, for an address, for @who to sign and a field for their seal, which is called @seal. */
void paper_add_signature (Paper *self, const char *date, const char *address, const char *company, const char *who,
                          const char *seal);
/** paper_add_code: under @heading, @content as a QR code and @text beside it. @content that does not fit into one is left out. */
void paper_add_code (Paper *self, const char *heading, const char *content, const char *text);

/** paper_finish: (transfer full): the PDF; %NULL with %G_IO_ERROR. Nothing can be added afterwards. */
GBytes *paper_finish (Paper *self, GError **error);
/** paper_get_n_pages: so far. */
guint paper_get_n_pages (const Paper *self);

G_END_DECLS

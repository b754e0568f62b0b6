/* SPDX-License-Identifier: Apache-2.0 */
/* workbook: rows of text cells as an Excel file (Office Open XML, ECMA-376), in locked memory alone. Any thread, one at a time.
 *
 * Every cell is text (t="inlineStr" in the number format "@"), so that a leading zero stays, twelve digits are not shown as 1.2E+11, and
 * nothing is a formula; a cell stays text also when somebody types into it. There is one sheet, and nothing tells who made it or when. */
#pragma once

#include "secret.h"

G_BEGIN_DECLS

#define WORKBOOK_MAX_CELL 32767 /* characters, as Excel counts them: UTF-16 */

typedef struct _Workbook Workbook;

Workbook *workbook_new (guint n_columns);
/** workbook_takes: may @text (with a final zero) stand in a cell? Not with control characters, line breaks among them, and what XML has not. */
gboolean workbook_takes (const char *text);
/** workbook_add_cell: the next one of the row. @text: UTF-8 that workbook_takes (); no final zero needed. */
void workbook_add_cell (Workbook *self, const void *text, gsize n_bytes);
void workbook_end_row (Workbook *self);
/**
 * workbook_finish: @ret_content: (out) (transfer full): the same rows give the same bytes
 *
 * Returns: %FALSE with %CUSTODY_ERROR_FAILED when libarchive cannot do it.
 */
gboolean workbook_finish (Workbook *self, Secret **ret_content, GError **error);
void workbook_free (Workbook *self); /* %NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Workbook, workbook_free)

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* leak-paper: a draft of what is reported of a leak (漏えい等報告), filled with what the record has of some days. No numbers, and nobody's name
 * but of those who may log in. */
#pragma once

#include "company-paper.h"

G_BEGIN_DECLS

typedef struct
{
  const char *from, *to; /* the days, as they are to be read; NULL: open */
  GPtrArray *entries;    /* of GVariant, a{sv} as of LogList: those of these days */
  GVariant *exports;     /* aa{sv} as ExportList answers: all */
} LeakSpan;

/** leak_paper_make: (transfer full): a PDF; %NULL with %G_IO_ERROR. */
GBytes *leak_paper_make (const CompanyPaper *about, const LeakSpan *span, GError **error);

G_END_DECLS

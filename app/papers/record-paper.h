/* SPDX-License-Identifier: Apache-2.0 */
/* record-paper: the record (取扱記録), or some days of it, for a binder: ids only, closed by a checkpoint of the TPM as a QR code, with which
 * the paper witnesses the record from then on. In the language of the process. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * record_paper_make:
 * @status: a{sv} as GetStatus answers: the company, the vault's id, which TPM
 * @entries: (element-type GVariant): a{sv} as of LogList
 * @from: (nullable): the first day, as it is to be read
 * @to: (nullable): the last
 * @checkpoint: a{sv} as LogPrint answers
 *
 * Returns: (transfer full): a PDF; %NULL with %G_IO_ERROR.
 */
GBytes *record_paper_make (GVariant *status, GPtrArray *entries, const char *from, const char *to, GVariant *checkpoint,
                           GDateTime *when, GError **error);

typedef struct _Paper Paper;
/** record_paper_add_checkpoint: @checkpoint as a QR code, with what it is good for. Also for other papers. */
void record_paper_add_checkpoint (Paper *paper, GVariant *checkpoint);

G_END_DECLS

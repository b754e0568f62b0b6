/* SPDX-License-Identifier: Apache-2.0 */
/* prove-paper: the report of a proof (azukarictl prove): each trial with what was expected and what happened. In the language of the process. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * prove_paper_make:
 * @status: a{sv} as GetStatus answers: the company, the vault's id, which TPM
 * @findings: aa{sv} as Prove answers
 * @when: of the proof
 * @checkpoint: a{sv} as LogPrint answers
 *
 * Returns: (transfer full): a PDF; %NULL with %G_IO_ERROR.
 */
GBytes *prove_paper_make (GVariant *status, gboolean ok, GVariant *findings, GDateTime *when, GVariant *checkpoint,
                          GError **error);

G_END_DECLS

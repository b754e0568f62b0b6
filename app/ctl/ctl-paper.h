/* SPDX-License-Identifier: Apache-2.0 */
/* ctl-paper: what the verbs of “paper” share. */
#pragma once

#include "ctl-common.h"

G_BEGIN_DECLS

/** ctl_paper_is_free: a file that could not be written is no reason to have the record say that something was printed. */
gboolean ctl_paper_is_free (const char *path, GError **error);
/** ctl_paper_write: @pdf: (nullable): %FALSE with @error as it is */
gboolean ctl_paper_write (const char *path, GBytes *pdf, GError **error);

int ctl_paper_leak (CtlContext *ctx, int argc, char **argv);
int ctl_paper_receipt (CtlContext *ctx, int argc, char **argv);
/** ctl_paper_company: which paper argv[0] names */
int ctl_paper_company (CtlContext *ctx, int argc, char **argv);

G_END_DECLS

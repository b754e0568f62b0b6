/* SPDX-License-Identifier: Apache-2.0 */
/* ctl-log: the record's entries of some days, for papers. */
#pragma once

#include "ctl-common.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 from_s, before_s; /* Unix time; G_MININT64, G_MAXINT64: all */
  GPtrArray *entries;      /* owned: of GVariant, a{sv} as of LogList */
  guint64 first, last, next;
} CtlLogSpan;

void ctl_log_span_clear (CtlLogSpan *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CtlLogSpan, ctl_log_span_clear)

/** ctl_log_parse_day: the beginning of the day @text (YYYY-MM-DD), or of the one @after it, here. */
gboolean ctl_log_parse_day (const char *text, gboolean after, gint64 *ret_s);
gboolean ctl_log_fetch (CtlLogSpan *self, AzukariVault1 *vault, GError **error);

G_END_DECLS

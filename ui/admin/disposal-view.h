/* SPDX-License-Identifier: Apache-2.0 */
/* UiDisposalView: 廃棄: what need not be kept any more and when, what would go, the decision, and the certificates. */
#pragma once

#include <adwaita.h>

#include "retention-view.h"

G_BEGIN_DECLS

#define UI_TYPE_DISPOSAL_VIEW (ui_disposal_view_get_type ())
G_DECLARE_FINAL_TYPE (UiDisposalView, ui_disposal_view, UI, DISPOSAL_VIEW, AdwBin)

/*
 * Signals: ::preview (GStrv ids): what would go; ::decided (gboolean erase): all that was shown by ui_disposal_view_ask () is to go;
 * ::list: back to what is due; ::certificates: the list of them; ::save (string id): a certificate into files; ::retention: its rules
 * are on the screen.
 */

/* @rows: (transfer none): of UiRow, the longest waiting first; key: "due", or "soon YYYY-MM" (within 90 days) or "later YYYY-MM" */
void ui_disposal_view_set_rows (UiDisposalView *self, GListModel *rows);
/* @text: how long numbers are kept, one rule a line, translated */
void ui_disposal_view_set_rules (UiDisposalView *self, const char *text);
/* The question. @rows: what would go; @backups: what becomes of them, translated; @is_bad: one is out of reach */
void ui_disposal_view_ask (UiDisposalView *self, GListModel *rows, const char *backups, gboolean is_bad);
/* While it is done. @text: one sentence */
void ui_disposal_view_set_working (UiDisposalView *self, const char *text);
/* What came of it. @id: of its certificate, which may be saved again; "" without one */
void ui_disposal_view_set_result (UiDisposalView *self, const char *text, gboolean is_bad, const char *id);
/* @rows: (transfer none): of UiRow, one for each certificate */
void ui_disposal_view_set_certificates (UiDisposalView *self, GListModel *rows);
/* One sentence over the list of certificates; "" for none */
void ui_disposal_view_set_saved (UiDisposalView *self, const char *text, gboolean is_bad);
/* The page of how long numbers are kept, and back from it. Borrowed. */
UiRetentionView *ui_disposal_view_get_retention (UiDisposalView *self);
void ui_disposal_view_show_list (UiDisposalView *self);
/* Nothing personal stays, and the list is what is shown. */
void ui_disposal_view_clear (UiDisposalView *self);
/* "list", "ask", "working", "done", "certificates" or "retention" */
const char *ui_disposal_view_get_page (UiDisposalView *self);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* UiRetentionView: 保存期間: how long numbers are kept for each purpose, another time for one of them, and what that would change. */
#pragma once

#include <adwaita.h>

#include "question-view.h"

G_BEGIN_DECLS

#define UI_TYPE_RETENTION_VIEW (ui_retention_view_get_type ())
G_DECLARE_FINAL_TYPE (UiRetentionView, ui_retention_view, UI, RETENTION_VIEW, AdwBin)

#define UI_RETENTION_MAX_YEARS 50

/*
 * Signals: ::try (string purpose, string anchor, uint years): what would that change?; ::decided: what the question asked; ::list: the
 * rules are wanted again; ::leave: the view is not wanted any more.
 */

/* @rows: (transfer none): of UiRow: id: the purpose's code, key: "anchor:years", anchor leaving, year-end or january-10 */
void ui_retention_view_set_rows (UiRetentionView *self, GListModel *rows);
/* Over the rules, translated; "" for nothing */
void ui_retention_view_set_result (UiRetentionView *self, const char *text, gboolean is_bad);
void ui_retention_view_set_busy (UiRetentionView *self, gboolean busy);
/* @rows: (transfer none): of UiRow: whom it concerns */
void ui_retention_view_ask (UiRetentionView *self, const UiQuestion *question, GListModel *rows);
void ui_retention_view_show_list (UiRetentionView *self);
/* Nothing personal stays, and the list is what is shown. */
void ui_retention_view_clear (UiRetentionView *self);

G_END_DECLS

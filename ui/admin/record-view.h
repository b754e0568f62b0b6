/* SPDX-License-Identifier: Apache-2.0 */
/* UiRecordView: 取扱記録: what was done, when and by whom, newest first. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_RECORD_VIEW (ui_record_view_get_type ())
G_DECLARE_FINAL_TYPE (UiRecordView, ui_record_view, UI, RECORD_VIEW, AdwBin)

/*
 * Signals: ::verify, ::older.
 */

/* @rows: (transfer none): of UiRow; @has_older: whether the record goes on */
void ui_record_view_set_rows (UiRecordView *self, GListModel *rows, gboolean has_older);
/* What Verify found, translated; "" = not verified yet. */
void ui_record_view_set_findings (UiRecordView *self, const char *text, gboolean is_bad);
void ui_record_view_set_busy (UiRecordView *self, gboolean busy);

G_END_DECLS

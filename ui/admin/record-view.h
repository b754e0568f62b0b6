/* SPDX-License-Identifier: Apache-2.0 */
/* UiRecordView: 取扱記録: what was done, when and by whom, newest first. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_RECORD_VIEW (ui_record_view_get_type ())
G_DECLARE_FINAL_TYPE (UiRecordView, ui_record_view, UI, RECORD_VIEW, AdwBin)

/*
 * Signals: ::verify, ::older, ::signed-off: what the review names has been seen.
 */

/* @rows: (transfer none): of UiRow; @has_older: whether the record goes on */
void ui_record_view_set_rows (UiRecordView *self, GListModel *rows, gboolean has_older);
/* What Verify found, in a sentence, translated; "" = not verified yet. @checks: what it looked at, a line each */
void ui_record_view_set_findings (UiRecordView *self, const char *text, const char *checks, gboolean is_bad);
/* 点検: what stands out since the last review, translated; "" = nothing is new. @can_sign_off: whether who is in may say that it was seen */
void ui_record_view_set_review (UiRecordView *self, const char *text, gboolean stands_out, gboolean can_sign_off);
void ui_record_view_set_busy (UiRecordView *self, gboolean busy);

G_END_DECLS

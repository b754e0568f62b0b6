/* SPDX-License-Identifier: Apache-2.0 */
/* UiHandedView: files that left the vault, and what became of them. */
#pragma once

#include <adwaita.h>

#include "question-view.h"

G_BEGIN_DECLS

#define UI_TYPE_HANDED_VIEW (ui_handed_view_get_type ())
G_DECLARE_FINAL_TYPE (UiHandedView, ui_handed_view, UI, HANDED_VIEW, AdwBin)

/* Signals: ::back; ::receipt (string id), the button of a file; ::decided, what was asked. */

/* @rows: of UiRow, the newest first; those whose key is "fixed" have no button */
void ui_handed_view_set_rows (UiHandedView *self, GListModel *rows);
/* @text: what came of it, translated; "" = nothing */
void ui_handed_view_set_result (UiHandedView *self, const char *text, gboolean is_bad);
void ui_handed_view_set_busy (UiHandedView *self, gboolean busy);
/* In place of the list. */
void ui_handed_view_ask (UiHandedView *self, const UiQuestion *question);
void ui_handed_view_show_list (UiHandedView *self);
void ui_handed_view_clear (UiHandedView *self);

G_END_DECLS

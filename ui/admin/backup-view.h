/* SPDX-License-Identifier: Apache-2.0 */
/* UiBackupView: where backups go, which there are, and the questions before one is brought back. */
#pragma once

#include <adwaita.h>

#include "question-view.h"

G_BEGIN_DECLS

#define UI_TYPE_BACKUP_VIEW (ui_backup_view_get_type ())
G_DECLARE_FINAL_TYPE (UiBackupView, ui_backup_view, UI, BACKUP_VIEW, AdwBin)

/*
 * Signals: ::add: a place; ::remove (string id): a place; ::make: one at each place; ::try: do they open?; ::restore (string id): a
 * backup; ::only (string id): of the rows of a question; ::decided: what the question asked; ::list: back to what there is.
 */

/* Whether places are changed and backups brought back by who is in. Before the rows. */
void ui_backup_view_set_allowed (UiBackupView *self, gboolean allowed);
/* @rows: (transfer none): of UiRow */
void ui_backup_view_set_places (UiBackupView *self, GListModel *rows);
void ui_backup_view_set_backups (UiBackupView *self, GListModel *rows);
/* Over the lists, translated; "" for nothing */
void ui_backup_view_set_result (UiBackupView *self, const char *text, gboolean is_bad);
/* While something is under way nothing else can be begun. */
void ui_backup_view_set_busy (UiBackupView *self, gboolean busy);
void ui_backup_view_ask (UiBackupView *self, const UiQuestion *question, GListModel *rows);
/* While it is done. @text: one sentence */
void ui_backup_view_set_working (UiBackupView *self, const char *text);
void ui_backup_view_show_list (UiBackupView *self);
/* "list", "question" or "working" */
const char *ui_backup_view_get_page (UiBackupView *self);
/* Nothing personal stays, and the list is what is shown. */
void ui_backup_view_clear (UiBackupView *self);

G_END_DECLS

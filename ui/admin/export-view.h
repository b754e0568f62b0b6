/* SPDX-License-Identifier: Apache-2.0 */
/* UiExportView: numbers leave the vault: which format, for what, to whom, into which folder. */
#pragma once

#include <adwaita.h>

#include "handed-view.h"
#include "question-view.h"

G_BEGIN_DECLS

#define UI_TYPE_EXPORT_VIEW (ui_export_view_get_type ())
G_DECLARE_FINAL_TYPE (UiExportView, ui_export_view, UI, EXPORT_VIEW, AdwBin)

/*
 * Signals: ::choose-folder; ::choose-source; ::export (string format id, string purpose code, string kind, string destination,
 * boolean masked, boolean plain); ::decided, what was asked last; ::handed, what was
 * handed over is looked at.
 */

/* @ids, @titles, @notes: of the same length, end with %NULL. A note says how far its format was verified.
 * @merges: (array length=n): whether the format puts numbers into a file that somebody else made */
void ui_export_view_set_formats (UiExportView *self, const char *const *ids, const char *const *titles,
                                 const char *const *notes, const gboolean *merges, guint n);
/* Whether the chosen format does. */
gboolean ui_export_view_get_merges (UiExportView *self);
/* The file that it makes a copy of. @file: as shown, "" = none chosen yet */
void ui_export_view_set_source (UiExportView *self, const char *file);
/* @kinds_proposed: "employee" or "contractor": whom choosing that purpose proposes */
void ui_export_view_set_purposes (UiExportView *self, const char *const *codes, const char *const *titles,
                                  const char *const *kinds_proposed);
/* @folder: as shown, "" = none chosen yet; @can_choose: whether another may be chosen */
void ui_export_view_set_folder (UiExportView *self, const char *folder, gboolean can_choose);
void ui_export_view_set_busy (UiExportView *self, gboolean busy);
/* @text: what came of it, translated; "" = nothing */
void ui_export_view_set_result (UiExportView *self, const char *text, gboolean is_bad);

/* In place of the form: what stands against it, one a row. @rows: as in ui_question_view_ask () */
void ui_export_view_ask (UiExportView *self, const UiQuestion *question, GListModel *rows);
/* The form again; nothing personal of the question stays. */
void ui_export_view_show_form (UiExportView *self);

/* The page that ::handed shows. Borrowed. */
UiHandedView *ui_export_view_get_handed (UiExportView *self);
/* @n: of how many files nobody has said in time that they are deleted */
void ui_export_view_set_overdue (UiExportView *self, guint n);

/* Whether the file may be had without a passphrase; not at first. */
void ui_export_view_set_plain_allowed (UiExportView *self, gboolean is_allowed);
/* In place of the form until somebody has noted it. @facts: as for ui_export_view_set_result () */
void ui_export_view_show_passphrase (UiExportView *self, const char *passphrase, const char *facts);
void ui_export_view_forget_passphrase (UiExportView *self);

G_END_DECLS

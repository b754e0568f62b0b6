/* SPDX-License-Identifier: Apache-2.0 */
/* UiPeopleView: who has handed in a number and who has not. */
#pragma once

#include <adwaita.h>

#include "import-view.h"

G_BEGIN_DECLS

#define UI_TYPE_PEOPLE_VIEW (ui_people_view_get_type ())
G_DECLARE_FINAL_TYPE (UiPeopleView, ui_people_view, UI, PEOPLE_VIEW, AdwBin)

/* Signals: ::outstanding, a list of those who have not handed in a number is to be written; ::import, a roster is to be read; ::undo,
 * the last one is to be taken back.
 *
 * @rows: (transfer none): of UiRow whose key is "none", "refused", "collected", "approved" or another, which counts on the roster alone */
void ui_people_view_set_rows (UiPeopleView *self, GListModel *rows);
/* Of which one is chosen to see only its people, whose rows have it as group; "": people without one. Takes a copy. */
void ui_people_view_set_departments (UiPeopleView *self, const char *const *departments);
/* What became of the list; "": nothing. */
void ui_people_view_set_saved (UiPeopleView *self, const char *text, gboolean is_bad);
/* It is being written. */
void ui_people_view_set_working (UiPeopleView *self, gboolean is_working);
/* Whether the last import can be taken back. */
void ui_people_view_set_undo (UiPeopleView *self, gboolean is_possible);
/* The page of what a roster would change, and whether it is on the screen instead of the list. Borrowed. */
UiImportView *ui_people_view_get_import (UiPeopleView *self);
void ui_people_view_show_import (UiPeopleView *self, gboolean is_shown);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* UiPeopleView: who has handed in a number and who has not. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_PEOPLE_VIEW (ui_people_view_get_type ())
G_DECLARE_FINAL_TYPE (UiPeopleView, ui_people_view, UI, PEOPLE_VIEW, AdwBin)

/* Signal ::outstanding, a list of those who have not handed in a number is to be written.
 *
 * @rows: (transfer none): of UiRow whose key is "none", "refused", "collected", "approved" or another, which counts on the roster alone */
void ui_people_view_set_rows (UiPeopleView *self, GListModel *rows);
/* What became of the list; "": nothing. */
void ui_people_view_set_saved (UiPeopleView *self, const char *text, gboolean is_bad);
/* It is being written. */
void ui_people_view_set_working (UiPeopleView *self, gboolean is_working);

G_END_DECLS

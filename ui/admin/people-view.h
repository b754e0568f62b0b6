/* SPDX-License-Identifier: Apache-2.0 */
/* UiPeopleView: who has handed in a number and who has not. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_PEOPLE_VIEW (ui_people_view_get_type ())
G_DECLARE_FINAL_TYPE (UiPeopleView, ui_people_view, UI, PEOPLE_VIEW, AdwBin)

/* @rows: (transfer none): of UiRow whose key is "none", "collected", "approved" or another, which counts on the roster alone */
void ui_people_view_set_rows (UiPeopleView *self, GListModel *rows);

G_END_DECLS

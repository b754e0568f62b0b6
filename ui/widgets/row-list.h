/* SPDX-License-Identifier: Apache-2.0 */
/* row-list: a list of rows becomes another, without a moment in which the window stands still. */
#pragma once

#include "row.h"

G_BEGIN_DECLS

/**
 * ui_row_list_become:
 * @rows: of UiRow, that a view shows
 * @wanted: of UiRow
 *
 * Rows that both begin or end with stay, with their widgets and the focus in them. What is new between them is put in bit by bit while the
 * main loop is idle, the first rows at once; another call takes the place of what is still to come.
 */
void ui_row_list_become (GListStore *rows, GListModel *wanted);

G_END_DECLS

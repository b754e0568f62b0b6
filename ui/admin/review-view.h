/* SPDX-License-Identifier: Apache-2.0 */
/* UiReviewView: records that wait for approval: how each was read and confirmed, never the number. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_REVIEW_VIEW (ui_review_view_get_type ())
G_DECLARE_FINAL_TYPE (UiReviewView, ui_review_view, UI, REVIEW_VIEW, AdwBin)

/*
 * Signals: ::selected (string record id); ::approved (string record id, string identity); ::asked-again (string record id,
 * string reason).
 */

/* @rows: (transfer none): of UiRow */
void ui_review_view_set_rows (UiReviewView *self, GListModel *rows);
/* The record that was selected: pairs of label and value, translated, ends with %NULL; @identity: its code. */
void ui_review_view_set_record (UiReviewView *self, const char *title, const char *const *facts, const char *identity);

G_END_DECLS

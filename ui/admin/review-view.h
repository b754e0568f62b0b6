/* SPDX-License-Identifier: Apache-2.0 */
/* UiReviewView: records that wait for approval: how each was read and confirmed; the number for ten seconds, and only when asked for. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_REVIEW_VIEW (ui_review_view_get_type ())
G_DECLARE_FINAL_TYPE (UiReviewView, ui_review_view, UI, REVIEW_VIEW, AdwBin)

/*
 * Signals: ::selected (string record id); ::approved (string record id, string identity); ::asked-again (string record id,
 * string reason); ::reveal (string record id, string purpose).
 */

#define UI_REVIEW_SHOWN_S 10

/* @rows: (transfer none): of UiRow */
void ui_review_view_set_rows (UiReviewView *self, GListModel *rows);
/* The record that was selected: pairs of label and value, translated, ends with %NULL; @identity: its code; @warning: a sentence, or "". */
void ui_review_view_set_record (UiReviewView *self, const char *title, const char *const *facts, const char *identity,
                                const char *warning);
/* What its number may be looked at for: codes, and what they are called, both end with %NULL. After set_record. */
void ui_review_view_set_purposes (UiReviewView *self, const char *const *codes, const char *const *titles);
/* @digits: 12 of them, the number of @record_id, shown for UI_REVIEW_SHOWN_S and while that record is the selected one; copied into a
 * UiDigitRow, to which its limit applies. */
void ui_review_view_show_number (UiReviewView *self, const char *record_id, const char *digits);
void ui_review_view_hide_number (UiReviewView *self);

G_END_DECLS

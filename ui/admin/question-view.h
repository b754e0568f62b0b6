/* SPDX-License-Identifier: Apache-2.0 */
/* UiQuestionView: what would happen, line by line, and one decision. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_QUESTION_VIEW (ui_question_view_get_type ())
G_DECLARE_FINAL_TYPE (UiQuestionView, ui_question_view, UI, QUESTION_VIEW, AdwBin)

/*
 * Signals: ::back; ::go, after the decision was ticked; ::row (string id): the button of a row.
 */

typedef struct
{
  const char *title; /* all translated */
  const char *lead;
  const char *note;     /* in a box under the rows, "" for none */
  const char *decision; /* what is ticked; NULL: there is nothing to decide, only a way back */
  const char *go;       /* on the button, with a mnemonic */
  const char *row;      /* on a button in each row that may be chosen alone, NULL for none */
  const char *row_name; /* its name for those who do not see the row: %s stands for the row's title */
} UiQuestion;

/* Takes copies. @rows: (nullable) (transfer none): of UiRow; those whose key is "fixed" have no button */
void ui_question_view_ask (UiQuestionView *self, const UiQuestion *question, GListModel *rows);
/* Nothing personal stays. */
void ui_question_view_clear (UiQuestionView *self);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* UiProblemPage: no number came of the scan: what happened, what to do. */
#pragma once

#include "page.h"

G_BEGIN_DECLS

#define UI_TYPE_PROBLEM_PAGE (ui_problem_page_get_type ())
G_DECLARE_FINAL_TYPE (UiProblemPage, ui_problem_page, UI, PROBLEM_PAGE, UiPage)

/*
 * Signal: ::retry.
 */

/* @what, @todo: translated sentences. @scene: of UiIllustration. */
void ui_problem_page_set_problem (UiProblemPage *self, const char *what, const char *todo, const char *scene);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* UiPage: one screen of the kiosk. Shows what its setters were told, emits what the person did, forgets on clear. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_PAGE (ui_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (UiPage, ui_page, UI, PAGE, AdwBin)

/*
 * Properties, set in the templates: "help" (what to do here, a few sentences), "step" (1 to 5, which part of the visit this
 * is; 0 = none) and "first-focus" (the widget that gets the focus when the page appears).
 */
struct _UiPageClass
{
  AdwBinClass parent_class;

  /* Wipes every label, entry and picture that may show something personal. */
  void (*clear) (UiPage *self);
};

void ui_page_clear (UiPage *self);
const char *ui_page_get_help (UiPage *self);
guint ui_page_get_step (UiPage *self);
/* Moves the focus to where the person begins. */
void ui_page_focus (UiPage *self);

/* Empties an entry without leaving the old text in its undo history. */
void ui_clear_editable (GtkEditable *editable);

G_END_DECLS

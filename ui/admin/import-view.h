/* SPDX-License-Identifier: Apache-2.0 */
/* UiImportView: what a roster would change, person by person, before it is done; and what became of it. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_IMPORT_VIEW (ui_import_view_get_type ())
G_DECLARE_FINAL_TYPE (UiImportView, ui_import_view, UI, IMPORT_VIEW, AdwBin)

/*
 * Signals: ::back; ::go, it is to be done.
 */

typedef struct
{
  const char *title; /* all translated */
  const char *lead;
  const char *note; /* in a box over the rows, "" for none */
  gboolean is_bad;  /* what the note says */
  const char *go;   /* on the button, with a mnemonic; NULL: there is only a way back */
} UiImport;

/* Takes copies. @rows: (nullable) (transfer none): of UiRow */
void ui_import_view_show (UiImportView *self, const UiImport *import, GListModel *rows);
/* It is being done: neither button can be pressed. */
void ui_import_view_set_working (UiImportView *self, gboolean is_working);
/* Nothing personal stays. */
void ui_import_view_clear (UiImportView *self);

G_END_DECLS

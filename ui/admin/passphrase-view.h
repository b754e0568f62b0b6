/* SPDX-License-Identifier: Apache-2.0 */
/* UiPassphraseView: the passphrase of a file that was written, shown this once, and how it gets to whom the file goes to. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_PASSPHRASE_VIEW (ui_passphrase_view_get_type ())
G_DECLARE_FINAL_TYPE (UiPassphraseView, ui_passphrase_view, UI, PASSPHRASE_VIEW, AdwBin)

/*
 * Signals: ::done: somebody has noted it.
 */

/* @passphrase: in groups, "" takes it from the screen; @facts: about the file, translated */
void ui_passphrase_view_set (UiPassphraseView *self, const char *passphrase, const char *facts);

G_END_DECLS

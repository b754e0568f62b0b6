/* SPDX-License-Identifier: Apache-2.0 */
/* UiWaitLabel: "Please wait a moment.", once something has taken long enough to be noticed. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_WAIT_LABEL (ui_wait_label_get_type ())
G_DECLARE_FINAL_TYPE (UiWaitLabel, ui_wait_label, UI, WAIT_LABEL, AdwBin)

/* From now on somebody waits, or no longer. The words come after 300 ms. */
void ui_wait_label_set_waiting (UiWaitLabel *self, gboolean waiting);

G_END_DECLS

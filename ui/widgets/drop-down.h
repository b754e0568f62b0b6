/* SPDX-License-Identifier: Apache-2.0 */
/* drop-down: GtkDropDown for those who hear the screen. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The button inside @drop_down, which takes the focus, is called @name and what is chosen: GTK 4.8 leaves it without a name.
 * Call once. @name: translated, may have a mnemonic */
void ui_drop_down_set_name (GtkDropDown *drop_down, const char *name);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* UiAdminShell: admin mode: a list of views at the left, the view at the right. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_ADMIN_SHELL (ui_admin_shell_get_type ())
G_DECLARE_FINAL_TYPE (UiAdminShell, ui_admin_shell, UI, ADMIN_SHELL, AdwBin)

/*
 * Signals: ::logout, ::view (string name): another view is shown.
 */

/* @view becomes the shell's; @title: translated, with a mnemonic */
void ui_admin_shell_add_view (UiAdminShell *self, const char *name, const char *title, const char *icon_name,
                              GtkWidget *view);
/* Whether it can be gone to. */
void ui_admin_shell_set_view_offered (UiAdminShell *self, const char *name, gboolean is_offered);
void ui_admin_shell_show_view (UiAdminShell *self, const char *name);
const char *ui_admin_shell_get_view (UiAdminShell *self);
void ui_admin_shell_set_admin (UiAdminShell *self, const char *company, const char *admin);
/* One sentence over the views, "" = none; @is_bad: it tells of a failure. */
void ui_admin_shell_set_message (UiAdminShell *self, const char *message, gboolean is_bad);
/* The admin waits for something; said after a moment. */
void ui_admin_shell_set_waiting (UiAdminShell *self, gboolean waiting);

G_END_DECLS

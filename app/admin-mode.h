/* SPDX-License-Identifier: Apache-2.0 */
/* AdminMode: the admin's door, and what is behind it. Joins the admin views to a vault connection of their own. */
#pragma once

#include "admin-shell.h"
#include "pin-page.h"
#include "settings.h"

G_BEGIN_DECLS

#define ADMIN_TYPE_MODE (admin_mode_get_type ())
G_DECLARE_FINAL_TYPE (AdminMode, admin_mode, ADMIN, MODE, GObject)

typedef enum
{
  ADMIN_MODE_CLOSED,
  ADMIN_MODE_ASKING, /* the PIN is asked for */
  ADMIN_MODE_OPEN,
} AdminModeState;

/**
 * admin_mode_new:
 * @settings: borrowed, must live as long
 * @pin_page, @shell: the widgets it fills; borrowed, must live as long
 *
 * Signals: ::changed, the state is another; ::countdown (int seconds) as Visit's;
 * ::waiting (gboolean), an answer of the vault is on its way.
 * The connection to the vault is made with the PIN and closed on leaving, so that every right ends there and then.
 */
AdminMode *admin_mode_new (const Settings *settings, UiPinPage *pin_page, UiAdminShell *shell);

AdminModeState admin_mode_get_state (AdminMode *self);
void admin_mode_ask (AdminMode *self);
/* The PIN of a 責任者 accepts that the machine has booted in another way; then it closes. The names are "1", "2" … */
void admin_mode_ask_boot (AdminMode *self);
void admin_mode_close (AdminMode *self);
/* Asks the vault whether it is still open: one that was closed because of what was found is shown as such to whoever is in. */
void admin_mode_look (AdminMode *self);
void admin_mode_touch (AdminMode *self);
/* @elapsed_ms of wall time have passed. Asking ends after one minute, admin mode after five without a touch. */
void admin_mode_advance (AdminMode *self, guint elapsed_ms);

G_END_DECLS

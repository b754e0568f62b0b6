/* SPDX-License-Identifier: Apache-2.0 */
/* KioskWindow: the one window. Joins the pages of ui/ to a visit and to admin mode. */
#pragma once

#include <adwaita.h>

#include "services.h"

G_BEGIN_DECLS

#define KIOSK_TYPE_WINDOW (kiosk_window_get_type ())
G_DECLARE_FINAL_TYPE (KioskWindow, kiosk_window, KIOSK, WINDOW, AdwApplicationWindow)

/**
 * kiosk_window_new:
 * @settings: borrowed, must live as long
 *
 * Signals: ::language (string code), the person wants another one, only between visits; ::retry, the vault should be
 * tried again. With several companies also ::company (string id), one of set_choice ()'s rows was chosen; ::leave, somebody has done
 * or wants another company, or nobody is there any more.
 */
KioskWindow *kiosk_window_new (AdwApplication *application, const Settings *settings, const char *language);

/* The vault is being opened. */
void kiosk_window_set_waiting (KioskWindow *self);
/* The kiosk cannot serve. All translated. */
void kiosk_window_set_broken (KioskWindow *self, const char *title, const char *what, const char *todo);
/* Serves from here on. @status: a{sv} as GetStatus */
void kiosk_window_set_vault (KioskWindow *self, AzukariVault1 *vault, GVariant *status);

/* Whether there is a choice of companies to come back to. */
void kiosk_window_set_several (KioskWindow *self, gboolean several);
/* Which company? @rows: of UiRow, may change. Nothing of the one that was served before is left. */
void kiosk_window_set_choice (KioskWindow *self, GListModel *rows);
/* Another vault is about to be served: admin mode begins anew, from the settings of now. */
void kiosk_window_renew (KioskWindow *self);
/* As kiosk_window_set_broken (), for a vault that is closed: a 責任者 may come in. @status: its GetStatus. Who is in already stays. */
void
kiosk_window_set_sealed (KioskWindow *self, GVariant *status, const char *title, const char *what, const char *todo);

G_END_DECLS

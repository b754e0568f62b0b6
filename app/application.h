/* SPDX-License-Identifier: Apache-2.0 */
/* KioskApplication: composition root. Finds the vault, makes the window, changes the language. */
#pragma once

#include <adwaita.h>

#include "settings.h"

G_BEGIN_DECLS

#define KIOSK_TYPE_APPLICATION (kiosk_application_get_type ())
G_DECLARE_FINAL_TYPE (KioskApplication, kiosk_application, KIOSK, APPLICATION, AdwApplication)

/* @settings: (transfer full) */
KioskApplication *kiosk_application_new (Settings *settings);

/**
 * kiosk_application_set_language:
 * @code: of settings_languages
 *
 * Makes gettext answer in that language from now on. Call it first in main (), before any thread runs: later calls only
 * overwrite the characters that the first one put into the environment.
 */
void kiosk_application_set_language (const char *code);

G_END_DECLS

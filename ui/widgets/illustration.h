/* SPDX-License-Identifier: Apache-2.0 */
/* UiIllustration: the drawn pictures: what to put where. Drawn by us, no real card is pictured. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_ILLUSTRATION (ui_illustration_get_type ())
G_DECLARE_FINAL_TYPE (UiIllustration, ui_illustration, UI, ILLUSTRATION, GtkWidget)

/*
 * Property "scene" (string):
 *   card-back, notification-card   the document itself
 *   place-card, place-notification the document going face down onto the scanner
 *   turn-over, remove-sleeve, one-card, straighten, documents, no-card, scanner, call   what to do next
 *   saved, people, badge, token, papers, handshake, take-card
 * An unknown scene draws nothing.
 */
void ui_illustration_set_scene (UiIllustration *self, const char *scene);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
/* ui: puts the library's templates and style in place. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Registers the resources and the style sheet for @display. Call once, after gtk_init (). */
void ui_init (GdkDisplay *display);

G_END_DECLS

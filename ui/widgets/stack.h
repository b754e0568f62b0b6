/* SPDX-License-Identifier: Apache-2.0 */
/* stack: GtkStack whose hidden pages are hidden from screen readers too. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Adds @child; only the first is visible. */
void ui_stack_add (GtkStack *stack, GtkWidget *child, const char *name);

/* Shows one child. The others become invisible: GTK 4.8 tells assistive technologies of every visible child of a stack. */
void ui_stack_show (GtkStack *stack, const char *name);

/* For a stack that a template has filled: hides all but the one that shows. */
void ui_stack_hide_others (GtkStack *stack);

G_END_DECLS

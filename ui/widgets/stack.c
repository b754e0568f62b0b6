/* SPDX-License-Identifier: Apache-2.0 */
/* stack: one visible child at a time, in the strict sense. */
#include "stack.h"

void
ui_stack_hide_others (GtkStack *stack)
{
  GtkWidget *shown = gtk_stack_get_visible_child (stack);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (stack)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_visible (child, child == shown);
}

void
ui_stack_add (GtkStack *stack, GtkWidget *child, const char *name)
{
  gtk_stack_add_named (stack, child, name);
  ui_stack_hide_others (stack);
}

void
ui_stack_show (GtkStack *stack, const char *name)
{
  GtkWidget *child = gtk_stack_get_child_by_name (stack, name);

  g_return_if_fail (child != NULL);

  gtk_widget_set_visible (child, TRUE);
  gtk_stack_set_visible_child (stack, child);
  ui_stack_hide_others (stack);
}

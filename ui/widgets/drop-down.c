/* SPDX-License-Identifier: Apache-2.0 */
/* drop-down: names the button inside a GtkDropDown. */
#include "drop-down.h"

#define NAME_KEY "ui-drop-down-name"

static void
selected_cb (GtkDropDown *drop_down)
{
  GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (drop_down));
  gpointer item = gtk_drop_down_get_selected_item (drop_down);
  const char *chosen = GTK_IS_STRING_OBJECT (item) ? gtk_string_object_get_string (item) : "";
  g_autofree char *name =
      g_strdup_printf ("%s %s", (const char *) g_object_get_data (G_OBJECT (drop_down), NAME_KEY), chosen);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
ui_drop_down_set_name (GtkDropDown *drop_down, const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "_", -1);

  g_return_if_fail (GTK_IS_DROP_DOWN (drop_down));

  g_object_set_data_full (G_OBJECT (drop_down), NAME_KEY, g_strjoinv ("", parts), g_free);
  g_signal_connect (drop_down, "notify::selected-item", G_CALLBACK (selected_cb), NULL);
  selected_cb (drop_down);
}

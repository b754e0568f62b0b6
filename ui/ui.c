/* SPDX-License-Identifier: Apache-2.0 */
/* ui: resources and style. */
#include "ui.h"

#include "ui-resources.h"

void
ui_init (GdkDisplay *display)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  g_resources_register (ui_get_resource ());
  gtk_css_provider_load_from_resource (provider, "/jp/azukari/ui/style.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

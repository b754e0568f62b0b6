/* SPDX-License-Identifier: Apache-2.0 */
/* UiPlacePage: two kinds of card, and where they go. */
#include "place-page.h"

#include "illustration.h"

struct _UiPlacePage
{
  UiPage parent_instance;

  /* template children */
  GtkLabel *whose;
  GtkToggleButton *card;
  GtkToggleButton *notification;
  UiIllustration *picture;
  GtkWidget *scan;
};

G_DEFINE_FINAL_TYPE (UiPlacePage, ui_place_page, UI_TYPE_PAGE)

enum
{
  SCAN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
document_toggled_cb (UiPlacePage *self)
{
  ui_illustration_set_scene (self->picture,
                             gtk_toggle_button_get_active (self->card) ? "place-card" : "place-notification");
}

static void
scan_clicked_cb (UiPlacePage *self)
{
  g_signal_emit (self, signals[SCAN], 0);
}

static void
ui_place_page_clear (UiPage *page)
{
  UiPlacePage *self = UI_PLACE_PAGE (page);

  ui_place_page_set_whose (self, "");
  gtk_toggle_button_set_active (self->card, TRUE);
}

static void
ui_place_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_PLACE_PAGE);
  G_OBJECT_CLASS (ui_place_page_parent_class)->dispose (object);
}

static void
ui_place_page_class_init (UiPlacePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_place_page_dispose;
  UI_PAGE_CLASS (klass)->clear = ui_place_page_clear;
  g_type_ensure (UI_TYPE_ILLUSTRATION);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/pages/place-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiPlacePage, whose);
  gtk_widget_class_bind_template_child (widget_class, UiPlacePage, card);
  gtk_widget_class_bind_template_child (widget_class, UiPlacePage, notification);
  gtk_widget_class_bind_template_child (widget_class, UiPlacePage, picture);
  gtk_widget_class_bind_template_child (widget_class, UiPlacePage, scan);
  gtk_widget_class_bind_template_callback (widget_class, document_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, scan_clicked_cb);
  signals[SCAN] = g_signal_new ("scan", UI_TYPE_PLACE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_place_page_init (UiPlacePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ui_place_page_set_whose (UiPlacePage *self, const char *whose)
{
  g_return_if_fail (UI_IS_PLACE_PAGE (self));

  gtk_label_set_text (self->whose, whose);
  gtk_widget_set_visible (GTK_WIDGET (self->whose), *whose != '\0');
}

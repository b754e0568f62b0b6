/* SPDX-License-Identifier: Apache-2.0 */
/* UiDonePage: the end of a visit. */
#include "done-page.h"

#include "illustration.h"

struct _UiDonePage
{
  UiPage parent_instance;

  /* template children */
  UiIllustration *picture;
  GtkLabel *title;
  GtkLabel *text;
  GtkWidget *close;
};

G_DEFINE_FINAL_TYPE (UiDonePage, ui_done_page, UI_TYPE_PAGE)

enum
{
  CLOSED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
close_clicked_cb (UiDonePage *self)
{
  g_signal_emit (self, signals[CLOSED], 0);
}

static void
ui_done_page_clear (UiPage *page)
{
  UiDonePage *self = UI_DONE_PAGE (page);

  gtk_label_set_text (self->title, "");
  gtk_label_set_text (self->text, "");
}

static void
ui_done_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_DONE_PAGE);
  G_OBJECT_CLASS (ui_done_page_parent_class)->dispose (object);
}

static void
ui_done_page_class_init (UiDonePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_done_page_dispose;
  UI_PAGE_CLASS (klass)->clear = ui_done_page_clear;
  g_type_ensure (UI_TYPE_ILLUSTRATION);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/pages/done-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiDonePage, picture);
  gtk_widget_class_bind_template_child (widget_class, UiDonePage, title);
  gtk_widget_class_bind_template_child (widget_class, UiDonePage, text);
  gtk_widget_class_bind_template_child (widget_class, UiDonePage, close);
  gtk_widget_class_bind_template_callback (widget_class, close_clicked_cb);
  signals[CLOSED] = g_signal_new ("closed", UI_TYPE_DONE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_done_page_init (UiDonePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ui_done_page_set_outcome (UiDonePage *self, const char *title, const char *text, const char *scene)
{
  g_return_if_fail (UI_IS_DONE_PAGE (self));

  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->text, text);
  ui_illustration_set_scene (self->picture, scene);
}

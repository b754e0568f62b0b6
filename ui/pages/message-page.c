/* SPDX-License-Identifier: Apache-2.0 */
/* UiMessagePage: the kiosk cannot serve, and why. */
#include "message-page.h"

#include <glib/gi18n.h>

#include "illustration.h"

struct _UiMessagePage
{
  UiPage parent_instance;

  /* template children */
  GtkSpinner *spinner;
  GtkWidget *picture;
  GtkLabel *title;
  GtkLabel *what;
  GtkLabel *todo;
  GtkWidget *retry;
  GtkWidget *admin;
};

G_DEFINE_FINAL_TYPE (UiMessagePage, ui_message_page, UI_TYPE_PAGE)

enum
{
  RETRY,
  ADMIN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
retry_clicked_cb (UiMessagePage *self)
{
  g_signal_emit (self, signals[RETRY], 0);
}

static void
admin_clicked_cb (UiMessagePage *self)
{
  g_signal_emit (self, signals[ADMIN], 0);
}

static void
ui_message_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_MESSAGE_PAGE);
  G_OBJECT_CLASS (ui_message_page_parent_class)->dispose (object);
}

static void
ui_message_page_class_init (UiMessagePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_message_page_dispose;
  g_type_ensure (UI_TYPE_ILLUSTRATION);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/pages/message-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiMessagePage, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiMessagePage, picture);
  gtk_widget_class_bind_template_child (widget_class, UiMessagePage, title);
  gtk_widget_class_bind_template_child (widget_class, UiMessagePage, what);
  gtk_widget_class_bind_template_child (widget_class, UiMessagePage, todo);
  gtk_widget_class_bind_template_child (widget_class, UiMessagePage, retry);
  gtk_widget_class_bind_template_child (widget_class, UiMessagePage, admin);
  gtk_widget_class_bind_template_callback (widget_class, retry_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, admin_clicked_cb);
  signals[ADMIN] = g_signal_new ("admin", UI_TYPE_MESSAGE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RETRY] = g_signal_new ("retry", UI_TYPE_MESSAGE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_message_page_init (UiMessagePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ui_message_page_set_message (UiMessagePage *self, const char *title, const char *what, const char *todo)
{
  g_return_if_fail (UI_IS_MESSAGE_PAGE (self));

  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->what, what);
  gtk_label_set_text (self->todo, todo);
  ui_message_page_set_waiting (self, FALSE);
}

void
ui_message_page_set_admin (UiMessagePage *self, gboolean is_offered)
{
  g_return_if_fail (UI_IS_MESSAGE_PAGE (self));

  gtk_widget_set_visible (self->admin, is_offered);
}

void
ui_message_page_set_waiting (UiMessagePage *self, gboolean waiting)
{
  g_return_if_fail (UI_IS_MESSAGE_PAGE (self));

  gtk_widget_set_visible (GTK_WIDGET (self->spinner), waiting);
  gtk_spinner_set_spinning (self->spinner, waiting);
  gtk_widget_set_visible (self->picture, !waiting);
  gtk_widget_set_visible (self->retry, !waiting);
  gtk_widget_set_visible (self->admin, FALSE);
  if (!waiting)
    return;
  gtk_label_set_text (self->title, _ ("One moment, please"));
  gtk_label_set_text (self->what, _ ("The vault is being opened."));
  gtk_label_set_text (self->todo, "");
}

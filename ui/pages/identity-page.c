/* SPDX-License-Identifier: Apache-2.0 */
/* UiIdentityPage: how the attendant confirmed who it is. */
#include "identity-page.h"

#include "illustration.h"

struct _UiIdentityPage
{
  UiPage parent_instance;

  /* template children */
  GtkToggleButton *photo;
  GtkToggleButton *two;
  GtkLabel *message;
  GtkWidget *confirm;

  gboolean busy;
};

G_DEFINE_FINAL_TYPE (UiIdentityPage, ui_identity_page, UI_TYPE_PAGE)

enum
{
  CONFIRMED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
update (UiIdentityPage *self)
{
  gtk_widget_set_sensitive (
      self->confirm,
      !self->busy && (gtk_toggle_button_get_active (self->photo) || gtk_toggle_button_get_active (self->two)));
}

static void
chosen_cb (UiIdentityPage *self)
{
  update (self);
}

static void
confirm_clicked_cb (UiIdentityPage *self)
{
  g_signal_emit (self, signals[CONFIRMED], 0,
                 gtk_toggle_button_get_active (self->photo) ? "photo-document" : "two-documents");
}

static void
ui_identity_page_clear (UiPage *page)
{
  UiIdentityPage *self = UI_IDENTITY_PAGE (page);

  gtk_toggle_button_set_active (self->photo, FALSE);
  gtk_toggle_button_set_active (self->two, FALSE);
  ui_identity_page_set_message (self, NULL);
  self->busy = FALSE;
  update (self);
}

static void
ui_identity_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_IDENTITY_PAGE);
  G_OBJECT_CLASS (ui_identity_page_parent_class)->dispose (object);
}

static void
ui_identity_page_class_init (UiIdentityPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_identity_page_dispose;
  UI_PAGE_CLASS (klass)->clear = ui_identity_page_clear;
  g_type_ensure (UI_TYPE_ILLUSTRATION);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/pages/identity-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiIdentityPage, photo);
  gtk_widget_class_bind_template_child (widget_class, UiIdentityPage, two);
  gtk_widget_class_bind_template_child (widget_class, UiIdentityPage, message);
  gtk_widget_class_bind_template_child (widget_class, UiIdentityPage, confirm);
  gtk_widget_class_bind_template_callback (widget_class, chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, confirm_clicked_cb);
  signals[CONFIRMED] = g_signal_new ("confirmed", UI_TYPE_IDENTITY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ui_identity_page_init (UiIdentityPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ui_identity_page_set_message (UiIdentityPage *self, const char *message)
{
  g_return_if_fail (UI_IS_IDENTITY_PAGE (self));

  gtk_label_set_text (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
}

void
ui_identity_page_set_busy (UiIdentityPage *self, gboolean busy)
{
  g_return_if_fail (UI_IS_IDENTITY_PAGE (self));

  self->busy = busy;
  update (self);
}

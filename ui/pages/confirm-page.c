/* SPDX-License-Identifier: Apache-2.0 */
/* UiConfirmPage: the last look before the number is stored. */
#include "confirm-page.h"

#include "digit-row.h"
#include "picture.h"

struct _UiConfirmPage
{
  UiPage parent_instance;

  /* template children */
  GtkLabel *document;
  UiPicture *strip;
  UiDigitRow *digits;
  GtkSpinner *spinner;
  GtkWidget *again;
  GtkWidget *accept;
};

G_DEFINE_FINAL_TYPE (UiConfirmPage, ui_confirm_page, UI_TYPE_PAGE)

enum
{
  ACCEPTED,
  AGAIN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
again_clicked_cb (UiConfirmPage *self)
{
  g_signal_emit (self, signals[AGAIN], 0);
}

static void
accept_clicked_cb (UiConfirmPage *self)
{
  g_signal_emit (self, signals[ACCEPTED], 0);
}

static void
ui_confirm_page_clear (UiPage *page)
{
  UiConfirmPage *self = UI_CONFIRM_PAGE (page);

  ui_picture_clear (self->strip);
  ui_digit_row_clear (self->digits);
  gtk_label_set_text (self->document, "");
  ui_confirm_page_set_busy (self, FALSE);
}

static void
ui_confirm_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_CONFIRM_PAGE);
  G_OBJECT_CLASS (ui_confirm_page_parent_class)->dispose (object);
}

static void
ui_confirm_page_class_init (UiConfirmPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_confirm_page_dispose;
  UI_PAGE_CLASS (klass)->clear = ui_confirm_page_clear;
  g_type_ensure (UI_TYPE_PICTURE);
  g_type_ensure (UI_TYPE_DIGIT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/pages/confirm-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiConfirmPage, document);
  gtk_widget_class_bind_template_child (widget_class, UiConfirmPage, strip);
  gtk_widget_class_bind_template_child (widget_class, UiConfirmPage, digits);
  gtk_widget_class_bind_template_child (widget_class, UiConfirmPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiConfirmPage, again);
  gtk_widget_class_bind_template_child (widget_class, UiConfirmPage, accept);
  gtk_widget_class_bind_template_callback (widget_class, again_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, accept_clicked_cb);
  signals[ACCEPTED] =
      g_signal_new ("accepted", UI_TYPE_CONFIRM_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[AGAIN] = g_signal_new ("again", UI_TYPE_CONFIRM_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_confirm_page_init (UiConfirmPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ui_confirm_page_set_reading (UiConfirmPage *self, guint width_px, guint height_px, GBytes *samples, const char *digits,
                             const char *document)
{
  g_return_if_fail (UI_IS_CONFIRM_PAGE (self));

  ui_picture_clear (self->strip);
  if (samples != NULL)
    ui_picture_add_rows (self->strip, width_px, height_px, 0, height_px, samples);
  gtk_widget_set_visible (GTK_WIDGET (self->strip), samples != NULL);
  ui_digit_row_set_digits (self->digits, digits);
  gtk_label_set_text (self->document, document);
}

void
ui_confirm_page_set_busy (UiConfirmPage *self, gboolean busy)
{
  g_return_if_fail (UI_IS_CONFIRM_PAGE (self));

  gtk_widget_set_sensitive (self->again, !busy);
  gtk_widget_set_sensitive (self->accept, !busy);
  gtk_spinner_set_spinning (self->spinner, busy);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* UiPassphraseView: large letters and three sentences. */
#include "passphrase-view.h"

struct _UiPassphraseView
{
  AdwBin parent_instance;

  /* template children */
  GtkLabel *passphrase;
  GtkLabel *facts;
  GtkWidget *done;
};

G_DEFINE_FINAL_TYPE (UiPassphraseView, ui_passphrase_view, ADW_TYPE_BIN)

enum
{
  DONE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
done_clicked_cb (UiPassphraseView *self)
{
  g_signal_emit (self, signals[DONE], 0);
}

static void
ui_passphrase_view_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_PASSPHRASE_VIEW);
  G_OBJECT_CLASS (ui_passphrase_view_parent_class)->dispose (object);
}

static void
ui_passphrase_view_class_init (UiPassphraseViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_passphrase_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/admin/passphrase-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiPassphraseView, passphrase);
  gtk_widget_class_bind_template_child (widget_class, UiPassphraseView, facts);
  gtk_widget_class_bind_template_child (widget_class, UiPassphraseView, done);
  gtk_widget_class_bind_template_callback (widget_class, done_clicked_cb);
  signals[DONE] =
      g_signal_new ("done", UI_TYPE_PASSPHRASE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_passphrase_view_init (UiPassphraseView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ui_passphrase_view_set (UiPassphraseView *self, const char *passphrase, const char *facts)
{
  g_return_if_fail (UI_IS_PASSPHRASE_VIEW (self));

  gtk_label_set_text (self->passphrase, passphrase);
  gtk_label_set_text (self->facts, facts);
  if (*passphrase != '\0')
    gtk_widget_grab_focus (self->done);
}

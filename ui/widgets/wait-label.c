/* SPDX-License-Identifier: Apache-2.0 */
/* UiWaitLabel: a label and a timer. */
#include "wait-label.h"

#include <glib/gi18n.h>

/* What is done sooner needs no words: they would only flash. */
#define PATIENCE_MS 300u

struct _UiWaitLabel
{
  AdwBin parent_instance;

  /* children */
  GtkLabel *label;

  guint timer_id;
};

G_DEFINE_FINAL_TYPE (UiWaitLabel, ui_wait_label, ADW_TYPE_BIN)

static gboolean
noticed_cb (gpointer data)
{
  UiWaitLabel *self = data;

  self->timer_id = 0;
  gtk_label_set_text (self->label, _ ("Please wait a moment."));
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  return G_SOURCE_REMOVE;
}

static void
ui_wait_label_dispose (GObject *object)
{
  g_clear_handle_id (&UI_WAIT_LABEL (object)->timer_id, g_source_remove);
  G_OBJECT_CLASS (ui_wait_label_parent_class)->dispose (object);
}

static void
ui_wait_label_class_init (UiWaitLabelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_wait_label_dispose;
}

static void
ui_wait_label_init (UiWaitLabel *self)
{
  self->label = GTK_LABEL (g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_STATUS, NULL));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->label));
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "countdown");
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
ui_wait_label_set_waiting (UiWaitLabel *self, gboolean waiting)
{
  g_return_if_fail (UI_IS_WAIT_LABEL (self));

  if (!waiting)
    {
      g_clear_handle_id (&self->timer_id, g_source_remove);
      gtk_label_set_text (self->label, "");
      gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
    }
  else if (self->timer_id == 0 && !gtk_widget_get_visible (GTK_WIDGET (self)))
    self->timer_id = g_timeout_add (PATIENCE_MS, noticed_cb, self);
}

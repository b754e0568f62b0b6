/* SPDX-License-Identifier: Apache-2.0 */
/* UiSafetyView: a headline and a list. */
#include "safety-view.h"

struct _UiSafetyView
{
  AdwBin parent_instance;

  /* template children */
  GtkLabel *title;
  GtkLabel *headline;
  GtkLabel *result;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (UiSafetyView, ui_safety_view, ADW_TYPE_BIN)

enum
{
  ACTION,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
button_clicked_cb (UiSafetyView *self, GtkButton *button)
{
  g_signal_emit (self, signals[ACTION], 0, gtk_widget_get_name (GTK_WIDGET (button)));
}

static GtkWidget *
label_new (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
item_new (UiSafetyView *self, const UiSafetyItem *item)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 16);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *badge = gtk_label_new (item->badge);

  gtk_box_append (GTK_BOX (words), label_new (item->title, "row-title"));
  if (*item->text != '\0')
    gtk_box_append (GTK_BOX (words), label_new (item->text, "row-text"));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (badge, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (badge, "badge");
  gtk_widget_add_css_class (badge, "fixed");
  gtk_widget_add_css_class (badge, item->tone);
  gtk_box_append (GTK_BOX (box), badge);
  gtk_box_append (GTK_BOX (box), words);
  if (item->action != NULL)
    {
      GtkWidget *button = gtk_button_new ();

      gtk_button_set_child (GTK_BUTTON (button), gtk_label_new (item->button_text));
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, item->button_text, -1);
      gtk_widget_set_name (button, item->action);
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (button, "big");
      g_signal_connect_object (button, "clicked", G_CALLBACK (button_clicked_cb), self, G_CONNECT_SWAPPED);
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_widget_add_css_class (box, "row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_focusable (row, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, item->title, -1);
  return row;
}

static void
ui_safety_view_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_SAFETY_VIEW);
  G_OBJECT_CLASS (ui_safety_view_parent_class)->dispose (object);
}

static void
ui_safety_view_class_init (UiSafetyViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_safety_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/admin/safety-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiSafetyView, title);
  gtk_widget_class_bind_template_child (widget_class, UiSafetyView, headline);
  gtk_widget_class_bind_template_child (widget_class, UiSafetyView, result);
  gtk_widget_class_bind_template_child (widget_class, UiSafetyView, list);
  signals[ACTION] = g_signal_new ("action", UI_TYPE_SAFETY_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_STRING);
}

static void
ui_safety_view_init (UiSafetyView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
set_text (GtkLabel *label, const char *text, gboolean is_bad)
{
  gtk_label_set_text (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
  if (is_bad)
    gtk_widget_add_css_class (GTK_WIDGET (label), "bad");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (label), "bad");
}

void
ui_safety_view_set_title (UiSafetyView *self, const char *title)
{
  g_return_if_fail (UI_IS_SAFETY_VIEW (self));

  gtk_label_set_text (self->title, title);
}

void
ui_safety_view_set_headline (UiSafetyView *self, const char *text, gboolean is_safe)
{
  g_return_if_fail (UI_IS_SAFETY_VIEW (self));

  set_text (self->headline, text, !is_safe);
}

void
ui_safety_view_set_items (UiSafetyView *self, const UiSafetyItem *items, gsize n_items)
{
  GtkListBoxRow *row;

  g_return_if_fail (UI_IS_SAFETY_VIEW (self));

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (gsize i = 0; i < n_items; i++)
    gtk_list_box_append (self->list, item_new (self, &items[i]));
}

void
ui_safety_view_set_busy (UiSafetyView *self, gboolean busy)
{
  g_return_if_fail (UI_IS_SAFETY_VIEW (self));

  gtk_widget_set_sensitive (GTK_WIDGET (self->list), !busy);
}

void
ui_safety_view_set_result (UiSafetyView *self, const char *text, gboolean is_bad)
{
  g_return_if_fail (UI_IS_SAFETY_VIEW (self));

  set_text (self->result, text, is_bad);
}

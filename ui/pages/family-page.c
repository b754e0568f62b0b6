/* SPDX-License-Identifier: Apache-2.0 */
/* UiFamilyPage: the person and their dependants. */
#include "family-page.h"

#include <glib/gi18n.h>

#include "row.h"

struct _UiFamilyPage
{
  UiPage parent_instance;

  /* template children */
  GtkListBox *list;
  GtkWidget *finish;
};

G_DEFINE_FINAL_TYPE (UiFamilyPage, ui_family_page, UI_TYPE_PAGE)

enum
{
  CHOSEN,
  FINISHED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
finish_clicked_cb (UiFamilyPage *self)
{
  g_signal_emit (self, signals[FINISHED], 0);
}

static void
scan_clicked_cb (UiFamilyPage *self, GtkButton *button)
{
  g_signal_emit (self, signals[CHOSEN], 0, ui_row_get_place (GTK_WIDGET (button)));
}

static GtkWidget *
create_row (gpointer row, gpointer user_data)
{
  UiFamilyPage *self = user_data;
  GtkWidget *item, *button;

  if (g_strcmp0 (ui_row_get_key (row), "open") == 0)
    {
      g_autofree char *name = g_strdup_printf (_ ("Scan the card of %s"), ui_row_get_title (row));

      item = ui_row_create_widget_with_button (row, _ ("Scan this card"), name, &button);
      g_signal_connect_object (button, "clicked", G_CALLBACK (scan_clicked_cb), self, G_CONNECT_SWAPPED);
    }
  else
    item = ui_row_create_widget (row, NULL);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (item), FALSE);
  return item;
}

static void
ui_family_page_clear (UiPage *page)
{
  UiFamilyPage *self = UI_FAMILY_PAGE (page);

  gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
}

static void
ui_family_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_FAMILY_PAGE);
  G_OBJECT_CLASS (ui_family_page_parent_class)->dispose (object);
}

static void
ui_family_page_class_init (UiFamilyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_family_page_dispose;
  UI_PAGE_CLASS (klass)->clear = ui_family_page_clear;
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/pages/family-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiFamilyPage, list);
  gtk_widget_class_bind_template_child (widget_class, UiFamilyPage, finish);
  gtk_widget_class_bind_template_callback (widget_class, finish_clicked_cb);
  signals[CHOSEN] =
      g_signal_new ("chosen", UI_TYPE_FAMILY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[FINISHED] =
      g_signal_new ("finished", UI_TYPE_FAMILY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_family_page_init (UiFamilyPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ui_family_page_set_rows (UiFamilyPage *self, GListModel *rows)
{
  g_return_if_fail (UI_IS_FAMILY_PAGE (self));

  gtk_list_box_bind_model (self->list, rows, create_row, self, NULL);
}

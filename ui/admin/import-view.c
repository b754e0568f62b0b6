/* SPDX-License-Identifier: Apache-2.0 */
/* UiImportView: only rows that can be seen have widgets, as there may be ten thousand. */
#include "import-view.h"

#include "row-list.h"

struct _UiImportView
{
  AdwBin parent_instance;

  /* template children */
  GtkLabel *title;
  GtkLabel *lead;
  GtkLabel *note;
  GtkWidget *rows_window;
  GtkListView *list;
  GtkWidget *back;
  GtkWidget *go;
  GtkLabel *go_text;

  GListStore *rows; /* owned */
};

G_DEFINE_FINAL_TYPE (UiImportView, ui_import_view, ADW_TYPE_BIN)

enum
{
  BACK,
  GO,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
back_clicked_cb (UiImportView *self)
{
  g_signal_emit (self, signals[BACK], 0);
}

static void
go_clicked_cb (UiImportView *self)
{
  g_signal_emit (self, signals[GO], 0);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  UiRow *row = UI_ROW (gtk_list_item_get_item (item));
  GtkWidget *box = ui_row_create_words (row, TRUE);

  gtk_widget_add_css_class (box, "row");
  ui_row_set_name (row, box);
  gtk_list_item_set_selectable (item, FALSE);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, box);
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  gtk_list_item_set_child (item, NULL);
}

/* --- class ----------------------------------------------------------------------------------------------------------- */

static void
ui_import_view_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_IMPORT_VIEW);
  g_clear_object (&UI_IMPORT_VIEW (object)->rows);
  G_OBJECT_CLASS (ui_import_view_parent_class)->dispose (object);
}

static void
ui_import_view_class_init (UiImportViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_import_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/admin/import-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiImportView, title);
  gtk_widget_class_bind_template_child (widget_class, UiImportView, lead);
  gtk_widget_class_bind_template_child (widget_class, UiImportView, note);
  gtk_widget_class_bind_template_child (widget_class, UiImportView, rows_window);
  gtk_widget_class_bind_template_child (widget_class, UiImportView, list);
  gtk_widget_class_bind_template_child (widget_class, UiImportView, back);
  gtk_widget_class_bind_template_child (widget_class, UiImportView, go);
  gtk_widget_class_bind_template_child (widget_class, UiImportView, go_text);
  gtk_widget_class_bind_template_callback (widget_class, back_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, go_clicked_cb);
  signals[BACK] = g_signal_new ("back", UI_TYPE_IMPORT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[GO] = g_signal_new ("go", UI_TYPE_IMPORT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_import_view_init (UiImportView *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkNoSelection) selection = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));

  self->rows = g_list_store_new (UI_TYPE_ROW);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  gtk_list_view_set_factory (self->list, factory);
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->rows)));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  ui_import_view_clear (self);
}

/* --- setters --------------------------------------------------------------------------------------------------------- */

static void
set_note (UiImportView *self, const char *text, gboolean is_bad)
{
  gtk_label_set_text (self->note, text);
  gtk_widget_set_visible (GTK_WIDGET (self->note), *text != '\0');
  if (is_bad)
    gtk_widget_add_css_class (GTK_WIDGET (self->note), "bad");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->note), "bad");
}

void
ui_import_view_show (UiImportView *self, const UiImport *import, GListModel *rows)
{
  g_return_if_fail (UI_IS_IMPORT_VIEW (self));

  ui_import_view_clear (self);
  gtk_label_set_text (self->title, import->title);
  gtk_label_set_text (self->lead, import->lead);
  gtk_widget_set_visible (GTK_WIDGET (self->lead), *import->lead != '\0');
  set_note (self, import->note, import->is_bad);
  gtk_widget_set_visible (self->rows_window, rows != NULL && g_list_model_get_n_items (rows) > 0);
  if (rows != NULL)
    ui_row_list_become (self->rows, rows);
  gtk_widget_set_visible (self->go, import->go != NULL);
  if (import->go == NULL)
    return;
  gtk_label_set_text_with_mnemonic (self->go_text, import->go);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->go), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_label_get_text (self->go_text), -1);
}

void
ui_import_view_set_working (UiImportView *self, gboolean is_working)
{
  g_return_if_fail (UI_IS_IMPORT_VIEW (self));

  gtk_widget_set_sensitive (self->back, !is_working);
  gtk_widget_set_sensitive (self->go, !is_working);
}

void
ui_import_view_clear (UiImportView *self)
{
  g_autoptr (GListStore) nothing = g_list_store_new (UI_TYPE_ROW);

  g_return_if_fail (UI_IS_IMPORT_VIEW (self));

  gtk_label_set_text (self->title, "");
  gtk_label_set_text (self->lead, "");
  set_note (self, "", FALSE);
  gtk_widget_set_visible (self->go, FALSE);
  ui_import_view_set_working (self, FALSE);
  ui_row_list_become (self->rows, G_LIST_MODEL (nothing));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* UiPeopleView: counts, search, list. */
#include "people-view.h"

#include "row.h"

struct _UiPeopleView
{
  AdwBin parent_instance;

  /* template children */
  GtkLabel *n_all;
  GtkLabel *n_none;
  GtkLabel *n_collected;
  GtkLabel *n_approved;
  GtkEditable *search;
  GtkToggleButton *all;
  GtkToggleButton *none;
  GtkToggleButton *collected;
  GtkToggleButton *approved;
  GtkListBox *list;

  /* owned by the list */
  GtkFilterListModel *filtered;
  GtkCustomFilter *filter;
};

G_DEFINE_FINAL_TYPE (UiPeopleView, ui_people_view, ADW_TYPE_BIN)

static const char *
wanted_key (UiPeopleView *self)
{
  if (gtk_toggle_button_get_active (self->none))
    return "none";
  if (gtk_toggle_button_get_active (self->collected))
    return "collected";
  if (gtk_toggle_button_get_active (self->approved))
    return "approved";
  return NULL;
}

static gboolean
matches (gpointer row, gpointer user_data)
{
  UiPeopleView *self = user_data;
  const char *key = wanted_key (self);

  return (key == NULL || g_strcmp0 (ui_row_get_key (row), key) == 0)
         && ui_row_matches (row, gtk_editable_get_text (self->search));
}

static void
filter_changed_cb (UiPeopleView *self)
{
  if (self->filter != NULL)
    gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
set_count (GtkLabel *label, guint count)
{
  g_autofree char *text = g_strdup_printf ("%u", count);

  gtk_label_set_text (label, text);
}

static void
ui_people_view_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_PEOPLE_VIEW);
  G_OBJECT_CLASS (ui_people_view_parent_class)->dispose (object);
}

static void
ui_people_view_class_init (UiPeopleViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_people_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/admin/people-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, n_all);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, n_none);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, n_collected);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, n_approved);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, search);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, all);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, none);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, collected);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, approved);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, list);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
}

static void
ui_people_view_init (UiPeopleView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->filter = gtk_custom_filter_new (matches, self, NULL);
  self->filtered = gtk_filter_list_model_new (NULL, GTK_FILTER (self->filter));
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->filtered), ui_row_create_widget, NULL, NULL);
  g_object_unref (self->filtered);
}

void
ui_people_view_set_rows (UiPeopleView *self, GListModel *rows)
{
  guint none = 0, collected = 0, approved = 0;

  g_return_if_fail (UI_IS_PEOPLE_VIEW (self));

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (UiRow) row = g_list_model_get_item (rows, i);

      none += g_strcmp0 (ui_row_get_key (row), "none") == 0;
      collected += g_strcmp0 (ui_row_get_key (row), "collected") == 0;
      approved += g_strcmp0 (ui_row_get_key (row), "approved") == 0;
    }
  set_count (self->n_all, g_list_model_get_n_items (rows));
  set_count (self->n_none, none);
  set_count (self->n_collected, collected);
  set_count (self->n_approved, approved);
  gtk_filter_list_model_set_model (self->filtered, rows);
}

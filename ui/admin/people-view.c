/* SPDX-License-Identifier: Apache-2.0 */
/* UiPeopleView: counts, search, list. */
#include "config.h"

#include "people-view.h"

#include <glib/gi18n.h>

#include "drop-down.h"
#include "row-list.h"
#include "stack.h"

struct _UiPeopleView
{
  AdwBin parent_instance;

  /* template children */
  GtkStack *stack;
  UiImportView *import_view;
  GtkLabel *n_all;
  GtkLabel *n_none;
  GtkLabel *n_refused;
  GtkLabel *n_collected;
  GtkLabel *n_approved;
  GtkEditable *search;
  GtkDropDown *department;
  GtkToggleButton *all;
  GtkToggleButton *none;
  GtkToggleButton *collected;
  GtkToggleButton *approved;
  GtkListView *list;
  GtkWidget *nobody;
  GtkButton *outstanding;
  GtkWidget *undo;
  GtkLabel *saved;

  /* owned */
  GListStore *rows;
  GStrv departments; /* in the order of the list, which has "all" before them */
  /* owned by the list */
  GtkFilterListModel *filtered;
  GtkCustomFilter *filter;
};

G_DEFINE_FINAL_TYPE (UiPeopleView, ui_people_view, ADW_TYPE_BIN)

enum
{
  OUTSTANDING,
  IMPORT,
  UNDO,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

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

/* NULL: all of them. Borrowed. */
static const char *
wanted_department (UiPeopleView *self)
{
  guint chosen = gtk_drop_down_get_selected (self->department);

  return chosen == 0 || chosen == GTK_INVALID_LIST_POSITION || self->departments == NULL
             ? NULL
             : self->departments[chosen - 1];
}

static gboolean
matches (gpointer row, gpointer user_data)
{
  UiPeopleView *self = user_data;
  const char *key = wanted_key (self), *department = wanted_department (self);

  /* Whoever did not agree has not handed it in either. */
  return (key == NULL || g_strcmp0 (ui_row_get_key (row), key) == 0
          || (g_str_equal (key, "none") && g_strcmp0 (ui_row_get_key (row), "refused") == 0))
         && (department == NULL || g_str_equal (ui_row_get_group (row), department))
         && ui_row_matches (row, gtk_editable_get_text (self->search));
}

static void
filter_changed_cb (UiPeopleView *self)
{
  if (self->filter != NULL)
    gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
outstanding_clicked_cb (UiPeopleView *self)
{
  g_signal_emit (self, signals[OUTSTANDING], 0);
}

static void
import_clicked_cb (UiPeopleView *self)
{
  g_signal_emit (self, signals[IMPORT], 0);
}

static void
undo_clicked_cb (UiPeopleView *self)
{
  g_signal_emit (self, signals[UNDO], 0);
}

static void
set_count (GtkLabel *label, guint count)
{
  g_autofree char *text = g_strdup_printf ("%u", count);

  gtk_label_set_text (label, text);
}

/* Only rows that can be seen have widgets: there may be ten thousand people. */
static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  UiRow *row = UI_ROW (gtk_list_item_get_item (item));
  GtkWidget *box = ui_row_create_words (row, FALSE);

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

static void
shown_changed_cb (UiPeopleView *self)
{
  gtk_widget_set_visible (self->nobody, g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) == 0);
}

static void
ui_people_view_dispose (GObject *object)
{
  /* The stack is both the bin's child and a child of the template, which would free it without telling the bin. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_PEOPLE_VIEW);
  g_clear_object (&UI_PEOPLE_VIEW (object)->rows);
  g_clear_pointer (&UI_PEOPLE_VIEW (object)->departments, g_strfreev);
  G_OBJECT_CLASS (ui_people_view_parent_class)->dispose (object);
}

static void
ui_people_view_class_init (UiPeopleViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_people_view_dispose;
  g_type_ensure (UI_TYPE_IMPORT_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/admin/people-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, stack);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, import_view);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, n_all);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, n_none);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, n_refused);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, n_collected);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, n_approved);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, search);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, department);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, all);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, none);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, collected);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, approved);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, list);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, nobody);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, outstanding);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, undo);
  gtk_widget_class_bind_template_child (widget_class, UiPeopleView, saved);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, outstanding_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, import_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, undo_clicked_cb);
  signals[OUTSTANDING] =
      g_signal_new ("outstanding", UI_TYPE_PEOPLE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[UNDO] = g_signal_new ("undo", UI_TYPE_PEOPLE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[IMPORT] =
      g_signal_new ("import", UI_TYPE_PEOPLE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_people_view_init (UiPeopleView *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkNoSelection) selection = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));

  self->rows = g_list_store_new (UI_TYPE_ROW);
  self->filter = gtk_custom_filter_new (matches, self, NULL);
  self->filtered = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->rows)), GTK_FILTER (self->filter));
  g_signal_connect_object (self->filtered, "items-changed", G_CALLBACK (shown_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  gtk_list_view_set_factory (self->list, factory);
  /* The selection owns the filtered rows, and the list the selection. */
  selection = gtk_no_selection_new (G_LIST_MODEL (self->filtered));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  ui_stack_hide_others (self->stack);
  ui_drop_down_set_name (self->department, _ ("Department"));
  ui_people_view_set_departments (self, (const char *const[]){ NULL });
  g_signal_connect_object (self->department, "notify::selected", G_CALLBACK (filter_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

void
ui_people_view_set_rows (UiPeopleView *self, GListModel *rows)
{
  guint none = 0, refused = 0, collected = 0, approved = 0;

  g_return_if_fail (UI_IS_PEOPLE_VIEW (self));

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (UiRow) row = g_list_model_get_item (rows, i);

      none += g_strcmp0 (ui_row_get_key (row), "none") == 0;
      refused += g_strcmp0 (ui_row_get_key (row), "refused") == 0;
      collected += g_strcmp0 (ui_row_get_key (row), "collected") == 0;
      approved += g_strcmp0 (ui_row_get_key (row), "approved") == 0;
    }
  set_count (self->n_all, g_list_model_get_n_items (rows));
  set_count (self->n_none, none);
  set_count (self->n_refused, refused);
  set_count (self->n_collected, collected);
  set_count (self->n_approved, approved);
  ui_row_list_become (self->rows, rows);
}

void
ui_people_view_set_saved (UiPeopleView *self, const char *text, gboolean is_bad)
{
  g_return_if_fail (UI_IS_PEOPLE_VIEW (self));

  gtk_label_set_text (self->saved, text);
  gtk_widget_set_visible (GTK_WIDGET (self->saved), text[0] != '\0');
  if (is_bad)
    gtk_widget_add_css_class (GTK_WIDGET (self->saved), "bad");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->saved), "bad");
}

void
ui_people_view_set_working (UiPeopleView *self, gboolean is_working)
{
  g_return_if_fail (UI_IS_PEOPLE_VIEW (self));

  gtk_widget_set_sensitive (GTK_WIDGET (self->outstanding), !is_working);
}

UiImportView *
ui_people_view_get_import (UiPeopleView *self)
{
  g_return_val_if_fail (UI_IS_PEOPLE_VIEW (self), NULL);

  return self->import_view;
}

void
ui_people_view_show_import (UiPeopleView *self, gboolean is_shown)
{
  g_return_if_fail (UI_IS_PEOPLE_VIEW (self));

  ui_stack_show (self->stack, is_shown ? "import" : "list");
}

void
ui_people_view_set_undo (UiPeopleView *self, gboolean is_possible)
{
  g_return_if_fail (UI_IS_PEOPLE_VIEW (self));

  gtk_widget_set_visible (self->undo, is_possible);
}

void
ui_people_view_set_departments (UiPeopleView *self, const char *const *departments)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  g_autofree char *before = NULL;
  guint chosen = 0;

  g_return_if_fail (UI_IS_PEOPLE_VIEW (self));

  if (self->departments != NULL && g_strv_equal ((const char *const *) self->departments, departments))
    return;
  before = g_strdup (wanted_department (self));
  gtk_string_list_append (names, _ ("All departments"));
  for (guint i = 0; departments[i] != NULL; i++)
    {
      gtk_string_list_append (names, *departments[i] != '\0' ? departments[i] : _ ("(no department)"));
      if (g_strcmp0 (before, departments[i]) == 0)
        chosen = i + 1;
    }
  g_strfreev (self->departments);
  self->departments = g_strdupv ((GStrv) departments);
  gtk_drop_down_set_model (self->department, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->department, chosen);
  /* With one there is nothing to choose. */
  gtk_widget_set_visible (GTK_WIDGET (self->department), g_strv_length (self->departments) > 1);
  filter_changed_cb (self);
}

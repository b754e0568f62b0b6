/* SPDX-License-Identifier: Apache-2.0 */
/* UiContractorPage: the roster of contractors, and a form for a new one. */
#include "contractor-page.h"

#include <glib/gi18n.h>

#include "birth-date.h"
#include "keypad.h"
#include "row.h"
#include "stack.h"

struct _UiContractorPage
{
  UiPage parent_instance;

  /* template children */
  GtkStack *stack;
  GtkEditable *search;
  GtkWidget *new;
  GtkListBox *list;
  GtkEditable *name;
  GtkEditable *kana;
  GtkEditable *birth_date;
  GtkLabel *words;
  GtkWidget *list_again;
  GtkWidget *add;
  UiKeypad *keypad;
  GtkLabel *message;

  /* owned by the list */
  GtkFilterListModel *filtered;
  GtkCustomFilter *filter;

  gboolean busy;
};

G_DEFINE_FINAL_TYPE (UiContractorPage, ui_contractor_page, UI_TYPE_PAGE)

enum
{
  CHOSEN,
  ADDED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static gboolean
matches (gpointer row, gpointer user_data)
{
  UiContractorPage *self = user_data;

  return ui_row_matches (row, gtk_editable_get_text (self->search));
}

static void
search_changed_cb (UiContractorPage *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
choose (UiContractorPage *self, guint place)
{
  g_autoptr (UiRow) row = g_list_model_get_item (G_LIST_MODEL (self->filtered), place);

  if (row != NULL && !self->busy)
    g_signal_emit (self, signals[CHOSEN], 0, ui_row_get_id (row));
}

static void
row_activated_cb (UiContractorPage *self, GtkListBoxRow *item)
{
  choose (self, (guint) gtk_list_box_row_get_index (item));
}

static void
choose_clicked_cb (UiContractorPage *self, GtkButton *button)
{
  choose (self, ui_row_get_place (GTK_WIDGET (button)));
}

static GtkWidget *
create_row (gpointer row, gpointer user_data)
{
  UiContractorPage *self = user_data;
  g_autofree char *name = g_strdup_printf (_ ("Choose %s"), ui_row_get_title (row));
  GtkWidget *button, *item = ui_row_create_widget_with_button (row, _ ("Choose"), name, &button);

  g_signal_connect_object (button, "clicked", G_CALLBACK (choose_clicked_cb), self, G_CONNECT_SWAPPED);
  return item;
}

static void
update (UiContractorPage *self)
{
  g_autofree char *iso = ui_birth_date_parse (gtk_editable_get_text (self->birth_date));
  g_autofree char *words = iso != NULL ? ui_birth_date_to_words (iso) : g_strdup ("");

  gtk_label_set_text (self->words, words);
  gtk_widget_set_sensitive (self->add, !self->busy && iso != NULL && *gtk_editable_get_text (self->name) != '\0');
}

static void
changed_cb (UiContractorPage *self)
{
  ui_contractor_page_set_message (self, NULL);
  update (self);
}

static void
new_clicked_cb (UiContractorPage *self)
{
  ui_stack_show (self->stack, "add");
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
}

static void
list_again_clicked_cb (UiContractorPage *self)
{
  ui_stack_show (self->stack, "list");
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
add_clicked_cb (UiContractorPage *self)
{
  g_autofree char *iso = ui_birth_date_parse (gtk_editable_get_text (self->birth_date));

  if (iso != NULL && !self->busy)
    g_signal_emit (self, signals[ADDED], 0, gtk_editable_get_text (self->name), gtk_editable_get_text (self->kana),
                   iso);
}

static void
ui_contractor_page_clear (UiPage *page)
{
  UiContractorPage *self = UI_CONTRACTOR_PAGE (page);

  gtk_filter_list_model_set_model (self->filtered, NULL);
  ui_clear_editable (self->search);
  ui_clear_editable (self->name);
  ui_clear_editable (self->kana);
  ui_clear_editable (self->birth_date);
  ui_contractor_page_set_message (self, NULL);
  ui_stack_show (self->stack, "list");
  self->busy = FALSE;
  update (self);
}

static void
ui_contractor_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_CONTRACTOR_PAGE);
  G_OBJECT_CLASS (ui_contractor_page_parent_class)->dispose (object);
}

static void
ui_contractor_page_class_init (UiContractorPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_contractor_page_dispose;
  UI_PAGE_CLASS (klass)->clear = ui_contractor_page_clear;
  g_type_ensure (UI_TYPE_KEYPAD);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/pages/contractor-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiContractorPage, stack);
  gtk_widget_class_bind_template_child (widget_class, UiContractorPage, search);
  gtk_widget_class_bind_template_child (widget_class, UiContractorPage, new);
  gtk_widget_class_bind_template_child (widget_class, UiContractorPage, list);
  gtk_widget_class_bind_template_child (widget_class, UiContractorPage, name);
  gtk_widget_class_bind_template_child (widget_class, UiContractorPage, kana);
  gtk_widget_class_bind_template_child (widget_class, UiContractorPage, birth_date);
  gtk_widget_class_bind_template_child (widget_class, UiContractorPage, words);
  gtk_widget_class_bind_template_child (widget_class, UiContractorPage, list_again);
  gtk_widget_class_bind_template_child (widget_class, UiContractorPage, add);
  gtk_widget_class_bind_template_child (widget_class, UiContractorPage, keypad);
  gtk_widget_class_bind_template_child (widget_class, UiContractorPage, message);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, new_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, list_again_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_clicked_cb);
  signals[CHOSEN] = g_signal_new ("chosen", UI_TYPE_CONTRACTOR_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[ADDED] = g_signal_new ("added", UI_TYPE_CONTRACTOR_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
}

static void
ui_contractor_page_init (UiContractorPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  ui_stack_hide_others (self->stack);
  self->filter = gtk_custom_filter_new (matches, self, NULL);
  self->filtered = gtk_filter_list_model_new (NULL, GTK_FILTER (self->filter));
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->filtered), create_row, self, NULL);
  g_object_unref (self->filtered);
  ui_keypad_attach (self->keypad, self->name);
  ui_keypad_attach (self->keypad, self->kana);
  ui_keypad_attach (self->keypad, self->birth_date);
}

void
ui_contractor_page_set_rows (UiContractorPage *self, GListModel *rows)
{
  g_return_if_fail (UI_IS_CONTRACTOR_PAGE (self));

  gtk_filter_list_model_set_model (self->filtered, rows);
}

void
ui_contractor_page_set_message (UiContractorPage *self, const char *message)
{
  g_return_if_fail (UI_IS_CONTRACTOR_PAGE (self));

  gtk_label_set_text (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
}

void
ui_contractor_page_set_busy (UiContractorPage *self, gboolean busy)
{
  g_return_if_fail (UI_IS_CONTRACTOR_PAGE (self));

  self->busy = busy;
  update (self);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* UiCompanyPage: large buttons, two beside each other, searched when there are many. */
#include "company-page.h"

#include <glib/gi18n.h>

#include "keypad.h"
#include "row.h"

struct _UiCompanyPage
{
  UiPage parent_instance;

  /* template children */
  GtkEditable *search;
  GtkWidget *empty;
  GtkScrolledWindow *scrolled;
  GtkFlowBox *list;
  UiKeypad *keypad;
  GtkToggleButton *japanese;
  GtkToggleButton *english;

  /* owned by the list */
  GtkFilterListModel *filtered;
  GtkCustomFilter *filter;

  gboolean is_setting;
};

G_DEFINE_FINAL_TYPE (UiCompanyPage, ui_company_page, UI_TYPE_PAGE)

enum
{
  CHOSEN,
  LANGUAGE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static gboolean
matches (gpointer row, gpointer user_data)
{
  UiCompanyPage *self = user_data;

  return ui_row_matches (row, gtk_editable_get_text (self->search));
}

/* What there is to search, and what of it was found. */
static void
update (UiCompanyPage *self)
{
  GListModel *rows = gtk_filter_list_model_get_model (self->filtered);
  guint n_rows = rows != NULL ? g_list_model_get_n_items (rows) : 0;

  gtk_widget_set_visible (GTK_WIDGET (self->search), n_rows >= UI_COMPANY_PAGE_SEARCH_FROM);
  gtk_widget_set_visible (self->empty, g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) == 0);
}

/* The keys stay from then on: nothing moves under a finger that chooses a company. */
static void
search_entered_cb (UiCompanyPage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->keypad), TRUE);
}

static void
search_changed_cb (UiCompanyPage *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

/* Enter in the search: when only one is left, it is meant. */
static void
search_activated_cb (UiCompanyPage *self)
{
  g_autoptr (UiRow) only = NULL;

  if (g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) != 1)
    return;
  only = g_list_model_get_item (G_LIST_MODEL (self->filtered), 0);
  g_signal_emit (self, signals[CHOSEN], 0, ui_row_get_id (only));
}

static void
row_clicked_cb (UiCompanyPage *self, GtkWidget *button)
{
  /* the row may go away with what the handlers do */
  g_autoptr (UiRow) row = g_object_ref (g_object_get_data (G_OBJECT (button), "row"));

  g_signal_emit (self, signals[CHOSEN], 0, ui_row_get_id (row));
}

static GtkWidget *
create_row (gpointer row, gpointer user_data)
{
  UiCompanyPage *self = user_data;
  GtkWidget *child = gtk_flow_box_child_new (), *button = gtk_button_new ();

  gtk_button_set_child (GTK_BUTTON (button), ui_row_create_words (row, TRUE));
  ui_row_set_name (row, button);
  gtk_widget_add_css_class (button, "company-choice");
  g_object_set_data_full (G_OBJECT (button), "row", g_object_ref (row), g_object_unref);
  g_signal_connect_object (button, "clicked", G_CALLBACK (row_clicked_cb), self, G_CONNECT_SWAPPED);
  /* the button alone takes the focus */
  gtk_widget_set_focusable (child, FALSE);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), button);
  return child;
}

static void
language_toggled (UiCompanyPage *self, GtkToggleButton *button, const char *code)
{
  if (gtk_toggle_button_get_active (button) && !self->is_setting)
    g_signal_emit (self, signals[LANGUAGE], 0, code);
}

static void
japanese_toggled_cb (UiCompanyPage *self, GtkToggleButton *button)
{
  language_toggled (self, button, "ja");
}

static void
english_toggled_cb (UiCompanyPage *self, GtkToggleButton *button)
{
  language_toggled (self, button, "en");
}

/* The companies stay: they are nobody's secret on this kiosk. */
static void
ui_company_page_clear (UiPage *page)
{
  UiCompanyPage *self = UI_COMPANY_PAGE (page);

  ui_clear_editable (self->search);
  gtk_widget_set_visible (GTK_WIDGET (self->keypad), FALSE);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
}

static void
ui_company_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_COMPANY_PAGE);
  G_OBJECT_CLASS (ui_company_page_parent_class)->dispose (object);
}

static void
ui_company_page_class_init (UiCompanyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_company_page_dispose;
  UI_PAGE_CLASS (klass)->clear = ui_company_page_clear;
  g_type_ensure (UI_TYPE_KEYPAD);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/pages/company-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiCompanyPage, search);
  gtk_widget_class_bind_template_child (widget_class, UiCompanyPage, empty);
  gtk_widget_class_bind_template_child (widget_class, UiCompanyPage, scrolled);
  gtk_widget_class_bind_template_child (widget_class, UiCompanyPage, list);
  gtk_widget_class_bind_template_child (widget_class, UiCompanyPage, keypad);
  gtk_widget_class_bind_template_child (widget_class, UiCompanyPage, japanese);
  gtk_widget_class_bind_template_child (widget_class, UiCompanyPage, english);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, japanese_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, english_toggled_cb);
  signals[CHOSEN] = g_signal_new ("chosen", UI_TYPE_COMPANY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                  1, G_TYPE_STRING);
  signals[LANGUAGE] = g_signal_new ("language", UI_TYPE_COMPANY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ui_company_page_init (UiCompanyPage *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_widget_init_template (GTK_WIDGET (self));

  ui_keypad_attach (self->keypad, self->search);
  g_signal_connect_object (focus, "enter", G_CALLBACK (search_entered_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->search), focus);
  self->filter = gtk_custom_filter_new (matches, self, NULL);
  self->filtered = gtk_filter_list_model_new (NULL, GTK_FILTER (self->filter));
  g_signal_connect_object (self->filtered, "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  gtk_flow_box_bind_model (self->list, G_LIST_MODEL (self->filtered), create_row, self, NULL);
  g_object_unref (self->filtered);
}

void
ui_company_page_set_rows (UiCompanyPage *self, GListModel *rows)
{
  g_return_if_fail (UI_IS_COMPANY_PAGE (self));

  gtk_filter_list_model_set_model (self->filtered, rows);
  update (self);
}

void
ui_company_page_set_language (UiCompanyPage *self, const char *code)
{
  g_return_if_fail (UI_IS_COMPANY_PAGE (self));

  self->is_setting = TRUE;
  gtk_toggle_button_set_active (g_str_equal (code, "ja") ? self->japanese : self->english, TRUE);
  self->is_setting = FALSE;
}

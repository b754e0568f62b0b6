/* SPDX-License-Identifier: Apache-2.0 */
/* UiDisposalView: six pages in a stack, one after the other. */
#include "config.h"

#include "disposal-view.h"

#include <glib/gi18n.h>
#include <string.h>

#include "row.h"
#include "stack.h"

struct _UiDisposalView
{
  AdwBin parent_instance;

  /* template children */
  GtkStack *stack;
  GtkLabel *n_due;
  GtkLabel *n_soon;
  GtkLabel *n_later;
  GtkEditable *search;
  GtkToggleButton *due;
  GtkListBox *rows_box;
  GtkWidget *choice_bar;
  GtkCheckButton *all;
  GtkLabel *chosen;
  GtkWidget *preview;
  GtkLabel *rules;
  GtkLabel *ask_title;
  GtkListBox *ask_rows;
  GtkLabel *backups;
  GtkCheckButton *erase;
  GtkCheckButton *decision;
  GtkWidget *dispose;
  GtkSpinner *spinner;
  GtkLabel *working;
  GtkLabel *result;
  GtkWidget *save_again;
  GtkLabel *saved;
  GtkListBox *certificate_rows;
  UiRetentionView *retention;

  /* owned by the list */
  GtkFilterListModel *filtered;
  GtkCustomFilter *filter;

  /* owned */
  GHashTable *ids; /* of the chosen ones */
  char *certificate_id;
};

G_DEFINE_FINAL_TYPE (UiDisposalView, ui_disposal_view, ADW_TYPE_BIN)

enum
{
  PREVIEW,
  DECIDED,
  LIST,
  CERTIFICATES,
  SAVE,
  RETENTION,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static gboolean
is_due (UiRow *row)
{
  return g_str_equal (ui_row_get_key (row), "due");
}

/* --- what is due ----------------------------------------------------------------------------------------------------- */

static gboolean
matches (gpointer row, gpointer user_data)
{
  UiDisposalView *self = user_data;

  return is_due (row) == gtk_toggle_button_get_active (self->due)
         && ui_row_matches (row, gtk_editable_get_text (self->search));
}

static void
show_chosen (UiDisposalView *self)
{
  const guint n = g_hash_table_size (self->ids);
  g_autofree char *text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u chosen", "%u chosen", n), n);

  gtk_label_set_text (self->chosen, n > 0 ? text : "");
  gtk_widget_set_sensitive (self->preview, n > 0);
}

static void
filter_changed_cb (UiDisposalView *self)
{
  if (self->filter == NULL)
    return;
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  gtk_widget_set_visible (self->choice_bar, gtk_toggle_button_get_active (self->due));
}

static void
row_toggled_cb (UiDisposalView *self, GtkCheckButton *check)
{
  g_autoptr (UiRow) row = g_list_model_get_item (G_LIST_MODEL (self->filtered), ui_row_get_place (GTK_WIDGET (check)));

  if (row == NULL)
    return;
  if (gtk_check_button_get_active (check))
    g_hash_table_add (self->ids, g_strdup (ui_row_get_id (row)));
  else
    g_hash_table_remove (self->ids, ui_row_get_id (row));
  show_chosen (self);
}

/* Those that the search has left over. */
static void
all_toggled_cb (UiDisposalView *self)
{
  GtkListBoxRow *item;

  for (int i = 0; (item = gtk_list_box_get_row_at_index (self->rows_box, i)) != NULL; i++)
    {
      GtkWidget *check = gtk_widget_get_first_child (gtk_list_box_row_get_child (item));

      if (GTK_IS_CHECK_BUTTON (check))
        gtk_check_button_set_active (GTK_CHECK_BUTTON (check), gtk_check_button_get_active (self->all));
    }
}

/* GtkListBoxCreateWidgetFunc: those that may go are chosen by a tick. */
static GtkWidget *
create_row (gpointer data, gpointer self_data)
{
  UiDisposalView *self = self_data;
  UiRow *row = data;
  GtkWidget *item = ui_row_create_widget (row, NULL), *check;
  g_autofree char *name = NULL;

  gtk_widget_set_focusable (item, FALSE);
  if (!is_due (row))
    return item;
  /* Translators: %s is a person's name */
  name = g_strdup_printf (_ ("Choose %s"), ui_row_get_title (row));
  check = gtk_check_button_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_add_css_class (check, "check");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), g_hash_table_contains (self->ids, ui_row_get_id (row)));
  g_signal_connect_object (check, "toggled", G_CALLBACK (row_toggled_cb), self, G_CONNECT_SWAPPED);
  gtk_box_prepend (GTK_BOX (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (item))), check);
  return item;
}

static const char *
month_of (UiDisposalView *self, GtkListBoxRow *item)
{
  g_autoptr (UiRow) row = NULL;
  const char *month;

  if (item == NULL)
    return "";
  row = g_list_model_get_item (G_LIST_MODEL (self->filtered), (guint) gtk_list_box_row_get_index (item));
  month = row != NULL ? strchr (ui_row_get_key (row), ' ') : NULL;
  return month != NULL ? month + 1 : "";
}

/* GtkListBoxUpdateHeaderFunc: the calendar is by months. */
static void
update_header (GtkListBoxRow *item, GtkListBoxRow *before, gpointer self_data)
{
  const char *month = month_of (self_data, item);
  GtkWidget *label;

  if (g_str_equal (month, month_of (self_data, before)))
    {
      gtk_list_box_row_set_header (item, NULL);
      return;
    }
  label = gtk_label_new (month);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "row-header");
  gtk_list_box_row_set_header (item, label);
}

static void
preview_clicked_cb (UiDisposalView *self)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_auto (GStrv) strv = NULL;
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->ids);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_strv_builder_add (ids, id);
  strv = g_strv_builder_end (ids);
  g_signal_emit (self, signals[PREVIEW], 0, strv);
}

/* --- the decision, and after ----------------------------------------------------------------------------------------- */

static void
decision_toggled_cb (UiDisposalView *self)
{
  gtk_widget_set_sensitive (self->dispose, gtk_check_button_get_active (self->decision));
}

static void
dispose_clicked_cb (UiDisposalView *self)
{
  g_signal_emit (self, signals[DECIDED], 0, gtk_check_button_get_active (self->erase));
}

static void
show_page (UiDisposalView *self, const char *name)
{
  gtk_spinner_set_spinning (self->spinner, g_str_equal (name, "working"));
  ui_stack_show (self->stack, name);
}

static void
back_clicked_cb (UiDisposalView *self)
{
  show_page (self, "list");
  g_signal_emit (self, signals[LIST], 0);
}

static void
save_again_clicked_cb (UiDisposalView *self)
{
  g_signal_emit (self, signals[SAVE], 0, self->certificate_id);
}

static void
certificates_clicked_cb (UiDisposalView *self)
{
  ui_disposal_view_set_saved (self, "", FALSE);
  show_page (self, "certificates");
  g_signal_emit (self, signals[CERTIFICATES], 0);
}

static void
retention_clicked_cb (UiDisposalView *self)
{
  show_page (self, "retention");
  g_signal_emit (self, signals[RETENTION], 0);
}

static void
save_clicked_cb (UiDisposalView *self, GtkButton *button)
{
  g_signal_emit (self, signals[SAVE], 0, gtk_widget_get_name (GTK_WIDGET (button)));
}

/* GtkListBoxCreateWidgetFunc */
static GtkWidget *
create_certificate (gpointer data, gpointer self_data)
{
  UiRow *row = data;
  /* Translators: %s is the date and time of a certificate */
  g_autofree char *name = g_strdup_printf (_ ("Save the certificate of %s"), ui_row_get_title (row));
  GtkWidget *button, *item = ui_row_create_widget_with_button (row, _ ("Save"), name, &button);

  gtk_widget_set_name (button, ui_row_get_id (row));
  g_signal_connect_object (button, "clicked", G_CALLBACK (save_clicked_cb), self_data, G_CONNECT_SWAPPED);
  return item;
}

/* --- class ----------------------------------------------------------------------------------------------------------- */

static void
ui_disposal_view_finalize (GObject *object)
{
  UiDisposalView *self = UI_DISPOSAL_VIEW (object);

  g_clear_pointer (&self->ids, g_hash_table_unref);
  g_free (self->certificate_id);
  G_OBJECT_CLASS (ui_disposal_view_parent_class)->finalize (object);
}

static void
ui_disposal_view_dispose (GObject *object)
{
  UiDisposalView *self = UI_DISPOSAL_VIEW (object);

  /* The list box asks for headers while it lets go of its rows, when what they are about is gone. */
  if (self->rows_box != NULL)
    gtk_list_box_set_header_func (self->rows_box, NULL, NULL, NULL);
  /* The stack is both the bin's child and a child of the template, which would free it without telling the bin. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_DISPOSAL_VIEW);
  G_OBJECT_CLASS (ui_disposal_view_parent_class)->dispose (object);
}

static void
ui_disposal_view_class_init (UiDisposalViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_disposal_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_disposal_view_finalize;
  g_type_ensure (UI_TYPE_RETENTION_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/admin/disposal-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, stack);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, n_due);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, n_soon);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, n_later);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, search);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, due);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, rows_box);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, choice_bar);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, all);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, chosen);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, preview);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, rules);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, ask_title);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, ask_rows);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, backups);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, erase);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, decision);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, dispose);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, working);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, result);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, save_again);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, saved);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, certificate_rows);
  gtk_widget_class_bind_template_child (widget_class, UiDisposalView, retention);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, all_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, preview_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, decision_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, dispose_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_again_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, certificates_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, retention_clicked_cb);
  signals[PREVIEW] = g_signal_new ("preview", UI_TYPE_DISPOSAL_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRV);
  signals[DECIDED] = g_signal_new ("decided", UI_TYPE_DISPOSAL_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[LIST] = g_signal_new ("list", UI_TYPE_DISPOSAL_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CERTIFICATES] =
      g_signal_new ("certificates", UI_TYPE_DISPOSAL_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RETENTION] =
      g_signal_new ("retention", UI_TYPE_DISPOSAL_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SAVE] = g_signal_new ("save", UI_TYPE_DISPOSAL_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_STRING);
}

static void
ui_disposal_view_init (UiDisposalView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->filter = gtk_custom_filter_new (matches, self, NULL);
  self->filtered = gtk_filter_list_model_new (NULL, GTK_FILTER (self->filter));
  gtk_list_box_set_header_func (self->rows_box, update_header, self, NULL);
  gtk_list_box_bind_model (self->rows_box, G_LIST_MODEL (self->filtered), create_row, self, NULL);
  g_object_unref (self->filtered);
  ui_disposal_view_clear (self);
}

/* --- setters --------------------------------------------------------------------------------------------------------- */

static void
set_count (GtkLabel *label, guint count)
{
  g_autofree char *text = g_strdup_printf ("%u", count);

  gtk_label_set_text (label, text);
}

static void
set_result (GtkLabel *label, const char *text, gboolean is_bad)
{
  gtk_label_set_text (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
  if (is_bad)
    gtk_widget_add_css_class (GTK_WIDGET (label), "bad");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (label), "bad");
}

void
ui_disposal_view_set_rows (UiDisposalView *self, GListModel *rows)
{
  guint due = 0, soon = 0, later = 0;

  g_return_if_fail (UI_IS_DISPOSAL_VIEW (self));

  g_hash_table_remove_all (self->ids);
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (UiRow) row = g_list_model_get_item (rows, i);

      due += is_due (row);
      soon += g_str_has_prefix (ui_row_get_key (row), "soon");
      later += g_str_has_prefix (ui_row_get_key (row), "later");
    }
  set_count (self->n_due, due);
  set_count (self->n_soon, soon);
  set_count (self->n_later, later);
  gtk_check_button_set_active (self->all, FALSE);
  gtk_filter_list_model_set_model (self->filtered, rows);
  show_chosen (self);
}

void
ui_disposal_view_set_rules (UiDisposalView *self, const char *text)
{
  g_return_if_fail (UI_IS_DISPOSAL_VIEW (self));

  gtk_label_set_text (self->rules, text);
}

void
ui_disposal_view_ask (UiDisposalView *self, GListModel *rows, const char *backups, gboolean is_bad)
{
  const guint n = g_list_model_get_n_items (rows);
  g_autofree char *title =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Dispose of %u number?", "Dispose of %u numbers?", n), n);

  g_return_if_fail (UI_IS_DISPOSAL_VIEW (self));

  gtk_label_set_text (self->ask_title, title);
  gtk_list_box_bind_model (self->ask_rows, rows, ui_row_create_widget, NULL, NULL);
  set_result (self->backups, backups, is_bad);
  gtk_check_button_set_active (self->erase, FALSE);
  gtk_check_button_set_active (self->decision, FALSE);
  show_page (self, "ask");
  gtk_widget_grab_focus (GTK_WIDGET (self->decision));
}

void
ui_disposal_view_set_working (UiDisposalView *self, const char *text)
{
  g_return_if_fail (UI_IS_DISPOSAL_VIEW (self));

  gtk_label_set_text (self->working, text);
  show_page (self, "working");
}

void
ui_disposal_view_set_result (UiDisposalView *self, const char *text, gboolean is_bad, const char *id)
{
  g_return_if_fail (UI_IS_DISPOSAL_VIEW (self));

  g_free (self->certificate_id);
  self->certificate_id = g_strdup (id);
  set_result (self->result, text, is_bad);
  gtk_widget_set_visible (self->save_again, *id != '\0' && is_bad);
  show_page (self, "done");
}

void
ui_disposal_view_set_certificates (UiDisposalView *self, GListModel *rows)
{
  g_return_if_fail (UI_IS_DISPOSAL_VIEW (self));

  gtk_list_box_bind_model (self->certificate_rows, rows, create_certificate, self, NULL);
}

void
ui_disposal_view_set_saved (UiDisposalView *self, const char *text, gboolean is_bad)
{
  g_return_if_fail (UI_IS_DISPOSAL_VIEW (self));

  set_result (self->saved, text, is_bad);
}

UiRetentionView *
ui_disposal_view_get_retention (UiDisposalView *self)
{
  g_return_val_if_fail (UI_IS_DISPOSAL_VIEW (self), NULL);

  return self->retention;
}

void
ui_disposal_view_show_list (UiDisposalView *self)
{
  g_return_if_fail (UI_IS_DISPOSAL_VIEW (self));

  back_clicked_cb (self);
}

void
ui_disposal_view_clear (UiDisposalView *self)
{
  g_autoptr (GListStore) nothing = g_list_store_new (UI_TYPE_ROW);

  g_return_if_fail (UI_IS_DISPOSAL_VIEW (self));

  ui_disposal_view_set_rows (self, G_LIST_MODEL (nothing));
  gtk_list_box_bind_model (self->ask_rows, G_LIST_MODEL (nothing), ui_row_create_widget, NULL, NULL);
  ui_disposal_view_set_certificates (self, G_LIST_MODEL (nothing));
  ui_disposal_view_set_result (self, "", FALSE, "");
  ui_disposal_view_set_saved (self, "", FALSE);
  gtk_editable_set_text (self->search, "");
  show_page (self, "list");
}

const char *
ui_disposal_view_get_page (UiDisposalView *self)
{
  g_return_val_if_fail (UI_IS_DISPOSAL_VIEW (self), NULL);

  return gtk_stack_get_visible_child_name (self->stack);
}

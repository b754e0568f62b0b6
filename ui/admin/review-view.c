/* SPDX-License-Identifier: Apache-2.0 */
/* UiReviewView: one record at a time, without its number. */
#include "review-view.h"

#include <glib/gi18n.h>

#include "digit-row.h"
#include "drop-down.h"
#include "row-list.h"
#include "stack.h"

struct _UiReviewView
{
  AdwBin parent_instance;

  /* template children */
  GtkListBox *list;
  GtkStack *stack;
  GtkLabel *title;
  GtkGrid *facts;
  GtkDropDown *identity;
  GtkWidget *approve;
  GtkDropDown *reason;
  GtkWidget *ask_again;
  GtkLabel *warning;
  GtkDropDown *purpose;
  GtkWidget *reveal;
  GtkStack *number_stack;
  UiDigitRow *digits;

  /* owned */
  GStrv purposes; /* codes, in the order of the choices */
  guint hide_source;
  GListStore *rows;
  char *record_id; /* the selected one */
};

G_DEFINE_FINAL_TYPE (UiReviewView, ui_review_view, ADW_TYPE_BIN)

enum
{
  SELECTED,
  APPROVED,
  ASKED_AGAIN,
  REVEAL,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* In the order of the template's choices. */
static const char *const identities[] = { "employment-known", "photo-document", "two-documents",
                                          "attendant-statement" };
static const char *const reasons[] = { "unclear", "wrong-person", "duplicate", "expired", "other" };
#define DUPLICATE_REASON 2

static void
empty_facts (UiReviewView *self)
{
  GtkWidget *child;

  /* The list lets go of its choice when the view goes. */
  if (self->facts == NULL)
    return;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->facts))) != NULL)
    gtk_grid_remove (self->facts, child);
  gtk_label_set_text (self->title, "");
  ui_review_view_hide_number (self);
  ui_stack_show (self->stack, "empty");
}

static void
show_clicked_cb (UiReviewView *self, GtkButton *button)
{
  GtkWidget *item = gtk_widget_get_ancestor (GTK_WIDGET (button), GTK_TYPE_LIST_BOX_ROW);

  gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (item));
}

/* GtkListBoxCreateWidgetFunc */
static GtkWidget *
create_row (gpointer data, gpointer self_data)
{
  UiReviewView *self = self_data;
  UiRow *row = data;
  g_autofree char *name = g_strdup_printf (_ ("Show the record of %s"), ui_row_get_title (row));
  GtkWidget *button, *item = ui_row_create_widget_with_button (row, _ ("Show"), name, &button);

  g_signal_connect_object (button, "clicked", G_CALLBACK (show_clicked_cb), self, G_CONNECT_SWAPPED);
  return item;
}

static void
row_selected_cb (UiReviewView *self, GtkListBoxRow *item)
{
  g_autoptr (UiRow) row = NULL;

  g_clear_pointer (&self->record_id, g_free);
  empty_facts (self);
  if (item == NULL || self->rows == NULL)
    return;
  row = g_list_model_get_item (G_LIST_MODEL (self->rows), (guint) gtk_list_box_row_get_index (item));
  self->record_id = g_strdup (ui_row_get_id (row));
  g_signal_emit (self, signals[SELECTED], 0, self->record_id);
}

static void
approve_clicked_cb (UiReviewView *self)
{
  if (self->record_id != NULL)
    g_signal_emit (self, signals[APPROVED], 0, self->record_id,
                   identities[gtk_drop_down_get_selected (self->identity)]);
}

static void
ask_again_clicked_cb (UiReviewView *self)
{
  if (self->record_id != NULL)
    g_signal_emit (self, signals[ASKED_AGAIN], 0, self->record_id, reasons[gtk_drop_down_get_selected (self->reason)]);
}

static void
reveal_clicked_cb (UiReviewView *self)
{
  guint place = gtk_drop_down_get_selected (self->purpose);

  ui_review_view_hide_number (self);
  if (self->record_id != NULL && self->purposes != NULL && place < g_strv_length (self->purposes))
    g_signal_emit (self, signals[REVEAL], 0, self->record_id, self->purposes[place]);
}

static gboolean
hide_cb (gpointer user_data)
{
  UiReviewView *self = user_data;

  self->hide_source = 0;
  ui_review_view_hide_number (self);
  return G_SOURCE_REMOVE;
}

/* Another view, or the door: nothing stays behind. */
static void
ui_review_view_unmap (GtkWidget *widget)
{
  ui_review_view_hide_number (UI_REVIEW_VIEW (widget));
  GTK_WIDGET_CLASS (ui_review_view_parent_class)->unmap (widget);
}

static void
ui_review_view_finalize (GObject *object)
{
  UiReviewView *self = UI_REVIEW_VIEW (object);

  g_free (self->record_id);
  g_strfreev (self->purposes);
  g_clear_object (&self->rows);
  G_OBJECT_CLASS (ui_review_view_parent_class)->finalize (object);
}

static void
ui_review_view_dispose (GObject *object)
{
  g_clear_handle_id (&UI_REVIEW_VIEW (object)->hide_source, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_REVIEW_VIEW);
  G_OBJECT_CLASS (ui_review_view_parent_class)->dispose (object);
}

static void
ui_review_view_class_init (UiReviewViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_review_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_review_view_finalize;
  widget_class->unmap = ui_review_view_unmap;
  g_type_ensure (UI_TYPE_DIGIT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/admin/review-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiReviewView, list);
  gtk_widget_class_bind_template_child (widget_class, UiReviewView, stack);
  gtk_widget_class_bind_template_child (widget_class, UiReviewView, title);
  gtk_widget_class_bind_template_child (widget_class, UiReviewView, facts);
  gtk_widget_class_bind_template_child (widget_class, UiReviewView, identity);
  gtk_widget_class_bind_template_child (widget_class, UiReviewView, approve);
  gtk_widget_class_bind_template_child (widget_class, UiReviewView, reason);
  gtk_widget_class_bind_template_child (widget_class, UiReviewView, ask_again);
  gtk_widget_class_bind_template_child (widget_class, UiReviewView, warning);
  gtk_widget_class_bind_template_child (widget_class, UiReviewView, purpose);
  gtk_widget_class_bind_template_child (widget_class, UiReviewView, reveal);
  gtk_widget_class_bind_template_child (widget_class, UiReviewView, number_stack);
  gtk_widget_class_bind_template_child (widget_class, UiReviewView, digits);
  gtk_widget_class_bind_template_callback (widget_class, reveal_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, approve_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, ask_again_clicked_cb);
  signals[SELECTED] = g_signal_new ("selected", UI_TYPE_REVIEW_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[APPROVED] = g_signal_new ("approved", UI_TYPE_REVIEW_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[ASKED_AGAIN] = g_signal_new ("asked-again", UI_TYPE_REVIEW_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[REVEAL] = g_signal_new ("reveal", UI_TYPE_REVIEW_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                  G_TYPE_STRING, G_TYPE_STRING);
}

static void
ui_review_view_init (UiReviewView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_stack_hide_others (self->stack);
  ui_stack_hide_others (self->number_stack);
  self->rows = g_list_store_new (UI_TYPE_ROW);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->rows), create_row, self, NULL);
  ui_drop_down_set_name (self->identity, _ ("_Identity was confirmed by"));
  ui_drop_down_set_name (self->reason, _ ("Or ask the person again, _because"));
  ui_drop_down_set_name (self->purpose, _ ("Look at the _number for 10 seconds, for"));
}

/* Where @record_id stands in @rows, or @otherwise. */
static guint
find_place (GListModel *rows, const char *record_id, guint otherwise)
{
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (UiRow) row = g_list_model_get_item (rows, i);

      if (g_strcmp0 (ui_row_get_id (row), record_id) == 0)
        return i;
    }
  return otherwise;
}

void
ui_review_view_set_rows (UiReviewView *self, GListModel *rows)
{
  g_autofree char *record_id = NULL;
  GtkListBoxRow *old, *item;
  guint place, n_shown;

  g_return_if_fail (UI_IS_REVIEW_VIEW (self));

  record_id = g_strdup (self->record_id);
  old = gtk_list_box_get_selected_row (self->list);
  place = old != NULL ? (guint) gtk_list_box_row_get_index (old) : 0;
  gtk_list_box_unselect_all (self->list);
  ui_row_list_become (self->rows, rows);
  n_shown = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  if (n_shown == 0)
    return;
  place = find_place (G_LIST_MODEL (self->rows), record_id, MIN (place, n_shown - 1));
  item = gtk_list_box_get_row_at_index (self->list, (int) place);
  gtk_list_box_select_row (self->list, item);
  /* What had the focus may have gone with the record that it belonged to. */
  if (record_id != NULL)
    (void) gtk_widget_child_focus (GTK_WIDGET (item), GTK_DIR_TAB_FORWARD);
}

void
ui_review_view_set_record (UiReviewView *self, const char *title, const char *const *facts, const char *identity,
                           const char *warning)
{
  g_return_if_fail (UI_IS_REVIEW_VIEW (self));

  empty_facts (self);
  gtk_label_set_text (self->title, title);
  for (int row = 0; facts[0] != NULL; facts += 2, row++)
    {
      GtkWidget *name = gtk_label_new (facts[0]);
      GtkWidget *value = gtk_label_new (facts[1]);

      gtk_label_set_xalign (GTK_LABEL (name), 0);
      gtk_widget_set_valign (name, GTK_ALIGN_START);
      gtk_widget_add_css_class (name, "fact-name");
      gtk_label_set_xalign (GTK_LABEL (value), 0);
      gtk_label_set_wrap (GTK_LABEL (value), TRUE);
      gtk_widget_set_hexpand (value, TRUE);
      gtk_grid_attach (self->facts, name, 0, row, 1, 1);
      gtk_grid_attach (self->facts, value, 1, row, 1, 1);
    }
  for (guint i = 0; i < G_N_ELEMENTS (identities); i++)
    if (g_strcmp0 (identities[i], identity) == 0)
      gtk_drop_down_set_selected (self->identity, i);
  gtk_label_set_text (self->warning, warning);
  gtk_widget_set_visible (GTK_WIDGET (self->warning), warning[0] != '\0');
  gtk_drop_down_set_selected (self->reason, warning[0] != '\0' ? DUPLICATE_REASON : 0);
  ui_stack_show (self->stack, "record");
}

void
ui_review_view_set_purposes (UiReviewView *self, const char *const *codes, const char *const *titles)
{
  g_autoptr (GtkStringList) choices = gtk_string_list_new (titles);

  g_return_if_fail (UI_IS_REVIEW_VIEW (self));

  g_strfreev (self->purposes);
  self->purposes = g_strdupv ((char **) codes);
  gtk_drop_down_set_model (self->purpose, G_LIST_MODEL (choices));
  gtk_widget_set_sensitive (self->reveal, codes[0] != NULL);
}

void
ui_review_view_show_number (UiReviewView *self, const char *record_id, const char *digits)
{
  g_return_if_fail (UI_IS_REVIEW_VIEW (self));

  /* The answer may come when somebody else is looked at, or nobody. */
  if (g_strcmp0 (record_id, self->record_id) != 0 || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  ui_review_view_hide_number (self);
  ui_digit_row_set_digits (self->digits, digits);
  ui_stack_show (self->number_stack, "number");
  self->hide_source = g_timeout_add_seconds (UI_REVIEW_SHOWN_S, hide_cb, self);
}

void
ui_review_view_hide_number (UiReviewView *self)
{
  g_return_if_fail (UI_IS_REVIEW_VIEW (self));

  g_clear_handle_id (&self->hide_source, g_source_remove);
  if (self->digits == NULL)
    return;
  ui_digit_row_clear (self->digits);
  ui_stack_show (self->number_stack, "masked");
}

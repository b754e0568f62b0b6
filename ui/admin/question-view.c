/* SPDX-License-Identifier: Apache-2.0 */
/* UiQuestionView: rows come while the main loop is idle, as there may be thousands. */
#include "question-view.h"

#include "row-list.h"

struct _UiQuestionView
{
  AdwBin parent_instance;

  /* template children */
  GtkLabel *title;
  GtkLabel *lead;
  GtkWidget *rows_window;
  GtkListBox *rows_box;
  GtkLabel *note;
  GtkCheckButton *decision;
  GtkLabel *decision_text;
  GtkWidget *go;
  GtkLabel *go_text;

  /* owned */
  GListStore *rows;
  char *row, *row_name; /* of the question on the screen */
};

G_DEFINE_FINAL_TYPE (UiQuestionView, ui_question_view, ADW_TYPE_BIN)

enum
{
  BACK,
  GO,
  ROW,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
decision_toggled_cb (UiQuestionView *self)
{
  gtk_widget_set_sensitive (self->go, gtk_check_button_get_active (self->decision));
}

static void
back_clicked_cb (UiQuestionView *self)
{
  g_signal_emit (self, signals[BACK], 0);
}

static void
go_clicked_cb (UiQuestionView *self)
{
  g_signal_emit (self, signals[GO], 0);
}

static void
row_clicked_cb (UiQuestionView *self, GtkButton *button)
{
  g_autofree char *id = g_strdup (gtk_widget_get_name (GTK_WIDGET (button)));

  g_signal_emit (self, signals[ROW], 0, id);
}

/* GtkListBoxCreateWidgetFunc */
static GtkWidget *
create_row (gpointer data, gpointer self_data)
{
  UiQuestionView *self = self_data;
  UiRow *row = data;
  g_auto (GStrv) parts = self->row != NULL ? g_strsplit (self->row_name, "%s", 2) : NULL;
  g_autofree char *name = NULL;
  GtkWidget *item, *button;

  if (self->row == NULL || g_str_equal (ui_row_get_key (row), "fixed"))
    {
      item = ui_row_create_widget (row, NULL);
      gtk_widget_set_focusable (item, FALSE);
      return item;
    }
  name = g_strjoinv (ui_row_get_title (row), parts);
  item = ui_row_create_widget_with_button (row, self->row, name, &button);
  gtk_widget_set_name (button, ui_row_get_id (row));
  g_signal_connect_object (button, "clicked", G_CALLBACK (row_clicked_cb), self, G_CONNECT_SWAPPED);
  return item;
}

/* --- class ----------------------------------------------------------------------------------------------------------- */

static void
ui_question_view_finalize (GObject *object)
{
  UiQuestionView *self = UI_QUESTION_VIEW (object);

  g_clear_object (&self->rows);
  g_free (self->row);
  g_free (self->row_name);
  G_OBJECT_CLASS (ui_question_view_parent_class)->finalize (object);
}

static void
ui_question_view_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_QUESTION_VIEW);
  G_OBJECT_CLASS (ui_question_view_parent_class)->dispose (object);
}

static void
ui_question_view_class_init (UiQuestionViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_question_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_question_view_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/admin/question-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiQuestionView, title);
  gtk_widget_class_bind_template_child (widget_class, UiQuestionView, lead);
  gtk_widget_class_bind_template_child (widget_class, UiQuestionView, rows_window);
  gtk_widget_class_bind_template_child (widget_class, UiQuestionView, rows_box);
  gtk_widget_class_bind_template_child (widget_class, UiQuestionView, note);
  gtk_widget_class_bind_template_child (widget_class, UiQuestionView, decision);
  gtk_widget_class_bind_template_child (widget_class, UiQuestionView, decision_text);
  gtk_widget_class_bind_template_child (widget_class, UiQuestionView, go);
  gtk_widget_class_bind_template_child (widget_class, UiQuestionView, go_text);
  gtk_widget_class_bind_template_callback (widget_class, decision_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, go_clicked_cb);
  signals[BACK] = g_signal_new ("back", UI_TYPE_QUESTION_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[GO] = g_signal_new ("go", UI_TYPE_QUESTION_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ROW] = g_signal_new ("row", UI_TYPE_QUESTION_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                               G_TYPE_STRING);
}

static void
ui_question_view_init (UiQuestionView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_list_store_new (UI_TYPE_ROW);
  gtk_list_box_bind_model (self->rows_box, G_LIST_MODEL (self->rows), create_row, self, NULL);
}

/* --- setters --------------------------------------------------------------------------------------------------------- */

void
ui_question_view_ask (UiQuestionView *self, const UiQuestion *question, GListModel *rows)
{
  g_return_if_fail (UI_IS_QUESTION_VIEW (self));

  ui_question_view_clear (self);
  g_free (self->row);
  self->row = g_strdup (question->row);
  g_free (self->row_name);
  self->row_name = g_strdup (question->row_name != NULL ? question->row_name : "%s");
  gtk_label_set_text (self->title, question->title);
  gtk_label_set_text (self->lead, question->lead);
  gtk_label_set_text (self->note, question->note);
  gtk_widget_set_visible (GTK_WIDGET (self->note), *question->note != '\0');
  gtk_widget_set_visible (self->rows_window, rows != NULL);
  if (rows != NULL)
    ui_row_list_become (self->rows, rows);
  gtk_widget_set_visible (GTK_WIDGET (self->decision), question->decision != NULL);
  gtk_widget_set_visible (self->go, question->decision != NULL);
  if (question->decision == NULL)
    return;
  gtk_label_set_text (self->decision_text, question->decision);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->decision), GTK_ACCESSIBLE_PROPERTY_LABEL, question->decision,
                                  -1);
  gtk_label_set_text_with_mnemonic (self->go_text, question->go);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->go), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_label_get_text (self->go_text), -1);
}

void
ui_question_view_clear (UiQuestionView *self)
{
  g_autoptr (GListStore) nothing = g_list_store_new (UI_TYPE_ROW);

  g_return_if_fail (UI_IS_QUESTION_VIEW (self));

  gtk_label_set_text (self->title, "");
  gtk_label_set_text (self->lead, "");
  gtk_label_set_text (self->note, "");
  gtk_check_button_set_active (self->decision, FALSE);
  gtk_widget_set_sensitive (self->go, FALSE);
  ui_row_list_become (self->rows, G_LIST_MODEL (nothing));
}

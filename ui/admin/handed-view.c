/* SPDX-License-Identifier: Apache-2.0 */
/* UiHandedView: a list, and one question about one of its files. */
#include "config.h"

#include "handed-view.h"

#include <glib/gi18n.h>

#include "row-list.h"
#include "stack.h"

struct _UiHandedView
{
  AdwBin parent_instance;

  /* template children */
  GtkStack *stack;
  GtkWidget *back;
  GtkLabel *result;
  GtkListBox *rows_box;
  UiQuestionView *question;

  GListStore *rows; /* owned */
};

G_DEFINE_FINAL_TYPE (UiHandedView, ui_handed_view, ADW_TYPE_BIN)

enum
{
  BACK,
  RECEIPT,
  DECIDED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
back_clicked_cb (UiHandedView *self)
{
  g_signal_emit (self, signals[BACK], 0);
}

static void
question_go_cb (UiHandedView *self)
{
  g_signal_emit (self, signals[DECIDED], 0);
}

/* The row may go away with what the handlers do. */
static void
receipt_clicked_cb (UiHandedView *self, GtkButton *button)
{
  g_autofree char *id = g_strdup (gtk_widget_get_name (GTK_WIDGET (button)));

  g_signal_emit (self, signals[RECEIPT], 0, id);
}

/* GtkListBoxCreateWidgetFunc */
static GtkWidget *
create_row (gpointer data, gpointer self)
{
  UiRow *row = data;
  g_autofree char *name = NULL;
  GtkWidget *item, *button;

  if (g_str_equal (ui_row_get_key (row), "fixed"))
    {
      item = ui_row_create_widget (row, NULL);
      gtk_widget_set_focusable (item, FALSE);
      return item;
    }
  /* Translators: %s is a file that was exported */
  name = g_strdup_printf (_ ("%s was taken in and deleted"), ui_row_get_title (row));
  item = ui_row_create_widget_with_button (row, _ ("Record deletion"), name, &button);
  gtk_widget_set_name (button, ui_row_get_id (row));
  g_signal_connect_object (button, "clicked", G_CALLBACK (receipt_clicked_cb), self, G_CONNECT_SWAPPED);
  return item;
}

static void
ui_handed_view_finalize (GObject *object)
{
  g_clear_object (&UI_HANDED_VIEW (object)->rows);
  G_OBJECT_CLASS (ui_handed_view_parent_class)->finalize (object);
}

static void
ui_handed_view_dispose (GObject *object)
{
  /* The stack is both the bin's child and a child of the template, which would free it without telling the bin. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_HANDED_VIEW);
  G_OBJECT_CLASS (ui_handed_view_parent_class)->dispose (object);
}

static void
ui_handed_view_class_init (UiHandedViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_handed_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_handed_view_finalize;
  g_type_ensure (UI_TYPE_QUESTION_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/admin/handed-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiHandedView, stack);
  gtk_widget_class_bind_template_child (widget_class, UiHandedView, back);
  gtk_widget_class_bind_template_child (widget_class, UiHandedView, result);
  gtk_widget_class_bind_template_child (widget_class, UiHandedView, rows_box);
  gtk_widget_class_bind_template_child (widget_class, UiHandedView, question);
  gtk_widget_class_bind_template_callback (widget_class, back_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, question_go_cb);
  gtk_widget_class_bind_template_callback (widget_class, ui_handed_view_show_list);
  signals[BACK] = g_signal_new ("back", UI_TYPE_HANDED_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RECEIPT] = g_signal_new ("receipt", UI_TYPE_HANDED_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                   1, G_TYPE_STRING);
  signals[DECIDED] =
      g_signal_new ("decided", UI_TYPE_HANDED_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_handed_view_init (UiHandedView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_list_store_new (UI_TYPE_ROW);
  gtk_list_box_bind_model (self->rows_box, G_LIST_MODEL (self->rows), create_row, self, NULL);
  ui_stack_hide_others (self->stack);
}

void
ui_handed_view_set_rows (UiHandedView *self, GListModel *rows)
{
  g_return_if_fail (UI_IS_HANDED_VIEW (self));

  ui_row_list_become (self->rows, rows);
}

void
ui_handed_view_set_result (UiHandedView *self, const char *text, gboolean is_bad)
{
  g_return_if_fail (UI_IS_HANDED_VIEW (self));

  gtk_label_set_text (self->result, text);
  gtk_widget_set_visible (GTK_WIDGET (self->result), *text != '\0');
  if (is_bad)
    gtk_widget_add_css_class (GTK_WIDGET (self->result), "bad");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->result), "bad");
}

void
ui_handed_view_set_busy (UiHandedView *self, gboolean busy)
{
  g_return_if_fail (UI_IS_HANDED_VIEW (self));

  gtk_widget_set_sensitive (GTK_WIDGET (self->rows_box), !busy);
}

void
ui_handed_view_ask (UiHandedView *self, const UiQuestion *question)
{
  g_return_if_fail (UI_IS_HANDED_VIEW (self));

  ui_question_view_ask (self->question, question, NULL);
  ui_stack_show (self->stack, "question");
  (void) gtk_widget_child_focus (GTK_WIDGET (self->question), GTK_DIR_TAB_FORWARD);
}

void
ui_handed_view_show_list (UiHandedView *self)
{
  g_return_if_fail (UI_IS_HANDED_VIEW (self));

  ui_question_view_clear (self->question);
  ui_stack_show (self->stack, "list");
  gtk_widget_grab_focus (self->back);
}

void
ui_handed_view_clear (UiHandedView *self)
{
  g_autoptr (GListStore) nothing = g_list_store_new (UI_TYPE_ROW);

  g_return_if_fail (UI_IS_HANDED_VIEW (self));

  ui_handed_view_set_rows (self, G_LIST_MODEL (nothing));
  ui_handed_view_set_result (self, "", FALSE);
  ui_handed_view_set_busy (self, FALSE);
  ui_question_view_clear (self->question);
  ui_stack_show (self->stack, "list");
}

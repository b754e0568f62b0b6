/* SPDX-License-Identifier: Apache-2.0 */
/* UiRetentionView: three pages in a stack, one after the other. */
#include "config.h"

#include "retention-view.h"

#include <glib/gi18n.h>
#include <string.h>

#include "row-list.h"
#include "stack.h"

struct _UiRetentionView
{
  AdwBin parent_instance;

  /* template children */
  GtkStack *stack;
  GtkLabel *result;
  GtkListBox *rows_box;
  GtkLabel *purpose_title;
  GtkSpinButton *years;
  GtkCheckButton *leaving;
  GtkCheckButton *year_end;
  GtkCheckButton *january;
  GtkWidget *look;
  UiQuestionView *question;

  /* owned */
  GListStore *rows;
  char *purpose; /* whose rule is on the screen */
};

G_DEFINE_FINAL_TYPE (UiRetentionView, ui_retention_view, ADW_TYPE_BIN)

enum
{
  TRY,
  DECIDED,
  LIST,
  LEAVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
set_anchor (UiRetentionView *self, const char *anchor)
{
  GtkCheckButton *button = g_str_has_prefix (anchor, "leaving")    ? self->leaving
                           : g_str_has_prefix (anchor, "year-end") ? self->year_end
                                                                   : self->january;

  gtk_check_button_set_active (button, TRUE);
}

static const char *
get_anchor (UiRetentionView *self)
{
  if (gtk_check_button_get_active (self->leaving))
    return "leaving";
  return gtk_check_button_get_active (self->year_end) ? "year-end" : "january-10";
}

static UiRow *
find (UiRetentionView *self, const char *id)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rows)); i++)
    {
      g_autoptr (UiRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);

      if (g_str_equal (ui_row_get_id (row), id))
        return g_steal_pointer (&row);
    }
  return NULL;
}

static void
change_clicked_cb (UiRetentionView *self, GtkButton *button)
{
  g_autoptr (UiRow) row = find (self, gtk_widget_get_name (GTK_WIDGET (button)));
  const char *years = row != NULL ? strchr (ui_row_get_key (row), ':') : NULL;

  if (years == NULL)
    return;
  g_free (self->purpose);
  self->purpose = g_strdup (ui_row_get_id (row));
  gtk_label_set_text (self->purpose_title, ui_row_get_title (row));
  gtk_spin_button_set_value (self->years, (double) g_ascii_strtoull (years + 1, NULL, 10));
  set_anchor (self, ui_row_get_key (row));
  ui_retention_view_set_result (self, "", FALSE);
  ui_stack_show (self->stack, "rule");
  gtk_widget_grab_focus (GTK_WIDGET (self->years));
}

static void
look_clicked_cb (UiRetentionView *self)
{
  gtk_spin_button_update (self->years);
  /* out of the entry, which is about to be hidden */
  gtk_widget_grab_focus (self->look);
  if (self->purpose != NULL)
    g_signal_emit (self, signals[TRY], 0, self->purpose, get_anchor (self),
                   (guint) gtk_spin_button_get_value_as_int (self->years));
}

static void
leave_clicked_cb (UiRetentionView *self)
{
  g_signal_emit (self, signals[LEAVE], 0);
}

static void
back_cb (UiRetentionView *self)
{
  ui_retention_view_show_list (self);
  g_signal_emit (self, signals[LIST], 0);
}

static void
question_go_cb (UiRetentionView *self)
{
  g_signal_emit (self, signals[DECIDED], 0);
}

/* GtkListBoxCreateWidgetFunc */
static GtkWidget *
create_rule (gpointer data, gpointer self)
{
  UiRow *row = data;
  /* Translators: %s is what a number is used for */
  g_autofree char *name = g_strdup_printf (_ ("Change the time for %s"), ui_row_get_title (row));
  GtkWidget *button, *item = ui_row_create_widget_with_button (row, _ ("Change"), name, &button);

  gtk_widget_set_name (button, ui_row_get_id (row));
  g_signal_connect_object (button, "clicked", G_CALLBACK (change_clicked_cb), self, G_CONNECT_SWAPPED);
  return item;
}

/* --- class ----------------------------------------------------------------------------------------------------------- */

static void
ui_retention_view_finalize (GObject *object)
{
  UiRetentionView *self = UI_RETENTION_VIEW (object);

  g_clear_object (&self->rows);
  g_free (self->purpose);
  G_OBJECT_CLASS (ui_retention_view_parent_class)->finalize (object);
}

static void
ui_retention_view_dispose (GObject *object)
{
  /* The stack is both the bin's child and a child of the template, which would free it without telling the bin. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_RETENTION_VIEW);
  G_OBJECT_CLASS (ui_retention_view_parent_class)->dispose (object);
}

static void
ui_retention_view_class_init (UiRetentionViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_retention_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_retention_view_finalize;
  g_type_ensure (UI_TYPE_QUESTION_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/admin/retention-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiRetentionView, stack);
  gtk_widget_class_bind_template_child (widget_class, UiRetentionView, result);
  gtk_widget_class_bind_template_child (widget_class, UiRetentionView, rows_box);
  gtk_widget_class_bind_template_child (widget_class, UiRetentionView, purpose_title);
  gtk_widget_class_bind_template_child (widget_class, UiRetentionView, years);
  gtk_widget_class_bind_template_child (widget_class, UiRetentionView, leaving);
  gtk_widget_class_bind_template_child (widget_class, UiRetentionView, year_end);
  gtk_widget_class_bind_template_child (widget_class, UiRetentionView, january);
  gtk_widget_class_bind_template_child (widget_class, UiRetentionView, look);
  gtk_widget_class_bind_template_child (widget_class, UiRetentionView, question);
  gtk_widget_class_bind_template_callback (widget_class, look_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, leave_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, question_go_cb);
  signals[TRY] = g_signal_new ("try", UI_TYPE_RETENTION_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                               G_TYPE_STRING, G_TYPE_STRING, G_TYPE_UINT);
  signals[DECIDED] =
      g_signal_new ("decided", UI_TYPE_RETENTION_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LIST] = g_signal_new ("list", UI_TYPE_RETENTION_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LEAVE] =
      g_signal_new ("leave", UI_TYPE_RETENTION_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_retention_view_init (UiRetentionView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_list_store_new (UI_TYPE_ROW);
  gtk_spin_button_set_range (self->years, 0, UI_RETENTION_MAX_YEARS);
  gtk_spin_button_set_increments (self->years, 1, 5);
  gtk_list_box_bind_model (self->rows_box, G_LIST_MODEL (self->rows), create_rule, self, NULL);
  ui_stack_hide_others (self->stack);
}

/* --- setters --------------------------------------------------------------------------------------------------------- */

void
ui_retention_view_set_rows (UiRetentionView *self, GListModel *rows)
{
  g_return_if_fail (UI_IS_RETENTION_VIEW (self));

  ui_row_list_become (self->rows, rows);
}

void
ui_retention_view_set_result (UiRetentionView *self, const char *text, gboolean is_bad)
{
  g_return_if_fail (UI_IS_RETENTION_VIEW (self));

  gtk_label_set_text (self->result, text);
  gtk_widget_set_visible (GTK_WIDGET (self->result), *text != '\0');
  if (is_bad)
    gtk_widget_add_css_class (GTK_WIDGET (self->result), "bad");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->result), "bad");
}

void
ui_retention_view_set_busy (UiRetentionView *self, gboolean busy)
{
  g_return_if_fail (UI_IS_RETENTION_VIEW (self));

  gtk_widget_set_sensitive (GTK_WIDGET (self->stack), !busy);
}

void
ui_retention_view_ask (UiRetentionView *self, const UiQuestion *question, GListModel *rows)
{
  g_return_if_fail (UI_IS_RETENTION_VIEW (self));

  ui_question_view_ask (self->question, question, rows);
  ui_stack_show (self->stack, "question");
}

void
ui_retention_view_show_list (UiRetentionView *self)
{
  g_return_if_fail (UI_IS_RETENTION_VIEW (self));

  ui_question_view_clear (self->question);
  ui_stack_show (self->stack, "list");
}

void
ui_retention_view_clear (UiRetentionView *self)
{
  g_autoptr (GListStore) nothing = g_list_store_new (UI_TYPE_ROW);

  g_return_if_fail (UI_IS_RETENTION_VIEW (self));

  g_clear_pointer (&self->purpose, g_free);
  ui_retention_view_set_rows (self, G_LIST_MODEL (nothing));
  ui_retention_view_set_result (self, "", FALSE);
  ui_retention_view_set_busy (self, FALSE);
  ui_retention_view_show_list (self);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* UiBackupView: three pages in a stack. */
#include "config.h"

#include "backup-view.h"

#include <glib/gi18n.h>

#include "row-list.h"
#include "stack.h"

struct _UiBackupView
{
  AdwBin parent_instance;

  /* template children */
  GtkStack *stack;
  GtkWidget *add;
  GtkWidget *try;
  GtkWidget *make;
  GtkLabel *result;
  GtkListBox *places_box;
  GtkListBox *backups_box;
  UiQuestionView *question;
  GtkSpinner *spinner;
  GtkLabel *working;

  /* owned */
  GListStore *places;
  GListStore *backups;

  gboolean is_allowed;
};

G_DEFINE_FINAL_TYPE (UiBackupView, ui_backup_view, ADW_TYPE_BIN)

enum
{
  ADD,
  REMOVE,
  MAKE,
  TRY,
  RESTORE,
  ONLY,
  DECIDED,
  LIST,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
show_page (UiBackupView *self, const char *name)
{
  gtk_spinner_set_spinning (self->spinner, g_str_equal (name, "working"));
  ui_stack_show (self->stack, name);
}

static void
add_clicked_cb (UiBackupView *self)
{
  g_signal_emit (self, signals[ADD], 0);
}

static void
try_clicked_cb (UiBackupView *self)
{
  g_signal_emit (self, signals[TRY], 0);
}

static void
make_clicked_cb (UiBackupView *self)
{
  g_signal_emit (self, signals[MAKE], 0);
}

/* The row may go away with what the handlers do. */
static void
emit_id (UiBackupView *self, guint signal, GtkButton *button)
{
  g_autofree char *id = g_strdup (gtk_widget_get_name (GTK_WIDGET (button)));

  g_signal_emit (self, signals[signal], 0, id);
}

static void
remove_clicked_cb (UiBackupView *self, GtkButton *button)
{
  emit_id (self, REMOVE, button);
}

static void
restore_clicked_cb (UiBackupView *self, GtkButton *button)
{
  emit_id (self, RESTORE, button);
}

static void
question_back_cb (UiBackupView *self)
{
  ui_backup_view_show_list (self);
  g_signal_emit (self, signals[LIST], 0);
}

static void
question_go_cb (UiBackupView *self)
{
  g_signal_emit (self, signals[DECIDED], 0);
}

static void
question_row_cb (UiBackupView *self, const char *id)
{
  g_signal_emit (self, signals[ONLY], 0, id);
}

static GtkWidget *
create (UiBackupView *self, UiRow *row, const char *text, const char *name, GCallback clicked)
{
  GtkWidget *item, *button;

  if (!self->is_allowed)
    {
      item = ui_row_create_widget (row, NULL);
      gtk_widget_set_focusable (item, FALSE);
      return item;
    }
  item = ui_row_create_widget_with_button (row, text, name, &button);
  gtk_widget_set_name (button, ui_row_get_id (row));
  g_signal_connect_object (button, "clicked", clicked, self, G_CONNECT_SWAPPED);
  return item;
}

/* GtkListBoxCreateWidgetFunc */
static GtkWidget *
create_place (gpointer row, gpointer self)
{
  /* Translators: %s is a folder */
  g_autofree char *name = g_strdup_printf (_ ("No longer back up to %s"), ui_row_get_title (row));

  return create (self, row, _ ("Remove"), name, G_CALLBACK (remove_clicked_cb));
}

/* GtkListBoxCreateWidgetFunc */
static GtkWidget *
create_backup (gpointer row, gpointer self)
{
  /* Translators: %s is the date and time of a backup */
  g_autofree char *name = g_strdup_printf (_ ("Bring back what the backup of %s holds"), ui_row_get_title (row));

  return create (self, row, _ ("Bring back"), name, G_CALLBACK (restore_clicked_cb));
}

/* --- class ----------------------------------------------------------------------------------------------------------- */

static void
ui_backup_view_finalize (GObject *object)
{
  UiBackupView *self = UI_BACKUP_VIEW (object);

  g_clear_object (&self->places);
  g_clear_object (&self->backups);
  G_OBJECT_CLASS (ui_backup_view_parent_class)->finalize (object);
}

static void
ui_backup_view_dispose (GObject *object)
{
  /* The stack is both the bin's child and a child of the template, which would free it without telling the bin. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_BACKUP_VIEW);
  G_OBJECT_CLASS (ui_backup_view_parent_class)->dispose (object);
}

static guint
signal_new (const char *name, gboolean has_id)
{
  if (has_id)
    return g_signal_new (name, UI_TYPE_BACKUP_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                         G_TYPE_STRING);
  return g_signal_new (name, UI_TYPE_BACKUP_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_backup_view_class_init (UiBackupViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_backup_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_backup_view_finalize;
  g_type_ensure (UI_TYPE_QUESTION_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/admin/backup-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiBackupView, stack);
  gtk_widget_class_bind_template_child (widget_class, UiBackupView, add);
  gtk_widget_class_bind_template_child (widget_class, UiBackupView, try);
  gtk_widget_class_bind_template_child (widget_class, UiBackupView, make);
  gtk_widget_class_bind_template_child (widget_class, UiBackupView, result);
  gtk_widget_class_bind_template_child (widget_class, UiBackupView, places_box);
  gtk_widget_class_bind_template_child (widget_class, UiBackupView, backups_box);
  gtk_widget_class_bind_template_child (widget_class, UiBackupView, question);
  gtk_widget_class_bind_template_child (widget_class, UiBackupView, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiBackupView, working);
  gtk_widget_class_bind_template_callback (widget_class, add_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, try_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, make_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, question_back_cb);
  gtk_widget_class_bind_template_callback (widget_class, question_go_cb);
  gtk_widget_class_bind_template_callback (widget_class, question_row_cb);
  signals[ADD] = signal_new ("add", FALSE);
  signals[REMOVE] = signal_new ("remove", TRUE);
  signals[MAKE] = signal_new ("make", FALSE);
  signals[TRY] = signal_new ("try", FALSE);
  signals[RESTORE] = signal_new ("restore", TRUE);
  signals[ONLY] = signal_new ("only", TRUE);
  signals[DECIDED] = signal_new ("decided", FALSE);
  signals[LIST] = signal_new ("list", FALSE);
}

static void
ui_backup_view_init (UiBackupView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->places = g_list_store_new (UI_TYPE_ROW);
  self->backups = g_list_store_new (UI_TYPE_ROW);
  gtk_list_box_bind_model (self->places_box, G_LIST_MODEL (self->places), create_place, self, NULL);
  gtk_list_box_bind_model (self->backups_box, G_LIST_MODEL (self->backups), create_backup, self, NULL);
  ui_stack_hide_others (self->stack);
}

/* --- setters --------------------------------------------------------------------------------------------------------- */

void
ui_backup_view_set_allowed (UiBackupView *self, gboolean allowed)
{
  g_return_if_fail (UI_IS_BACKUP_VIEW (self));

  self->is_allowed = allowed;
  gtk_widget_set_visible (self->add, allowed);
}

void
ui_backup_view_set_places (UiBackupView *self, GListModel *rows)
{
  g_return_if_fail (UI_IS_BACKUP_VIEW (self));

  ui_row_list_become (self->places, rows);
  gtk_widget_set_visible (self->make, g_list_model_get_n_items (rows) > 0);
}

void
ui_backup_view_set_backups (UiBackupView *self, GListModel *rows)
{
  g_return_if_fail (UI_IS_BACKUP_VIEW (self));

  ui_row_list_become (self->backups, rows);
  gtk_widget_set_visible (self->try, g_list_model_get_n_items (rows) > 0);
}

void
ui_backup_view_set_result (UiBackupView *self, const char *text, gboolean is_bad)
{
  g_return_if_fail (UI_IS_BACKUP_VIEW (self));

  gtk_label_set_text (self->result, text);
  gtk_widget_set_visible (GTK_WIDGET (self->result), *text != '\0');
  if (is_bad)
    gtk_widget_add_css_class (GTK_WIDGET (self->result), "bad");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->result), "bad");
}

void
ui_backup_view_set_busy (UiBackupView *self, gboolean busy)
{
  GtkWidget *const widgets[] = { self->add, self->try, self->make, GTK_WIDGET (self->places_box),
                                 GTK_WIDGET (self->backups_box) };

  g_return_if_fail (UI_IS_BACKUP_VIEW (self));

  for (gsize i = 0; i < G_N_ELEMENTS (widgets); i++)
    gtk_widget_set_sensitive (widgets[i], !busy);
}

void
ui_backup_view_ask (UiBackupView *self, const UiQuestion *question, GListModel *rows)
{
  g_return_if_fail (UI_IS_BACKUP_VIEW (self));

  ui_question_view_ask (self->question, question, rows);
  show_page (self, "question");
  /* What had the keyboard may be one of the rows that went. */
  (void) gtk_widget_child_focus (GTK_WIDGET (self->question), GTK_DIR_TAB_FORWARD);
}

void
ui_backup_view_set_working (UiBackupView *self, const char *text)
{
  g_return_if_fail (UI_IS_BACKUP_VIEW (self));

  gtk_label_set_text (self->working, text);
  show_page (self, "working");
}

void
ui_backup_view_show_list (UiBackupView *self)
{
  g_return_if_fail (UI_IS_BACKUP_VIEW (self));

  ui_question_view_clear (self->question);
  show_page (self, "list");
}

const char *
ui_backup_view_get_page (UiBackupView *self)
{
  g_return_val_if_fail (UI_IS_BACKUP_VIEW (self), NULL);

  return gtk_stack_get_visible_child_name (self->stack);
}

void
ui_backup_view_clear (UiBackupView *self)
{
  g_autoptr (GListStore) nothing = g_list_store_new (UI_TYPE_ROW);

  g_return_if_fail (UI_IS_BACKUP_VIEW (self));

  ui_backup_view_set_places (self, G_LIST_MODEL (nothing));
  ui_backup_view_set_backups (self, G_LIST_MODEL (nothing));
  ui_backup_view_set_result (self, "", FALSE);
  ui_backup_view_set_busy (self, FALSE);
  ui_backup_view_show_list (self);
}

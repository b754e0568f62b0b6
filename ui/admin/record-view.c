/* SPDX-License-Identifier: Apache-2.0 */
/* UiRecordView: the record, and its verification. */
#include "record-view.h"

#include "row-list.h"

struct _UiRecordView
{
  AdwBin parent_instance;

  GListStore *rows; /* owned */
  /* template children */
  GtkListBox *list;
  GtkWidget *verify;
  GtkWidget *findings_box;
  GtkLabel *findings;
  GtkLabel *checks;
  GtkWidget *review_box;
  GtkLabel *review;
  GtkWidget *sign_off;
  GtkWidget *older;
};

G_DEFINE_FINAL_TYPE (UiRecordView, ui_record_view, ADW_TYPE_BIN)

enum
{
  VERIFY,
  OLDER,
  SIGNED_OFF,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
verify_clicked_cb (UiRecordView *self)
{
  g_signal_emit (self, signals[VERIFY], 0);
}

static void
older_clicked_cb (UiRecordView *self)
{
  g_signal_emit (self, signals[OLDER], 0);
}

static void
sign_off_clicked_cb (UiRecordView *self)
{
  g_signal_emit (self, signals[SIGNED_OFF], 0);
}

static void
ui_record_view_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_RECORD_VIEW);
  g_clear_object (&UI_RECORD_VIEW (object)->rows);
  G_OBJECT_CLASS (ui_record_view_parent_class)->dispose (object);
}

static void
ui_record_view_class_init (UiRecordViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_record_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/admin/record-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiRecordView, list);
  gtk_widget_class_bind_template_child (widget_class, UiRecordView, verify);
  gtk_widget_class_bind_template_child (widget_class, UiRecordView, findings_box);
  gtk_widget_class_bind_template_child (widget_class, UiRecordView, findings);
  gtk_widget_class_bind_template_child (widget_class, UiRecordView, checks);
  gtk_widget_class_bind_template_child (widget_class, UiRecordView, review_box);
  gtk_widget_class_bind_template_child (widget_class, UiRecordView, review);
  gtk_widget_class_bind_template_child (widget_class, UiRecordView, sign_off);
  gtk_widget_class_bind_template_child (widget_class, UiRecordView, older);
  gtk_widget_class_bind_template_callback (widget_class, verify_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, older_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_off_clicked_cb);
  signals[VERIFY] =
      g_signal_new ("verify", UI_TYPE_RECORD_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNED_OFF] =
      g_signal_new ("signed-off", UI_TYPE_RECORD_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[OLDER] = g_signal_new ("older", UI_TYPE_RECORD_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_record_view_init (UiRecordView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_list_store_new (UI_TYPE_ROW);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->rows), ui_row_create_widget, NULL, NULL);
}

void
ui_record_view_set_rows (UiRecordView *self, GListModel *rows, gboolean has_older)
{
  g_return_if_fail (UI_IS_RECORD_VIEW (self));

  ui_row_list_become (self->rows, rows);
  gtk_widget_set_visible (self->older, has_older);
}

void
ui_record_view_set_findings (UiRecordView *self, const char *text, const char *checks, gboolean is_bad)
{
  g_return_if_fail (UI_IS_RECORD_VIEW (self));

  gtk_label_set_text (self->findings, text);
  gtk_label_set_text (self->checks, checks);
  gtk_widget_set_visible (self->findings_box, *text != '\0');
  if (is_bad)
    gtk_widget_add_css_class (self->findings_box, "bad");
  else
    gtk_widget_remove_css_class (self->findings_box, "bad");
}

void
ui_record_view_set_review (UiRecordView *self, const char *text, gboolean stands_out, gboolean can_sign_off)
{
  g_return_if_fail (UI_IS_RECORD_VIEW (self));

  gtk_label_set_text (self->review, text);
  gtk_widget_set_visible (self->review_box, *text != '\0');
  gtk_widget_set_visible (self->sign_off, can_sign_off);
  gtk_widget_set_sensitive (self->sign_off, TRUE);
  if (stands_out)
    gtk_widget_add_css_class (self->review_box, "stands-out");
  else
    gtk_widget_remove_css_class (self->review_box, "stands-out");
}

void
ui_record_view_set_busy (UiRecordView *self, gboolean busy)
{
  g_return_if_fail (UI_IS_RECORD_VIEW (self));

  gtk_widget_set_sensitive (self->verify, !busy);
  gtk_widget_set_sensitive (self->sign_off, !busy);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* UiScanPage: the live picture. */
#include "scan-page.h"

#include "picture.h"

struct _UiScanPage
{
  UiPage parent_instance;

  /* template children */
  UiPicture *picture;
  GtkProgressBar *progress;
  GtkWidget *stop;
};

G_DEFINE_FINAL_TYPE (UiScanPage, ui_scan_page, UI_TYPE_PAGE)

enum
{
  STOP,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
stop_clicked_cb (UiScanPage *self)
{
  g_signal_emit (self, signals[STOP], 0);
}

static void
ui_scan_page_clear (UiPage *page)
{
  UiScanPage *self = UI_SCAN_PAGE (page);

  ui_picture_clear (self->picture);
  gtk_progress_bar_set_fraction (self->progress, 0);
}

static void
ui_scan_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_SCAN_PAGE);
  G_OBJECT_CLASS (ui_scan_page_parent_class)->dispose (object);
}

static void
ui_scan_page_class_init (UiScanPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_scan_page_dispose;
  UI_PAGE_CLASS (klass)->clear = ui_scan_page_clear;
  g_type_ensure (UI_TYPE_PICTURE);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/pages/scan-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiScanPage, picture);
  gtk_widget_class_bind_template_child (widget_class, UiScanPage, progress);
  gtk_widget_class_bind_template_child (widget_class, UiScanPage, stop);
  gtk_widget_class_bind_template_callback (widget_class, stop_clicked_cb);
  signals[STOP] = g_signal_new ("stop", UI_TYPE_SCAN_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_scan_page_init (UiScanPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ui_scan_page_add_rows (UiScanPage *self, guint width_px, guint height_px, guint first_row, guint n_rows,
                       GBytes *samples)
{
  g_return_if_fail (UI_IS_SCAN_PAGE (self));

  ui_picture_add_rows (self->picture, width_px, height_px, first_row, n_rows, samples);
}

void
ui_scan_page_set_progress (UiScanPage *self, guint rows, guint rows_total)
{
  double fraction;

  g_return_if_fail (UI_IS_SCAN_PAGE (self));

  if (rows_total == 0)
    {
      gtk_progress_bar_pulse (self->progress);
      return;
    }
  fraction = MIN (1.0, (double) rows / rows_total);
  gtk_progress_bar_set_fraction (self->progress, fraction);
  ui_picture_set_scan_line (self->picture, fraction < 1.0 ? fraction : -1);
}

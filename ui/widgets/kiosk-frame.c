/* SPDX-License-Identifier: Apache-2.0 */
/* UiKioskFrame: the frame of the kiosk's pages. */
#include "kiosk-frame.h"

#include <glib/gi18n.h>

#include "stack.h"
#include "wait-label.h"

struct _UiKioskFrame
{
  AdwBin parent_instance;

  /* template children */
  GtkLabel *company;
  GtkBox *steps;
  GtkWidget *help;
  GtkStack *stack;
  GtkWidget *foot;
  GtkWidget *back;
  UiWaitLabel *wait;
  GtkLabel *countdown;
  GtkWidget *cancel;
  GtkWidget *sheet;
  GtkLabel *help_text;
  GtkWidget *close_help;

  gboolean has_buttons, is_waiting;
};

G_DEFINE_FINAL_TYPE (UiKioskFrame, ui_kiosk_frame, ADW_TYPE_BIN)

enum
{
  BACK,
  CANCEL,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* In the order of UiPage's "step" (1 to 5). */

static const char *const step_names[] = { N_ ("You"), N_ ("Purpose"), N_ ("Card"), N_ ("Check"), N_ ("Done") };

static UiPage *
get_page (UiKioskFrame *self)
{
  GtkWidget *child = gtk_stack_get_visible_child (self->stack);

  return child != NULL ? UI_PAGE (child) : NULL;
}

static void
help_clicked_cb (UiKioskFrame *self)
{
  UiPage *page = get_page (self);

  if (page == NULL)
    return;
  gtk_label_set_text (self->help_text, ui_page_get_help (page));
  gtk_widget_set_visible (self->sheet, TRUE);
  gtk_widget_set_can_focus (GTK_WIDGET (self->stack), FALSE);
  gtk_widget_grab_focus (self->close_help);
}

static void
close_clicked_cb (UiKioskFrame *self)
{
  ui_kiosk_frame_close_help (self);
}

static void
back_clicked_cb (UiKioskFrame *self)
{
  g_signal_emit (self, signals[BACK], 0);
}

static void
cancel_clicked_cb (UiKioskFrame *self)
{
  g_signal_emit (self, signals[CANCEL], 0);
}

static void
show_step (UiKioskFrame *self, guint step)
{
  guint i = 1;

  gtk_widget_set_visible (GTK_WIDGET (self->steps), step > 0);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->steps)); child != NULL;
       child = gtk_widget_get_next_sibling (child), i++)
    {
      gtk_widget_remove_css_class (child, "past");
      gtk_widget_remove_css_class (child, "now");
      if (i <= step)
        gtk_widget_add_css_class (child, i < step ? "past" : "now");
    }
}

static void
ui_kiosk_frame_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_KIOSK_FRAME);
  G_OBJECT_CLASS (ui_kiosk_frame_parent_class)->dispose (object);
}

static void
ui_kiosk_frame_class_init (UiKioskFrameClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_kiosk_frame_dispose;
  g_type_ensure (UI_TYPE_WAIT_LABEL);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/widgets/kiosk-frame.ui");
  gtk_widget_class_bind_template_child (widget_class, UiKioskFrame, company);
  gtk_widget_class_bind_template_child (widget_class, UiKioskFrame, steps);
  gtk_widget_class_bind_template_child (widget_class, UiKioskFrame, help);
  gtk_widget_class_bind_template_child (widget_class, UiKioskFrame, stack);
  gtk_widget_class_bind_template_child (widget_class, UiKioskFrame, foot);
  gtk_widget_class_bind_template_child (widget_class, UiKioskFrame, back);
  gtk_widget_class_bind_template_child (widget_class, UiKioskFrame, wait);
  gtk_widget_class_bind_template_child (widget_class, UiKioskFrame, countdown);
  gtk_widget_class_bind_template_child (widget_class, UiKioskFrame, cancel);
  gtk_widget_class_bind_template_child (widget_class, UiKioskFrame, sheet);
  gtk_widget_class_bind_template_child (widget_class, UiKioskFrame, help_text);
  gtk_widget_class_bind_template_child (widget_class, UiKioskFrame, close_help);
  gtk_widget_class_bind_template_callback (widget_class, help_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_clicked_cb);
  signals[BACK] = g_signal_new ("back", UI_TYPE_KIOSK_FRAME, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CANCEL] =
      g_signal_new ("cancel", UI_TYPE_KIOSK_FRAME, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_kiosk_frame_init (UiKioskFrame *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  for (gsize i = 0; i < G_N_ELEMENTS (step_names); i++)
    {
      GtkWidget *label = gtk_label_new (_ (step_names[i]));

      gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (label, "step");
      gtk_box_append (self->steps, label);
    }
}

void
ui_kiosk_frame_add_page (UiKioskFrame *self, const char *name, UiPage *page)
{
  g_return_if_fail (UI_IS_KIOSK_FRAME (self));

  ui_stack_add (self->stack, GTK_WIDGET (page), name);
}

void
ui_kiosk_frame_show_page (UiKioskFrame *self, const char *name, gboolean clear_last)
{
  UiPage *last, *page;

  g_return_if_fail (UI_IS_KIOSK_FRAME (self));

  last = get_page (self);
  page = UI_PAGE (gtk_stack_get_child_by_name (self->stack, name));
  gtk_widget_set_visible (self->help, *ui_page_get_help (page) != '\0');
  if (last == page)
    return;
  ui_kiosk_frame_close_help (self);
  ui_stack_show (self->stack, name);
  show_step (self, ui_page_get_step (page));
  if (last != NULL && clear_last)
    ui_page_clear (last);
  ui_page_focus (page);
}

const char *
ui_kiosk_frame_get_page (UiKioskFrame *self)
{
  g_return_val_if_fail (UI_IS_KIOSK_FRAME (self), NULL);

  return gtk_stack_get_visible_child_name (self->stack);
}

void
ui_kiosk_frame_set_company (UiKioskFrame *self, const char *company)
{
  g_return_if_fail (UI_IS_KIOSK_FRAME (self));

  gtk_label_set_text (self->company, company);
}

void
ui_kiosk_frame_set_buttons (UiKioskFrame *self, gboolean can_go_back, gboolean can_cancel)
{
  g_return_if_fail (UI_IS_KIOSK_FRAME (self));

  gtk_widget_set_visible (self->back, can_go_back);
  gtk_widget_set_visible (self->cancel, can_cancel);
  self->has_buttons = can_go_back || can_cancel;
  gtk_widget_set_visible (self->foot, self->has_buttons || self->is_waiting);
}

void
ui_kiosk_frame_set_waiting (UiKioskFrame *self, gboolean waiting)
{
  g_return_if_fail (UI_IS_KIOSK_FRAME (self));

  self->is_waiting = waiting;
  ui_wait_label_set_waiting (self->wait, waiting);
  gtk_widget_set_visible (self->foot, self->has_buttons || waiting);
}

void
ui_kiosk_frame_set_countdown (UiKioskFrame *self, int seconds)
{
  g_return_if_fail (UI_IS_KIOSK_FRAME (self));

  gtk_widget_set_visible (GTK_WIDGET (self->countdown), seconds >= 0);
  if (seconds >= 0)
    {
      g_autofree char *text = g_strdup_printf (
          /* Translators: shown when nobody touches the screen; then everything typed is wiped */
          g_dngettext (NULL, "Back to the start in %d second. Touch the screen to go on.",
                       "Back to the start in %d seconds. Touch the screen to go on.", (gulong) seconds),
          seconds);

      gtk_label_set_text (self->countdown, text);
    }
}

gboolean
ui_kiosk_frame_close_help (UiKioskFrame *self)
{
  g_return_val_if_fail (UI_IS_KIOSK_FRAME (self), FALSE);

  if (!gtk_widget_get_visible (self->sheet))
    return FALSE;
  gtk_widget_set_visible (self->sheet, FALSE);
  gtk_widget_set_can_focus (GTK_WIDGET (self->stack), TRUE);
  if (get_page (self) != NULL)
    ui_page_focus (get_page (self));
  return TRUE;
}

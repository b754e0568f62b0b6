/* SPDX-License-Identifier: Apache-2.0 */
/* UiWelcomePage: the start. */
#include "welcome-page.h"

#include "illustration.h"

struct _UiWelcomePage
{
  UiPage parent_instance;

  /* template children */
  GtkWidget *company_bar;
  GtkLabel *company;
  GtkWidget *leave;
  GtkWidget *lead;
  GtkLabel *notice;
  GtkWidget *employee;
  GtkWidget *contractor;
  GtkWidget *admin;
  GtkToggleButton *japanese;
  GtkToggleButton *english;

  gboolean is_setting;
};

G_DEFINE_FINAL_TYPE (UiWelcomePage, ui_welcome_page, UI_TYPE_PAGE)

enum
{
  EMPLOYEE,
  CONTRACTOR,
  ADMIN,
  LANGUAGE,
  LEAVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
employee_clicked_cb (UiWelcomePage *self)
{
  g_signal_emit (self, signals[EMPLOYEE], 0);
}

static void
contractor_clicked_cb (UiWelcomePage *self)
{
  g_signal_emit (self, signals[CONTRACTOR], 0);
}

static void
admin_clicked_cb (UiWelcomePage *self)
{
  g_signal_emit (self, signals[ADMIN], 0);
}

static void
leave_clicked_cb (UiWelcomePage *self)
{
  g_signal_emit (self, signals[LEAVE], 0);
}

static void
language_toggled (UiWelcomePage *self, GtkToggleButton *button, const char *code)
{
  if (gtk_toggle_button_get_active (button) && !self->is_setting)
    g_signal_emit (self, signals[LANGUAGE], 0, code);
}

static void
japanese_toggled_cb (UiWelcomePage *self, GtkToggleButton *button)
{
  language_toggled (self, button, "ja");
}

static void
english_toggled_cb (UiWelcomePage *self, GtkToggleButton *button)
{
  language_toggled (self, button, "en");
}

static void
ui_welcome_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_WELCOME_PAGE);
  G_OBJECT_CLASS (ui_welcome_page_parent_class)->dispose (object);
}

static void
ui_welcome_page_class_init (UiWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_welcome_page_dispose;
  g_type_ensure (UI_TYPE_ILLUSTRATION);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/pages/welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiWelcomePage, company_bar);
  gtk_widget_class_bind_template_child (widget_class, UiWelcomePage, company);
  gtk_widget_class_bind_template_child (widget_class, UiWelcomePage, leave);
  gtk_widget_class_bind_template_child (widget_class, UiWelcomePage, lead);
  gtk_widget_class_bind_template_child (widget_class, UiWelcomePage, notice);
  gtk_widget_class_bind_template_child (widget_class, UiWelcomePage, employee);
  gtk_widget_class_bind_template_child (widget_class, UiWelcomePage, contractor);
  gtk_widget_class_bind_template_child (widget_class, UiWelcomePage, admin);
  gtk_widget_class_bind_template_child (widget_class, UiWelcomePage, japanese);
  gtk_widget_class_bind_template_child (widget_class, UiWelcomePage, english);
  gtk_widget_class_bind_template_callback (widget_class, employee_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, contractor_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, admin_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, leave_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, japanese_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, english_toggled_cb);
  signals[EMPLOYEE] =
      g_signal_new ("employee", UI_TYPE_WELCOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CONTRACTOR] =
      g_signal_new ("contractor", UI_TYPE_WELCOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ADMIN] = g_signal_new ("admin", UI_TYPE_WELCOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LANGUAGE] = g_signal_new ("language", UI_TYPE_WELCOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[LEAVE] = g_signal_new ("leave", UI_TYPE_WELCOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_welcome_page_init (UiWelcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ui_welcome_page_set_language (UiWelcomePage *self, const char *code)
{
  g_return_if_fail (UI_IS_WELCOME_PAGE (self));

  self->is_setting = TRUE;
  gtk_toggle_button_set_active (g_str_equal (code, "ja") ? self->japanese : self->english, TRUE);
  self->is_setting = FALSE;
}

void
ui_welcome_page_set_company (UiWelcomePage *self, const char *company)
{
  g_return_if_fail (UI_IS_WELCOME_PAGE (self));

  gtk_label_set_text (self->company, company != NULL ? company : "");
  gtk_widget_set_visible (self->company_bar, company != NULL);
}

void
ui_welcome_page_set_notice (UiWelcomePage *self, const char *notice)
{
  g_return_if_fail (UI_IS_WELCOME_PAGE (self));

  gtk_label_set_text (self->notice, notice != NULL ? notice : "");
  gtk_widget_set_visible (GTK_WIDGET (self->notice), notice != NULL);
  gtk_widget_set_visible (self->lead, notice == NULL);
  gtk_widget_set_sensitive (self->employee, notice == NULL);
  gtk_widget_set_sensitive (self->contractor, notice == NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* UiAdminShell: navigation of admin mode. */
#include "admin-shell.h"

#include "stack.h"
#include "wait-label.h"

struct _UiAdminShell
{
  AdwBin parent_instance;

  /* template children */
  GtkLabel *company;
  GtkBox *buttons;
  GtkLabel *admin;
  GtkWidget *logout;
  UiWaitLabel *wait;
  GtkLabel *message;
  GtkStack *stack;
};

G_DEFINE_FINAL_TYPE (UiAdminShell, ui_admin_shell, ADW_TYPE_BIN)

enum
{
  LOGOUT,
  VIEW,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
logout_clicked_cb (UiAdminShell *self)
{
  g_signal_emit (self, signals[LOGOUT], 0);
}

static void
toggled_cb (UiAdminShell *self, GtkToggleButton *button)
{
  const char *name = gtk_widget_get_name (GTK_WIDGET (button));

  if (!gtk_toggle_button_get_active (button))
    return;
  ui_stack_show (self->stack, name);
  ui_admin_shell_set_message (self, "", FALSE);
  g_signal_emit (self, signals[VIEW], 0, name);
}

static void
ui_admin_shell_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_ADMIN_SHELL);
  G_OBJECT_CLASS (ui_admin_shell_parent_class)->dispose (object);
}

static void
ui_admin_shell_class_init (UiAdminShellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_admin_shell_dispose;
  g_type_ensure (UI_TYPE_WAIT_LABEL);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/admin/admin-shell.ui");
  gtk_widget_class_bind_template_child (widget_class, UiAdminShell, company);
  gtk_widget_class_bind_template_child (widget_class, UiAdminShell, buttons);
  gtk_widget_class_bind_template_child (widget_class, UiAdminShell, admin);
  gtk_widget_class_bind_template_child (widget_class, UiAdminShell, logout);
  gtk_widget_class_bind_template_child (widget_class, UiAdminShell, wait);
  gtk_widget_class_bind_template_child (widget_class, UiAdminShell, message);
  gtk_widget_class_bind_template_child (widget_class, UiAdminShell, stack);
  gtk_widget_class_bind_template_callback (widget_class, logout_clicked_cb);
  signals[LOGOUT] =
      g_signal_new ("logout", UI_TYPE_ADMIN_SHELL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[VIEW] =
      g_signal_new ("view", UI_TYPE_ADMIN_SHELL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ui_admin_shell_init (UiAdminShell *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ui_admin_shell_add_view (UiAdminShell *self, const char *name, const char *title, const char *icon_name,
                         GtkWidget *view)
{
  GtkWidget *button, *box, *label, *first;

  g_return_if_fail (UI_IS_ADMIN_SHELL (self));

  first = gtk_widget_get_first_child (GTK_WIDGET (self->buttons));
  button = gtk_toggle_button_new ();
  gtk_widget_set_name (button, name);
  gtk_widget_add_css_class (button, "nav-button");
  gtk_widget_add_css_class (button, "flat");
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (icon_name));
  label = gtk_label_new_with_mnemonic (title);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), button);
  gtk_box_append (GTK_BOX (box), label);
  gtk_button_set_child (GTK_BUTTON (button), box);
  ui_stack_add (self->stack, view, name);
  if (first != NULL)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), GTK_TOGGLE_BUTTON (first));
  else
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  g_signal_connect_object (button, "toggled", G_CALLBACK (toggled_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (self->buttons, button);
}

void
ui_admin_shell_set_view_offered (UiAdminShell *self, const char *name, gboolean is_offered)
{
  g_return_if_fail (UI_IS_ADMIN_SHELL (self));

  for (GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (self->buttons)); button != NULL;
       button = gtk_widget_get_next_sibling (button))
    if (g_strcmp0 (gtk_widget_get_name (button), name) == 0)
      gtk_widget_set_visible (button, is_offered);
}

void
ui_admin_shell_show_view (UiAdminShell *self, const char *name)
{
  g_return_if_fail (UI_IS_ADMIN_SHELL (self));

  for (GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (self->buttons)); button != NULL;
       button = gtk_widget_get_next_sibling (button))
    if (g_strcmp0 (gtk_widget_get_name (button), name) == 0)
      {
        gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
        gtk_widget_grab_focus (button);
      }
}

const char *
ui_admin_shell_get_view (UiAdminShell *self)
{
  g_return_val_if_fail (UI_IS_ADMIN_SHELL (self), NULL);

  return gtk_stack_get_visible_child_name (self->stack);
}

void
ui_admin_shell_set_admin (UiAdminShell *self, const char *company, const char *admin)
{
  g_return_if_fail (UI_IS_ADMIN_SHELL (self));

  gtk_label_set_text (self->company, company);
  gtk_label_set_text (self->admin, admin);
}

void
ui_admin_shell_set_message (UiAdminShell *self, const char *message, gboolean is_bad)
{
  g_return_if_fail (UI_IS_ADMIN_SHELL (self));

  gtk_label_set_text (self->message, message);
  gtk_widget_set_visible (GTK_WIDGET (self->message), *message != '\0');
  if (is_bad)
    gtk_widget_add_css_class (GTK_WIDGET (self->message), "bad");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->message), "bad");
}

void
ui_admin_shell_set_waiting (UiAdminShell *self, gboolean waiting)
{
  g_return_if_fail (UI_IS_ADMIN_SHELL (self));

  ui_wait_label_set_waiting (self->wait, waiting);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* UiDigitRow: three labels of four digits. */
#include "digit-row.h"

#include <string.h>

#define N_GROUPS 3
#define GROUP_DIGITS 4

struct _UiDigitRow
{
  GtkWidget parent_instance;

  /* children */
  GtkWidget *groups[N_GROUPS];
};

G_DEFINE_FINAL_TYPE (UiDigitRow, ui_digit_row, GTK_TYPE_WIDGET)

static void
ui_digit_row_dispose (GObject *object)
{
  UiDigitRow *self = UI_DIGIT_ROW (object);

  for (guint i = 0; i < N_GROUPS; i++)
    g_clear_pointer (&self->groups[i], gtk_widget_unparent);
  G_OBJECT_CLASS (ui_digit_row_parent_class)->dispose (object);
}

static void
ui_digit_row_class_init (UiDigitRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_digit_row_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "digits");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ui_digit_row_init (UiDigitRow *self)
{
  for (guint i = 0; i < N_GROUPS; i++)
    {
      self->groups[i] = gtk_label_new (NULL);
      gtk_widget_set_parent (self->groups[i], GTK_WIDGET (self));
    }
}

void
ui_digit_row_set_digits (UiDigitRow *self, const char *digits)
{
  g_return_if_fail (UI_IS_DIGIT_ROW (self));

  if (digits == NULL || strlen (digits) != N_GROUPS * GROUP_DIGITS)
    {
      ui_digit_row_clear (self);
      return;
    }
  for (guint i = 0; i < N_GROUPS; i++)
    {
      char group[GROUP_DIGITS + 1] = { 0 };

      memcpy (group, digits + i * GROUP_DIGITS, GROUP_DIGITS);
      gtk_label_set_text (GTK_LABEL (self->groups[i]), group);
      explicit_bzero (group, sizeof group);
    }
}

void
ui_digit_row_clear (UiDigitRow *self)
{
  g_return_if_fail (UI_IS_DIGIT_ROW (self));

  for (guint i = 0; i < N_GROUPS; i++)
    gtk_label_set_text (GTK_LABEL (self->groups[i]), "");
}

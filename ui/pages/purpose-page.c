/* SPDX-License-Identifier: Apache-2.0 */
/* UiPurposePage: 利用目的, shown before anything is scanned. */
#include "purpose-page.h"

#include <glib/gi18n.h>
#include <string.h>

struct _UiPurposePage
{
  UiPage parent_instance;

  /* template children */
  GtkLabel *greeting;
  GtkBox *list;
  GtkLabel *note;
  GtkLabel *version;
  GtkWidget *refuse;
  GtkWidget *agree;
};

G_DEFINE_FINAL_TYPE (UiPurposePage, ui_purpose_page, UI_TYPE_PAGE)

enum
{
  AGREED,
  REFUSED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
agree_clicked_cb (UiPurposePage *self)
{
  g_signal_emit (self, signals[AGREED], 0);
}

static void
refuse_clicked_cb (UiPurposePage *self)
{
  g_signal_emit (self, signals[REFUSED], 0);
}

static void
empty_list (UiPurposePage *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_box_remove (self->list, child);
}

static void
ui_purpose_page_clear (UiPage *page)
{
  UiPurposePage *self = UI_PURPOSE_PAGE (page);

  gtk_label_set_text (self->greeting, "");
  empty_list (self);
}

static void
ui_purpose_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_PURPOSE_PAGE);
  G_OBJECT_CLASS (ui_purpose_page_parent_class)->dispose (object);
}

static void
ui_purpose_page_class_init (UiPurposePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_purpose_page_dispose;
  UI_PAGE_CLASS (klass)->clear = ui_purpose_page_clear;
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/pages/purpose-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiPurposePage, greeting);
  gtk_widget_class_bind_template_child (widget_class, UiPurposePage, list);
  gtk_widget_class_bind_template_child (widget_class, UiPurposePage, note);
  gtk_widget_class_bind_template_child (widget_class, UiPurposePage, version);
  gtk_widget_class_bind_template_child (widget_class, UiPurposePage, refuse);
  gtk_widget_class_bind_template_child (widget_class, UiPurposePage, agree);
  gtk_widget_class_bind_template_callback (widget_class, refuse_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, agree_clicked_cb);
  signals[AGREED] =
      g_signal_new ("agreed", UI_TYPE_PURPOSE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REFUSED] =
      g_signal_new ("refused", UI_TYPE_PURPOSE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_purpose_page_init (UiPurposePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ui_purpose_page_set_person (UiPurposePage *self, const char *name, const char *const *purposes, const char *note,
                            const char *version)
{
  g_autofree char *greeting = NULL;
  g_autofree char *version_text = NULL;

  g_return_if_fail (UI_IS_PURPOSE_PAGE (self));

  /* Translators: greets the person by name */
  greeting = g_strdup_printf (_ ("Welcome, %s"), name);
  /* Translators: which wording of the list is shown */
  version_text = g_strdup_printf (_ ("Text %s"), version);
  gtk_label_set_text (self->greeting, greeting);
  gtk_label_set_text (self->note, note);
  gtk_label_set_text (self->version, version_text);
  empty_list (self);
  for (; *purposes != NULL; purposes++)
    {
      GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
      GtkWidget *icon = gtk_image_new_from_icon_name ("object-select-symbolic");
      GtkWidget *text = gtk_label_new (*purposes);

      gtk_widget_add_css_class (row, "purpose");
      gtk_widget_add_css_class (icon, "tick");
      gtk_label_set_xalign (GTK_LABEL (text), 0);
      gtk_label_set_wrap (GTK_LABEL (text), TRUE);
      gtk_box_append (GTK_BOX (row), icon);
      gtk_box_append (GTK_BOX (row), text);
      gtk_box_append (self->list, row);
    }
  explicit_bzero (greeting, strlen (greeting));
}

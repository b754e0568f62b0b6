/* SPDX-License-Identifier: Apache-2.0 */
/* UiWhoPage: code and birth date. */
#include "who-page.h"

#include <string.h>

#include "birth-date.h"
#include "keypad.h"

struct _UiWhoPage
{
  UiPage parent_instance;

  /* template children */
  GtkEditable *code;
  GtkEditable *birth_date;
  GtkLabel *words;
  GtkLabel *message;
  GtkWidget *next;
  UiKeypad *keypad;

  gboolean busy;
};

G_DEFINE_FINAL_TYPE (UiWhoPage, ui_who_page, UI_TYPE_PAGE)

enum
{
  IDENTIFIED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
update (UiWhoPage *self)
{
  g_autofree char *iso = ui_birth_date_parse (gtk_editable_get_text (self->birth_date));
  g_autofree char *words = iso != NULL ? ui_birth_date_to_words (iso) : g_strdup ("");

  gtk_label_set_text (self->words, words);
  gtk_widget_set_sensitive (self->next, !self->busy && iso != NULL && *gtk_editable_get_text (self->code) != '\0');
}

static void
changed_cb (UiWhoPage *self)
{
  ui_who_page_set_message (self, NULL);
  update (self);
}

static void
code_activated_cb (UiWhoPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->birth_date));
}

static void
next_cb (UiWhoPage *self)
{
  g_autofree char *iso = ui_birth_date_parse (gtk_editable_get_text (self->birth_date));
  g_autofree char *code = g_strstrip (g_strdup (gtk_editable_get_text (self->code)));

  if (iso != NULL && *code != '\0' && !self->busy)
    g_signal_emit (self, signals[IDENTIFIED], 0, code, iso);
}

static void
ui_who_page_clear (UiPage *page)
{
  UiWhoPage *self = UI_WHO_PAGE (page);

  ui_clear_editable (self->code);
  ui_clear_editable (self->birth_date);
  ui_keypad_show_layout (self->keypad, "digits");
  self->busy = FALSE;
  update (self);
}

static void
ui_who_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_WHO_PAGE);
  G_OBJECT_CLASS (ui_who_page_parent_class)->dispose (object);
}

static void
ui_who_page_class_init (UiWhoPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_who_page_dispose;
  UI_PAGE_CLASS (klass)->clear = ui_who_page_clear;
  g_type_ensure (UI_TYPE_KEYPAD);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/pages/who-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiWhoPage, code);
  gtk_widget_class_bind_template_child (widget_class, UiWhoPage, birth_date);
  gtk_widget_class_bind_template_child (widget_class, UiWhoPage, words);
  gtk_widget_class_bind_template_child (widget_class, UiWhoPage, message);
  gtk_widget_class_bind_template_child (widget_class, UiWhoPage, next);
  gtk_widget_class_bind_template_child (widget_class, UiWhoPage, keypad);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, code_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  signals[IDENTIFIED] = g_signal_new ("identified", UI_TYPE_WHO_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
ui_who_page_init (UiWhoPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_keypad_attach (self->keypad, self->code);
  ui_keypad_attach (self->keypad, self->birth_date);
}

void
ui_who_page_set_message (UiWhoPage *self, const char *message)
{
  g_return_if_fail (UI_IS_WHO_PAGE (self));

  gtk_label_set_text (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
}

void
ui_who_page_set_busy (UiWhoPage *self, gboolean busy)
{
  g_return_if_fail (UI_IS_WHO_PAGE (self));

  self->busy = busy;
  update (self);
}

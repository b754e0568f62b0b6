/* SPDX-License-Identifier: Apache-2.0 */
/* UiPinPage: a PIN. */
#include "pin-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "drop-down.h"
#include "illustration.h"
#include "keypad.h"

struct _UiPinPage
{
  UiPage parent_instance;

  /* template children */
  GtkLabel *title;
  GtkLabel *lead;
  GtkWidget *picture;
  GtkLabel *pin_label;
  GtkWidget *who;
  GtkDropDown *name;
  GtkEditable *pin;
  GtkLabel *message;
  GtkLabel *hint;
  GtkWidget *enter;
  UiKeypad *keypad;

  char **names; /* owned; NULL: there is nothing to choose */
  gboolean busy;
  gboolean asks_token;
};

G_DEFINE_FINAL_TYPE (UiPinPage, ui_pin_page, UI_TYPE_PAGE)

enum
{
  ENTERED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* Who was chosen; "" where there is only one, NULL as long as nobody is. The first of the choices asks to choose. */
static const char *
get_name (UiPinPage *self)
{
  guint place = gtk_drop_down_get_selected (self->name);

  if (self->names == NULL || self->asks_token)
    return "";
  return place > 0 && place <= g_strv_length (self->names) ? self->names[place - 1] : NULL;
}

static void
update (UiPinPage *self)
{
  gtk_widget_set_sensitive (self->enter,
                            !self->busy && *gtk_editable_get_text (self->pin) != '\0' && get_name (self) != NULL);
}

static void
changed_cb (UiPinPage *self)
{
  if (*gtk_editable_get_text (self->pin) != '\0')
    ui_pin_page_set_message (self, NULL);
  update (self);
}

static void
name_selected_cb (UiPinPage *self)
{
  if (get_name (self) != NULL)
    ui_pin_page_set_message (self, NULL);
  update (self);
}

static void
enter_cb (UiPinPage *self)
{
  const char *typed = gtk_editable_get_text (self->pin);
  g_autofree char *name = g_strdup (get_name (self));
  char *pin;

  if (*typed == '\0' || self->busy)
    return;
  if (name == NULL)
    {
      ui_pin_page_set_message (self, _ ("Please choose your name first."));
      return;
    }
  pin = g_strdup (typed);
  ui_clear_editable (self->pin);
  g_signal_emit (self, signals[ENTERED], 0, name, pin);
  explicit_bzero (pin, strlen (pin));
  g_free (pin);
}

static void
ui_pin_page_clear (UiPage *page)
{
  UiPinPage *self = UI_PIN_PAGE (page);

  ui_clear_editable (self->pin);
  gtk_drop_down_set_selected (self->name, 0);
  ui_keypad_show_layout (self->keypad, "digits");
  ui_pin_page_set_message (self, NULL);
  self->busy = FALSE;
  ui_pin_page_set_token (self, FALSE);
}

static void
ui_pin_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_PIN_PAGE);
  G_OBJECT_CLASS (ui_pin_page_parent_class)->dispose (object);
}

static void
ui_pin_page_finalize (GObject *object)
{
  g_strfreev (UI_PIN_PAGE (object)->names);
  G_OBJECT_CLASS (ui_pin_page_parent_class)->finalize (object);
}

static void
ui_pin_page_class_init (UiPinPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_pin_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_pin_page_finalize;
  UI_PAGE_CLASS (klass)->clear = ui_pin_page_clear;
  g_type_ensure (UI_TYPE_KEYPAD);
  g_type_ensure (UI_TYPE_ILLUSTRATION);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/pages/pin-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiPinPage, title);
  gtk_widget_class_bind_template_child (widget_class, UiPinPage, lead);
  gtk_widget_class_bind_template_child (widget_class, UiPinPage, picture);
  gtk_widget_class_bind_template_child (widget_class, UiPinPage, pin_label);
  gtk_widget_class_bind_template_child (widget_class, UiPinPage, who);
  gtk_widget_class_bind_template_child (widget_class, UiPinPage, name);
  gtk_widget_class_bind_template_child (widget_class, UiPinPage, pin);
  gtk_widget_class_bind_template_child (widget_class, UiPinPage, message);
  gtk_widget_class_bind_template_child (widget_class, UiPinPage, hint);
  gtk_widget_class_bind_template_child (widget_class, UiPinPage, enter);
  gtk_widget_class_bind_template_child (widget_class, UiPinPage, keypad);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, name_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, enter_cb);
  /* Static scope: the PIN is not copied on its way to the handlers. */
  signals[ENTERED] = g_signal_new ("entered", UI_TYPE_PIN_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                   G_TYPE_STRING, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
ui_pin_page_init (UiPinPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_keypad_attach (self->keypad, self->pin);
  ui_drop_down_set_name (self->name, _ ("_Name"));
}

void
ui_pin_page_set_names (UiPinPage *self, const char *const *names)
{
  g_autoptr (GtkStringList) choices = NULL;
  gboolean several = names[0] != NULL && names[1] != NULL;

  g_return_if_fail (UI_IS_PIN_PAGE (self));

  if (several ? self->names != NULL && g_strv_equal (names, (const char *const *) self->names) : self->names == NULL)
    return;
  g_clear_pointer (&self->names, g_strfreev);
  if (several)
    {
      const char *const ask[] = { _ ("Please choose"), NULL };

      choices = gtk_string_list_new (ask);
      gtk_string_list_splice (choices, 1, 0, names);
      self->names = g_strdupv ((char **) names);
    }
  gtk_drop_down_set_model (self->name, G_LIST_MODEL (choices));
  gtk_widget_set_visible (self->who, several && !self->asks_token);
  update (self);
}

void
ui_pin_page_set_texts (UiPinPage *self, const char *title, const char *lead)
{
  g_return_if_fail (UI_IS_PIN_PAGE (self));

  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->lead, lead);
}

static void
show_hint (UiPinPage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->hint), !self->asks_token && *gtk_label_get_text (self->hint) != '\0'
                                                       && !gtk_widget_get_visible (GTK_WIDGET (self->message)));
}

void
ui_pin_page_set_message (UiPinPage *self, const char *message)
{
  g_return_if_fail (UI_IS_PIN_PAGE (self));

  gtk_label_set_text (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
  show_hint (self);
}

void
ui_pin_page_set_token (UiPinPage *self, gboolean asks_token)
{
  g_return_if_fail (UI_IS_PIN_PAGE (self));

  self->asks_token = asks_token;
  gtk_widget_set_visible (self->picture, asks_token);
  gtk_widget_set_visible (self->who, self->names != NULL && !asks_token);
  gtk_label_set_text_with_mnemonic (self->pin_label, asks_token ? _ ("The token's _PIN") : _ ("_PIN"));
  show_hint (self);
  update (self);
}

void
ui_pin_page_set_hint (UiPinPage *self, const char *hint)
{
  g_return_if_fail (UI_IS_PIN_PAGE (self));

  gtk_label_set_text (self->hint, hint != NULL ? hint : "");
  show_hint (self);
}

void
ui_pin_page_set_busy (UiPinPage *self, gboolean busy)
{
  g_return_if_fail (UI_IS_PIN_PAGE (self));

  self->busy = busy;
  update (self);
}

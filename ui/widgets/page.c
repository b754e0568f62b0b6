/* SPDX-License-Identifier: Apache-2.0 */
/* UiPage: base class of the kiosk's screens. */
#include "page.h"

typedef struct
{
  char *help;
  guint step;
  GtkWidget *first_focus; /* borrowed: a child of the page */
} UiPagePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (UiPage, ui_page, ADW_TYPE_BIN)

enum
{
  PROP_HELP = 1,
  PROP_STEP,
  PROP_FIRST_FOCUS,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static void
ui_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiPagePrivate *priv = ui_page_get_instance_private (UI_PAGE (object));

  switch (id)
    {
    case PROP_HELP:
      g_value_set_string (value, priv->help);
      break;
    case PROP_STEP:
      g_value_set_uint (value, priv->step);
      break;
    case PROP_FIRST_FOCUS:
      g_value_set_object (value, priv->first_focus);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ui_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiPagePrivate *priv = ui_page_get_instance_private (UI_PAGE (object));

  switch (id)
    {
    case PROP_HELP:
      g_free (priv->help);
      priv->help = g_value_dup_string (value);
      break;
    case PROP_STEP:
      priv->step = g_value_get_uint (value);
      break;
    case PROP_FIRST_FOCUS:
      g_set_weak_pointer (&priv->first_focus, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ui_page_dispose (GObject *object)
{
  UiPagePrivate *priv = ui_page_get_instance_private (UI_PAGE (object));

  g_clear_weak_pointer (&priv->first_focus);
  G_OBJECT_CLASS (ui_page_parent_class)->dispose (object);
}

static void
ui_page_finalize (GObject *object)
{
  UiPagePrivate *priv = ui_page_get_instance_private (UI_PAGE (object));

  g_free (priv->help);
  G_OBJECT_CLASS (ui_page_parent_class)->finalize (object);
}

static void
ui_page_class_init (UiPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ui_page_get_property;
  object_class->set_property = ui_page_set_property;
  object_class->dispose = ui_page_dispose;
  object_class->finalize = ui_page_finalize;
  props[PROP_HELP] = g_param_spec_string ("help", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_STEP] = g_param_spec_uint ("step", NULL, NULL, 0, 5, 0, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_FIRST_FOCUS] =
      g_param_spec_object ("first-focus", NULL, NULL, GTK_TYPE_WIDGET, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ui_page_init (UiPage *self)
{
}

void
ui_page_clear (UiPage *self)
{
  g_return_if_fail (UI_IS_PAGE (self));

  if (UI_PAGE_GET_CLASS (self)->clear != NULL)
    UI_PAGE_GET_CLASS (self)->clear (self);
}

const char *
ui_page_get_help (UiPage *self)
{
  UiPagePrivate *priv = ui_page_get_instance_private (self);

  return priv->help != NULL ? priv->help : "";
}

guint
ui_page_get_step (UiPage *self)
{
  UiPagePrivate *priv = ui_page_get_instance_private (self);

  return priv->step;
}

void
ui_page_focus (UiPage *self)
{
  UiPagePrivate *priv = ui_page_get_instance_private (self);

  if (priv->first_focus != NULL)
    gtk_widget_grab_focus (priv->first_focus);
}

void
ui_clear_editable (GtkEditable *editable)
{
  gboolean undo = gtk_editable_get_enable_undo (editable);

  /* Switching undo off throws the history away. */
  gtk_editable_set_enable_undo (editable, FALSE);
  gtk_editable_set_text (editable, "");
  gtk_editable_set_enable_undo (editable, undo);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* UiRow: the words of one list line, and the widget that shows them. */
#include "row.h"

#include <string.h>

struct _UiRow
{
  GObject parent_instance;

  /* owned */
  char *id;
  char *title;
  char *subtitle;
  char *badge;
  char *tone;
  char *key;
  char *group;
};

G_DEFINE_FINAL_TYPE (UiRow, ui_row, G_TYPE_OBJECT)

static void
wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

static void
ui_row_finalize (GObject *object)
{
  UiRow *self = UI_ROW (object);

  wipe (self->id);
  wipe (self->title);
  wipe (self->subtitle);
  g_free (self->badge);
  g_free (self->tone);
  g_free (self->key);
  g_free (self->group);
  G_OBJECT_CLASS (ui_row_parent_class)->finalize (object);
}

static void
ui_row_class_init (UiRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_row_finalize;
}

static void
ui_row_init (UiRow *self)
{
  self->group = g_strdup ("");
}

UiRow *
ui_row_new (const char *id, const char *title, const char *subtitle, const char *badge, const char *tone,
            const char *key)
{
  UiRow *self = g_object_new (UI_TYPE_ROW, NULL);

  self->id = g_strdup (id);
  self->title = g_strdup (title);
  self->subtitle = g_strdup (subtitle);
  self->badge = g_strdup (badge);
  self->tone = g_strdup (tone);
  self->key = g_strdup (key);
  return self;
}

void
ui_row_set_group (UiRow *self, const char *group)
{
  g_free (self->group);
  self->group = g_strdup (group);
}

const char *
ui_row_get_group (UiRow *self)
{
  return self->group;
}

const char *
ui_row_get_id (UiRow *self)
{
  return self->id;
}

const char *
ui_row_get_title (UiRow *self)
{
  return self->title;
}

const char *
ui_row_get_key (UiRow *self)
{
  return self->key;
}

static gboolean
contains (const char *haystack, const char *folded)
{
  g_autofree char *text = g_utf8_casefold (haystack, -1);
  gboolean found = strstr (text, folded) != NULL;

  explicit_bzero (text, strlen (text));
  return found;
}

gboolean
ui_row_matches (UiRow *self, const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  return contains (self->title, folded) || contains (self->subtitle, folded);
}

GtkWidget *
ui_row_create_words (UiRow *self, gboolean wrap)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 16);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *title = gtk_label_new (self->title);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), wrap ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
  gtk_label_set_wrap (GTK_LABEL (title), wrap);
  gtk_label_set_wrap_mode (GTK_LABEL (title), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (title, "row-title");
  gtk_box_append (GTK_BOX (words), title);
  if (*self->subtitle != '\0')
    {
      GtkWidget *subtitle = gtk_label_new (self->subtitle);

      gtk_label_set_xalign (GTK_LABEL (subtitle), 0);
      gtk_label_set_ellipsize (GTK_LABEL (subtitle), wrap ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
      gtk_label_set_wrap (GTK_LABEL (subtitle), wrap);
      gtk_label_set_wrap_mode (GTK_LABEL (subtitle), PANGO_WRAP_WORD_CHAR);
      gtk_widget_add_css_class (subtitle, "row-subtitle");
      gtk_box_append (GTK_BOX (words), subtitle);
    }
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), words);
  if (*self->badge != '\0')
    {
      GtkWidget *badge = gtk_label_new (self->badge);

      gtk_widget_set_valign (badge, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (badge, "badge");
      gtk_widget_add_css_class (badge, self->tone);
      gtk_box_append (GTK_BOX (box), badge);
    }
  return box;
}

GtkWidget *
ui_row_create_widget (gpointer row, gpointer user_data)
{
  UiRow *self = UI_ROW (row);
  GtkWidget *item = gtk_list_box_row_new (), *box = ui_row_create_words (self, FALSE);

  gtk_widget_add_css_class (box, "row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (item), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, self->title, -1);
  return item;
}

void
ui_row_set_name (UiRow *self, GtkWidget *widget)
{
  const char *const parts[] = { self->title, self->subtitle, self->badge };
  g_autoptr (GString) name = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (*parts[i] != '\0')
      g_string_append_printf (name, "%s%s", name->len > 0 ? " " : "", parts[i]);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name->str, -1);
}

gboolean
ui_row_equal (UiRow *self, UiRow *other)
{
  return g_str_equal (self->id, other->id) && g_str_equal (self->title, other->title)
         && g_str_equal (self->subtitle, other->subtitle) && g_str_equal (self->badge, other->badge)
         && g_str_equal (self->tone, other->tone) && g_str_equal (self->key, other->key)
         && g_str_equal (self->group, other->group);
}

GtkWidget *
ui_row_create_widget_with_button (UiRow *row, const char *text, const char *name, GtkWidget **ret_button)
{
  GtkWidget *item = ui_row_create_widget (row, NULL);
  GtkWidget *button = gtk_button_new ();

  gtk_widget_set_focusable (item, FALSE);
  gtk_button_set_child (GTK_BUTTON (button), gtk_label_new (text));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_add_css_class (button, "big");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (item))), button);
  *ret_button = button;
  return item;
}

guint
ui_row_get_place (GtkWidget *button)
{
  GtkWidget *item = gtk_widget_get_ancestor (button, GTK_TYPE_LIST_BOX_ROW);

  g_return_val_if_fail (item != NULL, GTK_INVALID_LIST_POSITION);

  return (guint) gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (item));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* UiKeypad: digits, Latin letters and katakana on the screen. */
#include "keypad.h"

#include <glib/gi18n.h>
#include <string.h>

/* Rows of keys, keys separated by blanks. "_" leaves a gap; the named keys do something other than typing. */
#define KEY_DELETE "<"
#define KEY_VOICED "゛"
#define KEY_HALF_VOICED "゜"
#define KEY_SMALL "小"
#define KEY_SPACE "␣"
/* Layouts of more rows get lower keys, so that the page still fits. */
#define TALL_ROWS 5u

static const char digits_rows[] = "1 2 3\n4 5 6\n7 8 9\n_ 0 <";
static const char letters_rows[] = "A B C D E F\nG H I J K L\nM N O P Q R\nS T U V W X\nY Z - ␣ _ <";
static const char kana_rows[] = "ワ ラ ヤ マ ハ ナ タ サ カ ア\n"
                                "ヲ リ ゛ ミ ヒ ニ チ シ キ イ\n"
                                "ン ル ユ ム フ ヌ ツ ス ク ウ\n"
                                "ー レ ゜ メ ヘ ネ テ セ ケ エ\n"
                                "小 ロ ヨ モ ホ ノ ト ソ コ オ\n"
                                "_ _ _ _ _ _ _ _ ␣ <";

/* Katakana whose voiced, half-voiced or small form is typed after them. */
static const char *const voiced[] = { "カガ", "キギ", "クグ", "ケゲ", "コゴ", "サザ", "シジ", "スズ",
                                      "セゼ", "ソゾ", "タダ", "チヂ", "ツヅ", "テデ", "トド", "ハバ",
                                      "ヒビ", "フブ", "ヘベ", "ホボ", "ウヴ", NULL };
static const char *const half_voiced[] = { "ハパ", "ヒピ", "フプ", "ヘペ", "ホポ", NULL };
static const char *const small_kana[] = { "アァ", "イィ", "ウゥ", "エェ", "オォ", "ツッ",
                                          "ヤャ", "ユュ", "ヨョ", "ワヮ", NULL };

struct _UiKeypad
{
  GtkWidget parent_instance;

  /* children */
  GtkWidget *switches;
  GtkWidget *stack;

  /* owned */
  char *layouts;

  /* borrowed, weak */
  GtkEditable *target;
};

G_DEFINE_FINAL_TYPE (UiKeypad, ui_keypad, GTK_TYPE_WIDGET)

enum
{
  PROP_LAYOUTS = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

/* --- typing ------------------------------------------------------------------------------------------------------- */

static void
insert (UiKeypad *self, const char *text)
{
  int start, end, position;

  if (gtk_editable_get_selection_bounds (self->target, &start, &end))
    gtk_editable_delete_text (self->target, start, end);
  position = gtk_editable_get_position (self->target);
  gtk_editable_insert_text (self->target, text, -1, &position);
  gtk_editable_set_position (self->target, position);
}

static void
delete_one (UiKeypad *self)
{
  int start, end;

  if (!gtk_editable_get_selection_bounds (self->target, &start, &end))
    {
      end = gtk_editable_get_position (self->target);
      start = end - 1;
    }
  if (start >= 0)
    gtk_editable_delete_text (self->target, start, end);
}

/* Turns the kana before the cursor into its other form, by the pairs of @table, either way round. */
static void
change_form (UiKeypad *self, const char *const *table)
{
  int end = gtk_editable_get_position (self->target);
  g_autofree char *before = end > 0 ? gtk_editable_get_chars (self->target, end - 1, end) : NULL;

  for (; before != NULL && *table != NULL; table++)
    {
      const char *second = g_utf8_next_char (*table);
      const char *other = NULL;
      g_autofree char *first = g_strndup (*table, (gsize) (second - *table));

      if (strcmp (before, first) == 0)
        other = second;
      else if (strcmp (before, second) == 0)
        other = first;
      if (other == NULL)
        continue;
      delete_one (self);
      insert (self, other);
      return;
    }
}

static void
key_clicked_cb (UiKeypad *self, GtkButton *key)
{
  const char *what = g_object_get_data (G_OBJECT (key), "key");

  if (self->target == NULL || !gtk_widget_is_sensitive (GTK_WIDGET (self->target)))
    return;
  if (strcmp (what, KEY_DELETE) == 0)
    delete_one (self);
  else if (strcmp (what, KEY_VOICED) == 0)
    change_form (self, voiced);
  else if (strcmp (what, KEY_HALF_VOICED) == 0)
    change_form (self, half_voiced);
  else if (strcmp (what, KEY_SMALL) == 0)
    change_form (self, small_kana);
  else if (strcmp (what, KEY_SPACE) == 0)
    insert (self, " ");
  else
    insert (self, what);
}

/* --- building ----------------------------------------------------------------------------------------------------- */

static GtkWidget *
make_key (UiKeypad *self, const char *what)
{
  GtkWidget *key;
  const char *name = NULL;

  if (strcmp (what, "_") == 0)
    return gtk_label_new (NULL);
  if (strcmp (what, KEY_DELETE) == 0)
    {
      key = gtk_button_new_from_icon_name ("edit-clear-symbolic");
      name = _ ("Delete one character");
    }
  else
    {
      key = gtk_button_new ();
      gtk_button_set_child (GTK_BUTTON (key), gtk_label_new (what));
      if (strcmp (what, KEY_SPACE) == 0)
        name = _ ("Space");
    }
  gtk_widget_add_css_class (key, "key");
  gtk_widget_set_focusable (key, FALSE);
  gtk_widget_set_focus_on_click (key, FALSE);
  gtk_widget_set_hexpand (key, TRUE);
  gtk_widget_set_vexpand (key, TRUE);
  /* A key with a character on it is named by that. */
  if (name != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (key), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (key), "key", g_strdup (what), g_free);
  g_signal_connect_object (key, "clicked", G_CALLBACK (key_clicked_cb), self, G_CONNECT_SWAPPED);
  return key;
}

static GtkWidget *
make_grid (UiKeypad *self, const char *rows_text)
{
  GtkWidget *grid = gtk_grid_new ();
  g_auto (GStrv) rows = g_strsplit (rows_text, "\n", -1);

  gtk_grid_set_row_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_widget_add_css_class (grid, "keys");
  if (g_strv_length (rows) > TALL_ROWS)
    gtk_widget_add_css_class (grid, "tall");
  for (int y = 0; rows[y] != NULL; y++)
    {
      g_auto (GStrv) keys = g_strsplit (rows[y], " ", -1);

      for (int x = 0; keys[x] != NULL; x++)
        gtk_grid_attach (GTK_GRID (grid), make_key (self, keys[x]), x, y, 1, 1);
    }
  return grid;
}

static void
layout_toggled_cb (UiKeypad *self, GtkToggleButton *toggle)
{
  if (gtk_toggle_button_get_active (toggle))
    gtk_stack_set_visible_child_name (GTK_STACK (self->stack), gtk_widget_get_name (GTK_WIDGET (toggle)));
}

static void
add_layout (UiKeypad *self, const char *layout)
{
  GtkWidget *toggle, *first = gtk_widget_get_first_child (self->switches);
  const char *rows, *label, *name;

  if (strcmp (layout, "letters") == 0)
    {
      rows = letters_rows;
      label = "ABC";
      name = _ ("Letters");
    }
  else if (strcmp (layout, "kana") == 0)
    {
      rows = kana_rows;
      label = "アイウ";
      name = _ ("Katakana");
    }
  else
    {
      rows = digits_rows;
      label = "123";
      name = _ ("Digits");
    }
  gtk_stack_add_named (GTK_STACK (self->stack), make_grid (self, rows), layout);
  toggle = gtk_toggle_button_new ();
  gtk_button_set_child (GTK_BUTTON (toggle), gtk_label_new (label));
  gtk_widget_set_name (toggle, layout);
  gtk_widget_set_focusable (toggle, FALSE);
  gtk_widget_set_focus_on_click (toggle, FALSE);
  gtk_widget_add_css_class (toggle, "key-switch");
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (first != NULL)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (toggle), GTK_TOGGLE_BUTTON (first));
  else
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle), TRUE);
  g_signal_connect_object (toggle, "toggled", G_CALLBACK (layout_toggled_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->switches), toggle);
}

static void
set_layouts (UiKeypad *self, const char *layouts)
{
  g_auto (GStrv) names = g_strsplit (layouts, ",", -1);

  g_free (self->layouts);
  self->layouts = g_strdup (layouts);
  for (guint i = 0; names[i] != NULL; i++)
    add_layout (self, names[i]);
  gtk_widget_set_visible (self->switches, g_strv_length (names) > 1);
}

/* --- class -------------------------------------------------------------------------------------------------------- */

static void
ui_keypad_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, UI_KEYPAD (object)->layouts);
}

static void
ui_keypad_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  set_layouts (UI_KEYPAD (object), g_value_get_string (value));
}

static void
ui_keypad_dispose (GObject *object)
{
  UiKeypad *self = UI_KEYPAD (object);

  g_clear_weak_pointer (&self->target);
  g_clear_pointer (&self->switches, gtk_widget_unparent);
  g_clear_pointer (&self->stack, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_keypad_parent_class)->dispose (object);
}

static void
ui_keypad_finalize (GObject *object)
{
  g_free (UI_KEYPAD (object)->layouts);
  G_OBJECT_CLASS (ui_keypad_parent_class)->finalize (object);
}

static void
ui_keypad_class_init (UiKeypadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ui_keypad_get_property;
  object_class->set_property = ui_keypad_set_property;
  object_class->dispose = ui_keypad_dispose;
  object_class->finalize = ui_keypad_finalize;
  props[PROP_LAYOUTS] = g_param_spec_string ("layouts", NULL, NULL, NULL,
                                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "keypad");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ui_keypad_init (UiKeypad *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  self->switches = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_set_halign (self->switches, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->switches, "linked");
  gtk_widget_set_parent (self->switches, GTK_WIDGET (self));
  self->stack = gtk_stack_new ();
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Keys on the screen"), -1);
}

static void
focus_enter_cb (UiKeypad *self, GtkEventController *controller)
{
  g_set_weak_pointer (&self->target, GTK_EDITABLE (gtk_event_controller_get_widget (controller)));
}

void
ui_keypad_attach (UiKeypad *self, GtkEditable *editable)
{
  GtkEventController *controller;

  g_return_if_fail (UI_IS_KEYPAD (self));

  controller = gtk_event_controller_focus_new ();
  g_signal_connect_object (controller, "enter", G_CALLBACK (focus_enter_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (editable), controller);
  if (self->target == NULL)
    g_set_weak_pointer (&self->target, editable);
}

void
ui_keypad_show_layout (UiKeypad *self, const char *layout)
{
  g_return_if_fail (UI_IS_KEYPAD (self));

  for (GtkWidget *toggle = gtk_widget_get_first_child (self->switches); toggle != NULL;
       toggle = gtk_widget_get_next_sibling (toggle))
    if (g_strcmp0 (gtk_widget_get_name (toggle), layout) == 0)
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle), TRUE);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* UiRow: one line of a list, as words that are ready to show. Wiped when freed. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_ROW (ui_row_get_type ())
G_DECLARE_FINAL_TYPE (UiRow, ui_row, UI, ROW, GObject)

/**
 * ui_row_new:
 * @id: what signals name; not shown
 * @title: first line
 * @subtitle: second line, "" = none
 * @badge: a word or two about its state, "" = none
 * @tone: "good", "wait", "bad" or "plain": the badge's colour
 * @key: a code that filters compare, not shown
 */
UiRow *ui_row_new (const char *id, const char *title, const char *subtitle, const char *badge, const char *tone,
                   const char *key);

/* A second code that filters compare, "" before: not shown. */
void ui_row_set_group (UiRow *self, const char *group);
const char *ui_row_get_group (UiRow *self);

const char *ui_row_get_id (UiRow *self);
const char *ui_row_get_title (UiRow *self);
const char *ui_row_get_key (UiRow *self);
/* Whether @text occurs in title or subtitle, without regard to case; "" always does. */
gboolean ui_row_matches (UiRow *self, const char *text);

/* Whether both show and mean the same. */
gboolean ui_row_equal (UiRow *self, UiRow *other);

/* The words of a row, to be put into something that is pressed, in full where they wrap; and all of them as its name, for
 * those who do not see it. */
GtkWidget *ui_row_create_words (UiRow *self, gboolean wrap);
void ui_row_set_name (UiRow *self, GtkWidget *widget);

/* A GtkListBoxCreateWidgetFunc: title and subtitle at the left, badge at the right. */
GtkWidget *ui_row_create_widget (gpointer row, gpointer user_data);

/* The same with a button at its end: @text on it, @name for those who do not see the row. The row itself takes no focus.
 * @ret_button: (out): borrowed */
GtkWidget *ui_row_create_widget_with_button (UiRow *row, const char *text, const char *name, GtkWidget **ret_button);

/* The place in its list of the row that @button stands in. */
guint ui_row_get_place (GtkWidget *button);

G_END_DECLS

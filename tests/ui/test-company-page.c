/* SPDX-License-Identifier: Apache-2.0 */
/* The page on which a company is chosen: the search among many, and the keys on the screen for it. Needs a display. */
#include <adwaita.h>

#include "company-page.h"
#include "keypad.h"
#include "row.h"
#include "ui.h"

#define SKIPPED 77

typedef struct
{
  GtkWidget *window; /* owned */
  UiCompanyPage *page;
  GtkWidget *search, *keypad;
  char *chosen; /* owned */
} Fixture;

/* The first widget under @parent of @type: with @text on it, unless that is %NULL. */
static GtkWidget *
find (GtkWidget *parent, GType type, const char *text)
{
  for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *inside = gtk_widget_get_first_child (child), *found;

      if (G_TYPE_CHECK_INSTANCE_TYPE (child, type)
          && (text == NULL || (GTK_IS_LABEL (inside) && g_str_equal (gtk_label_get_text (GTK_LABEL (inside)), text))))
        return child;
      found = find (child, type, text);
      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
keep_cb (UiCompanyPage *page, const char *id, Fixture *f)
{
  g_free (f->chosen);
  f->chosen = g_strdup (id);
}

static gboolean
stop_cb (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

/* A search waits a moment for more of it. */
static void
wait_a_moment (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_timeout_add (400, stop_cb, loop);
  g_main_loop_run (loop);
}

static void
set_up (Fixture *f, gconstpointer n_companies)
{
  g_autoptr (GListStore) rows = g_list_store_new (UI_TYPE_ROW);

  for (guint i = 1; i <= GPOINTER_TO_UINT (n_companies); i++)
    {
      g_autofree char *id = g_strdup_printf ("id-%u", i), *title = g_strdup_printf ("Company %u", i);
      g_autoptr (UiRow) row = ui_row_new (id, title, "", "", "plain", "");

      g_list_store_append (rows, row);
    }
  f->page = g_object_new (UI_TYPE_COMPANY_PAGE, NULL);
  f->window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->page));
  gtk_window_present (GTK_WINDOW (f->window));
  ui_company_page_set_rows (f->page, G_LIST_MODEL (rows));
  f->search = find (GTK_WIDGET (f->page), GTK_TYPE_SEARCH_ENTRY, NULL);
  f->keypad = find (GTK_WIDGET (f->page), UI_TYPE_KEYPAD, NULL);
  g_signal_connect (f->page, "chosen", G_CALLBACK (keep_cb), f);
  wait_a_moment ();
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_free (f->chosen);
}

static void
press (Fixture *f, const char *key)
{
  GtkWidget *button = find (f->keypad, GTK_TYPE_BUTTON, key);

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
}

static void
test_few_need_no_search (Fixture *f, gconstpointer data)
{
  g_assert_false (gtk_widget_get_visible (f->search));
  g_assert_false (gtk_widget_get_visible (f->keypad));
}

static void
test_keys_come_with_the_search (Fixture *f, gconstpointer data)
{
  g_assert_true (gtk_widget_get_visible (f->search));
  g_assert_nonnull (f->keypad);
  g_assert_false (gtk_widget_get_visible (f->keypad));
  gtk_widget_grab_focus (f->search);
  g_assert_true (gtk_widget_get_visible (f->keypad));
  ui_page_clear (UI_PAGE (f->page));
  g_assert_false (gtk_widget_get_visible (f->keypad));
}

/* Without a keyboard: two keys, and the only one that is left is meant. */
static void
test_keys_search (Fixture *f, gconstpointer data)
{
  gtk_widget_grab_focus (f->search);
  ui_keypad_show_layout (UI_KEYPAD (f->keypad), "digits");
  press (f, "1");
  press (f, "2");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (f->search)), ==, "12");
  wait_a_moment ();
  g_signal_emit_by_name (f->search, "activate");
  g_assert_cmpstr (f->chosen, ==, "id-12");
}

/* "1" fits several: none of them is guessed. */
static void
test_several_are_not_chosen (Fixture *f, gconstpointer data)
{
  gtk_widget_grab_focus (f->search);
  press (f, "1");
  wait_a_moment ();
  g_signal_emit_by_name (f->search, "activate");
  g_assert_null (f->chosen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return SKIPPED;
    }
  adw_init ();
  ui_init (gdk_display_get_default ());
#define ADD(path, n, func) g_test_add (path, Fixture, GUINT_TO_POINTER (n), set_up, func, tear_down)
  ADD ("/company-page/search/few-need-none", UI_COMPANY_PAGE_SEARCH_FROM - 1, test_few_need_no_search);
  ADD ("/company-page/keys/come-with-the-search", UI_COMPANY_PAGE_SEARCH_FROM, test_keys_come_with_the_search);
  ADD ("/company-page/keys/search", 12, test_keys_search);
  ADD ("/company-page/keys/several-are-not-chosen", 12, test_several_are_not_chosen);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* row-list: whatever the lists, one becomes the other, bit by bit, and what both have stays. Needs no display. */
#include "row-list.h"

/* Rows named by the letters of @text. */
static GListModel *
list_of (const char *text)
{
  GListStore *rows = g_list_store_new (UI_TYPE_ROW);

  for (; *text != '\0'; text++)
    {
      const char id[] = { *text, '\0' };
      g_autoptr (UiRow) row = ui_row_new (id, "見本", "", "", "plain", "");

      g_list_store_append (rows, row);
    }
  return G_LIST_MODEL (rows);
}

static char *
text_of (GListModel *rows)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (UiRow) row = g_list_model_get_item (rows, i);

      g_string_append (text, ui_row_get_id (row));
    }
  return g_string_free (text, FALSE);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_becomes (void)
{
  static const char *const texts[] = { "",
                                       "a",
                                       "ab",
                                       "ba",
                                       "abcdefghijklmnopqrstuvwxyz",
                                       "zabcdefghijklmnopqrstuvwxyz",
                                       "abcxyz",
                                       "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
                                       "aaaa" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
      {
        g_autoptr (GListModel) rows = list_of (texts[i]), wanted = list_of (texts[k]);
        g_autofree char *text = NULL;

        ui_row_list_become (G_LIST_STORE (rows), wanted);
        settle ();
        text = text_of (rows);
        g_assert_cmpstr (text, ==, texts[k]);
      }
}

static void
count_cb (GListModel *rows, guint place, guint n_gone, guint n_new, guint *most)
{
  *most = MAX (*most, n_new);
}

/* A long list comes in pieces; what is asked for meanwhile takes its place. */
static void
test_in_pieces (void)
{
  g_autoptr (GListModel) rows = list_of (""), wanted = list_of ("abcdefghijklmnopqrstuvwxyz"), other = list_of ("xyz");
  g_autofree char *begun = NULL, *text = NULL;
  guint most = 0;

  g_signal_connect (rows, "items-changed", G_CALLBACK (count_cb), &most);
  ui_row_list_become (G_LIST_STORE (rows), wanted);
  begun = text_of (rows);
  g_assert_cmpuint (strlen (begun), <, 26);
  g_assert_true (g_str_has_prefix ("abcdefghijklmnopqrstuvwxyz", begun));
  g_assert_cmpuint (most, <=, 12);
  ui_row_list_become (G_LIST_STORE (rows), other);
  settle ();
  text = text_of (rows);
  g_assert_cmpstr (text, ==, "xyz");
  ui_row_list_become (G_LIST_STORE (rows), wanted);
  g_clear_object (&rows); /* in the middle of it */
  settle ();
}

/* New entries at the top leave the others as they are. */
static void
test_what_stays (void)
{
  g_autoptr (GListModel) rows = list_of ("cdef"), wanted = list_of ("abcdef");
  g_autoptr (UiRow) before = g_list_model_get_item (rows, 0), after = NULL;

  ui_row_list_become (G_LIST_STORE (rows), wanted);
  after = g_list_model_get_item (rows, 2);
  g_assert_true (before == after);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/row-list/becomes", test_becomes);
  g_test_add_func ("/row-list/in-pieces", test_in_pieces);
  g_test_add_func ("/row-list/what-stays", test_what_stays);
  return g_test_run ();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Views of admin mode that decide something: what they let through, and what they keep. Needs a display. */
#include <adwaita.h>

#include "backup-view.h"
#include "disposal-view.h"
#include "export-view.h"
#include "handed-view.h"
#include "import-view.h"
#include "passphrase-view.h"
#include "people-view.h"
#include "question-view.h"
#include "record-view.h"
#include "retention-view.h"
#include "review-view.h"
#include "row.h"
#include "safety-view.h"
#include "ui.h"

#define SKIPPED 77

/* --- helpers --------------------------------------------------------------------------------------------------------- */

static gboolean
has_label (GtkWidget *widget, const char *text)
{
  return GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text);
}

/* The first widget under @parent of @type in which, or beside which, @text stands. */
static GtkWidget *
find (GtkWidget *parent, GType type, const char *text)
{
  for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, text);

      if (found != NULL)
        return found;
      if (has_label (child, text))
        for (GtkWidget *up = child; up != NULL; up = gtk_widget_get_parent (up))
          if (G_TYPE_CHECK_INSTANCE_TYPE (up, type))
            return up;
    }
  return NULL;
}

static GtkWidget *
find_type (GtkWidget *parent, GType type)
{
  for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = NULL;

      /* A drop-down has a list of its own. */
      if (G_TYPE_CHECK_INSTANCE_TYPE (child, type))
        found = child;
      else if (!GTK_IS_DROP_DOWN (child))
        found = find_type (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkCheckButton *
find_check (GtkWidget *item)
{
  GtkWidget *check = gtk_widget_get_first_child (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (item)));

  g_assert_true (GTK_IS_CHECK_BUTTON (check));
  return GTK_CHECK_BUTTON (check);
}

static void
click (GtkWidget *button)
{
  g_assert_nonnull (button);
  if (gtk_widget_is_sensitive (button))
    g_signal_emit_by_name (button, "clicked");
}

static GListStore *
rows_new (void)
{
  static const char *const rows[][3] = { { "id-a", "Alpha", "due" },
                                         { "id-b", "Beta", "due" },
                                         { "id-c", "Gamma", "soon 2027-01" },
                                         { "id-d", "Delta", "later 2027-09" } };
  GListStore *store = g_list_store_new (UI_TYPE_ROW);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (UiRow) row = ui_row_new (rows[i][0], rows[i][1], "", "", "plain", rows[i][2]);

      g_list_store_append (store, row);
    }
  return store;
}

static void
keep_strv_cb (GtkWidget *view, GStrv ids, GStrv *kept)
{
  g_strfreev (*kept);
  *kept = g_strdupv (ids);
}

static void
count_cb (GtkWidget *view, gboolean erase, guint *count)
{
  *count += erase ? 100 : 1;
}

static void
count_plain_cb (GtkWidget *view, guint *count)
{
  (*count)++;
}

static void
keep_text_cb (GtkWidget *view, const char *text, char **kept)
{
  g_free (*kept);
  *kept = g_strdup (text);
}

/* --- people ---------------------------------------------------------------------------------------------------------- */

static guint
count_shown (GtkWidget *view)
{
  GtkWidget *list = find_type (view, GTK_TYPE_LIST_VIEW);

  return g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (list))));
}

/* Of people in two departments and of some without one: each with its own, and the choice stays when the list comes anew. */
static void
test_people_departments (void)
{
  static const char *const departments[] = { "営業部", "総務部", "", NULL }, *const fewer[] = { "営業部", "", NULL },
                           *const one[] = { "営業部", NULL };
  UiPeopleView *view = g_object_ref_sink (g_object_new (UI_TYPE_PEOPLE_VIEW, NULL));
  g_autoptr (GListStore) rows = g_list_store_new (UI_TYPE_ROW);
  GtkDropDown *choice = GTK_DROP_DOWN (find_type (GTK_WIDGET (view), GTK_TYPE_DROP_DOWN));

  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (UiRow) row = ui_row_new ("id", "Name", "", "", "plain", i < 3 ? "none" : "approved");

      ui_row_set_group (row, departments[i < 3 ? 0 : i - 3]);
      g_list_store_append (rows, row);
    }
  ui_people_view_set_rows (view, G_LIST_MODEL (rows));
  /* They come bit by bit. */
  while (count_shown (GTK_WIDGET (view)) < 6)
    g_main_context_iteration (NULL, TRUE);
  ui_people_view_set_departments (view, departments);
  g_assert_cmpuint (count_shown (GTK_WIDGET (view)), ==, 6);
  gtk_drop_down_set_selected (choice, 1);
  g_assert_cmpuint (count_shown (GTK_WIDGET (view)), ==, 4);
  gtk_drop_down_set_selected (choice, 3);
  g_assert_cmpuint (count_shown (GTK_WIDGET (view)), ==, 1);
  ui_people_view_set_departments (view, fewer);
  g_assert_cmpuint (gtk_drop_down_get_selected (choice), ==, 2);
  g_assert_cmpuint (count_shown (GTK_WIDGET (view)), ==, 1);
  /* The chosen one is gone: everybody. */
  ui_people_view_set_departments (view, one);
  g_assert_cmpuint (count_shown (GTK_WIDGET (view)), ==, 6);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (choice)));
  g_assert_finalize_object (view);
}

/* --- an import ------------------------------------------------------------------------------------------------------- */

static void
test_import_page (void)
{
  const UiImport import = { .title = "Title", .lead = "Lead", .note = "", .go = "_Go" };
  UiImport done = import;
  UiImportView *view = g_object_ref_sink (g_object_new (UI_TYPE_IMPORT_VIEW, NULL));
  g_autoptr (GListStore) rows = rows_new ();
  GtkWidget *go;
  guint went = 0;

  g_signal_connect (view, "go", G_CALLBACK (count_plain_cb), &went);
  ui_import_view_show (view, &import, G_LIST_MODEL (rows));
  while (count_shown (GTK_WIDGET (view)) < 4)
    g_main_context_iteration (NULL, TRUE);
  go = find (GTK_WIDGET (view), GTK_TYPE_BUTTON, "Go");
  click (go);
  g_assert_cmpuint (went, ==, 1);
  /* Once is enough while it is done. */
  ui_import_view_set_working (view, TRUE);
  click (go);
  g_assert_cmpuint (went, ==, 1);
  done.go = NULL;
  ui_import_view_show (view, &done, NULL);
  g_assert_false (gtk_widget_get_visible (go));
  ui_import_view_clear (view);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (count_shown (GTK_WIDGET (view)), ==, 0);
  g_assert_null (find (GTK_WIDGET (view), GTK_TYPE_LABEL, "Title"));
  g_assert_finalize_object (view);
}

/* --- a question ------------------------------------------------------------------------------------------------------- */

static UiQuestion
question_new (const char *decision)
{
  return (UiQuestion){ .title = "Title",
                       .lead = "Lead",
                       .note = "",
                       .decision = decision,
                       .go = "_Go",
                       .row = "Only",
                       .row_name = "Only %s" };
}

/* A tick is for what was on the screen when it was made. */
static void
test_question_is_decided_anew (void)
{
  GtkWidget *view = g_object_ref_sink (g_object_new (UI_TYPE_QUESTION_VIEW, NULL));
  const UiQuestion question = question_new ("I decide");
  GtkWidget *check;
  guint count = 0;

  g_signal_connect (view, "go", G_CALLBACK (count_plain_cb), &count);
  ui_question_view_ask (UI_QUESTION_VIEW (view), &question, NULL);
  click (find (view, GTK_TYPE_BUTTON, "Go"));
  g_assert_cmpuint (count, ==, 0);
  check = find (view, GTK_TYPE_CHECK_BUTTON, "I decide");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
  ui_question_view_ask (UI_QUESTION_VIEW (view), &question, NULL);
  click (find (view, GTK_TYPE_BUTTON, "Go"));
  g_assert_cmpuint (count, ==, 0);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
  click (find (view, GTK_TYPE_BUTTON, "Go"));
  g_assert_cmpuint (count, ==, 1);
  g_object_unref (view);
}

/* Whose key is "fixed" is not chosen alone; nothing of a question stays when it is cleared. */
static void
test_question_rows (void)
{
  GtkWidget *view = g_object_ref_sink (g_object_new (UI_TYPE_QUESTION_VIEW, NULL));
  const UiQuestion question = question_new (NULL);
  g_autoptr (GListStore) rows = g_list_store_new (UI_TYPE_ROW);
  g_autoptr (UiRow) one = ui_row_new ("id-a", "Alpha", "", "", "plain", "");
  g_autoptr (UiRow) other = ui_row_new ("id-b", "Beta", "", "", "plain", "fixed");
  g_autofree char *chosen = NULL;

  g_list_store_append (rows, other);
  g_list_store_append (rows, one);
  g_signal_connect (view, "row", G_CALLBACK (keep_text_cb), &chosen);
  ui_question_view_ask (UI_QUESTION_VIEW (view), &question, G_LIST_MODEL (rows));
  g_assert_nonnull (find (view, GTK_TYPE_LIST_BOX_ROW, "Beta"));
  click (find (view, GTK_TYPE_BUTTON, "Only"));
  g_assert_cmpstr (chosen, ==, "id-a");
  g_assert_false (gtk_widget_get_visible (find (view, GTK_TYPE_CHECK_BUTTON, "")));
  ui_question_view_clear (UI_QUESTION_VIEW (view));
  g_assert_null (find (view, GTK_TYPE_LIST_BOX_ROW, "Alpha"));
  g_assert_null (find (view, GTK_TYPE_LABEL, "Title"));
  g_object_unref (view);
}

/* An auditor sees what there is, and no more. */
static void
test_backups_are_not_for_everybody (void)
{
  GtkWidget *view = g_object_ref_sink (g_object_new (UI_TYPE_BACKUP_VIEW, NULL));
  g_autoptr (GListStore) rows = g_list_store_new (UI_TYPE_ROW);
  g_autoptr (UiRow) row = ui_row_new ("id-a", "Alpha", "", "", "plain", "");

  g_list_store_append (rows, row);
  ui_backup_view_set_allowed (UI_BACKUP_VIEW (view), FALSE);
  ui_backup_view_set_places (UI_BACKUP_VIEW (view), G_LIST_MODEL (rows));
  ui_backup_view_set_backups (UI_BACKUP_VIEW (view), G_LIST_MODEL (rows));
  g_assert_nonnull (find (view, GTK_TYPE_LIST_BOX_ROW, "Alpha"));
  g_assert_null (find (view, GTK_TYPE_BUTTON, "Remove"));
  g_assert_null (find (view, GTK_TYPE_BUTTON, "Bring back"));
  g_assert_false (gtk_widget_get_visible (find (view, GTK_TYPE_BUTTON, "Register a place")));
  g_object_unref (view);
}

/* --- disposal -------------------------------------------------------------------------------------------------------- */

static void
test_only_due_can_be_chosen (void)
{
  GtkWidget *view = g_object_ref_sink (g_object_new (UI_TYPE_DISPOSAL_VIEW, NULL));
  g_autoptr (GListStore) rows = rows_new ();
  g_auto (GStrv) ids = NULL;
  GtkWidget *item;

  g_signal_connect (view, "preview", G_CALLBACK (keep_strv_cb), &ids);
  ui_disposal_view_set_rows (UI_DISPOSAL_VIEW (view), G_LIST_MODEL (rows));
  click (find (view, GTK_TYPE_BUTTON, "Look at what would go"));
  g_assert_null (ids);
  g_assert_null (find (view, GTK_TYPE_LIST_BOX_ROW, "Gamma"));
  item = find (view, GTK_TYPE_LIST_BOX_ROW, "Beta");
  gtk_check_button_set_active (find_check (item), TRUE);
  click (find (view, GTK_TYPE_BUTTON, "Look at what would go"));
  g_assert_nonnull (ids);
  g_assert_cmpuint (g_strv_length (ids), ==, 1);
  g_assert_cmpstr (ids[0], ==, "id-b");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (find (view, GTK_TYPE_TOGGLE_BUTTON, "Calendar")), TRUE);
  g_assert_nonnull (find (view, GTK_TYPE_LIST_BOX_ROW, "Gamma"));
  g_assert_null (find (view, GTK_TYPE_LIST_BOX_ROW, "Alpha"));
  item = find (view, GTK_TYPE_LIST_BOX_ROW, "Delta");
  g_assert_false (
      GTK_IS_CHECK_BUTTON (gtk_widget_get_first_child (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (item)))));
  g_object_unref (view);
}

static void
test_all_is_those_shown (void)
{
  GtkWidget *view = g_object_ref_sink (g_object_new (UI_TYPE_DISPOSAL_VIEW, NULL));
  g_autoptr (GListStore) rows = rows_new (), fewer = rows_new ();
  g_auto (GStrv) ids = NULL;

  g_signal_connect (view, "preview", G_CALLBACK (keep_strv_cb), &ids);
  ui_disposal_view_set_rows (UI_DISPOSAL_VIEW (view), G_LIST_MODEL (rows));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (find (view, GTK_TYPE_CHECK_BUTTON, "Choose all")), TRUE);
  click (find (view, GTK_TYPE_BUTTON, "Look at what would go"));
  g_assert_cmpuint (g_strv_length (ids), ==, 2);
  /* A new list begins with nobody chosen. */
  g_clear_pointer (&ids, g_strfreev);
  g_list_store_remove (fewer, 0);
  ui_disposal_view_set_rows (UI_DISPOSAL_VIEW (view), G_LIST_MODEL (fewer));
  click (find (view, GTK_TYPE_BUTTON, "Look at what would go"));
  g_assert_null (ids);
  g_object_unref (view);
}

static void
test_nothing_goes_without_decision (void)
{
  GtkWidget *view = g_object_ref_sink (g_object_new (UI_TYPE_DISPOSAL_VIEW, NULL)), *button;
  GtkCheckButton *decision;
  g_autoptr (GListStore) rows = rows_new ();
  guint decided = 0;

  g_signal_connect (view, "decided", G_CALLBACK (count_cb), &decided);
  ui_disposal_view_ask (UI_DISPOSAL_VIEW (view), G_LIST_MODEL (rows), "", FALSE);
  g_assert_cmpstr (ui_disposal_view_get_page (UI_DISPOSAL_VIEW (view)), ==, "ask");
  button = find (view, GTK_TYPE_BUTTON, "Dispose of them");
  click (button);
  g_assert_cmpuint (decided, ==, 0);
  decision = GTK_CHECK_BUTTON (
      find (view, GTK_TYPE_CHECK_BUTTON, "As the responsible person I decide that these numbers are disposed of"));
  gtk_check_button_set_active (decision, TRUE);
  click (button);
  g_assert_cmpuint (decided, ==, 1);
  /* The next question is another decision. */
  ui_disposal_view_ask (UI_DISPOSAL_VIEW (view), G_LIST_MODEL (rows), "", FALSE);
  g_assert_false (gtk_check_button_get_active (decision));
  click (button);
  g_assert_cmpuint (decided, ==, 1);
  g_object_unref (view);
}

static void
test_nothing_personal_stays (void)
{
  GtkWidget *view = g_object_ref_sink (g_object_new (UI_TYPE_DISPOSAL_VIEW, NULL));
  GListStore *rows = rows_new ();

  ui_disposal_view_set_rows (UI_DISPOSAL_VIEW (view), G_LIST_MODEL (rows));
  ui_disposal_view_ask (UI_DISPOSAL_VIEW (view), G_LIST_MODEL (rows), "", FALSE);
  g_assert_nonnull (find (view, GTK_TYPE_LIST_BOX_ROW, "Alpha"));
  ui_disposal_view_clear (UI_DISPOSAL_VIEW (view));
  g_assert_null (find (view, GTK_TYPE_LIST_BOX_ROW, "Alpha"));
  g_assert_cmpstr (ui_disposal_view_get_page (UI_DISPOSAL_VIEW (view)), ==, "list");
  g_assert_finalize_object (rows);
  g_object_unref (view);
}

/* --- safety ---------------------------------------------------------------------------------------------------------- */

static void
test_one_action_at_a_time (void)
{
  static const UiSafetyItem items[] = {
    { "good", "Good", "One", "a sentence", NULL, NULL },
    { "bad", "To do", "Two", "", "act", "Do it" },
  };
  GtkWidget *view = g_object_ref_sink (g_object_new (UI_TYPE_SAFETY_VIEW, NULL));
  g_autofree char *action = NULL;

  g_signal_connect (view, "action", G_CALLBACK (keep_text_cb), &action);
  ui_safety_view_set_items (UI_SAFETY_VIEW (view), items, G_N_ELEMENTS (items));
  ui_safety_view_set_busy (UI_SAFETY_VIEW (view), TRUE);
  click (find (view, GTK_TYPE_BUTTON, "Do it"));
  g_assert_null (action);
  ui_safety_view_set_busy (UI_SAFETY_VIEW (view), FALSE);
  click (find (view, GTK_TYPE_BUTTON, "Do it"));
  g_assert_cmpstr (action, ==, "act");
  ui_safety_view_set_items (UI_SAFETY_VIEW (view), NULL, 0);
  g_assert_null (find (view, GTK_TYPE_LIST_BOX_ROW, "One"));
  g_object_unref (view);
}

/* --- the record ------------------------------------------------------------------------------------------------------ */

static void
test_review_is_signed_by_who_may (void)
{
  GtkWidget *view = g_object_ref_sink (g_object_new (UI_TYPE_RECORD_VIEW, NULL)), *button;
  guint signed_off = 0;

  g_signal_connect (view, "signed-off", G_CALLBACK (count_plain_cb), &signed_off);
  button = find (view, GTK_TYPE_BUTTON, "I have seen them");
  ui_record_view_set_review (UI_RECORD_VIEW (view), "two entries", TRUE, FALSE);
  g_assert_false (gtk_widget_get_visible (button));
  ui_record_view_set_review (UI_RECORD_VIEW (view), "two entries", TRUE, TRUE);
  g_assert_true (gtk_widget_get_visible (button));
  click (button);
  g_assert_cmpuint (signed_off, ==, 1);
  ui_record_view_set_review (UI_RECORD_VIEW (view), "", FALSE, TRUE);
  g_assert_false (gtk_widget_get_visible (gtk_widget_get_parent (button)));
  g_object_unref (view);
}

/* --- review ---------------------------------------------------------------------------------------------------------- */

static void
count_reveal_cb (GtkWidget *view, const char *record_id, const char *purpose, guint *count)
{
  g_assert_cmpstr (record_id, ==, "r1");
  g_assert_cmpstr (purpose, ==, "tax");
  (*count)++;
}

static void
spin_until_mapped (GtkWidget *widget)
{
  while (!gtk_widget_get_mapped (widget))
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
end_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
spin_for (guint seconds)
{
  gboolean ended = FALSE;

  g_timeout_add_seconds (seconds, end_cb, &ended);
  while (!ended)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
shows_number (GtkWidget *view)
{
  return find (view, GTK_TYPE_LABEL, "1234") != NULL || find (view, GTK_TYPE_LABEL, "9018") != NULL;
}

static void
show_record (UiReviewView *view)
{
  static const char *const facts[] = { NULL }, *const codes[] = { "tax", NULL }, *const titles[] = { "Taxes", NULL };

  ui_review_view_set_record (view, "見本 太郎", facts, "employment-known", "");
  ui_review_view_set_purposes (view, codes, titles);
}

/* The number goes by itself after ten seconds, with the record, and with the view; an answer for another record is not shown. */
static void
test_number_is_shown_for_ten_seconds (void)
{
  GtkWidget *window = gtk_window_new (), *view = g_object_new (UI_TYPE_REVIEW_VIEW, NULL);
  UiReviewView *review = UI_REVIEW_VIEW (view);
  g_autoptr (GListStore) rows = g_list_store_new (UI_TYPE_ROW);
  g_autoptr (UiRow) first = ui_row_new ("r1", "見本 太郎", "", "", "plain", "collected"),
                    second = ui_row_new ("r2", "見本 花子", "", "", "plain", "collected");
  guint n_reveals = 0;

  g_list_store_append (rows, first);
  g_list_store_append (rows, second);
  gtk_window_set_child (GTK_WINDOW (window), view);
  gtk_window_present (GTK_WINDOW (window));
  spin_until_mapped (view);
  g_signal_connect (view, "reveal", G_CALLBACK (count_reveal_cb), &n_reveals);
  ui_review_view_set_rows (review, G_LIST_MODEL (rows));
  show_record (review);
  click (find (view, GTK_TYPE_BUTTON, "Show it"));
  g_assert_cmpuint (n_reveals, ==, 1);
  g_assert_false (shows_number (view));
  ui_review_view_show_number (review, "r2", "123456789018");
  g_assert_false (shows_number (view));
  ui_review_view_show_number (review, "r1", "123456789018");
  g_assert_true (shows_number (view));
  /* No label holds all of it. */
  g_assert_null (find (view, GTK_TYPE_LABEL, "123456789018"));
  spin_for (UI_REVIEW_SHOWN_S - 2);
  g_assert_true (shows_number (view));
  spin_for (4);
  g_assert_false (shows_number (view));

  ui_review_view_show_number (review, "r1", "123456789018");
  g_list_store_remove (rows, 0);
  ui_review_view_set_rows (review, G_LIST_MODEL (rows));
  g_assert_false (shows_number (view));
  ui_review_view_show_number (review, "r2", "123456789018");
  g_assert_true (shows_number (view));
  gtk_widget_set_visible (view, FALSE);
  g_assert_false (shows_number (view));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* A view that goes (another company is chosen) lets go of everything it holds, without a complaint of the toolkit. */
static void
test_each_view_goes_quietly (void)
{
  const GType types[] = { UI_TYPE_BACKUP_VIEW,     UI_TYPE_DISPOSAL_VIEW, UI_TYPE_EXPORT_VIEW,   UI_TYPE_HANDED_VIEW,
                          UI_TYPE_PASSPHRASE_VIEW, UI_TYPE_PEOPLE_VIEW,   UI_TYPE_QUESTION_VIEW, UI_TYPE_RECORD_VIEW,
                          UI_TYPE_RETENTION_VIEW,  UI_TYPE_REVIEW_VIEW,   UI_TYPE_SAFETY_VIEW };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      GtkWidget *window = gtk_window_new (), *view = g_object_new (types[i], NULL);

      gtk_window_set_child (GTK_WINDOW (window), view);
      gtk_window_present (GTK_WINDOW (window));
      spin_until_mapped (view);
      g_object_add_weak_pointer (G_OBJECT (view), (gpointer *) &view);
      gtk_window_destroy (GTK_WINDOW (window));
      g_assert_null (view);
    }
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
  g_test_add_func ("/people/departments", test_people_departments);
  g_test_add_func ("/people/import", test_import_page);
  g_test_add_func ("/question/ask/is-decided-anew", test_question_is_decided_anew);
  g_test_add_func ("/question/ask/rows", test_question_rows);
  g_test_add_func ("/backups/rows/not-for-everybody", test_backups_are_not_for_everybody);
  g_test_add_func ("/disposal/list/only-what-is-due-can-be-chosen", test_only_due_can_be_chosen);
  g_test_add_func ("/disposal/list/all-is-those-that-are-shown", test_all_is_those_shown);
  g_test_add_func ("/disposal/question/nothing-goes-without-a-decision", test_nothing_goes_without_decision);
  g_test_add_func ("/disposal/clear/nothing-personal-stays", test_nothing_personal_stays);
  g_test_add_func ("/safety/action/one-at-a-time", test_one_action_at_a_time);
  g_test_add_func ("/review/number/ten-seconds", test_number_is_shown_for_ten_seconds);
  g_test_add_func ("/record/review/signed-by-who-may", test_review_is_signed_by_who_may);
  g_test_add_func ("/views/go/quietly", test_each_view_goes_quietly);
  return g_test_run ();
}

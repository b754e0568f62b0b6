/* SPDX-License-Identifier: Apache-2.0 */
/* AdminImport: the file stays in memory from the trial run until it is decided. */
#include "config.h"

#include "admin-import.h"

#include <glib/gi18n.h>

#include "admin-texts.h"
#include "answer.h"
#include "messages-vault.h"

#define ROSTER_MAX_BYTES (4u * 1024u * 1024u)

struct _AdminImport
{
  GObject parent_instance;

  /* borrowed */
  AdminPart *part;
  UiPeopleView *view;

  /* owned */
  GtkFileChooserNative *chooser; /* while it is on the screen */
  GVariant *csv;                 /* ay: the file, until it is decided */
  char *name;                    /* of the file */
  char *digest;                  /* of the trial run */

  gboolean is_undoing; /* what the page asks about */
};

G_DEFINE_FINAL_TYPE (AdminImport, admin_import, G_TYPE_OBJECT)

static AdminSession *
session_of (AdminImport *self)
{
  return admin_part_get_session (self->part);
}

static UiImportView *
page_of (AdminImport *self)
{
  return ui_people_view_get_import (self->view);
}

static void
set_busy (AdminImport *self, gboolean busy)
{
  admin_session_set_waiting (session_of (self), busy);
  ui_import_view_set_working (page_of (self), busy);
}

static void
show (AdminImport *self, const UiImport *import, GListModel *rows)
{
  ui_import_view_show (page_of (self), import, rows);
  ui_people_view_show_import (self->view, TRUE);
}

static void
forget_file (AdminImport *self)
{
  g_clear_pointer (&self->csv, g_variant_unref);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->digest, g_free);
  self->is_undoing = FALSE;
}

void
admin_import_forget (AdminImport *self)
{
  if (self->chooser != NULL)
    gtk_native_dialog_hide (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  forget_file (self);
  ui_import_view_clear (page_of (self));
  ui_people_view_show_import (self->view, FALSE);
}

static void
fail (AdminImport *self, const GError *error)
{
  g_autofree char *message = NULL;

  if (admin_session_was_cancelled (error))
    return;
  message = messages_for_error (error);
  set_busy (self, FALSE);
  forget_file (self);
  show (self, &(UiImport){ .title = _ ("The roster was not imported"), .lead = "", .note = message, .is_bad = TRUE },
        NULL);
  if (admin_session_has_ended (session_of (self), error))
    admin_session_fail (session_of (self), error);
}

/* --- what it would change -------------------------------------------------------------------------------------------- */

static guint
count_of (GVariant *report, const char *key)
{
  guint32 count = 0;

  (void) g_variant_lookup (report, key, "u", &count);
  return count;
}

static void
show_mistakes (AdminImport *self, GVariant *mistakes)
{
  g_autoptr (GListStore) rows = g_list_store_new (UI_TYPE_ROW);

  for (gsize i = 0; i < g_variant_n_children (mistakes); i++)
    {
      g_autoptr (GVariant) mistake = g_variant_get_child_value (mistakes, i);
      g_autoptr (UiRow) row = admin_texts_roster_mistake (mistake);

      g_list_store_append (rows, row);
    }
  show (self,
        &(UiImport){ .title = _ ("There are mistakes in the file"),
                     .lead = self->name,
                     .note = _ ("Nothing was imported. Please correct them and import the file again."),
                     .is_bad = TRUE },
        G_LIST_MODEL (rows));
  forget_file (self);
}

/* Those who change come first: they want to be looked at most. */
static GListStore *
rows_for (GVariant *people)
{
  static const char *const order[] = { "changed", "added", "missing" };
  GListStore *rows = g_list_store_new (UI_TYPE_ROW);

  for (guint k = 0; k < G_N_ELEMENTS (order); k++)
    for (gsize i = 0; i < g_variant_n_children (people); i++)
      {
        g_autoptr (GVariant) person = g_variant_get_child_value (people, i);
        g_autoptr (UiRow) row = NULL;

        if (!g_str_equal (answer_text (person, "change"), order[k]))
          continue;
        row = admin_texts_import_change (person);
        g_list_store_append (rows, row);
      }
  return rows;
}

static void
show_changes (AdminImport *self, GVariant *report, GVariant *people)
{
  const gboolean is_something = count_of (report, "added") + count_of (report, "changed") > 0;
  g_autoptr (GListStore) rows = rows_for (people);
  g_autofree char *counts = admin_texts_import_counts (report);
  g_autofree char *lead = g_strdup_printf ("%s\n%s%s%s", self->name, counts, is_something ? "\n" : "",
                                           is_something ? _ ("Nothing has been changed yet.") : "");

  g_free (self->digest);
  self->digest = g_strdup (answer_text (report, "digest"));
  show (self,
        &(UiImport){ .title = _ ("What this roster would change"),
                     .lead = lead,
                     .note = is_something ? ""
                                          : _ ("Everybody in this file is on the roster just as it says: there is "
                                               "nothing to import."),
                     .go = is_something ? _ ("_Import it") : NULL },
        G_LIST_MODEL (rows));
}

static void
tried_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminImport) self = data;
  g_autoptr (GVariant) report = NULL, mistakes = NULL, people = NULL;
  g_autoptr (GError) error = NULL;

  if (!ADMIN_FINISH (people_import, &report))
    {
      fail (self, error);
      return;
    }
  set_busy (self, FALSE);
  if (!admin_part_is_shown (self->part) || self->csv == NULL)
    return;
  mistakes = g_variant_lookup_value (report, "errors", G_VARIANT_TYPE ("aa{sv}"));
  people = g_variant_lookup_value (report, "people", G_VARIANT_TYPE ("aa{sv}"));
  if (mistakes != NULL && g_variant_n_children (mistakes) > 0)
    show_mistakes (self, mistakes);
  else if (people != NULL)
    show_changes (self, report, people);
}

/* --- the file -------------------------------------------------------------------------------------------------------- */

static void
free_bytes (gpointer bytes)
{
  g_bytes_unref (bytes);
}

/* GTaskThreadFunc: it may lie on a slow stick. */
static void
read_file (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GFileInputStream) stream = NULL;
  g_autofree char *buffer = NULL;
  GError *error = NULL;
  gsize size = 0;

  stream = g_file_read (data, cancellable, &error);
  buffer = stream != NULL ? g_malloc (ROSTER_MAX_BYTES + 1) : NULL;
  if (stream == NULL
      || !g_input_stream_read_all (G_INPUT_STREAM (stream), buffer, ROSTER_MAX_BYTES + 1, &size, cancellable, &error))
    g_task_return_error (task, error);
  else if (size > ROSTER_MAX_BYTES)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                             _ ("a roster has at most 4 MiB; is this the right file?"));
  else
    g_task_return_pointer (task, g_bytes_new (buffer, size), free_bytes);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  AdminImport *self = ADMIN_IMPORT (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), &error);
  GVariantDict options;

  if (bytes == NULL)
    {
      fail (self, error);
      return;
    }
  if (!admin_session_is_open (session_of (self)))
    return;
  g_clear_pointer (&self->csv, g_variant_unref);
  self->csv = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE));
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "dry-run", "b", TRUE);
  azukari_vault1_call_people_import (admin_session_get_vault (session_of (self)), self->csv,
                                     g_variant_dict_end (&options), admin_session_get_cancellable (session_of (self)),
                                     tried_cb, g_object_ref (self));
}

static void
response_cb (AdminImport *self, int response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GFile) file =
      response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  g_autofree char *base = file != NULL ? g_file_get_basename (file) : NULL;
  g_autoptr (GTask) task = NULL;

  if (file == NULL || !admin_session_is_open (session_of (self)))
    return;
  g_free (self->name);
  self->name = g_filename_display_name (base);
  set_busy (self, TRUE);
  task = g_task_new (self, admin_session_get_cancellable (session_of (self)), read_cb, NULL);
  g_task_set_task_data (task, g_steal_pointer (&file), g_object_unref);
  g_task_run_in_thread (task, read_file);
}

static void
choose_cb (AdminImport *self)
{
  g_autoptr (GtkFileFilter) csv = gtk_file_filter_new (), all = gtk_file_filter_new ();

  if (self->chooser != NULL)
    return;
  gtk_file_filter_set_name (csv, _ ("CSV files"));
  gtk_file_filter_add_pattern (csv, "*.[cC][sS][vV]");
  gtk_file_filter_set_name (all, _ ("All files"));
  gtk_file_filter_add_pattern (all, "*");
  self->chooser =
      gtk_file_chooser_native_new (_ ("Roster to import"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self->view))),
                                   GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), csv);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), all);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (response_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* --- doing it -------------------------------------------------------------------------------------------------------- */

static void
imported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminImport) self = data;
  g_autoptr (GVariant) report = NULL, mistakes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *counts = NULL;

  if (!ADMIN_FINISH (people_import, &report))
    {
      fail (self, error);
      return;
    }
  set_busy (self, FALSE);
  if (!admin_part_is_shown (self->part))
    return;
  mistakes = g_variant_lookup_value (report, "errors", G_VARIANT_TYPE ("aa{sv}"));
  if (mistakes != NULL && g_variant_n_children (mistakes) > 0)
    {
      show_mistakes (self, mistakes);
      return;
    }
  counts = admin_texts_imported (report);
  forget_file (self);
  admin_session_say_changed (session_of (self));
  show (self, &(UiImport){ .title = _ ("The roster was imported"), .lead = "", .note = counts }, NULL);
}

/* --- and back -------------------------------------------------------------------------------------------------------- */

static void
call_undo (AdminImport *self, gboolean dry_run, GAsyncReadyCallback done_cb)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "dry-run", "b", dry_run);
  azukari_vault1_call_people_undo (admin_session_get_vault (session_of (self)), g_variant_dict_end (&options),
                                   admin_session_get_cancellable (session_of (self)), done_cb, g_object_ref (self));
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminImport) self = data;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;

  /* A vault that collects nothing any more has nothing to be taken back: no reason to say anything. */
  (void) ADMIN_FINISH (people_undo, &report);
  if (!admin_session_was_cancelled (error))
    ui_people_view_set_undo (self->view, report != NULL && answer_text (report, "time")[0] != '\0');
}

void
admin_import_refresh (AdminImport *self)
{
  call_undo (self, TRUE, looked_cb);
}

static void
show_obstacles (AdminImport *self, GVariant *obstacles)
{
  g_autoptr (GListStore) rows = g_list_store_new (UI_TYPE_ROW);

  for (gsize i = 0; i < g_variant_n_children (obstacles); i++)
    {
      g_autoptr (GVariant) obstacle = g_variant_get_child_value (obstacles, i);
      g_autoptr (UiRow) row = admin_texts_undo_obstacle (obstacle);

      g_list_store_append (rows, row);
    }
  show (self,
        &(UiImport){ .title = _ ("The last import cannot be taken back"),
                     .lead = "",
                     .note =
                         _ ("Something was done with these people since the import. Please put right what is wrong one "
                            "by one."),
                     .is_bad = TRUE },
        G_LIST_MODEL (rows));
}

static gboolean
has_obstacles (AdminImport *self, GVariant *report)
{
  g_autoptr (GVariant) obstacles = g_variant_lookup_value (report, "obstacles", G_VARIANT_TYPE ("aa{sv}"));

  if (obstacles == NULL || g_variant_n_children (obstacles) == 0)
    return FALSE;
  show_obstacles (self, obstacles);
  return TRUE;
}

static void
undo_tried_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminImport) self = data;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *lead = NULL;

  if (!ADMIN_FINISH (people_undo, &report))
    {
      fail (self, error);
      return;
    }
  set_busy (self, FALSE);
  if (!admin_part_is_shown (self->part) || has_obstacles (self, report))
    return;
  lead = admin_texts_undo (report);
  self->is_undoing = TRUE;
  show (self,
        &(UiImport){ .title = _ ("Take the last import back?"), .lead = lead, .note = "", .go = _ ("_Take it back") },
        NULL);
}

static void
undo_cb (AdminImport *self)
{
  set_busy (self, TRUE);
  call_undo (self, TRUE, undo_tried_cb);
}

static void
undone_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminImport) self = data;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;

  if (!ADMIN_FINISH (people_undo, &report))
    {
      fail (self, error);
      return;
    }
  set_busy (self, FALSE);
  self->is_undoing = FALSE;
  if (!admin_part_is_shown (self->part) || has_obstacles (self, report))
    return;
  admin_session_say_changed (session_of (self));
  show (self,
        &(UiImport){ .title = _ ("The import was taken back"),
                     .lead = "",
                     .note = _ ("Everybody is on the roster as they were before it. The record has both.") },
        NULL);
}

static void
go_cb (AdminImport *self)
{
  GVariantDict options;

  if (self->is_undoing)
    {
      set_busy (self, TRUE);
      call_undo (self, FALSE, undone_cb);
      return;
    }
  if (self->csv == NULL || self->digest == NULL)
    return;
  set_busy (self, TRUE);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "expected", "s", self->digest);
  azukari_vault1_call_people_import (admin_session_get_vault (session_of (self)), self->csv,
                                     g_variant_dict_end (&options), admin_session_get_cancellable (session_of (self)),
                                     imported_cb, g_object_ref (self));
}

static void
back_cb (AdminImport *self)
{
  admin_import_forget (self);
}

/* --- class ----------------------------------------------------------------------------------------------------------- */

static void
admin_import_dispose (GObject *object)
{
  AdminImport *self = ADMIN_IMPORT (object);

  g_clear_object (&self->chooser);
  forget_file (self);
  G_OBJECT_CLASS (admin_import_parent_class)->dispose (object);
}

static void
admin_import_class_init (AdminImportClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = admin_import_dispose;
}

static void
admin_import_init (AdminImport *self)
{
}

AdminImport *
admin_import_new (AdminPart *part, UiPeopleView *view)
{
  AdminImport *self = g_object_new (ADMIN_TYPE_IMPORT, NULL);

  self->part = part;
  self->view = view;
  g_signal_connect_object (view, "import", G_CALLBACK (choose_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "undo", G_CALLBACK (undo_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page_of (self), "go", G_CALLBACK (go_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page_of (self), "back", G_CALLBACK (back_cb), self, G_CONNECT_SWAPPED);
  return self;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* AdminFolder: the desktop's own dialog. */
#include "config.h"

#include "admin-folder.h"

#include <glib/gi18n.h>

struct _AdminFolder
{
  GObject parent_instance;

  AdminPart *part; /* borrowed */
  char *title;     /* owned */
  gboolean is_for_file;
  GtkFileChooserNative *chooser; /* owned: while it is on the screen */
};

G_DEFINE_FINAL_TYPE (AdminFolder, admin_folder, G_TYPE_OBJECT)

enum
{
  CHOSEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
response_cb (AdminFolder *self, int response)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (admin_part_get_shell (self->part)));

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
      g_autofree char *path = folder != NULL ? g_file_get_path (folder) : NULL;

      if (path != NULL)
        {
          if (self->title == NULL)
            admin_session_set_folder (admin_part_get_session (self->part), path);
          g_signal_emit (self, signals[CHOSEN], 0, path);
        }
    }
  g_clear_object (&self->chooser);
  /* A display without a window manager, as a kiosk's may be, gives nobody the keyboard when a window goes. */
  if (root != NULL)
    gtk_window_present (GTK_WINDOW (root));
}

static void
admin_folder_dispose (GObject *object)
{
  g_clear_object (&ADMIN_FOLDER (object)->chooser);
  g_clear_pointer (&ADMIN_FOLDER (object)->title, g_free);
  G_OBJECT_CLASS (admin_folder_parent_class)->dispose (object);
}

static void
admin_folder_class_init (AdminFolderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = admin_folder_dispose;
  signals[CHOSEN] =
      g_signal_new ("chosen", ADMIN_TYPE_FOLDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
admin_folder_init (AdminFolder *self)
{
}

AdminFolder *
admin_folder_new (AdminPart *part, const char *title)
{
  AdminFolder *self = g_object_new (ADMIN_TYPE_FOLDER, NULL);

  self->part = part;
  self->title = g_strdup (title);
  return self;
}

AdminFolder *
admin_folder_new_for_file (AdminPart *part, const char *title)
{
  AdminFolder *self = admin_folder_new (part, title);

  self->is_for_file = TRUE;
  return self;
}

void
admin_folder_choose (AdminFolder *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (admin_part_get_shell (self->part)));

  if (self->chooser != NULL)
    return;
  self->chooser = gtk_file_chooser_native_new (
      self->title != NULL ? self->title : _ ("Folder for the export"), GTK_WINDOW (root),
      self->is_for_file ? GTK_FILE_CHOOSER_ACTION_OPEN : GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (response_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

void
admin_folder_close (AdminFolder *self)
{
  if (self->chooser != NULL)
    gtk_native_dialog_hide (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
}

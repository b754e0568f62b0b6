/* SPDX-License-Identifier: Apache-2.0 */
/* AdminExport: approved numbers into a file that the vault writes. */
#include "config.h"

#include <glib/gi18n.h>

#include "admin-folder.h"
#include "admin-part.h"
#include "admin-texts.h"
#include "answer.h"
#include "export-file.h"
#include "export-view.h"
#include "messages-vault.h"

#define ADMIN_TYPE_EXPORT (admin_export_get_type ())
G_DECLARE_FINAL_TYPE (AdminExport, admin_export, ADMIN, EXPORT, AdminPart)

struct _AdminExport
{
  AdminPart parent_instance;

  UiExportView *view;  /* borrowed */
  AdminFolder *folder; /* owned */
  GVariant *formats;   /* owned: as of the log-in, or NULL */
};

G_DEFINE_FINAL_TYPE (AdminExport, admin_export, ADMIN_TYPE_PART)

static AdminSession *
session_of (AdminExport *self)
{
  return admin_part_get_session (ADMIN_PART (self));
}

static void
formats_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminExport) self = data;
  g_autoptr (GVariant) formats = NULL;
  g_autoptr (GError) error = NULL;

  if (!ADMIN_FINISH (format_list, &formats))
    admin_session_fail (session_of (self), error);
  else if (admin_session_is_open (session_of (self)))
    {
      admin_texts_fill_formats (self->view, formats, admin_session_get_names (session_of (self)));
      g_clear_pointer (&self->formats, g_variant_unref);
      self->formats = g_steal_pointer (&formats);
    }
}

/* (transfer full): of the rows' file, without its full stop */
static char *
dup_suffix (AdminExport *self, const char *id)
{
  for (gsize i = 0; self->formats != NULL && i < g_variant_n_children (self->formats); i++)
    {
      g_autoptr (GVariant) format = g_variant_get_child_value (self->formats, i);

      if (g_str_equal (answer_text (format, "id"), id))
        return g_strdup (answer_text (format, "suffix"));
    }
  return g_strdup ("csv");
}

/* Clerks have a plain file only where a chief has allowed it. */
static void
status_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminExport) self = data;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;

  if (!ADMIN_FINISH (get_status, &status) || !admin_session_is_open (session_of (self)))
    return;
  ui_export_view_set_plain_allowed (self->view, admin_session_get_role (session_of (self)) == ADMIN_ROLE_CHIEF
                                                    || g_str_equal (answer_text (status, "plain-exports"), "clerks"));
}

static void
admin_export_begin (AdminPart *part)
{
  AdminSession *session = admin_part_get_session (part);

  azukari_vault1_call_format_list (admin_session_get_vault (session), admin_session_get_cancellable (session),
                                   formats_cb, g_object_ref (part));
  azukari_vault1_call_get_status (admin_session_get_vault (session), admin_session_get_cancellable (session), status_cb,
                                  g_object_ref (part));
}

/* --- one export ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  AdminExport *self; /* owned */
  ExportFile *file;  /* owned */
  char *path;        /* owned */
  GVariant *options; /* owned */
} ExportJob;

static void
export_job_free (ExportJob *job)
{
  g_clear_object (&job->self);
  g_clear_pointer (&job->file, export_file_free);
  g_free (job->path);
  g_clear_pointer (&job->options, g_variant_unref);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExportJob, export_job_free)

static void
show_result (AdminExport *self, const char *text, gboolean is_bad)
{
  ui_export_view_set_busy (self->view, FALSE);
  admin_session_set_waiting (session_of (self), FALSE);
  ui_export_view_set_result (self->view, text, is_bad);
}

/* @left: nullable: what is left of a file that was begun */
static void
show_error (AdminExport *self, const GError *error, const char *left)
{
  g_autofree char *message = NULL;
  g_autofree char *text = NULL;

  if (admin_session_was_cancelled (error))
    return;
  message = messages_for_error (error);
  text = left != NULL ? g_strdup_printf ("%s\n%s", message, left) : g_strdup (message);
  show_result (self, text, TRUE);
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ExportJob) job = data;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (!azukari_vault1_call_export_finish (AZUKARI_VAULT1 (source), &report, NULL, result, &error)
      || !export_file_commit (job->file, &error))
    {
      g_autofree char *left = export_file_discard (job->file);

      show_error (job->self, error, left);
      return;
    }
  if (!admin_session_is_open (session_of (job->self)))
    return;
  text = admin_texts_export (report, job->path);
  show_result (job->self, text, FALSE);
  if (*answer_text (report, "passphrase") != '\0')
    ui_export_view_show_passphrase (job->self->view, answer_text (report, "passphrase"), text);
}

static void
start_export (ExportJob *job)
{
  AdminSession *session = session_of (job->self);

  azukari_vault1_call_export (admin_session_get_vault (session), job->options, export_file_get_handle (job->file),
                              export_file_get_fd_list (job->file), admin_session_get_cancellable (session), exported_cb,
                              job);
}

static void
shown_for_export_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ExportJob) job = data;
  g_autoptr (GError) error = NULL;

  if (!admin_token_show_finish (ADMIN_TOKEN (source), result, &error))
    show_error (job->self, error, NULL);
  else if (admin_session_is_open (session_of (job->self)))
    start_export (g_steal_pointer (&job));
}

static void
export_cb (AdminExport *self, const char *format, const char *purpose, const char *kind, const char *destination,
           gboolean masked, gboolean plain)
{
  AdminSession *session = session_of (self);
  AdminToken *token = admin_session_get_token (session);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GError) error = NULL;
  g_autofree char *time = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *suffix = masked || plain ? dup_suffix (self, format) : g_strdup ("zip");
  g_autofree char *name = g_strdup_printf ("%s-%s%s.%s", format, time, masked ? "-masked" : "", suffix);
  ExportJob *job = g_new0 (ExportJob, 1);
  GVariantDict options;

  job->self = g_object_ref (self);
  job->path = g_build_filename (admin_session_get_folder (session), name, NULL);
  job->file = export_file_new (job->path, &error);
  if (job->file == NULL)
    {
      show_error (self, error, NULL);
      export_job_free (job);
      return;
    }
  ui_export_view_set_result (self->view, "", FALSE);
  ui_export_view_set_busy (self->view, TRUE);
  admin_session_set_waiting (session, TRUE);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "format", "s", format);
  g_variant_dict_insert (&options, "purpose", "s", purpose);
  g_variant_dict_insert (&options, "kind", "s", kind);
  g_variant_dict_insert (&options, "destination", "s", destination);
  g_variant_dict_insert (&options, "dry-run", "b", masked);
  g_variant_dict_insert (&options, "container", "s", masked || plain ? "plain" : "zip");
  job->options = g_variant_ref_sink (g_variant_dict_end (&options));
  if (token != NULL && !masked)
    admin_token_show_async (token, admin_session_get_vault (session), "export", NULL,
                            admin_session_get_cancellable (session), shown_for_export_cb, job);
  else
    start_export (job);
}

/* --- class ----------------------------------------------------------------------------------------------------------- */

static void
show_folder (AdminExport *self)
{
  const char *path = admin_session_get_folder (session_of (self));

  ui_export_view_set_folder (self->view, path != NULL ? path : "",
                             admin_session_get_settings (session_of (self))->export_dir == NULL);
}

static void
admin_export_refresh (AdminPart *part)
{
  show_folder (ADMIN_EXPORT (part));
}

static void
admin_export_forget (AdminPart *part)
{
  AdminExport *self = ADMIN_EXPORT (part);

  ui_export_view_set_result (self->view, "", FALSE);
  ui_export_view_set_busy (self->view, FALSE);
  ui_export_view_forget_passphrase (self->view);
  ui_export_view_set_plain_allowed (self->view, FALSE);
  admin_folder_close (self->folder);
}

static void
admin_export_dispose (GObject *object)
{
  g_clear_object (&ADMIN_EXPORT (object)->folder);
  g_clear_pointer (&ADMIN_EXPORT (object)->formats, g_variant_unref);
  G_OBJECT_CLASS (admin_export_parent_class)->dispose (object);
}

static void
admin_export_class_init (AdminExportClass *klass)
{
  AdminPartClass *part_class = ADMIN_PART_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = admin_export_dispose;
  part_class->view = "export";
  part_class->roles = ADMIN_ROLE_CHIEF | ADMIN_ROLE_CLERK;
  part_class->begin = admin_export_begin;
  part_class->refresh = admin_export_refresh;
  part_class->forget = admin_export_forget;
}

static void
admin_export_init (AdminExport *self)
{
}

AdminPart *
admin_export_new (AdminSession *session, UiAdminShell *shell)
{
  AdminPart *part = admin_part_new (ADMIN_TYPE_EXPORT, session, shell);
  AdminExport *self = ADMIN_EXPORT (part);

  self->view = g_object_new (UI_TYPE_EXPORT_VIEW, NULL);
  self->folder = admin_folder_new (part, NULL);
  ui_admin_shell_add_view (shell, "export", _ ("_Export"), "document-save-symbolic", GTK_WIDGET (self->view));
  admin_texts_fill_purposes (self->view);
  show_folder (self);
  g_signal_connect_object (self->view, "export", G_CALLBACK (export_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "choose-folder", G_CALLBACK (admin_folder_choose), self->folder,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folder, "chosen", G_CALLBACK (show_folder), self, G_CONNECT_SWAPPED);
  return part;
}

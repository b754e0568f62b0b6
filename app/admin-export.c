/* SPDX-License-Identifier: Apache-2.0 */
/* AdminExport: approved numbers into a file that the vault writes, or into a copy of the one that payroll made without them. */
#include "config.h"

#include <glib/gi18n.h>

#include "admin-folder.h"
#include "admin-part.h"
#include "admin-receipts.h"
#include "admin-texts.h"
#include "answer.h"
#include "export-file.h"
#include "export-view.h"
#include "merge-words.h"
#include "messages-vault.h"

#define ADMIN_TYPE_EXPORT (admin_export_get_type ())
G_DECLARE_FINAL_TYPE (AdminExport, admin_export, ADMIN, EXPORT, AdminPart)

/* What was asked for last: an answer to a question goes on with it. */
typedef struct
{
  char *format, *purpose, *kind, *destination;
  gboolean merges, masked, plain;
} Asked;

struct _AdminExport
{
  AdminPart parent_instance;

  UiExportView *view;         /* borrowed */
  AdminFolder *folder;        /* owned */
  AdminFolder *source_chosen; /* owned */
  AdminReceipts *receipts;    /* owned */
  char *source;               /* owned: path of payroll's file; NULL: none is chosen */
  Asked asked;
  GVariant *formats; /* owned: as of the log-in, or NULL */
  GPtrArray *leave;  /* owned: of char *: what may be left as it is, as the vault calls it */
};

G_DEFINE_FINAL_TYPE (AdminExport, admin_export, ADMIN_TYPE_PART)

static AdminSession *
session_of (AdminExport *self)
{
  return admin_part_get_session (ADMIN_PART (self));
}

static void
asked_clear (Asked *asked)
{
  g_clear_pointer (&asked->format, g_free);
  g_clear_pointer (&asked->purpose, g_free);
  g_clear_pointer (&asked->kind, g_free);
  g_clear_pointer (&asked->destination, g_free);
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
  admin_receipts_refresh (ADMIN_EXPORT (part)->receipts);
}

/* --- one export ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  AdminExport *self; /* owned */
  ExportFile *file;  /* owned */
  char *path;        /* owned */
  GVariant *options; /* owned */
  GVariant *source;  /* owned: the handle of payroll's file; NULL: an export */
  gboolean masked;
} ExportJob;

static void
export_job_free (ExportJob *job)
{
  g_clear_object (&job->self);
  g_clear_pointer (&job->file, export_file_free);
  g_free (job->path);
  g_clear_pointer (&job->options, g_variant_unref);
  g_clear_pointer (&job->source, g_variant_unref);
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

/* The file is written, or cannot be. @report: of what was written, nullable; @error: nullable */
static void
end_job (ExportJob *job, GVariant *report, GError *error)
{
  g_autoptr (GError) problem = error;
  g_autofree char *text = NULL;

  if (report == NULL || !export_file_commit (job->file, &problem))
    {
      g_autofree char *left = export_file_discard (job->file);

      show_error (job->self, problem, left);
      return;
    }
  if (!admin_session_is_open (session_of (job->self)))
    return;
  if (job->source != NULL)
    {
      g_autofree char *done = merge_words_done (report, job->path, job->masked);

      text = g_strdup_printf ("%s\nSHA-256: %s", done, answer_text (report, "sha256"));
    }
  else
    text = admin_texts_export (report, job->path);
  show_result (job->self, text, FALSE);
  if (*answer_text (report, "passphrase") != '\0')
    ui_export_view_show_passphrase (job->self->view, answer_text (report, "passphrase"), text);
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ExportJob) job = data;
  g_autoptr (GVariant) report = NULL;
  GError *error = NULL;

  (void) azukari_vault1_call_export_finish (AZUKARI_VAULT1 (source), &report, NULL, result, &error);
  end_job (job, report, error);
}

/* --- what stands against it ------------------------------------------------------------------------------------------ */

typedef struct
{
  AdminExport *self; /* owned */
  GVariant *report;  /* owned */
} IssuesJob;

static void
issues_job_free (IssuesJob *job)
{
  g_object_unref (job->self);
  g_variant_unref (job->report);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IssuesJob, issues_job_free)

/* (transfer full): one issue. @names: of people, by id */
static UiRow *
issue_row (GVariant *issue, GHashTable *names)
{
  const char *why = answer_text (issue, "why"), *name = g_hash_table_lookup (names, answer_text (issue, "person"));
  g_autofree char *words = merge_words_why (why, answer_text (issue, "text"));
  g_autofree char *place = NULL;
  g_autofree char *subtitle = NULL;
  guint32 line = 0, column = 0;

  (void) g_variant_lookup (issue, "line", "u", &line);
  (void) g_variant_lookup (issue, "column", "u", &column);
  place = merge_words_place (line, column);
  if (*place == '\0')
    return ui_row_new ("", _ ("The file"), words, "", "plain", "fixed");
  if (name == NULL)
    return ui_row_new ("", place, words, "", "plain", "fixed");
  /* Translators: 1: a place in a file, 2: what is wrong there */
  subtitle = g_strdup_printf (_ ("%1$s: %2$s"), place, words);
  return ui_row_new ("", name, subtitle, "", "plain", "fixed");
}

/* Whether all of them may be left as they are; what they are goes to self->leave. */
static gboolean
take_whys (AdminExport *self, GVariant *issues)
{
  for (gsize i = 0; i < g_variant_n_children (issues); i++)
    {
      g_autoptr (GVariant) issue = g_variant_get_child_value (issues, i);
      const char *why = answer_text (issue, "why");

      if (!merge_words_can_be_left (why))
        return FALSE;
      if (!g_ptr_array_find_with_equal_func (self->leave, why, g_str_equal, NULL))
        g_ptr_array_add (self->leave, g_strdup (why));
    }
  return TRUE;
}

static void
ask_about (AdminExport *self, GVariant *report, GHashTable *names)
{
  g_autoptr (GVariant) issues = g_variant_lookup_value (report, "issues", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GListStore) rows = g_list_store_new (UI_TYPE_ROW);
  const gsize n_listed = issues != NULL ? g_variant_n_children (issues) : 0;
  g_autofree char *lead = NULL;
  g_autofree char *more = NULL;
  UiQuestion question = { .note = "" };
  guint32 count = 0;

  (void) g_variant_lookup (report, "issue-count", "u", &count);
  for (gsize i = 0; i < n_listed; i++)
    {
      g_autoptr (GVariant) issue = g_variant_get_child_value (issues, i);
      g_autoptr (UiRow) row = issue_row (issue, names);

      g_list_store_append (rows, row);
    }
  lead = g_strdup_printf (
      g_dngettext (NULL, "Nothing was written yet: %u place in payroll’s file could not be decided.",
                   "Nothing was written yet: %u places in payroll’s file could not be decided.", count),
      count);
  if (count > n_listed)
    question.note = more = g_strdup_printf (_ ("and %u more."), count - (guint32) n_listed);
  question.lead = lead;
  if (n_listed > 0 && take_whys (self, issues))
    {
      question.title = _ ("Whose numbers are these?");
      question.decision = _ ("These cells stay as they are; they are seen to in payroll");
      question.go = _ ("_Put in the others");
    }
  else
    question.title = _ ("Payroll has to make the file again");
  show_result (self, "", FALSE);
  ui_export_view_ask (self->view, &question, G_LIST_MODEL (rows));
}

static void
people_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (IssuesJob) job = data;
  g_autoptr (GHashTable) names = admin_names_new ();
  g_autoptr (GVariant) people = NULL;
  g_autoptr (GError) error = NULL;

  if (!ADMIN_FINISH (people_list, &people))
    {
      show_error (job->self, error, NULL);
      return;
    }
  if (!admin_session_is_open (session_of (job->self)))
    return;
  for (gsize i = 0; i < g_variant_n_children (people); i++)
    {
      g_autoptr (GVariant) person = g_variant_get_child_value (people, i);

      admin_names_set (names, answer_text (person, "id"), answer_text (person, "name"));
    }
  ask_about (job->self, job->report, names);
}

static void
merged_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ExportJob) job = data;
  g_autoptr (GVariant) report = NULL;
  AdminSession *session = session_of (job->self);
  IssuesJob *issues;
  GError *error = NULL;
  guint32 n_issues = 0;

  (void) azukari_vault1_call_merge_finish (AZUKARI_VAULT1 (source), &report, NULL, result, &error);
  if (report == NULL || !g_variant_lookup (report, "issue-count", "u", &n_issues) || n_issues == 0)
    {
      end_job (job, report, error);
      return;
    }
  if (!admin_session_is_open (session))
    return;
  issues = g_new0 (IssuesJob, 1);
  issues->self = g_object_ref (job->self);
  issues->report = g_variant_ref (report);
  azukari_vault1_call_people_list (admin_session_get_vault (session), g_variant_new ("a{sv}", NULL),
                                   admin_session_get_cancellable (session), people_cb, issues);
}

/* --- asking for it --------------------------------------------------------------------------------------------------- */

static void
start_export (ExportJob *job)
{
  AdminSession *session = session_of (job->self);
  AzukariVault1 *vault = admin_session_get_vault (session);
  GUnixFDList *fds = export_file_get_fd_list (job->file);

  if (job->source != NULL)
    azukari_vault1_call_merge (vault, job->options, job->source, export_file_get_handle (job->file), fds,
                               admin_session_get_cancellable (session), merged_cb, job);
  else
    azukari_vault1_call_export (vault, job->options, export_file_get_handle (job->file), fds,
                                admin_session_get_cancellable (session), exported_cb, job);
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

/* (transfer full) */
static GVariant *
options_of (AdminExport *self)
{
  const Asked *asked = &self->asked;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "format", "s", asked->format);
  g_variant_dict_insert (&options, "purpose", "s", asked->purpose);
  g_variant_dict_insert (&options, "destination", "s", asked->destination);
  g_variant_dict_insert (&options, "dry-run", "b", asked->masked);
  g_variant_dict_insert (&options, "container", "s", asked->masked || asked->plain ? "plain" : "zip");
  if (asked->merges)
    g_variant_dict_insert_value (
        &options, "leave", g_variant_new_strv ((const char *const *) self->leave->pdata, (gssize) self->leave->len));
  else
    g_variant_dict_insert (&options, "kind", "s", asked->kind);
  return g_variant_ref_sink (g_variant_dict_end (&options));
}

/* (transfer full): ready to be started, or %NULL with an error. */
static ExportJob *
job_new (AdminExport *self, GError **error)
{
  const Asked *asked = &self->asked;
  g_autoptr (ExportJob) job = g_new0 (ExportJob, 1);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *suffix = asked->masked || asked->plain ? dup_suffix (self, asked->format) : g_strdup ("zip");
  g_autofree char *name = g_strdup_printf ("%s-%s%s.%s", asked->format, time, asked->masked ? "-masked" : "", suffix);

  job->self = g_object_ref (self);
  job->masked = asked->masked;
  job->path = g_build_filename (admin_session_get_folder (session_of (self)), name, NULL);
  job->file = export_file_new (job->path, error);
  if (job->file == NULL)
    return NULL;
  if (asked->merges)
    {
      const int source = export_file_add_source (export_file_get_fd_list (job->file), self->source, error);

      if (source < 0)
        return NULL;
      job->source = g_variant_ref_sink (g_variant_new_handle (source));
    }
  job->options = options_of (self);
  return g_steal_pointer (&job);
}

static void
write_file (AdminExport *self)
{
  AdminSession *session = session_of (self);
  AdminToken *token = admin_session_get_token (session);
  g_autoptr (GError) error = NULL;
  ExportJob *job = job_new (self, &error);

  if (job == NULL)
    {
      show_error (self, error, NULL);
      return;
    }
  ui_export_view_set_result (self->view, "", FALSE);
  ui_export_view_set_busy (self->view, TRUE);
  admin_session_set_waiting (session, TRUE);
  if (token != NULL && !self->asked.masked)
    admin_token_show_async (token, admin_session_get_vault (session), "export", NULL,
                            admin_session_get_cancellable (session), shown_for_export_cb, job);
  else
    start_export (job);
}

static void
export_cb (AdminExport *self, const char *format, const char *purpose, const char *kind, const char *destination,
           gboolean masked, gboolean plain)
{
  asked_clear (&self->asked);
  self->asked = (Asked){ .format = g_strdup (format),
                         .purpose = g_strdup (purpose),
                         .kind = g_strdup (kind),
                         .destination = g_strdup (destination),
                         .merges = ui_export_view_get_merges (self->view),
                         .masked = masked,
                         .plain = plain };
  g_ptr_array_set_size (self->leave, 0);
  write_file (self);
}

static void
source_cb (AdminExport *self, const char *path)
{
  g_free (self->source);
  self->source = g_strdup (path);
  ui_export_view_set_source (self->view, path);
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
  ui_export_view_show_form (self->view);
  ui_export_view_set_overdue (self->view, 0);
  admin_receipts_forget (self->receipts);
  ui_export_view_set_plain_allowed (self->view, FALSE);
  g_clear_pointer (&self->source, g_free);
  ui_export_view_set_source (self->view, "");
  admin_folder_close (self->folder);
  admin_folder_close (self->source_chosen);
}

static void
admin_export_dispose (GObject *object)
{
  AdminExport *self = ADMIN_EXPORT (object);

  g_clear_pointer (&self->formats, g_variant_unref);
  g_clear_object (&self->folder);
  g_clear_object (&self->source_chosen);
  g_clear_object (&self->receipts);
  g_clear_pointer (&self->source, g_free);
  g_clear_pointer (&self->leave, g_ptr_array_unref);
  asked_clear (&self->asked);
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
  self->leave = g_ptr_array_new_with_free_func (g_free);
}

AdminPart *
admin_export_new (AdminSession *session, UiAdminShell *shell)
{
  AdminPart *part = admin_part_new (ADMIN_TYPE_EXPORT, session, shell);
  AdminExport *self = ADMIN_EXPORT (part);

  self->view = g_object_new (UI_TYPE_EXPORT_VIEW, NULL);
  self->folder = admin_folder_new (part, NULL);
  self->source_chosen = admin_folder_new_for_file (part, _ ("Payroll’s file without numbers"));
  ui_admin_shell_add_view (shell, "export", _ ("_Export"), "document-save-symbolic", GTK_WIDGET (self->view));
  self->receipts = admin_receipts_new (part, ui_export_view_get_handed (self->view));
  admin_texts_fill_purposes (self->view);
  show_folder (self);
  g_signal_connect_object (self->view, "export", G_CALLBACK (export_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "choose-folder", G_CALLBACK (admin_folder_choose), self->folder,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "choose-source", G_CALLBACK (admin_folder_choose), self->source_chosen,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "handed", G_CALLBACK (admin_receipts_refresh), self->receipts,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->receipts, "overdue", G_CALLBACK (ui_export_view_set_overdue), self->view,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "decided", G_CALLBACK (write_file), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folder, "chosen", G_CALLBACK (show_folder), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->source_chosen, "chosen", G_CALLBACK (source_cb), self, G_CONNECT_SWAPPED);
  return part;
}

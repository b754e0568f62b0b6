/* SPDX-License-Identifier: Apache-2.0 */
/* AdminMode: PIN, then people, review, export and the record. */
#include "config.h"

#include "admin-mode.h"

#include <glib/gi18n.h>
#include <string.h>

#include "admin-texts.h"
#include "admin-token.h"
#include "export-file.h"
#include "export-view.h"
#include "messages-vault.h"
#include "people-view.h"
#include "record-view.h"
#include "review-view.h"
#include "vault-client.h"

#define ASKING_MS (60u * 1000u)
#define OPEN_MS (5u * 60u * 1000u)
#define COUNTDOWN_MS 10000u
/* Well before the vault asks for it again. */
#define SHOW_TOKEN_MS (2u * 60u * 1000u)
#define LOG_STEP 200u
#define PEOPLE_FIRST 200u
#define PEOPLE_MORE 1000u
#define REVIEW_LIMIT 200u /* what waits longest; the rest comes up as these are decided */

struct _AdminMode
{
  GObject parent_instance;

  /* borrowed */
  const Settings *settings;
  UiPinPage *pin_page;
  UiAdminShell *shell;
  UiPeopleView *people;
  UiReviewView *review;
  UiExportView *export;
  UiRecordView *record;

  /* owned */
  AzukariVault1 *vault; /* while logged in */
  GDBusConnection *connection;
  AdminToken *token;         /* where the vault asks for one, else NULL */
  GCancellable *cancellable; /* of everything begun since the door was opened */
  GListStore *people_rows;   /* as many as have come */
  GVariant *records;         /* aa{sv} under review */
  GHashTable *names;         /* what the admin and the formats are called, by id */
  GHashTable *people_names;  /* while the record is on the screen */
  char *export_dir;
  char *name; /* of who is logging in; "" for the only one */
  GtkFileChooserNative *chooser;

  AdminModeState state;
  guint idle_ms;
  guint shown_ms; /* since the token was shown */
  int countdown_s;
  guint log_limit;
};

G_DEFINE_FINAL_TYPE (AdminMode, admin_mode, G_TYPE_OBJECT)

enum
{
  CHANGED,
  COUNTDOWN,
  WAITING,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* --- state -------------------------------------------------------------------------------------------------------- */

static void
tell_countdown (AdminMode *self, int seconds)
{
  if (self->countdown_s == seconds)
    return;
  self->countdown_s = seconds;
  g_signal_emit (self, signals[COUNTDOWN], 0, seconds);
}

static void
set_state (AdminMode *self, AdminModeState state)
{
  self->state = state;
  self->idle_ms = 0;
  tell_countdown (self, -1);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
set_waiting (AdminMode *self, gboolean waiting)
{
  g_signal_emit (self, signals[WAITING], 0, waiting);
}

static gboolean
was_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Says what the vault refused. A connection that no longer has its login ends admin mode. */
static void
show_error (AdminMode *self, const GError *error)
{
  g_autofree char *message = NULL;

  if (was_cancelled (error))
    return;
  if (g_error_matches (error, VAULT_ERROR, VAULT_ERROR_NOT_ALLOWED) || g_dbus_connection_is_closed (self->connection))
    {
      admin_mode_close (self);
      return;
    }
  message = messages_for_error (error);
  ui_admin_shell_set_message (self->shell, message, TRUE);
}

static void refresh (AdminMode *self);

/* Callbacks hold a reference; @error tells whether the door was shut meanwhile. */
#define FINISH(call, ...) azukari_vault1_call_##call##_finish (AZUKARI_VAULT1 (source), __VA_ARGS__, result, &error)

/* --- people ------------------------------------------------------------------------------------------------------- */

/* One page of people on its way into @rows. */
typedef struct
{
  AdminMode *mode;  /* owned */
  GListStore *rows; /* owned */
} PeoplePage;

static void
people_page_free (PeoplePage *self)
{
  g_object_unref (self->mode);
  g_object_unref (self->rows);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PeoplePage, people_page_free)

static void people_cb (GObject *source, GAsyncResult *result, gpointer data);

/* The first page is small, so that it is there at once however many people there are. */
static void
ask_for_people (AdminMode *self, GListStore *rows)
{
  PeoplePage *page = g_new0 (PeoplePage, 1);
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (rows));
  GVariantDict filter;

  page->mode = g_object_ref (self);
  page->rows = g_object_ref (rows);
  g_variant_dict_init (&filter, NULL);
  g_variant_dict_insert (&filter, "from", "u", n_rows);
  g_variant_dict_insert (&filter, "limit", "u", n_rows == 0 ? PEOPLE_FIRST : PEOPLE_MORE);
  azukari_vault1_call_people_list (self->vault, g_variant_dict_end (&filter), self->cancellable, people_cb, page);
}

static void
people_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PeoplePage) page = data;
  AdminMode *self = page->mode;
  g_autoptr (GVariant) people = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  const guint n_before = g_list_model_get_n_items (G_LIST_MODEL (page->rows));

  if (!FINISH (people_list, &people))
    {
      show_error (self, error);
      return;
    }
  /* Begun anew meanwhile: this list is no longer the one on the screen. */
  if (self->state != ADMIN_MODE_OPEN || self->people_rows != page->rows)
    return;
  for (gsize i = 0; i < g_variant_n_children (people); i++)
    {
      g_autoptr (GVariant) person = g_variant_get_child_value (people, i);

      g_ptr_array_add (rows, admin_texts_person (person));
    }
  g_list_store_splice (page->rows, n_before, 0, rows->pdata, rows->len);
  ui_people_view_set_rows (self->people, G_LIST_MODEL (page->rows));
  if (rows->len >= (n_before == 0 ? PEOPLE_FIRST : PEOPLE_MORE))
    ask_for_people (self, page->rows);
}

static void
refresh_people (AdminMode *self)
{
  g_clear_object (&self->people_rows);
  self->people_rows = g_list_store_new (UI_TYPE_ROW);
  ask_for_people (self, self->people_rows);
}

/* --- review ------------------------------------------------------------------------------------------------------- */

static void
records_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminMode) self = data;
  g_autoptr (GVariant) records = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListStore) rows = NULL;

  if (!FINISH (record_list, &records))
    {
      show_error (self, error);
      return;
    }
  if (self->state != ADMIN_MODE_OPEN)
    return;
  g_clear_pointer (&self->records, g_variant_unref);
  self->records = g_variant_ref (records);
  rows = g_list_store_new (UI_TYPE_ROW);
  for (gsize i = 0; i < g_variant_n_children (records); i++)
    {
      g_autoptr (GVariant) record = g_variant_get_child_value (records, i);
      g_autoptr (UiRow) row = admin_texts_record (record);

      g_list_store_append (rows, row);
    }
  ui_review_view_set_rows (self->review, G_LIST_MODEL (rows));
}

static void
refresh_review (AdminMode *self)
{
  GVariantDict filter;

  g_variant_dict_init (&filter, NULL);
  g_variant_dict_insert (&filter, "state", "s", "collected");
  g_variant_dict_insert (&filter, "limit", "u", REVIEW_LIMIT);
  azukari_vault1_call_record_list (self->vault, g_variant_dict_end (&filter), self->cancellable, records_cb,
                                   g_object_ref (self));
}

static void
record_selected_cb (AdminMode *self, const char *record_id)
{
  if (self->records != NULL)
    admin_texts_fill_record (self->review, self->records, record_id);
}

static void
approved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminMode) self = data;
  g_autoptr (GError) error = NULL;

  if (!azukari_vault1_call_approve_finish (AZUKARI_VAULT1 (source), result, &error))
    {
      show_error (self, error);
      return;
    }
  if (self->state != ADMIN_MODE_OPEN)
    return;
  ui_admin_shell_set_message (self->shell, _ ("Approved."), FALSE);
  refresh (self);
}

static void
approve_cb (AdminMode *self, const char *record_id, const char *identity)
{
  azukari_vault1_call_approve (self->vault, record_id, identity, self->cancellable, approved_cb, g_object_ref (self));
}

static void
asked_again_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminMode) self = data;
  g_autoptr (GError) error = NULL;

  if (!azukari_vault1_call_ask_again_finish (AZUKARI_VAULT1 (source), result, &error))
    {
      show_error (self, error);
      return;
    }
  if (self->state != ADMIN_MODE_OPEN)
    return;
  ui_admin_shell_set_message (self->shell, _ ("The number was destroyed. The person can hand it in again."), FALSE);
  refresh (self);
}

static void
ask_again_cb (AdminMode *self, const char *record_id, const char *reason)
{
  azukari_vault1_call_ask_again (self->vault, record_id, reason, self->cancellable, asked_again_cb,
                                 g_object_ref (self));
}

/* --- export ------------------------------------------------------------------------------------------------------- */

static void
formats_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminMode) self = data;
  g_autoptr (GVariant) formats = NULL;
  g_autoptr (GError) error = NULL;

  if (!FINISH (format_list, &formats))
    show_error (self, error);
  else if (self->state == ADMIN_MODE_OPEN)
    admin_texts_fill_formats (self->export, formats, self->names);
}

typedef struct
{
  AdminMode *self;   /* owned */
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
show_export_error (AdminMode *self, const GError *error)
{
  g_autofree char *message = messages_for_error (error);

  ui_export_view_set_busy (self->export, FALSE);
  set_waiting (self, FALSE);
  ui_export_view_set_result (self->export, message, TRUE);
}

static void
show_report (ExportJob *job, GVariant *report)
{
  g_autofree char *text = admin_texts_export (report, job->path);

  ui_export_view_set_busy (job->self->export, FALSE);
  set_waiting (job->self, FALSE);
  ui_export_view_set_result (job->self->export, text, FALSE);
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ExportJob) job = data;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;

  if (!azukari_vault1_call_export_finish (AZUKARI_VAULT1 (source), &report, NULL, result, &error)
      || !export_file_commit (job->file, &error))
    {
      if (!was_cancelled (error))
        show_export_error (job->self, error);
      return;
    }
  if (job->self->state == ADMIN_MODE_OPEN)
    show_report (job, report);
}

static void
start_export (ExportJob *job)
{
  azukari_vault1_call_export (job->self->vault, job->options, export_file_get_handle (job->file),
                              export_file_get_fd_list (job->file), job->self->cancellable, exported_cb, job);
}

static void
shown_for_export_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ExportJob) job = data;
  g_autoptr (GError) error = NULL;

  if (!admin_token_show_finish (ADMIN_TOKEN (source), result, &error))
    {
      if (!was_cancelled (error))
        show_export_error (job->self, error);
    }
  else if (job->self->state == ADMIN_MODE_OPEN)
    start_export (g_steal_pointer (&job));
}

static void
export_cb (AdminMode *self, const char *format, const char *purpose, const char *kind, const char *destination,
           gboolean masked)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GError) error = NULL;
  g_autofree char *time = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *name = g_strdup_printf ("%s-%s%s.csv", format, time, masked ? "-masked" : "");
  ExportJob *job = g_new0 (ExportJob, 1);
  GVariantDict options;

  job->self = g_object_ref (self);
  job->path = g_build_filename (self->export_dir, name, NULL);
  job->file = export_file_new (job->path, &error);
  if (job->file == NULL)
    {
      show_export_error (self, error);
      export_job_free (job);
      return;
    }
  ui_export_view_set_result (self->export, "", FALSE);
  ui_export_view_set_busy (self->export, TRUE);
  set_waiting (self, TRUE);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "format", "s", format);
  g_variant_dict_insert (&options, "purpose", "s", purpose);
  g_variant_dict_insert (&options, "kind", "s", kind);
  g_variant_dict_insert (&options, "destination", "s", destination);
  g_variant_dict_insert (&options, "dry-run", "b", masked);
  job->options = g_variant_ref_sink (g_variant_dict_end (&options));
  if (self->token != NULL && !masked)
    admin_token_show_async (self->token, self->vault, "export", NULL, self->cancellable, shown_for_export_cb, job);
  else
    start_export (job);
}

static void
folder_chosen_cb (AdminMode *self, int response)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
      char *path = folder != NULL ? g_file_get_path (folder) : NULL;

      if (path != NULL)
        {
          g_free (self->export_dir);
          self->export_dir = path;
          ui_export_view_set_folder (self->export, path, TRUE);
        }
    }
  g_clear_object (&self->chooser);
}

static void
choose_folder_cb (AdminMode *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self->shell));

  if (self->chooser != NULL)
    return;
  self->chooser = gtk_file_chooser_native_new (_ ("Folder for the export"), GTK_WINDOW (root),
                                               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (folder_chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* --- the record --------------------------------------------------------------------------------------------------- */

static void
log_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminMode) self = data;
  g_autoptr (GVariant) entries = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListStore) rows = NULL;
  gsize n;

  if (!FINISH (log_list, &entries))
    {
      show_error (self, error);
      return;
    }
  if (self->state != ADMIN_MODE_OPEN || !g_str_equal (ui_admin_shell_get_view (self->shell), "record"))
    return;
  rows = g_list_store_new (UI_TYPE_ROW);
  n = g_variant_n_children (entries);
  for (gsize i = n; i > 0; i--)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (entries, i - 1);
      g_autoptr (UiRow) row = admin_texts_entry (entry, self->names, self->people_names);

      g_list_store_append (rows, row);
    }
  ui_record_view_set_rows (self->record, G_LIST_MODEL (rows), n >= self->log_limit);
}

static void
status_for_log_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminMode) self = data;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_entries = 0;
  GVariantDict filter;

  if (!FINISH (get_status, &status))
    {
      show_error (self, error);
      return;
    }
  if (self->state != ADMIN_MODE_OPEN)
    return;
  g_variant_lookup (status, "record-entries", "t", &n_entries);
  g_variant_dict_init (&filter, NULL);
  if (n_entries > self->log_limit)
    g_variant_dict_insert (&filter, "from", "t", n_entries - self->log_limit + 1);
  g_variant_dict_insert (&filter, "limit", "u", self->log_limit);
  azukari_vault1_call_log_list (self->vault, g_variant_dict_end (&filter), self->cancellable, log_cb,
                                g_object_ref (self));
}

/* Who the record is about, in words: kept while it is on the screen only. */
static void
names_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminMode) self = data;
  g_autoptr (GVariant) people = NULL;
  g_autoptr (GError) error = NULL;

  if (!FINISH (people_list, &people))
    {
      show_error (self, error);
      return;
    }
  if (self->state != ADMIN_MODE_OPEN || !g_str_equal (ui_admin_shell_get_view (self->shell), "record"))
    return;
  for (gsize i = 0; i < g_variant_n_children (people); i++)
    {
      g_autoptr (GVariant) person = g_variant_get_child_value (people, i);
      const char *id = "", *name = "";

      g_variant_lookup (person, "id", "&s", &id);
      g_variant_lookup (person, "name", "&s", &name);
      admin_names_set (self->people_names, id, name);
    }
  azukari_vault1_call_get_status (self->vault, self->cancellable, status_for_log_cb, g_object_ref (self));
}

static void
refresh_record (AdminMode *self)
{
  GVariantDict filter;

  g_variant_dict_init (&filter, NULL);
  azukari_vault1_call_people_list (self->vault, g_variant_dict_end (&filter), self->cancellable, names_cb,
                                   g_object_ref (self));
}

static void
forget_record (AdminMode *self)
{
  g_autoptr (GListStore) nothing = g_list_store_new (UI_TYPE_ROW);

  g_hash_table_remove_all (self->people_names);
  ui_record_view_set_rows (self->record, G_LIST_MODEL (nothing), FALSE);
}

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminMode) self = data;
  g_autoptr (GVariant) findings = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok = FALSE;
  g_autofree char *rows = NULL;
  g_autofree char *text = NULL;

  ui_record_view_set_busy (self->record, FALSE);
  set_waiting (self, FALSE);
  if (!FINISH (verify, &ok, &findings))
    {
      show_error (self, error);
      return;
    }
  if (self->state != ADMIN_MODE_OPEN)
    return;
  rows = admin_texts_findings (findings);
  text = g_strconcat (ok ? _ ("The record is whole and unaltered.")
                         : _ ("The record is not as it should be. Stop collecting and inform the responsible person."),
                      rows, NULL);
  ui_record_view_set_findings (self->record, text, !ok);
  refresh_record (self);
}

static void
verify_cb (AdminMode *self)
{
  ui_record_view_set_busy (self->record, TRUE);
  set_waiting (self, TRUE);
  azukari_vault1_call_verify (self->vault, self->cancellable, verified_cb, g_object_ref (self));
}

static void
older_cb (AdminMode *self)
{
  self->log_limit += LOG_STEP;
  refresh_record (self);
}

/* --- the door ----------------------------------------------------------------------------------------------------- */

static void
refresh (AdminMode *self)
{
  const char *view = ui_admin_shell_get_view (self->shell);

  if (self->state != ADMIN_MODE_OPEN)
    return;
  if (g_str_equal (view, "people"))
    refresh_people (self);
  else if (g_str_equal (view, "review"))
    refresh_review (self);
  else if (g_str_equal (view, "record"))
    refresh_record (self);
}

static void
view_cb (AdminMode *self, const char *name)
{
  forget_record (self);
  refresh (self);
}

static void
status_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminMode) self = data;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  const char *company = "", *admin = "", *alarm = "";
  g_autofree char *sentence = NULL;
  gint64 made_s = 0;

  if (!FINISH (get_status, &status) || self->state != ADMIN_MODE_OPEN)
    return;
  g_variant_lookup (status, "company", "&s", &company);
  g_variant_lookup (status, "logged-in", "&s", &admin);
  ui_admin_shell_set_admin (self->shell, company, admin);
  g_variant_lookup (status, "backup-alarm", "&s", &alarm);
  g_variant_lookup (status, "backup-made", "x", &made_s);
  sentence = messages_for_backup_alarm (alarm, made_s);
  if (sentence != NULL)
    ui_admin_shell_set_message (self->shell, sentence, TRUE);
}

static void
keep_admin (AdminMode *self, GVariant *session)
{
  const char *id = "", *name = "";

  g_variant_lookup (session, "admin-id", "&s", &id);
  g_variant_lookup (session, "admin", "&s", &name);
  admin_names_set (self->names, id, name);
}

static void
ask_again (AdminMode *self, const char *message)
{
  ui_pin_page_set_busy (self->pin_page, FALSE);
  set_waiting (self, FALSE);
  ui_pin_page_set_message (self->pin_page, message);
  ui_page_focus (UI_PAGE (self->pin_page));
}

static void
open_door (AdminMode *self)
{
  set_waiting (self, FALSE);
  set_state (self, ADMIN_MODE_OPEN);
  azukari_vault1_call_get_status (self->vault, self->cancellable, status_cb, g_object_ref (self));
  azukari_vault1_call_format_list (self->vault, self->cancellable, formats_cb, g_object_ref (self));
  ui_admin_shell_show_view (self->shell, "people");
  refresh (self);
}

/* Taken out: what it opened is closed at once. */
static void
token_gone_cb (AdminMode *self)
{
  admin_mode_close (self);
  admin_mode_ask (self);
  ask_again (self, _ ("The token was taken out. Please insert it and log in again."));
}

/* One more step at the door. */
static void
ask_for_token (AdminMode *self)
{
  g_clear_object (&self->token);
  self->token = admin_token_new ();
  self->shown_ms = 0;
  g_signal_connect_object (self->token, "gone", G_CALLBACK (token_gone_cb), self, G_CONNECT_SWAPPED);
  ui_page_clear (UI_PAGE (self->pin_page));
  ui_pin_page_set_texts (self->pin_page, _ ("Your token"),
                         _ ("Insert your token and type its own PIN. Leave it inserted while you work."));
  ui_pin_page_set_token (self->pin_page, TRUE);
  ui_page_focus (UI_PAGE (self->pin_page));
}

static void
token_shown_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminMode) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;

  if (admin_token_show_finish (ADMIN_TOKEN (source), result, &error))
    {
      if (self->state == ADMIN_MODE_ASKING)
        open_door (self);
      return;
    }
  if (was_cancelled (error) || self->token != ADMIN_TOKEN (source))
    return;
  message = messages_for_error (error);
  if (self->state == ADMIN_MODE_ASKING)
    ask_again (self, message);
  else
    token_gone_cb (self);
}

static void
logged_in_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminMode) self = data;
  g_autoptr (GVariant) session = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;
  const char *duty = "";

  if (!FINISH (login, &session))
    {
      message = messages_for_error (error);
      if (!was_cancelled (error))
        ask_again (self, message);
      return;
    }
  if (self->state != ADMIN_MODE_ASKING)
    return;
  set_waiting (self, FALSE);
  keep_admin (self, session);
  g_variant_lookup (session, "token", "&s", &duty);
  message = g_str_equal (duty, "missing") ? messages_for_vault_error_name ("TokenMissing") : NULL;
  if (message != NULL)
    ask_again (self, message);
  else if (g_str_equal (duty, "needed"))
    ask_for_token (self);
  else
    open_door (self);
}

/* The PIN waits in a variant that wipes itself while the connection is made. */
static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) pin = data;
  AdminMode *self = ADMIN_MODE (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (AzukariVault1) vault = vault_client_connect_finish (result, &connection, &error);

  if (vault == NULL)
    {
      g_autofree char *message = NULL;

      if (was_cancelled (error))
        return;
      message = messages_for_error (error);
      ui_pin_page_set_busy (self->pin_page, FALSE);
      set_waiting (self, FALSE);
      ui_pin_page_set_message (self->pin_page, message);
      return;
    }
  g_set_object (&self->vault, vault);
  g_set_object (&self->connection, connection);
  azukari_vault1_call_login (self->vault, self->name, pin, self->cancellable, logged_in_cb, g_object_ref (self));
}

static void
pin_entered_cb (AdminMode *self, const char *name, const char *pin)
{
  GVariant *bytes;

  if (self->state != ADMIN_MODE_ASKING)
    return;
  admin_mode_touch (self);
  ui_pin_page_set_busy (self->pin_page, TRUE);
  set_waiting (self, TRUE);
  if (self->token != NULL)
    {
      admin_token_show_async (self->token, self->vault, "admin", vault_client_secret_bytes (pin, strlen (pin)),
                              self->cancellable, token_shown_cb, g_object_ref (self));
      return;
    }
  g_free (self->name);
  self->name = g_strdup (name);
  bytes = vault_client_secret_bytes (pin, strlen (pin));
  if (self->vault != NULL && !g_dbus_connection_is_closed (self->connection))
    {
      azukari_vault1_call_login (self->vault, self->name, bytes, self->cancellable, logged_in_cb, g_object_ref (self));
      return;
    }
  vault_client_connect_async (G_OBJECT (self), self->settings->vault_dir, self->cancellable, connected_cb,
                              g_variant_ref_sink (bytes));
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  /* The other side may be gone already; then there is nothing left to give up. */
  if (!g_dbus_connection_close_finish (G_DBUS_CONNECTION (source), result, &error))
    g_debug ("closing the admin's connection: %s", error->message);
}

static void
forget_everything (AdminMode *self)
{
  g_autoptr (GListStore) nothing = g_list_store_new (UI_TYPE_ROW);

  g_clear_pointer (&self->records, g_variant_unref);
  ui_page_clear (UI_PAGE (self->pin_page));
  g_clear_object (&self->people_rows);
  ui_people_view_set_rows (self->people, G_LIST_MODEL (nothing));
  ui_review_view_set_rows (self->review, G_LIST_MODEL (nothing));
  forget_record (self);
  g_clear_pointer (&self->name, g_free);
  g_hash_table_remove_all (self->names);
  ui_record_view_set_findings (self->record, "", FALSE);
  ui_record_view_set_busy (self->record, FALSE);
  set_waiting (self, FALSE);
  ui_export_view_set_result (self->export, "", FALSE);
  ui_export_view_set_busy (self->export, FALSE);
  set_waiting (self, FALSE);
  ui_admin_shell_set_message (self->shell, "", FALSE);
  if (self->chooser != NULL)
    gtk_native_dialog_hide (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  self->log_limit = LOG_STEP;
}

AdminModeState
admin_mode_get_state (AdminMode *self)
{
  return self->state;
}

void
admin_mode_ask (AdminMode *self)
{
  g_return_if_fail (ADMIN_IS_MODE (self));

  if (self->state != ADMIN_MODE_CLOSED)
    return;
  ui_page_clear (UI_PAGE (self->pin_page));
  ui_pin_page_set_texts (self->pin_page, _ ("Administration"), _ ("For the persons in charge only."));
  set_state (self, ADMIN_MODE_ASKING);
}

void
admin_mode_close (AdminMode *self)
{
  g_return_if_fail (ADMIN_IS_MODE (self));

  if (self->state == ADMIN_MODE_CLOSED)
    return;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_object (&self->token);
  if (self->vault != NULL)
    azukari_vault1_call_logout (self->vault, NULL, NULL, NULL);
  if (self->connection != NULL)
    g_dbus_connection_close (self->connection, NULL, closed_cb, NULL);
  g_clear_object (&self->vault);
  g_clear_object (&self->connection);
  forget_everything (self);
  set_state (self, ADMIN_MODE_CLOSED);
}

void
admin_mode_touch (AdminMode *self)
{
  g_return_if_fail (ADMIN_IS_MODE (self));

  self->idle_ms = 0;
  tell_countdown (self, -1);
}

void
admin_mode_advance (AdminMode *self, guint elapsed_ms)
{
  guint limit_ms;

  g_return_if_fail (ADMIN_IS_MODE (self));

  if (self->state == ADMIN_MODE_CLOSED)
    return;
  limit_ms = (guint) ((self->state == ADMIN_MODE_ASKING ? ASKING_MS : OPEN_MS) * self->settings->timeout_scale);
  self->idle_ms += MIN (elapsed_ms, G_MAXUINT - self->idle_ms);
  if (self->idle_ms >= limit_ms)
    return admin_mode_close (self);
  self->shown_ms += MIN (elapsed_ms, SHOW_TOKEN_MS);
  if (self->state == ADMIN_MODE_OPEN && self->token != NULL && self->shown_ms >= SHOW_TOKEN_MS)
    {
      self->shown_ms = 0;
      admin_token_show_async (self->token, self->vault, "admin", NULL, self->cancellable, token_shown_cb,
                              g_object_ref (self));
    }
  if (limit_ms - self->idle_ms <= COUNTDOWN_MS)
    tell_countdown (self, (int) ((limit_ms - self->idle_ms + 999) / 1000));
}

/* --- class -------------------------------------------------------------------------------------------------------- */

static void
admin_mode_dispose (GObject *object)
{
  AdminMode *self = ADMIN_MODE (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->connection != NULL)
    g_dbus_connection_close (self->connection, NULL, closed_cb, NULL);
  g_clear_object (&self->token);
  g_clear_object (&self->vault);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->people_rows);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->records, g_variant_unref);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_clear_pointer (&self->people_names, g_hash_table_unref);
  g_clear_pointer (&self->export_dir, g_free);
  g_clear_pointer (&self->name, g_free);
  G_OBJECT_CLASS (admin_mode_parent_class)->dispose (object);
}

static void
admin_mode_class_init (AdminModeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = admin_mode_dispose;
  signals[CHANGED] = g_signal_new ("changed", ADMIN_TYPE_MODE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[WAITING] =
      g_signal_new ("waiting", ADMIN_TYPE_MODE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[COUNTDOWN] =
      g_signal_new ("countdown", ADMIN_TYPE_MODE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
admin_mode_init (AdminMode *self)
{
  self->cancellable = g_cancellable_new ();
  self->names = admin_names_new ();
  self->people_names = admin_names_new ();
  self->countdown_s = -1;
  self->log_limit = LOG_STEP;
}

static void
fill_export (AdminMode *self)
{
  admin_texts_fill_purposes (self->export);
  self->export_dir = g_strdup (self->settings->export_dir);
  ui_export_view_set_folder (self->export, self->export_dir != NULL ? self->export_dir : "", self->export_dir == NULL);
}

AdminMode *
admin_mode_new (const Settings *settings, UiPinPage *pin_page, UiAdminShell *shell)
{
  AdminMode *self = g_object_new (ADMIN_TYPE_MODE, NULL);

  self->settings = settings;
  self->pin_page = pin_page;
  self->shell = shell;
  self->people = g_object_new (UI_TYPE_PEOPLE_VIEW, NULL);
  self->review = g_object_new (UI_TYPE_REVIEW_VIEW, NULL);
  self->export = g_object_new (UI_TYPE_EXPORT_VIEW, NULL);
  self->record = g_object_new (UI_TYPE_RECORD_VIEW, NULL);
  ui_admin_shell_add_view (shell, "people", _ ("_People"), "system-users-symbolic", GTK_WIDGET (self->people));
  ui_admin_shell_add_view (shell, "review", _ ("_Review"), "emblem-ok-symbolic", GTK_WIDGET (self->review));
  ui_admin_shell_add_view (shell, "export", _ ("_Export"), "document-save-symbolic", GTK_WIDGET (self->export));
  ui_admin_shell_add_view (shell, "record", _ ("Re_cord"), "document-open-recent-symbolic", GTK_WIDGET (self->record));
  fill_export (self);
  g_signal_connect_object (pin_page, "entered", G_CALLBACK (pin_entered_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (shell, "view", G_CALLBACK (view_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (shell, "logout", G_CALLBACK (admin_mode_close), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->review, "selected", G_CALLBACK (record_selected_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->review, "approved", G_CALLBACK (approve_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->review, "asked-again", G_CALLBACK (ask_again_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->export, "export", G_CALLBACK (export_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->export, "choose-folder", G_CALLBACK (choose_folder_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->record, "verify", G_CALLBACK (verify_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->record, "older", G_CALLBACK (older_cb), self, G_CONNECT_SWAPPED);
  return self;
}

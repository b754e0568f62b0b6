/* SPDX-License-Identifier: Apache-2.0 */
/* AdminSealed: a vault that was closed because of what was found. Whoever was in then sees what it is; a 責任者 who logs in hands the record
 * out and is told how to go on. Restoring and accepting stay with azukarictl: they are not for a screen that others may walk up to. */
#include "config.h"

#include <glib/gi18n.h>

#include "admin-folder.h"
#include "admin-part.h"
#include "export-file.h"
#include "messages-vault.h"
#include "record-words.h"
#include "safety-view.h"

#define ACTION_EXPORT "export"
#define ACTION_LOGIN "login"

#define ADMIN_TYPE_SEALED (admin_sealed_get_type ())
G_DECLARE_FINAL_TYPE (AdminSealed, admin_sealed, ADMIN, SEALED, AdminPart)

struct _AdminSealed
{
  AdminPart parent_instance;

  UiSafetyView *view;  /* borrowed */
  AdminFolder *folder; /* owned */
  GVariant *status;    /* owned */
  GVariant *findings;  /* owned */
};

G_DEFINE_FINAL_TYPE (AdminSealed, admin_sealed, ADMIN_TYPE_PART)

static AdminSession *
session_of (AdminSealed *self)
{
  return admin_part_get_session (ADMIN_PART (self));
}

static const char *
get_logged_in (AdminSealed *self)
{
  const char *admin = "";

  (void) g_variant_lookup (self->status, "logged-in", "&s", &admin);
  return admin;
}

/* --- what was found -------------------------------------------------------------------------------------------------- */

/* Those that are as they should be, or those that are not. */
static void
add_findings (AdminSealed *self, GArray *items, gboolean wanted)
{
  for (gsize i = 0; self->findings != NULL && i < g_variant_n_children (self->findings); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (self->findings, i);
      UiSafetyItem item = { .text = "" };
      const char *check = "";
      gboolean ok = FALSE, passing = FALSE;

      (void) g_variant_lookup (row, "check", "&s", &check);
      (void) g_variant_lookup (row, "ok", "b", &ok);
      if (ok != wanted)
        continue;
      (void) g_variant_lookup (row, "passing", "b", &passing);
      item.tone = ok ? "good" : passing ? "wait" : "bad";
      /* Translators: badges: what stands beside it is so, or it is not, or nobody knows */
      item.badge = ok ? _ ("Fine") : passing ? _ ("Not checked") : _ ("Wrong");
      item.title = record_words_check (check, ok || passing);
      if (passing)
        item.text = _ ("The TPM or the disk did not answer. Please try again in a moment.");
      g_array_append_val (items, item);
    }
}

/* What may be done, each as far as the vault says that it can. */
static void
add_ways (AdminSealed *self, GArray *items)
{
  g_autoptr (GVariant) damage = g_variant_lookup_value (self->status, "damage", G_VARIANT_TYPE_VARDICT);
  g_autofree const char **can = NULL;
  const UiSafetyItem export = { .tone = "wait",
                                .badge = _ ("First"),
                                .title = _ ("Hand the record out"),
                                .text = _ (
                                    "As far as it can be read, and marked as such: it shows what was done up to then. "
                                    "Keep it outside this PC."),
                                .action = ACTION_EXPORT,
                                .button_text = _ ("Hand out") };
  const UiSafetyItem login = {
    .tone = "wait",
    .badge = _ ("First"),
    .title = _ ("Everybody was logged out"),
    .text = _ ("A responsible person who logs in again can hand the record out, and sees how to go on."),
    .action = ACTION_LOGIN,
    .button_text = _ ("Log in")
  };
  const UiSafetyItem restore = { .tone = "wait",
                                 .badge = _ ("Then"),
                                 .title = _ ("Bring a good backup back"),
                                 .text = _ (
                                     "In a terminal on this PC: azukarictl backup restore --file FILE --yes, with the "
                                     "newest backup from before it happened.") };
  const UiSafetyItem accept = {
    .tone = "wait",
    .badge = _ ("Or"),
    .title = _ ("Go on with it as it is"),
    .text = _ ("Only if you know why it is so. In a terminal on this PC: azukarictl accept --yes. It "
               "stays in the record for ever, with your name.")
  };

  if (damage == NULL || !g_variant_lookup (damage, "can", "^a&s", &can))
    return;
  if (*get_logged_in (self) == '\0')
    {
      if (g_strv_contains (can, "login"))
        g_array_append_val (items, login);
      return;
    }
  if (g_strv_contains (can, "log-export"))
    g_array_append_val (items, export);
  g_array_append_val (items, restore);
  if (g_strv_contains (can, "accept"))
    g_array_append_val (items, accept);
}

static void
show (AdminSealed *self)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (UiSafetyItem));
  g_autofree char *sentence = NULL, *damage = NULL, *both = NULL;
  const char *reason = "";

  if (self->status == NULL || !admin_part_is_shown (ADMIN_PART (self)))
    return;
  (void) g_variant_lookup (self->status, "reason", "&s", &reason);
  sentence = messages_for_vault_error_name (reason);
  damage = messages_for_damage (self->status);
  both = damage != NULL ? g_strdup_printf ("%s\n%s", sentence, damage) : g_strdup (sentence);
  ui_safety_view_set_headline (self->view, both, FALSE);
  add_findings (self, items, FALSE);
  add_ways (self, items);
  add_findings (self, items, TRUE);
  ui_safety_view_set_items (self->view, (const UiSafetyItem *) items->data, items->len);
}

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminSealed) self = data;
  g_autoptr (GError) error = NULL;
  GVariant *findings = NULL;
  gboolean ok = FALSE;

  (void) ADMIN_FINISH (verify, &ok, &findings);
  if (admin_session_was_cancelled (error))
    return;
  admin_session_set_waiting (session_of (self), FALSE);
  if (findings == NULL)
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  g_clear_pointer (&self->findings, g_variant_unref);
  self->findings = findings;
  show (self);
}

static void
status_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminSealed) self = data;
  g_autoptr (GError) error = NULL;
  GVariant *status = NULL;

  if (!ADMIN_FINISH (get_status, &status))
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  g_clear_pointer (&self->status, g_variant_unref);
  self->status = status;
  show (self);
}

static void
admin_sealed_refresh (AdminPart *part)
{
  AdminSession *session = admin_part_get_session (part);
  AzukariVault1 *vault = admin_session_get_vault (session);

  admin_session_set_waiting (session, TRUE);
  azukari_vault1_call_get_status (vault, admin_session_get_cancellable (session), status_cb, g_object_ref (part));
  azukari_vault1_call_verify (vault, admin_session_get_cancellable (session), verified_cb, g_object_ref (part));
}

/* --- the record ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  AdminSealed *self; /* owned */
  ExportFile *file;  /* owned */
  char *path;        /* owned */
} Job;

static void
job_free (Job *job)
{
  g_clear_object (&job->self);
  g_clear_pointer (&job->file, export_file_free);
  g_free (job->path);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static void
end_export (AdminSealed *self, const char *text, gboolean is_bad)
{
  admin_session_set_waiting (session_of (self), FALSE);
  ui_safety_view_set_busy (self->view, FALSE);
  ui_safety_view_set_result (self->view, text, is_bad);
}

static void
fail_export (AdminSealed *self, const GError *error)
{
  g_autofree char *message = NULL;

  if (admin_session_was_cancelled (error))
    return;
  message = messages_for_error (error);
  end_export (self, message, TRUE);
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Job) job = data;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL, *count = NULL;
  guint64 entries = 0;

  if (!azukari_vault1_call_log_export_finish (AZUKARI_VAULT1 (source), &report, NULL, result, &error)
      || !export_file_commit (job->file, &error))
    {
      fail_export (job->self, error);
      return;
    }
  (void) g_variant_lookup (report, "entries", "t", &entries);
  count = g_strdup_printf ("%" G_GUINT64_FORMAT, entries);
  /* Translators: 1: how many, 2: a file's path */
  text = g_strdup_printf (
      _ ("%1$s entries were written: %2$s\nAnybody can check it: azukarictl verify --record FILE --key KEY"), count,
      job->path);
  end_export (job->self, text, FALSE);
}

static void
export_record (AdminSealed *self)
{
  AdminSession *session = session_of (self);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *name = g_strdup_printf ("record-%s.azr", time);
  g_autoptr (Job) job = g_new0 (Job, 1);
  g_autoptr (GError) error = NULL;
  ExportFile *file;

  job->self = g_object_ref (self);
  job->path = g_build_filename (admin_session_get_folder (session), name, NULL);
  file = job->file = export_file_new (job->path, &error);
  if (file == NULL)
    {
      fail_export (self, error);
      return;
    }
  admin_session_set_waiting (session, TRUE);
  ui_safety_view_set_busy (self->view, TRUE);
  azukari_vault1_call_log_export (admin_session_get_vault (session), export_file_get_handle (file),
                                  export_file_get_fd_list (file), admin_session_get_cancellable (session), exported_cb,
                                  g_steal_pointer (&job));
}

static void
action_cb (AdminSealed *self, const char *action)
{
  if (g_str_equal (action, ACTION_LOGIN))
    admin_session_ask_for_login (session_of (self));
  else if (admin_session_get_folder (session_of (self)) == NULL)
    admin_folder_choose (self->folder);
  else
    export_record (self);
}

/* --- class ----------------------------------------------------------------------------------------------------------- */

static void
forget_answers (AdminSealed *self)
{
  g_clear_pointer (&self->status, g_variant_unref);
  g_clear_pointer (&self->findings, g_variant_unref);
}

static void
admin_sealed_forget (AdminPart *part)
{
  AdminSealed *self = ADMIN_SEALED (part);

  forget_answers (self);
  ui_safety_view_set_items (self->view, NULL, 0);
  ui_safety_view_set_headline (self->view, "", TRUE);
  ui_safety_view_set_result (self->view, "", FALSE);
  ui_safety_view_set_busy (self->view, FALSE);
  admin_folder_close (self->folder);
}

static void
admin_sealed_dispose (GObject *object)
{
  AdminSealed *self = ADMIN_SEALED (object);

  forget_answers (self);
  g_clear_object (&self->folder);
  G_OBJECT_CLASS (admin_sealed_parent_class)->dispose (object);
}

static void
admin_sealed_class_init (AdminSealedClass *klass)
{
  AdminPartClass *part_class = ADMIN_PART_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = admin_sealed_dispose;
  part_class->view = "sealed";
  part_class->roles = ADMIN_ROLE_CHIEF | ADMIN_ROLE_CLERK | ADMIN_ROLE_AUDITOR | ADMIN_ROLE_CLIENT;
  part_class->is_for_sealed = TRUE;
  part_class->refresh = admin_sealed_refresh;
  part_class->forget = admin_sealed_forget;
}

static void
admin_sealed_init (AdminSealed *self)
{
}

AdminPart *
admin_sealed_new (AdminSession *session, UiAdminShell *shell)
{
  AdminPart *part = admin_part_new (ADMIN_TYPE_SEALED, session, shell);
  AdminSealed *self = ADMIN_SEALED (part);

  self->view = g_object_new (UI_TYPE_SAFETY_VIEW, NULL);
  ui_safety_view_set_title (self->view, _ ("The vault is closed"));
  self->folder = admin_folder_new (part, NULL);
  ui_admin_shell_add_view (shell, "sealed", _ ("_What was found"), "dialog-warning-symbolic", GTK_WIDGET (self->view));
  g_signal_connect_object (self->view, "action", G_CALLBACK (action_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folder, "chosen", G_CALLBACK (export_record), self, G_CONNECT_SWAPPED);
  return part;
}

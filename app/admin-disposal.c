/* SPDX-License-Identifier: Apache-2.0 */
/* AdminDisposal: 廃棄: what is due, what would go, the chief's decision, and the certificate. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "admin-certificate.h"
#include "admin-folder.h"
#include "admin-part.h"
#include "admin-retention.h"
#include "admin-texts.h"
#include "answer.h"
#include "disposal-view.h"
#include "messages-vault.h"

#define SOON_DAYS 90
#define AHEAD_DAYS 365
#define REASON "retention-over" /* others name people who are not due: azukarictl */

#define ADMIN_TYPE_DISPOSAL (admin_disposal_get_type ())
G_DECLARE_FINAL_TYPE (AdminDisposal, admin_disposal, ADMIN, DISPOSAL, AdminPart)

struct _AdminDisposal
{
  AdminPart parent_instance;

  UiDisposalView *view;      /* borrowed */
  AdminFolder *folder;       /* owned */
  AdminRetention *retention; /* owned */
  GVariant *numbers;         /* owned: aa{sv}: what would go, while the question is on the screen */
  GStrv ids;                 /* owned: whose */
  char *wanted;              /* owned: the certificate that waits for a folder */
  char *done;                /* owned: what a disposal came to, before its certificate is in a file */
};

G_DEFINE_FINAL_TYPE (AdminDisposal, admin_disposal, ADMIN_TYPE_PART)

static AdminSession *
session_of (AdminDisposal *self)
{
  return admin_part_get_session (ADMIN_PART (self));
}

static AzukariVault1 *
vault_of (AdminDisposal *self)
{
  return admin_session_get_vault (session_of (self));
}

static GCancellable *
cancellable_of (AdminDisposal *self)
{
  return admin_session_get_cancellable (session_of (self));
}

/* --- what is due ----------------------------------------------------------------------------------------------------- */

/* (transfer full): YYYY-MM-DD, so many days from now */
static char *
day_ahead (int days)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) then = g_date_time_add_days (now, days);

  return g_date_time_format (then, "%Y-%m-%d");
}

/* @soon: the last day that counts as soon, YYYY-MM-DD */
static UiRow *
row_for (GVariant *number, const char *soon)
{
  const char *name = answer_text (number, "name"), *code = answer_text (number, "code"),
             *due = answer_text (number, "due");
  const char *left = answer_text (number, "left");
  g_autofree char *gone = left[0] != '\0' ? g_strdup_printf (_ ("left on %s"), left) : g_strdup ("");
  g_autofree char *rule = admin_texts_rule (answer_text (number, "rule"));
  g_autofree char *subtitle =
      g_strdup_printf ("%s%s%s%s%s%s%s", admin_texts_kind (answer_text (number, "kind")), code[0] != '\0' ? " · " : "",
                       code, gone[0] != '\0' ? " · " : "", gone, rule[0] != '\0' ? " · " : "", rule);
  g_autofree char *key = NULL, *since = NULL;
  gboolean is_due = FALSE;

  (void) g_variant_lookup (number, "is-due", "b", &is_due);
  if (is_due)
    key = g_strdup ("due");
  else
    key = g_strdup_printf ("%s %.7s", strcmp (due, soon) <= 0 ? "soon" : "later", due);
  /* Translators: %s is a day: from then on a number may be disposed of. */
  since = g_strdup_printf (_ ("from %s"), due);
  return ui_row_new (answer_text (number, "person"), name[0] != '\0' ? name : code, subtitle, since,
                     is_due ? "wait" : "plain", key);
}

static GListStore *
rows_for (GVariant *numbers)
{
  GListStore *rows = g_list_store_new (UI_TYPE_ROW);
  g_autofree char *soon = day_ahead (SOON_DAYS);

  for (gsize i = 0; i < g_variant_n_children (numbers); i++)
    {
      g_autoptr (GVariant) number = g_variant_get_child_value (numbers, i);
      g_autoptr (UiRow) row = row_for (number, soon);

      g_list_store_append (rows, row);
    }
  return rows;
}

static void
due_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminDisposal) self = data;
  g_autoptr (GVariant) numbers = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListStore) rows = NULL;

  if (!ADMIN_FINISH (dispose_due, &numbers))
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  if (!admin_part_is_shown (ADMIN_PART (self)))
    return;
  rows = rows_for (numbers);
  ui_disposal_view_set_rows (self->view, G_LIST_MODEL (rows));
}

static void
rules_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminDisposal) self = data;
  g_autoptr (GVariant) rules = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (!ADMIN_FINISH (retention_list, &rules))
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  if (!admin_part_is_shown (ADMIN_PART (self)))
    return;
  text = admin_texts_rules (rules);
  ui_disposal_view_set_rules (self->view, text);
}

static void
ask_for_list (AdminDisposal *self)
{
  g_autofree char *until = day_ahead (AHEAD_DAYS);

  azukari_vault1_call_dispose_due (vault_of (self), until, cancellable_of (self), due_cb, g_object_ref (self));
}

static void
admin_disposal_refresh (AdminPart *part)
{
  AdminDisposal *self = ADMIN_DISPOSAL (part);

  if (!g_str_equal (ui_disposal_view_get_page (self->view), "list"))
    return;
  ask_for_list (self);
  azukari_vault1_call_retention_list (vault_of (self), cancellable_of (self), rules_cb, g_object_ref (self));
}

/* --- the question ---------------------------------------------------------------------------------------------------- */

static void
places_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminDisposal) self = data;
  g_autoptr (GVariant) backups = NULL, places = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListStore) rows = NULL;
  g_autofree char *text = NULL;
  gboolean all_there;

  if (!ADMIN_FINISH (backup_list, &backups, &places))
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  if (!admin_part_is_shown (ADMIN_PART (self)) || self->numbers == NULL)
    return;
  admin_session_set_waiting (session_of (self), FALSE);
  text = admin_texts_disposal_places (places, &all_there);
  rows = rows_for (self->numbers);
  ui_disposal_view_ask (self->view, G_LIST_MODEL (rows), text, !all_there);
}

static void
previewed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminDisposal) self = data;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  GVariant *numbers = NULL;

  if (!ADMIN_FINISH (dispose, &report, &numbers))
    {
      admin_session_set_waiting (session_of (self), FALSE);
      admin_session_fail (session_of (self), error);
      return;
    }
  g_clear_pointer (&self->numbers, g_variant_unref);
  self->numbers = numbers;
  if (admin_part_is_shown (ADMIN_PART (self)))
    azukari_vault1_call_backup_list (vault_of (self), cancellable_of (self), places_cb, g_object_ref (self));
}

static GVariant *
options_for (AdminDisposal *self, gboolean erase, gboolean dry_run)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert_value (&options, "people", g_variant_new_strv ((const char *const *) self->ids, -1));
  g_variant_dict_insert (&options, "reason", "s", REASON);
  g_variant_dict_insert (&options, "erase-people", "b", erase);
  g_variant_dict_insert (&options, "dry-run", "b", dry_run);
  return g_variant_dict_end (&options);
}

static void
preview_cb (AdminDisposal *self, const char *const *ids)
{
  g_strfreev (self->ids);
  self->ids = g_strdupv ((GStrv) ids);
  admin_session_say (session_of (self), "", FALSE);
  admin_session_set_waiting (session_of (self), TRUE);
  azukari_vault1_call_dispose (vault_of (self), options_for (self, FALSE, TRUE), cancellable_of (self), previewed_cb,
                               g_object_ref (self));
}

/* --- the certificate's files ----------------------------------------------------------------------------------------- */

/* Where it is told: after a disposal, or over the list of certificates. */
static void
tell_saved (AdminDisposal *self, const char *text, gboolean is_bad, const char *id)
{
  g_autofree char *both = self->done != NULL ? g_strdup_printf ("%s\n%s", self->done, text) : g_strdup (text);

  if (g_str_equal (ui_disposal_view_get_page (self->view), "certificates"))
    ui_disposal_view_set_saved (self->view, text, is_bad);
  else
    ui_disposal_view_set_result (self->view, both, is_bad, id);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminDisposal) self = data;
  AdminSession *session = ADMIN_SESSION (source);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = admin_certificate_save_finish (session, result, &error), *text = NULL, *id = NULL;

  if (admin_session_was_cancelled (error))
    return;
  admin_session_set_working (session, FALSE);
  admin_session_set_waiting (session, FALSE);
  id = g_steal_pointer (&self->wanted);
  if (path == NULL)
    {
      g_autofree char *why = messages_for_error (error);

      text = g_strdup_printf (_ ("The certificate is kept in the vault, but it could not be saved here: %s"), why);
    }
  else
    /* Translators: %s is a file's path; beside it are the signed text and the key */
    text =
        g_strdup_printf (_ ("The certificate was saved: %s\nBeside it are the text that the TPM signed (.azc) and the "
                            "vault's public key (.pem). Anybody can check them: azukarictl verify-certificate"),
                         path);
  tell_saved (self, text, path == NULL, id != NULL ? id : "");
}

static void
save_cb (AdminDisposal *self, const char *id)
{
  AdminSession *session = session_of (self);
  g_autofree char *wanted = g_strdup (id);

  g_free (self->wanted);
  self->wanted = g_steal_pointer (&wanted);
  if (admin_session_get_folder (session) == NULL)
    {
      admin_session_set_working (session, FALSE);
      tell_saved (self, _ ("The certificate is kept in the vault. Please choose a folder to save it to."), TRUE,
                  self->wanted);
      admin_folder_choose (self->folder);
      return;
    }
  admin_session_set_waiting (session, TRUE);
  admin_certificate_save_async (session, self->wanted, saved_cb, g_object_ref (self));
}

static void
folder_cb (AdminDisposal *self)
{
  g_autofree char *id = g_strdup (self->wanted);

  if (id != NULL)
    save_cb (self, id);
}

static void
certificates_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminDisposal) self = data;
  g_autoptr (GVariant) certificates = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListStore) rows = NULL;

  if (!ADMIN_FINISH (certificate_list, &certificates))
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  if (!admin_part_is_shown (ADMIN_PART (self)))
    return;
  rows = g_list_store_new (UI_TYPE_ROW);
  for (gsize i = 0; i < g_variant_n_children (certificates); i++)
    {
      g_autoptr (GVariant) certificate = g_variant_get_child_value (certificates, i);
      g_autoptr (UiRow) row = admin_texts_certificate (certificate);

      g_list_store_append (rows, row);
    }
  ui_disposal_view_set_certificates (self->view, G_LIST_MODEL (rows));
}

static void
list_certificates_cb (AdminDisposal *self)
{
  g_clear_pointer (&self->done, g_free);
  azukari_vault1_call_certificate_list (vault_of (self), cancellable_of (self), certificates_cb, g_object_ref (self));
}

/* --- disposing ------------------------------------------------------------------------------------------------------- */

static void
disposed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminDisposal) self = data;
  AdminSession *session = session_of (self);
  g_autoptr (GVariant) report = NULL, numbers = NULL;
  g_autoptr (GError) error = NULL;
  gboolean has_answer = ADMIN_FINISH (dispose, &report, &numbers);

  if (admin_session_was_cancelled (error))
    return;
  g_clear_pointer (&self->numbers, g_variant_unref);
  if (!has_answer)
    {
      g_autofree char *message = messages_for_error (error);

      admin_session_set_working (session, FALSE);
      admin_session_set_waiting (session, FALSE);
      ui_disposal_view_set_result (self->view, message, TRUE, "");
      if (!admin_session_is_connected (session))
        admin_session_fail (session, error);
      return;
    }
  g_free (self->done);
  self->done = admin_texts_disposed (report);
  ui_disposal_view_set_working (self->view, _ ("The certificate is being written."));
  save_cb (self, answer_text (report, "id"));
}

static void
decided_cb (AdminDisposal *self, gboolean erase)
{
  if (self->numbers == NULL)
    return;
  ui_disposal_view_set_working (self->view,
                                _ ("The numbers are being destroyed, and every backup in reach is written anew. "
                                   "This can take a while: please leave this PC switched on."));
  admin_session_set_working (session_of (self), TRUE);
  azukari_vault1_call_dispose (vault_of (self), options_for (self, erase, FALSE), cancellable_of (self), disposed_cb,
                               g_object_ref (self));
}

/* --- class ----------------------------------------------------------------------------------------------------------- */

static void
forget_question (AdminDisposal *self)
{
  g_clear_pointer (&self->numbers, g_variant_unref);
  g_clear_pointer (&self->ids, g_strfreev);
  g_clear_pointer (&self->wanted, g_free);
  g_clear_pointer (&self->done, g_free);
}

static void
list_cb (AdminDisposal *self)
{
  forget_question (self);
  admin_disposal_refresh (ADMIN_PART (self));
}

static void
retention_cb (AdminDisposal *self)
{
  admin_retention_refresh (self->retention);
}

static void
retention_left_cb (AdminDisposal *self)
{
  admin_retention_forget (self->retention);
  ui_disposal_view_show_list (self->view);
}

static void
admin_disposal_forget (AdminPart *part)
{
  AdminDisposal *self = ADMIN_DISPOSAL (part);

  forget_question (self);
  ui_disposal_view_clear (self->view);
  admin_retention_forget (self->retention);
  admin_folder_close (self->folder);
}

static void
admin_disposal_leave (AdminPart *part)
{
  /* What is under way stays on its page. */
  if (!admin_session_is_working (admin_part_get_session (part)))
    admin_disposal_forget (part);
}

static void
admin_disposal_dispose (GObject *object)
{
  AdminDisposal *self = ADMIN_DISPOSAL (object);

  forget_question (self);
  g_clear_object (&self->folder);
  g_clear_object (&self->retention);
  G_OBJECT_CLASS (admin_disposal_parent_class)->dispose (object);
}

static void
admin_disposal_class_init (AdminDisposalClass *klass)
{
  AdminPartClass *part_class = ADMIN_PART_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = admin_disposal_dispose;
  part_class->view = "disposal";
  part_class->roles = ADMIN_ROLE_CHIEF;
  part_class->refresh = admin_disposal_refresh;
  part_class->leave = admin_disposal_leave;
  part_class->forget = admin_disposal_forget;
}

static void
admin_disposal_init (AdminDisposal *self)
{
}

AdminPart *
admin_disposal_new (AdminSession *session, UiAdminShell *shell)
{
  AdminPart *part = admin_part_new (ADMIN_TYPE_DISPOSAL, session, shell);
  AdminDisposal *self = ADMIN_DISPOSAL (part);

  self->view = g_object_new (UI_TYPE_DISPOSAL_VIEW, NULL);
  self->folder = admin_folder_new (part, NULL);
  self->retention = admin_retention_new (part, ui_disposal_view_get_retention (self->view));
  ui_admin_shell_add_view (shell, "disposal", _ ("_Disposal"), "user-trash-symbolic", GTK_WIDGET (self->view));
  g_signal_connect_object (self->view, "preview", G_CALLBACK (preview_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "decided", G_CALLBACK (decided_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "list", G_CALLBACK (list_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "certificates", G_CALLBACK (list_certificates_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "save", G_CALLBACK (save_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "retention", G_CALLBACK (retention_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->retention, "leave", G_CALLBACK (retention_left_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folder, "chosen", G_CALLBACK (folder_cb), self, G_CONNECT_SWAPPED);
  return part;
}

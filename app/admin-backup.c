/* SPDX-License-Identifier: Apache-2.0 */
/* AdminBackup: where backups go, which there are, whether they open, and bringing back what one holds, shown first. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "admin-folder.h"
#include "admin-part.h"
#include "admin-texts.h"
#include "answer.h"
#include "backup-view.h"
#include "messages-vault.h"

#define ADMIN_TYPE_BACKUP (admin_backup_get_type ())
G_DECLARE_FINAL_TYPE (AdminBackup, admin_backup, ADMIN, BACKUP, AdminPart)

struct _AdminBackup
{
  AdminPart parent_instance;

  UiBackupView *view; /* borrowed */

  /* owned */
  AdminFolder *folder;
  GVariant *backups; /* aa{sv}: what is listed */
  GHashTable *tried; /* id and day of a backup -> "" it opens, or an error's name */
  char *place;       /* whose removal is asked about */
  char *backup;      /* id of the one that is looked into */
  char *person;      /* "" for everybody */
  GVariant *report;  /* what it would do, as it is on the screen */
  guint n_tried;     /* of @backups, while they are tried one after the other */
};

G_DEFINE_FINAL_TYPE (AdminBackup, admin_backup, ADMIN_TYPE_PART)

static AdminSession *
session_of (AdminBackup *self)
{
  return admin_part_get_session (ADMIN_PART (self));
}

static AzukariVault1 *
vault_of (AdminBackup *self)
{
  return admin_session_get_vault (session_of (self));
}

static GCancellable *
cancellable_of (AdminBackup *self)
{
  return admin_session_get_cancellable (session_of (self));
}

/* --- what there is --------------------------------------------------------------------------------------------------- */

/* A weekday's backup is another one next week. */
static char *
dup_key (GVariant *backup)
{
  return g_strconcat (answer_text (backup, "place"), "/", answer_text (backup, "generation"), "/",
                      answer_text (backup, "made"), NULL);
}

static void
show_backups (AdminBackup *self)
{
  g_autoptr (GListStore) rows = g_list_store_new (UI_TYPE_ROW);

  for (gsize i = 0; self->backups != NULL && i < g_variant_n_children (self->backups); i++)
    {
      g_autoptr (GVariant) backup = g_variant_get_child_value (self->backups, i);
      g_autofree char *key = dup_key (backup);
      g_autoptr (UiRow) row = admin_texts_backup (backup, g_hash_table_lookup (self->tried, key));

      g_list_store_append (rows, row);
    }
  ui_backup_view_set_backups (self->view, G_LIST_MODEL (rows));
}

static void
list_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminBackup) self = data;
  g_autoptr (GVariant) places = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListStore) rows = NULL;
  GVariant *backups = NULL;

  if (!ADMIN_FINISH (backup_list, &backups, &places))
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  g_clear_pointer (&self->backups, g_variant_unref);
  self->backups = backups;
  if (!admin_part_is_shown (ADMIN_PART (self)))
    return;
  rows = g_list_store_new (UI_TYPE_ROW);
  for (gsize i = 0; i < g_variant_n_children (places); i++)
    {
      g_autoptr (GVariant) place = g_variant_get_child_value (places, i);
      g_autoptr (UiRow) row = admin_texts_place (place);

      g_list_store_append (rows, row);
    }
  ui_backup_view_set_places (self->view, G_LIST_MODEL (rows));
  show_backups (self);
}

static void
admin_backup_refresh (AdminPart *part)
{
  AdminBackup *self = ADMIN_BACKUP (part);

  ui_backup_view_set_allowed (self->view, admin_session_get_role (session_of (self)) == ADMIN_ROLE_CHIEF);
  if (!admin_session_is_working (session_of (self)))
    azukari_vault1_call_backup_list (vault_of (self), cancellable_of (self), list_cb, g_object_ref (self));
}

/* --- something under way --------------------------------------------------------------------------------------------- */

/* @text: what is being done, translated */
static void
begin_work (AdminBackup *self, const char *text)
{
  admin_session_set_working (session_of (self), TRUE);
  admin_session_set_waiting (session_of (self), TRUE);
  ui_backup_view_set_busy (self->view, TRUE);
  ui_backup_view_set_result (self->view, text, FALSE);
}

static void
end_work (AdminBackup *self, const char *text, gboolean is_bad)
{
  admin_session_set_working (session_of (self), FALSE);
  admin_session_set_waiting (session_of (self), FALSE);
  ui_backup_view_set_busy (self->view, FALSE);
  ui_backup_view_set_result (self->view, text, is_bad);
  ui_backup_view_show_list (self->view);
  if (admin_part_is_shown (ADMIN_PART (self)))
    admin_backup_refresh (ADMIN_PART (self));
}

/* @usage: (nullable): what is said of a value that the vault does not take */
static void
fail_work (AdminBackup *self, const GError *error, const char *usage)
{
  g_autofree char *message = NULL;

  if (admin_session_was_cancelled (error))
    return;
  if (usage != NULL && g_error_matches (error, VAULT_ERROR, VAULT_ERROR_USAGE))
    message = g_strdup (usage);
  else
    message = messages_for_error (error);
  end_work (self, message, TRUE);
  if (admin_session_has_ended (session_of (self), error))
    admin_session_fail (session_of (self), error);
}

/* --- places ---------------------------------------------------------------------------------------------------------- */

static void
added_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminBackup) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  if (!ADMIN_FINISH (backup_place_add, &id))
    fail_work (self, error,
               _ ("This folder cannot take backups: it is a place for them already, it belongs to the vault itself, or "
                  "eight places are registered. Please choose another one."));
  else
    end_work (self, _ ("The place is registered. Backups go there each night; you can make a first one now."), FALSE);
}

static void
folder_cb (AdminBackup *self, const char *path)
{
  GVariantDict options;

  if (vault_of (self) == NULL)
    return;
  begin_work (self, _ ("The place is being registered."));
  g_variant_dict_init (&options, NULL);
  azukari_vault1_call_backup_place_add (vault_of (self), path, g_variant_dict_end (&options), cancellable_of (self),
                                        added_cb, g_object_ref (self));
}

static void
add_cb (AdminBackup *self)
{
  ui_backup_view_set_result (self->view, "", FALSE);
  admin_folder_choose (self->folder);
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminBackup) self = data;
  g_autoptr (GError) error = NULL;

  if (!azukari_vault1_call_backup_place_remove_finish (AZUKARI_VAULT1 (source), result, &error))
    fail_work (self, error, NULL);
  else
    end_work (self, _ ("No backups are made there any more. Those that are there were left."), FALSE);
}

static void
remove_cb (AdminBackup *self, const char *id)
{
  const UiQuestion question = {
    .title = _ ("No longer back up there?"),
    .lead = _ ("The backups that are there stay, but are not listed here any more. When they are not needed, please "
               "destroy them "
               "yourself."),
    .note = "",
    .decision = _ ("As the responsible person I decide that no backups go there any more"),
    .go = _ ("_Remove the place"),
  };

  g_free (self->place);
  self->place = g_strdup (id);
  ui_backup_view_set_result (self->view, "", FALSE);
  ui_backup_view_ask (self->view, &question, NULL);
}

/* --- making and trying ----------------------------------------------------------------------------------------------- */

static void
made_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminBackup) self = data;
  g_autoptr (GVariant) backups = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean is_bad;

  if (!ADMIN_FINISH (backup_now, &backups))
    {
      fail_work (self, error, NULL);
      return;
    }
  text = admin_texts_backed_up (backups, &is_bad);
  end_work (self, text, is_bad);
}

static void
make_cb (AdminBackup *self)
{
  GVariantDict options;

  begin_work (self, _ ("The backup is being made, read back and checked."));
  g_variant_dict_init (&options, NULL);
  azukari_vault1_call_backup_now (vault_of (self), g_variant_dict_end (&options), cancellable_of (self), made_cb,
                                  g_object_ref (self));
}

static void try_next (AdminBackup *self);

/* @error: (nullable): why the backup that was tried last does not open */
static void
keep_tried (AdminBackup *self, const GError *error)
{
  g_autoptr (GVariant) backup = g_variant_get_child_value (self->backups, self->n_tried);

  g_hash_table_replace (self->tried, dup_key (backup), error != NULL ? vault_error_dup_name (error) : g_strdup (""));
  self->n_tried++;
}

static void
tried_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminBackup) self = data;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;

  (void) azukari_vault1_call_backup_preview_finish (AZUKARI_VAULT1 (source), &report, NULL, result, &error);
  if (admin_session_was_cancelled (error) || self->backups == NULL)
    return;
  if (admin_session_has_ended (session_of (self), error))
    {
      fail_work (self, error, NULL);
      return;
    }
  keep_tried (self, error);
  show_backups (self);
  try_next (self);
}

static guint
count_bad (AdminBackup *self)
{
  guint n = 0;

  for (gsize i = 0; i < g_variant_n_children (self->backups); i++)
    {
      g_autoptr (GVariant) backup = g_variant_get_child_value (self->backups, i);
      g_autofree char *key = dup_key (backup);
      const char *tried = g_hash_table_lookup (self->tried, key);

      n += tried != NULL && *tried != '\0';
    }
  return n;
}

static void
preview (AdminBackup *self, const char *id, const char *person, GAsyncReadyCallback callback)
{
  g_auto (GStrv) parts = g_strsplit (id, "/", 2);
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "place", "s", parts[0]);
  g_variant_dict_insert (&options, "generation", "s", parts[1]);
  g_variant_dict_insert (&options, "person", "s", person);
  azukari_vault1_call_backup_preview (vault_of (self), g_variant_dict_end (&options),
                                      g_variant_new_array (G_VARIANT_TYPE_HANDLE, NULL, 0), NULL, cancellable_of (self),
                                      callback, g_object_ref (self));
}

/* One after the other: whoever stands at the kiosk is served between them. */
static void
try_next (AdminBackup *self)
{
  const guint n = (guint) g_variant_n_children (self->backups);
  g_autoptr (GVariant) backup = NULL;
  g_autofree char *id = NULL, *text = NULL;

  if (self->n_tried >= n)
    {
      const guint n_bad = count_bad (self);

      text = n_bad == 0
                 ? g_strdup (_ ("Every backup opens on this machine and fits this vault."))
                 : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u backup does not open. Please make a new one.",
                                                 "%u backups do not open. Please make new ones.", n_bad),
                                    n_bad);
      end_work (self, text, n_bad > 0);
      return;
    }
  /* Translators: 1: which, 2: of how many backups */
  text = g_strdup_printf (_ ("Backup %1$u of %2$u is being opened and compared."), self->n_tried + 1, n);
  ui_backup_view_set_result (self->view, text, FALSE);
  backup = g_variant_get_child_value (self->backups, self->n_tried);
  id = admin_texts_backup_id (backup);
  preview (self, id, "", tried_cb);
}

static void
drilled_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminBackup) self = data;
  g_autoptr (GVariant) findings = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok = FALSE;

  if (!ADMIN_FINISH (backup_drill, &ok, &findings))
    {
      fail_work (self, error, NULL);
      return;
    }
  /* Only a chief looks into them: for others the newest ones at each place have to do. */
  if (admin_session_get_role (session_of (self)) == ADMIN_ROLE_CHIEF && self->backups != NULL)
    try_next (self);
  else
    end_work (self,
              ok ? _ ("The newest backup opens on this machine and fits this vault.")
                 : _ ("A backup does not open or does not fit. Please make a new one: azukarictl backup now"),
              !ok);
}

/* The record keeps that the newest ones were tried; the others are looked into after that. */
static void
try_cb (AdminBackup *self)
{
  begin_work (self, _ ("The newest backup is being opened and compared."));
  self->n_tried = 0;
  g_hash_table_remove_all (self->tried);
  azukari_vault1_call_backup_drill (vault_of (self), cancellable_of (self), drilled_cb, g_object_ref (self));
}

/* --- bringing back --------------------------------------------------------------------------------------------------- */

static void
forget_question (AdminBackup *self)
{
  g_clear_pointer (&self->place, g_free);
  g_clear_pointer (&self->backup, g_free);
  g_clear_pointer (&self->person, g_free);
  g_clear_pointer (&self->report, g_variant_unref);
}

static void
ask (AdminBackup *self, const char *note)
{
  g_autoptr (GVariant) rows = g_variant_lookup_value (self->report, "rows", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GListStore) people = g_list_store_new (UI_TYPE_ROW);
  const gboolean is_alone = *self->person != '\0';
  const gsize n = rows != NULL ? g_variant_n_children (rows) : 0;
  g_autofree char *made = admin_texts_time (answer_text (self->report, "made"));
  g_autofree char *text = admin_texts_restore (self->report);
  /* Translators: %s is the date and time of a backup */
  g_autofree char *title =
      g_strdup_printf (is_alone ? _ ("Bring this person back as of %s?") : _ ("Bring everybody back as of %s?"), made);
  g_autofree char *lead = g_strdup_printf (
      "%s\n%s", text,
      n > 0 ? _ ("The record, the administrators and the settings stay those of now.") : _ ("Nothing would change."));
  const UiQuestion question = {
    .title = title,
    .lead = lead,
    .note = note,
    .decision = n > 0 ? _ ("As the responsible person I decide that this is brought back") : NULL,
    .go = _ ("Bring _this back"),
    .row = _ ("Only this person"),
    /* Translators: %s is a person's name */
    .row_name = _ ("Bring back only %s"),
  };

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) person = g_variant_get_child_value (rows, i);
      g_autoptr (UiRow) row = admin_texts_restored_person (person, is_alone);

      g_list_store_append (people, row);
    }
  ui_backup_view_ask (self->view, &question, G_LIST_MODEL (people));
}

static void
previewed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminBackup) self = data;
  g_autoptr (GError) error = NULL;
  GVariant *report = NULL;

  if (!azukari_vault1_call_backup_preview_finish (AZUKARI_VAULT1 (source), &report, NULL, result, &error))
    {
      fail_work (self, error, NULL);
      return;
    }
  g_clear_pointer (&self->report, g_variant_unref);
  self->report = report;
  admin_session_set_working (session_of (self), FALSE);
  admin_session_set_waiting (session_of (self), FALSE);
  ui_backup_view_set_busy (self->view, FALSE);
  ui_backup_view_set_result (self->view, "", FALSE);
  if (admin_part_is_shown (ADMIN_PART (self)))
    ask (self, "");
  else
    {
      forget_question (self);
      ui_backup_view_clear (self->view);
    }
}

static void
look_into (AdminBackup *self, const char *backup, const char *person)
{
  g_autofree char *id = g_strdup (backup), *whom = g_strdup (person);

  g_free (self->backup);
  self->backup = g_steal_pointer (&id);
  g_free (self->person);
  self->person = g_steal_pointer (&whom);
  begin_work (self, _ ("The backup is being opened and compared."));
  ui_backup_view_set_working (self->view, _ ("The backup is being opened and compared."));
  preview (self, self->backup, self->person, previewed_cb);
}

static void
restore_cb (AdminBackup *self, const char *id)
{
  look_into (self, id, "");
}

static void
only_cb (AdminBackup *self, const char *person)
{
  if (self->backup != NULL)
    look_into (self, self->backup, person);
}

static void
restored_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminBackup) self = data;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL, *both = NULL;

  if (!azukari_vault1_call_backup_restore_finish (AZUKARI_VAULT1 (source), &report, NULL, result, &error))
    {
      fail_work (self, error, NULL);
      return;
    }
  text = admin_texts_restore (report);
  both = g_strdup_printf ("%s\n%s", _ ("Restored. The record says so."), text);
  end_work (self, both, FALSE);
}

/* What is brought back is what was on the screen: a night's backup may have taken the place of the one that was looked into. */
static void
compared_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminBackup) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) report = NULL;
  g_auto (GStrv) parts = NULL;
  GVariantDict options;

  if (!azukari_vault1_call_backup_preview_finish (AZUKARI_VAULT1 (source), &report, NULL, result, &error))
    {
      fail_work (self, error, NULL);
      return;
    }
  if (!g_variant_equal (report, self->report))
    {
      g_clear_pointer (&self->report, g_variant_unref);
      self->report = g_steal_pointer (&report);
      admin_session_set_working (session_of (self), FALSE);
      admin_session_set_waiting (session_of (self), FALSE);
      ui_backup_view_set_busy (self->view, FALSE);
      ask (self, _ ("The vault or the backup has changed since you looked. Please look at it once more."));
      return;
    }
  parts = g_strsplit (self->backup, "/", 2);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "place", "s", parts[0]);
  g_variant_dict_insert (&options, "generation", "s", parts[1]);
  g_variant_dict_insert (&options, "person", "s", self->person);
  azukari_vault1_call_backup_restore (vault_of (self), g_variant_dict_end (&options),
                                      g_variant_new_array (G_VARIANT_TYPE_HANDLE, NULL, 0), NULL, cancellable_of (self),
                                      restored_cb, g_object_ref (self));
}

static void
decided_cb (AdminBackup *self)
{
  if (self->place != NULL)
    {
      g_autofree char *id = g_steal_pointer (&self->place);

      begin_work (self, _ ("The place is being removed."));
      azukari_vault1_call_backup_place_remove (vault_of (self), id, cancellable_of (self), removed_cb,
                                               g_object_ref (self));
      return;
    }
  if (self->report == NULL)
    return;
  begin_work (self, "");
  ui_backup_view_set_working (self->view, _ ("People and numbers are being brought back. Please leave this PC on."));
  preview (self, self->backup, self->person, compared_cb);
}

static void
back_cb (AdminBackup *self)
{
  forget_question (self);
  admin_backup_refresh (ADMIN_PART (self));
}

/* --- class ----------------------------------------------------------------------------------------------------------- */

static void
admin_backup_forget (AdminPart *part)
{
  AdminBackup *self = ADMIN_BACKUP (part);

  forget_question (self);
  g_clear_pointer (&self->backups, g_variant_unref);
  g_hash_table_remove_all (self->tried);
  ui_backup_view_clear (self->view);
  admin_folder_close (self->folder);
}

static void
admin_backup_leave (AdminPart *part)
{
  /* What is under way stays on its page. */
  if (!admin_session_is_working (admin_part_get_session (part)))
    admin_backup_forget (part);
}

static void
admin_backup_dispose (GObject *object)
{
  AdminBackup *self = ADMIN_BACKUP (object);

  forget_question (self);
  g_clear_pointer (&self->backups, g_variant_unref);
  g_clear_pointer (&self->tried, g_hash_table_unref);
  g_clear_object (&self->folder);
  G_OBJECT_CLASS (admin_backup_parent_class)->dispose (object);
}

static void
admin_backup_class_init (AdminBackupClass *klass)
{
  AdminPartClass *part_class = ADMIN_PART_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = admin_backup_dispose;
  part_class->view = "backups";
  part_class->roles = ADMIN_ROLE_CHIEF | ADMIN_ROLE_AUDITOR;
  part_class->refresh = admin_backup_refresh;
  part_class->leave = admin_backup_leave;
  part_class->forget = admin_backup_forget;
}

static void
admin_backup_init (AdminBackup *self)
{
  self->tried = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

AdminPart *
admin_backup_new (AdminSession *session, UiAdminShell *shell)
{
  AdminPart *part = admin_part_new (ADMIN_TYPE_BACKUP, session, shell);
  AdminBackup *self = ADMIN_BACKUP (part);

  self->view = g_object_new (UI_TYPE_BACKUP_VIEW, NULL);
  self->folder = admin_folder_new (part, _ ("Folder for backups"));
  ui_admin_shell_add_view (shell, "backups", _ ("_Backups"), "drive-harddisk-symbolic", GTK_WIDGET (self->view));
  g_signal_connect_object (self->view, "add", G_CALLBACK (add_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "remove", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "make", G_CALLBACK (make_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "try", G_CALLBACK (try_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "restore", G_CALLBACK (restore_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "only", G_CALLBACK (only_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "decided", G_CALLBACK (decided_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "list", G_CALLBACK (back_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folder, "chosen", G_CALLBACK (folder_cb), self, G_CONNECT_SWAPPED);
  return part;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* AdminRecord: the record, newest first, and its check. */
#include "config.h"

#include <glib/gi18n.h>

#include "admin-part.h"
#include "admin-texts.h"
#include "record-view.h"
#include "record-words.h"

#define LOG_STEP 200u

#define ADMIN_TYPE_RECORD (admin_record_get_type ())
G_DECLARE_FINAL_TYPE (AdminRecord, admin_record, ADMIN, RECORD, AdminPart)

struct _AdminRecord
{
  AdminPart parent_instance;

  UiRecordView *view;       /* borrowed */
  GHashTable *people_names; /* owned: while the record is on the screen */
  guint log_limit;
  guint64 signed_to; /* by who is in */
  guint64 review_to; /* the newest entry that the review on the screen speaks of */
};

G_DEFINE_FINAL_TYPE (AdminRecord, admin_record, ADMIN_TYPE_PART)

static AdminSession *
session_of (AdminRecord *self)
{
  return admin_part_get_session (ADMIN_PART (self));
}

/* --- the list -------------------------------------------------------------------------------------------------------- */

static void
log_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminRecord) self = data;
  g_autoptr (GVariant) entries = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListStore) rows = NULL;
  gsize n;

  if (!ADMIN_FINISH (log_list, &entries))
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  if (!admin_part_is_shown (ADMIN_PART (self)))
    return;
  rows = g_list_store_new (UI_TYPE_ROW);
  n = g_variant_n_children (entries);
  for (gsize i = n; i > 0; i--)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (entries, i - 1);
      g_autoptr (UiRow) row =
          admin_texts_entry (entry, admin_session_get_names (session_of (self)), self->people_names);

      g_list_store_append (rows, row);
    }
  ui_record_view_set_rows (self->view, G_LIST_MODEL (rows), n >= self->log_limit);
}

static void
status_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminRecord) self = data;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_entries = 0;
  GVariantDict filter;

  if (!ADMIN_FINISH (get_status, &status))
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  if (!admin_session_is_open (session_of (self)))
    return;
  g_variant_lookup (status, "record-entries", "t", &n_entries);
  g_variant_dict_init (&filter, NULL);
  if (n_entries > self->log_limit)
    g_variant_dict_insert (&filter, "from", "t", n_entries - self->log_limit + 1);
  g_variant_dict_insert (&filter, "limit", "u", self->log_limit);
  azukari_vault1_call_log_list (admin_session_get_vault (session_of (self)), g_variant_dict_end (&filter),
                                admin_session_get_cancellable (session_of (self)), log_cb, g_object_ref (self));
}

static void
ask_for_log (AdminRecord *self)
{
  azukari_vault1_call_get_status (admin_session_get_vault (session_of (self)),
                                  admin_session_get_cancellable (session_of (self)), status_cb, g_object_ref (self));
}

/* Who the record is about, in words: kept while it is on the screen only. */
static void
names_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminRecord) self = data;
  g_autoptr (GVariant) people = NULL;
  g_autoptr (GError) error = NULL;

  if (!ADMIN_FINISH (people_list, &people))
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  if (!admin_part_is_shown (ADMIN_PART (self)))
    return;
  for (gsize i = 0; i < g_variant_n_children (people); i++)
    {
      g_autoptr (GVariant) person = g_variant_get_child_value (people, i);
      const char *id = "", *name = "";

      g_variant_lookup (person, "id", "&s", &id);
      g_variant_lookup (person, "name", "&s", &name);
      admin_names_set (self->people_names, id, name);
    }
  ask_for_log (self);
}

static void
ask_for_people (AdminRecord *self)
{
  AdminSession *session = session_of (self);
  GVariantDict filter;

  if (admin_session_get_role (session) != ADMIN_ROLE_CHIEF)
    {
      ask_for_log (self);
      return;
    }
  g_variant_dict_init (&filter, NULL);
  azukari_vault1_call_people_list (admin_session_get_vault (session), g_variant_dict_end (&filter),
                                   admin_session_get_cancellable (session), names_cb, g_object_ref (self));
}

/* The roster is not for an auditor or a client, who see ids; who the admins are is. */
static void
admins_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminRecord) self = data;
  g_autoptr (GVariant) admins = NULL;
  g_autoptr (GError) error = NULL;

  if (!ADMIN_FINISH (admin_list, &admins))
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  if (!admin_part_is_shown (ADMIN_PART (self)))
    return;
  for (gsize i = 0; i < g_variant_n_children (admins); i++)
    {
      g_autoptr (GVariant) admin = g_variant_get_child_value (admins, i);
      const char *id = "", *name = "";

      g_variant_lookup (admin, "id", "&s", &id);
      g_variant_lookup (admin, "name", "&s", &name);
      admin_names_set (admin_session_get_names (session_of (self)), id, name);
    }
  ask_for_people (self);
}

static void ask_for_review (AdminRecord *self);

static void
admin_record_refresh (AdminPart *part)
{
  AdminSession *session = admin_part_get_session (part);

  azukari_vault1_call_admin_list (admin_session_get_vault (session), admin_session_get_cancellable (session), admins_cb,
                                  g_object_ref (part));
  ask_for_review (ADMIN_RECORD (part));
}

static void
older_cb (AdminRecord *self)
{
  self->log_limit += LOG_STEP;
  admin_part_refresh (ADMIN_PART (self));
}

/* --- its review ------------------------------------------------------------------------------------------------------ */

static void
review_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminRecord) self = data;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean stands_out;

  if (!ADMIN_FINISH (log_review, &report))
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  if (!admin_part_is_shown (ADMIN_PART (self)))
    return;
  text = admin_texts_review (report, &self->review_to, &stands_out);
  /* The entry that says that the others were seen waits for the next review. */
  if (self->signed_to > 0 && self->review_to == self->signed_to + 1)
    {
      ui_record_view_set_review (self->view, "", FALSE, FALSE);
      return;
    }
  ui_record_view_set_review (self->view, text, stands_out,
                             admin_session_get_role (session_of (self)) == ADMIN_ROLE_CHIEF);
}

static void
ask_for_review (AdminRecord *self)
{
  azukari_vault1_call_log_review (admin_session_get_vault (session_of (self)),
                                  admin_session_get_cancellable (session_of (self)), review_cb, g_object_ref (self));
}

static void
signed_off_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminRecord) self = data;
  g_autoptr (GError) error = NULL;
  gboolean done = azukari_vault1_call_log_sign_off_finish (AZUKARI_VAULT1 (source), result, &error);

  if (admin_session_was_cancelled (error))
    return;
  ui_record_view_set_busy (self->view, FALSE);
  if (!done)
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  if (!admin_session_is_open (session_of (self)))
    return;
  self->signed_to = self->review_to;
  admin_session_say (session_of (self), _ ("Noted in the record: reviewed."), FALSE);
  admin_session_say_changed (session_of (self));
}

/* Those that were on the screen, and no newer ones. */
static void
sign_off_cb (AdminRecord *self)
{
  ui_record_view_set_busy (self->view, TRUE);
  azukari_vault1_call_log_sign_off (admin_session_get_vault (session_of (self)), self->review_to,
                                    admin_session_get_cancellable (session_of (self)), signed_off_cb,
                                    g_object_ref (self));
}

/* --- its check ------------------------------------------------------------------------------------------------------- */

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminRecord) self = data;
  g_autoptr (GVariant) findings = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok = FALSE, has_answer = ADMIN_FINISH (verify, &ok, &findings);
  g_autofree char *checks = NULL;

  if (admin_session_was_cancelled (error))
    return;
  ui_record_view_set_busy (self->view, FALSE);
  admin_session_set_waiting (session_of (self), FALSE);
  if (!has_answer)
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  if (!admin_session_is_open (session_of (self)))
    return;
  checks = admin_texts_findings (findings);
  ui_record_view_set_findings (
      self->view,
      ok ? _ ("The record is whole and unaltered.")
      : record_words_only_unchecked (findings)
          ? _ ("Not everything could be checked: the TPM or the disk did not answer. Please try again in a moment.")
          : _ ("The record is not as it should be. Stop collecting and inform the responsible person."),
      checks, !ok);
  admin_part_refresh (ADMIN_PART (self));
}

static void
verify_cb (AdminRecord *self)
{
  ui_record_view_set_busy (self->view, TRUE);
  admin_session_set_waiting (session_of (self), TRUE);
  azukari_vault1_call_verify (admin_session_get_vault (session_of (self)),
                              admin_session_get_cancellable (session_of (self)), verified_cb, g_object_ref (self));
}

/* --- class ----------------------------------------------------------------------------------------------------------- */

static void
admin_record_leave (AdminPart *part)
{
  AdminRecord *self = ADMIN_RECORD (part);
  g_autoptr (GListStore) nothing = g_list_store_new (UI_TYPE_ROW);

  g_hash_table_remove_all (self->people_names);
  ui_record_view_set_rows (self->view, G_LIST_MODEL (nothing), FALSE);
}

static void
admin_record_forget (AdminPart *part)
{
  AdminRecord *self = ADMIN_RECORD (part);

  admin_record_leave (part);
  ui_record_view_set_findings (self->view, "", "", FALSE);
  ui_record_view_set_review (self->view, "", FALSE, FALSE);
  ui_record_view_set_busy (self->view, FALSE);
  self->log_limit = LOG_STEP;
  self->signed_to = 0;
}

static void
admin_record_dispose (GObject *object)
{
  g_clear_pointer (&ADMIN_RECORD (object)->people_names, g_hash_table_unref);
  G_OBJECT_CLASS (admin_record_parent_class)->dispose (object);
}

static void
admin_record_class_init (AdminRecordClass *klass)
{
  AdminPartClass *part_class = ADMIN_PART_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = admin_record_dispose;
  part_class->view = "record";
  part_class->roles = ADMIN_ROLE_CHIEF | ADMIN_ROLE_AUDITOR | ADMIN_ROLE_CLIENT;
  part_class->refresh = admin_record_refresh;
  part_class->leave = admin_record_leave;
  part_class->forget = admin_record_forget;
}

static void
admin_record_init (AdminRecord *self)
{
  self->people_names = admin_names_new ();
  self->log_limit = LOG_STEP;
}

AdminPart *
admin_record_new (AdminSession *session, UiAdminShell *shell)
{
  AdminPart *part = admin_part_new (ADMIN_TYPE_RECORD, session, shell);
  AdminRecord *self = ADMIN_RECORD (part);

  self->view = g_object_new (UI_TYPE_RECORD_VIEW, NULL);
  ui_admin_shell_add_view (shell, "record", _ ("Re_cord"), "document-open-recent-symbolic", GTK_WIDGET (self->view));
  g_signal_connect_object (self->view, "verify", G_CALLBACK (verify_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "signed-off", G_CALLBACK (sign_off_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "older", G_CALLBACK (older_cb), self, G_CONNECT_SWAPPED);
  return part;
}

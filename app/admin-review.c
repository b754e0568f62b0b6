/* SPDX-License-Identifier: Apache-2.0 */
/* AdminReview: what was collected is approved, or asked for again. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "admin-part.h"
#include "admin-texts.h"
#include "review-view.h"

#define REVIEW_LIMIT 200u /* what waits longest; the rest comes up as these are decided */

#define ADMIN_TYPE_REVIEW (admin_review_get_type ())
G_DECLARE_FINAL_TYPE (AdminReview, admin_review, ADMIN, REVIEW, AdminPart)

struct _AdminReview
{
  AdminPart parent_instance;

  UiReviewView *view; /* borrowed */
  GVariant *records;  /* owned: aa{sv} under review */
};

G_DEFINE_FINAL_TYPE (AdminReview, admin_review, ADMIN_TYPE_PART)

static AdminSession *
session_of (AdminReview *self)
{
  return admin_part_get_session (ADMIN_PART (self));
}

static void
records_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminReview) self = data;
  g_autoptr (GVariant) records = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListStore) rows = NULL;

  if (!ADMIN_FINISH (record_list, &records))
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  if (!admin_session_is_open (session_of (self)))
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
  ui_review_view_set_rows (self->view, G_LIST_MODEL (rows));
}

static void
admin_review_refresh (AdminPart *part)
{
  AdminSession *session = admin_part_get_session (part);
  GVariantDict filter;

  g_variant_dict_init (&filter, NULL);
  g_variant_dict_insert (&filter, "state", "s", "waiting");
  g_variant_dict_insert (&filter, "limit", "u", REVIEW_LIMIT);
  azukari_vault1_call_record_list (admin_session_get_vault (session), g_variant_dict_end (&filter),
                                   admin_session_get_cancellable (session), records_cb, g_object_ref (part));
}

static void
record_selected_cb (AdminReview *self, const char *record_id)
{
  if (self->records != NULL)
    admin_texts_fill_record (self->view, self->records, record_id);
}

static void
approved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminReview) self = data;
  g_autoptr (GError) error = NULL;

  if (!azukari_vault1_call_approve_finish (AZUKARI_VAULT1 (source), result, &error))
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  if (!admin_session_is_open (session_of (self)))
    return;
  admin_session_say (session_of (self), _ ("Approved."), FALSE);
  admin_session_say_changed (session_of (self));
}

static void
approve_cb (AdminReview *self, const char *record_id, const char *identity)
{
  azukari_vault1_call_approve (admin_session_get_vault (session_of (self)), record_id, identity,
                               admin_session_get_cancellable (session_of (self)), approved_cb, g_object_ref (self));
}

static void
asked_again_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminReview) self = data;
  g_autoptr (GError) error = NULL;

  if (!azukari_vault1_call_ask_again_finish (AZUKARI_VAULT1 (source), result, &error))
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  if (!admin_session_is_open (session_of (self)))
    return;
  admin_session_say (session_of (self), _ ("The number was destroyed. The person can hand it in again."), FALSE);
  admin_session_say_changed (session_of (self));
}

static void
ask_again_cb (AdminReview *self, const char *record_id, const char *reason)
{
  azukari_vault1_call_ask_again (admin_session_get_vault (session_of (self)), record_id, reason,
                                 admin_session_get_cancellable (session_of (self)), asked_again_cb,
                                 g_object_ref (self));
}

/* --- one number ------------------------------------------------------------------------------------------------------ */

#define N_DIGITS 12

typedef struct
{
  AdminReview *self; /* owned */
  char *record_id;   /* owned */
  char *purpose;     /* owned */
} RevealJob;

static void
reveal_job_free (RevealJob *job)
{
  g_object_unref (job->self);
  g_free (job->record_id);
  g_free (job->purpose);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RevealJob, reveal_job_free)

static void
show_digits (RevealJob *job, GVariant *number)
{
  char digits[N_DIGITS + 1] = { 0 };
  gsize size;
  gpointer bytes = (gpointer) g_variant_get_fixed_array (number, &size, 1);

  if (size == N_DIGITS && admin_session_is_open (session_of (job->self)))
    {
      memcpy (digits, bytes, N_DIGITS);
      ui_review_view_show_number (job->self->view, job->record_id, digits);
    }
  explicit_bzero (digits, sizeof digits);
  if (size > 0)
    explicit_bzero (bytes, size);
}

static void
revealed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (RevealJob) job = data;
  g_autoptr (GVariant) number = NULL;
  g_autoptr (GError) error = NULL;

  if (azukari_vault1_call_reveal_finish (AZUKARI_VAULT1 (source), &number, result, &error))
    show_digits (job, number);
  else
    admin_session_fail (session_of (job->self), error);
}

static void
start_reveal (RevealJob *job)
{
  AdminSession *session = session_of (job->self);

  azukari_vault1_call_reveal (admin_session_get_vault (session), job->record_id, job->purpose,
                              admin_session_get_cancellable (session), revealed_cb, job);
}

static void
shown_for_reveal_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (RevealJob) job = data;
  g_autoptr (GError) error = NULL;

  if (!admin_token_show_finish (ADMIN_TOKEN (source), result, &error))
    admin_session_fail (session_of (job->self), error);
  else if (admin_session_is_open (session_of (job->self)))
    start_reveal (g_steal_pointer (&job));
}

static void
reveal_cb (AdminReview *self, const char *record_id, const char *purpose)
{
  AdminSession *session = session_of (self);
  AdminToken *token = admin_session_get_token (session);
  RevealJob *job = g_new0 (RevealJob, 1);

  job->self = g_object_ref (self);
  job->record_id = g_strdup (record_id);
  job->purpose = g_strdup (purpose);
  if (token != NULL)
    admin_token_show_async (token, admin_session_get_vault (session), "export", NULL,
                            admin_session_get_cancellable (session), shown_for_reveal_cb, job);
  else
    start_reveal (job);
}

static void
admin_review_forget (AdminPart *part)
{
  AdminReview *self = ADMIN_REVIEW (part);
  g_autoptr (GListStore) nothing = g_list_store_new (UI_TYPE_ROW);

  g_clear_pointer (&self->records, g_variant_unref);
  ui_review_view_hide_number (self->view);
  ui_review_view_set_rows (self->view, G_LIST_MODEL (nothing));
}

static void
admin_review_dispose (GObject *object)
{
  g_clear_pointer (&ADMIN_REVIEW (object)->records, g_variant_unref);
  G_OBJECT_CLASS (admin_review_parent_class)->dispose (object);
}

static void
admin_review_class_init (AdminReviewClass *klass)
{
  AdminPartClass *part_class = ADMIN_PART_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = admin_review_dispose;
  part_class->view = "review";
  part_class->roles = ADMIN_ROLE_CHIEF | ADMIN_ROLE_CLERK;
  part_class->refresh = admin_review_refresh;
  part_class->forget = admin_review_forget;
}

static void
admin_review_init (AdminReview *self)
{
}

AdminPart *
admin_review_new (AdminSession *session, UiAdminShell *shell)
{
  AdminPart *part = admin_part_new (ADMIN_TYPE_REVIEW, session, shell);
  AdminReview *self = ADMIN_REVIEW (part);

  self->view = g_object_new (UI_TYPE_REVIEW_VIEW, NULL);
  ui_admin_shell_add_view (shell, "review", _ ("_Review"), "emblem-ok-symbolic", GTK_WIDGET (self->view));
  g_signal_connect_object (self->view, "selected", G_CALLBACK (record_selected_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "approved", G_CALLBACK (approve_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "asked-again", G_CALLBACK (ask_again_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "reveal", G_CALLBACK (reveal_cb), self, G_CONNECT_SWAPPED);
  return part;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* admin-certificate: the text, then the key, then the files. */
#include "config.h"

#include "admin-certificate.h"

#include <string.h>

#include "certificate-files.h"

typedef struct
{
  char *id;
  char *path;
  char *text;
  char *pem;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->id);
  g_free (job->path);
  g_free (job->text);
  g_free (job->pem);
  g_free (job);
}

/* GTaskThreadFunc: laying out and the disk may take longer than a window may stall. */
static void
write_files (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  guint8 key[ATTESTATION_KEY_BYTES];

  if (!attestation_key_from_pem (job->pem, strlen (job->pem), key))
    g_task_return_new_error (task, VAULT_ERROR, VAULT_ERROR_TAMPERED, "the vault's key cannot be read");
  else if (!certificate_files_are_free (job->path, &error)
           || !certificate_files_write (job->path, job->text, key, job->pem, &error))
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_strdup (job->path), g_free);
}

static void
key_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  if (azukari_vault1_call_log_key_finish (AZUKARI_VAULT1 (source), &job->pem, result, &error))
    g_task_run_in_thread (task, write_files);
  else
    g_task_return_error (task, error);
}

static void
text_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  if (azukari_vault1_call_certificate_get_finish (AZUKARI_VAULT1 (source), &job->text, result, &error))
    azukari_vault1_call_log_key (AZUKARI_VAULT1 (source), g_task_get_cancellable (task), key_cb, g_object_ref (task));
  else
    g_task_return_error (task, error);
}

void
admin_certificate_save_async (AdminSession *session, const char *id, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *name = g_strdup_printf ("certificate-%s.pdf", time);
  g_autoptr (GTask) task = g_task_new (session, admin_session_get_cancellable (session), callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->id = g_strdup (id);
  job->path = g_build_filename (admin_session_get_folder (session), name, NULL);
  g_task_set_task_data (task, job, job_free);
  azukari_vault1_call_certificate_get (admin_session_get_vault (session), id, admin_session_get_cancellable (session),
                                       text_cb, g_object_ref (task));
}

char *
admin_certificate_save_finish (AdminSession *session, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

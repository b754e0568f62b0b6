/* SPDX-License-Identifier: Apache-2.0 */
/* AdminPeople: who has handed in a number, page by page. */
#include "config.h"

#include <glib/gi18n.h>

#include "admin-folder.h"
#include "admin-import.h"
#include "admin-part.h"
#include "admin-texts.h"
#include "answer.h"
#include "new-file.h"
#include "people-paper.h"
#include "people-view.h"

#define PEOPLE_FIRST 200u
#define PEOPLE_MORE 1000u

#define ADMIN_TYPE_PEOPLE (admin_people_get_type ())
G_DECLARE_FINAL_TYPE (AdminPeople, admin_people, ADMIN, PEOPLE, AdminPart)

struct _AdminPeople
{
  AdminPart parent_instance;

  UiPeopleView *view;  /* borrowed */
  GListStore *rows;    /* owned: as many as have come */
  AdminFolder *folder; /* owned */
  AdminImport *import; /* owned */
};

G_DEFINE_FINAL_TYPE (AdminPeople, admin_people, ADMIN_TYPE_PART)

/* One page of people on its way into @rows. */
typedef struct
{
  AdminPeople *people; /* owned */
  GListStore *rows;    /* owned */
} PeoplePage;

static void
people_page_free (PeoplePage *self)
{
  g_object_unref (self->people);
  g_object_unref (self->rows);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PeoplePage, people_page_free)

static void people_cb (GObject *source, GAsyncResult *result, gpointer data);

/* The first page is small, so that it is there at once however many people there are. */
static void
ask_for_people (AdminPeople *self, GListStore *rows)
{
  AdminSession *session = admin_part_get_session (ADMIN_PART (self));
  PeoplePage *page = g_new0 (PeoplePage, 1);
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (rows));
  GVariantDict filter;

  page->people = g_object_ref (self);
  page->rows = g_object_ref (rows);
  g_variant_dict_init (&filter, NULL);
  g_variant_dict_insert (&filter, "from", "u", n_rows);
  g_variant_dict_insert (&filter, "limit", "u", n_rows == 0 ? PEOPLE_FIRST : PEOPLE_MORE);
  azukari_vault1_call_people_list (admin_session_get_vault (session), g_variant_dict_end (&filter),
                                   admin_session_get_cancellable (session), people_cb, page);
}

static void
people_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PeoplePage) page = data;
  AdminPeople *self = page->people;
  AdminSession *session = admin_part_get_session (ADMIN_PART (self));
  g_autoptr (GVariant) people = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  const guint n_before = g_list_model_get_n_items (G_LIST_MODEL (page->rows));

  if (!ADMIN_FINISH (people_list, &people))
    {
      admin_session_fail (session, error);
      return;
    }
  /* Begun anew meanwhile: this list is no longer the one on the screen. */
  if (!admin_session_is_open (session) || self->rows != page->rows)
    return;
  for (gsize i = 0; i < g_variant_n_children (people); i++)
    {
      g_autoptr (GVariant) person = g_variant_get_child_value (people, i);

      g_ptr_array_add (rows, admin_texts_person (person));
    }
  g_list_store_splice (page->rows, n_before, 0, rows->pdata, rows->len);
  ui_people_view_set_rows (self->view, G_LIST_MODEL (page->rows));
  if (rows->len >= (n_before == 0 ? PEOPLE_FIRST : PEOPLE_MORE))
    ask_for_people (self, page->rows);
}

/* Those that who is in handles. */
static void
departments_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminPeople) self = data;
  AdminSession *session = admin_part_get_session (ADMIN_PART (self));
  g_autoptr (GVariant) counts = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  if (!ADMIN_FINISH (people_count, &counts))
    {
      admin_session_fail (session, error);
      return;
    }
  if (!admin_session_is_open (session))
    return;
  for (gsize i = 0; i < g_variant_n_children (counts); i++)
    {
      g_autoptr (GVariant) count = g_variant_get_child_value (counts, i);

      g_strv_builder_add (names, answer_text (count, "department"));
    }
  list = g_strv_builder_end (names);
  ui_people_view_set_departments (self->view, (const char *const *) list);
}

/* --- the list of who has not handed in ------------------------------------------------------------------------------- */

typedef struct
{
  GVariant *people, *status;
  char *path;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_pointer (&job->people, g_variant_unref);
  g_clear_pointer (&job->status, g_variant_unref);
  g_free (job->path);
  g_free (job);
}

/* GTaskThreadFunc: ten thousand people take seconds to lay out. */
static void
write_list (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  GError *error = NULL;
  g_autoptr (GBytes) pdf = people_paper_make_outstanding (job->status, NULL, job->people, now, &error);

  if (pdf != NULL && new_file_write (job->path, g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), &error))
    g_task_return_pointer (task, g_strdup (job->path), g_free);
  else
    g_task_return_error (task, error);
}

static void
status_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  if (ADMIN_FINISH (get_status, &job->status))
    g_task_run_in_thread (task, write_list);
  else
    g_task_return_error (task, error);
}

static void
print_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  if (ADMIN_FINISH (people_print, &job->people))
    azukari_vault1_call_get_status (AZUKARI_VAULT1 (source), g_task_get_cancellable (task), status_cb,
                                    g_object_ref (task));
  else
    g_task_return_error (task, error);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  AdminPeople *self = ADMIN_PEOPLE (source);
  AdminSession *session = admin_part_get_session (ADMIN_PART (self));
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_task_propagate_pointer (G_TASK (result), &error), *text = NULL;

  if (admin_session_was_cancelled (error) || !admin_session_is_open (session))
    return;
  ui_people_view_set_working (self->view, FALSE);
  if (path == NULL && error->domain != G_IO_ERROR)
    {
      admin_session_fail (session, error);
      return;
    }
  text = path != NULL ? g_strdup_printf (_ ("The list was saved: %s"), path)
                      : g_strdup_printf (_ ("The list could not be saved: %s"), error->message);
  ui_people_view_set_saved (self->view, text, path == NULL);
}

static void
save_list (AdminPeople *self)
{
  AdminSession *session = admin_part_get_session (ADMIN_PART (self));
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *name = g_strdup_printf ("outstanding-%s.pdf", time);
  g_autoptr (GTask) task = NULL;
  GVariantDict options;
  Job *job;

  if (admin_session_get_folder (session) == NULL)
    {
      admin_folder_choose (self->folder);
      return;
    }
  job = g_new0 (Job, 1);
  job->path = g_build_filename (admin_session_get_folder (session), name, NULL);
  task = g_task_new (self, admin_session_get_cancellable (session), saved_cb, NULL);
  g_task_set_task_data (task, job, job_free);
  ui_people_view_set_working (self->view, TRUE);
  ui_people_view_set_saved (self->view, "", FALSE);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "what", "s", "outstanding");
  azukari_vault1_call_people_print (admin_session_get_vault (session), g_variant_dict_end (&options),
                                    admin_session_get_cancellable (session), print_cb, g_object_ref (task));
}

static void
admin_people_refresh (AdminPart *part)
{
  AdminPeople *self = ADMIN_PEOPLE (part);
  AdminSession *session = admin_part_get_session (part);

  g_clear_object (&self->rows);
  self->rows = g_list_store_new (UI_TYPE_ROW);
  ask_for_people (self, self->rows);
  admin_import_refresh (self->import);
  azukari_vault1_call_people_count (admin_session_get_vault (session), admin_session_get_cancellable (session),
                                    departments_cb, g_object_ref (self));
}

static void
admin_people_leave (AdminPart *part)
{
  admin_import_forget (ADMIN_PEOPLE (part)->import);
}

static void
admin_people_forget (AdminPart *part)
{
  AdminPeople *self = ADMIN_PEOPLE (part);
  g_autoptr (GListStore) nothing = g_list_store_new (UI_TYPE_ROW);

  g_clear_object (&self->rows);
  admin_folder_close (self->folder);
  admin_import_forget (self->import);
  ui_people_view_set_undo (self->view, FALSE);
  ui_people_view_set_departments (self->view, (const char *const[]){ NULL });
  ui_people_view_set_working (self->view, FALSE);
  ui_people_view_set_saved (self->view, "", FALSE);
  ui_people_view_set_rows (self->view, G_LIST_MODEL (nothing));
}

static void
admin_people_dispose (GObject *object)
{
  g_clear_object (&ADMIN_PEOPLE (object)->rows);
  g_clear_object (&ADMIN_PEOPLE (object)->folder);
  g_clear_object (&ADMIN_PEOPLE (object)->import);
  G_OBJECT_CLASS (admin_people_parent_class)->dispose (object);
}

static void
admin_people_class_init (AdminPeopleClass *klass)
{
  AdminPartClass *part_class = ADMIN_PART_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = admin_people_dispose;
  part_class->view = "people";
  part_class->roles = ADMIN_ROLE_CHIEF | ADMIN_ROLE_CLERK;
  part_class->refresh = admin_people_refresh;
  part_class->leave = admin_people_leave;
  part_class->forget = admin_people_forget;
}

static void
admin_people_init (AdminPeople *self)
{
}

AdminPart *
admin_people_new (AdminSession *session, UiAdminShell *shell)
{
  AdminPart *part = admin_part_new (ADMIN_TYPE_PEOPLE, session, shell);
  AdminPeople *self = ADMIN_PEOPLE (part);

  self->view = g_object_new (UI_TYPE_PEOPLE_VIEW, NULL);
  self->folder = admin_folder_new (part, NULL);
  self->import = admin_import_new (part, self->view);
  g_signal_connect_object (self->view, "outstanding", G_CALLBACK (save_list), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folder, "chosen", G_CALLBACK (save_list), self, G_CONNECT_SWAPPED);
  ui_admin_shell_add_view (shell, "people", _ ("_People"), "system-users-symbolic", GTK_WIDGET (self->view));
  return part;
}

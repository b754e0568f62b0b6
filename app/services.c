/* SPDX-License-Identifier: Apache-2.0 */
/* Services: VisitServices on top of ReaderClient and the vault's generated calls. */
#include "config.h"

#include "services.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "frames.h"

/* How large the live picture gets, and how long all of a recorded page takes in a demo: as long as on a common flatbed. */
#define PREVIEW_PX 640u
#define DEMO_PACE_MS 8000u
#define SCAN_DPI 300u

struct _Services
{
  GObject parent_instance;

  /* borrowed */
  const Settings *settings;

  /* owned */
  AzukariVault1 *vault;
  ReaderClient *reader; /* NULL between visits */
};

G_DEFINE_FINAL_TYPE (Services, services, G_TYPE_OBJECT)

enum
{
  PROGRESS,
  PREVIEW,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* --- answers ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  Services *self; /* owned */
  VisitAnswer answer;
  VisitVerdict verdict;
  gpointer data;
  GCancellable *cancellable; /* owned */
  GVariant *kept;            /* owned: an answer that waits for a second call */
} Call;

static Call *
call_new (Services *self, GCancellable *cancellable, VisitAnswer answer, gpointer data)
{
  Call *call = g_new0 (Call, 1);

  call->self = g_object_ref (self);
  call->cancellable = g_object_ref (cancellable);
  call->answer = answer;
  call->data = data;
  return call;
}

static void
call_free (Call *call)
{
  g_clear_pointer (&call->kept, g_variant_unref);
  g_clear_object (&call->cancellable);
  g_clear_object (&call->self);
  g_free (call);
}

/* @tuple: (transfer floating) (nullable) */
static void
call_answer (Call *call, GVariant *tuple, const GError *error)
{
  g_autoptr (GVariant) answer = tuple != NULL ? g_variant_ref_sink (tuple) : NULL;

  call->answer (call->data, answer, error);
  call_free (call);
}

/* --- the vault ---------------------------------------------------------------------------------------------------- */

static void
identified_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) person = NULL;
  g_autoptr (GError) error = NULL;

  if (azukari_vault1_call_identify_finish (AZUKARI_VAULT1 (source), &person, result, &error))
    call_answer (data, g_variant_new ("(@a{sv})", person), NULL);
  else
    call_answer (data, NULL, error);
}

static void
identify (gpointer self_data, const char *code, const char *birth_date, GCancellable *cancellable, VisitAnswer answer,
          gpointer data)
{
  Services *self = self_data;

  azukari_vault1_call_identify (self->vault, code, birth_date, cancellable, identified_cb,
                                call_new (self, cancellable, answer, data));
}

static void
logged_in_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) session = NULL;
  g_autoptr (GError) error = NULL;

  if (azukari_vault1_call_login_finish (AZUKARI_VAULT1 (source), &session, result, &error))
    call_answer (data, g_variant_new ("(@a{sv})", session), NULL);
  else
    call_answer (data, NULL, error);
}

static void
login (gpointer self_data, const char *name, const char *pin, GCancellable *cancellable, VisitAnswer answer,
       gpointer data)
{
  Services *self = self_data;

  azukari_vault1_call_login (self->vault, name, vault_client_secret_bytes (pin, strlen (pin)), cancellable,
                             logged_in_cb, call_new (self, cancellable, answer, data));
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) people = NULL;
  g_autoptr (GError) error = NULL;

  if (azukari_vault1_call_people_list_finish (AZUKARI_VAULT1 (source), &people, result, &error))
    call_answer (data, g_variant_new ("(@aa{sv})", people), NULL);
  else
    call_answer (data, NULL, error);
}

static void
list_contractors (gpointer self_data, GCancellable *cancellable, VisitAnswer answer, gpointer data)
{
  Services *self = self_data;
  GVariantDict filter;

  g_variant_dict_init (&filter, NULL);
  g_variant_dict_insert (&filter, "kind", "s", "contractor");
  azukari_vault1_call_people_list (self->vault, g_variant_dict_end (&filter), cancellable, listed_cb,
                                   call_new (self, cancellable, answer, data));
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  if (azukari_vault1_call_person_add_finish (AZUKARI_VAULT1 (source), &id, result, &error))
    call_answer (data, g_variant_new ("(s)", id), NULL);
  else
    call_answer (data, NULL, error);
}

static void
add_contractor (gpointer self_data, const char *name, const char *kana, const char *birth_date,
                GCancellable *cancellable, VisitAnswer answer, gpointer data)
{
  Services *self = self_data;
  GVariantDict person;

  g_variant_dict_init (&person, NULL);
  g_variant_dict_insert (&person, "kind", "s", "contractor");
  g_variant_dict_insert (&person, "code", "s", "");
  g_variant_dict_insert (&person, "name", "s", name);
  g_variant_dict_insert (&person, "kana", "s", kana);
  g_variant_dict_insert (&person, "birth-date", "s", birth_date);
  azukari_vault1_call_person_add (self->vault, g_variant_dict_end (&person), cancellable, added_cb,
                                  call_new (self, cancellable, answer, data));
}

static void
logged_out_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;
  g_autoptr (GError) error = NULL;

  if (azukari_vault1_call_logout_finish (AZUKARI_VAULT1 (source), result, &error))
    call_answer (call, g_variant_new ("(@a{sv})", call->kept), NULL);
  else
    call_answer (call, NULL, error);
}

static void
attended_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;
  g_autoptr (GError) error = NULL;

  /* The contractor now stands at a screen that an admin has opened: the admin's rights go before anything is shown. */
  if (azukari_vault1_call_attend_finish (AZUKARI_VAULT1 (source), &call->kept, result, &error))
    azukari_vault1_call_logout (AZUKARI_VAULT1 (source), call->cancellable, logged_out_cb, call);
  else
    call_answer (call, NULL, error);
}

static void
attend (gpointer self_data, const char *person_id, GCancellable *cancellable, VisitAnswer answer, gpointer data)
{
  Services *self = self_data;

  azukari_vault1_call_attend (self->vault, person_id, cancellable, attended_cb,
                              call_new (self, cancellable, answer, data));
}

static void
collected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree char *record_id = NULL;
  g_autoptr (GError) error = NULL;

  if (azukari_vault1_call_collect_finish (AZUKARI_VAULT1 (source), &record_id, result, &error))
    call_answer (data, g_variant_new ("(s)", record_id), NULL);
  else
    call_answer (data, NULL, error);
}

static void
collect (gpointer self_data, const char *person_id, GVariant *collection, const char *number, GCancellable *cancellable,
         VisitAnswer answer, gpointer data)
{
  Services *self = self_data;

  azukari_vault1_call_collect (self->vault, person_id, collection, vault_client_secret_bytes (number, strlen (number)),
                               cancellable, collected_cb, call_new (self, cancellable, answer, data));
}

static void
note (gpointer self_data, const char *person_id, const char *event, const char *reason)
{
  Services *self = self_data;

  azukari_vault1_call_note (self->vault, person_id, event, reason, NULL, NULL, NULL);
}

static void
forget (gpointer self_data)
{
  Services *self = self_data;

  azukari_vault1_call_forget (self->vault, NULL, NULL, NULL);
  azukari_vault1_call_logout (self->vault, NULL, NULL, NULL);
}

/* --- the reader --------------------------------------------------------------------------------------------------- */

static void
progress_cb (Services *self, guint rows, guint rows_total)
{
  g_signal_emit (self, signals[PROGRESS], 0, rows, rows_total);
}

static void
preview_cb (Services *self, guint width_px, guint height_px, guint first_row, guint n_rows, GBytes *samples)
{
  g_signal_emit (self, signals[PREVIEW], 0, width_px, height_px, first_row, n_rows, samples);
}

static void
warm (gpointer self_data)
{
  Services *self = self_data;
  g_autoptr (GError) error = NULL;

  if (self->reader != NULL)
    return;
  self->reader = reader_client_new (NULL, &error);
  if (self->reader == NULL)
    {
      g_warning ("The reader cannot be started: %s", error->message);
      return;
    }
  g_signal_connect_object (self->reader, "progress", G_CALLBACK (progress_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->reader, "preview", G_CALLBACK (preview_cb), self, G_CONNECT_SWAPPED);
}

static void
drop (gpointer self_data)
{
  Services *self = self_data;

  if (self->reader != NULL)
    g_signal_handlers_disconnect_by_data (self->reader, self);
  g_clear_object (&self->reader);
}

static void
call_verdict (Call *call, ReaderVerdict *verdict, const GError *error)
{
  call->verdict (call->data, verdict, error);
  call_free (call);
}

static ReaderVerdict *
failed_verdict (const char *reason)
{
  ReaderVerdict *verdict = g_new0 (ReaderVerdict, 1);

  verdict->verdict = g_strdup ("failed");
  verdict->reason = g_strdup (reason);
  verdict->document = g_strdup (FRAMES_DOCUMENT_NONE);
  return verdict;
}

static void
scanned_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  ReaderVerdict *verdict = reader_client_verdict_finish (READER_CLIENT (source), result, &error);

  call_verdict (data, verdict, error);
}

static void
start_scan (Call *call, const char *device, int fd)
{
  Services *self = call->self;
  ReaderJob job = { .device = device, .dpi = SCAN_DPI, .mode = "gray", .preview_px = PREVIEW_PX, .fd = fd };

  /* a recorded page is one of this resolution, unless its file says otherwise */
  if (fd >= 0 && self->settings->demo)
    job.pace_ms = DEMO_PACE_MS;
  reader_client_scan_async (self->reader, &job, call->cancellable, scanned_cb, call);
}

/* No scanner is named: the first one that the reader finds. */
static void
devices_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) devices = reader_client_answer_finish (READER_CLIENT (source), result, &error);
  g_autoptr (GVariant) device = NULL;
  const char *name = NULL;

  if (devices != NULL && g_variant_n_children (devices) > 0)
    {
      device = g_variant_get_child_value (devices, 0);
      g_variant_lookup (device, "name", "&s", &name);
    }
  if (error != NULL)
    call_verdict (call, NULL, error);
  else if (name == NULL || call->self->reader != READER_CLIENT (source))
    call_verdict (call, failed_verdict (FRAMES_REASON_NO_SCANNER), NULL);
  else
    start_scan (call, name, -1);
}

/* A recorded page is named after the person's code; a code that is no plain file name has no page. */
static int
open_recorded (const char *dir, const char *page)
{
  g_autofree char *name = g_strconcat (page, ".pnm", NULL);
  g_autofree char *path = g_build_filename (dir, name, NULL);

  if (*page == '.' || strchr (page, '/') != NULL)
    return -1;
  return open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

static void
scan (gpointer self_data, const char *page, GCancellable *cancellable, VisitVerdict verdict, gpointer data)
{
  Services *self = self_data;
  Call *call = call_new (self, cancellable, NULL, data);

  call->verdict = verdict;
  warm (self);
  if (self->reader == NULL)
    call_verdict (call, failed_verdict (FRAMES_REASON_CRASHED), NULL);
  else if (self->settings->recorded_dir != NULL)
    {
      int fd = open_recorded (self->settings->recorded_dir, page);

      if (fd < 0)
        {
          call_verdict (call, failed_verdict (FRAMES_REASON_NO_PAPER), NULL);
          return;
        }
      start_scan (call, "recorded", fd);
      (void) close (fd);
    }
  else if (*self->settings->scanner == '\0')
    reader_client_list_async (self->reader, cancellable, devices_cb, call);
  else
    start_scan (call, self->settings->scanner, -1);
}

/* --- class -------------------------------------------------------------------------------------------------------- */

static void
services_dispose (GObject *object)
{
  Services *self = AZUKARI_SERVICES (object);

  drop (self);
  g_clear_object (&self->vault);
  G_OBJECT_CLASS (services_parent_class)->dispose (object);
}

static void
services_class_init (ServicesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = services_dispose;
  signals[PROGRESS] = g_signal_new ("progress", SERVICES_TYPE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                    G_TYPE_UINT, G_TYPE_UINT);
  signals[PREVIEW] = g_signal_new ("preview", SERVICES_TYPE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 5,
                                   G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_BYTES);
}

static void
services_init (Services *self)
{
}

Services *
services_new (const Settings *settings, AzukariVault1 *vault)
{
  Services *self = g_object_new (SERVICES_TYPE, NULL);

  self->settings = settings;
  self->vault = g_object_ref (vault);
  return self;
}

AzukariVault1 *
services_get_vault (Services *self)
{
  return self->vault;
}

const VisitServices *
services_get_table (void)
{
  static const VisitServices table = {
    .warm = warm,
    .drop = drop,
    .identify = identify,
    .login = login,
    .list_contractors = list_contractors,
    .add_contractor = add_contractor,
    .attend = attend,
    .scan = scan,
    .collect = collect,
    .note = note,
    .forget = forget,
  };

  return &table;
}

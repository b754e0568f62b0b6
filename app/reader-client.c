/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ReaderClient. A thread of its own blocks on the socket; frames cross to the main context through a short, bounded queue.
 * The reader parses outside bytes, so nothing it says is believed before it has been checked: a frame out of place, a size
 * that does not add up or an unknown word ends the process, and the job with it.
 */
#include "reader-client.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frames.h"
#include "programs.h"

#define KILL_AFTER_MS 5000
/* For a scanner whose page was ended early to take its carriage back. */
#define REST_MS 10000
/* Frames waiting for the main loop; beyond that the reader has to wait. */
#define MAX_WAITING_FRAMES 16u
#define MAX_PREVIEW_SIDE_PX 65536u
#define MAX_STRIP_BYTES (4u * 1024u * 1024u)
#define MAX_ENTRIES 16u
#define MAX_WORD_BYTES 64u
#define MAX_COORDINATE 1e6

/* --- the link between the thread and the main context ----------------------------------------------------------- */

typedef struct
{
  FrameType type; /* 0: the end of the conversation */
  GVariant *payload;
} Heard;

typedef struct
{
  gatomicrefcount refs;
  GSocket *socket;
  GCancellable *stop;
  GMainContext *context;
  GWeakRef client;

  GMutex mutex; /* guards what follows */
  GCond cond;
  GQueue heard; /* of Heard */
  gboolean is_scheduled;
} Link;

struct _ReaderClient
{
  GObject parent_instance;

  /* owned */
  GSubprocess *process;
  Link *link;
  GTask *task; /* the job under way */
  GSource *kill_timer;
  char *sandbox; /* from FRAME_READY; NULL before */

  FrameType request; /* of the task */
  gulong cancelled_id;
  gboolean is_over; /* the process is gone or given up */
  gboolean was_cancelled;
  gboolean may_be_resting; /* the last scan was ended early: its device is told so after the verdict */
  guint preview_width_px, preview_height_px, preview_rows; /* what this job's previews must go on from */
};

G_DEFINE_FINAL_TYPE (ReaderClient, reader_client, G_TYPE_OBJECT)

enum
{
  PROP_SANDBOX = 1,
  N_PROPS
};

enum
{
  SIGNAL_PROGRESS,
  SIGNAL_PREVIEW,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
heard_free (Heard *self)
{
  g_clear_pointer (&self->payload, g_variant_unref);
  g_free (self);
}

static Link *
link_ref (Link *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static void
link_unref (gpointer data)
{
  Link *self = data;

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_queue_clear_full (&self->heard, (GDestroyNotify) heard_free);
  g_object_unref (self->socket);
  g_object_unref (self->stop);
  g_main_context_unref (self->context);
  g_weak_ref_clear (&self->client);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

static void reader_client_hear (ReaderClient *self, const Heard *heard);

/* Main context: hands on all that is waiting. */
static gboolean
deliver_cb (gpointer data)
{
  Link *link = data;
  g_autoptr (ReaderClient) client = g_weak_ref_get (&link->client);

  for (;;)
    {
      Heard *heard;

      g_mutex_lock (&link->mutex);
      heard = g_queue_pop_head (&link->heard);
      if (heard == NULL)
        link->is_scheduled = FALSE;
      g_cond_signal (&link->cond);
      g_mutex_unlock (&link->mutex);
      if (heard == NULL)
        return G_SOURCE_REMOVE;
      if (client != NULL)
        reader_client_hear (client, heard);
      heard_free (heard);
    }
}

static void
link_push (Link *self, FrameType type, GVariant *payload)
{
  Heard *heard = g_new0 (Heard, 1);
  gboolean schedule;

  heard->type = type;
  heard->payload = payload;
  g_mutex_lock (&self->mutex);
  while (g_queue_get_length (&self->heard) >= MAX_WAITING_FRAMES && !g_cancellable_is_cancelled (self->stop))
    g_cond_wait (&self->cond, &self->mutex);
  g_queue_push_tail (&self->heard, heard);
  schedule = !self->is_scheduled;
  self->is_scheduled = TRUE;
  g_mutex_unlock (&self->mutex);
  if (schedule)
    {
      g_autoptr (GSource) source = g_idle_source_new ();

      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, deliver_cb, link_ref (self), link_unref);
      g_source_attach (source, self->context);
    }
}

static gpointer
listen_thread (gpointer data)
{
  Link *link = data;
  FrameType type;
  GVariant *payload;

  while (frames_receive (link->socket, &type, &payload, NULL, link->stop, NULL))
    link_push (link, type, payload);
  link_push (link, 0, NULL);
  link_unref (link);
  return NULL;
}

/* Ends the thread, wherever it waits. */
static void
link_stop (Link *self)
{
  g_cancellable_cancel (self->stop);
  g_mutex_lock (&self->mutex);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

/* --- checking what the reader says ------------------------------------------------------------------------------ */

static gboolean
is_one_of (const char *word, const char *const *words)
{
  return word != NULL && g_strv_contains (words, word);
}

static const char *const verdict_words[] = { "accepted", "doubtful", "refused", "failed", NULL };

static const char *const reason_words[] = { "",
                                            FRAMES_REASON_LOW_CONFIDENCE,
                                            FRAMES_REASON_DISAGREEMENT,
                                            FRAMES_REASON_CHECK_DIGIT,
                                            FRAMES_REASON_UNREADABLE,
                                            FRAMES_REASON_WRONG_SIDE,
                                            FRAMES_REASON_WRONG_DOCUMENT,
                                            FRAMES_REASON_NOTICE,
                                            FRAMES_REASON_RESIDENT_RECORD,
                                            FRAMES_REASON_INSURANCE_CARD,
                                            FRAMES_REASON_APPLICATION_FORM,
                                            FRAMES_REASON_BLANK,
                                            FRAMES_REASON_NO_CARD,
                                            FRAMES_REASON_TWO_CARDS,
                                            FRAMES_REASON_SLEEVE,
                                            FRAMES_REASON_NO_NUMBER,
                                            FRAMES_REASON_NO_SCANNER,
                                            FRAMES_REASON_BUSY,
                                            FRAMES_REASON_JAMMED,
                                            FRAMES_REASON_COVER_OPEN,
                                            FRAMES_REASON_NO_PAPER,
                                            FRAMES_REASON_UNPLUGGED,
                                            FRAMES_REASON_DENIED,
                                            FRAMES_REASON_IO,
                                            FRAMES_REASON_SHORT_PAGE,
                                            FRAMES_REASON_CANCELLED,
                                            FRAMES_REASON_BAD_IMAGE,
                                            FRAMES_REASON_ABSURD_SIZE,
                                            FRAMES_REASON_BAD_OPTION,
                                            NULL };

static const char *const document_words[] = { FRAMES_DOCUMENT_CARD_BACK,
                                              FRAMES_DOCUMENT_CARD_FRONT,
                                              FRAMES_DOCUMENT_NOTIFICATION_CARD,
                                              FRAMES_DOCUMENT_NOTIFICATION_CARD_BACK,
                                              FRAMES_DOCUMENT_NOTICE,
                                              FRAMES_DOCUMENT_LICENCE,
                                              FRAMES_DOCUMENT_SPECIAL_RESIDENCE_CARD,
                                              FRAMES_DOCUMENT_RESIDENT_RECORD,
                                              FRAMES_DOCUMENT_INSURANCE_CARD,
                                              FRAMES_DOCUMENT_APPLICATION_FORM,
                                              FRAMES_DOCUMENT_OTHER,
                                              FRAMES_DOCUMENT_BLANK,
                                              FRAMES_DOCUMENT_NONE,
                                              NULL };

static gboolean
is_number (const char *text)
{
  if (strlen (text) != 12)
    return FALSE;
  for (; *text != '\0'; text++)
    if (!g_ascii_isdigit (*text))
      return FALSE;
  return TRUE;
}

static gboolean
is_short (GVariant *dictionary)
{
  return g_variant_n_children (dictionary) <= MAX_ENTRIES
         && g_variant_get_size (dictionary) <= MAX_ENTRIES * 2 * MAX_WORD_BYTES;
}

static GVariant *
lookup_short (GVariant *payload, const char *key, const char *type)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (payload, key, G_VARIANT_TYPE (type));
  g_autoptr (GBytes) bytes = NULL;

  if (value == NULL || !is_short (value))
    return g_variant_ref_sink (g_variant_new_array (g_variant_type_element (G_VARIANT_TYPE (type)), NULL, 0));
  /* A copy of its own: the frame holds digits and pixels, and is wiped when its last part is dropped. */
  bytes = g_bytes_new (g_variant_get_data (value), g_variant_get_size (value));
  return g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, TRUE));
}

static gboolean
parse_box (GVariant *payload, ReaderVerdict *verdict)
{
  g_autoptr (GVariant) box = g_variant_lookup_value (payload, "box", G_VARIANT_TYPE ("a(dd)"));

  if (box == NULL)
    return TRUE;
  if (g_variant_n_children (box) != 4 || !g_variant_lookup (payload, "rotation-deg", "d", &verdict->rotation_deg)
      || !(verdict->rotation_deg >= 0 && verdict->rotation_deg < 360))
    return FALSE;
  for (gsize i = 0; i < 4; i++)
    {
      g_variant_get_child (box, i, "(dd)", &verdict->box[i][0], &verdict->box[i][1]);
      if (!(fabs (verdict->box[i][0]) <= MAX_COORDINATE && fabs (verdict->box[i][1]) <= MAX_COORDINATE))
        return FALSE; /* not finite either */
    }
  verdict->has_box = TRUE;
  return TRUE;
}

static void
secret_bytes_free (gpointer data)
{
  GByteArray *bytes = data;

  explicit_bzero (bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}

static GBytes *
secret_bytes_new (const void *data, gsize n_bytes)
{
  GByteArray *copy = g_byte_array_sized_new ((guint) n_bytes);

  g_byte_array_append (copy, data, (guint) n_bytes);
  return g_bytes_new_with_free_func (copy->data, n_bytes, secret_bytes_free, copy);
}

static gboolean
parse_strip (GVariant *payload, ReaderVerdict *verdict)
{
  g_autoptr (GVariant) strip = g_variant_lookup_value (payload, "strip", G_VARIANT_TYPE ("(uuay)"));
  g_autoptr (GVariant) samples = NULL;
  const void *data;
  gsize n_bytes = 0;

  if (strip == NULL)
    return TRUE;
  g_variant_get (strip, "(uu@ay)", &verdict->strip_width_px, &verdict->strip_height_px, &samples);
  data = g_variant_get_fixed_array (samples, &n_bytes, 1);
  if (n_bytes == 0 || n_bytes > MAX_STRIP_BYTES
      || (guint64) verdict->strip_width_px * verdict->strip_height_px != n_bytes)
    return FALSE;
  verdict->strip = secret_bytes_new (data, n_bytes);
  return TRUE;
}

static gboolean
parse_rows (GVariant *payload, ReaderVerdict *verdict)
{
  (void) g_variant_lookup (payload, "rows", "(uu)", &verdict->rows, &verdict->rows_total);
  return verdict->rows_total == 0 || verdict->rows <= verdict->rows_total;
}

/* Returns: NULL when any of it is not as frames.h promises. */
static ReaderVerdict *
parse_verdict (GVariant *payload)
{
  g_autoptr (ReaderVerdict) verdict = g_new0 (ReaderVerdict, 1);
  const char *number = NULL;
  gboolean is_accepted;

  if (!g_variant_lookup (payload, "verdict", "s", &verdict->verdict)
      || !g_variant_lookup (payload, "reason", "s", &verdict->reason)
      || !g_variant_lookup (payload, "document", "s", &verdict->document)
      || !is_one_of (verdict->verdict, verdict_words) || !is_one_of (verdict->reason, reason_words)
      || !is_one_of (verdict->document, document_words))
    return NULL;
  is_accepted = strcmp (verdict->verdict, "accepted") == 0;
  if (is_accepted != (verdict->reason[0] == '\0'))
    return NULL;
  (void) g_variant_lookup (payload, "number", "&s", &number);
  if (is_accepted && number == NULL)
    return NULL;
  if (number != NULL && (!is_number (number) || !(is_accepted || strcmp (verdict->verdict, "doubtful") == 0)))
    return NULL;
  verdict->number = g_strdup (number);
  if (g_variant_lookup (payload, "confidence", "d", &verdict->confidence)
      && !(verdict->confidence >= 0 && verdict->confidence <= 1))
    return NULL;
  if (!parse_box (payload, verdict) || !parse_strip (payload, verdict) || !parse_rows (payload, verdict))
    return NULL;
  verdict->readings = lookup_short (payload, "readings", "a{ss}");
  verdict->ms = lookup_short (payload, "ms", "a{su}");
  return g_steal_pointer (&verdict);
}

static ReaderVerdict *
failed_verdict (const char *reason)
{
  ReaderVerdict *verdict = g_new0 (ReaderVerdict, 1);

  verdict->verdict = g_strdup ("failed");
  verdict->reason = g_strdup (reason);
  verdict->document = g_strdup (FRAMES_DOCUMENT_NONE);
  verdict->readings = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{ss}"), NULL, 0));
  verdict->ms = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{su}"), NULL, 0));
  return verdict;
}

void
reader_verdict_free (ReaderVerdict *self)
{
  if (self == NULL)
    return;
  if (self->number != NULL)
    explicit_bzero (self->number, strlen (self->number));
  g_free (self->number);
  g_free (self->verdict);
  g_free (self->reason);
  g_free (self->document);
  g_clear_pointer (&self->readings, g_variant_unref);
  g_clear_pointer (&self->ms, g_variant_unref);
  g_clear_pointer (&self->strip, g_bytes_unref);
  explicit_bzero (self, sizeof *self);
  g_free (self);
}

/* --- the job under way ------------------------------------------------------------------------------------------ */

static gboolean
wants_verdict (FrameType request)
{
  return request == FRAME_SCAN || request == FRAME_READ;
}

static FrameType
answer_of (FrameType request)
{
  switch (request)
    {
    case FRAME_LIST:
      return FRAME_DEVICES;
    case FRAME_OPTIONS:
      return FRAME_OPTION_LIST;
    case FRAME_SCAN_TEST:
      return FRAME_SCANNED;
    default:
      return FRAME_VERDICT;
    }
}

/* Takes the task off the client, so that its callback may start the next job. */
static GTask *
steal_task (ReaderClient *self)
{
  if (self->kill_timer != NULL)
    g_source_destroy (self->kill_timer);
  g_clear_pointer (&self->kill_timer, g_source_unref);
  if (self->cancelled_id != 0)
    g_cancellable_disconnect (g_task_get_cancellable (self->task), self->cancelled_id);
  self->cancelled_id = 0;
  return g_steal_pointer (&self->task);
}

static void
return_verdict (ReaderClient *self, ReaderVerdict *verdict)
{
  g_autoptr (GTask) task = steal_task (self);

  g_task_return_pointer (task, verdict, (GDestroyNotify) reader_verdict_free);
}

/* The job ends without an answer. */
static void
return_failure (ReaderClient *self, const char *reason, const char *message)
{
  if (self->task == NULL)
    return;
  if (wants_verdict (self->request))
    return_verdict (self, failed_verdict (reason));
  else
    {
      g_autoptr (GTask) task = steal_task (self);

      if (strcmp (reason, FRAMES_REASON_CANCELLED) == 0)
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", message);
      else
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", reason, message);
    }
}

/* The process is gone, or has to go. */
static void
give_up (ReaderClient *self)
{
  if (!self->is_over)
    {
      self->is_over = TRUE;
      link_stop (self->link);
      g_subprocess_force_exit (self->process);
    }
  if (self->was_cancelled)
    return_failure (self, FRAMES_REASON_CANCELLED, "cancelled");
  else
    return_failure (self, FRAMES_REASON_CRASHED, "the reader's process has ended");
}

static gboolean
kill_cb (gpointer data)
{
  give_up (data);
  return G_SOURCE_REMOVE;
}

/* Runs in the main context: the cancellable may have been cancelled on any thread. */
static gboolean
cancel_cb (gpointer data)
{
  g_autoptr (ReaderClient) self = g_weak_ref_get (data);

  if (self == NULL || self->task == NULL || self->was_cancelled
      || !g_cancellable_is_cancelled (g_task_get_cancellable (self->task)))
    return G_SOURCE_REMOVE;
  self->was_cancelled = TRUE;
  if (!frames_send (self->link->socket, FRAME_CANCEL, g_variant_new ("()"), -1, NULL))
    {
      give_up (self);
      return G_SOURCE_REMOVE;
    }
  self->kill_timer = g_timeout_source_new (KILL_AFTER_MS);
  g_source_set_callback (self->kill_timer, kill_cb, self, NULL);
  g_source_attach (self->kill_timer, self->link->context);
  return G_SOURCE_REMOVE;
}

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  ReaderClient *self = data;
  GWeakRef *ref = g_new0 (GWeakRef, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_weak_ref_init (ref, self);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, cancel_cb, ref, weak_ref_free);
  g_source_attach (source, self->link->context);
}

/* Returns: whether the picture goes on where the last one ended, within its own bounds. */
static gboolean
hear_preview (ReaderClient *self, GVariant *payload)
{
  guint width, height, first, n_rows;
  g_autoptr (GVariant) samples = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const void *data;
  gsize n_bytes = 0;

  g_variant_get (payload, "(uuuu@ay)", &width, &height, &first, &n_rows, &samples);
  data = g_variant_get_fixed_array (samples, &n_bytes, 1);
  if (width == 0 || n_rows == 0 || width > MAX_PREVIEW_SIDE_PX || height > MAX_PREVIEW_SIDE_PX
      || n_rows > MAX_PREVIEW_SIDE_PX || first != self->preview_rows || first + n_rows > MAX_PREVIEW_SIDE_PX
      || (height > 0 && first + n_rows > height) || (guint64) width * n_rows != n_bytes)
    return FALSE;
  if (first > 0 && (width != self->preview_width_px || height != self->preview_height_px))
    return FALSE;
  self->preview_width_px = width;
  self->preview_height_px = height;
  self->preview_rows = first + n_rows;
  bytes = secret_bytes_new (data, n_bytes);
  g_signal_emit (self, signals[SIGNAL_PREVIEW], 0, width, height, first, n_rows, bytes);
  return TRUE;
}

static gboolean
hear_progress (ReaderClient *self, GVariant *payload)
{
  guint rows, rows_total;

  g_variant_get (payload, "(uu)", &rows, &rows_total);
  if (rows_total > 0 && rows > rows_total)
    return FALSE;
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0, rows, rows_total);
  return TRUE;
}

static gboolean
hear_ready (ReaderClient *self, GVariant *payload)
{
  const char *sandbox = NULL;
  guint32 protocol = 0;

  if (self->sandbox != NULL || !g_variant_lookup (payload, "protocol", "u", &protocol) || protocol != FRAMES_PROTOCOL
      || !g_variant_lookup (payload, "sandbox", "&s", &sandbox) || strlen (sandbox) > 16 * MAX_WORD_BYTES)
    return FALSE;
  self->sandbox = g_strdup (sandbox);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SANDBOX]);
  return TRUE;
}

static gboolean
hear_error (ReaderClient *self, GVariant *payload)
{
  const char *code, *message;

  g_variant_get (payload, "(&s&s)", &code, &message);
  if (!is_one_of (code, reason_words) || code[0] == '\0' || strlen (message) > 1024)
    return FALSE;
  return_failure (self, code, message);
  return TRUE;
}

static gboolean
hear_answer (ReaderClient *self, GVariant *payload)
{
  if (wants_verdict (self->request))
    {
      ReaderVerdict *verdict = parse_verdict (payload);

      if (verdict == NULL)
        return FALSE;
      self->may_be_resting = verdict->rows > 0 && verdict->rows != verdict->rows_total;
      return_verdict (self, verdict);
    }
  else
    {
      g_autoptr (GTask) task = steal_task (self);

      g_task_return_pointer (task, g_variant_ref (payload), (GDestroyNotify) g_variant_unref);
    }
  return TRUE;
}

static gboolean
hear (ReaderClient *self, FrameType type, GVariant *payload)
{
  const gboolean is_scanning =
      self->task != NULL && (wants_verdict (self->request) || self->request == FRAME_SCAN_TEST);

  if (type == FRAME_READY)
    return hear_ready (self, payload);
  if (self->sandbox == NULL)
    return FALSE; /* READY comes first */
  if (type == FRAME_PROGRESS)
    return is_scanning && hear_progress (self, payload);
  if (type == FRAME_PREVIEW)
    return is_scanning && wants_verdict (self->request) && hear_preview (self, payload);
  if (type == FRAME_ERROR)
    return self->task != NULL && !wants_verdict (self->request) && hear_error (self, payload);
  return self->task != NULL && type == answer_of (self->request) && hear_answer (self, payload);
}

static void
reader_client_hear (ReaderClient *self, const Heard *heard)
{
  if (self->is_over)
    return;
  if (heard->payload == NULL || !hear (self, heard->type, heard->payload))
    give_up (self);
}

/* @fd is passed along, stays the caller's. */
static void
start_job (ReaderClient *self, FrameType request, GVariant *payload, int fd, GCancellable *cancellable,
           GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (payload);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  g_task_set_check_cancellable (task, FALSE); /* a cancelled job has an answer too */
  if (self->task != NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PENDING, "the reader is at work");
      return;
    }
  self->task = g_steal_pointer (&task);
  self->request = request;
  self->was_cancelled = FALSE;
  self->may_be_resting = FALSE;
  self->preview_rows = 0;
  if (g_cancellable_is_cancelled (cancellable))
    return_failure (self, FRAMES_REASON_CANCELLED, "cancelled");
  else if (self->is_over || !frames_send (self->link->socket, request, sunk, fd, NULL))
    give_up (self);
  else if (cancellable != NULL)
    self->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), self, NULL);
}

static GVariant *
job_to_variant (const ReaderJob *job)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (job->device != NULL)
    g_variant_builder_add (&builder, "{sv}", "device", g_variant_new_string (job->device));
  g_variant_builder_add (&builder, "{sv}", "dpi", g_variant_new_uint32 (job->dpi));
  if (job->mode != NULL)
    g_variant_builder_add (&builder, "{sv}", "mode", g_variant_new_string (job->mode));
  if (job->source != NULL)
    g_variant_builder_add (&builder, "{sv}", "source", g_variant_new_string (job->source));
  if (job->options != NULL)
    g_variant_builder_add (&builder, "{sv}", "options", job->options);
  g_variant_builder_add (&builder, "{sv}", "preview-px", g_variant_new_uint32 (job->preview_px));
  g_variant_builder_add (&builder, "{sv}", "pace-ms", g_variant_new_uint32 (job->pace_ms));
  if (job->to_the_end)
    g_variant_builder_add (&builder, "{sv}", "early-stop", g_variant_new_boolean (FALSE));
  return g_variant_builder_end (&builder);
}

/* --- the object -------------------------------------------------------------------------------------------------- */

static void
reader_client_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ReaderClient *self = READER_CLIENT (object);

  switch (id)
    {
    case PROP_SANDBOX:
      g_value_set_string (value, self->sandbox);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static gboolean
rested_cb (gpointer process)
{
  g_subprocess_force_exit (process);
  return G_SOURCE_REMOVE;
}

/* A scanner that is left in the middle of a page may not answer the next reader: this one is told to go, not killed. */
static void
let_rest (ReaderClient *self)
{
  g_autoptr (GSource) source = g_timeout_source_new (REST_MS);

  (void) g_socket_shutdown (self->link->socket, TRUE, TRUE, NULL);
  g_source_set_callback (source, rested_cb, g_object_ref (self->process), g_object_unref);
  g_source_attach (source, self->link->context);
}

static void
reader_client_dispose (GObject *object)
{
  ReaderClient *self = READER_CLIENT (object);

  /* A job under way holds a reference, so there is none; the process has nothing left to do. */
  if (self->link != NULL && !self->is_over)
    {
      self->is_over = TRUE;
      link_stop (self->link);
      if (self->may_be_resting)
        let_rest (self);
      else
        g_subprocess_force_exit (self->process);
    }
  g_clear_pointer (&self->link, link_unref);
  g_clear_object (&self->process);
  G_OBJECT_CLASS (reader_client_parent_class)->dispose (object);
}

static void
reader_client_finalize (GObject *object)
{
  g_free (READER_CLIENT (object)->sandbox);
  G_OBJECT_CLASS (reader_client_parent_class)->finalize (object);
}

static void
reader_client_class_init (ReaderClientClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = reader_client_get_property;
  object_class->dispose = reader_client_dispose;
  object_class->finalize = reader_client_finalize;

  properties[PROP_SANDBOX] =
      g_param_spec_string ("sandbox", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_PROGRESS] = g_signal_new ("progress", READER_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  signals[SIGNAL_PREVIEW] =
      g_signal_new ("preview", READER_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 5, G_TYPE_UINT,
                    G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_BYTES);
}

static void
reader_client_init (ReaderClient *self)
{
}

static Link *
link_new (ReaderClient *client, GSocket *socket)
{
  Link *self = g_new0 (Link, 1);

  g_atomic_ref_count_init (&self->refs);
  self->socket = g_object_ref (socket);
  self->stop = g_cancellable_new ();
  self->context = g_main_context_ref_thread_default ();
  g_weak_ref_init (&self->client, client);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  g_queue_init (&self->heard);
  return self;
}

ReaderClient *
reader_client_new (const char *program, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autofree char *path =
      program != NULL ? g_strdup (program) : programs_find ("AZUKARI_READER", "ocr", "azukari-reader", error);
  const char *const argv[] = { path, NULL };
  ReaderClient *self;
  int fds[2];

  if (path == NULL)
    return NULL;
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    {
      const int saved_errno = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "socketpair: %s", g_strerror (saved_errno));
      return NULL;
    }
  g_subprocess_launcher_take_fd (launcher, fds[1], FRAMES_READER_FD);
  g_subprocess_launcher_setenv (launcher, "OMP_THREAD_LIMIT", "1", TRUE); /* saves the reader a second start */
  socket = g_socket_new_from_fd (fds[0], error);
  if (socket == NULL)
    {
      (void) close (fds[0]);
      return NULL;
    }
  process = g_subprocess_launcher_spawnv (launcher, argv, error);
  if (process == NULL)
    return NULL;
  /* Our copy of its end must go, or its death would not be heard. */
  g_subprocess_launcher_close (launcher);

  self = g_object_new (READER_TYPE_CLIENT, NULL);
  self->process = g_steal_pointer (&process);
  self->link = link_new (self, socket);
  g_thread_unref (g_thread_new ("reader-client", listen_thread, link_ref (self->link)));
  return self;
}

void
reader_client_scan_async (ReaderClient *self, const ReaderJob *job, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (READER_IS_CLIENT (self));

  start_job (self, FRAME_SCAN, job_to_variant (job), job->fd, cancellable, callback, user_data);
}

void
reader_client_read_async (ReaderClient *self, int fd, guint dpi, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  const ReaderJob job = { .dpi = dpi };

  g_return_if_fail (READER_IS_CLIENT (self));
  g_return_if_fail (fd >= 0);

  start_job (self, FRAME_READ, job_to_variant (&job), fd, cancellable, callback, user_data);
}

ReaderVerdict *
reader_client_verdict_finish (ReaderClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
reader_client_list_async (ReaderClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (READER_IS_CLIENT (self));

  start_job (self, FRAME_LIST, g_variant_new ("()"), -1, cancellable, callback, data);
}

void
reader_client_options_async (ReaderClient *self, const char *device, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (READER_IS_CLIENT (self));

  start_job (self, FRAME_OPTIONS, g_variant_new ("(s)", device), -1, cancellable, callback, data);
}

void
reader_client_scan_test_async (ReaderClient *self, const ReaderJob *job, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (READER_IS_CLIENT (self));

  start_job (self, FRAME_SCAN_TEST, job_to_variant (job), job->fd, cancellable, callback, data);
}

GVariant *
reader_client_answer_finish (ReaderClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* One request: open, scan, read, answer. */
#include "job.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "onlooker.h"
#include "scan/preview.h"
#include "scan/scan-file.h"
#include "scan/scan-sane.h"

G_STATIC_ASSERT (SCAN_MAX_SIDE_PX == CARD_PAGE_MAX_SIDE_PX);
G_STATIC_ASSERT (SCAN_MAX_PIXELS == CARD_PAGE_MAX_PIXELS);

#define CHUNK_ROWS 64u
#define UPDATE_US 40000 /* between two progress frames: 25 a second is as fast as a bar can be seen to move */
#define MAX_PREVIEW_PX 2048u
#define MAX_PACE_MS 600000u
/* For a scanner to stop and to take its carriage back. */
#define CLOSE_LIMIT_S 30u

/*
 * A page under way: where its rows go, and what the client is told meanwhile. The samples are address space for all rows
 * that may come; the kernel gives memory to what is written. So a page of unknown length costs no more than its rows, is
 * never moved, and whoever looks at its first rows may go on doing so.
 */
typedef struct
{
  GSocket *socket;           /* borrowed */
  GCancellable *cancellable; /* borrowed; the client wants no more of it */
  GCancellable *stop;        /* owned; no more rows, for whatever reason */
  gulong stop_id;            /* of the one leading to the other */

  const ScanDriver *driver;
  gpointer device; /* owned; closed only after the answer, since a scanner may take its time to come to rest */

  ScanFormat format;
  CardPage page;      /* samples NULL when rows are only counted; height_px: the room there is */
  Onlooker *onlooker; /* owned; or NULL */
  Verdict *verdict;   /* owned; certain before the last row, or NULL */
  Preview *preview;   /* owned; or NULL */
  guint rows;
  guint scan_ms;  /* from the job's start to the last row taken */
  guint total_ms; /* to the verdict: a page that was read while it came took no longer than it came */
  gint64 told_us;
  gboolean client_is_gone;
} PageRun;

static void
page_run_end_looks (PageRun *self)
{
  if (self->onlooker != NULL)
    self->verdict = onlooker_finish (g_steal_pointer (&self->onlooker));
}

static void
page_run_clear (PageRun *self)
{
  page_run_end_looks (self);
  g_clear_pointer (&self->verdict, verdict_free);
  if (self->page.samples != NULL)
    {
      /* a row that could not be taken may have been begun */
      explicit_bzero (self->page.samples, self->page.stride * MIN (self->rows + CHUNK_ROWS, self->page.height_px));
      (void) munmap (self->page.samples, self->page.stride * self->page.height_px);
    }
  g_clear_pointer (&self->preview, preview_free);
  if (self->device != NULL)
    {
      /* A back-end that hangs here would hold up the next job for ever; so the process ends, and the client starts another. */
      (void) alarm (CLOSE_LIMIT_S);
      self->driver->cancel (self->device);
      self->driver->close (self->device);
      (void) alarm (0);
    }
  if (self->stop != NULL)
    g_cancellable_disconnect (self->cancellable, self->stop_id);
  g_clear_object (&self->stop);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PageRun, page_run_clear)

static void
wipe_and_free (gpointer data)
{
  GByteArray *bytes = data;

  explicit_bzero (bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}

/* A floating variant over bytes of its own, which are wiped with it. */
static GVariant *
secret_variant (const GVariantType *type, const void *bytes, gsize n_bytes)
{
  GByteArray *copy = g_byte_array_sized_new ((guint) n_bytes);

  g_byte_array_append (copy, bytes, (guint) n_bytes);
  return g_variant_new_from_data (type, copy->data, n_bytes, TRUE, wipe_and_free, copy);
}

static guint
lookup_uint (GVariant *job, const char *key, guint max)
{
  guint32 value = 0;

  (void) g_variant_lookup (job, key, "u", &value);
  return MIN (value, max);
}

static const char *
lookup_string (GVariant *job, const char *key)
{
  const char *value = NULL;

  (void) g_variant_lookup (job, key, "&s", &value);
  return value != NULL && value[0] != '\0' ? value : NULL;
}

static void
send (PageRun *self, FrameType type, GVariant *payload)
{
  if (!frames_send (self->socket, type, payload, -1, NULL))
    self->client_is_gone = TRUE;
}

static void
send_preview (PageRun *self)
{
  guint first, n;
  guint8 *samples = preview_take_rows (self->preview, &first, &n);
  const guint width = preview_get_width_px (self->preview);
  GVariant *parts[5];

  if (samples == NULL)
    return;
  parts[0] = g_variant_new_uint32 (width);
  parts[1] = g_variant_new_uint32 (preview_get_height_px (self->preview));
  parts[2] = g_variant_new_uint32 (first);
  parts[3] = g_variant_new_uint32 (n);
  parts[4] = secret_variant (G_VARIANT_TYPE ("ay"), samples, (gsize) width * n);
  explicit_bzero (samples, (gsize) width * n);
  g_free (samples);
  send (self, FRAME_PREVIEW, g_variant_new_tuple (parts, 5));
}

/* Progress and preview, not more often than can be seen. */
static void
tell (PageRun *self, gboolean at_end)
{
  const gint64 now_us = g_get_monotonic_time ();

  if (!at_end && now_us - self->told_us < UPDATE_US)
    return;
  self->told_us = now_us;
  send (self, FRAME_PROGRESS, g_variant_new ("(uu)", self->rows, self->format.height_px));
  if (self->preview != NULL)
    send_preview (self);
}

static void
stop_cb (GCancellable *cancellable, gpointer stop)
{
  g_cancellable_cancel (stop);
}

/* Room for the page; for the longest one taken, when the device does not say how long it is. */
static gboolean
make_room (PageRun *self, GError **error)
{
  const guint most_rows = MIN (SCAN_MAX_SIDE_PX, SCAN_MAX_PIXELS / MAX (self->format.width_px, 1));
  CardPage page = { .width_px = self->format.width_px,
                    .height_px = self->format.height_px > 0 ? self->format.height_px : most_rows,
                    .n_channels = self->format.n_channels,
                    .stride = (gsize) self->format.width_px * self->format.n_channels,
                    .dpi = self->format.dpi <= CARD_PAGE_MAX_DPI ? self->format.dpi : 0.0 };
  void *room;

  if (!scan_format_check (page.width_px, page.height_px, error))
    return FALSE;
  room = mmap (NULL, page.stride * page.height_px, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
               -1, 0);

  if (room == MAP_FAILED)
    {
      g_set_error (error, CARD_PAGE_ERROR, CARD_PAGE_ERROR_NO_MEMORY, "no memory for a page of %u x %u pixels",
                   page.width_px, page.height_px);
      return FALSE;
    }
  page.samples = room;
  self->page = page;
  return TRUE;
}

/* Rows from a started device: into the page, or nowhere. Ends well with the last row, and when the rows are enough. */
static gboolean
take_rows (PageRun *self, GError **error)
{
  const gsize row_bytes = (gsize) self->format.width_px * self->format.n_channels;
  const gboolean keep = self->page.samples != NULL;
  g_autofree guint8 *passing = keep ? NULL : g_malloc (row_bytes * CHUNK_ROWS);
  gboolean is_good = FALSE;

  for (;;)
    {
      guint8 *rows = keep ? self->page.samples + self->page.stride * self->rows : passing;
      const guint max_rows = keep ? MIN (CHUNK_ROWS, self->page.height_px - self->rows) : CHUNK_ROWS;
      g_autoptr (GError) read_error = NULL;
      gssize n = 0;

      if (max_rows > 0)
        n = self->driver->read_rows (self->device, rows, max_rows, self->stop, &read_error);
      if (n < 0)
        {
          is_good = self->onlooker != NULL && onlooker_is_certain (self->onlooker);
          if (!is_good)
            g_propagate_error (error, g_steal_pointer (&read_error));
          break;
        }
      if (n == 0)
        {
          self->format.height_px = self->rows;
          is_good = TRUE;
          break;
        }
      self->rows += (guint) n;
      if (self->onlooker != NULL)
        onlooker_set_rows (self->onlooker, self->rows);
      if (self->preview != NULL)
        preview_add_rows (self->preview, rows, (guint) n);
      tell (self, FALSE);
      if (self->client_is_gone)
        {
          g_set_error (error, SCAN_ERROR, SCAN_ERROR_CANCELLED, "the client is gone");
          break;
        }
    }
  if (passing != NULL)
    explicit_bzero (passing, row_bytes * CHUNK_ROWS);
  return is_good;
}

/*
 * Whether the page may be read before its last row: only with rows that take their time, and not from a feeder, where a page
 * that is given up stays stuck in the rollers.
 */
static gboolean
may_stop_early (const PageRun *self, const Job *job, const ScanRequest *request)
{
  gboolean is_wanted = TRUE;

  (void) g_variant_lookup (job->payload, "early-stop", "b", &is_wanted);
  if (!is_wanted || job->type != FRAME_SCAN || self->page.dpi <= 0)
    return FALSE;
  if (self->driver == &scan_file_driver)
    return request->pace_ms > 0;
  return request->source == NULL || g_str_has_prefix (request->source, "Flatbed");
}

/* From opening the device to its last row, or to the row that made the verdict certain. @reader: NULL to throw rows away. */
static gboolean
scan (PageRun *self, const ScanDriver *driver, const Job *job, NumberReader *reader, GError **error)
{
  g_autoptr (GVariant) options = g_variant_lookup_value (job->payload, "options", G_VARIANT_TYPE ("a{ss}"));
  const char *name = lookup_string (job->payload, "device");
  const guint preview_px = lookup_uint (job->payload, "preview-px", MAX_PREVIEW_PX);
  const ScanRequest request = { .dpi = lookup_uint (job->payload, "dpi", 10000),
                                .color = g_strcmp0 (lookup_string (job->payload, "mode"), "color") == 0,
                                .source = lookup_string (job->payload, "source"),
                                .options = options,
                                .pace_ms = lookup_uint (job->payload, "pace-ms", MAX_PACE_MS) };
  gboolean is_good;

  if (name == NULL && driver != &scan_file_driver)
    {
      g_set_error (error, SCAN_ERROR, SCAN_ERROR_NO_SCANNER, "the job names no device");
      return FALSE;
    }
  self->stop = g_cancellable_new ();
  self->stop_id = g_cancellable_connect (self->cancellable, G_CALLBACK (stop_cb), self->stop, NULL);
  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_set_error (error, SCAN_ERROR, SCAN_ERROR_CANCELLED, "cancelled");
      return FALSE;
    }
  self->driver = driver;
  self->device = driver->open (name, job->fd, error);
  if (self->device == NULL)
    return FALSE;
  if (!driver->set_up (self->device, &request, error)
      || !driver->start (self->device, &self->format, self->stop, error))
    return FALSE;
  if (preview_px > 0)
    self->preview = preview_new (&self->format, preview_px);
  if (job->type == FRAME_READ && request.dpi > 0)
    self->format.dpi = request.dpi; /* the caller knows better than the file */
  if (reader != NULL && !make_room (self, error))
    return FALSE;
  if (reader != NULL && may_stop_early (self, job, &request))
    self->onlooker = onlooker_new (reader, &self->page, self->stop, self->cancellable);
  is_good = take_rows (self, error);
  page_run_end_looks (self);
  if (!is_good)
    return FALSE;
  if (self->preview != NULL)
    preview_finish (self->preview);
  tell (self, TRUE);
  return TRUE;
}

static const ScanDriver *
driver_of (const Job *job)
{
  return job_is_picture (job) ? &scan_file_driver : &scan_sane_driver;
}

static void
add (GVariantBuilder *builder, const char *key, GVariant *value)
{
  g_variant_builder_add (builder, "{sv}", key, value);
}

static GVariant *
verdict_readings (const Verdict *verdict)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));

  g_variant_builder_add (&builder, "{ss}", "ocr", verdict->ocr);
  g_variant_builder_add (&builder, "{ss}", "qr", verdict->qr);
  g_variant_builder_add (&builder, "{ss}", "second", verdict->second);
  return g_variant_builder_end (&builder);
}

static GVariant *
verdict_milliseconds (const Verdict *verdict, const PageRun *run)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{su}"));

  g_variant_builder_add (&builder, "{su}", "scan", run->scan_ms);
  g_variant_builder_add (&builder, "{su}", "find", verdict->find_ms);
  g_variant_builder_add (&builder, "{su}", "locate", verdict->locate_ms);
  g_variant_builder_add (&builder, "{su}", "read", verdict->read_ms);
  g_variant_builder_add (&builder, "{su}", "second", verdict->second_ms);
  g_variant_builder_add (&builder, "{su}", "total", run->total_ms);
  return g_variant_builder_end (&builder);
}

static GVariant *
verdict_strip (const Verdict *verdict)
{
  GVariant *parts[3];

  parts[0] = g_variant_new_uint32 (verdict->strip_width_px);
  parts[1] = g_variant_new_uint32 (verdict->strip_height_px);
  parts[2] = secret_variant (G_VARIANT_TYPE ("ay"), verdict->strip,
                             (gsize) verdict->strip_width_px * verdict->strip_height_px);
  return g_variant_new_tuple (parts, 3);
}

static GVariant *
verdict_to_variant (const Verdict *verdict, const PageRun *run)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  add (&builder, "verdict", g_variant_new_string (verdict_kind_name (verdict->kind)));
  add (&builder, "reason", g_variant_new_string (verdict->reason));
  add (&builder, "document", g_variant_new_string (verdict->document));
  if (verdict->number[0] != '\0')
    add (&builder, "number", secret_variant (G_VARIANT_TYPE_STRING, verdict->number, strlen (verdict->number) + 1));
  if (verdict->has_card)
    {
      GVariantBuilder box = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(dd)"));

      for (guint i = 0; i < 4; i++)
        g_variant_builder_add (&box, "(dd)", verdict->box[i][0], verdict->box[i][1]);
      add (&builder, "rotation-deg", g_variant_new_double (verdict->rotation_deg));
      add (&builder, "box", g_variant_builder_end (&box));
    }
  add (&builder, "readings", verdict_readings (verdict));
  add (&builder, "confidence", g_variant_new_double (verdict->confidence));
  if (verdict->strip != NULL)
    add (&builder, "strip", verdict_strip (verdict));
  if (run->rows > 0)
    add (&builder, "rows", g_variant_new ("(uu)", run->rows, run->format.height_px));
  add (&builder, "ms", verdict_milliseconds (verdict, run));
  return g_variant_builder_end (&builder);
}

static guint
ms_since (gint64 start_us)
{
  return (guint) ((g_get_monotonic_time () - start_us) / 1000);
}

static const char *
page_error_to_reason (const GError *error)
{
  return error->domain == CARD_PAGE_ERROR ? FRAMES_REASON_ABSURD_SIZE : scan_error_to_reason (error);
}

static gboolean
send_error (GSocket *socket, const char *code, const char *message)
{
  return frames_send (socket, FRAME_ERROR, g_variant_new ("(ss)", code, message), -1, NULL);
}

static gboolean
run_reading (Job *job, GSocket *socket, NumberReader *reader)
{
  g_auto (PageRun) run = { .socket = socket, .cancellable = job->cancellable };
  g_autoptr (Verdict) verdict = NULL;
  g_autoptr (GError) error = NULL;
  const gint64 start_us = g_get_monotonic_time ();

  if (!scan (&run, driver_of (job), job, reader, &error))
    verdict = verdict_new (VERDICT_FAILED, page_error_to_reason (error), FRAMES_DOCUMENT_NONE);
  run.scan_ms = run.total_ms = ms_since (start_us);
  if (verdict == NULL && !g_cancellable_is_cancelled (job->cancellable))
    verdict = g_steal_pointer (&run.verdict);
  if (verdict == NULL)
    {
      CardPage page = run.page;

      page.height_px = run.rows;
      verdict = number_reader_read (reader, &page, job->cancellable);
      run.total_ms += verdict->total_ms;
    }
  return frames_send (socket, FRAME_VERDICT, verdict_to_variant (verdict, &run), -1, NULL);
}

static gboolean
run_scan_test (Job *job, GSocket *socket)
{
  g_auto (PageRun) run = { .socket = socket, .cancellable = job->cancellable };
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GError) error = NULL;
  const gint64 start_us = g_get_monotonic_time ();

  if (!scan (&run, driver_of (job), job, NULL, &error))
    {
      g_variant_builder_clear (&builder);
      return send_error (socket, page_error_to_reason (error), error->message);
    }
  add (&builder, "width-px", g_variant_new_uint32 (run.format.width_px));
  add (&builder, "height-px", g_variant_new_uint32 (run.format.height_px));
  add (&builder, "dpi", g_variant_new_uint32 (run.format.dpi));
  add (&builder, "ms", g_variant_new_uint32 (ms_since (start_us)));
  add (&builder, "bytes",
       g_variant_new_uint64 ((guint64) run.format.width_px * run.format.n_channels * run.format.height_px));
  return frames_send (socket, FRAME_SCANNED, g_variant_builder_end (&builder), -1, NULL);
}

static gboolean
run_list (GSocket *socket)
{
  g_autoptr (GError) error = NULL;
  GVariant *devices = scan_sane_driver.list (&error);

  if (devices == NULL)
    return send_error (socket, scan_error_to_reason (error), error->message);
  return frames_send (socket, FRAME_DEVICES, devices, -1, NULL);
}

static gboolean
run_options (Job *job, GSocket *socket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) options = NULL;
  const char *name;
  gpointer device;

  g_variant_get (job->payload, "(&s)", &name);
  device = scan_sane_driver.open (name, -1, &error);
  if (device != NULL)
    {
      options = scan_sane_driver.get_options (device, &error);
      scan_sane_driver.close (device);
    }
  if (options == NULL)
    return send_error (socket, scan_error_to_reason (error), error->message);
  return frames_send (socket, FRAME_OPTION_LIST, g_variant_ref_sink (options), -1, NULL);
}

Job *
job_new (FrameType type, GVariant *payload, int fd)
{
  Job *self = g_new0 (Job, 1);

  self->type = type;
  self->payload = payload;
  self->fd = fd;
  self->cancellable = g_cancellable_new ();
  return self;
}

void
job_free (Job *self)
{
  if (self == NULL)
    return;
  g_variant_unref (self->payload);
  if (self->fd >= 0)
    (void) close (self->fd);
  g_object_unref (self->cancellable);
  g_free (self);
}

gboolean
job_is_request (FrameType type)
{
  return type >= FRAME_LIST && type <= FRAME_SCAN_TEST;
}

gboolean
job_is_picture (const Job *self)
{
  if (self->type == FRAME_READ)
    return TRUE;
  return (self->type == FRAME_SCAN || self->type == FRAME_SCAN_TEST)
         && g_strcmp0 (lookup_string (self->payload, "device"), SCAN_FILE_DEVICE) == 0;
}

gboolean
job_run (Job *self, GSocket *socket, NumberReader *reader)
{
  switch (self->type)
    {
    case FRAME_LIST:
      return run_list (socket);
    case FRAME_OPTIONS:
      return run_options (self, socket);
    case FRAME_SCAN:
    case FRAME_READ:
      return run_reading (self, socket, reader);
    case FRAME_SCAN_TEST:
      return run_scan_test (self, socket);
    default:
      g_return_val_if_reached (FALSE);
    }
}

gboolean
job_refuse (const Job *self, GSocket *socket, const char *reason, const char *message)
{
  g_autoptr (Verdict) verdict = NULL;

  if (self->type != FRAME_SCAN && self->type != FRAME_READ)
    return send_error (socket, reason, message);
  verdict = verdict_new (VERDICT_FAILED, reason, FRAMES_DOCUMENT_NONE);
  return frames_send (socket, FRAME_VERDICT, verdict_to_variant (verdict, &(PageRun){ 0 }), -1, NULL);
}
